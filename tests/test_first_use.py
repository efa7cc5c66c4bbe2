"""From an empty company to a score, click by click."""

import re
from pathlib import Path

from browser import BrowserCase
from common import PsoCase

from odoo.fields import Command
from odoo.tests import tagged

MANUAL = Path(__file__).parents[1] / "docs/first-use.md"


@tagged("post_install", "-at_install")
class TestFirstUse(BrowserCase, PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["pso.certificate"].search([]).unlink()
        cls.env["pso.supplier.figure"].search([]).unlink()
        cls.env["pso.edition"].search([]).is_confirmed = False
        cls.company.company_registry = False

    def clicks(self, column):
        """Return what the rows of the manual's table add up to, and its sum says."""
        rows = re.findall(r"^\| *(\d*) *\| *(\d*) *\|", MANUAL.read_text(), re.M)
        *steps, total = (int(row[column] or 0) for row in rows)
        self.assertEqual(sum(steps), total)
        return total

    def test_an_administrator_comes_to_a_score(self):
        """With nothing but what core gives him; the tour counts the clicks."""
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
        self.tour("first_use", user.login, clicks=self.clicks(0))
        [score] = self.env["pso.measurement"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertAlmostEqual(score.direct_percentage, 100 / 3)
        self.assertTrue(score.level_id)

    def test_so_does_a_coordinator_where_others_keep_people(self):
        self.status(self.employee())
        for _ in range(2):
            self.employee()
        coordinator = self.user("base.group_user", "pso_odoo.group_pso_manager")
        self.tour("first_use_coordinator", coordinator.login, clicks=self.clicks(1))
        [score] = self.env["pso.measurement"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertAlmostEqual(score.direct_percentage, 100 / 3)
