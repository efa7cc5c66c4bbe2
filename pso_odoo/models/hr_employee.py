from odoo import fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    pso_status_ids = fields.One2many(
        "pso.status",
        "employee_id",
        string="Target-Group Statuses",
        groups="pso_odoo.group_pso_hr",
    )

    def unlink(self):
        """Take the statuses along with their files, which the database forgets."""
        self.check_access("unlink")
        self.sudo().pso_status_ids.unlink()
        return super().unlink()
