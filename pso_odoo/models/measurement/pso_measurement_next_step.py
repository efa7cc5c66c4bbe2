from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ...tools.context import without_defaults
from ...tools.groups import HR, MANAGER, PURCHASE

STEPS = [
    ("errors", "Solve the errors"),
    ("warnings", "Look at the warnings"),
    ("period", "Wait for the end of the period"),
    ("quality", "Answer the quality criteria"),
    ("lock", "Lock"),
    ("ask", "Ask for it to be locked"),
    ("workbook", "Download the workbook"),
]
# Taken by coordinators alone.
COORDINATED = {"quality", "lock", "workbook"}
# More warnings than this are counted and not named.
MOST_NAMED = 8


def _is_year(start, end):
    """Whether a period is twelve months; of 29 February both ends are usual."""
    following = start + relativedelta(years=1)
    is_leap_day = (start.month, start.day) == (2, 29)
    after = end + relativedelta(days=1)
    return after == following or (
        is_leap_day and after == following + relativedelta(days=1)
    )


class PsoMeasurement(models.Model):
    """What brings a measurement to its certificate, and where the user does it."""

    _inherit = "pso.measurement"

    next_step = fields.Char(compute="_compute_next_step", help="What is best done now.")
    next_step_kind = fields.Selection(
        STEPS, compute="_compute_next_step", help="The kind of the next step."
    )
    is_next_step_open = fields.Boolean(
        compute="_compute_next_step",
        help="The next step has a screen of its own, on which the user can take it.",
    )
    lock_question = fields.Char(
        compute="_compute_lock_question",
        help="What is asked before the measurement is locked, with what is open.",
    )

    period_note = fields.Char(
        compute="_compute_period_note",
        help="Said where the period is not the twelve months that the scheme measures.",
    )

    @api.depends("date_start", "date_end")
    @api.depends_context("lang")
    def _compute_period_note(self):
        for measurement in self:
            start, end = measurement.date_start, measurement.date_end
            is_period = bool(start and end and start <= end)
            measurement.period_note = (
                is_period
                and not _is_year(start, end)
                and self.env._(
                    "The period is no year: the scheme measures twelve months (this "
                    "one has %(days)s days).",
                    days=(end - start).days + 1,
                )
            )

    @api.depends("state", "open_check_ids", "quality_ids.answer", "date_end")
    @api.depends_context("uid", "lang", "tz")
    def _compute_next_step(self):
        for measurement in self:
            is_told = bool(measurement._origin) and measurement.has_figures
            kind = is_told and measurement._next_step_kind()
            measurement.next_step_kind = kind
            measurement.next_step = kind and measurement._next_step(kind)
            measurement.is_next_step_open = kind and measurement._can_open_step(kind)

    def _next_step_kind(self):
        """Return the key of what is best done now."""
        if self.is_locked:
            return "workbook"
        severities = self._open_severities()
        if severities["error"]:
            return "errors"
        if severities["warning"]:
            return "warnings"
        if self.date_end >= fields.Date.context_today(self):
            return "period"
        if "open" in self.quality_ids.mapped("answer"):
            return "quality"
        return "ask" if self._sees_kept() else "lock"

    def _open_severities(self):
        return Counter(self.open_check_ids.mapped("severity"))

    def _next_step(self, kind):
        """Say what is best done now, and who can where the user cannot."""
        severities = self._open_severities()
        sentence = {
            "workbook": self.env._("Download the workbook and hand it to the auditor."),
            "errors": self.env._(
                "Solve the errors under Checks first (%(count)s).",
                count=severities["error"],
            ),
            "warnings": self.env._(
                "Look at the warnings under Checks (%(count)s).",
                count=severities["warning"],
            ),
            "period": self.env._(
                "The period runs until %(date)s: keep statuses and certificates up to "
                "date.",
                date=format_date(self.env, self.date_end),
            ),
            "quality": self.env._("Answer the questions under Quality."),
            "ask": self.env._(
                "Ask a coordinator who cannot change employees to lock it."
            ),
            "lock": self.env._("Lock the measurement, then download the workbook."),
        }[kind]
        if kind in COORDINATED and not self.env.user.has_group(MANAGER):
            sentence += " " + self.env._("A PSO coordinator does this.")
        if kind in ("errors", "warnings") and not self._mends(kind):
            sentence += " " + self.env._("Each says who solves it.")
        return sentence

    def _mends(self, kind):
        """Whether the user mends one of the open checks of a severity at least."""
        return not all(self._checks_of(kind).mapped("mended_by"))

    def _checks_of(self, kind):
        severity = kind.removesuffix("s")
        return self.open_check_ids.filtered(lambda check: check.severity == severity)

    def _can_open_step(self, kind):
        """Whether the step has a screen, and the user the right to act on it."""
        user = self.env.user
        if kind == "period":
            return user.has_group(HR) or user.has_group(PURCHASE)
        if kind == "quality":
            return user.has_group(MANAGER)
        return kind in ("errors", "warnings")

    @api.readonly
    @without_defaults
    def action_next_step(self):
        """Lead to where the user takes the next step.

        :raise AccessError: if it is not for this user, or has no screen of its own
        """
        self.ensure_one()
        self.check_access("read")
        kind = self.next_step_kind
        if not self.is_next_step_open:
            raise AccessError(self.next_step or self.env._("There is no next step."))
        if kind in ("errors", "warnings"):
            return self._action_checks(kind)
        if kind == "quality":
            return self._action_quality()
        if self.env.user.has_group(HR):
            return self._action_of_ours("pso_status_ending_action")
        return self._action_of_ours(
            "pso_certificate_action", context={"search_default_ends_soon": 1}
        )

    def _action_of_ours(self, name, **values):
        return self.env["ir.actions.actions"]._for_xml_id(f"pso_odoo.{name}") | values

    def _action_checks(self, kind):
        """The open checks of a severity, or what the only one found."""
        checks = self._checks_of(kind)
        if len(checks) == 1 and (checks.is_seen or checks.is_mended_elsewhere):
            return checks.action_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Checks of %(measurement)s", measurement=self.name),
            "res_model": "pso.check",
            "views": [[False, "list"], [False, "kanban"]],
            "domain": [
                ("measurement_id", "=", self.id),
                ("shown_count", ">", 0),
                ("type_id.severity", "=", kind.removesuffix("s")),
            ],
        }

    def _action_quality(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quality Criteria"),
            "res_model": "pso.quality.answer",
            "views": [[False, "list"], [False, "kanban"], [False, "form"]],
            "domain": [("measurement_id", "=", self.id)],
        }

    # -- before locking ------------------------------------------------------

    @api.depends("state", "open_check_ids", "period_note")
    @api.depends_context("uid", "lang")
    def _compute_lock_question(self):
        for measurement in self:
            is_asked = bool(measurement._origin) and not measurement.is_locked
            measurement.lock_question = is_asked and measurement._lock_question()

    def _lock_question(self):
        """Ask whether to lock, and name the errors and warnings that stay."""
        question = self.env._(
            "Figures, lines and checks stay as they are now. Lock this measurement?"
        )
        if self.period_note:
            question = f"{self.period_note} {question}"
        serious = self.open_check_ids.filtered(lambda check: check.severity != "info")
        if not serious:
            return question
        names = [f"{check.name} ({check.found})" for check in serious[:MOST_NAMED]]
        if len(serious) > MOST_NAMED:
            more = len(serious) - MOST_NAMED
            names.append(self.env._("%(count)s more", count=more))
        warning = self.env._(
            "Still open, and visible to the auditor: %(checks)s.",
            checks="; ".join(names),
        )
        return f"{warning} {question}"
