"""What a buyer is told and asked where a vendor is chosen: badges, reasons, prices."""

from common import PsoCase
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import file_path, mute_logger

from odoo.addons.pso_odoo.models.purchases import pso_badge_mixin

USER, PURCHASE = "pso_odoo.group_pso_user", "pso_odoo.group_pso_purchase"
CORE_BUYER = "purchase.group_purchase_user"


class BuyerCase(PsoCase):
    """Soap is bought at Plain; Green and Best are certified and sell it too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.company)
        cls.buyer = cls.user(CORE_BUYER, PURCHASE, login="hands-buyer")
        category = cls.env["product.category"]
        cls.cleaning = category.create(
            {"name": "Cleaning", "pso_certified_vendor": "expected"}
        )
        cls.supplies = category.create(
            {"name": "Supplies", "parent_id": cls.cleaning.id}
        )
        cls.soap = cls.product(name="Soap", categ_id=cls.supplies.id)
        cls.paper = cls.product(name="Paper")
        cls.plain = cls.vendor("Plain")
        # 5 fte of the target group for 100,000 and for 50,000.
        cls.green = cls.certified("Green", turnover=100_000, fte=10, share=50)
        cls.best = cls.certified("Best", turnover=50_000, fte=10, share=50)
        for vendor, price in ((cls.plain, 8), (cls.green, 10), (cls.best, 12)):
            cls.sells(vendor, cls.soap, price)

    @classmethod
    def certified(cls, name, **figures):
        vendor = cls.vendor(name)
        cls.certificate(vendor, f"{cls.today.year}-01-01", f"{cls.today.year}-12-31")
        cls.figures(vendor, cls.today.year, **figures)
        return vendor

    @classmethod
    def sells(cls, vendor, product, price, **vals):
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": vendor.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "price": price,
                "currency_id": cls.company.currency_id.id,
                "company_id": cls.company.id,
                **vals,
            }
        )

    def rfq(self, vendor, *products, quantity=100, **vals):
        """A request of the buyer, at the prices that core finds."""
        line = {"product_qty": quantity, "tax_ids": []}
        return (
            self.env["purchase.order"]
            .with_user(self.buyer)
            .create(
                {
                    "partner_id": vendor.id,
                    "order_line": [
                        Command.create({**line, "product_id": product.id})
                        for product in products
                    ],
                    **vals,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestReason(BuyerCase):
    """Where a certified vendor is expected who chooses another is asked why.

    However the order is confirmed.
    """

    # -- in which categories -----------------------------------------------------

    def expecting(self, company=None):
        company = company or self.company
        return self.env["product.category"]._pso_expecting(company.id)

    def test_as_the_parent_says_unless_it_says_so_itself(self):
        own = {self.cleaning.id, self.supplies.id}
        self.assertEqual(self.expecting(), own)
        self.supplies.pso_certified_vendor = "not_expected"
        below = self.env["product.category"].create(
            {"name": "Below", "parent_id": self.supplies.id}
        )
        self.assertFalse(below.pso_is_certified_expected)
        self.assertEqual(self.expecting(), {self.cleaning.id})
        below.parent_id = self.cleaning
        self.assertTrue(below.pso_is_certified_expected)
        self.assertEqual(self.expecting(), {self.cleaning.id, below.id})

    def test_each_company_says_so_for_itself_and_a_branch_follows(self):
        other = self.create_company("Other")
        self.assertFalse(self.expecting(other))
        self.assertFalse(self.cleaning.with_company(other).pso_is_certified_expected)
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.assertIn(self.supplies.id, self.expecting(branch))
        self.cleaning.with_company(branch).pso_certified_vendor = "not_expected"
        self.assertFalse(self.expecting(branch))
        self.assertIn(self.supplies.id, self.expecting())

    def test_who_may_say_so(self):
        """Core's right to categories and ours to purchases; everybody may know."""
        manager = self.user(
            "purchase.group_purchase_manager", "product.group_product_manager"
        )
        both = self.user("product.group_product_manager", PURCHASE)
        values = {"pso_certified_vendor": "not_expected"}
        for user in (manager, self.buyer):
            with self.assertRaises(AccessError):
                self.cleaning.with_user(user).write(values)
            self.assertTrue(self.cleaning.with_user(user).pso_is_certified_expected)
        self.cleaning.with_user(both).write(values)
        self.assertFalse(self.cleaning.pso_is_certified_expected)

    # -- the reason ----------------------------------------------------------------

    def exceptions(self, order, user=None):
        reader = self.env["pso.purchase.exception"].with_user(user or self.buyer)
        return reader.search([("order_id", "=", order.id)])

    def test_it_is_asked_for_and_who_else_sells_it_is_named(self):
        order = self.rfq(self.plain, self.soap, self.paper)
        self.assertIn("Soap (Cleaning / Supplies)", order.pso_expected_note)
        self.assertNotIn("Paper", order.pso_expected_note)
        # The most fte for the money first.
        self.assertEqual(order.pso_hint_vendors, "Best, Green")
        self.assertIn(f"/odoo/res.partner/{self.best.id}", order.pso_hint_vendor_links)
        for text in (order.name, "Soap (Cleaning / Supplies)", "Plain", "Best, Green"):
            with self.assertRefused(text):
                order.button_confirm()
        self.assertEqual(order.state, "draft")

    def test_with_a_reason_it_is_confirmed_and_kept(self):
        order = self.rfq(self.plain, self.soap, self.paper)
        order.pso_reason = "Nobody delivers in time"
        order.button_confirm()
        self.assertEqual(order.state, "purchase")
        self.assertEqual(order.pso_reason_user_id, self.buyer)
        self.assertTrue(order.pso_reason_date)
        row = self.exceptions(order)
        self.assertEqual(
            (row.partner_id, row.category_id, row.product_id, row.user_id, row.amount),
            (self.plain, self.supplies, self.soap, self.buyer, 800),
        )
        self.assertEqual(row.reason, "Nobody delivers in time")
        self.assertEqual(row.reason_user_id, self.buyer)
        self.assertEqual(row.date, self.today)
        # What is expected later changes nothing of what was.
        self.cleaning.pso_certified_vendor = False
        self.assertTrue(self.exceptions(order))
        order.button_cancel()
        self.env.flush_all()
        self.assertFalse(self.exceptions(order))

    def test_the_amount_is_in_the_currency_of_the_company(self):
        currency = self.env["res.currency"].create(
            {
                "name": "PHX",
                "symbol": "P",
                "rate_ids": [
                    Command.create(
                        {"name": "2020-01-01", "rate": 4, "company_id": self.company.id}
                    )
                ],
            }
        )
        order = self.rfq(
            self.plain, self.soap, currency_id=currency.id, pso_reason="Because"
        )
        order.order_line.price_unit = 8
        order.button_confirm()
        self.assertEqual(self.exceptions(order).amount, 200)

    def test_the_analysis_knows_it(self):
        order = self.rfq(self.plain, self.soap, self.paper, pso_reason="Because")
        order.button_confirm()
        order.sudo().order_line.qty_received = 100
        order.sudo().action_create_invoice()
        bill = order.sudo().invoice_ids
        bill.invoice_date = self.today
        bill.action_post()
        self.env.flush_all()
        lines = self.env["pso.purchase.report"].search([("move_id", "=", bill.id)])
        found = {line.product_id: line.is_exception for line in lines}
        self.assertEqual(found, {self.soap: True, self.paper: False})

    def test_it_is_not_asked_for_in_vain(self):
        self.rfq(self.green, self.soap).button_confirm()
        self.rfq(self.plain, self.paper).button_confirm()
        excluded = self.rfq(self.plain, self.soap)
        excluded.sudo().order_line.pso_excluded = True
        excluded.button_confirm()
        self.supplies.pso_certified_vendor = "not_expected"
        self.rfq(self.plain, self.soap).button_confirm()

    def test_by_the_day_on_which_it_is_confirmed(self):
        """A certificate that has ended is none, whatever the deadline of the order."""
        self.green.pso_certificate_ids.write(
            {"date_start": "2025-01-01", "date_end": "2025-12-31"}
        )
        order = self.rfq(self.green, self.soap, date_order="2025-06-01 12:00:00")
        with self.assertRefused("Green has no certificate"):
            order.button_confirm()

    def test_another_company_is_not_asked(self):
        other = self.create_company("Other")
        buyer = self.user(CORE_BUYER, companies=other)
        order = (
            self.env["purchase.order"]
            .with_user(buyer)
            .with_context(allowed_company_ids=other.ids)
            .create(
                {
                    "partner_id": self.plain.id,
                    "company_id": other.id,
                    "order_line": [self.order_line(1, product_id=self.soap.id)],
                }
            )
        )
        self.assertFalse(order.pso_expected_note)
        order.button_confirm()
        self.assertEqual(order.state, "purchase")

    def test_many_at_once_are_named_and_none_is_confirmed(self):
        first = self.rfq(self.plain, self.soap)
        fine = self.rfq(self.green, self.soap)
        last = self.rfq(self.plain, self.soap)
        orders = first + fine + last
        for name in (first.name, last.name):
            with self.assertRefused(name):
                orders.button_confirm()
        self.assertEqual(set(orders.mapped("state")), {"draft"})

    def test_no_way_round(self):
        order = self.rfq(self.plain, self.soap)
        ways = (
            lambda: order.write({"state": "purchase"}),
            lambda: self.rfq(self.plain, self.soap, state="purchase"),
            lambda: order.write({"pso_reason": "  ", "state": "purchase"}),
            lambda: order.button_confirm(),
        )
        for way in ways:
            with self.assertRefused("Fill in the reason"):
                way()
        fine = self.rfq(self.plain, self.paper)
        fine.button_confirm()
        line = {"product_id": self.soap.id, "product_qty": 1, "price_unit": 1}
        with self.assertRefused("Fill in the reason"):
            fine.order_line = [Command.create(line)]
        with self.assertRefused("Fill in the reason"):
            fine.order_line.product_id = self.soap
        fine.write({"pso_reason": "Because", "order_line": [Command.create(line)]})
        self.assertEqual(self.exceptions(fine).product_id, self.soap)
        with self.assertRefused("Fill in the reason"):
            fine.pso_reason = False

    def test_what_is_left_out_is_not_taken_in_again_without_one(self):
        order = self.rfq(self.plain, self.soap)
        order.order_line.write({"pso_excluded": True, "pso_excluded_reason": "other"})
        order.button_confirm()
        with self.assertRefused("Fill in the reason"):
            order.order_line.pso_excluded = False

    def test_another_day_of_approval_is_judged_anew(self):
        order = self.rfq(self.green, self.soap)
        order.button_confirm()
        with self.assertRefused("Fill in the reason"):
            order.date_approve = f"{self.today.year - 1}-06-01"

    def test_what_was_confirmed_before_stays_so(self):
        """It is asked of what is chosen, not of what is written again."""
        self.cleaning.pso_certified_vendor = False
        order = self.rfq(self.plain, self.soap)
        order.button_confirm()
        self.cleaning.pso_certified_vendor = "expected"
        line = order.order_line
        order.write({"state": "purchase", "partner_id": self.plain.id})
        line.write({"product_id": self.soap.id, "order_id": order.id})
        paper = {"product_id": self.paper.id, "product_qty": 1, "price_unit": 1}
        order.order_line = [Command.create(paper)]
        self.assertFalse(self.exceptions(order))
        with self.assertRefused("Fill in the reason"):
            order.partner_id = self.vendor("Other")

    def test_a_manager_is_asked_who_approves_later(self):
        self.company.po_double_validation = "two_step"
        self.company.po_double_validation_amount = 1
        order = self.rfq(self.green, self.soap)
        order.button_confirm()
        self.assertEqual(order.state, "to approve")
        self.green.pso_certificate_ids.unlink()
        manager = self.user("purchase.group_purchase_manager")
        with self.assertRefused("Green has no certificate"):
            order.with_user(manager).button_approve()
        order.with_user(manager).pso_reason = "Renewal is on its way"
        order.with_user(manager).button_approve()
        self.assertEqual(self.exceptions(order).reason_user_id, manager)

    def test_nobody_writes_who_gave_it(self):
        boss = self.user("base.group_user")
        forged = {"pso_reason_user_id": boss.id, "pso_reason_date": "2020-01-01"}
        order = self.rfq(self.plain, self.soap, pso_reason="Because", **forged)
        self.assertEqual(order.pso_reason_user_id, self.buyer)
        order.write(forged)
        self.assertEqual(order.pso_reason_user_id, self.buyer)
        self.assertGreater(order.pso_reason_date.year, 2020)
        hostile = {f"default_{name}": value for name, value in forged.items()}
        order = self.rfq(self.plain.with_context(**hostile), self.soap)
        self.assertFalse(order.pso_reason_user_id)
        with self.assertRaises(AccessError):
            order.order_line.pso_expected_category_id = False
        self.assertFalse(order.copy().pso_reason)

    def test_who_reads_the_exceptions(self):
        order = self.rfq(self.plain, self.soap, pso_reason="Because")
        order.button_confirm()
        self.assertTrue(self.exceptions(order, self.user(USER)))
        self.assertTrue(self.exceptions(order, self.user(PURCHASE)))
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.exceptions(order, self.user(CORE_BUYER))
        other = self.create_company("Other")
        stranger = self.user(USER, companies=other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(env["pso.purchase.exception"].search([]))

    def test_a_bill_without_an_order_warns_and_is_posted(self):
        line = self.bill_line(10, product_id=self.soap.id)
        values = {
            "move_type": "in_invoice",
            "partner_id": self.plain.id,
            "invoice_date": self.today,
            "invoice_line_ids": [line],
        }
        bill = self.env["account.move"].create(values)
        self.assertIn("Cleaning / Supplies", bill.pso_hint)
        bill.action_post()
        self.assertFalse(bill.pso_hint)
        fine = self.env["account.move"].create({**values, "partner_id": self.green.id})
        self.assertFalse(fine.pso_hint)


@tagged("post_install", "-at_install")
class TestComparison(BuyerCase):
    """Vendors side by side: their badges, prices and fte."""

    def names(self, user, **context):
        partners = self.env["res.partner"].with_user(user).with_context(**context)
        found = partners.web_name_search("Green", {"display_name": {}})
        return next(
            each["__formatted_display_name"]
            for each in found
            if each["id"] == self.green.id
        )

    def test_in_the_drop_down_of_vendors(self):
        employee = self.user("base.group_user")
        for user in (self.buyer, employee):
            shown = self.names(user, res_partner_search_mode="supplier")
            self.assertEqual(shown, f"Green \t `{self.green.pso_badge}`")
        self.assertEqual(
            self.names(self.buyer, res_partner_search_mode="customer"), "Green"
        )
        self.assertEqual(self.names(self.buyer), "Green")
        self.assertEqual(
            self.plain.with_context(
                res_partner_search_mode="supplier", formatted_display_name=True
            ).display_name,
            "Plain",
        )
        self.assertEqual(
            self.green.with_context(res_partner_search_mode="supplier").display_name,
            "Green",
        )

    def test_where_vendors_stand_below_each_other(self):
        """Also in a list of an addon that we do not know, and once."""
        theirs = self.env["ir.ui.view"].create(
            {
                "name": "compare",
                "model": "purchase.order.line",
                "arch": """<list>
                    <field name="product_id" /><field name="partner_id" />
                    <field name="price_unit" /></list>""",
            }
        )
        lines = self.env["purchase.order.line"].with_user(self.buyer)
        arch = etree.fromstring(lines.get_view(theirs.id, "list")["arch"])
        names = [node.get("name") for node in arch.iter("field")]
        self.assertEqual(names, ["product_id", "partner_id", "pso_badge", "price_unit"])
        orders = self.env["purchase.order"].with_user(self.buyer)
        self.assertEqual(
            orders.get_view(view_type="list")["arch"].count('"pso_badge"'), 1
        )
        order = self.rfq(self.green, self.soap)
        self.assertEqual(order.pso_badge, self.green.pso_badge)
        self.assertEqual(order.order_line.pso_badge, self.green.pso_badge)

    def test_where_calls_for_tenders_compare_vendors(self):
        """The lists of core's own module, which need not be installed here."""
        source = file_path("purchase_requisition/views/purchase_views.xml")
        views = etree.parse(source)
        for name, kind, place in (
            ("purchase_order_line_compare_tree", "list", "/list"),
            ("purchase_order_form_inherit", "form", "//field/list"),
        ):
            with self.subTest(view=name):
                [field] = views.xpath(f"//record[@id='{name}']/field[@name='arch']")
                arch = etree.ElementTree(field[0] if kind == "list" else field)
                pso_badge_mixin.add_badge(arch, kind, "show")
                [vendor] = arch.xpath(f"{place}/field[@name='partner_id']")
                self.assertEqual(vendor.getnext().get("name"), "pso_badge")

    # -- side by side ----------------------------------------------------------------

    def compare(self, record, user=None):
        action = record.with_user(user or self.buyer).action_pso_compare()
        rows = self.env["pso.vendor.comparison"].with_user(user or self.buyer)
        return rows.search(action["domain"])

    def facts(self, row):
        return (
            row.partner_id.name,
            row.price_unit,
            row.price_source,
            row.amount,
            round(row.fte_rate, 4),
            round(row.fte, 4),
            row.mark,
        )

    def test_of_an_order(self):
        self.bill(self.green, 4_000, self.today)
        # 50,000 of turnover, of which 49,000 is spent: 1,000 still counts.
        self.bill(self.best, 49_000, self.today)
        self.bill(self.plain, 300, self.today)
        self.env.flush_all()
        order = self.rfq(self.plain, self.soap)
        rows = self.compare(order)
        self.assertEqual(
            list(map(self.facts, rows)),
            [
                # 12 × 100 = 1,200, of which 1,000 counts at 1 fte for 10,000.
                ("Best", 12, "list", 1_200, 1, 0.1, "fte"),
                ("Plain", 8, "order", 800, 0, 0, "price"),
                ("Green", 10, "list", 1_000, 0.5, 0.05, False),
            ],
        )
        best, plain, green = rows
        self.assertEqual((best.bought, best.room), (49_000, 1_000))
        self.assertEqual((green.bought, green.room), (4_000, 96_000))
        self.assertEqual((plain.bought, plain.room), (300, 0))
        self.assertEqual(green.pso_standing, "ending" if self.ends_soon() else "valid")
        self.assertEqual(
            green.date_end, fields.Date.to_date(f"{self.today.year}-12-31")
        )
        self.assertEqual(green.pso_badge, self.green.pso_badge)
        self.assertEqual(rows.filtered("is_vendor"), plain)
        self.assertEqual(rows.filtered("can_choose"), best + green)

    def ends_soon(self):
        return (fields.Date.to_date(f"{self.today.year}-12-31") - self.today).days < 90

    def test_of_a_product(self):
        """For one; a price for more is there too, as is who delivered it before."""
        self.sells(self.vendor("Bulk"), self.soap, 2, min_qty=500)
        self.sells(self.vendor("Past"), self.soap, 1, date_end="2020-01-01")
        once = self.vendor("Once")
        bought = self.rfq(once, self.soap, pso_reason="Because", quantity=10)
        bought.order_line.price_unit = 7
        bought.button_confirm()
        # Core has put it on the product's list: it did not deliver by that.
        self.soap.seller_ids.filtered(lambda s: s.partner_id == once).unlink()
        billed = self.vendor("Billed")
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": billed.id,
                "invoice_date": self.today,
                "invoice_line_ids": [
                    self.bill_line(6, product_id=self.soap.id, quantity=3)
                ],
            }
        ).action_post()
        rows = self.compare(self.soap.product_tmpl_id)
        found = {row.partner_id.name: self.facts(row)[1:3] for row in rows}
        self.assertEqual(
            found,
            {
                "Plain": (8, "list"),
                "Green": (10, "list"),
                "Best": (12, "list"),
                "Bulk": (2, "minimum"),
                "Once": (7, "ordered"),
                "Billed": (6, "billed"),
            },
        )
        self.assertFalse(any(rows.mapped("can_choose")))
        with self.assertRefused("for no order"):
            rows[0].action_choose()

    def test_nobody_delivers_it(self):
        with self.assertRefused("Nobody is known"):
            self.compare(self.product(name="Novelty"))

    def test_choosing_does_what_a_user_would(self):
        term = self.env["account.payment.term"].create({"name": "Soon"})
        self.best.with_company(self.company).property_supplier_payment_term_id = term
        order = self.rfq(self.plain, self.soap, self.paper)
        typed = order.order_line.filtered(lambda line: line.product_id == self.paper)
        typed.price_unit = 3
        row = self.compare(order).filtered(
            lambda row: row.partner_id == self.best and row.product_id == self.soap
        )
        told = row.action_choose()["params"]["message"]
        self.assertEqual(order.partner_id, self.best)
        self.assertEqual(order.payment_term_id, term)
        self.assertEqual(order.order_line.mapped("price_unit"), [12, 3])
        self.assertIn("Plain becomes Best", told)
        self.assertIn("1,500.00", told)
        order.button_confirm()
        self.assertEqual(order.state, "purchase")
        row = self.env["pso.vendor.comparison"].with_user(self.buyer).browse(row.id)
        with self.assertRefused("is confirmed"):
            row.action_choose()

    def test_who_may(self):
        order = self.rfq(self.plain, self.soap)
        rows = self.compare(order)
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.compare(order, self.user(CORE_BUYER))
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.compare(order, self.user(USER))
        # An auditor reads orders, and does not change them.
        reader = self.user("account.group_account_readonly", PURCHASE)
        theirs = self.compare(order, reader)
        self.assertEqual(len(theirs), 3)
        self.assertFalse(any(theirs.mapped("can_choose")))
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            theirs[0].action_choose()
        with (
            self.assertRaises(AccessError),
            mute_logger("odoo.addons.base.models.ir_rule"),
        ):
            rows.with_user(reader).read(["price_unit"])


@tagged("post_install", "-at_install")
class TestInThePlan(BuyerCase):
    """Who may read the plan sees what it is to do at the vendor in hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        year = cls.today.year
        cls.bill(cls.plain, 500, cls.today)  # of which something can move
        start = cls.measurement(f"{year}-01-01", f"{year}-12-31")
        cls.scenario = cls.env["pso.scenario"].create(
            {
                "name": "More at Green",
                "measurement_id": start.id,
                "line_ids": [
                    Command.create(
                        {"kind": "spend", "partner_id": cls.green.id, "amount": 18_000}
                    ),
                    Command.create(
                        {
                            "kind": "move",
                            "partner_id": cls.plain.id,
                            "to_partner_id": cls.best.id,
                            "amount": 500,
                        }
                    ),
                    Command.create({"kind": "staff", "fte": 1}),
                ],
            }
        )
        cls.plan = cls.env["pso.plan"].create(
            {
                "name": "To step 3",
                "company_id": cls.company.id,
                "target_level_id": cls.ref("level_step3").id,
                "date_start": f"{cls.today.year}-01-10",
                "date_deadline": "2099-12-31",
                "scenario_id": cls.scenario.id,
                "action_ids": [Command.create({"name": "Buy", "kind": "other"})],
                **{
                    f"smart_{name}": "Answered"
                    for name in ("specific", "measurable", "accepted", "realistic")
                },
                "smart_time_bound": "Answered",
            }
        )
        cls.reader = cls.user(CORE_BUYER, USER)

    def run_it(self):
        self.plan.action_submit()
        self.plan.with_user(self.user("pso_odoo.group_pso_board")).action_approve()

    def links(self, record, user=None):
        record = record.with_user(user or self.reader)
        record.invalidate_recordset(["pso_plan_links"])
        return str(record.pso_plan_links or "")

    def test_what_it_is_to_do_and_what_was_bought(self):
        order = self.rfq(self.green, self.soap)
        self.assertFalse(self.links(order))  # it is a draft
        self.run_it()
        year = self.today.year
        for amount, day in ((6_000, f"{year}-01-10"), (500, f"{year}-01-09")):
            self.bill(self.green, amount, day)
        self.bill(self.green, 200, f"{year}-01-11", type="in_refund")
        for record in (order, self.green):
            links = self.links(record)
            self.assertIn(
                f'<a href="/odoo/pso.plan/{self.plan.id}">To step 3</a>', links
            )
            self.assertIn("18,000 ", links)
            self.assertIn("more at Green", links)
            # 6,000 less a refund of 200; what was bought before is not of the plan.
            self.assertIn("5,800.00", links)
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.green.id}
        )
        self.assertIn("18,000 ", self.links(contact))
        # Both ends of what moves, each with what was bought where it goes.
        self.bill(self.best, 40, f"{year}-02-01")
        for vendor in (self.plain, self.best):
            links = self.links(vendor)
            self.assertIn("from Plain to Best", links)
            self.assertIn("40.00", links)
        self.assertFalse(self.links(self.vendor("Nobody")))
        self.plan.action_close()
        self.assertFalse(self.links(order))

    def test_a_vendor_of_a_company_that_one_is_not_in_now(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        theirs = self.vendor("Theirs", company_id=branch.id)
        self.certificate(theirs, f"{self.today.year}-01-01", f"{self.today.year}-12-31")
        self.figures(theirs, self.today.year)
        self.scenario.measurement_id.company_ids |= branch
        self.scenario.line_ids = [
            Command.create({"kind": "spend", "partner_id": theirs.id, "amount": 5})
        ]
        self.run_it()
        both = self.user(CORE_BUYER, USER, companies=self.company + branch)
        now = self.green.with_context(allowed_company_ids=self.company.ids)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn("18,000 ", self.links(now, both))

    def test_who_may_read_the_plan(self):
        self.run_it()
        order = self.rfq(self.green, self.soap)
        self.env.flush_all()
        other = self.create_company("Other")
        both = self.user(CORE_BUYER, USER, companies=self.company + other)
        elsewhere = self.green.with_context(allowed_company_ids=other.ids)
        self.assertTrue(self.links(self.green, both))
        self.assertFalse(self.links(elsewhere, both))
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            order.with_user(self.buyer).read(["pso_plan_links"])
        # Nor does the addon look for plans where others read the vendor for him.
        self.env.invalidate_all()
        self.assertFalse(self.green.with_user(self.buyer).sudo().pso_plan_links)
        arch = order.with_user(self.buyer).get_view(view_type="form")["arch"]
        self.assertNotIn("pso_plan_links", arch)
        arch = order.with_user(self.reader).get_view(view_type="form")["arch"]
        self.assertIn("pso_plan_links", arch)


@tagged("post_install", "-at_install")
class TestOverRpc(BuyerCase, HttpCase):
    def test_a_confirmation_names_order_and_lines(self):
        order = self.rfq(self.plain, self.soap)
        self.buyer.password = "hands-buyer"
        self.authenticate("hands-buyer", "hands-buyer")
        self.env.flush_all()
        with self.assertRaises(JsonRpcException) as raised, mute_logger("odoo.http"):
            self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {
                    "model": "purchase.order",
                    "method": "button_confirm",
                    "args": [order.ids],
                    "kwargs": {},
                },
            )
        self.assertIn("odoo.exceptions.UserError", str(raised.exception))
