from odoo import api, models

from .guard import is_ours


class IrFieldsConverter(models.AbstractModel):
    _inherit = "ir.fields.converter"

    @api.model
    def db_id_for(self, model, field, subfield, value, savepoint):
        """Tell no more of a record that one may not name than of none.

        What an import names by its database id is looked at when it is written; what
        an external id leads to is found only where one may name it.
        """
        is_field_of_ours = is_ours(model._name) or field.name.startswith("pso_")
        if not is_field_of_ours or self.env.su:
            return super().db_id_for(model, field, subfield, value, savepoint)
        number = str(value)
        if subfield == ".id" and number.isdecimal() and int(number):
            return int(number), []
        careful = self.with_context(pso_readable_only=True)
        return super(IrFieldsConverter, careful).db_id_for(
            model, field, subfield, value, savepoint
        )

    def _xmlid_to_record_id(self, xmlid, model):
        number = super()._xmlid_to_record_id(xmlid, model)
        if number and self.env.context.get("pso_readable_only"):
            return number if model.browse(number).has_access("read") else None
        return number
