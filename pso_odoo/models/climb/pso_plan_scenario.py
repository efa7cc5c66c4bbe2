from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.context import without_defaults

# What is counted of a change of a scenario; anything else is counted by hand.
MEASURES = {"hire": "hires"}


class PsoPlan(models.Model):
    """A plan that carries out a scenario: its changes become actions."""

    _inherit = "pso.plan"

    scenario_id = fields.Many2one(
        "pso.scenario",
        index="btree_not_null",
        ondelete="set null",
        domain="[('company_id', '=', company_id)]",
        help="The scenario that the plan carries out. Its changes become actions by a "
        "button.",
    )

    @api.constrains("scenario_id", "company_id")
    def _check_scenario(self):
        for plan in self:
            company = plan.scenario_id.company_id
            if company and company != plan.company_id:
                raise ValidationError(
                    self.env._(
                        "The scenario is of another company than the plan (Scenario)."
                    )
                )

    @without_defaults
    def action_take_scenario(self):
        """Add an action for each change of the scenario that is none yet.

        :raise UserError: if there is nothing to add
        """
        self.ensure_one()
        self.check_access("write")
        taken = set(self.action_ids.mapped("name"))
        lines = self.scenario_id.line_ids.filtered(
            lambda line: line.sentence not in taken
        )
        if not lines:
            raise UserError(
                self.env._(
                    "Every change of the scenario is an action of this plan already, "
                    "or it has none (Scenario)."
                )
            )
        actions = self.env["pso.plan.action"].create(
            [self._action_values(line) for line in lines]
        )
        return bool(actions)

    def _action_values(self, line):
        """Return the values of the action that a change of a scenario becomes.

        It ends when the change begins, where that lies within the plan.
        """
        start = line.date_from
        is_within = start and self.date_start <= start <= self.date_deadline
        kind = self._measure_of(line)
        return {
            "plan_id": self.id,
            "name": line.sentence,
            "kind": kind,
            "target_value": line.people if kind == "hires" else 1,
            "owner_id": self.responsible_id.id,
            "date_deadline": start if is_within else self.date_deadline,
        }

    def _measure_of(self, line):
        if line.kind == "certificate" and line.change == "gain":
            return "vendors"
        return MEASURES.get(line.kind, "other")
