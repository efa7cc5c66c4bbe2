"""The workbook on paper: headings whole, readable on A4, and a foot on every page."""

import doctest
import io
import math
import shutil
import subprocess
import tempfile
from pathlib import Path
from textwrap import wrap
from unittest import skipUnless

import openpyxl
from openpyxl.utils import column_index_from_string, range_boundaries
from test_workbook import BusyCompany

from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.pso_odoo.reports.workbook import layout
from odoo.addons.pso_odoo.reports.workbook.styles import BRAND

LANGUAGES = ("en_US", "nl_NL")
A4, SMALLEST = "9", 0.7
# Letters that a bold header of 10 points has in a column, for one digit of its width.
LETTERS = 0.95
LINE = 13
# Letters of text of 10 points that a column has for one digit of its width.
TEXT_LETTERS = 1.1
# A4 landscape in points, and how much of it may be missing.
PAPER, NEARLY = (842, 595), 2
LONGEST = "A measurement with a rather long name & more, " * 8
OFFICE = shutil.which("soffice")


@tagged("post_install", "-at_install")
class TestPaper(BusyCompany):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("nl_NL")

    def file(self, measurement, lang):
        env = self.env(context={"lang": lang})
        return env["pso.workbook"]._build(measurement.with_env(env))

    def books(self, measurement):
        for lang in LANGUAGES:
            yield lang, openpyxl.load_workbook(io.BytesIO(self.file(measurement, lang)))

    def headers(self, sheet):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value and cell.fill.fgColor.rgb == f"FF{BRAND[1:]}":
                    yield cell

    def test_no_column_cuts_its_heading(self):
        self.measured.action_lock()
        for lang, book in self.books(self.measured):
            count = 0
            for sheet in book:
                for cell in self.headers(sheet):
                    width = sheet.column_dimensions[cell.column_letter].width
                    letters = int((width - 1) * LETTERS)
                    words = str(cell.value).replace("-", " ").split()
                    said = (lang, sheet.title, cell.coordinate, cell.value)
                    self.assertLessEqual(max(map(len, words)), letters, said)
                    lines = wrap(cell.value, letters, break_long_words=False)
                    height = sheet.row_dimensions[cell.row].height
                    self.assertGreaterEqual(height, LINE * len(lines), said)
                    count += 1
            self.assertGreater(count, 60)

    def test_every_sheet_is_for_a4_and_readable(self):
        for _lang, book in self.books(self.measured):
            for sheet in book:
                page = sheet.page_setup
                self.assertEqual(str(page.paperSize), A4, sheet.title)
                self.assertEqual(page.orientation, "landscape", sheet.title)
                pixels = [
                    7 * column.width + 5 for column in sheet.column_dimensions.values()
                ]
                across = int(page.fitToWidth or 1)
                printable = across * (11.69 - 0.8) * 96
                self.assertGreater(printable / sum(pixels), SMALLEST, sheet.title)
                if across > 1:
                    self.assertTrue(sheet.print_title_cols, sheet.title)
                    self.assertTrue(sheet.print_title_rows, sheet.title)

    def test_a_row_says_on_every_page_of_which_bill_it_is(self):
        """Whoever reads the second page does not count the rows of the first."""
        for lang, book in self.books(self.measured):
            (sheet,) = (each for each in book if each.title in ("Bills", "Facturen"))
            _left, top, _right, bottom = range_boundaries(sheet.auto_filter.ref)
            repeated = column_index_from_string(
                sheet.print_title_cols.split(":")[1].strip("$")
            )
            rows = [
                tuple(cell.value for cell in row[:repeated])
                for row in sheet.iter_rows(min_row=top + 1, max_row=bottom)
            ]
            self.assertGreater(len(rows), 1, lang)
            self.assertEqual(len(rows), len(set(rows)), lang)

    def cells(self, sheet):
        """Texts of a sheet, each with the width in which it has to stand."""
        # Columns of one width beside each other are one to the library.
        groups = sorted(sheet.column_dimensions.values(), key=lambda group: group.min)
        widths = [
            group.width
            for group in groups
            for _column in range(group.min, group.max + 1)
        ]
        merged = {
            (area.min_row, area.min_col): area.max_col
            for area in sheet.merged_cells.ranges
        }
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.data_type == "s":
                    yield cell, merged.get((cell.row, cell.column), cell.column), widths

    def assertFits(self, cell, width, *said):
        letters = len(cell.value) * cell.font.size / 10
        said = (*said, cell.parent.title, cell.coordinate, cell.value)
        self.assertLessEqual(letters, width * TEXT_LETTERS, said)

    def test_no_page_cuts_what_stands_in_the_columns_that_all_have(self):
        """On all pages but the first a sentence would end with these columns."""
        self.measured.action_lock()
        for lang, book in self.books(self.measured):
            count = 0
            for sheet in book:
                if not sheet.print_title_cols:
                    continue
                last = column_index_from_string(
                    sheet.print_title_cols.split(":")[1].strip("$")
                )
                for cell, until, widths in self.cells(sheet):
                    if cell.column > last:
                        continue
                    said = (lang, sheet.title, cell.coordinate, cell.value)
                    self.assertLessEqual(until, last, said)
                    if not cell.alignment.wrap_text:
                        width = sum(widths[cell.column - 1 : last])
                        self.assertFits(cell, width, lang)
                        count += 1
            self.assertGreater(count, 20)

    def test_no_cell_cuts_what_stands_beside_it(self):
        long = "A reason that takes more room than its column has, with all it rests on"
        vendor = self.vendor(f"Vendor, {long}")
        self.certificate(vendor, kind="sw")
        self.bill(vendor, 300, "2025-06-02")
        self.company.name = f"Company, {long}"
        lines = {"measurement_id": self.measured.id, "reason": long, "source": long}
        self.env["pso.correction"].create(
            [
                {"kind": "total_fte", "amount": 1, **lines},
                {"kind": "direct_fte", "amount": 1, **lines},
            ]
        )
        self.measured.action_lock()
        self.env["pso.audit.correction"].create(
            {"kind": "total_fte", "amount": -1, "auditor": long, **lines}
        )
        for lang, book in self.books(self.measured):
            count = 0
            for sheet in book:
                for cell, until, widths in self.cells(sheet):
                    beside = sheet.cell(cell.row, until + 1)
                    if cell.alignment.wrap_text or beside.value is None:
                        continue
                    self.assertFits(cell, sum(widths[cell.column - 1 : until]), lang)
                    count += 1
            self.assertGreater(count, 100)

    def test_the_foot_tells_measurement_seal_and_page(self):
        for name in ("PSO 2025", "2025 & more", LONGEST):
            measurement = self.measured.copy({"name": name})
            for is_locked in (False, True):
                if is_locked:
                    measurement.action_lock()
                ((lang, book), *_more) = self.books(measurement)
                for sheet in book:
                    foot = sheet.oddFooter
                    self.assertIn(name.replace("&", "&&")[:9], foot.left.text, lang)
                    self.assertEqual(foot.right.text.strip(), "&P / &N")
                    end = measurement.seal_digest if is_locked else "provisional"
                    self.assertIn(end, foot.left.text)

    def test_dates_as_the_language_writes_them(self):
        formats = {}
        for lang, book in self.books(self.measured):
            cell = next(
                row[1] for row in book.worksheets[0].iter_rows() if row[1].is_date
            )
            formats[lang] = cell.number_format
        self.assertEqual(formats["nl_NL"], "dd-mm-yyyy")
        self.assertEqual(formats["en_US"], r"mm\/dd\/yyyy")

    def test_examples(self):
        result = doctest.testmod(layout)
        self.assertGreater(result.attempted, 2)
        self.assertFalse(result.failed)

    @skipUnless(OFFICE, "optional: LibreOffice is not installed")
    def test_printed(self):
        """Each page is A4 landscape, and the sheet of purchases takes few of them."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "book.xlsx"
            path.write_bytes(self.file(self.measured, "nl_NL"))
            command = [
                *(OFFICE, f"-env:UserInstallation=file://{folder}/profile"),
                *("--headless", "--convert-to", "pdf", "--outdir", folder, path),
            ]
            subprocess.run(command, check=True, capture_output=True)
            reader = PdfFileReader(io.BytesIO(path.with_suffix(".pdf").read_bytes()))
            for number in range(reader.getNumPages()):
                box = reader.getPage(number).mediaBox
                size = float(box.getWidth()), float(box.getHeight())
                for have, want in zip(size, PAPER, strict=True):
                    self.assertTrue(math.isclose(have, want, abs_tol=NEARLY), size)
            text = subprocess.run(
                ["pdftotext", "-layout", path.with_suffix(".pdf"), "-"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        pages = text.split("\f")[:-1]
        for number, page in enumerate(pages, start=1):
            self.assertRegex(page, rf"\b{number} / {len(pages)}\b")
            self.assertIn(self.measured.name, page)
