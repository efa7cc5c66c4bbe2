"""Vendors without certificate: one definition, one list."""

from datetime import timedelta

from common import PsoCase

from odoo import fields
from odoo.tests import tagged

USER, PURCHASE = "pso_odoo.group_pso_user", "pso_odoo.group_pso_purchase"


@tagged("post_install", "-at_install")
class TestProspects(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.company)
        cls.recent = cls.today - timedelta(days=20)
        cls.plain = cls.vendor("Plain", email="plain@example.com")
        cls.small = cls.vendor("Small", email="small@example.com")
        branch = cls.env["res.company"].create(
            {"name": "Branch", "parent_id": cls.company.id}
        )
        cls.env.user.company_ids += branch
        cls.branch, sister = branch, branch.partner_id
        sister.is_company = True
        cls.buyer = cls.user(
            PURCHASE, "base.group_partner_manager", companies=cls.company + branch
        )
        for vendor, amount in ((cls.plain, 500), (cls.plain, 400), (cls.small, 100)):
            cls.bill(vendor, amount, cls.recent)
        cls.bill(cls.plain, 200, cls.recent, type="in_refund")
        # None of these is asked for a certificate.
        ended = cls.vendor("Ended")
        cls.certificate(ended, "2015-01-01", "2016-12-31")
        private = cls.vendor("Private", is_company=False)
        returned = cls.vendor("Returned")
        for vendor in (ended, private, sister, returned, cls.social_vendor()):
            cls.bill(vendor, 1000, cls.recent)
        cls.bill(returned, 1000, cls.recent, type="in_refund")
        cls.bill(cls.vendor("Long Ago"), 1000, "2015-06-01")
        cls.env.flush_all()

    def rows(self, **context):
        vendors = self.env(user=self.buyer)["pso.vendor.prospect"]
        found = vendors.with_context(**context).search([])
        return [(row.partner_id.name, row.amount, row.bill_count) for row in found]

    def test_who_never_had_one_and_sold_something(self):
        self.assertEqual(self.rows(), [("Plain", 700, 3), ("Small", 100, 1)])

    def test_between_the_days_that_are_asked_for(self):
        days = ["2015-01-01", "2015-12-31"]
        self.assertEqual(self.rows(pso_days=days), [("Long Ago", 1000, 1)])
        for days in (7, "x", ["2015-01-01"], ["no", "day"], [None, None], [[], {}]):
            with self.subTest(days=days):
                self.assertEqual(len(self.rows(pso_days=days)), 2)

    def test_the_dashboard_and_the_menu_show_the_same(self):
        user = self.user(USER, companies=self.company + self.branch)
        dashboard = self.env(user=user)["pso.dashboard"]
        shown = {
            row["name"]: row["amount"]
            for row in dashboard.retrieve_details()["vendors"]
        }
        action = dashboard.open("vendors")
        vendors = self.env(user=user)[action["res_model"]]
        opened = vendors.with_context(**action["context"]).search(action["domain"])
        self.assertEqual({v.partner_id.name: v.amount for v in opened}, shown)
        menu = self.ref("menu_purchase_report_prospect").action
        self.assertEqual(menu.res_model, action["res_model"])
        self.assertEqual(menu.views[0][1], "list")
        self.assertEqual({name: amount for name, amount, _count in self.rows()}, shown)

    def test_of_own_companies_alone(self):
        other = self.create_company("Other")
        stranger = self.user(PURCHASE, companies=other)
        found = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(found["pso.vendor.prospect"].search([]))
