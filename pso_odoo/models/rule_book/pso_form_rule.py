from odoo import fields, models


class PsoFormRule(models.Model):
    """What an edition says of a form of contract: its weight and its limits."""

    _name = "pso.form.rule"
    _description = "PSO Form of Contract Rule"
    _inherit = ["pso.weight.mixin"]
    _order = "edition_id, form_id"
    _rec_name = "form_id"

    form_id = fields.Many2one(
        "pso.contract.form", required=True, index=True, ondelete="restrict"
    )
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

    _form_unique = models.UniqueIndex(
        "(edition_id, form_id)", "An edition has one rule for each form of contract."
    )
    _range = models.Constraint(
        "CHECK (weight >= 0 AND weight <= 1 AND max_months >= 0)",
        "A weight lies between 0 and 1, and the longest period is not negative.",
    )
