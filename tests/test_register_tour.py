"""A register of 2,000 rows in the browser, from the file to a vendor's certificate."""

import base64
import random

from browser import BrowserCase
from common import PsoCase
from register_lists import as_csv, misspelled, organisations, row

from odoo.fields import Command
from odoo.tests import tagged

ROWS, VENDORS = 2000, 30


@tagged("post_install", "-at_install")
class TestRegisterTour(BrowserCase, PsoCase):
    def test_from_a_list_to_a_certificate(self):
        self.env["pso.register.entry"].search([]).unlink()
        self.env["res.users"].search([("login", "=", "inkoop")]).ensure_one().write(
            {
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [
                    Command.link(self.env.ref("base.group_partner_manager").id)
                ],
                "lang": "en_US",
            }
        )
        rng = random.Random("tour")
        made = organisations(ROWS - 100, seed="tour")
        vendors = self.env["res.partner"].create(
            [
                {
                    "name": name if not number else misspelled(rng, name),
                    "company_registry": not number and kvk,
                    "city": place,
                    "is_company": True,
                    "company_id": self.company.id,
                }
                for number, (name, kvk, place, _sbi) in enumerate(made[:VENDORS])
            ]
        )
        rows = [row(each, 2, "1-2-2025", "31-1-2099") for each in made]
        rows += [list(rows[number]) for number in range(60)]
        rows += [row(each, 9, "1-2-2025", "31-1-2099") for each in made[:40]]
        rng.shuffle(rows)
        self.tour(
            "register",
            "inkoop",
            file=base64.b64encode(as_csv(rows)).decode(),
            added=len(made),
            known=60,
            bad=40,
            vendor=vendors[0].name,
            stranger=made[-1][0],
        )
        self.env.invalidate_all()
        entries = self.env["pso.register.entry"].search([])
        self.assertEqual(len(entries), len(made))
        certificate = vendors[0].pso_certificate_ids.ensure_one()
        self.assertEqual(certificate.level_id.code, "step2")
        self.assertEqual(certificate.evidence_state, "received")
        self.assertFalse(vendors[1:].pso_certificate_ids, "nobody confirmed them")
        confirmed = entries.match_ids.filtered(lambda m: m.state == "confirmed")
        self.assertGreaterEqual(len(confirmed), 2, "one by name, one that was made")
        partner = self.env["res.partner"].search([("name", "=", made[-1][0])])
        self.assertEqual(partner.company_registry, made[-1][1])
        self.assertTrue(partner.pso_certificate_ids)
