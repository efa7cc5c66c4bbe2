from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .pso_status import STATES

COMPARISONS = {sign: SQL(sign) for sign in ("<", "<=", ">", ">=")}
# What is derived of a status, and the column of pso.status.period that holds it.
COUNTING = {
    "counting_state": "state",
    "counted_from": "counted_from",
    "counted_until": "counted_until",
    "stops_on": "stops_on",
}
# All that is derived of statuses and of those who have them.
DERIVED = {
    "pso.status": (
        *("date_inflow", "needs_event", "counting_reason", "counting_note"),
        *COUNTING,
    ),
    "hr.employee": ("pso_counting_state", "pso_counting_note"),
}
# What a status is judged by, saved or not.
JUDGED_BY = (
    *("id", "employee_id", "group_id", "form_id", "date_start", "date_end"),
    *("date_inflow_manual", "date_event", "is_zero_hours", "evidence_state"),
)


def searched(name):
    """Make the method by which a derived field is searched."""
    return lambda self, operator, value: self._search_counting(name, operator, value)


class PsoStatus(models.Model):
    """When a status counts under the edition of today, and its rows for SQL."""

    _inherit = "pso.status"

    needs_event = fields.Boolean(
        compute="_compute_counting",
        help="The group counts from an event, whose date is needed.",
    )
    counting_state = fields.Selection(
        STATES,
        string="Counting",
        compute="_compute_counting",
        search=searched("counting_state"),
        help="Whether this status counts today, under the edition in force today.",
    )
    counted_from = fields.Date(
        string="Counts From",
        compute="_compute_counting",
        search=searched("counted_from"),
        help="First day on which this status counts.",
    )
    counted_until = fields.Date(
        string="Counts Until",
        compute="_compute_counting",
        search=searched("counted_until"),
        help="Last day on which this status counts, under the edition in force today: "
        "the end of the status, of the counting period, of the longest period of the "
        "form of contract or of the employment, whichever comes first.",
    )
    stops_on = fields.Date(
        string="Stops Counting",
        compute="_compute_counting",
        search=searched("stops_on"),
        help="Last day on which the person counts. Empty where another status goes on "
        "counting the next day, or where there is no end.",
    )
    counting_reason = fields.Char(
        string="Why It Ends",
        compute="_compute_counting",
        help="Why this status stops counting on its last day; of one that does not "
        "count, why not.",
    )
    counting_note = fields.Char(
        string="Counts",
        compute="_compute_counting",
        help="From when until when this status counts, and why.",
    )

    @api.depends(
        "employee_id",
        "group_id",
        "form_id",
        "date_start",
        "date_end",
        "date_inflow",
        "date_event",
    )
    @api.depends_context("lang", "tz")
    def _compute_counting(self):
        """Say when the status counts under today's edition, in dates and in words."""
        edition = self.env["pso.edition"]._at(fields.Date.context_today(self))
        rules = {rule.group_id: rule for rule in edition.group_rule_ids}
        periods = self.env["pso.status.period"]
        rows = periods._of(self)
        for status in self:
            rule = rules.get(status.group_id._origin)
            row = rows.get(status, {})
            status.needs_event = rule and rule.counting_from == "event"
            for name, column in COUNTING.items():
                status[name] = row.get(column)
            why = row and periods._why(row["reason"]) or ""
            note = bool(row) and periods._note(row)
            is_not = bool(row) and row["state"] == "not"
            status.counting_reason = note if is_not else why[:1].upper() + why[1:]
            status.counting_note = note

    def _counting_fields(self):
        """Return what is derived of statuses and employees, as their fields."""
        return [
            self.env[model]._fields[name]
            for model, names in DERIVED.items()
            for name in names
        ]

    def _search_counting(self, name, operator, value):
        """Return a domain on a derived field, by the report that it is read from."""
        if operator != "in" and operator not in COMPARISONS:
            return NotImplemented

        def to_sql(model, alias, query):
            column = model._field_to_sql(alias, name, query)
            if operator != "in":
                return SQL(
                    "COALESCE(%s %s %s, FALSE)", column, COMPARISONS[operator], value
                )
            values = tuple(each for each in value if each)
            terms = [SQL("%s IS NULL", column)] if len(values) < len(value) else []
            terms += [SQL("COALESCE(%s IN %s, FALSE)", column, values)] * bool(values)
            return SQL("(%s)", SQL(" OR ").join(terms))

        return Domain.custom(to_sql=to_sql)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let people search, group and sort by what is derived."""
        if query is None or field_expr not in COUNTING:
            return super()._field_to_sql(alias, field_expr, query)
        rows = self.env["pso.status.period"]._sql_today()
        return self._sql_derived(alias, field_expr, query, rows, COUNTING[field_expr])

    def _sql_derived(self, alias, name, query, rows, column):
        """Join what is derived, where a user searches, groups or sorts by it.

        :return: SQL of its column
        :raise AccessError: if the user may not read the field

        :param rows: SQL with a row a status, by ``status_id``
        :param column: of these rows, that has it
        """
        self._check_field_access(self._fields[name], "read")
        derived = query.make_alias(alias, column)
        query.add_join(
            "LEFT JOIN",
            derived,
            SQL("(%s)", rows),
            SQL(
                "%s = %s",
                SQL.identifier(derived, "status_id"),
                SQL.identifier(alias, "id"),
            ),
        )
        return SQL.identifier(derived, column)

    # -- for the SQL reports -------------------------------------------------

    def _by_number(self):
        """Return these statuses by their number in SQL: below zero if unsaved."""
        return {
            status._origin.id or -number: status
            for number, status in enumerate(self, start=1)
        }

    def _sql_rows(self):
        """Select all statuses, with what is typed into these, if unsaved."""
        typed = {
            number: status
            for number, status in self._by_number().items()
            if not status.id and status.employee_id._origin and status.date_start
        }
        if not typed:
            return SQL.identifier("pso_status")
        columns = SQL(", ").join(map(SQL.identifier, JUDGED_BY))
        return SQL(
            """(
                SELECT %(columns)s FROM pso_status WHERE id NOT IN %(ids)s
                UNION ALL VALUES %(typed)s
            )""",
            columns=columns,
            ids=tuple(typed),
            typed=SQL(", ").join(
                status._sql_values(number) for number, status in typed.items()
            ),
        )

    def _sql_values(self, number):
        """Write this status as it is typed, as a row of the table."""
        values = {name: self[name] for name in JUDGED_BY}
        values |= {"id": number, "date_inflow_manual": self.date_inflow}
        for name in ("employee_id", "group_id", "form_id"):
            values[name] = values[name]._origin.id
        return SQL(
            "(%s)",
            SQL(", ").join(
                SQL(
                    "%s::%s",
                    values[name] or None,
                    SQL(self._fields[name].column_type[0]),
                )
                for name in JUDGED_BY
            ),
        )

    def _sql_inflow(self, statuses=None):
        """Select all statuses with their inflow and the start of the run of their form.

        The inflow is entered, or that of the preceding status of the same group, or
        the start (section 3). A run is an unbroken row of statuses of one form: the
        longest period of a form is counted from its first day.

        :param statuses: these as they are typed, where they are not saved
        """
        return SQL(
            """
            WITH step AS (
                -- Whether the form goes on from the day before.
                SELECT status.*,
                    LAG(form_id) OVER employee = form_id
                    AND LAG(date_end) OVER employee + 1 = date_start AS continues
                FROM %(statuses)s status
                WINDOW employee AS (PARTITION BY employee_id ORDER BY date_start)
            ),
            -- Since which entered inflow, and in which row of one form.
            run AS (
                SELECT step.*,
                    COUNT(date_inflow_manual) OVER (
                        PARTITION BY employee_id, group_id ORDER BY date_start
                    ) AS entered,
                    SUM(CASE WHEN continues THEN 0 ELSE 1 END) OVER (
                        PARTITION BY employee_id ORDER BY date_start
                    ) AS run_number
                FROM step
            )
            SELECT run.*,
                FIRST_VALUE(COALESCE(date_inflow_manual, date_start)) OVER (
                    PARTITION BY employee_id, group_id, entered ORDER BY date_start
                ) AS inflow,
                FIRST_VALUE(date_start) OVER (
                    PARTITION BY employee_id, run_number ORDER BY date_start
                ) AS run_start
            FROM run
            """,
            statuses=(self.browse() if statuses is None else statuses)._sql_rows(),
        )
