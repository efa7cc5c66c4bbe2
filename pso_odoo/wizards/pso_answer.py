from odoo import api, models


class PsoAnswer(models.Model):
    """The button that asks why an answer is refused."""

    _inherit = "pso.answer"

    @api.readonly
    def action_refuse(self):
        """Ask for the reason, which the vendor reads.

        :raise UserError: where the answer is decided on
        """
        self.ensure_one()
        self.check_access("write")
        self._check_decidable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse the Answer"),
            "res_model": "pso.answer.refusal",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_answer_id": self.id},
        }
