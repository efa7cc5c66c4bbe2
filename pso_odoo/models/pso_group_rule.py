from odoo import api, fields, models


class PsoGroupRule(models.Model):
    """What an edition says of a target group: its weight and how long it counts."""

    _name = "pso.group.rule"
    _description = "PSO Target Group Rule"
    _inherit = ["pso.source.mixin"]
    _order = "edition_id, group_id"
    _rec_name = "group_id"

    edition_id = fields.Many2one(
        "pso.edition", required=True, index=True, ondelete="cascade"
    )
    group_id = fields.Many2one(
        "pso.target.group", required=True, index=True, ondelete="restrict"
    )
    weight = fields.Float(
        compute="_compute_weight",
        store=True,
        readonly=False,
        precompute=True,
        help="The part of one fte for which a person of this group counts, 0-1. An "
        "unknown weight counts zero, and what rests on it is a lower bound.",
    )
    is_weight_known = fields.Boolean(string="Weight Known", default=True)
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
        [
            ("inflow", "Inflow"),
            ("event", "Event"),
        ],
        required=True,
        default="inflow",
        help="Where the counting period starts: at the inflow of the person, or at an "
        "event, such as leaving school or losing the status.",
    )
    counts_for_pso30 = fields.Boolean(string="Counts for PSO 30+", default=True)
    is_confirmed = fields.Boolean(
        string="Confirmed", help="Confirmed by the scheme for this edition."
    )
    source = fields.Char(translate=True)

    _group_unique = models.UniqueIndex(
        "(edition_id, group_id)", "An edition has one rule for each target group."
    )
    _range = models.Constraint(
        "CHECK (weight >= 0 AND weight <= 1 AND counting_months >= 0)",
        "A weight lies between 0 and 1, and a counting period is not negative.",
    )

    @api.depends("is_weight_known")
    def _compute_weight(self):
        for rule in self:
            rule.weight = rule.weight if rule.is_weight_known else 0
