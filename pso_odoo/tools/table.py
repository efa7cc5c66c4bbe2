"""What is read out of an uploaded file: rows of cells, and what a cell may be.

No ORM, and nothing of what the rows mean. A cell is None, a text, a number, a truth
value, a date or ``Broken``, as the errors that a spreadsheet shows; nothing is guessed
and nothing left out.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from odoo.tools.translate import LazyTranslate

from .archive import FileError

_lt = LazyTranslate(__name__)

MAX_ROWS = 20_000
MAX_COLUMNS = 100
HEAD_ROWS = 10  # the first rows, among which the headers are looked for
# What a file may have of nothing: empty lines and rows.
MAX_LINES = 1_048_576
MAX_TEXT = 32_767
WINDOWS_EPOCH = datetime(1899, 12, 30)
# What spreadsheets show for a formula that failed, in whatever language they speak.
ERROR_VALUE = re.compile(
    r"#(?:N/?[ABDV]|[¡¿]?[^\W\d_][\w/ .]*[!?]|GETTING_DATA|#+"
    r"|VALUE|REF|NAME|NUM|NULL|WAARDE|VERW|NAAM|GETAL|LEEG|WERT|BEZUG|ZAHL)"
    r"|(?:err|error|fout|fehler|erreur) ?: ?[0-9]{3}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Broken:
    """A cell that says nothing, and why, as a lazy translation.

    :param text: what stands in it, and makes it broken again when it is read anew
    """

    reason: object
    text: str = "#N/A"

    def __str__(self):
        return self.text


class Percent(float):
    """A number that the spreadsheet shows as a percentage: 12.5 for 12.5%."""


@dataclass
class FileTable:
    """The rows that hold anything, by the number that a spreadsheet shows beside them.

    :param sheet: the name of the sheet that was read, empty for text files
    :param epoch: the day zero of the workbook's dates
    :param others: the names of the other visible sheets that hold anything
    :param hidden_rows: the numbers of the rows that the spreadsheet does not show
    :param hidden_columns: the positions of such columns
    """

    sheet: str = ""
    epoch: datetime = WINDOWS_EPOCH
    others: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    hidden_rows: set = field(default_factory=set)
    hidden_columns: set = field(default_factory=set)

    def add(self, number, cells):
        """Add a row, unless nothing is in it.

        :raise FileError: if it is wider than a table may be, or there are too many
        """
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            return
        if len(cells) > MAX_COLUMNS:
            raise FileError(
                _lt("The file has more than %(count)s columns.", count=MAX_COLUMNS)
            )
        if len(self.rows) > MAX_ROWS:
            raise too_many_rows(MAX_ROWS)
        self.rows.append((number, [_bounded(cell) for cell in cells]))


def too_many_rows(count):
    """Make the error of a file with more rows than this."""
    return FileError(
        _lt("The file has more than %(count)s rows: import it in parts.", count=count)
    )


def _bounded(cell):
    if isinstance(cell, str) and len(cell) > MAX_TEXT:
        return Broken(
            _lt("the cell holds more than %(count)s characters", count=MAX_TEXT)
        )
    return cell


def text_cell(text):
    """Make the cell of a text: None, or ``Broken`` if a spreadsheet shows an error."""
    text = text.strip()
    return broken_value(text) if ERROR_VALUE.fullmatch(text) else text or None


def broken_value(text):
    """Make the cell that shows an error of the spreadsheet."""
    return Broken(
        _lt(
            "“%(value)s” is an error of the spreadsheet: mend its formula, or empty "
            "the cell",
            value=text,
        ),
        text,
    )
