"""The sheets on purchases: the suppliers, and the bills behind them."""

from math import fsum

from odoo.tools import LazyTranslate

from .sheet import Sheet
from .table import Column, Table

_lt = LazyTranslate(__name__)

BILLS = "SUMIFS(bill_counted,bill_line,{line},bill_counts,1)"
CORRECTIONS = "SUMIFS(correction_counted,correction_line,{line},correction_counts,1)"
BALANCE = "{bills}+{corrections}"
BALANCE_PROVEN = (
    "SUMIFS(bill_counted,bill_line,{line},bill_verified,1)"
    "+SUMIFS(correction_counted,correction_line,{line},correction_verified,1)"
)
# What refunds leave below zero in one year is taken off the others of the supplier, the
# earliest first (section 4); ``balance`` is the key of a column and the name of it.
AFTER_REFUNDS = (
    "MAX(0,{{{balance}}}-MAX(0,"
    '-SUMIFS(supplier_{balance},supplier_first,{{first}},supplier_{balance},"<0")'
    '-SUMIFS(supplier_{balance},supplier_first,{{first}},supplier_{balance},">0",'
    'supplier_year,"<"&{{year}})))'
)
AMOUNT = AFTER_REFUNDS.format(balance="balance")
PROVEN = AFTER_REFUNDS.format(balance="balance_proven")
OUTSIDE = (
    "SUMIFS(bill_counted,bill_line,{line},bill_counts,0)"
    "+SUMIFS(correction_counted,correction_line,{line},correction_counts,0)"
)
EXCLUDED = "SUMIFS(bill_excluded,bill_line,{line})"
FTE = "IF(N({{turnover}})>0,MIN({},{{turnover}})/{{turnover}}*{{fte}}*{{direct}}/100,0)"
INDIRECT, INDIRECT_PROVEN = FTE.format("{amount}"), FTE.format("{proven}")
# What a locked line keeps when its bills have changed since.
TRACED = frozenset(
    {
        *("bills", "corrections", "balance_proven", "amount", "proven"),
        *("outside", "excluded"),
    }
)


class PurchaseSheet(Sheet):
    """What each supplier adds in each year: it makes the indirect fte (section 4).

    These are the questions of step 3D of the portal.
    """

    LABEL = _lt("Purchases")
    KEY_COLUMNS = 2

    @property
    def about(self):
        return self.env._(
            "Suppliers and amounts in %s without VAT (step 3D of the portal): it makes "
            "the indirect fte.",
            self.measurement.currency_id.name,
        )

    def fill(self):
        columns = self._columns()
        self._reasons = self.source.words("pso.supplier.line", "reason")
        self.write_title(columns)
        self.page.strip(self._figures())
        table = self.open_table(columns)
        table.add(map(self._row, self.source.supplier_lines))
        table.filter()
        names = ("first", "year", "balance", "balance_proven")
        table.name_columns({f"supplier_{name}": name for name in names})
        table.total(self.env._("Total"), self._totals())
        self._write_remark()

    def _columns(self):
        balance = self.env._("On balance, proven")
        proven = self.env._("Indirect fte, proven")
        return [
            Column("line", self.env._("Line"), width=8),
            Column("supplier", self.env._("Supplier"), "wrap", 28),
            Column("kvk", self.env._("KvK number"), width=12),
            Column("year", self.env._("Year"), "year", 7),
            Column("certificate", self.env._("Certificate"), "wrap", 21),
            Column("valid_from", self.env._("Valid from"), "date"),
            Column("valid_to", self.env._("Valid until"), "date"),
            Column("verified", self.env._("Proof verified"), "flag", 9),
            Column("bills", self.env._("Bills"), "money", 14, BILLS),
            Column("corrections", self.env._("Corrections"), "money", 13, CORRECTIONS),
            Column("balance", self.env._("On balance"), "money", 14, BALANCE),
            Column("amount", self.env._("Purchases"), "money", 14, AMOUNT),
            Column("balance_proven", balance, "money", 14, BALANCE_PROVEN),
            Column("proven", self.env._("Purchases, proven"), "money", 14, PROVEN),
            Column("turnover", self.env._("Turnover of supplier"), "money", 17),
            Column("fte", self.env._("Fte of supplier"), "hours", 10),
            Column("direct", self.env._("Direct share"), "percent", 9),
            Column("figure_year", self.env._("Figures of"), "year", 8),
            Column("mark", self.env._("Mark"), "mark", 10),
            Column("indirect", self.env._("Indirect fte"), "fte_line", 11, INDIRECT),
            Column("indirect_proven", proven, "fte_line", 11, INDIRECT_PROVEN),
            Column("why", self.env._("Why"), "wrap", 34),
            Column("outside", self.env._("Outside validity"), "money", 13, OUTSIDE),
            Column("excluded", self.env._("Lines not counted"), "money", 13, EXCLUDED),
            Column("source", self.env._("Source of the figures"), "wrap", 26),
            Column("first", self.env._("First line of the supplier"), width=11),
        ]

    def _figures(self):
        indirect = self.measurement.indirect_fte
        proven = self.source.proven_indirect_fte
        amount = fsum(self.source.supplier_lines.mapped("amount"))
        corrected = self.source.corrected_purchases
        total, part = self.env._("Indirect fte"), self.env._("Proven")
        words = self.env._("Of which corrections")
        return [
            (total, "supplier_fte", indirect, "fte", "indirect_fte"),
            (part, "supplier_proven_fte", proven, "fte", "proven_indirect_fte"),
            (self.env._("Purchases"), "supplier_amount", amount, "money", ""),
            (words, "supplier_corrections", corrected, "money", "correction_purchases"),
        ]

    def _totals(self):
        lines = self.source.supplier_lines
        fields = {
            "bills": ("amount_bills", ""),
            "corrections": ("amount_corrections", "supplier_corrections"),
            "amount": ("amount", "supplier_amount"),
            "proven": ("amount_proven", ""),
            "indirect": ("indirect_fte", "supplier_fte"),
            "indirect_proven": ("proven_fte", "supplier_proven_fte"),
            "outside": ("amount_outside", ""),
            "excluded": ("amount_excluded", ""),
        }
        return {
            key: (fsum(lines.mapped(field)), name)
            for key, (field, name) in fields.items()
        }

    def _row(self, line):
        partner, certificate = line.partner_id, line.certificate_id
        is_traced = line not in self.source.untraced_lines
        verified = int(certificate.evidence_state == "verified")
        return {
            "line": self.source.references[partner.id, line.year],
            "first": self.source.first_references[partner.id],
            "supplier": partner.name,
            "kvk": partner.company_registry,
            "year": line.year,
            "certificate": certificate_name(self.source, certificate),
            "valid_from": certificate.date_start,
            "valid_to": certificate.date_end,
            "verified": verified if certificate else None,
            "bills": line.amount_bills,
            "corrections": line.amount_corrections,
            "balance": line.amount_bills + line.amount_corrections,
            "amount": line.amount,
            "balance_proven": self.source.proven_balance(line),
            "proven": line.amount_proven,
            **self._supplier_figures(line),
            "indirect": line.indirect_fte,
            "indirect_proven": line.proven_fte,
            "why": self._reasons.get(line.reason),
            "outside": line.amount_outside,
            "excluded": line.amount_excluded,
            "inputs": () if is_traced else TRACED,
            "mark": self._mark(line),
            "tone": () if line.indirect_fte else ("muted",),
        }

    def _supplier_figures(self, line):
        """Return what purchases at the supplier are converted by, blank if unknown."""
        if not line.figure_year:
            return {}
        return {
            "turnover": line.turnover,
            "fte": line.supplier_fte,
            "direct": line.direct_percentage,
            "figure_year": line.figure_year,
            "source": line.figure_id.source,
        }

    def _mark(self, line):
        marks = [
            line in self.source.untraced_lines and self.env._("as locked"),
            line.reason == "no_figures" and self.env._("unknown"),
            line.is_estimate and self.env._("estimate"),
        ]
        return ", ".join(filter(None, marks))

    def _write_remark(self):
        if not self.source.untraced_lines:
            return
        self.page.next()
        self.page.note(
            self.env._(
                "As locked: where the bills, certificates or lines not counted have "
                "changed since the measurement was locked, the locked amounts stand as "
                "inputs and the bills are not shown."
            ),
            "mark",
        )


class BillSheet(Sheet):
    """The bills, and the corrections of purchases, behind each supplier (section 4)."""

    LABEL = _lt("Bills")
    # On paper, too, a row of the second page says of which bill it is.
    KEY_COLUMNS = 3
    ABOUT = _lt(
        "The bills behind each supplier, judged by the certificate on the date."
    )

    def fill(self):
        columns = self._columns()
        self.write_title(columns)
        self._write_bills(columns)
        self._write_corrections(columns)

    def _columns(self):
        return [
            Column("line", self.env._("Line"), width=8),
            Column("supplier", self.env._("Supplier"), "wrap", 32),
            Column("number", self.env._("Bill"), "wrap", 20),
            Column("date", self.env._("Date"), "date"),
            Column("judged_on", self.env._("Judged on"), "date"),
            Column("untaxed", self.env._("Untaxed amount"), "money", 15),
            Column("excluded", self.env._("Lines not counted"), "money", 14),
            Column(
                "counted", self.env._("Net amount"), "money", 15, "{untaxed}-{excluded}"
            ),
            Column("certificate", self.env._("Certificate"), "wrap", 30),
            Column("counts", self.env._("Counts"), "flag", 9),
            Column("verified", self.env._("Proof verified"), "flag", 9),
            Column("why", self.env._("Reason"), "wrap", 34),
            Column("source", self.env._("Source"), "wrap", 34),
        ]

    def _write_bills(self, columns):
        bills = self.source.bills
        table = self.open_table(columns)
        table.add(map(self._bill_row, bills))
        table.filter()
        table.total(
            self.env._("Bills"),
            {
                "untaxed": (fsum(bill.amount + bill.excluded for bill in bills), ""),
                "excluded": (fsum(bill.excluded for bill in bills), ""),
                "counted": (fsum(bill.amount for bill in bills), ""),
            },
        )
        names = ("line", "counted", "excluded", "counts", "verified")
        table.name_columns({f"bill_{name}": name for name in names})

    def _write_corrections(self, columns):
        page = self.page
        page.next()
        page.heading(
            self.env._("Corrections"),
            self.env._("Entered by hand, for purchases that are not in this Odoo."),
        )
        table = Table(page, columns, self.nothing)
        corrections = self.source.judged_corrections
        table.add(self._correction_row(*pair) for pair in corrections)
        amount = fsum(correction.amount for correction, _judged in corrections)
        table.total(self.env._("Corrections"), {"counted": (amount, "")})
        names = ("line", "counted", "counts", "verified")
        table.name_columns({f"correction_{name}": name for name in names})

    def _bill_row(self, bill):
        return {
            **self._row(bill),
            "number": bill.number,
            "untaxed": bill.amount + bill.excluded,
            "excluded": bill.excluded,
            "counted": bill.amount,
        }

    def _correction_row(self, correction, purchase):
        return {
            **self._row(purchase),
            "number": self.env._("correction"),
            "untaxed": correction.amount,
            "excluded": 0,
            "counted": correction.amount,
            "why": correction.reason,
            "source": correction.source,
            "tone": ("amber",),
        }

    def _row(self, purchase):
        """Return what a bill and a correction tell alike."""
        certificate = self.source.certificates.get(purchase.certificate_id)
        reference = purchase.partner_id, purchase.year
        return {
            "line": self.source.references[reference],
            "supplier": self.source.supplier_names[reference],
            "date": purchase.date,
            "judged_on": purchase.judged_on,
            "certificate": certificate_name(self.source, certificate)
            or self.env._("Outside validity"),
            "counts": int(bool(purchase.certificate_id)),
            "verified": int(purchase.is_verified),
            "tone": () if purchase.certificate_id else ("muted",),
        }


def certificate_name(source, certificate):
    """Return level or kind of a certificate; its dates have columns of their own."""
    if not certificate:
        return ""
    if certificate.kind != "pso":
        return source.words("pso.certificate", "kind")[certificate.kind]
    name = certificate.level_id.name
    return f"{name}, 30+" if certificate.is_pso30 else name
