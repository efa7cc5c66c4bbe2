"""The rolling score: every point is the score of a year, past or expected."""

import math
import random
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from common import PsoCase
from dateutil.relativedelta import relativedelta
from oracle import calculate, world_of_year
from random_world import random_editions, random_world, settle
from test_properties import WorldWriter

from odoo import fields
from odoo.tests import freeze_time, tagged

from odoo.addons.pso_odoo.tools.score import EXACT, fte_bought

WORLDS = 90
YEAR = relativedelta(years=1)
DAY = relativedelta(days=1)
# What a point says, and what the slow calculation calls it.
POINT = {
    "direct": "direct_percentage",
    "indirect": "indirect_counted_percentage",
    "total": "total_percentage",
    "proven": "proven_total_percentage",
}


@tagged("post_install", "-at_install")
class TestTrendOfRandomCompanies(PsoCase):
    def test_points_are_those_of_the_slow_calculation(self):
        """Years that are over, and years for which last year's purchases come again."""
        rng = random.Random(0)
        editions = random_editions(rng, "random", 6)
        worlds = [
            random_world(random.Random(seed), editions, 1) for seed in range(WORLDS)
        ]
        for world in (*worlds[::3], *worlds[1::3]):
            settle(world)
        measurements = WorldWriter(self.env, self.company, editions).write(worlds)
        indirect_ahead = 0
        for seed, (world, measurement) in enumerate(
            zip(worlds, measurements, strict=True)
        ):
            rng = random.Random(seed)
            today = world.start + relativedelta(days=rng.randint(100, 500))
            around = [today + DAY * rng.randint(-400, 370) for _ in range(5)]
            ends = sorted({today, *around})
            points = self.env["pso.trend"]._points(
                measurement.company_ids, measurement.edition_id, ends, today
            )
            for end, point in zip(ends, points, strict=True):
                with self.subTest(seed=seed, end=str(end), today=str(today)):
                    expected = calculate(world_of_year(world, end, today))
                    self._check(point, expected)
                    self.assertEqual(point["is_outlook"], end > today)
                    indirect_ahead += end > today and point["indirect"] > 0
        self.assertGreater(indirect_ahead, 10, "Hardly any purchases ahead")

    def _check(self, point, expected):
        for name, figure in POINT.items():
            self.assertTrue(
                math.isclose(
                    point[name], expected[figure], rel_tol=1e-9, abs_tol=1e-12
                ),
                f"{name}: {point[name]} and not {float(expected[figure])}",
            )
        level = self.env["pso.level"].browse(point["level"] or []).code or None
        self.assertEqual(level, expected["level"])


@tagged("post_install", "-at_install")
class TestSums(PsoCase):
    """What is added up for all windows at once, against window by window.

    Equal to the last digit: numbers here have more of them than decimals usually keep.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rng = random.Random(1)
        today = fields.Date.to_date("2026-11-21")
        ends = [today + DAY * 23 * n for n in range(-30, 20)]
        cls.trend = cls.env["pso.trend"]
        edition = cls.env["pso.edition"]._all()[:1]
        cls.course = cls.trend._course(cls.company, edition, ends, today)

    def _number(self, digits, low, high):
        """A decimal with so many digits after the point."""
        return Decimal(self.rng.randint(low * 10**digits, high * 10**digits)).scaleb(
            -digits, EXACT
        )

    def test_purchases(self):
        """With refunds, turnovers that are reached, and suppliers without figures."""
        rows = [
            self._bought(partner, year)
            for partner in range(-150, 0)
            for year in sorted(self.rng.sample(range(2023, 2028), 3))
        ]
        sums = self.trend._purchases(self.course, rows)
        self.assertEqual(sums, [self._fte(rows, place) for place in self.course.places])

    def _bought(self, partner, year):
        rng, borders = self.rng, self.course.borders
        least = rng.choice([0, -1, -5])
        some = range(1, len(borders) + 1)
        numbers = sorted(rng.sample(some, rng.randint(1, 6)))
        amounts = [self._number(15, least, 20) for _number in numbers]
        proven = [rng.choice([amount, 0]) for amount in amounts]
        few, many = self._number(2, 20, 25), self._number(2, 500, 900)
        turnover = rng.choice([None, few, many])
        rate = turnover and self._number(30, 0, 1)
        return partner, year, numbers, amounts, proven, turnover, rate

    def _fte(self, rows, place):
        begin, end, first_year, last_year = place
        fte = [0, 0]
        for _partner, years in groupby(rows, lambda row: row[0]):
            figures = defaultdict(lambda: (0, 0))
            balances = defaultdict(lambda: [0, 0])
            for _, year, numbers, amounts, proven, turnover, rate in years:
                figures[year] = Fraction(turnover or 0), Fraction(rate or 0)
                within = year if first_year <= year <= last_year else first_year
                for number, *both in zip(numbers, amounts, proven, strict=True):
                    if begin <= number < end:
                        for kind, amount in enumerate(both):
                            balances[within][kind] += Fraction(amount)
            ordered = sorted(balances)
            for kind in range(2):
                bought = [balances[year][kind] for year in ordered]
                fte[kind] += fte_bought(figures, ordered, bought)
        return fte

    def test_people(self):
        """Of two full-time weeks, with several changes on a day."""
        days = range(self.course.hull.start.toordinal() - 50, 740_500)
        rows = [
            (hours, day, *[self._number(30, -3, 4) for _quantity in range(3)])
            for hours in (36, Decimal("38.75"))
            for day in sorted(self.rng.choices(days, k=60))
        ]
        sums = self.trend._people_sums(self.course, rows)
        for window_sums, window in zip(sums, self.course.windows, strict=True):
            first, last = (day.toordinal() for day in window)
            expected = [0, 0, 0]
            for hours, day, *changes in rows:
                part = Fraction(max(last + 1 - max(day, first), 0), last + 1 - first)
                for n, change in enumerate(changes):
                    expected[n] += part * Fraction(change) / Fraction(hours)
            self.assertEqual(window_sums, expected)


@tagged("post_install", "-at_install")
class TestTrend(PsoCase):
    @freeze_time("2026-11-21")
    def test_months_shown(self):
        """24 month ends back, today, and 12 month ends ahead."""
        trend = self._rolling()
        dates = [point["date"] for point in trend]
        self.assertEqual(len(dates), 37)
        self.assertEqual(dates[0], "2024-11-30")
        self.assertEqual(dates[23:26], ["2026-10-31", "2026-11-21", "2026-11-30"])
        self.assertEqual(dates[-1], "2027-10-31")
        outlook = [point["date"] for point in trend if point["is_outlook"]]
        self.assertEqual(outlook, dates[25:])

    @freeze_time("2026-02-28")
    def test_months_shown_on_the_last_of_a_month(self):
        dates = [point["date"] for point in self._rolling()]
        self.assertEqual(dates[0], "2024-02-29")
        self.assertEqual(dates[23:26], ["2026-01-31", "2026-02-28", "2026-03-31"])
        self.assertEqual(dates[-1], "2027-02-28")

    @freeze_time("2026-01-31")
    def test_outlook_knows_what_ends(self):
        """A contract and a certificate that end take from the years to come."""
        for _ in range(3):
            self.employee()
        self.status(self.employee(end="2026-07-31"), end=None)
        vendor = self.vendor()
        self.certificate(vendor, "2025-01-01", "2026-06-30")
        self.figures(vendor)
        for month in range(1, 13):
            self.bill(vendor, 100, date=f"2025-{month:02}-15")
        points = {point["date"]: point for point in self._rolling()}
        today, last = points["2026-01-31"], points["2027-01-31"]
        self.assertAlmostEqual(today["direct"], 25)
        # 181 of 365 days of four people, one of whom left after them.
        part = 181 / 365
        self.assertAlmostEqual(last["direct"], 100 * part / (3 + part))
        # Of the twelve bills of a year the five from February to June come again.
        fte = 5 * 100 / 1000 * 10 * 0.5
        self.assertAlmostEqual(last["indirect"], 100 * fte / (3 + part + fte))

    def test_trend_of_a_measurement_ends_with_its_score(self):
        self.status(self.employee())
        self.employee()
        self.bill(self.social_vendor(), 100)
        measurement = self.measurement()
        trend = measurement._trend()
        self.assertEqual(len(trend), 25)
        self.assertEqual(trend[0]["date"], "2023-12-31")
        self.assertEqual(trend[-1]["date"], "2025-12-31")
        self.assertFalse(any(point["is_outlook"] for point in trend))
        self.assertAlmostEqual(trend[-1]["total"], measurement.total_percentage)
        self.assertEqual(trend[-1]["norms"], measurement.norms)

    def test_points_of_a_period_to_the_end_of_a_month_are_month_ends(self):
        """And else the same day of each month, or its last where it has no such day."""
        for end, first, some in (
            ("2025-06-30", "2023-06-30", ("2025-03-31", "2025-05-31", "2024-02-29")),
            ("2025-02-28", "2023-02-28", ("2025-01-31", "2024-02-29", "2024-04-30")),
            ("2024-02-29", "2022-02-28", ("2024-01-31", "2023-02-28", "2023-12-31")),
            ("2025-04-30", "2023-04-30", ("2025-03-31", "2025-02-28", "2024-12-31")),
            ("2024-02-28", "2022-02-28", ("2024-01-28", "2023-02-28", "2023-12-28")),
            ("2025-08-30", "2023-08-30", ("2025-07-30", "2025-02-28", "2024-02-29")),
            ("2025-06-15", "2023-06-15", ("2025-05-15", "2025-02-15", "2023-07-15")),
        ):
            with self.subTest(end=end):
                year = fields.Date.to_date(end) + DAY - YEAR
                points = self.measurement(str(year), end)._trend()
                dates = [point["date"] for point in points]
                self.assertEqual((len(dates), dates[0], dates[-1]), (25, first, end))
                self.assertLessEqual(set(some), set(dates))

    def test_trend_of_a_locked_measurement_stays(self):
        status = self.status(self.employee())
        measurement = self.measurement()
        trend = measurement._trend()
        self.assertGreater(trend[-1]["total"], 0)
        measurement.action_lock()
        status.unlink()
        self.assertEqual(measurement._trend(), trend)

    def _rolling(self):
        today = fields.Date.today()
        return self.env["pso.trend"]._rolling(self.company, self.edition, today)
