from functools import partial

from odoo import models
from odoo.tools.translate import LazyTranslate

from ..tools.importing import known_column

_lt = LazyTranslate(__name__)
_column = partial(known_column, "figure")


class PsoImportFigure(models.AbstractModel):
    """Import of supplier figures: a supplier has one set of them a year."""

    _name = "pso.import.figure"
    _description = "Import of PSO Supplier Figures"
    _inherit = ["pso.import.vendor.mixin"]

    _target = "pso.supplier.figure"

    def _columns(self):
        return (
            *super()._columns(),
            _column("year", "whole", is_required=True, example="2025"),
            _column("turnover", "number", is_required=True, example="1250000"),
            _column(
                "currency_id",
                "code",
                example="EUR",
                about=_lt("If empty: the currency of your company."),
            ),
            _column("fte", "number", is_required=True, example="24"),
            _column(
                "direct_percentage",
                "percentage",
                is_required=True,
                example="12",
                about=_lt("A percentage: 12 for 12%."),
            ),
            _column("source"),
            _column("is_estimate", "flag"),
        )

    def _keys(self, subject, values):
        return [(subject, values.get("year"))]

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
                row, "direct_percentage", self.env._("A share lies between 0 and 100%.")
            )
        if not 1900 <= values["year"] <= 2999:
            self._refuse(row, "year", self.env._("A year has four digits."))
