from odoo import models

from ..tools.context import without_defaults


class PsoCertificate(models.Model):
    _inherit = "pso.certificate"

    @without_defaults
    def action_ask(self):
        """Ask these vendors for their next certificate, in a campaign.

        :raise AccessError: for who does not keep certificates
        """
        self.check_access("read")
        return self.env["pso.campaign.choosing"]._open_picked(
            self.env.company, self.partner_id, "certificate_ends"
        )
