"""What everyday work and bulk changes cost, in statements sent to the database."""

import re
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from unittest.mock import patch

from common import PsoCase

from odoo.fields import Command, Date
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

ADDON = "odoo.addons.pso_odoo"
EXTENDED = (
    "account.move",
    "account.move.line",
    "hr.employee",
    "hr.version",
    "product.category",
    "product.template",
    "purchase.order",
    "purchase.order.line",
    "res.company",
    "res.partner",
)
SHAPE = re.compile(r'\s*(?=(\w+))(?:.*?\b(?:FROM|INTO|UPDATE)\s+"?(\w+)"?)?', re.DOTALL)
ADDON_TABLE = re.compile(r'(?:FROM|INTO|UPDATE|JOIN)\s+"?pso_')


class QueryCase(PsoCase):
    @contextmanager
    def statements(self):
        """Yield the statements that this block sends, with what it leaves pending."""
        sent = []
        execute = Cursor.execute

        def record(cursor, query, *args, **kwargs):
            sent.append(query.code if isinstance(query, SQL) else query)
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(Cursor, "execute", record):
            yield sent
            self.env.flush_all()
            self.env.cr.precommit.run()


@tagged("post_install", "-at_install")
class TestCoreWork(QueryCase):
    """Who posts a bill or writes an employee pays nothing for the addon.

    The same work is done with the addon and with everything taken out of the registry
    that it hooks into core: its overrides, and the fields that are derived from core's.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        user = cls.user(
            "account.group_account_manager",
            "purchase.group_purchase_manager",
            "hr.group_hr_manager",
        )
        context = {"allowed_company_ids": cls.company.ids}
        cls.core = cls.env(user=user, context=context)
        cls.supplier = cls.social_vendor()
        cls.work = cls.product()
        cls.person = cls.employee()
        cls.status(cls.person)

    def setUp(self):
        super().setUp()
        self.turns = count(1)

    @contextmanager
    def without_addon(self):
        registry = self.env.registry
        triggers = defaultdict(lambda: defaultdict(list))
        for field, paths in registry._field_triggers.items():
            for path, dependents in paths.items():
                kept = [each for each in dependents if not self._is_ours(each)]
                triggers[field][path] = kept
        removed = {
            (cls, name): vars(cls)[name]
            for model in EXTENDED
            for cls, name in self._overrides(type(self.env[model]))
        }
        self.assertTrue(removed)
        for cls, name in removed:
            delattr(cls, name)
        try:
            with (
                patch.object(registry, "_field_triggers", triggers),
                patch.dict(registry._field_trigger_trees, clear=True),
                patch.dict(registry._is_modifying_relations, clear=True),
            ):
                yield
        finally:
            for (cls, name), method in removed.items():
                setattr(cls, name, method)

    @staticmethod
    def _is_ours(field):
        return field.name.startswith("pso_") or field.model_name.startswith("pso.")

    @staticmethod
    def _overrides(model_class):
        """What the addon defines on a core model, and core defines too."""
        theirs, ours = set(), []
        for cls in model_class.__mro__:
            methods = {name for name, value in vars(cls).items() if callable(value)}
            if not cls.__module__.startswith(ADDON):
                theirs |= methods
            else:
                ours += [(cls, name) for name in methods]
        return [(cls, name) for cls, name in ours if name in theirs]

    def assertFree(self, prepare, but=()):
        """Work sends what core sends, and nothing to the addon's tables.

        :param prepare: makes a record and gives back what is to be done with it
        :param but: tables of which one more statement is known
        """
        for _turn in range(3):  # at first it fills caches, too
            ours = self._sent(prepare())
            with self.without_addon():
                theirs = self._sent(prepare())
        self.assertTrue(theirs)
        more = self._shapes(ours) - self._shapes(theirs)
        self.assertEqual(more, Counter(("SELECT", table) for table in but))
        touched = [each for each in ours if ADDON_TABLE.search(each)]
        self.assertFalse(touched)

    def _sent(self, work):
        with self.statements() as sent:
            work()
        return sent

    def _shapes(self, sent):
        """How often which kind of statement is sent to which table."""
        return Counter(SHAPE.match(each).groups() for each in sent)

    # -- the work --------------------------------------------------------------

    def _draft_bill(self):
        line = {"product_id": self.work.id, "quantity": 1, "price_unit": 100}
        return {
            "move_type": "in_invoice",
            "partner_id": self.supplier.id,
            "invoice_date": "2025-06-01",
            "date": "2025-06-01",
            "ref": f"Bill {next(self.turns)}",
            "invoice_line_ids": [Command.create(line), Command.create(line)],
        }

    def _draft_order(self):
        return self.core["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "order_line": [self.order_line(100, product_id=self.work.id)],
            }
        )

    def test_a_bill_is_made(self):
        self.assertFree(
            lambda: lambda: self.core["account.move"].create(self._draft_bill())
        )

    def test_a_bill_is_posted(self):
        self.assertFree(
            lambda: self.core["account.move"].create(self._draft_bill()).action_post
        )

    def test_a_bill_is_reversed(self):
        def prepare():
            bill = self.core["account.move"].create(self._draft_bill())
            bill.action_post()
            return lambda: bill._reverse_moves([{"invoice_date": "2025-06-02"}])

        self.assertFree(prepare, but=["account_move_line"])  # is a line left out?

    def test_an_order_is_made(self):
        self.assertFree(lambda: self._draft_order)

    def test_an_order_is_confirmed(self):
        self.assertFree(lambda: self._draft_order().button_confirm)

    def test_an_order_is_confirmed_where_certified_vendors_are_expected(self):
        """For something else; for what is bought it is looked up once an order."""
        category = self.env["product.category"].create(
            {"name": "Cleaning", "pso_certified_vendor": "expected"}
        )
        self.assertFree(lambda: self._draft_order().button_confirm)
        self.work.categ_id = category

        def touching(lines):
            values = {"product_id": self.work.id}
            order = self._draft_order()
            order.order_line = [self.order_line(1, **values) for _each in range(lines)]
            order.pso_reason = "Because"
            sent = self._sent(order.button_confirm)
            self.assertEqual(order.state, "purchase")
            return [each for each in sent if ADDON_TABLE.search(each)]

        self.assertTrue(touching(1))
        self.assertEqual(len(touching(1)), len(touching(10)))

    def test_an_order_is_billed(self):
        def prepare():
            order = self._draft_order()
            order.button_confirm()
            order.order_line.qty_received = 1
            return order.action_create_invoice

        self.assertFree(prepare, but=["purchase_order_line"])  # is a line left out?

    def test_an_employee_is_written(self):
        person = self.person.with_env(self.core)

        def prepare():
            phone = f"+31 20 55501{next(self.turns):02}"
            return lambda: person.write({"work_phone": phone})

        self.assertFree(prepare)

    def test_a_version_is_written(self):
        """Facts of which the lines are made."""
        version = self.person.with_env(self.core).sudo().version_id.sudo(False)

        def prepare():
            turn = next(self.turns)
            values = {
                "resource_calendar_id": self.calendar(20 + turn).id,
                "contract_date_end": f"2030-01-{turn:02}",
            }
            return lambda: version.write(values)

        self.assertFree(prepare)

    def test_a_version_is_made(self):
        person = self.person.with_env(self.core)

        def prepare():
            day = f"2025-03-{next(self.turns):02}"
            return lambda: person.create_version({"date_version": day})

        self.assertFree(prepare)

    def test_an_employee_is_hired(self):
        values = {"name": "Somebody", "company_id": self.company.id}
        self.assertFree(lambda: lambda: self.core["hr.employee"].create({**values}))

    def test_a_vendor_is_written(self):
        vendor = self.supplier.with_env(self.core)

        def prepare():
            city = f"City {next(self.turns)}"
            return lambda: vendor.write({"ref": city, "city": city})

        self.assertFree(prepare)


@tagged("post_install", "-at_install")
class TestLooks(QueryCase):
    """Locking looks through employment once, and once through what was bought."""

    WALKS = {
        # Not who has a number that somebody else has: an index knows that.
        "employment": re.compile(
            r"FROM hr_version\s+WHERE active AND employee_id IS NOT NULL\s+AND [^\"]"
        ),
        "bills": re.compile(r"FROM account_move_line line\b"),
    }

    def walks(self, statements):
        return {
            name: sum(len(walk.findall(text)) for text in statements)
            for name, walk in self.WALKS.items()
        }

    def test_a_lock(self):
        self.bill(self.social_vendor(), 100)
        self.status(self.employee())
        measured = self.measurement()
        with self.statements() as sent:
            measured.action_lock()
        self.assertEqual(self.walks(sent), {"employment": 1, "bills": 1})


@tagged("post_install", "-at_install")
class TestCertificates(QueryCase):
    """Many certificates cost as many statements as few."""

    FEW, MANY = 3, 30

    def assertSame(self, work):
        """:param work: a function of a number of vendors, which gives what is timed"""
        counts = []
        for number in (self.FEW, self.FEW, self.MANY):
            task = work(number)
            with self.statements() as sent:
                task()
            counts.append(len(sent))
        _first, few, many = counts  # the first one fills caches too
        self.assertTrue(few)
        self.assertEqual(few, many)

    def _values(self, number, **vals):
        vendors = self.env["res.partner"].create(
            [{"name": f"Vendor {n}", "is_company": True} for n in range(number)]
        )
        values = {"level_id": self.ref("level_step3").id, **vals}
        return [
            {
                "partner_id": vendor.id,
                "date_start": Date.to_date("2024-01-01") + timedelta(days=n),
                **values,
            }
            for n, vendor in enumerate(vendors)
        ]

    def _made(self, number, **vals):
        return self.env["pso.certificate"].create(self._values(number, **vals))

    def test_they_are_made(self):
        def work(number):
            values = self._values(number)
            return lambda: self.env["pso.certificate"].create(values)

        self.assertSame(work)

    def test_they_are_made_for_sheltered_work(self):
        def work(number):
            values = self._values(number, kind="sw", level_id=False)
            return lambda: self.env["pso.certificate"].create(values)

        self.assertSame(work)

    def _test_write(self, vals, **made):
        def work(number):
            records = self._made(number, **made)
            return lambda: records.write(vals)

        self.assertSame(work)

    def test_they_end_on_another_day(self):
        self._test_write({"date_end": "2025-12-31"})

    def test_they_start_on_another_day(self):
        self._test_write({"date_start": "2024-03-01"})

    def test_they_are_of_another_kind(self):
        self._test_write({"kind": "sw"})

    def test_they_are_verified(self):
        self._test_write({"evidence_state": "verified"})

    def test_what_was_verified_changes(self):
        self._test_write({"is_pso30": True}, evidence_state="verified")

    def test_they_are_deleted(self):
        self.assertSame(lambda number: self._made(number).unlink)

    def test_figures_are_made(self):
        def work(number):
            values = [
                {
                    "partner_id": each["partner_id"],
                    "year": 2025,
                    "turnover": 1000,
                    "fte": 10,
                    "direct_percentage": 5,
                }
                for each in self._values(number)
            ]
            return lambda: self.env["pso.supplier.figure"].create(values)

        self.assertSame(work)

    def test_a_twin_is_named(self):
        """In a batch too, against what is there and against each other."""
        [values] = self._values(1, date_end="2025-12-31")
        self.env["pso.certificate"].create(values)
        other = self._values(2, date_end="2025-12-31")
        with self.assertRefused("Vendor 0 already has this certificate"):
            self.env["pso.certificate"].create([*other, values])
        with self.assertRefused("Vendor 1 already has this certificate"):
            self.env["pso.certificate"].create([*other, other[1]])
