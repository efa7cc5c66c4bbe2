from odoo import api, fields, models


class PsoWeightMixin(models.AbstractModel):
    """A rule that says for how much something counts (section 3)."""

    _name = "pso.weight.mixin"
    _description = "Weight in a PSO Edition"
    _inherit = ["pso.rule.mixin"]

    weight = fields.Float(
        compute="_compute_weight",
        store=True,
        readonly=False,
        precompute=True,
        help="The part of one fte for which this counts, 0-1; the weights of the group "
        "and of the form of contract are multiplied. An unknown weight counts zero, "
        "and what rests on it is a lower bound.",
    )
    is_weight_known = fields.Boolean(
        string="Weight Known",
        default=True,
        help="Off where the scheme does not publish the weight.",
    )
    counts_for_pso30 = fields.Boolean(
        string="Counts for PSO 30+",
        default=True,
        help="Whether it is part of the 30% target group that PSO 30+ asks for.",
    )

    @api.depends("is_weight_known")
    def _compute_weight(self):
        for rule in self:
            rule.weight = rule.weight if rule.is_weight_known else 0
