"""Who can change facts about persons is told the score of last night.

Changed, looked at, changed back: no answer is another for it. Every writable field of
core's models that employment rests on is tried, by each kind of user with such rights.
"""

from unittest.mock import patch

from common import PsoCase
from kept import LIVE, RESTRICTED, TARGET_GROUP, KeptCase

from odoo.exceptions import AccessError
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestKeptFigures(KeptCase):
    KIND = "HR officer with totals"

    def test_by_access_rights(self):
        for kind in RESTRICTED | LIVE:
            with self.subTest(kind):
                self.assertEqual(
                    self.users[kind]._pso_sees_kept_figures(), kind in RESTRICTED
                )

    def test_the_models_are_found_by_what_the_lines_rest_on(self):
        self.assertEqual(
            set(self.env["res.users"]._pso_fact_models()),
            {
                "hr.department",
                "hr.employee",
                "hr.version",
                "hr.work.location",
                "res.company",
                "resource.calendar",
                "resource.calendar.attendance",
                "resource.resource",
            },
        )

    def test_a_right_of_an_unknown_group_counts(self):
        """A group of another addon, or of tomorrow."""
        group = self.env["res.groups"].create({"name": "Planners"})
        user = self.user("base.group_user", "pso_odoo.group_pso_user")
        user.group_ids += group
        self.assertFalse(user._pso_sees_kept_figures())
        self.env["ir.model.access"].create(
            {
                "name": "planners",
                "model_id": self.env["ir.model"]._get("resource.calendar").id,
                "group_id": group.id,
                "perm_write": True,
            }
        )
        self.assertTrue(user._pso_sees_kept_figures())
        user.group_ids += self.env.ref(TARGET_GROUP)
        self.assertFalse(user._pso_sees_kept_figures())

    def test_the_next_day_it_is_the_figures_to_one_decimal(self):
        kept, live = self.answers(self.KIND), self.answers("totals")
        for name in (
            "total_fte",
            "direct_fte",
            "direct_percentage",
            "indirect_fte",
            "indirect_percentage",
            "total_percentage",
            "proven_total_percentage",
            "gap_percentage",
            "gap_fte",
        ):
            with self.subTest(name):
                path = f"{self.live.name}.{name}"
                self.assertEqual(kept[path], round(live[path], 1))
        self.assertTrue(live[f"{self.live.name}.direct_fte"])
        for name in ("level_id", "next_level_id", "open_check_count", "is_pso30"):
            path = f"{self.live.name}.{name}"
            self.assertEqual(kept[path], live[path])
        for key in ("rolling", f"measurement-{self.live.id}"):
            one, other = kept[f"dashboard {key}"], live[f"dashboard {key}"]
            with self.subTest(key):
                self.assertEqual(one["breakdown"], other["breakdown"])
                self.assertEqual(one["checks"], other["checks"])
                self.assertEqual(one["ending"], other["ending"])
                self.assertEqual(one["setup"]["done"], other["setup"]["done"])
                self.assertEqual(
                    [point["total"] for point in one["trend"]],
                    [round(point["total"], 1) for point in other["trend"]],
                )
                self.assertEqual(
                    one["figures"]["total_percentage"],
                    round(other["figures"]["total_percentage"], 1),
                )
        self.assertTrue(one["breakdown"]["by"][0]["rows"])
        self.assertEqual(kept["checks by number"], kept["checks by number"])

    def test_what_is_frozen_is_told_as_it_is(self):
        kept, live = self.answers(self.KIND), self.answers("totals")
        for name in ("total_fte", "direct_fte", "total_percentage", "audit_table"):
            path = f"{self.frozen.name}.{name}"
            self.assertEqual(kept[path], live[path])

    def test_nothing_is_kept_twice_a_day(self):
        new = self.measurement(start="2025-02-01", end="2026-01-31", name="New one")
        before = self.answers(self.KIND)
        self.one.sudo().version_id.contract_date_end = "2025-03-01"
        self.run_job()
        self.assertEqual(self.answers(self.KIND), before)
        own = new.with_env(self.as_user(self.KIND))
        self.assertFalse(own.has_figures)
        self.assertIn("from tomorrow", own.figures_note)
        self.a_day_later()
        self.run_job()
        self.assertNotEqual(self.answers(self.KIND), before)
        self.assertTrue(new.with_env(self.as_user(self.KIND)).has_figures)
        snapshots = self.env["pso.snapshot"].search([])
        self.assertEqual(len(set(snapshots.mapped("date"))), 1)

    def test_a_job_that_is_stopped_is_gone_on_with(self):
        self.env["pso.snapshot"].search([]).unlink()
        self.run_job(steps=2)
        snapshots = self.env["pso.snapshot"].search([])
        filled = snapshots.filtered("values")
        self.assertEqual(len(filled), 1)
        before = filled.values
        self.one.sudo().version_id.contract_date_end = "2025-03-01"
        self.run_job()
        self.assertEqual(filled.values, before)
        self.assertTrue(all(snapshots.mapped("values")))

    def test_what_fails_keeps_nothing_else_from_being_kept(self):
        """It goes on showing what was kept before, and says of which day that is."""
        self.a_day_later()
        dashboard = type(self.env["pso.dashboard"])
        derive = dashboard._to_keep

        def fails(model, company, key, measurement):
            if key == "rolling":
                raise ValueError("Zeisig")
            return derive(model, company, key, measurement)

        with (
            patch.object(dashboard, "_to_keep", fails),
            self.assertLogs(
                "odoo.addons.pso_odoo.reports.dashboard.pso_snapshot"
            ) as logged,
        ):
            self.run_job()
        self.assertNotIn("Zeisig", str(logged.output))
        answers = self.answers(self.KIND)
        yesterday, today = (
            answers[key]["as_of"]["date"]
            for key in ("dashboard rolling", f"dashboard measurement-{self.live.id}")
        )
        self.assertLess(yesterday, today)

    def test_before_the_first_night_nothing_is_told_and_it_says_so(self):
        self.env["pso.snapshot"].search([]).unlink()
        answer = self.answers(self.KIND)
        dashboard = answer["dashboard rolling"]
        self.assertIsNone(dashboard["figures"])
        self.assertFalse(dashboard["as_of"]["date"])
        self.assertIn("from tomorrow", dashboard["as_of"]["explanation"])
        own = self.live.with_env(self.as_user(self.KIND))
        self.assertFalse(own.has_figures)
        self.assertFalse(own.total_fte)
        self.assertFalse(own.open_check_ids)
        # What is locked is frozen, and told all the same.
        self.assertTrue(self.frozen.with_env(self.as_user(self.KIND)).total_fte)

    def test_what_is_set_up_is_ticked_at_once_but_for_persons(self):
        """Otherwise the first hour of an administrator is a screen without a step."""
        self.env["pso.snapshot"].search([]).unlink()
        self.env["pso.edition"].search([]).is_confirmed = True
        dashboard = self.as_user(self.KIND)["pso.dashboard"]

        def done():
            steps = dashboard.retrieve(company_id=self.company.id)["setup"]["steps"]
            self.assertEqual(len(steps), 7)
            return {step["key"] for step in steps if step["is_done"]}

        self.assertTrue(
            self.env["pso.status"].search([("company_id", "=", self.company.id)])
        )
        self.assertLessEqual({"edition", "measurement"}, done())
        self.assertNotIn("statuses", done())
        self.env["pso.edition"].search([]).is_confirmed = False
        self.assertNotIn("edition", done())
        self.run_job()
        self.assertIn("statuses", done())
        self.assertNotIn("edition", done())
        self.env["pso.edition"].search([]).is_confirmed = True
        self.assertIn("edition", done())

    def test_who_sees_contracts_is_told_at_once_that_there_are_some(self):
        for kind, is_told in (
            ("HR officer with totals", False),
            ("HR administrator with totals", True),
        ):
            with self.subTest(kind):
                told = self.as_user(kind)["pso.setup"]._told_of_last_night()
                self.assertEqual("staff" not in told, is_told)
                self.assertIn("statuses", told)

    def test_the_screen_says_of_when_and_how_to_get_out(self):
        own = self.live.with_env(self.as_user(self.KIND))
        self.assertIn("to one decimal", own.figures_note)
        self.assertIn("PSO Target Group", own.figures_note)
        self.assertFalse(self.frozen.with_env(own.env).figures_note)
        self.assertFalse(self.live.with_env(self.as_user("totals")).figures_note)
        self.assertFalse(
            self.answers("totals")["dashboard rolling"]["as_of"],
        )

    def test_who_sees_figures_of_now_sees_them(self):
        for kind in LIVE:
            with self.subTest(kind):
                before = self.answers(kind)
                self.one.sudo().version_id.contract_date_end = "2025-03-01"
                self.assertNotEqual(self.answers(kind), before)
                self.one.sudo().version_id.contract_date_end = False

    def test_nobody_reads_what_is_kept(self):
        for kind in RESTRICTED | LIVE:
            with self.subTest(kind), self.assertRaises(AccessError):
                self.as_user(kind)["pso.snapshot"].search([])

    def test_neither_locks_nor_unlocks_nor_exports(self):
        for kind in ("HR officer who coordinates", "administrator who coordinates"):
            env = self.as_user(kind)
            live, frozen = self.live.with_env(env), self.frozen.with_env(env)
            for refused in (
                live.action_lock,
                live.action_export_xlsx,
                live._workbook,
                frozen.action_unlock,
            ):
                with self.subTest(f"{kind} {refused}"):
                    with self.assertRaises(AccessError) as caught:
                        refused()
                    self.assertIn("coordinator without such", str(caught.exception))
            self.assertTrue(frozen.action_export_xlsx())
        self.live.with_env(self.as_user("coordinator")).action_lock()
        self.assertTrue(self.live.with_env(self.as_user(kind)).direct_percentage)


@tagged("post_install", "-at_install")
class TestWhatCountsBelongsToTheTargetGroup(PsoCase):
    """HR makes and copies employees, and neither sees nor changes who counts how."""

    NAMES = ("pso_counts", "pso_hours", "pso_hours_override", "pso_hours_custom")

    def test_hr_neither_reads_nor_writes_it(self):
        person = self.employee()
        for group in ("hr.group_hr_user", "hr.group_hr_manager"):
            own = person.with_user(self.user("base.group_user", group))
            for name in self.NAMES:
                with self.subTest(group=group, name=name):
                    with self.assertRaises(AccessError):
                        own.read([name])
                    with self.assertRaises(AccessError):
                        own.write({name: 1})
                    with self.assertRaises(AccessError):
                        own.search([(name, "!=", 3)])

    def test_who_is_hired_counts(self):
        officer = self.user("base.group_user", "hr.group_hr_user")
        people = self.env["hr.employee"].with_user(officer)
        person = people.create({"name": "New", "company_id": self.company.id})
        self.assertTrue(person.sudo().version_id.pso_counts)

    def test_a_later_version_keeps_it(self):
        version = self.employee().sudo().version_id
        values = {
            "pso_counts": False,
            "pso_hours_override": True,
            "pso_hours_custom": 9,
        }
        version.write(values)
        self.env.flush_all()
        self.env.invalidate_all()
        officer = self.user("base.group_user", "hr.group_hr_user")
        person = version.employee_id.with_user(officer)
        later = person.create_version({"date_version": "2025-05-01"})
        self.assertEqual(
            later._as_addon().read([*values])[0], values | {"id": later.id}
        )
        self.env.invalidate_all()
        manager = self.user("base.group_user", "hr.group_hr_manager")
        copy = version.with_user(manager).copy({"date_version": "2026-05-01"})
        self.assertEqual(copy._as_addon().read([*values])[0], values | {"id": copy.id})
