"""The cheapest whole heads and euros that reach a norm: branch and bound.

Sizes are cut into intervals on which the norm is a straight line. The interval with
the lowest bound is searched first, one kind of people after the other, and halved where
its bound is not sharp enough. What was seen with the same size and direct fte for less,
and what costs more than the best mix known, is left out. The search is in floats; every
mix that is kept has whole heads and euros and is held against the norm in fractions.
"""

from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import accumulate, count
from math import ceil, floor, gcd, lcm

from .score import TOLERANCE
from .solver_buying import Buying
from .solver_relaxed import lower_bound
from .solver_settling import Settling

# Money less than this is none: a ten-thousandth of a cent.
MONEY = 1e-6
# Mixes looked at in an interval before it is halved, and in all before the search
# says what it has.
IN_AN_INTERVAL = 2000
IN_ALL = 100_000


@dataclass(frozen=True)
class Kind:
    """A kind of people in floats, for the search."""

    total: float
    direct: float
    cost: float
    least: int
    most: int


class Problem:
    """Facts and means in floats, and as whole numbers of a smallest part of an fte."""

    def __init__(self, facts, means, max_share):
        self.facts, self.means = facts, means
        self.total = float(facts.total_fte)
        self.direct = float(facts.direct_fte)
        self.indirect = float(facts.indirect_fte)
        self.capped = 0.0 if max_share >= 1 else float(100 / (1 - max_share))
        self.kinds = [
            Kind(
                float(one.total_fte),
                float(one.direct_fte),
                float(one.cost),
                one.least,
                one.most,
            )
            for one in means.people
        ]
        self.buying = Buying(means.money, means.won)
        self.at_most = set()
        self.parts = [
            _whole_parts([getattr(one, name) for one in means.people])
            for name in ("total_fte", "direct_fte")
        ]
        span = sum(abs(one.cost) * (one.most - one.least) for one in self.kinds)
        self.spread = span + sum(abs(float(one.cost)) for one in means.won)
        self.spread += sum(
            abs(float(one.cost_per_euro * one.room)) for one in means.money
        )
        self.penalty = 1e3 * (1 + self.spread)
        # Costs are multiples of it: what is cheaper is so by as much. 0: by anything.
        costs = [one.cost for one in (*means.people, *means.won)]
        is_free = not any(one.cost_per_euro for one in means.money)
        self.step = float(_common(costs)) if is_free else 0.0

    def sizes(self):
        """Return the smallest and the largest size within the bounds, in fte."""
        ends = [
            sorted((one.total * one.least, one.total * one.most)) for one in self.kinds
        ]
        return (
            self.total + sum(low for low, _high in ends),
            self.total + sum(high for _low, high in ends),
        )


class Search:
    """Finds the cheapest mix that reaches a goal."""

    def __init__(self, problem, goal, limit=None, is_any_enough=False):
        self.problem, self.goal = problem, goal
        self.limit = None if limit is None else Fraction(limit)
        self.best = None
        self.hair = MONEY + 1e-13 * problem.spread
        # A mix is of interest below this.
        self.top = float("inf") if limit is None else float(limit) + self.hair
        self.floor = float("inf")
        self.is_any_enough = is_any_enough
        self.left = IN_ALL

    def run(self):
        """Return ``(mix, floor)``: the cheapest, and the least that any mix costs.

        The mix is None where none reaches the goal within the limit.
        """
        low, high = self.problem.sizes()
        order = count()
        queue = []
        for interval in self.goal.intervals(low, high):
            bound = lower_bound(self.problem, interval)
            queue.append((bound.value, next(order), bound, interval))
        heapify(queue)
        while queue and not self._is_done():
            value, _order, bound, interval = heappop(queue)
            if value >= self.top:
                break
            if self.left <= 0:
                self.floor = min(self.floor, value)
                break
            is_tiny = interval.right - interval.left < TOLERANCE
            dive = _Dive(
                self, bound, interval, self.left if is_tiny else IN_AN_INTERVAL
            )
            if dive.run():
                continue
            if is_tiny:
                self.floor = min(self.floor, value)
                continue
            for half in interval.halves():
                bound = lower_bound(self.problem, half)
                heappush(queue, (max(bound.value, value), next(order), bound, half))
        if self.best is None:
            return None, self.floor
        return self.best, min(self.best.cost, Fraction(self.floor))

    def _is_done(self):
        return self.is_any_enough and self.best is not None

    def offer(self, heads, wanted, cost):
        """Keep a mix that floats found, if fractions agree and it is the cheapest."""
        bought = self.problem.buying.least(wanted, self.top - cost)
        if bought is None:
            return
        mix = Settling(self.problem, self.goal, heads, bought[1]).mix()
        # With parts of euros.
        self.floor = min(self.floor, cost + bought[0])
        if mix is None or (self.limit is not None and mix.cost > self.limit):
            return
        if self.best is None or mix.cost < self.best.cost:
            self.best = mix
            step = max(self.hair, self.problem.step - self.hair)
            self.top = min(self.top, float(mix.cost) - step)


class _Dive:
    """Searches an interval of sizes, kind of people by kind."""

    def __init__(self, search, bound, interval, most):
        self.search, self.interval, self.left = search, interval, most
        problem = search.problem
        self.kinds = problem.kinds
        extra = bound.extra
        self.order = sorted(range(len(self.kinds)), key=lambda at: -abs(extra[at]))
        self.heads = list(bound.heads)
        infinite = float("inf")
        slack = 1e-9 * max(1.0, abs(interval.right))
        # Each a linear form of the heads and what it must be between; the first is the
        # cost beyond the bound, and its end comes down with every cheaper mix.
        total = [kind.total for kind in self.kinds]
        direct, direct_needed = bound.direct_form
        capped, capped_needed = bound.capped_form
        loose = 1e-7
        self.forms = [
            (extra, -infinite, infinite),
            (
                total,
                interval.left - problem.total - slack,
                interval.right - problem.total + slack,
            ),
            (direct, direct_needed - loose - 1e-11 * abs(direct_needed), infinite),
            (capped, capped_needed - loose - 1e-11 * abs(capped_needed), infinite),
        ]
        self.rest = [self._rest(form) for form, _low, _high in self.forms]
        self.base = bound.value - self.rest[0][0][0]
        self.seen = [{} for _kind in self.kinds]
        self.chosen = [0] * len(self.kinds)

    def _rest(self, form):
        """Return what the kinds from each place on can bring to a form at the ends."""
        ends = [
            sorted((form[at] * self.kinds[at].least, form[at] * self.kinds[at].most))
            for at in reversed(self.order)
        ]
        low = accumulate((end[0] for end in ends), initial=0.0)
        high = accumulate((end[1] for end in ends), initial=0.0)
        return list(zip(low, high, strict=True))[::-1]

    def run(self):
        """Search; return whether the whole interval was looked at."""
        before = self.left
        self._enter(0, (0.0,) * len(self.forms), 0, 0, 0.0)
        self.search.left -= before - max(self.left, 0)
        return self.left > 0

    def _enter(self, place, values, total, direct, cost):
        self.left -= 1
        if self.left <= 0 or self.search._is_done():
            return
        if place == len(self.order):
            self._finish(total, direct, cost)
            return
        if place and self.seen[place].get((total, direct), float("inf")) <= cost:
            return
        self.seen[place][total, direct] = cost
        at = self.order[place]
        kind = self.kinds[at]
        low, high = self._ends(place, at, values)
        middle = min(max(self.heads[at], low), high)
        parts = self.search.problem.parts
        for heads in sorted(range(low, high + 1), key=lambda n: abs(n - middle)):
            self.chosen[at] = heads
            self._enter(
                place + 1,
                tuple(
                    value + heads * form[0][at]
                    for value, form in zip(values, self.forms, strict=True)
                ),
                total + heads * parts[0][1][at],
                direct + heads * parts[1][1][at],
                cost + heads * kind.cost,
            )

    def _ends(self, place, at, values):
        """Return the fewest and the most heads with which a mix may still be found."""
        kind = self.kinds[at]
        low, high = kind.least, kind.most
        best = self.search.top - self.base
        for number, (form, least, most) in enumerate(self.forms):
            rest_low, rest_high = self.rest[number][place + 1]
            if not number:
                most = best
            per_head = form[at]
            under = least - values[number] - rest_high
            over = most - values[number] - rest_low
            if per_head < 0:
                under, over = -over, -under
            if per_head:
                per_head = abs(per_head)
                low = max(low, _ceil(under / per_head, low, high))
                high = min(high, _floor(over / per_head, low, high))
            elif under > 0 or over < 0:
                return 1, 0
        return low, high

    def _finish(self, total, direct, cost):
        """Offer the mix if the floats say that it may reach the norm."""
        problem, interval = self.search.problem, self.interval
        (total_parts, _each), (direct_parts, _all) = problem.parts
        total = problem.total + total / total_parts
        direct = problem.direct + direct / direct_parts
        if total <= 0 or direct <= 0:
            return
        norm = interval.a + interval.b * total
        if problem.capped and problem.capped * direct / total < norm:
            return
        lacking = norm - 100 * direct / total
        if lacking >= 100:
            return
        wanted = lacking * total / (100 - lacking) - problem.indirect
        least = problem.buying.relaxed.least(wanted)
        if cost + least < self.search.top:
            self.search.offer(self.chosen, wanted, cost)


def _whole_parts(values):
    """Return a number of parts in an fte, and the values as whole numbers of them."""
    parts = lcm(*(value.denominator for value in values))
    return parts, [int(value * parts) for value in values]


def _common(values):
    """Return the largest number of which all are multiples."""
    parts, numbers = _whole_parts(values)
    return Fraction(gcd(*numbers), parts)


def _ceil(value, low, high):
    """Return the whole number from a float's hair below, within the ends."""
    return high + 1 if value > high + 1 else ceil(max(value, low) - 1e-9)


def _floor(value, low, high):
    return low - 1 if value < low - 1 else floor(min(value, high) + 1e-9)
