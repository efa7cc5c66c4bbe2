from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _pso_follow(self, number):
        result = super()._pso_follow(number)
        kept = (self | self.commercial_partner_id).sudo().pso_certificate_ids
        kept._renew_anew()
        return result

    def unlink(self):
        """Take along what vendors were asked, with its messages and activities.

        :raise UserError: where a vendor has answered
        """
        self.check_access("unlink")
        asked = self.env["pso.request"].sudo().search([("partner_id", "in", self.ids)])
        if not self.env.su:
            asked.answer_ids.sudo(False)._unlink_except_given()
        asked.unlink()
        return super().unlink()
