from odoo import models


class PsoPlanAction(models.Model):
    _inherit = "pso.plan.action"

    def _count_share(self, until):
        """Return the share of social purchases of the year to a day, in %."""
        first, last = self.env["pso.trend"]._year_to(until)
        companies = self.plan_id.sudo().company_ids.ids
        lines = self.env["pso.purchase.report"].with_context(
            allowed_company_ids=companies
        )
        [(share,)] = lines._read_group(
            [
                ("company_id", "in", companies),
                ("date", ">=", first),
                ("date", "<=", last),
            ],
            aggregates=["social_share:avg"],
        )
        return share or 0
