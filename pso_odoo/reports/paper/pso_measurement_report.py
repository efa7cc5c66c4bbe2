from functools import cached_property
from textwrap import wrap

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime, formatLang

from ...tools.labels import selection_label
from ..workbook.norm_table import NormTable
from .picture import Line, Rung, draw_ladder, draw_trend

SPACE = "\N{NO-BREAK SPACE}"
UNKNOWN = "–"
# More suppliers than this are summed up: the workbook has them all.
MOST_SUPPLIERS = 50
# How many lines of a table fit on a page, with room to spare: the width of letters is
# a guess. Each row takes some room around it.
PAGE_LINES = 54
ROW_SPACE = 0.36


class ReportMeasurement(models.AbstractModel):
    """A measurement on paper, for management and for the auditor.

    It has totals alone and nothing of persons: whoever may read the measurement may
    print it.
    """

    _name = "report.pso_odoo.report_measurement"
    _description = "PSO Score Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the report prints, a ``Report`` a measurement.

        :raise AccessError: if the user may not read one of the measurements
        :raise UserError: if there are no figures of one for this user yet
        """
        measurements = self.env["pso.measurement"].browse(docids)
        measurements.check_access("read")
        for measurement in measurements:
            if not measurement.has_figures:
                raise UserError(measurement.figures_note)
        for measurement in measurements:
            measurement._note_output("export")
        return {
            "doc_ids": docids,
            "doc_model": measurements._name,
            "docs": measurements,
            "reports": [self._report(measurement) for measurement in measurements],
        }

    def _report(self, measurement):
        """Return what a report tells; another addon adds by a class of its own."""
        # Who may read the measurement may work in all companies of its scope, though
        # not all of them need be switched on.
        companies = [*self.env.companies.ids, *measurement.sudo().company_ids.ids]
        companies = list(dict.fromkeys(companies))
        return Report(measurement.with_context(allowed_company_ids=companies))


class Report:
    """The figures of a measurement as they are printed, in the user's language.

    Rows of tables are dictionaries. Where a table can be long they hold ``lines``, the
    number of lines that a row takes, by which ``pages`` cuts the table.
    """

    def __init__(self, measurement):
        self.doc = measurement
        self.env = measurement.env
        self._ladder = NormTable(measurement)

    # -- words and numbers ----------------------------------------------------

    def number(self, value, digits=2):
        return formatLang(self.env, value, digits=digits)

    def percent(self, value):
        return f"{self.number(value)}{SPACE}%"

    def fte(self, name):
        """Write a figure, nothing if it is not of those that were kept when locked."""
        return UNKNOWN if self.doc._lacks(name) else self.number(self.doc[name])

    def share(self, name):
        """Write a percentage of the figures, see :meth:`fte`."""
        return UNKNOWN if self.doc._lacks(name) else self.percent(self.doc[name])

    def rule(self, value):
        """Write a percentage of the rule book, without idle zeros."""
        return f"{self.number(value, 0 if value == round(value) else 2)}{SPACE}%"

    def money(self, value):
        return formatLang(self.env, value, currency_obj=self.doc.currency_id)

    def amount(self, value, digits=2):
        """Write an amount in a column that names the currency in its header."""
        return self.number(value, digits)

    def day(self, date):
        return format_date(self.env, date)

    def moment(self, moment):
        return format_datetime(self.env, moment, dt_format="short")

    def level(self, level):
        return level.name or self.env._("Below the norms")

    @cached_property
    def printed_on(self):
        return self.moment(fields.Datetime.now())

    @cached_property
    def locked_on(self):
        return self.moment(self.doc.locked_on)

    @cached_property
    def digest(self):
        """The digest by which to see that nothing was changed; empty while live."""
        return self.doc._seal_digest()

    # -- the first page -------------------------------------------------------

    @cached_property
    def unproven(self):
        """Both levels where proof alone makes another, and what lacks proof."""
        doc = self.doc
        if not doc.level_id or doc.level_id == doc.proven_level_id:
            return ""
        proven_counted = doc.proven_total_percentage - doc.proven_direct_percentage
        return self.env._(
            "%(level)s as counted, %(proven)s on proof alone: %(points)s points rest "
            "on what nobody has verified (%(direct)s direct, %(indirect)s indirect). "
            "See Missing Proof.",
            level=doc.level_id.name,
            proven=doc.proven_level_id.name or self.env._("no level"),
            points=self.number(doc.total_percentage - doc.proven_total_percentage),
            direct=self.number(doc.direct_percentage - doc.proven_direct_percentage),
            indirect=self.number(doc.indirect_counted_percentage - proven_counted),
        )

    @cached_property
    def gap(self):
        """What the next level takes, in one line."""
        doc, amount = self.doc, self._gap["amount"]
        words = {
            "fte": self.number(doc.gap_fte),
            "amount": amount and self.money(amount),
        }
        if doc.gap_fte and amount:
            return self.env._("%(fte)s fte more, or %(amount)s of purchases", **words)
        if doc.gap_fte:
            return self.env._("%(fte)s fte more", **words)
        if amount:
            return self.env._("%(amount)s of purchases", **words)
        return ""

    @cached_property
    def gap_suppliers(self):
        """The best suppliers at which alone the next level could be reached."""
        return [
            self.env._(
                "%(amount)s at %(supplier)s",
                amount=self.money(offer["amount"]),
                supplier=offer["name"],
            )
            for offer in self._gap["suppliers"]
            if offer["amount"]
        ]

    @cached_property
    def _gap(self):
        return self.doc._gap_purchases()

    @cached_property
    def indirect_max_share(self):
        """The largest indirect part of the total, in percent (section 5)."""
        return 100 * self.doc._indirect_max_share()

    @cached_property
    def norms(self):
        """The ladder at this size, from the lowest level up (rule book, section 2)."""
        reached = self._ladder.rung(self.doc.level_id)
        proven = self._ladder.rung(self.doc.proven_level_id)
        return [
            {
                **row,
                "is_known": row["percentage"] is not None,
                "is_reached": row["percentage"] is not None and place <= reached,
                "is_proven": row["percentage"] is not None and place <= proven,
                **self._provenance(self.env["pso.level"].browse(row["id"])),
            }
            for place, row in enumerate(self.doc._ladder_rows(), start=1)
        ]

    def _provenance(self, level):
        """Say where the norm of a level comes from, and whether that is confirmed."""
        if not self._ladder.is_current:
            changed = self.env._("As locked; the edition has changed since.")
            return {"source": changed, "is_confirmed": False}
        norms = self._ladder.used_norms(level)
        sources = dict.fromkeys(norm.source for norm in norms if norm.source)
        return {
            "source": "; ".join(sources),
            "is_confirmed": bool(norms) and all(norms.mapped("is_confirmed")),
        }

    @cached_property
    def ladder(self):
        """The picture of the score beside the norms."""
        return Markup(
            draw_ladder(
                [
                    Rung(
                        row["name"],
                        row["percentage"],
                        self._norm_text(row),
                        row["is_reached"],
                    )
                    for row in self.norms
                ],
                self.doc.direct_percentage,
                self.doc.indirect_counted_percentage,
                {
                    "score": self.env._("Score"),
                    "total": self.percent(self.doc.total_percentage),
                    "direct": self.env._("Direct"),
                    "indirect": self.env._("Indirect, as far as it counts"),
                },
            )
        )

    def _norm_text(self, row):
        return f"{row['text']}{SPACE}%" if row["is_known"] else row["text"]

    @cached_property
    def trend(self):
        """The picture of the rolling score; empty if nothing is known of it."""
        points = self.doc._trend()
        dates = [fields.Date.to_date(point["date"]) for point in points]
        scores = [
            Line(name, tuple(point[key] for point in points), style)
            for name, key, style in (
                (self.env._("Direct"), "direct", "thin"),
                (self.env._("Proven total"), "proven", "dashed"),
                (self.env._("Total"), "total", "strong"),
            )
        ]
        norms = [
            Line(
                row["name"], tuple(_norm(point, row["id"]) for point in points), "norm"
            )
            for row in self.norms
        ]
        return Markup(
            draw_trend(
                [
                    (date, format_date(self.env, date, date_format="MMM y"))
                    for date in dates
                ],
                scores + norms,
                self._tick,
            )
        )

    def _tick(self, value):
        return self.number(value, 0 if value == int(value) else 1)

    # -- purchases (rule book, section 4) -------------------------------------

    @cached_property
    def suppliers(self):
        """The suppliers that bring most; beyond those printed, the sum of the rest."""
        lines = self._supplier_lines.sorted(
            lambda line: (-line.indirect_fte, -line.amount, line.partner_id.name or "")
        )
        rows = [self._supplier(line) for line in lines[:MOST_SUPPLIERS]]
        rest = lines[MOST_SUPPLIERS:]
        if rest:
            rows.append(
                {
                    "name": self.env._("%s more, in the workbook", len(rest)),
                    "amount": self.amount(sum(rest.mapped("amount"))),
                    "indirect": self.number(sum(rest.mapped("indirect_fte")), 4),
                    "lines": 1,
                }
            )
        return rows

    def _supplier(self, line):
        name = line.partner_id.name or ""
        if self.doc.date_start.year != self.doc.date_end.year:
            name = self.env._("%(name)s, %(year)s", name=name, year=line.year)
        certificate = line.certificate_id.display_name or ""
        why = self._reason(line)
        return {
            "name": name,
            "certificate": certificate,
            "amount": self.amount(line.amount),
            "turnover": self.amount(line.turnover, 0) if line.figure_year else "",
            "fte": self.number(line.supplier_fte) if line.figure_year else "",
            "share": self.number(line.direct_percentage) if line.figure_year else "",
            "indirect": self.number(line.indirect_fte, 4),
            "why": why,
            "lines": max(_lines(name, 24), _lines(certificate, 24), _lines(why, 20)),
        }

    def _reason(self, line):
        """Say why a supplier counts or not, with what an auditor asks about."""
        reasons = [selection_label(line, "reason")]
        if line.is_estimate and line.indirect_fte:
            reasons.append(self.env._("estimate"))
        if line.amount_outside:
            reasons.append(
                self.env._("outside validity: %s", self.amount(line.amount_outside))
            )
        return "; ".join(reasons)

    @cached_property
    def purchases(self):
        """The amount of all purchases that count, in the currency of the company."""
        return self.amount(sum(self._supplier_lines.mapped("amount")))

    @cached_property
    def _supplier_lines(self):
        # As in the list on screen, a vendor of another company has a name, too.
        return self.doc.supplier_line_ids.sudo()

    # -- what is entered by hand, and what is open ----------------------------

    @cached_property
    def corrections(self):
        return [
            {
                "kind": selection_label(correction, "kind"),
                "amount": self._corrected(correction),
                "about": self._about(correction),
                "reason": correction.reason,
                "source": correction.source,
                "lines": max(
                    _lines(correction.reason, 40),
                    _lines(correction.source, 40),
                    _lines(self._about(correction), 20),
                ),
            }
            for correction in self.doc.correction_ids.sudo()
        ]

    def _corrected(self, correction):
        if correction.kind == "purchases":
            return self.money(correction.amount)
        return self.env._("%s fte", self.number(correction.amount))

    def _about(self, correction):
        if correction.kind != "purchases":
            return ""
        return f"{correction.partner_id.name}, {self.day(correction.date)}"

    # -- the audit (rule book, section 6) -------------------------------------

    @cached_property
    def audit_corrections(self):
        """What the auditor corrected since the measurement was locked."""
        return [
            {
                "figure": selection_label(correction, "kind"),
                "amount": correction.amount_text,
                "reason": correction.reason,
                "source": correction.source,
                "stated_by": correction.auditor,
                "entered": f"{correction.user_name}, {self.moment(correction.date)}",
                "lines": max(
                    _lines(correction.reason, 30),
                    _lines(correction.source, 20),
                    _lines(correction.auditor, 16),
                    2,
                ),
            }
            for correction in self.doc._audit_corrections()
        ]

    @cached_property
    def audit_error_percentage(self):
        """What the auditor stated, which nothing is computed with."""
        if not self.doc.audit_error_text:
            return ""
        return self.percent(self.doc.audit_error_percentage)

    @cached_property
    def checks(self):
        """The open checks, the worst first."""
        severity = self.env["pso.check.type"]._fields["severity"]
        worst_first = severity.get_values(self.env)
        checks = self.doc.open_check_ids.sorted(
            lambda check: (worst_first.index(check.severity), check.sequence)
        )
        return [
            {
                "severity": selection_label(check, "severity"),
                "is_error": check.severity == "error",
                "count": check.found,
                "name": check.name,
                "explanation": check.explanation or "",
                "lines": max(_lines(check.name, 30), _lines(check.explanation, 64)),
            }
            for check in checks
        ]

    @cached_property
    def quality(self):
        return [
            {
                "criterion": selection_label(answer, "criterion"),
                "answer": selection_label(answer, "answer"),
                "explanation": answer.explanation or "",
                "lines": _lines(answer.explanation, 70),
            }
            for answer in self.doc.quality_ids
        ]

    # -- paper ----------------------------------------------------------------

    def pages(self, rows):
        """Cut the rows of a table into parts that are each kept on one page."""
        return paginate(rows, PAGE_LINES)


def paginate(rows, page, first=None, last=0):
    """Cut a table that is longer than a page where a page is full.

    Only a patched engine for PDF files repeats the header of a table and leaves its
    rows whole, so that each part becomes a table of its own.

    :param rows: dictionaries with ``lines``
    :param page: how many lines fit on a page
    :param first: how many fit on the page that is begun already; None to begin a new
        one for the first part too, if there are more
    :param last: how many lines follow that are to stand on one page with a row at least
    :return: ``[(rows, whether a new page is to begin)]``; one part without rows where
        there are none

    >>> paginate([{"lines": 2}, {"lines": 1}], 4)
    [([{'lines': 2}, {'lines': 1}], False)]
    >>> [(len(part), new) for part, new in paginate([{"lines": 1}] * 7, 4.5)]
    [(3, True), (3, True), (1, True)]
    >>> [(len(part), new) for part, new in paginate([{"lines": 1}] * 7, 4.5, 1.5)]
    [(1, False), (3, True), (3, True)]
    >>> [(len(part), new) for part, new in paginate([{"lines": 1}] * 3, 4.5, last=2)]
    [(2, True), (1, True)]
    """
    parts, used = [[]], 0
    room = page if first is None else first
    for row in rows:
        height = row["lines"] + ROW_SPACE
        if parts[-1] and used + height > room:
            parts.append([])
            used, room = 0, page
        parts[-1].append(row)
        used += height
    if len(parts[-1]) > 1 and used + last > room:
        parts.append([parts[-1].pop()])
    is_cut = len(parts) > 1
    return [
        (part, is_cut and (first is None or place > 0))
        for place, part in enumerate(parts)
    ]


def _lines(text, letters):
    """Count the lines that a text takes in a column of so many letters."""
    return sum(len(wrap(line, letters)) or 1 for line in (text or " ").splitlines())


def _norm(point, level_id):
    """Return the norm of a level at a point of the trend; kept ones have text keys."""
    norms = point["norms"]
    return norms.get(level_id, norms.get(str(level_id)))
