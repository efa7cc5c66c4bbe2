from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _pso_follow(self, number):
        result = super()._pso_follow(number)
        # What SQL has moved, of core or of ours, the cache does not know.
        self.env["pso.certificate"].invalidate_model(["partner_id"])
        self.invalidate_model(["pso_certificate_ids"])
        kept = (self | self.commercial_partner_id).sudo().pso_certificate_ids
        kept._renew_anew()
        kept._end_reminders()
        return result

    def _pso_join(self):
        """Make one of what there may be once of a vendor, before these are merged.

        Core does so where the database has a constraint, by deleting one of them, and
        knows nothing of a unique index.
        """
        of_vendors = [("partner_id", "in", self.ids)]
        self.env["pso.request"].sudo().search(of_vendors)._join()
        self.env["pso.register.match"].sudo().search(of_vendors)._join()

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
