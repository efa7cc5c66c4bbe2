"""The PSO formula, and nothing else: no ORM, no input, no output.

Percentages are 0-100, fte are full-time equivalents averaged over the measured
period. The functions work on any real number type; fed with fractions, as the
measurement does, they round nothing. Section numbers refer to the rule book,
``pso-rules.md``: 2 the norms, 3 the direct share, 4 the indirect one, 5 the score.
"""

from bisect import bisect_right
from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

# A norm is reached with ``>=``. The facts are sums of binary floats, so that a
# figure that lies exactly on its norm may come out a hair below it.
TOLERANCE = 1e-9
# In which sums and products of decimals are exact, however many digits that takes.
EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


@dataclass(frozen=True)
class Facts:
    """What a company did in the measured period, in fte."""

    total_fte: float
    direct_fte: float
    indirect_fte: float


@dataclass(frozen=True)
class Ladder:
    """What an edition of the rule book asks of a company.

    :param indirect_max_share: the largest part of the total that the indirect
        share may be, 0-1 (section 5)
    :param rungs: ``(level, points)`` from the lowest level to the highest, where
        points are ``(size_fte, percentage)`` by size, empty where the norm of
        that level is not public
    """

    indirect_max_share: float
    rungs: tuple


@dataclass(frozen=True)
class Score:
    """What the facts make on a ladder.

    ``level`` is None below the lowest known norm. ``open_levels`` are levels above
    it whose norm is unknown: the real level may be one of them. The gaps are to
    ``next_level`` and None where there is none.
    """

    facts: Facts
    ladder: Ladder
    direct: float
    indirect: float
    counted: float
    total: float
    norms: dict
    level: object
    next_level: object
    open_levels: tuple
    gap: float | None

    @cached_property
    def gap_fte(self):
        """The fewest fte that lack; not looked for before somebody asks for them."""
        points = dict(self.ladder.rungs).get(self.next_level, ())
        return gap_fte(self.facts, points, self.ladder.indirect_max_share)


def exact(value):
    """Return the fraction a float was written as: 6.8 is 34/5, no binary neighbour."""
    return Fraction(str(value))


def share(part, whole):
    """Return 100 x part / whole, and 0 where there is no whole."""
    return 100 * part / whole if whole > 0 else 0 * part


def counted_indirect(direct, indirect, max_share):
    """Return the part of the indirect share that counts (section 5)."""
    if max_share >= 1:
        return indirect
    return min(indirect, max_share * direct / (1 - max_share))


def percentages(facts, max_share):
    """Return direct, indirect, counted indirect and total percentage (sections 3-5)."""
    direct = share(facts.direct_fte, facts.total_fte)
    indirect = share(facts.indirect_fte, facts.total_fte + facts.indirect_fte)
    counted = counted_indirect(direct, indirect, max_share)
    return direct, indirect, counted, direct + counted


def after_refunds(balances):
    """Return what counts of a supplier's purchases in each year (section 4).

    What refunds leave below zero in one year is taken off the other years, the
    earliest of them first; only the sum of all is cut off at zero.

    :param balances: purchases less refunds of each year, in the order of the years
    :return: amounts of zero or more, in that order
    """
    missing = -sum(balance for balance in balances if balance < 0)
    amounts = []
    for balance in balances:
        bought = max(balance, 0)
        taken = min(bought, missing)
        missing -= taken
        amounts.append(bought - taken)
    return amounts


def fte_bought(figures, years, balances):
    """Return the fte that purchases at one supplier make (section 4).

    After refunds, and of each year up to the supplier's turnover.

    :param figures: ``{year: (turnover, fte per unit of money)}``; it is asked for years
        alone in which something counts
    :param years: in their order
    :param balances: purchases less refunds of each of these years
    """
    if min(balances, default=0) < 0:
        balances = after_refunds(balances)
    fte = 0
    for year, balance in zip(years, balances, strict=True):
        if balance:
            turnover, rate = figures[year]
            fte += min(balance, turnover) * rate
    return fte


def norm_at(points, size):
    """Interpolate the norm at a size between the printed rows (section 2).

    None below the smallest printed size, where the scheme knows no level, and for
    a level whose norm is unknown; above the largest the last row holds.
    """
    if not points or size < points[0][0] - TOLERANCE:
        return None
    size = max(size, points[0][0])
    after = bisect_right([point_size for point_size, _norm in points], size)
    if after == len(points):
        return points[-1][1]
    (left, low), (right, high) = points[after - 1 : after + 1]
    return low + (high - low) * (size - left) / (right - left)


def compute(facts, ladder):
    """Hold the facts of a company against a ladder; return the ``Score``."""
    direct, indirect, counted, total = percentages(facts, ladder.indirect_max_share)
    norms = {level: norm_at(points, facts.total_fte) for level, points in ladder.rungs}
    reached = [
        position
        for position, norm in enumerate(norms.values())
        if norm is not None and direct > 0 and total >= norm - TOLERANCE
    ]
    top = reached[-1] if reached else -1
    above = ladder.rungs[top + 1 :]
    level = ladder.rungs[top][0] if reached else None
    next_level = next((level for level, points in above if points), None)
    next_norm = norms.get(next_level)
    return Score(
        facts=facts,
        ladder=ladder,
        direct=direct,
        indirect=indirect,
        counted=counted,
        total=total,
        norms=norms,
        level=level,
        next_level=next_level,
        open_levels=tuple(level for level, points in above if not points),
        gap=None if next_norm is None else next_norm - total,
    )


def is_none_certain(facts, ladder, min_size, unsure_fte, has_unsure):
    """Return whether no level is reached, whatever the scheme does not publish.

    Without a direct share there is none, and below the smallest size there is none
    (sections 2 and 5). A weight that is unknown may turn out above zero, and make the
    organisation larger where somebody is part of it by counting alone.

    :param min_size: below which no organisation is certified, in fte: where the rungs
        whose norm is unknown begin at the earliest
    :param unsure_fte: how much larger the organisation may be
    :param has_unsure: whether somebody counts by a weight that is unknown
    """
    has_direct = has_unsure or share(facts.direct_fte, facts.total_fte) > 0
    sizes = [points[0][0] if points else min_size for _level, points in ladder.rungs]
    if not has_direct or not sizes:
        return True
    return facts.total_fte + unsure_fte < min(sizes) - TOLERANCE


def reaches_pso30(percentage, regular_percentage, rules):
    """Return whether the target group is large enough for PSO 30+ (section 5).

    Who asks knows that the highest level is reached, within which it is a read-out.

    :param percentage: of the total fte that counts for it
    :param regular_percentage: of the total fte that does so on regular contracts
    :param rules: what the edition asks, by the names of its fields
    """
    return (
        percentage >= rules["pso30_min_percentage"] - TOLERANCE
        and regular_percentage >= rules["pso30_min_regular_percentage"] - TOLERANCE
    )


def gap_fte(facts, points, max_share):
    """Find the fewest fte of weight 1, hired for the whole period, to reach a norm.

    Hiring changes the size, and with it the norm and the indirect share, so all
    three are taken anew. Between two printed sizes the norm is a straight line and
    the question is where two polynomials of the size, one for a total that is
    capped and one for a total that is not, are both positive: the answer is an end
    of the interval or one of their roots.

    :return: fte, or None where the norm is unknown or no hiring reaches it
    """
    if not points:
        return None
    # Roots are not rational: from here on floats do.
    facts = Facts(*map(float, (facts.total_fte, facts.direct_fte, facts.indirect_fte)))
    points = [(float(size), float(norm)) for size, norm in points]
    max_share = float(max_share)
    others = facts.total_fte - facts.direct_fte
    start = max(facts.total_fte, points[0][0])
    for left, right, line in _norm_lines(points, start):
        conditions = _conditions(line, others, facts.indirect_fte, max_share)
        ends = [left] if right is None else [left, right]
        bound = right if right is not None else _bound(conditions, left)
        roots = (root for poly in conditions for root in _roots(poly, left, bound))
        for size in sorted({*ends, *roots}):
            hired = size - facts.total_fte
            if _reaches(facts, hired, points, max_share):
                return hired
    return None


def gap_indirect(facts, points, max_share):
    """Find the fewest fte of purchases on top with which a norm is reached.

    Purchases leave the size as it is, and with it the norm.

    :return: fte, or None where the norm is unknown or the cap on the indirect share
        keeps purchases alone from reaching it
    """
    norm = norm_at(points, facts.total_fte)
    direct, indirect, counted, total = percentages(facts, max_share)
    if norm is None or direct <= 0:
        return None
    if total >= norm - TOLERANCE:
        return 0 * direct
    needed = norm - direct
    if needed >= 100 or needed > counted_indirect(direct, needed, max_share):
        return None
    return needed * facts.total_fte / (100 - needed) - facts.indirect_fte


def spend_for(fte, offers):
    """Return the least money that buys so many fte.

    :param offers: ``(fte per unit of money, money that counts at most)``, the best
        first
    :return: money, or None where all offers together do not suffice
    """
    spent = 0
    for rate, room in offers:
        if rate * room >= fte:
            return spent + fte / rate
        fte -= rate * room
        spent += room
    return None


def _reaches(facts, hired, points, max_share):
    """Return whether the norm is reached with so many more fte of weight 1."""
    after = Facts(facts.total_fte + hired, facts.direct_fte + hired, facts.indirect_fte)
    total = percentages(after, max_share)[3]
    norm = norm_at(points, after.total_fte)
    return after.direct_fte > 0 and norm is not None and total >= norm - TOLERANCE


def _norm_lines(points, start):
    """Yield the straight pieces ``(left, right, (a, b))`` of a norm a + b x size.

    The last piece has no right end.
    """
    for (left, low), (right, high) in pairwise(points):
        if right > start:
            slope = (high - low) / (right - left)
            yield max(left, start), right, (low - slope * left, slope)
    last_size, last_norm = points[-1]
    yield max(last_size, start), None, (last_norm, 0)


def _conditions(line, others, indirect, max_share):
    """Return polynomials of the size that are >= 0 where the norm is reached.

    With u the size, c the staff outside the target group and f the indirect fte,
    the total is 100(u - c)/u + 100f/(u + f), or 100(u - c)/(u(1 - s)) if capped.
    Coefficients from the constant upwards.
    """
    a, b = line
    uncapped = [
        -100 * others * indirect,
        100 * (2 * indirect - others) - a * indirect,
        100 - a - b * indirect,
        -b,
    ]
    if max_share >= 1:
        return [uncapped]
    rest = 1 - max_share
    return [uncapped, [-100 * others, 100 - rest * a, -rest * b]]


def _value(poly, x):
    value = 0
    for coefficient in reversed(poly):
        value = value * x + coefficient
    return value


def _bound(polys, left):
    """Return a size beyond which no polynomial has a root (Cauchy's bound)."""
    bounds = [left + 1]
    for poly in polys:
        while poly and not poly[-1]:
            poly = poly[:-1]
        if len(poly) > 1:
            bounds.append(1 + max(abs(c / poly[-1]) for c in poly[:-1]))
    return max(bounds)


def _roots(poly, left, right):
    """Find where a polynomial changes sign in [left, right], in order.

    Between two roots of its derivative a polynomial is monotonic, so that halving
    finds its one root there.
    """
    if len(poly) < 2:
        return []
    slope = [n * c for n, c in enumerate(poly)][1:]
    stops = [left, *_roots(slope, left, right), right]
    return [
        _halve(poly, low, high)
        for low, high in pairwise(stops)
        if (_value(poly, low) < 0) != (_value(poly, high) < 0)
    ]


def _halve(poly, low, high):
    """Halve [low, high] to neighbouring floats; return the end where poly >= 0."""
    rising = _value(poly, high) >= 0
    while low < (middle := (low + high) / 2) < high:
        if (_value(poly, middle) >= 0) == rising:
            high = middle
        else:
            low = middle
    return high if rising else low
