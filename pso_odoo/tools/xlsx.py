"""Sheets of an XLSX file, by openpyxl: row by row, and no further than one wants.

Row by row openpyxl's workbook does not tell which rows are hidden and which formulas
were never calculated, and leaves out rows and cells that stand in another order than
their numbers. Its parser of a sheet knows all of that, in one reading.
"""

import io
import warnings
from contextlib import contextmanager
from datetime import datetime, time
from decimal import Decimal
from itertools import takewhile

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet import _reader as reader
from openpyxl.xml.functions import iterparse

from odoo.tools.translate import LazyTranslate

from . import archive
from .archive import FileError
from .table import (
    HEAD_ROWS,
    MAX_COLUMNS,
    MAX_LINES,
    Broken,
    FileTable,
    Percent,
    broken_value,
    text_cell,
    too_many_rows,
)

_lt = LazyTranslate(__name__)

# A single cell far to the right makes as many empty ones.
MAX_PLACES = 3_000_000


def read_best_sheet(content, rate):
    """Read the visible sheet with the best headers, the first of equals.

    :param rate: as for ``tabular.read``
    :return: ``FileTable``
    :raise FileError: if there is none, or the file is damaged or too large
    """
    with _opened(content) as book:
        sheets = [each for each in book.worksheets if each.sheet_state == "visible"]
        if not sheets:
            raise FileError(_lt("The file has no visible sheet."))
        if len(sheets) == 1:
            return _read(sheets[0])
        heads = {sheet.title: _head(sheet) for sheet in sheets}
        filled = [sheet for sheet in sheets if heads[sheet.title]] or sheets
        best = max(filled, key=lambda sheet: rate(heads[sheet.title])[0])
        return _read(best, [sheet.title for sheet in filled if sheet is not best])


def read_sheets(content, names):
    """Read the sheets of these names, of those that are there.

    :return: ``{name: FileTable}``
    :raise FileError: if the file is damaged or too large
    """
    with _opened(content) as book:
        return {name: _read(book[name]) for name in names if name in book.sheetnames}


@contextmanager
def _opened(content):
    """Open a workbook; whatever is raised while it is read says that it is damaged."""
    try:
        archive.check(content)
        # A workbook of somebody else may hold what openpyxl warns of and leaves out.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
    except FileError:
        raise
    except Exception as error:  # zip, XML and openpyxl raise whatever they like
        raise FileError(
            _lt("The file is damaged: open it in your spreadsheet and save it anew.")
        ) from error


def _read(sheet, others=()):
    table = FileTable(sheet.title, sheet.parent.epoch, list(others))
    for number, cells in _rows(sheet, table):
        table.add(number, cells)
    return table


def _head(sheet):
    """Read the cells of the first rows that have any, unless they come very late."""
    rows = _rows(sheet, FileTable())
    first = takewhile(lambda row: row[0] <= 10 * HEAD_ROWS, rows)
    return [cells for _number, cells in first if any(cells)][:HEAD_ROWS]


def _rows(sheet, table):
    """Read the rows that stand in a sheet: ``(number, cells)``.

    :param table: gets what is hidden in the sheet
    :raise FileError: if there is more in it than one wants to read
    :raise Exception: whatever openpyxl raises, if it is damaged
    """
    last = places = 0
    with sheet._get_source() as source:
        for number, cells in _SheetParser(source, sheet, table).parse():
            columns = [column for column, _value in cells]
            width = columns[-1] if columns else 0
            places += width
            if number > MAX_LINES:
                raise too_many_rows(MAX_LINES)
            if places > MAX_PLACES:
                raise FileError(
                    _lt(
                        "The file holds more than %(count)s cells, empty ones too: "
                        "copy the table to a new sheet.",
                        count=MAX_PLACES,
                    )
                )
            if number <= last or columns != sorted({*columns}):
                raise ValueError("No spreadsheet writes its cells in such an order")
            last, by_column = number, dict(cells)
            yield number, [by_column.get(column) for column in range(1, width + 1)]


class _SheetParser(reader.WorkSheetParser):
    """openpyxl's parser of one sheet, for the values of its cells."""

    def __init__(self, source, sheet, table):
        # Of a date that cannot be openpyxl would write a warning with its number, so
        # that it is not told which numbers are dates.
        super().__init__(source, sheet._shared_strings, data_only=True)
        self._sheet, self._book = sheet, sheet.parent
        self._table = table
        self._is_percent = {}

    def parse(self):
        """Look at rows and columns alone, and keep no row that has been read."""
        data = None
        for event, element in iterparse(self.source, ("start", "end")):
            if event == "start":
                data = element if element.tag == reader.DATA_TAG else data
            elif element.tag == reader.ROW_TAG:
                yield self.parse_row(element)
                data.clear()
            elif element.tag == reader.COL_TAG:
                self.parse_column_dimensions(element)

    def parse_column_dimensions(self, col):
        if _is_hidden(col, "width"):
            columns = range(
                int(col.get("min")) - 1, min(int(col.get("max")), MAX_COLUMNS)
            )
            self._table.hidden_columns.update(columns)

    def parse_row(self, row):
        number, cells = super().parse_row(row)
        self.row_dimensions.clear()
        if cells and _is_hidden(row, "ht"):
            self._table.hidden_rows.add(number)
        return number, cells

    def parse_cell(self, element):
        """:return: ``(number of the column, value)``"""
        cell = super().parse_cell(element)
        value = self._value(**cell)
        if value is None and element.find(reader.FORMULA_TAG) is not None:
            value = Broken(
                _lt("the formula has no saved result: paste its value instead")
            )
        return cell["column"], value

    def _value(self, value, data_type, style_id, **_place):
        if data_type == "e":
            return broken_value(str(value))
        if isinstance(value, str):
            return text_cell(value)
        if data_type == "n" and value is not None:
            if style_id in self._book._date_formats:
                value = self._date(value, style_id)
            elif self._is_shown_as_percentage(style_id):
                return Percent(Decimal(repr(value)) * 100)
        if isinstance(value, datetime) and value.time() == time.min:
            return value.date()
        return value

    def _date(self, number, style_id):
        is_duration = style_id in self._book._timedelta_formats
        try:
            return from_excel(number, self._book.epoch, timedelta=is_duration)
        except (OverflowError, ValueError):
            return broken_value("#VALUE!")

    def _is_shown_as_percentage(self, style_id):
        if style_id not in self._is_percent:
            cell = ReadOnlyCell(self._sheet, None, None, None, style_id=style_id)
            self._is_percent[style_id] = "%" in (cell.number_format or "")
        return self._is_percent[style_id]


def _is_hidden(element, size):
    """Return whether a row or column is, by a filter, by hand, or for its size."""
    is_hidden = element.get("hidden") in ("1", "true")
    return is_hidden or float(element.get(size) or 1) == 0
