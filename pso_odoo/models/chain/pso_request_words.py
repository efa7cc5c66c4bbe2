from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

BUTTON = Markup(
    '<a href="%s" style="display: inline-block; padding: 8px 16px; color: #FFFFFF; '
    "background-color: #714B67; border-radius: 3px; text-decoration: none; "
    'font-weight: bold;">%s</a>'
)
# What a template may name: nothing of it is code.
PLACEHOLDERS = (
    *("mail_name", "mail_reason", "mail_button", "mail_note", "mail_deadline"),
    "mail_refusal",
    *("mail_lang", "partner_id.name", "contact_id.name", "company_id.name"),
    *("user_id.name", "user_id.email", "user_id.phone", "campaign_id.year"),
)


class PsoRequest(models.Model):
    """What templates say of a request, in the language that they are read in.

    A template is text that others may change, and a job sends it. So it can name these
    fields, and hold no code: code would read what its writer may not read.
    """

    _inherit = "pso.request"

    mail_lang = fields.Char(
        string="Language",
        compute="_compute_mail_lang",
        help="In which the vendor is written: that of the address, else that of the "
        "vendor, else that of the responsible.",
    )
    mail_name = fields.Char(
        string="Addressed To", compute="_compute_mail_words", help="In the mail."
    )
    mail_reason = fields.Text(
        string="Reason in Words",
        compute="_compute_mail_words",
        help="Why the vendor is asked, as the mail says it.",
    )
    mail_button = fields.Html(
        string="Button in the Mail",
        compute="_compute_mail_words",
        sanitize=False,
        help="What opens the vendor's page: as it is stored and shown here it leads "
        "who works here to what the vendor sees. Only the mail to the vendor has the "
        "link.",
    )
    mail_note = fields.Html(
        string="Own Words in the Mail",
        compute="_compute_mail_words",
        sanitize=False,
        help="The paragraph that the campaign adds.",
    )
    mail_deadline = fields.Char(
        string="Last Day in the Mail", compute="_compute_mail_words"
    )

    @api.depends("contact_id.lang", "partner_id.lang", "user_id.lang")
    def _compute_mail_lang(self):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for request in self:
            wished = (
                request.contact_id.lang,
                request.partner_id.lang,
                request.user_id.lang,
            )
            request.mail_lang = next((each for each in wished if each in installed), "")

    @api.depends(
        *("contact_id.name", "partner_id.name", "reason", "campaign_id.note"),
        *("campaign_id.date_deadline", "campaign_id.year"),
    )
    @api.depends_context("lang")
    def _compute_mail_words(self):
        for request in self:
            campaign = request.campaign_id
            label = self.env._("Open the page")
            saved = request._origin
            request.mail_name = request.contact_id.name or request.partner_id.name
            request.mail_reason = request._reason_in_words()
            request.mail_button = saved and BUTTON % (saved._look_path(), label)
            lines = escape(campaign.note or "").split("\n")
            request.mail_note = campaign.note and Markup("<p>%s</p>") % Markup(
                "<br/>"
            ).join(lines)
            request.mail_deadline = campaign.date_deadline and format_date(
                self.env, campaign.date_deadline, date_format="long"
            )

    def _reason_in_words(self):
        """Say to the vendor why he is asked."""
        year = self.campaign_id.year
        return {
            "no_certificate": self.env._(
                "We are measured on how social our purchases are, on the performance "
                "ladder PSO (Prestatieladder Socialer Ondernemen). What we buy counts "
                "if the supplier has a PSO certificate, or is a sheltered-work "
                "company. We do not know of a certificate of yours."
            ),
            "certificate_ends": self.env._(
                "What we buy from you counts for our PSO score, because you have a PSO "
                "certificate. The one that we know of ends soon, or has ended."
            ),
            "no_figures": self.env._(
                "You have a PSO certificate. For what we buy from you to count we "
                "also need your turnover, your fte and your direct share of %(year)s.",
                year=year,
            ),
            "no_proof": self.env._(
                "What we buy from you counts for our PSO score, because you have a PSO "
                "certificate. Our auditor asks to see it, and we do not have it yet."
            ),
        }.get(self.reason, "")

    @api.model
    @api.readonly
    def mail_allowed_qweb_expressions(self):
        """Return what templates may name without being code, as core asks for it."""
        names = tuple(f"object.{name}" for name in PLACEHOLDERS)
        return (*super().mail_allowed_qweb_expressions(), *names)

    @api.model
    def _check_template(self, template):
        """Refuse a template of other records: it would be filled in from those.

        :raise ValidationError: naming the template
        """
        if template.model != self._name:
            raise ValidationError(
                self.env._(
                    "The template %(template)s is not one of mails to vendors.",
                    template=template.name,
                )
            )

    def _render_mail(self, template):
        """Return subject and body of the mail to one vendor, in his language.

        :raise UserError: where a template says more than the fields of a request
        """
        self.ensure_one()
        self._check_template(template.sudo())
        # As superuser, for the fields that are named here and no others.
        words = self.sudo().with_context(lang=self.mail_lang or self.env.lang)
        template = template.with_env(words.env)
        subject, body = template.subject or "", template.body_html or ""
        if template._has_unsafe_expression_template_inline_template(
            subject, self._name
        ) or template._has_unsafe_expression_template_qweb(body, self._name):
            raise UserError(
                self.env._(
                    "The template %(template)s holds code, or names other fields than "
                    "these: %(placeholders)s.",
                    template=template.name,
                    placeholders=", ".join(f"object.{name}" for name in PLACEHOLDERS),
                )
            )
        rendered = {
            name: template._render_field(name, words.ids)[words.id]
            for name in ("subject", "body_html")
        }
        return rendered["subject"], Markup(rendered["body_html"])
