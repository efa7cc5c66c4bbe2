from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import SQL, groupby

from ...tools.score import exact
from ..measurement.look import ask
from ..measurement.pso_trend import YEAR
from ..measurement.window import Periods
from .pso_scenario_line import PEOPLE, PURCHASES
from .pso_scenario_purchases import Books, Purchase

STRETCH = SQL(
    "employee_id, kind, fulltime_hours::numeric, fte_hours::numeric, weight, "
    "date_from, date_to, total_days, counted_from, counted_to, counted_days, "
    "is_verified"
)
NOTHING = exact(0), exact(0)


class PsoScenario(models.Model):
    """What becomes of a scenario in the coming year, beside what comes as things stand.

    The outlook of ``pso.trend``, of other facts: who is assumed adds to the steps of
    those who are registered, and what is bought at the vendors of the changes is
    judged anew. It goes on from the records of today, whatever the start.
    """

    _inherit = "pso.scenario"

    @api.readonly
    def outlook(self):
        """Return what the scenario makes of the coming months, and what comes anyway.

        :return: ``{note, trend, scenario, ladder}``: points as ``pso.trend`` has them,
            those of the past and of today with the trend alone, and the levels by name;
            the note says why there are none
        :raise AccessError: for who may not read the scenario
        """
        self.ensure_one()
        self.check_access("read")
        obstacle = self._outlook_obstacle()
        if obstacle:
            return {"note": obstacle, "trend": [], "scenario": [], "ladder": False}
        trend, scenario = self.sudo()._outlook()
        return {
            "note": False,
            "trend": trend,
            "scenario": scenario,
            "ladder": {"rows": self.sudo()._rungs_of_course()},
        }

    def _outlook_obstacle(self):
        """Return why a scenario has no outlook, None if it has one.

        Who is told the figures of last night gets none: it would be of now.
        """
        window = self._window()
        if not window:
            return self._missing_start()
        if not self.env["pso.edition"].sudo()._at(fields.Date.context_today(self)):
            return self.env._("No edition of the rule book is in use.")
        if self.env["pso.measurement"].sudo()._sees_kept():
            return self.env._(
                "The outlook of a scenario is reckoned from the records as they are "
                "now. You can change facts about employees, so it is not shown to you."
            )
        return None

    def _rungs_of_course(self):
        course, _hours = self._course(self._window())
        norms = {str(level.id): None for level in self.env["pso.level"].search([])}
        rungs = self.env["pso.measurement"]._rungs(norms, course.hull.edition)
        return [{name: rung[name] for name in ("id", "name")} for rung in rungs]

    def _course(self, window):
        """Return today and the twelve month ends ahead, and the full-time hours.

        Under the edition in force today, unless another is one of the changes.
        """
        measurements, trend = self.env["pso.measurement"].sudo(), self.env["pso.trend"]
        today = fields.Date.context_today(self)
        rolling = measurements._rolling(window.company)
        asked, hours = self._asked(rolling, self._usable_lines())
        course = trend._course(
            window.companies, asked.edition, trend._ends_ahead(today), today
        )
        return course, hours

    def _usable_lines(self):
        return self.line_ids.filtered(lambda line: line._is_usable())

    def _outlook(self):
        """Reckon the coming months: as things stand, and of the scenario.

        As superuser: what it tells is totals alone.

        :return: two lists of points, as ``pso.trend._points_of``
        """
        window, trend = self._window(), self.env["pso.trend"].sudo()
        course, hours = self._course(window)
        lines = self._usable_lines()
        as_is = self._plain_course(window, course)
        known = ask(self.env, trend._questions(as_is))
        points = trend._points_of(as_is, known)
        if hours or course.hull.edition != as_is.hull.edition:
            periods = Periods.of([course.hull])._replace(
                fulltime_hours=hours and SQL("%s::float", hours)
            )
            known = ask(self.env, trend._questions(course, periods))
        people = self._people_ahead(course, known["steps"], window, lines, hours)
        bought = self._purchases_ahead(course, known["buckets"], window, lines)
        return points, trend._points_by(course, people, bought)

    def _plain_course(self, window, course):
        """Return the same windows under the edition in force today."""
        rolling = self.env["pso.measurement"].sudo()._rolling(window.company)
        return course._replace(hull=replace(course.hull, edition=rolling.edition))

    # -- people ------------------------------------------------------------------

    def _people_ahead(self, course, steps, window, lines, hours):
        """Add up the fte of each window, with who is assumed: as ``pso.trend._people``.

        :param steps: of who is registered, rows of ``pso.trend._sql_steps``
        :param window: in which changes without a date begin with its first day
        """
        trend = self.env["pso.trend"]
        known = trend._people_sums(course, steps)
        people = [
            each
            for line in lines.filtered(lambda line: line.kind in PEOPLE)
            for each in self._assumed(window, line)
        ]
        assumed = self._assumed_steps(course, people, hours) if people else []
        added = trend._people_sums(course, assumed)
        return [
            [max(a + b, 0) for a, b in zip(*both, strict=True)]
            for both in zip(known, added, strict=True)
        ]

    def _assumed_steps(self, course, people, hours):
        """Return by how much hours change from a day on, as ``pso.trend._sql_steps``.

        Of each by itself, as often as there are of him.
        """
        steps = []
        rows = self._select_assumed(course.hull, people, hours, STRETCH)
        for number, kind, fulltime_hours, fte_hours, weight, *days in rows:
            count, hour = exact(people[-1 - number].count), exact(fte_hours)
            values = hour, hour * exact(weight), hour * exact(weight)
            for first, last, counts in _stretches(kind, *days):
                change = [count * v * n for v, n in zip(values, counts, strict=True)]
                steps.append((fulltime_hours, first.toordinal(), *change))
                back = [-value for value in change]
                steps.append((fulltime_hours, last.toordinal() + 1, *back))
        return sorted(steps, key=lambda step: step[1])

    # -- purchases ---------------------------------------------------------------

    def _purchases_ahead(self, course, buckets, window, lines):
        """Add up the fte of purchases of each window: as ``pso.trend._purchases``.

        What is bought at vendors of no change is as it is known, that at the others is
        reckoned anew.
        """
        trend = self.env["pso.trend"]
        lines = lines.filtered(lambda line: line.kind in PURCHASES)
        vendors = set(lines._vendors().ids)
        known = [row for row in buckets if row[0] not in vendors]
        sums = trend._purchases(course, known)
        if not vendors:
            return sums
        books = self._books_ahead(course, window, lines)
        changed = trend._purchases(course, self._buckets_of(course, books))
        return [
            [a + b for a, b in zip(*both, strict=True)]
            for both in zip(sums, changed, strict=True)
        ]

    def _books_ahead(self, course, window, lines):
        """Return the purchases at the vendors of the changes, until the last window.

        What is bought up to today comes again in a year, what a change buys too.
        """
        span = replace(window, end=max(course.hull.end, window.end), number=0)
        span = replace(span, edition=course.hull.edition)
        all_days = replace(span, start=min(course.hull.start, span.start))
        vendors = lines._vendors()
        days = {self._day(span, line) for line in lines}
        days |= {day + YEAR for day in days if day <= course.today}
        books = Books(
            self._bills_ahead(course, vendors),
            self._vendor_figures(all_days, vendors),
            self._coverage(span, vendors, days),
        )
        self._assume_figures(all_days, lines, books)
        for line in lines.sorted(lambda each: each.kind != "certificate"):
            before = len(books.purchases)
            self._apply(span, books, line)
            for each in books.purchases[before:]:
                if line.kind != "certificate" and each.day <= course.today:
                    again = each.day + YEAR
                    books.purchases.append(
                        replace(
                            each,
                            day=again,
                            year=again.year,
                            counts=books.covered.get((each.vendor, again)),
                        )
                    )
        return books

    def _bills_ahead(self, course, vendors):
        """Return what was bought at vendors, and what comes again in a year."""
        lines, trend = self.env["pso.supplier.line"].sudo(), self.env["pso.trend"]
        periods = Periods.of([course.hull])._replace(
            vendors=SQL("SELECT unnest(%s)", list(vendors._ids))
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, year, judged_on, SUM(amount), is_verified, date
                FROM (%s) AS judged WHERE partner_id IN %s
                GROUP BY partner_id, year, judged_on, is_verified, date %s
                """,
                lines._sql_judged(
                    periods, trend._sql_purchases_ahead(periods, course.today)
                ),
                vendors._ids,
                lines._sql_flush(),
            )
        )
        return [Purchase(*row) for row in rows]

    def _buckets_of(self, course, books):
        """Return what counts by vendor and year between the borders of windows.

        :return: rows of ``pso.trend._sql_buckets``
        """
        borders = course.borders
        amounts = defaultdict(lambda: [exact(0), exact(0)])
        for each in books.purchases:
            if each.counts is not None:
                number = bisect_right(borders, each.billed_on or each.day)
                bucket = amounts[each.vendor, each.year, number]
                bucket[0] += exact(each.amount)
                bucket[1] += exact(each.amount) if each.counts else 0
        rows = []
        for (vendor, year), buckets in groupby(
            sorted(amounts.items()), lambda item: item[0][:2]
        ):
            figures = books.figures.get((vendor, year))
            capped = figures.capped if figures else NOTHING
            sums = [(number, *bucket) for (*_key, number), bucket in buckets]
            rows.append([vendor, year, *map(list, zip(*sums, strict=True)), *capped])
        return rows


def _stretches(
    kind, date_from, date_to, total_days, counted_from, counted_to, *counting
):
    """Yield on which days a line of somebody counts, and for what.

    As the trend has it: a form of contract that is not part of the total takes from it
    on all days, what counts adds to total and direct on those that do.

    :return: ``(first day, last day, (total, direct, proven))``, each 1, 0 or -1
    """
    counted_days, is_verified = counting
    if kind == "staff":
        if total_days > 0:
            yield date_from, date_to, (1, 0, 0)
        return
    if total_days < 0:
        yield date_from, date_to, (-1, 0, 0)
    if counted_days > 0:
        counts = int(total_days > 0), 1, int(bool(is_verified))
        yield counted_from, counted_to, counts
