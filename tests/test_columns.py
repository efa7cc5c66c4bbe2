"""The SQL reads what the fields of core say, or says that it cannot."""

import sys
from unittest.mock import patch

from common import PsoCase, whole_page

from odoo.exceptions import UserError
from odoo.orm.environments import Environment
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.pso_odoo.tools import columns

# What PostgreSQL says that a view reads.
READ_BY_VIEW = """
    SELECT DISTINCT source.relname, attribute.attname
    FROM pg_depend depend
    JOIN pg_rewrite rewrite ON rewrite.oid = depend.objid
    JOIN pg_class view ON view.oid = rewrite.ev_class
    JOIN pg_class source ON source.oid = depend.refobjid AND source.oid <> view.oid
    JOIN pg_attribute attribute ON attribute.attrelid = source.oid
        AND attribute.attnum = depend.refobjsubid
    WHERE view.relname = 'pso_columns_read' AND depend.refobjsubid > 0
"""

REPORTS = (
    *("pso.person.line", "pso.supplier.line", "pso.check", "pso.missing.proof"),
    *("pso.purchase.report", "pso.purchase.year", "pso.status.period"),
)
# Names that the ORM turns into SQL, and what tells how far the first steps are.
BY_THE_ORM = {
    ("hr.department", "name"),
    ("hr.work.location", "name"),
    ("onboarding.onboarding.step", "description"),
    ("onboarding.onboarding.step", "sequence"),
    ("onboarding.onboarding.step", "title"),
    ("onboarding.progress", "company_id"),
    ("onboarding.progress", "is_onboarding_closed"),
    ("onboarding.progress", "onboarding_id"),
    ("onboarding.progress.step", "company_id"),
    ("onboarding.progress.step", "step_id"),
    ("onboarding.progress.step", "step_state"),
    # No figure rests on who can log in, and by what.
    ("res.users", "active"),
    ("res.users", "totp_secret"),
}


@tagged("post_install", "-at_install")
class TestColumns(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.employee(24)
        cls.status(cls.person)
        cls.vendor_of_ours = cls.social_vendor()
        cls.bill(cls.vendor_of_ours, 100)
        cls.pso = cls.measurement()
        cls.reader = cls.user(
            *("pso_odoo.group_pso_manager", "pso_odoo.group_pso_hr"),
            "purchase.group_purchase_user",
        )

    def read_everything(self):
        """All that makes figures: a measurement, dashboard, lists and searches."""
        self.env.flush_all()
        self.env.invalidate_all()
        pso = self.pso.with_user(self.reader)
        self.assertTrue(pso.total_fte)
        self.assertTrue(pso.check_ids)
        pso._trend()
        for model in REPORTS:
            self.env[model].with_user(self.reader).search([]).mapped("display_name")
        self.env["pso.retention"]._kept_until(self.env["pso.status"].search([]))
        for model in ("account.move", "purchase.order"):
            self.env[model].search_count([("pso_is_social", "=", True)])
        whole_page(self.env["pso.dashboard"].with_user(self.reader))

    # -- by machine ----------------------------------------------------------

    def test_every_column_of_core_that_is_read_is_watched(self):
        statements = []
        execute_query = Environment.execute_query

        def record(env, query):
            # What the ORM asks of its own accord it makes of stored fields alone.
            if "pso_odoo" in sys._getframe(1).f_code.co_filename:
                statements.append(query)
            return execute_query(env, query)

        with patch.object(Environment, "execute_query", record):
            self.read_everything()
        statements += [self.env[model]._table_query for model in REPORTS]
        for model in ("account.move", "purchase.order"):
            certificate = self.env[model]._field_to_sql(
                "document", "pso_certificate_id"
            )
            table = SQL.identifier(self.env[model]._table)
            statements.append(SQL("SELECT %s FROM %s document", certificate, table))
        read = set().union(*map(self._columns_of, statements))
        by_table = {model._table: model for model in self.env.values()}
        watched = {
            (model, name)
            for part in (*columns.READ.values(), columns.READ_BY_ORM)
            for model, names in part.items()
            for name in names
        }
        missing = sorted(
            (by_table[table]._name, name)
            for table, name in read
            if table in by_table
            and not table.startswith("pso_")
            and not name.startswith("pso_")
            and name != "id"
            and (by_table[table]._name, name) not in watched | BY_THE_ORM
        )
        self.assertGreater(len(read & {("hr_version", "date_version")}), 0)
        self.assertEqual(missing, [], "Add them to columns.READ")

    def _columns_of(self, statement):
        """The columns that a statement reads, as PostgreSQL has it."""
        with self.env.cr.savepoint() as savepoint:
            text = self.env.cr._obj.mogrify(statement.code, statement.params).decode()
            read = set()
            if "SELECT" in text and "FOR UPDATE" not in text:
                # Rows as a whole: columns of a view need names of their own.
                self.env.cr.execute(
                    f"CREATE TEMP VIEW pso_columns_read AS SELECT FROM ({text}) AS row"
                )
                self.env.cr.execute(READ_BY_VIEW)
                read.update(self.env.cr.fetchall())
            savepoint.rollback()
        return read

    def test_each_of_them_is_refused_where_it_is_not_stored(self):
        for subject, models in columns.READ.items():
            for model, names in models.items():
                for name in sorted(names):
                    with self.subTest(field=f"{model}.{name}"):
                        self._refuses(subject, model, name)

    def _refuses(self, subject, model, name):
        field = self.env[model]._fields[name]
        with patch.object(field, "store", False):
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, f"{model}.{name}"):
                self._ask(subject)
            self.assertTrue(
                any(f"{model}.{name}" in line for line in columns.complaints(self.env))
            )
        self._ask(subject)

    def _ask(self, subject):
        lines = {"people": "pso.person.line", "purchases": "pso.supplier.line"}
        self.env[lines[subject]]._sql_live_of([self.pso._window()])

    def test_figures_are_refused_in_words(self):
        field = self.env["hr.version"]._fields["departure_date"]
        self.env.invalidate_all()
        with patch.object(field, "store", False):
            for read in (
                lambda: self.pso.total_fte,
                lambda: self.pso.check_ids.mapped("count"),
                lambda: self.env["pso.status"].search([])[0].counting_note,
            ):
                self.env.invalidate_all()
                with self.assertRaisesRegex(UserError, "hr.version.departure_date"):
                    read()

    def test_it_is_said_when_the_server_starts(self):
        field = self.env["account.move"]._fields["invoice_date"]
        with (
            patch.object(field, "store", False),
            self.assertLogs("odoo.addons.pso_odoo", "WARNING") as log,
        ):
            self.env["pso.measurement"]._register_hook()
        self.assertIn("account.move.invoice_date", log.output[0])

    def test_nothing_is_said_where_all_is_stored(self):
        self.assertEqual(list(columns.complaints(self.env)), [])

    # -- what can be read all the same ---------------------------------------

    def test_hours_that_are_derived_and_not_stored(self):
        """As with an app that plans schedules: the column says nothing."""
        calendars = self.env["resource.calendar"]
        field = calendars._fields["hours_per_week"]

        def derive(records):
            for record in records:
                record.hours_per_week = 24 if record == self.calendar(24) else 36

        self.calendar(24)
        self.env.flush_all()
        self.env.cr.execute("UPDATE resource_calendar SET hours_per_week = 0")
        self.env.invalidate_all()
        with (
            patch.object(field, "store", False),
            patch.object(field, "compute", derive),
        ):
            self.assertEqual(self.person.version_id.pso_hours, 24)
            self.assertAlmostEqual(self.pso.total_fte, 0.6, 12)
            self.assertAlmostEqual(self.pso.direct_fte, 0.6, 12)
            complaints = list(columns.complaints(self.env))
            self.assertEqual(len(complaints), 1)
            self.assertIn("resource.calendar.hours_per_week", complaints[0])
        self.env.invalidate_all()
        self.assertEqual(self.pso.total_fte, 0)
