"""A buyer is asked why, compares, and chooses a certified vendor, click by click."""

from browser import BrowserCase
from common import PsoCase

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestBuyerTour(BrowserCase, PsoCase):
    def test_a_certified_vendor_is_expected(self):
        year = fields.Date.context_today(self.company).year
        category = self.env["product.category"].create(
            {"name": "Tour Cleaning", "pso_certified_vendor": "expected"}
        )
        soap = self.product(name="Tour Soap", categ_id=category.id)
        green, plain = self.vendor("Tour Green"), self.vendor("Tour Plain")
        self.certificate(green, f"{year}-01-01", f"{year}-12-31")
        self.figures(green, year, turnover=100_000)
        self.env["product.supplierinfo"].create(
            [
                {
                    "partner_id": vendor.id,
                    "product_tmpl_id": soap.product_tmpl_id.id,
                    "price": price,
                    "currency_id": self.company.currency_id.id,
                    "company_id": self.company.id,
                }
                for vendor, price in ((green, 10), (plain, 8))
            ]
        )
        buyer = self.env["res.users"].search([("login", "=", "inkoop")]).ensure_one()
        buyer.write(
            {
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "lang": "en_US",
            }
        )
        self.tour("buyer_hands", "inkoop", "/odoo/action-purchase.purchase_rfq/new")
        order = self.env["purchase.order"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(order.ensure_one().partner_id, green)
        self.assertEqual(order.state, "purchase")
        self.assertEqual(order.order_line.price_unit, 10)
        self.assertEqual(order.pso_reason_user_id, buyer)
        # It was asked for, and is no exception after all.
        self.assertFalse(self.env["pso.purchase.exception"].search_count([]))
