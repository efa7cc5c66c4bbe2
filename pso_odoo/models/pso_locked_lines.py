from odoo import models


class PsoLockedPersonLine(models.Model):
    """The person lines of locked measurements, as they were when it was locked."""

    _name = "pso.locked.person.line"
    _description = "Person in a Locked PSO Measurement"
    _inherit = ["pso.person.line.mixin"]
    _line_mixin = "pso.person.line.mixin"


class PsoLockedSupplierLine(models.Model):
    """The supplier lines of locked measurements."""

    _name = "pso.locked.supplier.line"
    _description = "Supplier in a Locked PSO Measurement"
    _inherit = ["pso.supplier.line.mixin"]
    _line_mixin = "pso.supplier.line.mixin"


class PsoLockedCheck(models.Model):
    """The outcome of the checks of locked measurements."""

    _name = "pso.locked.check"
    _description = "Check of a Locked PSO Measurement"
    _inherit = ["pso.check.mixin"]
    _line_mixin = "pso.check.mixin"
