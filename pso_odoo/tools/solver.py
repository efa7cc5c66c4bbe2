"""What a level costs least, and what a budget reaches at most: no ORM, no input.

Means are people (whole heads), money at vendors (euros) and certificates that vendors
win (yes or no), each within bounds. The size, with it the norm, the denominator of the
indirect share and the largest indirect share move with every choice, and all four are
taken anew (sections 2 to 5 of the rule book). ``docs/solver.md`` says how.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor

from .score import Facts, Score, compute, norm_at, percentages
from .solver_goal import Goal
from .solver_means import (
    InvalidMeans,
    Means,
    MissingCost,
    Money,
    People,
    Won,
    as_fraction,
    checked_facts,
    number,
)
from .solver_prices import Price, cost_per_point
from .solver_search import Problem, Search
from .solver_settling import Mix

__all__ = [
    "Answer",
    "InvalidMeans",
    "Missing",
    "MissingCost",
    "Money",
    "People",
    "Price",
    "Won",
    "cheapest",
    "cost_per_point",
    "farthest",
]

# Percentage points to which the best mix within a budget, or below a level, is found.
POINTS = Fraction(1, 2 * 10**6)
# By how much a step that has found a mix is longer than the one before.
LONGER = 16

NORM_UNKNOWN = "norm_unknown"
TOO_SMALL = "too_small"
NO_DIRECT = "no_direct"
OUT_OF_BOUNDS = "out_of_bounds"
OVER_BUDGET = "over_budget"
UNDECIDED = "undecided"


@dataclass(frozen=True)
class Answer:
    """A mix, what it costs, and what it makes of the company.

    :param counts: heads, euros, and 1 or 0 for a certificate, by key of the means
    :param cost: euros a year
    :param floor: euros a year that no mix within the bounds is below. As amounts are
        whole euros, the cost may be more by less than what one euro costs at the last
        vendor
    :param is_proven: False where the search gave up, and the floor may be far below
    """

    counts: dict
    cost: Fraction
    floor: float
    facts: Facts
    score: Score
    is_proven: bool = True


@dataclass(frozen=True)
class Missing:
    """Why a level is not reached, and how far the means come.

    :param reason: ``NORM_UNKNOWN``, ``TOO_SMALL`` (below the smallest size that has a
        norm), ``NO_DIRECT`` (no target group), ``OUT_OF_BOUNDS``, ``OVER_BUDGET``, or
        ``UNDECIDED`` where the search gave up
    :param known_levels: levels whose norm is known, from the lowest
    :param points: percentage points that lack to the norm after the closest mix
    :param closest: ``Answer`` that comes closest within bounds and budget, or None
    :param binding: keys of the means at a bound beyond which the closest mix would
        come closer
    :param is_capped: whether purchases count no further without more direct share
    :param cheapest: for ``OVER_BUDGET`` the ``Answer`` that reaches the level
    """

    level: object
    reason: str
    known_levels: tuple
    points: Fraction | None = None
    closest: Answer | None = None
    binding: tuple = ()
    is_capped: bool = False
    cheapest: Answer | None = None


def cheapest(facts, ladder, level, means, budget=None):
    """Find the mix that reaches a level, or a higher one, for the least money.

    The answer reaches the level by ``compute``; without one of the heads, euros or
    certificates it has chosen, where these do not save money, it does not. No mix
    within the bounds costs less than ``floor``, which is below the cost by less than
    what one euro costs: the last vendor's amount is rounded up to whole euros.

    :param level: a level of the ladder
    :param means: any of ``People``, ``Money`` and ``Won``
    :param budget: euros a year at most, or None
    :return: ``Answer``, or ``Missing`` where no mix within bounds and budget reaches it
    :raises InvalidMeans: for means or facts that cannot be calculated with
    :raises MissingCost: for means without a cost; a cost of 0 has to be said
    """
    asked = _Question(facts, ladder, means, budget)
    if level not in asked.levels:
        raise InvalidMeans(None, "level", f"{level!r} is not on the ladder")
    return asked.cheapest(level)


def farthest(facts, ladder, means, budget):
    """Find the highest level that a budget reaches, and the highest total within it.

    First the level, then the total percentage, then the cost: of the mixes within the
    budget that reach the highest level, the one with the highest total (to a
    millionth of a point), of these the cheapest.

    :param budget: euros a year at most
    :return: ``Answer``, or ``Missing`` to the lowest known level where none is reached
    :raises InvalidMeans, MissingCost: as ``cheapest`` does
    """
    asked = _Question(facts, ladder, means, budget)
    if budget is None:
        raise InvalidMeans(None, "budget", "is not a number")
    return asked.farthest()


@dataclass
class _Question:
    """Facts, ladder and means of one question, checked."""

    facts: object
    ladder: object
    means: object
    budget: object
    levels: dict = field(default_factory=dict)

    def __post_init__(self):
        self.facts = checked_facts(self.facts)
        self.means = Means.of(self.means)
        if missing := self.means.without_cost():
            raise MissingCost(missing)
        if self.budget is not None:
            self.budget = number(self.budget, None, "budget")
        share = number(self.ladder.indirect_max_share, None, "indirect_max_share")
        rungs = tuple(
            (
                level,
                tuple((as_fraction(size), as_fraction(norm)) for size, norm in points),
            )
            for level, points in self.ladder.rungs
        )
        self.ladder = replace(self.ladder, indirect_max_share=share, rungs=rungs)
        self.levels = dict(rungs)
        self.known = tuple(level for level, points in rungs if points)
        self.problem = Problem(self.facts, self.means, share)

    def goal(self, level):
        """Return the goal of reaching a level or a higher one."""
        at = list(self.levels).index(level)
        own, *above = (points for _level, points in self.ladder.rungs[at:])
        norms = [own, *(points for points in above if _is_easier(points, own))]
        return Goal(tuple(norms), self.ladder.indirect_max_share)

    def answer(self, mix, least, search):
        score = compute(mix.facts, self.ladder)
        counts = {
            key: int(count) if count.denominator == 1 else count
            for key, count in mix.counts.items()
        }
        return Answer(counts, mix.cost, least, mix.facts, score, search.left > 0)

    def cheapest(self, level):
        if not self.levels[level]:
            return Missing(level, NORM_UNKNOWN, self.known)
        goal = self.goal(level)
        search = Search(self.problem, goal, self.budget)
        mix, least = search.run()
        if mix:
            return self.answer(mix, least, search)
        return self.missing(level, goal, search)

    def missing(self, level, goal, search):
        if search.left <= 0:
            return Missing(level, UNDECIDED, self.known)
        reason, reached = OUT_OF_BOUNDS, None
        if self.budget is not None:
            without = Search(self.problem, goal)
            mix, least = without.run()
            if mix:
                reason, reached = OVER_BUDGET, self.answer(mix, least, without)
        closest = self.closest(goal)
        if closest is None:
            high = self.problem.sizes()[1]
            is_small = all(high < points[0][0] for points in goal.norms)
            if not reached:
                reason = TOO_SMALL if is_small else NO_DIRECT
            return Missing(level, reason, self.known, cheapest=reached)
        _direct, indirect, counted, _total = percentages(closest.facts, goal.max_share)
        return Missing(
            level,
            reason,
            self.known,
            goal.shortfall(closest.facts),
            closest,
            self.binding(goal, closest),
            counted < indirect,
            reached,
        )

    def closest(self, goal):
        """Return the cheapest of the mixes that come closest to a goal, or None."""
        highest = max(norm for points in goal.norms for _size, norm in points)
        return self.best(goal.moved, -highest, lambda facts: -goal.shortfall(facts))

    def highest(self, goal):
        """Return the cheapest of the mixes with the highest total, or None."""
        return self.best(goal.raised, Fraction(0), self.total)

    def best(self, goal_at, value, value_of):
        """Return the cheapest of the mixes with the highest value, or None.

        :param goal_at: function of a value that returns the goal of reaching it
        :param value: a value that every mix has which reaches any goal at all
        :param value_of: function of facts that returns their value, which purchases
            only raise
        """
        mix = self.any_mix(goal_at(value))
        if mix is None:
            return None
        kept = self.stretched(mix)
        low, high, step = value_of(kept.facts), None, POINTS
        while high is None or high - low > 2 * POINTS:
            middle = low + step
            if high is not None:
                middle = min(middle, max((low + high) / 2, low + POINTS))
            middle = _round(middle)
            mix = self.any_mix(goal_at(middle))
            if mix:
                kept = self.stretched(mix)
                low, step = max(middle, value_of(kept.facts)), step * LONGER
            else:
                high, step = middle, POINTS
        search = Search(self.problem, goal_at(low), self.budget)
        mix, least = search.run()
        # Euros rounded otherwise can be beyond the budget by less than one.
        mix = mix or kept
        return self.answer(mix, min(mix.cost, least), search)

    def stretched(self, mix):
        """Return a mix with what it leaves of the budget spent as well.

        From there the search for the highest value goes on: a mix with less of it
        within the budget makes that longer, and not another.
        """
        left = (
            None if self.budget is None else self.budget - self.means.cost(mix.counts)
        )
        counts = dict(mix.counts)
        for _price, one in self.means.offers:
            if one.cost_per_euro < 0 or one.needs and not counts[one.needs]:
                continue
            euros = one.room - counts[one.key]
            if left is not None and one.cost_per_euro:
                euros = min(euros, Fraction(floor(left / one.cost_per_euro)))
                left -= euros * one.cost_per_euro
            counts[one.key] += euros
        cost = self.means.cost(counts)
        return Mix(counts, cost, self.means.apply(self.facts, counts))

    def any_mix(self, goal):
        """Return a mix that reaches a goal within the budget, or None."""
        problem = self.problem
        if self.budget is None:
            problem = Problem(self.facts, self.means.free(), goal.max_share)
        return Search(problem, goal, self.budget, is_any_enough=True).run()[0]

    def binding(self, goal, answer):
        """Return the keys of means whose bound keeps a mix from coming closer."""
        here = goal.shortfall(answer.facts)
        keys = []
        for one in self.means:
            count = answer.counts[one.key]
            steps = []
            if isinstance(one, People):
                steps += [1] if count == one.most else []
                steps += [-1] if count == one.least > 0 else []
            elif isinstance(one, Money):
                is_open = one.needs is None or answer.counts[one.needs]
                steps += [1] if is_open and count == one.room else []
            for step in steps:
                counts = {**answer.counts, one.key: count + step}
                there = goal.shortfall(self.means.apply(self.facts, counts))
                if there is not None and there < here:
                    keys.append(one.key)
        return tuple(keys)

    def farthest(self):
        for level in reversed(self.known):
            if answer := self.highest(self.goal(level)):
                return answer
        if not self.known:
            return Missing(None, NORM_UNKNOWN, ())
        return self.cheapest(self.known[0])

    def total(self, facts):
        return percentages(facts, self.ladder.indirect_max_share)[3]


def _is_easier(points, own):
    """Return whether a norm is lower than another one, or known, at some size."""
    if not points:
        return False
    sizes = {size for size, _norm in (*points, *own)}
    return points[0][0] < own[0][0] or any(
        _norm(points, size) < _norm(own, size) for size in sizes if size >= points[0][0]
    )


def _norm(points, size):
    return norm_at(points, size) if size >= points[0][0] else float("inf")


def _round(value):
    """Return a fraction near by that is written shortly."""
    return Fraction(round(value * 10**12), 10**12)
