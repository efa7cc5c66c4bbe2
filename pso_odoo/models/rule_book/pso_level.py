from odoo import fields, models


class PsoLevel(models.Model):
    """A rung of the performance ladder (rule book, section 1)."""

    _name = "pso.level"
    _description = "PSO Level"
    _order = "sequence, id"

    code = fields.Char(
        required=True, help="Technical name by which the software knows the level."
    )
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Place on the ladder, from the lowest level to the highest."
    )
    top_share = fields.Float(
        string="Best Share (%)",
        help="The share of organisations of the same size that reach this level.",
    )
    is_computed = fields.Boolean(
        string="Follows from the Score",
        default=True,
        help="Off for Aspirant, which is granted on a plan and never computed.",
    )

    _code_unique = models.UniqueIndex("(code)", "Each level has a code of its own.")
    _top_share_range = models.Constraint(
        "CHECK (top_share BETWEEN 0 AND 100)",
        "The best share of organisations lies between 0 and 100 (Best Share).",
    )
