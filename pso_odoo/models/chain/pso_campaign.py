from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools.context import without_defaults
from ...tools.groups import MANAGER, PURCHASE

STATES = [("draft", "Draft"), ("running", "Running"), ("closed", "Closed")]
# Only the buttons, and the daily job, write these.
KEPT = {"state", "date_started", "date_closed"}
# So long vendors have by default, in days.
TERM = 42


class PsoCampaign(models.Model):
    """Vendors who are asked together for their PSO certificate and figures.

    What is bought counts by what the vendor proves, so he is asked (section 4).
    """

    _name = "pso.campaign"
    _description = "PSO Campaign: Vendors Asked"
    _inherit = ["pso.by.buttons.mixin", "mail.thread"]
    _by_buttons = KEPT
    _order = "date_deadline desc, id desc"

    name = fields.Char(
        string="Campaign",
        required=True,
        help="What you call it among yourselves; vendors do not read it.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        help="In whose name vendors are asked.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        domain=lambda self: self._domain_user(),
        tracking=True,
        help="In whose name the mails go out, and who gets the answers to them. Calls "
        "the vendors who did not answer.",
    )
    date_deadline = fields.Date(
        string="Answers Until",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=TERM),
        tracking=True,
        help="The vendors read this day. After it nobody is reminded any more.",
    )
    year = fields.Integer(
        string="Figures of",
        required=True,
        default=lambda self: fields.Date.context_today(self).year - 1,
        aggregator=None,
        help="The year of which turnover, fte and direct share are asked.",
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        help="Running from the first mail on, until you close it.",
    )
    date_started = fields.Date(
        string="Started On",
        readonly=True,
        copy=False,
        help="When the first mails were sent.",
    )
    date_closed = fields.Date(string="Closed On", readonly=True, copy=False)
    request_ids = fields.One2many("pso.request", "campaign_id", string="Vendors")

    _year_sensible = models.Constraint(
        "CHECK (year BETWEEN 1900 AND 2999)",
        "The year of the figures has four digits (Figures of).",
    )

    def _domain_user(self):
        buyers = self.env.ref(PURCHASE).ids
        return (
            f"[('share', '=', False), ('company_ids', 'in', company_id), "
            f"('all_group_ids', 'in', {buyers})]"
        )

    # -- what may change ---------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.browse()._check_may_name(self.default_get(["user_id"]) | vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_may_name(vals)
        if "company_id" in vals:
            self._check_not_started()
        return super().write(vals)

    def _by_buttons_message(self, names):
        return self.env._("A campaign is started and closed by its buttons alone.")

    def _check_may_name(self, vals):
        """Let a buyer write in his own name, and coordinators in that of a buyer.

        :raise AccessError: if a buyer names somebody else
        """
        named = vals.get("user_id", self.env.uid)
        is_same = bool(self) and all(each.user_id.id == named for each in self)
        if named == self.env.uid or is_same or self.env.su:
            return
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "You can mail vendors in your own name; a PSO coordinator names "
                    "others (Responsible)."
                )
            )

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for campaign in self.sudo():
            user, company = campaign.user_id, campaign.company_id
            works_here = company in user.company_ids
            if user._is_superuser():
                continue
            if user.share or not works_here or not user.has_group(PURCHASE):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot ask vendors: choose somebody who works in "
                        "%(company)s and has the group %(group)s (Responsible).",
                        user=user.name,
                        company=company.name,
                        group=self.env.ref(PURCHASE).sudo().full_name,
                    )
                )

    def _check_not_started(self):
        """See that nobody has been asked in the name of the company yet."""
        if any(campaign.state != "draft" for campaign in self):
            raise UserError(
                self.env._(
                    "Vendors have been asked already: make a new campaign for another "
                    "company."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_with_requests(self):
        if any(campaign.state != "draft" for campaign in self):
            raise UserError(
                self.env._(
                    "Vendors have been asked in this campaign: close it, and it stays "
                    "as what was asked and answered."
                )
            )
        # The database would leave activities and messages of the requests behind.
        self.request_ids.unlink()

    # -- the buttons ---------------------------------------------------------------

    @without_defaults
    def action_close(self):
        """Close campaigns: nobody is mailed, reminded or called for them any more."""
        self.check_access("write")
        today = fields.Date.context_today(self)
        self.sudo().write({"state": "closed", "date_closed": today})
        requests = self.sudo().request_ids
        requests.is_queued = False
        requests._forget_calls()

    @without_defaults
    def action_reopen(self):
        """Take back that campaigns are closed."""
        self.check_access("write")
        closed = self.sudo().filtered(lambda campaign: campaign.state == "closed")
        for campaign in closed:
            campaign.write(
                {
                    "state": "running" if campaign.date_started else "draft",
                    "date_closed": False,
                }
            )
