from odoo import models


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """Name none of our records, as Odoo does in debug mode to who may not see them.

        Unless they are of a company that the user may switch to: then it says so.
        """
        if records._name.startswith("pso."):
            known = self.env.user.company_ids
            # In what is kept of the past it is a number.
            field = records._fields.get("company_id")
            has_company = field is not None and field.type == "many2one"
            records = records.filtered(
                lambda record: has_company and record.sudo().company_id in known
            )
        return super()._make_access_error(operation, records)
