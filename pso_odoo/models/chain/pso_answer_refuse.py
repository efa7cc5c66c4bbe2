from odoo import api, fields, models
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

    def _refuse(self, reason):
        """Refuse an answer, tell the vendor why, and open its request again.

        :param reason: what the vendor reads
        :raise UserError: without a reason, where the answer is decided on, where the
            vendor could not answer anew, and where the mail cannot be written
        """
        self.ensure_one()
        self.check_access("write")
        self._check_decidable()
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say what is wrong: the vendor reads it (Reason).")
            )
        request = self.request_id
        if request.answer_ids.filtered(lambda answer: answer.state == "verified"):
            # Its page is closed: there is nothing to ask of the vendor any more.
            self._decide("refused", refusal_reason=reason.strip())
            return
        if not request._is_link_open():
            raise UserError(
                self.env._(
                    "The vendor could not answer anew, as its page does not open any "
                    "more: reopen the campaign or move its deadline first."
                )
            )
        self._decide("refused", refusal_reason=reason.strip())
        request.sudo().write({"state": "opened", "date_answered": False})
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if template and request.has_email:
            # Where it cannot be delivered, the request says so.
            message = request._post_mail(template)
            request.sudo().write({"mail_id": message.id, "send_error": False})


class PsoRequest(models.Model):
    _inherit = "pso.request"

    mail_refusal = fields.Text(
        string="Why the Answer Was Refused",
        compute="_compute_mail_refusal",
        help="What is wrong with the answer that was refused last; for the mail.",
    )

    @api.depends("answer_ids.refusal_reason")
    def _compute_mail_refusal(self):
        for request in self:
            refused = request.answer_ids.filtered(lambda a: a.state == "refused")
            request.mail_refusal = refused.sorted("id", reverse=True)[:1].refusal_reason
