"""What a level costs least: by hand, against every mix one by one, and at the edges.

``PSO_LONG=1`` looks at 2,000 companies drawn at random instead of 300.
"""

import os
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path

from climbs import (
    BLINKHOF,
    COMPANY,
    FLAT,
    LADDER,
    PART_TIMER,
    STEP2,
    STEP3,
    Climb,
    facts,
    ladder,
    points,
)

from odoo.tests import BaseCase, tagged

from odoo.addons.pso_odoo.tools.score import (
    Facts,
    compute,
    exact,
    gap_fte,
    gap_indirect,
    spend_for,
)
from odoo.addons.pso_odoo.tools.solver import (
    NO_DIRECT,
    NORM_UNKNOWN,
    OUT_OF_BOUNDS,
    OVER_BUDGET,
    TOO_SMALL,
    Answer,
    Missing,
    Money,
    People,
    Won,
    cheapest,
    farthest,
)
from odoo.addons.pso_odoo.tools.solver_goal import Goal

COMPANIES = 2000 if os.environ.get("PSO_LONG") else 300


@tagged("post_install", "-at_install")
class TestWorkedExamples(BaseCase):
    """Answers that can be recalculated by hand."""

    def test_one_person_and_money_for_the_rest(self):
        answer = cheapest(COMPANY, LADDER, "step2", [PART_TIMER, BLINKHOF])
        self.assertEqual(answer.counts, {"part-timer": 1, "Blinkhof": 26364})
        self.assertEqual(answer.cost, Fraction("13318.2"))
        self.assertEqual(answer.facts, facts("50.6", "1.6", "0.26364"))
        self.assertEqual(answer.score, compute(answer.facts, LADDER))
        self.assertEqual(answer.score.level, "step2")
        self.assertTrue(answer.is_proven)
        # With parts of euros: 100 x 0.518... / (100 - 0.518...) of 50.6 fte.
        norm = Fraction("3.7") - Fraction("0.6") * Fraction("1.8") / 55
        lacking = norm - 100 * Fraction("1.6") / Fraction("50.6")
        euros = lacking * Fraction("50.6") / (100 - lacking) * 100000
        self.assertAlmostEqual(float(answer.floor), 12000 + float(euros) / 20, 4)

    def test_the_page_on_the_solver_has_the_digits_of_its_example(self):
        page = (Path(__file__).parents[1] / "docs" / "solver.md").read_text()
        rows = []
        for heads, name in enumerate(("nobody", "one person", "two people")):
            here = facts(50 + Fraction("0.6") * heads, 1 + Fraction("0.6") * heads)
            score = compute(here, LADDER)
            most = replace(PART_TIMER, least=heads, most=heads)
            room = replace(BLINKHOF, room=10**6)
            answer = cheapest(COMPANY, LADDER, "step2", [most, room])
            norm = score.norms["step2"]
            lacking = f"{float(norm - score.total):.4f}"
            euros = f"{answer.counts['Blinkhof']:,} €"
            cost = f"{float(answer.cost):,.2f} €"
            if answer.counts["Blinkhof"] > BLINKHOF.room:
                euros, cost = f"{euros}: more than the room", ""
            if norm <= score.total:
                lacking = "none"
            rows.append(
                [
                    name,
                    f"{float(here.total_fte):.1f}",
                    f"{float(score.direct):.4f} %",
                    f"{float(norm):.4f} %",
                    lacking,
                    euros,
                    cost,
                ]
            )
        printed = [
            [cell.strip() for cell in line.replace("*", "").strip("|").split("|")]
            for line in page.splitlines()
            if line.startswith(("| nobody", "| **one", "| two"))
        ]
        self.assertEqual(printed, rows)
        answer = cheapest(COMPANY, LADDER, "step2", [PART_TIMER, BLINKHOF])
        euros = 20 * (answer.floor - 12000)
        self.assertIn(f"{float(euros / 100000):.5f} fte, {float(euros):,.2f} €", page)

    def test_nothing_is_done_where_the_level_is_reached(self):
        answer = cheapest(COMPANY, LADDER, "step2", [replace(PART_TIMER, least=2)])
        self.assertEqual(answer.counts, {"part-timer": 2})
        reached = cheapest(facts(50, 2), LADDER, "step2", [PART_TIMER, BLINKHOF])
        self.assertEqual(reached.counts, {"part-timer": 0, "Blinkhof": 0})
        self.assertEqual((reached.cost, reached.facts), (0, facts(50, 2)))

    def test_the_largest_indirect_share_asks_for_people(self):
        """Five times the direct share is all that counts, whatever is bought."""
        means = [replace(BLINKHOF, room=10**7), PART_TIMER]
        answer = cheapest(facts(50, "0.2"), ladder(FLAT), "step0", means)
        # One is enough: 100 x 0.8 / 50.6 = 1.58 %, five times that is 7.9 %.
        self.assertEqual(answer.counts["part-timer"], 1)
        lacking = 5 - 100 * Fraction("0.8") / Fraction("50.6")
        wanted = lacking * Fraction("50.6") / (100 - lacking)
        self.assertEqual(answer.counts["Blinkhof"], ceil(wanted * 100000))

    def test_who_leaves_can_be_the_cheapest_way(self):
        """Other staff that shrinks saves money, but the norm rises below 50 fte."""
        leaving = People("leaving", -1, 0, 0, 5, -3000)
        answer = cheapest(facts(50, "1.9"), LADDER, "step2", [leaving, PART_TIMER])
        self.assertEqual(answer.counts, {"leaving": 5, "part-timer": 1})
        # 3.8 % of 50 fte is enough, 4.22 % of 45 fte is not: the norm there is 4.6 %.
        alone = cheapest(facts(50, "1.9"), LADDER, "step2", [leaving])
        self.assertEqual(alone.counts, {"leaving": 0})

    def test_growth_crosses_printed_sizes_to_a_lower_norm(self):
        other = People("other", 10, 0, 0, 10, 1)
        answer = cheapest(facts(45, "2"), LADDER, "step2", [other])
        sizes = [45 + 10 * heads for heads in range(11)]
        reached = [n for n, size in enumerate(sizes) if self._is_reached(size, 2)]
        self.assertEqual(answer.counts["other"], reached[0])

    def _is_reached(self, size, direct):
        score = compute(facts(size, direct), LADDER)
        return score.level in ("step2", "step3")

    def test_not_everybody_leaves(self):
        leaving = People("leaving", -1, exact(-0.1), 0, 1, -1000)
        sizes = ladder(points([(0, "5")]))
        answer = cheapest(facts(1, "0.5"), sizes, "step0", [leaving])
        self.assertEqual(answer.counts, {"leaving": 0})

    def test_a_company_below_the_smallest_size_grows_first(self):
        means = [People("full-timer", 1, 1, 0, 3, 100), People("other", 1, 0, 0, 3, 1)]
        answer = cheapest(facts("0.5", "0.2"), LADDER, "step1", means)
        self.assertEqual(answer.counts, {"full-timer": 1, "other": 1})

    def test_without_a_direct_share_money_buys_no_level(self):
        free = replace(BLINKHOF, cost_per_euro=0, room=10**6)
        missing = cheapest(facts(50, 0), ladder(points([(2, "0")])), "step0", [free])
        self.assertEqual(missing.reason, NO_DIRECT)
        hired = cheapest(
            facts(50, 0), ladder(points([(2, "0")])), "step0", [free, PART_TIMER]
        )
        self.assertEqual(hired.counts, {"part-timer": 1, "Blinkhof": 0})

    def test_a_norm_that_rises_with_the_size_is_reached_by_few(self):
        rising = ladder(points([(10, "5"), (20, "50")]))
        learner = People("learner", 1, exact(0.25), 0, 20, 1)
        full = People("full", 1, 1, 0, 20, 5)
        answer = cheapest(facts(10, "0.4"), rising, "step0", [learner, full])
        self.assertEqual(answer.counts, {"learner": 0, "full": 1})

    def test_a_certificate_and_the_money_that_needs_it(self):
        won = Won("certificate", exact(0.1), 300)
        sure = Money("sure", exact(0.00001), 100000, exact(0.05))
        new = Money("new", exact(0.00002), 20000, exact(0.01), "certificate")
        lacking = facts(50, "1.5")
        # 0.7 points are 0.35247 fte: at the sure vendor 1762.35 euros.
        one = cheapest(lacking, LADDER, "step2", [sure])
        self.assertEqual((one.counts["sure"], one.cost), (35247, Fraction("1762.35")))
        # With the certificate 0.25247 fte are left: 12,624 euros at one per cent.
        two = cheapest(lacking, LADDER, "step2", [sure, won, new])
        self.assertEqual(two.counts, {"certificate": 1, "new": 12624, "sure": 0})
        self.assertEqual(two.cost, Fraction("426.24"))
        dear = replace(won, cost=1800)
        three = cheapest(lacking, LADDER, "step2", [sure, dear, new])
        self.assertEqual(three.counts, {"certificate": 0, "new": 0, "sure": 35247})

    def test_savings_are_bought_back_no_further_than_needed(self):
        less = Money("less", exact(-0.00001), 50000, exact(-0.1))
        answer = cheapest(facts(50, "1.5", "0.6"), LADDER, "step2", [less])
        # 0.35247 fte have to stay.
        self.assertEqual(answer.counts, {"less": 24753})
        self.assertEqual(answer.cost, Fraction("-2475.3"))

    def test_the_same_vendor_costs_whole_euros_up_to_its_room(self):
        room = Fraction("35246.9")
        wanted = Fraction("0.7") * 50 / Fraction("99.3") * 100000
        self.assertLess(wanted, room)
        answer = cheapest(
            facts(50, "1.5"), LADDER, "step2", [replace(BLINKHOF, room=room)]
        )
        self.assertEqual(answer.counts["Blinkhof"], room)

    def test_a_vendor_that_costs_nothing_does_not_make_the_others_free(self):
        """Costs are multiples of a head's only where no euro costs anything."""
        head = People("head", 1, 1, 0, 2, 10000)
        dear = Money("dear", Fraction(1, 1000), 5000, 11)
        free = Money("free", 0, 0, 0)
        answer = cheapest(COMPANY, ladder(FLAT), "step0", [head, dear, free])
        self.assertEqual(answer.cost, 10000 + 556 * 11)

    def test_euros_that_the_last_one_makes_idle_are_taken_back(self):
        """352 euros at the dear vendor leave 468 of the thousand at the cheap one."""
        cheap = Money("cheap", exact(0.000001), 1000, exact(0.0001))
        dear = Money("dear", exact(0.001), 1000, exact(0.5))
        answer = cheapest(facts(50, "1.5"), LADDER, "step2", [cheap, dear])
        self.assertEqual(answer.counts, {"cheap": 468, "dear": 352})

    def test_a_higher_level_that_is_easier_will_do(self):
        easier = ladder(points([(2, "9")]), points([(2, "4")]))
        answer = cheapest(facts(50, "1.5"), easier, "step0", [PART_TIMER])
        self.assertEqual(answer.counts["part-timer"], 1)
        self.assertEqual(answer.score.level, "step1")

    def test_numbers_of_any_kind_are_read_as_written(self):
        floats = cheapest(
            Facts(50, 1.0, Decimal(0)),
            LADDER,
            "step2",
            [
                People("part-timer", 0.6, 0.6, 0, 5, 12000.0),
                Money("Blinkhof", 0.00001, 4e4, 0.05),
            ],
        )
        exactly = cheapest(COMPANY, LADDER, "step2", [PART_TIMER, BLINKHOF])
        self.assertEqual(floats, exactly)

    def test_people_alone_agree_with_the_distance_in_fte(self):
        """A hundredth of an fte a head: the distance, rounded up to hundredths."""
        for total, direct, indirect in ((50, 1, 0), (800, 9, "1.5"), (3, "0.1", 1)):
            company = facts(total, direct, indirect)
            head = People("head", exact(0.01), exact(0.01), 0, 5000, 1)
            answer = cheapest(company, LADDER, "step3", [head])
            gap = gap_fte(company, points(STEP3), LADDER.indirect_max_share)
            self.assertEqual(answer.counts["head"], ceil(gap * 100 - 1e-6))

    def test_money_alone_agrees_with_the_distance_in_money(self):
        company = facts(50, "1.5", "0.1")
        vendors = [
            Money(n, Fraction(10 - n, 10**6), 9000, exact(0.05)) for n in range(6)
        ]
        answer = cheapest(company, LADDER, "step2", vendors)
        gap = gap_indirect(company, points(STEP2), LADDER.indirect_max_share)
        offers = [(one.fte_per_euro, one.room) for one in vendors]
        spent = sum(answer.counts.values())
        self.assertEqual(spent, ceil(spend_for(gap, offers) - Fraction(1, 1000)))


@tagged("post_install", "-at_install")
class TestEveryMix(BaseCase):
    """Small companies, every mix of heads, certificates and whole euros one by one."""

    def test_no_mix_is_cheaper_and_one_step_less_does_not_reach(self):
        seen = set()
        for seed in range(COMPANIES):
            climb = Climb(seed)
            if not dict(climb.ladder.rungs)[climb.level]:
                continue
            with self.subTest(seed=seed):
                answer = cheapest(climb.facts, climb.ladder, climb.level, climb.means)
                costs = [
                    cost
                    for _counts, cost, _facts, score in climb.mixes()
                    if self._is_reached(score, climb)
                ]
                if isinstance(answer, Missing):
                    seen.add(answer.reason)
                    self.assertFalse(costs)
                    continue
                self._check(climb, answer)
                least = min(costs)
                seen.add("exact" if answer.cost == least else "rounded")
                self.assertGreaterEqual(least, answer.floor - Fraction(1, 10**5))
                self.assertLessEqual(answer.cost, least + climb.euro())
        self.assertLessEqual({"exact", OUT_OF_BOUNDS, TOO_SMALL, NO_DIRECT}, seen)

    def _check(self, climb, answer):
        self.assertTrue(answer.is_proven)
        self.assertEqual(answer.cost, climb.cost(answer.counts))
        self.assertEqual(answer.facts, climb.apply(answer.counts))
        self.assertEqual(answer.score, compute(answer.facts, climb.ladder))
        self.assertTrue(self._is_reached(answer.score, climb))
        self.assertTrue(climb.is_allowed(answer.counts))
        self.assertLessEqual(answer.floor, answer.cost)
        self.assertLessEqual(
            answer.cost, answer.floor + climb.euro() + Fraction(1, 10**5)
        )
        for one in climb.means:
            self.assertGreaterEqual(answer.counts[one.key], climb.choices(one)[0])
            self.assertLessEqual(answer.counts[one.key], climb.choices(one)[-1])
        for key, fewer in climb.steps_back(answer.counts):
            score = compute(climb.apply(fewer), climb.ladder)
            self.assertFalse(self._is_reached(score, climb), key)

    def _is_reached(self, score, climb):
        return score.level is not None and score.level >= climb.level

    def test_a_budget_reaches_no_further_and_what_lacks_is_least(self):
        for seed in range(COMPANIES // 3):
            climb = Climb(seed)
            if not dict(climb.ladder.rungs)[climb.level]:
                continue
            with self.subTest(seed=seed):
                mixes = list(climb.mixes())
                # What a mix costs at most if a euro more is spent at every vendor.
                rounding = sum(
                    abs(climb.price(one))
                    for one in climb.means
                    if isinstance(one, Money)
                )
                within = [
                    (facts, score)
                    for _counts, cost, facts, score in mixes
                    if cost <= climb.budget - rounding
                ]
                self._check_farthest(climb, within)
                self._check_missing(climb, mixes, within)

    def _check_farthest(self, climb, within):
        found = farthest(climb.facts, climb.ladder, climb.means, climb.budget)
        best = max(
            (
                (score.level, score.total)
                for _facts, score in within
                if score.level is not None
            ),
            default=None,
        )
        if isinstance(found, Missing):
            self.assertIsNone(best)
            return
        self.assertLessEqual(found.cost, climb.budget)
        if best:
            here = (found.score.level, found.score.total + Fraction(1, 10**6))
            self.assertGreaterEqual(here, best)

    def _check_missing(self, climb, mixes, within):
        found = cheapest(
            climb.facts, climb.ladder, climb.level, climb.means, climb.budget
        )
        if isinstance(found, Answer):
            self.assertLessEqual(found.cost, climb.budget)
            return
        is_reached = any(self._is_reached(score, climb) for *_mix, score in mixes)
        self.assertEqual(found.reason == OVER_BUDGET, is_reached)
        self.assertFalse(any(self._is_reached(score, climb) for _f, score in within))
        norms = tuple(p for level, p in climb.ladder.rungs[climb.level :] if p)
        goal = Goal(norms, climb.ladder.indirect_max_share)
        lacking = [
            goal.shortfall(facts) for facts, _score in within if facts.direct_fte > 0
        ]
        lacking = [points for points in lacking if points is not None]
        if found.closest is None:
            self.assertFalse(lacking)
            return
        self.assertEqual(found.points, goal.shortfall(found.closest.facts))
        self.assertLessEqual(found.closest.cost, climb.budget)
        if lacking:
            self.assertLessEqual(found.points, min(lacking) + Fraction(1, 10**6))

    def test_more_room_never_costs_more(self):
        for seed in range(0, COMPANIES, 5):
            climb = Climb(seed)
            answer = cheapest(climb.facts, climb.ladder, climb.level, climb.means)
            wider = [
                replace(one, most=one.most + 1)
                if isinstance(one, People)
                else replace(one, room=one.room + 1)
                if isinstance(one, Money)
                else one
                for one in climb.means
            ]
            more = cheapest(climb.facts, climb.ladder, climb.level, wider)
            with self.subTest(seed=seed):
                if isinstance(answer, Answer):
                    self.assertLessEqual(more.floor, answer.cost)
                    self.assertLessEqual(more.cost, answer.cost + climb.euro())


@tagged("post_install", "-at_install")
class TestWhatLacks(BaseCase):
    def test_an_unknown_norm_names_the_levels_that_are_known(self):
        missing = cheapest(COMPANY, LADDER, "basic", [PART_TIMER])
        self.assertEqual(missing.reason, NORM_UNKNOWN)
        self.assertEqual(missing.known_levels, ("step1", "step2", "step3"))
        nothing = farthest(COMPANY, ladder(()), [PART_TIMER], 0)
        self.assertEqual((nothing.reason, nothing.known_levels), (NORM_UNKNOWN, ()))

    def test_bounds_that_bind_and_the_points_that_lack(self):
        means = [replace(PART_TIMER, most=1), replace(BLINKHOF, room=10000)]
        means.append(People("other", 1, 0, 0, 5, 0))
        missing = cheapest(COMPANY, ladder(FLAT), "step0", means)
        self.assertEqual(missing.reason, OUT_OF_BOUNDS)
        self.assertEqual(
            missing.closest.counts, {"part-timer": 1, "Blinkhof": 10000, "other": 0}
        )
        total = missing.closest.score.total
        self.assertEqual(missing.points, 5 - total)
        self.assertEqual(missing.binding, ("part-timer", "Blinkhof"))
        self.assertFalse(missing.is_capped)
        self.assertIsNone(missing.cheapest)

    def test_those_who_have_to_be_hired_can_bind(self):
        other = People("other", 5, 0, 2, 4, 0)
        missing = cheapest(facts(50, 2), ladder(FLAT), "step0", [other])
        self.assertEqual(missing.closest.counts, {"other": 2})
        self.assertEqual(missing.binding, ("other",))

    def test_a_vendor_without_its_certificate_does_not_bind(self):
        means = [
            Won("certificate", 0, 10**6),
            Money("new", exact(0.00001), 0, 0, "certificate"),
        ]
        missing = cheapest(COMPANY, ladder(FLAT), "step0", means, 0)
        self.assertEqual(missing.binding, ())

    def test_purchases_that_count_no_further_say_so(self):
        rich = replace(BLINKHOF, room=10**7)
        missing = cheapest(facts(50, "0.2"), ladder(FLAT), "step0", [rich])
        self.assertEqual(missing.reason, OUT_OF_BOUNDS)
        self.assertTrue(missing.is_capped)
        # 0.4 % direct, five times that is all.
        self.assertAlmostEqual(float(missing.points), 3, 5)
        self.assertEqual(missing.binding, ())

    def test_a_company_that_stays_too_small(self):
        missing = cheapest(facts("0.5", "0.5"), LADDER, "step1", [PART_TIMER])
        self.assertIsInstance(missing, Answer)
        missing = cheapest(
            facts("0.5", "0.5"), LADDER, "step1", [replace(PART_TIMER, most=2)]
        )
        self.assertEqual((missing.reason, missing.closest), (TOO_SMALL, None))

    def test_a_budget_that_is_too_small_says_what_is_needed(self):
        means = [PART_TIMER, BLINKHOF]
        missing = cheapest(COMPANY, LADDER, "step2", means, 13318)
        self.assertEqual(missing.reason, OVER_BUDGET)
        self.assertEqual(missing.cheapest.cost, Fraction("13318.2"))
        self.assertEqual(missing.closest.counts["Blinkhof"], 26360)
        enough = cheapest(COMPANY, LADDER, "step2", means, Fraction("13318.2"))
        self.assertEqual(enough.cost, Fraction("13318.2"))

    def test_a_budget_that_is_just_enough_is_enough(self):
        two = replace(PART_TIMER, least=0)
        enough = cheapest(COMPANY, LADDER, "step2", [two], 24000)
        self.assertEqual(enough.counts, {"part-timer": 2})
        self.assertEqual(farthest(COMPANY, LADDER, [two], 24000).score.level, "step2")

    def test_the_most_a_budget_reaches(self):
        means = [PART_TIMER, BLINKHOF]
        found = farthest(COMPANY, LADDER, means, 13318)
        self.assertEqual(found.score.level, "step1")
        # What is left is spent on a higher total.
        self.assertEqual(found.counts, {"part-timer": 1, "Blinkhof": 26360})
        found = farthest(COMPANY, LADDER, means, 13400)
        self.assertEqual(found.score.level, "step2")
        self.assertEqual(found.counts, {"part-timer": 1, "Blinkhof": 28000})
        none = farthest(COMPANY, LADDER, [replace(PART_TIMER, total_fte=0)], 0)
        self.assertEqual((none.level, none.reason), ("step1", OVER_BUDGET))
