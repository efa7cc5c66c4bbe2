import secrets

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    pso_fulltime_hours = fields.Float(
        string="PSO Full-Time Hours",
        default=40,
        help="Hours a week that make one fte: 40, or the norm of the collective "
        "agreement.",
    )
    pso_count_without_contract = fields.Boolean(
        string="Count Target Group without Contract Dates",
        help="Whether people without contract dates in Odoo count for the target "
        "group. They always count in the total fte.",
    )
    pso_small_group = fields.Integer(
        string="Smallest PSO Group Shown",
        default=5,
        help="Departments and work locations are shown apart where at least this many "
        "people count for the target group and as many do not; the others are put "
        "together.",
    )
    # Behind the keys in exports: who does not know it cannot find out whose key it is.
    pso_secret = fields.Char(
        string="PSO Secret",
        default=lambda self: secrets.token_hex(16),
        copy=False,
        groups=fields.NO_ACCESS,
    )

    _pso_fulltime_hours_range = models.Constraint(
        "CHECK (pso_fulltime_hours > 0 AND pso_fulltime_hours <= 168)",
        "PSO full-time hours lie above 0 and up to 168 a week.",
    )
    # Of a group of one, who reads it knows everything.
    _pso_small_group_range = models.Constraint(
        "CHECK (pso_small_group >= 2)",
        "The smallest PSO group shown has at least 2 people.",
    )

    def write(self, vals):
        result = super().write(vals)
        if not {"pso_fulltime_hours", "pso_count_without_contract"}.isdisjoint(vals):
            self.env["pso.measurement"]._forget_figures()
        return result
