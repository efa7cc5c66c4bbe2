from odoo import models
from odoo.exceptions import UserError

from ..models.audit.pso_locked_words import GONE
from ..tools.context import without_defaults


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @without_defaults
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Refuse in words what the database would: two sets of figures for one year.

        Of requests and matches, which it would refuse as well, one is made.
        That a supplier of a locked measurement goes is noted.

        :raise UserError: naming the year
        """
        partners = src_partners | dst_partner | dst_partner.commercial_partner_id
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
        (src_partners | dst_partner).sudo()._pso_join()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        """Give certificates and figures to the company of the contact that is left.

        Core makes a contact a company here where one of those that go was one.
        """
        numbers = {n for n in src_partners.mapped("company_registry") if n}
        result = super()._update_values(src_partners, dst_partner)
        single = numbers.pop() if len(numbers) == 1 else dst_partner.company_registry
        dst_partner._pso_follow(single)
        return result
