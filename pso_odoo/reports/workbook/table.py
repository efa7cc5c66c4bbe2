"""Tables on a page of a workbook: rows under each other in named columns."""

from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from .layout import lines_in


@dataclass(frozen=True)
class Column:
    """A column of a table.

    :param formula: derives its cells from those of other columns in the same row, which
        it names as ``{key}``
    """

    key: str
    label: str
    style: str = "text"
    width: int = 12
    formula: str = ""


class Table:
    """Rows under each other on a page, in named columns.

    :param columns: list of :class:`Column`
    :param empty: what is said in the one row of a table without rows; there is
        always a row, so that formulas have a range to refer to
    """

    def __init__(self, page, columns, empty):
        self.page = page
        self.columns = columns
        self._empty = empty
        self._places = {column.key: col for col, column in enumerate(columns)}
        # Row numbers stand where a character is that no formula has.
        letters = {key: f"{xl_col_to_name(col)}\0" for key, col in self._places.items()}
        self._pieces = {
            column.key: column.formula.format_map(letters).split("\0")
            for column in columns
            if column.formula
        }
        self._kinds = {}

    def headers(self):
        self.page.headers([(column.label, column.style) for column in self.columns])

    def add(self, rows):
        """Write rows and remember where they stand.

        :param rows: dictionaries by column key. Where ``inputs`` names derived columns,
            these are written as inputs; ``tone`` holds styles for the whole row, and
            ``styles`` replaces the style of columns.
        """
        self.first_row = self.page.row
        on_row = self.page.book.on_row
        for row in rows:
            self._write_row(row)
            on_row(self.page)
        if self.page.row == self.first_row:
            self.page.put(0, self._empty, "text", "cell", "muted")
            self.page.next()
        self.last_row = self.page.row - 1

    def _write_row(self, row):
        inputs, tone = row.get("inputs", ()), row.get("tone", ())
        styles = row.get("styles", {})
        kind = (frozenset(inputs), tone, frozenset(styles.items()))
        if kind not in self._kinds:
            self._kinds[kind] = (
                self._cells(inputs, tone, styles),
                [c for c in self.columns if styles.get(c.key, c.style) == "wrap"],
            )
        cells, wrapped = self._kinds[kind]
        self._fit_height(row, wrapped)
        self.page.write_row(row, cells)

    def _cells(self, inputs, tone, styles):
        """Return how rows of a kind are written, see :meth:`Page.write_row`."""
        style = self.page.book.style
        cells = []
        for column in self.columns:
            look = styles.get(column.key, column.style)
            pieces = () if column.key in inputs else self._pieces.get(column.key, ())
            cells.append(
                (
                    column.key,
                    style("cell", *tone, look),
                    pieces and style("cell", "derived", *tone, look),
                    pieces,
                )
            )
        return cells

    def _fit_height(self, row, wrapped):
        """Make a row high enough for its wrapped text: not every program does."""
        if wrapped:
            texts = [(row.get(c.key) or "", c.width) for c in wrapped]
            self.page.height(max(lines_in(text, width) for text, width in texts))

    def total(self, label, totals):
        """Write a row of sums below the rows.

        :param totals: ``{column key: (value, name)}``; the name may be empty
        """
        page = self.page
        for col, column in enumerate(self.columns):
            if column.key in totals:
                value, name = totals[column.key]
                page.derive(
                    col, f"SUM({self.cells(column.key)})", value, column.style, "total"
                )
                if name:
                    page.name(name, col)
            else:
                page.put(col, "" if col else label, "text", "total")
        page.next()

    def filter(self):
        """Let the reader filter the rows, by their header."""
        self.page.filter(self.first_row - 1, self.last_row, len(self.columns))

    def cells(self, key):
        """Return the cells of a column, on this page."""
        return self.range(key).split("!")[1]

    def range(self, key):
        """Return the cells of a column as formulas on every page can refer to them."""
        col = self._places[key]
        return self.page.range(self.first_row, self.last_row, col)

    def name_columns(self, names):
        """Name columns: ``{name: column key}``."""
        for name, key in names.items():
            self.page.book.define(name, self.range(key))
