"""What holds whatever people do to the records around it."""

import base64

from common import PsoCase

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import tagged


class IntegrityCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["hr.employee"].concat(*(cls.employee() for _ in range(10)))
        cls.a_status = cls.status(cls.people[0], evidence_state="verified")
        cls.partner = cls.social_vendor()
        cls.bill(cls.partner, 100)
        cls.pso = cls.measurement()
        cls.manager = cls.user("pso_odoo.group_pso_manager")
        cls.hr = cls.user("pso_odoo.group_pso_hr")

    def attach(self, record):
        """A proof file of a record."""
        proof = self.env["ir.attachment"].create(
            {"name": "proof.pdf", "datas": base64.b64encode(b"proof")}
        )
        record.attachment_ids = proof
        return proof


@tagged("post_install", "-at_install")
class TestLocked(IntegrityCase):
    def test_a_lock_cannot_come_in_as_a_default(self):
        forged = {
            "default_state": "locked",
            "default_locked_figures": {"direct_fte": 9},
        }
        measurements = self.env["pso.measurement"].with_user(self.manager)
        measurement = measurements.with_context(**forged).create(
            {"company_id": self.company.id}
        )
        self.assertEqual(measurement.state, "live")
        self.assertFalse(measurement.locked_figures)

    def test_everything_the_workbook_shows_is_closed(self):
        self.pso.action_lock()
        answer = self.pso.quality_ids[0]
        for change in (
            lambda: answer.write({"answer": "met"}),
            answer.unlink,
            lambda: self.pso.write({"name": "Other"}),
            lambda: self.pso.write({"quality_ids": [Command.clear()]}),
        ):
            with self.assertRaisesRegex(UserError, "is locked"):
                change()

    def test_its_levels_cannot_be_deleted(self):
        level = self.env["pso.level"].create({"code": "new", "name": "New"})
        edition = self.edition.copy()
        edition.level_ids += level
        self.pso.edition_id = edition
        self.pso.action_lock()
        edition.level_ids -= level
        with self.assertRaisesRegex(UserError, "locked measurement"):
            level.unlink()

    def test_its_checks_still_show_what_they_found(self):
        self.partner.pso_figure_ids.is_estimate = True
        self.pso.action_lock()
        check = self.pso.check_ids.filtered(lambda c: c.type_id.code == "estimate")
        action = check.action_open_findings()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(check.count, 1)
        self.assertEqual(found, self.pso.supplier_line_ids)


@tagged("post_install", "-at_install")
class TestEvidence(IntegrityCase):
    def test_a_changed_fact_asks_for_a_new_look(self):
        self.a_status.group_id = self.ref("group_wia")
        self.assertEqual(self.a_status.evidence_state, "received")
        self.assertFalse(self.a_status.verified_by_id)

    def test_each_fact_asks_for_a_new_look(self):
        for name in ("date_event", "date_inflow", "date_inflow_manual"):
            with self.subTest(name):
                self.a_status.evidence_state = "verified"
                self.a_status[name] = "2019-05-01"
                self.assertEqual(self.a_status.evidence_state, "received")

    def test_a_verification_of_what_comes_with_it_stays(self):
        """Also where an inflow is stated, or is derived anew from an earlier status."""
        earlier = self.status(self.people[1], end="2020-12-31")
        later = self.status(
            self.people[1],
            start="2021-01-01",
            date_inflow="2018-01-01",
            date_event="2018-01-01",
            evidence_state="verified",
        )
        self.assertEqual(later.date_inflow_manual, Date.to_date("2018-01-01"))
        self.assertEqual(later.evidence_state, "verified")
        later.write({"date_inflow": False, "evidence_state": "verified"})
        earlier.date_inflow = "2017-01-01"
        self.assertEqual(later.date_inflow, Date.to_date("2017-01-01"))
        self.assertEqual(later.evidence_state, "verified")

    def test_nobody_signs_for_another(self):
        as_hr = self.a_status.with_user(self.hr)
        with self.assertRaisesRegex(AccessError, "your own name"):
            as_hr.verified_by_id = self.manager
        vals = {
            "employee_id": self.people[1].id,
            "group_id": self.a_status.group_id.id,
            "date_start": "2020-01-01",
            "evidence_state": "verified",
        }
        with self.assertRaisesRegex(AccessError, "your own name"):
            as_hr.with_context(default_verified_by_id=self.manager.id).create(vals)

    def test_nobody_dates_the_signature_of_another(self):
        signed = self.a_status.with_user(self.hr)
        signed.write({"evidence_state": "received", "proof_kind": "decision"})
        signed.action_verify()
        signed.verified_on = "2025-03-01"
        others = signed.with_user(self.user("pso_odoo.group_pso_hr"))
        for vals in (
            {"verified_on": "2019-01-01"},
            {"verified_on": False},
            {"verified_on": "2019-01-01", "evidence_state": "verified"},
        ):
            with self.subTest(vals), self.assertRaisesRegex(AccessError, "else"):
                others.write(vals)
        with self.assertRaisesRegex(AccessError, "your own name"):
            others.verified_by_id = False
        others.verified_on = "2025-03-01"
        self.assertEqual(signed.verified_by_id, self.hr)

    def test_another_withdraws_and_signs(self):
        other = self.user("pso_odoo.group_pso_hr")
        status = self.a_status.with_user(other)
        nobodys = {"verified_by_id": False, "verified_on": False}
        status.write({"evidence_state": "received", **nobodys})
        self.assertFalse(status.verified_by_id)
        # A date that waits for a signature is not that of the signature.
        status.verified_on = "2019-01-01"
        status.proof_kind = "decision"
        status.action_verify()
        self.assertEqual(status.verified_by_id, other)
        self.assertEqual(status.verified_on, Date.context_today(status))

    def test_proof_goes_with_the_employee(self):
        proof = self.attach(self.a_status)
        self.people[0].unlink()
        self.assertFalse(proof.exists())

    def test_proof_goes_with_the_vendor(self):
        vendor = self.vendor("Short-lived")
        proof = self.attach(self.certificate(vendor))
        vendor.unlink()
        self.assertFalse(proof.exists())


@tagged("post_install", "-at_install")
class TestVendors(IntegrityCase):
    def test_vendors_with_figures_of_one_year_are_not_merged(self):
        twin = self.social_vendor()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        with self.assertRaisesRegex(UserError, "supplier figures over"):
            wizard._merge([self.partner.id, twin.id], self.partner)

    def test_bills_are_found_by_the_kind_of_certificate(self):
        bills = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("pso_certificate_id.kind", "=", self.partner.pso_certificate_ids.kind),
            ]
        )
        self.assertEqual(bills.commercial_partner_id, self.partner)
