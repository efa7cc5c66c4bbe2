"""What an import knows of files: their columns and rows, and what is there already.

No ORM, and nothing of one kind of import.
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from odoo.tools.translate import LazyTranslate

from .archive import FileError
from .headers import header_key
from .table import FileTable

_lt = LazyTranslate(__name__)

# By the kind of list: what its columns may be called beside their labels and names.
HEADERS_FILE = Path(__file__).parents[1] / "data/import/headers.csv"
PROOF = ("missing", "received", "verified")
# Columns of the file of rows to mend, which are no part of what is imported.
ROW_COLUMN = _lt("Row")
REASON_COLUMN = _lt("Reason")
REJECTION_HEADERS = {"rij", "row", "reden", "reason"}
LEFT_OUT = "left_out"  # the user's word on a column that is no field


def _headers():
    """Read what the columns of a list may be called: ``{(list, column): headers}``."""
    found = {}
    with HEADERS_FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault((row["list"], row["column"]), []).append(row["header"])
    return found


HEADERS = _headers()
# What lists say beside it, in columns for which no import has a field.
BESIDE = frozenset(map(header_key, HEADERS["beside", ""]))


@dataclass(frozen=True)
class KnownColumn:
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


def known_column(kind, name, *args, **kwargs):
    """Make a ``KnownColumn`` of a kind of list, with the headers that it may have."""
    return KnownColumn(
        name, *args, headers=tuple(HEADERS.get((kind, name), ())), **kwargs
    )


@dataclass
class FileRow:
    """A row of the file, and what becomes of it.

    :param number: as the spreadsheet shows it
    :param values: what the cells say, by column name, without empty ones
    :param claims: ``(KnownColumn, text)`` of the cells that say whom it is about
    :param subject: the id of whom or what it is about
    :param derived: what will be written though no cell says it, by column name
    :param problems: ``(column, reason)`` in words
    :param hints: in words, what the user should look at though the row is good
    :param is_known: it is in the database already, or earlier in the file
    :param is_changed: it changes what is in the database
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
    is_changed: bool = False

    @property
    def state(self):
        if self.problems:
            return "bad"
        if self.is_known:
            return "known"
        return "changed" if self.is_changed else "good"

    def refuse(self, column, reason):
        sentence = f"{reason[:1].upper()}{reason[1:].removesuffix('.')}."
        self.problems.append((column, sentence))


@dataclass
class FileColumn:
    """A column of the file, and what becomes of it.

    :param known: the ``KnownColumn`` that it is, None if it is left out or not known
    :param is_remembered: the user has said so at an earlier import
    :param is_open: it holds something, and nobody knows what it is
    """

    position: int
    header: str
    known: object = None
    samples: list = field(default_factory=list)
    is_remembered: bool = False
    is_open: bool = False
    is_hidden: bool = False

    @property
    def name(self):
        return self.known.name if self.known else not self.is_open and LEFT_OUT

    @property
    def shown(self):
        """What of it is shown: of what is left out, a citizen number say, nothing."""
        return self.samples if self.known or self.is_open else []


@dataclass
class Reading:
    """What a file holds.

    :param columns: ``FileColumn`` of each column that has a header
    :param headers: the texts of the headers, by position
    :param above: how many rows stand above the headers
    :param left: the ids of what is in the database, and no longer in the file
    :param is_left_unknown: there are rows of which nobody can tell whose they are
    """

    columns: list
    headers: list
    above: int
    rows: list
    table: FileTable
    left: list = field(default_factory=list)
    is_left_unknown: bool = False

    @property
    def known_columns(self):
        return {each.position: each.known for each in self.columns if each.known}

    @property
    def open_columns(self):
        return [column for column in self.columns if column.is_open]


class HeaderError(FileError):
    """Why a file cannot be read, and what is known of its columns."""

    def __init__(self, reason, columns):
        super().__init__(reason)
        self.columns = columns


@dataclass(frozen=True)
class ExistingValues:
    """What is there already, by column name.

    :param number: of the row of the file that says it, 0 for a record
    :param derived: what follows from that, by column name
    """

    values: dict
    number: int = 0
    derived: dict = field(default_factory=dict)
