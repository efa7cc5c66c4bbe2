from odoo import models

from ..tools.context import without_defaults
from .pso_vendor_comparing import Wanted


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    @without_defaults
    def action_pso_compare(self):
        """Compare the vendors of what is on this order, by price and by fte.

        :raise AccessError: for who sees no figures of vendors
        :raise UserError: if no product is on it, or nobody delivers it
        """
        self.ensure_one()
        self.check_access("read")
        lines = self.order_line.filtered("product_id").grouped(
            lambda line: (line.product_id, line.product_uom_id)
        )
        wanted = [
            Wanted(product, sum(same.mapped("product_qty")), uom, self)
            for (product, uom), same in lines.items()
        ]
        title = self.env._("Vendors for %(order)s", order=self.name)
        return self.env["pso.vendor.comparison"]._open(self.company_id, wanted, title)
