from datetime import date, datetime

from odoo import models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ...tools import tabular
from ...tools.archive import FileError
from ...tools.cells import LARGEST
from ...tools.table import Broken, Percent
from ...tools.typed import INT4

# What the rules of an edition say of a group and of a form of contract.
GROUP_RULE = (
    *("group_id", "weight", "is_weight_known", "counting_from", "counting_months"),
    *("is_period_known", "counts_for_pso30", "is_confirmed"),
)
FORM_RULE = (
    *("form_id", "weight", "is_weight_known", "max_months", "is_in_total"),
    *("is_regular", "needs_tenure", "counts_for_pso30", "is_confirmed"),
)
# Sheets of the file and the fields of each row; a relation is given by its code.
EDITION_FIELDS = (
    *("code", "name", "date_from", "level_ids", "min_fte", "indirect_max_share"),
    *("certificate_months", "aspirant_renewals", "aspirant_supplier_counts"),
    *("quality_min_share", "pso30_min_percentage", "pso30_min_regular_percentage"),
    *("pso30_min_months", "pso30_min_hours", "is_confirmed", "source"),
)
ROW_FIELDS = {
    "norm_ids": ("level_id", "size_fte", "percentage", "is_confirmed", "source"),
    "group_rule_ids": (*GROUP_RULE, "source"),
    "form_rule_ids": (*FORM_RULE, "source"),
}
MAX_ERRORS = 20


class PsoEditionFile(models.AbstractModel):
    """An edition of the rule book as a spreadsheet, out and in again.

    One sheet for the edition and one for each kind of row; the headers are the
    technical names, the same in every language.
    """

    _name = "pso.edition.file"
    _description = "PSO Edition as a Spreadsheet"

    # -- out -----------------------------------------------------------------

    def _write_file(self, edition):
        """Write everything an edition says, as the bytes of an XLSX file."""

        def fill(book):
            header = book.add_format({"bold": True, "bottom": 1})
            self._write_sheet(book, header, "edition", edition, EDITION_FIELDS)
            for name, columns in ROW_FIELDS.items():
                self._write_sheet(book, header, name, edition[name], columns)

        return tabular.workbook(fill)

    def _write_sheet(self, book, header, name, records, columns):
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(columns) - 1, 18)
        sheet.write_row(0, 0, columns, header)
        for row, record in enumerate(records, 1):
            for column, fname in enumerate(columns):
                tabular.write_cell(sheet, row, column, self._cell(record, fname))

    def _cell(self, record, fname):
        value, field = record[fname], record._fields[fname]
        if field.relational:
            return ", ".join(value.mapped("code"))
        if field.type in ("boolean", "float", "integer"):
            return value
        return value or None

    # -- in ------------------------------------------------------------------

    def _read_file(self, content):
        """Read the values of an edition from a file, its rows as commands.

        :param content: the bytes of an XLSX file
        :raise ValidationError: naming sheet, row and column of everything wrong
        """
        try:
            tables = tabular.read_sheets(content, ("edition", *ROW_FIELDS))
        except FileError as error:
            raise ValidationError(self.env._(error.reason)) from error
        for name in ("edition", *ROW_FIELDS):
            if name not in tables:
                raise ValidationError(
                    self.env._("The file lacks the sheet “%(sheet)s”.", sheet=name)
                )
        return self._read_tables(tables)

    def _read_tables(self, tables):
        editions, errors = self._read_sheet(
            tables["edition"], self.env["pso.edition"], EDITION_FIELDS
        )
        vals = editions[0] if editions else {}
        if len(editions) != 1:
            errors.append(self.env._("Sheet “edition”: exactly one row is expected."))
        for name, columns in ROW_FIELDS.items():
            model = self.env[self.env["pso.edition"]._fields[name].comodel_name]
            rows, wrong = self._read_sheet(tables[name], model, columns)
            vals[name] = [Command.clear(), *map(Command.create, rows)]
            errors += wrong
        if errors:
            raise ValidationError(self._error_text(errors))
        return vals

    def _error_text(self, errors):
        shown = errors[:MAX_ERRORS]
        if len(errors) > MAX_ERRORS:
            more = len(errors) - MAX_ERRORS
            shown.append(self.env._("… and %(count)s more.", count=more))
        return "\n".join([self.env._("Nothing was imported:"), *shown])

    def _read_sheet(self, table, model, columns):
        """Read the rows of a sheet.

        :return: their values, and in words what is wrong
        """
        rows = table.rows
        headers = [str(cell or "").strip() for cell in rows[0][1]] if rows else []
        if wrong := self._wrong_headers(table, headers, columns):
            return [], [wrong]
        result, errors = [], []
        for number, cells in rows[1:]:
            errors += self._wrong_cells(table, number, cells, headers, columns)
            if number in table.hidden_rows:
                errors.append(
                    self.env._(
                        "Sheet “%(sheet)s”, row %(row)s: your spreadsheet hides this "
                        "row: show it, or delete it.",
                        sheet=table.sheet,
                        row=number,
                    )
                )
            values = dict(zip(headers, cells, strict=False))
            result.append(
                {
                    name: self._read_cell(
                        model._fields[name], values.get(name), errors, table, number
                    )
                    for name in columns
                }
            )
        return result, errors

    def _wrong_headers(self, table, headers, columns):
        """Say what keeps a sheet from being read, or None."""
        for name in columns:
            places = {"sheet": table.sheet, "column": name}
            if name not in headers:
                return self.env._(
                    "Sheet “%(sheet)s”: the column “%(column)s” is missing.", **places
                )
            if headers.count(name) > 1:
                return self.env._(
                    "Sheet “%(sheet)s”: the column “%(column)s” is there twice.",
                    **places,
                )
        return None

    def _wrong_cells(self, table, number, cells, headers, columns):
        """Say what stands in columns of which nobody knows what they are."""
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
                sheet=table.sheet,
                row=number,
                column=header,
            )
            for header in unknown
        ]

    def _read_cell(self, field, value, errors, table, row):
        try:
            if isinstance(value, Broken):
                raise ValueError(self.env._(value.reason))
            if isinstance(value, Percent):
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
                    sheet=table.sheet,
                    row=row,
                    column=field.name,
                    reason=error,
                )
            )
            return False

    def _read_float(self, field, value):
        if value in (None, ""):
            return 0
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(self.env._("“%(value)s” is not a number", value=value))
        if abs(value) >= (INT4 if field.type == "integer" else LARGEST):
            raise ValueError(self.env._("“%(value)s” is too large", value=value))
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
        if isinstance(value, date) and not isinstance(value, datetime):
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
        """Return the records of a relation with these codes, archived ones too."""
        model = self.env[field.comodel_name].with_context(active_test=False)
        records = model.search([("code", "in", codes)])
        unknown = [code for code in codes if code not in records.mapped("code")]
        if unknown:
            raise ValueError(
                self.env._("the code “%(code)s” is unknown", code=unknown[0])
            )
        return records
