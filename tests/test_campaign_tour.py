"""A buyer starts a campaign, click by click: chooses, looks at the mails, sends."""

from browser import BrowserCase
from common import PsoCase

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCampaignTour(BrowserCase, PsoCase):
    def test_from_nobody_asked_to_mails_in_the_queue(self):
        buyer = self.env["res.users"].search([("login", "=", "inkoop")]).ensure_one()
        buyer.write(
            {
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "lang": "en_US",
            }
        )
        today = fields.Date.context_today(self.company)
        vendors = {}
        for name, amount in (("Big", 900), ("Small", 100)):
            vendors[name] = self.vendor(
                f"Tour {name}", email=f"{name.lower()}@example.com"
            )
            self.bill(vendors[name], amount, today)
        self.tour("campaign_send", "inkoop", cover="90.0 %")
        self.env.invalidate_all()
        requests = self.env["pso.request"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(requests.partner_id, vendors["Big"])
        self.assertEqual(requests.state, "asked")
        mail = self.env["mail.mail"].search([("res_id", "=", requests.id)])
        mail = mail.filtered(lambda each: each.model == "pso.request")
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, vendors["Big"])
