"""Files made to hold a worker, or to fill its memory: refused after little work."""

import base64
import io
import tracemalloc
import warnings
import zipfile
from unittest.mock import patch

from common import PsoCase

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.pso_odoo.tools import tabular
from odoo.addons.pso_odoo.tools.table import MAX_ROWS, MAX_TEXT

MB = 1024**2
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PARTS = {
    "[Content_Types].xml": f"""{HEAD}<Types xmlns="{PACKAGE}/content-types">
        <Default Extension="rels"
            ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        <Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>
        <Override PartName="/xl/worksheets/sheet1.xml"
            ContentType="{TYPE}.worksheet+xml"/>
        <Override PartName="/xl/sharedStrings.xml"
            ContentType="{TYPE}.sharedStrings+xml"/>
        <Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>
        </Types>""",
    "_rels/.rels": f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships">
        <Relationship Id="rId1" Type="{OFFICE}/officeDocument"
            Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>
        <sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""{HEAD}<Relationships
        xmlns="{PACKAGE}/relationships">
        <Relationship Id="rId1" Type="{OFFICE}/worksheet"
            Target="worksheets/sheet1.xml"/>
        <Relationship Id="rId2" Type="{OFFICE}/sharedStrings"
            Target="sharedStrings.xml"/></Relationships>""",
    "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}"><si><t>Year</t></si></sst>',
    "xl/styles.xml": f"""{HEAD}<styleSheet xmlns="{MAIN}">
        <cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>""",
    "xl/worksheets/sheet1.xml": f"""{HEAD}<worksheet xmlns="{MAIN}"><sheetData>
        <row r="1"><c r="A1" t="s"><v>0</v></c></row>
        <row r="2"><c r="A2"><v>2025</v></c></row></sheetData></worksheet>""",
}


def workbook(method=zipfile.ZIP_DEFLATED, **parts):
    """A workbook, with some parts in another way: ``sheet``, ``sharedStrings``, …"""
    names = {"sheet": "xl/worksheets/sheet1.xml"}
    named = {names.get(name, f"xl/{name}.xml"): part for name, part in parts.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, part in (PARTS | named).items():
            packed.writestr(name, part)
    return buffer.getvalue()


def sheet(rows):
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def bombs():
    """``(name, bytes, words of the refusal)``"""
    root = f'{HEAD}<sst xmlns="{MAIN}">'
    yield (
        "shared strings",
        workbook(sharedStrings=root + 1_200_000 * ("<si><t>x</t></si>") + "</sst>"),
        "more than 500000 cells",
    )
    yield (
        "one long text",
        workbook(sharedStrings=root + "<si><t>" + "x" * (90 * MB) + "</t></si></sst>"),
        "more than 50 MB",
    )
    yield (
        "runs of rich text",
        workbook(
            sharedStrings=f"{root}<si>" + 600_000 * ("<r><t>x</t></r>") + "</si></sst>"
        ),
        "more than 500000 cells",
    )
    yield (
        "cells",
        workbook(sheet=sheet(600_000 * ('<row><c t="n"><v>1</v></c></row>'))),
        "more than 500000 cells",
    )
    yield (
        "wide empty rows",
        workbook(
            sheet=sheet(
                "".join(f'<row r="{r}"><c r="XFD{r}"/></row>' for r in range(1, 9000))
            )
        ),
        "empty ones too",
    )
    yield (
        "a row far below",
        workbook(sheet=sheet('<row r="99999999999"><c><v>1</v></c></row>')),
        "rows",
    )
    yield (
        "styles",
        workbook(
            styles=f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs>'
            + 110_000 * ("<xf/>")
            + "</cellXfs></styleSheet>"
        ),
        "styles and names",
    )
    yield (
        "a slow format",
        workbook(
            styles=f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" '
            f'formatCode="{"[" * 4000}"/></numFmts></styleSheet>'
        ),
        "damaged",
    )
    yield (
        "attributes",
        workbook(
            workbook="<workbook " + " ".join(f'a{n}=""' for n in range(100_000)) + "/>"
        ),
        "damaged",
    )
    laughs = "".join(f'<!ENTITY l{n} "{10 * (f"&l{n - 1};")}">' for n in range(1, 9))
    for name, before in (
        ("entities", ""),
        ("entities later", f"<!--{'x' * 70_000}-->"),
    ):
        yield (
            name,
            workbook(
                sharedStrings=f"{HEAD}{before}<!DOCTYPE sst ["
                f'<!ENTITY l0 "ha">{laughs}]>'
                f'<sst xmlns="{MAIN}"><si><t>&l8;</t></si></sst>'
            ),
            "damaged",
        )
    yield (
        "entities in another encoding",
        workbook(
            sharedStrings=f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE sst ['
            f'<!ENTITY l0 "ha">{laughs}]><sst><si><t>&l8;</t></si></sst>'.encode(
                "utf-16"
            )
        ),
        "damaged",
    )
    yield (
        "nested",
        workbook(sheet=sheet(1_100_000 * ("<a>") + 1_100_000 * ("</a>"))),
        "more than 500000 cells",
    )
    yield (
        "parts",
        workbook(**{f"part{n}": "<a/>" for n in range(1100)}),
        "more than 1000 parts",
    )
    yield (
        "another way of packing",
        workbook(zipfile.ZIP_BZIP2, sharedStrings="x" * (40 * MB)),
        "damaged",
    )
    yield "empty lines", b"Year\n" + b"\n" * (9 * MB), "more than 1048576 rows"
    yield "empty lines of a Mac", b"Year\r" + b"\r" * (9 * MB), "1048576 rows"
    yield "one line", b"Year\n" + b"x" * (9 * MB), "1000000 characters"
    yield "separators", b"Year\n" + b";" * (9 * MB), "1000000 characters"
    yield "quoted", b'Year\n"' + b"x" * (9 * MB) + b'"', "1000000 characters"


@tagged("post_install", "-at_install")
class TestBombs(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hr = cls.user("pso_odoo.group_pso_hr")
        cls.buyer = cls.user("pso_odoo.group_pso_purchase")
        cls.manager = cls.user("pso_odoo.group_pso_manager")

    def test_the_workbook_that_bombs_are_made_of_is_read(self):
        table = tabular.read(workbook())
        self.assertEqual(table.rows, [(1, ["Year"]), (2, [2025])])

    def test_each_is_refused_in_words_and_little_memory(self):
        """What is unpacked of it at once is no more than a piece of it."""
        count = 0
        for name, content, words in bombs():
            self.assertLess(len(content), tabular.MAX_BYTES)
            tracemalloc.start()
            try:
                with self.subTest(name), self.assertRaises(tabular.FileError) as caught:
                    tabular.read(content)
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
            with self.subTest(name):
                # Text is held in two or three copies, of up to ten megabytes each.
                self.assertLess(peak, 60 * MB)
                self.assertIn(words, str(caught.exception.reason))
            count += 1
        self.assertGreater(count, 15)

    def test_no_more_than_a_piece_is_unpacked_of_what_lies_about_its_size(self):
        content = bytearray(workbook(sharedStrings="<sst>" + "<a/>" * 10_000_000))
        size = (5 + 40_000_000).to_bytes(4, "little")
        self.assertEqual(content.count(size), 2)
        content = bytes(content).replace(size, (1000).to_bytes(4, "little"))
        tracemalloc.start()
        try:
            with self.assertRaises(tabular.FileError):
                tabular.read(content)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        self.assertLess(peak, 5 * MB)

    def test_rows_and_cells_in_another_order_are_not_left_out(self):
        """Who reads them in the order of their numbers would not see them."""
        cell = '<c r="{}"><v>1</v></c>'.format
        for rows in (
            f'<row r="2">{cell("A2")}</row><row r="1">{cell("A1")}</row>',
            f'<row r="1">{cell("A1")}</row><row r="1">{cell("B1")}</row>',
            f'<row r="0">{cell("A1")}</row><row r="1">{cell("A1")}</row>',
            f'<row r="1">{cell("C1")}{cell("A1")}</row>',
            f'<row r="1">{cell("A1")}{cell("A1")}</row>',
        ):
            with self.subTest(rows), self.assertRaises(tabular.FileError) as caught:
                tabular.read(workbook(sheet=sheet(rows)))
            self.assertIn("damaged", str(caught.exception.reason))

    def test_hidden_row_that_does_not_say_its_number(self):
        row = "<row{}><c><v>{}</v></c></row>".format
        for hidden in (' hidden="1"', ' hidden="true"', ' ht="0"', ' ht="0.00"'):
            rows = row("", 1) + row(hidden, 2) + row("", 3)
            with self.subTest(hidden):
                table = tabular.read(workbook(sheet=sheet(rows)))
                self.assertEqual(len(table.rows), 3)
                self.assertEqual(table.hidden_rows, {2})

    def test_nothing_of_a_cell_is_in_a_warning(self):
        """Also when another thread, that reads too, has ended and shows them again."""
        styles = f"""{HEAD}<styleSheet xmlns="{MAIN}">
            <cellXfs count="1"><xf numFmtId="14"/></cellXfs></styleSheet>"""
        rows = '<row><c><v>987654321</v></c></row><row><c t="s"><v>0</v></c></row>'
        content = workbook(sheet=sheet(rows), styles=styles)
        with (
            patch("warnings.simplefilter"),
            warnings.catch_warnings(record=True) as caught,
        ):
            warnings.filterwarnings("always")
            [(_first, [cell]), _second] = tabular.read(content).rows
        self.assertIsInstance(cell, tabular.Broken)
        self.assertEqual(cell.text, "#VALUE!")
        self.assertTrue(caught, "others are shown")
        self.assertNotIn("987654321", " ".join(str(each.message) for each in caught))

    def test_rows_that_hold_nothing_take_no_memory(self):
        rows = "".join(f'<row r="{n}" ht="1"/>' for n in range(2, 200_000))
        first = '<row r="1"><c><v>1</v></c></row>'
        content = workbook(sheet=sheet(first + rows))
        tracemalloc.start()
        try:
            self.assertEqual(tabular.read(content).rows, [(1, [1])])
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        self.assertLess(peak, 30 * MB)

    def test_long_text_in_a_cell_is_a_row_to_mend(self):
        long = "x" * (MAX_TEXT + 1)
        rows = tabular.read(f"Year;Name\n2025;{long}\n2024;short\n".encode()).rows
        self.assertIsInstance(rows[1][1][1], tabular.Broken)
        self.assertEqual(rows[2][1], ["2024", "short"])

    def test_as_much_as_may_be_imported_is_read(self):
        row = "".join(f'<c r="{c}2"><v>1</v></c>' for c in "ABCDEFGHIJKLMNOPQRST")
        rows = "".join(f"<row>{row}</row>" for _ in range(MAX_ROWS))
        self.assertEqual(len(tabular.read(workbook(sheet=sheet(rows))).rows), MAX_ROWS)

    def kept(self, table):
        """How many uploads of these users a table of wizards still holds."""
        self.env.flush_all()
        [(count,)] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM %s WHERE file IS NOT NULL AND create_uid IN %s",
                SQL.identifier(table),
                (self.hr.id, self.buyer.id, self.manager.id),
            )
        )
        return count

    def files(self):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search_count([("res_model", "in", ("pso.import", "pso.edition.import"))])
        )

    def test_upload_that_is_refused_is_not_kept(self):
        before = self.files()
        for content in (workbook()[:-30], b"\x00", b"Year;" * 200, b"@"):
            wizard = self.env["pso.import"].with_user(self.hr)
            wizard = wizard.create(
                {"filename": "x.csv", "file": base64.b64encode(content)}
            )
            self.assertEqual(self.kept("pso_import"), 1)
            wizard.action_preview()
            self.assertTrue(wizard.problem)
            self.assertFalse(wizard.filename)
            self.assertEqual(self.kept("pso_import"), 0)
            problem = wizard.problem
            wizard.action_import()
            self.assertEqual(wizard.problem, problem)
        self.assertEqual(self.files(), before)

    def test_upload_of_who_may_not_import_is_not_kept(self):
        file = base64.b64encode(b"Employee;Group;Start\n")
        imports = self.env["pso.import"].with_user(self.buyer)
        with self.assertRaises(AccessError):
            imports.create({"kind": "status", "file": file})
        with self.assertRaises(AccessError):
            imports.with_context(default_kind="status").create({"file": file})
        wizard = imports.create({"kind": "status"})
        with self.assertRaises(AccessError):
            wizard.file = file
        self.env.invalidate_all(flush=False)
        self.assertEqual(self.kept("pso_import"), 0)

    def test_edition_that_is_no_spreadsheet(self):
        bomb = next(bombs())[1]
        for content in (b"nothing", bomb, workbook()):
            wizard = self.env["pso.edition.import"].with_user(self.manager)
            wizard = wizard.create({"file": base64.b64encode(content)})
            with self.assertRaises(ValidationError):
                wizard.action_import()
        empty = self.env["pso.edition.import"].with_user(self.manager).create({})
        with self.assertRaises(UserError):
            empty.action_import()

    def test_edition_that_is_refused_is_not_kept(self):
        """Though all of the request is undone: each has a transaction of its own."""
        registry = self.env.registry
        with registry.cursor() as cr:
            wizards = api.Environment(cr, SUPERUSER_ID, {})["pso.edition.import"]
            number = wizards.create({"file": base64.b64encode(b"nothing")}).id
        try:
            with self.assertRaises(ValidationError), registry.cursor() as cr:
                wizards = api.Environment(cr, SUPERUSER_ID, {})["pso.edition.import"]
                wizards.browse(number).action_import()
            with registry.cursor() as cr:
                cr.execute(
                    "SELECT file FROM pso_edition_import WHERE id = %s", [number]
                )
                self.assertEqual(cr.fetchall(), [(None,)])
        finally:
            with registry.cursor() as cr:
                cr.execute("DELETE FROM pso_edition_import WHERE id = %s", [number])
