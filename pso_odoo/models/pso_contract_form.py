from odoo import fields, models


class PsoContractForm(models.Model):
    """A form of contract under which somebody of the target group works (section 3)."""

    _name = "pso.contract.form"
    _description = "PSO Form of Contract"
    _order = "sequence, id"

    code = fields.Char(required=True, help="Short name, as used in imports.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    rule_ids = fields.One2many("pso.form.rule", "form_id", string="Rules")

    _code_unique = models.UniqueIndex(
        "(code)", "Each form of contract has a code of its own."
    )
