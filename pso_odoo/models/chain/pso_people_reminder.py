from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.context import without_defaults
from .pso_reminder_mixin import DAYS_TO_ACT, LAST_DAYS, stage_of

KINDS = [
    ("ends", "People stop counting"),
    ("proof", "Proof of statuses is missing"),
]


class PsoPeopleReminder(models.Model):
    """That the PSO Target Group was reminded of people, without saying of whom.

    A row has a company and a day, no person and no number of them: who it is stands in
    *Ends of Counting*. Even that there is a reminder tells something, as it follows
    from facts about persons; so whoever is not in that group learns of none: not by the
    record, not by its activity, not by a mail. Nor by the number of the next activity:
    each night one number is used for each company, whether somebody is reminded or not.
    """

    _name = "pso.people.reminder"
    _description = "PSO Reminder of People"
    _inherit = ["pso.withheld.mixin", "pso.reminder.mixin"]
    _known_by = ("company_id", "kind", "stage", "date_end")
    _activity_type = "mail.mail_activity_data_todo"

    kind = fields.Selection(
        KINDS,
        string="Of What",
        required=True,
        readonly=True,
        help="What ends, or is missing.",
    )

    _once = models.UniqueIndex("(company_id, kind, stage, date_end)")

    def _title(self):
        """Say no more than what it is: an activity keeps it for who has it."""
        return self.env._("Reminder of people")

    def _remind_company(self, company):
        """Give what is due in a company: one activity a night at most."""
        user = company._pso_reminded("people")
        self._attempt(company, self._take_from_others, user)
        if user:
            self._attempt(company, self._remind_user, user)
            yield

    def _take_from_others(self, company, user):
        """Take open reminders from who is not the one to be reminded any more.

        They are given anew, to whoever is.
        """
        given = self.search(
            [("company_id", "=", company.id), ("user_id", "!=", user.id)]
        )
        given.filtered("activity_ids").unlink()

    def _remind_user(self, company, user):
        today = self._today(company)
        due = [
            {
                "company_id": company.id,
                "kind": kind,
                "stage": stage_of(today, day),
                "date_end": day,
                "date": today,
                "user_id": user.id,
            }
            for kind, day in self._due(company, today)
        ]
        new = self.create([vals for vals in due if not self._is_given(vals)])
        # An activity that is open says to look: there is no need for another one.
        if new and not self._open(company, user):
            first = new[0]._words(user)
            # From tomorrow on: who is told at once is told by the bus, whose numbers
            # everybody sees.
            latest = min(first.date_end, today + timedelta(days=DAYS_TO_ACT))
            deadline = max(latest, today + timedelta(days=1))
            first._give(user, deadline, first._summary())
        else:
            self.env.cr.execute("SELECT nextval('mail_activity_id_seq')")

    def _summary(self):
        """Say what to do, with no name and no number."""
        if self.kind == "proof":
            return self.env._("Look up which proof is missing")
        return self.env._("Look who stops counting within 90 days")

    def _is_given(self, vals):
        names = ("company_id", "kind", "stage", "date_end")
        return bool(self.search_count([(n, "=", vals[n]) for n in names], limit=1))

    def _open(self, company, user):
        """Return the reminders of a company that are still open with a user."""
        return self.search(
            [("company_id", "=", company.id), ("activity_ids.user_id", "=", user.id)],
            limit=1,
        )

    def _due(self, company, today):
        """List what is due: ``[(kind, day)]``, the nearest day first."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT stops_on
                FROM (%(periods)s) AS period
                JOIN pso_status status ON status.id = period.status_id
                WHERE status.company_id IN %(companies)s
                    AND stops_on BETWEEN %(first)s AND %(last)s
                ORDER BY stops_on
                """,
                periods=self.env["pso.status.period"]._sql_today(),
                companies=tuple(company._pso_scope().ids),
                first=today,
                last=today + timedelta(days=max(LAST_DAYS)),
            )
        )
        due = [("ends", day) for (day,) in rows]
        end, found = self.env["pso.reminder"]._lacks(company, today, {"no_proof"})
        return due + [("proof", end)] * bool(found)

    @api.readonly
    @without_defaults
    def action_open(self):
        """Open the list that says who it is about."""
        self.ensure_one()
        self.check_access("read")
        name = {"ends": "pso_status_ending_action", "proof": "pso_missing_proof_action"}
        return self.env["ir.actions.actions"]._for_xml_id(f"pso_odoo.{name[self.kind]}")
