from odoo import models

from .account_move import PURCHASE_TYPES


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "pso.excludable.mixin"]

    # Few lines are left out, and the score asks for just those of a bill.
    _pso_excluded_index = models.Index("(move_id) WHERE pso_excluded IS TRUE")

    def write(self, vals):
        """Leave a line out that is matched with an order line that is left out."""
        result = super().write(vals)
        if vals.get("purchase_line_id"):
            self._take_over_exclusion([{}] * len(self))
        return result

    def _pso_exclusion_source(self):
        if self.move_id.move_type not in PURCHASE_TYPES:
            return self.env["product.template"]
        return self.purchase_line_id or super()._pso_exclusion_source()
