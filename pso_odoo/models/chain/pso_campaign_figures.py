from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.context import without_defaults
from ...tools.groups import USER
from ...tools.score import Facts, exact, percentages


class PsoRequest(models.Model):
    """Whether asking has brought what it was for."""

    _inherit = "pso.request"

    is_won = fields.Boolean(
        string="Won",
        compute="_compute_is_won",
        search="_search_is_won",
        help="Since the vendor was asked a certificate of his was verified, or, where "
        "figures were missing, those of the year came in.",
    )

    @api.depends("date_asked", "partner_id", "reason", "campaign_id.year")
    def _compute_is_won(self):
        won = self._won_ids()
        for request in self:
            request.is_won = request._origin.id in won

    def _search_is_won(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.env.execute_query(self._sql_won())
        won = [request for (request,) in found]
        domains = {
            True: fields.Domain("id", "in", won),
            False: fields.Domain("id", "not in", won),
        }
        return fields.Domain.OR(domains[bool(each)] for each in value)

    def _won_ids(self):
        """Return the ids of those of these requests that were won."""
        asked = self._origin.ids
        if not asked:
            return set()
        rows = self.env.execute_query(
            SQL("%s AND request.id = ANY(%s)", self._sql_won(), asked)
        )
        return {request for (request,) in rows}

    def _sql_won(self):
        """Select the requests since which a certificate, or the figures, came in."""
        certificates, figures = self.env["pso.certificate"], "pso.supplier.figure"
        return SQL(
            """
            SELECT request.id FROM pso_request request
            JOIN pso_campaign campaign ON campaign.id = request.campaign_id
            WHERE (EXISTS (
                    -- Days alone are known of it: that of the mail counts too.
                    SELECT FROM pso_certificate certificate
                    WHERE certificate.partner_id = request.partner_id
                        AND certificate.evidence_state = 'verified'
                        AND certificate.verified_on >= request.date_asked::date
                        AND (certificate.date_end IS NULL
                            OR certificate.date_end >= request.date_asked::date))
                OR request.reason = 'no_figures' AND EXISTS (
                    SELECT FROM pso_supplier_figure figure
                    WHERE figure.partner_id = request.partner_id
                        AND figure.year = campaign.year
                        AND figure.create_date >= request.date_asked))
            %s
            """,
            SQL(
                "",
                to_flush=[
                    *(
                        certificates._fields[name]
                        for name in ("evidence_state", "verified_on", "date_end")
                    ),
                    self.env[figures]._fields["year"],
                    self._fields["date_asked"],
                    self._fields["reason"],
                    self.env["pso.campaign"]._fields["year"],
                ],
            ),
        )


class PsoCampaign(models.Model):
    """How far a campaign is, and what it has brought."""

    _inherit = "pso.campaign"

    request_count = fields.Integer(string="Vendors Chosen", compute="_compute_counts")
    unsent_count = fields.Integer(
        string="To Send",
        compute="_compute_counts",
        help="Vendors who were not mailed yet.",
    )
    no_email_count = fields.Integer(
        string="Without E-Mail Address",
        compute="_compute_counts",
        help="Vendors who cannot be mailed: their address has no e-mail address.",
    )
    asked_count = fields.Integer(string="Asked", compute="_compute_counts")
    opened_count = fields.Integer(
        string="Opened",
        compute="_compute_counts",
        help="Vendors who looked at their page, whatever they did then.",
    )
    answered_count = fields.Integer(string="Answered", compute="_compute_counts")
    won_count = fields.Integer(
        string="Won",
        compute="_compute_counts",
        help="Vendors whose certificate was verified since they were asked, or whose "
        "missing figures came in.",
    )
    problem_count = fields.Integer(
        string="Not Delivered",
        compute="_compute_counts",
        help="Mails that could not be sent or delivered.",
    )
    points = fields.Float(
        string="Points Gained",
        compute="_compute_points",
        compute_sudo=True,
        groups=USER,
        digits=(16, 2),
        help="How many percentage points of the PSO score of the last 12 months are "
        "there by what was bought at the vendors won.",
    )

    @api.depends(
        *(
            f"request_ids.{name}"
            for name in ("state", "date_asked", "date_opened", "has_email")
        ),
        *("request_ids.is_won", "request_ids.has_problem"),
    )
    def _compute_counts(self):
        for campaign in self:
            requests = campaign.request_ids
            states = Counter(requests.mapped("state"))
            campaign.request_count = len(requests)
            campaign.unsent_count = states["to_send"]
            campaign.no_email_count = len(
                requests.filtered(lambda r: r.state == "to_send" and not r.has_email)
            )
            campaign.asked_count = len(requests.filtered("date_asked"))
            campaign.opened_count = len(requests.filtered("date_opened"))
            campaign.answered_count = states["answered"]
            campaign.won_count = len(requests.filtered("is_won"))
            campaign.problem_count = len(requests.filtered("has_problem"))

    @api.depends("request_ids.is_won")
    @api.depends_context("uid")
    def _compute_points(self):
        """Compute the score of the year to today less the same without those won."""
        for campaign in self:
            won = campaign.request_ids.filtered("is_won").partner_id
            campaign.points = campaign._points_of(won) if won else 0

    def _points_of(self, vendors):
        """Return the points, 0-100, by purchases at some vendors in the last year."""
        today = fields.Date.context_today(self)
        if not self.env["pso.edition"]._at(today):
            return 0
        measurements = self.env["pso.measurement"].sudo()
        facts, most, _bought = measurements._rolling_facts(self.company_id)
        rolling = measurements._rolling(self.company_id)
        lines = self.env["pso.supplier.line"].sudo()
        [[fte]] = self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM(indirect_fte), 0) FROM (%s) AS line "
                "WHERE partner_id = ANY(%s) %s",
                lines._sql_for(rolling),
                vendors.ids,
                lines._sql_flush(),
            )
        )
        without = Facts(
            facts.total_fte, facts.direct_fte, max(facts.indirect_fte - exact(fte), 0)
        )
        total, rest = (percentages(each, most)[3] for each in (facts, without))
        return float(total - rest)

    # -- what is opened from a campaign --------------------------------------------

    @api.readonly
    @without_defaults
    def action_open_requests(self):
        """Open the vendors of a campaign, by how far they are."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "pso_odoo.pso_request_action"
        )
        action["domain"] = [("campaign_id", "=", self.id)]
        action["context"] = {"default_campaign_id": self.id}
        action["display_name"] = self.name
        return action
