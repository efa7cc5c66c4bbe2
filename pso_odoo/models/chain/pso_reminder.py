from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import split_every

from ...tools.context import without_defaults
from .pso_reminder_mixin import DAYS_TO_ACT, MONTHS_AHEAD, stage_of

KINDS = [
    ("certificate", "Certificate of a vendor ends"),
    ("figures", "Figures of certified vendors are missing"),
    ("proof", "Proof of certificates is missing"),
    ("own", "Own certificate ends"),
]
# What is missing, by the check that finds it.
MISSING = {"figures": "no_figures", "proof": "certificate_no_proof"}
# What is about one certificate; the others are about all vendors of a company.
OF_CERTIFICATES = ("certificate", "own")
# By what a reminder of a company is known.
KEY = ("kind", "stage", "date_end", "certificate_id")
# So many reminders are committed at once.
BATCH = 50
# All who remind, in the order of the night.
REMINDERS = ("pso.reminder", "pso.people.reminder")


class PsoReminder(models.Model):
    """That somebody was reminded of a certificate, or of what is missing of vendors.

    Each certificate has one open reminder at most in a company: a later one takes the
    place of the one before.
    """

    _name = "pso.reminder"
    _description = "PSO Reminder of Certificates"
    _inherit = ["pso.reminder.mixin"]
    _activity_type = "pso_odoo.mail_activity_reminder"

    kind = fields.Selection(
        KINDS,
        string="Of What",
        required=True,
        readonly=True,
        help="What ends, or is missing.",
    )
    certificate_id = fields.Many2one(
        "pso.certificate",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The certificate that ends; none where something is missing of several "
        "vendors.",
    )
    partner_id = fields.Many2one(
        related="certificate_id.partner_id", string="Organisation"
    )
    renewal = fields.Selection(related="certificate_id.renewal")

    _once = models.UniqueIndex(
        "(company_id, kind, stage, date_end, COALESCE(certificate_id, 0))"
    )

    def _title(self):
        if not self.certificate_id:
            return super()._title()
        return f"{self.partner_id.display_name}, {self.certificate_id.display_name}"

    # -- the nightly job ---------------------------------------------------------

    @api.model
    def _remind(self):
        """Remind of all that is due, company by company; the nightly job.

        Each batch is committed, and what was given is looked up anew by every run: one
        that is killed is gone on with by the next, and nothing is given twice.
        """
        progress = self.env["ir.cron"]._commit_progress
        for _batch in self._batches():
            # The batches to come are not counted: there are some, until there are none.
            if not progress(1, remaining=1):
                return
        progress(remaining=0)

    def _batches(self):
        self._end_settled()
        yield
        for company in self.env["res.company"]._pso_heads():
            if company.pso_reminders:
                for name in REMINDERS:
                    yield from self.env[name]._remind_company(company)

    def _remind_company(self, company):
        """Give what is due in a company, by batches."""
        today = self._today(company)
        due = self._attempt(company, self._due, today) or []
        for batch in split_every(BATCH, due):
            self._attempt(company, self._give_all, list(batch), today)
            yield

    def _give_all(self, company, due, today):
        """Note reminders that are due and make their activities."""
        self._same_matter(company, due)._end()
        for reminder in self.create(due):
            words = reminder._words(reminder.user_id)
            latest = today + timedelta(days=DAYS_TO_ACT)
            reminder._give(
                reminder.user_id, min(reminder.date_end, latest), words._summary()
            )

    def _same_matter(self, company, due):
        """Return the open reminders whose place those that are due take."""
        kinds = {vals["kind"] for vals in due}
        certificates = {vals["certificate_id"] for vals in due}
        reminders = self.search(
            [
                ("company_id", "=", company.id),
                ("kind", "in", list(kinds)),
                ("certificate_id", "in", list(certificates)),
                ("activity_ids", "!=", False),
            ]
        )
        matters = {(vals["kind"], vals["certificate_id"]) for vals in due}
        return reminders.filtered(
            lambda each: (each.kind, each.certificate_id.id) in matters
        )

    def _summary(self):
        """Say what to do."""
        return {
            "certificate": self.env._("Ask whether the certificate is renewed"),
            "figures": self.env._("Ask for the figures that are missing"),
            "proof": self.env._("Ask for the proof that is missing"),
            "own": self.env._("See to it that your own certificate is renewed"),
        }[self.kind]

    def _due(self, company, today):
        """List what is due and was not given, as the values of reminders.

        What there is nobody to remind of waits until there is.
        """
        due = [
            *self._due_certificates(company, today),
            *self._due_own(company, today),
            *self._due_missing(company, today),
        ]
        known = self._known(company, today)
        return [
            vals
            for vals in due
            if vals["user_id"] and tuple(map(vals.get, KEY)) not in known
        ]

    def _known(self, company, today):
        """Return what was given in a company and is not over yet, as tuples of KEY."""
        given = self.search(
            [("company_id", "=", company.id), ("date_end", ">=", today)]
        )
        return {
            (each.kind, each.stage, each.date_end, each.certificate_id.id)
            for each in given
        }

    def _values(self, company, kind, today, date_end, user, certificate_id=False):
        """Return the values of a reminder of what ends on a day, by how near it is."""
        return {
            "company_id": company.id,
            "kind": kind,
            "stage": stage_of(today, date_end, MONTHS_AHEAD if kind == "own" else 0),
            "date_end": date_end,
            "date": today,
            "user_id": user.id,
            "certificate_id": certificate_id,
        }

    # -- the buttons ---------------------------------------------------------------

    @api.readonly
    @without_defaults
    def action_open(self):
        """Open what the reminder is about: a certificate, or what is missing."""
        self.ensure_one()
        self.check_access("read")
        if self.certificate_id:
            return {
                "type": "ir.actions.act_window",
                "res_model": "pso.certificate",
                "res_id": self.certificate_id.id,
                "views": [[False, "form"]],
            }
        action = self.env["ir.actions.actions"]._for_xml_id(
            "pso_odoo.pso_missing_proof_action"
        )
        # Who keeps purchases need not see measurements: no more of them is named.
        action["domain"] = [
            ("kind", "=", MISSING[self.kind]),
            ("is_latest", "=", True),
        ]
        return action
