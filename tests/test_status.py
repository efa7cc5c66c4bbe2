"""Statuses: one at a time, when they count, and what whoever keeps them reads."""

from common import PsoCase
from psycopg2.errors import ExclusionViolation

from odoo.exceptions import ValidationError
from odoo.fields import Date
from odoo.tests import tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestOneAtATime(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.employee()
        cls.first = cls.status(cls.person, "wajong", "2024-01-01", "2024-06-30")

    def test_the_day_after_is_free(self):
        second = self.status(self.person, "wia", "2024-07-01")
        self.assertTrue(second.exists())

    def test_the_last_day_is_taken(self):
        """A day counted twice would count a person for more than one fte."""
        with self.assertRefused("at a time"):
            self.status(self.person, "wia", "2024-06-30")

    def test_an_open_end_takes_all_that_follows(self):
        self.first.date_end = False
        with self.assertRefused("at a time"):
            self.status(self.person, "wia", "2030-01-01", "2030-01-31")

    def test_the_message_says_which_status_is_in_the_way(self):
        with self.assertRefused("from 01/01/2024 to 06/30/2024"):
            self.status(self.person, "wia", "2024-06-30")

    def test_a_later_change_is_checked_too(self):
        second = self.status(self.person, "wia", "2024-07-01")
        with self.assertRefused("at a time"):
            second.date_start = "2024-06-30"

    def test_others_have_their_own(self):
        other = self.status(self.employee(), "wajong", "2024-01-01", "2024-06-30")
        self.assertTrue(other.exists())

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_what_got_past_the_check(self):
        """Two users at once: both checks pass, so the table itself has to know."""
        with self.assertRaises(ExclusionViolation), self.env.cr.savepoint():
            self.env.cr.execute(
                """INSERT INTO pso_status
                    (employee_id, group_id, form_id, date_start, evidence_state)
                SELECT employee_id, group_id, form_id, '2024-06-30', 'missing'
                FROM pso_status WHERE id = %s""",
                [self.first.id],
            )

    def test_no_end_before_the_start(self):
        with self.assertRefused("cannot end before it starts"):
            self.first.date_end = "2023-12-31"


@tagged("post_install", "-at_install")
class TestInflow(PsoCase):
    """The counting period starts once, however often a status is renewed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.employee()
        cls.first = cls.status(cls.person, "pw", "2021-01-01", "2021-12-31")

    def test_the_start_where_nothing_precedes(self):
        self.assertEqual(str(self.first.date_inflow), "2021-01-01")

    def test_carried_over_from_the_same_group(self):
        """Also over a time in another group."""
        self.status(self.person, "ww", "2022-01-01", "2022-12-31")
        renewed = self.status(self.person, "pw", "2023-01-01")
        self.assertEqual(str(renewed.date_inflow), "2021-01-01")
        self.assertFalse(renewed.date_inflow_manual)

    def test_not_from_another_group(self):
        other = self.status(self.person, "ww", "2022-01-01")
        self.assertEqual(str(other.date_inflow), "2022-01-01")

    def test_an_entered_inflow_is_kept_and_carried_over(self):
        entered = self.status(
            self.person, "pw", "2022-01-01", "2022-12-31", date_inflow="2022-06-01"
        )
        renewed = self.status(self.person, "pw", "2023-01-01")
        self.first.date_start = "2020-01-01"
        self.assertEqual(str(entered.date_inflow), "2022-06-01")
        self.assertEqual(str(renewed.date_inflow), "2022-06-01")

    def test_entering_the_derived_inflow_enters_nothing(self):
        """Else it would stay behind when the preceding status is corrected."""
        renewed = self.status(self.person, "pw", "2022-01-01")
        renewed.date_inflow = "2021-01-01"
        self.assertFalse(renewed.date_inflow_manual)
        self.first.date_start = "2020-01-01"
        self.assertEqual(str(renewed.date_inflow), "2020-01-01")

    def test_it_follows_when_the_preceding_status_goes(self):
        renewed = self.status(self.person, "pw", "2022-01-01")
        self.assertEqual(str(renewed.date_inflow), "2021-01-01")
        self.first.unlink()
        self.assertEqual(str(renewed.date_inflow), "2022-01-01")


@tagged("post_install", "-at_install")
class TestCountingNote(PsoCase):
    """In words: from when until when somebody counts, and why no longer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.employee()
        # The note speaks of the edition that is in force today.
        cls.edition = cls.env["pso.edition"]._at(Date.today())

    def assertNote(self, status, text, start=None, until=None):
        self.assertIn(text, status.counting_note)
        if start:
            self.assertEqual(str(status.counted_from), start)
        self.assertEqual(str(status.counted_until or ""), until or "")

    def test_as_long_as_the_status_lasts(self):
        status = self.status(self.person, "wajong", "2024-03-01")
        self.assertNote(status, "as long as the status lasts", "2024-03-01")

    def test_until_the_end_of_the_status(self):
        status = self.status(self.person, "wajong", "2024-03-01", "2024-12-31")
        self.assertNote(status, "end of the status", "2024-03-01", "2024-12-31")

    def test_until_the_end_of_the_counting_period(self):
        status = self.status(self.person, "pw", "2024-02-29")
        self.assertNote(status, "counting period", "2024-02-29", "2029-02-27")

    def test_until_the_longest_period_of_the_form(self):
        status = self.status(self.person, "wajong", "2024-03-01", form="placement")
        self.assertNote(status, "form of contract", "2024-03-01", "2027-02-28")

    def test_the_form_goes_on_in_the_next_status(self):
        """Another group does not make a new internship."""
        self.status(self.person, "ww", "2023-03-01", "2024-02-29", form="placement")
        status = self.status(self.person, "wajong", "2024-03-01", form="placement")
        self.assertNote(status, "form of contract", "2024-03-01", "2026-02-28")

    def test_an_interruption_starts_the_form_anew(self):
        self.status(self.person, "ww", "2023-03-01", "2024-02-28", form="placement")
        status = self.status(self.person, "wajong", "2024-03-01", form="placement")
        self.assertNote(status, "form of contract", "2024-03-01", "2027-02-28")

    def test_a_missing_event(self):
        status = self.status(self.person, "vso_pro", "2024-03-01")
        self.assertTrue(status.needs_event)
        self.assertNote(status, "date of the event is missing")

    def test_from_the_event(self):
        status = self.status(
            self.person, "vso_pro", "2024-03-01", date_event="2022-07-15"
        )
        self.assertNote(status, "counting period", "2024-03-01", "2027-07-14")

    def test_over_before_it_starts(self):
        status = self.status(
            self.person, "lost_2y", "2024-03-01", date_event="2020-01-01"
        )
        self.assertNote(status, "was over", "2024-03-01", "2021-12-31")

    def test_a_weight_that_is_not_public(self):
        status = self.status(self.person, "bbl_bol_3", "2024-03-01")
        self.assertIn("not public", status.counting_note)

    def test_a_period_that_is_not_public(self):
        status = self.status(self.person, "ww", "2024-03-01")
        self.assertNote(status, "the period is not public", "2024-03-01")

    def test_a_form_without_weight(self):
        status = self.status(self.person, "wsw", "2024-03-01", form="seconded_out")
        self.assertIn("Counts for zero", status.counting_note)

    def test_a_group_that_the_edition_does_not_know(self):
        self.edition.group_rule_ids.filtered(
            lambda rule: rule.group_id.code == "wia"
        ).unlink()
        status = self.status(self.person, "wia", "2024-03-01")
        self.assertNote(status, "does not know it")


@tagged("post_install", "-at_install")
class TestProof(PsoCase):
    def test_a_verification_is_signed(self):
        keeper = self.user("pso_odoo.group_pso_hr")
        status = self.status(self.employee()).with_user(keeper)
        status.action_verify()
        self.assertEqual(status.evidence_state, "verified")
        self.assertEqual(status.verified_by_id, keeper)
        self.assertEqual(status.verified_on, Date.context_today(status))

    def test_a_withdrawn_verification_is_unsigned(self):
        status = self.status(self.employee(), evidence_state="verified")
        status.evidence_state = "received"
        self.assertFalse(status.verified_by_id)
        self.assertFalse(status.verified_on)

    def test_nobody_verifies_in_the_future(self):
        status = self.status(self.employee(), evidence_state="verified")
        with self.assertRaisesRegex(ValidationError, "future"):
            status.verified_on = Date.add(Date.today(), days=3)

    def test_a_copy_is_not_verified_by_anybody(self):
        status = self.status(
            self.employee(),
            start="2024-01-01",
            end="2024-12-31",
            evidence_state="verified",
        )
        copy = status.copy({"date_start": "2025-01-01", "date_end": "2025-12-31"})
        self.assertFalse(
            copy.evidence_state == "verified", "a copied proof is no proof"
        )
