"""What is looked at and exported is noted, and the note stays."""

import psycopg2
from common import YEAR, PsoCase, noted

from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

HR = "pso_odoo.group_pso_hr"
MANAGER = "pso_odoo.group_pso_manager"
EXPORT = "base.group_allow_export"


class LogCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls.env["pso.log"]
        cls.somebody = cls.employee(name="Secret Name")
        cls.somebodys = cls.status(cls.somebody)

    def setUp(self):
        super().setUp()
        # What a test notes stays, and one look an hour is noted: nobody looks twice.
        self.hr = self.user(HR, EXPORT)
        self.manager = self.user(MANAGER, EXPORT)


@tagged("post_install", "-at_install")
class TestLook(LogCase):
    def assert_look(self, read, model="pso.status"):
        read(self.somebodys.with_user(self.hr))
        looks = noted(self.env, self.hr, "look")
        self.assertIn(model, [look["model"] for look in looks])
        for look in looks:
            self.assertEqual(look["company_id"], self.company.id)
            self.assertFalse(look["record"] or look["name"] or look["count"])

    def test_every_way_to_read_a_status(self):
        domain = [("id", "=", self.somebodys.id)]
        ways = {
            "read": lambda s: s.read(["group_id"]),
            "web_read": lambda s: s.web_read({"group_id": {}}),
            "search_read": lambda s: s.search_read(domain, ["employee_id"]),
            "web_search_read": lambda s: s.web_search_read(domain, {"form_id": {}}),
            "group": lambda s: s.formatted_read_group(
                domain, ["employee_id"], ["__count"]
            ),
            "pivot": lambda s: s.formatted_read_grouping_sets(
                domain, [["employee_id", "group_id"]], ["__count"]
            ),
            "name_search": lambda s: s.name_search("", domain),
            "employee": lambda s: (
                s.env["hr.employee"]
                .browse(self.somebody.id)
                .web_read({"pso_status_ids": {"fields": {"group_id": {}}}})
            ),
            "statement": lambda s: (
                s.env["hr.employee"]
                .browse(self.somebody.id)
                .read(["pso_counting_note"])
            ),
        }
        for name, way in ways.items():
            with self.subTest(name):
                self.hr = self.user(HR, EXPORT)
                self.env.invalidate_all()
                self.assert_look(way)

    def test_what_the_superuser_has_read_before(self):
        def read(status):
            status.sudo().read(["group_id"])
            return status.read(["group_id"])

        self.assert_look(read)

    def test_person_lines(self):
        measurement = self.measurement(*YEAR)
        self.assert_look(
            lambda s: s.env["pso.person.line"].search_read(
                [("measurement_id", "=", measurement.id)], ["employee_id"]
            ),
            "pso.person.line",
        )

    def test_pivots_of_reports(self):
        for model in ("pso.person.line", "pso.missing.proof"):
            with self.subTest(model=model):
                self.hr = self.user(HR, EXPORT)
                self.assert_look(
                    lambda s, model=model: s.env[model].formatted_read_grouping_sets(
                        [], [["employee_id", "measurement_id"]], ["__count"]
                    ),
                    model,
                )

    def test_who_has_which_status_by_a_search(self):
        """Nothing is read of the status: whoever is found has it."""
        for domain in (
            [("pso_status_ids.group_id.code", "=", "wajong")],
            [("pso_status_ids.counting_state", "=", "counts")],
            [("pso_status_ids", "!=", False)],
        ):
            with self.subTest(domain=domain):
                self.hr = self.user(HR, EXPORT)
                self.assert_look(
                    lambda s, domain=domain: s.env["hr.employee"].search_count(domain)
                )

    def test_a_search_for_employees_is_no_look(self):
        user = self.user(HR, "hr.group_hr_user")
        employees = self.env["hr.employee"].with_user(user)
        employees.search_read([("name", "=", self.somebody.name)], ["name", "job_id"])
        self.assertFalse(noted(self.env, user))

    def test_a_search_that_is_refused_is_no_look(self):
        user = self.user("hr.group_hr_user")
        employees = self.env["hr.employee"].with_user(user)
        with self.assertRaises(AccessError):
            employees.search([("pso_status_ids", "!=", False)])
        self.assertFalse(noted(self.env, user))

    def test_counting_period(self):
        self.assert_look(
            lambda s: s.env["pso.status.period"].search_read(
                [("status_id", "=", s.id)], ["state"]
            ),
            "pso.status.period",
        )

    def test_once_an_hour(self):
        status = self.somebodys.with_user(self.hr)
        for _time in range(3):
            # Also by another worker, who does not remember the first.
            self.env.registry.clear_cache()
            self.env.invalidate_all()
            status.read(["group_id"])
        self.assertEqual(len(noted(self.env, self.hr, "look")), 1)

    def test_totals_are_no_look(self):
        measurement = self.measurement(*YEAR).with_user(self.manager)
        measurement.read(["direct_percentage", "check_ids"])
        self.assertFalse(noted(self.env, self.manager))

    def test_refused_is_no_look(self):
        with self.assertRaises(AccessError):
            self.somebodys.with_user(self.manager).read(["group_id"])
        self.assertFalse(noted(self.env, self.manager))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_the_log_of_another_company_is_refused(self):
        """Its company is a number, which is no company one could switch to."""
        other = self.create_company("Other")
        self.log._note("import", company=other)
        self.log.flush_model()
        line = self.log.search([("company_id", "=", other.id)], limit=1)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            line.with_user(self.manager).check_access("read")

    def test_what_cannot_be_noted_is_not_read(self):
        """A log that is full or broken closes the records: nothing is read unseen."""
        status = self.somebodys.with_user(self.hr)
        self.patch(type(self.log), "_insert", self._broken)
        with self.assertRaises(psycopg2.OperationalError):
            status.read(["group_id"])

    @staticmethod
    def _broken(_log, cr, vals):
        raise psycopg2.OperationalError("the disk is full")


@tagged("post_install", "-at_install")
class TestExport(LogCase):
    def test_workbook(self):
        measurement = self.measurement(*YEAR)
        measurement.with_user(self.manager)._workbook()
        [line] = noted(self.env, self.manager, "export")
        self.assertEqual(line["model"], "pso.measurement")
        self.assertEqual(line["record"], measurement.id)
        self.assertEqual(line["name"], measurement.name)
        with self.assertRaises(AccessError):
            measurement.with_user(self.manager)._workbook(with_names=True)
        self.assertFalse(noted(self.env, self.manager, "export_names"))
        measurement.with_user(self.hr)._workbook(with_names=True)
        self.assertEqual(len(noted(self.env, self.hr, "export_names")), 1)

    def export(self, records, *columns, user=None):
        user = user or self.hr
        records.with_user(user).export_data(list(columns))
        return noted(self.env, user, "export", "export_names")

    def test_list_of_ours(self):
        [line] = self.export(self.somebodys, "group_id/name", "date_start")
        self.assertEqual(line["event"], "export_names")
        self.assertEqual(line["columns"], "group_id/name, date_start")
        self.assertEqual(line["count"], 1)

    def test_list_of_employees(self):
        lines = self.export(self.somebody, "name", "pso_status_ids/group_id/name")
        self.assertEqual([line["event"] for line in lines], ["export_names"])
        self.assertEqual(lines[0]["model"], "hr.employee")

    def test_counting_state_of_employees(self):
        [line] = self.export(self.somebody, "name", "pso_counting_state")
        self.assertEqual(line["event"], "export_names")

    def test_employees_alone(self):
        self.assertFalse(self.export(self.somebody, "name", "department_id/name"))

    def test_totals(self):
        measurement = self.measurement(*YEAR)
        [line] = self.export(measurement, "name", "total_fte", user=self.manager)
        self.assertEqual(line["event"], "export")

    def test_no_value_is_noted(self):
        self.export(self.somebodys, "employee_id/name")
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute("SELECT l::text FROM pso_log l WHERE uid = %s", [self.hr.id])
            for (row,) in cr.fetchall():
                self.assertNotIn("Secret Name", row)


@tagged("post_install", "-at_install")
class TestKept(LogCase):
    def setUp(self):
        super().setUp()
        self.log._note("erase", reason="Asked for")
        self.line = self.log.search([("event", "=", "erase")], limit=1)

    def test_nobody_changes_it(self):
        for user in (self.env.user, self.hr, self.manager):
            line = self.line.with_user(user)
            for change in (
                lambda line: line.write({"reason": "Other"}),
                lambda line: line.unlink(),
                lambda line: line.sudo().write({"reason": "Other"}),
                lambda line: line.sudo().unlink(),
            ):
                with self.assertRaises(UserError):
                    change(line)
        with self.assertRaises(AccessError):
            self.log.with_user(self.manager).create({"event": "look"})

    def test_sql_does_not_change_it(self):
        for statement in (
            "UPDATE pso_log SET login = 'x' WHERE id = %s",
            "DELETE FROM pso_log WHERE id = %s",
            "TRUNCATE pso_log -- %s",
        ):
            with (
                self.subTest(statement),
                self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [self.line.id])

    def test_after_a_year_it_may_go(self):
        self.log._insert(
            self.env.cr,
            {
                "date": "2020-01-01 10:00:00",
                "uid": 1,
                "login": "old",
                "company_id": self.company.id,
                "event": "look",
            },
        )
        self.env.cr.execute("DELETE FROM pso_log WHERE login = 'old'")
        self.assertEqual(self.env.cr.rowcount, 1)

    def test_who_sees_it(self):
        for groups, sees in ((MANAGER, True), (HR, True)):
            found = self.log.with_user(self.user(groups)).search(
                [("id", "=", self.line.id)]
            )
            self.assertEqual(bool(found), sees)
        with self.assertRaises(AccessError):
            self.log.with_user(self.user("pso_odoo.group_pso_user")).search([])
        other = self.create_company("Other")
        stranger = self.user(MANAGER, companies=other)
        log = self.log.with_context(allowed_company_ids=other.ids).with_user(stranger)
        self.assertFalse(log.search([("id", "=", self.line.id)]))


@tagged("post_install", "-at_install")
class TestReadonly(LogCase, HttpCase):
    def test_a_look_through_a_cursor_that_cannot_write(self):
        """As the web client asks a replica: the read cannot write, the note does."""
        self.hr.password = self.hr.login
        self.authenticate(self.hr.login, self.hr.login)
        answer = self.make_jsonrpc_request(
            "/web/dataset/call_kw/pso.status/web_search_read",
            {
                "model": "pso.status",
                "method": "web_search_read",
                "args": [[("id", "=", self.somebodys.id)]],
                "kwargs": {"specification": {"group_id": {}}},
            },
        )
        self.assertEqual(answer["length"], 1)
        self.assertEqual(len(noted(self.env, self.hr, "look")), 1)
