"""What makes the solver fast is true: bounds above no mix, and no search given up."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product

from climbs import Climb

from odoo.tests import BaseCase, tagged

from odoo.addons.pso_odoo.tools.score import Facts, Ladder, compute, exact
from odoo.addons.pso_odoo.tools.solver import Money, People, Won, cheapest, farthest
from odoo.addons.pso_odoo.tools.solver_buying import Buying
from odoo.addons.pso_odoo.tools.solver_goal import Goal
from odoo.addons.pso_odoo.tools.solver_means import Means
from odoo.addons.pso_odoo.tools.solver_relaxed import Interval, lower_bound, simplex
from odoo.addons.pso_odoo.tools.solver_search import Problem

NORM = tuple(
    (Fraction(size), Fraction(norm))
    for size, norm in (
        (2, "28.0"),
        (5, "17.0"),
        (10, "9.0"),
        (20, "7.3"),
        (45, "4.6"),
        (50, "3.7"),
        (80, "2.6"),
        (105, "1.9"),
    )
)
LADDER = Ladder(Fraction(4, 5), (("step2", NORM),))


def large(seed, is_proportional=False, vendors=300, is_free=False):
    """Return six kinds of people up to fifty heads, certificates and vendors."""
    rnd = random.Random(seed)
    people = []
    for number in range(6):
        fte = Fraction(rnd.choice((8, 12, 16, 20, 24, 28, 32, 36, 40)), 40)
        weight = exact(rnd.choice((1, 0.9, 0.75, 0.5)))
        cost = 40000 * fte if is_proportional else rnd.randint(5000, 45000)
        people.append(People(f"people {number}", fte, fte * weight, 0, 50, cost))
    won = [
        Won(
            f"certificate {n}",
            exact(rnd.randint(0, 100) / 1000),
            rnd.randint(500, 9000),
        )
        for n in range(4 if vendors else 0)
    ]
    money = []
    for number in range(vendors):
        rate = exact(rnd.randint(1, 900) / 10**8)
        price = 0 if is_free else exact(rnd.randint(20, 100) / 1000)
        needs = rnd.choice((None, None, *(one.key for one in won)))
        money.append(
            Money(f"vendor {number}", rate, rnd.randint(100, 20000), price, needs)
        )
    return [*people, *won, *money]


@tagged("post_install", "-at_install")
class TestLargeQuestions(BaseCase):
    def test_six_kinds_and_300_vendors_are_solved_to_the_end(self):
        for seed, (total, share) in enumerate(
            ((50000, "0.0188"), (800, "0.01"), (3, "0"))
        ):
            company = Facts(
                Fraction(total), total * Fraction(share), Fraction(total, 5000)
            )
            for is_proportional in (False, True):
                with self.subTest(total=total, is_proportional=is_proportional):
                    means = large(seed, is_proportional)
                    answer = cheapest(company, LADDER, "step2", means)
                    self.assertTrue(answer.is_proven)
                    self.assertLess(answer.cost - answer.floor, Fraction(1, 10))
                    self.assertEqual(answer.score.level, "step2")
                    budget = answer.cost - 1
                    missing = cheapest(company, LADDER, "step2", means, budget)
                    self.assertEqual(missing.cheapest, answer)

    def test_heads_whose_price_is_that_of_their_hours_are_solved_to_the_end(self):
        """Costs differ by a multiple of what all of them are multiples of."""
        company = Facts(Fraction(400), Fraction(0), Fraction(2, 25))
        for seed in range(6):
            answer = cheapest(company, LADDER, "step2", large(seed, True, 0))
            self.assertTrue(answer.is_proven)
            self.assertEqual(answer.cost, answer.floor)

    def test_costs_in_steps_hide_no_cheaper_mix(self):
        """Heads of few prices: the best mix is often one step below the one before."""
        for seed in range(60):
            draw = random.Random(seed)
            people = []
            for number in range(4):
                tenths = draw.randint(1, 9)
                cost = 500 * draw.randint(1, 2 * tenths)
                direct = Fraction(tenths, 10) * draw.choice((1, Fraction(1, 2)))
                people.append(
                    People(f"people {number}", Fraction(tenths, 10), direct, 0, 4, cost)
                )
            # With many purchases it is their largest share that asks for people.
            indirect = Fraction(draw.choice((0, 30)))
            company = Facts(Fraction(60), Fraction(draw.randint(0, 3), 20), indirect)
            answer = cheapest(company, LADDER, "step2", people)
            costs = []
            for heads in product(range(5), repeat=4):
                total, direct, cost = company.total_fte, company.direct_fte, 0
                for one, count in zip(people, heads, strict=True):
                    total += one.total_fte * count
                    direct += one.direct_fte * count
                    cost += one.cost * count
                after = Facts(total, direct, indirect)
                if compute(after, LADDER).level:
                    costs.append(cost)
            with self.subTest(seed=seed):
                least = min(costs, default=None)
                self.assertEqual(getattr(answer, "cost", None), least)

    def test_a_budget_is_spent_to_the_last_euro_that_helps(self):
        company = Facts(Fraction(800), Fraction(8), Fraction(4, 25))
        means = large(5)
        least = cheapest(company, LADDER, "step2", means)
        found = farthest(company, LADDER, means, least.cost + 50000)
        self.assertTrue(found.is_proven)
        self.assertEqual(found.score.level, "step2")
        self.assertGreater(found.score.total, least.score.total)
        self.assertLess(least.cost + 50000 - found.cost, 200)


@tagged("post_install", "-at_install")
class TestBounds(BaseCase):
    def test_a_line_below_the_norm_is_nowhere_above_it(self):
        for a, b in ((10, -0.3), (5, 0.2), (7, 0)):
            interval = Interval(4.0, 9.0, a, b)
            slope, constant = interval.below()
            curve = [
                ((a + b * size) * size, slope * size + constant)
                for size in (4.0 + step / 10 for step in range(51))
            ]
            self.assertTrue(all(low <= high + 1e-9 for high, low in curve))
            # And no further below than a quarter of the way between a curve's ends.
            self.assertLess(max(high - low for high, low in curve), abs(b) * 6.3 + 1e-9)

    def test_a_bound_is_above_no_mix_of_its_interval(self):
        tight = 0
        for seed in range(150):
            climb = Climb(seed)
            norms = tuple(points for _level, points in climb.ladder.rungs if points)
            means = Means.of(climb.means)
            share = Fraction(climb.ladder.indirect_max_share)
            problem = Problem(climb.facts, means, share)
            goals = [Goal((points,), share) for points in norms]
            mixes = [(cost, facts) for _counts, cost, facts, _score in climb.mixes()]
            for goal in goals:
                for interval in goal.intervals(*problem.sizes()):
                    for part in (interval, *interval.halves()):
                        bound = lower_bound(problem, part)
                        costs = [
                            cost
                            for cost, facts in mixes
                            if part.left <= facts.total_fte <= part.right
                            and goal.is_reached(facts)
                        ]
                        least = min(costs, default=float("inf"))
                        self.assertLessEqual(bound.value, least + 1e-4, seed)
                        tight += costs != [] and bound.value > least - 2000
        self.assertGreater(tight, 150)

    def test_money_and_certificates_cost_what_every_choice_shows(self):
        for seed in range(300):
            climb = Climb(seed)
            means = Means.of(climb.means)
            buying = Buying(means.money, means.won)
            for tenths in range(-5, 40, 3):
                fte = tenths / 10
                shown = self._least(means, fte)
                found = buying.least(fte, float("inf"))
                with self.subTest(seed=seed, fte=fte):
                    self.assertLessEqual(buying.relaxed.least(fte), shown + 1e-6)
                    if shown == float("inf"):
                        self.assertIsNone(found)
                        continue
                    self.assertAlmostEqual(found[0], shown, 6)
                    self.assertIsNone(buying.least(fte, found[0] - 1e-3))
                    open_money = [
                        one
                        for one in means.money
                        if one.needs is None or one.needs in found[1]
                    ]
                    sure = Buying([replace(one, needs=None) for one in open_money], [])
                    won = [one for one in means.won if one.key in found[1]]
                    there = sum(float(one.indirect_fte) for one in won)
                    cost = sum(float(one.cost) for one in won)
                    self.assertAlmostEqual(
                        sure.relaxed.least(fte - there) + cost, found[0], 6
                    )

    def _least(self, means, fte):
        """Return the least cost over all sets of certificates, in parts of euros."""
        least = float("inf")
        for choice in product((False, True), repeat=len(means.won)):
            won = [one for one, is_won in zip(means.won, choice, strict=True) if is_won]
            keys = {None, *(one.key for one in won)}
            have = sum(float(one.indirect_fte) for one in won)
            cost = sum(float(one.cost) for one in won)
            steps = []
            for one in means.money:
                if one.needs not in keys:
                    continue
                rate, price = float(one.fte_per_euro), float(one.cost_per_euro)
                room = float(one.room)
                if price < 0:
                    have += rate * room
                    cost += price * room
                    rate, price = -rate, -price
                if rate > 0:
                    steps.append((price / rate, rate * room))
            for price, most in sorted(steps):
                bought = min(max(fte - have, 0), most)
                have += bought
                cost += bought * price
            if have >= fte - 1e-9:
                least = min(least, cost)
        return least

    def test_a_linear_problem_has_the_prices_that_are_known(self):
        """Minimise 2x + 3y under x + y = 4, x - y = 1 and z = 2, z for nothing."""
        columns = [
            (2.0, 10.0, (1.0, 1.0, 0.0)),
            (3.0, 10.0, (1.0, -1.0, 0.0)),
            (0.0, 2.0, (0.0, 0.0, 1.0)),
        ]
        prices, amounts = simplex(columns, (4.0, 1.0, 2.0), 1e4)
        self.assertEqual([round(amount, 9) for amount in amounts[:3]], [2.5, 1.5, 2.0])
        self.assertAlmostEqual(prices[0], 2.5)
        self.assertAlmostEqual(prices[1], -0.5)

    def test_a_linear_problem_fills_the_cheaper_first(self):
        columns = [
            (1.0, 3.0, (1.0, 0.0, 0.0)),
            (2.0, 3.0, (1.0, 0.0, 0.0)),
            (-1.0, 2.0, (0.0, 1.0, 0.0)),
            (0.0, 9.0, (0.0, 1.0, 0.0)),
        ]
        prices, amounts = simplex(columns, (5.0, 4.0, 0.0), 1e4)
        self.assertEqual(amounts[:4], [3.0, 2.0, 2.0, 2.0])
        self.assertEqual(prices[:2], [2.0, 0.0])
