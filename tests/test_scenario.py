"""Scenarios: what they say comes true when the records are changed in earnest."""

from contextlib import contextmanager
from unittest.mock import patch

from common import PsoCase
from kept import RESTRICTED, KeptCase

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.pso_odoo.models.measurement.figures import FIGURES

MANAGER, HR, USER = (f"pso_odoo.group_pso_{name}" for name in ("manager", "hr", "user"))
NUMBERS = [
    name for name, figure in FIGURES.items() if figure.kind in ("fte", "percent")
]


class ScenarioCase(PsoCase):
    """Three people, one of them of the target group, and a certified vendor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls.employee(32)
        cls.anna_status = cls.status(cls.anna, "pw", "2024-03-01", form="placement")
        cls.bob, cls.carl = cls.employee(40), cls.employee(24, start="2025-04-01")
        cls.green = cls.social_vendor(name="Green")
        cls.grey = cls.vendor("Grey")
        cls.bill(cls.green, 700, "2025-05-05")
        cls.bill(cls.grey, 500, "2025-05-05")
        cls.pso = cls.measurement()
        cls.coordinator = cls.user(MANAGER)

    @classmethod
    def line(cls, kind, **vals):
        """A change, with groups and forms by their codes."""
        values = {"kind": kind, **vals}
        for name, prefix in (
            *(("group_id", "group"), ("form_id", "form"), ("to_form_id", "form")),
            ("level_id", "level"),
        ):
            if name in values:
                values[name] = cls.ref(f"{prefix}_{values[name]}").id
        return Command.create(values)

    @classmethod
    def hire(cls, **vals):
        values = {"people": 1, "hours": 24, "group_id": "wajong", "form_id": "regular"}
        return cls.line("hire", **{**values, **vals})

    @classmethod
    def scenario(cls, *lines, start=None, **vals):
        values = {"name": "What if", "measurement_id": (start or cls.pso).id}
        return cls.env["pso.scenario"].create(
            {**values, "line_ids": list(lines), **vals}
        )

    @contextmanager
    def rolled_back(self):
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def figures_in(self, record):
        return {name: record[name] for name in FIGURES}

    def assertComesTrue(self, scenario, change):
        """What a scenario says is what is measured after a change of the records."""
        foretold = self.figures_in(scenario)
        before = self.figures_in(self.pso)
        change()
        self.env.flush_all()
        self.env.invalidate_all()
        measured = self.figures_in(self.pso)
        self.assertNotEqual(measured, before)
        for name in NUMBERS:
            if not name.startswith("proven_"):
                self.assertAlmostEqual(foretold[name], measured[name], 9, name)
        for name in ("level_id", "next_level_id", "is_complete", "is_pso30"):
            self.assertEqual(foretold[name], measured[name], name)
        return foretold, measured


@tagged("post_install", "-at_install")
class TestScenario(ScenarioCase):
    # -- the start -------------------------------------------------------------

    def test_without_changes_it_is_its_start_to_the_last_digit(self):
        self.assertEqual(self.figures_in(self.scenario()), self.figures_in(self.pso))
        self.pso.action_lock()
        self.assertEqual(self.figures_in(self.scenario()), self.figures_in(self.pso))

    @freeze_time("2025-12-31")
    def test_it_can_start_from_the_year_to_today(self):
        scenario = self.scenario(
            start=self.env["pso.measurement"],
            start_kind="rolling",
            measurement_id=False,
        )
        self.assertEqual(self.figures_in(scenario), self.figures_in(self.pso))

    def test_a_locked_start_stays_as_it_is(self):
        scenario = self.scenario(self.hire())
        told = scenario.total_percentage
        self.pso.action_lock()
        self.status(self.employee())
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertAlmostEqual(scenario.total_percentage, told, 9)
        self.pso.action_unlock()
        self.assertGreater(scenario.total_percentage, told + 1)

    def test_a_measurement_that_was_deleted_is_said(self):
        scenario = self.scenario(self.hire())
        self.pso.unlink()
        self.assertFalse(scenario.has_figures)
        self.assertIn("was deleted", scenario.figures_note)
        self.assertFalse(scenario.comparison)
        with self.assertRefused("was deleted"):
            scenario.line_ids = [self.hire()]

    def test_a_copy_has_the_same_changes(self):
        scenario = self.scenario(self.hire())
        other = scenario.copy()
        self.assertEqual(other.name, "What if (copy)")
        self.assertEqual(self.figures_in(other), self.figures_in(scenario))
        other.line_ids.people = 2
        self.assertGreater(other.total_percentage, scenario.total_percentage)

    # -- what it says comes true -------------------------------------------------

    def test_hires_come_true(self):
        for form, start, end, hours in (
            ("regular", "2025-03-01", None, 24),
            ("placement", "2025-03-01", "2025-10-31", 60),
            ("secondment", "2025-02-01", None, 24),
            ("trial", "2025-03-01", None, 24),
        ):
            with self.subTest(form=form), self.rolled_back():
                scenario = self.scenario(
                    self.hire(
                        people=2,
                        hours=hours,
                        form_id=form,
                        date_from=start,
                        date_to=end,
                    )
                )

                def hire(form=form, start=start, end=end, hours=hours):
                    for _one in range(2):
                        person = self.employee(hours, start, end)
                        self.status(person, "wajong", start, form=form)

                self.assertComesTrue(scenario, hire)

    def test_who_is_seconded_out_adds_nothing(self):
        scenario = self.scenario(self.hire(form_id="seconded_out"))
        self.assertEqual(self.figures_in(scenario), self.figures_in(self.pso))

    def test_unknown_weights_make_a_lower_bound(self):
        scenario = self.scenario(self.hire(group_id="bbl_bol_3", form_id="placement"))

        def hire():
            person = self.employee(24, "2025-01-01")
            self.status(person, "bbl_bol_3", "2025-01-01", form="placement")

        self.assertComesTrue(scenario, hire)
        self.assertFalse(scenario.is_complete)
        self.assertIn("not public", scenario.line_ids.effect_note)

    def test_leaving_comes_true(self):
        scenario = self.scenario(
            self.line(
                "leave",
                people=1,
                hours=32,
                group_id="pw",
                form_id="placement",
                date_from="2025-09-01",
            )
        )
        self.assertComesTrue(
            scenario, lambda: self.anna.write({"contract_date_end": "2025-08-31"})
        )

    def test_another_form_comes_true(self):
        scenario = self.scenario(
            self.line(
                "form",
                people=1,
                hours=32,
                group_id="pw",
                form_id="placement",
                to_form_id="regular",
                date_from="2025-07-01",
            )
        )

        def change():
            self.anna_status.date_end = "2025-06-30"
            self.status(self.anna, "pw", "2025-07-01", form="regular")

        self.assertComesTrue(scenario, change)

    def test_other_staff_comes_true(self):
        scenario = self.scenario(self.line("staff", fte=1.5, date_from="2025-07-01"))

        def hire():
            self.employee(40, "2025-07-01")
            self.employee(20, "2025-07-01")

        self.assertComesTrue(scenario, hire)
        with self.rolled_back():
            scenario = self.scenario(self.line("staff", fte=-1))
            self.assertComesTrue(
                scenario, lambda: self.bob.write({"contract_date_end": "2024-12-31"})
            )

    def test_spend_comes_true_up_to_the_turnover(self):
        for amount in (200, 900, -300):
            with self.subTest(amount=amount), self.rolled_back():
                scenario = self.scenario(
                    self.line("spend", partner_id=self.green.id, amount=amount)
                )
                kind = "in_invoice" if amount > 0 else "in_refund"
                self.assertComesTrue(
                    scenario,
                    lambda amount=amount, kind=kind: self.bill(
                        self.green, abs(amount), type=kind
                    ),
                )

    def test_moved_spend_comes_true(self):
        scenario = self.scenario(
            self.line(
                "move",
                partner_id=self.grey.id,
                to_partner_id=self.green.id,
                amount=250,
            )
        )

        def move():
            self.bill(self.grey, 250, type="in_refund")
            self.bill(self.green, 250)

        self.assertComesTrue(scenario, move)

    def test_a_certificate_that_is_won_comes_true(self):
        scenario = self.scenario(
            self.line(
                "certificate",
                partner_id=self.grey.id,
                change="gain",
                level_id="step1",
                turnover=2000,
                vendor_fte=12,
                vendor_share=25,
                date_from="2025-05-01",
            ),
            self.line(
                "spend", partner_id=self.grey.id, amount=100, date_from="2025-06-01"
            ),
        )
        self.assertIn("assumed", scenario.line_ids[0].effect_note)

        def win():
            self.certificate(
                self.grey, "2025-05-01", level_id=self.ref("level_step1").id
            )
            self.figures(self.grey, turnover=2000, fte=12, share=25)
            self.bill(self.grey, 100, "2025-06-01")

        self.assertComesTrue(scenario, win)

    def test_a_certificate_won_too_late_does_not_count(self):
        scenario = self.scenario(
            self.line(
                "certificate",
                partner_id=self.grey.id,
                change="gain",
                level_id="step1",
                turnover=2000,
                vendor_fte=12,
                vendor_share=25,
                date_from="2025-05-06",
            )
        )
        self.assertEqual(scenario.indirect_fte, self.pso.indirect_fte)

    def test_a_certificate_that_is_lost_comes_true(self):
        self.bill(self.green, 100, "2025-02-02")
        scenario = self.scenario(
            self.line(
                "certificate",
                partner_id=self.green.id,
                change="lose",
                date_from="2025-05-01",
            )
        )
        self.assertComesTrue(
            scenario,
            lambda: self.green.pso_certificate_ids.write({"date_end": "2025-04-30"}),
        )

    def test_full_time_hours_come_true(self):
        scenario = self.scenario(self.line("hours", fulltime_hours=36), self.hire())

        def change():
            self.company.pso_fulltime_hours = 36
            self.status(self.employee(24, "2025-01-01"), start="2025-01-01")

        self.assertComesTrue(scenario, change)

    def test_another_edition_comes_true(self):
        other = self.ref("edition_1_7")
        scenario = self.scenario(self.line("edition", edition_id=other.id))
        self.assertComesTrue(scenario, lambda: self.pso.write({"edition_id": other.id}))

    def test_changes_of_a_locked_start_are_those_of_a_live_one(self):
        lines = (
            self.hire(date_from="2025-03-01"),
            self.line(
                "spend",
                partner_id=self.green.id,
                amount=200,
                date_from="2025-06-01",
            ),
            self.line(
                "certificate",
                partner_id=self.green.id,
                change="lose",
                date_from="2025-12-01",
            ),
        )
        scenario = self.scenario(*lines)
        live = self.figures_in(scenario)
        self.pso.action_lock()
        self.bill(self.green, 300, "2025-05-06")
        locked = self.figures_in(scenario)
        for name in NUMBERS:
            self.assertAlmostEqual(live[name], locked[name], 9, name)

    def test_a_locked_start_needs_no_norms(self):
        self.pso.edition_id = self.edition.copy({"norm_ids": False})
        live = self.figures_in(self.scenario(self.hire()))
        self.pso.action_lock()
        scenario = self.scenario(self.hire())
        self.assertTrue(scenario.has_figures)
        self.assertGreater(scenario.change_percentage, 0)
        for name in NUMBERS:
            self.assertAlmostEqual(scenario[name], live[name], 9, name)

    # -- bad input -------------------------------------------------------------

    def test_bad_input_is_named_at_its_field(self):
        """Each with a sentence, and the label of the field."""
        green, grey = self.green.id, self.grey.id
        unknown = {"kind": "spend", "partner_id": grey, "amount": 1}
        bad = {
            "zero or more is wanted (People)": self.hire(people=-1),
            "missing (People)": self.hire(people=0),
            "missing (Hours a Week)": self.hire(hours=0),
            "168 hours (Hours a Week)": self.hire(hours=169),
            "outside the period, 01/01/2025 to 12/31/2025 (From)": self.hire(
                date_from="2024-12-31"
            ),
            "(Until)": self.hire(date_to="2026-01-01"),
            "before it begins (From, Until)": self.hire(
                date_from="2025-03-01", date_to="2025-02-01"
            ),
            "nothing is known of this vendor": Command.create(unknown),
            "(Vendor, Assumed Turnover, Assumed Fte": Command.create(unknown),
            "the turnover is missing": Command.create({**unknown, "vendor_fte": 1}),
            "at most 100 (Assumed Direct Share": Command.create(
                {**unknown, "turnover": 1, "vendor_share": 101}
            ),
            "was bought there in the period (Amount)": self.line(
                "move", partner_id=grey, to_partner_id=green, amount=501
            ),
            "only": self.line("spend", partner_id=green, amount=-701),
            "same organisation": self.line(
                "move", partner_id=green, to_partner_id=green, amount=1
            ),
            "turn the vendors round": self.line(
                "move", partner_id=grey, to_partner_id=green, amount=-1
            ),
            "companies of the scope": self.line(
                "spend", partner_id=self.company.partner_id.id, amount=1
            ),
            "an organisation is wanted": self.line(
                "spend",
                partner_id=self.env["res.partner"].create({"name": "Jan"}).id,
                amount=1,
                turnover=1,
            ),
            "which level is assumed": self.line(
                "certificate", partner_id=green, change="renew"
            ),
            "the form stays": self.line(
                "form",
                hours=32,
                group_id="pw",
                form_id="placement",
                to_form_id="placement",
            ),
        }
        for reason, line in bad.items():
            with self.subTest(reason=reason), self.assertRefused(reason):
                self.scenario(line)

    def test_another_start_has_to_fit_the_changes(self):
        scenario = self.scenario(self.hire(date_from="2025-03-01"))
        other = self.measurement("2024-01-01", "2024-12-31")
        with self.assertRefused("outside the period, 01/01/2024 to 12/31/2024 (From)"):
            scenario.measurement_id = other

    def test_a_locked_start_keeps_hours_and_edition(self):
        scenario = self.scenario(self.line("hours", fulltime_hours=36))
        self.pso.action_lock()
        self.assertFalse(scenario.has_figures)
        self.assertIn("figures that are kept", scenario.figures_note)
        with self.assertRefused("keeps its figures"):
            self.scenario(self.line("hours", fulltime_hours=36))

    # -- who is told what ----------------------------------------------------------

    def test_how_many_there_are_is_told_to_the_target_group_alone(self):
        """Else an error would answer the question how many of a group there are."""
        line = self.line(
            "leave", people=2, hours=32, group_id="pw", form_id="placement"
        )
        values = {"name": "Two", "measurement_id": self.pso.id, "line_ids": [line]}
        coordinator = self.env["pso.scenario"].with_user(self.coordinator)
        self.assertTrue(coordinator.create(values))
        both = self.user(MANAGER, HR)
        with self.assertRefused("there are 1 of this group and form"):
            self.env["pso.scenario"].with_user(both).create(values)

    def test_what_leaves_never_goes_below_zero(self):
        scenario = self.scenario(
            self.line("leave", people=9, hours=32, group_id="pw", form_id="placement")
        )
        self.assertEqual(scenario.direct_fte, 0)
        self.assertEqual(scenario.proven_direct_percentage, 0)

    def test_users_of_totals_read_and_do_not_write(self):
        scenario = self.scenario(self.hire()).with_user(self.user(USER))
        self.assertGreater(scenario.change_percentage, 0)
        self.assertIn("24 hours", scenario.line_ids.sentence)
        with self.assertRaises(AccessError):
            scenario.name = "Mine"

    def test_another_company_sees_none(self):
        scenario = self.scenario(self.hire())
        company = self.create_company("Abroad")
        abroad = self.user(MANAGER, companies=company)
        theirs = self.env["pso.scenario"].with_user(abroad)
        theirs = theirs.with_context(allowed_company_ids=company.ids)
        self.assertFalse(theirs.search([]))
        with self.assertRaises(AccessError):
            theirs.browse(scenario.id).read(["name"])
        with self.assertRaises(AccessError):
            theirs.create({"name": "Theirs", "measurement_id": self.pso.id})

    def test_what_is_left_of_a_measurement_is_read_by_who_could_read_that(self):
        other = self.create_company("Sister")
        both = self.measurement(company_ids=[Command.set((self.company + other).ids)])
        scenario = self.scenario(self.hire(), start=both)
        self.assertEqual(scenario.company_ids, self.company + other)
        here = self.user(MANAGER, companies=self.company)
        theirs = self.env["pso.scenario"].with_user(here)
        for _before_and_after in range(2):
            self.env.invalidate_all()
            self.assertFalse(theirs.search([("id", "=", scenario.id)]))
            self.assertFalse(
                self.env["pso.scenario.line"]
                .with_user(here)
                .search([("scenario_id", "=", scenario.id)])
            )
            both.exists().unlink()
        self.assertEqual(scenario.company_ids, self.company + other)
        wide = self.user(MANAGER, companies=self.company + other)
        self.assertEqual(scenario.with_user(wide).name, "What if")
        scenario.start_kind = "rolling"
        self.assertEqual(scenario.company_ids, self.company)
        self.assertEqual(scenario.with_user(here).name, "What if")

    def test_nobody_chooses_whose_totals_it_shows(self):
        coordinator = self.env["pso.scenario"].with_user(self.coordinator)
        scenario = coordinator.create({"name": "A", "measurement_id": self.pso.id})
        empty = {"company_ids": [Command.clear()]}
        with self.assertRaises(AccessError):
            scenario.write(empty)
        with self.assertRaises(AccessError):
            coordinator.create({"name": "B", "measurement_id": self.pso.id, **empty})
        made = coordinator.with_context(default_company_ids=[Command.clear()]).create(
            {"name": "C", "measurement_id": self.pso.id}
        )
        self.assertEqual(made.company_ids, self.company)

    # -- cost --------------------------------------------------------------------

    def test_costs_are_filled_in_where_the_company_has_any(self):
        scenario = self.scenario(self.hire())
        self.assertEqual(scenario.cost, 0)
        # And no zero, which would say that it costs nothing.
        self.assertEqual(scenario.cost_note, "not given: 1 of 1 changes")
        self.env["pso.cost"].create(
            [
                {"amount": 40000},
                {"amount": -10000, "group_id": self.ref("group_wajong").id},
                {"amount": -5000, "group_id": self.ref("group_pw").id},
                {"kind": "purchases", "percentage": 5},
                {"kind": "purchases", "percentage": 2, "partner_id": self.green.id},
            ]
        )
        scenario = self.scenario(
            self.hire(people=2, hours=20),
            self.line("staff", fte=-0.5),
            self.line("spend", partner_id=self.green.id, amount=100),
        )
        self.assertEqual(scenario.line_ids.mapped("cost"), [30000, -20000, 2])
        self.assertNotIn("not given", scenario.cost_note)

    def test_a_cost_that_is_given_stays(self):
        scenario = self.scenario(self.hire(cost=12345))
        self.assertEqual(scenario.cost, 12345)
        scenario.line_ids.note = "By payroll"
        self.assertEqual(scenario.cost, 12345)

    def test_nothing_can_be_what_is_meant(self):
        scenario = self.scenario(self.hire(is_free=True))
        self.assertNotIn("not given", scenario.cost_note)

    # -- in words, and side by side --------------------------------------------

    def test_changes_are_said_in_words(self):
        scenario = self.scenario(
            self.hire(people=2, date_from="2025-03-01"),
            self.line("spend", partner_id=self.green.id, amount=-100),
        )
        hire, spend = scenario.line_ids.mapped("sentence")
        self.assertEqual(
            hire, "+2 × 24 hours, Wajong, Regular contract, from 03/01/2025"
        )
        self.assertIn("less at Green", spend)

    def test_it_stands_beside_its_start_and_others(self):
        other = self.scenario(self.hire(people=3), name="Three")
        scenario = self.scenario(self.hire(), compare_ids=other.ids)
        start, own, three = scenario.comparison["columns"]
        self.assertEqual(
            [start["name"], own["name"], three["name"]], ["Start", "What if", "Three"]
        )
        total = own["cells"][0]
        self.assertEqual(total["direction"], "up")
        self.assertTrue(total["change"].startswith("+"))
        self.assertEqual(start["cells"][0]["change"], "")
        organisation = own["cells"][4]
        self.assertEqual(organisation["change"], "+0.60")

    def test_a_form_is_reckoned_once(self):
        """Figures, what each change makes, and how it compares."""
        other = self.scenario(self.hire(people=3), name="Three")
        scenario = self.scenario(self.hire(), self.hire(), compare_ids=other.ids)
        self.env.invalidate_all()
        reckon, asked = type(scenario)._outcome, []

        def counted(self):
            asked.append(self.id)
            return reckon(self)

        with patch.object(type(scenario), "_outcome", counted):
            told = scenario.with_user(self.coordinator)
            told.read(["total_percentage", "ladder", "comparison", "figures_note"])
            told.line_ids.read(["effect_direct", "effect_note"])
        self.assertEqual(sorted(asked), sorted([scenario.id, other.id]))
        self.assertGreater(min(told.line_ids.mapped("effect_direct")), 0)

    def test_six_columns_are_the_most(self):
        others = self.env["pso.scenario"].create(
            [{"name": "Other", "measurement_id": self.pso.id} for _ in range(6)]
        )
        with self.assertRefused("at most 5 others"):
            self.scenario(compare_ids=others.ids)

    def test_the_level_moves_while_changes_are_typed(self):
        with Form(self.scenario()) as form:
            before = form.ladder["total"]
            with form.line_ids.new() as line:
                line.kind = "hire"
                line.hours = 40
                line.group_id = self.ref("group_wajong")
                line.form_id = self.ref("form_regular")
            self.assertGreater(form.ladder["total"], before)

    def test_what_if_starts_from_the_measurement(self):
        action = self.pso.with_user(self.coordinator).action_what_if()
        scenario = self.env["pso.scenario"].browse(action["res_id"])
        self.assertEqual(scenario.measurement_id, self.pso)
        self.assertEqual(self.pso.scenario_count, 1)
        self.assertEqual(
            self.env["pso.scenario"].search(self.pso.action_open_scenarios()["domain"]),
            scenario,
        )


@tagged("post_install", "-at_install")
class TestScenarioOfLastNight(KeptCase):
    @classmethod
    def run_job(cls, steps=None):
        """The job of a night before which nothing was kept."""
        cls.env["pso.snapshot"].search([]).unlink()
        super().run_job(steps)

    def test_who_can_change_employees_is_told_figures_of_last_night(self):
        group, form = self.ref("group_wajong").id, self.ref("form_regular").id
        hire = {"kind": "hire", "hours": 40, "group_id": group, "form_id": form}
        scenario = self.env["pso.scenario"].create(
            {
                "name": "One more",
                "measurement_id": self.live.id,
                "line_ids": [Command.create(hire)],
            }
        )
        for kind in RESTRICTED:
            told = scenario.with_user(self.users[kind])
            if "totals" not in kind:
                continue
            with self.subTest(user=kind):
                self.assertIn("Figures of", told.figures_note)
                self.assertEqual(round(told.total_fte, 9), 22.6)
        before = told.total_percentage
        self.assertAlmostEqual(before, scenario.total_percentage, 0)
        self.status(self.people[20])
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(told.total_percentage, before)
        self.assertGreater(scenario.total_percentage, before + 1)
        scenario.line_ids = [Command.create({"kind": "hours", "fulltime_hours": 20})]
        self.assertFalse(told.has_figures)
        self.assertTrue(scenario.has_figures)

    def test_before_the_first_night_there_are_none(self):
        scenario = self.env["pso.scenario"].create(
            {"name": "New", "measurement_id": self.measurement().id}
        )
        told = scenario.with_user(self.users["HR officer with totals"])
        self.assertFalse(told.has_figures)
        self.assertIn("from tomorrow on", told.figures_note)
        self.assertEqual(told.total_percentage, 0)
        self.assertFalse(told.comparison)
