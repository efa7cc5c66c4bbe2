"""Import of statuses, certificates and supplier figures: every row is accounted for."""

import base64
import io
import logging
import zipfile
from datetime import date, datetime
from threading import Thread
from unittest.mock import patch

import xlsxwriter
from common import PsoCase
from lxml import etree
from openpyxl import load_workbook
from test_long_work import connection

from odoo.exceptions import AccessError, UserError
from odoo.service.model import retrying
from odoo.tests import HttpCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools.safe_eval import safe_eval

from odoo.addons.pso_odoo.tools import tabular
from odoo.addons.pso_odoo.tools.table import MAX_ROWS

HR, PURCHASE = "pso_odoo.group_pso_hr", "pso_odoo.group_pso_purchase"
NOTHING = (0, 0, 0)


class ImportCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hr, cls.buyer = cls.user(HR), cls.user(PURCHASE)

    def wizard(self, kind, content, user=None):
        """An import of a file; a text is a CSV file."""
        if isinstance(content, str):
            content = content.encode()
        user = user or (self.hr if kind == "status" else self.buyer)
        wizards = self.env["pso.import"].with_user(user)
        return wizards.create({"kind": kind, "file": base64.b64encode(content)})

    def preview(self, kind, content):
        wizard = self.wizard(kind, content)
        wizard.action_preview()
        return wizard

    def imported(self, kind, content):
        wizard = self.preview(kind, content)
        before = self.counts(wizard)
        wizard.action_import()
        self.assertEqual(self.counts(wizard), before, "the preview was wrong")
        return wizard

    def counts(self, wizard):
        return wizard.good_count, wizard.known_count, wizard.bad_count

    def reasons(self, wizard):
        return [(line.row, line.column, line.text) for line in wizard.bad_line_ids]

    def assertRefusesRow(self, kind, content, column, text, row=2):
        """Only this row is refused, for this column and reason."""
        wizard = self.imported(kind, content)
        self.assertFalse(wizard.problem)
        [(number, where, why)] = self.reasons(wizard)
        self.assertEqual((number, where), (row, column), why)
        self.assertIn(text, why)
        return wizard

    def assertRefusesFile(self, kind, content, text):
        wizard = self.preview(kind, content)
        self.assertIn(text, wizard.problem or "")
        self.assertEqual(self.counts(wizard), NOTHING)
        self.assertFalse(wizard.bad_line_ids)
        wizard.action_import()
        self.assertIn(text, wizard.problem)

    def book(self, *rows, write=None, **options):
        """The bytes of a workbook with these rows, as they are."""
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, options) as book:
            sheet = book.add_worksheet("Data")
            for number, cells in enumerate(rows):
                for position, cell in enumerate(cells):
                    if isinstance(cell, date):
                        style = book.add_format({"num_format": "dd-mm-yyyy"})
                        midnight = datetime.combine(cell, datetime.min.time())
                        sheet.write_datetime(number, position, midnight, style)
                    elif isinstance(cell, str):
                        sheet.write_string(number, position, cell)
                    else:
                        sheet.write(number, position, cell)
            if write:
                write(book, sheet)
        return buffer.getvalue()


@tagged("post_install", "-at_install")
class TestImportStatuses(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls.employee(
            name="Anna de Vries", barcode="0042", work_email="Anna@example.com"
        )
        cls.bob = cls.employee(name="Bob Jansen")

    def statuses(self, employee=None):
        return (employee or self.anna).pso_status_ids.sorted("date_start")

    def test_all_columns(self):
        """What the file says is what the record says, in each of its columns."""
        self.imported(
            "status",
            "Employee;Target Group;Form of Contract;Start;End;Inflow;Event;"
            "Zero-Hours Contract;Legal Basis;Informed On;Proof\n"
            "Anna de Vries;vso_pro;placement;29-02-2024;31-12-2024;1-1-2023;"
            "10-7-2022;yes;consent;2024-03-01;received\n",
        )
        status = self.statuses()
        self.assertEqual(status.employee_id, self.anna)
        self.assertEqual(status.group_id.code, "vso_pro")
        self.assertEqual(status.form_id.code, "placement")
        self.assertEqual(status.date_start, date(2024, 2, 29))
        self.assertEqual(status.date_end, date(2024, 12, 31))
        self.assertEqual(status.date_inflow, date(2023, 1, 1))
        self.assertEqual(status.date_event, date(2022, 7, 10))
        self.assertTrue(status.is_zero_hours)
        self.assertEqual(status.legal_basis, "consent")
        self.assertEqual(status.date_informed, date(2024, 3, 1))
        self.assertEqual(status.evidence_state, "received")

    def test_what_lists_of_people_say_and_pso_does_not_ask_for(self):
        """It is left out without a question, a citizen number first of all."""
        wizard = self.preview(
            "status",
            "Naam;Doelgroep;Start;BSN;Burgerservicenummer;IBAN;Leidinggevende\n"
            "Anna de Vries;wajong;2024-01-01;123456782;123456782;NL02;Bob Jansen\n",
        )
        self.assertFalse(wizard.question)
        self.assertIn("BSN, Burgerservicenummer, IBAN, Leidinggevende", wizard.note)
        samples = wizard.column_ids.sorted("position").mapped("samples")
        nothing = ["", "", "", ""]
        self.assertEqual(samples, ["Anna de Vries", "wajong", "2024-01-01", *nothing])
        wizard.action_import()
        self.assertTrue(self.statuses())

    def test_all_mistakes_of_a_row_are_told_at_once(self):
        """Who is found by nobody does not hide that the dates are wrong as well."""
        wizard = self.imported(
            "status",
            "Employee;Group;Start;End\nNobody;wajong;2024-02-01;2024-01-01\n",
        )
        found = {column for _row, column, _reason in self.reasons(wizard)}
        self.assertEqual(found, {"End", "Employee"})

    def test_good_rows_are_not_lost(self):
        """Bad rows are left out, whatever stands around them, and nothing else is."""
        wizard = self.imported(
            "status",
            "Employee;Group;Start\n"
            "Nobody;wajong;2024-01-01\n"
            "\n"
            "Anna de Vries;wajong;2024-01-01\n"
            "Bob Jansen;unknown;2024-01-01\n"
            ";;\n"
            "Bob Jansen;pw;2024-13-01\n"
            "Bob Jansen;pw;2024-12-31\n",
        )
        self.assertEqual(self.counts(wizard), (2, 0, 3))
        self.assertEqual(
            [(row, column) for row, column, _reason in self.reasons(wizard)],
            [(2, "Employee"), (5, "Target Group"), (7, "Start")],
        )
        self.assertEqual(self.statuses().group_id.code, "wajong")
        self.assertEqual(self.statuses(self.bob).date_start, date(2024, 12, 31))

    def test_all_that_is_wrong_in_a_row(self):
        wizard = self.preview(
            "status", "Employee;Group;Start;End\nNobody;unknown;31-4-2024;later\n"
        )
        columns = {column for _row, column, _text in self.reasons(wizard)}
        self.assertEqual(columns, {"Employee", "Target Group", "Start", "End"})
        self.assertEqual(wizard.bad_count, 1)

    def test_refused_cells(self):
        """Each of these is one reason, naming row and column."""
        row = {
            "Employee": "Anna de Vries",
            "Group": "wajong",
            "Start": "2024-01-01",
            "End": "",
            "Zero hours": "",
            "Proof": "",
            "Informed On": "",
        }
        for header, cell, column, text in (
            ("Employee", "", "Employee", "whom it is about"),
            ("Group", "", "Target Group", "needed"),
            ("Group", "Wajon", "Target Group", "is it “Wajong”?"),
            ("Group", "nonsense", "Target Group", "“nonsense” is none of"),
            ("Start", "", "Start", "needed"),
            ("Start", "29-02-2023", "Start", "not a date"),
            ("Start", "2024", "Start", "not a date"),
            ("Start", "1-1-24", "Start", "not a date"),
            ("Start", "1-1-0024", "Start", "between 1900 and 2100"),
            ("End", "2023-12-31", "End", "before it starts"),
            ("End", "31-12-9999", "End", "leave it empty"),
            ("Zero hours", "maybe", "Zero-Hours Contract", "not yes or no"),
            ("Proof", "lost", "Proof", "write Missing / Received / Verified"),
            ("Informed On", "2100-01-01", "Informed On", "in the future"),
        ):
            with self.subTest(header=header, cell=cell):
                cells = {**row, header: cell}
                content = f"{';'.join(cells)}\n{';'.join(cells.values())}\n"
                self.assertRefusesRow("status", content, column, text)
                self.assertFalse(self.statuses())

    def test_a_second_try_writes_nothing(self):
        content = (
            "Employee;Group;Start;End;Inflow\n"
            "Anna de Vries;wajong;2024-01-01;2024-06-30;\n"
            "Anna de Vries;wajong;2024-07-01;;2023-05-01\n"
            "Bob Jansen;pw;2024-01-01;;\n"
        )
        self.assertEqual(self.counts(self.imported("status", content)), (3, 0, 0))
        before = self.env["pso.status"].search([]).read()
        self.assertEqual(self.counts(self.imported("status", content)), (0, 3, 0))
        self.assertEqual(self.env["pso.status"].search([]).read(), before)

    def test_what_is_there_is_not_overwritten(self):
        status = self.status(self.anna, start="2024-01-01", end="2024-06-30")
        for cells, column in (
            ("pw;2024-01-01;2024-06-30", "Target Group"),
            ("wajong;2024-01-01;2024-07-31", "End"),
            ("wajong;2024-01-01;", "End"),
        ):
            with self.subTest(cells=cells):
                content = f"Employee;Group;Start;End\nAnna de Vries;{cells}\n"
                self.assertRefusesRow("status", content, column, "in Odoo already")
        self.assertEqual(self.statuses(), status)
        self.assertEqual(status.group_id.code, "wajong")

    def test_proof_that_has_come_further(self):
        """Somebody looked at it after the first try: that is no contradiction."""
        self.status(self.anna, start="2024-01-01", evidence_state="verified")
        head = "Employee;Group;Start;Proof\nAnna de Vries;wajong;2024-01-01;"
        wizard = self.preview("status", f"{head}received\n")
        self.assertEqual(self.counts(wizard), (0, 1, 0))
        self.statuses().evidence_state = "missing"
        self.assertRefusesRow("status", f"{head}received\n", "Proof", "Missing")

    def test_overlap_with_what_is_there(self):
        self.status(self.anna, start="2024-01-01", end="2024-06-30")
        head = "Employee;Group;Start;End\nAnna de Vries;pw;"
        for period in ("2023-01-01;", "2024-06-30;", "2023-01-01;2024-01-01"):
            with self.subTest(period=period):
                content = f"{head}{period}\n"
                self.assertRefusesRow("status", content, "Start", "that is in Odoo")
        wizard = self.imported("status", f"{head}2024-07-01;\n")
        self.assertEqual(self.counts(wizard), (1, 0, 0))

    def test_rows_of_one_file(self):
        """The second of two that collide is refused; a repeated one is known."""
        wizard = self.imported(
            "status",
            "Employee;Group;Start;End\n"
            "Anna de Vries;pw;2024-01-01;2024-06-30\n"
            "Anna de Vries;ww;2024-03-01;\n"
            "Anna de Vries;pw;2024-01-01;2024-06-30\n"
            "Anna de Vries;ww;2024-01-01;2024-06-30\n",
        )
        self.assertEqual(self.counts(wizard), (1, 1, 2))
        overlap, other = self.reasons(wizard)
        self.assertEqual(overlap[:2], (3, "Start"))
        self.assertIn("row 2", overlap[2])
        self.assertEqual(other[:2], (5, "Target Group"))
        self.assertIn("Row 2", other[2])

    def test_inflow_as_entered(self):
        """Also where the rows around it would have it derived otherwise."""
        self.imported(
            "status",
            "Employee;Group;Start;End;Inflow\n"
            "Anna de Vries;pw;2023-01-01;2023-12-31;2022-05-01\n"
            "Anna de Vries;pw;2024-01-01;2024-12-31;2023-01-01\n"
            "Anna de Vries;pw;2025-01-01;;\n",
        )
        inflows = self.statuses().mapped("date_inflow")
        expected = [date(2022, 5, 1), date(2023, 1, 1), date(2023, 1, 1)]
        self.assertEqual(inflows, expected)

    def test_who_it_is_about(self):
        self.anna.get_external_id()
        self.env["ir.model.data"].create(
            {
                "module": "pso_test",
                "name": "anna",
                "model": "hr.employee",
                "res_id": self.anna.id,
            }
        )
        for header, cell in (
            ("Employee", "  anna  DE vries "),
            ("Badge ID", "0042"),
            ("Work Email", "ANNA@EXAMPLE.COM"),
            ("ID", str(self.anna.id)),
            ("External ID", "pso_test.anna"),
        ):
            with self.subTest(header=header):
                content = f"{header};Group;Start\n{cell};pw;2024-01-01\n"
                self.imported("status", content)
                self.assertEqual(len(self.statuses()), 1)
                self.statuses().unlink()

    def test_who_it_cannot_be_about(self):
        """Nobody is guessed: not of two, not of what columns contradict each other."""
        self.employee(name="Bob Jansen")
        elsewhere = self.create_company("Elsewhere")
        self.employee(
            name="Far Away",
            company_id=elsewhere.id,
            resource_calendar_id=elsewhere.resource_calendar_id.id,
        )
        for head, cells, column, text in (
            ("Employee", "Bob Jansen", "Employee", "2 are called"),
            ("Employee", "Far Away", "Employee", "nobody who works in"),
            ("Badge ID", "42", "Badge ID", "nobody who works in"),
            ("Employee;Badge ID", "Bob Jansen;0042", "Badge ID", "is another one"),
            ("ID", "0", "ID", "nobody"),
            ("ID", "no.such.thing", "ID", "nobody"),
        ):
            with self.subTest(head=head, cells=cells):
                content = f"{head};Group;Start\n{cells};pw;2024-01-01\n"
                self.assertRefusesRow("status", content, column, text)

    def test_who_has_left(self):
        """Of two with one name the one who still works here; else who has left."""
        self.anna.action_archive()
        content = "Employee;Group;Start\nAnna de Vries;pw;2024-01-01\n"
        self.assertEqual(self.counts(self.preview("status", content)), (1, 0, 0))
        other = self.employee(name="Anna de Vries")
        self.imported("status", content)
        self.assertTrue(other.pso_status_ids)
        self.assertFalse(self.statuses())

    def test_rows_to_mend(self):
        """The file of refused rows, mended, is imported; unmended it is the same."""
        content = (
            "Werknemer;Doelgroep;Startdatum;Einde;Opmerking\n"
            "Anna de Vries;pw;31-02-2024;30-06-2024;=cmd\n"
            "Bob Jansen;pw;1-1-2024;;\n"
            "+Nobody;pw;1-1-2024;;@x\n"
        )
        wizard = self.imported("status", content)
        self.assertEqual(self.counts(wizard), (1, 0, 2))
        rejected = base64.b64decode(wizard.rejected_file)
        again = self.preview("status", rejected)
        self.assertEqual(self.counts(again), (0, 0, 2))
        self.assertEqual(
            [line[1:] for line in self.reasons(again)],
            [line[1:] for line in self.reasons(wizard)],
        )
        book = load_workbook(io.BytesIO(rejected))
        kinds = {cell.data_type for row in book.active for cell in row}
        self.assertNotIn("f", kinds)
        self.assertEqual(book.active["G2"].value[:5], "Start")
        book.active["C2"].value = "28-02-2024"
        book.active.delete_rows(3)
        buffer = io.BytesIO()
        book.save(buffer)
        mended = self.imported("status", buffer.getvalue())
        self.assertEqual(self.counts(mended), (1, 0, 0))
        self.assertEqual(self.statuses().date_start, date(2024, 2, 28))

    def test_dutch(self):
        """Headers, codes, yes and no and the reasons in the language of the user."""
        self.env["res.lang"]._activate_lang("nl_NL")
        self.env["ir.module.module"]._load_module_terms(["pso_odoo"], ["nl_NL"])
        self.hr.lang = "nl_NL"
        wizard = self.wizard(
            "status",
            "Werknemer;Doelgroep;Contractvorm;Start;Einde;Nulurencontract\n"
            "Anna de Vries;WIA, WAO, WAZ of no-riskpolis;Begeleid werken;1 mei 2024;"
            "31-12-2024;ja\n"
            "Bob Jansen;Wajong;Regulier contract;1-1-2024;31-12-2023;nee\n",
        ).with_context(lang="nl_NL")
        wizard.action_preview()
        [(row, column, text)] = self.reasons(wizard)
        self.assertEqual((row, column), (3, "Einde"))
        self.assertNotIn("cannot end", text)
        wizard.action_import()
        status = self.statuses()
        self.assertEqual(
            (status.group_id.code, status.form_id.code), ("wia", "supported")
        )
        self.assertEqual(status.date_start, date(2024, 5, 1))
        self.assertTrue(status.is_zero_hours)

    def test_what_the_model_refuses(self):
        """Its words are taken over for the row; the rows beside it are written."""

        status = type(self.env["pso.status"])
        create, refused = status.create, self.ref("group_ww").id

        def refuse(statuses, vals_list):
            if any(vals["group_id"] == refused for vals in vals_list):
                raise UserError("Not this one (Target Group).")
            return create(statuses, vals_list)

        content = (
            "Employee;Group;Start\n"
            "Anna de Vries;pw;2024-01-01\n"
            "Bob Jansen;ww;2024-01-01\n"
        )
        with patch.object(status, "create", refuse):
            wizard = self.wizard("status", content)
            wizard.action_import()
        self.assertEqual(self.counts(wizard), (1, 0, 1))
        expected = [(3, "Target Group", "Not this one (Target Group).")]
        self.assertEqual(self.reasons(wizard), expected)
        self.assertTrue(self.statuses())
        self.assertFalse(self.statuses(self.bob))

    def test_nothing_of_persons_in_the_log(self):
        """Not even where the database has the last word."""
        content = (
            "Employee;Group;Start\n"
            "Anna de Vries;wajong;2024-01-01\n"
            "Anna de Vries;wajong;2024-02-01\n"
            "Q. Uniquename;wajong;never\n"
        )
        importer = type(self.env["pso.import.status"])
        with (
            patch.object(importer, "_conflict", lambda *args: None),
            self.assertLogs(level=logging.DEBUG) as logs,
        ):
            logging.getLogger(__name__).info("At least this")
            wizard = self.wizard("status", content)
            wizard.action_preview()
            wizard.action_import()
        self.assertEqual(self.counts(wizard), (1, 0, 2))
        lines = [line for line in logs.output if not line.startswith("DEBUG:odoo.sql")]
        for secret in ("Anna", "Uniquename", "wajong", "Wajong", str(self.anna.id)):
            self.assertFalse([line for line in lines if secret in line])

    def test_noted(self):
        """How many, of what, by whom; not of whom."""
        self.preview("status", "Employee;Group;Start\nNobody;pw;2024-01-01\n")
        content = "Employee;Group;Start\nAnna de Vries;pw;2024-01-01\n"
        self.imported("status", content)
        self.imported("status", content)
        self.env["pso.log"].invalidate_model()
        mine = [("event", "=", "import"), ("login", "=", self.hr.login)]
        lines = self.env["pso.log"].search(mine)
        self.assertEqual(len(lines), 1)
        self.assertEqual((lines.model, lines.count), ("pso.status", 1))

    def test_forgotten(self):
        """After the import neither the file nor what was good in it is kept."""
        wizard = self.imported(
            "status",
            "Employee;Group;Start\nAnna de Vries;pw;2024-01-01\nBob;pw;2024-01-01\n",
        )
        self.assertFalse(wizard.file)
        lines = self.env["pso.import.line"].search([("import_id", "=", wizard.id)])
        self.assertEqual(lines.mapped("state"), ["bad"])
        wizard.action_discard()
        self.assertFalse(lines.exists() or wizard.exists())
        arch = self.env["pso.import"].get_view(view_type="form")["arch"]
        self.assertNotIn("forgotten", arch)
        self.assertEqual(arch.count("The file is not kept."), 2)

    def test_period_of_an_overlap(self):
        """Of what is in Odoo and of a row, with an end and without."""
        self.status(self.anna, start="2024-01-01", end="2024-06-30")
        self.status(self.bob, start="2024-01-01")
        cleo = self.employee(name="Cleo Bakker")
        self.employee(name="Dirk Smit")
        wizard = self.preview(
            "status",
            "Employee;Group;Start;End\n"
            "Anna de Vries;pw;2024-03-01;\n"
            "Bob Jansen;pw;2024-03-01;\n"
            f"{cleo.name};pw;2024-01-01;2024-06-30\n"
            f"{cleo.name};pw;2024-03-01;\n"
            "Dirk Smit;pw;2024-01-01;\n"
            "Dirk Smit;pw;2024-03-01;\n",
        )
        closed, open_ended = "(01/01/2024 to 06/30/2024)", "(from 01/01/2024)"
        reasons = [text for _row, _column, text in self.reasons(wizard)]
        for period, text in zip(
            (closed, open_ended, closed, open_ended), reasons, strict=True
        ):
            self.assertIn(period, text)

    def test_heading_of_what_a_row_holds(self):
        """A row to mend has a reason; the others have what they hold."""
        lines = self.env["pso.import.line"]
        arch = etree.fromstring(lines.get_view(view_type="list")["arch"])
        for context, heading in (
            ({}, "Reason"),
            ({"hide_column": True}, "Row Contents"),
        ):
            shown = [
                field.get("string") or lines._fields["text"].string
                for field in arch.xpath("//field[@name='text']")
                if not safe_eval(field.get("column_invisible"), {"context": context})
            ]
            self.assertEqual(shown, [heading])


@tagged("post_install", "-at_install")
class TestImportPurchases(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.green = cls.vendor(
            "Groen B.V.", company_registry="01234567", ref="V-7", vat="NL123456782B90"
        )
        cls.other = cls.vendor("Other B.V.")

    def certificates(self):
        return self.green.pso_certificate_ids.sorted("date_start")

    def figure(self):
        return self.green.pso_figure_ids

    def test_certificates(self):
        wizard = self.imported(
            "certificate",
            "KvK;Kind;Level;PSO 30+;Certificate Number;Valid From;Valid Until;Proof\n"
            "1234567;;step2;x;PSO-1;2024-02-29;;verified\n"
            "01.23.45.67;sw;;;;01-01-2020;;missing\n",
        )
        self.assertEqual(self.counts(wizard), (2, 0, 0))
        sheltered, certificate = self.certificates()
        self.assertEqual(certificate.level_id.code, "step2")
        self.assertTrue(certificate.is_pso30)
        self.assertEqual(certificate.number, "PSO-1")
        self.assertEqual(certificate.date_end, date(2026, 2, 28))
        self.assertEqual(certificate.verified_by_id, self.buyer)
        self.assertEqual((sheltered.kind, sheltered.date_end), ("sw", False))

    def test_refused_certificates(self):
        head = "Organisation;Kind;Level;Certificate Number;Valid From;Valid Until\n"
        self.certificate(self.green, "2024-01-01", "2025-12-31", number="N1")
        for cells, column, text in (
            ("Groen B.V.;pso;;N2;2023-01-01;", "Level", "needs a level"),
            ("Groen B.V.;sw;step1;;2023-01-01;", "Level", "has no level"),
            ("Groen B.V.;;step9;N2;2023-01-01;", "Level", "none of the values"),
            ("Groen B.V.;;step1;N2;2023-01-01;2022-01-01", "Valid Until", "before"),
            ("Groen B.V.;;step3;N1;2023-01-01;", "Valid From", "in Odoo already"),
            ("Groen B.V.;;step3;N2;2024-01-01;", "Certificate Number", "“N1”"),
            ("Groen;;step3;N2;2024-01-01;", "Organisation", "no organisation"),
            ("Groen B.V.;;step3;a\x9db;2023-01-01;", "Certificate Number", "shown"),
        ):
            with self.subTest(cells=cells):
                self.assertRefusesRow("certificate", f"{head}{cells}\n", column, text)
        self.assertEqual(len(self.certificates()), 1)

    def test_second_try(self):
        for kind, content in (
            (
                "certificate",
                "Ref;Level;Valid From;Certificate Number\n"
                "V-7;step1;2020-01-01;A\nV-7;step2;2022-01-01;\nV-7;step2;1-1-2024;B\n",
            ),
            (
                "figure",
                "Ref;Year;Turnover;Total Fte;Direct Share (%)\n"
                'V-7;2022;"1000,005";0,1;33,333333333\n'
                'V-7;2023;"0.1";1e;5\n'
                'V-7;2024;"1.234.567,89";7,1;100%\n',
            ),
        ):
            with self.subTest(kind=kind):
                first = self.counts(self.imported(kind, content))
                good = first[0]
                self.assertGreater(good, 1)
                again = self.counts(self.imported(kind, content))
                self.assertEqual(again, (0, good, first[2]))

    def test_figures(self):
        self.imported(
            "figure",
            "Leverancier;Jaar;Omzet;Valuta;Totaal fte;Directe bijdrage;Bron;Schatting\n"
            "groen b.v.;2024;€ 1.234.567,89;EUR;24,5;12,5%;=SUM(A1);ja\n",
        )
        figure = self.figure()
        self.assertEqual(figure.year, 2024)
        self.assertEqual(figure.turnover, 1234567.89)
        self.assertEqual(figure.currency_id.name, "EUR")
        self.assertEqual((figure.fte, figure.direct_percentage), (24.5, 12.5))
        self.assertEqual(figure.source, "=SUM(A1)")
        self.assertTrue(figure.is_estimate)

    def test_refused_figures(self):
        head = "Supplier;Year;Turnover;Currency;Total Fte;Direct Share (%);Source\n"
        self.figures(self.green, year=2020)
        for cells, column, text in (
            ("2020;1001;;10;50;", "Turnover", "in Odoo already"),
            ("2021;0;;10;50;", "Turnover", "above zero"),
            ("2021;0,004;;10;50;", "Turnover", "above zero"),
            ("2021;-5;;10;50;", "Turnover", "above zero"),
            ("2021;1.000;;10;50;", "Turnover", "two ways"),
            ("2021;12%;;10;50;", "Turnover", "percentage"),
            ("2021;1e9;;10;50;", "Turnover", "not a number"),
            ("2021;nan;;10;50;", "Turnover", "not a number"),
            ("2021;inf;;10;50;", "Turnover", "not a number"),
            ("2021;1000000000000000;;10;50;", "Turnover", "too large"),
            ("2021;;;10;50;", "Turnover", "needed"),
            ("2021;1000;XYZ;10;50;", "Currency", "none of the values"),
            ("2021;1000;;-1;50;", "Total Fte", "negative"),
            ("2021;1000;;10;101;", "Direct Share (%)", "between 0 and 100"),
            ("2021;1000;;10;-1;", "Direct Share (%)", "between 0 and 100"),
            ("20,5;1000;;10;50;", "Year", "whole number"),
            ("21;1000;;10;50;", "Year", "four digits"),
            (f"2021;1000;;10;50;{'x' * 251}", "Source", "longer than"),
            ("2021;1000;;10;50;;extra", "H", "no header"),
        ):
            with self.subTest(cells=cells):
                content = f"{head}Groen B.V.;{cells}\n"
                self.assertRefusesRow("figure", content, column, text)
        self.assertEqual(self.figure().year, 2020)

    def test_decimal_mark_of_the_file(self):
        """1.000 alone can be two numbers; beside others it is the one they show."""
        head = "Supplier;Year;Turnover;Total Fte;Direct Share (%)\nGroen B.V.;2020;"
        for fte, turnover in (("2,5", 1000), ("2.5", 1)):
            with self.subTest(fte=fte):
                self.imported("figure", f"{head}1.000;{fte};5\n")
                self.assertEqual(self.figure().turnover, turnover)
                self.assertEqual(self.figure().fte, 2.5)
                self.figure().unlink()

    def test_vendor_is_the_commercial_entity(self):
        """A contact stands for its company; a name is that of an entity alone."""
        contact = self.vendor(
            "Piet", is_company=False, parent_id=self.green.id, ref="C-9"
        )
        self.assertEqual(contact.commercial_partner_id, self.green)
        head = "Year;Turnover;Total Fte;Direct Share (%)"
        for header, cell in (
            ("Reference", "C-9"),
            ("BTW-nummer", "nl 1234.56.782 b90"),
            ("KvK", "1234567"),
            ("ID", str(contact.id)),
        ):
            with self.subTest(header=header):
                self.imported("figure", f"{header};{head}\n{cell};2020;9;9;9\n")
                self.assertEqual(self.figure().turnover, 9)
                self.figure().unlink()
        content = f"Supplier;{head}\nPiet;2020;9;9;9\n"
        self.assertRefusesRow("figure", content, "Organisation", "no organisation")

    def test_vendor_of_another_company(self):
        elsewhere = self.create_company("Elsewhere")
        self.vendor("Far Away", company_id=elsewhere.id)
        content = (
            "Supplier;Year;Turnover;Total Fte;Direct Share (%)\nFar Away;2020;9;9;9"
        )
        self.assertRefusesRow("figure", content, "Organisation", "no organisation")

    def test_cells_of_a_workbook(self):
        """Dates and their numbers, percentages, numbers as texts and the other way."""
        self.imported(
            "certificate",
            self.book(
                ["KvK", "Level", "Number", "Valid From", "Valid Until"],
                [1234567, "step1", 77, date(2024, 2, 29), 46022],
            ),
        )
        certificate = self.certificates()
        self.assertEqual(certificate.number, "77")
        self.assertEqual(certificate.date_start, date(2024, 2, 29))
        self.assertEqual(certificate.date_end, date(2025, 12, 31))

        def share(book, sheet):
            percent = book.add_format({"num_format": "0.0%"})
            sheet.write_number(1, 4, 0.07, percent)

        self.imported(
            "figure",
            self.book(
                ["KvK", "Year", "Turnover", "Total Fte", "Direct Share (%)"],
                ["01234567", 2024, 1000.5, "2,5"],
                write=share,
            ),
        )
        self.assertEqual(self.figure().direct_percentage, 7)
        self.assertEqual(self.figure().fte, 2.5)


@tagged("post_install", "-at_install")
class TestImportFiles(ImportCase):
    """Whatever is uploaded: it is read right, or refused in one sentence."""

    CSV = (
        "Organisation;Year;Turnover;Total Fte;Direct Share (%);Source\n"
        "Café “Zoë” B.V.;2024;10;2;5;Jaarverslag\n"
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cafe = cls.vendor("Café “Zoë” B.V.")
        cls.head = ["Organisation", "Year", "Turnover", "Total Fte", "Direct Share (%)"]
        cls.row = ["Café “Zoë” B.V.", 2024, 10, 2, 5]

    def test_encodings(self):
        for encoding in (
            *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"),
        ):
            with self.subTest(encoding=encoding):
                wizard = self.preview("figure", self.CSV.encode(encoding))
                self.assertEqual(self.counts(wizard), (1, 0, 0), wizard.problem)

    def test_separators_and_line_ends(self):
        for separator in (";", ",", "\t", "|"):
            for end in ("\n", "\r\n", "\r"):
                with self.subTest(separator=separator, end=end):
                    text = self.CSV.replace(";", separator).replace("\n", end)
                    wizard = self.preview("figure", text)
                    self.assertEqual(self.counts(wizard), (1, 0, 0), wizard.problem)
        text = "sep=,\n" + self.CSV.replace(";", ",") + ",2024,,,,\n"
        wizard = self.preview("figure", text)
        self.assertEqual(self.counts(wizard), (1, 0, 1))
        self.assertEqual({row for row, *_rest in self.reasons(wizard)}, {4})

    def test_empty_cells_and_columns(self):
        text = "\n;;\n" + self.CSV.replace("\n", ";;;\n") + "\n\n;;;;;;\n"
        self.assertEqual(self.counts(self.preview("figure", text)), (1, 0, 0))

    def test_quotation_marks(self):
        """A missing one swallows no row: each is refused or read."""
        text = self.CSV + '"Café;2023;10;2;5;x\nCafé “Zoë” B.V.;2022;10;2;5;\n'
        wizard = self.preview("figure", text)
        self.assertEqual(self.counts(wizard), (2, 0, 1))
        [(row, _column, text)] = self.reasons(wizard)[:1]
        self.assertEqual(row, 3)
        self.assertIn("quotation mark", text)
        text = self.CSV + 'x;2023;1;1;1;"a\nCafé “Zoë” B.V.;2022;10;2;5;b"\n'
        wizard = self.preview("figure", text)
        self.assertEqual(wizard.bad_count, 1)
        self.assertIn("several lines", wizard.bad_line_ids.mapped("text")[0])

    def test_headers(self):
        for text, reason in (
            ("a;b\n1;2\n", "no header that is known"),
            ("Year;Jaar;Supplier\n", "“Year” is there twice"),
            (self.CSV.replace("Turnover", "Sales"), "missing: Turnover"),
            (self.CSV.replace("Organisation", "Who"), "One of these columns is needed"),
            (self.CSV.splitlines()[0], "no rows below"),
            ("", "Choose a file"),
            (" \n\n", "has no rows"),
        ):
            with self.subTest(reason=reason):
                if reason == "Choose a file":
                    with self.assertRaisesRegex(UserError, reason):
                        self.preview("figure", text)
                    continue
                self.assertRefusesFile("figure", text, reason)
        wizard = self.preview("figure", self.CSV.replace("Source", "Sauce"))
        self.assertIn("Sauce", wizard.note)
        self.assertEqual(self.counts(wizard), (1, 0, 0))

    def test_sheets(self):
        """The first visible one is read, and which one that is, is said."""

        def hide(book, sheet):
            other = book.add_worksheet("Other")
            other.write_row(0, 0, self.head)
            other.write_row(1, 0, [*self.row[:2], 99, *self.row[3:]])
            other.activate()
            other.set_first_sheet()
            sheet.hide()

        wizard = self.preview("figure", self.book(self.head, self.row, write=hide))
        self.assertEqual(self.counts(wizard), (1, 0, 0))
        self.assertIn("Other", wizard.note)
        self.assertIn("99", wizard.good_line_ids.text)

    def test_formulas(self):
        """Their saved result; none, or an error, is a reason and no empty cell."""

        def formulas(_book, sheet):
            sheet.write_formula(1, 2, "=5*2", None, 10)
            sheet.write_formula(2, 2, "=5*2", None, "")
            sheet.write_formula(3, 2, "=1/0", None, "#DIV/0!")

        rows = [[self.row[0], 2020 + n, None, *self.row[3:]] for n in range(3)]
        content = self.book(self.head, *rows, write=formulas)
        # The library writes an empty result where LibreOffice writes none.
        content = self.changed(content, b"<v></v>", b"")
        wizard = self.imported("figure", content)
        self.assertEqual(self.cafe.pso_figure_ids.turnover, 10)
        (first, _c, no_result), (second, _c, error) = self.reasons(wizard)
        self.assertEqual((first, second), (3, 4))
        self.assertIn("no saved result", no_result)
        self.assertIn("#DIV/0!", error)

    def changed(self, content, before, after):
        """A workbook with a replacement in its first sheet."""
        buffer = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(content)) as old,
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for name in old.namelist():
                part = old.read(name)
                if name.endswith("sheet1.xml"):
                    part = part.replace(before, after)
                new.writestr(name, part)
        return buffer.getvalue()

    def test_merged_cells(self):
        """Only the first of them holds the value: the others ask for it."""

        def merge(_book, sheet):
            sheet.merge_range(1, 0, 2, 0, self.row[0])

        rows = [[None, *self.row[1:]], [None, 2023, *self.row[2:]]]
        content = self.book(self.head, *rows, write=merge)
        self.assertRefusesRow(
            "figure", content, "Organisation", "whom it is about", row=3
        )

    def test_claimed_size(self):
        """A sheet that claims to be huge, and a cell far below, cost nothing."""

        def far(_book, sheet):
            sheet.write_string(1_048_575, 0, "the last one")
            sheet.write_blank(0, 16_383, None, _book.add_format({"bold": True}))

        wizard = self.preview("figure", self.book(self.head, self.row, write=far))
        self.assertEqual(wizard.good_count, 1)
        self.assertEqual({row for row, *_rest in self.reasons(wizard)}, {1_048_576})

    def test_no_tables(self):
        good = self.book(self.head, self.row)
        for content, reason in (
            (b"%PDF-1.7\n\x00\x01", "cannot be read"),
            (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "cannot be read"),
            (tabular.COMPOUND + bytes(600), "save it as .xlsx"),
            (tabular.COMPOUND + tabular.ENCRYPTED, "password"),
            (good[: len(good) // 2], "damaged"),
            (b"PK\x03\x04garbage", "damaged"),
            (self.zipped({"word/document.xml": b"<w/>"}), "no .xlsx"),
            (self.zipped({"xl/workbook.xml": b"<w/>"}), "damaged"),
            (
                self.zipped(
                    {"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}
                ),
                "damaged",
            ),
            (self.zipped({"xl/workbook.xml": bytes(200 * 1024**2)}), "Unpacked"),
            (b"a" * (tabular.MAX_BYTES + 1), "larger than 10 MB"),
            (b"Year;" * 101 + b"\n", "more than 100 columns"),
            (b"Year\n" + b"1\n" * (MAX_ROWS + 1), "more than 20000 rows"),
            ("\ud800".encode("utf-16", "surrogatepass"), "cannot be read"),
        ):
            with self.subTest(reason=reason):
                self.assertRefusesFile("figure", content, reason)

    def zipped(self, parts):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        return buffer.getvalue()

    def test_not_sent_as_a_whole(self):
        wizard = self.wizard("figure", self.CSV)
        wizard.file = b"@@@"
        wizard.action_preview()
        self.assertIn("try again", wizard.problem)

    def test_template(self):
        """What it holds is understood, but for whom the example is about."""
        for kind, user in (
            ("status", self.hr),
            ("certificate", self.buyer),
            ("figure", self.buyer),
            ("register", self.buyer),
        ):
            with self.subTest(kind=kind):
                files = self.env["pso.import.file"].with_user(user)
                importer = self.env[f"pso.import.{kind}"].with_user(user)
                wizard = self.preview(kind, files._template(importer))
                self.assertFalse(wizard.problem)
                [(row, column, _text)] = self.reasons(wizard)
                self.assertEqual(row, 2)
                self.assertIn(column, ("Employee", "Organisation"))


@tagged("post_install", "-at_install")
class TestImportAccess(ImportCase, HttpCase):
    def test_kinds(self):
        """Statuses for those who may see them alone; the rest for purchase."""
        for user, kinds in (
            (self.hr, {"status"}),
            (self.buyer, {"certificate", "figure", "register"}),
        ):
            for kind in ("status", "certificate", "figure", "register"):
                with self.subTest(user=user.login, kind=kind):
                    methods = ("action_preview", "action_import", "action_template")
                    if kind in kinds:
                        wizard = self.wizard(kind, "Year\n1\n", user=user)
                        for method in methods:
                            getattr(wizard, method)()
                        continue
                    with self.assertRaises(AccessError):
                        self.wizard(kind, "Year\n1\n", user=user)
                    empty = (
                        self.env["pso.import"].with_user(user).create({"kind": kind})
                    )
                    for method in methods:
                        with self.assertRaises(AccessError):
                            getattr(empty, method)()

    def test_nobody_else(self):
        for group in ("base.group_user", "pso_odoo.group_pso_user"):
            with self.assertRaises(AccessError):
                self.wizard("certificate", "x", user=self.user(group)).action_preview()

    def test_own_ones(self):
        """What somebody uploads is for nobody else, not even of the same group."""
        self.employee(name="Anna")
        wizard = self.wizard("status", "Employee;Group;Start\nAnna;pw;2024-01-01\n")
        wizard.action_preview()
        colleague = self.user(HR)
        for record in (wizard, wizard.good_line_ids):
            self.env.invalidate_all()
            self.assertEqual(record.with_user(colleague).read(), [])
            with self.assertRaises(UserError):
                record.with_user(colleague).check_access("read")
            model = record.with_user(colleague).browse()
            self.assertFalse(model.search([("id", "in", record.ids)]))

    def test_downloads(self):
        self.hr.password = self.buyer.password = "a long password"
        wizard = self.wizard("status", "Employee;Group;Start\nAnna;pw;2024-01-01\n")
        wizard.action_preview()
        rejected = wizard.action_download_rejected()["url"]
        for user, expected in ((self.hr, 200), (self.buyer, 404)):
            self.authenticate(user.login, "a long password")
            answer = self.url_open("/pso_odoo/import/status/template")
            self.assertEqual(answer.status_code, 200 if user == self.hr else 403)
            self.assertEqual(self.url_open(rejected).status_code, expected)
        answer = self.url_open("/pso_odoo/import/other/template")
        self.assertEqual(answer.status_code, 404)


@tagged("post_install", "-at_install")
class TestTwoImports(ImportCase):
    """Two who import the same file at once: what the first writes, the second finds."""

    def test_at_once(self):
        database = get_db_name()
        with connection(database) as env:
            partner = env["res.partner"].create({"name": "Twice B.V.", "ref": "T-1"})
            env.cr.commit()
            self.addCleanup(self.forget, database, partner.id)
        content = b"Ref;Level;Valid From\nT-1;step1;2024-01-01\n"
        outcomes = []

        def second():
            with connection(database) as env:
                env.cr.execute("SELECT 1")  # its look at the data begins here

                def work():
                    reading = env["pso.import.certificate"]._import(content)
                    outcomes.append([row.state for row in reading.rows])

                retrying(work, env)
                env.cr.commit()

        with connection(database) as env:
            reading = env["pso.import.certificate"]._import(content)
            outcomes.append([row.state for row in reading.rows])
            thread = Thread(target=second)
            thread.start()
            thread.join(1)
            self.assertTrue(thread.is_alive(), "the second did not wait")
            env.cr.commit()
        thread.join(30)
        self.assertEqual(outcomes, [["good"], ["known"]])
        with connection(database) as env:
            domain = [("partner_id", "=", partner.id)]
            self.assertEqual(env["pso.certificate"].search_count(domain), 1)

    def forget(self, database, partner_id):
        with connection(database) as env:
            env["res.partner"].browse(partner_id).unlink()
            env.cr.commit()
