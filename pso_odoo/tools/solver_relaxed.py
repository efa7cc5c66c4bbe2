"""Lower bounds on what a level costs, while the size stays between two ends.

Between two printed sizes the norm is a straight line, a + b x size (section 2). With u
the size, d the direct and f the indirect fte, the norm is reached where

    100 d + 100 u f / (u + f) >= (a + b u) u   and   100 d / (1 - s) >= (a + b u) u

(sections 3 to 5). The right side is below its chord or its tangent, u f / (u + f) is
concave and so above none of its tangents: with these and with parts of heads allowed
the least cost is a linear problem. Whatever prices its solution names, the cost at
these prices (Lagrange) is a valid lower bound: rounding can weaken it, not falsify it.
"""

from dataclasses import dataclass

# A part of the price: below it a head is taken to cost what it is worth.
SMALL = 1e-9
# The conditions: direct and indirect share, the largest indirect share, the size.
ROWS = range(3)
# Steps on the spot before the linear problem is left as it is.
IDLE = 20
TANGENTS = 4


@dataclass(frozen=True)
class Interval:
    """Sizes from ``left`` to ``right``, in fte, where the norm is a + b x size."""

    left: float
    right: float
    a: float
    b: float

    def below(self):
        """Return (slope, constant) of a line below (a + b x size) x size."""
        if self.b < 0 and self.right > self.left:
            slope = self.a + self.b * (self.left + self.right)
            return slope, -self.b * self.left * self.right
        middle = (self.left + self.right) / 2
        return self.a + 2 * self.b * middle, -self.b * middle * middle

    def halves(self):
        """Return the two intervals that it is cut into."""
        middle = (self.left + self.right) / 2
        return (
            Interval(self.left, middle, self.a, self.b),
            Interval(middle, self.right, self.a, self.b),
        )


@dataclass(frozen=True)
class Bound:
    """The least cost at some prices.

    :param value: no mix within the interval costs less
    :param extra: for each kind of people what a head costs beyond what it is worth
    :param heads: for each kind the heads of the linear problem, not whole
    :param direct_form, capped_form: coefficients (each kind's, needed) of the two
        conditions, made linear
    """

    value: float
    extra: tuple
    heads: tuple
    direct_form: tuple
    capped_form: tuple


def lower_bound(problem, interval):
    """Return the best ``Bound`` found for an interval of sizes."""
    ratio = problem.indirect / max(problem.total, interval.left, 1e-9)
    best = None
    for _tangent in range(TANGENTS):
        linear = _Linear(problem, interval, max(ratio, 0.0))
        bound, reached = linear.solve()
        if best is None or bound.value > best.value:
            best = bound
        if abs(reached - ratio) <= 1e-6 * max(1e-6, ratio):
            break
        ratio = reached
    return best


class _Linear:
    """The linear problem of an interval, at one tangent of the indirect share.

    Its conditions are linear forms of (direct, total, indirect) fte: of the norm, of
    the norm under the largest indirect share, and of the size.
    """

    def __init__(self, problem, interval, ratio):
        self.problem, self.interval = problem, interval
        self.curve = problem.buying.relaxed
        self.slope, self.constant = interval.below()
        rest = 1 / (1 + ratio)
        self.per_indirect = 100 * rest * rest
        self.per_total = 100 * (ratio * rest) ** 2 - self.slope
        self.rows = [self._row(kind) for kind in problem.kinds]
        first, second, third = self._row(problem)
        first += self.per_indirect * (problem.indirect + self.curve.base)
        # What the conditions have before anybody is hired, or money spent.
        self.base = (first, second, third)

    def _row(self, one):
        capped = 0.0
        if self.problem.capped:
            capped = self.problem.capped * one.direct - self.slope * one.total
        return (100 * one.direct + self.per_total * one.total, capped, one.total)

    def solve(self):
        """Return the ``Bound``, and indirect by total fte in the solution."""
        kinds = self.problem.kinds
        columns = self._columns()
        prices, amounts = simplex(
            columns, self._needed(), self.problem.penalty, self.problem.at_most
        )
        # Where the next problem, which is much like this one, begins.
        self.problem.at_most = {
            at
            for at, (_cost, most, _row) in enumerate(columns)
            if amounts[at] > most / 2
        }
        heads = tuple(
            kind.least + amount
            for kind, amount in zip(kinds, amounts[: len(kinds)], strict=True)
        )
        bought = sum(amounts[len(kinds) : len(kinds) + len(self.curve.segments)])
        total = self.problem.total + sum(
            kind.total * number for kind, number in zip(kinds, heads, strict=True)
        )
        indirect = self.problem.indirect + self.curve.base + bought
        ratio = max(indirect, 0.0) / max(total, 1e-9)
        return self._bound(prices, heads), ratio

    def _columns(self):
        """Return people, money, and what is above the conditions."""
        width = self.interval.right - self.interval.left
        return [
            *(
                (kind.cost, kind.most - kind.least, row)
                for kind, row in zip(self.problem.kinds, self.rows, strict=True)
            ),
            *(
                (segment.price, segment.fte, (self.per_indirect, 0.0, 0.0))
                for segment in self.curve.segments
            ),
            (0.0, float("inf"), (-1.0, 0.0, 0.0)),
            (0.0, float("inf"), (0.0, -1.0, 0.0)),
            (0.0, width, (0.0, 0.0, 1.0)),
        ]

    def _needed(self):
        """Return what the conditions lack with the fewest heads."""
        have = list(self.base)
        for kind, row in zip(self.problem.kinds, self.rows, strict=True):
            have = [
                one + kind.least * each for one, each in zip(have, row, strict=True)
            ]
        capped = self.constant - have[1] if self.problem.capped else 0.0
        return self.constant - have[0], capped, self.interval.right - have[2]

    def _bound(self, prices, heads):
        """Return the least cost where a unit of each condition is paid its price."""
        problem, curve, base = self.problem, self.curve, self.base
        first, second, third = max(prices[0], 0.0), max(prices[1], 0.0), prices[2]
        if not problem.capped:
            second = 0.0
        end = self.interval.left if third > 0 else self.interval.right
        value = curve.cost + first * (self.constant - base[0])
        value += second * (self.constant - base[1]) + third * (end - base[2])
        value += sum(
            segment.fte * min(0.0, segment.price - first * self.per_indirect)
            for segment in curve.segments
        )
        extra = tuple(
            kind.cost - first * row[0] - second * row[1] - third * row[2]
            for kind, row in zip(problem.kinds, self.rows, strict=True)
        )
        value += sum(
            min(one * kind.least, one * kind.most)
            for kind, one in zip(problem.kinds, extra, strict=True)
        )
        most = self.per_indirect * (curve.ftes[-1] - curve.base)
        capped = self.constant - base[1] if problem.capped else -float("inf")
        return Bound(
            value,
            extra,
            heads,
            (tuple(row[0] for row in self.rows), self.constant - base[0] - most),
            (tuple(row[1] for row in self.rows), capped),
        )


def simplex(columns, needed, penalty, at_most=()):
    """Minimise a cost under three equations; return their prices, and the amounts.

    Stops where it gets no further: a price that is not the best is a price.

    :param columns: ``(cost, most, coefficients)``, amounts are from 0 to most
    :param needed: right side of each equation
    :param penalty: cost of a unit by which an equation is missed
    :param at_most: columns that begin at their most
    """
    table = _Table(columns, needed, penalty, at_most)
    idle = 0
    for _step in range(3 * len(table.columns)):
        entering = table.entering(idle > 0)
        if entering is None or idle >= IDLE:
            break
        idle = 0 if table.exchange(entering) > SMALL else idle + 1
    return table.prices(), table.amounts()


class _Table:
    """A basis of the three equations; every other amount is at one of its ends."""

    def __init__(self, columns, needed, penalty, at_most):
        self.at_most = set(at_most)
        for at in at_most:
            _cost, most, row = columns[at]
            needed = [one - most * each for one, each in zip(needed, row, strict=True)]
        signs = [1.0 if value >= 0 else -1.0 for value in needed]
        unit = [tuple(signs[row] if row == at else 0.0 for at in ROWS) for row in ROWS]
        missed = [(penalty, float("inf"), column) for column in unit]
        self.columns = [*columns, *missed]
        self.basis = list(range(len(columns), len(self.columns)))
        self.values = [abs(value) for value in needed]
        self.inverse = [list(row) for row in unit]

    def prices(self):
        costs = [self.columns[at][0] for at in self.basis]
        return [
            sum(cost * row[at] for cost, row in zip(costs, self.inverse, strict=True))
            for at in ROWS
        ]

    def amounts(self):
        amounts = [
            most if at in self.at_most else 0.0
            for at, (_cost, most, _coefficients) in enumerate(self.columns)
        ]
        for at, value in zip(self.basis, self.values, strict=True):
            amounts[at] = value
        return amounts

    def entering(self, is_first):
        """Return the column that saves most for a unit, or the first that saves."""
        one, two, three = self.prices()
        at_most = self.at_most
        chosen, saves = None, 0.0
        for at, (cost, most, (first, second, third)) in enumerate(self.columns):
            saved = one * first + two * second + three * third - cost
            if at in at_most:
                saved = -saved
            # What floats lose is no saving; what is in the basis saves nothing.
            if saved > saves and saved > SMALL * (abs(cost) + abs(saved + cost)):
                if most > 0 and at not in self.basis:
                    chosen, saves = at, saved
                    if is_first:
                        break
        return chosen

    def exchange(self, entering):
        """Move a column from its end until another is at one; return how far."""
        _cost, most, (first, second, third) = self.columns[entering]
        change = [
            row[0] * first + row[1] * second + row[2] * third for row in self.inverse
        ]
        way = -1.0 if entering in self.at_most else 1.0
        step, leaving, is_at_most = most, None, False
        for row in ROWS:
            speed = way * change[row]
            end = 0.0 if speed > 0 else self.columns[self.basis[row]][1]
            if abs(speed) > SMALL and (self.values[row] - end) / speed < step:
                step = max((self.values[row] - end) / speed, 0.0)
                leaving, is_at_most = row, speed < 0
        for row in ROWS:
            self.values[row] -= way * step * change[row]
        start = most if way < 0 else 0.0
        self.at_most.discard(entering)
        if leaving is None:
            self.at_most |= {entering} if way > 0 else set()
            return step
        if is_at_most:
            self.at_most.add(self.basis[leaving])
        self.basis[leaving] = entering
        self.values[leaving] = start + way * step
        self._pivot(leaving, change)
        return step

    def _pivot(self, leaving, change):
        self.inverse[leaving] = [one / change[leaving] for one in self.inverse[leaving]]
        for row in ROWS:
            if row != leaving:
                self.inverse[row] = [
                    one - change[row] * two
                    for one, two in zip(
                        self.inverse[row], self.inverse[leaving], strict=True
                    )
                ]
