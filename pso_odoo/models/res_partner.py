from odoo import fields, models

GROUPS = "pso_odoo.group_pso_user,pso_odoo.group_pso_purchase"


class ResPartner(models.Model):
    _inherit = "res.partner"

    pso_certificate_ids = fields.One2many(
        "pso.certificate", "partner_id", string="PSO Certificates", groups=GROUPS
    )
    pso_figure_ids = fields.One2many(
        "pso.supplier.figure",
        "partner_id",
        string="PSO Supplier Figures",
        groups=GROUPS,
    )

    def unlink(self):
        """Take the certificates along, and their proof files."""
        self.check_access("unlink")
        self.sudo().pso_certificate_ids.unlink()
        return super().unlink()
