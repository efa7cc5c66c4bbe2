"""A period that says what it is: of a measurement, or of nothing that is stored."""

from dataclasses import FrozenInstanceError, replace

from common import PsoCase

from odoo.fields import Command, Date
from odoo.tests import tagged

from odoo.addons.pso_odoo.models.measurement.window import Periods, Window


@tagged("post_install", "-at_install")
class TestWindow(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sister = cls.env["res.company"].create({"name": "Sister"})
        cls.employee()
        cls.status(cls.employee())
        cls.employee(company_id=cls.sister.id)
        cls.bill(cls.social_vendor(), 1000)
        cls.pso = cls.measurement(
            correction_ids=[
                Command.create(
                    {"kind": "total_fte", "amount": 3, "reason": "x", "source": "y"}
                )
            ]
        )
        cls.of_measurement = cls.pso._window()

    def figures(self, *windows):
        found = self.env["pso.measurement"].sudo()._figures_of(windows)
        return [found[window] for window in windows]

    def test_any_number_at_once(self):
        """Of measurements and of none, by days and by scope: each as if it were one."""
        plain = replace(self.of_measurement, number=0)
        half = replace(plain, start=Date.to_date("2025-07-01"))
        both = replace(plain, companies=self.company | self.sister)
        windows = [plain, self.of_measurement, half, both, plain.with_env(self.env)]
        alone = [self.figures(window)[0] for window in windows]
        self.assertEqual(self.figures(*windows), alone)
        self.assertEqual([each["total_fte"] for each in alone], [2, 5, 2, 3, 2])

    def test_corrections_are_of_their_measurement_alone(self):
        plain = replace(self.of_measurement, number=0)
        figures = self.figures(plain, self.of_measurement)
        self.assertEqual([each["has_corrections"] for each in figures], [False, True])
        self.assertFalse(plain.measurement)
        self.assertEqual(self.of_measurement.measurement, self.pso)

    def test_the_first_company_is_the_one_that_is_certified(self):
        """Also where it is not the first by name or sequence."""
        self.sister.sequence = -1
        measurement = self.measurement(company_ids=(self.sister | self.company).ids)
        window = measurement._window()
        self.assertEqual(window.companies.ids, (self.company | self.sister).ids)
        self.assertEqual(window.company, self.company)

    def test_an_archived_company_stays_in_it(self):
        measurement = self.measurement(company_ids=(self.company | self.sister).ids)
        self.assertEqual(measurement.total_fte, 3)
        self.sister.active = False
        self.assertEqual(measurement._window().companies, self.company | self.sister)
        self.assertEqual(measurement.total_fte, 3)

    def test_it_stays_what_it_is(self):
        with self.assertRaises(FrozenInstanceError):
            self.of_measurement.end = Date.to_date("2024-12-31")

    def test_sql_finds_it_in_no_table(self):
        for periods in (
            Periods.of([self.of_measurement]),
            Periods.of([Window(self.company, *self.days(), self.edition)]),
        ):
            for sql in (periods.period, periods.scope):
                self.assertNotIn("pso_measurement", sql.code)
                self.env.execute_query(sql)

    def days(self):
        return self.of_measurement.start, self.of_measurement.end
