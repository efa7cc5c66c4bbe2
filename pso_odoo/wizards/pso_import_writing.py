from psycopg2 import DataError, IntegrityError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from ..tools.importing import ExistingValues

BATCH = 500


class PsoImportMixin(models.AbstractModel):
    """Hold the rows of a file against what is there, and write those that are new."""

    _inherit = "pso.import.mixin"

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

    @api.model
    def _derive(self, rows, _of_subject):
        """Complete what will be written of rows though no cell says it.

        :param of_subject: ``{id: ExistingValues of this subject}``
        :return: the rows
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

    @api.model
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
            row.refuse(*self._column_of_message(error))
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
