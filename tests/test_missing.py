"""What the auditor would ask for and not find, and the files that prove it."""

import json
from io import BytesIO

from common import PsoCase
from test_query_counts import QueryCase

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, tagged

HR = "pso_odoo.group_pso_hr"
MANAGER = "pso_odoo.group_pso_manager"
PURCHASE = "pso_odoo.group_pso_purchase"
USER = "pso_odoo.group_pso_user"
# A status of which nothing is missing.
WHOLE = {
    "evidence_state": "verified",
    "legal_basis": "entitlement",
    "date_informed": "2025-01-02",
}


class MissingCase(PsoCase):
    """A measurement of which nothing is missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.company_registry = "12345678"
        cls.person = cls.employee(name="Secret Person")
        cls.a_status = cls.status(cls.person, **WHOLE)
        cls.attach(cls.a_status)
        cls.partner = cls.vendor()
        cls.a_certificate = cls.certificate(
            cls.partner, number="A-1", evidence_state="verified"
        )
        cls.attach(cls.a_certificate)
        cls.figure = cls.figures(cls.partner, source="Annual report")
        cls.bill(cls.partner, 100)
        cls.pso = cls.measurement()
        cls.pso.quality_ids.write({"answer": "met"})
        cls.hr = cls.user(HR)
        cls.manager = cls.user(MANAGER)

    @classmethod
    def attach(cls, record):
        file = cls.env["ir.attachment"].create({"name": "proof.pdf", "raw": b"proof"})
        record.attachment_ids = file
        return file

    def missing(self, user=None, measurement=None):
        """The rows of a measurement."""
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["pso.missing.proof"].with_user(user or self.env.user)
        return rows.search([("measurement_id", "=", (measurement or self.pso).id)])

    def kinds(self, user=None, measurement=None):
        return sorted(self.missing(user, measurement).mapped("kind"))


@tagged("post_install", "-at_install")
class TestMissing(MissingCase):
    def assertAppears(self, kinds, breaks, mends):
        """A kind appears with what is missing and goes when it is mended.

        In a locked measurement too, of which the proof of today is told.
        """
        self.assertEqual(self.kinds(), [])
        breaks()
        self.assertEqual(self.kinds(), kinds)
        subjects = self.missing().mapped("subject")
        self.assertNotRegex(" ".join(subjects), r"\(|False")
        locked = self.measurement()
        locked.quality_ids.write({"answer": "met"})
        locked.action_lock()
        self.assertEqual(self.kinds(measurement=locked), kinds)
        mends()
        self.assertEqual(self.kinds(), [])
        self.assertEqual(self.kinds(measurement=locked), [])

    def test_proof_of_a_status(self):
        def breaks():
            self.a_status.write(
                {"attachment_ids": [Command.clear()], "evidence_state": "missing"}
            )

        def mends():
            self.attach(self.a_status)
            self.a_status.action_verify()

        self.assertAppears(["no_proof"], breaks, mends)

    def test_verification_of_a_status(self):
        self.assertAppears(
            ["not_verified"],
            lambda: self.a_status.write({"evidence_state": "received"}),
            lambda: self.a_status.action_verify(),
        )

    def test_file_of_a_status(self):
        self.assertAppears(
            ["no_file"],
            lambda: self.a_status.write({"attachment_ids": [Command.clear()]}),
            lambda: self.attach(self.a_status),
        )

    def test_legal_basis_and_information(self):
        self.assertAppears(
            ["no_basis", "not_informed"],
            lambda: self.a_status.write({"legal_basis": False, "date_informed": False}),
            lambda: self.a_status.write(WHOLE),
        )

    def test_date_of_the_event(self):
        """Nobody counts without it, so nothing else is asked of that status."""
        pupil = self.employee()
        self.attach(self.status(pupil, group="vso_pro", date_event="2024-07-01"))
        status = pupil.pso_status_ids
        status.write(WHOLE)
        self.assertAppears(
            ["event_missing"],
            lambda: status.write({"date_event": False}),
            lambda: status.write({"date_event": "2024-07-01", **WHOLE}),
        )

    def test_proof_of_a_certificate(self):
        def breaks():
            self.a_certificate.write(
                {"attachment_ids": [Command.clear()], "evidence_state": "missing"}
            )

        def mends():
            self.attach(self.a_certificate)
            self.a_certificate.action_verify()

        self.assertAppears(["certificate_no_proof"], breaks, mends)

    def test_verification_and_number_of_a_certificate(self):
        self.assertAppears(
            ["certificate_no_number", "certificate_not_verified"],
            lambda: self.a_certificate.write(
                {"number": " ", "evidence_state": "received"}
            ),
            lambda: self.a_certificate.write(
                {"number": "A-1", "evidence_state": "verified"}
            ),
        )

    def test_file_of_a_certificate(self):
        self.assertAppears(
            ["certificate_no_file"],
            lambda: self.a_certificate.write({"attachment_ids": [Command.clear()]}),
            lambda: self.attach(self.a_certificate),
        )

    def test_both_certificates_of_a_year(self):
        """Purchases of the first half count by one, of the second by another."""
        self.a_certificate.date_end = "2025-06-30"
        self.a_certificate.action_verify()
        second = self.certificate(self.partner, "2025-07-01", number="A-2")
        self.assertEqual(self.kinds(), [])
        self.bill(self.partner, 100, "2025-08-01")
        self.assertEqual(self.kinds(), ["certificate_no_proof"])
        self.assertEqual(self.missing().certificate_id, second)

    def test_a_certificate_by_which_nothing_counts(self):
        self.certificate(self.vendor("Other"))
        self.certificate(self.partner, "2024-01-01", "2024-12-31")
        self.assertEqual(self.kinds(), [])

    def test_figures(self):
        def values():
            return {
                "partner_id": self.partner.id,
                "turnover": 1000,
                "fte": 10,
                "direct_percentage": 50,
                "source": "Annual report",
            }

        self.assertAppears(
            ["no_figures"],
            self.figure.unlink,
            lambda: self.figure.create({**values(), "year": 2025}),
        )
        figure = self.partner.pso_figure_ids
        self.assertAppears(
            ["older_figures"],
            lambda: figure.write({"year": 2023}),
            lambda: figure.create({**values(), "year": 2025}),
        )
        figure = self.partner.pso_figure_ids.filtered(lambda f: f.year == 2025)
        self.assertAppears(
            ["estimate", "no_source"],
            lambda: figure.write({"is_estimate": True, "source": False}),
            lambda: figure.write({"is_estimate": False, "source": "Phone call"}),
        )

    def test_quality(self):
        """Of the measurement itself: locking closes the answers."""
        answer = self.pso.quality_ids[0]
        answer.answer = "open"
        self.assertEqual(self.kinds(), ["quality_open"])
        answer.answer = "unmet"
        self.assertEqual(self.kinds(), ["quality_unexplained"])
        answer.explanation = "A coach starts in May."
        self.assertEqual(self.kinds(), [])

    def test_kvk(self):
        self.assertAppears(
            ["no_kvk"],
            lambda: self.company.write({"company_registry": False}),
            lambda: self.company.write({"company_registry": "12345678"}),
        )

    def test_only_what_counts(self):
        """Statuses before the period, and people who left before it."""
        self.status(self.employee(end="2024-12-31"))
        self.status(self.employee(), start="2026-01-01")
        self.assertEqual(self.kinds(), [])

    def test_a_locked_one_keeps_who_counted(self):
        self.pso.action_lock()
        self.status(self.employee())
        self.certificate(self.vendor("Late"))
        self.assertEqual(self.kinds(), [])
        self.a_status.evidence_state = "received"
        self.assertEqual(self.kinds(), ["not_verified"])
        self.person.unlink()
        self.assertEqual(self.kinds(), [])

    def test_ids_are_of_what_they_say(self):
        """The same each time, apart from each other, and small enough to be opened."""
        self.a_status.write({"evidence_state": "received", "legal_basis": False})
        self.a_certificate.number = False
        rows = self.missing()
        self.assertEqual(len(set(rows.ids)), 3)
        self.assertEqual(self.missing().ids, rows.ids)
        self.assertLess(max(rows.ids), 2**53)
        for row in rows:
            self.assertEqual(row.search([("id", "=", row.id)]), row)

    def test_what_is_a_check_is_explained_by_it(self):
        self.a_status.evidence_state = "missing"
        self.a_status.legal_basis = False
        texts = {row.kind: row.explanation for row in self.missing()}
        check = self.env["pso.check.type"].search([("code", "=", "no_proof")])
        self.assertEqual(texts["no_proof"], check.explanation)
        self.assertIn("GDPR", texts["no_basis"])
        checks = set(check.search([]).mapped("code"))
        rows = self.env["pso.missing.proof"]
        kinds = dict(rows._fields["kind"].selection)
        self.assertEqual(set(kinds), set(kinds) & checks)

    def test_every_kind_has_its_place(self):
        from odoo.addons.pso_odoo.reports.analysis.pso_missing_proof import (
            KIND_NUMBERS,
            KINDS,
        )

        kinds = dict(self.env["pso.missing.proof"]._fields["kind"].selection)
        self.assertEqual(list(KINDS), list(kinds))
        self.assertLessEqual(len(KINDS), KIND_NUMBERS)

    def test_the_record_opens(self):
        opened = {}
        self.a_status.evidence_state = "received"
        self.a_certificate.number = False
        self.figure.is_estimate = True
        self.pso.quality_ids[0].answer = "open"
        self.company.company_registry = False
        for row in self.missing():
            action = row.action_open()
            opened[row.kind] = (action["res_model"], action.get("res_id"))
        self.assertEqual(
            opened,
            {
                "not_verified": ("pso.status", self.a_status.id),
                "certificate_no_number": ("pso.certificate", self.a_certificate.id),
                "estimate": ("pso.supplier.figure", self.figure.id),
                "quality_open": ("pso.measurement", self.pso.id),
                "no_kvk": ("res.company", self.company.id),
            },
        )
        [row] = self.missing(self.manager).filtered(lambda row: row.kind == "no_kvk")
        self.assertEqual(row.action_open()["res_model"], "pso.company.settings")

    def test_figures_that_are_not_there_are_made(self):
        self.figure.unlink()
        action = self.missing().action_open()
        figure = self.figure.with_context(**action["context"]).new()
        self.assertEqual((figure.partner_id.id, figure.year), (self.partner.id, 2025))

    def test_who_may_not_make_figures_sees_the_supplier(self):
        self.figure.unlink()
        row = self.missing(self.hr).filtered(lambda row: row.kind == "no_figures")
        action = row.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("res.partner", self.partner.id),
        )

    def test_the_latest_measurement(self):
        self.a_status.legal_basis = False
        later = self.measurement(end="2026-06-30")
        later.quality_ids.write({"answer": "met"})
        rows = self.env["pso.missing.proof"]
        self.assertEqual(rows.search([("is_latest", "=", True)]).measurement_id, later)
        self.assertNotIn(later, rows.search([("is_latest", "=", False)]).measurement_id)
        self.assertTrue(self.missing(measurement=later).is_latest)
        self.assertFalse(self.missing().is_latest)

    def test_the_latest_measurement_that_one_may_see(self):
        """One of more companies than the user's hides nothing of his own."""
        self.a_certificate.number = False
        other = self.create_company("Other")
        wide = self.measurement(company_ids=[Command.set((self.company + other).ids)])
        wide.quality_ids.write({"answer": "met"})
        for companies, latest in (
            (self.company, self.pso),
            (self.company + other, wide),
        ):
            user = self.user("base.group_user", PURCHASE, companies=companies)
            self.env.flush_all()
            self.env.invalidate_all()
            rows = self.env["pso.missing.proof"].with_user(user)
            rows = rows.with_context(allowed_company_ids=companies.ids)
            with self.subTest(companies=companies.mapped("name")):
                found = rows.search([("is_latest", "=", True)])
                self.assertEqual(found.sudo().measurement_id, latest)
                self.assertTrue(all(found.mapped("is_latest")))

    def test_the_button_of_the_measurement(self):
        self.a_status.legal_basis = False
        action = self.pso.action_open_missing()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.status_id, self.a_status)


@tagged("post_install", "-at_install")
class TestMissingAccess(MissingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.a_status.legal_basis = False
        cls.a_certificate.number = False
        cls.pso.quality_ids[0].answer = "open"

    def test_rows_of_people_are_for_the_hr_group(self):
        both = self.user(HR, MANAGER)
        purchase = ["certificate_no_number"]
        totals = [*purchase, "quality_open"]
        everything = sorted([*totals, "no_basis"])
        for user, kinds in (
            (self.hr, everything),
            (both, everything),
            (self.manager, totals),
            (self.user("base.group_user", PURCHASE), purchase),
        ):
            with self.subTest(groups=user.group_ids.mapped("name")):
                self.assertEqual(self.kinds(user), kinds)
                # Nor can it be counted.
                rows = self.env["pso.missing.proof"].with_user(user)
                domain = [("measurement_id", "=", self.pso.id)]
                self.assertEqual(rows.search_count(domain), len(kinds))
                [[count]] = rows._read_group(domain, [], ["__count"])
                self.assertEqual(count, len(kinds))

    def test_totals_users_see_nothing(self):
        for group in (USER, "base.group_system", "hr.group_hr_manager"):
            user = self.user("base.group_user", group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.kinds(user)

    def test_a_row_cannot_be_guessed(self):
        row = self.missing().filtered(lambda row: row.area == "people")
        seen = row.with_user(self.manager)
        self.env.invalidate_all()
        self.assertEqual(seen.read(["kind"]), [])
        for read in (
            seen.action_open,
            lambda: seen.subject,
            lambda: seen.read(["employee_id"]),
        ):
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "access|does not exist"):
                read()

    def test_no_detour_to_a_person(self):
        rows = self.env["pso.missing.proof"].with_user(self.manager)
        for field in ("employee_id", "status_id"):
            with self.subTest(field=field):
                with self.assertRaises(AccessError):
                    rows.search([(f"{field}", "!=", False)])
                with self.assertRaises(AccessError):
                    rows._read_group([], [field])

    def test_names_say_nothing_of_a_person(self):
        for row in self.missing():
            self.assertNotIn(self.person.name, row.display_name)
            self.assertNotIn(self.person.name, row.subject or "")

    def test_another_company(self):
        other = self.create_company("Other")
        for group in (HR, MANAGER):
            user = self.user(group, companies=other)
            rows = (
                self.env["pso.missing.proof"]
                .with_user(user)
                .with_context(allowed_company_ids=other.ids)
            )
            self.assertFalse(rows.search([("measurement_id", "=", self.pso.id)]))


@tagged("post_install", "-at_install")
class TestFiles(MissingCase):
    """Proof files belong to their record, and come and go with it."""

    def file(self, user=None, **vals):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.hr)
            .create({"name": "decision.pdf", "raw": b"decision", **vals})
        )

    def test_who_reads_the_file_of_a_status(self):
        file = self.file()
        self.a_status.with_user(self.hr).attachment_ids = file
        self.assertEqual(
            (file.res_model, file.res_id), ("pso.status", self.a_status.id)
        )
        self.assertEqual(self.readers(file), {HR})

    def test_who_reads_the_file_of_a_certificate(self):
        """A certificate is shown to the public: all who see it see its file."""
        buyer = self.user(PURCHASE)
        file = self.file(buyer)
        self.a_certificate.with_user(buyer).attachment_ids = file
        self.assertEqual(self.readers(file), {HR, MANAGER, PURCHASE, USER})

    def readers(self, file):
        groups = (
            "base.group_system",
            "hr.group_hr_manager",
            "account.group_account_manager",
            *(HR, MANAGER, PURCHASE, USER),
        )
        found = set()
        for group in groups:
            user = self.user("base.group_user", group)
            self.env.invalidate_all()
            try:
                # What names a record about persons is as if not there.
                if file.with_user(user).read(["name", "raw", "index_content"]):
                    found.add(group)
            except AccessError:
                pass
        return found

    def test_a_public_upload_is_public_no_more(self):
        file = self.file(public=True)
        self.a_status.with_user(self.hr).attachment_ids = file
        self.assertFalse(file.public)

    def test_a_file_of_a_new_record(self):
        file = self.file(res_model="pso.status", res_id=0)
        status = self.status(self.employee(), attachment_ids=[Command.link(file.id)])
        self.assertEqual(file.res_id, status.id)
        self.assertEqual(status.evidence_state, "received")

    def test_proof_that_comes_with_a_file_is_received(self):
        self.a_status.write(
            {"attachment_ids": [Command.clear()], "evidence_state": "missing"}
        )
        self.a_status.attachment_ids = self.file()
        self.assertEqual(self.a_status.evidence_state, "received")
        self.a_status.action_verify()
        self.a_status.attachment_ids += self.file()
        self.assertEqual(self.a_status.evidence_state, "verified")

    def test_a_file_taken_away_is_deleted(self):
        kept, gone = self.file(), self.file()
        self.a_status.attachment_ids = kept + gone
        self.a_status.with_user(self.hr).attachment_ids = [Command.unlink(gone.id)]
        self.assertFalse(gone.exists())
        self.assertTrue(kept.exists())

    def test_a_file_of_another_record_is_copied(self):
        """So that it does not go with that record, nor that one's with this."""
        other = self.status(self.employee())
        file = self.file()
        other.attachment_ids = file
        self.a_status.attachment_ids = file
        copy = self.a_status.attachment_ids
        self.assertNotEqual(copy, file)
        self.assertEqual(copy.raw, b"decision")
        self.assertEqual(copy.name, file.name)
        self.assertEqual(other.attachment_ids, file)
        other.unlink()
        self.assertFalse(file.exists())
        self.assertEqual(copy.raw, b"decision")
        self.a_status.attachment_ids = False
        self.assertFalse(copy.exists())

    def test_a_copy_has_no_proof(self):
        other = self.a_certificate.copy(
            {"date_start": "2026-01-01", "date_end": "2026-12-31"}
        )
        self.assertFalse(other.attachment_ids)
        self.assertEqual(other.evidence_state, "missing")

    def test_it_follows_its_record(self):
        """Also where the status turns out to be somebody else's."""
        file = self.a_status.attachment_ids
        self.a_status.employee_id = self.employee()
        self.assertEqual(self.a_status.attachment_ids, file)
        self.assertEqual(file.res_id, self.a_status.id)
        self.a_status.unlink()
        self.assertFalse(file.exists())

    def test_uploads_that_were_not_saved_go(self):
        """A day later, so that a form can stay open."""
        kept = self.a_status.attachment_ids
        fresh = self.file(res_model="pso.status", res_id=self.a_status.id)
        old = self.file(res_model="pso.status", res_id=self.a_status.id)
        stray = self.file(res_model="pso.status", res_id=0)
        strange = self.file(res_model="res.users", res_id=self.hr.id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = create_date - interval '2 days' "
            "WHERE id IN %s",
            [(kept + old + stray + strange)._ids],
        )
        self.env["pso.status"]._gc_unsaved_files()
        self.assertEqual(
            (kept + fresh + old + stray + strange).exists(), kept + fresh + strange
        )


@tagged("post_install", "-at_install")
class TestUpload(HttpCase, MissingCase):
    """As the web client does it: upload, save, look, delete."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.user(
            "base.group_user", "base.group_system", "base.group_erp_manager"
        )
        for user in (cls.hr, cls.manager, cls.admin):
            user.password = "proof-of-status"

    def login(self, user):
        self.authenticate(user.login, "proof-of-status")

    def upload(self):
        response = self.url_open(
            "/web/binary/upload_attachment",
            data={
                "csrf_token": Request.csrf_token(self),
                "model": "pso.status",
                "id": self.a_status.id,
            },
            files={"ufile": ("decision.txt", BytesIO(b"decision"), "text/plain")},
        )
        [file] = json.loads(response.text)
        return self.env["ir.attachment"].browse(file["id"])

    def save(self, command):
        self.make_jsonrpc_request(
            "/web/dataset/call_kw/pso.status/web_save",
            {
                "model": "pso.status",
                "method": "web_save",
                "args": [self.a_status.ids, {"attachment_ids": [command]}],
                "kwargs": {"specification": {}},
            },
        )
        self.env.invalidate_all()

    def look(self, file):
        response = self.url_open(f"/web/content/{file.id}")
        return response.status_code, response.content

    def test_from_upload_to_deletion(self):
        self.login(self.hr)
        file = self.upload()
        before = self.a_status.attachment_ids
        self.assertEqual(self.look(file), (200, b"decision"))
        # Before it is saved too: it is of the status from the first moment.
        self.login(self.admin)
        self.assertEqual(self.look(file)[0], 404)
        self.login(self.hr)
        self.save(Command.link(file.id))
        self.assertEqual(self.a_status.attachment_ids, before + file)
        for user in (self.admin, self.manager):
            self.login(user)
            self.assertEqual(self.look(file)[0], 404)
        self.login(self.hr)
        self.save(Command.unlink(file.id))
        self.assertFalse(file.exists())
        self.assertEqual(self.a_status.attachment_ids, before)


@tagged("post_install", "-at_install")
class TestQueries(QueryCase, MissingCase):
    def test_as_many_for_many_people(self):
        counts = []
        for number in (2, 2, 20):
            for _turn in range(number):
                self.status(self.employee(), legal_basis=False)
            self.missing()
            with self.statements() as sent:
                rows = self.missing()
                rows.read(["kind", "subject", "explanation", "employee_id"])
            counts.append((len(rows), len(sent)))
        (_none, _first), (few, queries), (many, more) = counts
        self.assertGreater(many, few)
        self.assertEqual(queries, more)
