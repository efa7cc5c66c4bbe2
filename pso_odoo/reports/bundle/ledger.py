"""The ledger of one supplier: its bills, what counts of them, and what that makes."""

from io import BytesIO
from math import fsum

from odoo.tools import SQL
from odoo.tools.misc import get_lang

from ..workbook.book import Book
from ..workbook.purchase_sheets import certificate_name
from ..workbook.source import CENT
from ..workbook.table import Column, Table

NET = "{untaxed}-{excluded}"
COUNTED = "IF({counts}=1,{net},0)"
OUTSIDE = "IF({counts}=1,0,{net})"
FTE = "IF(N({turnover})>0,MIN({amount},{turnover})/{turnover}*{fte}*{share}/100,0)"
# What a row says of itself where the bills of today do not make the locked line.
AS_LOCKED = frozenset({"counted", "outside"})
# The columns whose sums the line of the supplier says.
SUMS = ("counted", "outside", "excluded")


class Ledger:
    """The ledger of a supplier as an XLSX file, a block for each year of the period.

    Its sums are those of the supplier's lines, to the last cent: what is not made by
    bills and corrections of today, because these changed after the measurement was
    locked, has a row of its own.

    :param source: the ``Source`` of the measurement
    :param lines: the lines of the supplier, one a year
    :param corrections: the corrections of purchases at it
    """

    def __init__(self, source, lines, corrections):
        self.source = source
        self.env = source.env
        self.lines = lines
        self.corrections = corrections
        self.partner = lines.partner_id

    def build(self, footer):
        """Write the file, and return it as bytes.

        :param footer: the lines that stand at the foot of each page on paper
        """
        buffer = BytesIO()
        book = Book(
            buffer,
            flag_words=(self.env._("yes"), self.env._("no")),
            date_format=get_lang(self.env).date_format,
        )
        measurement = self.source.measurement
        book.describe(title=self.env._("Ledger"), author=measurement.company_id.name)
        page = book.page(self.env._("Ledger"), footer)
        columns = self._columns()
        page.widths(column.width for column in columns)
        page.title(self.partner.name or "", self._about())
        for line in self.lines:
            page.heading(str(line.year))
            self._write_figures(page, line, self._write_purchases(page, line, columns))
            page.next(2)
        book.close()
        return buffer.getvalue()

    def _about(self):
        measurement = self.source.measurement
        return self.env._(
            "KvK number %(number)s. Amounts in %(currency)s without VAT, of "
            "%(measurement)s.",
            number=self.partner.company_registry or "–",
            currency=measurement.currency_id.name,
            measurement=measurement.name,
        )

    def _columns(self):
        return [
            Column("number", self.env._("Bill"), width=30),
            Column("date", self.env._("Date"), "date", 14),
            Column("judged_on", self.env._("Judged on"), "date"),
            Column("untaxed", self.env._("Untaxed amount"), "money", 15),
            Column("excluded", self.env._("Lines not counted"), "money", 14),
            Column("net", self.env._("Net amount"), "money", 15, NET),
            Column("counts", self.env._("Counts"), "flag", 9),
            Column("counted", self.env._("What counts"), "money", 15, COUNTED),
            Column("outside", self.env._("Outside validity"), "money", 15, OUTSIDE),
            Column("certificate", self.env._("Certificate"), width=26),
            Column("verified", self.env._("Proof verified"), "flag", 9),
            Column("why", self.env._("Why"), "wrap", 44),
        ]

    def _write_purchases(self, page, line, columns):
        """Write the purchases of a year; return the cell with what counts of them."""
        rows = [*self._rows(line)]
        table = Table(page, columns, self.env._("None"))
        table.headers()
        table.add(rows)
        names = ("untaxed", "excluded", "net", "counted", "outside")
        totals = {key: (fsum(row.get(key) or 0 for row in rows), "") for key in names}
        sums = _sums(line)
        totals |= {key: (sums[key], "") for key in SUMS}
        table.total(self.env._("Total"), totals)
        place = [column.key for column in columns].index("counted")
        return page.reference(page.row - 1, place)

    def _rows(self, line):
        purchases = self.source.purchases(line)
        reasons = self._reasons_not_counted([p for p in purchases if p.excluded])
        corrections = self._corrections_by_amount()
        rows = []
        for purchase in purchases:
            key = (purchase.date, round(purchase.amount, 2))
            found = not purchase.move_id and corrections.get(key)
            correction = found.pop(0) if found else None
            rows.append(self._row(purchase, reasons, correction))
        yield from rows
        sums = _sums(line)
        left = {key: sums[key] - fsum(row[key] for row in rows) for key in SUMS}
        if any(abs(amount) >= CENT for amount in left.values()):
            yield {
                **left,
                "number": self.env._("as locked"),
                "why": self.env._(
                    "Bills, certificates or lines not counted have changed since the "
                    "measurement was locked: this makes the locked amounts."
                ),
                "inputs": AS_LOCKED,
                "tone": ("amber",),
            }

    def _row(self, purchase, reasons, correction):
        certificate = self.source.certificate(purchase)
        counts = bool(certificate)
        return {
            "number": purchase.number or self.env._("correction"),
            "date": purchase.date,
            "judged_on": purchase.judged_on,
            "untaxed": purchase.amount + purchase.excluded,
            "excluded": purchase.excluded,
            "net": purchase.amount,
            "counts": int(counts),
            "counted": purchase.amount if counts else 0,
            "outside": 0 if counts else purchase.amount,
            "certificate": certificate_name(self.source, certificate),
            "verified": int(purchase.is_verified),
            "why": self._why(purchase, counts, reasons, correction),
            "tone": () if counts else ("muted",),
        }

    def _why(self, purchase, counts, reasons, correction):
        """Say why a purchase counts or not, and what is left out of it."""
        words = [
            self.env._("Counts")
            if counts
            else self.env._("No certificate that counts on the date")
        ]
        if purchase.excluded:
            left_out = self.env._("Lines not counted")
            words.append(f"{left_out}: {reasons.get(purchase.move_id, '–')}")
        if correction:
            words += filter(None, (correction.reason, correction.source))
        return "; ".join(words)

    def _reasons_not_counted(self, purchases):
        """Find why lines of bills are left out: ``{bill id: reasons}``."""
        moves = [p.move_id for p in purchases if p.move_id]
        if not moves:
            return {}
        lines = self.env["account.move.line"]
        words = self.source.words("account.move.line", "pso_excluded_reason")
        names = ("move_id", "pso_excluded", "pso_excluded_reason")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move_id, array_agg(DISTINCT pso_excluded_reason)
                FROM account_move_line
                WHERE move_id = ANY(%s) AND pso_excluded IS TRUE GROUP BY move_id
                """,
                moves,
                to_flush=[lines._fields[name] for name in names],
            )
        )
        return {
            move: ", ".join(words.get(reason, "–") for reason in reasons)
            for move, reasons in rows
        }

    def _corrections_by_amount(self):
        """Return the corrections by date and amount: ``{(date, amount): [them]}``."""
        found = {}
        for correction in self.corrections:
            key = (correction.date, round(correction.amount, 2))
            found.setdefault(key, []).append(correction)
        return found

    def _write_figures(self, page, line, counted):
        """Write what the purchases of a year make, by the figures of the supplier."""
        page.next()
        cells = {}

        def put(label, value, style="text", formula="", key=""):
            page.label_line(label)
            if formula:
                page.derive(1, formula, value, style, "cell", "derived", "left")
            else:
                page.put(1, value, style, "cell", "left")
            cells[key] = page.reference(page.row, 1)
            page.next()

        balance = _sums(line)["counted"]
        taken = line.amount - balance
        words = self.source.words("pso.supplier.line", "reason")
        put(self.env._("On balance"), balance, "money", counted, "balance")
        put(self.env._("By refunds of other years"), taken, "money", "", "taken")
        formula = f"{cells['balance']}+{cells['taken']}"
        put(self.env._("Purchases"), line.amount, "money", formula, "amount")
        proven = self.env._("Purchases, proven")
        put(proven, line.amount_proven, "money")
        known = line.figure_year
        put(self.env._("Figures of"), known or None, "year")
        turnover = self.env._("Turnover of supplier")
        put(turnover, line.turnover if known else None, "money", "", "turnover")
        fte = self.env._("Fte of supplier")
        put(fte, line.supplier_fte if known else None, "hours", "", "fte")
        share = self.env._("Direct share")
        put(share, line.direct_percentage if known else None, "percent", "", "share")
        put(self.env._("Source of the figures"), self._source_of(line))
        indirect = self.env._("Indirect fte")
        put(indirect, line.indirect_fte, "fte_line", FTE.format_map(cells))
        put(self.env._("Why"), words.get(line.reason))

    def _source_of(self, line):
        source = line.figure_id.source or ""
        if not line.is_estimate:
            return source
        estimate = self.env._("estimate")
        return f"{source} ({estimate})" if source else estimate


def _sums(line):
    """Return what the rows of a supplier's line add up to, by column."""
    return {
        "counted": line.amount_bills + line.amount_corrections,
        "outside": line.amount_outside,
        "excluded": line.amount_excluded,
    }
