"""The sheet on the score: percentages, norms, level and what is missing (section 5)."""

from collections import namedtuple
from functools import cached_property

from ...tools.score import TOLERANCE, Facts, percentages
from .book import Column, Table
from .norm_table import NormTable
from .sheet import Sheet

NONE = "–"
WIDTHS = (36, 14, 14, 14, 14, 14, 44)
# A figure on the sheet; one without a formula is an input.
Cell = namedtuple("Cell", "formula value name", defaults=("",))

# The same formulas make all and proven: {p} is the prefix of what is proven.
PROVEN = "proven_"
SHARE = "IF({whole}>0,100*{part}/({whole}),0)"
DIRECT = SHARE.format(part="{p}direct_fte", whole="total_fte")
INDIRECT = SHARE.format(part="{p}indirect_fte", whole="total_fte+{p}indirect_fte")
COUNTED = "MIN({indirect},indirect_max_share/(1-indirect_max_share)*{direct})"
TOTAL = "{p}direct_percentage+{p}indirect_counted_percentage"
# AND looks at all it is given, and a word less a number is an error. Whether a norm
# that nobody knows is reached, nobody knows either.
REACHED = (
    "IF(ISNUMBER({{norm}}),"
    'IF(AND({p}direct_percentage>0,{p}total_percentage>={{norm}}-1E-9),1,0),"")'
)
HIGHEST = "SUMPRODUCT(MAX(rungs*({p}rungs_reached=1)))"
# The row of the last printed size that is not above a size. A sum of rows may come
# out a hair below the size that it lies exactly on.
NORM_ROW = "IFERROR(MATCH(ROUND({size},9),norm_sizes,1),0)"
# The norm at a size: on the line from its row to the next, beyond the last row its own.
NORM = (
    "IF({row}=ROWS(norm_sizes),INDEX(norm_table,{row},{rung}),"
    "INDEX(norm_table,{row},{rung})"
    "+(INDEX(norm_table,{row}+1,{rung})-INDEX(norm_table,{row},{rung}))"
    "*({size}-INDEX(norm_sizes,{row}))"
    "/(INDEX(norm_sizes,{row}+1)-INDEX(norm_sizes,{row})))"
)
GAP = (
    "IF(next_rung=0,{none},IF(ISNUMBER(INDEX(rung_norms,next_rung)),"
    "INDEX(rung_norms,next_rung)-total_percentage,{none}))"
)
PSO30 = (
    "IF(AND({p}rung>0,{p}next_rung=0,{p}pso30_percentage>=pso30_min_percentage-1E-9,"
    "{p}pso30_regular_percentage>=pso30_min_regular_percentage-1E-9),{yes},{no})"
)


class ScoreSheet(Sheet):
    """What the fte of the other sheets make on the ladder of the edition."""

    @property
    def label(self):
        return self.env._("Score")

    @property
    def about(self):
        return self.env._("Percentages, norms, level, and what the next level asks.")

    @cached_property
    def ladder(self):
        return NormTable(self.measurement)

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
        page.put(0, label, "cell", "label")
        for col, cell in enumerate(cells, start=1):
            if cell.formula:
                page.derive(col, cell.formula, cell.value, "cell", "derived", style)
            else:
                page.put(col, cell.value, "cell", style)
            if cell.name:
                page.name(cell.name, col)
        page.put(len(cells) + 1, how, "how")
        page.next()

    def _pair(self, label, style, name, formula, value, proven, how=""):
        """Write a figure over all facts, and the same over the proven ones alone.

        :param formula: with {p} for the prefix of what is proven
        """
        self._line(
            label,
            style,
            Cell(formula.format(p=""), value, name),
            Cell(formula.format(p=PROVEN), proven, name and PROVEN + name),
            how=how,
        )

    # -- percentages (sections 3 to 5) ----------------------------------------

    def _write_strip(self):
        m = self.measurement
        level, next_level = self._level_name(m.level_id), m.next_level_id.name or NONE
        total = m.total_percentage
        self.page.strip(
            [
                (
                    self.env._("Total contribution"),
                    "total_percentage",
                    total,
                    "percent",
                    "",
                ),
                (self.env._("Level"), "level", level, "text", ""),
                (self.env._("Next level"), "next_level", next_level, "text", ""),
            ]
        )

    def _write_percentages(self):
        self._headers(
            self.env._("Contribution"), self.env._("All"), self.env._("Proven")
        )
        self._write_fte()
        self._write_shares()
        self.page.next()

    def _write_fte(self):
        m, source = self.measurement, self.source
        self._pair(
            self.env._("Total fte"),
            "fte",
            "",
            "total_fte",
            m.total_fte,
            m.total_fte,
            how=self.env._("All staff, unweighted"),
        )
        self._pair(
            self.env._("Direct fte"),
            "fte",
            "",
            "{p}direct_fte",
            m.direct_fte,
            source.proven_direct_fte,
            how=self.env._("Target group in own staff, weighted"),
        )
        self._pair(
            self.env._("Indirect fte"),
            "fte",
            "",
            "{p}indirect_fte",
            m.indirect_fte,
            source.proven_indirect_fte,
            how=self.env._("Purchases at certified suppliers, as fte"),
        )

    def _write_shares(self):
        m, source = self.measurement, self.source
        self._pair(
            self.env._("Direct contribution"),
            "percent",
            "direct_percentage",
            DIRECT,
            m.direct_percentage,
            m.proven_direct_percentage,
            how=self.env._("100 × direct fte / total fte"),
        )
        self._pair(
            self.env._("Indirect contribution"),
            "percent",
            "indirect_percentage",
            INDIRECT,
            m.indirect_percentage,
            m.proven_indirect_percentage,
            how=self.env._("100 × indirect fte / (total fte + indirect fte)"),
        )
        self._line(
            self.env._("Largest indirect share of the total"),
            "share",
            Cell("", source.indirect_max_share, "indirect_max_share"),
            Cell("indirect_max_share", source.indirect_max_share),
            how=self.env._("Of the edition; what is above it is cut off"),
        )
        self._pair(
            self.env._("Indirect contribution that counts"),
            "percent",
            "indirect_counted_percentage",
            COUNTED.format(
                indirect="{p}indirect_percentage", direct="{p}direct_percentage"
            ),
            m.indirect_counted_percentage,
            m.proven_total_percentage - m.proven_direct_percentage,
            how=self.env._("At most share / (1 − share) × direct contribution"),
        )
        self._pair(
            self.env._("Total contribution"),
            "percent",
            "total_percentage",
            TOTAL,
            m.total_percentage,
            m.proven_total_percentage,
            how=self.env._("Direct + indirect that counts"),
        )

    # -- level (sections 1 and 5) ---------------------------------------------

    def _write_result(self):
        m = self.measurement
        self._headers(self.env._("Result"), self.env._("All"), self.env._("Proven"))
        self._pair(
            self.env._("Place on the ladder"),
            "integer",
            "rung",
            HIGHEST,
            self.ladder.rung(m.level_id),
            self.ladder.rung(m.proven_level_id),
            how=self.env._("The highest level whose norm is reached; 0: none"),
        )
        no_level = self.quote(self.env._("no level"))
        self._pair(
            self.env._("Level"),
            "answer",
            "level",
            f"IF({{p}}rung=0,{no_level},INDEX(rung_names,{{p}}rung))",
            self._level_name(m.level_id),
            self._level_name(m.proven_level_id),
        )
        self._write_next_level()
        self._write_certainty()
        self.page.next()

    def _level_name(self, level):
        return level.name or self.env._("no level")

    def _write_next_level(self):
        m = self.measurement
        none = self.quote(NONE)
        formula = f"IF(next_rung=0,{none},INDEX(rung_names,next_rung))"
        self._line(
            self.env._("Next level"),
            "answer",
            Cell(formula, m.next_level_id.name or NONE, "next_level"),
        )
        has_gap = self.ladder.norms.get(m.next_level_id) is not None
        self._line(
            self.env._("Missing for the next level"),
            "percent",
            Cell(
                GAP.format(none=none),
                m.gap_percentage if has_gap else NONE,
                "gap_percentage",
            ),
            how=self.env._("Points: norm of the next level − total contribution"),
        )

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
        for label, is_sure, how in (
            (self.env._("Figures are complete"), m.is_complete, bound),
            (self.env._("Level is certain"), m.is_level_certain, doubt),
        ):
            cell = Cell("", self.answer(is_sure))
            self._line(label, "answer", cell, how="" if is_sure else how)

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
                "IF(COUNT(rungs_above)=0,0,MIN(rungs_above))",
                self.ladder.rung(m.next_level_id),
                "next_rung",
            ),
            how=self.env._(
                "The lowest level above, as far as its norm is known; 0: none"
            ),
        )
        self.page.next()

    def _rung_columns(self):
        known = "COUNT(INDEX(norm_table,0,{rung}))>0"
        above = f'IF(AND({{rung}}>rung,{known}),{{rung}},"")'
        reached, proven = REACHED.format(p=""), REACHED.format(p=PROVEN)
        return [
            Column("level", self.env._("Level")),
            Column("rung", self.env._("Place"), "integer"),
            Column(
                "norm", self.env._("Norm"), "percent", formula=self._norm_formula(known)
            ),
            Column("reached", self.env._("Reached"), "flag", formula=reached),
            Column("proven", self.env._("Reached, proven"), "flag", formula=proven),
            Column("above", self.env._("Above, norm known"), "integer", formula=above),
            Column("mark", self.env._("Mark"), "mark"),
        ]

    def _norm_formula(self, known):
        """The norm of a rung at this size; a word where it is unknown or has none."""
        unknown, none = self.quote(self.env._("unknown")), self.quote(NONE)
        norm = NORM.format(row="norm_row", rung="{rung}", size="total_fte")
        return (
            f"IF(NOT({known}),{unknown},IF(norm_row=0,{none},"
            f"IF(ISNUMBER(INDEX(norm_table,norm_row,{{rung}})),{norm},{none})))"
        )

    def _rung_row(self, level, norm):
        m = self.measurement
        rung = self.ladder.rung(level)
        points = self.ladder.points[level]
        is_above = rung > self.ladder.rung(m.level_id) and points
        word = NONE if points else self.env._("unknown")
        return {
            "level": level.name,
            "rung": rung,
            "norm": word if norm is None else norm,
            "reached": is_reached(norm, m.direct_percentage, m.total_percentage),
            "proven": is_reached(
                norm, m.proven_direct_percentage, m.proven_total_percentage
            ),
            "above": rung if is_above else "",
            "mark": self._mark(level),
        }

    def _mark(self, level):
        if not self.ladder.points[level]:
            return self.env._("unknown")
        is_confirmed = self.ladder.is_confirmed_here(level)
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
        if not m.gap_fte:
            self.page.put(0, self.env._("No number of fte reaches the norm."), "text")
            self.page.next(2)
            return
        self._line(self.env._("Fte more"), "fte", Cell("", m.gap_fte, "gap_fte"))
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
        for label, style, *cell in (
            (
                self.env._("Total fte then"),
                "fte",
                "total_fte+gap_fte",
                size,
                "gap_size",
            ),
            (
                self.env._("Direct contribution then"),
                "percent",
                "100*(direct_fte+gap_fte)/gap_size",
                direct,
                "gap_direct",
            ),
            (
                self.env._("Indirect contribution then"),
                "percent",
                "100*indirect_fte/(gap_size+indirect_fte)",
                indirect,
                "gap_indirect",
            ),
            (self.env._("Of which counts"), "percent", cut, counted, "gap_counted"),
            (
                self.env._("Total contribution then"),
                "percent",
                "gap_direct+gap_counted",
                total,
                "gap_total",
            ),
            (
                self.env._("Row of the norms then"),
                "integer",
                row,
                self.ladder.row_of(size),
                "gap_row",
            ),
            (self.env._("Norm then"), "percent", line, norm, "gap_norm"),
            (self.env._("Norm reached"), "answer", reached, answer),
        ):
            self._line(label, style, Cell(*cell))

    def yes_or_no(self, formula, **names):
        yes, no = self.quote(self.answer(True)), self.quote(self.answer(False))
        return formula.format(yes=yes, no=no, **names)

    # -- PSO 30+ and corrections ----------------------------------------------

    def _write_pso30(self):
        m, rules = self.measurement, self.measurement._rules()
        self._headers(
            self.env._("PSO 30+"), self.env._("Measured"), self.env._("Asked")
        )
        for label, name, value, asked in (
            (
                self.env._("Target group that counts for 30+"),
                "pso30_{}percentage",
                m.pso30_percentage,
                rules["pso30_min_percentage"],
            ),
            (
                self.env._("Of which on regular contracts"),
                "pso30_{}regular_percentage",
                m.pso30_regular_percentage,
                rules["pso30_min_regular_percentage"],
            ),
        ):
            measured = name.format("")
            part = measured.replace("percentage", "fte")
            formula = SHARE.format(part=part, whole="total_fte")
            self._line(
                label,
                "percent",
                Cell(formula, value, measured),
                Cell("", asked, name.format("min_")),
            )
        self._line(
            self.env._("PSO 30+ reached"),
            "answer",
            Cell(self.pso30_formula(), self.answer(m.is_pso30), "pso30_reached"),
            how=self.env._("The highest level, and both percentages"),
        )
        self.page.next()

    def pso30_formula(self, prefix=""):
        """A formula; none where the edition now asks other percentages than locked.

        :param prefix: of the names of the figures that it is over
        """
        m, rules = self.measurement, self.measurement._rules()
        today = (
            m.level_id
            and not m.next_level_id
            and m.pso30_percentage >= rules["pso30_min_percentage"] - TOLERANCE
            and m.pso30_regular_percentage
            >= rules["pso30_min_regular_percentage"] - TOLERANCE
        )
        return self.yes_or_no(PSO30, p=prefix) if bool(today) == m.is_pso30 else ""

    def _write_corrections(self):
        """The corrections that the figures contain, shown apart."""
        source = self.source
        self._headers(self.env._("Corrections in the figures"), self.env._("Sum"))
        for label, style, name, value in (
            (
                self.env._("Total fte"),
                "fte",
                "correction_fte",
                source.corrected("total_fte"),
            ),
            (
                self.env._("Direct fte"),
                "fte",
                "correction_direct_fte",
                source.corrected("direct_fte"),
            ),
            (
                self.env._("Purchases"),
                "money",
                "correction_purchases",
                source.corrected_purchases,
            ),
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
        """The norm of a level at a size that is printed for other levels only."""
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


def is_reached(norm, direct, total):
    """1 or 0, and nothing where the norm is unknown."""
    if norm is None:
        return ""
    return int(direct > 0 and total >= norm - TOLERANCE)
