from odoo import api, models

from .account_move import PURCHASE_TYPES


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "pso.excludable.mixin"]

    # Few lines are left out, and the score asks for just those of a bill.
    _pso_excluded_index = models.Index("(move_id) WHERE pso_excluded IS TRUE")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._take_over_exclusion(vals_list)
        return lines

    def _pso_exclusion_source(self):
        if self.move_id.move_type not in PURCHASE_TYPES:
            return self.env["product.template"]
        return self.purchase_line_id or super()._pso_exclusion_source()
