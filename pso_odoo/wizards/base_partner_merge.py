from odoo import models
from odoo.exceptions import UserError

from ..context import without_defaults


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @without_defaults
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Refuse in words what the database would: two sets of figures for one year.

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
        return super()._update_foreign_keys(src_partners, dst_partner)
