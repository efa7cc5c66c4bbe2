import math
from collections import Counter, namedtuple

from odoo import models
from odoo.tools import SQL

from ...models.measurement.look import Lists, ask
from ...tools.suppression import Crowd, Stay, break_down

# Of shorter periods the difference would be what one person began or ended.
SHORTEST_PERIOD = 365
# Below this size a decimal of the share would say more than whole fte do.
LARGE = 100
# For who can change facts about persons, before the first night.
NOTHING_KEPT = {"limit": 0, "by": []}
# Who is where, and the names of departments and work locations by id.
# In what unit these are, which is one fte of the whole period.
Found = namedtuple("Found", "stays crowds departments locations unit")
# What of a stay and a crowd is measured.
MEASURES = {"fte", "direct", "most"}


class PsoBreakdown(models.AbstractModel):
    """The direct share by department and by work location.

    For everybody who may see totals: small groups are suppressed, so that nobody of
    the target group can be deduced (see ``suppression.py``). The PSO HR group has the
    person lines for a finer look.
    """

    _name = "pso.breakdown"
    _description = "Breakdown of the Direct Share"

    def _load(self, window, rows=None):
        """Return what may be shown of a window by department and by work location.

        The persons and fte are those of the total fte by employment. The share is that
        of the direct fte, in whole fte, among them; corrections have no place in it.
        Nothing is shown of less than a year (what PSO measures): the difference of two
        short periods is what one person began or ended. Who can change facts about
        persons is shown what was shown last night, and what is frozen.

        :param rows: of ``_sql_places``, for who has asked already
        :return: ``{limit, by: [{key, name, rows: [{name, persons, fte, share,
            is_rest}]}]}``, the largest first and the rest last
        """
        if self.env.user._pso_sees_kept_figures():
            kept = self.env["pso.measurement"]._kept_in_words(window, "breakdown")
            if kept or not window.measurement.is_locked:
                return kept or NOTHING_KEPT
        breakdown = self.sudo()
        limit = window.small_group
        found = Found([], [], {}, {}, 1)
        if self._is_shown(window):
            found = breakdown._persons_by_place(window, rows)
        shown = break_down(found.stays, limit, found.crowds, found.unit)
        return {
            "limit": limit,
            "by": [
                {
                    "key": "department",
                    "name": self.env._("Department"),
                    "rows": breakdown._department_rows(
                        shown.departments, found.departments
                    ),
                },
                {
                    "key": "location",
                    "name": self.env._("Work Location"),
                    "rows": breakdown._location_rows(shown.locations, found.locations),
                },
            ],
        }

    def _is_shown(self, window):
        """Return whether the period is long enough for anything to be shown of it."""
        return window.days >= SHORTEST_PERIOD

    def _sql_places(self, window, periods=None):
        """Select who was where: by person who was in several places, else in numbers.

        In a locked measurement keys stand for people who were deleted since.

        :param periods: those of the window, for who has them already
        :return: SQL of ``Lists``, as ``_persons_by_place`` reads them
        """
        departments = self.env["hr.department"]
        locations = self.env["hr.work.location"]
        return SQL(
            """
            WITH stay AS (%(stays)s),
            -- Each place with those who are nowhere else, if there are any.
            place AS (
                SELECT department_id, work_location_id, direct > 0 AS counts,
                    fulltime_hours,
                    COALESCE(SUM(number) FILTER (WHERE mover IS NULL), 0) AS number,
                    COALESCE(SUM(number) FILTER (WHERE mover IS NULL AND total > 0), 0)
                        AS persons,
                    COALESCE(SUM(number * total) FILTER (WHERE mover IS NULL), 0)
                        AS total,
                    COALESCE(SUM(number * direct) FILTER (WHERE mover IS NULL), 0)
                        AS direct,
                    MAX(GREATEST(direct, total)) FILTER (WHERE mover IS NULL) AS most
                FROM stay
                GROUP BY department_id, work_location_id, direct > 0, fulltime_hours
            ),
            -- With the names of the places; the others by person.
            answer AS (
                SELECT department_id, work_location_id, NULL AS mover, counts,
                    json_build_array(fulltime_hours, fulltime_hours::numeric,
                        %(department)s, work_location.name, department_id,
                        work_location_id, counts, number, persons, total, direct, most
                    ) AS list
                FROM place
                LEFT JOIN hr_department department ON department.id = department_id
                LEFT JOIN hr_work_location work_location
                    ON work_location.id = work_location_id
                UNION ALL
                SELECT department_id, work_location_id, mover, NULL,
                    json_build_array(fulltime_hours, mover, department_id,
                        work_location_id, total, direct)
                FROM stay WHERE mover IS NOT NULL
            )
            SELECT list FROM answer
            ORDER BY department_id, work_location_id, mover, counts
            %(flush)s
            """,
            department=departments._field_to_sql("department", "name"),
            stays=self._sql_stays(window, periods),
            flush=SQL(
                to_flush=[departments._fields["name"], locations._fields["name"]]
            ),
        )

    def _persons_by_place(self, window, rows=None):
        """Read who was where for how long, as ``Found`` with the names of the places.

        :param rows: of ``_sql_places``, for who has asked already
        """
        if rows is None:
            places = Lists(self._sql_places(window))
            rows = ask(self.env, {"places": places})["places"]
        stays, places = [], []
        for row in rows:
            (places if len(row) > 1 + len(Stay._fields) else stays).append(row)
        units = {fulltime: hours for fulltime, hours, *_place in places}
        found = Found([], [], {}, {}, math.prod(units.values()) * window.days)
        for _fulltime, _hours, department, location, *numbers in places:
            crowd = Crowd._make(numbers)
            found.departments[crowd.department] = department
            found.locations[crowd.location] = location
        crowds = ([row[0], *row[4:]] for row in places if row[7])
        found.stays.extend(self._in_one_unit(Stay, stays, units))
        found.crowds.extend(self._in_one_unit(Crowd, crowds, units))
        return found

    def _in_one_unit(self, kind, rows, units):
        """Make all measures those of the same unit, where full time differs.

        :param kind: of what the rows are, after the hours of full time
        :param units: hours of full time, exactly, by what rows call them
        """
        if len(units) == 1:
            return [kind._make(row[1:]) for row in rows]
        factors = {
            fulltime: math.prod(units[other] for other in units if other != fulltime)
            for fulltime in units
        }
        made = []
        for fulltime, *row in rows:
            one, factor = kind._make(row), factors[fulltime]
            measures = {
                name: getattr(one, name) * factor
                for name in MEASURES.intersection(kind._fields)
            }
            made.append(one._replace(**measures))
        return made

    def _sql_stays(self, window, periods):
        """Select hours times days in each place, of a person or of persons alike.

        Almost everybody is in one place with the same hours, and counts for no target
        group: they are counted before anything is multiplied.
        """
        staff, targeted = self._sql_pieces(window, periods)
        return SQL(
            """
            WITH targeted AS MATERIALIZED (%(targeted)s),
            -- Who has one stretch of employment and no status is in one place, and is
            -- counted with those alike. The others are known by themselves.
            alike AS (
                SELECT CASE WHEN is_alone AND person NOT IN (
                        SELECT person FROM targeted
                    ) THEN NULL ELSE person END AS person,
                    department_id, work_location_id, fulltime_hours, hours, total,
                    COUNT(*) AS number
                FROM (%(staff)s) AS staff WHERE total > 0
                GROUP BY 1, department_id, work_location_id, fulltime_hours, hours,
                    total
            ),
            -- Each of those in each place.
            apart AS (
                SELECT person, department_id, work_location_id, fulltime_hours,
                    SUM(hour_days) AS hour_days, SUM(direct) AS direct_hour_days
                FROM (
                    SELECT person, department_id, work_location_id, fulltime_hours,
                        hours::numeric * (total * number) AS hour_days, 0 AS direct
                    FROM alike WHERE person IS NOT NULL
                    UNION ALL
                    SELECT person, department_id, work_location_id, fulltime_hours,
                        0, hours::numeric * direct
                    FROM targeted
                ) AS part
                GROUP BY person, department_id, work_location_id, fulltime_hours
                HAVING SUM(hour_days) > 0 OR SUM(direct) > 0
            )
            SELECT CASE WHEN person IN (
                    SELECT person FROM apart GROUP BY person HAVING COUNT(*) > 1
                ) THEN person END AS mover,
                department_id, work_location_id, fulltime_hours, 1::bigint AS number,
                hour_days AS total, direct_hour_days AS direct
            FROM apart
            UNION ALL
            SELECT NULL, department_id, work_location_id, fulltime_hours, number,
                hours::numeric * total, 0
            FROM alike WHERE person IS NULL AND hours > 0
            """,
            staff=staff,
            targeted=targeted,
        )

    def _sql_pieces(self, window, periods):
        """Select the lines of staff and of statuses, by what tells persons apart.

        Hours times ``total`` and ``direct`` are hour days, as the lines have them.
        """
        lines = self.env["pso.person.line"]
        place = SQL("department_id, work_location_id, fulltime_hours")
        if window.measurement.is_locked:
            kept = lines._sql_for(window)
            return (
                SQL(
                    "SELECT key AS person, 1 AS hours, total_hour_days AS total, "
                    "COUNT(*) OVER (PARTITION BY key) = 1 AS is_alone, %s "
                    "FROM (%s) AS line WHERE kind = 'staff'",
                    *(place, kept),
                ),
                SQL(
                    "SELECT key AS person, 1 AS hours, direct_hour_days AS direct, %s "
                    "FROM (%s) AS line WHERE kind = 'group'",
                    *(place, kept),
                ),
            )
        # Keys are not made for everybody where they are not needed.
        return (
            SQL(
                "SELECT employee_id AS person, fte_hours AS hours, "
                "total_days AS total, is_alone, %s FROM (%s) AS line",
                *(place, lines._sql_live_of([window], lines._sql_staff, periods)),
            ),
            SQL(
                "SELECT employee_id AS person, fte_hours AS hours, "
                "direct_days * weight AS direct, %s FROM (%s) AS line",
                *(place, lines._sql_live_of([window], lines._sql_group, periods)),
            ),
        )

    def _department_rows(self, rows, names):
        count = Counter(names[row.keys[0]] for row in rows if not row.is_rest)
        twins = [department for department in names if count[names[department]] > 1]
        # Those that a newer look has found are not known here: they keep their names.
        departments = self.env["hr.department"].browse(filter(None, twins)).exists()
        for department in departments:
            names[department.id] = department.complete_name
        names[None] = self.env._("No Department")
        return self._rows(rows, names, self.env._("Other Departments"))

    def _location_rows(self, rows, names):
        names[None] = self.env._("No Work Location")
        return self._rows(rows, names, self.env._("Other Work Locations"))

    def _rows(self, rows, names, rest):
        return [
            {
                "name": rest if row.is_rest else names[row.keys[0]],
                "persons": row.persons,
                "fte": round(float(row.fte), 1),
                "share": self._share(row),
                "is_rest": row.is_rest,
            }
            for row in rows
        ]

    def _share(self, row):
        """Return the direct share (%), as precise as whole fte are."""
        share = min(100 * row.direct / float(row.fte), 100)
        return round(share, 1 if row.fte >= LARGE else 0)
