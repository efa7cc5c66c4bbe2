from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.purchases.pso_certificate import STANDINGS
from ..tools.context import without_defaults

MARKS = [
    ("both", "Cheapest, most fte"),
    ("price", "Cheapest"),
    ("fte", "Most fte"),
]


class PsoVendorComparison(models.TransientModel):
    """What one vendor asks for a product, and what it adds to the score.

    A row is of one vendor and one product, as of the moment at which it was asked for.
    """

    _name = "pso.vendor.comparison"
    _description = "PSO Comparison of Vendors"
    _order = "product_id, sequence, id"

    order_id = fields.Many2one("purchase.order", readonly=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Vendor", readonly=True, ondelete="cascade"
    )
    sequence = fields.Integer(
        readonly=True,
        aggregator=None,
        help="The cheapest and the one with the most fte come first, then those with "
        "the most fte for the money.",
    )
    mark = fields.Selection(
        MARKS,
        string="Best",
        readonly=True,
        help="The lowest price, and the most fte for what is asked for.",
    )
    quantity = fields.Float(readonly=True, aggregator=None)
    uom_id = fields.Many2one(
        "uom.uom", string="Unit", readonly=True, ondelete="cascade"
    )
    price_unit = fields.Float(
        string="Unit Price",
        min_display_digits="Product Price",
        readonly=True,
        aggregator=None,
        help="Untaxed, at this quantity and in the company's currency.",
    )
    price_source = fields.Selection(
        [
            ("order", "This order"),
            ("list", "Vendor's list"),
            ("minimum", "Vendor's list, larger quantity"),
            ("ordered", "Last order"),
            ("billed", "Last bill"),
            ("none", "Not known"),
        ],
        string="Price From",
        readonly=True,
        help="The price of the vendor on the product, also where that asks for a "
        "larger quantity; else what was last ordered, or billed.",
    )
    amount = fields.Monetary(
        readonly=True, help="Unit price times quantity, in the company's currency."
    )
    pso_badge = fields.Char(
        string="PSO",
        related="partner_id.pso_badge",
        help="Level and validity of the vendor's PSO certificate, as of today.",
    )
    pso_standing = fields.Selection(
        STANDINGS, string="PSO Certification", readonly=True, help="As of today."
    )
    date_end = fields.Date(
        string="Valid Until",
        readonly=True,
        help="Last day of the certificate by which purchases count today.",
    )
    fte_rate = fields.Float(
        string="Fte per 10,000",
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Fte for 10,000 spent, in the company's currency: the vendor's fte and "
        "direct share by its turnover. Empty as long as its figures are not known.",
    )
    figure_year = fields.Integer(string="Figures of", readonly=True, aggregator=None)
    fte = fields.Float(
        digits=(16, 4),
        readonly=True,
        help="Social fte for this amount, as far as it fits below the vendor's "
        "turnover.",
    )
    bought = fields.Monetary(
        string="Bought This Year",
        readonly=True,
        aggregator=None,
        help="Untaxed bills of this calendar year less refunds.",
    )
    room = fields.Monetary(
        string="Room to Turnover",
        readonly=True,
        aggregator=None,
        help="What still counts this year: the vendor's turnover less what was bought "
        "and counts. Empty as long as its turnover is not known.",
    )
    is_vendor = fields.Boolean(
        string="Vendor of the Order",
        compute="_compute_is_vendor",
        help="Whether the order goes to this vendor already.",
    )
    can_choose = fields.Boolean(
        compute="_compute_is_vendor",
        help="Whether the order may still go to this vendor.",
    )

    @api.depends("order_id.partner_id", "order_id.state", "partner_id")
    @api.depends_context("uid")
    def _compute_is_vendor(self):
        for row in self:
            order = row.order_id
            asked = order.partner_id.commercial_partner_id
            row.is_vendor = bool(asked) and (
                asked == row.partner_id.commercial_partner_id
            )
            row.can_choose = (
                not row.is_vendor
                and order.state in ("draft", "sent")
                and order.has_access("write")
            )

    @api.depends("partner_id", "product_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.partner_id.display_name

    @without_defaults
    def action_choose(self):
        """Give the draft to this vendor, and open it with what has changed.

        :raise UserError: if vendors are no longer asked for it
        """
        self.ensure_one()
        self.check_access("read")
        order = self.order_id
        if not order:
            raise UserError(self.env._("These vendors were compared for no order."))
        before = order.partner_id.display_name, order.amount_untaxed, order.currency_id
        order._pso_choose_vendor(self.partner_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._changes_in_words(*before),
                "next": {
                    "type": "ir.actions.act_window",
                    "res_model": "purchase.order",
                    "res_id": order.id,
                    "views": [[False, "form"]],
                    "target": "main",
                },
            },
        }

    def _changes_in_words(self, vendor, amount, currency):
        order = self.order_id
        return self.env._(
            "%(order)s: %(before)s becomes %(after)s, untaxed %(old)s becomes %(new)s.",
            order=order.name,
            before=vendor,
            after=order.partner_id.display_name,
            old=currency.format(amount),
            new=order.currency_id.format(order.amount_untaxed),
        )

    @api.readonly
    @without_defaults
    def action_open_vendor(self):
        """Open the vendor, with certificates and spend on its page PSO."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [[False, "form"]],
        }
