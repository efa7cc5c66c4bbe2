"""The house style of a workbook: formats, pages and tables, and nothing of PSO.

Everything is written from top to bottom, so that xlsxwriter can keep one row in
memory. A derived cell is a live formula beside its value: who opens the file without
recalculating it sees the same figures. Text is only ever written as text, so that
nothing a user typed can become a formula.
"""

import re
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.utility import (
    quote_sheetname,
    xl_range_abs,
    xl_rowcol_to_cell,
)
from xlsxwriter.worksheet import Worksheet

from .layout import (
    footer_code,
    lines_in,
    number_format_of,
    pages_across,
    widest_word,
    width_of,
    wrap_header,
)
from .styles import BASE, HIGHLIGHT, STYLES

# What a sheet may not be called, in any language.
FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31
ALL_CELLS = "A1:XFD1048576"
A4 = 9
LINE_HEIGHT = 13.5
TALLEST_ROW = 409
# How wide a key figure is at least, in characters of the usual size.
FIGURE_WIDTHS = {"fte": 15, "percent": 15}
WIDEST_FIGURE = 24


class PlainWorksheet(Worksheet):
    """A worksheet that takes formulas as they are.

    The library looks for some thirty functions of newer Excels in every formula, which
    costs as much as writing it. Ours have none. A version of the library that has no
    such method is merely slower.
    """

    def _prepare_formula(self, formula, expand_future_functions=False):
        return formula.removeprefix("=")


class Book:
    """A workbook in the making.

    :param buffer: where the file goes when the book is closed
    :param flag_words: what a flag of 1 and one of 0 are called
    :param on_row: called with a page for every row of a table on it
    :param date_format: how dates are written, as of a language (``%d-%m-%Y``)
    """

    def __init__(
        self,
        buffer,
        flag_words=("yes", "no"),
        on_row=lambda page: None,
        date_format="",
    ):
        self.on_row = on_row
        self._pages = []
        # Guards beside our own: we write text by write_string alone.
        self._workbook = xlsxwriter.Workbook(
            buffer,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
            },
        )
        yes, no = (word.replace('"', "") for word in flag_words)
        flag = {"num_format": f'"{yes}";;"{no}"', "align": "center"}
        day = number_format_of(date_format)
        self._styles = {
            **STYLES,
            "flag": flag,
            "date": {**STYLES["date"], "num_format": day},
            "moment": {**STYLES["moment"], "num_format": f"{day} hh:mm"},
        }
        self._formats = {}

    def describe(self, **properties):
        """Set the document's properties, such as its title."""
        self._workbook.set_properties(properties)

    def style(self, *names):
        """Return the format made of the named styles, of which later ones win."""
        if names not in self._formats:
            properties = dict(BASE)
            for name in names:
                properties.update(self._styles[name])
            self._formats[names] = self._workbook.add_format(properties)
        return self._formats[names]

    def alignment(self, style):
        """Return the style that aligns text as a style does."""
        return self._styles[style].get("align", "left")

    def highlighter(self):
        """Return the format of cells that a rule sets off."""
        return self._workbook.add_format({"bg_color": HIGHLIGHT, "bold": True})

    def define(self, name, reference):
        """Give a cell or a range a name that formulas can use on every page."""
        self._workbook.define_name(name, f"={reference}")

    def page(self, label, footer):
        """Add a sheet.

        :param footer: the lines that stand at the foot of each of its pages on paper
        """
        name = FORBIDDEN_IN_NAME.sub(" ", label)[:LONGEST_NAME]
        page = Page(self, self._workbook.add_worksheet(name, PlainWorksheet), footer)
        self._pages.append(page)
        return page

    def close(self):
        for page in self._pages:
            page.lay_out()
        self._workbook.close()


class Page:
    """One sheet, written row by row; ``row`` is the row that is being written."""

    def __init__(self, book, worksheet, footer):
        self.book = book
        self.row = 0
        self.label = worksheet.get_name()
        self._worksheet = worksheet
        self._breaks = []
        self._widths = []
        self._fixed_columns = 0
        # By type, so that text is only ever written as text.
        self._writers = {
            str: worksheet.write_string,
            date: worksheet.write_datetime,
            datetime: worksheet.write_datetime,
            type(None): worksheet.write_blank,
        }
        self._set_up_print(footer)

    def _set_up_print(self, footer):
        sheet = self._worksheet
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.print_across()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        # A number of the Chamber of Commerce is text, an input may stand in a column of
        # formulas: no green corners for that.
        sheet.ignore_errors(
            {"number_stored_as_text": ALL_CELLS, "formula_differs": ALL_CELLS}
        )
        sheet.set_footer(footer_code(footer))

    def lay_out(self):
        """Set the widths of the columns, and print them on as many pages as it takes.

        The first columns stand on each page, as far as they stay in sight on screen.
        """
        for col, width in enumerate(self._widths):
            self._worksheet.set_column(col, col, width)
        self._worksheet.fit_to_pages(self._across, 0)
        if self._repeated:
            self._worksheet.repeat_columns(0, self._repeated - 1)

    @property
    def _across(self):
        return pages_across(self._widths, self._fixed_columns)

    @property
    def _repeated(self):
        """How many of the first columns stand on several pages beside each other."""
        return self._fixed_columns if self._across > 1 else 0

    @property
    def link(self):
        """Where a hyperlink to this page goes."""
        return f"internal:{self._quoted}!A1"

    @property
    def _quoted(self):
        return quote_sheetname(self._worksheet.get_name())

    def reference(self, row, col):
        """Return a cell as formulas on every page can refer to it."""
        return f"{self._quoted}!{xl_rowcol_to_cell(row, col, True, True)}"

    def range(self, first_row, last_row, first_col, last_col=None):
        """Return a block of cells as formulas on every page can refer to it."""
        last_col = first_col if last_col is None else last_col
        cells = xl_range_abs(first_row, first_col, last_row, last_col)
        return f"{self._quoted}!{cells}"

    def widths(self, widths, fixed_columns=0):
        """Set the widths of the columns from the first on, in characters.

        Headers make them wider where a word would not fit.

        :param fixed_columns: how many of the first ones stay in sight
        """
        self._widths = list(widths)
        self._fixed_columns = fixed_columns

    def break_before(self):
        """Print the current row on top of a new page."""
        self._breaks.append(self.row)
        self._worksheet.set_h_pagebreaks(self._breaks)

    def next(self, rows=1):
        self.row += rows

    def put(self, col, value, *style):
        """Write an input; None, False and the empty text leave the cell blank."""
        self._put(col, value, self.book.style(*style))

    def _put(self, col, value, look):
        if value is False or value == "":
            value = None
        write = self._writers.get(type(value), self._worksheet.write_number)
        write(self.row, col, value, look)

    def derive(self, col, formula, value, *style):
        """Write a formula (without =) and the value that it has."""
        self._derive(col, formula, value, self.book.style(*style))

    def _derive(self, col, formula, value, look):
        value = "" if value is None else value
        self._worksheet.write_formula(self.row, col, f"={formula}", look, value)

    def write_row(self, values, cells):
        """Write the current row, and go to the next.

        :param values: values by key
        :param cells: column by column the key, the format of an input, the format of a
            formula, and the formula in the pieces between which the row number belongs;
            none for an input
        """
        number = str(self.row + 1)
        for col, (key, look, derived_look, pieces) in enumerate(cells):
            value = values.get(key)
            if pieces and value is not None:
                self._derive(col, number.join(pieces), value, derived_look)
            else:
                self._put(col, value, look)
        self.next()

    def link_to(self, col, page, text, *style):
        self._worksheet.write_url(
            self.row, col, page.link, self.book.style(*style), text
        )

    def name(self, name, col):
        """Name a cell of the current row."""
        self.book.define(name, self.reference(self.row, col))

    def title(self, title, note):
        self._worksheet.set_row(self.row, 26)
        missing = width_of(title, STYLES["title"]["font_size"]) - self._repeated_width
        if self._repeated and missing > 0:
            self._widths[0] += missing
        self.put(0, title, "title")
        self.next()
        self.note(note)
        self.next()

    def heading(self, text, note=""):
        self.put(0, text, "heading")
        self.next()
        if note:
            self.note(note)

    def note(self, text, style="note"):
        """Write a sentence beside the columns that would cut it off, and go on.

        What stands in columns that are printed on every page ends with them on all but
        the first, and on screen as soon as the others are moved.
        """
        fits = width_of(text) <= self._repeated_width
        self.put(0 if fits else self._repeated, text, style)
        self.next()

    @property
    def _repeated_width(self):
        return sum(self._widths[: self._repeated])

    def headers(self, headers):
        """Write the header row of a table, as high and as wide as its words take.

        :param headers: ``(label, style of the cells below)``, which it is aligned to
        """
        lines = 1
        for col, (label, _style) in enumerate(headers):
            self._widths[col] = max(self._widths[col], widest_word(label))
            lines = max(lines, len(wrap_header(label, self._widths[col])))
        self._worksheet.set_row(self.row, LINE_HEIGHT * lines + 6)
        for col, (label, style) in enumerate(headers):
            self.put(col, label, "header", self.book.alignment(style))
        self.next()

    def label_line(self, text, style="label"):
        """Write what a line of figures is called, and make it as high as that takes."""
        lines = lines_in(text, self._widths[0])
        if lines > 1:
            self.height(lines)
        self.put(0, text, "cell", style)

    def height(self, lines):
        """Make the current row so many lines high, as far as a row can be."""
        height = min(LINE_HEIGHT * lines + 1.5, TALLEST_ROW)
        self._worksheet.set_row(self.row, height)

    def strip(self, figures):
        """Write key figures beside each other, over as few columns as they take.

        :param figures: ``(label, formula, value, style, name)``; the name may be empty,
            and so may the formula of an input
        """
        places = self._places(figure[3] for figure in figures)
        lines = max(
            lines_in(figure[0], sum(self._widths[first : last + 1]))
            for figure, (first, last) in zip(figures, places, strict=True)
        )
        self._worksheet.set_row(self.row, LINE_HEIGHT * lines + 1.5)
        self._worksheet.set_row(self.row + 1, 22)
        for figure, place in zip(figures, places, strict=True):
            self._merge(*place, "figure_label")
            self.put(place[0], figure[0], "figure_label")
        self.next()
        for (_label, formula, value, style, name), place in zip(
            figures, places, strict=True
        ):
            col, look = place[0], (style, "figure")
            self._merge(*place, *look)
            if formula:
                self.derive(col, formula, value, *look)
            else:
                self.put(col, value, *look)
            if name:
                self.name(name, col)
        self.next(2)

    def _places(self, styles):
        """Return the first and the last column of key figures beside each other."""
        places, col = [], 0
        for style in styles:
            first, width = col, 0
            while width < FIGURE_WIDTHS.get(style, WIDEST_FIGURE):
                width += self._widths[col]
                col += 1
            places.append((first, col - 1))
        return places

    def _merge(self, first, last, *style):
        if first < last:
            look = self.book.style(*style)
            self._worksheet.merge_range(self.row, first, self.row, last, "", look)

    def choices(self, first_row, last_row, col, words):
        """Offer words to choose from in cells that may be filled in."""
        self._worksheet.data_validation(
            first_row, col, last_row, col, {"validate": "list", "source": words}
        )

    def highlight(self, first_row, last_row, last_col, formula):
        """Set rows off where a formula, written for the first cell of them, holds."""
        self._worksheet.conditional_format(
            first_row,
            0,
            last_row,
            last_col,
            {
                "type": "formula",
                "criteria": f"={formula}",
                "format": self.book.highlighter(),
            },
        )

    def keep_in_sight(self, header_row):
        """Freeze all down to the header, which is printed on every page as well."""
        self._worksheet.freeze_panes(header_row + 1, self._fixed_columns)
        self._worksheet.repeat_rows(header_row)

    def filter(self, first_row, last_row, columns):
        self._worksheet.autofilter(first_row, 0, last_row, columns - 1)
