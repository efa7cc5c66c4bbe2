from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

# What a cell of the table says of a norm.
CELL = {"percentage": 0.0, "is_confirmed": False, "source": False}


class PsoEdition(models.Model):
    """The norms of an edition as the manual prints them: size by level (section 2)."""

    _inherit = "pso.edition"

    norm_levels = fields.Json(
        compute="_compute_norm_levels",
        help="The levels that have norms, as ``[{id, name}]`` from the lowest up.",
    )
    norm_table = fields.Json(
        string="Table of Norms",
        compute="_compute_norm_table",
        inverse="_inverse_norm_table",
        help="A row for each size, as ``[{size, cells}]``, the cells by the id of the "
        "level: ``{percentage, is_confirmed, source}``. A cell that is not there is a "
        "norm that is not known.",
    )

    @api.depends("level_ids.name", "level_ids.sequence", "level_ids.is_computed")
    @api.depends_context("lang")
    def _compute_norm_levels(self):
        for edition in self:
            edition.norm_levels = [
                {"id": level._origin.id, "name": level.name}
                for level in edition.level_ids.sorted()
                if level.is_computed
            ]

    @api.depends(
        "norm_ids.level_id",
        "norm_ids.size_fte",
        "norm_ids.percentage",
        "norm_ids.is_confirmed",
        "norm_ids.source",
    )
    @api.depends_context("lang")
    def _compute_norm_table(self):
        for edition in self:
            rows = {}
            for norm in edition.norm_ids.sorted("size_fte"):
                cells = rows.setdefault(norm.size_fte, {})
                cells[str(norm.level_id._origin.id)] = {
                    name: norm[name] for name in CELL
                }
            edition.norm_table = [
                {"size": size, "cells": cells} for size, cells in rows.items()
            ]

    def _inverse_norm_table(self):
        """Make the norms what the table says, and leave those that it says nothing of.

        :raise UserError: if it is no such table
        :raise ValidationError: if a size is missing, or there twice
        """
        for edition in self:
            levels = edition.level_ids.filtered("is_computed")
            wanted = edition._read_norm_table(edition.norm_table or [], levels)
            there = {
                (norm.level_id.id, norm.size_fte): norm
                for norm in edition.norm_ids
                if norm.level_id in levels
            }
            commands = [
                Command.delete(norm.id)
                for key, norm in there.items()
                if key not in wanted
            ]
            for (level, size), cell in wanted.items():
                norm = there.get((level, size))
                if norm is None:
                    vals = {"level_id": level, "size_fte": size, **cell}
                    commands.append(Command.create(vals))
                elif changed := {n: v for n, v in cell.items() if norm[n] != v}:
                    commands.append(Command.update(norm.id, changed))
            edition.norm_ids = commands

    def _read_norm_table(self, table, levels):
        """Return ``{(level id, size): values of the norm}`` of what was sent."""
        try:
            rows = [
                (
                    float(row["size"] or 0),
                    {
                        int(level): {
                            "percentage": float(cell["percentage"]),
                            "is_confirmed": bool(cell.get("is_confirmed")),
                            "source": cell.get("source") or False,
                        }
                        for level, cell in row["cells"].items()
                    },
                )
                for row in table
            ]
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise UserError(
                self.env._("The table of norms was not sent as a whole: try again.")
            ) from error
        sizes = [size for size, cells in rows if cells]
        if not all(sizes):
            raise ValidationError(
                self.env._("A row of the table of norms has no size (fte).")
            )
        if twice := {size for size in sizes if sizes.count(size) > 1}:
            raise ValidationError(
                self.env._(
                    "Two rows of the table of norms have the same size: %(size)s fte.",
                    size=f"{min(twice):g}",
                )
            )
        if {level for _size, cells in rows for level in cells} - set(levels.ids):
            raise UserError(
                self.env._("The table of norms has a level that this edition lacks.")
            )
        return {
            (level, size): cell for size, cells in rows for level, cell in cells.items()
        }
