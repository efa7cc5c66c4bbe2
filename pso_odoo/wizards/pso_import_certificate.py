from odoo import api, models
from odoo.tools.translate import LazyTranslate

from .pso_import_mixin import Column

_lt = LazyTranslate(__name__)


class PsoImportCertificate(models.AbstractModel):
    """Import of certificates: by their number, or the day from which they are valid."""

    _name = "pso.import.certificate"
    _description = "Import of PSO Certificates"
    _inherit = ["pso.import.vendor.mixin"]

    _target = "pso.certificate"

    @api.model
    def _columns(self):
        return (
            *super()._columns(),
            Column(
                "kind",
                "choice",
                headers=("soort", "type"),
                example="pso",
                about=_lt("If empty: a PSO certificate."),
            ),
            Column(
                "level_id",
                "code",
                headers=("niveau", "trede"),
                example="step2",
                about=_lt("For a PSO certificate."),
            ),
            Column("is_pso30", "flag", headers=("pso 30+", "pso30")),
            Column("number", headers=("certificaatnummer", "certificate")),
            Column(
                "date_start",
                "date",
                headers=("start", "geldig vanaf", "startdatum"),
                is_required=True,
                example="2025-01-01",
            ),
            Column(
                "date_end",
                "date",
                headers=("end", "geldig t/m", "geldig tot en met", "einddatum"),
                about=_lt("If empty: two years, for a PSO certificate."),
            ),
            Column("evidence_state", "choice", headers=("bewijs",)),
        )

    @api.model
    def _keys(self, subject, values):
        kind = values.get("kind") or "pso"
        keys = [(subject, kind, values.get("date_start"))]
        if number := values.get("number"):
            keys.insert(0, (subject, kind, number))
        return keys

    @api.model
    def _check_row(self, row):
        is_pso = row.values.get("kind", "pso") == "pso"
        if is_pso and "level_id" not in row.values:
            self._refuse(
                row, "level_id", self.env._("A PSO certificate needs a level.")
            )
        if not is_pso and "level_id" in row.values:
            self._refuse(
                row, "level_id", self.env._("A sheltered-work company has no level.")
            )
        end = row.values.get("date_end")
        if end and end < row.values["date_start"]:
            self._refuse(
                row,
                "date_end",
                self.env._("A certificate cannot end before it starts (Valid Until)."),
            )
