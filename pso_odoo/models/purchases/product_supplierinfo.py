from odoo import fields, models


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    # That a vendor is certified is no secret: the scheme publishes it.
    pso_badge = fields.Char(
        related="partner_id.pso_badge",
        groups="base.group_user",
        help="Level and validity of the vendor's PSO certificate, as of today.",
    )
