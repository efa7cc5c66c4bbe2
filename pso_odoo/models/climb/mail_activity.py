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
        actions = actions.exists()
        own = actions.sudo().filtered(lambda action: action.owner_id == self.env.user)
        # Who was handed the activity alone ends that, and not the action.
        may = own.sudo(False)._filtered_access("read")
        may |= actions._filtered_access("write")
        # Who marks anything else as done need not have access to plans.
        if to_do := may.filtered(lambda action: action.state == "open"):
            to_do.action_done()
        return result
