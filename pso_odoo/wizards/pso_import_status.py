from functools import partial

from odoo import fields, models
from odoo.tools import SQL, format_date
from odoo.tools.translate import LazyTranslate

from ..tools.importing import known_column

_lt = LazyTranslate(__name__)
_column = partial(known_column, "status")


class PsoImportStatus(models.AbstractModel):
    """Import of target-group statuses: an employee has one from each first day."""

    _name = "pso.import.status"
    _description = "Import of PSO Statuses"
    _inherit = ["pso.import.mixin"]

    _target = "pso.status"
    _subject_field = "employee_id"

    def _columns(self):
        return (
            _column(
                "employee",
                label=_lt("Employee"),
                identifies=True,
                also=("barcode",),
                example="Anna de Vries",
                about=_lt("The name as in Odoo, if nobody else has it."),
            ),
            _column(
                "barcode",
                label=_lt("Badge ID"),
                identifies=True,
                strength=8,
                about=_lt("The badge of the employee in Odoo."),
            ),
            _column(
                "work_email",
                label=_lt("Work Email"),
                identifies=True,
                strength=5,
                example="anna@example.com",
            ),
            _column(
                "id",
                label=_lt("ID"),
                identifies=True,
                strength=9,
                about=_lt("The database id or external id in Odoo."),
            ),
            _column("group_id", "code", is_required=True, example="wajong"),
            _column(
                "form_id",
                "code",
                example="regular",
                about=_lt("If empty: the first form of contract."),
            ),
            _column("date_start", "date", is_required=True, example="2025-01-01"),
            _column("date_end", "date"),
            _column("date_inflow", "date"),
            _column("date_event", "date"),
            _column("is_zero_hours", "flag"),
            _column("legal_basis", "choice"),
            _column("date_informed", "date"),
            _column("evidence_state", "choice"),
        )

    def _subject_domain(self):
        return [("company_id", "in", self.env.companies.ids)]

    def _subjects(self, name):
        column = {"employee": "name"}.get(name, name)
        employees = self.env["hr.employee"].with_context(active_test=False)
        query = employees._search([*self._subject_domain(), (column, "!=", False)])
        return self.env.execute_query(
            query.select(
                SQL.identifier(query.table, "id"),
                employees._field_to_sql(query.table, column, query),
                employees._field_to_sql(query.table, "active", query),
            )
        )

    # -- which of those who have one name -------------------------------------

    def _deciding_facts(self, subjects):
        """Read when people are employed: ``{id: [(first day, last day or None)]}``."""
        if not subjects:
            return {}
        self.env["hr.employee"].flush_model()
        self.env["hr.version"].flush_model()
        employment = self.env["hr.version"]._sql_pso_employment(
            SQL("SELECT unnest(%s)", list(subjects))
        )
        left = {
            employee.id: employee.departure_date
            for employee in self.env["hr.employee"].browse(subjects)
        }
        periods = {}
        for subject, first, last in self.env.execute_query(
            SQL(
                "SELECT employee_id, first_day, last_day FROM (%s) AS employment"
                " ORDER BY employee_id, first_day",
                employment,
            )
        ):
            if left[subject] and left[subject] >= first:
                last = min(filter(None, (last, left[subject])))
            periods.setdefault(subject, []).append((first, last))
        return periods

    def _decide(self, row, candidates, facts):
        """Find the one who was employed when the status began, and nobody else then.

        Who is archived while the contract goes on has left on a day that nobody
        knows: he stands back for one who works here.
        """
        start, end = row.values.get("date_start"), row.values.get("date_end")
        if not start or (end and end < start):
            return list(candidates)
        employed = [
            subject
            for subject in candidates
            if _meets(facts.get(subject, ()), start, end)
        ]
        if len(candidates) == 1:
            if not employed:
                row.hints.append(
                    self.env._(
                        "In these dates nobody of this name is employed: %(periods)s.",
                        periods="; ".join(self._describe_each(candidates, facts)),
                    )
                )
            return list(candidates)
        begun = [id_ for id_ in employed if _meets(facts[id_], start, start)]
        unsure = [
            subject
            for subject in employed
            if not candidates[subject] and facts[subject][-1][1] is None
        ]
        for sure in (begun, [id_ for id_ in begun if id_ not in unsure]):
            if len(sure) == 1 and {*employed} <= {*sure, *unsure}:
                others = [id_ for id_ in candidates if id_ not in sure]
                row.hints.append(
                    self.env._(
                        "By the dates, and not %(others)s.",
                        others="; ".join(self._describe_each(others, facts)),
                    )
                )
                return sure
        return list(candidates)

    def _describe_each(self, subjects, facts):
        """Say badge and employment, which the PSO HR group sees of its employees."""
        told = []
        for employee in self.env["hr.employee"].browse(subjects):
            mark = (
                self.env._("Badge ID %(badge)s", badge=employee.barcode)
                if employee.barcode
                else self.env._("ID %(id)s", id=employee.id)
            )
            periods = facts.get(employee.id)
            told.append(
                self.env._(
                    "%(mark)s, employed %(period)s",
                    mark=mark,
                    period=self._days_in_words(periods[0][0], periods[-1][1]),
                )
                if periods
                else mark
            )
        return told

    def _derive(self, rows, of_subject):
        """Add the inflow, taken over from the preceding status of the same group."""
        rows = super()._derive(rows, of_subject)
        for row in sorted(rows, key=lambda row: row.values["date_start"]):
            if "date_inflow" in row.values:
                continue
            group, start = row.values["group_id"], row.values["date_start"]
            before = [
                other
                for other in of_subject[row.subject]
                if other.values["group_id"] == group
                and other.values["date_start"] < start
            ]
            last = max(before, key=lambda o: o.values["date_start"], default=None)
            inflow = last and (last.values | last.derived).get("date_inflow")
            row.derived["date_inflow"] = inflow or start
        return rows

    def _no_match_message(self, value):
        return self.env._(
            "“%(value)s” is nobody who works in your companies in Odoo.", value=value
        )

    def _keys(self, subject, values):
        return [(subject, values.get("date_start"))]

    def _differs(self, column, value, other):
        """Take no End for a status that goes on."""
        if column.name == "date_end":
            return (value or None) != (other or None)
        return super()._differs(column, value, other)

    def _check_row(self, row):
        start, end = row.values["date_start"], row.values.get("date_end")
        if end and end < start:
            self._refuse(
                row,
                "date_end",
                self.env._("A target-group status cannot end before it starts (End)."),
            )
        informed = row.values.get("date_informed")
        if informed and informed > fields.Date.context_today(self):
            self._refuse(
                row,
                "date_informed",
                self.env._(
                    "Nobody can have been informed in the future (Informed On)."
                ),
            )

    def _conflict(self, row, others):
        start, end = row.values["date_start"], row.values.get("date_end")
        for other in others:
            other_start = other.values["date_start"]
            other_end = other.values.get("date_end")
            if (end and other_start > end) or (other_end and other_end < start):
                continue
            self._refuse(row, "date_start", self._overlap_in_words(other))
            return

    def _overlap_in_words(self, other):
        start, end = other.values["date_start"], other.values.get("date_end")
        period = self._days_in_words(start, end)
        if other.number:
            return self.env._(
                "It overlaps row %(row)s of this file (%(period)s): an employee has "
                "one status at a time.",
                row=other.number,
                period=period,
            )
        return self.env._(
            "It overlaps a status that is in Odoo (%(period)s): an employee has one "
            "at a time.",
            period=period,
        )

    def _days_in_words(self, start, end):
        start = format_date(self.env, start)
        if not end:
            return self.env._("from %(start)s", start=start)
        return self.env._(
            "%(start)s to %(end)s", start=start, end=format_date(self.env, end)
        )

    def _vals(self, row):
        """Write the inflow as entered: a derived one changes with rows around it."""
        vals = super()._vals(row)
        if "date_inflow" in vals:
            vals["date_inflow_manual"] = vals.pop("date_inflow")
        return vals


def _meets(periods, start, end):
    """Return whether one of some periods has a day in common with another one."""
    return any(
        (not end or first <= end) and (not last or last >= start)
        for first, last in periods
    )
