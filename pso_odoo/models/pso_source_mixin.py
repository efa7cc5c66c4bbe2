from odoo import api, models


class PsoSourceMixin(models.AbstractModel):
    """A record from which figures are derived.

    The figures are read by SQL from tables that the ORM cannot link to them, so
    within a transaction a change here must drop what has been read already.
    """

    _name = "pso.source.mixin"
    _description = "Source of PSO Figures"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["pso.measurement"]._forget_figures()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env["pso.measurement"]._forget_figures()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["pso.measurement"]._forget_figures()
        return result
