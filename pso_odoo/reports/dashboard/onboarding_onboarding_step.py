from odoo import api, models

from ...tools.context import without_defaults


class OnboardingOnboardingStep(models.Model):
    _inherit = "onboarding.onboarding.step"

    @api.readonly
    @without_defaults
    def action_open_pso_setup(self):
        """Take this step of the set-up of PSO for the current company.

        :raise AccessError: if it is no such step, or not for this user
        """
        self.ensure_one()
        setup = self.env["pso.setup"]
        return setup._open(self.env.company, setup._numbers().get(self.id))
