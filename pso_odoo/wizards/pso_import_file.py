from odoo import models
from odoo.fields import Domain

from ..tools.importing import REASON_COLUMN, ROW_COLUMN
from ..tools.tabular import plain, workbook, write_cell

LISTED = ("code", "choice", "flag")
ROWS_WITH_LIST = 2000


class PsoImportFile(models.AbstractModel):
    """The spreadsheets that an import hands out: the template, and the rows to mend."""

    _name = "pso.import.file"
    _description = "Spreadsheets of PSO Imports"

    def _template(self, importer):
        """Write the headers, an example and what fits, as the bytes of an XLSX file."""
        return workbook(lambda book: self._write_template(book, importer))

    def _rejected(self, importer, reading):
        """Write the refused rows as they were, with the reasons beside them.

        :return: the bytes of an XLSX file that can be mended and imported
        """
        return workbook(lambda book: self._write_rejected(book, importer, reading))

    # -- the template --------------------------------------------------------

    def _write_template(self, book, importer):
        bold = book.add_format({"bold": True, "bottom": 1})
        optional = book.add_format({"bottom": 1})
        grey = book.add_format({"italic": True, "font_color": "#6c757d"})
        text = book.add_format({"num_format": "@"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(self.env._("Import"))
        values = book.add_worksheet(self.env._("Values"))
        sheet.freeze_panes(1, 0)
        columns = importer._columns()
        for position, column in enumerate(columns):
            label = importer._label(column)
            form = {"date": day, "text": text}.get(column.reads)
            sheet.set_column(position, position, max(14, len(label) + 2), form)
            sheet.write_string(
                0, position, label, bold if column.is_required else optional
            )
            sheet.write_string(1, position, column.example, grey)
        sheet.write_comment(0, 0, self.env._("Replace the example below by your rows."))
        self._write_values(book, values, sheet, importer)

    def _write_values(self, book, values, sheet, importer):
        """Write a sheet that says what fits each column, with lists to choose from."""
        bold = book.add_format({"bold": True, "bottom": 1})
        values.set_column(0, 1, 24)
        values.set_column(2, 3, 44)
        headers = [
            self.env._("Column"),
            self.env._("Needed"),
            self.env._("What to Write"),
            self.env._("Name"),
        ]
        for position, header in enumerate(headers):
            values.write_string(0, position, header, bold)
        row = 1
        for position, column in enumerate(importer._columns()):
            values.write_string(row, 0, importer._label(column))
            values.write_string(row, 1, self._need(column))
            values.write_string(row, 2, self._about(column))
            choices = self._choices(importer, column)
            for offset, (code, name) in enumerate(choices, 1):
                values.write_string(row + offset, 2, code)
                values.write_string(row + offset, 3, name)
            if choices:
                title = values.get_name().replace("'", "''")
                source = f"='{title}'!$C${row + 2}:$C${row + 1 + len(choices)}"
                sheet.data_validation(
                    *(1, position, ROWS_WITH_LIST, position),
                    {"validate": "list", "source": source, "error_type": "warning"},
                )
            row += 1 + len(choices)

    def _need(self, column):
        if column.is_required:
            return self.env._("Yes")
        return self.env._("One of these") if column.identifies else ""

    def _about(self, column):
        if column.about:
            return self.env._(column.about)
        return {
            "date": self.env._("A date: 31-12-2025 or 2025-12-31."),
            "number": self.env._("A number: 1234.5 or 1.234,50."),
            "percentage": self.env._("A percentage: 12 for 12%."),
            "whole": self.env._("A whole number."),
            "code": self.env._("One of these, or its name:"),
            "choice": self.env._("One of these, or its name:"),
            "flag": self.env._("One of these, or empty for no:"),
        }.get(column.reads, "")

    def _choices(self, importer, column):
        """Return what fits in a column, with its name."""
        if column.reads == "flag":
            return [("1", self.env._("Yes")), ("0", self.env._("No"))]
        if column.reads not in LISTED:
            return []
        if column.name == "currency_id":
            currencies = self.env["res.currency"].search(Domain.TRUE)
            return [(each.name, each.full_name or "") for each in currencies]
        named = importer._values_with_names(self.env[importer._target], column)
        return [(str(names[0]), names[-1]) for _value, names in named]

    # -- the rows to mend ----------------------------------------------------

    def _write_rejected(self, book, importer, reading):
        bold = book.add_format({"bold": True, "bottom": 1})
        red = book.add_format({"font_color": "#b02a37"})
        percent = book.add_format({"num_format": "0.00##########%"})
        sheet = book.add_worksheet(self.env._("To Mend"))
        sheet.freeze_panes(1, 0)
        bad = [row for row in reading.rows if row.state == "bad"]
        width = max(len(reading.headers), *(len(row.cells) for row in bad), 1)
        sheet.set_column(0, width, 16)
        sheet.set_column(width + 1, width + 1, 80)
        for position, header in enumerate(reading.headers):
            if header:
                sheet.write_string(0, position, plain(header), bold)
        sheet.write_string(0, width, self.env._(ROW_COLUMN), bold)
        sheet.write_string(0, width + 1, self.env._(REASON_COLUMN), bold)
        for number, row in enumerate(bad, 1):
            for position, cell in enumerate(row.cells):
                write_cell(sheet, number, position, cell, percent)
            sheet.write_number(number, width, row.number)
            reasons = "; ".join(f"{where}: {why}" for where, why in row.problems)
            sheet.write_string(number, width + 1, plain(reasons), red)
