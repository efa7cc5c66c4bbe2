from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.context import without_defaults


class PsoCampaign(models.Model):
    """Who is still to be mailed, and starting it."""

    _inherit = "pso.campaign"

    def _start(self):
        """Note that campaigns run from today on."""
        drafts = self.filtered(lambda campaign: campaign.state == "draft")
        drafts.write(
            {"state": "running", "date_started": fields.Date.context_today(self)}
        )

    def _to_send(self):
        """Return the requests that Send would send: nothing was sent, and can be."""
        return self.request_ids.filtered(
            lambda request: request.state == "to_send"
            and not request.is_queued
            and request.has_email
        )

    @api.model
    def _asked_partners(self, company):
        """Return the vendors who are asked already in an open campaign of a company."""
        requests = self.env["pso.request"].search(
            [
                ("company_id", "in", company._pso_scope().ids),
                ("campaign_id.state", "!=", "closed"),
            ]
        )
        return requests.partner_id

    def _check_sendable(self):
        """Return the requests that Send would send.

        :raise UserError: if there is nobody to be mailed, or the deadline is past
        """
        if self.date_deadline < fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "The last day for answers is past: choose another one (Answers "
                    "Until)."
                )
            )
        requests = self._to_send()
        if not requests:
            raise UserError(
                self.env._(
                    "There is nobody to mail: choose vendors, and fill in their e-mail "
                    "addresses."
                )
            )
        return requests

    @without_defaults
    def action_send(self):
        """Mail the vendors of a campaign who were not mailed yet.

        :raise UserError: if there is nobody to be mailed, or the deadline is past
        """
        self.ensure_one()
        self.check_access("write")
        self._check_sendable()._release()
