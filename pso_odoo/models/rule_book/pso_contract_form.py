from odoo import fields, models


class PsoContractForm(models.Model):
    """A form of contract under which somebody of the target group works (section 3)."""

    _name = "pso.contract.form"
    _description = "PSO Form of Contract"
    _order = "sequence, id"

    code = fields.Char(required=True, help="Short name, as used in imports.")
    name = fields.Char(
        required=True,
        translate=True,
        help="How somebody works here, as PSO names it. The weight of the form is "
        "multiplied by that of the target group.",
    )
    sequence = fields.Integer(
        default=10, help="Place in lists; the first form is proposed for a new status."
    )
    active = fields.Boolean(
        default=True,
        help="Switch off a form that is not used any more; what is registered goes on "
        "counting.",
    )
    rule_ids = fields.One2many(
        "pso.form.rule",
        "form_id",
        string="Rules",
        help="What each edition says of this form: its weight, how long it counts, and "
        "whether it is part of the total fte.",
    )

    _code_unique = models.UniqueIndex(
        "(code)", "Each form of contract has a code of its own."
    )
