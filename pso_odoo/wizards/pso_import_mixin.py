import re
from dataclasses import dataclass, field
from itertools import islice

from psycopg2 import DataError, IntegrityError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang, mute_logger
from odoo.tools.translate import LazyTranslate

from ..tools import tabular
from ..tools.cells import CellError, Notation, decimal_mark, fold, fractions, parse_cell
from ..tools.headers import find_head, header_key, header_keys
from ..tools.table import FileTable

_lt = LazyTranslate(__name__)

BATCH = 500
PROOF = ("missing", "received", "verified")
NUMBERS = {"number", "percentage", "whole"}
# Columns of the file of rows to mend, which are no part of what is imported.
ROW_COLUMN = _lt("Row")
REASON_COLUMN = _lt("Reason")
SAID_BESIDE_ROWS = {"rij", "row", "reden", "reason"}
# What lists say beside it, in columns for which no import has a field.
BESIDE = frozenset(
    header_key(header)
    for header in (
        *("plaats", "vestigingsplaats", "woonplaats", "city", "place", "town"),
        *("adres", "address", "straat", "street", "huisnummer", "postcode", "zip"),
        *("zip code", "postal code", "land", "country", "provincie", "province"),
        *("telefoon", "telefoonnummer", "phone", "mobiel", "mobile", "website"),
        *("contactpersoon", "contact person", "functie", "job title", "afdeling"),
        *("department", "sector", "branche", "regio", "region", "geslacht", "gender"),
        *("geboortedatum", "date of birth", "opmerking", "opmerkingen", "remark"),
        *("remarks", "comment", "comments", "toelichting", "notitie", "notities"),
        *("note", "notes", "volgnummer", "volgnr"),
    )
)
TOTALS = re.compile(
    r"(?:sub|eind|grand )?(?:totaal|totalen|total|totals|som|sum|summe|gemiddelde?"
    r"|average)\b.{0,20}"
)
END_HEADERS = (
    *("end", "end date", "einde", "einddatum", "datum einde", "tot", "t/m"),
    *("tot en met", "geldig tot", "geldig t/m", "geldig tot en met", "geldig tm"),
    *("geldigheid tot", "until", "valid until", "valid to", "valid till"),
    *("valid through", "to", "expiry date", "expires", "vervaldatum", "verloopdatum"),
    *("verloopt op", "afloopdatum", "loopt tot"),
)
PROOF_HEADERS = ("bewijs", "bewijsstuk", "bewijsstatus", "status bewijs", "evidence")
LEFT_OUT = "left_out"  # the user's word on a column that is no field
SAMPLES = 3


@dataclass(frozen=True)
class Column:
    """A column that a file may have.

    :param name: the field that it fills, or by which it names whom a row is about
    :param reads: how a cell is read: one of ``cells.READERS``, ``code`` for a record
        by its code or name, ``choice`` for a selection
    :param headers: what it may be called beside its label and its name
    :param label: what it is called, if not as the field
    :param identifies: whether it says whom the row is about
    :param strength: how surely it does: a name, which many may have, is 0
    :param also: names of other columns by which a number in this one may be meant
    :param about: what to write in it, for the template
    """

    name: str
    reads: str = "text"
    headers: tuple = ()
    label: object = field(default=None, compare=False)
    is_required: bool = False
    identifies: bool = False
    strength: int = 0
    also: tuple = ()
    example: str = ""
    about: object = field(default=None, compare=False)


@dataclass
class Row:
    """A row of the file, and what becomes of it.

    :param number: as the spreadsheet shows it
    :param values: what the cells say, by column name, without empty ones
    :param claims: ``(Column, text)`` of the cells that say whom it is about
    :param subject: the id of whom or what it is about
    :param derived: what will be written though no cell says it, by column name
    :param problems: ``(column, reason)`` in words
    :param hints: in words, what the user should look at though the row is good
    :param is_known: it is in the database already, or earlier in the file
    """

    number: int
    cells: list
    values: dict = field(default_factory=dict)
    claims: list = field(default_factory=list)
    subject: int = 0
    derived: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    hints: list = field(default_factory=list)
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
class Use:
    """A column of the file, and what becomes of it.

    :param column: the ``Column`` that it is, None if it is left out or not known
    :param is_remembered: the user has said so at an earlier import
    :param is_open: it holds something, and nobody knows what it is
    """

    position: int
    header: str
    column: object = None
    samples: list = field(default_factory=list)
    is_remembered: bool = False
    is_open: bool = False
    is_hidden: bool = False

    @property
    def name(self):
        return self.column.name if self.column else not self.is_open and LEFT_OUT


@dataclass
class Reading:
    """What a file holds.

    :param uses: ``Use`` of each column that has a header
    :param headers: the texts of the headers, by position
    :param above: how many rows stand above the headers
    """

    uses: list
    headers: list
    above: int
    rows: list
    table: FileTable

    @property
    def columns(self):
        return {use.position: use.column for use in self.uses if use.column}

    @property
    def open_uses(self):
        return [use for use in self.uses if use.is_open]


class HeaderError(tabular.FileError):
    """Why a file cannot be read, and what is known of its columns."""

    def __init__(self, reason, uses):
        super().__init__(reason)
        self.uses = uses


@dataclass(frozen=True)
class Said:
    """What is there already, by column name.

    :param number: of the row of the file that says it, 0 for a record
    :param derived: what follows from that, by column name
    """

    values: dict
    number: int = 0
    derived: dict = field(default_factory=dict)


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
    def _read(self, content, choices=None):
        """The rows of a file, read and held against what is there.

        :param content: the bytes of a CSV or XLSX file
        :param choices: what the user has said of its columns:
            ``{position: (header, name of a Column or LEFT_OUT)}``
        :return: ``Reading``
        :raise FileError: if it cannot be read as a whole, or lacks a column
        """
        reading = self._read_head(content, choices or {})
        if not reading.rows:
            raise tabular.FileError(_lt("The file has headers, and no rows below."))
        hidden = reading.table.hidden_rows
        shown = [row for row in reading.rows if row.number not in hidden]
        self._read_cells(reading, shown)
        self._identify(shown)
        for row in shown:
            if not row.problems:
                self._check_row(row)
        self._settle(reading)
        self._refuse_hidden(reading)
        return reading

    def _refuse_hidden(self, reading):
        """What a spreadsheet does not show nobody has looked at."""
        for row in reading.rows:
            if row.number in reading.table.hidden_rows:
                row.refuse(
                    self.env._(ROW_COLUMN),
                    self.env._(
                        "Your spreadsheet hides this row, by a filter for instance: "
                        "show it, or delete it."
                    ),
                )

    # -- its columns ---------------------------------------------------------

    def _read_head(self, content, choices):
        """The columns of a file, and its rows as they are.

        :raise FileError: as ``_read``
        """
        known = self._known_headers()
        decided = self.env["pso.import.header"]._decided(self._kind())
        chosen = {header_key(header) for header, _name in choices.values()}

        def is_known(text):
            keys = header_keys(text)
            return any(key in known for key in keys) or keys[0] in {*decided, *chosen}

        def rate(rows):
            if not rows:
                return 0, 0
            head, count = find_head(rows, is_known)
            return count, len(head.headers)

        table = tabular.read(content, rate)
        head, count = find_head([cells for _number, cells in table.rows], is_known)
        rows = [Row(number, cells) for number, cells in table.rows[head.end :]]
        uses = self._uses(head.headers, rows, known, decided, choices)
        for use in uses:
            use.is_hidden = use.position in table.hidden_columns
        if not count:
            raise HeaderError(
                _lt(
                    "The first row has no header that is known. Take the headers of "
                    "the template, or say of each column what it is."
                ),
                uses,
            )
        self._check_twice(uses)
        self._check_complete(uses)
        return Reading(uses, head.headers, head.start, rows, table)

    @api.model
    def _kind(self):
        """The kind of import, as the wizard names it."""
        return self._name.rpartition(".")[2]

    def _known_headers(self):
        """``{header as it is compared: Column}``, in every language there is."""
        known = {}
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for column in self._columns():
            names = {column.name, *column.headers}
            for lang in {*languages, "en_US"}:
                names.add(self.with_context(lang=lang)._label(column))
            known.update({header_key(name): column for name in names})
        return known

    def _uses(self, headers, rows, known, decided, choices):
        """What becomes of each column that has a header."""
        by_name = {column.name: column for column in self._columns()}
        uses = []
        for position, header in enumerate(headers):
            if not header:
                continue
            use = Use(position, header, samples=self._samples(rows, position))
            said, name = choices.get(position, (None, None))
            before = decided.get(header_key(header))
            if said != header:
                name = before
            if name == LEFT_OUT or name in by_name:
                use.column = by_name.get(name)
                use.is_remembered = name == before
            else:
                use.column = self._column_of(header, known)
                use.is_open = not use.column and bool(use.samples)
                use.is_open &= not self._is_beside(header)
            uses.append(use)
        return uses

    def _column_of(self, header, known):
        keys = header_keys(header)
        return next((known[key] for key in keys if key in known), None)

    def _is_beside(self, header):
        """Whether it is known that a column is no part of an import."""
        return fold(header) in SAID_BESIDE_ROWS or header_key(header) in BESIDE

    def _samples(self, rows, position):
        """The first cells of a column that are not empty, as texts."""
        cells = (
            row.cells[position]
            for row in rows
            if position < len(row.cells) and row.cells[position] is not None
        )
        return [str(cell) for cell in islice(cells, SAMPLES)]

    def _check_twice(self, uses):
        """:raise FileError: if two columns are one field; several may name somebody"""
        filled = [use for use in uses if use.samples] or uses
        found = {}
        for use in filled:
            if not use.column or use.column.identifies:
                continue
            if other := found.get(use.column.name):
                raise HeaderError(
                    _lt(
                        "The column “%(column)s” is there twice, as “%(one)s” and as "
                        "“%(other)s”: leave one of them out.",
                        column=self._label(use.column),
                        one=other.header,
                        other=use.header,
                    ),
                    uses,
                )
            found[use.column.name] = use
        for use in uses:
            if use.column and not use.samples and use.column.name in found:
                if found[use.column.name] is not use:
                    use.column = None

    def _check_complete(self, uses):
        """:raise FileError: if a column is missing that every row needs"""
        found = {use.column for use in uses}
        missing = [
            self._label(column)
            for column in self._columns()
            if column.is_required and column not in found
        ]
        if missing:
            raise HeaderError(
                _lt("These columns are missing: %(columns)s.", columns=_list(missing)),
                uses,
            )
        if not any(column and column.identifies for column in found):
            labels = map(self._label, self._identifying())
            raise HeaderError(
                _lt(
                    "One of these columns is needed, to know whom a row is about: "
                    "%(columns)s.",
                    columns=_list(labels),
                ),
                uses,
            )

    @api.model
    def _identifying(self):
        return [column for column in self._columns() if column.identifies]

    # -- its cells -----------------------------------------------------------

    def _read_cells(self, reading, rows):
        notation = self._notation(reading)
        columns = reading.columns
        headed = {use.position for use in reading.uses}
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
                        _letter(position),
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
        """The value that a text names.

        :raise CellError: if it names none, or several
        """
        found = choices.get(self._choice_key(column, text), ())
        if len(found) != 1:
            raise CellError(
                _lt(
                    "“%(value)s” is none of the values of this column: see the "
                    "template",
                    value=text,
                )
            )
        return next(iter(found))

    @api.model
    def _choice_key(self, _column, text):
        """The name of a value as it is compared."""
        return re.sub(r"[\s_-]+", "", fold(text))

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
            for value, names in self._values_with_names(localised, column):
                for name in filter(None, names):
                    key = self._choice_key(column, name)
                    choices.setdefault(key, set()).add(value)
        return choices

    def _values_with_names(self, target, column):
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

    def _identify(self, rows):
        """Find whom each row is about."""
        texts = {}
        for row in rows:
            for column, value in row.claims:
                for name in self._meant_by(column, value):
                    texts.setdefault(name, set()).add(value)
        found, held = {name: {} for name in texts}, {name: {} for name in texts}
        for name in texts:
            for subject, value, is_active in self._named_by(name, texts[name]):
                key = self._subject_key(name, value)
                found[name].setdefault(key, {})[subject] = is_active
                held[name].setdefault(subject, value)
        named = [
            [
                (column, value, self._named(found, column, value))
                for column, value in row.claims
            ]
            for row in rows
        ]
        facts = self._facts({id_ for each in named for *_, ids in each for id_ in ids})
        for row, each in zip(rows, named, strict=True):
            self._identify_row(row, each, held, facts)

    @api.model
    def _facts(self, _subjects):
        """What decides between those who are called the same, read at once."""

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

    def _identify_row(self, row, named, held, facts):
        """The surest column decides; one that names somebody else is a contradiction.

        What names nobody, as a name that is spelled otherwise, is shown beside.

        :param named: ``(Column, text, those whom it names)`` of each cell that does
        :param held: ``{name of a column: {id: what Odoo has there}}``
        """
        known = [each for each in named if each[2]]
        if not known:
            self._refuse_unknown(row)
            return
        candidates = self._in_common(row, known)
        subjects = candidates and self._decide(row, candidates, facts)
        if not subjects:
            return
        first = max(known, key=lambda each: each[0].strength)
        if len(subjects) > 1:
            self._refuse_several(row, first, subjects, facts)
            return
        [subject] = subjects
        for column, value, subjects in named:
            there = held[column.name].get(subject)
            if subjects:
                continue
            is_surer = column.strength > first[0].strength
            if is_surer and (there or column.name == "id"):
                nobody = self._nobody(value).removesuffix(".")
                row.refuse(
                    self._label(column),
                    there
                    and self.env._(
                        "%(nobody)s; the one of this row has “%(there)s” there.",
                        nobody=nobody,
                        there=there,
                    )
                    or nobody,
                )
                return
            row.hints.append(
                self.env._(
                    "%(column)s is “%(value)s” in the file and “%(there)s” in Odoo.",
                    column=self._label(column),
                    value=value,
                    there=there or "",
                )
            )
        row.subject = subject

    def _meant_by(self, column, value):
        """The names of the columns by which a cell may name somebody."""
        also = column.also if re.search("[0-9]", value) else ()
        return (column.name, *also)

    def _named(self, found, column, value):
        """Those whom a cell names: ``{id: whether it is active}``."""
        for name in self._meant_by(column, value):
            if named := found[name].get(self._subject_key(name, value)):
                return named
        return {}

    def _in_common(self, row, known):
        """Those whom all cells mean that mean anybody; None after a refusal."""
        candidates, first = None, None
        for column, value, named in known:
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
                return None
            candidates, first = both, first or column
        return candidates

    @api.model
    def _decide(self, row, candidates, _facts):
        """Those of several who are called the same that a row may be about.

        :param candidates: ``{id: whether it is active}``
        :return: their ids, of which one is wanted
        """
        active = [subject for subject, is_active in candidates.items() if is_active]
        if not active or len(active) < len(candidates):
            archived = len(candidates) - len(active)
            row.hints.append(
                self.env._("%(count)s of this name archived.", count=archived)
                if active
                else self.env._("It is archived in Odoo.")
            )
        return active or list(candidates)

    def _refuse_several(self, row, first, subjects, facts):
        column, value, _named = first
        row.refuse(
            self._label(column),
            self.env._(
                "%(count)s are called “%(value)s” (%(candidates)s): say which one in "
                "another of the columns %(columns)s.",
                count=len(subjects),
                value=value,
                candidates="; ".join(self._told_apart(subjects, facts)),
                columns=_list(map(self._label, self._identifying())),
            ),
        )

    @api.model
    def _told_apart(self, subjects, _facts):
        """What tells those apart who are called the same, in words."""
        return [self.env._("ID %(id)s", id=subject) for subject in subjects]

    def _refuse_unknown(self, row):
        """Refuse a row that names nobody, or nobody who is there."""
        texts = [cell for cell in row.cells if isinstance(cell, str)]
        if texts and TOTALS.fullmatch(fold(texts[0])):
            row.problems.clear()
            row.refuse(
                self._label(self._identifying()[0]),
                self.env._("This looks like a row of totals: it is not imported."),
            )
        elif row.claims:
            column, value = row.claims[0]
            row.refuse(self._label(column), self._nobody(value))
        else:
            labels = [self._label(column) for column in self._identifying()]
            if {label for label, _reason in row.problems}.isdisjoint(labels):
                row.refuse(labels[0], self.env._("It does not say whom it is about."))

    # -- what is there already -----------------------------------------------

    def _settle(self, reading):
        """Tell apart what is new, what is there, and what contradicts that."""
        hidden = reading.table.hidden_rows
        rows = [
            row for row in reading.rows if not row.problems and row.number not in hidden
        ]
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
                add(row.subject, Said(row.values, row.number, row.derived))
        good = [row for row in rows if row.state == "good"]
        if good:
            self._derive(good, of_subject)

    @api.model
    def _derive(self, rows, _of_subject):
        """Complete what will be written of rows though no cell says it.

        :param of_subject: ``{id: Said of this subject}``
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

    # -- writing -------------------------------------------------------------

    @api.model
    def _import(self, content, choices=None):
        """Write the good rows of a file, all in the transaction of the caller.

        Nothing is written while there are columns of which nobody knows what they are.
        Two who import at once do so one after the other: who comes second waits for
        the first, starts anew (Odoo does that), and finds those rows there already.

        :param choices: as for ``_read``
        :return: ``Reading``, of which the good rows have been written
        :raise FileError: as ``_read``
        """
        # What has been read before another's import ended is out of date: changing a
        # row that the other changed too tells PostgreSQL, and Odoo starts anew.
        self.env.cr.execute(
            SQL("UPDATE ir_model SET state = state WHERE model = %s", self._target),
            log_exceptions=False,
        )
        reading = self._read(content, choices)
        if reading.open_uses:
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
