import re
from functools import partial

from odoo import models
from odoo.tools.translate import LazyTranslate

from ..tools.cells import fold
from ..tools.importing import known_column

_lt = LazyTranslate(__name__)
_column = partial(known_column, "certificate")

# Steps as lists write them: 3, trede 3, PSO-trede 3, Step 3.
STEP = re.compile(
    r"(?:(?:(?:pso|prestatieladder)[ _-]?)?(?:trede|step|stap|niveau|level)[ _-]?)?"
    r"([123])"
)


class PsoImportCertificate(models.AbstractModel):
    """Import of certificates: by their number, or the day from which they are valid."""

    _name = "pso.import.certificate"
    _description = "Import of PSO Certificates"
    _inherit = ["pso.import.vendor.mixin"]

    _target = "pso.certificate"

    def _columns(self):
        return (
            *super()._columns(),
            _column(
                "kind",
                "choice",
                example="pso",
                about=_lt("If empty: a PSO certificate."),
            ),
            _column(
                "level_id", "code", example="step2", about=_lt("For a PSO certificate.")
            ),
            _column("is_pso30", "flag"),
            _column("number"),
            _column("date_start", "date", is_required=True, example="2025-01-01"),
            _column(
                "date_end",
                "date",
                about=_lt("If empty: two years, for a PSO certificate."),
            ),
            _column("evidence_state", "choice"),
        )

    def _choice_key(self, column, text):
        step = column.name == "level_id" and STEP.fullmatch(fold(text))
        return f"step{step[1]}" if step else super()._choice_key(column, text)

    def _derive(self, rows, of_subject):
        """Add the last day, which follows from the first (section 1)."""
        rows = super()._derive(rows, of_subject)
        dated = [
            row
            for row in rows
            if (row.values | row.derived).get("kind") == "pso"
            and "date_end" not in row.values | row.derived
        ]
        starts = {row.values["date_start"] for row in dated}
        ends = self.env[self._target]._usual_ends(starts)
        for row in dated:
            row.derived["date_end"] = ends[row.values["date_start"]]
        return rows

    def _keys(self, subject, values):
        kind = values.get("kind") or "pso"
        keys = [(subject, kind, values.get("date_start"))]
        if number := values.get("number"):
            keys.insert(0, (subject, kind, number))
        return keys

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
