"""From a plan to its progress, click by click, each by who does it."""

from datetime import date

from browser import BrowserCase
from common import PsoCase
from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import format_date


@tagged("post_install", "-at_install")
class TestPlanTour(BrowserCase, PsoCase):
    def hire(self, login, group):
        """The user of the demo by that login, who works for this company alone."""
        user = self.env["res.users"].search([("login", "=", login)]).ensure_one()
        user.write(
            {
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.link(self.ref(group).id)],
                "lang": "en_US",
            }
        )
        return user

    def test_from_a_plan_to_its_progress(self):
        coordinator = self.hire("pso", "group_pso_manager")
        management = self.hire("directie", "group_pso_board")
        self.hire("hr", "group_pso_hr")
        jobs = self.env["hr.job"].search([("pso_is_open", "=", True)])
        jobs.pso_is_open = False
        deadline = date.today() + relativedelta(years=1)
        self.tour(
            "plan_make",
            "pso",
            target=self.ref("level_step1").name,
            deadline=format_date(self.env, deadline, date_format="MM/dd/yyyy"),
            aim=2,
        )
        plan = self.env["pso.plan"].search([("company_id", "=", self.company.id)])
        self.assertEqual(plan.ensure_one().date_deadline, deadline)
        self.assertEqual(plan.responsible_id, coordinator)
        self.assertEqual(plan.action_ids.kind, "positions")
        self.tour("plan_approve", "directie")
        self.env.invalidate_all()
        self.assertEqual(plan.approved_by_id, management)
        self.assertEqual(plan.action_ids.sudo().activity_ids.user_id, coordinator)
        self.assertEqual(plan.action_ids.progress, 0)
        self.tour("plan_position", "hr", "/odoo/action-hr.action_hr_job/new")
        self.tour("plan_progress", "pso", reached="1 of 2")
        self.env.invalidate_all()
        self.assertEqual(plan.action_ids.progress, 50)
