"""Rows of cells out of a file that somebody uploads, whatever is in it.

No ORM, and nothing of what the rows mean. A cell is None, a text, a number, a truth
value, a date or ``Broken``, as the errors that a spreadsheet shows; nothing is guessed
and nothing left out. What cannot be read as a whole raises ``FileError`` with one
reason.
"""

import csv
import io
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice

from odoo.tools.translate import LazyTranslate

from . import archive
from .archive import FileError

_lt = LazyTranslate(__name__)

MAX_BYTES = 10 * 1024**2
MAX_ROWS = 20_000
MAX_COLUMNS = 100
HEAD_ROWS = 10  # the first rows, among which the headers are looked for
# What a file may have of nothing: empty lines and rows, and columns beside a table.
MAX_LINES = 1_048_576
MAX_PLACES = 3_000_000
MAX_LINE = 1_000_000
MAX_TEXT = 32_767
FIRST_LINES = 1000
SEPARATORS = ";,\t|"
WINDOWS_EPOCH = datetime(1899, 12, 30)
# Compound files: an old .xls, or a newer one that is encrypted.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
# What some programs write so that Excel keeps the zeros before a number.
FORCED_TEXT = re.compile(r'="([^"]*)"')
# What spreadsheets show for a formula that failed, in whatever language they speak.
ERROR_VALUE = re.compile(
    r"#(?:N/?[ABDV]|[¡¿]?[^\W\d_][\w/ .]*[!?]|GETTING_DATA|#+"
    r"|VALUE|REF|NAME|NUM|NULL|WAARDE|VERW|NAAM|GETAL|LEEG|WERT|BEZUG|ZAHL)"
    r"|(?:err|error|fout|fehler|erreur) ?: ?[0-9]{3}",
    re.IGNORECASE,
)
ROW_TAG = re.compile(rb"<(?:\w+:)?row\s[^>]*>")
COLUMN_TAG = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']|\s(?:ht|width)=["']0["']""")


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
class Table:
    """The rows that hold anything, by the number that a spreadsheet shows beside them.

    :param sheet: the name of the sheet that was read, empty for text files
    :param epoch: the day zero of the workbook's dates
    :param others: the names of the other visible sheets that hold anything
    :param hidden_rows: the numbers of the rows that the spreadsheet does not show
    :param hidden_columns: the positions of such columns
    """

    rows: list = field(default_factory=list)
    sheet: str = ""
    epoch: datetime = WINDOWS_EPOCH
    others: list = field(default_factory=list)
    hidden_rows: frozenset = frozenset()
    hidden_columns: frozenset = frozenset()


def read(content, rate=lambda rows: (0, 0)):
    """The table in the bytes of a CSV or XLSX file.

    :param rate: how many headers are known among the first rows of cells, and how many
        columns there are; the separator and the sheet with the best ones are taken
    :raise FileError: if it is neither, or too large
    """
    check_size(content)
    if content.startswith(COMPOUND):
        raise FileError(_compound_reason(content))
    table = (
        _read_workbook(content, rate)
        if content.startswith(b"PK")
        else _read_text(content, rate)
    )
    if not table.rows:
        raise FileError(_lt("The file has no rows."))
    return table


def check_size(content):
    """:raise FileError: if there is nothing, or more than is looked at"""
    if not content:
        raise FileError(_lt("The file is empty."))
    if len(content) > MAX_BYTES:
        raise FileError(
            _lt(
                "The file is larger than %(size)s MB: import it in parts.",
                size=MAX_BYTES // 1024**2,
            )
        )


def check_workbook(content):
    """Refuse a workbook that holds more than one wants to unpack and read.

    :raise FileError: saying of what
    :raise Exception: whatever zipfile raises, if it is damaged
    """
    check_size(content)
    archive.check(content)


def _compound_reason(content):
    if ENCRYPTED in content:
        return _lt("The file has a password: save it without one.")
    return _lt("This is an old or another Office file: save it as .xlsx.")


def _add(table, number, cells):
    """Add a row to the table, unless nothing is in it."""
    while cells and cells[-1] is None:
        cells.pop()
    if not cells:
        return
    if len(cells) > MAX_COLUMNS:
        raise FileError(
            _lt("The file has more than %(count)s columns.", count=MAX_COLUMNS)
        )
    if len(table.rows) > MAX_ROWS:
        raise _too_many_rows(MAX_ROWS)
    table.rows.append((number, [_bounded(cell) for cell in cells]))


def _too_many_rows(count):
    return FileError(
        _lt(
            "The file has more than %(count)s rows: import it in parts.",
            count=count,
        )
    )


def _bounded(cell):
    if isinstance(cell, str) and len(cell) > MAX_TEXT:
        return Broken(
            _lt("the cell holds more than %(count)s characters", count=MAX_TEXT)
        )
    return cell


# -- text --------------------------------------------------------------------


def _read_text(content, rate):
    text = _decode(content)
    if NO_TEXT.search(text):
        raise FileError(
            _lt("This cannot be read: save your spreadsheet as .xlsx or CSV UTF-8.")
        )
    _check_lines(text)
    first, _newline, rest = text.partition("\n")
    skipped = 0
    if re.fullmatch(r"sep=.\r?", first):  # an instruction for Excel
        separator, text, skipped = first[4], rest, 1
    if not skipped:
        separator = max(SEPARATORS, key=lambda each: rate(_first_rows(text, each)))
    table = Table()
    for number, cells in enumerate(_records(text, separator), 1 + skipped):
        _add(table, number, [_text_cell(cell) for cell in cells])
    return table


def _check_lines(text):
    """Refuse more lines than a spreadsheet has, and lines that are no rows of cells."""
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise _too_many_rows(MAX_LINES)
    if any(len(line) > MAX_LINE for line in io.StringIO(text, newline="")):
        raise FileError(
            _lt(
                "A line of the file holds more than %(count)s characters: it is no "
                "table.",
                count=MAX_LINE,
            )
        )


def _decode(content):
    """The text: with a mark of its encoding, as UTF-8, UTF-16 or Windows' own."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return _decode_as(content, encoding)
    if b"\x00" in content[:1000]:
        halves = [content[:1000][start::2].count(0) for start in (0, 1)]
        return _decode_as(
            content, "utf-16-le" if halves[1] > halves[0] else "utf-16-be"
        )
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _decode_as(content, "cp1252")


def _decode_as(content, encoding):
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileError(
            _lt("This cannot be read: save your spreadsheet as .xlsx or CSV UTF-8.")
        ) from error


def _first_rows(text, separator):
    """The cells of the first rows that have any, unless they come very late."""
    first = islice(_records(text, separator), FIRST_LINES)
    rows = ([_text_cell(cell) for cell in row] for row in first)
    return list(islice(filter(any, rows), HEAD_ROWS))


def _records(text, separator):
    """The rows of cells; from where a quotation mark is missing on, line by line."""
    strict = {"delimiter": separator, "strict": True}
    reader = csv.reader(io.StringIO(text, newline=""), **strict)
    done = 0
    while True:
        try:
            record = next(reader, None)
        except csv.Error:
            break
        if record is None:
            return
        done = reader.line_num
        yield record
    for line in islice(io.StringIO(text, newline=""), done, None):
        try:
            yield next(csv.reader([line], **strict), [])
        except csv.Error:
            reason = _lt("a quotation mark is missing in this row")
            yield [Broken(reason, line.strip())]


def _text_cell(cell):
    if isinstance(cell, Broken):
        return cell
    cell = cell.strip()
    if "\n" in cell or "\r" in cell:
        return Broken(
            _lt("the cell runs over several lines: a quotation mark may be missing"),
            cell,
        )
    if forced := FORCED_TEXT.fullmatch(cell):
        cell = forced[1]
    return _sound(cell) or None


def _sound(text):
    """A text as it is, unless it is an error that a spreadsheet shows."""
    return broken_value(text) if ERROR_VALUE.fullmatch(text.strip()) else text


def broken_value(text):
    """The cell that shows an error of the spreadsheet."""
    return Broken(
        _lt(
            "“%(value)s” is an error of the spreadsheet: mend its formula, or empty "
            "the cell",
            value=text,
        ),
        text,
    )


# -- workbooks ---------------------------------------------------------------


def _read_workbook(content, rate):
    try:
        archive.check(content)
        # A workbook of somebody else may hold what openpyxl warns of and leaves out.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read_sheet(content, rate)
    except FileError:
        raise
    except Exception as error:  # zip, XML and openpyxl raise whatever they like
        raise FileError(
            _lt("The file is damaged: open it in your spreadsheet and save it anew.")
        ) from error


def _open(content, **options):
    from openpyxl import load_workbook  # noqa: PLC0415 -- slow to import, seldom used

    return load_workbook(
        io.BytesIO(content), read_only=True, keep_links=False, **options
    )


def _visible_sheets(book):
    sheets = [each for each in book.worksheets if each.sheet_state == "visible"]
    if not sheets:
        raise FileError(_lt("The file has no visible sheet."))
    for sheet in sheets:
        sheet.reset_dimensions()  # they may claim a million columns
    return sheets


def _best_sheet(sheets, rate):
    """The sheet with the best headers, the first of equals, and the other ones.

    :return: ``(sheet, names of the others that hold anything)``
    """
    if len(sheets) == 1:
        return sheets[0], []
    heads = {}
    for sheet in sheets:
        rows = ([_cell(cell) for cell in cells] for _n, cells in sheet_rows(sheet))
        looked_at = islice(rows, 10 * HEAD_ROWS)
        heads[sheet.title] = [row for row in looked_at if any(row)][:HEAD_ROWS]
    filled = [sheet for sheet in sheets if heads[sheet.title]] or sheets
    best = max(filled, key=lambda sheet: rate(heads[sheet.title])[0])
    return best, [sheet.title for sheet in filled if sheet is not best]


def sheet_rows(sheet, **options):
    """The rows of a sheet by number, and no further than one wants to read.

    A single cell far below or to the right makes as many empty ones.
    """
    places = 0
    for number, cells in enumerate(sheet.iter_rows(**options), 1):
        places += len(cells)
        if number > MAX_LINES:
            raise _too_many_rows(MAX_LINES)
        if places > MAX_PLACES:
            raise FileError(
                _lt(
                    "The file holds more than %(count)s cells, empty ones too: copy "
                    "the table to a new sheet.",
                    count=MAX_PLACES,
                )
            )
        yield number, cells


def _read_sheet(content, rate):
    book = _open(content, data_only=True)
    sheet, others = _best_sheet(_visible_sheets(book), rate)
    table = Table(
        sheet=sheet.title,
        epoch=book.epoch,
        others=others,
        hidden_rows=hidden_rows(content, sheet),
        hidden_columns=_hidden_columns(_sheet_xml(content, sheet)),
    )
    for number, values in read_rows(content, sheet):
        _add(table, number, values)
    return table


def read_rows(content, sheet):
    """The cells of each row of a sheet, with the row's number.

    :param content: the bytes of the workbook
    :param sheet: of the workbook, opened for its values
    """
    empty_formulas = _formulas(content, sheet)
    for number, cells in sheet_rows(sheet):
        values = [_cell(cell) for cell in cells]
        for column in empty_formulas.get(number, ()):
            if values[column] is None:
                values[column] = Broken(
                    _lt("the formula has no saved result: paste its value instead")
                )
        yield number, values


def _sheet_xml(content, sheet):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(sheet._worksheet_path)


def hidden_rows(content, sheet):
    """The numbers of the rows of a sheet that are hidden, by a filter or by hand."""
    tags = (match[0] for match in ROW_TAG.finditer(_sheet_xml(content, sheet)))
    return frozenset(
        number for tag in tags if HIDDEN.search(tag) for number in _attribute(tag, "r")
    )


def _hidden_columns(xml):
    """The positions of columns that are hidden."""
    hidden = set()
    for match in COLUMN_TAG.finditer(xml):
        first, last = _attribute(match[0], "min"), _attribute(match[0], "max")
        if HIDDEN.search(match[0]) and first:
            hidden.update(range(first[0], min([*last, MAX_COLUMNS]) + 1))
    return frozenset(number - 1 for number in hidden)


def _attribute(tag, name):
    found = re.search(rf"""\s{name}=["']([0-9]+)["']""".encode(), tag)
    return [int(found[1])] if found else []


def _formulas(content, sheet):
    """``{row number: columns}`` of the formulas in a sheet.

    Read as values, one that was never calculated looks like an empty cell.
    """
    if not FORMULA.search(_sheet_xml(content, sheet)):
        return {}
    found = {}
    same = _open(content)[sheet.title]
    same.reset_dimensions()
    for number, cells in sheet_rows(same):
        columns = [i for i, cell in enumerate(cells) if cell.data_type == "f"]
        if columns:
            found[number] = columns
    return found


def _cell(cell):
    value = cell.value
    if cell.data_type == "e":
        return broken_value(str(value))
    if isinstance(value, str):
        return _sound(value.strip()) or None
    if isinstance(value, datetime) and value == datetime.combine(
        value.date(), datetime.min.time()
    ):
        return value.date()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and "%" in (cell.number_format or ""):
        return Percent(Decimal(repr(value)) * 100)
    return value
