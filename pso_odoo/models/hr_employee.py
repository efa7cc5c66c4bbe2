from odoo import fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    pso_status_ids = fields.One2many(
        "pso.status",
        "employee_id",
        string="Target-Group Statuses",
        groups="pso_odoo.group_pso_hr",
    )
