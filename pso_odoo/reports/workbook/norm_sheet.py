from functools import cached_property

from ...models.measurement.figures import FIGURES
from ...tools.score import TOLERANCE
from .formulas import GAP, IS_ABOVE, IS_REACHED, LEVEL, NORM, NORM_OF_RUNG, PSO30
from .norm_table import NormTable
from .sheet import Sheet
from .table import Column

NONE = "–"
# How kinds of figures are written that have no style of their name.
STYLES = {"points": "percent", "level": "answer"}


class NormSheet(Sheet):
    """A sheet on which figures are held against the norms (section 2).

    As in the formulas, ``p`` is the prefix of these figures.
    """

    @cached_property
    def ladder(self):
        return NormTable(self.measurement)

    def figure_label(self, name):
        """Return what the workbook calls a figure, in the user's language."""
        figure = FIGURES[name]
        return self.env._(figure.cell or figure.row)

    def figure_style(self, name):
        """Return the style in which a figure is written."""
        kind = FIGURES[name].kind
        return STYLES.get(kind, kind)

    # -- a row of the ladder --------------------------------------------------

    def rung_columns(self, p="", follows=True):
        """Make the columns of a ladder by their keys.

        :param follows: whether the norms follow from the table of norms
        """
        words = {"p": p, "unknown": self.quote(self.env._("unknown"))}
        words["none"] = self.quote(NONE)
        words["norm"] = NORM.format(
            row=f"{p}norm_row", rung="{rung}", size=f"{p}total_fte"
        )
        norm = NORM_OF_RUNG % words if follows else ""
        columns = (
            Column("level", self.env._("Level")),
            Column("rung", self.env._("Place"), "integer"),
            Column("norm", self.env._("Norm"), "percent", formula=norm),
            Column(
                "reached", self.env._("Reached"), "flag", formula=IS_REACHED % words
            ),
            Column(
                *("above", self.env._("Above, norm known"), "integer"),
                formula=IS_ABOVE % words,
            ),
        )
        return {column.key: column for column in columns}

    def rung_row(self, level, norm, figures):
        """Return the cells of a level, by column.

        :param norm: at this size, in percent; None where there is none
        :param figures: what is held against it, by name; levels as records
        """
        rung, points = self.ladder.rung(level), self.ladder.points[level]
        is_above = rung > self.ladder.rung(figures["level_id"]) and points
        word = NONE if points else self.env._("unknown")
        return {
            "level": level.name,
            "rung": rung,
            "norm": word if norm is None else norm,
            "reached": is_reached(
                norm, figures["direct_percentage"], figures["total_percentage"]
            ),
            "above": rung if is_above else "",
        }

    # -- what the ladder makes of the figures ---------------------------------

    def level_name(self, level):
        return level.name or self.env._("no level")

    def level_formula(self, p=""):
        return LEVEL.format(p=p, none=self.quote(self.env._("no level")))

    def outcomes(self, figures, norms, p="", names="rung_norms"):
        """Return the level, the next one, the distance to it, and whether it is 30+.

        :param figures: by name, levels as records
        :param norms: ``{level: norm at this size}``
        :param names: what the cells of these norms are called
        :return: ``{figure: (name of the cell, formula, value)}``; no formula where none
            gives the value
        """
        none, next_level = self.quote(NONE), figures["next_level_id"]
        has_gap = norms.get(next_level) is not None
        return {
            "level_id": (
                "level",
                self.level_formula(p),
                self.level_name(figures["level_id"]),
            ),
            "next_level_id": (
                "next_level",
                LEVEL.format(p=f"{p}next_", none=none),
                next_level.name or NONE,
            ),
            "gap_percentage": (
                "gap_percentage",
                GAP.format(p=p, norms=names, none=none),
                figures["gap_percentage"] if has_gap else NONE,
            ),
            "is_pso30": (
                "pso30_reached",
                self._pso30_formula(p),
                self.answer(figures["is_pso30"]),
            ),
        }

    def _pso30_formula(self, p):
        """Return a formula; none where the edition now asks otherwise than locked."""
        m = self.measurement
        follows = m._reaches_pso30() == m.is_pso30
        return self.yes_or_no(PSO30, p=p) if follows else ""

    def yes_or_no(self, formula, **names):
        yes, no = self.quote(self.answer(True)), self.quote(self.answer(False))
        return formula.format(yes=yes, no=no, **names)


def is_reached(norm, direct, total):
    """Return 1 or 0, and nothing where the norm is unknown."""
    if norm is None:
        return ""
    return int(direct > 0 and total >= norm - TOLERANCE)
