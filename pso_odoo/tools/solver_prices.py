"""What one percentage point of the total costs by a single means."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from .score import Facts, percentages
from .solver_means import Means, Money, People, checked_facts, cost_of, number

# Percentage points that floats lose over thousands of heads.
HAIR = 1e-9


@dataclass(frozen=True)
class Price:
    """What one percentage point costs by a single means.

    :param amount: heads, euros or 1, the fewest that add a whole point, else those that
        add most
    :param points: percentage points that the amount adds
    :param cost: euros a year of the amount, with a certificate that it needs, or None
    :param per_point: euros a year of one point, None without cost or gain
    """

    key: object
    amount: Fraction
    points: Fraction
    cost: Fraction | None
    per_point: Fraction | None


def cost_per_point(facts, ladder, means):
    """Rank single means by what one percentage point of the total costs.

    Each means alone is added to the facts as they are, until it adds a point or as much
    as it can. Money that needs a certificate is counted with winning it.

    :return: two tuples of ``Price``: by the cost of a point, the lowest first, and
        those without a cost or that add nothing
    :raises InvalidMeans: for means or facts that cannot be calculated with
    """
    means = Means.of(means)
    facts = checked_facts(facts)
    share = number(ladder.indirect_max_share, None, "indirect_max_share")
    before = percentages(facts, share)[3]
    prices = [_priced(facts, means, share, before, one) for one in means]
    ranked = [price for price in prices if price.per_point is not None]
    apart = [price for price in prices if price.per_point is None]
    return tuple(sorted(ranked, key=lambda price: price.per_point)), tuple(apart)


def _priced(facts, means, share, before, one):
    """Return what a point costs by one means."""
    if isinstance(one, Money):
        counts, amount = _bought(facts, means, share, before, one)
    else:
        heads = _heads(facts, share, one) if isinstance(one, People) else 1
        counts, amount = {one.key: heads}, Fraction(heads)
    points = _total_after(facts, means, share, counts) - before
    used = [other for other in means if counts.get(other.key)]
    costs = [cost_of(other) for other in used or [one]]
    cost = None
    if None not in costs:
        cost = sum((cost_of(other) * counts[other.key] for other in used), Fraction(0))
    per_point = cost / points if cost is not None and points > 0 else None
    return Price(one.key, amount, points, cost, per_point)


def _heads(facts, share, one):
    """Return the fewest heads that add a point, else those that add most.

    In floats: there may be thousands, and no closed form where the size moves.
    """
    total, direct, indirect = map(
        float, (facts.total_fte, facts.direct_fte, facts.indirect_fte)
    )
    each_total, each_direct = float(one.total_fte), float(one.direct_fte)
    share = float(share)
    best, most = 0, percentages(Facts(total, direct, indirect), share)[3]
    enough = most + 1 - HAIR
    for heads in range(1, one.most + 1):
        total += each_total
        direct += each_direct
        after = percentages(Facts(total, direct, indirect), share)[3]
        if after > most + HAIR:
            best, most = heads, after
        if most >= enough:
            break
    return best


def _bought(facts, means, share, before, one):
    """Return the fewest whole euros that add a point, else those that add most."""
    counts = {one.key: one.room} | ({one.needs: 1} if one.needs is not None else {})
    gain = min(_total_after(facts, means, share, counts) - before, Fraction(1))
    if gain <= 0 or one.fte_per_euro <= 0:
        return {}, Fraction(0)
    counts[one.key] = Fraction(0)
    there = means.apply(facts, counts)
    wanted = before + gain - percentages(there, share)[0]
    fte = wanted * there.total_fte / (100 - wanted) - there.indirect_fte
    euros = min(Fraction(max(ceil(fte / one.fte_per_euro), 0)), one.room)
    counts[one.key] = euros
    return counts, euros


def _total_after(facts, means, share, counts):
    return percentages(means.apply(facts, counts), share)[3]
