from odoo import models


class PsoFigureSource(models.AbstractModel):
    _inherit = "pso.figure.source"

    def _changed(self):
        self.env["pso.measurement"]._forget_figures()
        return super()._changed()
