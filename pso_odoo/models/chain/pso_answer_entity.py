from odoo import api, fields, models


class PsoAnswerEntity(models.Model):
    """A legal entity that the certificate of a vendor covers, as the vendor says."""

    _name = "pso.answer.entity"
    _description = "PSO Entity of an Answer"
    _order = "answer_id, id"

    answer_id = fields.Many2one(
        "pso.answer", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True, help="As it stands on the certificate.")
    company_registry = fields.Char(
        string="KvK Number", help="Number at the Chamber of Commerce."
    )

    @api.model_create_multi
    def create(self, vals_list):
        entities = super().create(vals_list)
        if not self.env.su:
            entities.answer_id._check_may_rewrite()
        entities.answer_id._untick_changed()
        return entities

    def write(self, vals):
        if not self.env.su:
            self.answer_id._check_may_rewrite()
        result = super().write(vals)
        # It may have come from another answer.
        if not self.env.su and "answer_id" in vals:
            self.answer_id._check_may_rewrite()
        self.answer_id._untick_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_of_open(self):
        """:raise AccessError: where the answer stays as it is"""
        if not self.env.su:
            self.answer_id._check_may_rewrite()
