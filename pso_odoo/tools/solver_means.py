"""The means with which a company can climb, in fractions and checked.

Numbers may be whole, fractions, decimals or floats; a float is read as it is written.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import isfinite

from .score import Facts, exact


class InvalidMeans(ValueError):
    """Say which means, or which figure of the company, cannot be calculated with.

    ``key`` is None for a figure of the company; ``name`` is the field.
    """

    def __init__(self, key, name, reason):
        self.key, self.name, self.reason = key, name, reason
        owner = "the company" if key is None else f"the means {key!r}"
        super().__init__(f"{name} of {owner}: {reason}")


class MissingCost(ValueError):
    """Say which means have no cost, without which there is no cheapest mix."""

    def __init__(self, keys):
        self.keys = tuple(keys)
        super().__init__(f"no cost is known of {', '.join(map(repr, self.keys))}")


@dataclass(frozen=True)
class People:
    """Heads that may be hired, leave, or change, all alike.

    :param total_fte: what one head adds to the total fte, below zero for leaving
    :param direct_fte: what one head adds to the direct fte, weighted (section 3)
    :param least, most: whole heads
    :param cost: euros a year of one head, below zero for a subsidy, None if unknown
    """

    key: object
    total_fte: object
    direct_fte: object
    least: int
    most: int
    cost: object = None


@dataclass(frozen=True)
class Money:
    """Euros that may be spent, or moved, at a vendor (section 4).

    :param fte_per_euro: indirect fte of one euro, below zero for a saving; all savings
        together take away no more than the indirect fte that there are
    :param room: euros at most
    :param cost_per_euro: what spending a euro here costs more than elsewhere, None if
        unknown
    :param needs: key of the ``Won`` without which nothing of it counts
    """

    key: object
    fte_per_euro: object
    room: object
    cost_per_euro: object = None
    needs: object = None


@dataclass(frozen=True)
class Won:
    """A certificate that a vendor may win: what is bought there counts from then on.

    :param indirect_fte: fte of what is bought there already
    :param cost: euros a year, None if unknown
    """

    key: object
    indirect_fte: object
    cost: object = None


@dataclass(frozen=True)
class Means:
    """All means, in fractions and checked."""

    people: tuple = ()
    money: tuple = ()
    won: tuple = ()

    @classmethod
    def of(cls, means):
        """Sort and check means of every kind.

        :raises InvalidMeans: naming the means and its field
        """
        means = list(means)
        checks = {People: _checked_people, Money: _checked_money, Won: _checked_won}
        sorted_out = {kind: [] for kind in checks}
        seen = set()
        for one in means:
            if type(one) not in checks:
                raise InvalidMeans(getattr(one, "key", one), "kind", "is not known")
            if one.key in seen:
                raise InvalidMeans(one.key, "key", "is there twice")
            seen.add(one.key)
            sorted_out[type(one)].append(checks[type(one)](one))
        won = {one.key for one in sorted_out[Won]}
        for one in sorted_out[Money]:
            if one.needs is not None and one.needs not in won:
                raise InvalidMeans(
                    one.key, "needs", f"there is no certificate {one.needs!r} to win"
                )
        return cls(*(tuple(sorted_out[kind]) for kind in (People, Money, Won)))

    def __iter__(self):
        yield from (*self.people, *self.money, *self.won)

    def without_cost(self):
        """Return the keys of the means whose cost is unknown."""
        return tuple(one.key for one in self if cost_of(one) is None)

    def free(self):
        """Return the same means at no cost."""
        return Means(
            tuple(replace(one, cost=Fraction(0)) for one in self.people),
            tuple(replace(one, cost_per_euro=Fraction(0)) for one in self.money),
            tuple(replace(one, cost=Fraction(0)) for one in self.won),
        )

    @cached_property
    def by_key(self):
        return {one.key: one for one in self}

    @cached_property
    def offers(self):
        """Money that can bring fte, with the price of an fte, the lowest first.

        Savings that take fte away are offers to buy these back.
        """
        offers = [
            (one.cost_per_euro / one.fte_per_euro, one)
            for one in self.money
            if one.fte_per_euro and (one.cost_per_euro < 0) == (one.fte_per_euro < 0)
        ]
        return sorted(offers, key=lambda offer: offer[0])

    def _used(self, counts):
        return [(self.by_key[key], count) for key, count in counts.items() if count]

    def cost(self, counts):
        """Return what so much of each means costs, in euros a year."""
        used = self._used(counts)
        return sum((cost_of(one) * count for one, count in used), Fraction(0))

    def apply(self, facts, counts):
        """Return the facts after so much of each means; what is not named is none."""
        total, direct = facts.total_fte, facts.direct_fte
        indirect = facts.indirect_fte
        for one, count in self._used(counts):
            if isinstance(one, People):
                total += one.total_fte * count
                direct += one.direct_fte * count
            elif isinstance(one, Money):
                indirect += one.fte_per_euro * count
            else:
                indirect += one.indirect_fte * count
        return Facts(total, direct, indirect)


def cost_of(one):
    return one.cost_per_euro if isinstance(one, Money) else one.cost


def checked_facts(facts):
    names = ("total_fte", "direct_fte", "indirect_fte")
    return Facts(*(number(getattr(facts, name), None, name) for name in names))


def _checked_people(one):
    for name in ("least", "most"):
        value = number(getattr(one, name), one.key, name)
        if value < 0:
            raise InvalidMeans(one.key, name, "is below zero")
        if value.denominator != 1:
            raise InvalidMeans(one.key, name, "is not a whole number")
    if one.least > one.most:
        raise InvalidMeans(one.key, "least", "is more than the most")
    return replace(
        one,
        total_fte=number(one.total_fte, one.key, "total_fte"),
        direct_fte=number(one.direct_fte, one.key, "direct_fte"),
        least=int(one.least),
        most=int(one.most),
        cost=_number_or_none(one.cost, one.key, "cost"),
    )


def _checked_money(one):
    room = number(one.room, one.key, "room")
    if room < 0:
        raise InvalidMeans(one.key, "room", "is below zero")
    return replace(
        one,
        fte_per_euro=number(one.fte_per_euro, one.key, "fte_per_euro"),
        room=room,
        cost_per_euro=_number_or_none(one.cost_per_euro, one.key, "cost_per_euro"),
    )


def _checked_won(one):
    fte = number(one.indirect_fte, one.key, "indirect_fte")
    if fte < 0:
        raise InvalidMeans(one.key, "indirect_fte", "is below zero")
    cost = _number_or_none(one.cost, one.key, "cost")
    return replace(one, indirect_fte=fte, cost=cost)


def _number_or_none(value, key, name):
    return None if value is None else number(value, key, name)


def number(value, key, name):
    """Return a number as a fraction.

    :raises InvalidMeans: for what is no number, not finite, or no number at all
    """
    is_number = isinstance(value, int | float | Fraction | Decimal)
    if not is_number or isinstance(value, bool) or not isfinite(value):
        raise InvalidMeans(key, name, "is not a number")
    return as_fraction(value)


def as_fraction(value):
    """Return a number as a fraction, a float as it is written."""
    return exact(value) if isinstance(value, float) else Fraction(value)
