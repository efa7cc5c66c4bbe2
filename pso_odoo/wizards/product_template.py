from odoo import models

from ..tools.context import without_defaults


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @without_defaults
    def action_pso_compare(self):
        """Compare the vendors of these products, by price and by fte.

        :raise AccessError: for who sees no figures of vendors
        :raise UserError: if nobody is known who delivers one of them
        """
        self.check_access("read")
        return self.product_variant_ids.action_pso_compare()
