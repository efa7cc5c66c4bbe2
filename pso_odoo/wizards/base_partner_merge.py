from odoo import models
from odoo.exceptions import UserError

from ..models.pso_locked_words import GONE


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Refuse in words what the database would: two sets of figures for one year.

        That a supplier of a locked measurement goes is noted.

        :raise UserError: naming the year
        """
        partners = src_partners | dst_partner
        figures = self.env["pso.supplier.figure"].sudo()
        years = figures.search([("partner_id", "in", partners.ids)]).mapped("year")
        double = sorted({year for year in years if years.count(year) > 1})
        if double:
            raise UserError(
                self.env._(
                    "More than one of these contacts has PSO supplier figures over "
                    "%(year)s: delete those that are wrong, then merge.",
                    year=double[0],
                )
            )
        words = self.env["pso.locked.words"].sudo()
        for company, numbers in words._shown_by(src_partners).items():
            for number in numbers:
                words._note("res.partner", number, company, GONE)
        return super()._update_foreign_keys(src_partners, dst_partner)
