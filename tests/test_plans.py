"""What PostgreSQL makes of our reports: none compares every fact with every other.

With a few rows any plan will do, and a planner that expects a few chooses one that is
good for no more. So there are many here, of which it has statistics.
"""

import json

from common import PsoCase

from odoo.tests import tagged
from odoo.tools import SQL

TABLES = (
    *("account_move", "pso_certificate", "pso_edition", "pso_level"),
    *("pso_measurement", "pso_measurement_res_company_rel"),
    *("res_company", "res_partner"),
)
VENDORS, BILLS = 300, 3000
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
        for table in TABLES:
            cls.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

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

    def test_no_report_holds_every_fact_against_every_other(self):
        reports = [
            self.env[name]
            for name, model in sorted(self.env.registry.models.items())
            if name.startswith("pso.") and not model._auto and not model._abstract
        ]
        self.assertGreater(len(reports), 8)
        for report in reports:
            with self.subTest(report._name):
                nodes = self._nodes(
                    SQL("SELECT * FROM (%s) AS line", report._table_query)
                )
                in_vain = max(
                    node.get("Rows Removed by Join Filter", 0) * node["Actual Loops"]
                    for node in nodes
                )
                self.assertLessEqual(in_vain, MOST * BILLS)

    def test_there_is_something_to_compare(self):
        lines = self.env["pso.supplier.line"].search(
            [("measurement_id", "=", self.measured.id)]
        )
        self.assertEqual(len(lines), VENDORS + 1)
        self.assertEqual(sum(lines.mapped("bill_count")), BILLS + 1)
