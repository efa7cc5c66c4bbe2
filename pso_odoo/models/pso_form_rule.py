from odoo import api, fields, models


class PsoFormRule(models.Model):
    """What an edition says of a form of contract: its weight and its limits."""

    _name = "pso.form.rule"
    _description = "PSO Form of Contract Rule"
    _inherit = ["pso.source.mixin"]
    _order = "edition_id, form_id"
    _rec_name = "form_id"

    edition_id = fields.Many2one(
        "pso.edition", required=True, index=True, ondelete="cascade"
    )
    form_id = fields.Many2one(
        "pso.contract.form", required=True, index=True, ondelete="restrict"
    )
    weight = fields.Float(
        compute="_compute_weight",
        store=True,
        readonly=False,
        precompute=True,
        help="The part of one fte for which work under this form counts, 0-1. It "
        "multiplies the weight of the group.",
    )
    is_weight_known = fields.Boolean(string="Weight Known", default=True)
    max_months = fields.Integer(
        string="Longest Period (months)",
        help="Months that this form counts from its unbroken start; 0 for no limit.",
    )
    is_in_total = fields.Boolean(
        string="Part of Total Fte",
        default=True,
        help="Off where the people are left out of the size of the organisation too.",
    )
    is_regular = fields.Boolean(
        string="Regular Contract",
        help="Counts for the part of PSO 30+ that must be on regular contracts.",
    )
    needs_tenure = fields.Boolean(
        string="Tenure for PSO 30+",
        help="Counts for PSO 30+ only after a minimum of months and hours a week.",
    )
    counts_for_pso30 = fields.Boolean(string="Counts for PSO 30+", default=True)
    is_confirmed = fields.Boolean(
        string="Confirmed", help="Confirmed by the scheme for this edition."
    )
    source = fields.Char(translate=True)

    _form_unique = models.UniqueIndex(
        "(edition_id, form_id)", "An edition has one rule for each form of contract."
    )
    _range = models.Constraint(
        "CHECK (weight >= 0 AND weight <= 1 AND max_months >= 0)",
        "A weight lies between 0 and 1, and the longest period is not negative.",
    )

    @api.depends("is_weight_known")
    def _compute_weight(self):
        for rule in self:
            rule.weight = rule.weight if rule.is_weight_known else 0
