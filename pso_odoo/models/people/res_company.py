from odoo import fields, models


class ResCompany(models.Model):
    """Who has several jobs, found once for all companies in a transaction."""

    _inherit = "res.company"

    # The same of all companies: asked for by each figure, and found once.
    pso_persons = fields.Json(
        string="PSO People with Several Jobs",
        compute="_compute_pso_persons",
        groups=fields.NO_ACCESS,
    )

    def _compute_pso_persons(self):
        """Find which employees share a user, a contact or an identification."""
        self.pso_persons = self.env["hr.employee"].sudo()._pso_marks()
