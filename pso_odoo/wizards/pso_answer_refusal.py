from odoo import fields, models


class PsoAnswerRefusal(models.TransientModel):
    """Why an answer is refused, asked for before the vendor is told."""

    _name = "pso.answer.refusal"
    _description = "Refusal of a PSO Answer"

    answer_id = fields.Many2one(
        "pso.answer", required=True, readonly=True, ondelete="cascade"
    )
    has_email = fields.Boolean(related="answer_id.request_id.has_email")
    email = fields.Char(related="answer_id.request_id.email", string="Mailed To")
    reason = fields.Text(
        required=True,
        help="What is wrong, and what you need instead. The vendor reads it as you "
        "write it, in the mail and on its page.",
    )

    def action_refuse(self):
        """Refuse the answer, and tell the vendor why.

        :raise UserError: where it is decided on already, or cannot be mailed
        """
        self.ensure_one()
        self.answer_id._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
