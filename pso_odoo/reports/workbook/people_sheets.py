"""The sheets on people: the size of the organisation and its target group."""

from math import fsum

from odoo.tools import LazyTranslate

from .norm_sheet import NONE
from .sheet import Sheet
from .table import Column, Table

_lt = LazyTranslate(__name__)

STAFF_FTE = "{counts}*MIN({hours},{fulltime})*{days}/({fulltime}*period_days)"
TOTAL_FTE = "MAX(0,staff_fte+adjustment_fte+correction_fte)"
COUNTED_FTE = "MIN({hours},{fulltime})*{days}/({fulltime}*period_days)"
DIRECT_FTE = "MAX(0,group_fte+correction_direct_fte)"
PROVEN_FTE = (
    "MAX(0,SUMIFS(person_weighted_fte,person_verified,1)"
    '+SUMIF(person_corrections,"<0"))'
)
PSO30_FTE = "SUMIFS(person_fte,person_pso30,1)"
REGULAR_FTE = "SUMIFS(person_fte,person_pso30_regular,1)"
WEIGHTED_FTE = "{fte}*{group_weight}*{form_weight}"
COUNTED_DAYS = "IF(COUNT({first},{last})<2,0,MAX(0,{last}-{first}+1))"


class PeopleSheet(Sheet):
    """A sheet of person lines, under keys that stand for persons."""

    @property
    def _organisation(self):
        """The column that tells companies apart, in a scope of several."""
        if len(self.source.companies) < 2:
            return []
        return [Column("company", self.env._("Organisation"), "wrap", 24)]

    def _name_of(self, model, number):
        return self.source.record_names.get((model, number))

    def _reason(self, person):
        return self._reasons.get(person.reason)

    def fill(self):
        self._reasons = self.source.words("pso.person.line", "reason")
        columns = self._columns()
        self.write_title(columns)
        self.page.strip(self._figures())
        self._write_tables(columns)

    def _write_corrections(self, columns, kind, key, name):
        """Write a block of corrections in the same columns, with their sum.

        :return: the table
        """
        self.page.next()
        self.page.heading(
            self.env._("Corrections"),
            self.env._(
                "Entered by hand, for staff not in this Odoo or who count otherwise."
            ),
        )
        table = Table(self.page, columns, self.nothing)
        table.add(
            {
                "key": self.env._("Correction %s", number),
                key: correction.amount,
                "inputs": {key},
                "why": correction.reason,
                "mark": correction.source,
                "tone": ("amber",),
                "styles": {"why": "wrap", "mark": "wrap"},
            }
            for number, correction in enumerate(self.source.corrections(kind), start=1)
        )
        table.total(
            self.env._("Corrections"), {key: (self.source.corrected(kind), name)}
        )
        return table


class SizeSheet(PeopleSheet):
    """Every stretch of employment: it makes the total fte (section 3)."""

    LABEL = _lt("Size")
    ABOUT = _lt(
        "All staff, unweighted, averaged over the period: it makes the total fte."
    )

    def _columns(self):
        return [
            Column("key", self.env._("Key"), width=18),
            *self._organisation,
            Column("first", self.env._("From"), "date"),
            Column("last", self.env._("To"), "date"),
            Column("days", self.env._("Days"), "integer", 9, "{last}-{first}+1"),
            Column("hours", self.env._("Hours a week"), "hours"),
            Column("fulltime", self.env._("Full-time hours"), "hours"),
            Column("counts", self.env._("Counts"), "sign", 9),
            Column("fte", self.env._("Fte"), "fte_line", 13, STAFF_FTE),
            Column("why", self.env._("Why"), width=36),
            Column("mark", self.env._("Source"), width=36),
        ]

    def _figures(self):
        total, corrected = self.measurement.total_fte, self.source.corrected
        figures = [
            (self.env._("Total fte"), TOTAL_FTE, total, "total_fte"),
            (self.env._("Staff"), "staff_fte", self._staff_fte, ""),
            (self.env._("Adjustments"), "adjustment_fte", self._adjustment_fte, ""),
            (self.env._("Corrections"), "correction_fte", corrected("total_fte"), ""),
        ]
        return [(*figure[:3], "fte", figure[3]) for figure in figures]

    @property
    def _staff_fte(self):
        return fsum(person.total_fte for person in self.source.staff)

    @property
    def _adjustment_fte(self):
        return fsum(person.total_fte for person in self.source.adjustments)

    def _write_tables(self, columns):
        self._write_staff(columns)
        self._write_adjustments(columns)
        self._write_corrections(columns, "total_fte", "fte", "correction_fte")
        self._write_payroll()

    def _write_staff(self, columns):
        table = self.open_table(columns)
        table.add(map(self._staff_row, self.source.staff))
        table.filter()
        total = {"fte": (self._staff_fte, "staff_fte")}
        table.total(self.env._("Staff"), total)

    def _staff_row(self, person):
        counts = person.reason != "not_in_size"
        return {
            **self._row(person),
            "first": person.date_from,
            "last": person.date_to,
            "days": person.days,
            "counts": int(counts),
            "tone": () if counts else ("muted",),
        }

    def _row(self, person):
        return {
            "key": person.key,
            "company": self._name_of("res.company", person.company_id),
            "hours": person.hours or 0,
            "fulltime": person.fulltime_hours,
            "fte": person.total_fte,
            "why": self._reason(person),
        }

    def _write_adjustments(self, columns):
        self.page.next()
        self.page.heading(
            self.env._("Adjustments for the target group"),
            self.env._(
                "Added: people who count for the target group but not as staff. Taken "
                "off: days under a form of contract that is not part of the total fte."
            ),
        )
        table = Table(self.page, columns, self.nothing)
        table.add(map(self._adjustment_row, self.source.adjustments))
        total = {"fte": (self._adjustment_fte, "adjustment_fte")}
        table.total(self.env._("Adjustments"), total)

    def _adjustment_row(self, person):
        """Return an added line with its counted days, a deducted one with all days."""
        if person.total_hour_days > 0:
            first, last = person.counted_from, person.counted_to
            days = person.counted_days
            why = self.env._("Counts for the target group, not as staff")
        else:
            first, last = person.date_from, person.date_to
            days = person.days
            why = self.env._("Form of contract is not part of the total fte")
        return {
            **self._row(person),
            "first": first,
            "last": last,
            "days": days,
            "counts": 1 if person.total_hour_days > 0 else -1,
            "why": why,
        }

    def _write_payroll(self):
        """Hold the total fte against that of the payroll, if it is filled in."""
        payroll = self.measurement.payroll_fte
        if not payroll:
            return
        page = self.page
        page.next()
        page.heading(self.env._("Reconciliation with the payroll"))
        difference = self.measurement.total_fte - payroll
        for label, formula, value, name in (
            (self.env._("Total fte"), "total_fte", self.measurement.total_fte, ""),
            (self.env._("Total fte by payroll"), "", payroll, "payroll_fte"),
            (self.env._("Difference"), "total_fte-payroll_fte", difference, ""),
        ):
            page.label_line(label)
            if formula:
                page.derive(1, formula, value, "fte", "cell", "derived")
            else:
                page.put(1, value, "fte", "cell")
            if name:
                page.name(name, 1)
            page.next()


class GroupSheet(PeopleSheet):
    """Every status within employment: it makes the direct fte (section 3).

    These are the questions of step 3C of the portal.
    """

    LABEL = _lt("Target group")
    ABOUT = _lt(
        "The target group in own staff (step 3C of the portal): it makes the direct "
        "fte."
    )

    def _columns(self):
        return [
            Column("key", self.env._("Key"), width=17),
            *(
                [Column("name", self.env._("Name"), "wrap", 26)]
                if self.source.with_names
                else []
            ),
            *self._organisation,
            Column("group", self.env._("Starting position"), "wrap", 32),
            Column("inflow", self.env._("Inflow or event"), "date"),
            Column("form", self.env._("Form of contract"), "wrap", 24),
            Column("verified", self.env._("Proof verified"), "flag", 9),
            Column("from", self.env._("From"), "date"),
            Column("to", self.env._("To"), "date"),
            Column("hours", self.env._("Hours a week"), "hours", 9),
            Column("fulltime", self.env._("Full-time hours"), "hours", 9),
            Column("first", self.env._("Counts from"), "date"),
            Column("last", self.env._("Counts to"), "date"),
            Column("days", self.env._("Days counted"), "integer", 9, COUNTED_DAYS),
            Column("fte", self.env._("Fte counted"), "fte_line", 11, COUNTED_FTE),
            Column("group_weight", self.env._("Weight of group"), "weight", 9),
            Column("form_weight", self.env._("Weight of form"), "weight", 9),
            Column(
                "weighted", self.env._("Weighted fte"), "fte_line", 11, WEIGHTED_FTE
            ),
            Column("pso30", self.env._("Counts for 30+"), "flag", 9),
            Column("pso30_regular", self.env._("Of which regular"), "flag", 9),
            Column("why", self.env._("Why"), "wrap", 34),
            Column("mark", self.env._("Mark, source"), "mark", 18),
        ]

    def _figures(self):
        m, source = self.measurement, self.source
        corrected, proven = source.corrected("direct_fte"), source.proven_direct_fte
        figures = [
            (self.env._("Direct fte"), DIRECT_FTE, m.direct_fte, "direct_fte"),
            (self.env._("Target group"), "group_fte", self._group_fte, ""),
            (self.env._("Corrections"), "correction_direct_fte", corrected, ""),
            (self.env._("Proven"), PROVEN_FTE, proven, "proven_direct_fte"),
            self._pso30(self.env._("For PSO 30+"), PSO30_FTE, "pso30"),
            self._pso30(self.env._("30+, regular"), REGULAR_FTE, "pso30_regular"),
        ]
        return [(*figure[:3], "fte", figure[3]) for figure in figures]

    def _pso30(self, label, formula, part):
        """Return the fte of a part, a dash where a lock did not keep its share."""
        share, name = f"{part}_percentage", f"{part}_fte"
        if self.measurement._lacks(share):
            return label, "", NONE, name
        fte = self.measurement[share] * self.measurement.total_fte / 100
        return label, formula, fte, name

    @property
    def _group_fte(self):
        return fsum(person.direct_fte for person in self.source.group)

    def _write_tables(self, columns):
        self._write_group(columns)
        table = self._write_corrections(
            columns, "direct_fte", "weighted", "correction_direct_fte"
        )
        table.name_columns({"person_corrections": "weighted"})
        self.page.note(
            self.env._("Only corrections below zero are part of the proven fte.")
        )

    def _write_group(self, columns):
        table = self.open_table(columns)
        table.add(map(self._row, self.source.group))
        table.filter()
        table.total(
            self.env._("Target group"), {"weighted": (self._group_fte, "group_fte")}
        )
        table.name_columns(
            {
                "person_fte": "fte",
                "person_weighted_fte": "weighted",
                "person_verified": "verified",
                "person_pso30": "pso30",
                "person_pso30_regular": "pso30_regular",
            }
        )

    def _row(self, person):
        return {
            "key": person.key,
            "name": self.source.employee_names.get(person.employee_id),
            "company": self._name_of("res.company", person.company_id),
            "group": self._name_of("pso.target.group", person.group_id),
            "inflow": person.inflow,
            "form": self._name_of("pso.contract.form", person.form_id),
            "verified": int(bool(person.is_verified)),
            "from": person.date_from,
            "to": person.date_to,
            "hours": person.hours or 0,
            "fulltime": person.fulltime_hours,
            "first": person.counted_from,
            "last": person.counted_to,
            "days": person.counted_days,
            "fte": self.source.unweighted_fte(person),
            "group_weight": person.group_weight,
            "form_weight": person.form_weight,
            "weighted": person.direct_fte,
            "pso30": int(person.pso30_hour_days > 0),
            "pso30_regular": int(person.pso30_regular_hour_days > 0),
            "why": self._reason(person),
            "mark": self._mark(person),
            "tone": () if person.direct_fte else ("muted",),
        }

    def _mark(self, person):
        if not person.is_rule_known:
            return self.env._("unknown")
        return "" if person.is_rule_confirmed else self.env._("unconfirmed")
