from odoo import fields, models


class HrJob(models.Model):
    _inherit = "hr.job"

    # Of the vacancy, and of nobody: every employee may read it.
    pso_is_open = fields.Boolean(
        string="Open to the Target Group",
        help="Whether candidates from the PSO target group are welcome in this "
        "position. It says something of the vacancy and nothing of the people who work "
        "in it, and does not change the score.",
    )
