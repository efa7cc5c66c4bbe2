"""Questions of the solver: worked out by hand, and drawn at random mix by mix."""

import random
from fractions import Fraction
from itertools import product

from odoo.addons.pso_odoo.tools.score import Facts, Ladder, compute, exact
from odoo.addons.pso_odoo.tools.solver import Money, People, Won

STEP1 = ((2, "21.4"), (5, "12.6"), (10, "6.7"), (45, "3.4"), (50, "3.0"), (105, "1.4"))
STEP2 = ((2, "28.0"), (5, "17.0"), (10, "9.0"), (45, "4.6"), (50, "3.7"), (105, "1.9"))
STEP3 = ((2, "33.0"), (5, "22.0"), (10, "15.5"), (45, "7.4"), (50, "6.8"), (105, "3.7"))


def points(rows):
    return tuple((Fraction(size), Fraction(norm)) for size, norm in rows)


LADDER = Ladder(
    Fraction(4, 5),
    (
        ("basic", ()),
        ("step1", points(STEP1)),
        ("step2", points(STEP2)),
        ("step3", points(STEP3)),
    ),
)
FLAT = points([(2, "5")])


def facts(total, direct, indirect=0):
    return Facts(*(Fraction(str(value)) for value in (total, direct, indirect)))


def ladder(*norms, max_share=Fraction(4, 5)):
    return Ladder(max_share, tuple((f"step{n}", norm) for n, norm in enumerate(norms)))


COMPANY = facts(50, 1)
PART_TIMER = People("part-timer", exact(0.6), exact(0.6), 0, 5, 12000)
BLINKHOF = Money("Blinkhof", exact(0.00001), 40000, exact(0.05))

# Mixes of a company: what the slow search can look at one by one.
MOST = 400


def tenths(rnd, least, most):
    return Fraction(rnd.randint(least, most), 10)


class Climb:
    """A question of the solver, small enough to look at every mix of whole euros."""

    def __init__(self, seed):
        rnd = random.Random(seed)
        while True:
            self.facts = self._facts(rnd)
            self.ladder = self._ladder(rnd)
            self.means = self._means(rnd)
            if self._size() <= MOST and self._is_bought():
                break
        self.level = rnd.choice([level for level, points in self.ladder.rungs])
        self.budget = Fraction(rnd.choice([0, 1000, rnd.randint(0, 60000)]))

    def _facts(self, rnd):
        total = tenths(rnd, 0, 400)
        share = rnd.choice((0, 0, Fraction(1, 20), Fraction(1, 10), Fraction(3, 10)))
        return Facts(total, total * share, tenths(rnd, 0, 30))

    def _ladder(self, rnd):
        """Return norms that fall with the size, some that rise, some unknown."""
        rungs = []
        for level in range(3):
            sizes = sorted(rnd.sample(range(2, 40), rnd.randint(1, 4)))
            norms = [tenths(rnd, 5, 400) for _size in sizes]
            if rnd.random() < 0.7:
                norms.sort(reverse=True)
            is_known = rnd.random() < 0.9
            points = zip(map(Fraction, sizes), norms, strict=True)
            rungs.append((level, tuple(points) if is_known else ()))
        shares = (Fraction(4, 5), Fraction(4, 5), Fraction(1, 2), Fraction(1), 0)
        return Ladder(rnd.choice(shares), tuple(rungs))

    def _means(self, rnd):
        people = [self._people(rnd, n) for n in range(rnd.randint(0, 3))]
        won = [
            Won(
                f"certificate {n}",
                tenths(rnd, 0, 20),
                rnd.choice((0, 100, rnd.randint(-500, 5000))),
            )
            for n in range(rnd.randint(0, 2))
        ]
        money = [self._money(rnd, n, won) for n in range(rnd.randint(0, 3))]
        return [*money, *people, *won]

    def _people(self, rnd, number):
        total = tenths(rnd, -10 if rnd.random() < 0.3 else 1, 10)
        weight = rnd.choice((1, 1, Fraction(3, 4), Fraction(1, 2), 0, Fraction(3, 2)))
        least = rnd.choice((0, 0, rnd.randint(0, 2)))
        costs = (0, rnd.randint(-3000, 30000), 1000 * rnd.randint(1, 30), 9000 * total)
        return People(
            f"people {number}",
            total,
            total * weight,
            least,
            least + rnd.randint(0, 4),
            rnd.choice(costs),
        )

    def _money(self, rnd, number, won):
        rate, price = Fraction(rnd.randint(0, 20), 20), tenths(rnd, 0, 40)
        kind = rnd.random()
        if kind < 0.15:
            rate, price = -rate, -price
        elif kind < 0.25:
            price = -price
        elif kind < 0.4:
            price = 0
        room = Fraction(rnd.randint(0, 4)) if rnd.random() < 0.8 else tenths(rnd, 0, 40)
        needs = rnd.choice(won).key if won and rnd.random() < 0.5 else None
        return Money(f"vendor {number}", rate, room, price, needs)

    def choices(self, one):
        if isinstance(one, People):
            return range(one.least, one.most + 1)
        if isinstance(one, Won):
            return (0, 1)
        return sorted({*range(int(one.room) + 1), one.room})

    def _is_bought(self):
        """Return whether what savings take away has been bought."""
        taken = sum(
            -one.fte_per_euro * one.room
            for one in self.means
            if isinstance(one, Money) and one.fte_per_euro < 0
        )
        return taken <= self.facts.indirect_fte

    def _size(self):
        size = 1
        for one in self.means:
            size *= len(self.choices(one))
        return size

    def mixes(self):
        """Yield every mix: counts, cost, facts and score."""
        keys = [one.key for one in self.means]
        for choice in product(*map(self.choices, self.means)):
            counts = dict(zip(keys, choice, strict=True))
            if self.is_allowed(counts):
                facts = self.apply(counts)
                yield counts, self.cost(counts), facts, compute(facts, self.ladder)

    def is_allowed(self, counts):
        return all(
            counts[one.needs]
            for one in self.means
            if isinstance(one, Money) and one.needs and counts[one.key]
        )

    def cost(self, counts):
        return sum(self.price(one) * counts[one.key] for one in self.means)

    def price(self, one):
        return one.cost_per_euro if isinstance(one, Money) else one.cost

    def apply(self, counts):
        total, direct, indirect = (
            self.facts.total_fte,
            self.facts.direct_fte,
            self.facts.indirect_fte,
        )
        for one in self.means:
            count = counts[one.key]
            if isinstance(one, People):
                total += one.total_fte * count
                direct += one.direct_fte * count
            else:
                each = one.fte_per_euro if isinstance(one, Money) else one.indirect_fte
                indirect += each * count
        return Facts(total, direct, indirect)

    def euro(self):
        """Return what the dearest euro costs: whole euros cost so much more at most."""
        prices = [abs(self.price(one)) for one in self.means if isinstance(one, Money)]
        return max(prices, default=0)

    def steps_back(self, counts):
        """Yield counts with one head, certificate or euro less that saves nothing."""
        for one in self.means:
            fewer = {**counts, one.key: counts[one.key] - 1}
            least = one.least if isinstance(one, People) else 0
            if self.price(one) >= 0 and fewer[one.key] >= least:
                if self.is_allowed(fewer):
                    yield one.key, fewer
