from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS, Domain

from .pso_request import DONE

FAILED = ("bounce", "exception")
ASKING = "pso_odoo.mail_template_request"
REMINDING = "pso_odoo.mail_template_reminder"


class PsoCampaign(models.Model):
    """What vendors are written."""

    _inherit = "pso.campaign"

    template_id = fields.Many2one(
        "mail.template",
        string="First Mail",
        required=True,
        ondelete="restrict",
        domain="[('model', '=', 'pso.request')]",
        default=lambda self: self.env.ref(ASKING, raise_if_not_found=False),
        help="What is written first, in the language of the vendor. Open it to change "
        "the text.",
    )
    reminder_template_id = fields.Many2one(
        "mail.template",
        string="Reminder",
        required=True,
        ondelete="restrict",
        domain="[('model', '=', 'pso.request')]",
        default=lambda self: self.env.ref(REMINDING, raise_if_not_found=False),
        help="What is written to who has not answered yet.",
    )
    note = fields.Text(
        string="Your Own Words",
        help="A paragraph that is added to each mail of this campaign, as you write "
        "it: it is not translated.",
    )

    @api.constrains("template_id", "reminder_template_id")
    def _check_templates(self):
        for campaign in self.sudo():
            for template in campaign.template_id | campaign.reminder_template_id:
                self.env["pso.request"]._check_template(template)


class PsoRequest(models.Model):
    """The mails to a vendor, and whether they could be delivered."""

    _inherit = "pso.request"

    is_queued = fields.Boolean(
        string="Being Sent",
        readonly=True,
        copy=False,
        help="Somebody has pressed Send: the job hands it to the mail queue.",
    )
    mail_id = fields.Many2one(
        "mail.message",
        string="Last Mail",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups=NO_ACCESS,
    )
    send_error = fields.Char(
        string="Why It Was Not Sent",
        readonly=True,
        copy=False,
        help="What kept the mail from being written.",
    )
    problem = fields.Char(
        compute="_compute_problem",
        help="Why the vendor has not got the mail, and how that is mended.",
    )
    has_problem = fields.Boolean(
        string="Not Delivered",
        compute="_compute_problem",
        search="_search_has_problem",
        help="The mail could not be written or delivered.",
    )

    # -- what is written ---------------------------------------------------------

    def _as_responsible(self):
        """Return the requests as the responsible of their campaign sees them."""
        [campaign] = self.sudo().campaign_id
        return self.with_user(campaign.user_id).with_context(
            allowed_company_ids=campaign.company_id.ids
        )

    # -- handing it to the mail queue ----------------------------------------------

    def _post_mail(self, template):
        """Write to one vendor: a message on the request, which the mail queue sends.

        The message, the row of the queue and what is noted here are of one transaction:
        either the vendor has been asked, or nothing has happened.

        :raise UserError: if it cannot be written
        """
        as_user = self.sudo(False)._as_responsible()
        user = as_user.env.user
        # An address may have moved to another organisation since it was chosen.
        self._check_contact()
        if not self.has_email:
            raise UserError(
                self.env._(
                    "%(contact)s has no e-mail address.",
                    contact=self.contact_id.display_name or self.partner_id.name,
                )
            )
        if not user.email:
            raise UserError(
                self.env._(
                    "%(user)s has no e-mail address to write from.", user=user.name
                )
            )
        as_user.check_access("write")
        subject, body = as_user._render_mail(template)
        poster = as_user.sudo().with_context(mail_post_autofollow_author_skip=True)
        return poster.message_post(
            body=body,
            subject=subject,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.contact_id.ids,
            author_id=user.partner_id.id,
            email_from=user.email_formatted,
            reply_to=user.email_formatted,
            email_add_signature=False,
            force_send=False,
        )

    # -- whether it arrived ------------------------------------------------------

    @api.depends(
        *("state", "send_error", "mail_id.notification_ids.notification_status")
    )
    @api.depends_context("lang")
    def _compute_problem(self):
        for request in self:
            own = request.sudo()
            failed = own.mail_id.notification_ids.filtered(
                lambda each: each.notification_status in FAILED
            )
            is_done = request.state in DONE
            request.has_problem = bool(own.send_error or failed) and not is_done
            if not request.has_problem:
                request.problem = False
            elif own.send_error:
                request.problem = self.env._(
                    "The mail was not sent: %(reason)s Mend it, then choose Send "
                    "Again.",
                    reason=own.send_error,
                )
            else:
                request.problem = self.env._(
                    "The mail could not be delivered to %(email)s: correct the e-mail "
                    "address or choose another one under Mailed To, then Send Again.",
                    email=failed.res_partner_id[:1].email or own.email or "",
                )

    def _search_has_problem(self, operator, value):
        if operator != "in":
            return NotImplemented
        failed = (
            self.env["mail.notification"]
            .sudo()
            ._search(
                [
                    ("notification_status", "in", FAILED),
                    ("mail_message_id.model", "=", self._name),
                ]
            )
        )
        stuck = Domain("send_error", "not in", (False, "")) | Domain(
            "id",
            "in",
            self.sudo()
            ._search([("mail_id", "in", failed.subselect("mail_message_id"))])
            .subselect("id"),
        )
        stuck &= Domain("state", "not in", DONE)
        found = {True: stuck, False: ~stuck}
        return Domain.OR(found[bool(each)] for each in value)
