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
Found = namedtuple("Found", "stays crowds departments locations")


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
        found = Found([], [], {}, {})
        if self._is_shown(window):
            found = breakdown._persons_by_place(window, rows)
        shown = break_down(found.stays, limit, found.crowds)
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
            WITH place AS (
                -- Added up by place, and by person where somebody was in several.
                SELECT mover, department_id, work_location_id, direct > 0 AS counts,
                    SUM(number) AS number,
                    COALESCE(SUM(number) FILTER (WHERE fte > 0), 0) AS persons,
                    SUM(number * fte) AS fte, SUM(number * direct) AS direct,
                    MAX(GREATEST(direct, fte)) AS most
                FROM (%(stays)s) AS stay
                GROUP BY department_id, work_location_id, counts, mover
            )
            -- With the names of the places.
            SELECT json_build_array(%(department)s, work_location.name, mover,
                department_id, work_location_id, counts, number, persons, fte, direct,
                most) AS list
            FROM place
            LEFT JOIN hr_department department ON department.id = department_id
            LEFT JOIN hr_work_location work_location
                ON work_location.id = work_location_id
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
        """Read who was where, as ``Found`` with the names of the places.

        :param rows: of ``_sql_places``, for who has asked already
        """
        if rows is None:
            places = Lists(self._sql_places(window))
            rows = ask(self.env, lambda: ({"places": places}, {}))["places"]
        found = Found([], [], {}, {})
        for department, location, person, *crowd in rows:
            key, place, *_numbers, fte, direct, _most = crowd
            found.departments[key], found.locations[place] = department, location
            if person:
                found.stays.append(Stay(person, key, place, fte, direct))
            else:
                found.crowds.append(Crowd._make(crowd))
        return found

    def _sql_stays(self, window, periods):
        """Select the fte in each place: of a person, or of a number of persons alike.

        Almost everybody is in one place with the same hours, and counts for no target
        group: they are counted before anything is multiplied.
        """
        return SQL(
            """
            WITH line AS %(once)s (%(lines)s),
            -- Who has one stretch of employment and no status is in one place.
            alike AS (
                SELECT department_id, work_location_id, fulltime_hours, hours, total,
                    direct, COUNT(*) AS number
                FROM line WHERE is_alone AND person NOT IN (%(members)s)
                GROUP BY department_id, work_location_id, fulltime_hours, hours, total,
                    direct
            ),
            apart AS (
                SELECT person, department_id, work_location_id, fulltime_hours,
                    COALESCE(SUM(hours::numeric * direct) FILTER (WHERE NOT is_staff),
                        0) AS direct_hour_days,
                    COALESCE(SUM(hours::numeric * total) FILTER (WHERE is_staff), 0)
                        AS hour_days
                FROM line WHERE NOT is_alone OR person IN (%(members)s)
                GROUP BY person, department_id, work_location_id, fulltime_hours
            )
            SELECT CASE WHEN COUNT(*) OVER (PARTITION BY person) > 1 THEN person END
                    AS mover,
                department_id, work_location_id, 1 AS number,
                hour_days / (fulltime_hours::numeric * %(days)s) AS fte,
                direct_hour_days / (fulltime_hours::numeric * %(days)s) AS direct
            FROM apart WHERE hour_days > 0 OR direct_hour_days > 0
            UNION ALL
            SELECT NULL, department_id, work_location_id, number,
                hours::numeric * total / (fulltime_hours::numeric * %(days)s),
                hours::numeric * direct / (fulltime_hours::numeric * %(days)s)
            FROM alike WHERE hours * total > 0 OR hours * direct > 0
            """,
            days=window.days,
            lines=self._sql_pieces(window, periods),
            # What the statement has found already is not kept another time.
            once=SQL(
                "NOT MATERIALIZED" if periods and periods.people else "MATERIALIZED"
            ),
            members=SQL("SELECT person FROM line WHERE NOT is_staff"),
        )

    def _sql_pieces(self, window, periods):
        """Select the lines of persons, by whatever tells one from another.

        Hours times ``total`` and ``direct`` are hour days, as the lines have them.
        """
        lines = self.env["pso.person.line"]._sql_for(window, periods)
        if window.measurement.is_locked:
            measures = SQL(
                "key AS person, 1 AS hours, total_hour_days AS total, "
                "direct_hour_days AS direct, "
                "COUNT(*) OVER (PARTITION BY key) = 1 AS is_alone"
            )
        else:
            # Keys are not made for everybody where they are not needed.
            measures = SQL(
                "employee_id AS person, fte_hours AS hours, "
                "total_days AS total, direct_days * weight AS direct, is_alone"
            )
        return SQL(
            "SELECT %s, kind = 'staff' AS is_staff, department_id, work_location_id, "
            "fulltime_hours FROM (%s) AS line",
            measures,
            lines,
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
