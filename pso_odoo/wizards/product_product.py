from odoo import models

from ..tools.context import without_defaults
from .pso_vendor_comparing import Wanted


class ProductProduct(models.Model):
    _inherit = "product.product"

    @without_defaults
    def action_pso_compare(self):
        """Compare the vendors of these products, by price and by fte.

        :raise AccessError: for who sees no figures of vendors
        :raise UserError: if nobody is known who delivers one of them
        """
        self.check_access("read")
        nothing = self.env["purchase.order"]
        wanted = [Wanted(product, 1, product.uom_id, nothing) for product in self]
        names = ", ".join(self.mapped("display_name"))
        title = self.env._("Vendors for %(product)s", product=names)
        return self.env["pso.vendor.comparison"]._open(self.env.company, wanted, title)
