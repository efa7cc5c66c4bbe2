"""A plan of action: what may stand in it, who approves it, and how far it is."""

import io
import shutil
from datetime import date
from unittest import skipUnless

from common import PsoCase
from kept import KeptCase
from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools.pdf import PdfFileReader

TODAY = "2025-07-01"
SMART = {
    f"smart_{name}": "Answered"
    for name in ("specific", "measurable", "accepted", "realistic", "time_bound")
}


class PlanCase(PsoCase):
    """A coordinator, management, somebody of the target group's HR, and an owner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.coordinator, cls.board, cls.hr, cls.owner = (
            cls.user(f"pso_odoo.group_pso_{name}")
            for name in ("manager", "board", "hr", "user")
        )
        cls.plan = cls.a_plan()

    @classmethod
    def a_plan(cls, companies=(), **vals):
        plans = cls.env["pso.plan"].with_user(cls.coordinator)
        if companies:
            plans = plans.with_context(allowed_company_ids=companies)
        return plans.create(
            {
                "name": "To step 2",
                "level_id": cls.ref("level_step1").id,
                "target_level_id": cls.ref("level_step2").id,
                "date_start": "2025-01-01",
                "date_deadline": "2025-12-31",
                **SMART,
                **vals,
            }
        )

    @classmethod
    def action(cls, kind="other", plan=None, **vals):
        actions = cls.env["pso.plan.action"].with_user(cls.coordinator)
        return actions.create(
            {
                "plan_id": (plan or cls.plan).id,
                "name": "Do it",
                "kind": kind,
                "owner_id": cls.owner.id,
                "target_value": 4,
                **vals,
            }
        )

    @classmethod
    def approve(cls, plan=None):
        plan = plan or cls.plan
        plan.with_user(cls.coordinator).action_submit()
        plan.with_user(cls.board).action_approve()

    def value(self, action, user=None):
        self.env.invalidate_all()
        return action.with_user(user or self.coordinator).value


@tagged("post_install", "-at_install")
class TestPlan(PlanCase):
    def test_it_starts_from_a_measurement(self):
        person = self.employee()
        self.status(person)
        self.employee()
        measurement = self.measurement()
        plan = self.a_plan(
            measurement_id=measurement.id,
            level_id=False,
            target_level_id=self.ref("level_step3").id,
        )
        self.assertEqual(plan.company_ids, measurement.company_ids)
        self.assertFalse(plan.level_id)
        step1 = self.ref("level_step1")
        measurement.sudo().write(
            {"state": "locked", "locked_figures": {"level_id": step1.id}}
        )
        other = (
            self.env["pso.plan"]
            .with_user(self.coordinator)
            .create(
                {
                    "name": "From it",
                    "measurement_id": measurement.id,
                    "target_level_id": self.ref("level_step2").id,
                    "date_deadline": "2026-12-31",
                }
            )
        )
        self.assertEqual(other.level_id, step1)

    def test_bad_values_are_refused_in_words(self):
        step1 = self.ref("level_step1").id
        aspirant = self.ref("level_aspirant").id
        other = self.create_company("Other")
        theirs = self.env["pso.measurement"].create(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        self.coordinator.company_ids += other
        both = (self.company + other).ids
        for vals, reason in (
            ({"date_deadline": "2024-12-31"}, "after its start"),
            ({"date_deadline": "2025-01-01"}, "after its start"),
            ({"date_deadline": "3001-01-01"}, "before 3000"),
            ({"target_level_id": step1}, "not higher"),
            ({"target_level_id": self.ref("level_basic").id}, "not higher"),
            ({"level_id": False, "target_level_id": aspirant}, "is where a plan"),
            ({"level_id": aspirant, "date_deadline": "2027-01-02"}, "two years"),
            (
                {"level_id": aspirant, "target_level_id": self.ref("level_basic").id},
                "reaches Step 1 at least",
            ),
            ({"measurement_id": theirs.id}, "of another company"),
            (
                {"responsible_id": self.user("base.group_user").id},
                "may not read this plan (Responsible)",
            ),
        ):
            with self.subTest(vals=vals), self.assertRefused(reason):
                plan = self.a_plan(both, **vals)
                self.env.flush_all()
                plan.unlink()

    def test_an_aspirant_may_take_two_years(self):
        plan = self.a_plan(
            level_id=self.ref("level_aspirant").id,
            target_level_id=self.ref("level_step1").id,
            date_deadline="2027-01-01",
        )
        self.assertTrue(plan)

    def test_bad_actions_are_refused_in_words(self):
        elsewhere = self.create_company("Elsewhere")
        abroad = self.user("pso_odoo.group_pso_user", companies=elsewhere)
        for vals, reason in (
            ({"date_deadline": "2024-12-31"}, "lies within its plan"),
            ({"date_deadline": "2026-01-01"}, "lies within its plan"),
            ({"target_value": 0}, "more than there was"),
            ({"start_value": 4}, "more than there was"),
            ({"start_value": -1}, "zero or more"),
            ({"manual_value": -1}, "zero or more"),
            ({"manual_value": float("nan")}, "too large to count"),
            ({"kind": "share", "target_value": 101}, "100 %"),
            ({"owner_id": abroad.id}, "Owner: choose something that is there"),
            (
                {"owner_id": self.user("hr.group_hr_manager").id},
                "may not read this plan (Owner)",
            ),
        ):
            with self.subTest(vals=vals), self.assertRefused(reason):
                self.action(**vals)
                self.env.flush_all()

    def test_an_action_takes_the_deadline_of_its_plan(self):
        self.assertEqual(self.action().date_deadline, date(2025, 12, 31))

    def test_a_plan_does_not_end_before_its_actions(self):
        self.action(date_deadline="2025-12-01")
        with self.assertRefused("lies within its plan"):
            self.plan.date_deadline = "2025-11-30"
        self.plan.date_deadline = "2025-12-01"

    def test_who_works_in_one_company_of_it_alone_does_not_see_it(self):
        other = self.create_company("Branch")
        self.coordinator.company_ids += other
        measurement = self.measurement(
            company_ids=[Command.set((self.company + other).ids)]
        )
        plan = self.a_plan(measurement_id=measurement.id)
        plan.responsible_id = self.coordinator
        action = self.action(plan=plan, owner_id=self.coordinator.id)
        self.env.invalidate_all()
        for record in (plan, action):
            self.assertTrue(record.with_user(self.coordinator).has_access("read"))
            self.assertFalse(record.with_user(self.hr).has_access("read"))


@tagged("post_install", "-at_install")
class TestApproval(PlanCase):
    def test_management_alone_approves_with_name_and_date(self):
        self.action()
        self.plan.action_submit()
        for user in (self.coordinator, self.hr, self.owner):
            with self.assertRaises(AccessError):
                self.plan.with_user(user).action_approve()
        self.plan.with_user(self.board).action_approve()
        self.assertEqual(self.plan.state, "approved")
        self.assertEqual(self.plan.approved_by_id, self.board)
        self.assertEqual(self.plan.approved_on, date(2025, 7, 1))

    def test_who_sent_it_does_not_approve_where_somebody_else_can(self):
        self.action()
        both = self.user("pso_odoo.group_pso_manager", "pso_odoo.group_pso_board")
        plan = self.plan.with_user(both)
        plan.action_submit()
        self.assertEqual(plan.submitted_by_id, both)
        self.assertFalse(plan.can_approve)
        self.assertTrue(self.plan.with_user(self.board).can_approve)
        self.assertIn(f"to be approved by {self.board.name}", plan.waiting_note)
        with self.assertRefused(f"somebody else approves it ({self.board.name})"):
            plan.action_approve()
        self.plan.with_user(self.board).action_approve()
        self.assertNotIn("nobody else", self.plan.approval_note)
        plan.write({"name": "Another plan"})
        self.board.active = False
        self.assertFalse(plan.action_submit())
        self.assertTrue(plan.can_approve)
        self.assertIn("the only one", plan.waiting_note)
        plan.action_approve()
        self.assertIn("nobody else could", plan.approval_note)
        self.assertIn("Approved by who sent it", plan.message_ids[0].body)

    def test_a_scope_that_nobody_else_reads_makes_nobody_the_only_one(self):
        """Who sends the plan chooses its measurement, and so who reads it."""
        abroad = self.create_company("Abroad")
        groups = ("pso_odoo.group_pso_manager", "pso_odoo.group_pso_board")
        both = self.user(*groups, companies=self.company | abroad)
        measurement = self.measurement()
        measurement.company_ids |= abroad
        self.action(owner_id=both.id)
        companies = (self.company | abroad).ids
        plan = self.plan.with_user(both).with_context(allowed_company_ids=companies)
        plan.write({"measurement_id": measurement.id, "responsible_id": both.id})
        self.assertFalse(self.plan.with_user(self.board).has_access("read"))
        plan.action_submit()
        self.assertFalse(plan.can_approve)
        for words in (self.board.name, "Abroad", "Scope"):
            self.assertIn(words, plan.waiting_note)
        with self.assertRefused("may not read it, for want of Abroad"):
            plan.action_approve()
        # An administrator may give access, or take the group.
        self.board.sudo().company_ids |= abroad
        with self.assertRefused(f"somebody else approves it ({self.board.name})"):
            plan.action_approve()
        self.board.sudo().active = False
        plan.action_approve()
        self.assertIn("Approved by who sent it", plan.message_ids[0].body)

    def test_a_plan_that_nobody_can_approve_says_so(self):
        self.action()
        self.board.active = False
        self.plan.action_submit()
        self.assertIn("Nobody can approve", self.plan.waiting_note)

    def test_a_draft_cannot_be_approved(self):
        self.action()
        with self.assertRefused("changed in the meantime"):
            self.plan.with_user(self.board).action_approve()

    def test_what_is_asked_of_a_plan_before_it_is_sent(self):
        with self.assertRefused("Add the actions"):
            self.plan.action_submit()
        self.action()
        self.plan.write({"smart_accepted": " ", "smart_time_bound": False})
        with self.assertRefused("answered: Accepted, Time-Bound."):
            self.plan.action_submit()

    def test_nobody_writes_an_approval(self):
        for vals in (
            {"state": "approved"},
            {"submitted_by_id": self.board.id},
            {"approved_by_id": self.board.id},
            {"approved_on": "2025-01-01"},
            {"closed_on": "2025-01-01"},
            {"outcome_level_id": self.ref("level_step3").id},
        ):
            for user in (self.coordinator, self.board):
                with self.subTest(vals=vals), self.assertRaises(AccessError):
                    self.plan.with_user(user).write(vals)
            with self.subTest(created=vals), self.assertRaises(AccessError):
                self.a_plan(**vals)
            context = {f"default_{name}": value for name, value in vals.items()}
            plans = self.env["pso.plan"].with_user(self.coordinator)
            made = plans.with_context(**context).create(
                {
                    "name": "By default",
                    "target_level_id": self.ref("level_step2").id,
                    "date_deadline": "2026-01-01",
                }
            )
            self.assertEqual(made.state, "draft")
            self.assertFalse(made.approved_by_id or made.approved_on)
            self.assertFalse(made.closed_on or made.outcome_level_id)

    def test_a_change_after_approval_asks_for_a_new_one_in_the_open(self):
        action = self.action()
        changes = (
            lambda: self.plan.write({"date_deadline": "2026-01-31"}),
            lambda: self.plan.write({"smart_specific": "Otherwise"}),
            lambda: self.plan.write(
                {"action_ids": [Command.update(action.id, {"target_value": 5})]}
            ),
            lambda: action.write({"owner_id": self.coordinator.id}),
            lambda: self.action(name="Another"),
            lambda: action.unlink(),
        )
        for number, change in enumerate(changes):
            with self.subTest(number=number):
                self.approve()
                before = self.plan.message_ids
                change()
                self.assertEqual(self.plan.state, "draft")
                self.assertFalse(self.plan.approved_by_id or self.plan.approved_on)
                new = (self.plan.message_ids - before).mapped("body")
                self.assertTrue(any("needs a new approval" in text for text in new))

    def test_how_far_it_is_needs_no_new_approval(self):
        action = self.action("talks")
        self.approve()
        action.manual_value = 2
        action.with_user(self.owner).action_done()
        self.assertEqual(self.plan.state, "approved")

    def test_what_was_approved_is_not_deleted(self):
        self.action()
        self.approve()
        with self.assertRefused("is kept"):
            self.plan.unlink()

    def test_what_is_closed_stays(self):
        action = self.action()
        self.approve()
        self.plan.action_close()
        for change in (
            lambda: self.plan.write({"name": "Other"}),
            lambda: action.write({"target_value": 9}),
            lambda: action.write({"manual_value": 9}),
            lambda: action.action_done(),
            lambda: action.unlink(),
            lambda: self.action(),
        ):
            with self.assertRefused("stays as it is"):
                change()

    def test_the_owner_marks_his_own_action_alone(self):
        action = self.action()
        with self.assertRaises(AccessError):
            action.with_user(self.hr).action_done()
        with self.assertRaises(AccessError):
            action.with_user(self.coordinator).write({"state": "done"})
        action.with_user(self.owner).action_done()
        self.assertEqual(action.state, "done")
        action.with_user(self.owner).action_again()
        action.with_user(self.coordinator).action_drop()
        self.assertEqual(action.state, "dropped")

    def test_an_action_that_comes_in_by_a_default_asks_for_approval_too(self):
        self.action()
        self.approve()
        actions = self.env["pso.plan.action"].with_user(self.coordinator)
        by_default = actions.with_context(default_plan_id=self.plan.id)
        values = {"name": "More", "owner_id": self.owner.id, "target_value": 2}
        by_default.create(values)
        self.assertEqual(self.plan.state, "draft")
        self.approve()
        with freeze_time("2026-01-01"):
            self.close_due()
        with self.assertRaises(UserError):
            by_default.create({**values, "date_deadline": "2025-12-01"})

    def test_what_a_plan_rests_on_is_kept_once_it_is_sent(self):
        """The database would empty the field, and nobody would approve that."""
        measurement = self.measurement("2024-01-01", "2024-12-31")
        scenario = self.env["pso.scenario"].create(
            {"name": "What if", "measurement_id": measurement.id}
        )
        self.plan.write(
            {
                "measurement_id": measurement.id,
                "scenario_id": scenario.id,
                "level_id": self.ref("level_step1").id,
            }
        )
        rests_on = measurement.with_user(self.coordinator), scenario
        self.action()
        for change in (
            self.plan.with_user(self.coordinator).action_submit,
            self.plan.with_user(self.board).action_approve,
            self.plan.with_user(self.coordinator).action_close,
        ):
            change()
            for record in rests_on:
                with self.subTest(self.plan.state, model=record._name):
                    with self.assertRaisesRegex(UserError, "the plan To step 2"):
                        record.unlink()
                    self.assertTrue(record.exists())

    def test_the_start_of_its_scenario_is_kept_too(self):
        measurement = self.measurement("2024-01-01", "2024-12-31")
        scenario = self.env["pso.scenario"].create(
            {"name": "What if", "measurement_id": measurement.id}
        )
        self.plan.scenario_id = scenario
        self.action()
        self.approve()
        with self.assertRaisesRegex(UserError, "the plan To step 2"):
            measurement.with_user(self.coordinator).unlink()

    def test_who_may_not_read_the_plan_is_told_no_name_of_it(self):
        """A scenario of the year is its company's, and the plan one of several."""
        abroad = self.env["res.company"].create({"name": "Abroad"})
        (self.coordinator | self.board).sudo().company_ids |= abroad
        companies = (self.company | abroad).ids
        measurement = self.measurement("2024-01-01", "2024-12-31")
        measurement.company_ids |= abroad
        scenario = self.env["pso.scenario"].create(
            {"name": "What if", "start_kind": "rolling", "company_id": self.company.id}
        )
        plan = self.a_plan(
            companies,
            name="Secret",
            measurement_id=measurement.id,
            scenario_id=scenario.id,
            responsible_id=self.coordinator.id,
        )
        self.action(plan=plan, owner_id=self.coordinator.id)
        plan.action_submit()
        narrow = self.user("pso_odoo.group_pso_manager")
        his = plan.with_user(narrow).with_context(allowed_company_ids=self.company.ids)
        self.assertFalse(his._filtered_access("read"))
        with self.assertRaises(UserError) as caught:
            scenario.with_user(narrow).unlink()
        self.assertIn("that you may not read", str(caught.exception))
        self.assertNotIn("Secret", str(caught.exception))

    def test_what_a_draft_rests_on_may_go(self):
        measurement = self.measurement("2024-01-01", "2024-12-31")
        plan = self.a_plan(measurement_id=measurement.id)
        measurement.with_user(self.coordinator).unlink()
        self.assertFalse(plan.measurement_id)

    def test_nobody_writes_the_companies_of_a_plan(self):
        for vals, words in (
            ({"company_ids": [Command.clear()]}, "those of its measurement"),
            ({"outcome_percentage": 9}, "by its buttons alone"),
        ):
            with self.assertRaisesRegex(AccessError, words):
                self.plan.with_user(self.coordinator).write(vals)
        companies = self.plan.company_ids
        plan = self.env["pso.plan"].with_context(
            default_company_ids=[Command.clear()], default_state="approved"
        )
        copied = plan.with_user(self.coordinator).create(
            {
                "name": "Another",
                "target_level_id": self.ref("level_step3").id,
                "date_deadline": "2025-12-31",
            }
        )
        self.assertEqual(copied.company_ids, companies)
        self.assertEqual(copied.state, "draft")

    def test_who_was_handed_the_activity_alone_ends_that(self):
        action = self.action()
        self.approve()
        activity = action.sudo().activity_ids
        activity.user_id = self.hr
        activity.with_user(self.hr).action_feedback(feedback="Ready")
        self.assertEqual(action.state, "open")

    def close_due(self):
        """The nightly job as Odoo's scheduler runs it."""
        with self.as_job("cron_plan") as (env, _progress):
            env["pso.plan"]._close_due()

    def test_the_day_after_the_deadline_it_is_closed_with_what_came_of_it(self):
        self.status(self.employee())
        self.employee()
        talks, hires = self.action("talks", manual_value=3), self.action("hires")
        self.status(self.employee(start="2025-03-01"), start="2025-03-01")
        self.approve()
        with freeze_time("2025-12-31"):
            self.close_due()
        self.assertEqual(self.plan.state, "approved")
        with freeze_time("2026-01-01"):
            self.close_due()
        self.assertEqual(self.plan.state, "closed")
        self.assertEqual(self.plan.closed_on, date(2026, 1, 1))
        year = self.measurement(end="2025-12-31")
        self.assertEqual(self.plan.outcome_level_id, year.level_id)
        # To one decimal, as what is kept each night: all who see totals read it.
        self.assertEqual(self.plan.outcome_percentage, round(year.total_percentage, 1))
        self.assertIn(
            "Step 2 was not reached" if year.level_id.sequence < 40 else "was reached",
            self.plan.outcome_note,
        )
        self.status(self.employee(start="2025-03-01"), start="2025-03-01")
        self.assertEqual(self.value(talks), 3)
        self.assertEqual(self.value(hires, self.hr), 1)
        self.assertFalse(self.value(hires))


@tagged("post_install", "-at_install")
class TestProgress(PlanCase):
    def test_hires_are_those_who_came_since_the_start(self):
        action = self.action("hires")
        self.status(self.employee(start="2024-06-01"), start="2024-06-01")
        # Worked here before, and is told to belong to it later.
        self.status(self.employee(start="2024-06-01"), start="2025-02-01")
        # Came in later than today.
        self.status(self.employee(start="2025-09-01"), start="2025-09-01")
        self.employee(start="2025-02-01")
        self.assertEqual(self.value(action, self.hr), 0)
        hired = self.employee(start="2025-02-01", end="2025-05-31")
        self.status(hired, start="2025-02-01", end="2025-05-31")
        self.assertEqual(self.value(action, self.hr), 1)
        self.assertEqual(action.with_user(self.hr).progress, 25)
        self.assertEqual(action.with_user(self.hr).progress_note, "1 of 4")

    def test_of_persons_the_target_group_alone_is_told(self):
        actions = [self.action(kind) for kind in ("hires", "places", "stayed")]
        student = self.employee(start="2025-01-10")
        self.status(student, "bbl_bol_1", "2025-01-10", "2025-05-31", form="placement")
        self.status(student, "bbl_bol_1", "2025-06-01")
        for action in actions:
            self.assertEqual(self.value(action, self.hr), 1, action.kind)
            for user in (self.coordinator, self.board, self.owner):
                self.env.invalidate_all()
                seen = action.with_user(user)
                [row] = seen.read()
                self.assertEqual((row["value"], row["progress"]), (0, 0))
                self.assertFalse(row["is_told"])
                self.assertIn("Not shown to you", row["progress_note"])
                self.assertNotIn("kept_value", row)
                with self.assertRaises(AccessError):
                    seen.read(["kept_value"])
                with self.assertRaises(AccessError):
                    seen.search([("kept_value", ">", 0)])

    def test_learning_places_and_who_stayed(self):
        places, stayed = self.action("places"), self.action("stayed")
        for end, after in (("2025-03-31", True), ("2025-03-31", False), (None, False)):
            student = self.employee(start="2025-01-10")
            self.status(student, "bbl_bol_1", "2025-01-10", end, form="placement")
            if after:
                self.status(student, "bbl_bol_1", "2025-04-01", form="regular")
        earlier = self.employee(start="2024-01-10")
        self.status(earlier, "bbl_bol_1", "2024-01-10", "2025-01-31", form="placement")
        self.status(earlier, "bbl_bol_1", "2025-02-01", form="secondment")
        self.assertEqual(self.value(places, self.hr), 3)
        self.assertEqual(self.value(stayed, self.hr), 2)

    def test_people_of_other_companies_do_not_count(self):
        action = self.action("hires")
        other = self.create_company("Other")
        person = self.employee(
            start="2025-02-01",
            company_id=other.id,
            resource_calendar_id=other.resource_calendar_id.id,
        )
        self.status(person, start="2025-02-01")
        self.assertEqual(self.value(action, self.hr), 0)

    def test_positions_that_are_open(self):
        jobs = self.env["hr.job"]
        jobs.create({"name": "Cook", "pso_is_open": True})
        action = self.action("positions", target_value=7)
        start = action.start_value
        self.assertGreaterEqual(start, 1)
        jobs.create({"name": "Gardener", "pso_is_open": True})
        jobs.create({"name": "Guard"})
        other = self.create_company("Other")
        jobs.create({"name": "Abroad", "company_id": other.id, "pso_is_open": True})
        self.assertEqual(self.value(action), start + 1)

    def test_tasks_that_were_carved_out(self):
        action = self.action("tasks")
        nurse = self.env["hr.job"].create({"name": "Nurse", "pso_tasks": "Nursing"})
        self.assertEqual(self.value(action), 0)
        self.env["hr.job"].create(
            {
                "name": "Bed maker",
                "pso_carved_from_id": nurse.id,
                "pso_tasks": "Making beds\n\n  \nSetting tables",
            }
        )
        self.assertEqual(self.value(action), 2)
        self.assertEqual(action.progress, 50)

    def test_a_function_is_not_carved_from_itself(self):
        one, two = self.env["hr.job"].create([{"name": "One"}, {"name": "Two"}])
        two.pso_carved_from_id = one
        for job, source in ((one, two), (one, one)):
            with self.assertRefused("cannot be carved"):
                job.pso_carved_from_id = source

    def test_the_share_of_social_purchases_of_the_year_to_today(self):
        social, plain = self.social_vendor(), self.vendor("Plain")
        self.bill(social, 100, "2025-02-01")
        self.bill(plain, 300, "2025-02-01")
        self.bill(plain, 900, "2024-06-30")
        action = self.action("share", target_value=45)
        self.assertAlmostEqual(action.start_value, 25)
        self.bill(social, 100, "2025-07-01")
        self.bill(social, 500, "2025-07-02")
        self.assertAlmostEqual(self.value(action), 40)
        self.assertAlmostEqual(action.progress, 75)

    def test_vendors_whose_first_certificate_began(self):
        action = self.action("vendors")
        self.certificate(self.vendor("Old"), "2024-06-01", "2026-05-31")
        renewed = self.vendor("Renewed")
        self.certificate(renewed, "2023-02-01", "2025-01-31")
        self.certificate(renewed, "2025-02-01", "2027-01-31")
        self.certificate(self.vendor("Later"), "2025-08-01", "2027-07-31")
        own = self.company.partner_id
        self.certificate(own, "2025-02-01", "2027-01-31")
        before = self.value(action)
        self.certificate(self.vendor("Won"), "2025-02-01", "2027-01-31")
        self.assertEqual(self.value(action), before + 1)

    def test_what_is_counted_by_hand(self):
        action = self.action("talks", start_value=1)
        action.manual_value = 2.5
        self.assertEqual(self.value(action), 2.5)
        self.assertEqual(action.progress, 50)
        action.manual_value = 0
        self.assertEqual(action.progress, 0)
        action.manual_value = 9
        self.assertEqual(action.progress, 100)


@tagged("post_install", "-at_install")
class TestActivities(PlanCase):
    def activities(self, action):
        return action.sudo().activity_ids

    def test_an_action_of_an_approved_plan_is_an_activity_once(self):
        action = self.action(name="Talk to Secret Person")
        self.assertFalse(self.activities(action))
        self.approve()
        activity = self.activities(action).ensure_one()
        self.assertEqual(activity.user_id, self.owner)
        self.assertEqual(activity.date_deadline, date(2025, 12, 31))
        self.assertEqual(activity.summary, "Something else, by hand")
        action.date_deadline = "2025-10-01"
        self.approve()
        self.assertEqual(self.activities(action), activity)
        self.assertEqual(activity.date_deadline, date(2025, 10, 1))
        action.owner_id = self.coordinator
        self.assertEqual(activity.user_id, self.coordinator)

    def test_nothing_that_was_typed_is_sent_or_stands_in_it(self):
        action = self.action(name="Talk to Secret Person")
        mails = self.env["mail.mail"].sudo().search([])
        self.approve()
        texts = self.activities(action).read(["summary", "note"])
        self.assertNotIn("Secret Person", str(texts))
        self.assertFalse(self.env["mail.mail"].sudo().search([]) - mails)

    def test_done_is_done_on_both_sides(self):
        one, two = self.action(), self.action()
        self.approve()
        activity = self.activities(one)
        activity.with_user(self.owner).action_feedback(feedback="Ready")
        self.assertEqual(one.state, "done")
        two.with_user(self.owner).action_done()
        self.assertFalse(self.activities(one) | self.activities(two))
        two.with_user(self.owner).action_again()
        self.assertEqual(len(self.activities(two)), 1)

    def test_what_is_dropped_or_closed_asks_for_nothing(self):
        one, two = self.action(), self.action()
        self.approve()
        one.action_drop()
        self.assertFalse(self.activities(one))
        self.plan.action_close()
        self.assertFalse(self.activities(two))

    def test_they_go_with_a_plan_that_is_deleted(self):
        action = self.action()
        self.approve()
        activity = self.activities(action)
        self.plan.name = "A draft again"
        self.plan.unlink()
        self.assertFalse(activity.exists())
        self.assertFalse(action.exists())

    def test_another_activity_on_an_action_is_left_alone(self):
        action = self.action()
        self.approve()
        own = action.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.coordinator.id
        )
        own.write({"automated": False})
        own.action_feedback()
        self.assertEqual(action.state, "open")


@tagged("post_install", "-at_install")
class TestScenario(PlanCase):
    @classmethod
    def scenario(cls, *lines, **vals):
        return cls.env["pso.scenario"].create(
            {
                "name": "More people",
                "measurement_id": cls.measurement().id,
                "line_ids": [Command.create(line) for line in lines],
                **vals,
            }
        )

    def test_its_changes_become_actions_once(self):
        hire = {
            "kind": "hire",
            "people": 2,
            "hours": 24,
            "group_id": self.ref("group_pw").id,
            "form_id": self.ref("form_regular").id,
        }
        won = {
            "kind": "certificate",
            "change": "gain",
            "partner_id": self.social_vendor(name="Asked").id,
            "level_id": self.ref("level_step1").id,
        }
        self.plan.scenario_id = self.scenario(
            {**hire, "date_from": "2025-09-01"},
            {**won, "date_from": "2025-11-15"},
            {"kind": "staff", "fte": 1},
        )
        self.plan.write(
            {"responsible_id": self.owner.id, "date_deadline": "2025-10-31"}
        )
        self.plan.action_take_scenario()
        actions = self.plan.action_ids.sorted("id")
        self.assertEqual(
            actions.mapped("name"), self.plan.scenario_id.line_ids.mapped("sentence")
        )
        self.assertEqual(actions.mapped("kind"), ["hires", "vendors", "other"])
        self.assertEqual(actions.mapped("target_value"), [2, 1, 1])
        self.assertEqual(actions.owner_id, self.owner)
        self.assertEqual(
            actions.mapped("date_deadline"),
            [date(2025, 9, 1), date(2025, 10, 31), date(2025, 10, 31)],
        )
        with self.assertRefused("already"):
            self.plan.action_take_scenario()
        actions[0].unlink()
        self.plan.action_take_scenario()
        self.assertEqual(len(self.plan.action_ids), 3)

    def test_that_of_another_company_is_refused(self):
        other = self.create_company("Other")
        theirs = self.scenario(
            start_kind="rolling", measurement_id=False, company_id=other.id
        )
        self.coordinator.company_ids += other
        plan = self.plan.with_context(allowed_company_ids=(self.company + other).ids)
        with self.assertRefused("of another company"):
            plan.scenario_id = theirs


@tagged("post_install", "-at_install")
class TestPaper(PlanCase):
    def words(self, user):
        reports = self.env["ir.actions.report"].with_user(user)
        content, _kind = reports._render_qweb_html(
            "pso_odoo.report_plan", self.plan.ids
        )
        return " ".join(html.fromstring(content).text_content().split())

    def test_what_stands_in_it(self):
        self.action("talks", name="Talk to schools", manual_value=1)
        self.plan.smart_specific = "More learning places <b>here</b>"
        draft = self.words(self.coordinator)
        self.assertNotIn("Approved by", draft)
        self.approve()
        words = self.words(self.coordinator)
        for said in (
            *("To step 2", "Step 1", "Step 2", "12/31/2025", "Talk to schools"),
            *("1 of 4", "<b>here</b>", f"Approved by {self.board.name}"),
            "07/01/2025",
        ):
            self.assertIn(said, words)

    def test_an_auditor_finds_start_target_time_measure_and_means(self):
        self.status(self.employee())
        self.employee()
        start = self.measurement()
        hire = {
            "kind": "hire",
            "hours": 24,
            "group_id": self.ref("group_wajong").id,
            "form_id": self.ref("form_regular").id,
        }
        scenario = self.env["pso.scenario"].create(
            {
                "name": "One more",
                "measurement_id": start.id,
                "line_ids": [
                    Command.create({**hire, "cost": 31000}),
                    Command.create({**hire, "people": 2}),
                ],
            }
        )
        self.plan.write({"scenario_id": scenario.id, "measurement_id": start.id})
        self.action("talks", name="Talk", date_deadline="2025-03-01")
        self.action("vendors", name="Win")
        words = self.words(self.coordinator).replace("\N{NO-BREAK SPACE}", " ")
        for said in (
            *("Where we stand", "By the scenario", "One more", start.name),
            f"{start.total_percentage:.2f} %",
            f"{scenario.total_percentage:.2f} %",
            *("Timeline", "Jan 2025", "How it is measured"),
            "By hand: the owner of the action fills it in.",
            "vendors whose first one began since then",
            *("Means and costs", "31,000.00", "not given", "1 of 2 changes"),
            *("Approval", "Not approved yet"),
        ):
            self.assertIn(said, words)
        # Talks are due in March, and not begun after it.
        reports = self.env["ir.actions.report"].with_user(self.coordinator)
        page = html.fromstring(
            reports._render_qweb_html("pso_odoo.report_plan", self.plan.ids)[0]
        )
        talk = page.xpath("//tr[@data-name='timeline']")[0]
        marks = [cell.get("class") for cell in talk.iter("td")][1:]
        self.assertEqual(marks[:3], ["pso_runs", "pso_runs", "pso_due"])
        self.assertFalse(any(marks[3:]))

    def test_of_persons_it_tells_what_its_reader_may_know(self):
        self.action("hires")
        self.status(self.employee(start="2025-02-01"), start="2025-02-01")
        self.assertIn("Not shown to you", self.words(self.coordinator))
        self.assertNotIn("1 of 4", self.words(self.coordinator))
        self.assertIn("1 of 4", self.words(self.hr))

    def test_who_may_not_read_the_plan_gets_none(self):
        for user in (self.user("base.group_user"), self.user("hr.group_hr_manager")):
            with self.assertRaises(AccessError):
                self.words(user)


@tagged("post_install", "-at_install")
class TestPlanOfLastNight(KeptCase):
    def test_the_level_at_the_start_is_that_of_last_night(self):
        """Who can change facts about persons reads the plan too."""
        kept = self.live.level_id
        self.assertTrue(kept)
        self.members.pso_status_ids.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertNotEqual(self.live.level_id, kept)
        plans = self.env["pso.plan"].with_user(self.users["coordinator"])
        values = {
            "name": "From it",
            "measurement_id": self.live.id,
            "target_level_id": kept.id,
            "date_deadline": "2099-12-31",
        }
        with self.assertRefused(f"the level at the start, {kept.name}"):
            plans.create(values)
        self.env["pso.snapshot"].search([]).unlink()
        plan = plans.create(values)
        self.assertFalse(plan.level_id)
        self.assertIn("no night is kept yet", plan.level_note)
        plan.measurement_id = False
        self.assertFalse(plan.level_note)


@tagged("post_install", "-at_install")
@skipUnless(shutil.which("wkhtmltopdf"), "no wkhtmltopdf")
class TestPlanPdf(HttpCase, PsoCase):
    def pages(self, count):
        plan = self.env["pso.plan"].create(
            {
                "name": "To step 2",
                "target_level_id": self.ref("level_step2").id,
                "date_deadline": fields.Date.add(fields.Date.today(), months=14),
                **{name: "Something that takes a line or two. " * 5 for name in SMART},
                "action_ids": [
                    Command.create({"name": f"Do number {n}", "kind": "talks"})
                    for n in range(count)
                ],
            }
        )
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        content, _kind = reports._render_qweb_pdf("pso_odoo.report_plan", plan.ids)
        return PdfFileReader(io.BytesIO(content)).getNumPages()

    def test_it_has_two_to_four_pages(self):
        for count in (1, 4, 15):
            with self.subTest(actions=count):
                self.assertIn(self.pages(count), (2, 3, 4))
