from bisect import bisect_right
from functools import partial
from itertools import accumulate
from operator import itemgetter

from odoo import models
from odoo.tools import SQL, groupby

from ...tools.score import exact, fte_bought
from .look import ask
from .pso_trend import YEAR


class PsoTrend(models.AbstractModel):
    """What was bought, in each window of a trend (section 4)."""

    _inherit = "pso.trend"

    def _purchases(self, course, rows):
        """Add up the fte of purchases of each window: ``[(all, proven)]``, exactly.

        :param rows: of ``_sql_buckets``
        """
        sums = [[0, 0] for _window in course.windows]
        places, count = course.places, len(course.borders) + 1
        for partner, by_year in groupby(rows, itemgetter(0)):
            years, known = [], {}
            for _partner, year, buckets, turnover, rate in by_year:
                years.append((year, Running(buckets, count)))
                known[year] = turnover or 0, rate or 0
            look_up = partial(self._figure, course.hull.company, partner)
            figures = Figures(known, look_up)
            balances = self._balances(years, places)
            for window_sums, bought in zip(sums, balances, strict=True):
                if bought:
                    for n, fte in enumerate(self._supplier_fte(figures, bought)):
                        window_sums[n] += fte
        return [[exact(value) for value in window_sums] for window_sums in sums]

    def _sql_buckets(self, course, periods):
        """Select what counts by supplier and year between the borders of windows.

        :return: SQL of ``Lists``: supplier, year, ``[[number of the bucket, amount,
            amount proven]]``, turnover and fte per unit of the supplier
        """
        return SQL(
            """
            SELECT json_build_array(bought.partner_id, bought.year, buckets,
                figure.turnover, figure.fte_per_unit) AS list
            FROM (
                -- Figures of a supplier are looked up once a year.
                SELECT partner_id, year, json_agg(
                    json_build_array(number, amount, proven) ORDER BY number) AS buckets
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
        rows = ask(self.env, lambda: ({"figure": figure}, {}))["figure"]
        return rows[0] if rows else (0, 0)

    def _balances(self, years, places):
        """Return what is bought of one supplier in each window: all and proven by year.

        :param years: ``(year, Running)``, in order
        :param places: of the windows, as ``Course`` has them
        :return: ``[{year: (all, proven)}]``
        """
        balances = [{} for _place in places]
        firsts, lasts, *_years = zip(*places, strict=True)
        for year, running in years:
            # Those that end after the first bucket, and begin by the last.
            begin = bisect_right(lasts, running.first)
            for n in range(begin, bisect_right(firsts, running.last)):
                first, last, first_year, last_year = places[n]
                amount, proven = running.between(first, last)
                if not amount and not proven:
                    continue
                # As in the lines of a measurement over just these twelve months.
                within = year if first_year <= year <= last_year else first_year
                before = balances[n].get(within, (0, 0))
                balances[n][within] = before[0] + amount, before[1] + proven
        return balances

    def _supplier_fte(self, figures, balances):
        """Return the fte of one supplier's balances in one window, all and proven."""
        ordered = sorted(balances)
        amounts = [balances[year][0] for year in ordered]
        proven = [balances[year][1] for year in ordered]
        counted = fte_bought(figures, ordered, amounts)
        if proven == amounts:
            return counted, counted
        return counted, fte_bought(figures, ordered, proven)

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
                (known.date + make_interval(years => years))::date AS date,
                (known.judged_on + make_interval(years => years))::date AS judged_on
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


class Running:
    """The running sums of two amounts in numbered buckets.

    :param buckets: ``(number, amount, other amount)`` in the order of the numbers
    :param count: how many buckets there are, from 0 on
    """

    def __init__(self, buckets, count):
        # Kept for each bucket: they are asked for more often than there are any.
        amounts, others = [0] * count, [0] * count
        for number, amount, other in buckets:
            amounts[number], others[number] = amount, other
        self.first, self.last = buckets[0][0], buckets[-1][0]
        self.amounts = list(accumulate(amounts, initial=0))
        self.others = list(accumulate(others, initial=0))

    def between(self, first, last):
        """Return the sums over the buckets from one number to before another."""
        amounts, others = self.amounts, self.others
        return amounts[last] - amounts[first], others[last] - others[first]
