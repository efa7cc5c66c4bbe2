from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Mark the actions of a plan as done with their activities."""
        ours = self.filtered(
            lambda each: each.res_model == "pso.plan.action" and each.automated
        )
        actions = self.env["pso.plan.action"].browse(ours.mapped("res_id"))
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        actions.exists().filtered(lambda action: action.state == "open").action_done()
        return result
