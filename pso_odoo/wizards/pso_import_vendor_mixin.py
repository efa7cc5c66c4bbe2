import re

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .pso_import_mixin import Column

_lt = LazyTranslate(__name__)


class PsoImportVendorMixin(models.AbstractModel):
    """Import of what is known of vendors, as commercial entities (section 4)."""

    _name = "pso.import.vendor.mixin"
    _description = "Import about Vendors"
    _inherit = ["pso.import.mixin"]

    _subject_field = "partner_id"

    @api.model
    def _columns(self):
        return (
            Column(
                "partner",
                headers=(
                    *("partner_id", "name", "naam", "vendor", "supplier"),
                    *("organisation", "leverancier", "organisatie"),
                ),
                label=_lt("Organisation"),
                identifies=True,
                example="Voorbeeld B.V.",
                about=_lt("The name as in Odoo, if nobody else has it."),
            ),
            Column(
                "company_registry",
                headers=("kvk", "kvk number", "kvk-nummer"),
                label=_lt("KvK Number"),
                identifies=True,
                example="12345678",
                about=_lt("Number at the Chamber of Commerce."),
            ),
            Column(
                "vat",
                headers=("vat", "tax id", "btw-nummer", "btw"),
                label=_lt("Tax ID"),
                identifies=True,
            ),
            Column(
                "ref",
                headers=("reference", "referentie"),
                label=_lt("Reference"),
                identifies=True,
            ),
            Column(
                "id",
                headers=(".id", "external id", "partner_id/id", "partner_id/.id"),
                label=_lt("ID"),
                identifies=True,
                about=_lt("The database id or external id in Odoo."),
            ),
        )

    @api.model
    def _subjects(self, name):
        """A name is that of an entity; what else is on a contact stands for its own."""
        column = {"partner": "name"}.get(name, name)
        partners = self.env["res.partner"].with_context(active_test=False)
        query = partners._search([(column, "!=", False)])
        entity = partners._field_to_sql(query.table, "commercial_partner_id", query)
        if name == "partner":
            query.add_where(SQL("%s = %s", entity, SQL.identifier(query.table, "id")))
        return self.env.execute_query(
            query.select(
                entity,
                partners._field_to_sql(query.table, column, query),
                partners._field_to_sql(query.table, "active", query),
            )
        )

    @api.model
    def _entity(self, subject):
        return subject.commercial_partner_id

    @api.model
    def _subject_key(self, name, text):
        """Numbers are the same with dots, spaces and zeros before them, or without."""
        key = super()._subject_key(name, text)
        if name == "company_registry":
            return re.sub(r"(?<=\d)[\s.](?=\d)", "", key).lstrip("0")
        if name == "vat":
            return re.sub(r"[\W_]", "", key)
        return key

    @api.model
    def _nobody(self, value):
        return self.env._("“%(value)s” is no organisation in Odoo.", value=value)
