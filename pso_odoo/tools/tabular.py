"""Rows of cells out of a file that somebody uploads, and into one that is handed out.

What cannot be read as a whole raises ``FileError`` with one reason. No ORM.
"""

import csv
import io
import re
from datetime import date, datetime
from itertools import islice

import xlsxwriter

from odoo.tools.translate import LazyTranslate

from .archive import FileError
from .cells import FORBIDDEN
from .table import (
    ERROR_VALUE,
    HEAD_ROWS,
    MAX_LINES,
    MAX_TEXT,
    Broken,
    FileTable,
    Percent,
    text_cell,
    too_many_rows,
)

_lt = LazyTranslate(__name__)

MAX_BYTES = 10 * 1024**2
MAX_LINE = 1_000_000
FIRST_LINES = 1000
SEPARATORS = ";,\t|"
ZIPPED = b"PK"
# Compound files: an old .xls, or a newer one that is encrypted.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")
# What some programs write so that Excel keeps the zeros before a number.
FORCED_TEXT = re.compile(r'="([^"]*)"')


def read(content, rate=lambda rows: (0, 0)):
    """Read the table in the bytes of a CSV or XLSX file.

    :param rate: how many headers are known among the first rows of cells, and how many
        columns there are; the separator and the sheet with the best ones are taken
    :return: ``FileTable``
    :raise FileError: if it is neither, or too large
    """
    _check(content)
    if content.startswith(ZIPPED):
        from . import xlsx  # noqa: PLC0415 -- openpyxl is slow to import, seldom used

        table = xlsx.read_best_sheet(content, rate)
    else:
        table = _read_text(content, rate)
    if not table.rows:
        raise FileError(_lt("The file has no rows."))
    return table


def read_sheets(content, names):
    """Read the sheets of these names in the bytes of an XLSX file.

    :return: ``{name: FileTable}`` of those that are there
    :raise FileError: if it is another file, or too large
    """
    _check(content)
    if not content.startswith(ZIPPED):
        raise FileError(_lt("This file is not a spreadsheet of the kind .xlsx."))
    from . import xlsx  # noqa: PLC0415 -- as in ``read``

    return xlsx.read_sheets(content, names)


def _check(content):
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
    if content.startswith(COMPOUND):
        raise FileError(
            _lt("The file has a password: save it without one.")
            if ENCRYPTED in content
            else _lt("This is an old or another Office file: save it as .xlsx.")
        )


# -- text --------------------------------------------------------------------


def _read_text(content, rate):
    try:
        text = content.decode(_encoding(content))
    except UnicodeDecodeError:
        text = None
    if text is None or NO_TEXT.search(text):
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
    table = FileTable()
    for number, cells in enumerate(_records(text, separator), 1 + skipped):
        table.add(number, [_text_cell(cell) for cell in cells])
    return table


def _check_lines(text):
    """Refuse more lines than a spreadsheet has, and lines that are no rows of cells."""
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise too_many_rows(MAX_LINES)
    if any(len(line) > MAX_LINE for line in io.StringIO(text, newline="")):
        raise FileError(
            _lt(
                "A line of the file holds more than %(count)s characters: it is no "
                "table.",
                count=MAX_LINE,
            )
        )


def _encoding(content):
    """Name the encoding: by its mark, or UTF-8, UTF-16 or Windows' own."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    if b"\x00" in content[:1000]:
        halves = [content[:1000][start::2].count(0) for start in (0, 1)]
        return "utf-16-le" if halves[1] > halves[0] else "utf-16-be"
    try:
        content.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _first_rows(text, separator):
    """Read the cells of the first rows that have any, unless they come very late."""
    first = islice(_records(text, separator), FIRST_LINES)
    rows = ([_text_cell(cell) for cell in row] for row in first)
    return list(islice(filter(any, rows), HEAD_ROWS))


def _records(text, separator):
    """Read rows of cells; from where a quotation mark is missing on, line by line."""
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
    return text_cell(cell)


# -- workbooks that are handed out --------------------------------------------


def workbook(fill):
    """Return the bytes of an XLSX file.

    :param fill: writes its sheets, given the workbook of xlsxwriter
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(buffer, options) as book:
        fill(book)
    return buffer.getvalue()


def write_cell(sheet, row, column, cell, percent=None):
    """Write a cell so that it is read the same the next time.

    Text is written as text, whatever it looks like: a name may start with ``=``.

    :param percent: the format of a ``Percent``
    """
    if cell is None:
        return
    if isinstance(cell, Broken):  # it stays broken until somebody has mended it
        is_error = ERROR_VALUE.fullmatch(cell.text)
        sheet.write_string(row, column, cell.text if is_error else "#N/A")
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, Percent):
        sheet.write_number(row, column, cell / 100, percent)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif isinstance(cell, date) and cell.year >= 1900:
        is_time = isinstance(cell, datetime)
        midnight = datetime.combine(cell, datetime.min.time())
        sheet.write_datetime(row, column, cell if is_time else midnight)
    else:
        sheet.write_string(row, column, plain(cell))


def plain(text):
    """Make a text without what XML cannot hold, as long as a cell can be."""
    return FORBIDDEN.sub("\ufffd", str(text))[:MAX_TEXT]
