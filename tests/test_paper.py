"""What is on each page of the PDF files, by whichever wkhtmltopdf there is."""

import re
import shutil
import subprocess
import tempfile
from itertools import combinations
from pathlib import Path
from unittest import skipUnless

from lxml import html
from test_pdf import ReportCase

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

MEASUREMENT = "pso_odoo.report_measurement"
PERSON = "pso_odoo.report_person"
PLAN = "pso_odoo.report_plan"
SAMPLE = "pso_odoo.report_sample"
TENDER = "pso_odoo.report_tender"
LANGUAGES = ("en_US", "nl_NL")
# Letters may touch: points in which the boxes of two words overlap are more than this.
TOUCH = 1.5
WORD = re.compile(r"[^\W\d_]{4,}")


@skipUnless(shutil.which("wkhtmltopdf"), "optional: wkhtmltopdf is not installed")
@tagged("post_install", "-at_install")
class TestPages(HttpCase, ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hr = cls.user("pso_odoo.group_pso_hr")
        # Nothing is to be waited for: no script draws in these reports.
        cls.env["ir.config_parameter"].set_param("report.print_delay", "1")

    def locked(self):
        measurement = self.measurement()
        measurement.action_lock()
        return measurement

    def drawn(self, measurement, size=2):
        samples = self.env["pso.sample"].with_user(self.hr)
        sample = samples.create({"measurement_id": measurement.id, "size": size})
        sample.action_draw()
        return sample

    def plan(self):
        values = {"name": "Some plan", "date_deadline": "2099-12-31"}
        values["target_level_id"] = self.ref("level_step3").id
        action = {"name": "Do it", "kind": "other", "owner_id": self.reader.id}
        values["action_ids"] = [Command.create({**action, "target_value": 4})]
        return self.env["pso.plan"].create(values)

    def certification(self):
        own = self.company.partner_id
        certificate = own.pso_certificate_ids or self.certificate(
            own, "2025-01-01", "2099-12-31", number="PSO-17"
        )
        values = {"company_id": self.company.id, "certificate_id": certificate.id}
        return self.env["pso.certification"].create(values)

    def reports(self, user, lang):
        return (
            self.env["ir.actions.report"]
            .with_user(user)
            .with_context(force_report_rendering=True, lang=lang)
        )

    def poppler(self, program, *options):
        command = [program, *options, self.file, "-"]
        return subprocess.run(
            command, check=True, capture_output=True, text=True
        ).stdout

    def pages(self, report, records, user, lang="en_US"):
        """The text of each page of a file; ``self.file`` is where it is."""
        content, kind = self.reports(user, lang)._render_qweb_pdf(report, records.ids)
        self.assertEqual(kind, "pdf")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "report.pdf"
        self.file.write_bytes(content)
        text = self.poppler("pdftotext", "-layout")
        return text.replace("\N{NO-BREAK SPACE}", " ").split("\f")[:-1]

    def files(self, measurement, sample, lang):
        """Every report of ours: its name, records, user, and what each page names."""
        plan = self.plan()
        person = sample.sudo().line_ids[0].employee_id
        person.lang = lang
        seal = self.env["pso.seal"].sudo()._last_of_sample(sample)
        named = (measurement.name, measurement.company_id.name)
        return [
            (MEASUREMENT, measurement, self.reader, (*named, measurement.seal_digest)),
            (SAMPLE, sample, self.hr, (*named, seal["digest"])),
            (PERSON, person, self.hr, (person.name,)),
            (PLAN, plan, self.reader, (plan.name, plan.company_id.name)),
            (TENDER, self.certification(), self.reader, (self.company.name, "PSO-17")),
        ]

    def test_every_report_of_ours_is_looked_at(self):
        measurement = self.locked()
        files = self.files(measurement, self.drawn(measurement), "en_US")
        ours = self.env["ir.actions.report"].search(
            [("report_name", "=like", "pso_odoo.%"), ("report_type", "=", "qweb-pdf")]
        )
        self.assertEqual(
            set(ours.mapped("report_name")), {name for name, *_rest in files}
        )

    def test_each_page_says_of_what_it_is_under_which_seal_and_which_page(self):
        corrections = [
            Command.create({"amount": 0, "reason": "Some reason", "source": f"No {n}"})
            for n in range(60)
        ]
        measurement = self.measurement(correction_ids=corrections)
        measurement.action_lock()
        sample = self.drawn(measurement)
        for lang in LANGUAGES:
            for report, records, user, words in self.files(measurement, sample, lang):
                pages = self.pages(report, records, user, lang)
                for number, page in enumerate(pages, start=1):
                    # In its foot, not in what happens to stand above.
                    foot = "\n".join(page.strip().splitlines()[-2:])
                    for word in words:
                        self.assertIn(word, foot, (report, lang, number))
                    self.assertRegex(foot, rf"\b{number} / {len(pages)}\b")
            self.assertGreater(len(pages), 0)

    def test_what_is_provisional_says_so_on_each_page(self):
        for page in self.pages(MEASUREMENT, self.measurement(), self.reader):
            self.assertIn("provisional", page.strip().splitlines()[-1])

    def test_several_documents_are_numbered_each_by_itself(self):
        """Also by an engine that takes one at a time."""
        measurements = self.measurement(name="First") + self.measurement(name="Second")
        pages = self.pages(MEASUREMENT, measurements, self.reader)
        feet = [page.strip().splitlines()[-1] for page in pages]
        for name in ("First", "Second"):
            own = [foot for foot in feet if name in foot]
            numbers = [re.search(r"(\d+) / (\d+)", foot).groups() for foot in own]
            count = str(len(own))
            self.assertEqual(numbers, [(str(n), count) for n in range(1, len(own) + 1)])
        people = self.env["pso.status"].with_user(self.hr).search([]).employee_id[:2]
        pages = self.pages(PERSON, people, self.hr)
        self.assertEqual(len(pages), 2)

    def test_no_page_has_signatures_alone(self):
        """However long what comes before them is."""
        for count in range(0, 22, 3):
            reason = {"amount": 0, "reason": "Some reason", "source": "Somewhere"}
            measurement = self.measurement(
                correction_ids=[Command.create(reason) for _n in range(count)]
            )
            pages = self.pages(MEASUREMENT, measurement, self.reader)
            (signed,) = [page for page in pages if "Signatures" in page]
            self.assertIn("How It Is Computed", signed, count)
            self.assertIn("Date and place", signed, count)

    def test_no_page_of_a_file_review_has_signatures_alone(self):
        for number in range(30):
            employee = self.employee(name=f"Person {number}")
            self.status(employee)
        measurement = self.locked()
        for size, is_judged in (
            *((size, False) for size in (7, 8, 9, 12, 13, 14, 15, 25, 29)),
            *((size, True) for size in (5, 6, 13)),
        ):
            sample = self.drawn(measurement, size)
            self.widest_key(sample)
            if is_judged:
                self.judge(sample)
            pages = self.pages(SAMPLE, sample, self.hr)
            if size <= 5 or size <= 8 and not is_judged:
                self.assertEqual(len(pages), 1, "there is room for all")
            found = [key for page in pages for key in re.findall(r"P-\w{12}", page)]
            self.assertEqual(len(found), size)
            for page in pages:
                if "Auditor, date" in page:
                    self.assertRegex(page, r"P-\w{12}", size)
                if re.search(r"P-\w{12}", page):
                    self.assertIn("Appraisal", page, size)

    def judge(self, sample):
        """Have every file judged, so that there are results below."""
        values = {"file_state": "complete"}
        values |= dict.fromkeys(("work", "integration", "development"), "met")
        sample.line_ids.write(values | {"guidance": "unmet"})

    def widest_key(self, sample):
        """Give one file the key that is the widest in print: letters are by chance."""
        line = sample.line_ids[:1]
        self.env.cr.execute(
            "UPDATE pso_sample_line SET key = 'P-DDDDDDDDDDDD' WHERE id = %s", line.ids
        )
        line.invalidate_recordset(["key"])

    def test_headings_stay_whole(self):
        """No word of a heading is broken, and none runs into its neighbour."""
        measurement = self.locked()
        sample = self.drawn(measurement)
        for lang in LANGUAGES:
            for report, records, user, _words in self.files(measurement, sample, lang):
                pages = self.pages(report, records, user, lang)
                printed = set(WORD.findall("\n".join(pages)))
                content = self.reports(user, lang)._render_qweb_html(
                    report, records.ids
                )[0]
                headings = html.fromstring(content).xpath("//main//th|//th")
                words = {
                    word
                    for heading in headings
                    for word in WORD.findall(heading.text_content())
                }
                self.assertTrue(words)
                self.assertFalse(words - printed, (report, lang))
                self.assertFalse(list(self.overlapping()), (report, lang))

    def overlapping(self):
        """Pairs of words that are printed over each other."""
        document = html.fromstring(self.poppler("pdftotext", "-bbox").encode())
        for page in document.iter("page"):
            boxes = [
                (*(float(word.get(k)) for k in ("xmin", "xmax", "ymin", "ymax")), word)
                for word in page.iter("word")
            ]
            for one, other in combinations(boxes, 2):
                across = min(one[1], other[1]) - max(one[0], other[0])
                down = min(one[3], other[3]) - max(one[2], other[2])
                if across > TOUCH and down > 2 * TOUCH:
                    yield one[4].text, other[4].text
