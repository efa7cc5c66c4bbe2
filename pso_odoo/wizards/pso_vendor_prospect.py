from odoo import models
from odoo.exceptions import UserError

from ..tools.context import without_defaults


class PsoVendorProspect(models.Model):
    _inherit = "pso.vendor.prospect"

    @without_defaults
    def action_ask(self):
        """Ask these vendors for their certificate, in a campaign.

        :raise AccessError: for who does not keep certificates
        :raise UserError: for vendors of several companies at once
        """
        self.check_access("read")
        companies = self.company_id
        if len(companies) > 1:
            raise UserError(
                self.env._("Ask the vendors of one company at a time (Company).")
            )
        return self.env["pso.campaign.choosing"]._open_picked(
            companies or self.env.company, self.partner_id, "no_certificate"
        )
