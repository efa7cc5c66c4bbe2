from odoo import api, models


class PsoCommercialPartnerMixin(models.AbstractModel):
    """Records about an organisation: whatever contact of it is given, it is meant."""

    _name = "pso.commercial.partner.mixin"
    _description = "PSO Record of a Commercial Entity"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._with_entities(vals_list))

    def write(self, vals):
        [vals] = self._with_entities([vals])
        return super().write(vals)

    def _pso_usable(self, field, records):
        """Accept of contacts those whose entity the user may name as well."""
        usable = super()._pso_usable(field, records)
        if records._name != "res.partner":
            return usable
        entities = {each: each.sudo().commercial_partner_id.id for each in usable}
        known = super()._pso_usable(field, records.browse(set(entities.values())))
        return usable.filtered(lambda each: entities[each] in known._ids)

    def _with_entities(self, vals_list):
        """Return the values with each contact replaced by its commercial entity."""
        partners = self.env["res.partner"].browse(
            {vals["partner_id"] for vals in vals_list if vals.get("partner_id")}
        )
        entities = {each.id: each.commercial_partner_id.id for each in partners}
        return [
            {**vals, "partner_id": entities[vals["partner_id"]]}
            if vals.get("partner_id")
            else {**vals}
            for vals in vals_list
        ]
