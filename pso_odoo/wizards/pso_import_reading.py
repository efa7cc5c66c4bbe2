import re
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name

from odoo import models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ..tools import tabular
from ..tools.cells import CellError, Notation, decimal_mark, fold, fractions, parse_cell
from ..tools.headers import find_head, header_key, header_keys
from ..tools.importing import (
    BESIDE,
    LEFT_OUT,
    REJECTION_HEADERS,
    FileColumn,
    FileRow,
    HeaderError,
    Reading,
)

_lt = LazyTranslate(__name__)

NUMBERS = {"number", "percentage", "whole"}
SAMPLES = 3
# How many values of a column a reason lists, instead of naming what is nearest.
FEW_CHOICES = 6


class Choices(NamedTuple):
    """The values that a column may have."""

    values: dict  # by their names as they are compared, in every language
    names: list  # in the language of the user


class PsoImportMixin(models.AbstractModel):
    """Read the columns of a file and what its cells say."""

    _inherit = "pso.import.mixin"

    # -- its columns ---------------------------------------------------------

    def _read_head(self, content, decisions):
        """Read the columns of a file, and its rows as they are.

        :raise FileError: as ``_read``
        """
        known = self._known_headers()
        earlier = self.env["pso.import.header"]._decisions(self._kind())
        chosen = {header_key(header) for header, _name in decisions.values()}

        def is_known(text):
            keys = header_keys(text)
            return any(key in known for key in keys) or keys[0] in {*earlier, *chosen}

        def rate(rows):
            if not rows:
                return 0, 0
            head, count = find_head(rows, is_known)
            return count, len(head.headers)

        table = tabular.read(content, rate)
        head, count = find_head([cells for _number, cells in table.rows], is_known)
        rows = [FileRow(number, cells) for number, cells in table.rows[head.end :]]
        columns = self._file_columns(head.headers, rows, known, earlier, decisions)
        for column in columns:
            column.is_hidden = column.position in table.hidden_columns
        if not count:
            raise HeaderError(
                _lt(
                    "The first row has no header that is known. Take the headers of "
                    "the template, or say of each column what it is."
                ),
                columns,
            )
        self._check_twice(columns)
        self._check_complete(columns)
        return Reading(columns, head.headers, head.start, rows, table)

    def _kind(self):
        """Name the kind of import as the wizard does."""
        return self._name.rpartition(".")[2]

    def _known_headers(self):
        """Make ``{header as it is compared: KnownColumn}``, in every language."""
        known = {}
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for column in self._columns():
            names = {column.name, *column.headers}
            for lang in {*languages, "en_US"}:
                names.add(self.with_context(lang=lang)._label(column))
            known.update({header_key(name): column for name in names})
        return known

    def _file_columns(self, headers, rows, known, earlier, decisions):
        """Say what becomes of each column that has a header."""
        by_name = {column.name: column for column in self._columns()}
        columns = []
        for position, header in enumerate(headers):
            if not header:
                continue
            column = FileColumn(position, header, samples=self._samples(rows, position))
            decided_header, name = decisions.get(position, (None, None))
            before = earlier.get(header_key(header))
            if decided_header != header:
                name = before
            if name == LEFT_OUT or name in by_name:
                column.known = by_name.get(name)
                column.is_remembered = name == before
            else:
                keys = header_keys(header)
                column.known = next((known[key] for key in keys if key in known), None)
                # Some columns are known to be no part of an import.
                is_beside = fold(header) in REJECTION_HEADERS or keys[0] in BESIDE
                column.is_open = bool(column.samples) and not (
                    column.known or is_beside
                )
            columns.append(column)
        return columns

    def _samples(self, rows, position):
        """Take the first cells of a column that are not empty, as texts."""
        cells = (
            row.cells[position]
            for row in rows
            if position < len(row.cells) and row.cells[position] is not None
        )
        return [str(cell) for cell in islice(cells, SAMPLES)]

    def _check_twice(self, columns):
        """Refuse a file of which two columns are one field; several may name somebody.

        :raise FileError: naming both headers
        """
        filled = [column for column in columns if column.samples] or columns
        found = {}
        for column in filled:
            if not column.known or column.known.identifies:
                continue
            if other := found.get(column.known.name):
                raise HeaderError(
                    _lt(
                        "The column “%(column)s” is there twice, as “%(one)s” and as "
                        "“%(other)s”: leave one of them out.",
                        column=self._label(column.known),
                        one=other.header,
                        other=column.header,
                    ),
                    columns,
                )
            found[column.known.name] = column
        for column in columns:
            if column.known and not column.samples and column.known.name in found:
                if found[column.known.name] is not column:
                    column.known = None

    def _check_complete(self, columns):
        """Refuse a file that lacks a column which every row needs.

        :raise FileError: naming the columns
        """
        found = {column.known for column in columns}
        missing = [
            self._label(column)
            for column in self._columns()
            if column.is_required and column not in found
        ]
        if missing:
            raise HeaderError(
                _lt(
                    "These columns are missing: %(columns)s.",
                    columns=", ".join(missing),
                ),
                columns,
            )
        self._check_subject_column(columns)

    def _check_subject_column(self, columns):
        """Refuse a file that does not say whom a row is about.

        :raise FileError: naming the columns that would
        """
        if not any(each.known and each.known.identifies for each in columns):
            labels = map(self._label, self._identifying())
            raise HeaderError(
                _lt(
                    "One of these columns is needed, to know whom a row is about: "
                    "%(columns)s.",
                    columns=", ".join(labels),
                ),
                columns,
            )

    def _identifying(self):
        return [column for column in self._columns() if column.identifies]

    # -- its cells -----------------------------------------------------------

    def _read_cells(self, reading, rows):
        notation = self._notation(reading)
        columns = reading.known_columns
        headed = {column.position for column in reading.columns}
        choices = {
            column.name: self._choices(column)
            for column in columns.values()
            if column.reads in ("code", "choice")
        }
        for row in rows:
            for position, cell in enumerate(row.cells):
                if cell is None:
                    continue
                if column := columns.get(position):
                    self._read_cell(row, column, cell, notation, choices)
                elif position not in headed:
                    row.refuse(
                        xl_col_to_name(position),
                        self.env._(
                            "This cell has no header: a separator in a text may have "
                            "moved the cells of this row."
                        ),
                    )
            self._check_filled(row, columns.values())
        for position, column in columns.items():
            if column.reads == "percentage":
                self._refuse_fractions(rows, position, column, notation)

    def _refuse_fractions(self, rows, position, column, notation):
        """Refuse what may be a percentage or a fraction."""
        filled = [row for row in rows if position < len(row.cells)]
        cells = [row.cells[position] for row in filled]
        for index in fractions(cells, notation):
            filled[index].refuse(
                self._label(column),
                self.env._(
                    "“%(value)s” can be read in two ways: add a percent sign.",
                    value=cells[index],
                ),
            )

    def _read_cell(self, row, column, cell, notation, choices):
        try:
            value = parse_cell(
                "text" if column.name in choices else column.reads, cell, notation
            )
            if column.identifies:
                row.claims.append((column, value))
                return
            if column.name in choices:
                value = self._chosen(column, value, choices[column.name])
            row.values[column.name] = value
        except CellError as error:
            row.refuse(self._label(column), self.env._(error.reason))

    def _chosen(self, column, text, choices):
        """Find the value that a text names.

        :raise CellError: if it names none, or several
        """
        found = choices.values.get(self._choice_key(column, text), ())
        if len(found) != 1:
            raise CellError(self._no_choice_message(text, choices.names))
        return next(iter(found))

    def _no_choice_message(self, text, names):
        """Say what can be written instead of a text: all of it, or what is nearest."""
        if len(names) <= FEW_CHOICES:
            return _lt(
                "“%(value)s” is none of the values of this column: write %(values)s",
                value=text,
                values=" / ".join(names),
            )
        if nearest := get_close_matches(text, names, n=1):
            return _lt(
                "“%(value)s” is none of the values of this column: is it "
                "“%(nearest)s”? All of them are in the template",
                value=text,
                nearest=nearest[0],
            )
        return _lt(
            "“%(value)s” is none of the values of this column: see the template",
            value=text,
        )

    def _choice_key(self, _column, text):
        """Write the name of a value as it is compared."""
        return re.sub(r"[\s_-]+", "", fold(text))

    def _check_filled(self, row, columns):
        refused = {label for label, _reason in row.problems}
        for column in columns:
            label = self._label(column)
            is_said = column.name in row.values or label in refused
            if column.is_required and not is_said:
                row.refuse(label, self.env._("A value is needed here."))

    def _notation(self, reading):
        """Find out how the file writes its numbers and dates."""
        numbers = [
            row.cells[position]
            for position, column in reading.known_columns.items()
            if column.reads in NUMBERS
            for row in reading.rows
            if position < len(row.cells) and isinstance(row.cells[position], str)
        ]
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return Notation(
            decimal=decimal_mark(numbers),
            is_month_first=(lang.date_format or "").startswith("%m"),
            epoch=reading.table.epoch,
        )

    def _choices(self, column):
        """Find the values of a column by their names in every installed language."""
        choices = {}
        target = self.env[self._target]
        for lang, _name in self.env["res.lang"].get_installed():
            localised = target.with_context(lang=lang)
            for value, names in self._values_with_names(localised, column):
                for name in filter(None, names):
                    key = self._choice_key(column, name)
                    choices.setdefault(key, set()).add(value)
        shown = self._values_with_names(target, column)
        return Choices(choices, [names[-1] for _value, names in shown])

    def _values_with_names(self, target, column):
        """List the values that a column may have, with their names in one language."""
        field = target._fields[column.name]
        if column.reads == "choice":
            return [
                (value, (value, label))
                for value, label in field._description_selection(target.env)
            ]
        records = target.env[field.comodel_name].search(Domain.TRUE)
        code = "code" if "code" in records._fields else "name"
        return [(record.id, (record[code], record.name)) for record in records]
