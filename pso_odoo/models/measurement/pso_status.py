from odoo import api, fields, models
from odoo.tools import SQL


class PsoStatus(models.Model):
    """What a status is worth in the score of the year to today."""

    _inherit = "pso.status"

    year_fte = fields.Float(
        string="Fte (12 months)",
        compute="_compute_year_worth",
        digits=(16, 2),
        aggregator=None,
        help="What this status adds to the direct fte of the last 12 months.",
    )
    year_points = fields.Float(
        string="Points (12 months)",
        compute="_compute_year_worth",
        digits=(16, 2),
        aggregator=None,
        help="What that is of the total fte of the last 12 months, in percentage "
        "points of the score.",
    )

    @api.depends("employee_id", "group_id", "form_id", "date_start", "date_end")
    def _compute_year_worth(self):
        """Take it from the lines that make the score, in one query a company.

        What is being edited shows that of what is saved.
        """
        self.year_fte = self.year_points = 0
        if not self.env["pso.edition"]._at(fields.Date.context_today(self)):
            return
        for company, statuses in self.grouped("company_id").items():
            worth, total = self._year_worth(company._origin)
            for status in statuses:
                fte = worth.get(status._origin.id, 0)
                status.year_fte = fte
                status.year_points = 100 * fte / total if total else 0

    @api.model
    def _year_worth(self, company):
        """Return the direct fte of each status of a company, and the total fte."""
        if not company:
            return {}, 0
        rolling = self.env["pso.measurement"].sudo()._rolling(company)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT status_id, SUM(direct_fte)::float, SUM(total_fte)::float
                FROM (%s) AS line GROUP BY status_id
                """,
                self.env["pso.person.line"]._sql_for(rolling),
            )
        )
        worth = {status: fte for status, fte, _total in rows if status}
        return worth, sum(total or 0 for _status, _fte, total in rows)

    @api.model
    def _counting_fields(self):
        worth = ("year_fte", "year_points")
        return [*super()._counting_fields(), *(self._fields[name] for name in worth)]
