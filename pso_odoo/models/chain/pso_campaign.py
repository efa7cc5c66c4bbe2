from odoo import api, fields, models

STATES = [("draft", "Draft"), ("running", "Running"), ("closed", "Closed")]
# Only the buttons, and the daily job, write these.
KEPT = {"state", "date_started", "date_closed"}


class PsoCampaign(models.Model):
    """Vendors who are asked together for their PSO certificate and figures.

    What is bought counts by what the vendor proves, so he is asked (section 4).
    """

    _name = "pso.campaign"
    _description = "PSO Campaign: Vendors Asked"
    _inherit = ["mail.thread"]
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
        help="In whose name the mails go out and to whom vendors answer. Calls those "
        "who did not.",
    )
    date_deadline = fields.Date(
        string="Answers Until",
        required=True,
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
        STATES, required=True, readonly=True, default="draft", copy=False, tracking=True
    )
    date_started = fields.Date(readonly=True, copy=False)
    date_closed = fields.Date(readonly=True, copy=False)
    request_ids = fields.One2many("pso.request", "campaign_id", string="Requests")

    _year_sensible = models.Constraint(
        "CHECK (year BETWEEN 1900 AND 2999)",
        "The year of the figures has four digits (Figures of).",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_with_requests(self):
        # The database would leave activities and messages of the requests behind.
        self.request_ids.unlink()
