from odoo import api, fields, models

from ...tools.score import Facts, exact, percentages


class PsoDocumentMixin(models.AbstractModel):
    """What a purchase is worth in points of the score (section 5)."""

    _inherit = "pso.document.mixin"

    pso_points = fields.Float(
        string="PSO Points",
        compute="_compute_pso_points",
        compute_sudo=True,
        groups="pso_odoo.group_pso_user,pso_odoo.group_pso_purchase",
        help="How many points of the PSO score of the last 12 months this purchase is "
        "worth: the total with it, less the total without it.",
    )
    pso_points_note = fields.Char(
        string="PSO Points as of",
        compute="_compute_pso_points_note",
        compute_sudo=True,
        groups="pso_odoo.group_pso_user,pso_odoo.group_pso_purchase",
        help="Of which day the score is that the points are of, where it is not that "
        "of now, and why.",
    )

    @api.depends("pso_fte")
    @api.depends_context("uid")
    def _compute_pso_points(self):
        """Compute the points of the rolling score that a purchase is worth (section 5).

        What is in the score is taken out of it, what is not is put in. Documents that
        add nothing ask nothing. For who can change facts about persons the score is
        that of last night.
        """
        self.pso_points = 0
        today = fields.Date.context_today(self)
        year = self.env["pso.trend"]._year_to(today)
        for company, documents in self.grouped("company_id").items():
            social = documents.filtered("pso_fte")
            if not social or not self.env["pso.edition"]._at(today):
                continue
            facts, max_share, bought = self.env["pso.measurement"]._rolling_facts(
                company
            )
            judged = social._pso_judge()
            for document in social:
                purchase, *_judged, most = judged[document]
                document.pso_points = self._pso_points_of(
                    exact(document.pso_fte),
                    bought.get((purchase.partner.id, purchase.date.year), 0),
                    exact(most),
                    document._pso_is_in_score(*year),
                    facts,
                    max_share,
                )

    @api.depends("pso_fte")
    @api.depends_context("uid", "lang")
    def _compute_pso_points_note(self):
        self.pso_points_note = False
        if self.env.user._pso_sees_kept_figures():
            snapshots = self.env["pso.snapshot"]
            for document in self.filtered("pso_fte"):
                date, _figures = snapshots._read_one(
                    document.company_id._origin, "rolling", "figures"
                )
                document.pso_points_note = snapshots._explanation(date)

    def _pso_points_of(self, fte, bought, most, is_in_score, facts, max_share):
        """Return the points, 0-100, that a purchase is worth.

        :param fte: its own, as if all of it counted
        :param bought: fte bought at the vendor in its year, as if all of it counted
        :param most: the most fte that purchases at the vendor in a year are worth
        :param is_in_score: whether what was bought, and the facts, have it in them
        """

        def indirect_with(fte):
            counted = [min(max(each, 0), most) for each in (bought, fte)]
            return max(facts.indirect_fte - counted[0] + counted[1], 0)

        other = bought - fte if is_in_score else bought
        totals = [
            percentages(
                Facts(facts.total_fte, facts.direct_fte, indirect_with(each)), max_share
            )[3]
            for each in (other, other + fte)
        ]
        return float(totals[1] - totals[0])
