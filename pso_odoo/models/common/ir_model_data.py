from odoo import api, models
from odoo.exceptions import UserError


class IrModelData(models.Model):
    """No record about a person has an external id: those are read by administrators.

    The name that who loads a list gives it, its model and its day of entry would say
    who belongs to the target group.
    """

    _inherit = "ir.model.data"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_personal(vals.get("model"))
        return super().create(vals_list)

    def write(self, vals):
        self._check_not_personal(vals.get("model"))
        return super().write(vals)

    @api.model
    def _update_xmlids(self, data_list, update=False):
        for data in data_list:
            self._check_not_personal(data["record"]._name)
        return super()._update_xmlids(data_list, update)

    def _check_not_personal(self, model):
        """Refuse an external id of a record about a person.

        :raise UserError: for everybody: who reads external ids is not ours to say
        """
        if model in self.env and self.env[model]._is_personal:
            raise UserError(
                self.env._(
                    "Records about persons have no external ids: administrators could "
                    "read them. A status is known by its employee and its start."
                )
            )
