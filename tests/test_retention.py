"""Retention: until when what is kept, and the job that takes away what is past."""

import base64
from datetime import date, datetime
from unittest.mock import patch

from common import YEAR, PsoCase

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.pso_odoo.models.privacy.pso_retention import PERSONAL_FIELDS

HR = "pso_odoo.group_pso_hr"
MANAGER = "pso_odoo.group_pso_manager"


def frozen(case, measurement):
    """Everything that is kept of a locked measurement but who its lines are of."""
    kept = {
        "figures": case.env.execute_query(
            SQL(
                "SELECT locked_figures::text FROM pso_measurement WHERE id = %s",
                measurement.id,
            )
        )
    }
    for table in ("person_line", "supplier_line", "check"):
        rows = case.env.execute_query_dict(
            SQL(
                f"SELECT * FROM pso_locked_{table} WHERE measurement_id = %s "
                "ORDER BY id",
                measurement.id,
            )
        )
        told = PERSONAL_FIELDS.get(f"pso.locked.{table.replace('_', '.')}", ())
        kept[table] = [
            {name: value for name, value in row.items() if name not in told}
            for row in rows
        ]
    return kept


class RetentionCase(PsoCase):
    """Nothing else in the database is past its period."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.retention = cls.env["pso.retention"]
        others = cls.env["res.company"].search([("id", "!=", cls.company.id)])
        others.write({"pso_status_months": 120, "pso_names_months": 120})

    def run_job(self, seconds=60):
        """The job as Odoo's scheduler runs it.

        :param seconds: the time that it has; with none it does one batch
        :return: how much it said remains
        """
        with self.as_job("cron_anonymise", seconds) as (env, progress):
            env["pso.retention"]._anonymise_past()
            return progress.remaining

    def noted(self, event="anonymise"):
        return self.env["pso.log"].search(
            [("event", "=", event), ("company_id", "=", self.company.id)], order="id"
        )


@tagged("post_install", "-at_install")
class TestKeptUntil(RetentionCase):
    """The last day on which a status is kept; by default 36 months after it counts."""

    def assertKept(self, status, expected):
        self.env.invalidate_all()
        self.assertEqual(str(status.kept_until or ""), expected)
        domain = [("id", "=", status.id), ("kept_until", "=", expected or False)]
        self.assertEqual(self.env["pso.status"].search(domain), status)

    def test_after_its_end(self):
        self.assertKept(self.status(self.employee(), end="2022-06-30"), "2025-06-30")

    def test_after_a_leap_day(self):
        status = self.status(self.employee(), end="2024-02-29")
        self.company.pso_status_months = 12
        self.assertKept(status, "2025-02-28")
        self.company.pso_status_months = 48
        self.assertKept(status, "2028-02-29")

    def test_until_a_leap_day(self):
        self.company.pso_status_months = 12
        self.assertKept(self.status(self.employee(), end="2023-02-28"), "2024-02-28")
        self.assertKept(self.status(self.employee(), end="2023-03-01"), "2024-03-01")

    def test_after_who_left(self):
        status = self.status(self.employee(end="2022-03-31"))
        self.assertKept(status, "2025-03-31")

    def test_who_left_without_a_contract(self):
        person = self.employee(contract_date_start=False)
        status = self.status(person)
        self.assertKept(status, "")
        person.departure_date = "2022-03-31"
        self.assertKept(status, "2025-03-31")

    def test_after_the_longest_counting_period_of_any_edition(self):
        """36 months once, 60 now: one change of the rules does not delete it."""
        rule = self.edition.group_rule_ids.filtered(lambda r: r.group_id.code == "pw")
        status = self.status(self.employee(start="2015-01-01"), "pw", "2015-01-01")
        self.assertKept(status, "2022-12-31")
        rule.counting_months = 12
        longest = max(
            self.env["pso.group.rule"]
            .search([("group_id", "=", rule.group_id.id)])
            .mapped("counting_months")
        )
        self.assertGreater(longest, 12)
        expected = date(2015 + longest // 12 + 2, 12, 31)
        self.assertKept(status, str(expected))

    def test_not_while_no_end_is_known(self):
        self.assertKept(self.status(self.employee()), "")

    def test_whose_event_is_missing(self):
        person = self.employee()
        status = self.status(person, "vso_pro", "2024-03-01")
        self.assertKept(status, "")
        periods = self.env["pso.status.period"].search([("status_id", "=", status.id)])
        self.assertTrue(periods)
        self.assertFalse(any(periods.mapped("period_end")))
        person.contract_date_end = "2025-03-31"
        self.assertKept(status, "2028-03-31")

    def test_that_never_counts(self):
        """The end of the status, or of the employment, does it."""
        kept = self.status(self.employee(), form="seconded_out")
        self.assertKept(kept, "")
        ended = self.status(self.employee(), form="seconded_out", end="2022-06-30")
        self.assertKept(ended, "2025-06-30")
        left = self.status(self.employee(end="2021-12-31"), form="seconded_out")
        self.assertKept(left, "2024-12-31")
        # Its counting period was over before it began: it may be a mistake.
        late = self.status(
            self.employee(), "pw", "2022-01-01", date_inflow="2010-01-01"
        )
        self.assertKept(late, "2025-01-01")
        missing = self.status(self.employee(), "vso_pro", end="2022-06-30")
        self.assertEqual(missing.counting_state, "not")
        self.assertKept(missing, "2025-06-30")

    def test_as_long_as_a_later_one_rests_on_it(self):
        """Or the later one would lose its inflow, and count longer."""
        person = self.employee()
        first = self.status(person, "pw", "2014-01-01", "2015-12-31")
        later = self.status(person, "pw", "2023-01-01", "2023-06-30")
        between = self.status(person, "ww", "2017-01-01", "2017-12-31")
        self.assertEqual(str(later.date_inflow), "2014-01-01")
        self.assertKept(first, str(later.kept_until))
        self.assertEqual(str(between.kept_until), "2020-12-31")

    def test_as_long_as_a_later_one_goes_on_with_its_form(self):
        """A placement counts for three years from its first day."""
        person = self.employee()
        first = self.status(
            person, "wajong", "2020-01-01", "2020-12-31", form="placement"
        )
        next_one = self.status(
            person, "wia", "2021-01-01", "2021-12-31", form="placement"
        )
        self.assertKept(first, "2024-12-31")
        next_one.date_start = "2021-01-02"
        self.assertKept(first, "2023-12-31")

    def test_each_company_has_its_own(self):
        other = self.create_company("Other", pso_status_months=24)
        person = self.employee()
        status = self.status(person, end="2022-06-30")
        theirs = self.env["hr.employee"].create(
            {
                "name": "Elsewhere",
                "company_id": other.id,
                "date_version": "2020-01-01",
                "contract_date_start": "2020-01-01",
            }
        )
        self.assertKept(self.status(theirs, end="2022-06-30"), "2024-06-30")
        self.assertKept(status, "2025-06-30")

    def test_a_mistyped_year(self):
        status = self.status(self.employee(), start="9999-01-01", end="9999-12-31")
        self.assertKept(status, "9999-12-31")


@tagged("post_install", "-at_install")
class TestStatuses(RetentionCase):
    """The job: statuses with their files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.employee(name="Secret Person")
        cls.old = cls.status(cls.person, end="2022-06-30")
        cls.kept = cls.status(cls.employee(), end="2022-07-01")

    def test_on_the_last_day_it_is_kept(self):
        with freeze_time("2025-06-30"):
            self.run_job()
        self.assertTrue(self.old.exists())
        self.assertFalse(self.noted())

    def test_on_the_day_after_it_goes(self):
        with freeze_time("2025-07-01"):
            self.run_job()
        self.assertFalse(self.old.exists())
        self.assertTrue(self.kept.exists())
        [line] = self.noted()
        self.assertEqual((line.model, line.count, line.record), ("pso.status", 1, 0))
        self.assertFalse(line.reason)

    def test_its_files_go_too(self):
        file = self.env["ir.attachment"].create(
            {"name": "proof.pdf", "datas": base64.b64encode(b"Proof of nobody else")}
        )
        self.old.attachment_ids = file
        files = self.env["ir.attachment"].sudo()
        stored = [("store_fname", "=", file.store_fname)]
        self.assertTrue(files.search_count(stored))
        with freeze_time("2025-07-01"):
            self.run_job()
        self.assertFalse(file.exists())
        self.assertFalse(files.search_count(stored))

    def test_who_has_none_left_gets_another_key(self):
        keys = self.keys()
        with freeze_time("2025-07-01"):
            self.run_job()
        now = self.keys()
        self.assertNotEqual(keys.pop(self.person), now.pop(self.person))
        self.assertEqual(keys, now)

    def test_who_has_one_left_keeps_the_key(self):
        self.status(self.person, "ww", "2023-01-01")
        keys = self.keys()
        with freeze_time("2025-07-01"):
            self.run_job()
        self.assertFalse(self.old.exists())
        self.assertEqual(self.keys(), keys)

    def keys(self):
        lines = self.measurement().person_line_ids
        return {line.employee_id: line.key for line in lines}

    def test_it_pauses_after_each_batch_and_goes_on(self):
        """Killed or out of time: what is done is done, and the rest is next."""
        more = [self.status(self.employee(), end="2022-06-30") for _ in range(4)]
        statuses = self.old + self.env["pso.status"].union(*more)
        path = "odoo.addons.pso_odoo.models.privacy.pso_retention.STATUSES_AT_ONCE"
        with freeze_time("2025-07-01"), patch(path, 2):
            self.assertEqual(self.run_job(seconds=0), 1)
            self.assertEqual(len(statuses.exists()), 3)
            self.assertEqual(self.run_job(seconds=0), 1)
            self.assertEqual(len(statuses.exists()), 1)
            self.assertEqual(self.run_job(), 0)
        self.assertFalse(statuses.exists())
        self.assertEqual(self.noted().mapped("count"), [2, 2, 1])

    def test_one_that_fails_stops_no_other(self):
        """And it is neither lost nor named."""
        other = self.status(self.employee(), end="2022-06-29")
        self.env.flush_all()
        self.env.cr.execute(
            "CREATE TABLE pso_test_holder (status_id int REFERENCES pso_status)"
        )
        self.env.cr.execute("INSERT INTO pso_test_holder VALUES (%s)", [self.old.id])
        with (
            freeze_time("2025-07-01"),
            self.assertLogs("odoo.addons.pso_odoo", "ERROR") as logs,
            mute_logger("odoo.sql_db"),
        ):
            self.run_job()
        self.assertTrue(self.old.exists())
        self.assertFalse(other.exists())
        self.assertIn(str(self.old.id), " ".join(logs.output))
        self.assertNotIn("Secret", " ".join(logs.output))
        [line] = self.noted()
        self.assertEqual(line.count, 1)
        self.assertIn("1 could not be deleted", line.reason)
        self.env.cr.execute("DROP TABLE pso_test_holder")
        with freeze_time("2025-07-02"):
            self.run_job()
        self.assertFalse(self.old.exists())

    def test_one_that_is_prolonged_meanwhile_stays(self):
        """What is past was looked up before the first batch."""
        other = self.status(self.employee(), end="2022-06-29")
        path = "odoo.addons.pso_odoo.models.privacy.pso_retention.STATUSES_AT_ONCE"
        with freeze_time("2025-07-01"), patch(path, 1):
            batches = self.retention._batches(date(2025, 7, 1))
            next(batches)
            self.assertFalse(other.exists())
            self.old.date_end = False
            for _batch in batches:
                self.env.flush_all()
        self.assertTrue(self.old.exists())
        self.assertEqual(self.noted().mapped("count"), [1])

    def test_as_the_scheduler_runs_it(self):
        cron = self.ref("cron_anonymise")
        self.assertEqual((cron.interval_number, cron.interval_type), (1, "days"))
        self.assertTrue(cron.active)
        with freeze_time("2025-07-01"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(self.old.exists())


@tagged("post_install", "-at_install")
class TestNames(RetentionCase):
    """The job: names behind the lines of locked measurements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["hr.employee"].concat(*(cls.employee() for _ in range(3)))
        cls.a_status = cls.status(cls.people[0])
        cls.bill(cls.social_vendor(), 100)
        cls.locked = cls.measurement()
        cls.locked.action_lock()
        cls.younger = cls.measurement("2026-01-01", "2026-12-31")
        cls.younger.action_lock()

    def numbers(self, measurement):
        lines = self.env["pso.locked.person.line"].search(
            [("measurement_id", "=", measurement.id)]
        )
        names = PERSONAL_FIELDS["pso.locked.person.line"]
        return {line[name] for line in lines for name in names} - {0}

    def test_after_the_period_of_the_company(self):
        before = frozen(self, self.locked)
        figures = self.locked.read()
        shown = self.env["pso.breakdown"]._load(self.locked._window())
        with freeze_time("2028-12-31"):
            self.run_job()
            self.assertTrue(self.numbers(self.locked))
        with freeze_time("2029-01-01"):
            self.run_job()
        self.assertFalse(self.numbers(self.locked))
        self.assertTrue(self.numbers(self.younger))
        self.assertEqual(frozen(self, self.locked), before)
        self.assertEqual(self.locked.read(), figures)
        self.assertEqual(self.env["pso.breakdown"]._load(self.locked._window()), shown)
        self.assertFalse(self.locked.person_line_ids.employee_id)
        self.assertTrue(all(self.locked.person_line_ids.mapped("key")))
        [line] = self.noted()
        self.assertEqual(
            (line.model, line.record, line.name, line.count),
            ("pso.measurement", self.locked.id, self.locked.name, 4),
        )

    def test_each_company_has_its_own(self):
        self.company.pso_names_months = 12
        with freeze_time("2027-01-01"):
            self.run_job()
        self.assertFalse(self.numbers(self.locked))
        self.assertTrue(self.numbers(self.younger))

    def test_in_batches(self):
        # Without statistics a planner may look for a batch again with every row.
        for method in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
            self.env.cr.execute(SQL("SET LOCAL %s = off", SQL("enable_" + method)))
        path = "odoo.addons.pso_odoo.models.privacy.pso_retention.LINES_AT_ONCE"
        with freeze_time("2029-01-01"), patch(path, 3):
            self.run_job(seconds=0)
            self.assertTrue(self.numbers(self.locked))
            self.run_job()
        self.assertFalse(self.numbers(self.locked))
        self.assertEqual(self.noted().mapped("count"), [3, 1])

    def test_what_was_deleted_while_it_was_locked(self):
        """Numbers of what is gone are no use, and they are somebody's."""
        lines = self.env["pso.locked.person.line"].search(
            [("measurement_id", "=", self.younger.id), ("kind", "=", "group")]
        )
        gone, status = 2**30, 2**30 + 1
        self.env.cr.execute(
            "UPDATE pso_locked_person_line SET status_id = %s WHERE id IN %s",
            [status, lines._ids],
        )
        self.env.cr.execute(
            """UPDATE pso_locked_person_line SET employee_id = %s
            WHERE measurement_id = %s AND employee_id = %s""",
            [gone, self.younger.id, self.people[1].id],
        )
        self.run_job()
        numbers = self.numbers(self.younger)
        self.assertFalse(numbers & {gone, status})
        self.assertIn(self.people[0].id, numbers)
        self.assertNotIn(self.people[1].version_id.id, numbers)


@tagged("post_install", "-at_install")
class TestLog(RetentionCase):
    """The job: the log, which nobody else shortens."""

    def test_by_age_and_company(self):
        log = self.env["pso.log"]
        vals = {
            "uid": self.env.uid,
            "login": "somebody",
            "company_id": self.company.id,
            "event": "lock",
        }
        for day in ("2015-01-01", "2015-12-31"):
            log._insert(self.env.cr, vals | {"date": datetime.fromisoformat(day)})
        lines = self.noted("lock")
        self.assertEqual(len(lines), 2)
        months = (date.today().year - 2015) * 12 + date.today().month - 7
        self.assertLessEqual(months, 120 + 24)
        if months <= 120:
            self.company.pso_log_months = 120
            self.run_job()
            self.assertTrue(self.noted("lock"))
        self.company.pso_log_months = 12
        self.run_job()
        self.assertFalse(self.noted("lock"))

    def test_it_is_shortened_whatever_fails_before(self):
        log = self.env["pso.log"]
        vals = {
            "uid": self.env.uid,
            "login": "somebody",
            "company_id": self.company.id,
            "event": "lock",
            "date": datetime(2015, 1, 1),
        }
        log._insert(self.env.cr, vals)
        self.env.cr.execute(
            """
            CREATE FUNCTION pso_test_refuse() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
            CREATE TRIGGER pso_test_refuse BEFORE UPDATE ON pso_locked_person_line
            EXECUTE FUNCTION pso_test_refuse();
            """
        )
        self.company.pso_log_months = 12
        with self.assertLogs("odoo.addons.pso_odoo", "ERROR") as logs:
            self.run_job()
        self.assertIn("pso.locked.person.line", " ".join(logs.output))
        self.assertFalse(self.noted("lock"))

    def test_the_last_year_stays(self):
        self.company.pso_log_months = 12
        self.env["pso.log"]._note("lock", company=self.company)
        self.run_job()
        self.assertTrue(self.noted("lock"))


@tagged("post_install", "-at_install")
class TestSettings(RetentionCase):
    NAMES = {
        "pso_status_months": "Keep PSO Statuses",
        "pso_names_months": "Keep PSO Names",
        "pso_log_months": "Keep PSO Log",
    }

    def test_defaults_and_bounds(self):
        company = self.create_company("New")
        for name, label in self.NAMES.items():
            self.assertEqual(company[name], 36)
            for months in (0, 11, 121, -36):
                with self.subTest(name=name, months=months), self.assertRefused(label):
                    company[name] = months
                    company.flush_recordset()
            for months in (12, 120):
                company[name] = months
                company.flush_recordset()

    def test_coordinators_set_them(self):
        manager = self.user(MANAGER)
        settings = self.env["pso.company.settings"].with_user(manager)
        settings = settings.with_context(allowed_company_ids=self.company.ids)
        form = settings.create({"company_id": self.company.id})
        self.assertEqual(form.pso_status_months, 36)
        form.write(dict.fromkeys(self.NAMES, 24))
        form.action_save()
        for name in self.NAMES:
            self.assertEqual(self.company[name], 24)

    def test_the_settings_show_them(self):
        settings = self.env["res.config.settings"].create({"pso_log_months": 60})
        self.assertEqual(settings.company_id.pso_log_months, 60)


@tagged("post_install", "-at_install")
class TestInformed(PsoCase):
    """Legal basis and the day on which the person was told."""

    def test_not_in_the_future(self):
        status = self.status(self.employee())
        with freeze_time("2025-06-15"):
            status.date_informed = "2025-06-15"
            with self.assertRefused("Informed On"):
                status.date_informed = "2025-06-16"

    def test_before_or_after_the_start(self):
        status = self.status(self.employee(), start="2024-01-01")
        for day in ("2023-12-01", "2024-02-01"):
            status.date_informed = day

    def test_who_was_not_informed_is_found(self):
        told = self.status(
            self.employee(), date_informed="2020-01-01", legal_basis="consent"
        )
        untold = self.status(self.employee())
        found = self.env["pso.status"].search(
            [("date_informed", "=", False), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(found, untold)
        self.assertNotIn(told, found)

    def test_it_asks_for_no_new_look_at_the_proof(self):
        status = self.status(self.employee(), evidence_state="verified")
        status.write({"legal_basis": "consent", "date_informed": YEAR[0]})
        self.assertEqual(status.evidence_state, "verified")

    def test_for_the_pso_hr_group_alone(self):
        status = self.status(self.employee(), legal_basis="consent")
        for group in (MANAGER, "hr.group_hr_manager", "base.group_system"):
            with self.subTest(group=group), self.assertRaises(AccessError):
                status.with_user(self.user(group)).read(["legal_basis"])
        self.assertEqual(status.with_user(self.user(HR)).legal_basis, "consent")
