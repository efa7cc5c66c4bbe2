from odoo import models

from ..tools.context import without_defaults


class PsoScenario(models.Model):
    _inherit = "pso.scenario"

    @without_defaults
    def action_ask(self):
        """Ask what a level costs least, going on from this scenario.

        :raise AccessError: for who may not make a scenario
        """
        self.ensure_one()
        self.check_access("read")
        self.env["pso.scenario"].check_access("create")
        return self.env["pso.scenario.question"]._open({"scenario_id": self.id})
