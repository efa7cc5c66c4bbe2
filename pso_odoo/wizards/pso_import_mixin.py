from psycopg2 import DataError, IntegrityError

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, formatLang, mute_logger
from odoo.tools.translate import LazyTranslate

from ..tools.archive import FileError
from ..tools.cells import fold
from ..tools.importing import PROOF, ROW_COLUMN, ExistingValues
from ..tools.labels import selection_label

_lt = LazyTranslate(__name__)

BATCH = 500


class PsoImportMixin(models.AbstractModel):
    """Make records of one model of the rows of a file.

    A file is read, its rows are held against the database, and what is good is
    written. The first two change nothing and ask no query for each row. Each row
    stands by itself: it is written whole, refused with column and reason, or known.
    """

    _name = "pso.import.mixin"
    _description = "Import of PSO Records"

    _target = None  # the model that is written
    _subject_field = None  # its field that says whom or what a row is about

    # -- what a kind of import says of itself --------------------------------

    def _columns(self):
        """Say which columns a file may have: ``KnownColumn`` of each."""
        raise NotImplementedError

    def _subjects(self, name):
        """Read those whom a row may be about: ``(id, what a column holds, is active)``.

        :param name: of a column that identifies
        """
        raise NotImplementedError

    def _subject_model(self):
        field = self.env[self._target]._fields[self._subject_field]
        return self.env[field.comodel_name]

    def _subject_key(self, _name, text):
        """Make a key that is the same for the same one, however it is written."""
        return fold(text)

    def _no_match_message(self, value):
        """Say that a cell names nobody."""
        raise NotImplementedError

    def _check_row(self, row):
        """Refuse what the model would refuse; complete its values."""

    def _keys(self, subject, values):
        """Make the keys by which a row is recognised, the surest first."""
        raise NotImplementedError

    def _existing(self, subjects):
        """Find the records of these subjects, in the order they were made."""
        model = self.env[self._target]
        domain = [(self._subject_field, "in", list(subjects))]
        return model.search(domain, order="id") if subjects else model

    def _differs(self, column, value, other):
        """Tell whether a cell says something else than is there; no empty one does."""
        if value is None:
            return False
        if column.name == "evidence_state":  # somebody may have looked at it since
            other = other or PROOF[0]
            return PROOF.index(value) > PROOF.index(other)
        if isinstance(value, float):
            return abs(value - (other or 0)) > 1e-9 * max(1, abs(value))
        return (value or None) != (other or None)

    def _conflict(self, _row, _others):
        """Refuse a row that contradicts what else is said of its subject.

        :param others: ``ExistingValues`` of the same subject
        """

    # -- reading -------------------------------------------------------------

    def _check_access_to_import(self):
        """Refuse who may not make such records.

        :raise AccessError: naming the model
        """
        self.env[self._target].check_access("create")

    def _refuse(self, row, name, reason):
        """Refuse a row for one of its columns."""
        column = next(each for each in self._columns() if each.name == name)
        row.refuse(self._label(column), reason)

    def _label(self, column):
        if column.label:
            return self.env._(column.label)
        return self.env[self._target]._fields[column.name]._description_string(self.env)

    def _read(self, content, decisions=None):
        """Read the rows of a file, and hold them against what is there.

        :param content: the bytes of a CSV or XLSX file
        :param decisions: what the user has said of its columns:
            ``{position: (header, name of a KnownColumn or LEFT_OUT)}``
        :return: ``Reading``
        :raise FileError: if it cannot be read as a whole, or lacks a column
        """
        reading = self._read_head(content, decisions or {})
        if not reading.rows:
            raise FileError(_lt("The file has headers, and no rows below."))
        hidden = reading.table.hidden_rows
        shown = [row for row in reading.rows if row.number not in hidden]
        self._read_cells(reading, shown)
        # Before: who is not found has the other mistakes of the row told as well.
        for row in shown:
            if not row.problems:
                self._check_row(row)
        self._identify(shown)
        self._match_existing(reading)
        self._refuse_hidden(reading)
        return reading

    def _refuse_hidden(self, reading):
        """Refuse what a spreadsheet does not show: nobody has looked at it."""
        for row in reading.rows:
            if row.number in reading.table.hidden_rows:
                row.refuse(
                    self.env._(ROW_COLUMN),
                    self.env._(
                        "Your spreadsheet hides this row, by a filter for instance: "
                        "show it, or delete it."
                    ),
                )

    # -- what is there already -----------------------------------------------

    def _match_existing(self, reading):
        """Tell apart what is new, what is there, and what contradicts that."""
        hidden = reading.table.hidden_rows
        rows = [
            row for row in reading.rows if not row.problems and row.number not in hidden
        ]
        by_key, of_subject = {}, {}

        def add(subject, each):
            of_subject.setdefault(subject, []).append(each)
            for key in self._keys(subject, each.values):
                by_key.setdefault(key, each)

        for record in self._existing({row.subject for row in rows}):
            add(record[self._subject_field].id, ExistingValues(self._values_of(record)))
        for row in rows:
            keys = self._keys(row.subject, row.values)
            same = next((by_key[key] for key in keys if key in by_key), None)
            if same:
                self._compare(row, same, reading.known_columns.values())
                continue
            self._conflict(row, of_subject.get(row.subject, ()))
            if not row.problems:
                add(row.subject, ExistingValues(row.values, row.number, row.derived))
        good = [row for row in rows if row.state == "good"]
        if good:
            self._derive(good, of_subject)

    def _derive(self, rows, _of_subject):
        """Complete what will be written of rows though no cell says it; return them.

        :param of_subject: ``{id: ExistingValues of this subject}``
        """
        defaults = self._defaults()
        defaults.pop("evidence_state", None)
        for row in rows:
            row.derived.update(
                (name, value)
                for name, value in defaults.items()
                if value and name not in row.values
            )
        return rows

    def _values_of(self, record):
        """Read what a record says in the columns of a file."""
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
        """Know a row that says what is there; refuse another, which is not written."""
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

    # -- writing -------------------------------------------------------------

    def _import(self, content, decisions=None):
        """Write the good rows of a file, all in the transaction of the caller.

        Nothing is written while there are columns of which nobody knows what they are.
        Two who import at once do so one after the other: who comes second waits for
        the first, starts anew (Odoo does that), and finds those rows there already.

        :param decisions: as for ``_read``
        :return: ``Reading``, of which the good rows have been written
        :raise FileError: as ``_read``
        """
        # What has been read before another's import ended is out of date: changing a
        # row that the other changed too tells PostgreSQL, and Odoo starts anew.
        self.env.cr.execute(
            SQL("UPDATE ir_model SET state = state WHERE model = %s", self._target),
            log_exceptions=False,
        )
        reading = self._read(content, decisions)
        if reading.open_columns:
            return reading
        good = [row for row in reading.rows if row.state in ("good", "changed")]
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
            row.refuse(*self._column_of_message(error))
            return
        for row in rows:
            self._write([row])

    def _try_to_write(self, rows):
        """Write all of these rows, or none; return why not, in words, or None."""
        model = self.env[self._target]
        try:
            # PostgreSQL's messages hold the values of the row.
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                defaults = self._defaults()
                model.create([_as_listed(defaults | self._vals(row)) for row in rows])
        except UserError as error:
            return str(error)
        except (IntegrityError, DataError) as error:
            return model._sql_error_to_message(error)
        return None

    def _defaults(self):
        """Ask what a row gets that does not say it, once for all of them."""
        names = [each.name for each in self._columns() if not each.identifies]
        return self.env[self._target].default_get(names)

    def _vals(self, row):
        """Make the values of a row that are written."""
        identifying = {column.name for column in self._identifying()}
        return {
            self._subject_field: row.subject,
            **{n: v for n, v in row.values.items() if n not in identifying},
        }

    def _column_of_message(self, message):
        """Find the column that a message of the model is about; return both."""
        labels = [self._label(column) for column in self._columns()]
        named = [label for label in labels if f"({label}" in message]
        return (named or labels)[0], message

    # -- in words ------------------------------------------------------------

    def _in_words(self, column, value):
        """Write a value as the user reads it."""
        if not value:
            return ""
        field = self.env[self._target]._fields[column.name]
        if column.reads == "code":
            return self.env[field.comodel_name].browse(value).display_name
        if column.reads == "choice":
            return selection_label(self.env[self._target], column.name, value)
        if column.reads == "date":
            return format_date(self.env, value)
        if column.reads in ("number", "percentage"):
            return formatLang(self.env, value, 2 if value == round(value, 2) else 6)
        return str(value)

    def _summaries(self, rows):
        """Say what each of these rows will make, for the preview."""
        self._subject_model().browse({row.subject for row in rows}).fetch(["name"])
        return {row.number: self._summary(row) for row in rows}

    def _summary(self, row):
        words = [self._subject_model().browse(row.subject).name]
        for column in self._columns():
            value = row.values.get(column.name, row.derived.get(column.name))
            if column.identifies or not value:
                continue
            text = self._in_words(column, value)
            if column.reads == "flag":
                text = self._label(column)
            elif column.reads not in ("code", "choice"):
                text = f"{self._label(column)} {text}"
            if column.name not in row.values:
                text = self.env._("%(value)s (derived)", value=text)
            words.append(text)
        return " · ".join(words)


def _as_listed(vals):
    """Return values of which, if they are said to be verified, it is told by what."""
    if vals.get("evidence_state") == "verified":
        return {"proof_kind": "list", **vals}
    return vals
