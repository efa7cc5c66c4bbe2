from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..purchases.origin import ESTIMATE, OF_FIGURE
from ..purchases.pso_supplier_figure_origin import ORIGIN_OF

STATES = [
    ("to_verify", "To Verify"),
    ("verified", "Verified"),
    ("refused", "Refused"),
    ("superseded", "Answered Anew"),
    ("declined", "Nothing to Verify"),
]
# What is certified, and what stands there instead of it.
CERTIFIED = ("pso", "sw")
KINDS = [
    ("pso", "PSO certificate"),
    ("sw", "Sheltered-work company"),
    ("none", "No certificate"),
    ("working", "Working on a certificate"),
    ("declined", "Does not want to answer"),
]
CHANNELS = [("page", "Vendor's page"), ("hand", "Recorded by us")]
# Only the buttons and the vendor's page write these.
KEPT = {"state", "channel", "decided_by_id", "decided_on", "refusal_reason"}
KEPT |= {"certificate_id", "figure_id"}
# What the vendor said: of an answer from the page nobody changes it afterwards.
SAID = {
    *("request_id", "kind", "is_unchanged", "level_id", "is_pso30", "number"),
    *("date_start", "date_end", "company_registry", "year", "has_figures"),
    *("turnover", "currency_id", "fte", "direct_percentage", "is_estimate"),
    *("entity_ids", "remark", "attachment_ids"),
}
# What purchase has seen and chosen to verify it; it stays once that is decided.
JUDGED = {"proof_kind", "proof_date", *ORIGIN_OF.values()}


class PsoAnswer(models.Model):
    """What a vendor says of its certificate and figures; nothing of it counts yet.

    Certificates and figures are written when somebody of purchase has verified it. An
    answer that comes from the vendor's page stays as the vendor gave it: what is wrong
    is refused, with a reason.
    """

    _name = "pso.answer"
    _description = "PSO Answer of a Vendor"
    _inherit = ["pso.by.buttons.mixin", "pso.files.mixin"]
    _by_buttons = KEPT
    _order = "id desc"

    request_id = fields.Many2one(
        "pso.request", required=True, index=True, ondelete="cascade"
    )
    campaign_id = fields.Many2one(
        related="request_id.campaign_id", store=True, index=True
    )
    partner_id = fields.Many2one(
        related="request_id.partner_id", string="Vendor", store=True, index=True
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="to_verify",
        copy=False,
        index=True,
        help="Nothing counts before it is verified.",
    )
    channel = fields.Selection(
        CHANNELS,
        string="Came by",
        required=True,
        readonly=True,
        default="hand",
        copy=False,
        help="By the vendor's own page, or recorded by somebody of purchase, from a "
        "call or a letter.",
    )
    kind = fields.Selection(
        KINDS,
        string="Answer",
        required=True,
        default="pso",
        help="What the vendor has.",
    )
    is_unchanged = fields.Boolean(
        string="Unchanged",
        help="The vendor said that what is known of it here is still right.",
    )
    level_id = fields.Many2one(
        "pso.level",
        index="btree_not_null",
        ondelete="restrict",
        help="The level on the certificate.",
    )
    is_pso30 = fields.Boolean(
        string="PSO 30+", help="The certificate says that it is PSO 30+."
    )
    number = fields.Char(string="Certificate Number", help="As printed on it.")
    date_start = fields.Date(string="Valid From", help="First day of validity.")
    date_end = fields.Date(
        string="Valid Until",
        help="Last day of validity. Only a sheltered-work company may have none.",
    )
    company_registry = fields.Char(
        string="KvK Number on the Paper",
        help="Number at the Chamber of Commerce of the organisation that is certified, "
        "as the vendor gives it.",
    )
    entity_ids = fields.One2many(
        "pso.answer.entity",
        "answer_id",
        string="Entities Covered",
        help="The legal entities that the certificate covers besides.",
    )
    has_figures = fields.Boolean(
        string="With Figures", help="Turnover, fte and direct share are given."
    )
    year = fields.Integer(
        string="Figures of", aggregator=None, help="The year that the figures are of."
    )
    turnover = fields.Monetary(help="Turnover of the vendor in this year.")
    currency_id = fields.Many2one(
        "res.currency",
        ondelete="restrict",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        help="The currency of the turnover: that of your company unless you choose "
        "another.",
    )
    fte = fields.Float(
        string="Total Fte", help="All fte that work there, target group or not."
    )
    direct_percentage = fields.Float(
        string="Direct Share (%)",
        help="Weighted fte of the target group in the vendor's own staff, as a share "
        "of its total fte.",
    )
    is_estimate = fields.Boolean(
        string="Estimate", help="The vendor says that the figures are an estimate."
    )
    turnover_origin = fields.Selection(
        OF_FIGURE,
        string="Turnover from",
        compute="_compute_origins",
        store=True,
        readonly=False,
        precompute=True,
        help="What is kept with the turnover as its origin once it is verified.",
    )
    fte_origin = fields.Selection(
        OF_FIGURE,
        string="Fte from",
        compute="_compute_origins",
        store=True,
        readonly=False,
        precompute=True,
        help="What is kept with the fte as their origin once they are verified.",
    )
    direct_origin = fields.Selection(
        OF_FIGURE,
        string="Direct Share from",
        compute="_compute_origins",
        store=True,
        readonly=False,
        precompute=True,
        help="What is kept with the direct share as its origin once it is verified.",
    )
    remark = fields.Text(help="What the vendor says besides, in its own words.")
    attachment_ids = fields.Many2many(
        help="The proof that the vendor sent. Only who may read this answer may read "
        "it.",
    )
    decided_by_id = fields.Many2one(
        "res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who verified or refused it.",
    )
    decided_on = fields.Datetime(
        readonly=True, copy=False, help="When it was verified or refused."
    )

    # There is one answer of a request to decide on.
    _one_to_verify = models.UniqueIndex(
        "(request_id) WHERE state = 'to_verify'",
        "This request has another answer to verify already.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_end >= date_start)",
        "A certificate cannot end before it starts (Valid Until).",
    )
    _pso_is_complete = models.Constraint(
        "CHECK (kind <> 'pso' OR (level_id IS NOT NULL AND date_start IS NOT NULL "
        "AND date_end IS NOT NULL))",
        "An answer with a PSO certificate has a level, a first and a last day (Level, "
        "Valid From, Valid Until).",
    )
    _sw_has_start = models.Constraint(
        "CHECK (kind <> 'sw' OR date_start IS NOT NULL)",
        "Say since when it is a sheltered-work company (Valid From).",
    )
    _figures_sensible = models.Constraint(
        "CHECK (NOT COALESCE(has_figures, FALSE) OR (turnover > 0 AND fte >= 0 "
        "AND fte < 1e15 AND direct_percentage BETWEEN 0 AND 100 "
        "AND year BETWEEN 1900 AND 2999))",
        "Figures need a turnover above zero, fte of zero or more, a direct share "
        "between 0 and 100 and a year of four digits.",
    )

    @api.depends("partner_id", "create_date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for answer in self:
            name = answer.partner_id.display_name or ""
            day = answer.create_date and format_date(
                self.env, fields.Datetime.context_timestamp(self, answer.create_date)
            )
            answer.display_name = f"{name}, {day}" if day else name

    @api.depends("request_id")
    def _compute_currency_id(self):
        for answer in self:
            answer.currency_id = answer.request_id.company_id.currency_id

    @api.depends("is_estimate")
    def _compute_origins(self):
        for answer in self:
            origin = ESTIMATE if answer.is_estimate else "vendor"
            for name in ORIGIN_OF.values():
                answer[name] = origin

    # -- what may change ---------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._make_way([vals.get("request_id") for vals in vals_list])
        answers = super().create(vals_list)
        answers._take_place()
        return answers

    def write(self, vals):
        self._check_by_buttons(vals)
        if not self.env.su and not SAID.isdisjoint(vals):
            self._check_may_rewrite()
        if not self.env.su and not JUDGED.isdisjoint(vals):
            self._check_undecided()
        return super().write(vals)

    def _by_buttons_message(self, names):
        return self.env._("An answer is verified and refused by its buttons alone.")

    def _check_may_rewrite(self):
        """Leave what a vendor said as it was said.

        :raise AccessError: naming the way to mend it
        """
        if any(answer.channel == "page" for answer in self):
            raise AccessError(
                self.env._(
                    "The vendor gave this answer itself: nobody changes it. Refuse it "
                    "and say what is wrong."
                )
            )
        self._check_undecided()

    def _check_undecided(self):
        """:raise AccessError: where one of the answers is decided on, or stands back"""
        if any(answer.state != "to_verify" for answer in self):
            raise AccessError(
                self.env._("This answer is decided on, and stays as it is.")
            )

    def _must_stay(self):
        """Return those that a vendor gave itself, or that somebody decided on."""
        return self.filtered(lambda a: a.channel == "page" or a.decided_by_id)

    def _make_way(self, requests):
        """Let earlier answers to these requests stand back for a new one.

        :param requests: their ids
        """
        earlier = self.sudo().search(
            [
                ("request_id", "in", [number for number in requests if number]),
                ("state", "in", ("to_verify", "declined")),
            ]
        )
        earlier.state = "superseded"
        earlier.flush_recordset(["state"])

    def _take_place(self):
        """Let the requests say what was answered to them."""
        for answer in self.sudo():
            request = answer.request_id
            if answer.kind in CERTIFIED or answer.has_figures:
                request._mark_answered()
            else:
                answer.state = "declined"
                request._mark_refused(answer._refusal_words())

    def _refusal_words(self):
        """Say why a vendor has nothing to verify, as kept with the request."""
        label = self._fields["kind"].convert_to_export(self.kind, self)
        return f"{label}: {self.remark}" if self.remark else label

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        """:raise UserError: for what a vendor gave itself, or somebody decided on"""
        if not self.env.su and self._must_stay():
            raise UserError(
                self.env._(
                    "What a vendor answered, and what was decided on it, is kept: it "
                    "cannot be deleted."
                )
            )


class PsoRequest(models.Model):
    """The answers to a request, the last one first."""

    _inherit = "pso.request"

    answer_ids = fields.One2many("pso.answer", "request_id", string="Answers")
    answer_count = fields.Integer(compute="_compute_answer_count")

    @api.depends("answer_ids")
    def _compute_answer_count(self):
        for request in self:
            request.answer_count = len(request.answer_ids)

    def _take_over(self, others):
        result = super()._take_over(others)
        # One of them alone waits to be verified: the last.
        answers = (self | others).answer_ids
        waiting = answers.filtered(lambda answer: answer.state == "to_verify")
        waiting.sorted("id")[:-1].state = "superseded"
        answers.flush_recordset(["state"])
        others.answer_ids.request_id = self
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_answers(self):
        if not self.env.su:
            self.sudo().answer_ids.sudo(False)._unlink_except_given()
        # The database would leave the files of the answers behind.
        self.sudo().answer_ids.unlink()
