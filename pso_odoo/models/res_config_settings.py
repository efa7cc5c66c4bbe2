from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pso_fulltime_hours = fields.Float(
        related="company_id.pso_fulltime_hours", readonly=False
    )
    pso_count_without_contract = fields.Boolean(
        related="company_id.pso_count_without_contract", readonly=False
    )
