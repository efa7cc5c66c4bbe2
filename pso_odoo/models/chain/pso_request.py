from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.context import without_defaults

STATES = [
    ("to_send", "To Send"),
    ("asked", "Asked"),
    ("opened", "Opened"),
    ("answered", "Answered"),
    ("refused", "Declined"),
    ("no_answer", "No Answer"),
]
# Who was asked, and has not answered yet.
WAITING = ("asked", "opened")
REASONS = [
    ("no_certificate", "No certificate"),
    ("certificate_ends", "Certificate ends"),
    ("no_figures", "Figures are missing"),
    ("no_proof", "Proof is missing"),
]
# Of several requests to one vendor the one that is farthest says how far that is.
FARTHEST = ("answered", "refused", "opened", "no_answer", "asked", "to_send")
# What names a request by its number, and the field that says that it is one.
FILED = {"mail.message": "model", "mail.activity": "res_model"}
FILED |= {"ir.attachment": "res_model"}
# Who is not mailed any more.
DONE = ("answered", "refused")
# Only the buttons, the job and the vendor's own page write these.
KEPT = {
    *("state", "date_asked", "date_opened", "date_answered", "refusal"),
    *("reminder_count", "date_reminded", "is_queued", "send_error", "mail_id"),
}


class PsoRequest(models.Model):
    """A vendor who is asked for certificate and figures, and how far that is."""

    _name = "pso.request"
    _description = "PSO Request to a Vendor"
    _inherit = [
        "pso.by.buttons.mixin",
        "pso.commercial.partner.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _by_buttons = KEPT
    _order = "campaign_id, id"
    _rec_names_search = ["partner_id.name"]

    campaign_id = fields.Many2one(
        "pso.campaign", required=True, index=True, ondelete="cascade"
    )
    campaign_state = fields.Selection(
        related="campaign_id.state", string="State of the Campaign"
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True)
    user_id = fields.Many2one(related="campaign_id.user_id", string="Responsible")
    partner_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        required=True,
        index=True,
        ondelete="cascade",
        help="The organisation that is asked; a contact stands for its company.",
    )
    reason = fields.Selection(
        REASONS,
        required=True,
        default="no_certificate",
        help="Why this vendor is asked; the vendor reads it.",
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="to_send",
        copy=False,
        index=True,
        tracking=True,
        help="No Answer: the last reminder is past too, so somebody calls.",
    )
    date_asked = fields.Datetime(
        string="Asked On",
        readonly=True,
        copy=False,
        help="When the first mail was handed to the mail queue.",
    )
    date_opened = fields.Datetime(
        string="Opened On",
        readonly=True,
        copy=False,
        help="When the vendor first looked at the page.",
    )
    date_answered = fields.Datetime(
        string="Answered On",
        readonly=True,
        copy=False,
        help="When the vendor answered, or declined to.",
    )
    refusal = fields.Text(
        string="Why Not",
        readonly=True,
        copy=False,
        help="What a vendor says who does not want to answer.",
    )

    _partner_once = models.UniqueIndex(
        "(campaign_id, partner_id)",
        "A vendor is asked once in a campaign (Vendor).",
    )

    @api.depends("partner_id")
    def _compute_display_name(self):
        for request in self:
            request.display_name = request.partner_id.display_name

    # -- what may change ---------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # Who makes a request is not mailed what the vendor is.
        plain = self.with_context(mail_create_nosubscribe=True)
        return super(PsoRequest, plain).create(vals_list).with_env(self.env)

    def write(self, vals):
        if not vals.keys().isdisjoint({"partner_id", "campaign_id"}):
            self._check_not_asked()
        return super().write(vals)

    def _by_buttons_message(self, names):
        return self.env._(
            "How far a request is follows from what was sent and answered: use its "
            "buttons."
        )

    def _check_not_asked(self):
        if any(request.date_asked for request in self):
            raise UserError(
                self.env._(
                    "This vendor has been asked already: ask another one in a new line."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        if not self.env.su and any(request.date_asked for request in self):
            raise UserError(
                self.env._("What a vendor was asked is kept: it cannot be deleted.")
            )

    @api.constrains("partner_id", "campaign_id")
    def _check_vendor(self):
        for request in self.sudo():
            scope = request.company_id._pso_scope()
            owner = request.partner_id.company_id
            if request.partner_id in scope.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(vendor)s is a company of your own scope: what you buy there "
                        "does not count (Vendor).",
                        vendor=request.partner_id.display_name,
                    )
                )
            if owner and owner not in scope:
                raise ValidationError(
                    self.env._(
                        "%(vendor)s is a vendor of another company (Vendor).",
                        vendor=request.partner_id.display_name,
                    )
                )

    # -- what the vendor does ------------------------------------------------------

    def _mark_opened(self):
        """Note that the vendor has looked at the page, the first time."""
        now = fields.Datetime.now()
        for request in self:
            if not request.date_opened:
                request.date_opened = now
            if request.state == "asked":
                request.state = "opened"

    def _mark_answered(self):
        """Note that the vendor has answered; also who did so late, or again."""
        now = fields.Datetime.now()
        self.write(
            {
                "state": "answered",
                "date_answered": now,
                "refusal": False,
                "is_queued": False,
            }
        )
        self._forget_calls()

    def _mark_refused(self, text):
        """Note that the vendor does not want to answer.

        :param text: why, in the vendor's words; may be empty
        """
        now = fields.Datetime.now()
        self.write(
            {
                "state": "refused",
                "date_answered": now,
                "refusal": text,
                "is_queued": False,
            }
        )
        self._forget_calls()

    def _join(self):
        """Make one of the requests of each campaign to vendors that are merged.

        The one that is farthest stays, with its link; answers and mails of the others
        are added to it.
        """
        for requests in self.grouped("campaign_id").values():
            farthest, *_rest = requests.sorted(lambda each: FARTHEST.index(each.state))
            if others := requests - farthest:
                farthest._take_over(others)
                others.unlink()

    def _take_over(self, others):
        """Add to a request what there is of others, which would go with them."""
        for model, name in FILED.items():
            filed = self.env[model].sudo().with_context(active_test=False)
            domain = [(name, "=", self._name), ("res_id", "in", others.ids)]
            filed.search(domain).res_id = self.id

    # -- the buttons: what came by telephone or mail -------------------------------

    @without_defaults
    def action_answered(self):
        """Note that vendors have answered otherwise than on their page."""
        self._check_asked()
        self.sudo()._mark_answered()

    @without_defaults
    def action_refused(self):
        """Note that vendors have said that they do not answer."""
        self._check_asked()
        self.sudo()._mark_refused(False)

    def _check_asked(self):
        self.check_access("write")
        if any(request.state == "to_send" for request in self):
            raise UserError(self.env._("Ask this vendor first: nothing was sent yet."))
