"""Certified vendors side by side, and links to them where something is bought."""

from common import PsoCase

from odoo import fields
from odoo.tests import tagged

USER, PURCHASE = "pso_odoo.group_pso_user", "pso_odoo.group_pso_purchase"


@tagged("post_install", "-at_install")
class TestCertifiedVendors(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.company)
        cls.buyer = cls.user(PURCHASE)
        cls.good, cls.better, cls.unknown = (
            cls.certified(name) for name in ("Good", "Better", "Unknown")
        )
        cls.figures(cls.good, cls.today.year, turnover=100000, fte=10, share=50)
        cls.figures(cls.better, cls.today.year - 1, turnover=50000, fte=10, share=50)
        cls.certificate(cls.vendor("Ended"), "2015-01-01", "2016-12-31")
        bill = cls.bill(cls.good, 3000, f"{cls.today.year}-01-01")
        cls.excluded = bill.invoice_line_ids
        cls.env.flush_all()

    @classmethod
    def certified(cls, name):
        vendor = cls.vendor(name)
        year = cls.today.year
        cls.certificate(vendor, f"{year}-01-01", f"{year}-12-31")
        return vendor

    def row(self, vendor):
        vendors = self.env(user=self.buyer)["pso.certified.vendor"]
        return vendors.search([("partner_id", "=", vendor.id)])

    def test_the_best_for_the_money_come_first(self):
        vendors = self.env(user=self.buyer)["pso.certified.vendor"]
        mine = (self.good + self.better + self.unknown).ids
        found = vendors.search([("partner_id", "in", mine)])
        names = found.partner_id.mapped("name")
        self.assertEqual(names, ["Better", "Good", "Unknown"])
        # 5 fte of the target group for 100,000: 0.5 for 10,000.
        self.assertAlmostEqual(self.row(self.good).fte_rate, 0.5)
        self.assertAlmostEqual(self.row(self.better).fte_rate, 1)
        self.assertEqual(self.row(self.better).figure_year, self.today.year - 1)
        self.assertEqual(self.row(self.good).level_id, self.ref("level_step3"))

    def test_what_was_bought_and_what_still_counts(self):
        row = self.row(self.good)
        self.assertEqual((row.amount, row.room), (3000, 97000))
        self.excluded.sudo().pso_excluded = True
        self.env.flush_all()
        self.env.invalidate_all()
        row = self.row(self.good)
        self.assertEqual((row.amount, row.room), (3000, 100000))

    def test_who_does_not_count_today_is_not_there(self):
        ended = self.env["res.partner"].search([("name", "=", "Ended")])
        self.assertFalse(self.row(ended))
        self.assertFalse(self.row(self.company.partner_id))

    def test_by_what_they_sell(self):
        glazing = self.product(name="Glazing").product_tmpl_id
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.good.id}
        )
        self.env["product.supplierinfo"].create(
            {"product_tmpl_id": glazing.id, "partner_id": contact.id}
        )
        vendors = self.env(user=self.buyer)["pso.certified.vendor"]
        for value in (("=", glazing.id), ("ilike", "Glazing")):
            found = vendors.search([("product_tmpl_id", *value)])
            self.assertEqual(found.partner_id, self.good)

    def test_the_vendors_of_a_product_say_who_is_certified(self):
        glazing = self.product(name="Glazing").product_tmpl_id
        seller = self.env["product.supplierinfo"].create(
            {"product_tmpl_id": glazing.id, "partner_id": self.good.id}
        )
        self.assertEqual(seller.pso_badge, self.good.pso_badge)
        arch = seller.get_view(view_type="list")["arch"]
        self.assertIn("pso_badge", arch)

    def test_the_names_of_a_hint_are_links(self):
        product = self.product(name="Glazing")
        evil = self.certified("<b>Evil</b>")
        for vendor in (self.good, evil):
            self.env["product.supplierinfo"].create(
                {"product_tmpl_id": product.product_tmpl_id.id, "partner_id": vendor.id}
            )
        line = self.order_line(100, product_id=product.id)
        order = self.env["purchase.order"].create(
            {"partner_id": self.vendor("Plain").id, "order_line": [line]}
        )
        links = order.pso_hint_vendor_links
        self.assertIn(f'<a href="/odoo/res.partner/{self.good.id}">Good</a>', links)
        self.assertNotIn("<b>", links)
        # The most fte for the money first.
        self.assertEqual(order.pso_hint_vendors, "Good, <b>Evil</b>")

    def test_of_own_companies_alone(self):
        other = self.create_company("Other")
        stranger = self.user(USER, companies=other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        found = env["pso.certified.vendor"].search([])
        self.assertLessEqual(set(found.company_id.ids), set(other.ids))
        self.assertFalse(sum(found.mapped("amount")))
