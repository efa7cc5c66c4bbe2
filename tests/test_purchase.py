"""Orders and bills: whether they are social, what they add, and what is left out."""

from common import PsoCase

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged


class PurchaseCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.social_vendor()
        cls.proof = cls.partner.pso_certificate_ids
        cls.keeper = cls.user(
            "pso_odoo.group_pso_purchase",
            "purchase.group_purchase_user",
            "account.group_account_invoice",
        )
        cls.outsider = cls.user(
            "purchase.group_purchase_user", "account.group_account_invoice"
        )

    def refund(self, bill, day, user=None):
        wizard = (
            self.env["account.move.reversal"]
            .with_user(user or self.env.user)
            .create(
                {
                    "move_ids": [Command.set(bill.ids)],
                    "date": day,
                    "journal_id": bill.journal_id.id,
                }
            )
        )
        refund = bill.browse(wizard.reverse_moves()["res_id"])
        refund.invoice_date = day
        return refund


@tagged("post_install", "-at_install")
class TestJudgedAtTheDate(PurchaseCase):
    def test_bills_on_the_first_and_the_last_day(self):
        days = {
            "2024-12-31": False,
            "2025-01-01": True,
            "2025-12-31": True,
            "2026-01-01": False,
        }
        for day, is_social in days.items():
            with self.subTest(day=day):
                bill = self.bill(self.partner, 100, day)
                self.assertEqual(bill.pso_is_social, is_social)
                self.assertEqual(bill.pso_certificate_id, self.proof[:is_social])
                self.assertEqual(bill.pso_amount, 100 if is_social else 0)

    def test_an_order_by_the_day_of_approval(self):
        order = self.order(self.partner, 100, "2025-12-31")
        self.assertTrue(order.pso_is_social)
        order.date_approve = "2026-01-01 12:00:00"
        self.assertFalse(order.pso_is_social)

    def test_a_draft_order_by_its_own_date(self):
        order = self.env["purchase.order"].create(
            {"partner_id": self.partner.id, "date_order": "2025-03-01 12:00:00"}
        )
        self.assertFalse(order.date_approve)
        self.assertTrue(order.pso_is_social)

    def test_the_day_is_that_of_the_company(self):
        """23:30 UTC on 31 December is 2026 in Amsterdam already."""
        self.company.resource_calendar_id.tz = "Europe/Amsterdam"
        order = self.order(self.partner, 100)
        order.date_approve = "2025-12-31 23:30:00"
        self.assertFalse(order.pso_is_social)
        self.company.resource_calendar_id.tz = "UTC"
        order.invalidate_recordset()
        self.assertTrue(order.pso_is_social)

    def test_a_contact_of_the_certified_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.partner.id}
        )
        self.assertTrue(self.bill(contact, 100).pso_is_social)
        self.assertTrue(self.order(contact, 100).pso_is_social)

    def test_a_refund_takes_the_validity_of_its_bill(self):
        """Else the end of a certificate would turn refunds into nothing."""
        bill = self.bill(self.partner, 100, "2025-12-31")
        refund = self.refund(bill, "2026-02-01")
        self.assertEqual(refund.pso_certificate_id, self.proof)
        self.assertEqual(refund.pso_amount, -100)

    def test_a_refund_of_nothing_known_is_judged_on_its_own_date(self):
        refund = self.bill(self.partner, 100, "2026-02-01", type="in_refund")
        self.assertFalse(refund.pso_is_social)

    def test_sales_are_no_purchases(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2025-06-01",
                "invoice_line_ids": [self.bill_line(100)],
            }
        )
        self.assertFalse(invoice.pso_is_social)
        self.assertEqual(invoice.pso_amount, 0)


@tagged("post_install", "-at_install")
class TestAmounts(PurchaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.env["res.currency"].create({"name": "XPS", "symbol": "x"})
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.foreign.id,
                "company_id": cls.company.id,
                "name": "2025-01-01",
                "rate": 4,
            }
        )

    def test_untaxed(self):
        tax = self.env["account.tax"].search(
            [("type_tax_use", "=", "purchase"), ("company_id", "=", self.company.id)],
            limit=1,
        )
        bill = self.bill(
            self.partner,
            100,
            invoice_line_ids=[self.bill_line(100, tax_ids=[Command.set(tax.ids)])],
        )
        self.assertGreater(bill.amount_total, 100)
        self.assertEqual(bill.pso_amount, 100)

    def test_in_the_currency_of_the_company(self):
        bill = self.bill(self.partner, 400, currency_id=self.foreign.id)
        order = self.order(self.partner, 400, currency_id=self.foreign.id)
        for document in bill, order:
            with self.subTest(model=document._name):
                self.assertAlmostEqual(document.pso_amount, 100)
                self.assertAlmostEqual(document.pso_fte, 0.5)
                self.assertEqual(document.company_currency_id, self.company.currency_id)
        self.assertAlmostEqual(self.measurement().indirect_fte, 0.5)

    def test_turnover_in_another_currency(self):
        """Converted at the end of the year that it is of."""
        self.partner.pso_figure_ids.write(
            {"turnover": 4000, "currency_id": self.foreign.id}
        )
        bill = self.bill(self.partner, 100)
        self.assertAlmostEqual(bill.pso_fte, 0.5)
        self.assertAlmostEqual(self.measurement().indirect_fte, 0.5)

    def test_a_vendor_without_figures_adds_nothing(self):
        self.partner.pso_figure_ids.unlink()
        bill = self.bill(self.partner, 100)
        self.assertEqual((bill.pso_amount, bill.pso_fte), (100, 0))

    def test_an_ordinary_vendor(self):
        bill = self.bill(self.vendor(), 100)
        self.assertEqual((bill.pso_amount, bill.pso_fte), (0, 0))


@tagged("post_install", "-at_install")
class TestSearch(PurchaseCase):
    """People look for social purchases, and count them by certificate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ordinary = cls.vendor()
        cls.social = {
            "account.move": cls.bill(cls.partner, 100),
            "purchase.order": cls.order(cls.partner, 100),
        }
        cls.others = {
            "account.move": cls.bill(ordinary, 100)
            + cls.bill(cls.partner, 100, "2026-01-01"),
            "purchase.order": cls.order(ordinary, 100)
            + cls.order(cls.partner, 100, "2026-01-01"),
        }

    def both(self):
        for model, social in self.social.items():
            everything = social + self.others[model]
            yield model, social, everything, [("id", "in", everything.ids)]

    def test_search_by_social(self):
        for model, social, everything, mine in self.both():
            found = self.env[model].search([*mine, ("pso_is_social", "=", True)])
            self.assertEqual(found, social)
            found = self.env[model].search([*mine, ("pso_is_social", "!=", True)])
            self.assertEqual(found.sorted("id"), (everything - social).sorted("id"))

    def test_search_by_certificate(self):
        for model, social, everything, mine in self.both():
            for operator, value, expected in (
                ("=", self.proof.id, social),
                ("in", self.proof.ids, social),
                ("!=", False, social),
                ("=", False, everything - social),
                ("!=", self.proof.id, everything - social),
            ):
                with self.subTest(model=model, operator=operator, value=value):
                    domain = [*mine, ("pso_certificate_id", operator, value)]
                    found = self.env[model].search(domain)
                    self.assertEqual(found.sorted("id"), expected.sorted("id"))

    def test_group_by(self):
        for model, _social, _everything, mine in self.both():
            Model = self.env[model].with_user(self.outsider)
            by_social = dict(Model._read_group(mine, ["pso_is_social"], ["__count"]))
            self.assertEqual(by_social, {True: 1, False: 2})
            groups = Model._read_group(mine, ["pso_certificate_id"], ["__count"])
            by_certificate = {record.id: count for record, count in groups}
            self.assertEqual(by_certificate, {self.proof.id: 1, False: 2})
            groups = Model._read_group(mine, ["pso_level_id"], ["__count"])
            by_level = {record.id: count for record, count in groups}
            self.assertEqual(by_level, {self.ref("level_step3").id: 1, False: 2})
            groups = Model.formatted_read_group(mine, ["pso_level_id"], ["__count"])
            names = [
                group["pso_level_id"] and group["pso_level_id"][1] for group in groups
            ]
            self.assertEqual(names, ["Step 3", False])

    def test_search_by_level(self):
        level = self.ref("level_step3")
        for model, social, everything, mine in self.both():
            found = self.env[model].search([*mine, ("pso_level_id", "=", level.id)])
            self.assertEqual(found, social)
            self.assertEqual(found.pso_level_id, level)
            found = self.env[model].search([*mine, ("pso_level_id", "=", False)])
            self.assertEqual(found.sorted("id"), (everything - social).sorted("id"))
            found = self.env[model].search([*mine, ("pso_level_id.code", "=", "step3")])
            self.assertEqual(found, social)


@tagged("post_install", "-at_install")
class TestExcluded(PurchaseCase):
    """The same work may not count twice: what is left out stays left out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hired = cls.product(pso_excluded=True)

    def bill_of(self, order, user=None):
        order = order.with_user(user or self.env.user)
        action = order.action_create_invoice()
        bill = self.env["account.move"].browse(action["res_id"])
        bill.invoice_date = "2025-06-01"
        return bill

    def excluded(self, document):
        document.invalidate_recordset()
        lines = (
            document.order_line
            if document._name == "purchase.order"
            else document.invoice_line_ids
        )
        return lines.sudo().mapped("pso_excluded")

    def test_from_product_to_order_to_bill_to_refund(self):
        """By people who know nothing of PSO, and see nothing of it."""
        for user in (self.env.user, self.keeper, self.outsider):
            with self.subTest(user=user.login):
                partner = self.partner.with_user(user).sudo(False)
                order = (
                    self.env["purchase.order"]
                    .with_user(user)
                    .create(
                        {
                            "partner_id": partner.id,
                            "order_line": [
                                self.order_line(70, product_id=self.hired.id),
                                self.order_line(30),
                            ],
                        }
                    )
                )
                order.button_confirm()
                self.assertEqual(self.excluded(order), [True, False])
                bill = self.bill_of(order, user)
                self.assertEqual(self.excluded(bill), [True, False])
                bill.with_user(user).action_post()
                self.assertEqual(bill.pso_amount, 30)
                refund = self.refund(bill, "2025-06-02", user)
                self.assertEqual(self.excluded(refund), [True, False])
                self.assertEqual(refund.pso_amount, -30)

    def test_a_bill_without_order_takes_it_from_the_product(self):
        bill = self.bill(
            self.partner,
            100,
            invoice_line_ids=[self.bill_line(100, product_id=self.hired.id)],
        )
        self.assertEqual(bill.pso_amount, 0)

    def test_a_duplicate_takes_it_from_the_product(self):
        bill = self.bill(
            self.partner,
            100,
            invoice_line_ids=[self.bill_line(100, product_id=self.hired.id)],
        )
        copy = bill.with_user(self.outsider).copy()
        self.assertEqual(self.excluded(copy), [True])
        order = self.order(
            self.partner, 0, order_line=[self.order_line(1, product_id=self.hired.id)]
        )
        copy = order.with_user(self.outsider).copy()
        self.assertEqual(self.excluded(copy), [True])

    def test_a_posted_bill_by_the_button(self):
        """Its lines are closed; the exclusion moves no money."""
        self.employee()
        measurement = self.measurement()
        bill = self.bill(self.partner, 100)
        self.assertEqual(measurement.indirect_fte, 0.5)
        bill.with_user(self.keeper).action_pso_exclude()
        self.assertEqual(bill.pso_amount, 0)
        self.assertEqual(measurement.indirect_fte, 0)
        self.assertEqual(measurement.supplier_line_ids.amount_excluded, 100)
        bill.with_user(self.keeper).action_pso_include()
        self.assertEqual(bill.pso_amount, 100)
        self.assertEqual(measurement.indirect_fte, 0.5)

    def test_an_order_by_the_button(self):
        order = self.order(self.partner, 100).with_user(self.keeper)
        order.action_pso_exclude()
        self.assertEqual(order.pso_amount, 0)
        order.action_pso_include()
        self.assertEqual(order.pso_amount, 100)

    def test_what_is_not_bought_is_refused(self):
        """Odoo offers the action on every document: silence would mislead."""
        invoice = self.bill(self.partner, 100, type="out_invoice")
        keeper = invoice.with_user(self.keeper)
        for act in (keeper.action_pso_exclude, keeper.action_pso_include):
            with self.assertRaises(UserError):
                act()
        self.assertFalse(any(invoice.invoice_line_ids.mapped("pso_excluded")))
        bill = self.bill(self.partner, 100)
        (invoice + bill).with_user(self.keeper).action_pso_exclude()
        self.assertTrue(bill.invoice_line_ids.pso_excluded)
        self.assertFalse(any(invoice.invoice_line_ids.mapped("pso_excluded")))

    def test_only_pso_purchase_users_decide(self):
        bill = self.bill(self.partner, 100).with_user(self.outsider)
        order = self.order(self.partner, 100).with_user(self.outsider)
        for document in (bill, order):
            with self.assertRaisesRegex(
                AccessError, "Only users with access to PSO purchases"
            ):
                document.action_pso_exclude()

    def test_a_line_of_hand_made_exclusion_stays_excluded(self):
        order = self.order(self.partner, 100)
        order.order_line.pso_excluded = True
        order.order_line.pso_excluded_reason = "elsewhere"
        line = self.bill_of(order).invoice_line_ids
        self.assertTrue(line.pso_excluded)
        self.assertEqual(line.pso_excluded_reason, "elsewhere")
