from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.context import without_defaults


class PsoVendorListMixin(models.AbstractModel):
    """A list of vendors as each company sees them: a row a vendor and company."""

    _name = "pso.vendor.list.mixin"
    _description = "PSO List of Vendors"
    _inherit = ["pso.report.mixin"]

    partner_id = fields.Many2one("res.partner", string="Vendor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    @api.depends("partner_id")
    def _compute_display_name(self):
        for vendor in self:
            vendor.display_name = vendor.partner_id.display_name

    @api.model
    def _sql_vendor_id(self, partner, company):
        """Express in SQL the id of a row, of which nobody can make another's."""
        return self._sql_shuffled(SQL("%s::bigint * 1048576 + %s", partner, company))

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
