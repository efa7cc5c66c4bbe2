"""The report on paper: what stands in it, who may have it, and nothing of persons."""

import io
import json
import re
import shutil
import subprocess
import tempfile
from unittest import skipUnless

from common import PsoCase
from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import SQL
from odoo.tools.pdf import PdfFileReader
from odoo.tools.safe_eval import safe_eval

from odoo.addons.pso_odoo.reports.paper.pso_measurement_report import (
    MOST_SUPPLIERS,
    Report,
    paginate,
)

REPORT = "pso_odoo.report_measurement"
ACTION = "pso_odoo.action_report_measurement"
SECRET_NAMES = ("Zwaantje Quist", "Xerxes Pym")
HOSTILE = '<script>alert("x")</script> & <b>Co</b> בע"מ'
NBSP = "\N{NO-BREAK SPACE}"


class ReportCase(PsoCase):
    """A company of 10 fte: 1 direct, half of it proven, and 0.5 fte of purchases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("nl_NL")
        cls.company.company_registry = "12345678"
        cls.reader = cls.user("pso_odoo.group_pso_user")
        people = [cls.employee(name=name, hours=20) for name in SECRET_NAMES]
        cls.status(people[0])
        cls.status(people[1], evidence_state="verified")
        for _number in range(9):
            cls.employee(name="Ordinary Somebody")
        cls.supplier = cls.social_vendor(name="Blinkhof")
        cls.bill(cls.supplier, 100)

    def render(self, measurement, user=None, lang="en_US"):
        """The report as the elements of its page."""
        user = user or self.reader
        reports = self.env["ir.actions.report"].with_user(user)
        context = {"lang": lang, "allowed_company_ids": user.company_ids.ids}
        content, kind = reports.with_context(**context)._render_qweb_html(
            REPORT, measurement.ids
        )
        self.assertEqual(kind, "html")
        return html.fromstring(content)

    def words(self, measurement, **options):
        """The text of the report, with single spaces."""
        (article,) = self.render(measurement, **options).find_class("article")
        for style in list(article.iter("style")):
            style.drop_tree()
        for block in article.iter("td", "th", "p", "div", "h1", "h2", "text"):
            block.tail = f" {block.tail or ''}"
        text = article.text_content().replace(NBSP, " ")
        return re.sub(r"\s+", " ", text)

    def rows(self, page, heading):
        """The cells of the table below a heading."""
        (title,) = page.xpath(f"//h2[normalize-space()='{heading}']")
        return [
            [cell.text_content().replace(NBSP, " ").strip() for cell in row.iter("td")]
            for row in title.getparent().xpath(".//tbody/tr")
        ]


@tagged("post_install", "-at_install")
class TestReport(ReportCase):
    def test_the_figures_stand_in_it(self):
        measurement = self.measurement()
        text = self.words(measurement)
        for figure in (
            "PSO 2025",
            "PSO test company, KvK 12345678",
            "01/01/2025 – 12/31/2025",
            "PSO 2.1",
            measurement.level_id.name,
            "10.00 % direct + 4.76 % indirect",  # 0.5 / 10.5
            "14.76 %",
            "5.00 %",  # proven direct
            "10.00 % of the 30 % asked",
            f"{measurement.gap_percentage:.2f} points",
            f"{measurement.gap_fte:.2f} fte more",
            "at most 80 %",
        ):
            self.assertIn(figure, text)

    def test_a_level_that_is_not_proven_is_not_reached(self):
        """Whichever it is: both are said, and how much lacks proof."""
        measurement = self.measurement()
        self.edition.norm_ids.percentage = 12
        text = self.words(measurement)
        self.assertNotIn("The highest level is reached", text)
        self.assertIn("The highest level, not proven", text)
        unproven = measurement.total_percentage - measurement.proven_total_percentage
        self.assertIn(
            f"{measurement.level_id.name} as counted, no level on proof alone: "
            f"{unproven:.2f} points rest on what nobody has verified (5.00 direct",
            text,
        )
        self.edition.norm_ids.percentage = 1
        text = self.words(measurement)
        self.assertIn("The highest level is reached", text)
        self.assertNotIn("on proof alone", text)

    def test_the_table_of_figures(self):
        page = self.render(self.measurement())
        (table,) = page.xpath("//table[thead/tr/th[normalize-space()='All']]")
        cells = [
            [cell.text_content().replace(NBSP, " ").strip() for cell in row.iter("td")]
            for row in table.xpath(".//tbody/tr")
        ]
        self.assertEqual(
            cells,
            [
                ["Organisation", "10.00", "", ""],
                ["Direct", "1.00", "10.00 %", "5.00 %"],
                ["Indirect", "0.50", "4.76 %", "0.00 %"],
                ["of which counts", "", "4.76 %", "0.00 %"],
                ["Total", "", "14.76 %", "5.00 %"],
            ],
        )

    def test_dutch_writes_numbers_and_dates_its_own_way(self):
        text = self.words(self.measurement(), lang="nl_NL")
        self.assertIn("14,76 %", text)
        self.assertIn("01-01-2025 – 31-12-2025", text)
        self.assertNotIn("14.76", text)

    def test_live_is_provisional(self):
        text = self.words(self.measurement())
        self.assertIn("Provisional: figures of", text)
        self.assertNotIn("Locked on", text)

    def test_locked_says_by_whom_and_stays_as_it_was(self):
        measurement = self.measurement()
        measurement.action_lock()
        self.bill(self.supplier, 100)
        text = self.words(measurement)
        self.assertIn(f"by {self.env.user.name}", text)
        self.assertIn("14.76 %", text)
        self.assertNotIn("Provisional", text)

    def test_a_figure_that_an_old_lock_lacks_is_not_zero(self):
        measurement = self.measurement()
        measurement.action_lock()
        figures = dict(measurement.locked_figures)
        del figures["pso30_percentage"], figures["proven_indirect_percentage"]
        self.env.cr.execute(
            SQL(
                "UPDATE pso_measurement SET locked_figures = %s WHERE id = %s",
                json.dumps(figures),
                measurement.id,
            )
        )
        self.env.invalidate_all()
        text = self.words(measurement)
        self.assertIn("– of the 30 % asked", text)
        self.assertIn("Indirect 0.50 4.76 % –", text)
        self.assertNotIn("0.00 % of the 30 %", text)

    def test_warnings_are_those_of_the_form(self):
        lower_bound = "The figures are a lower bound"
        self.assertNotIn(lower_bound, self.words(self.measurement()))
        partner = self.vendor(name="Without figures")
        self.certificate(partner)
        self.bill(partner, 100)
        self.assertIn(lower_bound, self.words(self.measurement()))

    def test_an_empty_measurement(self):
        company = self.create_company("Nobody here")
        reader = self.user("pso_odoo.group_pso_user", companies=company)
        measurement = self.measurement(
            company_id=company.id, company_ids=[Command.set(company.ids)]
        )
        text = self.words(measurement, user=reader)
        self.assertIn("Below the norms", text)
        self.assertIn("KvK number unknown", text)

    def test_the_ladder_and_the_trend_are_drawn(self):
        measurement = self.measurement()
        page = self.render(measurement)
        ladder, trend = page.iter("svg")
        words = [text.text_content() for text in ladder.iter("text")]
        for row in measurement._ladder_rows():
            self.assertIn(row["name"], words)
        self.assertIn(f"14.76{NBSP}%", words)
        self.assertIn("Dec 2025", [text.text_content() for text in trend.iter("text")])

    # -- norms ---------------------------------------------------------------

    def test_norms_with_their_source(self):
        measurement = self.measurement()
        rows = self.rows(self.render(measurement), "Norms at 10.00 fte")
        by_name = {row[0]: row[1:] for row in rows}
        step1, step3 = self.ref("level_step1").name, self.ref("level_step3").name
        self.assertEqual(by_name[step1][:4], ["6.70", "Yes", "No", "No"])
        self.assertEqual(by_name[step3][:4], ["15.50", "No", "No", "No"])
        self.assertIn("1.5 to 2.0", by_name[step1][4])
        self.assertEqual(by_name[self.ref("level_basic").name][0], "unknown")

    def test_confirmed_norms_say_so(self):
        self.edition.norm_ids.is_confirmed = True
        rows = self.rows(self.render(self.measurement()), "Norms at 10.00 fte")
        self.assertEqual([row[4] for row in rows], ["No", "Yes", "Yes", "Yes"])

    def test_nobody_knows_whether_an_unknown_norm_is_reached(self):
        rows = self.rows(self.render(self.measurement()), "Norms at 10.00 fte")
        unknown = [row[2:4] for row in rows if row[1] == "unknown"]
        self.assertEqual(unknown, [["", ""]])

    def test_norms_that_changed_after_locking_have_no_source(self):
        measurement = self.measurement()
        measurement.action_lock()
        self.edition.norm_ids.write({"percentage": 50, "is_confirmed": True})
        rows = self.rows(self.render(measurement), "Norms at 10.00 fte")
        self.assertEqual([row[1] for row in rows], ["unknown", "6.70", "9.00", "15.50"])
        self.assertEqual({row[4] for row in rows}, {"No"})

    # -- purchases, corrections, checks, quality -----------------------------

    def test_suppliers_and_why_they_count(self):
        self.bill(self.supplier, 40, date="2024-12-31")  # outside the period
        late = self.social_vendor(name="Late")
        self.bill(late, 1234.5)
        uncertified = self.vendor(name="Uncertified")
        self.bill(uncertified, 999)
        measurement = self.measurement()
        rows = self.rows(self.render(measurement), "Purchases at Certified Suppliers")
        late_row, blinkhof, total = rows
        self.assertEqual(late_row[0], "Late")
        self.assertEqual(late_row[2:4], ["1,234.50", "1,000"])
        self.assertEqual(late_row[6], "5.0000")  # up to the turnover
        self.assertIn("up to the turnover", late_row[7])
        self.assertEqual(
            blinkhof[2:], ["100.00", "1,000", "10.00", "50.00", "0.5000", "Counts"]
        )
        self.assertEqual((total[2], total[6]), ("1,334.50", "5.5000"))

    def test_what_falls_outside_the_validity_is_told(self):
        partner = self.vendor(name="Expired")
        self.certificate(partner, end="2025-05-31")
        self.bill(partner, 77)
        rows = self.rows(
            self.render(self.measurement()), "Purchases at Certified Suppliers"
        )
        self.assertIn(
            "outside validity: 77.00", {row[0]: row for row in rows}["Expired"][7]
        )

    def test_two_years_are_told_apart(self):
        self.bill(self.supplier, 30, date="2024-12-01")
        self.certificate(self.supplier, start="2024-01-01", end="2024-12-31")
        measurement = self.measurement(start="2024-07-01", end="2025-06-30")
        rows = self.rows(self.render(measurement), "Purchases at Certified Suppliers")
        names = {row[0] for row in rows}
        self.assertLessEqual({"Blinkhof, 2024", "Blinkhof, 2025"}, names)

    def test_many_suppliers_are_summed_up(self):
        for number in range(MOST_SUPPLIERS + 2):
            self.bill(self.social_vendor(name=f"Vendor {number}"), 1)
        measurement = self.measurement()
        report = Report(measurement)
        rest = report.suppliers[-1]
        self.assertEqual(len(report.suppliers), MOST_SUPPLIERS + 1)
        self.assertEqual(report.suppliers[0]["name"], "Blinkhof")
        self.assertIn("3 more", rest["name"])
        self.assertEqual((rest["amount"], rest["indirect"]), ("3.00", "0.0150"))
        page = self.render(measurement)
        rows = page.xpath("//tr[td[normalize-space()='3 more, in the workbook']]/td")
        self.assertEqual(len(rows), 8)

    def test_corrections_stand_apart(self):
        measurement = self.measurement(
            correction_ids=[
                Command.create(
                    {
                        "kind": "total_fte",
                        "amount": 1.25,
                        "reason": "On call",
                        "source": "Payroll",
                    }
                ),
                Command.create(
                    {
                        "kind": "purchases",
                        "amount": 50,
                        "partner_id": self.supplier.id,
                        "date": "2025-03-01",
                        "reason": "Branch",
                        "source": "Ledger",
                    }
                ),
            ]
        )
        rows = self.rows(self.render(measurement), "Corrections")
        self.assertIn(["Total fte", "1.25 fte", "", "On call", "Payroll"], rows)
        purchase = next(row for row in rows if row[0] == "Purchases")
        self.assertIn("50.00", purchase[1])
        self.assertEqual(purchase[2:], ["Blinkhof, 03/01/2025", "Branch", "Ledger"])

    def test_open_checks_the_worst_first(self):
        self.company.company_registry = False
        measurement = self.measurement()
        rows = self.rows(self.render(measurement), "Open Checks")
        self.assertEqual(len(rows), measurement.open_check_count)
        self.assertEqual(rows[0][:2], ["Error", "1"])
        self.assertEqual(rows[-1][0], "For information")

    def test_quality_criteria_with_their_answers(self):
        measurement = self.measurement()
        measurement.quality_ids[0].write({"answer": "met", "explanation": "See file"})
        rows = self.rows(self.render(measurement), "Quality Criteria")
        self.assertEqual(rows[0], ["Suitable work", "Met", "See file"])
        self.assertEqual(rows[1][1], "Not yet answered")

    def test_the_text_follows_the_edition(self):
        edition = self.edition.copy({"indirect_max_share": 0.5})
        text = self.words(self.measurement(edition_id=edition.id))
        self.assertIn("at most 50 %", text)

    # -- privacy and hostile text --------------------------------------------

    def test_nothing_of_persons(self):
        measurement = self.measurement()
        lines = self.env["pso.person.line"].search(
            [("measurement_id", "=", measurement.id)]
        )
        keys = set(lines.mapped("key"))
        self.assertEqual(len(keys), 11)
        hr = self.user("pso_odoo.group_pso_hr")
        for lock in (False, True):
            if lock:
                measurement.action_lock()
            for user in (self.reader, hr):
                text = self.words(measurement, user=user)
                for secret in (*SECRET_NAMES, "Ordinary Somebody", *keys):
                    self.assertNotIn(secret, text)
                self.assertNotRegex(text, r"\bP-\w{4}")

    def test_hostile_text_is_text(self):
        self.company.name = HOSTILE
        self.supplier.name = HOSTILE
        self.ref("level_step1").name = HOSTILE
        measurement = self.measurement(
            name=HOSTILE,
            correction_ids=[
                Command.create(
                    {"amount": 1, "reason": HOSTILE, "source": HOSTILE},
                )
            ],
        )
        measurement.quality_ids.explanation = HOSTILE
        page = self.render(measurement)
        (article,) = page.find_class("article")
        self.assertFalse(list(article.iter("script")))
        self.assertGreaterEqual(article.text_content().count(HOSTILE), 9)

    # -- access --------------------------------------------------------------

    def test_who_may_not_read_it_cannot_print_it(self):
        measurement = self.measurement()
        buyer = self.user("pso_odoo.group_pso_purchase")
        officer = self.user("hr.group_hr_manager")
        other = self.create_company("Other company")
        stranger = self.user("pso_odoo.group_pso_manager", companies=other)
        for user in (self.user("base.group_user"), buyer, officer, stranger):
            with self.assertRaises(AccessError):
                self.render(measurement, user=user)

    def test_a_vendor_that_went_to_another_company(self):
        """What was bought there counts, and is printed under its name."""
        measurement = self.measurement()
        self.supplier.company_id = self.create_company("Elsewhere")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn("Blinkhof", self.words(measurement))

    def test_a_scope_of_companies_that_are_not_switched_on(self):
        daughter = self.create_company("Daughter", company_registry="87654321")
        reader = self.user("pso_odoo.group_pso_user", companies=self.company + daughter)
        self.supplier.company_id = daughter
        measurement = self.measurement(
            company_ids=[Command.set((self.company + daughter).ids)]
        )
        report = self.env["report.pso_odoo.report_measurement"].with_user(reader)
        report = report.with_context(allowed_company_ids=self.company.ids)
        (printed,) = report._get_report_values(measurement.ids)["reports"]
        printed.doc.invalidate_recordset()
        numbers = printed.doc.company_ids.mapped("company_registry")
        self.assertEqual(set(numbers), {"12345678", "87654321"})
        self.assertEqual(printed.suppliers[0]["name"], "Blinkhof")

    def test_it_is_offered_to_who_may_print_it(self):
        action = self.env.ref(ACTION)
        for user, is_offered in (
            (self.reader, True),
            (self.user("pso_odoo.group_pso_purchase"), False),
        ):
            actions = self.env["ir.actions.actions"].with_user(user)
            bindings = actions.get_bindings("pso.measurement").get("report", [])
            ids = [binding["id"] for binding in bindings]
            self.assertEqual(action.id in ids, is_offered)

    def test_the_file_is_named_after_the_measurement(self):
        expression = self.env.ref(ACTION).print_report_name
        for name, file_name in (("PSO 2025", "PSO 2025"), ("../2025", "..-2025")):
            measurement = self.measurement(name=name)
            self.assertEqual(safe_eval(expression, {"object": measurement}), file_name)

    # -- pages ---------------------------------------------------------------

    def test_a_row_is_never_lost_between_pages(self):
        rows = [{"lines": 1 + n % 7, "n": n} for n in range(100)]
        parts = paginate(rows, 20)
        self.assertEqual([row for part, _new in parts for row in part], rows)
        self.assertTrue(all(new for _part, new in parts))
        for part, _new in parts:
            self.assertLessEqual(sum(row["lines"] for row in part), 20)

    def test_a_row_longer_than_a_page_has_one_of_its_own(self):
        parts = paginate([{"lines": 90}, {"lines": 1}], 20)
        self.assertEqual([len(part) for part, _new in parts], [1, 1])
        self.assertEqual(paginate([], 20), [([], False)])


@skipUnless(shutil.which("wkhtmltopdf"), "optional: wkhtmltopdf is not installed")
@tagged("post_install", "-at_install")
class TestFileReview(ReportCase):
    """What a file review tells before somebody looked at a file."""

    SHARES = (
        "error_percentage",
        "appraisal_percentage",
        "development_percentage",
    )

    def drawn(self):
        reviewer = self.user("pso_odoo.group_pso_hr")
        sample = (
            self.env["pso.sample"]
            .with_user(reviewer)
            .create({"measurement_id": self.measurement().id, "size": 2})
        )
        sample.action_draw()
        return sample

    def test_no_shares_while_nothing_is_judged(self):
        sample = self.drawn()
        for judged in (False, True):
            if judged:
                sample.line_ids[0].file_state = "complete"
            form = Form(sample)
            for name in self.SHARES:
                hidden = form._get_modifier(name, "invisible")
                self.assertEqual(bool(hidden), not judged, name)
            # The share that is asked stands in a block with the talks.
            block = form._view["tree"].xpath("//div[@name='talks']")[0]
            self.assertIn("open_count == line_count", block.get("invisible"))

    def test_when_it_was_drawn_to_the_minute(self):
        sample = self.drawn()
        sample.sudo().drawn_on = "2025-11-22 04:23:02"
        reports = self.env["ir.actions.report"].with_user(sample.env.user)
        reports = reports.with_context(tz="UTC", lang="nl_NL")
        page = reports._render_qweb_html("pso_odoo.report_sample", sample.ids)[0]
        self.assertIn("04:23", page.decode())
        self.assertNotIn("04:23:02", page.decode())


@tagged("post_install", "-at_install")
class TestPdf(HttpCase, ReportCase):
    """The file itself, by whichever wkhtmltopdf there is."""

    def pdf(self, measurement, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(self.reader)
        content, kind = reports.with_context(
            force_report_rendering=True, lang=lang
        )._render_qweb_pdf(REPORT, measurement.ids)
        self.assertEqual(kind, "pdf")
        return content

    def text(self, content):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            command = ["pdftotext", "-layout", file.name, "-"]
            printed = subprocess.run(
                command, check=True, capture_output=True, text=True
            )
        return printed.stdout.replace(NBSP, " ")

    def test_it_is_a_few_pages_with_text(self):
        measurement = self.measurement()
        content = self.pdf(measurement)
        self.assertTrue(content.startswith(b"%PDF"))
        self.assertIn(PdfFileReader(io.BytesIO(content)).getNumPages(), (2, 3, 4))
        text = self.text(content)
        for words in ("14.76 %", "Blinkhof", "Open Checks", "Signatures", "Dec 2025"):
            self.assertIn(words, text)

    def test_headers_repeat_on_every_page_of_a_long_table(self):
        reason = "A reason of some length, so that the row takes more than one line. "
        measurement = self.measurement(
            correction_ids=[
                Command.create({"amount": 0, "reason": reason * 3, "source": f"No {n}"})
                for n in range(40)
            ]
        )
        pages = self.text(self.pdf(measurement)).split("\f")
        with_rows = [page for page in pages if re.search(r"\bNo \d+\b", page)]
        self.assertGreater(len(with_rows), 2)
        for page in with_rows:
            self.assertEqual(len(re.findall(r"Corrected .* Source", page)), 1)

    def test_dutch(self):
        self.assertIn("14,76 %", self.text(self.pdf(self.measurement(), lang="nl_NL")))
