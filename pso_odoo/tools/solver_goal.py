"""When a goal is reached: one of some norms, at the size that comes of it."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from .score import TOLERANCE, norm_at, percentages
from .solver_relaxed import Interval

# Floats may lose this much of a percentage; what they pass is held against the norm
# in fractions.
PERCENT = 1e-11


@dataclass(frozen=True)
class Goal:
    """A level is reached where one of these norms is.

    :param norms: points ``(size_fte, percentage)`` by size of each norm that will do
    :param max_share: the largest part of the total that is indirect (section 5)
    """

    norms: tuple
    max_share: Fraction

    def is_reached(self, facts):
        """Return whether ``compute`` would say so of one of the norms (section 5)."""
        direct, _indirect, _counted, total = percentages(facts, self.max_share)
        norms = [norm_at(points, facts.total_fte) for points in self.norms]
        return direct > 0 and any(
            norm is not None and total >= norm - TOLERANCE for norm in norms
        )

    def shortfall(self, facts):
        """Return the points that lack, below zero where more is reached, or None."""
        total = percentages(facts, self.max_share)[3]
        norms = [norm_at(points, facts.total_fte) for points in self.norms]
        return min((norm - total for norm in norms if norm is not None), default=None)

    def moved(self, points):
        """Return the goal with each norm so many percentage points higher."""
        return Goal(
            tuple(
                tuple((size, norm + points) for size, norm in norms)
                for norms in self.norms
            ),
            self.max_share,
        )

    def raised(self, least):
        """Return the goal with each norm at least so high."""
        return Goal(
            tuple(tuple(_raised(norms, least)) for norms in self.norms), self.max_share
        )

    def intervals(self, low, high):
        """Return the intervals between two sizes on which a norm is a straight line."""
        found = []
        for points in self.norms:
            points = [
                (float(size), float(norm - Fraction(TOLERANCE)) - PERCENT)
                for size, norm in points
            ]
            (first, norm), (last, top) = points[0], points[-1]
            pieces = [(first - TOLERANCE, first, norm, 0.0)]
            for (left, one), (right, two) in pairwise(points):
                if left == right:  # in floats
                    continue
                slope = (two - one) / (right - left)
                pieces.append((left, right, one - slope * left, slope))
            pieces.append((last, max(high, last), top, 0.0))
            found += [
                Interval(max(left, low), min(right, high), a, b)
                for left, right, a, b in pieces
                if right >= low and left <= high
            ]
        return found


def _raised(points, least):
    """Yield the points of a norm that is at least so high."""
    for (left, low), (right, high) in pairwise(points):
        yield left, max(low, least)
        if (low < least) != (high < least):
            yield left + (right - left) * (least - low) / (high - low), least
    size, norm = points[-1]
    yield size, max(norm, least)
