"""A mix of whole heads and euros, held against the norms in fractions."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from .score import TOLERANCE, Facts, norm_at, percentages


@dataclass(frozen=True)
class Mix:
    """A choice of whole heads, euros and certificates, with what it makes.

    ``counts`` has every means by its key.
    """

    counts: dict
    cost: Fraction
    facts: Facts


class Settling:
    """Makes a mix of whole heads and euros, exact, of what the search found."""

    def __init__(self, problem, goal, heads, won):
        self.problem, self.goal = problem, goal
        means = problem.means
        self.means = means
        self.counts = {
            one.key: number for one, number in zip(means.people, heads, strict=True)
        }
        self.counts |= {one.key: int(one.key in won) for one in means.won}
        self.counts |= {one.key: Fraction(0) for one in means.money}

    def mix(self):
        """Return the ``Mix``, with nothing in it that may be left out, or None."""
        self._spend()
        if not self._is_reached():
            return None
        while self._leave_out():
            self._spend()
        return Mix(dict(self.counts), self.means.cost(self.counts), self._facts())

    def _facts(self):
        return self.means.apply(self.problem.facts, self.counts)

    def _is_reached(self):
        return self.goal.is_reached(self._facts())

    def _spend(self):
        """Spend the fewest whole euros, the cheapest fte first."""
        for one in self.means.money:
            is_saved = one.cost_per_euro < 0 and self._is_open(one)
            self.counts[one.key] = one.room if is_saved else Fraction(0)
        lacking = self._lacking()
        spent = []
        for _price, one in self.means.offers:
            if lacking <= 0:
                break
            if self._is_open(one):
                euros = self._euros(one, lacking)
                self._move(one, euros)
                spent.append(one)
                lacking -= euros * abs(one.fte_per_euro)
        for one in spent:
            lacking += self._take_back(one, -lacking)
        if spent:
            self._settle(spent[-1])

    def _is_open(self, one):
        return one.needs is None or self.counts[one.needs]

    def _lacking(self):
        """Return the indirect fte that lack to reach the goal, at this size."""
        facts = self._facts()
        direct = percentages(facts, self.goal.max_share)[0]
        size = facts.total_fte
        lacking = []
        for points in self.goal.norms:
            norm = norm_at(points, size)
            if norm is not None and norm - Fraction(TOLERANCE) - direct < 100:
                share = norm - Fraction(TOLERANCE) - direct
                lacking.append(share * size / (100 - share) - facts.indirect_fte)
        return min(lacking, default=Fraction(0))

    def _euros(self, one, fte):
        """Return the fewest whole euros that bring so many fte, up to the room."""
        room = one.room
        if one.cost_per_euro < 0:  # what is left of the saving is whole
            return room - max(floor(room - fte / -one.fte_per_euro), 0)
        return min(Fraction(ceil(fte / one.fte_per_euro)), room)

    def _move(self, one, euros):
        self.counts[one.key] += -euros if one.cost_per_euro < 0 else euros

    def _take_back(self, one, spare):
        """Take back whole euros that bring no more than the fte to spare; return it."""
        fte = abs(one.fte_per_euro)
        euros = min(floor(spare / fte), floor(self._spent(one))) if spare > 0 else 0
        self._move(one, Fraction(-euros))
        return euros * fte

    def _settle(self, one):
        """Have the formula say what a last euro does, whose norm is a float."""
        if not self._is_reached() and self._spent(one) + 1 <= one.room:
            self._move(one, Fraction(1))
        elif self._spent(one) >= 1:
            self._move(one, Fraction(-1))
            if not self._is_reached():
                self._move(one, Fraction(1))

    def _spent(self, one):
        """Return the euros spent, or bought back of a saving."""
        amount = self.counts[one.key]
        return one.room - amount if one.cost_per_euro < 0 else amount

    def _leave_out(self):
        """Leave out one head or certificate that saves nothing and is not needed."""
        used = {one.needs for one in self.means.money if self.counts[one.key]}
        steps = [one for one in self.means.people if self.counts[one.key] > one.least]
        steps += [
            one
            for one in self.means.won
            if self.counts[one.key] and one.key not in used
        ]
        for one in sorted(steps, key=lambda one: -one.cost):
            if one.cost < 0:
                break
            self.counts[one.key] -= 1
            if self._is_reached():
                return True
            self.counts[one.key] += 1
        return False
