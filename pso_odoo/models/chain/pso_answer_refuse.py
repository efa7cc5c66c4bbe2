from odoo import fields, models
from odoo.exceptions import UserError

TEMPLATE = "pso_odoo.mail_template_answer_refused"


class PsoAnswer(models.Model):
    """An answer that is refused: the vendor hears why, and is asked again."""

    _inherit = "pso.answer"

    refusal_reason = fields.Text(
        string="Reason of the Refusal",
        readonly=True,
        copy=False,
        help="What is wrong with the answer; the vendor reads it in the mail and on "
        "its page.",
    )

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

    def _refuse(self, reason):
        """Refuse an answer, tell the vendor why, and open its request again.

        :param reason: what the vendor reads
        :return: the mail, which waits in the queue of Odoo; none without an address
        :raise UserError: without a reason, and where the answer is decided on
        """
        self.ensure_one()
        self.check_access("write")
        self._check_decidable()
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say what is wrong: the vendor reads it (Reason).")
            )
        self._decide("refused", refusal_reason=reason.strip())
        self.request_id.sudo().write({"state": "opened", "date_answered": False})
        return self._send_refusal()

    def _send_refusal(self):
        """Put the mail with the reason into the queue, in the vendor's language."""
        mails = self.env["mail.mail"].sudo()
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template or not self._refusal_contact().email:
            return mails
        return mails.browse(template.sudo().send_mail(self.id))

    def _refusal_contact(self):
        """Return the contact of the vendor that hears of it."""
        return self.request_id._link_contact()
