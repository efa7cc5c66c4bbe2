"""What the tests have in common: a company of their own, and short ways to fill it."""

import time
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import mute_logger

YEAR = ("2025-01-01", "2025-12-31")


def whole_page(dashboard, period=False, company_id=False):
    """All that the dashboard shows of a period, to who looks at all of it."""
    head = dashboard.retrieve(period, company_id)
    return dashboard.retrieve_details(period, company_id) | head


class PsoCase(TransactionCase):
    """A company with a chart of accounts, and nobody in it.

    Everything happens in this company, under edition 2.1 and in 2025, so that no
    test depends on today or on what else is in the database.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.create_company("PSO test company")
        context = {"tracking_disable": True, "allowed_company_ids": cls.company.ids}
        cls.env = cls.env(context={**cls.env.context, **context})
        cls.company = cls.company.with_env(cls.env)
        cls.edition = cls.ref("edition_2_1")

    # -- who and where -------------------------------------------------------

    @classmethod
    def ref(cls, name):
        """A record of the addon by its short name: ``group_wajong``."""
        return cls.env.ref(f"pso_odoo.{name}")

    @classmethod
    def create_company(cls, name, **vals):
        """A company that can post bills, in which the tests' user may work."""
        company = cls.env["res.company"].create({"name": name, **vals})
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company, install_demo=False
        )
        return company

    @classmethod
    def user(cls, *groups, companies=None, login=None):
        """A user with just these groups, by full name: ``pso_odoo.group_pso_user``."""
        companies = companies or cls.company
        cls.user_count = getattr(cls, "user_count", 0) + 1
        return new_test_user(
            cls.env,
            login=login or f"pso-test-{cls.user_count}",
            groups=",".join(groups),
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
        )

    # -- jobs ----------------------------------------------------------------

    @classmethod
    @contextmanager
    def as_job(cls, name, seconds=60):
        """An environment as Odoo's scheduler makes it for a job, and its progress.

        It commits on a cursor of its own. In Odoo's test mode that stays in the test.

        :param seconds: how much time it has; none is over after the first batch
        """
        with ExitStack() as stack:
            cls.env.flush_all()
            if not cls._registry_patched:
                stack.callback(cls.env.invalidate_all)
                stack.enter_context(patch.object(cls, "_registry_patched", True))
                for each in cls._registry_test_mode_patches(
                    cr=cls.cr, registry=cls.registry
                ):
                    stack.enter_context(each)
            cr = stack.enter_context(cls.registry.cursor())
            cron = cls.ref(name).with_env(api.Environment(cr, SUPERUSER_ID, {}))
            cron, progress = cron._add_progress()
            end = time.monotonic() + seconds
            cron = cron.with_context(cron_id=cron.id, cron_end_time=end)
            yield cron.env, progress

    @classmethod
    @contextmanager
    def after_commits(cls, number, happens):
        """Have something happen once a job has committed so many times.

        :param happens: called then; what it returns is the time that is left
        """
        cron, count = type(cls.env["ir.cron"]), []
        commit = cron._commit_progress

        def counted(self, *args, **kwargs):
            left = commit(self, *args, **kwargs)
            count.append(left)
            return happens() if len(count) == number else left

        with patch.object(cron, "_commit_progress", counted):
            yield

    # -- people --------------------------------------------------------------

    @classmethod
    def calendar(cls, hours):
        """The working schedule of so many hours a week."""
        name = f"{hours} hours"
        calendars = cls.env["resource.calendar"].sudo()
        domain = [("name", "=", name), ("company_id", "=", cls.company.id)]
        return calendars.search(domain, limit=1) or calendars.create(
            {"name": name, "company_id": cls.company.id, "hours_per_week": hours}
        )

    @classmethod
    def employee(cls, hours=40, start="2020-01-01", end=None, **vals):
        """Somebody under contract; ``contract_date_start=False`` for no contract."""
        return cls.env["hr.employee"].create(
            {
                "name": "Somebody",
                "company_id": cls.company.id,
                "resource_calendar_id": cls.calendar(hours).id,
                "date_version": start,
                "contract_date_start": start,
                "contract_date_end": end,
                **vals,
            }
        )

    @classmethod
    def version(cls, employee, start, hours, **vals):
        """A change of contract hours of an employee from a day on."""
        return employee.create_version(
            {
                "date_version": start,
                "resource_calendar_id": cls.calendar(hours).id,
                **vals,
            }
        )

    @classmethod
    def status(
        cls,
        employee,
        group="wajong",
        start="2020-01-01",
        end=None,
        form="regular",
        **vals,
    ):
        return cls.env["pso.status"].create(
            {
                "employee_id": employee.id,
                "group_id": cls.ref(f"group_{group}").id,
                "form_id": cls.ref(f"form_{form}").id,
                "date_start": start,
                "date_end": end,
                **vals,
            }
        )

    @classmethod
    def confirm(cls, employees):
        """Somebody of the PSO Target Group confirms whose logins these are."""
        return cls.env["pso.person.confirmation"].create(
            [{"employee_id": employee.id} for employee in employees]
        )

    # -- purchases -----------------------------------------------------------

    @classmethod
    def vendor(cls, name="Vendor", **vals):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **vals})

    @classmethod
    def certificate(cls, partner, start="2025-01-01", end="2025-12-31", **vals):
        """A PSO certificate of step 3, or with ``kind="sw"`` a sheltered-work one."""
        if vals.get("kind") != "sw":
            vals.setdefault("level_id", cls.ref("level_step3").id)
        return cls.env["pso.certificate"].create(
            {"partner_id": partner.id, "date_start": start, "date_end": end, **vals}
        )

    @classmethod
    def figures(cls, partner, year=2025, turnover=1000, fte=10, share=50, **vals):
        """By default 100 spent at this supplier makes 0.5 fte."""
        return cls.env["pso.supplier.figure"].create(
            {
                "partner_id": partner.id,
                "year": year,
                "turnover": turnover,
                "fte": fte,
                "direct_percentage": share,
                "currency_id": cls.company.currency_id.id,
                **vals,
            }
        )

    @classmethod
    def social_vendor(cls, **vals):
        """A certified vendor of whom everything is known."""
        partner = cls.vendor(**vals)
        cls.certificate(partner)
        cls.figures(partner)
        return partner

    @classmethod
    def bill(cls, partner, amount, date="2025-06-01", type="in_invoice", **vals):
        """A posted bill of one untaxed line."""
        bill = cls.env["account.move"].create(
            {
                "move_type": type,
                "partner_id": partner.id,
                "invoice_date": date,
                "date": date,
                "invoice_line_ids": [cls.bill_line(amount)],
                **vals,
            }
        )
        bill.action_post()
        return bill

    @classmethod
    def bill_line(cls, amount, **vals):
        line = {"name": "Work", "quantity": 1, "price_unit": amount, "tax_ids": []}
        return Command.create(line | vals)

    @classmethod
    def product(cls, **vals):
        values = {"name": "Work", "type": "service", "supplier_taxes_id": []}
        return cls.env["product.product"].create(values | vals)

    @classmethod
    def order_line(cls, amount, **vals):
        """A line of a purchase order, of a product of its own unless one is given."""
        if "product_id" not in vals:
            vals["product_id"] = cls.product().id
        line = {"product_qty": 1, "price_unit": amount, "tax_ids": []}
        return Command.create(line | vals)

    @classmethod
    def order(cls, partner, amount, day="2025-06-01", **vals):
        """A confirmed order of one untaxed line, approved at noon."""
        order = cls.env["purchase.order"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "date_order": f"{day} 12:00:00",
                "order_line": [cls.order_line(amount)],
                **vals,
            }
        )
        order.button_confirm()
        order.date_approve = f"{day} 12:00:00"
        return order

    # -- the score -----------------------------------------------------------

    @classmethod
    def measurement(cls, start=YEAR[0], end=YEAR[1], **vals):
        return cls.env["pso.measurement"].create(
            {
                "company_id": cls.company.id,
                "date_start": start,
                "date_end": end,
                "edition_id": cls.edition.id,
                **vals,
            }
        )

    # -- what is refused -----------------------------------------------------

    @contextmanager
    def assertRefused(self, reason):
        """Whether Python or the database refuses it, the user reads why."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                yield
        except UserError as error:
            message = str(error)
        except IntegrityError as error:
            table = error.diag.table_name
            models = self.env.registry.values()
            model = next(m._name for m in models if m._table == table)
            message = self.env[model]._sql_error_to_message(error)
        else:
            self.fail("That was accepted")
        self.assertIn(reason, message)


def noted(env, user, *events):
    """What is in the log of a user, as another session sees it.

    Looks and exports are noted in a transaction of their own, which the transaction of
    a test does not see.
    """
    with db_connect(env.cr.dbname).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        domain = [("uid", "=", user.id)]
        if events:
            domain.append(("event", "in", events))
        lines = env["pso.log"].search(domain, order="id")
        return lines.read(
            ["event", "model", "record", "name", "count", "columns", "company_id"]
        )
