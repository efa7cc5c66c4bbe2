"""What the addon says of random companies, held against the slow calculation.

A look reads one kind of what is derived, of some companies of a ``Batch``, and tells
what differs: ``Batch.figures(positions)`` yields sentences, none where all is the same.
"""

import math
import random
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from functools import cache, cached_property, partial

from dateutil.relativedelta import relativedelta
from oracle import (
    PURCHASE_YEAR,
    after_refunds,
    bought_for,
    calculate,
    counting,
    exact,
    figures_of,
    missing_points,
    norm,
    person_lines,
    purchase_years,
    purchases_to,
    world_of_year,
)
from random_world import random_edition, random_sums

from odoo.tests import freeze_time
from odoo.tools import SQL

from odoo.addons.pso_odoo.models.measurement import look
from odoo.addons.pso_odoo.tools import score
from odoo.addons.pso_odoo.tools.score import Facts

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
            expected = self.calculated(position)
            yield from self._figures_differ(position, found[measurement], expected)

    def _figures_differ(self, position, figures, expected):
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
        """What follows from sums alone, of random sums on random ladders."""
        measurements = self.env["pso.measurement"]
        for position in positions:
            edition, sums = _sums_at(position)
            expected = _figures_at(position)
            found = measurements._figures(_as_summed(*sums), self._rules(edition))
            yield from self._figures_differ(position, found, expected)
            problem = _gap_problem(edition, expected, found["gap_fte"])
            if problem:
                yield f"{position}: {problem}"
            yield from _purchases_differ(position)

    def roots(self, positions):
        """Where polynomials of known roots change their sign, and pieces of a norm."""
        for position in positions:
            rng = random.Random(f"roots {position}")
            yield from _roots_differ(position, rng)
            yield from _norm_lines_differ(position, rng)

    def _rules(self, edition):
        """The rules of an edition that is not stored, as the addon keeps them."""
        names = (
            *("indirect_max_share", "min_fte"),
            *("pso30_min_percentage", "pso30_min_regular_percentage"),
        )
        return {name: getattr(edition, name) for name in names} | {
            "rungs": [
                [self.writer.levels[level], list(map(list, rows))]
                for level, rows in edition.ladder
            ]
        }

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
            course = self._course(position)
            points = self.env["pso.trend"]._points_of(course)
            yield from self._points_differ(position, course, points)

    def _course(self, position):
        today, ends = self._days_of_trend(position)
        window = self.measurements[position].sudo()._window()
        return self.env["pso.trend"]._course(
            window.companies, window.edition, ends, today
        )

    def _points_differ(self, position, course, points):
        for (_start, end), point in zip(course.windows, points, strict=True):
            expected = self.expected("point", position, _point, end, course.today)
            level = self.codes.get(point["level"]) or None
            yield from differences((position, end), {**point, "level": level}, expected)

    def shared(self, positions):
        """Figures and trend where one statement finds what both are made from."""
        measurements, trend = self.env["pso.measurement"], self.env["pso.trend"]
        for position in positions:
            window = self.measurements[position].sudo()._window()
            course = self._course(position)
            answers = look.ask(self.env, *self._questions(window, course))
            sums = measurements._sums_of([window], answers["sums"])
            found = measurements._figures_by(sums)[window]
            yield from self._figures_differ(position, found, self.calculated(position))
            points = trend._points_of(course, answers)
            yield from self._points_differ(position, course, points)

    def _questions(self, window, course):
        own, hull, rows = look.share(self.env, window, course.hull)
        sums = self.env["pso.measurement"]._sql_sums([window], own)
        return self.env["pso.trend"]._questions(course, hull) | {"sums": sums}, rows

    def _days_of_trend(self, position):
        """A day and the ends of some years, often such that a bill just is in or out.

        In the year to the day, or in the first and last one that are looked at.
        """
        rng = random.Random(position)
        world = self.worlds[position]
        days = [bill.day for bill in world.bills if bill.state == "posted"]
        if not days or rng.random() < 0.3:
            today = world.start + relativedelta(days=rng.randint(100, 500))
            days = [today + timedelta(rng.randint(-400, 370)) for _ in range(3)]
        else:
            today = rng.choice(days) + relativedelta(years=rng.choice((0, 0, 1)))
        ends = {today}
        for day in rng.sample(days, min(len(days), 3)):
            year_on = day + relativedelta(years=rng.choice((0, 0, 1)))
            ends.add(year_on + timedelta(rng.choice((-1, 0, 0))))
        return today, sorted(ends)

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
        calculation = partial(purchase_years, editions=writer.rule_books)
        for position in positions:
            suppliers, companies = (
                writer.suppliers[position],
                writer.companies[position],
            )
            expected = {
                (suppliers[supplier], companies[company], year): facts
                for (supplier, company, year), facts in self.expected(
                    "purchases", position, calculation
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


@cache
def _sums_at(position):
    """An edition, and what people and purchases add up to: ``(edition, sums)``."""
    rng = random.Random(f"formula {position}")
    edition = random_edition(rng, "formula")
    sums = random_sums(rng, edition)
    if figures_of(edition, *sums)["direct_fte"] and rng.random() < 0.1:
        # No edition has it, but the formula has a place for it.
        edition.indirect_max_share = 1
    return edition, sums


@cache
def _figures_at(position):
    edition, sums = _sums_at(position)
    return figures_of(edition, *sums)


def _as_summed(people, purchases, corrections):
    """The same sums as the addon has them."""
    indirect, proven_indirect, purchases_known = purchases
    corrected = defaultdict(Fraction)
    for correction in corrections:
        amount = exact(correction.amount)
        corrected[correction.kind] += amount
        corrected[correction.kind, "negative"] += min(amount, 0)
    return {
        **{f"{name}_days": fte for name, fte in people.items() if name != "is_known"},
        "indirect": indirect,
        "proven_indirect": proven_indirect,
        "total_correction": corrected["total_fte"],
        "direct_correction": corrected["direct_fte"],
        "unproven_correction": corrected["direct_fte", "negative"],
        "is_complete": people["is_known"] and purchases_known,
        "has_corrections": bool(corrections),
        "are_weights_known": people["is_known"],
    }


@cache
def _purchases_at(position):
    """Facts, and the purchases that reach each level: ``(facts, {level: fte})``."""
    edition, _sums = _sums_at(position)
    figures = _figures_at(position)
    facts = [figures[f"{name}_fte"] for name in ("total", "direct", "indirect")]
    return facts, {
        level: purchases_to(edition, level, *facts) for level, _rows in edition.ladder
    }


def _purchases_differ(position):
    """What is wrong with the purchases to reach a norm, with money or with refunds."""
    rng = random.Random(f"purchases {position}")
    edition, _sums = _sums_at(position)
    facts, expected = _purchases_at(position)
    for level, rows in edition.ladder:
        points = [tuple(map(exact, row)) for row in rows]
        most = exact(edition.indirect_max_share)
        more = score.gap_indirect(Facts(*facts), points, most)
        more = -1 if more is None else more
        if not is_same(more, expected[level]):
            yield f"{position}: {float(more)} fte reach {level}"
    offers = [(Fraction(rng.randint(1, 9), 7), rng.randint(1, 5)) for _ in range(3)]
    offers.sort(reverse=True)
    everything = sum(rate * room for rate, room in offers)
    fte = rng.choice((everything, Fraction(rng.randint(1, 60), 7)))
    spent = score.spend_for(fte, offers)
    if spent is None or fte > everything:
        if spent is not None or fte <= everything:
            yield f"{position}: {spent} buys {fte} at {offers}"
    elif bought_for(spent, offers) != fte or spent < 0:
        yield f"{position}: {spent} does not buy {fte} at {offers}"
    balances = [Fraction(rng.randint(-9, 9), 4) for _ in range(rng.randint(0, 4))]
    by_year = after_refunds({(0, year): b for year, b in enumerate(balances)})
    if score.after_refunds(balances) != list(by_year.values()):
        yield f"{position}: {balances} is {score.after_refunds(balances)} after refunds"


def _roots_differ(position, rng):
    """A polynomial of whole roots, some of them at the ends of what is searched."""
    roots = sorted(rng.sample(range(-6, 7), rng.randint(0, 3)))
    top = rng.choice((-2.0, -1.0, 0.25, 1.0))
    poly = [top]
    for root in roots:
        poly = [a - root * b for a, b in zip([0.0, *poly], [*poly, 0.0], strict=True)]
    left, right = sorted(rng.sample(range(-8, 9), 2))
    if roots and rng.random() < 0.4:
        left, right = sorted((rng.choice(roots), rng.choice((-8, 8))))

    def is_negative(x):
        return top * math.prod(x - root for root in roots) < 0

    # At an end only where the sign is another just inside.
    changing = [
        float(root)
        for root in roots
        if left <= root <= right
        and is_negative(max(root - 0.5, left)) != is_negative(min(root + 0.5, right))
    ]
    found = score._roots(poly, float(left), float(right))
    # To the last digit of one root, which no rounding of the others disturbs.
    tolerance = 1e-300 if len(roots) < 2 else 1e-9
    if len(found) != len(changing) or not all(
        math.isclose(a, b, rel_tol=0, abs_tol=tolerance)
        for a, b in zip(found, changing, strict=True)
    ):
        yield f"{position}: {poly} changes at {changing} in {left, right}, not {found}"
    bound = score._bound([poly, [1.0]], float(left))
    if not max([left, *roots]) < bound:
        yield f"{position}: {poly} has a root in or above {left, bound}"


def _norm_lines_differ(position, rng):
    """Pieces from a size on, one after the other, each as the norm at its ends."""
    edition, _sums = _sums_at(position)
    for _level, rows in edition.ladder:
        points = [(float(size), float(asked)) for size, asked in rows]
        if not points:
            continue
        place = start = max(points[0][0], rng.choice(points)[0] + rng.randint(-3, 3))
        for left, right, (low, slope) in score._norm_lines(points, start):
            end = left + 100 if right is None else right
            for size in (left, (left + end) / 2, end):
                if not is_same(low + slope * size, norm(rows, size)):
                    yield f"{position}: the norm at {size} is not {low + slope * size}"
            if left != place:
                yield f"{position}: a piece of the norm begins at {left}, not {place}"
            place = right
        if place is not None:
            yield f"{position}: the norm ends at {place}"


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
