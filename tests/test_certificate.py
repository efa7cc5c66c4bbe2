"""Certificates: whose they are, how long they run, and which bills they cover."""

from common import PsoCase

from odoo.tests import freeze_time, tagged


@tagged("post_install", "-at_install")
class TestCertificate(PsoCase):
    def test_a_contact_stands_for_its_company(self):
        """The scheme certifies the entity, and bills are held against it."""
        partner = self.vendor()
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": partner.id}
        )
        self.assertEqual(self.certificate(contact).partner_id, partner)
        self.assertEqual(self.figures(contact).partner_id, partner)

    def test_it_runs_as_long_as_its_edition_says(self):
        certificate = self.env["pso.certificate"].create(
            {
                "partner_id": self.vendor().id,
                "level_id": self.ref("level_step2").id,
                "date_start": "2024-02-29",
            }
        )
        self.assertEqual(str(certificate.date_end), "2026-02-28")
        self.edition.certificate_months = 12
        certificate.date_start = "2024-05-01"
        self.assertEqual(str(certificate.date_end), "2025-04-30")

    def test_an_entered_end_is_kept(self):
        certificate = self.certificate(self.vendor(), "2024-05-01", "2024-12-31")
        self.assertEqual(str(certificate.date_end), "2024-12-31")

    def test_many_at_once_each_run_as_long_as_their_edition_says(self):
        self.edition.certificate_months = 12
        level = self.ref("level_step2").id
        starts = ("2025-01-01", "1999-01-01", "2025-03-01")
        certificates = self.env["pso.certificate"].create(
            [
                {"partner_id": self.vendor().id, "level_id": level, "date_start": start}
                for start in starts
            ]
        )
        self.assertEqual(
            [str(certificate.date_end) for certificate in certificates],
            ["2025-12-31", "2000-12-31", "2026-02-28"],
        )

    def test_what_is_proposed_decides_on_the_end(self):
        values = {"partner_id": self.vendor().id, "date_start": "2025-01-01"}
        certificates = self.env["pso.certificate"].with_context(
            default_level_id=self.ref("level_step2").id
        )
        proposed = certificates.with_context(default_kind="sw").create(values)
        self.assertFalse(proposed.date_end)
        proposed = certificates.with_context(default_date_end="2025-06-30")
        self.assertEqual(str(proposed.create(values).date_end), "2025-06-30")

    def test_a_sheltered_work_company_needs_no_end_and_no_level(self):
        certificate = self.certificate(self.vendor(), end=False, kind="sw")
        self.assertFalse(certificate.date_end)
        self.assertFalse(certificate.level_id)
        self.assertEqual(certificate.display_name, "Sheltered-work company")

    def test_it_is_found_by_vendor_number_and_level(self):
        """Lists of bills are searched by certificate, too."""
        certificate = self.certificate(self.vendor("Findable"), number="NL-4711")
        others = self.certificate(self.vendor(), level_id=self.ref("level_step1").id)
        for words in ("findable", "4711", "step 3"):
            with self.subTest(words):
                found = self.env["pso.certificate"].search(
                    [("display_name", "ilike", words)]
                )
                self.assertIn(certificate, found)
                self.assertNotIn(others, found)

    def test_its_name_before_it_has_a_level(self):
        certificate = self.env["pso.certificate"].new({"is_pso30": True})
        self.assertFalse(certificate.display_name)

    def test_a_pso_certificate_needs_a_level(self):
        with self.assertRefused("needs a level"):
            self.certificate(self.vendor(), level_id=False)

    def test_a_pso_certificate_needs_an_end(self):
        certificate = self.certificate(self.vendor())
        with self.assertRefused("a last day"):
            certificate.date_end = False

    def test_the_same_certificate_twice_is_a_mistake(self):
        partner = self.vendor()
        self.certificate(partner)
        with self.assertRefused("already has this certificate"):
            self.certificate(partner)

    def test_an_early_renewal_may_overlap(self):
        partner = self.vendor()
        self.certificate(partner)
        renewal = self.certificate(partner, "2025-10-01", "2027-09-30")
        self.assertTrue(renewal.exists())

    @freeze_time("2025-12-31")
    def test_validity_includes_the_last_day(self):
        valid = self.certificate(self.vendor())
        expired = self.certificate(self.vendor(), end="2025-12-30")
        future = self.certificate(self.vendor(), "2026-01-01", "2026-12-31")
        lasting = self.certificate(self.vendor(), end=False, kind="sw")
        mine = valid + expired + future + lasting
        self.assertEqual(
            mine.mapped("validity"), ["valid", "expired", "future", "valid"]
        )
        domain = [("id", "in", mine.ids), ("validity", "=", "valid")]
        self.assertEqual(self.env["pso.certificate"].search(domain), valid + lasting)


@tagged("post_install", "-at_install")
class TestWhichCounts(PsoCase):
    """A bill counts once, and by the certificate that is best proven."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.vendor()
        cls.older = cls.certificate(cls.partner)
        cls.latest = cls.certificate(cls.partner, "2025-02-01", "2026-12-31")
        cls.figures(cls.partner)

    def test_the_latest(self):
        self.assertEqual(self.bill(self.partner, 100).pso_certificate_id, self.latest)

    def test_a_verified_one_goes_first(self):
        self.older.evidence_state = "verified"
        self.assertEqual(self.bill(self.partner, 100).pso_certificate_id, self.older)

    def test_once_in_the_measurement(self):
        self.bill(self.partner, 100)
        line = self.measurement().supplier_line_ids
        self.assertEqual(line.amount, 100)
        self.assertEqual(line.indirect_fte, 0.5)

    def test_aspirant_suppliers_count_where_the_edition_says_so(self):
        partner = self.vendor()
        level = self.ref("level_aspirant")
        certificate = self.certificate(partner, level_id=level.id)
        self.figures(partner)
        bill = self.bill(partner, 100)
        measurement = self.measurement()
        self.assertFalse(bill.pso_certificate_id)
        self.assertEqual(measurement.indirect_fte, 0)
        self.edition.aspirant_supplier_counts = True
        bill.invalidate_recordset()
        self.assertEqual(bill.pso_certificate_id, certificate)
        self.assertEqual(measurement.indirect_fte, 0.5)
