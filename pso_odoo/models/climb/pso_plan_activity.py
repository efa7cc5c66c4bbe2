from odoo import models

from ...tools.labels import selection_label

ACTIVITY = "pso_odoo.mail_activity_plan_action"


class PsoPlanAction(models.Model):
    """An open action of an approved plan is an activity of its owner, once."""

    _inherit = "pso.plan.action"

    def _sync_activities(self):
        """Make the activities of actions what the actions are by now.

        Nothing that was typed stands in them: they say what is counted, and lead to the
        action. The owner is not written to, as mail leaves Odoo.
        """
        for action in self.sudo().with_context(mail_activity_quick_update=True):
            activities = action.activity_search([ACTIVITY])
            if action.state == "done":
                activities.action_feedback()
            elif action.state == "dropped" or action.plan_id.state == "closed":
                activities.unlink()
            elif activities:
                activities.write(action._activity_values())
            elif action.plan_id.state == "approved":
                action.activity_schedule(ACTIVITY, **action._activity_values())

    def _activity_values(self):
        owner = self.owner_id
        words = self.with_context(lang=owner.lang or self.env.lang)
        return {
            "user_id": owner.id,
            "date_deadline": self.date_deadline,
            "summary": selection_label(words, "kind"),
        }
