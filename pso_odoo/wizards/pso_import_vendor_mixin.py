import re
from functools import partial

from odoo import models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..tools.importing import known_column

_lt = LazyTranslate(__name__)
_column = partial(known_column, "vendor")


class PsoImportVendorMixin(models.AbstractModel):
    """Import of what is known of vendors, as commercial entities (section 4)."""

    _name = "pso.import.vendor.mixin"
    _description = "Import about Vendors"
    _inherit = ["pso.import.mixin"]

    _subject_field = "partner_id"

    def _columns(self):
        return (
            _column(
                "partner",
                label=_lt("Organisation"),
                identifies=True,
                also=("ref", "company_registry"),
                example="Voorbeeld B.V.",
                about=_lt("The name as in Odoo, if nobody else has it."),
            ),
            _column(
                "company_registry",
                label=_lt("KvK Number"),
                identifies=True,
                strength=8,
                example="12345678",
                about=_lt("Number at the Chamber of Commerce."),
            ),
            _column("vat", label=_lt("Tax ID"), identifies=True, strength=7),
            _column("ref", label=_lt("Reference"), identifies=True, strength=6),
            _column(
                "id",
                label=_lt("ID"),
                identifies=True,
                strength=9,
                about=_lt("The database id or external id in Odoo."),
            ),
        )

    def _subjects(self, name):
        """Read names of entities; what else is on a contact stands for its own."""
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

    def _entity(self, subject):
        return subject.commercial_partner_id

    def _subject_key(self, name, text):
        """Take numbers for the same with dots, spaces and zeros before them or not."""
        key = super()._subject_key(name, text)
        if name == "company_registry":
            return re.sub(r"(?<=\d)[\s.](?=\d)", "", key).lstrip("0")
        if name == "vat":
            return re.sub(r"[\W_]", "", key)
        return key

    def _describe_each(self, subjects, _facts):
        """Say what the vendor's card shows: all who buy may see it."""
        told = []
        for partner in self.env["res.partner"].browse(subjects):
            marks = (
                (_lt("Reference"), partner.ref),
                (_lt("KvK Number"), partner.company_registry),
                (_lt("Tax ID"), partner.vat),
                (_lt("ID"), partner.id),
            )
            marks = [f"{self.env._(label)} {mark}" for label, mark in marks if mark]
            told.append(f"{partner.name}, {', '.join(marks)}")
        return told

    def _no_match_message(self, value):
        return self.env._("“%(value)s” is no organisation in Odoo.", value=value)
