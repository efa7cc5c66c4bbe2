import sys

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.sql_db import db_connect
from odoo.tools import SQL, config, sql

MODULE = "pso_odoo"
STATES = {("installed",), ("to upgrade",)}


class PsoVerify(Command):
    """Verify the seals of locked PSO measurements.

    Prints the chain of each company and everything that is not as it was sealed. Ends
    with 0 if all is intact, 1 if something was changed, 2 if it could not look.
    """

    name = "pso_verify"

    def run(self, cmdargs):
        self.parser.add_argument(
            "-c", "--config", help="use a specific configuration file"
        )
        self.parser.add_argument("-d", "--database", help="the database to look into")
        options = self.parser.parse_args(cmdargs)
        arguments = ["--no-http", "--log-level=warn"]
        if options.config:
            arguments += ["-c", options.config]
        if options.database:
            arguments += ["-d", options.database]
        config.parse_config(arguments, setup_logging=True)
        names = config["db_name"]
        if not names or len(names) > 1:
            self.parser.error("name one database: -d NAME")
        sys.exit(self._verify_database(names[0]))

    def _verify_database(self, name):
        """Print what is found in a database and return the exit code."""
        try:
            problem = self._problem(name)
        except psycopg2.OperationalError as error:
            problem = str(error).strip()
        if problem:
            sys.stderr.write(f"{name}: {problem}\n")
            return 2
        with Registry(name).cursor(readonly=True) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
            return self._verify_companies(env)

    def _problem(self, name):
        """Say why a database cannot be looked into, if so."""
        with db_connect(name).cursor() as cr:
            if not sql.table_exists(cr, "ir_module_module"):
                return "not a database of Odoo."
            cr.execute("SELECT state FROM ir_module_module WHERE name = %s", [MODULE])
            if cr.fetchone() not in STATES:
                return f"the addon {MODULE} is not installed."
            if not sql.table_exists(cr, "pso_seal"):
                return f"upgrade the addon {MODULE} first."
            return None

    def _verify_companies(self, env):
        rows = env.execute_query(
            SQL(
                "SELECT company_id FROM pso_seal UNION "
                "SELECT company_id FROM pso_measurement UNION "
                "SELECT company_id FROM pso_log UNION "
                "SELECT company_id FROM pso_log_link UNION "
                "SELECT company_id FROM pso_log_head ORDER BY 1"
            )
        )
        results = [self._verify_company(env, number) for (number,) in rows]
        if not results:
            sys.stdout.write("No measurement was ever locked.\n")
        return 0 if all(results) else 1

    def _verify_company(self, env, number):
        """Print the chain of a company and return whether all of it is intact."""
        seals = env["pso.seal"]
        company = env["res.company"].browse(number).exists()
        head = seals._head(number)
        verification = seals._verify(number)
        lines = [
            company.name or f"Company {number}, which is gone",
            f"  Seals    {head['number']}",
            f"  Digest   {head['digest'] or '-'}",
            *(f"  CHANGED  {finding}" for finding in verification.findings),
            *(f"  Note     {note}" for note in verification.notes),
            *(f"  LIMIT    {limit}" for limit in verification.limits),
        ]
        if not verification.findings:
            lines.append("  Intact")
        sys.stdout.write("\n".join([*lines, "", ""]))
        return not verification.findings
