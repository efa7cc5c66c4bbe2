from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ...tools.score import exact, fte_bought
from ..measurement.window import Periods
from .pso_scenario_line import PURCHASES


@dataclass(frozen=True)
class Purchase:
    """What was bought at a vendor, or would be.

    :param day: on which it is judged, None for what a locked measurement says beyond
        the bills
    :param counts: whether by a verified certificate; None where it does not count
    :param billed_on: the date of the bill, where it is judged by that of another
    """

    vendor: int
    year: int
    day: date | None
    amount: object
    counts: bool | None
    billed_on: date | None = None


class Figures(NamedTuple):
    """What a vendor is in a year: turnover in the company's currency, fte, share."""

    turnover: object
    fte: object
    share: object

    @property
    def capped(self):
        """Up to which amount purchases count, and the fte that a unit of it makes."""
        turnover = exact(self.turnover or 0)
        if not turnover:
            return Fraction(0), Fraction(0)
        return turnover, exact(self.fte) * exact(self.share) / (100 * turnover)


@dataclass
class Books:
    """Purchases, and how vendors stand, as far as some changes are about them."""

    purchases: list
    figures: dict
    covered: dict

    def duplicate(self):
        """Return the same, to be changed by itself."""
        return Books(list(self.purchases), dict(self.figures), dict(self.covered))

    def by_vendor(self, vendors):
        """Return what there is of each of some vendors: ``{vendor: Books}``."""
        books = {vendor: Books([], {}, {}) for vendor in vendors}
        for each in self.purchases:
            books[each.vendor].purchases.append(each)
        for key, figures in self.figures.items():
            books[key[0]].figures[key] = figures
        for key, counts in self.covered.items():
            books[key[0]].covered[key] = counts
        return books

    def fte(self, vendor, *, proven=False):
        """Return the fte that the purchases at a vendor make, refunds taken off."""
        wanted = (True,) if proven else (True, False)
        balances = defaultdict(Fraction)
        for each in self.purchases:
            if each.vendor == vendor:
                balances[each.year] += (
                    exact(each.amount) if each.counts in wanted else 0
                )
        years = sorted(balances)
        unknown = Figures(0, 0, 0)
        figures = {
            year: self.figures.get((vendor, year), unknown).capped for year in years
        }
        return Fraction(fte_bought(figures, years, [balances[year] for year in years]))

    def room(self, vendor, year):
        """Return what can still be bought at a vendor in a year and counts.

        Nothing where refunds of another year would be made good by it first.
        """
        counted = defaultdict(Fraction)
        for each in self.purchases:
            if each.vendor == vendor and each.counts is not None:
                counted[each.year] += exact(each.amount)
        if any(balance < 0 for balance in counted.values()):
            return Fraction(0)
        return max(exact(self.figures[vendor, year].turnover) - counted[year], 0)

    def bought(self, vendor):
        """Return what was bought at a vendor on balance, whether it counts or not."""
        return sum(
            (exact(each.amount) for each in self.purchases if each.vendor == vendor),
            Fraction(0),
        )


class PsoScenario(models.Model):
    """What changes in purchases: the rules of supplier lines, on other facts."""

    _inherit = "pso.scenario"

    def _purchase_effects(self, window, lines):
        """Return what changes of purchases make (section 4).

        Certificates first: spend is judged by them. Of each change what it adds to
        those before it, as purchases above the turnover count for nothing.

        :return: ``{line: ({sum: fte}, reasons)}``, as ``_people_effects``
        """
        books = self._books(window, lines)
        effects = {}
        for line in lines.sorted(lambda each: each.kind != "certificate"):
            vendors = line._vendors().ids
            before = self._fte_of(books, vendors)
            reason = self._apply(window, books, line)
            after = self._fte_of(books, vendors)
            sums = {name: after[name] - before[name] for name in after}
            effects[line] = (sums, [reason] if reason else [])
        return effects

    def _room(self, window, lines, line, books):
        """Return what one more change adds, after others, and how far it goes.

        :param lines: all changes, this one with them
        :param line: spend at a vendor, or a certificate that it wins
        :param books: of this vendor, with nothing assumed yet; they are changed
        :return: ``(fte of a unit of money, money that still counts, fte that the change
            adds)``
        """
        lines = lines.filtered(lambda each: each.kind in PURCHASES)
        self._assume_figures(window, lines, books)
        vendor, day = line._certified().id, self._day(window, line)
        for each in (lines - line).sorted(lambda each: each.kind != "certificate"):
            self._apply(window, books, each)
        before = books.fte(vendor)
        if line.kind == "certificate":
            self._apply(window, books, line)
            return 0, 0, books.fte(vendor) - before
        figures = books.figures.get((vendor, day.year))
        if books.covered.get((vendor, day)) is None or not figures:
            return Fraction(0), Fraction(0), Fraction(0)
        turnover, rate = figures.capped
        rate = rate if turnover >= 1 else Fraction(0)
        return rate, books.room(vendor, day.year), Fraction(0)

    def _fte_of(self, books, vendors):
        return {
            "indirect": sum(books.fte(vendor) for vendor in vendors),
            "proven_indirect": sum(books.fte(each, proven=True) for each in vendors),
        }

    # -- the books as they are ---------------------------------------------------

    def _books(self, window, lines):
        """Return the purchases at the vendors of some changes, and how these stand."""
        books = self._plain_books(window, lines)
        self._assume_figures(window, lines, books)
        return books

    def _plain_books(self, window, lines):
        """Return the same, with nothing assumed of the vendors."""
        vendors = lines._vendors()
        if not vendors:
            return Books([], {}, {})
        days = {self._day(window, line) for line in lines}
        books = Books(
            self._bills(window, vendors),
            self._vendor_figures(window, vendors),
            self._coverage(window, vendors, days),
        )
        if window.measurement.is_locked:
            self._as_locked(window, vendors, books)
        return books

    def _assume_figures(self, window, lines, books):
        """Have the books know of vendors what some changes assume of them."""
        for line in lines.filtered(lambda line: line._has_assumed()):
            assumed = Figures(line.turnover, line.vendor_fte, line.vendor_share)
            for year in self._years(window):
                books.figures[line._certified().id, year] = assumed

    def _years(self, window):
        return range(window.start.year, window.end.year + 1)

    def _day(self, window, line):
        """Return the day by which spend is judged: today, if nothing is said."""
        today = fields.Date.context_today(self)
        return line.date_from or max(window.start, min(today, window.end))

    def _bills(self, window, vendors):
        """Return what was bought at vendors, each bill judged on its date."""
        lines = self.env["pso.supplier.line"].sudo()
        periods = Periods.of([window])._replace(
            vendors=SQL("SELECT unnest(%s)", list(vendors._ids))
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, year, judged_on, SUM(amount), is_verified
                FROM (%s) AS judged WHERE partner_id IN %s
                GROUP BY partner_id, year, judged_on, is_verified %s
                """,
                lines._sql_judged_by_year(periods),
                vendors._ids,
                lines._sql_flush(),
            )
        )
        return [Purchase(*row) for row in rows]

    def _vendor_figures(self, window, vendors):
        """Return the figures of vendors by vendor and year of a window."""
        figures = self.env["pso.supplier.figure"].sudo()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT asked.vendor, asked.number, figure.turnover, figure.fte,
                    figure.direct_percentage
                FROM (
                    SELECT vendor, number FROM unnest(%(vendors)s) AS vendor
                    CROSS JOIN unnest(%(years)s) AS number
                ) AS asked
                JOIN res_company company ON company.id = %(company)s
                JOIN LATERAL (%(figure)s) AS figure ON figure.turnover > 0 %(flush)s
                """,
                vendors=list(vendors._ids),
                years=list(self._years(window)),
                company=window.company.id,
                figure=figures._sql_at(
                    SQL("asked.vendor"), SQL("asked.number"), SQL("company")
                ),
                flush=self.env["pso.supplier.line"].sudo()._sql_flush(),
            )
        )
        return {(vendor, year): Figures(*values) for vendor, year, *values in rows}

    def _coverage(self, window, vendors, days):
        """Return whether vendors are certified on days: ``{(vendor, day): counts}``."""
        certificates = self.env["pso.certificate"].sudo()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT vendor, day, %(is_verified)s
                FROM unnest(%(vendors)s) AS vendor
                CROSS JOIN unnest(%(days)s::date[]) AS day
                LEFT JOIN (%(covered)s) AS covered
                    ON covered.partner_id = vendor
                    AND covered.aspirant_counts = %(aspirant_counts)s %(flush)s
                """,
                vendors=list(vendors._ids),
                days=list(days),
                is_verified=certificates._sql_is_verified(SQL("day"), "covered"),
                covered=certificates._sql_covered(),
                aspirant_counts=window.edition.aspirant_supplier_counts,
                flush=self.env["pso.supplier.line"].sudo()._sql_flush(),
            )
        )
        return {(vendor, day): counts for vendor, day, counts in rows}

    def _as_locked(self, window, vendors, books):
        """Have the books say what a locked measurement says of its suppliers.

        It keeps sums by year: what the bills of now make otherwise stands beside them.
        """
        lines = self.env["pso.locked.supplier.line"].sudo()
        domain = [
            ("measurement_id", "=", window.number),
            ("partner_id", "in", vendors.ids),
        ]
        for line in lines.search(domain):
            key = line.partner_id.id, line.year
            amounts = {
                True: exact(line.amount_proven),
                False: exact(line.amount) - exact(line.amount_proven),
            }
            for counts, amount in amounts.items():
                now = sum(
                    exact(each.amount)
                    for each in books.purchases
                    if (each.vendor, each.year, each.counts) == (*key, counts)
                )
                books.purchases.append(Purchase(*key, None, amount - now, counts))
            if line.turnover:
                books.figures[key] = Figures(
                    line.turnover, line.supplier_fte, line.direct_percentage
                )

    # -- the books as they would be ------------------------------------------------

    def _apply(self, window, books, line):
        """Change the books as a line says.

        :return: why it does not count, or not for all; None if it does
        """
        if line.kind == "certificate":
            return self._apply_certificate(window, books, line)
        vendor = line.partner_id._origin.commercial_partner_id.id
        day = self._day(window, line)
        if day > window.end:
            return None
        amounts = {vendor: line.amount}
        if line.kind == "move":
            amounts = {vendor: -line.amount, line._certified().id: line.amount}
        for each, amount in amounts.items():
            counts = books.covered.get((each, day))
            books.purchases.append(Purchase(each, day.year, day, amount, counts))
        return self._why_not(books, line._certified().id, day)

    def _why_not(self, books, vendor, day):
        """Return why spend at a vendor does not count, as supplier lines say it."""
        figures = books.figures.get((vendor, day.year))
        if books.covered.get((vendor, day)) is None:
            return "outside"
        if not figures:
            return "no_figures"
        counted = sum(
            exact(each.amount)
            for each in books.purchases
            if (each.vendor, each.year) == (vendor, day.year)
            and each.counts is not None
        )
        return "above_turnover" if counted > exact(figures.turnover) else None

    def _apply_certificate(self, window, books, line):
        """Have the purchases at a vendor count, or count no more, on some days."""
        vendor = line._certified().id
        first, last = line.date_from or window.start, line.date_to or window.end
        is_aspirant = line.level_id.code == "aspirant"
        if line.change == "lose":
            last = window.end
        elif is_aspirant and not window.edition.aspirant_supplier_counts:
            return "outside"

        def judged(day, counts):
            if day is None or not first <= day <= last:
                return counts
            if line.change == "lose":
                return None
            # What is assumed is not proven.
            return False if counts is None else counts

        books.purchases = [
            replace(each, counts=judged(each.day, each.counts))
            if each.vendor == vendor
            else each
            for each in books.purchases
        ]
        books.covered = {
            (each, day): judged(day, counts) if each == vendor else counts
            for (each, day), counts in books.covered.items()
        }
        years = [year for each, year in books.figures if each == vendor]
        return None if years or line.change == "lose" else "no_figures"
