from odoo import fields
from odoo.tools import LazyTranslate

from .sheet import Sheet

_lt = LazyTranslate(__name__)

WIDTHS = (30, 34, 22, 70)
# Styles in the legend.
CALCULATED = ("text", "derived")
MARK = ("mark",)
MUTED = ("text", "muted")


class RequestSheet(Sheet):
    """Who is measured, over which period, by which rule book; and how to read on."""

    LABEL = _lt("Request")
    ABOUT = _lt("Organisation, period, contents and legend.")

    def fill(self):
        page = self.page
        page.widths(WIDTHS)
        page.title(self.measurement.name, self._subtitle())
        self._write_organisations()
        self._write_measurement()
        self._write_contents()
        self._write_legend()

    def _subtitle(self):
        if self.source.with_names:
            return self.env._(
                "PSO workbook, with names. Confidential: it tells who belongs to the "
                "target group."
            )
        return self.env._("PSO workbook, pseudonymous: a key stands for each person.")

    def _write_organisations(self):
        page = self.page
        page.heading(self.env._("Organisations"))
        page.headers(
            [
                (self.env._("Name"), "text"),
                (self.env._("KvK number"), "text"),
                (self.env._("Full-time hours a week"), "hours"),
            ]
        )
        for company in self.source.companies:
            page.label_line(company.name, "wrap")
            page.put(1, company.company_registry, "text", "cell")
            page.put(2, company.pso_fulltime_hours, "hours", "cell")
            page.next()
        page.next()

    def _write_measurement(self):
        measurement = self.measurement
        page = self.page
        page.heading(self.env._("Measurement"))
        first, last = measurement.date_start, measurement.date_end
        self._line(self.env._("First day"), first, "date", "period_start")
        self._line(self.env._("Last day"), last, "date", "period_end")
        page.label_line(self.env._("Days"))
        formula = "period_end-period_start+1"
        page.derive(1, formula, self.source.days, "integer", "cell", "derived", "left")
        page.name("period_days", 1)
        page.next()
        edition = measurement.edition_id.display_name
        self._line(self.env._("Edition of the rule book"), edition)
        self._line(self.env._("State"), self._state())
        if measurement.is_locked:
            locked_on = self.source.moment(measurement.locked_on)
            self._line(self.env._("Locked on"), locked_on, "moment")
            self._line(self.env._("Locked by"), measurement.locked_by_id.name)
            self._line(self.env._("Seal"), measurement._seal_digest())
        now = self.source.moment(fields.Datetime.now())
        self._line(self.env._("Produced on"), now, "moment")
        page.next()

    def _line(self, label, value, style="text", name=""):
        self.page.label_line(label)
        self.page.put(1, value, style, "cell", "left")
        if name:
            self.page.name(name, 1)
        self.page.next()

    def _state(self):
        return self.source.words("pso.measurement", "state")[self.measurement.state]

    def _write_contents(self):
        page = self.page
        page.heading(self.env._("Contents"))
        for sheet in self.sheets:
            page.link_to(0, sheet.page, sheet.label, "link", "cell")
            page.put(1, sheet.about, "text")
            page.next()
        page.next()

    def _write_legend(self):
        page = self.page
        page.heading(self.env._("Legend"))
        for mark, style, meaning in self._legend():
            page.put(0, mark, *style, "cell")
            page.put(1, meaning, "text")
            page.next()

    def _legend(self):
        return [
            (
                self.env._("shaded"),
                CALCULATED,
                self.env._(
                    "Calculated: a formula over other cells. Other cells are inputs."
                ),
            ),
            (
                self.env._("unknown"),
                MARK,
                self.env._(
                    "Not published by the scheme. An unknown weight counts zero, an "
                    "unknown counting period lasts as long as the status."
                ),
            ),
            (
                self.env._("unconfirmed"),
                MARK,
                self.env._(
                    "Published, but not confirmed for this edition of the rule book."
                ),
            ),
            (
                self.env._("estimate"),
                MARK,
                self.env._("The figures of the supplier are an estimate."),
            ),
            (
                self.env._("correction"),
                MARK,
                self.env._(
                    "Entered by hand, with reason and source, and always shown apart."
                ),
            ),
            (
                self.env._("interpolated"),
                MUTED,
                self.env._("On the straight line between two norms that are printed."),
            ),
        ]
