from bisect import bisect_left
from collections import defaultdict
from datetime import date
from decimal import localcontext
from itertools import accumulate
from operator import mul
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

from ...tools.score import EXACT, Facts, compute, exact, percentages
from .look import Lists, ask
from .window import Periods, Window

PAST = 24
OUTLOOK = 12
YEAR = relativedelta(years=1)
DAY = relativedelta(days=1)


class Course(NamedTuple):
    """The windows of a trend.

    :param hull: the window that holds them all
    :param windows: ``(first day, last day)`` of each
    :param today: the last day of which something is known; what follows is outlook
    """

    hull: Window
    windows: list
    today: date

    @property
    def borders(self):
        """The days between two of which the same windows are open."""
        windows = self.windows
        return sorted({day for start, end in windows for day in (start, end + DAY)})

    @property
    def places(self):
        """Each window by its first bucket and the first after it, and by its years."""
        borders = self.borders
        return [
            (
                *(bisect_left(borders, day) + 1 for day in (start, end + DAY)),
                start.year,
                end.year,
            )
            for start, end in self.windows
        ]


class PsoTrend(models.AbstractModel):
    """The rolling score: of the twelve months to the end of each month.

    All windows come from one look at the people and one at the purchases, over the
    hull of the windows. What somebody adds is constant between a start and an end, so
    that the sum over a window is the difference of a running integral at its two ends.
    Purchases are capped by supplier and calendar year within each window (section 4),
    and are added up between the borders of the windows.

    Everything is held against one edition: the line shows what changed at the company,
    not what changed in the rules. Corrections belong to a measurement and are left out.
    """

    _name = "pso.trend"
    _description = "Rolling PSO Score"

    def _year_to(self, end):
        """Return the twelve months that end on a day, as ``(first day, last day)``."""
        return end + DAY - YEAR, end

    def _rolling(self, companies, edition, today):
        """Return the score at 24 month ends back, today, and 12 month ends ahead.

        The outlook takes statuses, contracts and certificates to end as known today,
        and purchases to be those of a year before.

        :return: as ``_points_of``; of last night for who can change facts about persons
        """
        if self.env.user._pso_sees_kept_figures():
            snapshots = self.env["pso.snapshot"]
            company = companies[:1]._origin
            return snapshots._read_one(company, "rolling", "trend")[1] or []
        course = self._rolling_course(companies, edition, today)
        return self._points_of(course)

    def _until(self, window):
        """Return the score of 24 months up to the end of a window, without outlook.

        Where it ends at the end of a month they all do; else on its day of the month.

        :return: as ``_points``
        """
        if self.env.user._pso_sees_kept_figures():
            return self.env["pso.measurement"]._kept_part(window, "trend") or []
        return self._points_of(self._course_until(window))

    def _rolling_course(self, companies, edition, today):
        past = [today + relativedelta(months=n, day=31) for n in range(-PAST, 0)]
        ends = [*past, *self._ends_ahead(today)]
        return self._course(companies, edition, ends, today)

    def _ends_ahead(self, today):
        """Return today, and the month ends of the outlook."""
        ends = [today + relativedelta(months=n, day=31) for n in range(OUTLOOK + 1)]
        return [today, *[end for end in ends if end > today][:OUTLOOK]]

    def _course_until(self, window):
        last = window.end
        is_month_end = (last + DAY).day == 1
        day = 31 if is_month_end else last.day
        ends = [last + relativedelta(months=-n, day=day) for n in range(PAST, -1, -1)]
        return self._course(window.companies, window.edition, ends, last)

    def _course(self, companies, edition, ends, today):
        """Return the windows of a trend: the year to each of the given days.

        :param ends: days in ascending order; those after ``today`` are outlook
        """
        windows = [self._year_to(end) for end in ends]
        hull = Window(companies, windows[0][0], windows[-1][1], edition)
        return Course(hull, windows, today)

    def _points(self, companies, edition, ends, today):
        """Return the score of the year to each of the given days: as ``_points_of``.

        :param ends: days in ascending order; those after ``today`` are outlook
        """
        return self._points_of(self._course(companies, edition, ends, today))

    def _points_of(self, course, answers=None):
        """Return the score of each window of a course.

        :param answers: to ``_questions``, for who has them already
        :return: ``[{date, direct, indirect, total, proven, norms, is_outlook, level}]``
            in percentages and ready for JSON; ``indirect`` as far as it counts
        """
        if answers is None:
            answers = ask(self.env, self._questions(course))
        people = self._people(course, answers["steps"])
        purchases = self._purchases(course, answers["buckets"])
        return self._points_by(course, people, purchases)

    def _points_by(self, course, people, purchases):
        """Return the score of each window of a course, as ``_points_of``.

        :param people: fte of each window, ``[(total, direct, proven)]``
        :param purchases: likewise, ``[(all, proven)]``
        """
        ladder = course.hull.edition._ladder()
        return [
            self._point(end, *facts, ladder) | {"is_outlook": end > course.today}
            for (_start, end), *facts in zip(
                course.windows, people, purchases, strict=True
            )
        ]

    def _questions(self, course, periods=None):
        """Say what a trend has to know, as SQL.

        :param periods: of all days of the course, for who has them already
        """
        periods = periods or Periods.of([course.hull])
        return {
            "steps": self._sql_steps(course, periods),
            "buckets": Lists(self._sql_buckets(course, periods)),
        }

    def _point(self, end, people, purchases, ladder):
        total, direct, proven_direct = people
        indirect, proven_indirect = purchases
        score = compute(Facts(total, direct, indirect), ladder)
        proven = Facts(total, proven_direct, proven_indirect)
        *_shares, proven_total = percentages(proven, ladder.indirect_max_share)
        return {
            "date": fields.Date.to_string(end),
            "direct": float(score.direct),
            "indirect": float(score.counted),
            "total": float(score.total),
            "proven": float(proven_total),
            "norms": {
                str(level.id): norm if norm is None else float(norm)
                for level, norm in score.norms.items()
            },
            "level": score.level and score.level.id,
        }

    # -- people ------------------------------------------------------------------

    def _people(self, course, rows):
        """Add up the fte of each window: ``[(total, direct, proven)]``, exactly.

        :param rows: of ``_sql_steps``
        """
        return [
            [max(value, 0) for value in window_sums]
            for window_sums in self._people_sums(course, rows)
        ]

    def _people_sums(self, course, rows):
        """Add up the fte of each window, below zero where more go than there are."""
        steps = defaultdict(list)
        for fulltime_hours, *step in rows:
            steps[fulltime_hours].append(step)
        sums = [[0, 0, 0] for _window in course.windows]
        ends = [
            (start.toordinal(), (end + DAY).toordinal())
            for start, end in course.windows
        ]
        for fulltime_hours, changes in steps.items():
            days, *quantities = zip(*changes, strict=True)
            hours = exact(fulltime_hours)
            with localcontext(EXACT):
                integrals = [Integral(days, quantity) for quantity in quantities]
                hour_days = [
                    [integral.between(*window) for integral in integrals]
                    for window in ends
                ]
            for window_sums, (first, last), values in zip(
                sums, ends, hour_days, strict=True
            ):
                for n, value in enumerate(values):
                    window_sums[n] += exact(value) / (hours * (last - first))
        return sums

    def _sql_steps(self, course, periods):
        """Select by how much hours change from a day on: all, direct and proven.

        Days are numbers, as Python has them: those of dates are slow to add up.
        """
        return SQL(
            """
            SELECT fulltime_hours::numeric, day - DATE '0001-01-01' + 1 AS day,
                SUM(total) AS total, SUM(direct) AS direct, SUM(proven) AS proven
            FROM (%(staff)s UNION ALL %(group)s) AS step
            GROUP BY fulltime_hours, day ORDER BY day
            """,
            staff=self._sql_staff_steps(course.hull, periods),
            group=self._sql_group_steps(course.hull, periods),
        )

    def _sql_staff_steps(self, hull, periods=None):
        """Select how many more are employed from a day on, by their hours.

        Those who begin and those who end come from one look at the lines.
        """
        people = self.env["pso.person.line"]
        return SQL(
            """
            SELECT fulltime_hours, COALESCE(date_from, date_to + 1) AS day,
                fte_hours::numeric * CASE WHEN GROUPING(date_from) = 0
                    THEN COUNT(*) ELSE -COUNT(*) END AS total,
                0 AS direct, 0 AS proven
            -- OFFSET hides where hours come from: else PostgreSQL takes them to be all
            -- different, and sorts everybody.
            FROM (
                SELECT fulltime_hours, fte_hours, date_from, date_to
                FROM (%s) AS line WHERE total_days > 0 OFFSET 0
            ) AS line
            GROUP BY GROUPING SETS (
                (fulltime_hours, fte_hours, date_from),
                (fulltime_hours, fte_hours, date_to))
            """,
            people._sql_live_of([hull], people._sql_staff, periods),
        )

    def _sql_group_steps(self, hull, periods=None):
        """Select how many more count from a day on, by their hours and weights.

        A target-group line takes a form of contract out of the total on all its days,
        and adds to total and direct on those that count.
        """
        people = self.env["pso.person.line"]
        return SQL(
            """
            SELECT fulltime_hours, day, hours * change.total, hours * weight * direct,
                hours * weight * proven
            FROM (
                SELECT fulltime_hours, fte_hours::numeric AS hours, weight, total_days,
                    date_from, date_to, counted_from, counted_to,
                    (total_days > 0)::int AS joins, is_verified::int AS is_proven
                FROM (%s) AS line
                -- OFFSET has them made once, however often they are used.
                WHERE total_days < 0 OR counted_days > 0 OFFSET 0
            ) AS line
            -- From the first day on so much more, after the last so much less: out of
            -- the total on all days, or counted on some, which else are NULL.
            CROSS JOIN LATERAL (
                VALUES (counted_from, joins, 1, is_proven),
                    (counted_to + 1, -joins, -1, -is_proven),
                    (CASE WHEN total_days < 0 THEN date_from END, -1, 0, 0),
                    (CASE WHEN total_days < 0 THEN date_to + 1 END, 1, 0, 0)
            ) AS change (day, total, direct, proven)
            WHERE day IS NOT NULL
            """,
            people._sql_live_of([hull], people._sql_group, periods),
        )


class Integral:
    """The running integral over days of a quantity that changes in steps.

    Each change counts from its day on: up to a day, that is so often as there are days
    between. Added up, it is the sum of all changes times the number of the day, less
    the sum of each times the number of its own day.

    :param days: numbers of days, in their order
    :param changes: of the quantity, on each of these days
    """

    def __init__(self, days, changes):
        self.days = days
        self.changes = list(accumulate(changes, initial=0))
        self.shifts = list(accumulate(map(mul, changes, days), initial=0))

    def until(self, day):
        """Return the integral over all days before this one."""
        n = bisect_left(self.days, day)
        return self.changes[n] * day - self.shifts[n]

    def between(self, start, end):
        """Return the integral from one day to before another."""
        return self.until(end) - self.until(start)
