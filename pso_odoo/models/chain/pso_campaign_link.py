from odoo import fields, models


class PsoCampaign(models.Model):
    _inherit = "pso.campaign"

    link_days = fields.Integer(
        string="Link Opens After the Deadline (Days)",
        required=True,
        default=30,
        aggregator=None,
        help="So many days after the deadline the page of the vendor still opens by "
        "the link in the mail. It says until when.",
    )

    _link_days_range = models.Constraint(
        "CHECK (link_days BETWEEN 0 AND 365)",
        "The link opens for 0 to 365 days after the deadline (Link Opens After the "
        "Deadline).",
    )
