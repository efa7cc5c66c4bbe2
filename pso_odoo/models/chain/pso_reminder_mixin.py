import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ...tools.context import without_defaults
from ...tools.labels import selection_label

_logger = logging.getLogger(__name__)

STAGES = [
    ("9m", "9 months"),
    ("90", "90 days"),
    ("60", "60 days"),
    ("30", "30 days"),
]
LAST_DAYS = (30, 60, 90)
# So long somebody has for what he is reminded of, unless it ends before.
DAYS_TO_ACT = 14
MONTHS_AHEAD = 9
# Of reminders no more is needed than that they were there, until this is over.
KEPT_FOR = relativedelta(years=2)


def stage_of(today, end, months_ahead=0):
    """Return by which reminder an end is near: the latest that is due, or None.

    >>> from datetime import date
    >>> stage_of(date(2026, 1, 1), date(2026, 4, 1))
    '90'
    >>> stage_of(date(2026, 1, 1), date(2026, 4, 2))
    >>> stage_of(date(2026, 1, 1), date(2026, 10, 1), months_ahead=9)
    '9m'
    """
    days = (end - today).days
    if days < 0:
        return None
    for stage in LAST_DAYS:
        if days <= stage:
            return str(stage)
    near = today + relativedelta(months=months_ahead)
    return "9m" if months_ahead and end <= near else None


class PsoReminderMixin(models.AbstractModel):
    """That somebody was reminded of something, once, and the activity that did so.

    Written by the nightly job alone. A row is what says that a reminder was given: it
    comes in with its activity, in one transaction, and a unique index lets it come in
    once. Nothing is mailed, and nobody follows a reminder.
    """

    _name = "pso.reminder.mixin"
    _description = "PSO Reminder"
    _inherit = ["mail.activity.mixin"]
    _order = "date desc, id desc"
    # Who may read a reminder may do something about it.
    _mail_post_access = "read"
    # The type of its activities.
    _activity_type = None

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    stage = fields.Selection(
        STAGES,
        string="Reminder",
        required=True,
        readonly=True,
        help="How long before the end it was due. Of several that were due at once the "
        "last one alone is given.",
    )
    date_end = fields.Date(
        string="Ends On", required=True, readonly=True, help="The day it is about."
    )
    date = fields.Date(
        string="Reminded On", required=True, readonly=True, help="When it was given."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Reminded",
        readonly=True,
        ondelete="set null",
        help="Whose activity it became.",
    )
    ended_on = fields.Date(
        readonly=True,
        help="When it was taken back: what it asked for was done, or a later reminder "
        "took its place.",
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("ended", "No Longer Needed")],
        compute="_compute_state",
        help="Open as long as its activity is.",
    )

    @api.depends("activity_ids.active", "ended_on")
    def _compute_state(self):
        for reminder in self:
            if reminder.ended_on:
                reminder.state = "ended"
            else:
                reminder.state = "open" if reminder.activity_ids else "done"

    @api.depends("stage", "date_end")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for reminder in self:
            reminder.display_name = reminder._title()

    def _title(self):
        """Say what it is about, and when that ends."""
        return self.env._(
            "%(what)s: %(date)s",
            what=selection_label(self, "kind"),
            date=format_date(self.env, self.date_end),
        )

    # -- the button --------------------------------------------------------------

    @without_defaults
    def action_done(self):
        """Mark the activities of the current user as done, of records he may read."""
        self.check_access("read")
        own = self.activity_ids.filtered(lambda each: each.user_id == self.env.user)
        own.action_feedback()

    # -- nobody follows, nothing is mailed ---------------------------------------

    @api.private
    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Have nobody follow a reminder: core would have who gets its activity."""
        return True

    @api.private
    def message_post_with_source(self, source_ref, **kwargs):
        """Write no message that an activity is done: that it is can be seen."""
        return self.env["mail.message"]

    # -- the nightly job ---------------------------------------------------------

    def _remind_company(self, company):
        """Give the reminders of a company that are due, pausing after each batch."""
        yield from ()

    def _today(self, company):
        """Return which day it is in a company."""
        timezone = company._pso_timezone()
        return fields.Date.context_today(self.with_context(tz=timezone))

    def _attempt(self, company, work, *args):
        """Do some work for a company; if it fails, others are reminded all the same.

        :return: what the work returns; None if it failed, and is tried again tomorrow
        """
        try:
            with self.env.cr.savepoint():
                return work(company, *args)
        except Exception as error:  # noqa: BLE001
            # Not what it says: that might name somebody.
            kind = type(error).__name__
            _logger.error("PSO reminders: %s, %s: %s", self._name, company.id, kind)

    def _give(self, user, deadline, summary):
        """Make the activity of a reminder, without a mail."""
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            self._activity_type,
            user_id=user.id,
            date_deadline=deadline,
            summary=summary,
        )

    def _words(self, user):
        """Return these in the language of a user."""
        return self.with_context(lang=user.lang or self.env.lang)

    def _end(self):
        """Take reminders back, with their activities."""
        self.sudo().activity_ids.unlink()
        self.sudo().write({"ended_on": fields.Date.context_today(self)})

    @api.autovacuum
    def _gc_past(self):
        """Forget what nobody needs to be reminded of any more."""
        if self._abstract:
            return
        limit = fields.Date.context_today(self) - KEPT_FOR
        self.search([("date_end", "<", limit)]).unlink()
