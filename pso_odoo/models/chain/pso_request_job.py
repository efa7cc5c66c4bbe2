import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools import split_every

from ...tools.context import without_defaults
from .pso_request import DONE, WAITING

_logger = logging.getLogger(__name__)

ACTIVITY = "pso_odoo.mail_activity_request_call"
MAIL_QUEUE = "mail.ir_cron_mail_scheduler_action"
# So many are written to in one transaction.
BATCH = 20


class PsoCampaign(models.Model):
    """After how many days vendors are reminded, and called."""

    _inherit = "pso.campaign"

    first_reminder_days = fields.Integer(
        string="First Reminder After",
        required=True,
        default=14,
        aggregator=None,
        help="Days after the first mail. 0: no reminder.",
    )
    second_reminder_days = fields.Integer(
        string="Second Reminder After",
        required=True,
        default=28,
        aggregator=None,
        help="Days after the first mail. 0: no second reminder.",
    )
    call_days = fields.Integer(
        string="Call After",
        required=True,
        default=35,
        aggregator=None,
        help="Days after the first mail from which on who has not answered is called: "
        "an activity for the responsible. At the latest after the last day for "
        "answers.",
    )

    _days_in_order = models.Constraint(
        "CHECK (first_reminder_days BETWEEN 0 AND 365 "
        "AND second_reminder_days BETWEEN 0 AND 365 AND call_days BETWEEN 1 AND 730 "
        "AND (second_reminder_days = 0 OR (first_reminder_days > 0 "
        "AND second_reminder_days > first_reminder_days)) "
        "AND call_days > GREATEST(first_reminder_days, second_reminder_days))",
        "First comes the first reminder, then the second, then the call (First "
        "Reminder After, Second Reminder After, Call After).",
    )

    def _reminders_due(self, asked, today):
        """Return how many reminders there should have been by now.

        :param asked: the day of the first mail
        """
        days = (self.first_reminder_days, self.second_reminder_days)
        return sum(
            bool(after) and today >= asked + timedelta(days=after) for after in days
        )

    def _is_to_call(self, asked, today):
        """Return whether who was asked on a day is called by now."""
        is_late = today > self.date_deadline
        return is_late or today >= asked + timedelta(days=self.call_days)


class PsoRequest(models.Model):
    """What the daily job does: it sends, reminds, and has somebody call."""

    _inherit = "pso.request"

    reminder_count = fields.Integer(
        string="Reminders",
        readonly=True,
        copy=False,
        aggregator=None,
        help="How many reminders were sent; each is in the log below.",
    )
    date_reminded = fields.Datetime(string="Last Reminder", readonly=True, copy=False)

    @api.model
    def _work(self):
        """Send what is queued, remind and have called who is due; the daily job."""
        queued = [("is_queued", "=", True), ("campaign_id.state", "=", "running")]
        waiting = [("state", "in", WAITING), ("campaign_id.state", "=", "running")]
        due = self.search(queued) | self.search(waiting).filtered(
            lambda request: request._next_step() is not None
        )
        self._work_off(due)

    def _next_step(self):
        """Return what is to be done for a request now, as a method, or None."""
        campaign, today = self.campaign_id, fields.Date.context_today(self)
        if campaign.state != "running" or self.state in DONE:
            return None
        if self.is_queued:
            return self._send
        if self.state not in WAITING:
            return None
        asked = fields.Datetime.context_timestamp(self, self.date_asked).date()
        if campaign._is_to_call(asked, today):
            return self._have_called
        if campaign._reminders_due(asked, today) > self.reminder_count:
            return self._remind
        return None

    def _work_off(self, due):
        """Do what is due, a batch a transaction.

        Who is killed in between has done a batch as a whole or not at all: a mail is
        queued and noted in the same transaction. What somebody else has at hand is left
        to him.
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for ids in split_every(BATCH, due.ids):
            self.browse(ids)._work_off_batch()
            if not cron._commit_progress(len(ids)):
                return

    def _work_off_batch(self):
        """Do what is due for these requests, within one transaction."""
        mine = self.try_lock_for_update()
        mine.invalidate_recordset()
        for request in mine:
            if step := request._next_step():
                request._do(step)
        self.env.ref(MAIL_QUEUE).sudo()._trigger()

    def _do(self, step):
        """Take a step; what keeps a single vendor from being mailed is noted there."""
        try:
            with self.env.cr.savepoint():
                step()
        except (AccessError, MissingError):
            # What these say may name what the reader may not see.
            self._note_not_sent(
                self.env._("%(user)s may not write it.", user=self.user_id.name)
            )
        except UserError as error:
            self._note_not_sent(str(error))
        except OperationalError:
            raise  # which is tried again as a whole
        except Exception:
            # Of one vendor: the others are written all the same.
            _logger.exception("PSO: request %s", self.id)
            self._note_not_sent(self.env._("An error that the log of the server has."))

    def _note_not_sent(self, reason):
        self.write({"is_queued": False, "send_error": reason})

    def _send(self):
        """Ask a vendor, for the first time or again at another address."""
        message = self._post_mail(self.campaign_id.template_id)
        self.write(
            {
                "is_queued": False,
                "send_error": False,
                "mail_id": message.id,
                "state": "asked",
                "date_asked": fields.Datetime.now(),
                "reminder_count": 0,
            }
        )
        self._note_renewal_asked()

    def _note_renewal_asked(self):
        """Note at the certificate that ends last that its next one was asked for."""
        ending = self.partner_id.pso_certificate_ids.filtered("date_end")
        ending.sorted("date_end")[-1:]._renewal_asked()

    def _remind(self):
        """Remind a vendor, once for each date: one mail also if a date was missed."""
        asked = fields.Datetime.context_timestamp(self, self.date_asked).date()
        campaign, today = self.campaign_id, fields.Date.context_today(self)
        message = self._post_mail(campaign.reminder_template_id)
        self.write(
            {
                "send_error": False,
                "mail_id": message.id,
                "date_reminded": fields.Datetime.now(),
                "reminder_count": campaign._reminders_due(asked, today),
            }
        )

    def _have_called(self):
        """Have the responsible call a vendor who has not answered."""
        self.state = "no_answer"
        user = self.campaign_id.user_id
        words = self.with_context(lang=user.lang or self.env.lang)
        phone = self.phone or words.env._("no telephone number")
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY,
            user_id=user.id,
            summary=words.env._(
                "Call %(vendor)s: %(phone)s",
                vendor=self.partner_id.name,
                phone=phone,
            ),
        )

    def _forget_calls(self):
        """End the activities to call these vendors."""
        self.with_context(mail_activity_quick_update=True).activity_unlink([ACTIVITY])

    # -- the buttons ---------------------------------------------------------------

    @without_defaults
    def action_send_again(self):
        """Send the first mail again, where it could not be sent or delivered.

        :raise UserError: where it has arrived, or cannot be sent now either
        """
        self.check_access("write")
        if any(not request.has_problem for request in self):
            raise UserError(
                self.env._(
                    "Only a mail that was not delivered is sent again: the others are "
                    "reminded."
                )
            )
        self._release()

    def _release(self):
        """Have these requests sent: the first of them now, the others by the job."""
        self.check_access("write")
        closed = self.campaign_id.filtered(lambda each: each.state == "closed")
        if closed:
            raise UserError(
                self.env._("%(campaign)s is closed.", campaign=closed[0].name)
            )
        todo = self.sudo()
        todo.write({"is_queued": True, "send_error": False})
        todo.campaign_id._start()
        todo[:BATCH]._work_off_batch()
        if len(todo) > BATCH:
            self.env.ref("pso_odoo.cron_request").sudo()._trigger()
