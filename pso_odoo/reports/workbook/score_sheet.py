"""The sheet on the score: percentages, norms, level and what is missing (section 5)."""

from collections import namedtuple
from functools import cached_property

from odoo.tools import LazyTranslate

from ...models.measurement.figures import FORMULA_FACTS
from ...tools.score import TOLERANCE, Facts, percentages
from .formulas import (
    COUNTED,
    HIGHEST,
    IS_REACHED,
    LOWEST,
    NORM,
    NORM_ROW,
    PROVEN,
    PSO30_ROWS,
    ROWS,
)
from .norm_sheet import NONE, NormSheet, is_reached
from .table import Column, Table

_lt = LazyTranslate(__name__)

# The proven figures, by those of all facts.
PROVEN_FIGURES = {
    "direct_percentage": ("proven_direct_percentage",),
    "indirect_percentage": ("proven_indirect_percentage",),
    "indirect_counted_percentage": (
        "proven_direct_percentage",
        "proven_total_percentage",
    ),
    "total_percentage": ("proven_total_percentage",),
}
# What the proven level rests on.
PROVEN_SHARES = PROVEN_FIGURES["indirect_counted_percentage"]
WIDTHS = (36, 14, 14, 14, 14, 14, 44)
# The shares with the fte that are missing.
GAP_DIRECT = "100*(direct_fte+gap_fte)/gap_size"
GAP_INDIRECT = "100*indirect_fte/(gap_size+indirect_fte)"
# A figure on the sheet; one without a formula is an input.
Cell = namedtuple("Cell", "formula value name", defaults=("",))


class ScoreSheet(NormSheet):
    """What the fte of the other sheets make on the ladder of the edition."""

    LABEL = _lt("Score")
    ABOUT = _lt("Percentages, norms, level, and what the next level asks.")

    def fill(self):
        self.page.widths(WIDTHS)
        self.page.title(self.label, self.about)
        self._write_strip()
        self._write_percentages()
        self._write_result()
        self._write_rungs()
        self.page.break_before()
        self._write_gap()
        self._write_pso30()
        self._write_corrections()
        self.page.break_before()
        self._write_norms()

    # -- lines of figures -----------------------------------------------------

    def _headers(self, label, *figures):
        headers = [(label, "text"), *((figure, "fte") for figure in figures)]
        self.page.headers(headers)

    def _line(self, label, style, *cells, how=""):
        """Write a label, its figures beside each other, and how they come about."""
        page = self.page
        page.label_line(label)
        for col, cell in enumerate(cells, start=1):
            if cell.formula:
                page.derive(col, cell.formula, cell.value, "cell", "derived", style)
            else:
                page.put(col, cell.value, "cell", style)
            if cell.name:
                page.name(cell.name, col)
        page.put(len(cells) + 1, how, "how")
        page.next()

    def _figure(self, name, proven):
        """Write a figure over all facts, and the same over the proven ones alone.

        :param proven: its value of the proven facts
        """
        formula, how = ROWS[name]
        # The fte have their cells on other sheets.
        cell = "" if name in FORMULA_FACTS else name
        rests_on = PROVEN_FIGURES.get(name, ())
        self._line(
            self.figure_label(name),
            self.figure_style(name),
            self._cell(
                formula.format(p="", t=""), self.measurement[name], cell, [name]
            ),
            self._cell(
                formula.format(p=PROVEN, t=""),
                proven,
                cell and PROVEN + cell,
                rests_on,
            ),
            how=self.env._(how),
        )

    def _cell(self, formula, value, name, shows, follows_from=()):
        """Return a cell, with a dash where a lock did not keep what it shows.

        It has no formula then, nor where that would follow from what was not kept: what
        it makes of the lines nobody has submitted.

        :param shows: names of figures
        :param follows_from: names of figures that the formula is over
        """
        if self.measurement._lacks(*shows):
            return Cell("", NONE, name)
        if self.measurement._lacks(*follows_from):
            return Cell("", value, name)
        return Cell(formula, value, name)

    # -- percentages (sections 3 to 5) ----------------------------------------

    def _write_strip(self):
        total = "total_percentage"
        strip = [
            (self.figure_label(total), total, self.measurement[total], "percent", "")
        ]
        for figure in ("level_id", "next_level_id"):
            name, _formula, value = self._outcomes[figure]
            strip.append((self.figure_label(figure), name, value, "text", ""))
        self.page.strip(strip)

    def _write_percentages(self):
        m, source = self.measurement, self.source
        self._headers(
            self.env._("Contribution"), self.env._("All"), self.env._("Proven")
        )
        self._figure("total_fte", m.total_fte)
        self._figure("direct_fte", source.proven_direct_fte)
        self._figure("indirect_fte", source.proven_indirect_fte)
        self._figure("direct_percentage", m.proven_direct_percentage)
        self._figure("indirect_percentage", m.proven_indirect_percentage)
        self._line(
            self.env._("Largest indirect share of the total"),
            "share",
            Cell("", source.indirect_max_share, "indirect_max_share"),
            Cell("indirect_max_share", source.indirect_max_share),
            how=self.env._("Of the edition; what is above it is cut off"),
        )
        self._figure(
            "indirect_counted_percentage",
            m.proven_total_percentage - m.proven_direct_percentage,
        )
        self._figure("total_percentage", m.proven_total_percentage)
        self.page.next()

    # -- level (sections 1 and 5) ---------------------------------------------

    def _write_result(self):
        m = self.measurement
        self._headers(self.env._("Result"), self.env._("All"), self.env._("Proven"))
        self._line(
            self.env._("Place on the ladder"),
            "integer",
            *(
                self._cell(
                    HIGHEST.format(rungs="rungs", reached=f"{p}rungs_reached"),
                    self.ladder.rung(m[figure]),
                    f"{p}rung",
                    [figure],
                    shares,
                )
                for p, figure, shares in (
                    ("", "level_id", ()),
                    (PROVEN, "proven_level_id", PROVEN_SHARES),
                )
            ),
            how=self.env._("The highest level whose norm is reached; 0: none"),
        )
        proven = self._cell(
            self.level_formula(PROVEN),
            self.level_name(m.proven_level_id),
            PROVEN + "level",
            ["proven_level_id"],
            PROVEN_SHARES,
        )
        self._outcome("level_id", proven)
        self._outcome("next_level_id")
        self._outcome(
            "gap_percentage",
            how=self.env._("Points: norm of the next level − total contribution"),
        )
        self._write_certainty()
        self.page.next()

    def _outcome(self, figure, *others, how=""):
        """Write what the ladder makes of the figures, with cells beside it."""
        name, formula, value = self._outcomes[figure]
        shares = PSO30_ROWS if figure == "is_pso30" else ()
        self._line(
            self.figure_label(figure),
            self.figure_style(figure),
            self._cell(formula, value, name, [figure], shares),
            *others,
            how=how,
        )

    @cached_property
    def _outcomes(self):
        return self.outcomes(self.measurement, self.ladder.norms)

    def _write_certainty(self):
        """Say whether the figures are lower bounds (principle 2)."""
        m = self.measurement
        bound = self.env._(
            "A lower bound: a weight is unknown, or a supplier has no figures or no "
            "exchange rate."
        )
        doubt = self.env._(
            "A higher level may be reached: its norm is unknown, or the figures are a "
            "lower bound."
        )
        for figure, how in (("is_complete", bound), ("is_level_certain", doubt)):
            cell = self._cell("", self.answer(m[figure]), "", [figure])
            is_told = not m[figure] and not m._lacks(figure)
            label = self.figure_label(figure)
            self._line(label, "answer", cell, how=how if is_told else "")

    # -- the ladder at this size (section 2) ----------------------------------

    def _write_rungs(self):
        m = self.measurement
        self.page.heading(self.env._("The ladder at this size"))
        table = Table(self.page, self._rung_columns(), self.nothing)
        table.headers()
        table.add(self._rung_row(*item) for item in self.ladder.norms.items())
        table.name_columns(
            {
                "rung_names": "level",
                "rungs": "rung",
                "rung_norms": "norm",
                "rungs_reached": "reached",
                "proven_rungs_reached": "proven",
                "rungs_above": "above",
            }
        )
        self._line(
            self.env._("Row of the norms"),
            "integer",
            Cell(
                NORM_ROW.format(size="total_fte"),
                self.ladder.row_of(m.total_fte),
                "norm_row",
            ),
            how=self.env._(
                "The last printed size not above the total fte; 0: too small"
            ),
        )
        self._line(
            self.env._("Place of the next level"),
            "integer",
            Cell(
                LOWEST.format(above="rungs_above"),
                self.ladder.rung(m.next_level_id),
                "next_rung",
            ),
            how=self.env._(
                "The lowest level above, as far as its norm is known; 0: none"
            ),
        )
        self.page.next()

    def _rung_columns(self):
        columns = self.rung_columns()
        proven, mark = self.env._("Reached, proven"), self.env._("Mark")
        is_reached_proven = IS_REACHED % {"p": PROVEN}
        return [
            *(columns[key] for key in ("level", "rung", "norm", "reached")),
            Column("proven", proven, "flag", formula=is_reached_proven),
            columns["above"],
            Column("mark", mark, "mark"),
        ]

    def _rung_row(self, level, norm):
        m = self.measurement
        proven = m.proven_direct_percentage, m.proven_total_percentage
        is_unknown = m._lacks(*PROVEN_SHARES)
        return {
            **self.rung_row(level, norm, m),
            "proven": NONE if is_unknown else is_reached(norm, *proven),
            "inputs": {"proven"} if is_unknown else (),
            "mark": self._mark(level),
        }

    def _mark(self, level):
        if not self.ladder.points[level]:
            return self.env._("unknown")
        is_confirmed = all(self.ladder.used_norms(level).mapped("is_confirmed"))
        return "" if is_confirmed else self.env._("unconfirmed")

    # -- what is missing ------------------------------------------------------

    def _write_gap(self):
        """Show that the fte that are missing for the next level do reach it."""
        m = self.measurement
        if not m.next_level_id:
            return
        self.page.heading(
            self.env._("What the next level asks"),
            self.env._(
                "Fte of weight 1, hired on top for the whole period; all figures anew."
            ),
        )
        if m._lacks("gap_fte"):
            self._line(self.figure_label("gap_fte"), "fte", Cell("", NONE))
            self.page.next()
            return
        if not m.gap_fte:
            self.page.put(0, self.env._("No number of fte reaches the norm."), "text")
            self.page.next(2)
            return
        self._line(self.figure_label("gap_fte"), "fte", Cell("", m.gap_fte, "gap_fte"))
        if self.ladder.is_current:
            self._write_proof_of_gap()
        self.page.next()

    def _write_proof_of_gap(self):
        m = self.measurement
        after = Facts(m.total_fte + m.gap_fte, m.direct_fte + m.gap_fte, m.indirect_fte)
        size = after.total_fte
        direct, indirect, counted, total = percentages(
            after, self.source.indirect_max_share
        )
        norm = self.ladder.norm(m.next_level_id, size)
        cut = COUNTED.format(indirect="gap_indirect", direct="gap_direct")
        row = NORM_ROW.format(size="gap_size")
        line = NORM.format(row="gap_row", rung="next_rung", size="gap_size")
        reached = self.yes_or_no("IF(gap_total>=gap_norm-1E-9,{yes},{no})")
        answer = self.answer(total >= norm - TOLERANCE)
        place, both = self.ladder.row_of(size), "gap_direct+gap_counted"
        own, bought = GAP_DIRECT, GAP_INDIRECT
        for label, style, *cell in (
            (_lt("Total fte then"), "fte", "total_fte+gap_fte", size, "gap_size"),
            (_lt("Direct contribution then"), "percent", own, direct, "gap_direct"),
            (
                _lt("Indirect contribution then"),
                "percent",
                bought,
                indirect,
                "gap_indirect",
            ),
            (_lt("Of which counts"), "percent", cut, counted, "gap_counted"),
            (_lt("Total contribution then"), "percent", both, total, "gap_total"),
            (_lt("Row of the norms then"), "integer", row, place, "gap_row"),
            (_lt("Norm then"), "percent", line, norm, "gap_norm"),
            (_lt("Norm reached"), "answer", reached, answer),
        ):
            self._line(self.env._(label), style, Cell(*cell))

    # -- PSO 30+ and corrections ----------------------------------------------

    def _write_pso30(self):
        rules = self.measurement._rules()
        self._headers(
            self.env._("PSO 30+"), self.env._("Measured"), self.env._("Required")
        )
        for name, row in PSO30_ROWS.items():
            asked = name.replace("pso30_", "pso30_min_")
            self._line(
                self.figure_label(name),
                "percent",
                self._cell(
                    row.formula.format(p="", t=""), self.measurement[name], name, [name]
                ),
                Cell("", rules[asked], asked),
            )
        self._outcome(
            "is_pso30", how=self.env._("The highest level, and both percentages")
        )
        self.page.next()

    def _write_corrections(self):
        """Write the corrections that the figures contain, apart."""
        source = self.source
        self._headers(self.env._("Corrections in the figures"), self.env._("Sum"))
        total, direct = map(source.corrected, ("total_fte", "direct_fte"))
        bought = source.corrected_purchases
        for label, style, name, value in (
            (self.env._("Total fte"), "fte", "correction_fte", total),
            (self.env._("Direct fte"), "fte", "correction_direct_fte", direct),
            (self.env._("Purchases"), "money", "correction_purchases", bought),
        ):
            self._line(label, style, Cell(name, value))
        self.page.next()

    # -- the table of norms (section 2) ---------------------------------------

    def _write_norms(self):
        page = self.page
        title = self.env._("Norms of %s", self.measurement.edition_id.display_name)
        page.heading(title, self._norms_note())
        levels = list(self.ladder.norms)
        self._headers(self.env._("Total fte"), *(level.name for level in levels))
        first_row = page.row
        for size in self.ladder.sizes:
            self._write_norm_row(first_row, size, levels)
        if not self.ladder.sizes:
            page.put(0, self.nothing, "cell", "muted", "text")
            page.next()
        last_row, last_col = page.row - 1, max(len(levels), 1)
        sizes = page.range(first_row, last_row, 0)
        page.book.define("norm_sizes", sizes)
        page.book.define("norm_table", page.range(first_row, last_row, 1, last_col))
        in_use = f"OR(ROW()={first_row}+norm_row,ROW()={first_row + 1}+norm_row)"
        page.highlight(first_row, last_row, last_col, in_use)

    def _norms_note(self):
        if self.ladder.is_current:
            return self.env._(
                "All sizes that are printed; the rows in use are set off. Norms in "
                "italics are not confirmed for this edition. Empty: unknown."
            )
        return self.env._(
            "As locked, for the measured size alone: the norms of the edition have "
            "changed since."
        )

    def _write_norm_row(self, first_row, size, levels):
        page, ladder = self.page, self.ladder
        page.put(0, size, "cell", "hours", "left")
        for col, level in enumerate(levels, start=1):
            norm = ladder.norm(level, size)
            if norm is None or ladder.is_printed(level, size):
                mark = () if ladder.is_confirmed(level, size) else ("amber",)
                page.put(col, norm, "cell", *mark, "percent")
            else:
                formula = self._line_between(first_row, col, level, size)
                page.derive(col, formula, norm, "cell", "derived", "muted", "percent")
        page.next()

    def _line_between(self, first_row, col, level, size):
        """Return the formula of a norm at a size that is printed for others only."""
        low, high = self.ladder.neighbours(level, size)

        def cell(printed, column):
            row = first_row + self.ladder.sizes.index(printed)
            return self.page.reference(row, column)

        if high is None:
            return cell(low, col)
        return (
            f"{cell(low, col)}+({cell(high, col)}-{cell(low, col)})"
            f"*({cell(size, 0)}-{cell(low, 0)})/({cell(high, 0)}-{cell(low, 0)})"
        )
