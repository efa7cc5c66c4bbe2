"""From an empty company to a score, click by click."""

from browser import BrowserCase
from common import PsoCase

from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestFirstUse(BrowserCase, PsoCase):
    def test_an_administrator_comes_to_a_score(self):
        """With nothing but what core gives him; the tour counts the clicks."""
        self.env["pso.certificate"].search([]).unlink()
        self.env["pso.supplier.figure"].search([]).unlink()
        self.env["pso.edition"].search([]).is_confirmed = False
        user = self.env.ref("base.user_admin")
        ours = self.env.ref("pso_odoo.module_category_pso")
        groups = self.env["res.groups"].search(
            [("privilege_id.category_id", "=", ours.id)]
        )
        user.write(
            {
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.unlink(group.id) for group in groups],
                "lang": "en_US",
            }
        )
        self.assertFalse(user.has_group("pso_odoo.group_pso_user"))
        self.tour("first_use", user.login)
        [score] = self.env["pso.measurement"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertAlmostEqual(score.direct_percentage, 100 / 3)
        self.assertTrue(score.level_id)
