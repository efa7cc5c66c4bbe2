import io
from datetime import date, datetime

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ...tools import tabular

# Sheets of the file and the fields of each row; a relation is given by its code.
EDITION_FIELDS = (
    "code",
    "name",
    "date_from",
    "level_ids",
    "min_fte",
    "indirect_max_share",
    "certificate_months",
    "aspirant_renewals",
    "aspirant_supplier_counts",
    "quality_min_share",
    "pso30_min_percentage",
    "pso30_min_regular_percentage",
    "pso30_min_months",
    "pso30_min_hours",
    "is_confirmed",
    "source",
)
ROW_FIELDS = {
    "norm_ids": ("level_id", "size_fte", "percentage", "is_confirmed", "source"),
    "group_rule_ids": (
        "group_id",
        "weight",
        "is_weight_known",
        "counting_from",
        "counting_months",
        "is_period_known",
        "counts_for_pso30",
        "is_confirmed",
        "source",
    ),
    "form_rule_ids": (
        "form_id",
        "weight",
        "is_weight_known",
        "max_months",
        "is_in_total",
        "is_regular",
        "needs_tenure",
        "counts_for_pso30",
        "is_confirmed",
        "source",
    ),
}
MAX_ERRORS = 20
MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PsoEditionFile(models.AbstractModel):
    """An edition of the rule book as a spreadsheet, out and in again.

    One sheet for the edition and one for each kind of row; the headers are the
    technical names, the same in every language.
    """

    _name = "pso.edition.file"
    _description = "PSO Edition as a Spreadsheet"

    # -- out -----------------------------------------------------------------

    @api.model
    def _write_file(self, edition):
        """:return: the bytes of an XLSX file with everything an edition says"""
        import xlsxwriter  # noqa: PLC0415 -- slow to import, and seldom used

        buffer = io.BytesIO()
        options = {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
        with xlsxwriter.Workbook(buffer, options) as book:
            header = book.add_format({"bold": True, "bottom": 1})
            self._write_sheet(book, header, "edition", edition, EDITION_FIELDS)
            for name, columns in ROW_FIELDS.items():
                self._write_sheet(book, header, name, edition[name], columns)
        return buffer.getvalue()

    def _write_sheet(self, book, header, name, records, columns):
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(columns) - 1, 18)
        sheet.write_row(0, 0, columns, header)
        for row, record in enumerate(records, 1):
            for column, fname in enumerate(columns):
                self._write_cell(sheet, row, column, record, fname)

    def _write_cell(self, sheet, row, column, record, fname):
        """Text as text, whatever it looks like: a source may start with ``=``."""
        value, kind = record[fname], record._fields[fname].type
        if kind == "boolean":
            sheet.write_boolean(row, column, value)
        elif kind in ("float", "integer"):
            sheet.write_number(row, column, value)
        elif kind == "date":
            if value:
                sheet.write_datetime(
                    row, column, datetime.combine(value, datetime.min.time())
                )
        elif kind in ("many2one", "many2many"):
            sheet.write_string(row, column, ", ".join(value.mapped("code")))
        else:
            sheet.write_string(row, column, value or "")

    # -- in ------------------------------------------------------------------

    @api.model
    def _read_file(self, content):
        """The values of an edition from a file, its rows as commands.

        :param content: the bytes of an XLSX file
        :raise ValidationError: naming sheet, row and column of everything wrong
        """
        try:
            return self._read_book(content, self._open(content))
        except tabular.FileError as error:
            raise ValidationError(self.env._(error.reason)) from error

    def _read_book(self, content, book):
        errors = []
        missing = [
            name for name in ("edition", *ROW_FIELDS) if name not in book.sheetnames
        ]
        if missing:
            raise ValidationError(
                self.env._("The file lacks the sheet “%(sheet)s”.", sheet=missing[0])
            )
        editions = self._read_sheet(
            content, book["edition"], self.env["pso.edition"], EDITION_FIELDS, errors
        )
        vals = editions[0] if editions else {}
        if len(editions) != 1:
            errors.append(self.env._("Sheet “edition”: exactly one row is expected."))
        for name, columns in ROW_FIELDS.items():
            model = self.env[self.env["pso.edition"]._fields[name].comodel_name]
            rows = self._read_sheet(content, book[name], model, columns, errors)
            vals[name] = [Command.clear(), *map(Command.create, rows)]
        if errors:
            raise ValidationError(self._error_text(errors))
        return vals

    def _error_text(self, errors):
        shown = errors[:MAX_ERRORS]
        if len(errors) > MAX_ERRORS:
            more = len(errors) - MAX_ERRORS
            shown.append(self.env._("… and %(count)s more.", count=more))
        return "\n".join([self.env._("Nothing was imported:"), *shown])

    def _open(self, content):
        from openpyxl import load_workbook  # noqa: PLC0415 -- as xlsxwriter

        try:
            tabular.check_workbook(content)
            return load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
        except tabular.FileError:
            raise
        except Exception as error:  # openpyxl raises whatever zip and XML raise
            raise ValidationError(
                self.env._("This file is not a spreadsheet of the kind .xlsx.")
            ) from error

    def _read_sheet(self, content, sheet, model, columns, errors):
        """The rows of a sheet as values; what is wrong is added to ``errors``."""
        sheet.reset_dimensions()  # they may claim a million columns
        rows = tabular.read_rows(content, sheet)
        _number, first = next(rows, (1, ()))
        headers = ["" if cell is None else str(cell).strip() for cell in first]
        wrong = self._wrong_headers(sheet, headers, columns)
        if wrong:
            errors.append(wrong)
            return []
        result, hidden = [], tabular.hidden_rows(content, sheet)
        for number, cells in rows:
            if all(cell is None for cell in cells):
                continue
            errors += self._wrong_cells(sheet, number, cells, headers, columns)
            if number in hidden:
                errors.append(
                    self.env._(
                        "Sheet “%(sheet)s”, row %(row)s: your spreadsheet hides this "
                        "row: show it, or delete it.",
                        sheet=sheet.title,
                        row=number,
                    )
                )
            values = dict(zip(headers, cells, strict=False))
            result.append(
                {
                    name: self._read_cell(
                        model, name, values.get(name), errors, sheet, number
                    )
                    for name in columns
                }
            )
        return result

    def _wrong_headers(self, sheet, headers, columns):
        """What keeps a sheet from being read, in words, or None."""
        absent = [name for name in columns if name not in headers]
        if absent:
            return self.env._(
                "Sheet “%(sheet)s”: the column “%(column)s” is missing.",
                sheet=sheet.title,
                column=absent[0],
            )
        double = [name for name in columns if headers.count(name) > 1]
        if double:
            return self.env._(
                "Sheet “%(sheet)s”: the column “%(column)s” is there twice.",
                sheet=sheet.title,
                column=double[0],
            )
        return None

    def _wrong_cells(self, sheet, number, cells, headers, columns):
        """What is said in columns of which nobody knows what they are."""
        unknown = [
            headers[position] if position < len(headers) else ""
            for position, cell in enumerate(cells)
            if cell is not None
            and (position >= len(headers) or headers[position] not in columns)
        ]
        return [
            self.env._(
                "Sheet “%(sheet)s”, row %(row)s: the column “%(column)s” is not known: "
                "give it the name of a field, or delete it.",
                sheet=sheet.title,
                row=number,
                column=header,
            )
            for header in unknown
        ]

    def _read_cell(self, model, name, value, errors, sheet, row):
        field = model._fields[name]
        try:
            if isinstance(value, tabular.Broken):
                raise ValueError(self.env._(value.reason))
            if isinstance(value, tabular.Percent):
                raise ValueError(
                    self.env._(
                        "“%(value)s%%” is shown as a percentage: write it as a number",
                        value=f"{value:g}",
                    )
                )
            if value in (None, "") and field.required:
                raise ValueError(self.env._("a value is required"))
            return getattr(self, f"_read_{field.type}")(field, value)
        except ValueError as error:
            errors.append(
                self.env._(
                    "Sheet “%(sheet)s”, row %(row)s, column “%(column)s”: %(reason)s.",
                    sheet=sheet.title,
                    row=row,
                    column=name,
                    reason=error,
                )
            )
            return False

    def _read_float(self, field, value):
        if value in (None, ""):
            return 0
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(self.env._("“%(value)s” is not a number", value=value))
        return value

    def _read_integer(self, field, value):
        number = self._read_float(field, value)
        if number != int(number):
            raise ValueError(
                self.env._("“%(value)s” is not a whole number", value=value)
            )
        return int(number)

    def _read_boolean(self, field, value):
        if value in (None, "", 0, 1):
            return bool(value)
        raise ValueError(self.env._("“%(value)s” is not TRUE or FALSE", value=value))

    def _read_date(self, field, value):
        if value in (None, ""):
            return False
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        raise ValueError(self.env._("“%(value)s” is not a date", value=value))

    def _read_char(self, field, value):
        return str(value) if value not in (None, "") else False

    _read_text = _read_char

    def _read_selection(self, field, value):
        if value not in field.get_values(self.env):
            known = ", ".join(field.get_values(self.env))
            raise ValueError(
                self.env._(
                    "“%(value)s” is not one of %(known)s", value=value, known=known
                )
            )
        return value

    def _read_many2one(self, field, value):
        return self._by_code(field, [str(value).strip()]).id

    def _read_many2many(self, field, value):
        codes = [code.strip() for code in str(value or "").split(",") if code.strip()]
        return [Command.set(self._by_code(field, codes).ids)]

    def _by_code(self, field, codes):
        """The records of a relation with these codes, archived ones too."""
        model = self.env[field.comodel_name].with_context(active_test=False)
        records = model.search([("code", "in", codes)])
        unknown = [code for code in codes if code not in records.mapped("code")]
        if unknown:
            raise ValueError(
                self.env._("the code “%(code)s” is unknown", code=unknown[0])
            )
        return records
