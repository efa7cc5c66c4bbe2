from odoo import api, models

from ..models.measurement.pso_measurement_period import ROLLING
from ..tools.context import without_defaults


class PsoDashboard(models.AbstractModel):
    """The next best step, by the solver: for who may ask it."""

    _inherit = "pso.dashboard"

    @api.model
    @api.readonly
    def next_best_step(self, period=False, company_id=False):
        """Say what the next level costs least, of what the company has costs for.

        :param period: a key of ``periods``, the rolling year if empty
        :param company_id: one of the user's companies, the current one if empty
        :return: ``{text, has_costs}``; False to who may not ask, and for a period from
            which nothing goes on
        :raise AccessError: without access to PSO totals, or to the company
        """
        start = self._start_of_question(period, company_id)
        if not start or not self.env["pso.scenario.question"].has_access("create"):
            return False
        return self.env["pso.scenario.question"].new(start)._best_step()

    @api.model
    @without_defaults
    def action_ask(self, period=False, company_id=False):
        """Ask what a level costs least, going on from a period of the dashboard.

        :raise AccessError: for who may not make a scenario
        """
        start = self._start_of_question(period, company_id)
        self.env["pso.scenario"].check_access("create")
        return self.env["pso.scenario.question"]._open(start or {})

    def _start_of_question(self, period, company_id):
        """Return what a question goes on from, False where nothing does."""
        self._check_asked([period], [company_id])
        company = self._company(company_id)
        key = period or ROLLING
        window = self._period(key, company, self._measurements(company))
        if key != ROLLING and (not window.number or window.measurement.is_locked):
            return False
        return {"company_id": company.id, "measurement_id": window.number or False}
