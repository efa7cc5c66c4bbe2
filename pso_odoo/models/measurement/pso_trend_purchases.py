import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from decimal import localcontext
from functools import partial
from itertools import accumulate
from operator import add, itemgetter, sub

from odoo import models
from odoo.tools import SQL, groupby

from ...tools.score import EXACT, exact, fte_bought
from .look import ask
from .pso_trend import YEAR


class PsoTrend(models.AbstractModel):
    """What was bought, in each window of a trend (section 4)."""

    _inherit = "pso.trend"

    def _purchases(self, course, rows):
        """Add up the fte of purchases of each window: ``[(all, proven)]``, exactly.

        As if all of it counted in full they are added up by bucket, for all windows and
        suppliers at once. It mostly does: what refunds and the turnover of a supplier
        take off is set right in the few windows in which they do.

        :param rows: of ``_sql_buckets``
        """
        spans, company = Spans(course), course.hull.company
        by_bucket = [0] * spans.count, [0] * spans.count
        taken_off = [[0, 0] for _window in course.windows]
        with localcontext(EXACT):
            for partner, by_year in groupby(rows, itemgetter(0)):
                years = [Bought(*row[1:]) for row in by_year]
                for bought in years:
                    bought.add_fte(*by_bucket)
                bent = set().union(*(bought.bent(spans) for bought in years))
                figures = bent and self._figures_of(company, partner, years)
                for n in bent:
                    less = _taken_off(years, spans.places[n], figures)
                    taken_off[n] = list(map(add, taken_off[n], less))
            in_full = zip(*map(spans.sums, by_bucket), strict=True)
            return [
                [exact(value) for value in map(sub, *both)]
                for both in zip(in_full, taken_off, strict=True)
            ]

    def _sql_buckets(self, course, periods):
        """Select what counts by supplier and year between the borders of windows.

        :return: SQL of ``Lists``: supplier, and what ``Bought`` wants
        """
        return SQL(
            """
            SELECT json_build_array(bought.partner_id, bought.year, numbers, amounts,
                proven, figure.turnover, figure.fte_per_unit) AS list
            FROM (
                -- Figures of a supplier are looked up once a year.
                SELECT partner_id, year, json_agg(number ORDER BY number) AS numbers,
                    json_agg(amount ORDER BY number) AS amounts,
                    json_agg(proven ORDER BY number) AS proven
                FROM (
                    SELECT judged.partner_id, judged.year,
                        width_bucket(judged.date, %(borders)s::date[]) AS number,
                        COALESCE(SUM(amount) FILTER (
                            WHERE is_verified IS NOT NULL), 0) AS amount,
                        COALESCE(SUM(amount) FILTER (WHERE is_verified), 0) AS proven
                    FROM (%(judged)s) AS judged
                    GROUP BY judged.partner_id, judged.year, number
                ) AS bucket
                GROUP BY partner_id, year
            ) AS bought
            JOIN res_company company ON company.id = %(company)s
            LEFT JOIN LATERAL (%(figure)s) AS figure ON figure.turnover > 0
            ORDER BY bought.partner_id, bought.year
            %(flush)s
            """,
            borders=course.borders,
            judged=self.env["pso.supplier.line"]._sql_judged(
                periods, self._sql_purchases_ahead(periods, course.today)
            ),
            company=course.hull.company.id,
            figure=self.env["pso.supplier.figure"]._sql_at(
                SQL("bought.partner_id"), SQL("bought.year"), SQL("company")
            ),
            flush=self.env["pso.supplier.line"]._sql_flush(),
        )

    def _figures_of(self, company, partner, years):
        known = {each.year: (each.turnover, each.rate) for each in years}
        return Figures(known, partial(self._figure, company, partner))

    def _figure(self, company, partner, year):
        """Look up a supplier's turnover in a year and fte per unit, 0 if unknown."""
        figure = SQL(
            """
            SELECT figure.turnover, figure.fte_per_unit
            FROM res_company company CROSS JOIN LATERAL (%(figure)s) AS figure
            WHERE company.id = %(company)s AND figure.turnover > 0
            """,
            company=company.id,
            figure=self.env["pso.supplier.figure"]._sql_at(
                SQL("%s", partner), SQL("%s", year), SQL("company")
            ),
        )
        rows = ask(self.env, {"figure": figure})["figure"]
        return rows[0] if rows else (0, 0)

    def _sql_purchases_ahead(self, periods, today):
        """Select the purchases up to today, and those of the last year once more.

        In the outlook they are repeated a year later, and judged on that day.
        """
        return SQL(
            """
            SELECT known.measurement_id, known.edition_id, move_id, partner_id,
                shifted.date, shifted.judged_on, known.year + years AS year, amount,
                amount_excluded
            FROM (%(known)s) AS known
            JOIN %(period)s AS period ON period.id = known.measurement_id
            CROSS JOIN (VALUES (0), (1)) AS later (years)
            CROSS JOIN LATERAL (SELECT
                CASE WHEN years = 0 THEN known.date
                    ELSE (known.date + make_interval(years => years))::date END AS date,
                CASE WHEN years = 0 THEN known.judged_on
                    ELSE (known.judged_on + make_interval(years => years))::date END
                    AS judged_on
            ) AS shifted
            WHERE known.date <= %(today)s AND (years = 0
                OR known.date > %(year_ago)s AND shifted.date <= period.date_end)
            """,
            period=periods.period,
            known=self.env["pso.supplier.line"]._sql_purchases(periods),
            today=today,
            year_ago=today - YEAR,
        )


class Figures(dict):
    """A supplier's turnover and fte per unit by year, looked up where not known yet.

    Mostly all are known. But a refund of an earlier bill, one with a charge on it, may
    bring something to a year in which there are no other purchases.

    :param known: those of the years in which something is bought
    :param look_up: what finds those of another year
    """

    def __init__(self, known, look_up):
        super().__init__(known)
        self.look_up = look_up

    def __missing__(self, year):
        self[year] = self.look_up(year)
        return self[year]


class Spans:
    """The windows of a trend, each a span of numbered buckets: see ``Course``."""

    def __init__(self, course):
        self.places = course.places
        self.count = len(course.borders) + 1
        self.firsts, self.lasts, *_years = zip(*self.places, strict=True)

    def touching(self, first, last):
        """Return the numbers of the windows that any of these buckets can be in."""
        # Those that end after the first bucket, and begin by the last.
        return range(bisect_right(self.lasts, first), bisect_right(self.firsts, last))

    def sums(self, amounts):
        """Return what all buckets of a window add up to, for each window.

        :param amounts: by number of the bucket
        """
        until = list(accumulate(amounts, initial=0))
        return [until[last] - until[first] for first, last, *_years in self.places]


class Bought:
    """What was bought of one supplier, and is of one year.

    :param numbers: of the buckets in which there is any, in their order
    :param amounts: in each of these buckets
    :param proven: amounts likewise
    :param turnover: of the supplier, nothing if unknown
    :param rate: fte per unit of money, likewise
    """

    def __init__(self, year, numbers, amounts, proven, turnover, rate):
        self.year, self.numbers = year, numbers
        self.amounts, self.proven = amounts, proven
        self.turnover, self.rate = turnover or 0, rate or 0

    def add_fte(self, fte, proven_fte):
        """Add its fte, all and proven, to those of each bucket."""
        if self.rate:
            bought = zip(self.numbers, self.amounts, self.proven, strict=True)
            for number, amount, proven in bought:
                fte[number] += amount * self.rate
                proven_fte[number] += proven * self.rate

    def within(self, place):
        """Return what was bought in a window: all and proven."""
        begin, end, *_years = place
        if end <= self.numbers[0] or self.numbers[-1] < begin:
            return 0, 0
        some = slice(bisect_left(self.numbers, begin), bisect_left(self.numbers, end))
        return sum(self.amounts[some]), sum(self.proven[some])

    def bent(self, spans):
        """Return the numbers of the windows in which it may not count in full.

        As there is less than nothing, more than the turnover, or it is of another year.
        """
        windows = spans.touching(self.numbers[0], self.numbers[-1])
        if not windows:
            return set()
        bent = self._bent_by(self.amounts, spans, windows)
        if self.proven != self.amounts:
            bent |= self._bent_by(self.proven, spans, windows)
        # Windows follow each other: what is in the years of both ends is in all.
        *_buckets, last_year = spans.places[windows[0]]
        *_buckets, first_year, _last_year = spans.places[windows[-1]]
        if not first_year <= self.year <= last_year:
            bent |= {n for n in windows if self.year_in(spans.places[n]) != self.year}
        return bent

    def _bent_by(self, amounts, spans, windows):
        most = self.turnover if self.rate else math.inf
        # Of nothing but purchases there is never more than all of them.
        if min(amounts) >= 0 and sum(amounts) <= most:
            return set()
        by_bucket = [0] * spans.count
        for number, amount in zip(self.numbers, amounts, strict=True):
            by_bucket[number] = amount
        sums = spans.sums(by_bucket)
        return {n for n in windows if not 0 <= sums[n] <= most}

    def year_in(self, place):
        """Return the year that it is of in a window.

        As in the lines of a measurement over just these twelve months.
        """
        *_buckets, first_year, last_year = place
        return self.year if first_year <= self.year <= last_year else first_year


def _taken_off(years, place, figures):
    """Return the fte that refunds and turnover take off in a window: all and proven.

    :param years: ``Bought`` of one supplier, in the order of the years
    :param place: of the window
    :param figures: of the supplier, as ``fte_bought`` wants them
    """
    balances, in_full = defaultdict(lambda: (0, 0)), (0, 0)
    for bought in years:
        amounts = bought.within(place)
        if any(amounts):
            fte = (amount * bought.rate for amount in amounts)
            in_full = list(map(add, in_full, fte))
            year = bought.year_in(place)
            balances[year] = list(map(add, balances[year], amounts))
    ordered = sorted(balances)
    counted = [
        fte_bought(figures, ordered, [balances[year][part] for year in ordered])
        for part in (0, 1)
    ]
    return list(map(sub, in_full, counted))
