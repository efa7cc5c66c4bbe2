"""What indirect fte costs at vendors: amounts of money, and certificates to win.

In floats, for the search. Money without a condition is a convex curve: the vendor with
the lowest price for an fte first. A certificate is won or not, and only then the money
that needs it can be spent; a curve that lets a certificate be won in part is above no
real choice, and equal to one where no certificate is won in part. Section 4 of the rule
book says what an fte of purchases is.
"""

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate

INFINITE = float("inf")
# Relative; what floats lose on their way.
HAIR = 1e-12
# Curves kept: one for each set of certificates that has been decided.
CURVES = 4096


@dataclass(frozen=True)
class Segment:
    """Fte that are bought at one price.

    ``won`` names the certificate that is won (``wins``) or given up once the whole of
    the segment is taken, and is None where any part of the segment is a real choice.
    """

    price: float
    fte: float
    won: object = None
    wins: bool = True


@dataclass(frozen=True)
class Curve:
    """The least cost of so many fte, convex.

    ``base`` is the fte that the cheapest choice brings, ``cost`` what it costs, and
    ``at_base`` the certificates that it wins.
    """

    base: float
    cost: float
    at_base: frozenset
    segments: tuple
    ftes: tuple
    costs: tuple

    @classmethod
    def of(cls, base, cost, at_base, segments):
        """Make the curve of segments in any order."""
        segments = tuple(sorted(segments, key=lambda segment: segment.price))
        ftes = accumulate((one.fte for one in segments), initial=base)
        costs = accumulate((one.fte * one.price for one in segments), initial=cost)
        return cls(base, cost, frozenset(at_base), segments, tuple(ftes), tuple(costs))

    def position(self, fte):
        """Return the segment in which so many fte are reached; -1 is none at all."""
        return bisect_left(self.ftes, fte - HAIR * max(1.0, abs(fte))) - 1

    def least(self, fte):
        """Return the least cost of at least so many fte, infinite beyond all."""
        at = self.position(fte)
        if at < 0:
            return self.cost
        if at >= len(self.segments):
            return INFINITE
        return self.costs[at] + (fte - self.ftes[at]) * self.segments[at].price

    def split(self, fte):
        """Return the certificate that is won in part with so many fte, or None."""
        at = self.position(fte)
        if at < 0 or at >= len(self.segments):
            return None
        segment = self.segments[at]
        is_whole = fte >= self.ftes[at + 1] - HAIR * max(1.0, abs(fte))
        return None if is_whole else segment.won

    def won(self, fte):
        """Return the certificates that are won with so many fte."""
        won = set(self.at_base)
        for segment in self.segments[: self.position(fte) + 1]:
            if segment.won is not None:
                (won.add if segment.wins else won.discard)(segment.won)
        return frozenset(won)


@dataclass(frozen=True)
class Choice:
    """What may be bought once something is decided: a cheapest start, and segments."""

    fte: float
    cost: float
    segments: tuple

    @classmethod
    def of(cls, fte, cost, money):
        """Make the choice of money on top of so many fte at a cost."""
        segments = []
        for one in money:
            rate, room = float(one.fte_per_euro), float(one.room)
            price = float(one.cost_per_euro)
            if price < 0:  # saves money: all of it, and bought back where fte lack
                fte += rate * room
                cost += price * room
                rate, price = -rate, -price
            if rate > 0 and room > 0:
                segments.append(Segment(price / rate, rate * room))
        segments.sort(key=lambda segment: segment.price)
        return cls(fte, cost, tuple(segments))


class Buying:
    """Finds the least cost of indirect fte, each certificate won or not."""

    def __init__(self, money, won):
        self.free = Choice.of(0.0, 0.0, [one for one in money if one.needs is None])
        self.choices = {
            one.key: Choice.of(
                float(one.indirect_fte),
                float(one.cost),
                [other for other in money if other.needs == one.key],
            )
            for one in won
        }
        self.parts = {
            key: _envelope(key, choice) for key, choice in self.choices.items()
        }
        self._curves = {}
        self.relaxed = self._curve({})

    def least(self, fte, limit):
        """Return ``(cost, certificates won)`` of at least so many fte.

        None where it costs ``limit`` or more.
        """
        best = None
        undecided = [{}]
        while undecided:
            decided = undecided.pop()
            curve = self._curve(decided)
            cost = curve.least(fte)
            if cost >= limit:
                continue
            split = curve.split(fte)
            if split is None:
                best, limit = (cost, curve.won(fte)), cost
            else:
                undecided.append({**decided, split: False})
                undecided.append({**decided, split: True})
        return best

    def _curve(self, decided):
        """Return the curve with some certificates decided, the others free."""
        key = frozenset(decided.items())
        if key not in self._curves:
            if len(self._curves) >= CURVES:
                self._curves.clear()
            self._curves[key] = self._make_curve(decided)
        return self._curves[key]

    def _make_curve(self, decided):
        """Make the curve: free money, what is won, and what may be won in part."""
        fte, cost, at_base = self.free.fte, self.free.cost, set()
        segments = list(self.free.segments)
        for key, part in self.parts.items():
            if decided.get(key) is False:
                continue
            if decided.get(key):
                part = (self.choices[key], True)
            choice, is_won = part
            fte += choice.fte
            cost += choice.cost
            segments += choice.segments
            if is_won:
                at_base.add(key)
        return Curve.of(fte, cost, at_base, segments)


def _envelope(key, choice):
    """Return the convex curve below a certificate's choices, and whether it starts won.

    The choices are nothing at all, and every amount of money on top of the certificate.
    """
    won = [(choice.fte, choice.cost)]
    for segment in choice.segments:
        fte, cost = won[-1]
        won.append((fte + segment.fte, cost + segment.fte * segment.price))
    points = {point: True for point in won} | {(0.0, 0.0): False}
    here = min(points, key=lambda point: (point[1], -point[0]))
    start, segments = here, []
    while ahead := [point for point in points if point[0] > here[0]]:
        price, _less, there = min(
            (_price(here, point), -point[0], point) for point in ahead
        )
        apart = key if points[here] != points[there] else None
        segments.append(Segment(price, there[0] - here[0], apart, points[there]))
        here = there
    return Choice(*start, tuple(segments)), points[start]


def _price(here, there):
    return (there[1] - here[1]) / (there[0] - here[0])
