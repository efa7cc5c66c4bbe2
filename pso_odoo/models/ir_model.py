from odoo import api, models


class IrModel(models.Model):
    """What is switched on for a model, as tracking, is for who may read its records."""

    _inherit = "ir.model"

    def write(self, vals):
        for model in self.sudo():
            self.env["pso.carrier"]._check_model(model.model)
        return super().write(vals)


class IrModelFields(models.Model):
    """A field that leads to records about persons is made by who may read them."""

    _inherit = "ir.model.fields"

    @api.model_create_multi
    def create(self, vals_list):
        fields = super().create(vals_list)
        fields._check_not_of_persons()
        return fields

    def write(self, vals):
        if any(vals.values()):
            self._check_not_of_persons()
        result = super().write(vals)
        self.filtered(lambda field: "related" in vals)._check_not_of_persons()
        return result

    def _write(self, vals):
        # Addons that track what is not tracked go by here.
        if any(vals.values()):
            self._check_not_of_persons()
        return super()._write(vals)

    def _check_not_of_persons(self):
        """:raise AccessError: for who may not read what the fields are of or lead to"""
        carrier = self.env["pso.carrier"]
        for field in self.sudo():
            for model in (field.model, *carrier._reached_by(field)):
                carrier._check_model(model)
