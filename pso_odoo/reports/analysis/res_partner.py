from odoo import api, fields, models

from ...models.purchases.res_partner import GROUPS
from ...tools.context import without_defaults


class ResPartner(models.Model):
    """What was bought at a vendor, for who looks at the vendor."""

    _inherit = "res.partner"

    pso_spend_ids = fields.One2many(
        "pso.purchase.year",
        "partner_id",
        string="PSO Spend per Year",
        readonly=True,
        groups=GROUPS,
        help="What was bought here in each calendar year, and what of it counts.",
    )

    @api.readonly
    @without_defaults
    def action_pso_purchases(self):
        """Open what was bought at these vendors, line by line, for PSO users."""
        self.env["pso.purchase.report"].check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "pso_odoo.pso_purchase_report_action"
        )
        partners = self.commercial_partner_id
        action["domain"] = [("partner_id", "in", partners.ids)]
        action["context"] = {"graph_measure": "amount"}
        action["views"].sort(key=lambda view: view[1] != "list")
        if len(partners) == 1:
            action["display_name"] = self.env._(
                "Purchases at %(vendor)s", vendor=partners.display_name
            )
        return action
