from odoo import api, fields, models

from .pso_status import STATES


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    pso_status_ids = fields.One2many(
        "pso.status",
        "employee_id",
        string="Target-Group Statuses",
        groups="pso_odoo.group_pso_hr",
        help="From when until when this employee belongs to which target group of PSO.",
    )
    pso_counting_state = fields.Selection(
        STATES,
        string="PSO Counting",
        compute="_compute_pso_counting",
        groups="pso_odoo.group_pso_hr",
        help="Whether this employee counts for the target group today.",
    )
    pso_counting_note = fields.Char(
        string="PSO Now",
        compute="_compute_pso_counting",
        groups="pso_odoo.group_pso_hr",
        help="What counts of this employee today, until when and why.",
    )

    def unlink(self):
        """Take the statuses along with their files, which the database forgets."""
        self.check_access("unlink")
        self.sudo().pso_status_ids.unlink()
        if self:
            self.env["pso.locked.person.line"]._forget_employees(self)
        return super().unlink()

    @api.depends(
        "pso_status_ids.group_id",
        "pso_status_ids.form_id",
        "pso_status_ids.date_start",
        "pso_status_ids.date_end",
        "pso_status_ids.date_inflow",
        "pso_status_ids.date_event",
    )
    @api.depends_context("lang", "tz")
    def _compute_pso_counting(self):
        """Also of what is typed and not saved: the result is seen at once."""
        periods = self.env["pso.status.period"]
        rows = periods._of(self.pso_status_ids)
        for employee in self:
            state, note = periods._statement(
                {
                    status: rows[status]
                    for status in employee.pso_status_ids
                    if status in rows
                }
            )
            employee.pso_counting_state = state
            employee.pso_counting_note = note
