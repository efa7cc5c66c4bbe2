from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    pso_excluded = fields.Boolean(
        string="Not Counted for PSO",
        help="New order and bill lines of this product are not counted for PSO.",
    )
