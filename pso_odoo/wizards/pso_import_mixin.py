import re
from dataclasses import dataclass, field

from psycopg2 import DataError, IntegrityError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang, mute_logger
from odoo.tools.translate import LazyTranslate

from .. import tabular
from ..cells import CellError, Notation, decimal_mark, fold, say

_lt = LazyTranslate(__name__)

BATCH = 500
PROOF = ("missing", "received", "verified")
NUMBERS = {"number", "percentage", "whole"}
# Columns of the file of rows to mend, which are no part of what is imported.
ROW_COLUMN = _lt("Row")
REASON_COLUMN = _lt("Reason")
SAID_BESIDE_ROWS = {"rij", "row", "reden", "reason"}


@dataclass(frozen=True)
class Column:
    """A column that a file may have.

    :param name: the field that it fills, or by which it names whom a row is about
    :param reads: how a cell is read: one of ``cells.READERS``, ``code`` for a record
        by its code or name, ``choice`` for a selection
    :param headers: what it may be called beside its label and its name
    :param label: what it is called, if not as the field
    :param identifies: whether it says whom the row is about
    :param about: what to write in it, for the template
    """

    name: str
    reads: str = "text"
    headers: tuple = ()
    label: object = field(default=None, compare=False)
    is_required: bool = False
    identifies: bool = False
    example: str = ""
    about: object = field(default=None, compare=False)


@dataclass
class Row:
    """A row of the file, and what becomes of it.

    :param number: as the spreadsheet shows it
    :param values: what the cells say, by column name, without empty ones
    :param subject: the id of whom or what it is about
    :param problems: ``(column, reason)`` in words
    :param is_known: it is in the database already, or earlier in the file
    """

    number: int
    cells: list
    values: dict = field(default_factory=dict)
    subject: int = 0
    problems: list = field(default_factory=list)
    is_known: bool = False

    @property
    def state(self):
        if self.problems:
            return "bad"
        return "known" if self.is_known else "good"

    def refuse(self, column, reason):
        sentence = f"{reason[:1].upper()}{reason[1:].removesuffix('.')}."
        self.problems.append((column, sentence))


@dataclass
class Reading:
    """What a file holds.

    :param columns: ``{position: Column}``
    :param headers: the header row, as cells
    :param unused: the headers of columns that are not known
    """

    columns: dict
    headers: list
    unused: list
    rows: list
    table: tabular.Table


@dataclass(frozen=True)
class Said:
    """What is there already, by column name.

    :param number: of the row of the file that says it, 0 for a record
    """

    values: dict
    number: int = 0


class PsoImportMixin(models.AbstractModel):
    """How the rows of a file become records of one model.

    A file is read, its rows are held against the database, and what is good is
    written. The first two change nothing and ask no query for each row. Each row
    stands by itself: it is written whole, refused with column and reason, or known.
    """

    _name = "pso.import.mixin"
    _description = "Import of PSO Records"

    _target = None  # the model that is written
    _subject_field = None  # its field that says whom or what a row is about

    # -- what a kind of import says of itself --------------------------------

    @api.model
    def _columns(self):
        """The columns of a file, as ``Column``."""
        raise NotImplementedError

    @api.model
    def _subjects(self, name):
        """Those whom a row may be about, by one of the columns that identify.

        :return: ``(id, what the column holds, whether it is active)`` of each
        """
        raise NotImplementedError

    @api.model
    def _subject_model(self):
        field = self.env[self._target]._fields[self._subject_field]
        return self.env[field.comodel_name]

    @api.model
    def _subject_key(self, _name, text):
        """What is the same for the same one, however it is written."""
        return fold(text)

    @api.model
    def _nobody(self, value):
        """The reason: a cell names nobody."""
        raise NotImplementedError

    @api.model
    def _check_row(self, row):
        """Refuse what the model would refuse; complete its values."""

    @api.model
    def _keys(self, subject, values):
        """By what a row is recognised, the surest first."""
        raise NotImplementedError

    @api.model
    def _existing(self, subjects):
        """The records of these subjects, in the order they were made."""
        model = self.env[self._target]
        domain = [(self._subject_field, "in", list(subjects))]
        return model.search(domain, order="id") if subjects else model

    @api.model
    def _differs(self, column, value, other):
        """Whether a cell says something else than what is there; nothing, if empty."""
        if value is None:
            return False
        if column.name == "evidence_state":  # somebody may have looked at it since
            other = other or PROOF[0]
            return PROOF.index(value) > PROOF.index(other)
        if isinstance(value, float):
            return abs(value - (other or 0)) > 1e-9 * max(1, abs(value))
        return (value or None) != (other or None)

    @api.model
    def _conflict(self, _row, _others):
        """Refuse a row that contradicts what else is said of its subject.

        :param others: ``Said`` of the same subject
        """

    # -- reading -------------------------------------------------------------

    @api.model
    def _check_access_to_import(self):
        """:raise AccessError: if the user may not make such records"""
        self.env[self._target].check_access("create")

    def _refuse(self, row, name, reason):
        """Refuse a row for one of its columns."""
        column = next(each for each in self._columns() if each.name == name)
        row.refuse(self._label(column), reason)

    @api.model
    def _label(self, column):
        if column.label:
            return self.env._(column.label)
        return self.env[self._target]._fields[column.name]._description_string(self.env)

    @api.model
    def _read(self, content):
        """The rows of a file, read and held against what is there.

        :param content: the bytes of a CSV or XLSX file
        :return: ``Reading``
        :raise FileError: if it cannot be read as a whole, or lacks a column
        """
        known = self._known_headers()
        table = tabular.read(
            content, lambda cells: sum(_header_key(cell) in known for cell in cells)
        )
        (_number, headers), *rows = table.rows
        reading = self._read_headers(headers, known)
        reading.table = table
        reading.rows = [Row(number, cells) for number, cells in rows]
        if not reading.rows:
            raise tabular.FileError(_lt("The file has headers, and no rows below."))
        self._read_cells(reading)
        self._identify(reading)
        for row in reading.rows:
            if not row.problems:
                self._check_row(row)
        self._settle(reading)
        return reading

    def _known_headers(self):
        """``{header as it is compared: Column}``, in every language there is."""
        known = {}
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for column in self._columns():
            names = {column.name, *column.headers}
            for lang in {*languages, "en_US"}:
                names.add(self.with_context(lang=lang)._label(column))
            known.update({_header_key(name): column for name in names})
        return known

    def _read_headers(self, headers, known):
        columns, unused = {}, []
        for position, header in enumerate(headers):
            column = known.get(_header_key(header))
            if column in columns.values():
                raise tabular.FileError(
                    _lt(
                        "The column “%(column)s” is there twice.",
                        column=self._label(column),
                    )
                )
            if column:
                columns[position] = column
            elif header is not None and fold(header) not in SAID_BESIDE_ROWS:
                unused.append(str(header))
        if not columns:
            raise tabular.FileError(
                _lt(
                    "The first row has no header that is known. Take the headers of "
                    "the template."
                )
            )
        self._check_complete(columns.values())
        return Reading(columns, headers, unused, [], None)

    def _check_complete(self, found):
        """:raise FileError: if a column is missing that every row needs"""
        missing = [
            self._label(column)
            for column in self._columns()
            if column.is_required and column not in found
        ]
        if missing:
            raise tabular.FileError(
                _lt("These columns are missing: %(columns)s.", columns=_list(missing))
            )
        if not any(column.identifies for column in found):
            labels = map(self._label, self._identifying())
            raise tabular.FileError(
                _lt(
                    "One of these columns is needed, to know whom a row is about: "
                    "%(columns)s.",
                    columns=_list(labels),
                )
            )

    @api.model
    def _identifying(self):
        return [column for column in self._columns() if column.identifies]

    def _read_cells(self, reading):
        notation = self._notation(reading)
        choices = {
            column.name: self._choices(column)
            for column in reading.columns.values()
            if column.reads in ("code", "choice")
        }
        for row in reading.rows:
            for position, cell in enumerate(row.cells):
                if cell is None:
                    continue
                if column := reading.columns.get(position):
                    self._read_cell(row, column, cell, notation, choices)
                elif reading.headers[position : position + 1] in ([], [None]):
                    row.refuse(
                        _letter(position),
                        self.env._(
                            "This cell has no header: a separator in a text may have "
                            "moved the cells of this row."
                        ),
                    )
            self._check_filled(row, reading.columns.values())

    def _read_cell(self, row, column, cell, notation, choices):
        try:
            if column.name not in choices:
                row.values[column.name] = say(column.reads, cell, notation)
                return
            text = say("text", cell, notation)
            found = choices[column.name].get(fold(text), ())
            if len(found) != 1:
                raise CellError(
                    _lt(
                        "“%(value)s” is none of the values of this column: see the "
                        "template",
                        value=text,
                    )
                )
            [row.values[column.name]] = found
        except CellError as error:
            row.refuse(self._label(column), self.env._(error.reason))

    def _check_filled(self, row, columns):
        refused = {label for label, _reason in row.problems}
        for column in columns:
            label = self._label(column)
            is_said = column.name in row.values or label in refused
            if column.is_required and not is_said:
                row.refuse(label, self.env._("A value is needed here."))

    def _notation(self, reading):
        """How the file writes its numbers and dates."""
        numbers = [
            row.cells[position]
            for position, column in reading.columns.items()
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
        """``{as it is compared: values}`` of a column, in every installed language."""
        choices = {}
        target = self.env[self._target]
        for lang, _name in self.env["res.lang"].get_installed():
            localised = target.with_context(lang=lang)
            for value, names in self._named(localised, column):
                for name in filter(None, names):
                    choices.setdefault(fold(name), set()).add(value)
        return choices

    def _named(self, target, column):
        """Each value that a column may have, with its names in one language."""
        field = target._fields[column.name]
        if column.reads == "choice":
            return [
                (value, (value, label))
                for value, label in field._description_selection(target.env)
            ]
        records = target.env[field.comodel_name].search(Domain.TRUE)
        code = "code" if "code" in records._fields else "name"
        return [(record.id, (record[code], record.name)) for record in records]

    # -- whom a row is about -------------------------------------------------

    def _identify(self, reading):
        """Find whom each row is about; all of its columns must name the same one."""
        columns = [each for each in reading.columns.values() if each.identifies]
        found = {column: {} for column in columns}
        for column in columns:
            texts = {row.values.get(column.name) for row in reading.rows} - {None}
            for subject, value, is_active in self._named_by(column.name, texts):
                key = self._subject_key(column.name, value)
                found[column].setdefault(key, {})[subject] = is_active
        for row in reading.rows:
            self._identify_row(row, found)

    def _named_by(self, name, texts):
        if not texts:
            return []
        return self._by_id(texts) if name == "id" else self._subjects(name)

    def _by_id(self, texts):
        """Those with these database or external ids."""
        model = self._subject_model().with_context(active_test=False)
        numbers = {
            text: int(text) for text in texts if re.fullmatch("[0-9]{1,9}", text)
        }
        pairs = [tuple(text.split(".", 1)) for text in texts if text.count(".") == 1]
        data = self.env["ir.model.data"].sudo()
        for line in data.search_fetch(
            [
                ("model", "=", model._name),
                ("module", "in", [module for module, _name in pairs]),
                ("name", "in", [name for _module, name in pairs]),
            ],
            ["complete_name", "res_id"],
        ):
            numbers[line.complete_name] = line.res_id
        visible = model.search(
            [("id", "in", list(numbers.values())), *self._subject_domain()]
        )
        records = {record.id: record for record in visible}
        return [
            (self._entity(records[number]).id, text, records[number].active)
            for text, number in numbers.items()
            if number in records
        ]

    @api.model
    def _subject_domain(self):
        """Of whom a row may be, beside what the user may see."""
        return []

    @api.model
    def _entity(self, subject):
        """Whom a row about this one is about."""
        return subject

    def _identify_row(self, row, found):
        candidates, first = None, None
        for column, by_key in found.items():
            value = row.values.get(column.name)
            if value is None:
                continue
            named = by_key.get(self._subject_key(column.name, value), {})
            if not named:
                row.refuse(self._label(column), self._nobody(value))
                return
            both = {
                subject: is_active
                for subject, is_active in named.items()
                if candidates is None or subject in candidates
            }
            if not both:
                row.refuse(
                    self._label(column),
                    self.env._(
                        "“%(value)s” is another one than “%(column)s” says.",
                        value=value,
                        column=self._label(first),
                    ),
                )
                return
            candidates, first = both, first or column
        if candidates is None:
            self._refuse_unnamed(row)
            return
        active = [subject for subject, is_active in candidates.items() if is_active]
        subjects = active or list(candidates)
        if len(subjects) > 1:
            row.refuse(
                self._label(first),
                self.env._(
                    "%(count)s are called “%(value)s”: say which one in another of the "
                    "columns %(columns)s.",
                    count=len(subjects),
                    value=row.values[first.name],
                    columns=_list(map(self._label, self._identifying())),
                ),
            )
            return
        [row.subject] = subjects

    def _refuse_unnamed(self, row):
        labels = [self._label(column) for column in self._identifying()]
        if {label for label, _reason in row.problems}.isdisjoint(labels):
            row.refuse(labels[0], self.env._("It does not say whom it is about."))

    # -- what is there already -----------------------------------------------

    def _settle(self, reading):
        """Tell apart what is new, what is there, and what contradicts that."""
        rows = [row for row in reading.rows if not row.problems]
        said, of_subject = {}, {}

        def add(subject, each):
            of_subject.setdefault(subject, []).append(each)
            for key in self._keys(subject, each.values):
                said.setdefault(key, each)

        for record in self._existing({row.subject for row in rows}):
            add(record[self._subject_field].id, Said(self._values_of(record)))
        for row in rows:
            keys = self._keys(row.subject, row.values)
            same = next((said[key] for key in keys if key in said), None)
            if same:
                self._compare(row, same, reading.columns.values())
                continue
            self._conflict(row, of_subject.get(row.subject, ()))
            if not row.problems:
                add(row.subject, Said(row.values, row.number))

    def _values_of(self, record):
        """What a record says in the columns of a file."""
        return {
            column.name: (
                record[column.name].id
                if column.reads == "code"
                else record[column.name]
            )
            for column in self._columns()
            if not column.identifies
        }

    def _compare(self, row, same, columns):
        """A row that says what is there is known; another is refused, not written."""
        for column in columns:
            name = column.name
            if column.identifies or not self._differs(
                column, row.values.get(name), same.values.get(name)
            ):
                continue
            row.refuse(self._label(column), self._difference(same, column))
        row.is_known = not row.problems

    def _difference(self, same, column):
        there = self._in_words(column, same.values.get(column.name))
        if same.number:
            return self.env._(
                "Row %(row)s of this file is about the same and says “%(there)s”.",
                row=same.number,
                there=there or self.env._("nothing"),
            )
        return self.env._(
            "It is in Odoo already, with “%(there)s” here: change it there, or this "
            "row.",
            there=there or self.env._("nothing"),
        )

    # -- in words ------------------------------------------------------------

    def _in_words(self, column, value):
        """A value as the user reads it."""
        if not value:
            return ""
        field = self.env[self._target]._fields[column.name]
        if column.reads == "code":
            return self.env[field.comodel_name].browse(value).display_name
        if column.reads == "choice":
            return dict(field._description_selection(self.env))[value]
        if column.reads == "date":
            return format_date(self.env, value)
        if column.reads in ("number", "percentage"):
            return formatLang(self.env, value, 2 if value == round(value, 2) else 6)
        return str(value)

    def _summaries(self, rows):
        """What each of these rows will make, for the preview."""
        self._subject_model().browse({row.subject for row in rows}).fetch(["name"])
        return {row.number: self._summary(row) for row in rows}

    def _summary(self, row):
        words = [self._subject_model().browse(row.subject).name]
        for column in self._columns():
            value = row.values.get(column.name)
            if column.identifies or not value:
                continue
            text = self._in_words(column, value)
            if column.reads == "flag":
                text = self._label(column)
            elif column.reads not in ("code", "choice"):
                text = f"{self._label(column)} {text}"
            words.append(text)
        return " · ".join(words)

    # -- writing -------------------------------------------------------------

    @api.model
    def _import(self, content):
        """Write the good rows of a file, all in the transaction of the caller.

        Two who import at once do so one after the other: who comes second waits for
        the first, starts anew (Odoo does that), and finds those rows there already.

        :return: ``Reading``, of which the good rows have been written
        :raise FileError: as ``_read``
        """
        # What has been read before another's import ended is out of date: changing a
        # row that the other changed too tells PostgreSQL, and Odoo starts anew.
        self.env.cr.execute(
            SQL("UPDATE ir_model SET state = state WHERE model = %s", self._target),
            log_exceptions=False,
        )
        reading = self._read(content)
        good = [row for row in reading.rows if row.state == "good"]
        for start in range(0, len(good), BATCH):
            self._write(good[start : start + BATCH])
        return reading

    def _write(self, rows):
        """Write these rows; where they cannot be written together, one by one."""
        error = self._try_to_write(rows)
        if error is None:
            return
        if len(rows) == 1:
            [row] = rows
            row.refuse(*self._place(error))
            return
        for row in rows:
            self._write([row])

    def _try_to_write(self, rows):
        """Write all of these rows, or none.

        :return: why not, in words, or None
        """
        model = self.env[self._target]
        try:
            # PostgreSQL's messages hold the values of the row.
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                defaults = self._defaults()
                model.create([defaults | self._vals(row) for row in rows])
        except UserError as error:
            return str(error)
        except (IntegrityError, DataError) as error:
            return model._sql_error_to_message(error)
        return None

    def _defaults(self):
        """What a row gets that does not say it, asked once for all of them."""
        names = [each.name for each in self._columns() if not each.identifies]
        return self.env[self._target].default_get(names)

    def _vals(self, row):
        """What is written of a row."""
        identifying = {column.name for column in self._identifying()}
        return {
            self._subject_field: row.subject,
            **{n: v for n, v in row.values.items() if n not in identifying},
        }

    def _place(self, message):
        """The column that a message of the model is about, and the message."""
        labels = [self._label(column) for column in self._columns()]
        named = [label for label in labels if f"({label}" in message]
        return (named or labels)[0], message


def _header_key(header):
    """A header as it is compared: letters and digits."""
    return re.sub(r"[\W_]+", "", fold("" if header is None else header))


def _letter(position):
    """The letters above a column of a spreadsheet."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _list(words):
    return ", ".join(words)
