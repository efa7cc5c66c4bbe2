from odoo import fields, models


class PsoCheckMixin(models.AbstractModel):
    """How often one kind of weakness occurs in a measurement."""

    _name = "pso.check.mixin"
    _description = "Check of a PSO Measurement"
    _inherit = ["pso.line.mixin"]
    _order = "measurement_id, sequence, id"

    type_id = fields.Many2one(
        "pso.check.type", string="Check", readonly=True, ondelete="restrict"
    )
    sequence = fields.Integer(readonly=True, aggregator=None)
    # Of a check on persons a small number betrays them: others see "found" of a check.
    count = fields.Integer(readonly=True, groups="pso_odoo.group_pso_hr")
