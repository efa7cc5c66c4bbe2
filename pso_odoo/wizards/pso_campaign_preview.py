from odoo import api, fields, models

from ..tools.context import without_defaults


class PsoCampaignPreview(models.TransientModel):
    """The mails of a campaign, one after the other, before they are sent."""

    _name = "pso.campaign.preview"
    _description = "Preview of the Mails to Vendors"

    campaign_id = fields.Many2one(
        "pso.campaign", required=True, index=True, ondelete="cascade"
    )
    request_id = fields.Many2one(
        "pso.request",
        string="Vendor",
        ondelete="cascade",
        domain="[('campaign_id', '=', campaign_id), ('state', '=', 'to_send')]",
        help="Whose mail is shown.",
    )
    count = fields.Integer(compute="_compute_count")
    summary = fields.Char(
        compute="_compute_count", help="Who gets a mail, and who does not."
    )
    email_to = fields.Char(string="Mail To", compute="_compute_mail")
    email_from = fields.Char(string="From and Replies To", compute="_compute_mail")
    lang = fields.Char(
        string="Language",
        compute="_compute_mail",
        help="In which the vendor is written.",
    )
    subject = fields.Char(compute="_compute_mail")
    body = fields.Html(
        string="Mail",
        compute="_compute_mail",
        sanitize=False,
        help="As the vendor will read it; the button shows the page that it opens "
        "there.",
    )

    @api.depends("campaign_id")
    @api.depends_context("lang")
    def _compute_count(self):
        for preview in self:
            campaign = preview.campaign_id
            preview.count = len(campaign._to_send())
            without = campaign.request_ids.filtered(
                lambda r: r.state == "to_send" and not r.has_email
            )
            preview.summary = bool(without) and self.env._(
                "%(vendors)s: no e-mail address, and so not mailed.",
                vendors=", ".join(without.mapped("display_name")),
            )

    @api.depends("request_id")
    @api.depends_context("lang")
    def _compute_mail(self):
        languages = dict(self.env["res.lang"].get_installed())
        for preview in self:
            request = preview.request_id._origin
            preview.subject, preview.body = (
                request._render_mail(request.campaign_id.template_id)
                if request
                else (False, False)
            )
            preview.email_to = request.contact_id.email_formatted
            preview.email_from = request.user_id.email_formatted
            preview.lang = languages.get(request.mail_lang)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview of the Mails"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    @without_defaults
    def action_next(self):
        """Show the mail to the next vendor; after the last one the first."""
        self.ensure_one()
        requests = self.campaign_id._to_send()
        ids = requests.ids
        if ids:
            place = ids.index(self.request_id.id) if self.request_id.id in ids else -1
            self.request_id = requests[(place + 1) % len(ids)]
        return self._reopen()

    @without_defaults
    def action_send(self):
        """Mail all vendors of the campaign who were not mailed yet."""
        self.ensure_one()
        self.campaign_id.action_send()
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class PsoCampaign(models.Model):
    """Choosing vendors, and looking at their mails."""

    _inherit = "pso.campaign"

    @without_defaults
    def action_choose(self):
        """Propose vendors by what asking them brings."""
        self.ensure_one()
        self.check_access("write")
        return self.env["pso.campaign.choosing"]._open(
            self.company_id, {"campaign_id": self.id}
        )

    @without_defaults
    def action_preview(self):
        """Show the mails before they are sent, vendor by vendor.

        :raise UserError: if there is nobody to be mailed
        """
        self.ensure_one()
        self.check_access("write")
        requests = self._check_sendable()
        preview = self.env["pso.campaign.preview"].create(
            {"campaign_id": self.id, "request_id": requests[0].id}
        )
        return preview._reopen()
