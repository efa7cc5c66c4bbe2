from odoo import api, fields, models
from odoo.fields import NO_ACCESS


class PurchaseOrderLine(models.Model):
    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "pso.excludable.mixin", "pso.badge.mixin"]

    # Of today, unlike the certificate of a document: this is for who chooses.
    pso_badge = fields.Char(
        string="PSO Vendor",
        related="partner_id.pso_badge",
        groups="base.group_user",
        help="Level and validity of the vendor's PSO certificate, as of today.",
    )
    # Kept by the addon alone: no buyer takes away what he gave a reason for.
    pso_expected_category_id = fields.Many2one(
        "product.category",
        string="Certified Vendor Expected For",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=NO_ACCESS,
        help="The category for which a PSO-certified vendor was expected when the "
        "order was confirmed at a vendor that was none: the order has the reason.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Ask for the reason where a line is added to a confirmed order."""
        lines = super().create(vals_list)
        lines.order_id._pso_keep_exceptions(lines)
        return lines

    def write(self, vals):
        names = {"product_id", "order_id", "pso_excluded"} & vals.keys()
        changing = self.filtered(
            lambda line: any(
                line._fields[name].convert_to_write(line[name], line) != vals[name]
                for name in names
            )
        )
        result = super().write(vals)
        if changing:
            changing.order_id._pso_keep_exceptions(changing)
        return result

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
