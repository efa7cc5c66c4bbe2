from odoo import models


class PurchaseOrderLine(models.Model):
    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "pso.excludable.mixin"]

    def _prepare_account_move_line(self, move=False):
        """Have a line of a bill left out from the start, as its order line is.

        The web client sends back what it may see: it has to be right by then.
        """
        vals = super()._prepare_account_move_line(move)
        names = ("pso_excluded", "pso_excluded_reason")
        if self._has_field_access(self._fields[names[0]], "write"):
            vals |= {name: self[name] for name in names}
        return vals

    def _pso_move_expected(self, shift):
        for line in self.filtered("date_planned") if shift else ():
            line.date_planned += shift
