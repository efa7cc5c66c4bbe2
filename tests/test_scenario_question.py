"""The two questions: what is answered comes true, and a step less does not."""

from test_scenario import MANAGER, ScenarioCase

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged


class QuestionCase(ScenarioCase):
    """A company below the norms: one learner, and no certified vendor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna_status.group_id = cls.ref("group_bbl_bol_2")
        cls.env["pso.certificate"].search([]).unlink()

    @classmethod
    def means(cls, kind, **vals):
        values = {"kind": kind, **vals}
        for name, prefix in (
            *(("group_id", "group"), ("form_id", "form"), ("level_id", "level")),
        ):
            if name in values:
                values[name] = cls.ref(f"{prefix}_{values[name]}").id
        return Command.create(values)

    @classmethod
    def heads(cls, **vals):
        values = {"group_id": "wajong", "form_id": "regular", "hours": 40, "most": 9}
        return cls.means("people", **{"cost": 1000, **values, **vals})

    @classmethod
    def question(cls, *means, level="step3", start=None, **vals):
        return cls.env["pso.scenario.question"].create(
            {
                "measurement_id": (start or cls.pso).id,
                "level_id": cls.ref(f"level_{level}").id,
                "means_ids": list(means),
                **vals,
            }
        )

    def take(self, question):
        return self.env["pso.scenario"].browse(question.action_take()["res_id"])


@tagged("post_install", "-at_install")
class TestQuestion(QuestionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for _one in range(17):
            cls.employee(40)

    def test_the_cheapest_way_is_said_and_taken(self):
        question = self.question(
            self.heads(cost=1000), self.heads(hours=20, cost=600, is_used=True)
        )
        question.action_ask()
        self.assertTrue(question.is_answered)
        self.assertIn("Step 3, with", question.answer)
        self.assertIn("Wajong, Regular contract", question.answer)
        scenario = self.take(question)
        self.assertEqual(scenario.level_id, self.ref("level_step3"))
        self.assertEqual(scenario.measurement_id, self.pso)
        self.assertIn(f"{scenario.cost:,.0f} a year", question.answer)

    def test_an_answer_goes_on_from_a_scenario(self):
        base = self.scenario(self.hire(hours=40))
        question = self.question(
            self.heads(), measurement_id=False, scenario_id=base.id
        )
        question.action_ask()
        scenario = self.take(question)
        self.assertEqual(scenario.line_ids[0].hours, 40)
        self.assertEqual(len(base.line_ids), 1)
        alone = self.question(self.heads())
        fewer = scenario.line_ids[1:].people
        self.assertEqual(fewer + 1, self.take(alone).line_ids.people)

    def test_a_budget_reaches_so_far(self):
        question = self.question(self.heads(), question="farthest", budget=1999)
        question.action_ask()
        self.assertEqual(self.take(question).line_ids.people, 1)

    def test_a_norm_that_is_unknown_is_said(self):
        question = self.question(self.heads(), level="basic")
        question.action_ask()
        self.assertFalse(question.is_answered)
        self.assertIn("not public", question.answer)
        self.assertIn("Step 1, Step 2, Step 3", question.answer)
        with self.assertRefused("no answer"):
            question.action_take()

    def test_what_is_missing_is_said(self):
        question = self.question(self.heads(most=1))
        question.action_ask()
        self.assertIn("not reached within these bounds", question.answer)
        self.assertIn("points are missing", question.answer)
        self.assertIn("More of these would help: Hire people", question.answer)
        question.write({"budget": 10, "means_ids": [Command.clear(), self.heads()]})
        question.action_ask()
        self.assertIn("within the budget: it costs", question.answer)

    def test_a_cost_is_asked_for_and_never_invented(self):
        question = self.question(self.heads(cost=0))
        with self.assertRefused("Say what these cost, or tick Costs Nothing"):
            question.action_ask()
        question.means_ids.is_free = True
        question.action_ask()
        self.assertTrue(question.is_answered)

    def test_what_is_wrong_is_named_at_its_field(self):
        won = {"level_id": "step1", "turnover": 1, "cost": 1}
        for reason, means in {
            "missing (People at Most)": self.heads(most=0),
            "(Hours a Week)": self.heads(hours=0),
            "least is more": self.heads(least=10),
            "zero or more": self.heads(least=-1),
            "more than can be reckoned with (People at Most)": self.heads(most=10**6),
            "missing (Assumed Level": self.means(
                "won", partner_id=self.grey.id, cost=1, turnover=1
            ),
            "an organisation is wanted (Vendor)": self.means(
                "won",
                partner_id=self.env["res.partner"].create({"name": "Jan"}).id,
                **won,
            ),
            "companies of the scope do not count as vendors (Vendor)": self.means(
                "won", partner_id=self.company.partner_id.id, **won
            ),
            "zero or more is wanted (Cost a Year)": self.means(
                "won", partner_id=self.grey.id, **won | {"cost": -1}
            ),
            "missing (Money at Most)": self.means(
                "money", partner_id=self.green.id, extra_price=1
            ),
            "at least one means": self.heads(is_used=False),
        }.items():
            with self.subTest(reason=reason), self.assertRefused(reason):
                self.question(means).action_ask()
        with self.assertRefused("a day of the period (Hires from)"):
            self.question(self.heads(), date_from="2026-01-01").action_ask()
        with self.assertRefused("zero or more (Budget)"):
            self.question(self.heads(), budget=-1).action_ask()

    def test_means_are_proposed_by_the_rule_book_and_the_vendors(self):
        """Not by who is here: the group of the only one is not proposed for that."""
        self.certificate(self.green)
        action = self.pso.with_user(self.coordinator).action_ask()
        question = self.env["pso.scenario.question"].browse(action["res_id"])
        self.assertEqual(question.level_id, self.pso.next_level_id)
        vendors = question.means_ids.partner_id
        self.assertEqual(vendors, self.green | self.grey)
        groups = question.means_ids.group_id
        self.anna_status.unlink()
        again = self.pso.with_user(self.coordinator).action_ask()["res_id"]
        self.assertEqual(
            self.env["pso.scenario.question"].browse(again).means_ids.group_id, groups
        )
        self.assertFalse(any(question.means_ids.mapped("is_used")))

    def test_vendors_of_companies_in_which_one_does_not_work_are_left_out(self):
        other = self.create_company("Sister")
        both = self.measurement(company_ids=[Command.set((self.company + other).ids)])
        self.certificate(self.green)
        self.green.company_id = other
        self.env.flush_all()
        user = self.user(MANAGER, companies=self.company + other)
        start = both.with_user(user)
        here = start.with_context(allowed_company_ids=self.company.ids)
        question = self.env["pso.scenario.question"]
        found = question.browse(here.action_ask()["res_id"]).means_ids.partner_id
        self.assertNotIn(self.green, found)
        self.env.invalidate_all()
        there = start.with_context(allowed_company_ids=(self.company + other).ids)
        found = question.browse(there.action_ask()["res_id"]).means_ids.partner_id
        self.assertIn(self.green, found)

    def test_cost_per_point_is_ranked(self):
        question = self.question(
            self.heads(hours=20, cost=600), self.heads(cost=1000, form_id="placement")
        )
        question.action_ask()
        dear, cheap = (
            self.ref(f"form_{form}").name for form in ("placement", "regular")
        )
        self.assertLess(question.ranking.index(cheap), question.ranking.index(dear))

    def test_who_may_not_make_scenarios_may_not_ask(self):
        user = self.user("pso_odoo.group_pso_user")
        with self.assertRaises(AccessError):
            self.pso.with_user(user).action_ask()

    def test_a_start_without_figures_has_no_answer(self):
        both = self.user(MANAGER, "hr.group_hr_user")
        question = self.env["pso.scenario.question"].with_user(both)
        question = question.create(
            {
                "measurement_id": self.pso.id,
                "level_id": self.ref("level_step3").id,
                "means_ids": [self.heads()],
            }
        )
        with self.assertRaises(UserError):
            question.action_ask()


@tagged("post_install", "-at_install")
class TestNextBestStep(QuestionCase):
    """On the dashboard, without asking: of what the company has costs for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for _one in range(17):
            cls.employee(40)

    def step(self, user=None, period=False, company=None):
        dashboard = self.env["pso.dashboard"].with_user(user or self.coordinator)
        return dashboard.next_best_step(period, (company or self.company).id)

    def price(self, **vals):
        return self.env["pso.cost"].create({"amount": 40000, **vals})

    @freeze_time("2025-12-31")
    def test_it_is_what_the_next_level_costs_least(self):
        self.certificate(self.green)
        self.assertEqual(self.step(), {"text": False, "has_costs": False})
        self.price()
        self.price(kind="purchases", amount=0, percentage=2, partner_id=self.green.id)
        # Dearer than another of equal weight, and so never part of it.
        self.price(
            amount=9999,
            group_id=self.ref("group_wajong").id,
            form_id=self.ref("form_regular").id,
        )
        told = self.step()
        self.assertTrue(told["has_costs"])
        self.assertIn("costs least by", told["text"])
        self.assertIn("+1 × 40 hours", told["text"])
        # Cents would pretend to be exact.
        self.assertIn("40,000", told["text"])
        self.assertNotIn("40,000.", told["text"])
        # The same answer as to who asks, of the same means.
        dashboard = self.env["pso.dashboard"].with_user(self.coordinator)
        action = dashboard.action_ask(False, self.company.id)
        question = self.env["pso.scenario.question"].browse(action["res_id"])
        self.assertEqual(question.company_id, self.company)
        self.assertFalse(question.measurement_id)
        for means in question.means_ids:
            means.is_used = means._said_cost() > 0
            if means.kind == "people":
                means.most = 100
        question.with_user(self.coordinator).action_ask()
        cost = told["text"].rsplit(": ", 1)[1].removesuffix(" a year.")
        self.assertIn(cost, question.answer.unescape())
        scenario = self.take(question.with_user(self.coordinator))
        self.assertEqual(scenario.start_kind, "rolling")
        self.assertEqual(scenario.company_id, self.company)

    @freeze_time("2025-12-31")
    def test_out_of_reach_it_is_the_cheapest_point(self):
        self.certificate(self.green)
        self.price(kind="purchases", amount=0, percentage=2, partner_id=self.green.id)
        figures = self.env["pso.supplier.figure"].search([])
        figures.filtered(lambda each: each.partner_id == self.green).fte = 1
        self.env.invalidate_all()
        self.assertIn("by “Spend at a vendor: Green”", self.step()["text"])
        # Purchases count no further without anybody of the target group.
        self.anna_status.unlink()
        self.env.invalidate_all()
        self.assertEqual(self.step(), {"text": False, "has_costs": True})

    @freeze_time("2025-12-31")
    def test_it_is_for_coordinators_and_what_goes_on(self):
        self.price()
        self.assertFalse(self.step(self.user("pso_odoo.group_pso_user")))
        self.assertFalse(self.step(period="year-2024"))
        key = f"measurement-{self.pso.id}"
        self.assertTrue(self.step(period=key)["text"])
        self.pso.action_lock()
        self.assertFalse(self.step(period=key))
        abroad = self.create_company("Abroad")
        with self.assertRaises(AccessError):
            self.step(company=abroad)

    def test_a_question_is_of_a_company_of_ones_own(self):
        abroad = self.create_company("Abroad")
        theirs = self.env["pso.scenario.question"].with_user(
            self.user(MANAGER, companies=abroad)
        )
        theirs = theirs.with_context(allowed_company_ids=abroad.ids)
        scenario = self.scenario()
        for vals in (
            {"company_id": self.company.id},
            {"measurement_id": self.pso.id},
            {"measurement_id": self.pso.id, "company_id": abroad.id},
            {"scenario_id": scenario.id, "company_id": abroad.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                question = theirs.create({**vals, "means_ids": [self.heads()]})
                question.level_id = self.ref("level_step3")
                question.action_ask()
