"""What PSO stores about one person: what was exported and reviewed is all of it."""

from common import noted
from freezegun import freeze_time
from test_erasure import REPORT, ErasureCase

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestPersonReport(ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sample = cls.env["pso.sample"].create(
            {"measurement_id": cls.locked.id, "size": 99}
        )
        cls.sample.action_draw()
        lines = cls.sample.line_ids
        cls.drawn = lines.filtered(lambda line: line.employee_id == cls.person)

    def setUp(self):
        super().setUp()
        # What a test has noted stays: each has a user of its own.
        self.keeper = self.user("pso_odoo.group_pso_hr")

    def about(self, employee=None):
        report = self.env["report.pso_odoo.report_person"]
        [about] = report.sudo()._about(employee or self.person)
        return about

    def text(self):
        """The printout as somebody of the PSO HR group has it."""
        reports = self.env["ir.actions.report"].with_user(self.keeper)
        reports = reports.with_context(allowed_company_ids=self.company.ids)
        content, _kind = reports._render_qweb_html(REPORT, self.person.ids)
        return content.decode()

    def exported(self, record, event="export_names"):
        """Noted in this transaction, which sees no other."""
        log = self.env["pso.log"]
        log._insert(
            self.env.cr,
            {
                "date": "2026-03-01 12:00:00",
                "uid": self.keeper.id,
                "login": self.keeper.login,
                "company_id": self.company.id,
                "event": event,
                "model": record._name,
                "record": record.id,
                "name": f"{record._name} exported",
            },
        )

    def test_print_of_a_file_review_is_an_export(self):
        """As it is noted; not that of a review without this person's file."""
        self.exported(self.sample)
        self.exported(self.locked, "export")
        self.exported(self.env["pso.sample"].browse(self.sample.id + 999))
        exports = {export["name"]: export for export in self.about()["exports"]}
        self.assertEqual(
            exports.keys(), {"pso.sample exported", "pso.measurement exported"}
        )
        review = exports["pso.sample exported"]
        self.assertTrue(review["is_review"])
        self.assertTrue(review["with_names"])
        self.assertFalse(exports["pso.measurement exported"]["is_review"])
        self.assertEqual(self.text().count("(file review)"), 1)

    def test_a_number_is_of_one_model(self):
        """The number of a sample that a measurement has too is no export of it."""
        elsewhere = self.env["pso.sample"].browse(self.locked.id)
        if elsewhere != self.sample:
            self.exported(elsewhere)
        self.assertFalse(self.about()["exports"])

    def test_dates_are_alike(self):
        self.exported(self.locked)
        [export] = self.about()["exports"]
        self.assertEqual(export["date"], "03/01/2026")

    def test_all_stretches_of_a_status_are_told(self):
        """Who worked two seasons counted in both, whatever is nearest to today."""
        seasonal = self.employee(start="2024-03-01", end="2024-10-31")
        self.status(seasonal, start="2024-01-01")
        self.version(
            seasonal,
            "2025-03-01",
            40,
            contract_date_start="2025-03-01",
            contract_date_end="2025-10-31",
        )
        absent = self.employee(start="2020-01-01", end="2020-12-31")
        self.status(absent, start="2025-01-01")
        for today in ("2024-06-15", "2024-12-01", "2025-06-15", "2026-06-01"):
            with self.subTest(today), freeze_time(today):
                [status] = self.about(seasonal)["statuses"]
                self.assertEqual(
                    status["counts"],
                    [
                        "From 03/01/2024 until 10/31/2024: end of the employment",
                        "From 03/01/2025 until 10/31/2025: end of the employment",
                    ],
                )
                [status] = self.about(absent)["statuses"]
                [said] = status["counts"]
                self.assertIn("no employment at that time", said)

    def test_talks_without_a_day(self):
        self.drawn.write({"has_appraisal": True, "has_development": True})
        self.drawn.development_date = "2025-03-01"
        [review] = self.about()["reviews"]
        self.assertEqual(
            review["judgements"],
            ["Appraisal Talk: Shown", "Development Talk: 03/01/2025"],
        )
        self.assertNotIn("Not reviewed yet", self.text())

    def test_file_that_nobody_looked_at(self):
        [review] = self.about()["reviews"]
        self.assertFalse(review["judgements"])
        self.assertIn("Not reviewed yet", self.text())

    def test_print_is_an_export(self):
        """Of so many people, and of whom is not said."""
        self.text()
        [line] = noted(self.env, self.keeper)
        self.assertEqual(line["event"], "export_names")
        self.assertEqual(line["model"], "pso.status")
        self.assertEqual(line["count"], 1)
        self.assertEqual(line["company_id"], self.company.id)
        self.assertFalse(line["record"] or line["name"])

    def test_own_page_is_no_export(self):
        owner = self.user("base.group_user")
        self.person.user_id = owner
        self.confirm(self.person)
        self.assertTrue(
            self.env["report.pso_odoo.report_person"].with_user(owner)._about_me()
        )
        self.assertEqual([line["event"] for line in noted(self.env, owner)], ["look"])

    @freeze_time("2026-03-01 12:00:00")
    def test_name_of_a_line_of_the_log(self):
        log = self.env["pso.log"]
        log._note("import", model="pso.status", count=2)
        line = log.search(
            [("company_id", "=", self.company.id), ("event", "=", "import")]
        )
        self.assertEqual(line.display_name, "Imported, 03/01/2026")
