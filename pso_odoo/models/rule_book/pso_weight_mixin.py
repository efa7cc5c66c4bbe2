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

    # What a rule says to be known, and the value that it is said of.
    _known = {"is_weight_known": "weight"}

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._forget_unknown()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._forget_unknown()
        return result

    def _forget_unknown(self):
        """Keep no value of what is said to be unknown: it would look like one."""
        for flag, name in self._known.items():
            unknown = self.filtered(lambda r, f=flag, n=name: not r[f] and r[n])
            if unknown:
                unknown.write({name: 0})

    @api.depends("is_weight_known")
    def _compute_weight(self):
        for rule in self:
            rule.weight = rule.weight if rule.is_weight_known else 0
