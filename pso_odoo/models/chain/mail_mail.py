from odoo import models


class MailMail(models.Model):
    """Mails to vendors, which get their signed link as they go out."""

    _inherit = "mail.mail"

    def _personalize_outgoing_body(self, body, partner=False, doc_to_followers=None):
        body = super()._personalize_outgoing_body(body, partner, doc_to_followers)
        if self.model != "pso.request" or not partner:
            return body
        request = self.env["pso.request"].sudo().browse(self.res_id).exists()
        return request._with_link(body, partner)
