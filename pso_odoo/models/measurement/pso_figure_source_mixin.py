from odoo import models


class PsoFigureSourceMixin(models.AbstractModel):
    _inherit = "pso.figure.source.mixin"

    def _figures_changed(self):
        self.env["pso.measurement"]._forget_figures()
        return super()._figures_changed()
