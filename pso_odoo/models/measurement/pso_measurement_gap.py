from odoo import api, fields, models

from ...tools.score import Facts, exact, gap_indirect, spend_for
from .figures import FIGURES, FORMULA_FACTS

NO_GAP = {"amount": None, "suppliers": []}
BEST_OFFERS = 3


class PsoMeasurement(models.Model):
    """The distance of a measurement to the next level in money (section 4)."""

    _inherit = "pso.measurement"

    gap_amount = fields.Monetary(
        string="Gap (purchases)",
        compute="_compute_gap_amount",
        help="The least amount, bought on top at the certified suppliers that bring "
        "most fte for the money, with which the next level is reached. Empty where "
        "purchases alone do not reach it.",
    )

    @api.depends(*FIGURES)
    @api.depends_context("uid")
    def _compute_gap_amount(self):
        # As the figures: what is being edited shows that of what is saved.
        for measurement in self:
            saved = measurement._origin
            measurement.gap_amount = saved and saved._gap_purchases()["amount"]

    def _gap_purchases(self, figures=None):
        """Say what to buy to reach this measurement's next level: see ``_gap_of``."""
        return self._gap_of(self._window(), figures)

    def _gap_of(self, window, figures=None, offers=None):
        """Say what to buy at the best suppliers to reach the next level by that alone.

        :param figures: as ``_figures_now`` has them, for who knows them already
        :param offers: as ``pso.supplier.line._offers`` has them, likewise
        :return: ``{amount, suppliers: [{id, name, amount}]}`` in the company's
            currency, an amount None where it cannot be reached so; each supplier with
            the amount that would do at him alone
        """
        measurement = window.measurement
        if measurement.is_locked:
            return measurement.locked_figures.get("gap_purchases", NO_GAP)
        if self._sees_kept():
            return self._kept_part(window, "gap") or NO_GAP
        if figures is None:
            figures = {name: measurement[name] for name in FORMULA_FACTS}
            figures["next_level_id"] = measurement.next_level_id.id
        fte = self._gap_indirect(figures, window.edition._ladder())
        if not fte:
            return NO_GAP
        if offers is None:
            offers = self.env["pso.supplier.line"].sudo()._offers(window)
        offers = [(offer, exact(offer.rate), exact(offer.room)) for offer in offers]
        amount = spend_for(fte, [(rate, room) for _offer, rate, room in offers])
        return {
            "amount": amount and float(amount),
            "suppliers": [
                {
                    "id": offer.partner_id,
                    "name": offer.name,
                    "amount": float(fte / rate) if rate * room >= fte else None,
                }
                for offer, rate, room in offers[:BEST_OFFERS]
            ],
        }

    def _gap_indirect(self, figures, ladder):
        """Return the fte of purchases to the next level, None if out of reach."""
        facts = Facts(*(exact(figures[name]) for name in FORMULA_FACTS))
        points = {level.id: points for level, points in ladder.rungs}
        return gap_indirect(
            facts, points.get(figures["next_level_id"]), ladder.indirect_max_share
        )
