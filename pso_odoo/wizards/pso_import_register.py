from collections import defaultdict
from datetime import date

from psycopg2 import DataError, IntegrityError

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import mute_logger
from odoo.tools.translate import LazyTranslate

from ..tools.cells import fold
from ..tools.importing import HEADERS, ExistingValues, KnownColumn
from ..tools.naming import kvk_key, name_key, place_key, vat_key
from ..tools.registry import is_vat
from ..tools.table import Percent
from .pso_import_certificate import STEP
from .pso_import_subject import TOTALS

_lt = LazyTranslate(__name__)

LONG_AGO = date(1900, 1, 1)
# What is the same however it is written.
KEYS = {
    "name": name_key,
    "company_registry": kvk_key,
    "vat": vat_key,
    "place": place_key,
}


def _column(name, *args, like=(), **kwargs):
    """Make a column of the register, with the headers of another list too.

    :param like: the list and the column there
    """
    headers = (*HEADERS.get(("register", name), ()), *HEADERS.get(like, ()))
    return KnownColumn(name, *args, headers=headers, **kwargs)


class PsoImportRegister(models.AbstractModel):
    """Import of the register of certified organisations, which is repeated.

    A row is new, changes the entry that there is, or says what is there; what a list
    leaves empty it does not say. Vendors and certificates are left alone: which vendor
    it is, and what that changes, is looked at afterwards.
    """

    _name = "pso.import.register"
    _description = "Import of the PSO Register"
    _inherit = ["pso.import.mixin"]

    _target = "pso.register.entry"

    def _columns(self):
        return (
            _column(
                "name",
                is_required=True,
                like=("vendor", "partner"),
                example="Voorbeeld B.V.",
            ),
            _column(
                "company_registry",
                like=("vendor", "company_registry"),
                example="12345678",
            ),
            _column("vat", like=("vendor", "vat")),
            _column("place", example="Utrecht"),
            _column(
                "kind",
                "choice",
                like=("certificate", "kind"),
                example="pso",
                about=_lt("If empty: a PSO certificate."),
            ),
            _column(
                "level_id", "code", like=("certificate", "level_id"), example="step2"
            ),
            _column("is_pso30", "flag", like=("certificate", "is_pso30")),
            _column("number", like=("certificate", "number")),
            _column(
                "date_start",
                "date",
                like=("certificate", "date_start"),
                example="2025-01-01",
            ),
            _column("date_end", "date", like=("certificate", "date_end")),
            _column("sbi", example="81.21"),
            _column("trade"),
            _column("products"),
        )

    def _choice_key(self, column, text):
        step = column.name == "level_id" and STEP.fullmatch(fold(text))
        return f"step{step[1]}" if step else super()._choice_key(column, text)

    # -- reading ---------------------------------------------------------------

    def _check_subject_column(self, _columns):
        """Ask for no column that names somebody who is there already."""

    def _read_cell(self, row, column, cell, notation, choices):
        if column.name == "sbi" and isinstance(cell, float):
            if not isinstance(cell, Percent):
                cell = f"{cell:g}"  # a code, though a spreadsheet takes it for a number
        return super()._read_cell(row, column, cell, notation, choices)

    def _identify(self, rows):
        """Refuse totals and the example of the template; each other row is somebody."""
        examples = {column.name: column.example for column in self._columns()}
        named = ("name", "company_registry", "place")
        for row in rows:
            if all(row.values.get(each) == examples[each] for each in named):
                self._refuse(
                    row, "name", self.env._("This is the example of the template.")
                )
            name = row.values.get("name", "")
            if TOTALS.fullmatch(fold(name)) and len(row.values) < 3:
                row.problems.clear()
                self._refuse(
                    row,
                    "name",
                    self.env._("This looks like a row of totals: it is not imported."),
                )

    def _check_row(self, row):
        """Refuse what the register cannot say, naming the column."""
        values = row.values
        number, vat = values.get("company_registry"), values.get("vat")
        if number and not kvk_key(number):
            reason = self.env[self._target]._say_no_kvk(number)
            self._refuse(row, "company_registry", reason.rpartition(" (")[0])
        if vat and not is_vat(vat):
            self._refuse(row, "vat", self.env._("This is no VAT number."))
        if values.get("kind") == "sw" and "level_id" in values:
            self._refuse(
                row, "level_id", self.env._("A sheltered-work company has no level.")
            )
        start, end = values.get("date_start"), values.get("date_end")
        if start and end and end < start:
            self._refuse(
                row,
                "date_end",
                self.env._("A certificate cannot end before it starts."),
            )

    # -- what is there already -------------------------------------------------

    def _match_existing(self, reading):
        """Tell apart what is new, changed and the same, and who left the register."""
        hidden = reading.table.hidden_rows
        shown = [row for row in reading.rows if row.number not in hidden]
        rows = [row for row in shown if not row.problems]
        self._settle_duplicates(rows)
        entries = self.env[self._target].search(Domain.TRUE, order="id")
        known = Known(entries)
        taken = {}
        for row in rows:
            if row.state == "good":
                self._match_row(row, known, taken)
        # Whoever cannot be told from a row may be one of those that seem to be gone.
        unknown = hidden or any("name" not in row.values for row in shown)
        there = {id_ for row in shown for id_ in known.all_of(row.values)}
        # A list of certificates says nothing of who needs none, nor the other way.
        kinds = {row.values.get("kind") or "pso" for row in shown}
        reading.left = [
            entry.id
            for entry in entries
            if not unknown
            and not entry.left_on
            and entry.kind in kinds
            and entry.id not in there
        ]
        reading.is_left_unknown = bool(unknown)

    def _match_row(self, row, known, taken):
        """Find the entry that a row is about, and say what changes of it.

        :param taken: ``{id of an entry: row that is about it}``
        """
        found = known.find(row.values)
        if len(found) > 1:
            self._refuse(
                row,
                "name",
                self.env._(
                    "%(count)s of this name are in the register: say which one by "
                    "its KvK number or place.",
                    count=len(found),
                ),
            )
            return
        for entry in found:
            if other := taken.get(entry.id):
                self._refuse(
                    row,
                    "name",
                    self.env._("Row %(row)s is about the same.", row=other.number),
                )
                return
            taken[entry.id] = row
            row.subject = entry.id
            changes = self._changes(entry, row.values)
            row.is_known, row.is_changed = not changes, bool(changes)
            row.hints.extend(changes)

    def _changes(self, entry, values):
        """Say in words what a row changes of an entry: old → new."""
        there = self._values_of(entry)
        changes = [
            self.env._(
                "%(column)s: %(old)s → %(new)s.",
                column=self._label(column),
                old=self._in_words(column, there[column.name]) or "–",
                new=self._in_words(column, values[column.name]) or "–",
            )
            for column in self._columns()
            if self._differs(column, values.get(column.name), there[column.name])
        ]
        if entry.left_on:
            changes.append(self.env._("Back in the register."))
        return changes

    def _in_words(self, column, value):
        if column.reads == "flag":
            return self.env._("yes") if value else self.env._("no")
        return super()._in_words(column, value)

    def _settle_duplicates(self, rows):
        """Keep one row of each organisation; name the others, and refuse what differs.

        Of a certificate and the one before it the later is what the register says.
        """
        for group in _groups(rows):
            latest = max(group, key=_by_day_and_number)
            for row in group:
                if row is latest:
                    continue
                if _by_day(row) < _by_day(latest):
                    row.is_known = True
                    row.hints.append(
                        self.env._(
                            "Row %(row)s has a later certificate.", row=latest.number
                        )
                    )
                else:
                    self._compare_rows(row, latest)

    def _compare_rows(self, row, other):
        """Know a row that says what another does; of two that differ refuse both."""
        for column in self._columns():
            here, there = row.values.get(column.name), other.values.get(column.name)
            if None in (here, there):
                continue  # an empty cell says nothing
            key = KEYS.get(column.name, lambda value: value)
            if key(here) == key(there):
                continue
            for one, two in ((row, other), (other, row)):
                same = ExistingValues(two.values, two.number)
                one.refuse(self._label(column), self._difference(same, column))
            return
        row.is_known = True
        row.hints.append(
            self.env._("The same as row %(row)s of this file.", row=other.number)
        )

    # -- writing ---------------------------------------------------------------

    def _import(self, content, decisions=None):
        """Write the register as the file has it, and look for its vendors.

        What the file leaves out is said to have left, if it is the whole register.
        """
        reading = super()._import(content, decisions)
        if reading.open_columns:
            return reading
        entries = self.env[self._target]
        today = fields.Date.context_today(self)
        seen = entries.browse({row.subject for row in reading.rows if row.subject})
        source = self.env.context.get("pso_register_source")
        seen.write({"last_seen": today, "left_on": False, "source": source})
        if self._is_whole():
            entries.browse(reading.left).write({"left_on": today})
        seen._find_vendors()
        return reading

    def _is_whole(self):
        """Return whether the user says that the file is the whole register."""
        return bool(self.env.context.get("pso_register_is_whole"))

    def _try_to_write(self, rows):
        """Write all of these rows, or none; return why not, in words, or None."""
        entries = self.env[self._target]
        new = [row for row in rows if not row.subject]
        categories = self._categories(new)
        try:
            # PostgreSQL's messages hold the values of the row.
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                made = entries.create(
                    [
                        row.values | {"category_ids": categories[row.number]}
                        for row in new
                    ]
                )
                for row in rows:
                    if row.subject:
                        entries.browse(row.subject).write(row.values)
        except UserError as error:
            return str(error)
        except (IntegrityError, DataError) as error:
            return entries._sql_error_to_message(error)
        for row, entry in zip(new, made, strict=True):
            row.subject = entry.id
        return None

    def _categories(self, rows):
        """Find the product categories that lists name: ``{number of a row: ids}``."""
        if not any(row.values.get("products") for row in rows):
            return {row.number: [] for row in rows}
        by_name = defaultdict(list)
        for category in self.env["product.category"].search_fetch([], ["name"]):
            by_name[fold(category.name)].append(category.id)
        return {
            row.number: [
                id_
                for text in row.values.get("products", "").replace(";", ",").split(",")
                for id_ in by_name[fold(text)]
            ]
            for row in rows
        }

    # -- in words --------------------------------------------------------------

    def _summaries(self, rows):
        return {row.number: self._summary(row) for row in rows}

    def _summary(self, row):
        words = []
        for column in self._columns():
            if value := row.values.get(column.name):
                text = self._in_words(column, value)
                is_flag = column.reads == "flag"
                words.append(self._label(column) if is_flag else text)
        return " · ".join(words)


class Known:
    """Entries of the register, by what a row may say of them."""

    def __init__(self, entries):
        self.by_kvk, self.by_vat = defaultdict(list), defaultdict(list)
        self.by_name = defaultdict(list)
        for entry in entries:
            self.by_kvk[entry.registry_key or "", entry.kind].append(entry)
            self.by_vat[entry.vat_key or "", entry.kind].append(entry)
            self.by_name[entry.name_key, entry.kind].append(entry)

    def find(self, values):
        """Return the entries that a row may be about, which is one if it is clear.

        A number decides; one that the register does not have yet is of an entry of
        that name without a number, if there is one.
        """
        kind = values.get("kind") or "pso"
        kvk = kvk_key(values.get("company_registry"))
        vat = vat_key(values.get("vat"))
        for found in (self._of_kvk(kvk, kind), self._of_vat(vat, kvk, kind)):
            if found:
                return found
        named = self.by_name.get((name_key(values["name"]), kind), [])
        if kvk:
            named = [entry for entry in named if not entry.registry_key]
        place = place_key(values.get("place"))
        same_place = [entry for entry in named if entry.place_key == place]
        if kvk or place:
            fitting = [e for e in named if not e.place_key or not place]
            return same_place or fitting
        return named

    def _of_kvk(self, kvk, kind):
        return self.by_kvk.get((kvk, kind), []) if kvk else []

    def _of_vat(self, vat, kvk, kind):
        """Return those with a VAT number, but for other entities of a fiscal unity.

        These share it, and each has a KvK number of its own.
        """
        return [
            entry
            for entry in (self.by_vat.get((vat, kind), ()) if vat else ())
            if not (kvk and entry.registry_key) or entry.registry_key == kvk
        ]

    def all_of(self, values):
        """Return the ids of all that a row may be about, good or not."""
        kind = values.get("kind") or "pso"
        found = []
        kvk = kvk_key(values.get("company_registry"))
        found += self._of_kvk(kvk, kind)
        found += self._of_vat(vat_key(values.get("vat")), kvk, kind)
        if not found and values.get("name"):
            found += self.by_name.get((name_key(values["name"]), kind), ())
        return {entry.id for entry in found}


def _groups(rows):
    """Group the rows of a file that are about the same organisation.

    A row without a number is about the one of that name and place that has one.
    """
    by_number, by_name = {}, {}
    for row in rows:
        kind = row.values.get("kind") or "pso"
        name = (name_key(row.values["name"]), place_key(row.values.get("place")), kind)
        number = _number_of(row)
        if number:
            by_number.setdefault((number, kind), []).append(row)
        by_name.setdefault(name, {}).setdefault(number, []).append(row)
    groups = list(by_number.values())
    for numbers in by_name.values():
        unnumbered = numbers.pop("", [])
        if len(numbers) == 1:
            [number] = numbers
            kind = numbers[number][0].values.get("kind") or "pso"
            by_number[number, kind] += unnumbered
        elif unnumbered:
            groups.append(unnumbered)
    return [group for group in groups if len(group) > 1]


def _number_of(row):
    kvk = kvk_key(row.values.get("company_registry"))
    return kvk or vat_key(row.values.get("vat"))


def _by_day(row):
    return row.values.get("date_start") or LONG_AGO


def _by_day_and_number(row):
    return _by_day(row), bool(_number_of(row))
