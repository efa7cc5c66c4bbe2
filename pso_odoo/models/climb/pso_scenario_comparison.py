from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import formatLang

# Fte and percentages that differ by less are the same to who reads two decimals.
SAME = 0.005


class Row(NamedTuple):
    """A figure that scenarios are compared by.

    :param label: what it is called
    :param value: makes its number of figures, None where there is none
    :param unit: what stands behind the number
    :param is_less_better: whether it is a distance; None where neither is better
    """

    label: str
    value: object
    unit: str = ""
    is_less_better: bool | None = False


class PsoScenario(models.Model):
    """A scenario beside its start and beside others."""

    _inherit = "pso.scenario"

    comparison = fields.Json(
        compute="_compute_comparison",
        compute_sudo=True,
        help="The figures of the start, of this scenario and of others, side by side.",
    )

    @api.depends(
        *("reckoned", "name", "cost_note"),
        *("compare_ids.reckoned", "compare_ids.name", "compare_ids.cost_note"),
    )
    @api.depends_context("uid", "lang")
    def _compute_comparison(self):
        for scenario in self:
            scenario.comparison = scenario._comparison()

    def _comparison(self):
        """Return the columns of the comparison, none without figures of this one.

        :return: ``{columns: [{key, name, level, cells: [{label, text, change,
            direction}]}]}``; the direction is up, down or same, and whether that is
            good or bad
        """
        own = self.reckoned
        if not own["figures"]:
            return False
        columns = [self._column("start", self.env._("Start"), own["start"], own)]
        compared = self.compare_ids._origin
        # Of others' figures what the user may see of them.
        others = compared.with_env(self.env(su=False))._filtered_access("read")
        columns.append(self._column("this", self.name or "", own["figures"], own))
        for other in others.sudo():
            reckoned = other.reckoned
            if figures := reckoned["figures"]:
                columns.append(
                    other._column(
                        f"other-{other.id}", other.name, figures, own, reckoned
                    )
                )
        return {"columns": columns}

    def _column(self, key, name, figures, base, reckoned=None):
        """Return a column: figures, each with what is otherwise than at the start."""
        levels = self.env["pso.level"].sudo()
        level = levels.browse(figures["level_id"] or ())
        start = levels.browse(base["start"]["level_id"] or ())
        cells = [
            self._cell(row, row.value(figures), row.value(base["start"]))
            for row in self._rows()
        ]
        if key != "start":
            cells.append(
                {
                    "label": self._fields["cost"]._description_string(self.env),
                    "text": self.cost_note or "–",
                    "change": "",
                    "direction": "same",
                    "is_good": True,
                }
            )
        steps = _place(figures, level) - _place(base["start"], start)
        return {
            "key": key,
            "name": name,
            "level": level.name or self.env._("Below the norms"),
            "level_direction": "up" if steps > 0 else "down" if steps < 0 else "same",
            "note": self._differs(base, reckoned),
            "cells": cells,
        }

    def _differs(self, base, reckoned):
        """Say so where another scenario starts from something else."""
        if reckoned is None or reckoned["start"] == base["start"]:
            return ""
        return self.env._("Starts from something else")

    def _rows(self):
        """Return the figures that are compared."""

        def of(name):
            return lambda figures: figures[name]

        def counted(figures):
            return figures["total_percentage"] - figures["direct_percentage"]

        return [
            Row(self.env._("Total"), of("total_percentage"), "%"),
            Row(self.env._("Direct"), of("direct_percentage"), "%"),
            Row(self.env._("Indirect that counts"), counted, "%"),
            Row(self.env._("Proven"), of("proven_total_percentage"), "%"),
            Row(self.env._("Organisation"), of("total_fte"), self.env._("fte"), None),
            Row(self.env._("Direct"), of("direct_fte"), self.env._("fte")),
            Row(self.env._("Indirect"), of("indirect_fte"), self.env._("fte")),
            Row(
                self.env._("To the next level"),
                lambda figures: figures["next_level_id"] and figures["gap_percentage"],
                self.env._("points"),
                is_less_better=True,
            ),
            Row(
                self.env._("To the next level"),
                lambda figures: figures["next_level_id"] and figures["gap_fte"],
                self.env._("fte more"),
                is_less_better=True,
            ),
        ]

    def _cell(self, row, value, start):
        """Return a figure in words, and what is otherwise than at the start."""
        cell = {"label": row.label, "text": "–", "change": "", "direction": "same"}
        cell["is_good"] = True
        if value is None or value is False:
            return cell
        cell["text"] = f"{formatLang(self.env, value)} {row.unit}"
        change = value - (start or 0)
        if start is None or start is False or abs(change) < SAME:
            return cell
        sign = "+" if change > 0 else "−"
        return cell | {
            "change": f"{sign}{formatLang(self.env, abs(change))}",
            "direction": "up" if change > 0 else "down",
            "is_good": None
            if row.is_less_better is None
            else (change > 0) != row.is_less_better,
        }


def _place(figures, level):
    """Return the place of a level on the ladder, -1 below all."""
    ids = list(figures["norms"])
    return ids.index(str(level.id)) if str(level.id) in ids else -1
