"""A coordinator tries, asks, takes the answer and compares, in a real browser."""

from test_roles import RoleCase

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestScenarioTour(RoleCase):
    def test_coordinator_tries_and_asks(self):
        user = self.hire("pso")
        form = self.ref("form_regular").with_context(lang=user.lang).name
        self.tour("scenario", "pso", form=form)
        answer, tried = self.env["pso.scenario"].search(
            [("measurement_id", "=", self.score.id)]
        )
        self.assertEqual(tried.line_ids.people, 1)
        self.assertEqual(tried.level_id, self.ref("level_step3"))
        self.assertEqual(answer.level_id, self.ref("level_step3"))
        self.assertEqual(answer.cost, 30000)
        self.assertEqual(answer.compare_ids, tried)
