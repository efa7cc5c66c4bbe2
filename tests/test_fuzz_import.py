"""Random files, good and bad, against what they were made to say.

Each row is made from values, written in one of the ways people write them, and
spoiled or not. So it is known without the addon what must become of it.
``PSO_LONG=1`` tries ten times as many.
"""

import base64
import csv
import io
import os
import random
from collections import Counter
from datetime import date, datetime, timedelta

import xlsxwriter
from common import PsoCase
from tally import tell

from odoo.tests import tagged

LONG = 10 if os.environ.get("PSO_LONG") else 1
FILES, ROWS = 36 * LONG, 300
BROKEN_FILES = 150 * LONG
SUBJECTS = 40 * LONG
GROUPS = ("wsw", "pw", "wajong", "ww", "lost_2y")
FORMS = ("regular", "secondment", "placement")
LEVELS = ("aspirant", "basic", "step1", "step2", "step3")
BELOW, ABOVE = "\u202b", "\u200f"
TEXTS = (
    *("=cmd|' /C calc'!A0", "+31 6", "-1+1", "@SUM(A1)", "x;y", 'say "so"', "a\tb"),
    *("مرحبا", f"{BELOW}שלום{ABOVE}", "Zoë — ½", "𝒳🦄", "<b>&amp;</b>", "%(x)s %s {0}"),
)
# What no column but a text can mean.
GARBAGE = (
    *("?", "n.v.t.", "31-02-2024", "29-02-2023", "1e400", "nan", "inf", "-inf", "٣٤"),
    *("=1+1", "#REF!", "'; DROP TABLE pso_status; --", "\u202e1x2", "0x10", "1..2"),
    *("2024-00-01", "2024-13-01", "true-ish", "NULL", "ja nee", "1.2.3", "--5", "½"),
    *("#N/A", "#N/B", "#WAARDE!", "#DIV/0!", "Err:502", "########", "1,25 mln"),
)
# What a spreadsheet shows instead of a value is no text either.
ERRORS = ("#N/A", "#N/B", "#VERW!", "#NAAM?", "Fout:502")
# The same headers as others write them.
ALSO = {
    "Werknemer": ("Naam medewerker", "Mede\nwerker"),
    "Doelgroep": ("Target\nGroup", "DOELGROEP:"),
    "Start": ("Ingangsdatum", "Geldig vanaf"),
    "Einde": ("Geldig\nt/m", "Geldig tot", "End Date"),
    "Inflow": ("Datum instroom",),
    "Organisatie": ("Bedrijfsnaam", "Naam\norganisatie"),
    "KvK": ("KvK nr.", "Kamer van Koophandel"),
    "Niveau": ("PSO-trede", "Level"),
    "Valid Until": ("Einddatum", "geldig\u00a0tot\nen met", "Vervaldatum"),
    "Leverancier": ("Crediteur", "Vendor name"),
    "Omzet": ("Omzet (€)", "Net revenue"),
    "Directe bijdrage": ("Directe bijdrage (%)", "Direct"),
}
TITLES = ((), (["Lijst van 2025"],), (["Lijst"], ["", "", "Alle cijfers"]))
UNSHOWN = ("a\x01b", "\x9f", "x\ufffe", "b\x85c")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le")


class Spoiled(str):
    """A cell for which its row must be refused."""


class Writer:
    """How one file writes its cells."""

    def __init__(self, rng):
        self.rng = rng
        self.is_book = rng.random() < 0.3
        self.decimal = rng.choice(",.")
        self.separator = rng.choice(";,\t|")
        self.encoding = rng.choice(ENCODINGS)
        self.line_end = rng.choice(("\n", "\r\n"))

    def day(self, day):
        if self.is_book and self.rng.random() < 0.6:
            return self.rng.choice((day, (day - date(1899, 12, 30)).days))
        return day.strftime(
            self.rng.choice(("%d-%m-%Y", "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d"))
        )

    def number(self, number, signs=("",)):
        """A number of two decimals at most, with all of them shown."""
        if self.is_book and self.rng.random() < 0.6:
            return number
        grouping = self.rng.choice(("", {",": ".", ".": ","}[self.decimal]))
        text = f"{number:,.2f}".replace(",", "G").replace(".", self.decimal)
        text = text.replace("G", grouping)
        sign = self.rng.choice(signs)
        return f"{sign} {text}" if sign == "€" else f"{text}{sign}"

    def flag(self, value):
        words = (
            ("ja", "J", "yes", "1", "x", "WAAR") if value else ("nee", "no", "0", "")
        )
        return self.rng.choice(words)

    def content(self, rows):
        if self.is_book:
            return self._book(rows)
        text = io.StringIO(newline="")
        writer = csv.writer(
            text, delimiter=self.separator, lineterminator=self.line_end
        )
        writer.writerows(rows)
        return text.getvalue().encode(self.encoding, "replace")

    def _book(self, rows):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer) as book:
            day = book.add_format({"num_format": "dd-mm-yyyy"})
            sheet = book.add_worksheet()
            for number, cells in enumerate(rows):
                for position, cell in enumerate(cells):
                    if isinstance(cell, date):
                        midnight = datetime.combine(cell, datetime.min.time())
                        sheet.write_datetime(number, position, midnight, day)
                    elif isinstance(cell, str):
                        sheet.write_string(number, position, cell)
                    else:
                        sheet.write_number(number, position, cell)
        return buffer.getvalue()


class Kind:
    """What the files of one kind say; rows are ``(key, expected, cells)``.

    ``key`` is by what a row is recognised, ``expected`` what the record must hold.
    """

    model = ""
    headers = ()
    texts = ()  # columns in which anything can be meant, but for an error

    def __init__(self, case, rng):
        self.case = case
        self.rng = rng
        self.used = 0

    def next(self):
        """A subject with something that no row has had: ``(subject, number)``."""
        self.used += 1
        subject = self.subjects[self.used % SUBJECTS]
        return subject, self.used // SUBJECTS

    def header_row(self):
        """The headers, as one of those writes them who keep such lists."""
        return [
            self.rng.choice((header, *ALSO.get(header, ()))) for header in self.headers
        ]

    def text(self):
        return self.rng.choice((*TEXTS, "", "Annual report"))

    def spoil(self, cells):
        """The same cells with one or more that nobody can read."""
        cells = list(cells)
        wanted = self.rng.sample(self.spoilable, self.rng.choice((1, 1, 1, 2)))
        for position in wanted:
            cells[position] = Spoiled(self.rng.choice(GARBAGE))
        for position in self.texts:
            if self.rng.random() < 0.2:
                cells[position] = Spoiled(self.rng.choice(ERRORS))
        if self.rng.random() < 0.1:
            cells.append(Spoiled("one too many"))
        return cells


class Statuses(Kind):
    name, model = "status", "pso.status"
    headers = (
        *("Werknemer", "Doelgroep", "form_id", "Start", "Einde", "Inflow", "Event"),
        *("Nulurencontract", "Proof"),
    )
    spoilable = (0, 1, 2, 3, 4, 5, 6, 7, 8)

    def __init__(self, case, rng):
        super().__init__(case, rng)
        names = [*TEXTS, *(f"Somebody {n}" for n in range(SUBJECTS - len(TEXTS)))]
        self.subjects = [case.employee(name=name.replace("\t", " ")) for name in names]

    def row(self, writer):
        rng = self.rng
        employee, number = self.next()
        start = date(1960, 1, 1) + timedelta(days=200 * number + rng.randrange(90))
        end = start + timedelta(days=rng.randrange(100))
        inflow = start - timedelta(days=rng.randrange(900))
        event = rng.choice((None, inflow, date(2024, 2, 29)))
        group, form = rng.choice(GROUPS), rng.choice(FORMS)
        zero, proof = (
            rng.random() < 0.3,
            rng.choice(("missing", "received", "verified")),
        )
        expected = {
            "employee_id": employee.id,
            "group_id": self.case.ref(f"group_{group}").id,
            "form_id": self.case.ref(f"form_{form}").id,
            "date_start": start,
            "date_end": end,
            "date_inflow": inflow,
            "date_event": event or False,
            "is_zero_hours": zero,
            "evidence_state": proof,
        }
        cells = [
            rng.choice((employee.name, employee.name.upper(), f" {employee.name} ")),
            rng.choice((group, group.upper(), self.case.ref(f"group_{group}").name)),
            form,
            writer.day(start),
            writer.day(end),
            writer.day(inflow),
            writer.day(event) if event else "",
            writer.flag(zero),
            proof,
        ]
        return (employee.id, start), expected, cells


class Vendors(Kind):
    def __init__(self, case, rng):
        super().__init__(case, rng)
        texts = (TEXTS * SUBJECTS)[:SUBJECTS]
        self.subjects = [
            case.vendor(
                f"{text} {self.first + number}".replace("\t", " "),
                company_registry=f"{self.first + number:08}",
            )
            for number, text in enumerate(texts)
        ]

    def named(self, writer, partner):
        """Name and KvK number, or one of them."""
        registry = partner.company_registry
        if writer.is_book and self.rng.random() < 0.5:
            registry = int(registry)
        return self.rng.choice(
            ([partner.name, registry], [partner.name, ""], ["", registry])
        )


class Certificates(Vendors):
    name, model, first = "certificate", "pso.certificate", 1
    headers = (
        *("Organisatie", "KvK", "kind", "Niveau", "PSO 30+", "Certificaatnummer"),
        *("Geldig vanaf", "Valid Until"),
    )
    spoilable = (1, 2, 3, 4, 6, 7)
    texts = (5,)

    def row(self, writer):
        rng = self.rng
        partner, number = self.next()
        start = date(1960, 2, 29) + timedelta(days=100 * number + rng.randrange(90))
        end = start + timedelta(days=rng.randrange(800))
        is_sheltered, is_30 = rng.random() < 0.3, rng.random() < 0.3
        level = rng.choice(LEVELS)
        text = rng.choice(("", f"{self.text().strip()} {self.used}"))
        expected = {
            "partner_id": partner.id,
            "kind": "sw" if is_sheltered else "pso",
            "level_id": not is_sheltered and self.case.ref(f"level_{level}").id,
            "is_pso30": is_30,
            "number": " ".join(text.split()) or False,
            "date_start": start,
            "date_end": end,
        }
        cells = [
            *self.named(writer, partner),
            "sw" if is_sheltered else rng.choice(("", "pso", "PSO-Certificaat"[:3])),
            "" if is_sheltered else level,
            writer.flag(is_30),
            text,
            writer.day(start),
            writer.day(end),
        ]
        return (partner.id, start), expected, cells


class Figures(Vendors):
    name, model, first = "figure", "pso.supplier.figure", 5001
    headers = (
        *("Leverancier", "KvK-nummer", "Jaar", "Omzet", "Currency", "Totaal fte"),
        *("Directe bijdrage", "Bron", "Estimate"),
    )
    spoilable = (1, 2, 3, 4, 5, 6, 8)
    texts = (7,)

    def row(self, writer):
        rng = self.rng
        partner, number = self.next()
        turnover = round(10 ** rng.uniform(0, 12), 2)
        fte, share = round(10 ** rng.uniform(-1, 5), 2), round(rng.uniform(0, 100), 2)
        text, estimate = self.text(), rng.random() < 0.3
        expected = {
            "partner_id": partner.id,
            "year": 1900 + number,
            "turnover": turnover,
            "currency_id": self.case.company.currency_id.id,
            "fte": fte,
            "direct_percentage": share,
            "source": " ".join(text.split()) or False,
            "is_estimate": estimate,
        }
        cells = [
            *self.named(writer, partner),
            1900 + number if writer.is_book else str(1900 + number),
            writer.number(turnover, ("", "€", " EUR")),
            rng.choice(("", self.case.company.currency_id.name)),
            writer.number(fte),
            writer.number(share, ("", "%", " %")),
            text,
            writer.flag(estimate),
        ]
        return (partner.id, 1900 + number), expected, cells


class Register(Kind):
    """Organisations that are no vendors: a row is recognised by its KvK number."""

    name, model = "register", "pso.register.entry"
    headers = (
        *("Organisatie", "KvK", "Plaats", "kind", "Niveau", "PSO 30+"),
        *("Geldig vanaf", "Valid Until", "Branche"),
    )
    spoilable = (3, 4, 5, 6, 7)
    texts = (0, 2, 8)

    def row(self, writer):
        rng = self.rng
        self.used += 1
        registry = f"{20_000_000 + self.used}"
        name = f"{rng.choice(TEXTS)} {self.used}"
        start = date(1990, 1, 1) + timedelta(days=rng.randrange(9000))
        end = start + timedelta(days=rng.randrange(800))
        is_sheltered, is_30 = rng.random() < 0.3, rng.random() < 0.3
        level, trade = rng.choice(LEVELS), self.text()
        expected = {
            "name": " ".join(name.split()),
            "company_registry": registry,
            "kind": "sw" if is_sheltered else "pso",
            "level_id": not is_sheltered and self.case.ref(f"level_{level}").id,
            "is_pso30": is_30,
            "date_start": start,
            "date_end": end,
            "trade": " ".join(trade.split()) or False,
        }
        cells = [
            name,
            int(registry) if writer.is_book and rng.random() < 0.5 else registry,
            "Delft",
            "sw" if is_sheltered else rng.choice(("", "pso")),
            "" if is_sheltered else level,
            writer.flag(is_30),
            writer.day(start),
            writer.day(end),
            trade,
        ]
        return (registry, start), expected, cells


KINDS = (Statuses, Certificates, Figures, Register)


class FuzzCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = ("pso_odoo.group_pso_hr", "pso_odoo.group_pso_purchase")
        cls.env["res.lang"]._activate_lang("nl_NL")
        cls.importing = cls.user(*groups)

    def wizard(self, kind, content):
        wizards = self.env["pso.import"].with_user(self.importing)
        return wizards.with_context(lang="nl_NL").create(
            {"kind": kind, "file": base64.b64encode(content)}
        )

    def imported(self, kind, content):
        """The wizard after the import, which did what its preview said."""
        wizard = self.wizard(kind, content)
        wizard.action_preview()
        counts = wizard.good_count, wizard.known_count, wizard.bad_count
        wizard.action_import()
        self.assertEqual(
            (wizard.good_count, wizard.known_count, wizard.bad_count), counts
        )
        for line in wizard.bad_line_ids:
            self.assertTrue(line.row and line.column and line.text, line.text)
        return wizard


@tagged("post_install", "-at_install")
class TestFuzzedRows(FuzzCase):
    def test_rows(self):
        rng = random.Random("rows")
        kinds = [each(self, rng) for each in KINDS]
        total = Counter()
        for number in range(FILES):
            kind = kinds[number % len(kinds)]
            with self.subTest(file=number, kind=kind.name):
                total += self.try_file(rng, kind)
        tell(
            f"fuzzed import: {FILES} files, {total['rows']} rows: "
            f"{total['good']} good, {total['known']} repeated, {total['bad']} bad; "
            f"{total['lost']} lost, {total['wrong']} wrong, "
            f"{total['twice']} written twice"
        )
        self.assertEqual(total["rows"], FILES * ROWS)
        self.assertGreater(min(total["good"], total["bad"]), total["rows"] / 5)

    def try_file(self, rng, kind):
        """Import a file of random rows, twice, and compare each with what it says."""
        writer = Writer(rng)
        title = rng.choice(TITLES)
        lines = [*map(list, title), kind.header_row()]
        expected, good, bad, known = {}, [], set(), 0
        while len(lines) <= ROWS + len(title):
            number = len(lines) + 1
            if good and rng.random() < 0.1:
                lines.append(rng.choice(good))
                known += 1
                continue
            key, values, cells = kind.row(writer)
            if rng.random() < 0.4:
                cells = kind.spoil(cells)
                bad.add(number)
            else:
                expected[key] = values
                good.append(cells)
            lines.append(cells)
        content = writer.content(lines)
        records = self.env[kind.model]
        before = records.search_count([])
        wizard = self.imported(kind.name, content)
        self.assertFalse(wizard.problem)
        refused = wizard.bad_line_ids
        innocent = refused.filtered(lambda line: line.row not in bad)
        said = [(line.column, line.text) for line in innocent[:5]]
        self.assertFalse(said, "refused, though good")
        missed = [lines[row - 1] for row in bad - set(refused.mapped("row"))]
        self.assertFalse(missed, "not refused, though bad")
        self.assertEqual((wizard.good_count, wizard.known_count), (len(good), known))
        added = records.search_count([]) - before
        again = self.wizard(kind.name, content)
        again.action_import()
        self.assertEqual(again.good_count, 0)
        twice = records.search_count([]) - before - added
        return Counter(
            rows=ROWS,
            good=len(good),
            known=known,
            bad=len(bad),
            lost=len(good) - added,
            wrong=self.count_wrong(kind, expected),
            twice=twice,
        )

    def count_wrong(self, kind, expected):
        """How many of these records are not there as they should be."""
        subject, second = {
            "status": ("employee_id", "date_start"),
            "certificate": ("partner_id", "date_start"),
            "figure": ("partner_id", "year"),
            "register": ("company_registry", "date_start"),
        }[kind.name]
        domain = []
        if self.env[kind.model]._fields[subject].relational:
            domain = [(subject, "in", [each.id for each in kind.subjects])]
        records = {
            (record[subject].id if domain else record[subject], record[second]): record
            for record in self.env[kind.model].search(domain)
        }
        wrong = 0
        for key, values in expected.items():
            record = records[key]
            found = {
                name: record[name].id
                if record._fields[name].relational
                else record[name]
                for name in values
            }
            self.assertEqual(found, values)
            wrong += found != values
        return wrong


@tagged("post_install", "-at_install")
class TestFuzzedBytes(FuzzCase):
    def test_bytes(self):
        """Garbage, and good files that were damaged: never an error, nothing untold."""
        rng = random.Random("bytes")
        kinds = [each(self, rng) for each in KINDS]
        outcomes = Counter()
        for number in range(BROKEN_FILES):
            kind = kinds[number % len(kinds)]
            writer = Writer(rng)
            rows = [kind.row(writer)[2] for _ in range(6)]
            spare = rng.choice(UNSHOWN)
            if not writer.is_book:
                rows.append([spare] * len(kind.headers))
            content = self.damaged(rng, writer.content([list(kind.headers), *rows]))
            with self.subTest(file=number, kind=kind.name):
                wizard = self.imported(kind.name, content)
                rows = wizard.good_count + wizard.known_count + wizard.bad_count
                self.assertTrue(wizard.problem or rows)
                outcomes["refused" if wizard.problem else "read"] += 1
        tell(
            f"fuzzed bytes: {BROKEN_FILES} damaged files: {outcomes['refused']} "
            f"refused in a sentence, {outcomes['read']} read; 0 errors"
        )
        self.assertEqual(sum(outcomes.values()), BROKEN_FILES)

    def damaged(self, rng, content):
        how = rng.randrange(5)
        if how == 0:
            return rng.randbytes(rng.randrange(1, 3000))
        if how == 1:
            return content[: rng.randrange(1, len(content))]
        data = bytearray(content)
        for _ in range(rng.choice((1, 3, 30))):
            at = rng.randrange(len(data))
            if how == 2:
                data[at] = rng.randrange(256)
            elif how == 3:
                data[at:at] = rng.choice(
                    (b'"', b";", b"\n", b"\x00", b"\r", b"=", b"\xff")
                )
            else:
                del data[at : at + rng.randrange(1, 20)]
                data = data or bytearray(b"x")
        return bytes(data)
