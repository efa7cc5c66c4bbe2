"""What PostgreSQL makes of our reports: none compares every fact with every other.

With a few rows any plan will do, and a planner that expects a few chooses one that is
good for no more. So there are many here, of which it has statistics.
"""

import json
from dataclasses import replace

from common import PsoCase

from odoo.fields import Date
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.pso_odoo.models.measurement.look import _sql_asking
from odoo.addons.pso_odoo.reports.dashboard.pso_dashboard import DETAILS, HEAD

TABLES = (
    *("account_move", "hr_employee", "hr_version", "pso_certificate", "pso_edition"),
    *("pso_level", "pso_measurement", "pso_measurement_res_company_rel"),
    *("pso_status", "res_company", "res_partner"),
)
VENDORS, BILLS = 300, 3000
# Half of them are one person with another one each.
PEOPLE = 1200
# How often a fact may be held against others that are not its own.
MOST = 20


@tagged("post_install", "-at_install")
class TestPlans(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.measured = cls.measurement()
        # As in a company that keeps last year's beside this year's.
        cls.measurement(date_start="2024-01-01", date_end="2024-12-31")
        vendor = cls.vendor()
        certificate = cls.certificate(vendor, evidence_state="verified")
        bill = cls.bill(vendor, 1000)
        cls.env.flush_all()
        vendors = cls._copies(vendor, VENDORS)
        cls._copies(certificate, VENDORS, partner_id=vendors)
        buyers = {"partner_id": vendors, "commercial_partner_id": vendors}
        cls._copies(bill, BILLS, name=[f"P{n}" for n in range(BILLS)], **buyers)
        cls._hire(PEOPLE)
        for table in TABLES:
            cls.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    @classmethod
    def _hire(cls, count):
        """Make people with a status, of whom every other has a second job."""
        employee = cls.employee(20)
        status = cls.status(employee)
        cls.env.flush_all()
        version = employee.version_id
        contacts = cls._copies(employee.work_contact_id, count)
        employees = cls._copies(employee, count, work_contact_id=contacts)
        numbers = [f"{n - (n % 4 == 1):09}" for n in range(count)]
        cls._copies(version, count, employee_id=employees, ssnid=numbers)
        cls._copies(status, count, employee_id=employees)

    @classmethod
    def _copies(cls, record, count, **values):
        """Copy a record's row; other values in turn, and return the ids of the new."""
        rows = [
            json.dumps({name: each[n % len(each)] for name, each in values.items()})
            for n in range(count)
        ]
        found = cls.env.execute_query(
            SQL(
                """
                INSERT INTO %(table)s SELECT copy.*
                FROM %(table)s AS original
                CROSS JOIN unnest(%(rows)s::jsonb[]) AS other
                CROSS JOIN LATERAL jsonb_populate_record(original,
                    other || jsonb_build_object('id', nextval(%(sequence)s))) AS copy
                WHERE original.id = %(id)s
                RETURNING id
                """,
                table=SQL.identifier(record._table),
                rows=rows,
                sequence=f"{record._table}_id_seq",
                id=record.id,
            )
        )
        return [number for (number,) in found]

    def _nodes(self, query):
        """Run a query, and list the nodes of the plan by which it was run."""
        explain = SQL("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) %s", query)
        [[[plan]]] = self.env.execute_query(explain)
        nodes = [plan["Plan"]]
        for node in nodes:
            nodes.extend(node.get("Plans", ()))
        return nodes

    def assertFewInVain(self, query):
        """Rows of a join that are left out again by what else they have to have."""
        in_vain = max(
            node.get("Rows Removed by Join Filter", 0) * node["Actual Loops"]
            for node in self._nodes(query)
        )
        self.assertLessEqual(in_vain, MOST * BILLS)

    def test_no_report_holds_every_fact_against_every_other(self):
        reports = [
            self.env[name]
            for name, model in sorted(self.env.registry.models.items())
            if name.startswith("pso.") and not model._auto and not model._abstract
        ]
        self.assertGreater(len(reports), 8)
        for report in reports:
            with self.subTest(report._name):
                self.assertFewInVain(
                    SQL("SELECT * FROM (%s) AS line", report._table_query)
                )

    def test_nor_does_a_page_of_the_dashboard(self):
        dashboard = self.env["pso.dashboard"]
        company, edition = self.company, self.measured.edition_id
        measured = self.measured.sudo()._window()
        for window in (measured, replace(measured, number=0)):
            course = dashboard._course(window, Date.today())
            for part in (HEAD, DETAILS):
                with self.subTest(part, is_measurement=bool(window.number)):
                    asked = dashboard._questions(
                        company, window, course, edition, [part]
                    )
                    self.assertFewInVain(_sql_asking(*asked))

    def test_who_shares_a_number_stands_side_by_side_in_an_index(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        nodes = self._nodes(self.env["hr.employee"]._sql_pso_marks())
        used = {
            node["Index Name"].rpartition("_pso_")[2]
            for node in nodes
            if node["Node Type"] == "Index Only Scan"
        }
        self.assertLessEqual({"identification", "passport", "ssn"}, used)
        sorted_by = str([node.get("Sort Key") for node in nodes])
        self.assertNotIn("btrim", sorted_by)

    def test_there_is_something_to_compare(self):
        lines = self.env["pso.supplier.line"].search(
            [("measurement_id", "=", self.measured.id)]
        )
        self.assertEqual(len(lines), VENDORS + 1)
        self.assertEqual(sum(lines.mapped("bill_count")), BILLS + 1)
        persons = self.env["hr.employee"]._pso_persons()
        self.assertEqual(len(persons), PEOPLE / 2)
