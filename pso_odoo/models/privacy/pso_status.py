from odoo import api, fields, models

from ..people.pso_status_counting import searched


class PsoStatus(models.Model):
    """Until when a status is kept (``pso.retention``)."""

    _inherit = "pso.status"

    kept_until = fields.Date(
        compute="_compute_kept_until",
        search=searched("kept_until"),
        help="Last day on which this status is kept with its files: the retention "
        "period of the company after its last day of counting, or that of the status "
        "that takes over its inflow. Empty while no end is known.",
    )

    @api.depends("employee_id", "group_id", "form_id", "date_start", "date_end")
    def _compute_kept_until(self):
        """Say of what is saved until when it is kept; what is typed is not kept yet."""
        days = self.env["pso.retention"]._kept_until(self)
        for status in self:
            status.kept_until = days.get(status._origin)

    def _counting_fields(self):
        return [*super()._counting_fields(), self._fields["kept_until"]]

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let people search, group and sort by the last day on which it is kept."""
        if query is None or field_expr != "kept_until":
            return super()._field_to_sql(alias, field_expr, query)
        rows = self.env["pso.retention"]._sql_kept_until()
        return self._sql_derived(alias, field_expr, query, rows, field_expr)
