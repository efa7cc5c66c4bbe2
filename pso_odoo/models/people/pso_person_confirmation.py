import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

from ...tools.context import without_defaults

# What ties a person to a login, by table: a change of one of these columns closes what
# was confirmed of these employees. Names, badge and work e-mail are what an import
# finds people by.
TIES = {
    "hr_employee": (
        (
            *("user_id", "resource_id", "company_id", "work_contact_id"),
            *("name", "barcode", "work_email"),
        ),
        "employee_id = OLD.id",
    ),
    "resource_resource": (
        ("user_id",),
        "employee_id IN (SELECT id FROM hr_employee WHERE resource_id = OLD.id)",
    ),
    "res_users": (("login", "partner_id"), "user_id = OLD.id"),
    "res_partner": (
        ("email",),
        "user_id IN (SELECT id FROM res_users WHERE partner_id = OLD.id)",
    ),
}


class PsoPersonConfirmation(models.Model):
    """That somebody of the PSO Target Group knows whose login this is.

    The page about oneself shows what is stored of an employee to his user. Who works
    with employees in Odoo may make himself that user; so it shows nothing unless the
    two were confirmed to be one person. That is done of anybody, and says nothing.

    A change of what ties the two closes it for good, also when it is set back: triggers
    do so, by whatever way something is written. What slips past them is found when the
    page is opened, which compares what is there with what was confirmed.
    """

    _name = "pso.person.confirmation"
    _description = "PSO Confirmation of a Login"
    _order = "confirmed_on desc, id desc"
    _rec_name = "login"

    employee_id = fields.Many2one(
        "hr.employee",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The person whose login it is.",
    )
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Who sees on a page of his own what PSO stores about this person.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The company of the employee when it was confirmed.",
    )
    login = fields.Char(
        required=True, readonly=True, help="The login when it was confirmed."
    )
    confirmed_by_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Who of the PSO Target Group has confirmed whose login it is.",
    )
    confirmed_on = fields.Datetime(
        required=True, readonly=True, help="When that was confirmed."
    )
    closed_on = fields.Datetime(
        readonly=True, help="Since when it no longer holds. Nothing opens it again."
    )
    closed_why = fields.Selection(
        [
            ("withdrawn", "Withdrawn"),
            ("renewed", "Confirmed anew"),
            ("hr_employee", "The employee was changed"),
            ("resource_resource", "The user of the employee was changed"),
            ("res_users", "The login was changed"),
            ("res_partner", "The e-mail address of the user was changed"),
        ],
        string="Closed Because",
        readonly=True,
        help="Why it no longer holds.",
    )
    state = fields.Selection(
        [
            ("confirmed", "Confirmed"),
            ("changed", "Changed Since"),
            ("closed", "Closed"),
        ],
        compute="_compute_state",
        help="Confirmed: the user sees what is stored about this person. Changed "
        "since, or closed: he sees nothing, until somebody confirms anew.",
    )
    # What was confirmed, as a digest: it repeats no name or address.
    tie = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)

    _one_that_holds = models.UniqueIndex("(employee_id) WHERE closed_on IS NULL")

    def init(self):
        result = super().init()
        for table, (columns, whose) in TIES.items():
            trigger = f"pso_close_confirmation_{table}"
            self.env.cr.execute(self._sql_function(trigger, whose))
            # Nobody who works with these tables waits for an upgrade without a reason.
            if not self._has_trigger(trigger, columns):
                self.env.cr.execute(self._sql_trigger(trigger, table, columns))
        return result

    def _has_trigger(self, trigger, columns):
        """Return whether a trigger is there, and looks at these columns."""
        [(found,)] = self.env.execute_query(
            SQL(
                """
                SELECT ARRAY_AGG(attname::text ORDER BY attname)
                FROM pg_trigger JOIN pg_attribute ON attrelid = tgrelid
                    AND attnum = ANY(tgattr)
                WHERE tgname = %s
                """,
                trigger,
            )
        )
        return found == sorted(columns)

    def _sql_function(self, name, whose):
        """Define the function that closes what a change of a table makes doubtful."""
        return SQL(
            """
            CREATE OR REPLACE FUNCTION %(function)s() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE pso_person_confirmation
                SET closed_on = now() AT TIME ZONE 'UTC', closed_why = TG_TABLE_NAME
                WHERE closed_on IS NULL AND %(whose)s;
                RETURN NULL;
            END $$;
            """,
            function=SQL.identifier(name),
            whose=SQL(whose),
        )

    def _sql_trigger(self, name, table, columns):
        """Define the trigger that calls it when one of these columns is changed."""
        names = [SQL.identifier(column) for column in columns]
        return SQL(
            """
            CREATE OR REPLACE TRIGGER %(trigger)s
            AFTER UPDATE OF %(columns)s ON %(table)s FOR EACH ROW
            WHEN ((%(old)s) IS DISTINCT FROM (%(new)s))
            EXECUTE FUNCTION %(function)s();
            """,
            function=SQL.identifier(name),
            trigger=SQL.identifier(name),
            table=SQL.identifier(table),
            columns=SQL(", ").join(names),
            old=SQL(", ").join(SQL("OLD.%s", name) for name in names),
            new=SQL(", ").join(SQL("NEW.%s", name) for name in names),
        )

    def _drop_keeper(self):
        """Drop the triggers on tables of core, which would outlive the addon."""
        for table in TIES:
            function = SQL.identifier(f"pso_close_confirmation_{table}")
            self.env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s CASCADE", function))

    @api.model_create_multi
    def create(self, vals_list):
        """Confirm, in one's own name and as of now, whose login it is.

        :raise ValidationError: if the employee has no user, or another than was meant
        :raise AccessError: for others than the PSO Target Group of the company
        """
        employees = self.env["hr.employee"].browse(
            vals.get("employee_id") for vals in vals_list
        )
        self.browse().check_access("create")
        employees.check_access("read")
        meant = [vals.get("user_id") for vals in vals_list]
        rows = [
            self._vals_of(employee, user_id)
            for employee, user_id in zip(employees.sudo(), meant, strict=True)
        ]
        self._that_hold(employees)._close("renewed")
        made = super(PsoPersonConfirmation, self.sudo()).create(rows)
        made = made.with_env(self.env)
        made.check_access("create")
        return made

    def _vals_of(self, employee, user_id):
        user = employee.user_id
        if not user:
            raise ValidationError(
                self.env._("%(name)s has no user in Odoo.", name=employee.name)
            )
        if user_id and user_id != user.id:
            raise ValidationError(
                self.env._(
                    "The user of %(name)s is another one by now: look again.",
                    name=employee.name,
                )
            )
        return {
            "employee_id": employee.id,
            "user_id": user.id,
            "company_id": employee.company_id.id,
            "login": user.login,
            "confirmed_by_id": self.env.uid,
            "confirmed_on": fields.Datetime.now(),
            "tie": self._tie(employee),
        }

    def _tie(self, employee):
        """Digest all that ties an employee to a login, as it is now."""
        employee = employee.sudo()
        user = employee.user_id
        contact = user.partner_id
        facts = [
            *(employee.id, employee.company_id.id, employee.resource_id.id),
            *(employee.resource_id.user_id.id, employee.work_contact_id.id),
            *(employee.name, employee.barcode, employee.work_email),
            *(user.id, user.login, contact.id, contact.email),
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def _that_hold(self, employees=None, user=None):
        """Find the confirmations of employees, or of a user, that nothing has closed.

        What is not written yet is written first: it may close some of them.
        """
        condition = (
            SQL("employee_id = ANY(%s)", employees.ids)
            if user is None
            else SQL("user_id = %s", user.id)
        )
        to_flush = [
            self.env[table.replace("_", ".")]._fields[column]
            for table, (columns, _whose) in TIES.items()
            for column in columns
        ]
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM pso_person_confirmation "
                "WHERE closed_on IS NULL AND %s ORDER BY id",
                condition,
                to_flush=[*to_flush, *map(self._fields.get, ("closed_on", "user_id"))],
            )
        )
        return self.browse(number for (number,) in rows)

    def _persons_of(self, user):
        """Find the employees of whom it is confirmed, and holds, that they are a user.

        :return: as superuser, of all companies, archived ones too
        """
        held = self.sudo()._that_hold(user=user).filtered(lambda each: each._is_true())
        return held.employee_id

    def _is_true(self):
        """Return whether what was confirmed is what is there."""
        confirmation = self.sudo()
        return (
            not confirmation.closed_on
            and confirmation.employee_id.user_id == confirmation.user_id
            and self._tie(confirmation.employee_id) == confirmation.tie
        )

    @api.depends("closed_on", "tie", "employee_id", "user_id")
    def _compute_state(self):
        for confirmation in self:
            confirmation.state = (
                "closed"
                if confirmation.closed_on
                else "confirmed"
                if confirmation._is_true()
                else "changed"
            )

    def _close(self, why):
        # At once: there is room for another one only afterwards.
        self.sudo().write({"closed_on": fields.Datetime.now(), "closed_why": why})
        self.flush_recordset()

    @without_defaults
    def action_withdraw(self):
        """Have the page show nothing to these users.

        :raise AccessError: for others than the PSO Target Group of the company
        :raise UserError: if nothing of it holds any more
        """
        self.check_access("read")
        self.check_access("create")
        held = self._that_hold(self.employee_id) & self
        if not held:
            raise UserError(self.env._("This confirmation does not hold any more."))
        held._close("withdrawn")

    @api.autovacuum
    def _gc_closed(self):
        """Delete what no longer holds, when it is as old as the log may become."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT confirmation.id FROM pso_person_confirmation confirmation
                JOIN res_company company ON company.id = confirmation.company_id
                WHERE closed_on < now() AT TIME ZONE 'UTC'
                    - make_interval(months => company.pso_log_months)
                LIMIT %s
                """,
                GC_UNLINK_LIMIT,
            )
        )
        self.browse(number for (number,) in rows).unlink()
