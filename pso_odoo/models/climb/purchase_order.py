from odoo import api, fields, models

from ...tools.groups import USER


class PurchaseOrder(models.Model):
    """Whether the vendor of an order is in a running plan of action."""

    _inherit = "purchase.order"

    pso_plan_links = fields.Html(
        string="In the Plan",
        compute="_compute_pso_plan_links",
        sanitize=False,
        groups=USER,
        help="What a running plan of action is to do at this vendor, and what has been "
        "bought there since it began.",
    )

    @api.depends("partner_id.commercial_partner_id", "company_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_pso_plan_links(self):
        plans = self.env["pso.plan"]
        for company, orders in self.grouped("company_id").items():
            vendors = orders.partner_id.commercial_partner_id._origin
            named = plans._running_at(vendors, company._origin)
            for order in orders:
                vendor = order.partner_id.commercial_partner_id._origin
                order.pso_plan_links = plans._named_in_links(named.get(vendor, []))
