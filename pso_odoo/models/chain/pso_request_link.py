import re
import secrets
from binascii import Error as NoBase64
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import hash_sign, verify_hash_signed

# What the signature is for: that of another page of Odoo opens nothing here.
SCOPE = "pso_odoo.vendor_page"
PATH = "/pso/vendor/"
# Where who works here looks at the same page: it opens nothing for who is signed out.
LOOK_PATH = "/pso/request/%s/page"
# By any number: a mail may be of a request that was joined with this one.
LOOK_LINK = re.compile(r'(?<=href=")[^"]*/pso/request/[0-9]+/page(?=")')
# What somebody types or tries is not looked at beyond this.
LONGEST = 400


class PsoRequest(models.Model):
    """The signed link by which a vendor answers without an account.

    It opens the page of one request and nothing else. Signed is the number of the
    request with a random text that the request keeps: whoever has no link cannot make
    one, and a link that went to the wrong hands is withdrawn by another random text.
    Until when it opens stands with the campaign, and not in the link: where the
    deadline is moved, the links that were mailed already move along.
    """

    _inherit = "pso.request"

    link_nonce = fields.Char(
        string="Random Text of the Link",
        compute="_compute_link_nonce",
        store=True,
        copy=False,
        groups=fields.NO_ACCESS,
    )
    link_until = fields.Date(
        string="Link Opens Until",
        compute="_compute_link_until",
        help="The last day on which the vendor's page opens: so many days after the "
        "deadline as the campaign says.",
    )

    @api.depends("partner_id", "contact_id")
    def _compute_link_nonce(self):
        """Draw it anew for another address: what one was mailed opens nothing more."""
        for request in self:
            request.link_nonce = secrets.token_urlsafe(16)

    @api.depends("campaign_id.date_deadline", "campaign_id.link_days")
    def _compute_link_until(self):
        for request in self:
            campaign = request.campaign_id
            request.link_until = campaign.date_deadline and (
                campaign.date_deadline + timedelta(days=campaign.link_days)
            )

    def _link(self):
        """Return the address of the vendor's page, in the language of the contact."""
        self.ensure_one()
        contact = self.sudo()._link_contact()
        langs = self.env["res.lang"]._get_frontend()
        code = langs[contact.lang].url_code if contact.lang in langs else ""
        prefix = f"/{code}" if code else ""
        return f"{self.get_base_url()}{prefix}{PATH}{self._link_token()}"

    def _look_path(self):
        """Return where colleagues look at the vendor's page: mails are stored so."""
        self.ensure_one()
        return LOOK_PATH % self.id

    def _with_link(self, body, partner):
        """Put the signed link into a mail that is on its way to the vendor.

        It stands in nothing that is stored, neither in the log of the request nor in
        the queue of mails: who reads those could answer in the vendor's place.

        :param body: the mail, as it was stored
        :param partner: whose copy it is; whoever else gets one gets no link
        """
        if not self or partner != self._link_contact():
            return body
        return LOOK_LINK.sub(lambda _found: self._link(), body)

    def _link_contact(self):
        """Return the contact that is asked, or the vendor itself."""
        return self.contact_id or self.partner_id

    def _link_token(self):
        """Sign what opens the page of this request."""
        request = self.sudo()
        if not request.link_nonce:
            request._compute_link_nonce()
        return hash_sign(request.env, SCOPE, [request.id, request.link_nonce])

    def action_withdraw_link(self):
        """Let no link that was mailed open the page any more."""
        self.check_access("write")
        self._withdraw_link()

    def _withdraw_link(self):
        """Let no link that was sent open the page any more; a new one does."""
        self.sudo()._compute_link_nonce()

    @api.model
    def _of_link(self, token):
        """Find the request that a link opens the page of, for a visitor.

        :param token: what stands in the address, of whoever sent it
        :return: ``(request, is_open)``, both of the superuser: no request where the
            signature is wrong, and one that is not open where the link is withdrawn or
            expired
        """
        nothing = self.sudo().browse(), False
        if len(token) > LONGEST:
            return nothing
        try:
            signed = verify_hash_signed(self.sudo().env, SCOPE, token)
        except (ValueError, NoBase64):
            return nothing
        if not signed:
            return nothing
        number, nonce = signed
        request = self.sudo().browse(number).exists()
        is_valid = bool(request) and request.link_nonce == nonce
        return request, is_valid and request._is_link_open()

    def _link_key(self):
        """Return what visits by the link of this request are counted by."""
        return f"{self.id}:{self.sudo().link_nonce}"

    def _is_link_open(self):
        """Return whether the vendor may still answer, or correct what it answered."""
        until = self.link_until
        if until and fields.Date.context_today(self) > until:
            return False
        if self.campaign_id.state == "closed":
            return False
        return all(answer.state != "verified" for answer in self.answer_ids)
