"""Statuses: one at a time, when they count, and what whoever keeps them reads."""

import random
from ast import literal_eval
from collections import Counter, defaultdict
from datetime import date, timedelta

from common import PsoCase
from lxml import etree
from psycopg2.errors import CheckViolation, ExclusionViolation
from random_world import random_editions, random_world
from test_properties import WorldWriter

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Date
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.pso_odoo.models.people.pso_status import STATES


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

    def test_what_the_database_refuses_is_not_logged(self):
        """The statement would say whose status it is, and since when."""
        self.env.cr.execute(
            "ALTER TABLE pso_status ADD CHECK (date_end <> '2024-05-05')"
        )
        with (
            self.assertNoLogs("odoo.sql_db", "ERROR"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.first.date_end = "2024-05-05"

    def test_what_is_needed_may_come_as_a_default(self):
        values = {
            "employee_id": self.employee().id,
            "group_id": self.first.group_id.id,
            "date_start": "2024-01-01",
        }
        statuses = self.env["pso.status"]
        context = {f"default_{name}": value for name, value in values.items()}
        status = statuses.with_context(**context).create({"date_end": "2024-06-30"})
        self.assertEqual(status.employee_id.id, values["employee_id"])
        with self.assertRefused("needs a value in Employee"):
            statuses.create({**values, "employee_id": False})
        with self.assertRefused("cannot end before it starts"):
            statuses.with_context(default_date_end="2023-12-31").create(values)

    def test_a_year_that_is_likely_mistyped_is_asked_about(self):
        for day in ("0202-01-01", "2999-12-31"):
            with self.subTest(day=day):
                warning = self.first.new({"date_end": day})._onchange_dates()["warning"]
                self.assertEqual(warning["title"], "End")
                self.assertIn(day[:4].lstrip("0"), warning["message"])
        self.assertFalse(self.first._onchange_dates())

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
        self.assertNote(status, "counting period", "2024-02-29", "2029-02-28")

    def test_a_mistyped_year(self):
        """Python knows no year 10,000: the lists must open all the same."""
        status = self.status(self.employee(), "pw", "9999-01-01", form="placement")
        self.assertEqual(str(status.counted_until), "9999-12-31")

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
        self.assertNote(status, "by its dates it ends before")
        self.assertFalse(status.counted_from)

    def test_a_weight_that_is_not_public(self):
        status = self.status(self.person, "bbl_bol_3", "2024-03-01")
        self.assertNote(status, "weight is not public")
        self.assertEqual(status.counting_state, "not")

    def test_a_period_that_is_not_public(self):
        status = self.status(self.person, "ww", "2024-03-01")
        self.assertNote(status, "the period is not public", "2024-03-01")

    def test_a_form_without_weight(self):
        status = self.status(self.person, "wsw", "2024-03-01", form="seconded_out")
        self.assertNote(status, "its weight is zero")

    def test_a_group_that_the_edition_does_not_know(self):
        self.edition.group_rule_ids.filtered(
            lambda rule: rule.group_id.code == "wia"
        ).unlink()
        status = self.status(self.person, "wia", "2024-03-01")
        self.assertNote(status, "has no rule for it")

    def test_what_is_typed_is_judged_before_it_is_saved(self):
        """Also where it changes what is saved already."""
        values = {
            "employee_id": self.person.id,
            "group_id": self.ref("group_pw").id,
            "form_id": self.ref("form_regular").id,
        }
        status = self.env["pso.status"].new(values)
        self.assertFalse(status.counting_note)
        status.date_start = "2024-02-29"
        self.assertNote(status, "counting period", "2024-02-29", "2029-02-28")
        saved = self.status(self.person, "wajong", "2024-03-01")
        typed = self.env["pso.status"].new({"date_end": "2024-12-31"}, origin=saved)
        self.assertNote(typed, "end of the status", "2024-03-01", "2024-12-31")
        self.assertNote(saved, "as long as the status lasts", "2024-03-01")

    def test_an_unsaved_status_takes_the_inflow_of_the_saved_one(self):
        self.status(self.person, "pw", "2021-01-01", "2021-12-31")
        status = self.env["pso.status"].new(
            {
                "employee_id": self.person.id,
                "group_id": self.ref("group_pw").id,
                "form_id": self.ref("form_regular").id,
                "date_start": "2022-01-01",
            }
        )
        self.assertNote(status, "counting period", "2022-01-01", "2025-12-31")
        status.date_inflow = "2021-07-01"
        self.assertNote(status, "counting period", "2022-01-01", "2026-06-30")


@tagged("post_install", "-at_install")
@freeze_time("2025-06-15")
class TestEmployment(PsoCase):
    """A status counts on days of employment alone."""

    def assertCounts(self, status, state, start=None, until=None, reason=None):
        self.assertEqual(status.counting_state, state)
        self.assertEqual(str(status.counted_from or ""), start or "")
        self.assertEqual(str(status.counted_until or ""), until or "")
        if reason:
            self.assertIn(reason, status.counting_note)

    def test_until_the_end_of_the_contract(self):
        status = self.status(self.employee(end="2025-08-31"), start="2025-01-01")
        self.assertCounts(
            status, "counts", "2025-01-01", "2025-08-31", "end of the employment"
        )

    def test_from_the_start_of_the_contract(self):
        status = self.status(self.employee(start="2025-07-01"), start="2025-01-01")
        self.assertCounts(status, "future", "2025-07-01")

    def test_a_change_of_hours_is_no_end(self):
        person = self.employee()
        status = self.status(person, start="2025-01-01")
        self.version(person, "2025-07-01", 20)
        self.assertCounts(status, "counts", "2025-01-01")

    def test_a_contract_changed_in_the_same_transaction(self):
        person = self.employee()
        status = self.status(person, start="2025-01-01")
        self.assertCounts(status, "counts", "2025-01-01")
        person.version_id.contract_date_end = "2025-07-31"
        self.assertCounts(status, "counts", "2025-01-01", "2025-07-31")

    def test_of_seasonal_contracts_the_one_of_today(self):
        """Else the next one, else the last one."""
        person = self.employee(start="2024-03-01", end="2024-10-31")
        status = self.status(person, start="2024-01-01")
        self.version(
            person,
            "2025-03-01",
            40,
            contract_date_start="2025-03-01",
            contract_date_end="2025-10-31",
        )
        for today, state, start, until in (
            ("2024-12-01", "future", "2025-03-01", "2025-10-31"),
            ("2025-06-15", "counts", "2025-03-01", "2025-10-31"),
            ("2026-01-01", "ended", "2025-03-01", "2025-10-31"),
            ("2024-06-15", "counts", "2024-03-01", "2024-10-31"),
        ):
            with self.subTest(today=today), freeze_time(today):
                status.invalidate_recordset()
                self.assertCounts(status, state, start, until)

    def test_why_somebody_at_work_does_not_count(self):
        without_contract = self.employee(contract_date_start=False)
        status = self.status(without_contract, start="2025-01-01")
        self.assertCounts(status, "not", reason="no contract dates")
        self.company.pso_count_without_contract = True
        self.env["pso.measurement"]._forget_figures()
        self.assertCounts(status, "counts", "2025-01-01")
        without_hours = self.employee()
        without_hours.version_id.write(
            {"pso_hours_override": True, "pso_hours_custom": 0}
        )
        status = self.status(without_hours, start="2025-01-01")
        self.assertCounts(status, "not", reason="no hours")

    def test_a_status_outside_employment(self):
        status = self.status(
            self.employee(start="2025-01-01"), start="2023-01-01", end="2023-12-31"
        )
        self.assertCounts(status, "not", reason="no employment")


@tagged("post_install", "-at_install")
@freeze_time("2025-06-15")
class TestEnding(PsoCase):
    """Who stops counting soon, and on which day."""

    def ending(self, company=None):
        """Of the 90 days to come, as ``[(status, last day that counts)]``."""
        to_do = self.env["pso.to.do"]
        today = date.today()
        asked = to_do._sql_ending(
            company or self.company, self.env["pso.edition"]._at(today), today
        )
        rows = to_do._ask({"ending": asked})["ending"]
        return [(self.env["pso.status"].browse(row.id), str(row.date)) for row in rows]

    def test_by_whatever_ends_it(self):
        by_status = self.status(self.employee(), end="2025-07-01")
        by_contract = self.status(self.employee(end="2025-07-02"))
        by_period = self.status(self.employee(), "pw", "2020-07-04")
        by_form = self.status(self.employee(), start="2022-07-05", form="placement")
        self.assertEqual(
            self.ending(),
            [
                (by_status, "2025-07-01"),
                (by_contract, "2025-07-02"),
                (by_period, "2025-07-03"),
                (by_form, "2025-07-04"),
            ],
        )

    def test_the_edges(self):
        today = self.status(self.employee(), end="2025-06-15")
        last = self.status(self.employee(), end="2025-09-13")
        self.status(self.employee(), end="2025-06-14")
        self.status(self.employee(), end="2025-09-14")
        self.status(self.employee())
        self.assertEqual(self.ending(), [(today, "2025-06-15"), (last, "2025-09-13")])

    def test_who_goes_on_the_next_day_does_not_stop(self):
        person = self.employee()
        self.status(person, "wajong", end="2025-07-31")
        following = self.status(person, "wia", "2025-08-01")
        self.assertEqual(self.ending(), [])
        following.date_start = "2025-08-02"
        [(status, day)] = self.ending()
        self.assertEqual((status.group_id.code, day), ("wajong", "2025-07-31"))

    def test_who_goes_on_for_a_while_stops_under_the_next_status(self):
        person = self.employee()
        self.status(person, "wajong", end="2025-07-31")
        following = self.status(person, "wia", "2025-08-01", "2025-08-31")
        self.assertEqual(self.ending(), [(following, "2025-08-31")])

    def test_a_next_status_that_counts_for_nothing_is_no_continuation(self):
        person = self.employee()
        first = self.status(person, "wajong", end="2025-07-31")
        self.status(person, "bbl_bol_3", "2025-08-01")
        self.assertEqual(self.ending(), [(first, "2025-07-31")])

    def test_a_contract_that_is_renewed_is_no_end(self):
        person = self.employee(end="2025-07-31")
        status = self.status(person)
        self.assertEqual(self.ending(), [(status, "2025-07-31")])
        self.version(person, "2025-08-01", 40, contract_date_start="2025-08-01")
        self.assertEqual(self.ending(), [])

    def test_of_one_company(self):
        other = self.create_company("Other")
        person = self.env["hr.employee"].create(
            {
                "name": "Elsewhere",
                "company_id": other.id,
                "date_version": "2020-01-01",
                "contract_date_start": "2020-01-01",
                "contract_date_end": "2025-07-31",
            }
        )
        status = self.status(person)
        self.assertEqual(self.ending(), [])
        self.assertEqual(self.ending(other), [(status, "2025-07-31")])

    def test_the_same_number_of_queries_for_any_number(self):
        counts = []
        for _ in range(2):
            for _ in range(5):
                self.status(self.employee(end="2025-07-02"))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(self.ending())
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 3)


@tagged("post_install", "-at_install")
@freeze_time("2025-06-15")
class TestSearching(PsoCase):
    """What is derived can be searched, sorted and grouped as if it were stored."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open = cls.status(cls.employee())
        cls.soon = cls.status(cls.employee(end="2025-07-31"))
        cls.past = cls.status(cls.employee(), end="2024-12-31")
        cls.later = cls.status(cls.employee(), start="2025-09-01", end="2025-09-30")
        cls.zero = cls.status(cls.employee(), "wsw", form="seconded_out")
        cls.all = cls.open + cls.soon + cls.past + cls.later + cls.zero

    def assertFound(self, expected, *domain):
        domain = [("id", "in", self.all.ids), *domain]
        self.assertEqual(self.env["pso.status"].search(domain), expected)
        self.assertEqual(self.all.filtered_domain(domain), expected)

    def test_by_whether_it_counts(self):
        self.assertFound(self.open + self.soon, ("counting_state", "=", "counts"))
        self.assertFound(
            self.past + self.later + self.zero, ("counting_state", "!=", "counts")
        )
        self.assertFound(
            self.past + self.zero, ("counting_state", "in", ("ended", "not"))
        )

    def test_by_dates(self):
        self.assertFound(self.soon, ("stops_on", "=", "2025-07-31"))
        self.assertFound(
            self.soon + self.later,
            ("stops_on", ">=", "today"),
            ("stops_on", "<=", "today +180d"),
        )
        self.assertFound(self.open + self.zero, ("counted_until", "=", False))
        self.assertFound(
            self.soon + self.past + self.later, ("counted_until", "!=", False)
        )
        self.assertFound(self.past, ("counted_until", "<", "2025-01-01"))
        self.assertFound(self.later, ("counted_from", ">", "2025-06-15"))
        self.assertFound(
            self.past, "!", ("stops_on", ">", "2025-01-01"), ("stops_on", "!=", False)
        )

    def test_the_filters_of_the_list(self):
        arch = self.ref("pso_status_view_search").arch
        for name, expected in (
            ("counts", self.open + self.soon),
            ("ends_soon", self.soon),
            ("ended", self.past),
            ("future", self.later),
            ("not", self.zero),
            ("upcoming", self.soon + self.later),
        ):
            with self.subTest(name=name):
                [domain] = etree.fromstring(arch).xpath(
                    f"//filter[@name='{name}']/@domain"
                )
                self.assertFound(expected, *literal_eval(domain))

    def test_sorting(self):
        found = self.env["pso.status"].search(
            [("id", "in", self.all.ids), ("stops_on", "!=", False)],
            order="stops_on desc",
        )
        self.assertEqual(found, self.later + self.soon + self.past)

    def test_grouping(self):
        groups = self.env["pso.status"]._read_group(
            [("id", "in", self.all.ids)], ["stops_on:month"], ["__count"]
        )
        self.assertEqual(
            [(str(month or ""), count) for month, count in groups],
            [("2024-12-01", 1), ("2025-07-01", 1), ("2025-09-01", 1), ("", 2)],
        )
        described = self.env["pso.status"].fields_get(["stops_on", "counting_state"])
        for name, field in described.items():
            with self.subTest(name=name):
                self.assertTrue(field["groupable"] and field["sortable"])

    def test_only_the_pso_hr_group_finds_anything(self):
        outsider = self.user("hr.group_hr_manager", "pso_odoo.group_pso_manager")
        with self.assertRaises(AccessError):
            self.env["pso.status"].with_user(outsider).search(
                [("stops_on", "=", False)]
            )


@tagged("post_install", "-at_install")
class TestAgainstTheLines(PsoCase):
    """Of random companies: when statuses count is what the lines of a score say."""

    WORLDS = 150
    START, END = date(2017, 1, 1), date(2027, 12, 31)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rng = random.Random(7)
        editions = random_editions(rng, "counting", 3)
        writer = WorldWriter(cls.env, cls.company, editions)
        cls.worlds = [
            random_world(random.Random(seed), editions, 1) for seed in range(cls.WORLDS)
        ]
        # A status speaks of its own job, also where another one leaves less of a day.
        for world in cls.worlds:
            for employee in world.employees:
                employee.person = None
        cls.measurements = writer.write(cls.worlds)
        cls.measurements.write({"date_start": cls.START, "date_end": cls.END})

    def test_the_same_days_and_the_same_fte(self):
        stretches = self.stretches()
        seen = Counter()
        for today in (date(2023, 12, 31), date(2024, 2, 29), date(2025, 3, 1)):
            self.env.invalidate_all()
            with freeze_time(today):
                rows = self.env["pso.status.period"].search_read(
                    [("edition_id", "in", self.measurements.edition_id.ids)], load=None
                )
            for row in rows:
                key = row["status_id"], row["edition_id"]
                if key[0] in self.judged and key[1] == self.judged[key[0]]:
                    with self.subTest(today=today, status=key[0]):
                        self.check(row, stretches[key[0]], today)
                        seen[row["state"]] += 1
        self.assertGreater(min(seen[state] for state, _name in STATES), 20)

    def check(self, row, stretches, today):
        if not stretches:
            self.assertEqual(row["state"], "not")
            self.assertFalse(row["counted_from"] or row["stops_on"] or row["fte"])
            return
        start, end, run_end, fte_by_day = min(
            stretches,
            key=lambda s: (
                s[1] < today,
                (today - s[1]).days if s[1] < today else (s[0] - today).days,
            ),
        )
        found = [row["counted_from"], row["counted_until"], row["run_until"]]
        self.assertEqual(
            [start, end, run_end], [min(day or self.END, self.END) for day in found]
        )
        self.assertEqual(
            bool(row["stops_on"]), end == run_end and row["counted_until"] is not False
        )
        state = "ended" if end < today else "future" if start > today else "counts"
        self.assertEqual(row["state"], state)
        fte = next((f for a, b, f in fte_by_day if a <= today <= b), 0)
        self.assertAlmostEqual(row["fte"], fte, 9)

    def stretches(self):
        """``{status id: [(start, end, end of the run, [(start, end, fte)])]}``"""
        self.judged = {}
        found = defaultdict(list)
        lines = self.env["pso.person.line"].search_read(
            [("measurement_id", "in", self.measurements.ids), ("kind", "=", "group")],
            load=None,
        )
        editions = {m.id: m.edition_id.id for m in self.measurements}
        people = defaultdict(list)
        for line in lines:
            self.judged[line["status_id"]] = editions[line["measurement_id"]]
            if line["direct_fte"] > 0:
                people[line["employee_id"]].append(line)
        for own in people.values():
            run = []
            for line in sorted(own, key=lambda line: line["counted_from"]):
                if run and run[-1]["counted_to"] + timedelta(1) < line["counted_from"]:
                    self.add_run(found, run)
                    run = []
                run.append(line)
            self.add_run(found, run)
        return found

    def add_run(self, found, run):
        days = (self.END - self.START).days + 1
        for status in dict.fromkeys(line["status_id"] for line in run):
            own = [line for line in run if line["status_id"] == status]
            found[status].append(
                (
                    own[0]["counted_from"],
                    own[-1]["counted_to"],
                    run[-1]["counted_to"],
                    [
                        (
                            line["counted_from"],
                            line["counted_to"],
                            line["direct_fte"] * days / line["counted_days"],
                        )
                        for line in own
                    ],
                )
            )


@tagged("post_install", "-at_install")
class TestProof(PsoCase):
    def test_a_verification_is_signed(self):
        keeper = self.user("pso_odoo.group_pso_hr")
        status = self.status(self.employee()).with_user(keeper)
        status.action_receive()
        status.proof_kind = "decision"
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
