from odoo import api, models
from odoo.exceptions import UserError


class IrDefault(models.Model):
    """No value of a record about a person is a default: administrators read those."""

    _inherit = "ir.default"

    @api.model_create_multi
    def create(self, vals_list):
        defaults = super().create(vals_list)
        defaults._check_not_personal()
        return defaults

    def write(self, vals):
        result = super().write(vals)
        self._check_not_personal()
        return result

    def _check_not_personal(self):
        """Refuse a default that would be a value of a record about a person.

        :raise UserError: for everybody: administrators read defaults
        """
        names = self.sudo().field_id.mapped("model")
        if any(name in self.env and self.env[name]._is_personal for name in names):
            raise UserError(
                self.env._(
                    "Records about persons have no default values: administrators "
                    "could read them."
                )
            )
