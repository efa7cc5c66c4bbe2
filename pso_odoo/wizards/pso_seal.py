from odoo import api, models

from ..tools.context import without_defaults
from ..tools.sealing import Verification


class PsoSeal(models.Model):
    _inherit = "pso.seal"

    @api.readonly
    @without_defaults
    def action_verify(self):
        """Show whether the chains of the user's companies and all they seal are whole.

        :raise AccessError: for who may not read seals
        """
        self.check_access("read")
        companies = self.env.companies
        measurements = self.env["pso.measurement"].search(
            [("company_id", "in", companies.ids)]
        )
        verification = Verification([], [])
        for company in companies:
            mine = measurements.filtered(lambda m, c=company: m.company_id == c)
            verification += self.sudo()._verify(company.id, mine.sudo())
        return self.env["pso.seal.verification"]._show(
            verification,
            ", ".join(companies.mapped("name")),
            # Of several there is no one digest.
            len(companies) == 1 and self.sudo()._head(companies.id)["digest"],
        )
