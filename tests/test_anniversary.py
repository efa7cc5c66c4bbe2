"""Periods of months end on the day before their anniversary, in Python and in SQL."""

from datetime import date, timedelta

from common import PsoCase

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.pso_odoo.tools.anniversary import (
    last_day_of_months,
    sql_last_day_of_months,
)

MONTHS = (0, 1, 2, 6, 11, 12, 13, 24, 36, 48, 60, 120)


@tagged("post_install", "-at_install")
class TestAnniversary(PsoCase):
    def test_the_last_day(self):
        for start, months, last in (
            ("2025-07-01", 6, "2025-12-31"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-28"),
            ("2023-03-01", 12, "2024-02-29"),
            ("2024-08-31", 6, "2025-02-28"),
            ("2024-08-30", 6, "2025-02-28"),
            ("2024-08-29", 6, "2025-02-28"),
            ("2024-08-28", 6, "2025-02-27"),
            ("2025-10-31", 1, "2025-11-30"),
            ("2025-01-31", 1, "2025-02-28"),
            ("9999-12-01", 1, "9999-12-31"),
        ):
            with self.subTest(start=start, months=months):
                found = last_day_of_months(date.fromisoformat(start), months)
                self.assertEqual(str(found), last)

    def test_sql_says_the_same_of_every_day_of_four_years(self):
        first = date(2023, 1, 1)
        days = [first + timedelta(days=n) for n in range(4 * 365 + 1)]
        day, months = SQL("day::date"), SQL("months")
        rows = self.env.execute_query(
            SQL(
                "SELECT day::date, months, %s FROM unnest(%s) AS day, "
                "unnest(%s) AS months",
                sql_last_day_of_months(day, months),
                days,
                list(MONTHS),
            )
        )
        self.assertEqual(len(rows), len(days) * len(MONTHS))
        for start, count, last in rows:
            self.assertEqual(last, last_day_of_months(start, count), (start, count))


@tagged("post_install", "-at_install")
class TestLeapDay(PsoCase):
    def test_a_certificate(self):
        certificate = self.env["pso.certificate"].new(
            {"partner_id": self.vendor().id, "date_start": "2024-02-29"}
        )
        self.assertEqual(str(certificate.date_end), "2026-02-28")

    def test_a_counting_period(self):
        status = self.status(self.employee(), "pw", "2020-02-29")
        measurement = self.measurement()
        line = measurement.person_line_ids.filtered("status_id")
        self.assertEqual(line.status_id, status)
        self.assertEqual(str(line.counted_to), "2025-02-28")

    def test_the_longest_period_of_a_form(self):
        self.status(self.employee(), start="2022-08-31", form="placement")
        line = self.measurement().person_line_ids.filtered("status_id")
        self.assertEqual(str(line.counted_to), "2025-08-30")
