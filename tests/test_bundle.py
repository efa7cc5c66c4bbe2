"""The evidence bundle: what is in it, what is missing, who may have it, its memory."""

import ctypes
import gc
import io
import os
import re
import shutil
import zipfile
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from unittest import skipUnless
from unittest.mock import patch

from common import PsoCase, noted
from openpyxl import load_workbook
from requests.exceptions import ChunkedEncodingError
from test_workbook import Workbook, recalculate

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import SQL, config, mute_logger

from odoo.addons.pso_odoo.reports.bundle.ledger import Ledger
from odoo.addons.pso_odoo.tools.zip_stream import PIECE, ZipStream

HR = "pso_odoo.group_pso_hr"
MANAGER = "pso_odoo.group_pso_manager"
BOOKKEEPER = "account.group_account_readonly"
CENT = 0.005
MOMENT = datetime(2025, 6, 1, 12)
MOST_MEMORY = 200 * 1024**2
# Persons of the target group, who are named nowhere.
PERSONS = ("Zwaantje Quist", "Xerxes Pijmanszoon")
NAME_PARTS = [part.encode() for name in PERSONS for part in name.split()]


def pdf(text):
    return f"%PDF-1.4\n{text}\n%%EOF".encode()


class Bundle:
    """A bundle as somebody unpacks it."""

    def __init__(self, content):
        self.zip = zipfile.ZipFile(io.BytesIO(content))
        self.names = self.zip.namelist()

    def named(self, pattern):
        """The contents of the files whose path matches, by path."""
        found = [name for name in self.names if re.search(pattern, name)]
        return {name: self.zip.read(name) for name in found}

    def book(self, pattern):
        [content] = self.named(pattern).values()
        return load_workbook(io.BytesIO(content), data_only=True)

    def missing(self):
        """What is said to be missing: ``[(folder, of, text)]``."""
        rows = self.book("^contents")["Missing"].iter_rows(min_row=5, values_only=True)
        return [row[:3] for row in rows if row[0]]

    def ledger(self, supplier):
        [content] = self.named(f"{supplier}.*/ledger").values()
        return Workbook(content)


@tagged("post_install", "-at_install")
class TestZipStream(TransactionCase):
    def packed(self, *pieces):
        archive, chunks = ZipStream(MOMENT), []
        for number, piece in enumerate(pieces):
            entry = archive.add(f"{number}.bin", piece)
            while True:
                try:
                    chunks.append(next(entry))
                except StopIteration as stop:
                    yield stop.value
                    break
        chunks += archive.end()
        self.chunks = chunks

    def test_whole(self):
        random = [os.urandom(PIECE) for _ in range(5)]
        one, other = self.packed(random, [b"text"] * 3)
        with zipfile.ZipFile(io.BytesIO(b"".join(self.chunks))) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(archive.read("0.bin"), b"".join(random))
            self.assertEqual(archive.read("1.bin"), b"text" * 3)
            self.assertEqual(archive.getinfo("0.bin").date_time, (2025, 6, 1, 12, 0, 0))
        self.assertEqual(one.digest, sha256(b"".join(random)).hexdigest())
        self.assertEqual((one.size, other.size), (5 * PIECE, 12))
        # It went out while it was made.
        self.assertGreater(len(self.chunks), 4)
        self.assertLess(max(map(len, self.chunks)), 3 * PIECE)

    def test_broken_off(self):
        def pieces():
            yield from (os.urandom(PIECE) for _ in range(3))
            raise OSError("gone")

        archive, sent = ZipStream(MOMENT), []
        sent += archive.add("whole.txt", [b"text"])
        with self.assertRaises(OSError):
            sent.extend(archive.add("broken.bin", pieces()))
        self.assertTrue(sent)
        with self.assertRaises(zipfile.BadZipFile):
            zipfile.ZipFile(io.BytesIO(b"".join(sent)))


class BundleCase(PsoCase):
    """Three suppliers, of one of which all is there; two people with proof."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user(MANAGER)
        cls.hr = cls.user(HR)
        cls.both = cls.user(MANAGER, HR, BOOKKEEPER)
        cls.proven = cls.vendor("Proven & Sons", company_registry="12345678")
        cls.paper = cls.certificate(
            cls.proven,
            evidence_state="verified",
            proof_kind="certificate",
            attachment_ids=[
                Command.create({"name": "of Zwaantje Quist.pdf", "raw": pdf("paper")})
            ],
        )
        cls.figures(cls.proven, source="Annual report")
        cls.small = cls.bill(cls.proven, 100.10)
        cls.large = cls.bill(cls.proven, 200.27, date="2025-03-01")
        cls.refund = cls.bill(cls.proven, 0.37, type="in_refund", date="2025-07-01")
        cls.excluded = cls.bill(
            cls.proven,
            50,
            invoice_line_ids=[
                cls.bill_line(50),
                cls.bill_line(7.77, pso_excluded=True, pso_excluded_reason="passed_on"),
            ],
        )
        cls.attach(cls.large, "bill of Xerxes Pijmanszoon.pdf", pdf("the large bill"))
        cls.bare = cls.vendor("Bare")
        cls.certificate(cls.bare, start="2025-02-01")
        cls.bill(cls.bare, 80)
        cls.bill(cls.bare, 33, date="2025-01-15")
        cls.elsewhere = cls.vendor("Elsewhere")
        cls.certificate(cls.elsewhere, start="2024-01-01", end="2024-12-31")
        cls.bill(cls.elsewhere, 40)
        cls.pso = cls.measurement(
            correction_ids=[
                Command.create(
                    {
                        "kind": "purchases",
                        "amount": 12.5,
                        "partner_id": cls.proven.id,
                        "date": "2025-05-05",
                        "reason": "Paid in cash",
                        "source": "Till",
                    }
                )
            ]
        )
        cls.people = [cls.employee(name=name) for name in PERSONS]
        for person in cls.people:
            cls.status(person)
        cls.people[0].pso_status_ids.attachment_ids = [
            Command.create({"name": "Zwaantje Quist.pdf", "raw": pdf("proof")}),
            Command.create({"name": "Quist.jpg", "raw": b"\xff\xd8\xff\xe0jpeg"}),
        ]
        cls.people[1].pso_status_ids.write(
            {"evidence_state": "received", "proof_place": "Desk of Pijmanszoon"}
        )
        cls.sample = (
            cls.env["pso.sample"]
            .with_user(cls.hr)
            .create({"measurement_id": cls.pso.id, "size": 5})
        )
        cls.sample.action_draw()
        cls.env.flush_all()

    @classmethod
    def attach(cls, move, name, raw):
        attachment = cls.env["ir.attachment"].create(
            {"name": name, "raw": raw, "res_model": move._name, "res_id": move.id}
        )
        move.message_main_attachment_id = attachment

    def setUp(self):
        super().setUp()
        # A bill is printed on a cursor of its own, which has to see this transaction.
        self.registry_enter_test_mode()

    def bundle(self, user=None, with_people=False):
        """The bundle as the route sends it to a user."""
        self.env.flush_all()
        self.env.invalidate_all()
        pso = self.pso.with_user(user or self.both)
        _name, with_suppliers, samples = pso._bundle(with_people)
        stream = pso.env["pso.bundle"]._stream(pso, with_suppliers, samples)
        return Bundle(b"".join(stream))

    def key(self, person):
        lines = self.sample.line_ids
        return lines.filtered(lambda line: line.employee_id == person).key


@tagged("post_install", "-at_install")
class TestContents(BundleCase):
    def test_a_folder_for_each_supplier_that_may_count(self):
        bundle = self.bundle()
        folders = {name.split("/")[0] for name in bundle.names if "/" in name}
        self.assertEqual(folders, {"S001 Bare", "S003 Proven & Sons"})
        proven = {name for name in bundle.names if "Proven" in name}
        self.assertEqual(
            {name.split("/")[1] for name in proven},
            {"ledger.xlsx", "certificate-1.pdf", "bill-1.pdf"},
        )
        self.assertEqual([*bundle.named("certificate").values()], [pdf("paper")])
        [bill] = bundle.named("Proven.*/bill").values()
        self.assertEqual(bill, pdf("the large bill"))
        self.assertFalse(bundle.named("draw"))
        left_out = [row for row in bundle.missing() if row[1] == "Elsewhere"]
        self.assertEqual(left_out[0][0], "2025")

    def test_sums_are_those_of_the_lines(self):
        bundle = self.bundle()
        line = self.pso.supplier_line_ids.filtered(
            lambda line: line.partner_id == self.proven
        )
        ledger = bundle.ledger("Proven & Sons")
        rows = [row for row in ledger.rows("Ledger") if row]
        # Untaxed, not counted, net, what counts, outside.
        [total] = [row for row in rows if row[0] == "Total"]
        self.assertEqual(
            [round(amount, 2) for amount in total[1:]],
            [370.27, 7.77, 362.5, 362.5, 0],
        )
        self.assertAlmostEqual(
            total[4], line.amount_bills + line.amount_corrections, delta=CENT
        )
        self.assertAlmostEqual(line.amount, 362.5, delta=CENT)
        [amount] = [row[1] for row in rows if row[0] == "Purchases"]
        self.assertAlmostEqual(amount, line.amount, delta=CENT)
        [fte] = [row[1] for row in rows if row[0] == "Indirect fte"]
        self.assertAlmostEqual(fte, line.indirect_fte)
        words = str(rows)
        for told in (
            self.large.name,
            "Passed on to others",
            "Paid in cash; Till",
            "Annual report",
        ):
            self.assertIn(told, words)
        outside = bundle.ledger("Bare").rows("Ledger")
        [total] = [row for row in outside if row[:1] == ["Total"]]
        self.assertEqual(total[4:], [80, 33])

    def test_formulas_of_the_ledger(self):
        ledgers = [self.bundle().ledger(name) for name in ("Proven", "Bare")]
        for ledger, fresh in zip(ledgers, recalculate(*ledgers), strict=True):
            derived = ledger.derived()
            self.assertGreater(len(derived), 8)
            for (sheet, cell), value in derived.items():
                again = fresh.values[sheet][cell].value
                self.assertAlmostEqual(value or 0, again or 0, msg=cell)

    def test_missing_is_named(self):
        bundle = self.bundle()
        said = {text for folder, about, text in bundle.missing() if about == "Bare"}
        bill = self.env["account.move"].search(
            [("partner_id", "=", self.bare.id), ("amount_untaxed", "=", 80)]
        )
        for part in ("no file. Verifiers count zero", "not verified", "No figures"):
            self.assertTrue(any(part in text for text in said), (part, said))
        self.assertFalse(any(bill.name in text for text in said), said)
        self.assertFalse(
            [row for row in bundle.missing() if row[1] == self.proven.name]
        )
        # One whom the bookkeeping is closed to has no bills, and is told so.
        bundle = self.bundle(self.manager)
        self.assertFalse(bundle.named("/bill"))
        said = [text for _f, about, text in bundle.missing() if about == "Bare"]
        self.assertTrue(any("may not read it" in text for text in said), said)

    def test_file_gone_from_the_store(self):
        # Files of the same content are one file in the store.
        attachment = self.paper.attachment_ids
        attachment.raw = pdf(str(attachment.id) + os.urandom(8).hex())
        attachment.flush_recordset()
        path = Path(attachment._full_path(attachment.store_fname))
        path.unlink()
        bundle = self.bundle()
        self.assertFalse(bundle.named("certificate"))
        self.assertTrue(
            any("cannot be read any more" in text for _f, _a, text in bundle.missing())
        )

    def test_digests(self):
        bundle = self.bundle(with_people=True)
        sums = bundle.zip.read("SHA256SUMS.txt").decode()
        said = dict(reversed(line.split("  ")) for line in sums.splitlines())
        self.assertEqual({*said}, {*bundle.names} - {"SHA256SUMS.txt"})
        for name, digest in said.items():
            self.assertEqual(sha256(bundle.zip.read(name)).hexdigest(), digest, name)
        table = str([*bundle.book("^contents")["Contents"].iter_rows(values_only=True)])
        for name in {*said} - {"contents.xlsx"}:
            self.assertIn(said[name], table)
        self.assertIsNone(bundle.zip.testzip())

    def test_number_of_bills(self):
        self.company.pso_bundle_bills = 0
        self.assertFalse(self.bundle().named("/bill"))
        with self.assertRefused("0 to 100 bills"):
            self.company.pso_bundle_bills = -1
            self.company.flush_recordset()
        self.company.pso_bundle_bills = 2
        self.attach(self.small, "x", pdf("the small one"))
        bills = [*self.bundle().named("Proven.*/bill").values()]
        self.assertEqual(bills, [pdf("the large bill"), pdf("the small one")])

    def test_dutch(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.both.lang = "nl_NL"
        pso = self.pso.with_user(self.both).with_context(lang="nl_NL")
        self.env.flush_all()
        stream = pso.env["pso.bundle"]._stream(pso, True, self.env["pso.sample"])
        self.assertIn("SHA256SUMS.txt", Bundle(b"".join(stream)).names)

    def test_a_bill_that_there_is_no_time_to_print_is_named(self):
        """The bundle is whole, and has what needs not be printed."""
        with self.limited(1e-9):
            bundle = self.bundle()
        self.assertIsNone(bundle.zip.testzip())
        self.assertFalse(bundle.named("Bare/bill"))
        self.assertTrue(bundle.named("Proven.*/bill"))
        said = [text for _folder, of, text in bundle.missing() if of == "Bare"]
        self.assertIn("no time left to print it", " ".join(said))

    def limited(self, seconds):
        return patch.dict(config.options, limit_time_real=seconds)

    def test_what_takes_long_is_said_before(self):
        def notice():
            action = self.pso.with_user(self.both).action_export_evidence()
            return action["params"]["notice"]

        self.assertFalse(notice())
        for _number in range(14):
            vendor = self.vendor()
            self.certificate(vendor)
            self.bill(vendor, 10)
        self.attach(self.bill(vendor, 20), "x", pdf("larger, and printed already"))
        # Thirteen of these, and that of Bare.
        with self.limited(0):
            self.assertRegex(notice(), r"^Suppliers: 16\..*: 14, in about 1 min\.$")
        with self.limited(20):
            self.assertIn("leaves time for about 7 of them", notice())
        self.company.pso_bundle_bills = 0
        self.assertFalse(notice())

    @skipUnless(shutil.which("wkhtmltopdf"), "optional: wkhtmltopdf is not installed")
    def test_a_bill_without_a_paper_is_printed(self):
        count_before = self.env["ir.attachment"].search_count([])
        pso = self.pso.with_user(self.both).with_context(force_report_rendering=True)
        stream = pso.env["pso.bundle"]._stream(pso, True, self.env["pso.sample"])
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            bundle = Bundle(b"".join(stream))
        [bill] = bundle.named("Bare/bill-1.pdf$").values()
        self.assertTrue(bill.startswith(b"%PDF"))
        self.assertEqual(self.env["ir.attachment"].search_count([]), count_before)

    def test_lines_as_locked(self):
        self.pso.action_lock()
        self.small.button_draft()
        self.small.button_cancel()
        line = self.pso.supplier_line_ids.filtered(
            lambda line: line.partner_id == self.proven
        )
        bundle = self.bundle()
        rows = [row for row in bundle.ledger("Proven").rows("Ledger") if row]
        self.assertNotIn(self.small.name, str(rows))
        [left] = [row for row in rows if row[0] == "as locked"]
        self.assertAlmostEqual(left[2], 100.1, delta=CENT)
        [amount] = [row[1] for row in rows if row[0] == "Purchases"]
        self.assertAlmostEqual(amount, line.amount, delta=CENT)
        self.assertAlmostEqual(amount, 362.5, delta=CENT)
        told = "do not make the locked amounts"
        said = [gap for gap in bundle.missing() if told in (gap[2] or "")]
        self.assertEqual([about for _folder, about, _text in said], ["Proven & Sons"])
        table = [*bundle.book("^contents")["Contents"].iter_rows(values_only=True)]
        self.assertIn(("Seal", self.pso.seal_digest), [row[:2] for row in table])


@tagged("post_install", "-at_install")
class TestWhoseFiles(BundleCase):
    def test_proof_by_key(self):
        bundle = self.bundle(self.hr, with_people=True)
        key = self.key(self.people[0])
        folder = f"files of draw 1/{key}"
        self.assertEqual(
            {*bundle.names} - {"contents.xlsx", "SHA256SUMS.txt"},
            {f"{folder}/proof-1.pdf", f"{folder}/proof-2.jpg"},
        )
        [(other, about, text)] = bundle.missing()
        self.assertEqual(about, self.key(self.people[1]))
        self.assertIn("nobody verified", text)
        self.people[1].pso_status_ids.write(
            {"evidence_state": "verified", "proof_kind": "other"}
        )
        [(_folder, _about, text)] = self.bundle(self.hr, with_people=True).missing()
        self.assertIn("Another document", text)

    def test_names_are_nowhere(self):
        for user, with_people in ((self.both, True), (self.manager, False)):
            bundle = self.bundle(user, with_people)
            texts = [name.encode() for name in bundle.names]
            for name in bundle.names:
                content = bundle.zip.read(name)
                texts.append(content)
                if name.endswith(".xlsx"):
                    texts.append(Workbook(content).text().encode())
            self.assertTrue(any(b"proof" in text for text in texts) or not with_people)
            for text in texts:
                for part in NAME_PARTS:
                    self.assertNotIn(part, text)

    def test_after_an_erasure(self):
        person = self.people[0]
        key = self.key(person)
        person.pso_status_ids.unlink()
        bundle = self.bundle(self.hr, with_people=True)
        self.assertFalse(bundle.named("/proof"))
        self.assertIn(key, [about for _f, about, _t in bundle.missing()])

    def test_sample_alone(self):
        sample = self.sample.with_user(self.hr)
        self.assertIn(
            f"/sample_bundle/{sample.id}", str(sample.action_export_evidence())
        )
        self.assertIn("evidence_draw-1.zip", sample._bundle())
        draft = sample.copy()
        with self.assertRaises(UserError):
            draft.action_export_evidence()
        with self.assertRaises(AccessError):
            sample.with_user(self.manager).action_export_evidence()
        line = noted(self.env, self.hr, "export_names")[-1]
        self.assertEqual((line["model"], line["count"]), ("pso.sample", 2))
        self.assertEqual(line["record"], sample.id)

    def test_who_may_have_what(self):
        allowed = {
            (self.manager, False): ["export"],
            (self.both, False): ["export"],
            (self.hr, True): ["export_names"],
            (self.both, True): ["export_names"],
        }
        others = [
            self.user("pso_odoo.group_pso_user"),
            self.user("pso_odoo.group_pso_purchase"),
            self.user("base.group_system", "hr.group_hr_manager"),
        ]
        for user in (self.manager, self.hr, self.both, *others):
            for with_people in (False, True):
                pso = self.pso.with_user(user)
                name = "_people" if with_people else ""
                action = getattr(pso, f"action_export_evidence{name}")
                with self.subTest(groups=user.group_ids.mapped("name"), people=name):
                    if (user, with_people) in allowed:
                        self.assertEqual(action()["type"], "ir.actions.client")
                        self.bundle(user, with_people)
                        continue
                    with self.assertRaises(AccessError):
                        action()
                    with self.assertRaises(AccessError):
                        self.bundle(user, with_people)
        self.assertTrue(self.bundle(self.both, True).named("ledger"))
        self.assertFalse(self.bundle(self.hr, True).named("ledger"))
        for user in (self.manager, self.both, self.hr):
            events = [line["event"] for line in noted(self.env, user, "export")]
            self.assertEqual(bool(events), (user, False) in allowed)

    def test_other_company(self):
        stranger = self.user(MANAGER, HR, companies=self.create_company("Abroad"))
        for with_people in (False, True):
            with self.assertRaises(AccessError):
                self.bundle(stranger, with_people)

    def test_figures_of_last_night(self):
        """Who can change facts about employees gets nothing of now."""
        user = self.user(MANAGER, "hr.group_hr_user")
        with self.assertRaises(AccessError):
            self.bundle(user)
        self.pso.action_lock()
        self.assertTrue(self.bundle(user).named("ledger"))

    def test_nothing_drawn(self):
        pso = self.measurement(start="2024-01-01", end="2024-12-31")
        with self.assertRaises(UserError):
            pso.with_user(self.hr).action_export_evidence_people()


@tagged("post_install", "-at_install")
class TestMemory(PsoCase):
    """300 suppliers and 1,000 files of 300 kB: more than may be in memory at once."""

    SUPPLIERS, FILES, SIZE = 300, 1000, 300_000

    def test_peak(self):
        self.pso = self.measurement()
        self.fill()
        pso = self.pso.with_user(self.user(MANAGER))
        _name, with_suppliers, samples = pso._bundle()
        before = self.peak(is_reset=True)
        stream = pso.env["pso.bundle"]._stream(pso, with_suppliers, samples)
        sent = sum(map(len, stream))
        self.assertGreater(sent, self.FILES * self.SIZE)
        self.assertLess(self.peak() - before, MOST_MEMORY)

    def fill(self):
        """Make the suppliers by the ORM, and their files as rows of the same few."""
        partners = self.env["res.partner"].create(
            [{"name": f"Vendor {n}", "is_company": True} for n in range(self.SUPPLIERS)]
        )
        certificates = self.env["pso.certificate"].create(
            [
                {
                    "partner_id": partner.id,
                    "date_start": "2025-01-01",
                    "date_end": "2025-12-31",
                }
                | {"level_id": self.ref("level_basic").id}
                for partner in partners
            ]
        )
        self.env["pso.correction"].create(
            [
                {
                    "measurement_id": self.pso.id,
                    "kind": "purchases",
                    "amount": 1000,
                    "partner_id": partner.id,
                    "date": "2025-05-05",
                    "reason": "Bought",
                    "source": "Elsewhere",
                }
                for partner in partners
            ]
        )
        # Of random bytes nothing is saved by packing.
        papers = self.env["ir.attachment"].create(
            [
                {"name": "paper", "raw": pdf("") + os.urandom(self.SIZE)}
                for _ in range(10)
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH file AS (
                    INSERT INTO ir_attachment (name, type, res_model, res_id,
                        store_fname, checksum, mimetype, file_size, create_uid)
                    SELECT paper.name, paper.type, 'pso.certificate',
                        (%(certificates)s::int[])[1 + n %% %(suppliers)s],
                        store_fname, checksum, mimetype, file_size, create_uid
                    FROM generate_series(1, %(count)s) AS n
                    JOIN ir_attachment paper
                        ON paper.id = (%(papers)s::int[])[1 + n %% 10]
                    RETURNING id, res_id
                )
                INSERT INTO %(relation)s (%(certificate)s, %(file)s)
                SELECT res_id, id FROM file
                """,
                certificates=certificates.ids,
                suppliers=self.SUPPLIERS,
                count=self.FILES,
                papers=papers.ids,
                relation=SQL.identifier(
                    certificates._fields["attachment_ids"].relation
                ),
                certificate=SQL.identifier(
                    certificates._fields["attachment_ids"].column1
                ),
                file=SQL.identifier(certificates._fields["attachment_ids"].column2),
            )
        )
        self.env.invalidate_all()

    @staticmethod
    def peak(is_reset=False):
        """The most memory that this process has had, since it was asked with reset."""
        if is_reset:
            # What is free, but not yet given back, would hide what is taken now.
            gc.collect()
            ctypes.CDLL(None).malloc_trim(0)
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


@tagged("post_install", "-at_install")
class TestRoute(HttpCase):
    """An address is no permission, and half a bundle is none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("manager", "hr", "user"):
            new_test_user(
                cls.env, f"pso-{name}", f"pso_odoo.group_pso_{name}", password=name * 2
            )
        cls.pso = cls.env["pso.measurement"].create(
            {
                "company_id": cls.env.company.id,
                "date_start": "2023-01-01",
                "date_end": "2023-12-31",
            }
        )
        for name in ("One", "Other"):
            partner = cls.env["res.partner"].create({"name": name, "is_company": True})
            cls.env["pso.certificate"].create(
                {
                    "partner_id": partner.id,
                    "level_id": cls.env.ref("pso_odoo.level_basic").id,
                    "date_start": "2023-01-01",
                    "date_end": "2023-12-31",
                    "attachment_ids": [
                        Command.create({"name": "x", "raw": os.urandom(4 * PIECE)})
                    ],
                }
            )
            cls.env["pso.correction"].create(
                {
                    "measurement_id": cls.pso.id,
                    "kind": "purchases",
                    "amount": 10,
                    "partner_id": partner.id,
                    "date": "2023-02-02",
                    "reason": "r",
                    "source": "s",
                }
            )

    def download(self, user, query="", number=None, path="bundle"):
        self.authenticate(f"pso-{user}", user * 2)
        return self.url_open(f"/pso_odoo/{path}/{number or self.pso.id}{query}")

    def test_whole(self):
        response = self.download("manager")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        self.assertIn("evidence.zip", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        bundle = Bundle(response.content)
        self.assertIsNone(bundle.zip.testzip())
        self.assertEqual(len(bundle.named("ledger")), 2)
        user = self.env["res.users"].search([("login", "=", "pso-manager")])
        line = noted(self.env, user, "export", "export_names")[-1]
        self.assertEqual((line["event"], line["record"]), ("export", self.pso.id))

    def test_refused(self):
        for user, query, code in (
            ("manager", "?people=1", 403),
            ("hr", "", 403),
            ("hr", "?people=1", 422),  # nothing was drawn
            ("user", "", 403),
            ("user", "?people=1", 403),
        ):
            with self.subTest(user=user, query=query):
                response = self.download(user, query)
                self.assertEqual(response.status_code, code)
                self.assertNotIn(b"PK\x03\x04", response.content)
        nowhere = 2**31 - 1
        for path in ("bundle", "sample_bundle"):
            response = self.download("hr", number=nowhere, path=path)
            self.assertEqual(response.status_code, 404)

    def test_broken_midway(self):
        build, built = Ledger.build, []

        def fails(ledger, footer):
            built.append(ledger)
            if len(built) == 2:
                raise RuntimeError("Midway")
            return build(ledger, footer)

        self.authenticate("pso-manager", "manager" * 2)
        url, sent = f"{self.base_url()}/pso_odoo/bundle/{self.pso.id}", b""
        with patch.object(Ledger, "build", fails), mute_logger("werkzeug"):
            response = self.opener.get(url, stream=True, timeout=20)
            with self.assertRaises(ChunkedEncodingError):
                for piece in response.iter_content(PIECE):
                    sent += piece
        self.assertEqual(len(built), 2)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(sent.startswith(b"PK\x03\x04"))
        self.assertGreater(len(sent), 3 * PIECE)
        with self.assertRaises(zipfile.BadZipFile):
            Bundle(sent)
