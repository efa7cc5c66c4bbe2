"""Lists as HR, buyers and payroll really have them: read right, or asked about."""

import base64
import io
from datetime import date
from pathlib import Path

import openpyxl
from common import PsoCase
from test_import import ImportCase

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.pso_odoo.tools import cells, headers, tabular
from odoo.addons.pso_odoo.tools.importing import BESIDE, HEADERS, LEFT_OUT
from odoo.addons.pso_odoo.wizards.pso_import import KINDS

CASES = Path(__file__).parent / "data" / "cases"
ERRORS = (
    *("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!"),
    *("#N/B", "#WAARDE!", "#VERW!", "#DEEL/0!", "#GETAL!", "#NAAM?", "#LEEG!"),
    *("#NV", "#WERT!", "#BEZUG!", "#ZAHL!", "#¡VALOR!", "#VALEUR!", "#NOM?", "#CALC!"),
    *("Err:502", "Fout:508", "#ERROR!", "########", "#VALUE", "#n/b", " #N/A "),
)


def case(name):
    return (CASES / name).read_bytes()


class FieldCase(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dam = cls.vendor("Schoonmaak De Dam B.V.", company_registry="23456789")
        cls.alfa, cls.beta = cls.vendor("Alfa B.V."), cls.vendor("Beta B.V.")
        cls.zoe = cls.employee(name="Zoë van den Berg", barcode="77")
        cls.jan = cls.employee(name="Jan de Wit")

    def sheet(self, *rows, formats=None, hook=None):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for place, form in (formats or {}).items():
            book.active[place].number_format = form
        if hook:
            hook(book.active)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def assertStops(self, kind, content, *headers_):
        """Nothing is written, and it is said of which columns nobody knows."""
        wizard = self.preview(kind, content)
        for method in ("action_preview", "action_import"):
            getattr(wizard, method)()
            self.assertEqual(wizard.state, "preview")
            for header in headers_:
                self.assertIn(f"“{header}”", wizard.question)
        self.assertIn("Until then nothing is imported", wizard.problem)
        model = {"status": "pso.status", "certificate": "pso.certificate"}.get(kind)
        made = self.env[model or "pso.supplier.figure"].search([])
        self.assertFalse(
            made.filtered(lambda each: each.create_uid == wizard.create_uid)
        )
        return wizard

    def certificates_of(self, partner):
        return [
            (each.date_start, each.date_end) for each in partner.pso_certificate_ids
        ]


@tagged("post_install", "-at_install")
class TestHeaders(FieldCase):
    def test_no_header_is_two_columns(self):
        """In no language, and none that is known to stand beside."""
        self.env["res.lang"]._activate_lang("nl_NL")
        for kind, _label in KINDS:
            importer = self.env[f"pso.import.{kind}"]
            meant = {}
            for column in importer._columns():
                names = {column.name, *column.headers}
                names |= {
                    importer.with_context(lang=lang)._label(column)
                    for lang in ("en_US", "nl_NL")
                }
                for key in map(headers.header_key, names):
                    self.assertEqual(meant.setdefault(key, column), column, key)
            if kind != "register":  # which says places and trades too
                self.assertFalse(BESIDE & set(meant), kind)

    def test_every_header_of_the_file_is_of_a_column(self):
        columns = {
            (kind, column.name)
            for kind, _label in KINDS
            for column in self.env[f"pso.import.{kind}"]._columns()
        }
        vendors = self.env["pso.import.vendor.mixin"]._columns()
        columns |= {("vendor", column.name) for column in vendors}
        self.assertLessEqual(HEADERS.keys(), columns | {("beside", "")})

    def test_header_as_it_is_compared(self):
        for header in (
            *("Geldig\nt/m", "GELDIG T/M", "geldig  t / m:", "\ufeffGeldig t/m"),
            *("Geldig\u00a0t/m*", "“Geldig t/m”", "Geldig t\u00ad/m"),
        ):
            self.assertEqual(headers.header_key(header), "geldigtm")
        self.assertEqual(headers.header_keys("Omzet (€)"), ["omzet"])
        self.assertIn("omzet", headers.header_keys("Omzet in euro's"))
        self.assertNotIn("omzet", headers.header_keys("Omzet (x 1000)"))
        self.assertNotIn("omzet", headers.header_keys("Omzet (k€)"))

    def test_wrapped_headers(self):
        omslag = self.vendor("Omslag B.V.", company_registry="45678901")
        for name in ("im08_wrapped_header.csv", "im08b_wrapped_optional_header.csv"):
            with self.subTest(name=name):
                self.imported("certificate", case(name))
                expected = [(date(2024, 2, 1), date(2025, 1, 31))]
                self.assertEqual(self.certificates_of(omslag), expected)
                omslag.pso_certificate_ids.unlink()

    def test_wrapped_headers_in_every_separator(self):
        """Also where a quotation mark is missing further down."""
        text = (
            '"KvK-\nnummer";Trede;"Geldig\nvanaf";"Geldig\nt/m"\n'
            "23456789;1;1-2-2024;31-1-2025\n"
            '"23456789;1;1-2-2020;31-1-2021\n'
            "23456789;1;1-2-2022;31-1-2023\n"
        )
        for separator in (";", ",", "\t", "|"):
            with self.subTest(separator=separator):
                wizard = self.imported("certificate", text.replace(";", separator))
                self.assertEqual(self.counts(wizard), (2, 0, 1))
                self.assertEqual({row for row, *_ in self.reasons(wizard)}, {3})
                self.dam.pso_certificate_ids.unlink()

    def test_other_words_for_a_header(self):
        for kind, good in (
            (
                "certificate",
                (
                    "KVK nummer;PSO-trede;Ingangsdatum;Einddatum",
                    "KvK nr.;Trede;Geldig van;Geldig tot",
                    "Kamer van Koophandel;Niveau;Begindatum;Vervaldatum",
                    "K.v.K.;Level;Valid From;Valid To",
                    "CoC number;Step;Start Date;Expiry Date",
                ),
            ),
        ):
            for head in good:
                with self.subTest(head=head):
                    content = f"{head}\n23456789;3;1-2-2024;31-1-2025\n"
                    self.imported(kind, content)
                    expected = [(date(2024, 2, 1), date(2025, 1, 31))]
                    self.assertEqual(self.certificates_of(self.dam), expected)
                    self.dam.pso_certificate_ids.unlink()
        for head in (
            "Personeelsnr;Doelgroep;Ingangsdatum;Geldig tot",
            "Pers. nr.;Doelgroepcode;Datum ingang;T/m",
            "Medewerkernummer;Regeling;Vanaf;Einde",
            "Employee Number;Target Group;Start Date;End Date",
        ):
            with self.subTest(head=head):
                self.imported("status", f"{head}\n77;pw;1-2-2024;31-1-2025\n")
                self.assertEqual(self.zoe.pso_status_ids.date_end, date(2025, 1, 31))
                self.zoe.pso_status_ids.unlink()

    def test_what_is_not_understood_stops_the_import(self):
        head = "KvK;Trede;Geldig vanaf"
        row = "23456789;3;1-2-2024"
        for header in (
            "Loopt af op",
            "Geldigheid",
            "Omzet (x 1000)",
            "#N/A",
            "Eind\nd",
        ):
            with self.subTest(header=header):
                content = f'{head};"{header}"\n{row};31-1-2025\n'
                self.assertStops("certificate", content, " ".join(header.split()))
        self.assertStops(
            "status",
            "Naam;Doelgroep;Start;Uit dienst\nJan de Wit;pw;1-1-2024;x\n",
            "Uit dienst",
        )
        self.assertStops(
            "figure",
            "KvK;Jaar;Omzet;Fte;Direct;Soort\n23456789;2024;1;1;5;x\n",
            "Soort",
        )
        wizard = self.imported("certificate", f"{head};Loopt af op;\n{row};;\n")
        self.assertEqual(wizard.good_count, 1, "an empty column says nothing")

    def test_columns_that_stand_beside(self):
        wizard = self.preview("certificate", case("im07_register_list.csv"))
        self.assertFalse(wizard.question)
        self.assertIn("Left out: Plaats.", wizard.note)

    def test_two_columns_for_one_field(self):
        content = (
            "KvK;Trede;Geldig tot;Geldig vanaf;Einddatum\n"
            "23456789;3;{};1-2-2024;31-1-2026\n"
        )
        wizard = self.preview("certificate", content.format("31-1-2025"))
        for words in ("is there twice", "“Geldig tot”", "“Einddatum”"):
            self.assertIn(words, wizard.problem)
        self.assertEqual(len(wizard.column_ids), 5)
        wizard.column_ids[2].certificate_field = LEFT_OUT
        wizard.action_preview()
        wizard.action_import()
        self.assertEqual(self.dam.pso_certificate_ids.date_end, date(2026, 1, 31))
        self.dam.pso_certificate_ids.unlink()
        self.env["pso.import.header"].search([]).unlink()
        self.imported("certificate", content.format(""))
        self.assertEqual(self.dam.pso_certificate_ids.date_end, date(2026, 1, 31))

    def test_the_user_says_which_field_it_is(self):
        """In the form, and never again: for this user and this kind alone."""
        content = (
            b"Wie;KvK;Trede;Geldig vanaf;Eind geldigheid;Lid\n"
            b"x;23456789;1;1-2-2024;31-1-2025;ja\n"
        )
        action = self.ref("pso_import_certificate_action")
        wizards = self.env["pso.import"].with_user(self.buyer)
        with Form(wizards.with_context(default_kind="certificate")) as form:
            form.file = base64.b64encode(content)
        wizard = form.record
        wizard.action_preview()
        self.assertEqual(wizard.state, "preview")
        self.assertEqual(action.res_model, wizard._name)
        open_ones = wizard.column_ids.filtered("is_open")
        self.assertEqual(open_ones.mapped("header"), ["Wie", "Eind geldigheid", "Lid"])
        self.assertEqual(open_ones.mapped("samples"), ["x", "31-1-2025", "ja"])
        with Form(wizard) as form:
            for index, name in enumerate((LEFT_OUT, "date_end", LEFT_OUT)):
                with form.column_ids.edit(index) as line:
                    line.certificate_field = name
            self.assertEqual(form.state, "draft", "what is shown is out of date")
        wizard.action_preview()
        self.assertFalse(wizard.question)
        self.assertIn("Left out: Wie, Lid.", wizard.note)
        wizard.action_import()
        self.assertEqual(self.dam.pso_certificate_ids.date_end, date(2025, 1, 31))
        self.assertFalse(wizard.column_ids)
        again = self.preview("certificate", content)
        self.assertEqual(self.counts(again), (0, 1, 0))
        self.assertFalse(again.question)
        self.assertIn("As you said before.", again.column_ids.mapped("note"))
        other = self.wizard(
            "certificate", content, user=self.user("pso_odoo.group_pso_purchase")
        )
        other.action_preview()
        self.assertTrue(other.question)
        known = self.env["pso.import.header"].search([])
        with self.assertRaises(AccessError):
            known.with_user(other.create_uid).read(["key"])
        self.assertFalse(known.with_user(other.create_uid).search([]))

    def test_a_missing_column_is_found_by_the_user(self):
        content = "KvK;Trede;Sinds wanneer\n23456789;1;1-2-2024\n"
        wizard = self.preview("certificate", content)
        self.assertIn("missing: Valid From", wizard.problem)
        wizard.column_ids.filtered("is_open").certificate_field = "date_start"
        wizard.action_preview()
        self.assertFalse(wizard.problem)
        self.assertEqual(self.counts(wizard), (1, 0, 0))

    def test_a_file_without_a_known_header(self):
        wizard = self.preview("certificate", "A,B,C\n23456789,1,2024-02-01\n")
        self.assertIn("no header that is known", wizard.problem)
        for column, name in zip(
            wizard.column_ids.sorted("position"),
            ("company_registry", "level_id", "date_start"),
            strict=True,
        ):
            column.certificate_field = name
        wizard.action_preview()
        wizard.action_import()
        self.assertEqual(self.dam.pso_certificate_ids.date_start, date(2024, 2, 1))

    def test_what_was_said_of_another_file(self):
        wizard = self.preview("certificate", "KvK;Trede;X\n23456789;1;1-2-2024\n")
        wizard.column_ids.filtered("is_open").certificate_field = "date_start"
        content = b"KvK;Trede;Y\n23456789;1;1-2-2024\n"
        wizard.file = base64.b64encode(content)
        wizard.action_preview()
        self.assertIn("missing: Valid From", wizard.problem)

    def test_nothing_technical_is_shown(self):
        content = 'KvK;"Ge\nldig";Trede;Geldig vanaf\n"234\n5";"a\nb";"3\n4";1-2-2024\n'
        wizard = self.assertStops("certificate", content, "Ge ldig")
        shown = wizard.read()[0], wizard.column_ids.read(), wizard.bad_line_ids.read()
        for word in ("Broken", "_lt", "reason=", "Column(", "Lazy"):
            self.assertNotIn(word, str(shown))

    def test_derived_values_are_marked(self):
        wizard = self.preview(
            "certificate", "KvK;Trede;Geldig vanaf\n23456789;3;1-2-2024\n"
        )
        self.assertIn("PSO certificate (derived)", wizard.good_line_ids.text)
        self.assertIn("Valid Until 01/31/2026 (derived)", wizard.good_line_ids.text)
        self.assertNotIn("02/01/2024 (derived)", wizard.good_line_ids.text)
        self.status(self.jan, group="pw", start="2022-03-01", end="2023-12-31")
        wizard = self.imported(
            "status",
            "Naam;Doelgroep;Start;Einde\n"
            "Jan de Wit;pw;1-1-2025;\nJan de Wit;pw;1-1-2024;31-12-2024\n"
            "Zoë van den Berg;wajong;1-1-2024;\n",
        )
        preview = self.preview(
            "status", "Naam;Doelgroep;Start\nZoë van den Berg;pw;1-1-2020\n"
        )
        self.assertFalse(preview.good_line_ids)
        self.assertEqual(
            self.jan.pso_status_ids.mapped("date_inflow"), [date(2022, 3, 1)] * 3
        )
        self.assertEqual(wizard.good_count, 3)

    def test_derived_inflow_is_what_will_be(self):
        self.status(self.jan, group="pw", start="2022-03-01", end="2023-12-31")
        content = (
            "Naam;Doelgroep;Start;Einde\n"
            "Jan de Wit;pw;1-1-2025;\nJan de Wit;pw;1-1-2024;31-12-2024\n"
        )
        wizard = self.preview("status", content)
        for line in wizard.good_line_ids:
            self.assertIn("Inflow 03/01/2022 (derived)", line.text)


@tagged("post_install", "-at_install")
class TestWhoIsMeant(FieldCase):
    HEAD = "Naam;Doelgroep;Begin;Einde\n"

    def rehired(self, name="Piet Smit"):
        old = self.employee(name=name, start="2019-01-01", end="2021-12-31")
        new = self.employee(name=name, start="2024-01-01")
        old.active = False
        return old, new

    def test_the_dates_decide_between_two_cards(self):
        old, new = self.rehired()
        wizard = self.imported(
            "status",
            self.HEAD + "Piet Smit;pw;1-1-2019;31-12-2021\nPiet Smit;pw;1-1-2024;\n",
        )
        self.assertEqual(self.counts(wizard), (2, 0, 0))
        self.assertEqual(old.pso_status_ids.date_start, date(2019, 1, 1))
        self.assertEqual(new.pso_status_ids.date_start, date(2024, 1, 1))

    def test_it_is_said_that_the_dates_decided(self):
        self.rehired()
        wizard = self.preview("status", self.HEAD + "Piet Smit;pw;1-1-2024;\n")
        self.assertIn("By the dates", wizard.good_line_ids.hint)
        self.assertIn("01/01/2019 to 12/31/2021", wizard.good_line_ids.hint)

    def test_dates_that_do_not_decide(self):
        """Over both employments, in neither, and of two who work at once."""
        self.rehired()
        self.employee(name="Jan de Wit", start="2022-01-01", barcode="88")
        for name, start, end in (
            ("Piet Smit", "1-1-2019", ""),
            ("Piet Smit", "1-7-2021", "31-1-2024"),
            ("Piet Smit", "1-1-2022", "31-12-2022"),
            ("Piet Smit", "1-1-2022", ""),
            ("Jan de Wit", "1-1-2024", ""),
            ("Jan de Wit", "1-1-2021", ""),
        ):
            with self.subTest(name=name, start=start, end=end):
                content = f"{self.HEAD}{name};pw;{start};{end}\n"
                wizard = self.assertRefusesRow("status", content, "Employee", "2 are")
                [(_row, _column, text)] = self.reasons(wizard)
                self.assertIn("employed", text)

    def test_a_departure_decides_as_a_contract_does(self):
        old = self.employee(name="Piet Smit", start="2019-01-01")
        old.departure_date = "2021-12-31"
        new = self.employee(name="Piet Smit", start="2024-01-01")
        old.active = False
        for start, end, who in (("1-2-2024", "", new), ("1-1-2019", "1-1-2021", old)):
            self.imported("status", f"{self.HEAD}Piet Smit;pw;{start};{end}\n")
            self.assertEqual(len(who.pso_status_ids), 1)

    def test_employment_without_contracts(self):
        old = self.employee(
            name="Piet Smit", start="2019-01-01", contract_date_start=False
        )
        old.departure_date = "2021-12-31"
        new = self.employee(
            name="Piet Smit", start="2024-01-01", contract_date_start=False
        )
        self.imported("status", self.HEAD + "Piet Smit;pw;1-1-2019;31-12-2021\n")
        self.assertTrue(old.pso_status_ids)
        self.assertFalse(new.pso_status_ids)

    def test_the_badge_decides_for_certain(self):
        old, _new = self.rehired()
        old.barcode = "1234"
        content = "Naam;Badge;Doelgroep;Begin\nPiet Smit;1234;pw;1-1-2024\n"
        self.imported("status", content)
        self.assertTrue(old.pso_status_ids)

    def test_one_name_outside_his_employment(self):
        self.employee(name="Piet Smit", start="2024-01-01")
        wizard = self.preview(
            "status", self.HEAD + "Piet Smit;pw;1-1-2019;31-12-2021\n"
        )
        self.assertIn("nobody of this name is employed", wizard.good_line_ids.hint)

    def test_number_and_name_both_mean_the_employee(self):
        both = self.zoe | self.jan
        for name, badge, bad in (
            ("im01_afas_number_and_name.csv", False, 0),
            ("im01b_afas_personeelsnr.csv", False, 0),
            ("im01_afas_number_and_name.csv", "10012", 0),
            ("im01b_afas_personeelsnr.csv", "10012", 0),
            # The number need not be a badge, unless the header says so.
            ("im01_afas_number_and_name.csv", "77", 0),
            ("im01b_afas_personeelsnr.csv", "77", 1),
        ):
            with self.subTest(name=name, badge=badge):
                self.zoe.barcode = badge
                wizard = self.preview("status", case(name))
                hints = wizard.good_line_ids.filtered("hint").mapped("row")
                self.assertIn(3, hints, "his number is not in Odoo")
                self.assertEqual(2 in hints, badge != "10012" and not bad)
                wizard.action_import()
                self.assertEqual(self.counts(wizard), (2 - bad, 0, bad))
                if bad:
                    self.assertIn("has “77” there", self.reasons(wizard)[0][2])
                self.assertEqual(len(both.pso_status_ids), 2 - bad)
                both.pso_status_ids.unlink()

    def test_a_number_that_names_another_one(self):
        """Two that contradict each other are refused, whichever comes first."""
        for head, cells_ in (
            ("Medewerker;Naam", "77;Jan de Wit"),
            ("Naam;Personeelsnr", "Jan de Wit;77"),
            ("Naam;E-mail;ID", f"Jan de Wit;;{self.zoe.id}"),
        ):
            content = f"{head};Doelgroep;Begin\n{cells_};pw;1-1-2024\n"
            wizard = self.preview("status", content)
            self.assertEqual(self.counts(wizard), (0, 0, 1))
            self.assertIn("another one", self.reasons(wizard)[0][2])

    def test_the_number_beats_a_name_spelled_otherwise(self):
        wizard = self.imported(
            "status", "Naam;Badge;Doelgroep;Begin\nBerg, Z. van den;77;pw;1-1-2024\n"
        )
        self.assertTrue(self.zoe.pso_status_ids)
        again = self.preview(
            "status", "Naam;Badge;Doelgroep;Begin\nBerg, Z. van den;77;pw;1-1-2024\n"
        )
        for words in ("Berg, Z. van den", "Zoë van den Berg"):
            self.assertIn(words, again.known_line_ids.hint)
        self.assertEqual(wizard.good_count, 1)

    def test_register_lists(self):
        for name in ("im07_register_list.csv", "im07b_geldig_tot.csv"):
            with self.subTest(name=name):
                wizard = self.preview("certificate", case(name))
                self.assertEqual(self.counts(wizard), (1, 0, 1))
                self.assertIn("Schoonmaakbedrijf de Dam BV", wizard.good_line_ids.hint)
                self.assertEqual([row for row, *_ in self.reasons(wizard)], [3])
                wizard.action_import()
                expected = [(date(2024, 2, 1), date(2025, 1, 31))]
                self.assertEqual(self.certificates_of(self.dam), expected)
                self.dam.pso_certificate_ids.unlink()

    def test_vendors(self):
        """By KvK, then tax ID, reference, name; contradictions are refused."""
        self.alfa.write({"company_registry": "11111111", "vat": "NL123456782B90"})
        self.beta.ref = "V-9"
        contact = self.vendor("Piet", is_company=False, parent_id=self.beta.id)
        head = "Naam;KvK;Btw;Leveranciersnr;Trede;Geldig vanaf\n"
        tail = ";3;1-2-2024\n"
        for cells_, who in (
            ("ALFA BV;11111111;;", self.alfa),
            ("ALFA BV;;NL123456782B90;", self.alfa),
            ("Beta;;;v-9", self.beta),
            (f"{contact.name};;;V-9", self.beta),
            ("Alfa BV;11111111;NL99;Q-1", self.alfa),
            ("Beta B.V.;55555555;;", self.beta),  # Odoo has no KvK number of it
            ("Beta B.V.;11111111;;", None),
            ("Alfa B.V.;55555555;;", None),
            (";11111111;;V-9", None),
            ("Beta B.V.;;NL123456782B90;", None),
        ):
            with self.subTest(cells=cells_):
                wizard = self.preview("certificate", f"{head}{cells_}{tail}")
                self.assertEqual(
                    bool(wizard.good_count), bool(who), self.reasons(wizard)
                )
                if who:
                    self.assertIn(who.name, wizard.good_line_ids.text)

    def test_two_cards_with_one_number(self):
        double = self.vendor("De Dam Facilitair", company_registry="23456789")
        head = "Naam;KvK;Trede;Geldig vanaf\n"
        wizard = self.preview("certificate", f"{head};23456789;3;1-2-2024\n")
        self.assertIn("2 are called “23456789”", self.reasons(wizard)[0][2])
        self.assertIn("23456789", self.reasons(wizard)[0][2])
        self.imported("certificate", f"{head}de dam facilitair;23456789;3;1-2-2024\n")
        self.assertTrue(double.pso_certificate_ids)
        double.pso_certificate_ids.unlink()
        double.active = False
        wizard = self.imported("certificate", f"{head};23456789;3;1-2-2024\n")
        self.assertTrue(self.dam.pso_certificate_ids)

    def test_an_archived_vendor_is_said(self):
        self.alfa.active = False
        wizard = self.preview(
            "certificate", "Naam;Trede;Geldig vanaf\nAlfa B.V.;3;1-2-2024\n"
        )
        self.assertIn("archived", wizard.good_line_ids.hint)


@tagged("post_install", "-at_install")
class TestCells(FieldCase):
    def test_error_values_as_cells(self):
        wanted = self.vendor("Verwijst B.V.", company_registry="56789012")
        wizard = self.assertRefusesRow(
            "certificate", case("im09_error_values.xlsx"), "Certificate Number", "#N/A"
        )
        self.assertIn("error of the spreadsheet", self.reasons(wizard)[0][2])
        self.assertFalse(wanted.pso_certificate_ids)

    def test_error_values_in_every_column(self):
        for kind, row in (
            (
                "status",
                {
                    **{"Employee": "Jan de Wit", "Badge ID": "", "Target Group": "pw"},
                    **{"Form of Contract": "regular", "Start": "2024-01-01"},
                    **{"End": "", "Inflow": "", "Event": "", "Zero-Hours Contract": ""},
                    **{"Legal Basis": "", "Informed On": "", "Proof": ""},
                },
            ),
            (
                "certificate",
                {
                    **{"Organisation": "Alfa B.V.", "KvK Number": "", "Kind": ""},
                    **{"Level": "3", "PSO 30+": "", "Certificate Number": ""},
                    **{"Valid From": "2024-01-01", "Valid Until": "", "Proof": ""},
                },
            ),
            (
                "figure",
                {
                    **{"Organisation": "Alfa B.V.", "Year": "2024", "Turnover": "9"},
                    **{"Currency": "", "Total Fte": "9", "Direct Share (%)": "9"},
                    **{"Source": "", "Estimate": ""},
                },
            ),
        ):
            for number, header in enumerate(row):
                error = ERRORS[number % len(ERRORS)]
                with self.subTest(kind=kind, header=header, error=error):
                    values = {**row, header: error}
                    text = f"{';'.join(values)}\n{';'.join(values.values())}\n"
                    book = self.sheet(list(values), list(values.values()))
                    for content in (text, book):
                        self.assertRefusesRow(kind, content, header, error.strip())

    def test_every_error_value(self):
        for error in ERRORS:
            with self.subTest(error=error):
                [(_n, [cell])] = tabular.read(f'"{error}"\n'.encode()).rows
                self.assertIsInstance(cell, tabular.Broken)
        for text in (
            "N/A",
            "#1",
            "Nr. #12",
            "#groen",
            "Err",
            "A#N/A",
            "Wow!",
            "#",
            "-",
        ):
            [(_n, [cell])] = tabular.read(f"{text}\n".encode()).rows
            self.assertEqual(cell, text)

    def test_rows_to_mend_stay_broken(self):
        wizard = self.preview(
            "certificate",
            "Naam;Trede;Geldig vanaf;Certificaatnr\nAlfa B.V.;3;1-2-2024;#N/B\n",
        )
        again = self.preview("certificate", base64.b64decode(wizard.rejected_file))
        self.assertEqual(self.reasons(again), self.reasons(wizard))

    def test_title_and_total_rows(self):
        wizard = self.preview("figure", case("im05_title_row.xlsx"))
        self.assertEqual(self.counts(wizard), (2, 0, 1))
        [(row, _column, text)] = self.reasons(wizard)
        self.assertEqual(row, 6)
        self.assertIn("row of totals", text)
        self.assertIn("above the headers, not read: 1", wizard.note)

    def test_two_rows_of_headers(self):
        wizard = self.preview("figure", case("im05b_two_header_rows.xlsx"))
        self.assertEqual(self.counts(wizard), (1, 0, 0))

    def test_groups_of_headers(self):
        wizard = self.imported(
            "certificate",
            "Organisatie;;;Geldig;\n;Trede;Certificaatnr;vanaf;t/m\n"
            "Alfa B.V.;3;A1;1-2-2024;31-1-2025\n",
        )
        self.assertEqual(self.counts(wizard), (1, 0, 0))
        self.assertEqual(self.alfa.pso_certificate_ids.date_end, date(2025, 1, 31))

    def test_steps(self):
        head = "Naam;Trede;Geldig vanaf\nAlfa B.V.;"
        for cell, code in (
            *(("3", "step3"), ("trede 2", "step2"), ("Step 1", "step1")),
            *(("PSO-trede 3", "step3"), ("TREDE3", "step3"), ("aspirant", "aspirant")),
            *(("step_2", "step2"), ("niveau 1", "step1")),
        ):
            with self.subTest(cell=cell):
                self.imported("certificate", f"{head}{cell};1-2-2024\n")
                self.assertEqual(self.alfa.pso_certificate_ids.level_id.code, code)
                self.alfa.pso_certificate_ids.unlink()
        for cell in ("4", "0", "-1", "trede", "3,5", "trede 3 30+", "1.0"):
            with self.subTest(cell=cell):
                self.assertRefusesRow(
                    "certificate", f"{head}{cell};1-2-2024\n", "Level", "none of"
                )

    def test_amounts(self):
        head = "Naam;Jaar;Omzet;Fte;Direct\nAlfa B.V.;2024;"
        for cell, amount in (
            *(("€ 1.250.000,-", 1250000), ("1.250.000,--", 1250000)),
            *(("€1.250.000,—", 1250000), ("1.250,-", 1250), ("1250,-", 1250)),
            *(("EUR 1.250,=", 1250), ("1.250.000,00", 1250000)),
        ):
            with self.subTest(cell=cell):
                self.imported("figure", f"{head}{cell};9;9\n")
                self.assertEqual(self.alfa.pso_figure_ids.turnover, amount)
                self.alfa.pso_figure_ids.unlink()
        for cell in (
            "1,25 mln",
            "€ 1,25 mln",
            "1.2M",
            "500k",
            "1250 x 1000",
            "3 miljoen",
        ):
            with self.subTest(cell=cell):
                self.assertRefusesRow(
                    "figure", f"{head}{cell};9;9\n", "Turnover", "in full"
                )

    def test_fractions_among_percentages(self):
        vendors = [self.vendor(f"V{number}") for number in range(3)]
        wizard = self.preview("figure", case("im10_share_as_fraction.xlsx"))
        self.assertEqual(self.counts(wizard), (1, 0, 1))
        self.assertIn("two ways", self.reasons(wizard)[0][2])
        head = ["Naam", "Jaar", "Omzet", "Fte", "Direct"]
        for shares, bad in (
            ((0.125, 0.3, 0.5), 3),
            (("0,125", "12,5%", "0"), 1),
            (("0,5", "12,5%", "1"), 2),
            ((12.5, 0.3, 1), 0),
            (("0,3", "0,3%", "30"), 0),
            ((1, 1, 1), 0),
            ((0, 0, "0%"), 0),
        ):
            with self.subTest(shares=shares):
                rows = [
                    [vendor.name, 2024, 1000, 2, share]
                    for vendor, share in zip(vendors, shares, strict=True)
                ]
                wizard = self.preview("figure", self.sheet(head, *rows))
                self.assertEqual(wizard.bad_count, bad)

    def test_hidden_rows(self):
        """Of a filtered sheet: nobody has looked at them."""

        def hide(sheet):
            sheet.auto_filter.ref = "A1:C3"
            sheet.row_dimensions[2].hidden = True

        head = ["Naam", "Trede", "Geldig vanaf"]
        rows = [[name, 3, date(2024, 1, 1)] for name in ("Alfa B.V.", "Beta B.V.")]
        content = self.sheet(head, *rows, hook=hide)
        self.assertRefusesRow("certificate", content, "Row", "hides this row")
        self.assertTrue(self.beta.pso_certificate_ids)
        self.assertFalse(self.alfa.pso_certificate_ids)

    def test_hidden_columns(self):
        def hide(sheet):
            sheet.column_dimensions["C"].hidden = True

        head = ["Naam", "Trede", "Geldig vanaf"]
        content = self.sheet(head, ["Alfa B.V.", 3, date(2024, 1, 1)], hook=hide)
        wizard = self.preview("certificate", content)
        hidden = wizard.column_ids.filtered("note")
        self.assertEqual((hidden.header, hidden.position), ("Geldig vanaf", 2))
        self.assertIn("Hidden", hidden.note)

    def test_several_sheets(self):
        """The one with the headers is read, and the others are named."""
        book = openpyxl.Workbook()
        book.active.title = "Toelichting"
        book.active.append(["Dit is een lijst van leveranciers"])
        data = book.create_sheet("Lijst")
        data.append(["Naam", "Trede", "Geldig vanaf"])
        data.append(["Alfa B.V.", 3, date(2024, 1, 1)])
        book.create_sheet("Leeg")
        buffer = io.BytesIO()
        book.save(buffer)
        wizard = self.preview("certificate", buffer.getvalue())
        self.assertEqual(self.counts(wizard), (1, 0, 0))
        self.assertIn("Read from the sheet Lijst.", wizard.note)
        self.assertIn("Not read: the sheets Toelichting.", wizard.note)

    def test_other_cases(self):
        """Dates and KvK numbers in all the ways they come."""
        for name in "ABCD":
            self.employee(name=name)
        wizard = self.preview("status", case("im04_dates.xlsx"))
        self.assertEqual(self.counts(wizard), (2, 0, 2))
        self.vendor("Nul Voor B.V.", company_registry="01234567")
        self.vendor("Spatie B.V.", company_registry="1234 5678")
        wizard = self.preview("certificate", case("im06_kvk.xlsx"))
        self.assertEqual(self.counts(wizard), (2, 7, 3))

    def test_notation(self):
        bare = cells.Notation()
        self.assertEqual(
            cells.fractions([0.2, "x", None, tabular.Percent(9)], bare), {0}
        )


@tagged("post_install", "-at_install")
class TestEditionFile(PsoCase):
    """The same faults in the spreadsheet of an edition."""

    def refusal(self, change):
        """Why an edition is refused after a change of its workbook."""
        content = self.env["pso.edition.file"]._write_file(self.edition)
        book = openpyxl.load_workbook(io.BytesIO(content))
        change(book)
        buffer = io.BytesIO()
        book.save(buffer)
        with self.assertRaises(ValidationError) as caught:
            self.env["pso.edition.file"]._read_file(buffer.getvalue())
        return str(caught.exception)

    def place(self, sheet, name, row=2):
        column = next(cell.column for cell in sheet[1] if cell.value == name)
        return sheet.cell(row, column)

    def test_error_values(self):
        for sheet, name in (
            *(("edition", "source"), ("edition", "name"), ("norm_ids", "source")),
            *(("norm_ids", "percentage"), ("group_rule_ids", "counting_from")),
        ):
            for error in ("#N/A", "#N/B", "#WAARDE!"):
                with self.subTest(sheet=sheet, name=name, error=error):

                    def spoil(book, sheet=sheet, name=name, error=error):
                        self.place(book[sheet], name).value = error

                    text = self.refusal(spoil)
                    for word in (f"“{sheet}”", "row 2", f"“{name}”", error):
                        self.assertIn(word, text)

    def test_formulas_without_a_result(self):
        def spoil(book):
            self.place(book["group_rule_ids"], "weight").value = "=1/2"

        self.assertIn("no saved result", self.refusal(spoil))

    def test_columns_that_nobody_knows(self):
        def spoil(book):
            sheet = book["norm_ids"]
            sheet.cell(1, sheet.max_column + 1).value = "gewicht"
            sheet.cell(2, sheet.max_column).value = 3

        self.assertIn("“gewicht”", self.refusal(spoil))

    def test_columns_that_are_there_twice(self):
        def spoil(book):
            sheet = book["norm_ids"]
            sheet.cell(1, sheet.max_column + 1).value = "percentage"
            sheet.cell(2, sheet.max_column).value = 3

        self.assertIn("twice", self.refusal(spoil))

    def test_percentages(self):
        def spoil(book):
            cell = self.place(book["norm_ids"], "percentage")
            cell.value, cell.number_format = 0.0316, "0.00%"

        self.assertIn("percentage", self.refusal(spoil))

    def test_hidden_rows(self):
        def spoil(book):
            book["norm_ids"].row_dimensions[3].hidden = True

        text = self.refusal(spoil)
        self.assertIn("row 3", text)
        self.assertIn("hides this row", text)
