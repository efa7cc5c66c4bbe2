from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...tools import columns
from ...tools.context import without_defaults
from . import hours
from .pso_status import STATES

# What the lines read of an employee: a change of these drops figures already read.
EMPLOYEE_FACTS = {"active", "company_id", "user_id", "work_contact_id"}
# What more cards than these share says nothing of a person: "unknown", "000000".
CARDS_OF_ONE_PERSON = 5
# What nobody shares with another person: columns of a version.
NUMBERS = ("identification_id", "passport_id", "ssnid")
# Whether it is confirmed whose login the user of an employee is.
CONFIRMATION_STATES = [
    ("new", "Never Confirmed"),
    ("confirmed", "Confirmed"),
    ("changed", "Changed Since"),
    ("withdrawn", "Withdrawn"),
]


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    _figures_rest_on = EMPLOYEE_FACTS
    _pso_facts_traced = frozenset({"company_id"})
    _pso_look = "pso.status"

    pso_status_ids = fields.One2many(
        "pso.status",
        "employee_id",
        string="Target-Group Statuses",
        groups="pso_odoo.group_pso_hr",
        help="From when until when this employee belongs to which target group of PSO.",
    )
    pso_counting_state = fields.Selection(
        STATES,
        string="PSO Counting",
        compute="_compute_pso_counting",
        groups="pso_odoo.group_pso_hr",
        help="Whether this employee counts for the target group today.",
    )
    pso_counting_note = fields.Char(
        string="PSO Now",
        compute="_compute_pso_counting",
        groups="pso_odoo.group_pso_hr",
        help="What counts of this employee today, until when and why.",
    )

    pso_confirmation_ids = fields.One2many(
        "pso.person.confirmation",
        "employee_id",
        string="Confirmed Logins",
        groups="pso_odoo.group_pso_hr",
        help="When it was confirmed that the user of this employee is this person, and "
        "what became of it.",
    )
    pso_confirmation_state = fields.Selection(
        CONFIRMATION_STATES,
        string="PSO Login",
        compute="_compute_pso_confirmation",
        groups="pso_odoo.group_pso_hr",
        help="Whether it is confirmed that the user of this employee is this person, "
        "who then sees on a page of his own what PSO stores about him.",
    )
    pso_confirmation_note = fields.Char(
        string="Own Page",
        compute="_compute_pso_confirmation",
        groups="pso_odoo.group_pso_hr",
        help="Who has confirmed that the user of this employee is this person, when, "
        "and whether it still holds.",
    )

    def write(self, vals):
        return self.env["pso.trace"]._traced(self, vals, super().write)

    def copy_data(self, default=None):
        return hours.copy_data(self, super().copy_data, default)

    def copy(self, default=None):
        return hours.copy(self, super().copy, default)

    # -- one person with several jobs ----------------------------------------

    def _pso_persons(self):
        """Find which employees are one person, by user, contact or identification.

        What many share is a makeshift, and makes nobody one with another.

        :return: ``{employee id: number of the person}``, without those on their own
        """
        marks = self.env.company.sudo().pso_persons or ()
        return _united(mark for mark in marks if len(mark) <= CARDS_OF_ONE_PERSON)

    def _pso_namesakes(self):
        """Find who may be one person, also by what many share: ``{id: lowest id}``."""
        return _united(self.env.company.sudo().pso_persons or ())

    def _pso_marks(self):
        """List the employees that share a user, a contact or an identification."""
        rows = self.env.execute_query(self._sql_pso_marks())
        return [employees for (employees,) in rows]

    def _sql_pso_marks(self):
        """Select the employees that share something, an array for each such thing."""
        columns.require(self.env, "people")
        return SQL(
            """
            -- Several employees of one user,
            SELECT array_agg(id ORDER BY id) AS employees FROM hr_employee
            WHERE user_id IN (SELECT user_id FROM hr_employee
                WHERE user_id IS NOT NULL GROUP BY user_id HAVING COUNT(user_id) > 1)
            GROUP BY user_id
            UNION ALL
            -- of one contact,
            SELECT array_agg(id ORDER BY id) FROM hr_employee
            WHERE work_contact_id IN (SELECT work_contact_id FROM hr_employee
                WHERE work_contact_id IS NOT NULL
                GROUP BY work_contact_id HAVING COUNT(work_contact_id) > 1)
            GROUP BY work_contact_id
            UNION ALL
            -- or with the same number of a kind in any of their versions.
            %(numbers)s
            %(flush)s
            """,
            numbers=SQL(" UNION ALL ").join(map(self._sql_pso_sharing, NUMBERS)),
            flush=columns.sql_flush(
                self.env,
                {
                    "hr.employee": ("user_id", "work_contact_id"),
                    "hr.version": ("active", "employee_id", *NUMBERS),
                },
            ),
        )

    def _sql_pso_sharing(self, column):
        """Select the employees with the same number, in the order of its index."""
        return SQL(
            """
            SELECT array_agg(DISTINCT employee_id) FROM hr_version
            WHERE active AND employee_id IS NOT NULL
                AND %(number)s IS NOT NULL AND TRIM(%(number)s) <> ''
            GROUP BY TRIM(%(number)s) HAVING MIN(employee_id) < MAX(employee_id)
            """,
            number=SQL.identifier(column),
        )

    @api.depends(
        "pso_status_ids.group_id",
        "pso_status_ids.form_id",
        "pso_status_ids.date_start",
        "pso_status_ids.date_end",
        "pso_status_ids.date_inflow",
        "pso_status_ids.date_event",
    )
    @api.depends_context("lang", "tz")
    def _compute_pso_counting(self):
        """Judge also what is typed and not saved: the result is seen at once."""
        periods = self.env["pso.status.period"]
        rows = periods._of(self.pso_status_ids)
        for employee in self:
            state, note = periods._statement(
                {
                    status: rows[status]
                    for status in employee.pso_status_ids
                    if status in rows
                }
            )
            employee.pso_counting_state = state
            employee.pso_counting_note = note

    # -- whose login it is ---------------------------------------------------

    @api.depends("user_id", "pso_confirmation_ids.closed_on")
    @api.depends_context("lang", "tz")
    def _compute_pso_confirmation(self):
        for employee in self:
            last = employee.pso_confirmation_ids[:1]
            why = last.closed_why
            if not last:
                state = "new"
            elif last.state == "confirmed":
                state = "confirmed"
            else:
                state = "withdrawn" if why == "withdrawn" else "changed"
            employee.pso_confirmation_state = state
            employee.pso_confirmation_note = self._pso_confirmation_in_words(
                employee.user_id, state, last
            )

    def _pso_confirmation_in_words(self, user, state, last):
        if not user:
            return self.env._("No user, and so no page of one's own.")
        if state == "new":
            return self.env._(
                "Nobody has confirmed that %(login)s is this person.",
                login=user.sudo().login,
            )
        words = {
            "login": last.login,
            "name": last.sudo().confirmed_by_id.name,
            "date": format_date(self.env, last.confirmed_on),
        }
        if state == "confirmed":
            return self.env._(
                "That %(login)s is this person was confirmed by %(name)s on %(date)s.",
                **words,
            )
        if state == "withdrawn":
            return self.env._(
                "That %(login)s is this person was confirmed by %(name)s on %(date)s, "
                "and withdrawn since.",
                **words,
            )
        return self.env._(
            "That %(login)s is this person was confirmed by %(name)s on %(date)s. "
            "Something of employee or user has been changed since: confirm anew, if it "
            "is still so.",
            **words,
        )

    @without_defaults
    def action_pso_withdraw_logins(self):
        """Have the pages of these people show nothing any more.

        :raise AccessError: for others than the PSO Target Group of their companies
        :raise UserError: if nothing of it was confirmed and still holds
        """
        self.check_access("read")
        confirmations = self.env["pso.person.confirmation"]
        confirmations.check_access("create")
        confirmations._that_hold(self).action_withdraw()


def sql_persons(persons):
    """Return who is one with whom as SQL, for FROM: short, however many there are.

    :param persons: ``{employee id: number of the person}``
    """
    lists = (list(persons), list(persons.values()))
    texts = (f"{{{','.join(map(str, each))}}}" for each in lists)
    return SQL("unnest(%s::int[], %s::int[])", *texts)


def _united(marks):
    """Find who is one with whom, also by way of others: ``{id: lowest id}``.

    :param marks: employees that share something
    """
    known = {}  # somebody lower of the same, and at last the lowest
    for employees in marks:
        for employee in employees:
            known.setdefault(employee, employee)
        ends = {_lowest(known, employee) for employee in employees}
        known.update(dict.fromkeys(ends, min(ends)))
    return {employee: _lowest(known, employee) for employee in known}


def _lowest(known, employee):
    """Follow who is one with whom to the end, which is nearer the next time."""
    while known[employee] != employee:
        known[employee] = known[known[employee]]
        employee = known[employee]
    return employee
