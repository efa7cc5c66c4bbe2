from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ...tools.groups import HR
from ..measurement.pso_snapshot import rounded
from .pso_plan_action import BY_HAND, OF_PERSONS, OF_RECORDS

# A learning place, and what follows where a student stays.
PLACEMENT = "placement"
STAYS = ("regular", "supported", "secondment")


class PsoPlanAction(models.Model):
    """How far an action is, by the records as they are.

    What is counted of persons is told to the PSO Target Group alone, now and when it is
    kept: how many were hired says of a newcomer whom one knows that he is one of them.
    """

    _inherit = "pso.plan.action"

    is_told = fields.Boolean(
        compute="_compute_value",
        help="Off where the count is of persons and the user is not to know it.",
    )
    value = fields.Float(
        string="Reached",
        compute="_compute_value",
        help="How much there is by now, or was when the plan was closed.",
    )
    progress = fields.Float(
        compute="_compute_value",
        help="How much of the way from the start to the target is done, in %.",
    )
    progress_note = fields.Char(string="Progress in Words", compute="_compute_value")
    kept_value = fields.Float(readonly=True, copy=False, groups=fields.NO_ACCESS)

    @api.depends(
        *("kind", "start_value", "target_value", "manual_value", "kept_value"),
        *("plan_id.state", "plan_id.date_start", "plan_id.date_deadline"),
    )
    @api.depends_context("uid", "lang", "tz")
    def _compute_value(self):
        knows = self._knows_persons()
        for action in self:
            is_told = action.kind not in OF_PERSONS or knows
            value = action._value_now() if is_told else 0
            way = action.target_value - action.start_value
            part = (value - action.start_value) / way if way > 0 and is_told else 0
            action.is_told = is_told
            action.value = value
            action.progress = 100 * min(max(part, 0), 1)
            action.progress_note = action._progress_in_words(is_told, value)

    def _knows_persons(self):
        """Return whether the user may know how many people were hired."""
        return self.env.user.has_group(HR)

    def _value_now(self):
        if self.plan_id.state == "closed":
            return self.sudo().kept_value
        return self._counted(self._last_day())

    def _last_day(self):
        """Return until when it is counted: today, and not beyond the deadline."""
        today = fields.Date.context_today(self)
        return min(today, self.plan_id.date_deadline or today)

    def _progress_in_words(self, is_told, value):
        if not is_told:
            return self.env._("Not shown to you: PSO Target Group")
        digits = 1 if self.kind == "share" else 0
        return self.env._(
            "%(value)s of %(target)s",
            value=formatLang(self.env, value, digits=digits),
            target=formatLang(self.env, self.target_value, digits=digits),
        )

    # -- what is counted ---------------------------------------------------------

    def _counted_at_start(self):
        if self.kind in OF_RECORDS and self.kind != "vendors" and self.plan_id:
            return self._counted(fields.Date.context_today(self))
        return super()._counted_at_start()

    def _counted(self, until):
        """Return how much there is of what the action counts, to a day.

        For who may know it: this does not ask.
        """
        if self.kind in BY_HAND or not self.kind:
            return self.manual_value
        return getattr(self, f"_count_{self.kind}")(until)

    def _count_hires(self, until):
        """Count who came in from the target group, and came to work here, since then.

        Whoever worked here before and is told to belong to it later is no hire.
        """
        start = self.plan_id.date_start
        return sum(
            start <= statuses[0].date_inflow <= until
            and start <= self._first_day(person) <= until
            for person, statuses in self._statuses().items()
        )

    def _count_places(self, until):
        """Count the people who began in a learning place since then."""
        start = self.plan_id.date_start
        return sum(
            any(
                status.form_id.code == PLACEMENT and start <= status.date_start <= until
                for status in statuses
            )
            for statuses in self._statuses().values()
        )

    def _count_stayed(self, until):
        """Count who went on from a learning place into a contract since then."""
        start = self.plan_id.date_start
        return sum(
            any(
                before.form_id.code == PLACEMENT
                and after.form_id.code in STAYS
                and start <= after.date_start <= until
                for before, after in zip(statuses, statuses[1:], strict=False)
            )
            for statuses in self._statuses().values()
        )

    def _statuses(self):
        """Return the statuses of the people of the scope: ``{employee: statuses}``.

        The oldest first. Read as the addon, of all companies of the plan: who may read
        the plan may work in all of them.
        """
        statuses = self.env["pso.status"]._as_addon()
        found = statuses.with_context(active_test=False).search(
            [("company_id", "in", self.plan_id.sudo().company_ids.ids)],
            order="employee_id, date_start",
        )
        return found.grouped("employee_id")

    def _first_day(self, person):
        """Return on which day somebody came to work here."""
        versions = person.with_context(active_test=False).version_ids
        return min(v.contract_date_start or v.date_version for v in versions)

    def _scope(self):
        """Return a domain of records of the companies of the plan, or of none."""
        return ("company_id", "in", [*self.plan_id.sudo().company_ids.ids, False])

    def _count_positions(self, until):
        return (
            self.env["hr.job"]
            .sudo()
            .search_count([self._scope(), ("pso_is_open", "=", True)])
        )

    def _count_tasks(self, until):
        """Count the lines of the lists of tasks of functions that were carved out."""
        jobs = self.env["hr.job"].sudo().search([self._scope()])
        carved = jobs.filtered("pso_carved_from_id")
        return sum(carved.mapped("pso_task_count"))

    def _count_vendors(self, until):
        """Count the vendors of whom a certificate began since then, and none before."""
        certificates = (
            self.env["pso.certificate"].sudo().with_context(active_test=False)
        )
        companies = [*self.plan_id.sudo().company_ids.ids, False]
        known = certificates.search(
            [
                ("partner_id.company_id", "in", companies),
                ("partner_id.ref_company_ids", "=", False),
                ("date_start", "<=", until),
            ]
        )
        firsts = {
            partner: min(held.mapped("date_start"))
            for partner, held in known.grouped("partner_id").items()
        }
        return sum(first >= self.plan_id.date_start for first in firsts.values())

    def _count_share(self, until):
        """Return the share of social purchases of the year to a day, in %."""
        return 0


class PsoPlan(models.Model):
    """What came of a plan, kept when it is closed."""

    _inherit = "pso.plan"

    outcome_level_id = fields.Many2one(
        "pso.level",
        string="Level Reached",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The level of the year to the day on which the plan was closed.",
    )
    outcome_percentage = fields.Float(
        string="Total Reached (%)", readonly=True, copy=False, aggregator=None
    )
    outcome_note = fields.Char(
        string="What Came of It", compute="_compute_outcome_note"
    )

    @api.depends(
        *("state", "outcome_level_id", "target_level_id"),
        *("outcome_percentage", "action_ids.state"),
    )
    @api.depends_context("lang")
    def _compute_outcome_note(self):
        for plan in self:
            plan.outcome_note = plan.state == "closed" and plan._outcome_in_words()

    def _outcome_in_words(self):
        level, target = self.outcome_level_id, self.target_level_id
        is_reached = level and level.sequence >= target.sequence
        sentence = (
            self.env._("%(level)s was reached.", level=level.name)
            if is_reached
            else self.env._(
                "%(target)s was not reached: the score made %(level)s.",
                target=target.name,
                level=level.name or self.env._("no level"),
            )
        )
        return self.env._(
            "%(sentence)s %(done)s of %(count)s actions were done.",
            sentence=sentence,
            done=self.done_count,
            count=self.action_count,
        )

    def _keep_outcome(self):
        """Keep the level of the year to the end, and what each action has reached."""
        for plan in self:
            figures = plan._figures_at_the_end()
            # No finer than what is kept each night: others read it than may know now.
            plan.write(
                {
                    "outcome_level_id": figures["level_id"] or False,
                    "outcome_percentage": rounded(float(figures["total_percentage"])),
                }
            )
            for action in plan.action_ids:
                action.kept_value = action._counted(action._last_day())

    def _figures_at_the_end(self):
        """Return the figures of the year to today, or to the deadline if that is past.

        Who can change facts about persons is told those of last night, which are of the
        year to today alone.
        """
        measurements = self.env["pso.measurement"].sudo()
        window = measurements._rolling(self.company_id)
        companies = self.company_id | self.company_ids
        if measurements._sees_kept():
            figures = measurements._figures_now(window)
            if not figures.get("norms"):
                raise UserError(self.env["pso.snapshot"]._explanation(None))
            return figures
        start, end = self.env["pso.trend"]._year_to(min(window.end, self.date_deadline))
        edition = self.env["pso.edition"].sudo()._at(end)
        return measurements._figures_now(
            replace(window, companies=companies, start=start, end=end, edition=edition)
        )
