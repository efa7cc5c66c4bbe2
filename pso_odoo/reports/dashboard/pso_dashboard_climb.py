from odoo import api, models


class PsoDashboard(models.AbstractModel):
    """The scenario that a company looks at: where it would go by that.

    Asked for apart, when it comes into sight: nobody waits for it who looks at where
    the company stands.
    """

    _inherit = "pso.dashboard"

    @api.model
    @api.readonly
    def scenario_ahead(self, company_id=False):
        """Return what the scenario on the dashboard makes of the coming months.

        :param company_id: one of the user's companies, the current one if empty
        :return: ``{id, name, points, note}``, points as ``pso.trend`` has them; False
            where no scenario is shown, or none that the user may see
        :raise AccessError: without access to PSO totals, or to the company
        """
        self._check_asked([], [company_id])
        company = self._company(company_id)
        scenario = self.env["pso.scenario"].search(
            [("company_id", "=", company.id), ("is_shown", "=", True)], limit=1
        )
        if not scenario:
            return False
        obstacle = scenario._outlook_obstacle()
        return {
            "id": scenario.id,
            "name": scenario.name,
            "points": [] if obstacle else scenario.sudo()._outlook()[1],
            "note": obstacle,
        }
