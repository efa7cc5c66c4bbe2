from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import SQL

from ...tools.score import exact
from ..measurement.pso_measurement_figures import DAYS
from ..measurement.window import Periods

# Who is here already has been for so long: nothing is known of since when.
YEARS_BEFORE = 20


class Assumed(NamedTuple):
    """Somebody who is not registered, under contract for some days, so many times.

    :param line: the change that says so
    :param count: how many of them, negative for who goes
    :param hours: a week
    :param hired: the first day of the employment
    :param left: the last day of it, or None
    :param group: id, None for who is not of the target group
    :param form: id of the form of contract, likewise
    :param counted_from: the first day of group and form, likewise
    :param is_proven: whether the proof of it is verified
    """

    line: models.BaseModel
    count: object
    hours: float
    hired: object
    left: object
    group: object = None
    form: object = None
    counted_from: object = None
    is_proven: bool = False


class PsoScenario(models.Model):
    """What changes in own staff, by the SQL that people are counted with (section 3).

    Each change is told as employment and status of somebody who is not registered: so
    weights, counting periods and the size are found as they are of everybody else.
    """

    _inherit = "pso.scenario"

    def _people_effects(self, window, lines, fulltime_hours=None):
        """Return what changes of people make.

        :param window: in which they are counted, by whose edition
        :param fulltime_hours: the hours that make one fte, those of the company if None
        :return: ``{line: ({sum: fte}, reasons)}``, as ``pso.measurement._sums`` has
            sums; reasons are those of person lines of who comes in
        """
        people = [each for line in lines for each in self._assumed(window, line)]
        effects = {line: ({}, []) for line in lines}
        if not people:
            return effects
        measurements = self.env["pso.measurement"].sudo()
        for number, reason, *values in self._count(window, people, fulltime_hours):
            who = people[-1 - number]
            sums, reasons = effects[who.line]
            for name, fte in measurements._parts(window, "group", values):
                sums[name] = sums.get(name, 0) + exact(who.count) * fte
            if who.group and who.count > 0 and reason is not None:
                reasons.append(reason)
        return effects

    def _assumed(self, window, line):
        """Yield who comes and who goes by a change."""
        start = line.date_from or window.start
        long_ago = window.start - relativedelta(years=YEARS_BEFORE)
        day_before = max(start, long_ago) - timedelta(days=1)
        group, form, n = line.group_id.id, line.form_id.id, line.people
        # Who goes was counted as proven, so that what is proven is never too much.
        goes = Assumed(line, -n, line.hours, long_ago, None, group, form, start, True)
        if line.kind == "hire":
            yield Assumed(
                line, n, line.hours, start, line.date_to or None, group, form, start
            )
        elif line.kind == "leave":
            yield goes
            yield Assumed(line, n, line.hours, long_ago, day_before)
        elif line.kind == "form":
            yield goes
            becomes = line.to_form_id.id
            yield Assumed(line, n, line.hours, long_ago, None, group, becomes, start)
        elif line.kind == "staff":
            yield Assumed(line, line.fte, None, start, line.date_to or None)

    def _count(self, window, people, fulltime_hours):
        """Select what assumed people make, as ``_sums_of`` reads values of a group.

        :return: rows of number, reason (of who is in the target group, else None),
            full-time hours, hours, weight and ``DAYS``
        """
        columns = SQL(
            """
            employee_id, CASE WHEN kind = 'group' THEN reason END,
            fulltime_hours::numeric, fte_hours::numeric, weight, %s
            """,
            SQL(", ").join(map(SQL.identifier, DAYS)),
        )
        return self._select_assumed(window, people, fulltime_hours, columns)

    def _select_assumed(self, window, people, fulltime_hours, columns):
        """Select columns of the person lines that assumed people make in a window."""
        lines = self.env["pso.person.line"].sudo()
        periods = Periods.of([window])._replace(
            employment=self._sql_employment(window, people),
            statuses=self._sql_statuses(people),
            fulltime_hours=fulltime_hours and SQL("%s", fulltime_hours),
        )
        return self.env.execute_query(
            SQL(
                "SELECT %s FROM (%s UNION ALL %s) AS line %s",
                columns,
                lines._sql_staff(periods),
                lines._sql_group(periods),
                lines._sql_flush(),
            )
        )

    def _sql_employment(self, window, people):
        """Return assumed employment, as ``hr.version._sql_pso_employment``, for FROM.

        Who is numbered below zero is nobody's employee. Hours that are not given are
        those of one fte.
        """
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s::date, %s::date, %s::float)",
                *(-1 - place, window.company.id, each.hired, each.left, each.hours),
            )
            for place, each in enumerate(people)
        )
        return SQL(
            """(
            SELECT number AS id, number AS employee_id, given.company_id,
                NULL::varchar AS key_salt, first_day, last_day AS last_possible_day,
                last_day, COALESCE(given.hours, 168) AS hours, TRUE AS pso_counts,
                TRUE AS has_contract, NULL::int AS department_id,
                NULL::int AS work_location_id,
                FALSE AS is_archived, FALSE AS is_mixed, FALSE AS is_elsewhere,
                '-infinity'::date AS alone_from, 'infinity'::date AS alone_until
            -- One row for each: number, company, first and last day, hours.
            FROM (VALUES %s) AS given (number, company_id, first_day, last_day, hours)
            ) AS assumed""",
            rows,
        )

    def _sql_statuses(self, people):
        """Return assumed statuses, as ``pso.status._sql_inflow``, for FROM."""
        rows = [
            SQL(
                "(%s::int, %s::int, %s::int, %s::date, %s)",
                *(-1 - place, each.group, each.form, each.counted_from),
                "verified" if each.is_proven else "missing",
            )
            for place, each in enumerate(people)
            if each.group
        ]
        # A row that is nobody's, so that there always is one.
        rows.append(SQL("(NULL::int, NULL::int, NULL::int, NULL::date, 'missing')"))
        return SQL(
            """(
            SELECT employee_id AS id, employee_id, group_id, form_id, day AS date_start,
                NULL::date AS date_end, FALSE AS is_zero_hours, evidence_state,
                day AS inflow, day AS date_event, day AS run_start
            FROM (VALUES %s) AS given (employee_id, group_id, form_id, day,
                evidence_state)
            WHERE employee_id IS NOT NULL
            ) AS status""",
            SQL(", ").join(rows),
        )
