"""Scenarios over time: what they say of the coming months comes true."""

from kept import KeptCase
from test_scenario import MANAGER, USER, ScenarioCase

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

FIGURES = ("direct", "indirect", "total")
TODAY = "2025-12-20"


@tagged("post_install", "-at_install")
class TestScenarioCourse(ScenarioCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Later than its bills, the certificate of the one still counts.
        cls.green.pso_certificate_ids.date_end = "2026-08-31"
        cls.bill(cls.green, 150, "2025-11-11")
        cls.bill(cls.green, 60, "2025-12-01", type="in_refund")
        cls.employee(40, end="2026-04-15")

    def rolling(self, *lines, **vals):
        return self.scenario(
            *lines,
            start=self.env["pso.measurement"],
            start_kind="rolling",
            measurement_id=False,
            **vals,
        )

    def ahead(self):
        """The outlook as things stand, from today on."""
        year = self.env["pso.measurement"]._rolling(self.company)
        trend = self.env["pso.trend"]
        return trend._rolling(year.companies, year.edition, year.end)[-13:]

    def assertComesTrue(self, scenario, change):
        """The outlook of a scenario is that of a company in which it was done."""
        before = self.ahead()
        told = scenario.outlook()
        self.assertEqual(told["trend"], before)
        change()
        self.env.flush_all()
        self.env.invalidate_all()
        after = self.ahead()
        self.assertNotEqual(after, before)
        for foretold, measured in zip(told["scenario"], after, strict=True):
            for name in FIGURES:
                self.assertAlmostEqual(
                    foretold[name], measured[name], 9, (name, measured["date"])
                )
            self.assertEqual(foretold["level"], measured["level"])
            self.assertEqual(foretold["date"], measured["date"])

    @freeze_time(TODAY)
    def test_without_changes_it_goes_as_things_stand(self):
        told = self.rolling().outlook()
        self.assertEqual(len(told["scenario"]), 13)
        self.assertEqual(told["scenario"], told["trend"])
        self.assertEqual(told["trend"], self.ahead())
        self.assertFalse(told["note"])

    @freeze_time(TODAY)
    def test_today_it_is_what_the_scenario_says(self):
        scenario = self.rolling(
            self.hire(people=2), self.line("staff", fte=-0.4, date_from="2025-05-05")
        )
        today = scenario.outlook()["scenario"][0]
        self.assertAlmostEqual(today["total"], scenario.total_percentage, 9)

    @freeze_time(TODAY)
    def test_people_come_and_go_as_foretold(self):
        scenario = self.rolling(
            self.hire(people=2, date_from="2026-03-01", date_to="2026-10-31"),
            self.hire(group_id="pw", form_id="placement", date_from="2025-09-01"),
            self.hire(form_id="secondment", hours=40),
            self.line("staff", fte=1, date_from="2026-02-10"),
        )
        later = scenario.line_ids[0]
        self.assertEqual(later.effect_total, 0)
        self.assertIn("see the outlook", later.effect_note)

        def change():
            for _one in range(2):
                person = self.employee(24, "2026-03-01", "2026-10-31")
                self.status(person, "wajong", "2026-03-01")
            learner = self.employee(24, "2025-09-01")
            self.status(learner, "pw", "2025-09-01", form="placement")
            lent = self.employee(40, "2024-12-21")
            self.status(lent, "wajong", "2024-12-21", form="secondment")
            self.employee(40, "2026-02-10")

        self.assertComesTrue(scenario, change)

    @freeze_time(TODAY)
    def test_full_time_hours_and_edition_come_true(self):
        scenario = self.rolling(
            self.line("hours", fulltime_hours=36), self.hire(date_from="2026-03-01")
        )

        def change():
            self.company.pso_fulltime_hours = 36
            self.status(self.employee(24, "2026-03-01"), start="2026-03-01")

        self.assertComesTrue(scenario, change)

    @freeze_time(TODAY)
    def test_who_leaves_is_gone_from_that_day_on(self):
        gone = self.line(
            "leave",
            hours=32,
            group_id="pw",
            form_id="placement",
            date_from="2026-03-01",
        )
        scenario = self.rolling(gone)
        told = scenario.outlook()
        last, anyway = told["scenario"][-1], told["trend"][-1]
        self.assertLess(last["direct"], anyway["direct"])
        self.assertEqual(told["scenario"][0], told["trend"][0])

    @freeze_time(TODAY)
    def test_purchases_come_true(self):
        scenario = self.rolling(
            # Comes again in a year, when the certificate has ended.
            self.line("spend", partner_id=self.green.id, amount=90),
            self.line(
                "spend", partner_id=self.green.id, amount=200, date_from="2025-10-02"
            ),
            self.line(
                "spend", partner_id=self.green.id, amount=40, date_from="2026-05-02"
            ),
            self.line(
                "certificate",
                partner_id=self.grey.id,
                change="gain",
                level_id="step1",
                turnover=2000,
                vendor_fte=12,
                vendor_share=25,
                date_from="2026-02-01",
            ),
        )

        def change():
            for amount, day in ((90, TODAY), (200, "2025-10-02")):
                self.bill(self.green, amount, day)
            # What is bought after today is no fact yet: it is told as of today.
            self.certificate(self.grey, "2026-02-01", "2030-12-31")
            self.figures(self.grey, turnover=2000, fte=12, share=25)

        later = scenario.line_ids[2]
        self.assertEqual(later.effect_indirect, 0)
        told = scenario.outlook()["scenario"]
        later.unlink()
        without = scenario.outlook()["scenario"]
        self.assertEqual(told[5], without[5])
        self.assertGreater(told[6]["indirect"], without[6]["indirect"])
        self.assertComesTrue(scenario, change)

    @freeze_time(TODAY)
    def test_a_certificate_that_is_lost_comes_true(self):
        lost = self.line(
            "certificate",
            partner_id=self.green.id,
            change="lose",
            date_from="2026-05-01",
        )
        self.assertComesTrue(
            self.rolling(lost),
            lambda: self.green.pso_certificate_ids.write({"date_end": "2026-04-30"}),
        )

    @freeze_time(TODAY)
    def test_days_ahead_are_for_who_starts_from_today(self):
        self.rolling(self.hire(date_from="2026-11-30"))
        with self.assertRefused("12/21/2024 to 11/30/2026 (From)"):
            self.rolling(self.hire(date_from="2026-12-01"))
        with self.assertRefused("01/01/2025 to 12/31/2025 (From)"):
            self.scenario(self.hire(date_from="2026-01-01"))

    @freeze_time(TODAY)
    def test_a_locked_start_goes_on_from_today(self):
        scenario = self.scenario(self.hire(date_from="2025-03-01"))
        told = scenario.outlook()
        self.pso.action_lock()
        self.assertEqual(scenario.outlook(), told)

    @freeze_time(TODAY)
    def test_one_scenario_a_company_is_on_the_dashboard(self):
        first, other = self.rolling(name="One"), self.rolling(name="Other")
        coordinator = self.coordinator
        first.with_user(coordinator).action_show()
        other.with_user(coordinator).action_show()
        self.assertEqual((first.is_shown, other.is_shown), (False, True))
        dashboard = self.env["pso.dashboard"].with_user(self.user(USER))
        told = dashboard.scenario_ahead(self.company.id)
        self.assertEqual(told["name"], "Other")
        self.assertEqual(told["points"], other.outlook()["scenario"])
        other.with_user(coordinator).action_hide()
        self.assertFalse(dashboard.scenario_ahead(self.company.id))
        first.active = False
        first.with_user(coordinator).action_show()
        self.assertFalse(dashboard.scenario_ahead(self.company.id))
        with self.assertRaises(AccessError):
            first.with_user(self.user(USER)).action_show()

    def test_who_may_not_read_it_gets_none(self):
        scenario = self.scenario(self.hire())
        abroad = self.create_company("Abroad")
        with self.assertRaises(AccessError):
            scenario.with_user(self.user(MANAGER, companies=abroad)).outlook()
        dashboard = self.env["pso.dashboard"].with_user(
            self.user(MANAGER, companies=abroad)
        )
        with self.assertRaises(AccessError):
            dashboard.scenario_ahead(self.company.id)

    def test_a_start_that_is_gone_is_said(self):
        scenario = self.scenario(self.hire())
        self.pso.unlink()
        self.assertIn("was deleted", scenario.outlook()["note"])


@tagged("post_install", "-at_install")
class TestCourseOfLastNight(KeptCase):
    def test_who_is_told_figures_of_last_night_gets_no_outlook(self):
        hire = {
            "kind": "hire",
            "hours": 40,
            "group_id": self.ref("group_wajong").id,
            "form_id": self.ref("form_regular").id,
        }
        scenario = self.env["pso.scenario"].create(
            {
                "name": "One more",
                "measurement_id": self.live.id,
                "line_ids": [Command.create(hire)],
                "is_shown": True,
            }
        )
        for kind, is_told in (
            ("HR officer with totals", False),
            ("administrator who coordinates", False),
            ("totals", True),
        ):
            with self.subTest(user=kind):
                told = scenario.with_user(self.users[kind])
                answer = told.outlook()
                self.assertEqual(bool(answer["scenario"]), is_told)
                self.assertEqual(bool(answer["trend"]), is_told)
                self.assertEqual(bool(answer["note"]), not is_told)
                dashboard = self.env["pso.dashboard"].with_user(self.users[kind])
                shown = dashboard.scenario_ahead(self.company.id)
                self.assertEqual(bool(shown["points"]), is_told)

    def test_their_next_best_step_is_that_of_last_night(self):
        """Whatever they change today: the answer says nothing of it."""
        self.env["pso.cost"].create({"amount": 30000, "company_id": self.company.id})
        self.members[1:].pso_status_ids.unlink()
        self.run_job_anew()
        told = {
            kind: self.env["pso.dashboard"].with_user(self.users[kind])
            for kind in ("HR officer who coordinates", "coordinator")
        }
        before = {kind: each.next_best_step() for kind, each in told.items()}
        self.assertTrue(all(step["text"] for step in before.values()), before)
        self.one.pso_status_ids.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        kept, live = (told[kind].next_best_step() for kind in before)
        self.assertEqual(kept, before["HR officer who coordinates"])
        self.assertNotEqual(live, before["coordinator"])

    def run_job_anew(self):
        self.env["pso.snapshot"].search([]).unlink()
        self.run_job()
