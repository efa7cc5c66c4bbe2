"""An edition of the rule book out to a spreadsheet, and in again."""

import base64
import io
from datetime import datetime

from openpyxl import load_workbook

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

COLUMNS = {
    "level_id",
    "group_id",
    "form_id",
    "size_fte",
    "percentage",
    "weight",
    "is_weight_known",
    "counting_from",
    "counting_months",
    "max_months",
    "is_in_total",
    "source",
}
EDITION_COLUMN = {"indirect_max_share": 6, "source": 16}


@tagged("post_install", "-at_install")
class TestEditionFile(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.edition = cls.env.ref("pso_odoo.edition_2_1")

    def _content(self, edition, change=None):
        """The file of an edition, after a change to its workbook."""
        book = load_workbook(io.BytesIO(base64.b64decode(edition.export_file)))
        if change:
            change(book)
        buffer = io.BytesIO()
        book.save(buffer)
        return base64.b64encode(buffer.getvalue())

    def _import(self, content, **vals):
        wizard = self.env["pso.edition.import"].create({"file": content, **vals})
        return self.env["pso.edition"].browse(wizard.action_import()["res_id"])

    def _facts(self, edition):
        """All an edition says, but its code."""
        models = {
            name: sorted(
                tuple(str(line[fname]) for fname in line._fields if fname in COLUMNS)
                for line in edition[name]
            )
            for name in ("norm_ids", "group_rule_ids", "form_rule_ids")
        }
        return models, edition.level_ids, edition.date_from, edition.indirect_max_share

    def test_round_trip(self):
        """What comes in is what went out, every row of it."""

        def rename(book):
            book["edition"].cell(2, 1).value = "2.1-again"

        imported = self._import(self._content(self.edition, rename))
        self.assertEqual(imported.code, "2.1-again")
        self.assertEqual(self._facts(imported), self._facts(self.edition))

    def test_existing_edition_is_replaced_only_if_asked(self):
        def lower(book):
            book["edition"].cell(2, EDITION_COLUMN["indirect_max_share"]).value = 0.5

        content = self._content(self.edition, lower)
        with self.assertRaisesRegex(ValidationError, "exists already"):
            self._import(content)
        edition = self._import(content, replace=True)
        self.assertEqual(edition, self.edition)
        self.assertEqual(edition.indirect_max_share, 0.5)
        self.assertEqual(len(edition.norm_ids), 51)

    def test_errors_name_sheet_row_and_column(self):
        """Everything wrong is said at once, and nothing is written."""

        def spoil(book):
            book["edition"].cell(2, 1).value = "bad"
            book["norm_ids"].cell(3, 2).value = "many"
            book["norm_ids"].cell(4, 1).value = "step9"
            book["group_rule_ids"].cell(2, 4).value = "birth"
            book["form_rule_ids"].cell(2, 4).value = 1.5

        count = self.env["pso.edition"].search_count([])
        with self.assertRaises(ValidationError) as caught:
            self._import(self._content(self.edition, spoil))
        message = str(caught.exception)
        for text in (
            "“norm_ids”, row 3, column “size_fte”: “many” is not a number",
            "“norm_ids”, row 4, column “level_id”: the code “step9” is unknown",
            "“group_rule_ids”, row 2, column “counting_from”: “birth” is not one of",
            "“form_rule_ids”, row 2, column “max_months”: “1.5” is not a whole number",
        ):
            self.assertIn(text, message)
        self.assertEqual(self.env["pso.edition"].search_count([]), count)

    def test_values_that_no_edition_can_have(self):
        """Refused in words: the database would not take them, or a part of them."""
        for sheet, name, value, reason in (
            ("form_rule_ids", "max_months", 5_000_000_000, "is too large"),
            ("form_rule_ids", "max_months", 1e300, "is too large"),
            ("norm_ids", "size_fte", 1e300, "is too large"),
            ("edition", "date_from", datetime(2024, 1, 1, 12, 30), "is not a date"),
        ):

            def spoil(book, sheet=sheet, name=name, value=value):
                header = next(cell for cell in book[sheet][1] if cell.value == name)
                book[sheet].cell(2, header.column).value = value

            with self.subTest(name=name, value=value):
                with self.assertRaises(ValidationError) as caught:
                    self.env["pso.edition.file"]._read_file(
                        base64.b64decode(self._content(self.edition, spoil))
                    )
                for words in (f"“{sheet}”, row 2, column “{name}”", reason):
                    self.assertIn(words, str(caught.exception))

    def test_missing_sheet_and_column(self):
        with self.assertRaisesRegex(ValidationError, "sheet “form_rule_ids”"):
            self._import(
                self._content(
                    self.edition, lambda book: book.remove(book["form_rule_ids"])
                )
            )
        with self.assertRaisesRegex(ValidationError, "column “size_fte” is missing"):
            self._import(
                self._content(
                    self.edition, lambda book: book["norm_ids"].delete_cols(2)
                )
            )

    def test_not_a_spreadsheet(self):
        with self.assertRaisesRegex(ValidationError, "not a spreadsheet"):
            self._import(base64.b64encode(b"code;name\n2.1;x"))

    def test_text_is_never_a_formula(self):
        self.edition.source = '=HYPERLINK("http://x","y")'
        book = load_workbook(io.BytesIO(base64.b64decode(self.edition.export_file)))
        cell = book["edition"].cell(2, EDITION_COLUMN["source"])
        self.assertEqual(cell.data_type, "s")
        self.assertEqual(cell.value, self.edition.source)
