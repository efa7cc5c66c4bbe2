from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..tools.importing import KnownColumn

_lt = LazyTranslate(__name__)


class PsoImportFigure(models.AbstractModel):
    """Import of supplier figures: a supplier has one set of them a year."""

    _name = "pso.import.figure"
    _description = "Import of PSO Supplier Figures"
    _inherit = ["pso.import.vendor.mixin"]

    _target = "pso.supplier.figure"

    @api.model
    def _columns(self):
        return (
            *super()._columns(),
            KnownColumn(
                "year",
                "whole",
                headers=(
                    *("jaar", "boekjaar", "kalenderjaar", "verslagjaar", "jaartal"),
                    *("fiscal year", "financial year"),
                ),
                is_required=True,
                example="2025",
            ),
            KnownColumn(
                "turnover",
                "number",
                headers=(
                    *("omzet", "netto omzet", "jaaromzet", "totale omzet", "revenue"),
                    *("net revenue", "net turnover", "omzet totaal"),
                ),
                is_required=True,
                example="1250000",
            ),
            KnownColumn(
                "currency_id",
                "code",
                headers=("currency", "valuta", "munt", "munteenheid"),
                example="EUR",
                about=_lt("If empty: the currency of your company."),
            ),
            KnownColumn(
                "fte",
                "number",
                headers=(
                    *("total fte", "totaal fte", "aantal fte", "fte totaal", "fte's"),
                    *("number of fte", "formatie"),
                ),
                is_required=True,
                example="24",
            ),
            KnownColumn(
                "direct_percentage",
                "percentage",
                headers=(
                    *("direct share", "direct", "directe bijdrage", "aandeel direct"),
                    *("direct aandeel", "direct percentage", "percentage direct"),
                    *("directe pso-bijdrage", "directe sociale bijdrage"),
                    *("direct contribution",),
                ),
                is_required=True,
                example="12",
                about=_lt("A percentage: 12 for 12%."),
            ),
            KnownColumn("source", headers=("bron", "herkomst")),
            KnownColumn(
                "is_estimate",
                "flag",
                headers=("schatting", "geschat", "raming", "estimated"),
            ),
        )

    @api.model
    def _keys(self, subject, values):
        return [(subject, values.get("year"))]

    @api.model
    def _check_row(self, row):
        """Refuse what the table refuses, naming the column; round money to the cent."""
        values = row.values
        currency = self.env["res.currency"].browse(values.get("currency_id"))
        values["turnover"] = (currency or self.env.company.currency_id).round(
            values["turnover"]
        )
        if values["turnover"] <= 0:
            self._refuse(
                row, "turnover", self.env._("The turnover must be above zero.")
            )
        if values["fte"] < 0:
            self._refuse(row, "fte", self.env._("There are no negative fte."))
        if not 0 <= values["direct_percentage"] <= 100:
            self._refuse(
                row,
                "direct_percentage",
                self.env._("A share lies between 0 and 100%."),
            )
        if not 1900 <= values["year"] <= 2999:
            self._refuse(row, "year", self.env._("A year has four digits."))
