from collections import Counter

from odoo import api, models
from odoo.tools import SQL

from ..suppression import Stay, break_down

# Of shorter periods the difference would be what one person began or ended.
SHORTEST_PERIOD = 365
# Below this size a decimal of the share would say more than whole fte do.
LARGE = 100


class PsoBreakdown(models.AbstractModel):
    """The direct share by department and by work location.

    For everybody who may see totals: small groups are suppressed, so that nobody of
    the target group can be deduced (see ``suppression.py``). The PSO HR group has the
    person lines for a finer look.
    """

    _name = "pso.breakdown"
    _description = "Breakdown of the Direct Share"

    @api.model
    def _load(self, measurement):
        """What may be shown of a measurement, virtual or not.

        The persons and fte are those of the total fte by employment. The share is
        that of the direct fte, in whole fte, among them; corrections have no place
        in it. Nothing is shown of less than a year (what PSO measures): the
        difference of two short periods is what one person began or ended.

        :return: ``{limit, by: [{key, name, rows: [{name, persons, fte, share,
            is_rest}]}]}``, the largest first and the rest last
        """
        breakdown = self.sudo()
        companies = measurement.sudo().company_ids._origin
        limit = max(companies.mapped("pso_small_group"))
        is_year = measurement._days() >= SHORTEST_PERIOD
        stays = breakdown._stays(measurement) if is_year else []
        shown = break_down(stays, limit)
        return {
            "limit": limit,
            "by": [
                {
                    "key": "department",
                    "name": self.env._("Department"),
                    "rows": breakdown._departments(shown.departments),
                },
                {
                    "key": "location",
                    "name": self.env._("Work Location"),
                    "rows": breakdown._locations(shown.locations),
                },
            ],
        }

    def _stays(self, measurement):
        """Who was where, as ``Stay``. Keys stand for people who are deleted, too."""
        rows = self.env.execute_query(
            SQL(
                """
                %(tables)s
                SELECT key, department_id, work_location_id,
                    COALESCE(SUM(total_hour_days / hour_days_per_fte)
                        FILTER (WHERE kind = 'staff'), 0),
                    SUM(direct_hour_days / hour_days_per_fte)
                FROM (%(lines)s) AS line
                CROSS JOIN LATERAL (SELECT
                    fulltime_hours::numeric * %(days)s AS hour_days_per_fte
                ) AS measure
                GROUP BY key, department_id, work_location_id
                ORDER BY department_id, work_location_id
                """,
                tables=measurement._sql_tables(),
                lines=self.env["pso.person.line"]._sql_for(measurement),
                days=measurement._days(),
            )
        )
        return [Stay(*row) for row in rows]

    def _departments(self, rows):
        departments = self._shown("hr.department", rows)
        count = Counter(departments.mapped("name"))
        names = {
            department.id: department.name
            if count[department.name] == 1
            else department.complete_name
            for department in departments
        }
        names[None] = self.env._("No Department")
        return self._rows(rows, names, self.env._("Other Departments"))

    def _locations(self, rows):
        locations = self._shown("hr.work.location", rows)
        names = {location.id: location.name for location in locations}
        names[None] = self.env._("No Work Location")
        return self._rows(rows, names, self.env._("Other Work Locations"))

    def _shown(self, model, rows):
        """The records that have a row of their own."""
        ids = [row.keys[0] for row in rows if not row.is_rest]
        return self.env[model].browse(filter(None, ids))

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
        """The direct share (%), as precise as whole fte are."""
        share = min(100 * row.direct / float(row.fte), 100)
        return round(share, 1 if row.fte >= LARGE else 0)
