from odoo import fields, models


class PsoCheckType(models.Model):
    """A weakness that would embarrass the company at the audit."""

    _name = "pso.check.type"
    _description = "PSO Check"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    explanation = fields.Text(
        translate=True, help="Why it matters at the audit, and what to do about it."
    )
    severity = fields.Selection(
        [("error", "Error"), ("warning", "Warning"), ("info", "For information")],
        required=True,
        default="warning",
    )
    sequence = fields.Integer(default=10)
    model = fields.Char(required=True, readonly=True, help="What the findings are.")
    is_personal = fields.Boolean(
        readonly=True,
        help="The findings are persons, for users with access to the target group.",
    )

    _code_unique = models.UniqueIndex("(code)", "Each check has a code of its own.")
