"""The company's own certificate: rounds of certification, and what clients may see."""

import re
import shutil
from datetime import date
from unittest import skipUnless

from lxml import html
from test_pdf import ReportCase

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

REPORT = "pso_odoo.report_tender"
NBSP = "\N{NO-BREAK SPACE}"


@tagged("post_install", "-at_install")
class TestOwnCertificate(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        cls.startClassPatcher(freeze_time("2026-03-01"))
        cls.coordinator = cls.user("pso_odoo.group_pso_manager")
        cls.own = cls.certificate(
            cls.company.partner_id,
            "2026-02-01",
            "2028-01-31",
            level_id=cls.ref("level_step2").id,
            number="PSO-2026-17",
        )

    def round(self, **vals):
        rounds = self.env["pso.certification"].with_user(self.coordinator)
        return rounds.create({"company_id": self.company.id, **vals})

    def awarded(self, **vals):
        return self.round(certificate_id=self.own.id, **vals)

    def statement(self, round_, user=None, lang="en_US"):
        """The words of the statement."""
        reports = self.env["ir.actions.report"].with_user(user or self.reader)
        content, _kind = reports.with_context(lang=lang)._render_qweb_html(
            REPORT, round_.ids
        )
        (article,) = html.fromstring(content).find_class("article")
        for style in list(article.iter("style")):
            style.drop_tree()
        text = article.text_content().replace(NBSP, " ")
        return re.sub(r"\s+", " ", text)

    # -- the steps ---------------------------------------------------------------

    def test_the_step_follows_from_the_dates(self):
        round_ = self.round()
        for name, day, state in (
            (None, None, "measure"),
            ("date_measured", "2026-01-05", "quote"),
            ("date_quote", "2026-01-20", "application"),
            ("date_applied", "2026-02-01", "audit"),
            ("date_audit", "2026-03-02", "audit"),  # tomorrow
            ("date_audit", "2026-03-01", "award"),
            ("date_awarded", "2026-03-01", "done"),
        ):
            if name:
                round_[name] = day
            self.assertEqual(round_.state, state)
            for each, _label in round_._fields["state"].selection:
                found = round_.search([("state", "=", each), ("id", "=", round_.id)])
                self.assertEqual(bool(found), each == state, each)
        self.assertEqual(round_.date_order, date(2026, 3, 1))

    def test_steps_come_in_their_order(self):
        with self.assertRefused("Applied On lies before Measured On"):
            self.round(date_measured="2026-02-01", date_applied="2026-01-31")

    def test_it_is_of_its_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["pso.measurement"].create(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        self.coordinator.company_ids += other
        rounds = self.env["pso.certification"].with_context(
            allowed_company_ids=(self.company + other).ids
        )
        certificate = self.certificate(self.vendor())
        for vals, reason in (
            ({"measurement_id": theirs.id}, "of another company"),
            ({"certificate_id": certificate.id}, "of another organisation"),
            (
                {"responsible_id": self.user("base.group_user").id},
                "may not read this certification (Responsible)",
            ),
        ):
            with self.subTest(vals=vals), self.assertRefused(reason):
                rounds.create({"company_id": self.company.id, **vals})
        self.round()
        abroad = self.user("pso_odoo.group_pso_manager", companies=other)
        seen = self.env["pso.certification"].with_user(abroad)
        seen = seen.with_context(allowed_company_ids=other.ids)
        self.assertFalse(seen.search([("company_id", "=", self.company.id)]))

    def test_the_level_is_that_of_the_measurement(self):
        measurement = self.measurement()
        # Of a live one what was kept last night: whoever changes facts reads it too.
        self.assertFalse(self.round(measurement_id=measurement.id).level_id)
        measurement.action_lock()
        round_ = self.round(measurement_id=measurement.id)
        self.assertEqual(round_.level_id, measurement.level_id)
        self.assertTrue(round_.level_id)
        round_.level_id = self.ref("level_basic")
        self.assertEqual(round_.name, "Certification for Basic Step")
        round_.certificate_id = self.own
        self.assertEqual(round_.awarded_level_id, self.ref("level_step2"))
        self.assertEqual(round_.name, "Step 2 until 01/31/2028")

    def test_what_the_edition_allows(self):
        round_ = self.awarded()
        self.assertIn("valid for 24 months at most", round_.renewal_note)
        self.assertEqual(round_.edition_id, self.edition)
        round_.date_applied = "2022-01-01"
        self.assertEqual(round_.edition_id, self.ref("edition_1_9"))
        aspirant = self.ref("level_aspirant")
        partner = self.company.partner_id
        self.own.unlink()
        for start, end in (
            ("2020-01-01", "2021-12-31"),
            ("2022-01-01", "2023-12-31"),
            ("2024-01-01", "2025-12-31"),
        ):
            last = self.certificate(partner, start, end, level_id=aspirant.id)
        round_.certificate_id = last
        self.assertIn("so often: 2. Renewed so far: 2.", round_.renewal_note)
        # Counted anew since a level was reached.
        self.certificate(partner, "2026-01-01", "2027-12-31")
        self.env.invalidate_all()
        self.assertIn("Renewed so far: 0.", round_.renewal_note)

    def test_levels_over_the_years(self):
        self.certificate(self.company.partner_id, "2022-01-01", "2023-12-31")
        action = self.awarded().action_open_levels()
        found = self.env[action["res_model"]].with_user(self.reader)
        self.assertEqual(len(found.search(action["domain"])), 2)

    def test_who_sees_totals_reads_it_and_a_coordinator_keeps_it(self):
        round_ = self.awarded()
        self.assertEqual(round_.with_user(self.reader).state, "measure")
        for write in (
            lambda own: own.write({"shows_shares": True}),
            lambda own: own.unlink(),
            lambda own: own.create({"company_id": self.company.id}),
        ):
            with self.assertRaises(AccessError):
                write(round_.with_user(self.reader))
        with self.assertRaises(AccessError):
            round_.with_user(self.user("pso_odoo.group_pso_purchase")).read(["state"])

    # -- what clients may see ------------------------------------------------------

    def test_the_statement(self):
        for lang, words in {
            "en_US": (
                "PSO certificate of PSO test company",
                "12345678",
                "PSO-2026-17",
                "Step 2",
                "February 1, 2026 – January 31, 2028",
                "among the best 22.5 % of organisations of its size",
                "as of March 1, 2026",
            ),
            "nl_NL": (
                "Trede 2",
                "12345678",
                "PSO-2026-17",
                "1 februari 2026 – 31 januari 2028",
                "22,5 %",
            ),
        }.items():
            text = self.statement(self.awarded(auditor="Certifier B.V."), lang=lang)
            for word in (*words, "Certifier B.V."):
                self.assertIn(word, text)
            self.assertNotIn("2.82", text)

    def test_30_plus_and_aspirant(self):
        self.own.is_pso30 = True
        self.assertIn("article 2.82", self.statement(self.awarded()))
        self.own.write({"is_pso30": False, "level_id": self.ref("level_aspirant").id})
        self.assertIn("below the norm", self.statement(self.awarded()))
        self.own.level_id = self.ref("level_step1")
        self.own.level_id.top_share = 0
        self.assertIn("not published", self.statement(self.awarded()))

    def test_only_a_certificate_that_one_can_rely_on(self):
        with self.assertRaisesRegex(UserError, "no certificate yet"):
            self.statement(self.round())
        round_ = self.awarded()
        with freeze_time("2028-01-31"):
            self.statement(round_)
        with (
            freeze_time("2028-02-01"),
            self.assertRaisesRegex(UserError, "ended on 01/31/2028"),
        ):
            self.statement(round_)

    def test_it_is_valid_today_and_of_the_scheme(self):
        vendor = self.company.partner_id
        later = self.certificate(vendor, "2028-02-01", "2030-01-31")
        sheltered = self.certificate(vendor, "2026-02-01", False, kind="sw")
        for certificate in (later, sheltered):
            round_ = self.round(certificate_id=certificate.id)
            with self.assertRaisesRegex(UserError, "no PSO certificate that is valid"):
                self.statement(round_)

    def test_who_sets_the_smallest_group_is_held_to_that_of_last_night(self):
        measurement = self.measurement()
        measurement.action_lock()
        round_ = self.awarded(measurement_id=measurement.id, shows_shares=True)
        officer = self.user("pso_odoo.group_pso_user", "hr.group_hr_user")
        self.company.pso_small_group = 2
        self.env.invalidate_all()
        self.assertIn("10.0 %", self.statement(round_))
        self.assertNotIn("10.0 %", self.statement(round_, officer))

    def test_shares_only_if_a_coordinator_says_so_and_nobody_can_be_deduced(self):
        measurement = self.measurement()
        round_ = self.awarded(measurement_id=measurement.id)
        shares = ("10.0 %", "4.8 %")
        self.company.pso_small_group = 2

        def shown():
            self.env.invalidate_all()
            text = self.statement(round_)
            found = {share in text for share in shares}
            self.assertEqual(len(found), 1)
            for name in ("Secret", "Somebody", "Blinkhof"):
                self.assertNotIn(name, text)
            return found.pop()

        round_.shows_shares = True
        self.assertFalse(shown(), "it is not locked")
        measurement.action_lock()
        self.assertTrue(shown())
        self.company.pso_small_group = 3
        self.assertFalse(shown(), "two people count")
        self.company.pso_small_group = 2
        round_.shows_shares = False
        self.assertFalse(shown())

    @skipUnless(shutil.which("wkhtmltopdf"), "optional: wkhtmltopdf is not installed")
    def test_it_fits_on_one_page(self):
        """Also with all there can be in it: see test_paper for its foot."""
        self.own.is_pso30 = True
        self.company.pso_small_group = 2
        measurement = self.measurement()
        measurement.action_lock()
        round_ = self.awarded(
            measurement_id=measurement.id, shows_shares=True, auditor="Certifier B.V."
        )
        reports = self.env["ir.actions.report"].with_user(self.reader)
        content, _kind = reports.with_context(
            force_report_rendering=True
        )._render_qweb_pdf(REPORT, round_.ids)
        self.assertEqual(content.count(b"/Type /Page\n"), 1)
