from odoo import api, models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """Files that a vendor sent: nobody puts others in their place."""

    _inherit = "ir.attachment"

    def write(self, vals):
        self._check_not_of_answer()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_answer(self):
        self._check_not_of_answer()

    def _check_not_of_answer(self):
        """See that what proves an answer stays as it came.

        :raise AccessError: where a vendor gave the answer, or it is decided on
        """
        if self.env.su:
            return
        own = self.sudo()
        numbers = [f.res_id for f in own if f.res_model == "pso.answer" and f.res_id]
        if not numbers:
            return
        if own.env["pso.answer"].browse(numbers).exists()._must_stay():
            raise AccessError(
                self.env._(
                    "This file is of an answer that stays as it is: nobody changes or "
                    "deletes it."
                )
            )
