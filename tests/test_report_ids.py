"""The ids of reports: the same in every query, each its own, made by nobody else."""

from common import PsoCase

from odoo.tests import tagged
from odoo.tools import SQL

# Its rows are lines of bills and orders, and have their numbers.
OF_CORE = {"pso.purchase.report", "pso.purchase.exception"}
LARGEST = 2**53


@tagged("post_install", "-at_install")
class TestReportIds(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        person = cls.employee(name="Erika")
        cls.status(person, evidence_state="missing")
        for number in range(5):
            cls.employee(name=f"Other {number}")
        cls.bill(cls.social_vendor(), 100)
        category = cls.env["product.category"].create(
            {"name": "Expected", "pso_certified_vendor": "expected"}
        )
        line = cls.order_line(100, product_id=cls.product(categ_id=category.id).id)
        cls.order(
            *(cls.vendor("Plain"), 100), order_line=[line], pso_reason="Nobody else"
        )
        cls.live = cls.measurement()
        cls.locked = cls.measurement(start="2024-01-01", end="2024-12-31")
        cls.locked.action_lock()
        cls.env.flush_all()

    def reports(self):
        names = [
            name
            for name, model in self.env.registry.items()
            if name.startswith("pso.") and not (model._auto or model._abstract)
        ]
        self.assertGreaterEqual(len(names), 7)
        return [self.env[name] for name in names]

    def ids(self, model):
        self.env.invalidate_all()
        return model.with_context(active_test=False).search([]).ids

    def change_key(self):
        self.env.cr.execute(
            "UPDATE pso_report_key SET seeds = ARRAY[11, 12, 13]::bigint[]"
        )

    def test_they_are_the_same_in_every_query(self):
        for model in self.reports():
            ids = self.ids(model)
            self.assertTrue(ids, model._name)
            self.assertEqual(ids, self.ids(model))
            for number in ids[:5]:
                self.assertEqual(model.search([("id", "=", number)]).ids, [number])

    def test_each_row_has_its_own(self):
        for model in self.reports():
            query = SQL("SELECT COUNT(*), COUNT(DISTINCT id) FROM %s", model._table_sql)
            [(rows, ids)] = self.env.execute_query(query)
            self.assertEqual(rows, ids, model._name)
            for number in self.ids(model):
                self.assertTrue(0 < number < LARGEST)

    def test_nobody_makes_them_without_the_key(self):
        before = {model: set(self.ids(model)) for model in self.reports()}
        self.change_key()
        for model, ids in before.items():
            with self.subTest(model._name):
                same = ids & set(self.ids(model))
                self.assertEqual(len(same), len(ids) * (model._name in OF_CORE))

    def test_neighbours_are_no_neighbours(self):
        for measurement in (self.live, self.locked):
            ids = sorted(measurement.person_line_ids.ids)
            gaps = [
                later - earlier for earlier, later in zip(ids, ids[1:], strict=False)
            ]
            self.assertGreater(min(gaps), 100000)

    def test_large_numbers_do_not_collide(self):
        """Of measurements, employees and days of any size and kind."""
        rows = SQL(
            """
            (SELECT measurement_id, employee_id, kind, period_start,
                period_start + day AS date_from
            FROM unnest(ARRAY[1, 2, 65535]) AS measurement_id,
                unnest(ARRAY[1, 2, 8191, 8192, 8388607, 1000000000, 2147483647])
                    AS employee_id,
                generate_series(0, 4095, 5) AS day,
                unnest(ARRAY['staff', 'group']) AS kind,
                (VALUES (DATE '2025-01-01')) AS period (period_start)) AS live
            """
        )
        [(count, distinct, least, most)] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), COUNT(DISTINCT id), MIN(id), MAX(id) "
                "FROM (SELECT %s AS id FROM %s) AS line",
                self.env["pso.person.line"]._sql_live_id(),
                rows,
            )
        )
        self.assertEqual(count, 3 * 7 * 820 * 2)
        self.assertEqual(distinct, count)
        self.assertGreaterEqual(least, 0)
        self.assertLess(most, LARGEST // 2)

    def test_the_key_is_no_record(self):
        """No model leads to it, and so no right."""
        tables = {model._table for model in self.env.registry.values()}
        self.assertNotIn("pso_report_key", tables)
        [(rows, seeds)] = self.env.execute_query(
            SQL("SELECT COUNT(*), MAX(array_length(seeds, 1)) FROM pso_report_key")
        )
        self.assertEqual((rows, seeds), (1, 3))

    def test_an_upgrade_keeps_the_key(self):
        before = self.env.execute_query(SQL("SELECT seeds FROM pso_report_key"))
        self.env["pso.report.mixin"].init()
        after = self.env.execute_query(SQL("SELECT seeds FROM pso_report_key"))
        self.assertEqual(before, after)
