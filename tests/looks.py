"""What the addon says of random companies, held against the slow calculation.

A look reads one kind of what is derived, of some companies of a ``Batch``, and tells
what differs: ``Batch.figures(positions)`` yields sentences, none where all is the same.
"""

import math
import random
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from dateutil.relativedelta import relativedelta
from oracle import (
    PURCHASE_YEAR,
    calculate,
    counting,
    exact,
    missing_points,
    person_lines,
    purchase_years,
    world_of_year,
)
from oracle import score as score_of
from random_world import random_edition
from shipped import aspirants_count

from odoo.tests import freeze_time
from odoo.tools import SQL

from odoo.addons.pso_odoo.tools import score
from odoo.addons.pso_odoo.tools.score import Facts, Ladder

FIGURES = (
    "total_fte",
    "direct_fte",
    "direct_percentage",
    "indirect_fte",
    "indirect_percentage",
    "indirect_counted_percentage",
    "total_percentage",
    "gap_percentage",
    "proven_direct_percentage",
    "proven_indirect_percentage",
    "proven_total_percentage",
    "pso30_percentage",
    "pso30_regular_percentage",
)
FLAGS = (
    "is_complete",
    "is_level_certain",
    "is_pso30",
    "has_corrections",
    "are_weights_known",
)
LEVELS = {
    "level": "level_id",
    "next_level": "next_level_id",
    "proven_level": "proven_level_id",
}
# What a supplier line says, and what the slow calculation calls it.
SUPPLIER_LINE = {
    "amount": "amount",
    "amount_proven": "amount_proven",
    "amount_excluded": "amount_excluded",
    "amount_outside": "amount_outside",
    "amount_bills": "amount_bills",
    "amount_corrections": "amount_corrections",
    "bill_count": "bill_count",
    "indirect_fte": "indirect_fte",
    "proven_fte": "proven_fte",
    "figure_year": "figure_year",
    "is_estimate": "is_estimate",
    "turnover": "turnover",
    "supplier_fte": "supplier_fte",
    "direct_percentage": "supplier_percentage",
    "reason": "reason",
}
# Of a person line: what is kept in hours a week times days, and what that is in fte.
HOUR_DAYS = {
    "total_hour_days": "total_fte",
    "direct_hour_days": "direct_fte",
    "proven_hour_days": "proven_fte",
    "pso30_hour_days": "pso30_fte",
    "pso30_regular_hour_days": "pso30_regular_fte",
}


class Batch:
    """Companies that a ``WorldWriter`` wrote, with what is expected of them."""

    def __init__(self, writer, worlds, measurements):
        self.env = measurements.env
        self.writer = writer
        self.worlds = worlds
        self.measurements = measurements
        self._expected = {}

    def expected(self, kind, position, calculation, *args):
        """What the slow calculation says of one company, calculated once."""
        key = (kind, position, *args)
        if key not in self._expected:
            self._expected[key] = calculation(self.worlds[position], *args)
        return self._expected[key]

    def calculated(self, position):
        return self.expected("figures", position, calculate)

    @cached_property
    def codes(self):
        return {level.id: level.code for level in self.env["pso.level"].search([])}

    # -- figures -------------------------------------------------------------

    def figures(self, positions):
        """Figures, levels and flags."""
        measurements = self._measurements(positions).sudo()
        found = measurements._live_figures()
        for position, measurement in zip(positions, measurements, strict=True):
            figures, expected = found[measurement], self.calculated(position)
            yield from differences(
                position, figures, {name: expected[name] for name in FIGURES + FLAGS}
            )
            for name, fname in LEVELS.items():
                code = self.codes.get(figures[fname]) or None
                yield from differences(position, {name: code}, {name: expected[name]})

    def gaps(self, positions):
        """Hiring that many reaches the next level, and no smaller number does."""
        measurements = self._measurements(positions).sudo()
        found = measurements._live_figures()
        for position, measurement in zip(positions, measurements, strict=True):
            problem = _gap_problem(
                self.worlds[position].edition,
                self.calculated(position),
                found[measurement]["gap_fte"],
            )
            if problem:
                yield f"{position}: {problem}"

    def formula(self, positions):
        """The formula alone, of random facts on random ladders."""
        for position in positions:
            rng = random.Random(f"formula {position}")
            edition = random_edition(rng, "formula")
            facts = _random_facts(rng)
            if facts[1] and rng.random() < 0.15:
                # No edition has it, but the formula has a place for it.
                edition.indirect_max_share = 1
            ladder = Ladder(
                score.exact(edition.indirect_max_share),
                tuple(
                    (level, tuple(tuple(map(score.exact, row)) for row in rows))
                    for level, rows in edition.ladder
                ),
            )
            found = score.compute(Facts(*facts), ladder)
            expected = score_of(edition, *facts)
            names = {
                "direct": "direct_percentage",
                "indirect": "indirect_percentage",
                "counted": "indirect_counted_percentage",
                "total": "total_percentage",
                "level": "level",
                "next_level": "next_level",
            }
            yield from differences(
                position,
                {name: getattr(found, name) for name in names},
                {name: expected[own] for name, own in names.items()},
            )
            yield from differences(
                position,
                {"gap": found.gap or 0},
                {"gap": expected["gap_percentage"]},
            )
            problem = _gap_problem(edition, expected, found.gap_fte or 0)
            if problem:
                yield f"{position}: {problem}"

    # -- lines ---------------------------------------------------------------

    def people(self, positions):
        """Every person line, of the first of those that are alike."""
        found = self._lines(positions, "pso.person.line")
        for position in positions:
            lines = self._person_lines(position, found)
            expected = self.calculated_lines(position)
            yield from self._compared(position, lines, expected)

    def _person_lines(self, position, found):
        writer, world = self.writer, self.worlds[position]
        employees = {
            copies[0]: n
            for n, copies in enumerate(writer.employees[position])
            if copies
        }
        versions, statuses = (
            {
                number: (e, n)
                for e, numbers in enumerate(ids[position])
                for n, number in enumerate(numbers)
            }
            for ids in (writer.versions, writer.statuses)
        )
        lines = {}
        days = (world.end - world.start).days + 1
        for line in found[self.measurements[position].id]:
            employee = employees.get(line["employee_id"])
            if employee is None:
                continue
            status = line["status_id"] and statuses[line["status_id"]][1]
            key = (
                line["kind"],
                employee,
                versions[line["version_id"]][1],
                None if line["status_id"] is False else status,
                line["date_from"],
            )
            full = line["fulltime_hours"] * days
            lines[key] = line | {
                fte: line[name] / full for name, fte in HOUR_DAYS.items()
            }
            for fte in ("total_fte", "direct_fte"):
                if not math.isclose(lines[key][fte], line[fte], abs_tol=1e-9):
                    lines[key][fte] = f"{line[fte]} and {lines[key][fte]}"
        return lines

    def suppliers(self, positions):
        """Every supplier line."""
        found = self._lines(positions, "pso.supplier.line")
        for position in positions:
            partners = {
                number: n for n, number in enumerate(self.writer.suppliers[position])
            }
            certificates = {
                number: n
                for numbers in self.writer.certificates[position]
                for n, number in enumerate(numbers)
            }
            lines = {
                (partners[line["partner_id"]], line["year"]): line
                | {"certificate": certificates.get(line["certificate_id"])}
                for line in found[self.measurements[position].id]
            }
            expected = {
                key: {name: line[own] for name, own in SUPPLIER_LINE.items()}
                | {"certificate": line["certificate"]}
                for key, line in self.calculated(position)["suppliers"].items()
            }
            yield from self._compared(position, lines, expected)

    def _lines(self, positions, model):
        """The lines of measurements, each found once, by the measurement's id."""
        ids = self._measurements(positions).ids
        lines = self.env[model].search_read([("measurement_id", "in", ids)], load=None)
        by_measurement = defaultdict(list)
        for line in lines:
            by_measurement[line["measurement_id"]].append(line)
        return by_measurement

    # -- statuses ------------------------------------------------------------

    def statuses(self, positions):
        """When each status counts, as seen on days around which something changes."""
        periods = self.env["pso.status.period"]
        for position in positions:
            employees = [
                copies[0] for copies in self.writer.employees[position] if copies
            ]
            edition = self.measurements[position].edition_id
            for today in self._todays(position) if employees else ():
                with freeze_time(today):
                    counted = periods._sql_counting(
                        periods._sql_periods(editions=SQL("%s", edition.id)),
                        SQL("employee_id IN %s", tuple(employees)),
                    )
                rows = self.env.execute_query_dict(counted)
                found = {row["status_id"]: row for row in rows}
                lines = {
                    (employee, n): found.get(number)
                    for employee, numbers in enumerate(self.writer.statuses[position])
                    for n, number in enumerate(numbers)
                }
                expected = self.expected("statuses", position, counting, today)
                yield from self._compared(position, lines, expected)

    def _todays(self, position):
        """The first and the last day of some stretch, or any day."""
        days = {
            day
            for line in self.calculated_lines(position).values()
            for day in (line["counted_from"], line["counted_to"])
            if day
        }
        rng = random.Random(position)
        return rng.sample(sorted(days | {date(2024, 2, 29), date(2025, 6, 30)}), 2)

    def calculated_lines(self, position):
        return self.expected("people", position, person_lines)

    # -- the trend -----------------------------------------------------------

    def trends(self, positions):
        """Points of the rolling score: years that are over, and those to come."""
        for position in positions:
            today, ends = self._days_of_trend(position)
            measurement = self.measurements[position]
            points = self.env["pso.trend"]._points(
                measurement.company_ids, measurement.edition_id, ends, today
            )
            for end, point in zip(ends, points, strict=True):
                expected = self.expected("point", position, _point, end, today)
                level = self.codes.get(point["level"]) or None
                yield from differences(
                    (position, end), {**point, "level": level}, expected
                )

    def _days_of_trend(self, position):
        rng = random.Random(position)
        start = self.worlds[position].start
        today = start + relativedelta(days=rng.randint(100, 500))
        around = [today + timedelta(rng.randint(-400, 370)) for _ in range(3)]
        return today, sorted({today, *around})

    # -- purchases without a measurement -------------------------------------

    def purchases(self, positions):
        """What the purchase analysis says by vendor, company and year."""
        writer = self.writer
        partners = [n for position in positions for n in writer.suppliers[position]]
        rows = self.env["pso.purchase.year"].search_read(
            [("partner_id", "in", partners)], load=None
        )
        analysis = self.env["pso.purchase.report"]._read_group(
            [("partner_id", "in", partners)],
            ["partner_id", "company_id", "year"],
            [f"{name}:sum" for name in PURCHASE_YEAR],
        )
        by_year = {
            (row["partner_id"], row["company_id"], row["year"]): row for row in rows
        }
        by_line = {
            (partner.id, company.id, year): dict(zip(PURCHASE_YEAR, sums, strict=True))
            for partner, company, year, *sums in analysis
        }
        for position in positions:
            suppliers, companies = (
                writer.suppliers[position],
                writer.companies[position],
            )
            expected = {
                (suppliers[supplier], companies[company], year): facts
                for (supplier, company, year), facts in self.expected(
                    "purchases", position, purchase_years, aspirants_count
                ).items()
            }
            for found in (by_year, by_line):
                own = {k: row for k, row in found.items() if k[0] in suppliers}
                yield from self._compared(position, own, expected)

    # -- what all have in common ---------------------------------------------

    def _measurements(self, positions):
        return self.measurements.browse(self.measurements[n].id for n in positions)

    def _compared(self, position, lines, expected):
        for key in lines.keys() ^ expected.keys():
            yield f"{position}: {key} is {'too many' if key in lines else 'missing'}"
        for key in lines.keys() & expected.keys():
            yield from differences((position, key), lines[key], expected[key])


def _random_facts(rng):
    """Total, direct and indirect fte, often on a printed size or with nobody else."""
    total = Fraction(rng.choice((0, 1, 2, 3, 5, 8, 10, rng.randint(0, 60) / 4)))
    share = Fraction(rng.choice((0, 0, 1, rng.randint(0, 30), rng.randint(0, 30))), 30)
    return total, total * share, Fraction(rng.choice((0, 0, rng.randint(0, 400))), 97)


def _gap_problem(edition, expected, gap):
    """What is wrong with the fewest fte to hire, if anything."""
    level = expected["next_level"]
    facts = [expected[f"{name}_fte"] for name in ("total", "direct", "indirect")]
    if not level:
        return gap and "a gap to no level"

    def missing(hired):
        points = missing_points(edition, level, facts, exact(hired))
        return math.inf if points is None else points

    if gap < 0:
        return "nobody is to be dismissed"
    if gap and missing(gap + 1e-9) > 1e-6:
        return "too few to hire"
    reach = gap or 1000
    for step in range(100):
        tried = reach * step / 100
        if missing(tried) <= -1e-6:
            return f"{tried} is enough, and not {gap}"
    return None


def _point(world, end, today):
    """A point of the trend: the figures of the year to a day."""
    figures = calculate(world_of_year(world, end, today))
    return {
        "date": str(end),
        "is_outlook": end > today,
        "direct": figures["direct_percentage"],
        "indirect": figures["indirect_counted_percentage"],
        "total": figures["total_percentage"],
        "proven": figures["proven_total_percentage"],
        "level": figures["level"],
    }


def differences(where, found, expected):
    """A sentence for each value that is another than is expected."""
    for name, value in expected.items():
        if not is_same(found[name], value):
            yield f"{where}: {name} is {found[name]!r} and not {shown(value)!r}"


def is_same(found, expected):
    """Whether a value that was read is the one that was calculated."""
    if isinstance(expected, (str, date, bool)) or expected is None:
        return (found or None) == (expected or None)
    if isinstance(found, (str, date)):
        return False
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


def shown(value):
    is_plain = isinstance(value, (str, date, bool, timedelta)) or value is None
    return value if is_plain else float(value)
