"""The sheet on the audit: what is corrected, and what that makes (section 6)."""

from functools import cached_property

from ...tools.score import TOLERANCE
from .book import Column, Table
from .score_sheet import (
    COUNTED,
    NONE,
    NORM,
    NORM_ROW,
    SHARE,
    ScoreSheet,
    is_reached,
)
from .sheet import Sheet

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
DIRECT = SHARE.format(part="audited_direct_fte", whole="audited_total_fte")
INDIRECT = SHARE.format(
    part="audited_indirect_fte", whole="audited_total_fte+audited_indirect_fte"
)
REACHED = (
    "IF(ISNUMBER({norm}),IF(AND(audited_direct_percentage>0,"
    'audited_total_percentage>={norm}-1E-9),1,0),"")'
)


class AuditSheet(Sheet):
    """The lines of the auditor, and the figures as submitted and as corrected.

    The figures follow the lines: who adds one in a free row sees what it makes.
    """

    @property
    def label(self):
        return self.env._("Audit")

    @property
    def about(self):
        return self.env._(
            "What the auditor corrects, and the figures before and after."
        )

    @cached_property
    def _figures(self):
        return self.measurement._audited_figures()

    @cached_property
    def _facts(self):
        return {n: float(v) for n, v in self.measurement._audited_facts().items()}

    @cached_property
    def _words(self):
        return self.source.words("pso.audit.correction", "kind")

    @cached_property
    def _score(self):
        return ScoreSheet(self.source, self.sheets)

    @cached_property
    def _ladder(self):
        return self._score.ladder

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
            Column("amount", self.env._("Correction"), "fte", 14),
            Column("date", self.env._("Entered on"), "moment", 17),
            Column("user", self.env._("Entered by"), "text", 20),
            Column("auditor", self.env._("Auditor"), "text", 26),
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
        table.headers(lines=1)
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
                (self.env._("As submitted"), "fte"),
                (self.env._("As corrected"), "fte"),
                (self.env._("Difference"), "fte"),
            ]
        )
        submitted = self.measurement.locked_figures
        for name, label in self._labels().items():
            self._write_fact(name, label)
        for label, name, formula in self._percentages():
            self._write_number(
                name, label, "percent", formula, submitted[name], self._figures[name]
            )
        self._write_levels()
        self.page.next()

    def _labels(self):
        return {name: self._words[name] for name in CORRECTED_FACTS}

    def _write_fact(self, name, label):
        submitted = float(self.measurement._submitted_facts()[name])
        formula = SUM.format(name=name, word=self.quote(label))
        self._write_number(name, label, "fte", formula, submitted, self._facts[name])

    def _percentages(self):
        """``(label, name, formula)`` in the order in which they build on each other."""
        cut = COUNTED.format(
            indirect="audited_indirect_percentage", direct="audited_direct_percentage"
        )
        return (
            (self.env._("Direct contribution"), "direct_percentage", DIRECT),
            (self.env._("Indirect contribution"), "indirect_percentage", INDIRECT),
            (
                self.env._("Indirect contribution that counts"),
                "indirect_counted_percentage",
                cut,
            ),
            (
                self.env._("Total contribution"),
                "total_percentage",
                "audited_direct_percentage+audited_indirect_counted_percentage",
            ),
            (
                self.env._("Target group that counts for 30+"),
                "pso30_percentage",
                SHARE.format(part="audited_pso30_fte", whole="audited_total_fte"),
            ),
            (
                self.env._("Of which on regular contracts"),
                "pso30_regular_percentage",
                SHARE.format(
                    part="audited_pso30_regular_fte", whole="audited_total_fte"
                ),
            ),
        )

    def _write_number(self, name, label, style, formula, submitted, corrected):
        """A figure: that of the sheet on the score, the corrected one, by how much."""
        page = self.page
        page.put(0, label, "cell", "label")
        page.derive(1, name, submitted, "cell", "derived", style)
        page.derive(2, formula, corrected, "cell", "derived", style)
        page.name(f"audited_{name}", 2)
        difference = f"audited_{name}-{name}"
        value = corrected - submitted
        page.derive(3, difference, value, "cell", "derived", style)
        page.next()

    def _write_levels(self):
        m, figures = self.measurement, self._figures
        none = self.quote(NONE)
        no_level = self.quote(self.env._("no level"))
        levels = self.env["pso.level"]
        level = levels.browse(figures["level_id"] or ())
        next_level = levels.browse(figures["next_level_id"] or ())
        gap = (
            "IF(audited_next_rung=0,{none},"
            "IF(ISNUMBER(INDEX(audited_norms,audited_next_rung)),"
            "INDEX(audited_norms,audited_next_rung)-audited_total_percentage,{none}))"
        )
        has_gap = self._norms.get(next_level) is not None
        had_gap = self._ladder.norms.get(m.next_level_id) is not None
        for label, name, old_value, new, new_value, style in (
            (
                self.env._("Level"),
                "level",
                m.level_id.name or self.env._("no level"),
                f"IF(audited_rung=0,{no_level},INDEX(rung_names,audited_rung))",
                level.name or self.env._("no level"),
                "answer",
            ),
            (
                self.env._("Next level"),
                "next_level",
                m.next_level_id.name or NONE,
                f"IF(audited_next_rung=0,{none},INDEX(rung_names,audited_next_rung))",
                next_level.name or NONE,
                "answer",
            ),
            (
                self.env._("Missing for the next level"),
                "gap_percentage",
                m.gap_percentage if had_gap else NONE,
                gap.format(none=none),
                figures["gap_percentage"] if has_gap else NONE,
                "percent",
            ),
            (
                self.env._("PSO 30+ reached"),
                "pso30_reached",
                self.answer(m.is_pso30),
                self._score.pso30_formula("audited_"),
                self.answer(figures["is_pso30"]),
                "answer",
            ),
        ):
            self.page.put(0, label, "cell", "label")
            self.page.derive(1, name, old_value, "cell", "derived", style)
            if new:
                self.page.derive(2, new, new_value, "cell", "derived", style)
            else:
                self.page.put(2, new_value, "cell", style)
            self.page.name(f"audited_{name}", 2)
            self.page.next()

    # -- the ladder at the corrected size (section 2) -------------------------

    @cached_property
    def _norms(self):
        return dict(self.measurement._norms_at_size(self._figures["norms"]))

    def _write_rungs(self):
        page = self.page
        page.heading(self.env._("The ladder at the corrected size"), self._norms_note())
        page.put(0, self.env._("Row of the norms"), "cell", "label")
        row = self._ladder.row_of(self._facts["total_fte"])
        formula = NORM_ROW.format(size="audited_total_fte")
        page.derive(1, formula, row, "cell", "derived", "integer")
        page.name("audited_norm_row", 1)
        page.next()
        table = Table(page, self._rung_columns(), self.nothing)
        table.headers(lines=1)
        table.add(self._rung_row(*item) for item in self._norms.items())
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
                "SUMPRODUCT(MAX(audited_rungs*(audited_reached=1)))",
                self._figures["level_id"],
                "audited_rung",
            ),
            (
                self.env._("Place of the next level"),
                "IF(COUNT(audited_above)=0,0,MIN(audited_above))",
                self._figures["next_level_id"],
                "audited_next_rung",
            ),
        ):
            page.put(0, label, "cell", "label")
            place = self._ladder.rung(self.env["pso.level"].browse(level or ()))
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
        ladder = self._ladder
        return ladder.is_current and all(
            ladder.norm(level, self._facts["total_fte"]) == norm
            or abs((ladder.norm(level, self._facts["total_fte"]) or 0) - (norm or 0))
            < TOLERANCE
            for level, norm in self._norms.items()
        )

    def _rung_columns(self):
        known = "COUNT(INDEX(norm_table,0,{rung}))>0"
        above = f'IF(AND({{rung}}>audited_rung,{known}),{{rung}},"")'
        norm = self._norm_formula(known) if self._is_live else ""
        return [
            Column("level", self.env._("Level"), "label"),
            Column("rung", self.env._("Place"), "integer"),
            Column("norm", self.env._("Norm"), "percent", formula=norm),
            Column("reached", self.env._("Reached"), "flag", formula=REACHED),
            Column("above", self.env._("Above, norm known"), "integer", formula=above),
        ]

    def _norm_formula(self, known):
        """The norm of a rung at the corrected size; a word where there is none."""
        unknown, none = self.quote(self.env._("unknown")), self.quote(NONE)
        norm = NORM.format(
            row="audited_norm_row", rung="{rung}", size="audited_total_fte"
        )
        return (
            f"IF(NOT({known}),{unknown},IF(audited_norm_row=0,{none},"
            f"IF(ISNUMBER(INDEX(norm_table,audited_norm_row,{{rung}})),{norm},{none})))"
        )

    def _rung_row(self, level, norm):
        figures = self._figures
        rung = self._ladder.rung(level)
        points = self._ladder.points[level]
        top = self._ladder.rung(self.env["pso.level"].browse(figures["level_id"] or ()))
        word = NONE if points else self.env._("unknown")
        return {
            "level": level.name,
            "rung": rung,
            "norm": word if norm is None else norm,
            "reached": is_reached(
                norm, figures["direct_percentage"], figures["total_percentage"]
            ),
            "above": rung if rung > top and points else "",
        }

    # -- earlier locks --------------------------------------------------------

    def _write_history(self):
        """The lines of earlier locks, which count no more."""
        history = self.measurement.audit_correction_ids.filtered("is_history")
        if not history:
            return
        self.page.heading(
            self.env._("Corrections of earlier locks"),
            self.env._("They do not count: the measurement was unlocked since."),
        )
        table = Table(self.page, self._line_columns(), self.nothing)
        table.headers(lines=1)
        table.add(
            {**self._line_row(c), "tone": ("muted",)} for c in history.sorted("id")
        )
