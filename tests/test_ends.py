"""What HR looks at every week: what a status is worth, and when and why it ends."""

from datetime import timedelta

from common import PsoCase
from lxml import etree

from odoo import fields
from odoo.tests import tagged

HR, MANAGER = "pso_odoo.group_pso_hr", "pso_odoo.group_pso_manager"


@tagged("post_install", "-at_install")
class TestEnds(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.company)
        cls.person = cls.employee(name="Person")
        for _number in range(3):
            cls.employee()
        cls.keeper = cls.user(HR)

    def mine(self, status):
        return status.with_user(self.keeper)

    def test_a_status_says_what_it_is_worth(self):
        """One of four, the whole year: 1 fte, 25 points, as in the score."""
        status = self.mine(self.status(self.person))
        self.assertAlmostEqual(status.year_fte, 1)
        self.assertAlmostEqual(status.year_points, 25)
        window = self.env["pso.measurement"].sudo()._rolling(self.company)
        figures = self.env["pso.measurement"].sudo()._figures_now(window)
        self.assertAlmostEqual(figures["direct_percentage"], status.year_points)

    def test_it_follows_what_is_changed(self):
        status = self.mine(self.status(self.person))
        self.assertAlmostEqual(status.year_fte, 1)
        status.date_end = self.today - timedelta(days=400)
        self.assertEqual(status.year_fte, 0)

    def test_a_status_that_is_not_saved_is_worth_nothing_yet(self):
        status = self.env(user=self.keeper)["pso.status"].new(
            {"employee_id": self.person.id}
        )
        self.assertEqual(status.year_fte, 0)

    def test_why_is_called_what_it_is(self):
        field = self.env["pso.status"]._fields["counting_reason"]
        self.assertEqual(field.string, "Why It Ends")
        ends = self.status(self.person, end=self.today + timedelta(days=10))
        self.assertEqual(ends.counting_reason, "End of the status")
        # What does not count has no end: it says so.
        pupil = self.status(self.employee(), group="vso_pro", date_event=False)
        self.assertEqual(pupil.counting_state, "not")
        self.assertIn("Does not count", pupil.counting_reason)

    def views(self, xmlid):
        action = self.ref(xmlid)
        return {
            kind: etree.fromstring(
                self.env[action.res_model]
                .with_user(self.keeper)
                .get_view(view_id or None, kind)["arch"]
            )
            for view_id, kind in action.views
        }

    def test_ends_are_looked_at_by_the_year_with_open_groups(self):
        views = self.views("pso_status_ending_action")
        self.assertEqual(views["calendar"].get("mode"), "year")
        self.assertEqual(views["list"].get("expand"), "1")
        self.assertIn("days=90", views["list"].get("decoration-warning"))
        search = self.ref("pso_status_ending_action").search_view_id
        filters = etree.fromstring(search.arch).xpath("//filter/@name")
        self.assertEqual(filters[:3], ["ends_soon", "counts", "not_verified"])

    def test_missing_proof_is_unfolded(self):
        self.assertEqual(
            self.views("pso_missing_proof_action")["list"].get("expand"), "1"
        )

    def test_hr_registers_a_status_from_the_dashboard(self):
        dashboard = self.env(user=self.keeper)["pso.dashboard"]
        action = dashboard.open("new_status")
        self.assertEqual(action["res_model"], "pso.status")
        self.assertFalse(action["res_id"])

    def test_a_coordinator_reads_who_draws_files(self):
        sample = self.env["pso.sample"]
        for group, is_told in ((MANAGER, True), (HR, False)):
            arch = sample.with_user(self.user(group)).get_view(view_type="form")["arch"]
            self.assertEqual("are drawn and reviewed by users" in arch, is_told)
