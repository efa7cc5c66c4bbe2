"""The sheet on the audit: what is corrected, and what that makes (section 6)."""

from dataclasses import replace
from functools import cached_property

from odoo.tools import LazyTranslate

from ...models.audit.pso_measurement_audited import SHARES
from ...models.measurement.figures import FIGURES
from .formulas import AUDITED, HIGHEST, LOWEST, NORM_ROW, PSO30_ROWS, ROWS
from .norm_sheet import NONE, NormSheet
from .table import Column, Table

_lt = LazyTranslate(__name__)

# Rows in which the auditor can go on.
FREE_ROWS = 8
# The figures that lines correct, by the name of their cell on the sheet on the score.
CORRECTED_FACTS = (
    "total_fte",
    "direct_fte",
    "indirect_fte",
    "pso30_fte",
    "pso30_regular_fte",
)
SUM = "{name}+SUMIF(audit_figures,{word},audit_amounts)"


class AuditSheet(NormSheet):
    """The lines of the auditor, and the figures as submitted and as corrected.

    The figures follow the lines: who adds one in a free row sees what it makes.
    """

    LABEL = _lt("Audit")
    ABOUT = _lt("What the auditor corrects, and the figures before and after.")
    KEY_COLUMNS = 0

    @cached_property
    def _figures(self):
        """The figures as corrected by name, levels as records."""
        figures, levels = self.measurement._audited_figures(), self.env["pso.level"]
        names = [name for name in figures if name in FIGURES]
        return figures | {
            name: levels.browse(figures[name] or ())
            for name in names
            if FIGURES[name].kind == "level"
        }

    @cached_property
    def _facts(self):
        return {n: float(v) for n, v in self.measurement._audited_facts().items()}

    @cached_property
    def _words(self):
        return self.source.words("pso.audit.correction", "kind")

    def fill(self):
        self.write_title(self._line_columns())
        self._write_lines()
        self._write_figures()
        self._write_rungs()
        self._write_history()

    # -- the lines ------------------------------------------------------------

    def _line_columns(self):
        return [
            Column("figure", self.env._("Figure"), "label", 36),
            Column("amount", self.env._("Correction"), "fte_line", 14),
            Column("date", self.env._("Entered on"), "moment", 17),
            Column("user", self.env._("Entered by"), "wrap", 20),
            Column("auditor", self.env._("Auditor"), "wrap", 26),
            Column("source", self.env._("Finding"), "wrap", 28),
            Column("reason", self.env._("Reason"), "wrap", 52),
        ]

    def _write_lines(self):
        page = self.page
        page.heading(
            self.env._("Corrections by the auditor"),
            self.env._(
                "In fte, negative to take away. The figures below follow the lines, "
                "also those added in the free rows; nothing is computed with an error "
                "percentage."
            ),
        )
        corrections = self.measurement._audit_corrections().sorted("id")
        table = Table(page, self._line_columns(), self.nothing)
        table.headers()
        free_rows = [{"reason": ""} for _number in range(FREE_ROWS)]
        table.add([*map(self._line_row, corrections), *free_rows])
        table.name_columns({"audit_figures": "figure", "audit_amounts": "amount"})
        page.choices(table.first_row, table.last_row, 0, list(self._words.values()))
        page.next()

    def _line_row(self, correction):
        is_stated = correction.kind not in CORRECTED_FACTS
        return {
            "figure": self._words[correction.kind],
            "amount": correction.amount,
            "reason": correction.reason,
            "source": correction.source,
            "auditor": correction.auditor,
            "user": correction.user_name,
            "date": self.source.moment(correction.date),
            "styles": {"amount": "percent"} if is_stated else {},
        }

    # -- side by side ---------------------------------------------------------

    def _write_figures(self):
        self.page.headers(
            [
                (self.env._("Figure"), "text"),
                (self.env._("As submitted"), "fte_line"),
                (self.env._("As corrected"), "fte_line"),
                (self.env._("Difference"), "fte_line"),
            ]
        )
        submitted = self.measurement.locked_figures
        for name in CORRECTED_FACTS:
            if not self.measurement._lacks(SHARES.get(name, name)):
                self._write_fact(name, self._words[name])
        for name in self.measurement._audit_names():
            if name in ROWS and FIGURES[name].kind == "percent":
                formula = ROWS[name].formula.format(p=AUDITED, t=AUDITED)
                values = submitted[name], self._figures[name]
                label = self.figure_label(name)
                self._write_number(name, label, "percent", formula, *values)
        self._write_levels()
        self.page.next()

    def _write_fact(self, name, label):
        submitted = float(self.measurement._submitted_facts()[name])
        formula = SUM.format(name=name, word=self.quote(label))
        self._write_number(
            name, label, "fte_line", formula, submitted, self._facts[name]
        )

    def _write_number(self, name, label, style, formula, submitted, corrected):
        """Write a figure: that of the sheet on the score, the corrected one, by how
        much.
        """
        page = self.page
        page.label_line(label)
        page.derive(1, name, submitted, "cell", "derived", style)
        page.derive(2, formula, corrected, "cell", "derived", style)
        page.name(f"audited_{name}", 2)
        difference = f"audited_{name}-{name}"
        value = corrected - submitted
        page.derive(3, difference, value, "cell", "derived", style)
        page.next()

    def _write_levels(self):
        submitted = self.outcomes(self.measurement, self.ladder.norms)
        corrected = self.outcomes(
            self._figures, self._norms, AUDITED, names="audited_norms"
        )
        if self.measurement._lacks(*PSO30_ROWS):
            # What an audit makes of what nobody knows, nobody knows.
            corrected["is_pso30"] = (corrected["is_pso30"][0], "", NONE)
        for figure, (name, formula, value) in corrected.items():
            style = self.figure_style(figure)
            self.page.label_line(self.figure_label(figure))
            self.page.derive(1, name, submitted[figure][2], "cell", "derived", style)
            if formula:
                self.page.derive(2, formula, value, "cell", "derived", style)
            else:
                self.page.put(2, value, "cell", style)
            self.page.name(f"{AUDITED}{name}", 2)
            self.page.next()

    # -- the ladder at the corrected size (section 2) -------------------------

    @cached_property
    def _norms(self):
        return dict(self.measurement._norms_at_size(self._figures["norms"]))

    def _write_rungs(self):
        page = self.page
        page.heading(self.env._("The ladder at the corrected size"), self._norms_note())
        page.label_line(self.env._("Row of the norms"))
        row = self.ladder.row_of(self._facts["total_fte"])
        formula = NORM_ROW.format(size="audited_total_fte")
        page.derive(1, formula, row, "cell", "derived", "integer")
        page.name("audited_norm_row", 1)
        page.next()
        table = Table(page, self._rung_columns(), self.nothing)
        table.headers()
        table.add(self.rung_row(*item, self._figures) for item in self._norms.items())
        table.name_columns(
            {
                "audited_rungs": "rung",
                "audited_norms": "norm",
                "audited_reached": "reached",
                "audited_above": "above",
            }
        )
        for label, formula, level, name in (
            (
                self.env._("Place on the ladder"),
                HIGHEST.format(rungs="audited_rungs", reached="audited_reached"),
                self._figures["level_id"],
                "audited_rung",
            ),
            (
                self.env._("Place of the next level"),
                LOWEST.format(above="audited_above"),
                self._figures["next_level_id"],
                "audited_next_rung",
            ),
        ):
            page.label_line(label)
            place = self.ladder.rung(level)
            page.derive(1, formula, place, "cell", "derived", "integer")
            page.name(name, 1)
            page.next()
        page.next()

    def _norms_note(self):
        if self._is_live:
            return ""
        return self.env._(
            "As locked: the norms of the edition have changed since, so that these do "
            "not follow the lines."
        )

    @cached_property
    def _is_live(self):
        """Whether the table of norms gives those of the corrected size."""
        figures = self.measurement._audited_figures()
        return self.ladder.is_current and self.measurement._has_norms_of_today(figures)

    def _rung_columns(self):
        columns = self.rung_columns(AUDITED, follows=self._is_live)
        return [replace(columns.pop("level"), style="label"), *columns.values()]

    # -- earlier locks --------------------------------------------------------

    def _write_history(self):
        """Write the lines of earlier locks, which count no more."""
        history = self.measurement.audit_correction_ids.filtered("is_history")
        if not history:
            return
        self.page.heading(
            self.env._("Corrections of earlier locks"),
            self.env._("They do not count: the measurement was unlocked since."),
        )
        table = Table(self.page, self._line_columns(), self.nothing)
        table.headers()
        table.add(
            {**self._line_row(c), "tone": ("muted",)} for c in history.sorted("id")
        )
