from odoo import api, fields, models
from odoo.tools import ormcache

from ...tools.context import without_defaults
from .pso_scenario_figures import DERIVED, EFFECTS


class PsoMeasurement(models.Model):
    """A measurement and the scenarios that start from it."""

    _inherit = "pso.measurement"

    scenario_ids = fields.One2many("pso.scenario", "measurement_id", string="Scenarios")
    scenario_count = fields.Integer(compute="_compute_scenario_count")

    @api.depends("scenario_ids")
    @api.depends_context("uid")
    def _compute_scenario_count(self):
        for measurement in self:
            measurement.scenario_count = len(measurement.scenario_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_planned(self):
        plans = self.env["pso.plan"]
        plans._check_none_rests_on(self, "measurement_id")
        # A scenario whose measurement is gone leads nowhere.
        plans._check_none_rests_on(self, "scenario_id.measurement_id")

    @ormcache()
    def _derived_fields(self):
        """Add the figures of scenarios, which start from those of measurements."""
        scenarios = self.env["pso.scenario"]._fields
        lines = self.env["pso.scenario.line"]._fields
        return (
            *super()._derived_fields(),
            *(scenarios[name] for name in (*DERIVED, "reckoned", "comparison")),
            *(lines[name] for name in EFFECTS),
        )

    @without_defaults
    def action_what_if(self):
        """Make a scenario that starts from this measurement, and open it.

        :raise AccessError: for who may not make one
        """
        self.ensure_one()
        self.check_access("read")
        scenario = self.env["pso.scenario"].create(
            {
                "name": self.env._("What if: %(measurement)s", measurement=self.name),
                "measurement_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "pso.scenario",
            "res_id": scenario.id,
            "views": [[False, "form"]],
        }

    @api.readonly
    @without_defaults
    def action_open_scenarios(self):
        """Open the scenarios that start from this measurement."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "pso_odoo.pso_scenario_action"
        )
        action["domain"] = [("measurement_id", "=", self.id)]
        action["context"] = {"default_measurement_id": self.id}
        return action
