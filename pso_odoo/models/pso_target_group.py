from odoo import fields, models


class PsoTargetGroup(models.Model):
    """A group of people with a distance to the labour market (section 3)."""

    _name = "pso.target.group"
    _description = "PSO Target Group"
    _order = "sequence, id"

    code = fields.Char(required=True, help="Short name, as used in imports.")
    name = fields.Char(required=True, translate=True)
    family = fields.Selection(
        [
            ("work", "Without work"),
            ("disability", "With a disability"),
            ("education", "In education"),
            ("safety", "Looking for safety"),
        ],
        required=True,
        default="work",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    note = fields.Text(string="Explanation", translate=True)
    rule_ids = fields.One2many("pso.group.rule", "group_id", string="Rules")

    _code_unique = models.UniqueIndex(
        "(code)", "Each target group has a code of its own."
    )
