from odoo import api, fields, models

from ...tools.groups import USER


class ResPartner(models.Model):
    """Whether an organisation is in a running plan of action."""

    _inherit = "res.partner"

    pso_plan_links = fields.Html(
        string="In the Plan",
        compute="_compute_pso_plan_links",
        sanitize=False,
        groups=USER,
        help="What a running plan of action is to do at this vendor, and what has been "
        "bought there since it began.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_pso_plan_links(self):
        plans = self.env["pso.plan"]
        vendors = self.commercial_partner_id._origin
        named = plans._running_at(vendors, self.env.companies)
        for partner in self:
            vendor = partner.commercial_partner_id._origin
            partner.pso_plan_links = plans._named_in_links(named.get(vendor, []))
