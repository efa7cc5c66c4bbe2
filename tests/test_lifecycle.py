"""Installing, upgrading and uninstalling, on a database of its own."""

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2

from odoo.sql_db import close_db, connection_info_for, db_connect
from odoo.tests import BaseCase, tagged

TEMPLATE = "pso_base"  # hr, purchase and l10n_nl: what dev/ starts every database from
DATABASE = "pso_lifecycle"
RULES = "pso_lifecycle_rules"
HERE = Path(__file__).parent
PROBLEM = re.compile(r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) .*", re.MULTILINE)
# What an addon leaves its traces in: the schema, and the tables of core that describe
# models, views, access and data.
SCHEMA = """
    SELECT 'column', table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass::text, conname FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', tablename, indexname FROM pg_indexes
        WHERE schemaname = 'public'
"""
NORM_ENTERED_ANEW = """
    WITH norm AS (DELETE FROM pso_norm WHERE size_fte = 2 RETURNING *)
    INSERT INTO pso_norm (edition_id, level_id, size_fte, percentage)
        SELECT edition_id, level_id, size_fte, percentage FROM norm
"""
# What names what the addon brought: a campaign its mail templates, a measurement its
# edition and what it shows, which are noted as they go.
WORK = """
env["pso.campaign"].create({"name": "Asked"})
year = {"date_start": "2025-01-01", "date_end": "2025-12-31"}
env["pso.measurement"].create({"name": "2025", **year}).action_lock()
env.cr.commit()
"""
DESCRIPTIONS = {
    "ir_model": "model",
    "ir_model_fields": "model || '.' || name",
    "ir_model_constraint": "name",
    "ir_model_relation": "name",
    "ir_model_access": "name",
    "ir_model_data": "module || '.' || name",
    "ir_rule": "name::text",
    "ir_ui_view": "name",
    "ir_ui_menu": "name::text",
    "ir_actions": "name::text",
    "ir_config_parameter": "key",
    "ir_cron": "cron_name",
    "res_groups": "name::text",
    "res_groups_privilege": "name::text",
    "ir_module_category": "name::text",
    "ir_attachment": "COALESCE(res_model, '') || ':' || COALESCE(res_field, '')"
    " || ':' || COALESCE(name, '')",
}
# Core caches compiled stylesheets and scripts as attachments, with or without us.
CACHED = re.compile(r"web\.assets|\.min\.(?:js|css)|/web/assets")


@tagged("post_install", "-at_install")
class TestLifecycle(BaseCase):
    """The addon comes and goes: no warning, and no trace of it is left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in (DATABASE, RULES):
            drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
            cls._administer(drop)
            cls.addClassCleanup(cls._administer, drop)
        cls._administer(f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE}")

    @staticmethod
    def _administer(statement):
        _name, info = connection_info_for("postgres")
        with closing(psycopg2.connect(**info)) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)

    def _odoo(self, *arguments, **options):
        """Run Odoo's command line on the database and return its log."""
        run = subprocess.run(
            [sys.executable, "-m", "odoo", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ,
            **options,
        )
        self.assertEqual(run.returncode, 0, run.stderr[-4000:])
        return run.stderr

    def _traces(self):
        """Everything in the database that an addon could have put there."""
        with db_connect(DATABASE).cursor() as cr:
            cr.execute(SCHEMA)
            traces = set(cr.fetchall())
            for table, expression in DESCRIPTIONS.items():
                cr.execute(
                    f"SELECT %s, {expression}, COUNT(*) FROM {table} GROUP BY 2",
                    [table],
                )
                traces.update(cr.fetchall())
        return {trace for trace in traces if not CACHED.search(str(trace))}

    def _load(self, option):
        log = self._odoo(
            "-d", DATABASE, option, "pso_odoo", "--stop-after-init", "--no-http"
        )
        self.assertFalse(PROBLEM.findall(log), option)

    def _edit_rule_book(self):
        """What a user may do: enter a norm anew, and delete a rule.

        :return: the number of rules that are left
        """
        with db_connect(DATABASE).cursor() as cr:
            cr.execute(NORM_ENTERED_ANEW)
            cr.execute("DELETE FROM pso_form_rule WHERE weight = 0")
        return self._count_form_rules()

    def _count_form_rules(self):
        with db_connect(DATABASE).cursor() as cr:
            cr.execute("SELECT COUNT(*) FROM pso_form_rule")
            return cr.fetchone()[0]

    def _work(self):
        """Make what names data of the addon, and words that were noted."""
        self._odoo("shell", "-d", DATABASE, "--no-http", input=WORK)

    def _try_rules(self):
        """Have an administrator make automation rules, on a copy with that addon."""
        close_db(DATABASE)
        self._administer(f"CREATE DATABASE {RULES} TEMPLATE {DATABASE}")
        options = ("--stop-after-init", "--no-http")
        self._odoo("-d", RULES, "--init", "base_automation", *options)
        script = (HERE / "automation_rules.py").read_text()
        self._odoo("shell", "-d", RULES, "--no-http", input=script)

    def test_install_upgrade_uninstall(self):
        """An upgrade leaves the rule book to its users, whatever they did to it."""
        before = self._traces()
        self._load("--init")
        rules = self._edit_rule_book()
        self._load("--update")
        self.assertEqual(self._count_form_rules(), rules)
        installed = self._traces()
        self._work()
        self._try_rules()
        self.assertIn(("column", "pso_measurement", "date_start"), installed)
        log = self._odoo("module", "uninstall", "-d", DATABASE, "pso_odoo")
        self.assertFalse(PROBLEM.findall(log), "uninstall")
        self.assertEqual(self._traces(), before)
