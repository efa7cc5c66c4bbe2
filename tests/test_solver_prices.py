"""What a point costs by one means, and what cannot be calculated with."""

from dataclasses import replace
from fractions import Fraction
from math import ceil, inf, nan

from climbs import BLINKHOF, COMPANY, LADDER, PART_TIMER, facts

from odoo.tests import BaseCase, tagged

from odoo.addons.pso_odoo.tools.score import Facts, compute, exact
from odoo.addons.pso_odoo.tools.solver import (
    InvalidMeans,
    MissingCost,
    Money,
    People,
    Won,
    cheapest,
    cost_per_point,
    farthest,
)


@tagged("post_install", "-at_install")
class TestCostPerPoint(BaseCase):
    def test_means_by_what_a_point_costs(self):
        unknown = People("unknown", 1, 1, 0, 5)
        useless = Money("useless", 0, 1000, 1)
        new = Money("new", exact(0.00002), 10000, exact(0.01), "certificate")
        won = Won("certificate", exact(0.1), 300)
        means = [PART_TIMER, BLINKHOF, unknown, useless, won, new]
        ranked, apart = cost_per_point(COMPANY, LADDER, means)
        self.assertEqual(
            [price.key for price in ranked],
            ["new", "certificate", "Blinkhof", "part-timer"],
        )
        self.assertEqual([price.key for price in apart], ["unknown", "useless"])
        new, certificate, blinkhof, part_timer = ranked
        self.assertEqual((part_timer.amount, part_timer.cost), (1, 12000))
        points = 100 * Fraction("1.6") / Fraction("50.6") - 2
        self.assertEqual(part_timer.per_point, 12000 / points)
        # 40,000 euros are 0.4 fte: 0.79 points, and there is no more.
        self.assertEqual(blinkhof.amount, 40000)
        self.assertEqual(blinkhof.points, 100 * Fraction("0.4") / Fraction("50.4"))
        self.assertEqual((new.amount, new.cost), (10000, 400))
        self.assertEqual(new.points, 100 * Fraction("0.3") / Fraction("50.3"))
        self.assertEqual((certificate.amount, certificate.cost), (1, 300))
        self.assertEqual((apart[0].amount, apart[0].cost), (1, None))
        self.assertEqual((apart[1].amount, apart[1].per_point), (0, None))

    def test_a_point_of_people_is_the_fewest_heads(self):
        leaving = People("leaving", -1, exact(-0.01), 0, 30, -1)
        learner = People("learner", 1, exact(0.03), 0, 40, 1)
        head = People("head", exact(0.1), exact(0.1), 0, 90, 1)
        bulk = People("bulk", 10, exact(0.3), 0, 12, 1)
        for company in (facts(50, 1, "0.5"), facts(40, "0.4", 4)):
            prices = cost_per_point(company, LADDER, [leaving, learner, head, bulk])
            found = {price.key: price for price in (*prices[0], *prices[1])}
            for one in (leaving, learner, head, bulk):
                shares = [
                    compute(
                        Facts(
                            company.total_fte + one.total_fte * heads,
                            company.direct_fte + one.direct_fte * heads,
                            company.indirect_fte,
                        ),
                        LADDER,
                    ).total
                    for heads in range(one.most + 1)
                ]
                gains = [share - shares[0] for share in shares]
                enough = [heads for heads, gain in enumerate(gains) if gain >= 1]
                best = enough[0] if enough else gains.index(max(gains))
                with self.subTest(company=company, key=one.key):
                    self.assertEqual(found[one.key].amount, best)
                    self.assertEqual(found[one.key].points, gains[best])

    def test_money_that_brings_nothing_is_not_worth_its_certificate(self):
        won = Won("certificate", exact(0.1), 300)
        nothing = Money("nothing", 0, 1000, 1, "certificate")
        _ranked, apart = cost_per_point(COMPANY, LADDER, [won, nothing])
        self.assertEqual(
            [(price.key, price.points) for price in apart], [("nothing", 0)]
        )

    def test_a_point_of_money_is_the_fewest_whole_euros(self):
        wide = replace(BLINKHOF, room=10**6)
        price = cost_per_point(COMPANY, LADDER, [wide])[0][0]
        self.assertEqual(price.amount, ceil(Fraction(50, 99) * 100000))
        self.assertGreaterEqual(price.points, 1)
        self.assertEqual(price.cost, price.amount / 20)

    def test_money_beyond_the_largest_indirect_share_is_not_spent(self):
        wide = replace(BLINKHOF, room=10**6)
        price = cost_per_point(facts(50, "0.1"), LADDER, [wide])[0][0]
        # 0.2 % direct lets 0.8 % count.
        self.assertEqual(price.points, Fraction("0.8"))
        self.assertEqual(
            price.amount, ceil(Fraction("0.8") * 50 / Fraction("99.2") * 10**5)
        )


@tagged("post_install", "-at_install")
class TestBadInput(BaseCase):
    def test_means_that_cannot_be_calculated_with_are_named(self):
        bad = {
            "least": replace(PART_TIMER, least=-1),
            "most": replace(PART_TIMER, most=Fraction(3, 2)),
            "total_fte": replace(PART_TIMER, total_fte=nan),
            "direct_fte": replace(PART_TIMER, direct_fte=None),
            "cost": replace(PART_TIMER, cost=inf),
            "room": replace(BLINKHOF, room=-1),
            "fte_per_euro": replace(BLINKHOF, fte_per_euro="1"),
            "cost_per_euro": replace(BLINKHOF, cost_per_euro=nan),
            "needs": replace(BLINKHOF, needs="nobody"),
            "indirect_fte": Won("certificate", -1, 0),
        }
        for name, one in bad.items():
            with self.subTest(name), self.assertRaises(InvalidMeans) as caught:
                cheapest(COMPANY, LADDER, "step2", [one])
            self.assertEqual(
                (caught.exception.key, caught.exception.name), (one.key, name)
            )
            self.assertIn(repr(one.key), str(caught.exception))
            with self.assertRaises(InvalidMeans):
                cost_per_point(COMPANY, LADDER, [one])

    def test_bounds_the_wrong_way_round_and_keys_twice(self):
        swapped = replace(PART_TIMER, least=3, most=2)
        with self.assertRaisesRegex(InvalidMeans, "least of the means 'part-timer'"):
            cheapest(COMPANY, LADDER, "step2", [swapped])
        twice = [PART_TIMER, replace(BLINKHOF, key="part-timer")]
        with self.assertRaisesRegex(InvalidMeans, "is there twice"):
            farthest(COMPANY, LADDER, twice, 0)
        with self.assertRaisesRegex(InvalidMeans, "kind of the means"):
            cheapest(COMPANY, LADDER, "step2", ["somebody"])

    def test_a_company_or_question_that_cannot_be_calculated_with(self):
        with self.assertRaisesRegex(InvalidMeans, "direct_fte of the company"):
            cheapest(Facts(50, nan, 0), LADDER, "step2", [])
        with self.assertRaisesRegex(InvalidMeans, "budget"):
            cheapest(COMPANY, LADDER, "step2", [], nan)
        with self.assertRaisesRegex(InvalidMeans, "budget"):
            farthest(COMPANY, LADDER, [], None)
        with self.assertRaisesRegex(InvalidMeans, "'top' is not on the ladder"):
            cheapest(COMPANY, LADDER, "top", [])

    def test_means_without_a_cost_have_no_cheapest_mix(self):
        means = [replace(PART_TIMER, cost=None), replace(BLINKHOF, cost_per_euro=None)]
        with self.assertRaises(MissingCost) as caught:
            cheapest(COMPANY, LADDER, "step2", means)
        self.assertEqual(caught.exception.keys, ("part-timer", "Blinkhof"))
        self.assertIn("'Blinkhof'", str(caught.exception))
        with self.assertRaises(MissingCost):
            farthest(COMPANY, LADDER, means, 0)
