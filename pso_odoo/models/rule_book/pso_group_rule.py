from odoo import fields, models


class PsoGroupRule(models.Model):
    """What an edition says of a target group: its weight and how long it counts."""

    _name = "pso.group.rule"
    _description = "PSO Target Group Rule"
    _inherit = ["pso.weight.mixin"]
    _order = "edition_id, group_id"
    _rec_name = "group_id"

    _known = {"is_weight_known": "weight", "is_period_known": "counting_months"}

    group_id = fields.Many2one(
        "pso.target.group", required=True, index=True, ondelete="restrict"
    )
    counting_months = fields.Integer(
        help="Months that a person counts from inflow or event; 0 for as long as the "
        "status lasts."
    )
    is_period_known = fields.Boolean(
        string="Period Known",
        default=True,
        help="An unknown period is taken to last as long as the status, and flagged.",
    )
    counting_from = fields.Selection(
        [("inflow", "Inflow"), ("event", "Event")],
        required=True,
        default="inflow",
        help="Where the counting period starts: at the inflow of the person, or at an "
        "event, such as leaving school or losing the status.",
    )

    _group_unique = models.UniqueIndex(
        "(edition_id, group_id)", "An edition has one rule for each target group."
    )
    _range = models.Constraint(
        "CHECK (weight >= 0 AND weight <= 1 AND counting_months >= 0)",
        "A weight lies between 0 and 1, and a counting period is not negative.",
    )
