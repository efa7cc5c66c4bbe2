from odoo import models


class BillToPoWizard(models.TransientModel):
    _inherit = "bill.to.po.wizard"

    def action_add_to_po(self):
        """Have an order line count, or not, as the bill line that it is made of."""
        return self._pso_keep_counting(super().action_add_to_po)

    def action_add_downpayment(self):
        """Take a down payment off the final bill as it counted, or did not."""
        return self._pso_keep_counting(super().action_add_downpayment)

    def _pso_keep_counting(self, action):
        self.check_access("write")
        numbers = self.env.context.get("active_ids") or ()
        lines = self.env["account.move.line"].browse(-n for n in numbers if n < 0)
        lines.check_access("read")
        counting = {line: line._pso_counting for line in lines}
        result = action()
        for line, (is_excluded, reason) in counting.items():
            values = {
                "pso_excluded": is_excluded,
                "pso_excluded_reason": reason or False,
            }
            line.sudo().write(values)
            line.purchase_line_id.sudo().write(values)
        return result
