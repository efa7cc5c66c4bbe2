from odoo import fields, models


class PsoTargetGroup(models.Model):
    """A group of people with a distance to the labour market (section 3)."""

    _name = "pso.target.group"
    _description = "PSO Target Group"
    _order = "sequence, id"

    code = fields.Char(required=True, help="Short name, as used in imports.")
    name = fields.Char(
        required=True,
        translate=True,
        help="The position from which somebody comes in, as PSO names it.",
    )
    family = fields.Selection(
        [
            ("work", "Without work"),
            ("disability", "With a disability"),
            ("education", "In education"),
            ("safety", "Looking for safety"),
        ],
        required=True,
        default="work",
        help="Kind of distance to the labour market. Other read-outs take a family "
        "alone, such as the employees with a disability in a sustainability report.",
    )
    sequence = fields.Integer(default=10, help="Place in lists of target groups.")
    active = fields.Boolean(
        default=True,
        help="Switch off a group that nobody is registered in any more; what is "
        "registered goes on counting.",
    )
    note = fields.Text(
        string="Explanation",
        translate=True,
        help="Who belongs to this group, and what proves it.",
    )
    rule_ids = fields.One2many(
        "pso.group.rule",
        "group_id",
        string="Rules",
        help="What each edition says of this group: its weight, and how long somebody "
        "counts from the inflow or from an event.",
    )

    _code_unique = models.UniqueIndex(
        "(code)", "Each target group has a code of its own."
    )
