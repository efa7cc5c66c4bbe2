"""The one engine that finds weaknesses, and its two reports."""

from test_missing import MissingCase

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestChecks(MissingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checks, cls.missing_proof = (
            cls.env["pso.check"],
            cls.env["pso.missing.proof"],
        )
        cls.types = cls.env["pso.check.type"].search([])

    def found(self, code):
        """The ids of what a check finds, by the report that counts."""
        self.env.flush_all()
        return set(
            self.checks._findings(self.pso._window(), self.type(code)).get(code, ())
        )

    def type(self, code):
        return self.types.filtered(lambda check: check.code == code)

    def test_what_is_found_is_explained_and_the_reverse(self):
        found = self.checks._checks().keys() | self.missing_proof._checks().keys()
        self.assertEqual(set(self.types.mapped("code")), set(found))
        self.assertTrue(all(self.types.mapped("explanation")))

    def test_a_kind_of_missing_proof_has_one_name(self):
        kinds = dict(self.missing_proof._fields["kind"].selection)
        names = {check.code: check.name for check in self.types if check.code in kinds}
        self.assertEqual(names, kinds)

    def test_what_is_about_people_is_personal(self):
        """By the rows that it is found in: who may see them is said by the type."""
        people = {"status", "staff"}
        for report in (self.checks, self.missing_proof):
            for code, check in report._checks().items():
                if check.rows in people:
                    with self.subTest(code=code):
                        self.assertTrue(self.type(code).is_personal)

    def test_each_check_is_counted_once_and_nothing_else_is(self):
        codes = self.pso.check_ids.mapped("type_id.code")
        self.assertEqual(sorted(codes), sorted(self.checks._checks()))
        self.assertNotIn("not_verified", codes)

    def test_what_is_not_counted_is_not_found_by_its_number(self):
        """Neither with the totals nor beside them: it has a list of its own."""
        self.a_certificate.evidence_state = "received"
        check = self.type("certificate_not_verified")
        self.assertIn(check.code, self.kinds())
        for user in (self.manager, self.user("pso_odoo.group_pso_user")):
            pso = self.pso.with_user(user)._window()
            action = self.checks.with_user(user)._action_findings(check, pso)
            self.assertEqual(action["domain"], [("id", "in", [])])

    def test_both_reports_find_the_same(self):
        pupil = self.status(self.employee(), group="vso_pro", date_event=False)
        self.figure.unlink()
        self.a_certificate.write({"evidence_state": "missing", "number": "A-1"})
        self.company.company_registry = " "
        rows = {row.kind: row for row in self.missing()}
        for code, field, record in (
            ("event_missing", "status_id", pupil),
            ("no_figures", "partner_id", self.partner),
            ("certificate_no_proof", "certificate_id", self.a_certificate),
            ("no_kvk", "company_id", self.company),
        ):
            with self.subTest(code=code):
                self.assertEqual(rows[code][field], record)
                self.assertEqual(self.found(code), set(record.ids))
