"""Proof is received, and seen: two acts, and what was seen is said."""

import base64

from common import PsoCase

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Date
from odoo.tests import Form, tagged

HR, PURCHASE, MANAGER = (
    f"pso_odoo.group_pso_{name}" for name in ("hr", "purchase", "manager")
)
PDF = base64.b64encode(b"%PDF-1.4 a decision").decode()


class ProofCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper, cls.buyer = cls.user(HR), cls.user(PURCHASE)
        cls.a_status = cls.status(cls.employee(), end="2025-12-31")
        cls.a_status = cls.a_status.with_user(cls.keeper)
        cls.a_certificate = cls.certificate(cls.vendor()).with_user(cls.buyer)
        cls.proofs = (cls.a_status, cls.a_certificate)

    def events(self, record):
        lines = self.env["pso.log"].search(
            [("event", "in", ("verify", "withdraw")), ("model", "=", record._name)],
            order="id",
        )
        return lines.mapped("event")


@tagged("post_install", "-at_install")
class TestTwoActs(ProofCase):
    def test_what_is_missing_is_not_verified(self):
        for record in self.proofs:
            for act in (
                record.action_verify,
                lambda r=record: r.write(
                    {"evidence_state": "verified", "proof_kind": "other"}
                ),
            ):
                with (
                    self.subTest(record),
                    self.assertRaisesRegex(UserError, "received"),
                ):
                    act()

    def test_nothing_is_verified_without_saying_what_was_seen(self):
        for record in self.proofs:
            record.action_receive()
            self.assertEqual(record.evidence_state, "received")
            with self.assertRaisesRegex(UserError, "Document Seen"):
                record.action_verify()
            with self.assertRaisesRegex(UserError, "Document Seen"):
                record.write({"evidence_state": "verified", "proof_kind": False})
            vals = record.copy_data()[0] | {"evidence_state": "verified"}
            vals.update(date_start="2031-01-01", date_end="2031-12-31")
            with self.assertRaisesRegex(UserError, "Document Seen"):
                record.create(vals)
            self.assertTrue(record.create(vals | {"proof_kind": "register"}))
            self.assertEqual(record.evidence_state, "received")

    def test_the_dialog_asks_and_signs(self):
        for record in self.proofs:
            record.action_receive()
            action = record.action_look()
            form = Form(record, view=action["views"][0][0])
            with self.assertRaises(AssertionError):
                form.save()
            form.proof_kind = "register"
            form.proof_date = "2025-02-01"
            form.proof_place = "Cabinet 3"
            form.save().action_verify()
            self.assertEqual(record.evidence_state, "verified")
            self.assertEqual(record.verified_by_id, record.env.user)
            self.assertEqual(record.verified_on, Date.context_today(record))
            self.assertEqual(self.events(record), ["verify"])

    def test_it_is_undone_in_the_open(self):
        for record in self.proofs:
            record.action_receive()
            record.proof_kind = "register"
            record.action_verify()
            record.action_withdraw()
            self.assertEqual(record.evidence_state, "received")
            self.assertFalse(record.verified_by_id)
            self.assertEqual(record.proof_kind, "register")
            self.assertEqual(self.events(record), ["verify", "withdraw"])

    def test_a_change_that_withdraws_it_is_in_the_log_too(self):
        for record in self.proofs:
            record.write({"evidence_state": "received", "proof_kind": "register"})
            record.action_verify()
            record.date_end = "2025-11-30"
            self.assertEqual(record.evidence_state, "received")
            self.assertEqual(self.events(record), ["verify", "withdraw"])

    def test_the_log_says_nothing_of_whom(self):
        self.a_status.write({"evidence_state": "received", "proof_kind": "decision"})
        self.a_status.action_verify()
        line = self.env["pso.log"].search([("event", "=", "verify")], limit=1)
        self.assertEqual((line.record, line.name, line.count), (0, "", 1))
        self.assertEqual(line.login, self.keeper.login)

    def test_what_was_verified_before_it_was_asked_stays(self):
        """Also where other facts are written, or the same state again."""
        self.a_status.sudo().evidence_state = "verified"
        self.a_status.date_informed = "2025-01-01"
        self.a_status.evidence_state = "verified"
        self.assertEqual(self.a_status.evidence_state, "verified")

    def test_no_document_is_of_the_future(self):
        with self.assertRaisesRegex(ValidationError, "future"):
            self.a_status.proof_date = Date.add(Date.today(), days=3)

    def test_nobody_else_is_asked(self):
        for record, user in (
            (self.a_status, self.buyer),
            (self.a_status, self.user("base.group_user", MANAGER)),
            (self.a_certificate, self.user("pso_odoo.group_pso_user")),
        ):
            for method in (
                *("action_receive", "action_look"),
                *("action_verify", "action_withdraw"),
            ):
                with self.subTest(method), self.assertRaises(AccessError):
                    getattr(record.with_user(user), method)()

    def test_a_list_that_says_verified_is_named_as_the_proof(self):
        content = "KvK;Level;Valid From;Proof\n12345678;3;2024-01-01;verified\n"
        partner = self.vendor(company_registry="12345678")
        wizard = self.env["pso.import"].with_user(self.buyer)
        wizard.create(
            {"kind": "certificate", "file": base64.b64encode(content.encode())}
        ).action_import()
        found = partner.pso_certificate_ids
        self.assertEqual((found.evidence_state, found.proof_kind), ("verified", "list"))


@tagged("post_install", "-at_install")
class TestFilesBeforeSaving(ProofCase):
    def new(self, record, files):
        vals = record.copy_data()[0] | {"new_files": files}
        vals.update(date_start="2031-01-01", date_end="2031-12-31")
        return record.create(vals)

    def test_files_come_with_the_record(self):
        for record in self.proofs:
            made = self.new(record, [{"name": "decision.pdf", "content": PDF}])
            file = made.attachment_ids
            self.assertEqual(
                (file.name, file.raw), ("decision.pdf", b"%PDF-1.4 a decision")
            )
            self.assertEqual((file.res_model, file.res_id), (made._name, made.id))
            self.assertFalse(file.public)
            self.assertEqual(made.evidence_state, "received")
            self.assertFalse(made.new_files)

    def test_they_are_read_by_who_may_read_the_record(self):
        made = self.new(self.a_status, [{"name": "decision.pdf", "content": PDF}])
        admin = self.user("base.group_user", "base.group_system")
        self.env.flush_all()
        self.env.invalidate_all()
        file = made.attachment_ids.with_user(admin)
        # As one that is not there.
        self.assertFalse(file.read(["datas"]))
        self.assertFalse(file.exists())

    def test_what_is_no_file_is_refused(self):
        for files in (
            "text",
            7,
            {"name": "x"},
            [7],
            [{"name": "x"}],
            [{"name": "x", "content": "not base64!"}],
            [{"name": "x", "content": 7}],
            [{"content": PDF}],
        ):
            with (
                self.subTest(files),
                self.assertRaisesRegex(UserError, "as a whole"),
                self.env.cr.savepoint(),
            ):
                self.new(self.a_status, files)
