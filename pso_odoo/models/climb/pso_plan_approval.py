from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...tools.context import without_defaults
from ...tools.groups import BOARD, MANAGER
from ...tools.labels import selection_label
from .pso_plan import SMART

STATES = [
    ("draft", "Draft"),
    ("submitted", "To Approve"),
    ("approved", "Approved"),
    ("closed", "Closed"),
]
# Only the buttons, and the nightly job, write these.
KEPT = {"state", "submitted_by_id", "approved_by_id", "approved_on", "closed_on"}
KEPT |= {"outcome_level_id", "outcome_percentage"}
# What follows from company and measurement: who reads the plan rests on it.
SCOPE = "company_ids"
# What management approves: a change of it asks for a new approval.
CONTENT = {
    *("name", "company_id", "measurement_id", "level_id", "target_level_id"),
    *("date_start", "date_deadline", "responsible_id", "scenario_id"),
    *(f"smart_{question}" for question in SMART),
}
ACTION_CONTENT = {
    *("plan_id", "name", "kind", "owner_id", "date_deadline"),
    *("start_value", "target_value"),
}


class PsoPlan(models.Model):
    """Who approves a plan, and what becomes of that when the plan is changed."""

    _inherit = "pso.plan"
    _by_buttons = KEPT | {SCOPE}

    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        help="A coordinator sends a draft for approval, management approves it.",
    )
    approved_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    approved_on = fields.Date(readonly=True, copy=False, tracking=True)
    closed_on = fields.Date(readonly=True, copy=False)
    approval_note = fields.Char(string="Approval", compute="_compute_approval_note")

    @api.depends("approved_by_id", "approved_on", "submitted_by_id")
    @api.depends_context("lang")
    def _compute_approval_note(self):
        for plan in self:
            plan.approval_note = plan.approved_by_id and plan._approval_in_words()

    def _approval_in_words(self):
        details = {
            "user": self.approved_by_id.name,
            "date": format_date(self.env, self.approved_on),
        }
        if self.approved_by_id == self.submitted_by_id:
            return self.env._(
                "Sent and approved by %(user)s on %(date)s: nobody else could approve "
                "it. A change makes it a draft again, and asks for a new approval.",
                **details,
            )
        return self.env._(
            "Approved by %(user)s on %(date)s. A change makes it a draft again, and "
            "asks for a new approval.",
            **details,
        )

    # -- what may change ---------------------------------------------------------

    def write(self, vals):
        self._check_by_buttons(vals)
        changed = CONTENT.intersection(vals)
        if changed:
            self._reopen([self._fields[name] for name in sorted(changed)])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        if any(plan.state in ("approved", "closed") for plan in self):
            raise UserError(
                self.env._(
                    "A plan that management has approved is kept: it cannot be deleted."
                )
            )
        # The database would leave the activities and messages of its actions behind.
        self.action_ids.unlink()

    def _check_none_rests_on(self, records, field):
        """Refuse to delete what plans rest on that are no drafts any more.

        The database would empty their field, and nobody would be asked again.

        :param records: measurements, or scenarios
        :param field: the path from a plan that leads there
        :raise UserError: naming one that is kept, and its plan to who may read it
        """
        kept = self.sudo().search(
            [(field, "in", records.ids), ("state", "!=", "draft")], limit=1
        )
        if not kept:
            return
        name = kept.mapped(field).display_name
        if not kept.sudo(False)._filtered_access("read"):
            raise UserError(
                self.env._(
                    "%(record)s cannot be deleted: a plan rests on it that you may not "
                    "read, and that was sent for approval. Ask who sees all companies.",
                    record=name,
                )
            )
        raise UserError(
            self.env._(
                "%(record)s cannot be deleted: the plan %(plan)s (%(state)s) rests on "
                "it. Change the plan first, which then needs a new approval; a closed "
                "plan stays as it is.",
                record=name,
                plan=kept.name,
                state=selection_label(kept, "state"),
            )
        )

    def _by_buttons_message(self, names):
        if names == {SCOPE}:
            return self.env._(
                "The companies of a plan are those of its measurement, or of its "
                "company: choose another of these (Scope)."
            )
        return self.env._("A plan is sent, approved and closed by its buttons alone.")

    def _reopen(self, fields_changed=(), words=None):
        """Make plans drafts again whose content is about to change, in the open.

        :param fields_changed: what is changed, to be named in the log of the plan
        :param words: the same as a sentence, where it is not a field of the plan
        :raise UserError: if a plan is closed
        """
        for plan in self:
            if plan.state == "closed":
                raise UserError(
                    self.env._(
                        "%(plan)s is closed and stays as it is: make a new plan.",
                        plan=plan.name,
                    )
                )
        pending = self.filtered(lambda plan: plan.state in ("submitted", "approved"))
        names = [field._description_string(self.env) for field in fields_changed]
        what = words or ", ".join(names)
        for plan in pending:
            body = self.env._(
                "Changed after it was sent or approved (%(what)s): the plan is a draft "
                "again and needs a new approval.",
                what=what,
            )
            plan.sudo().write(
                {"state": "draft", "approved_by_id": False, "approved_on": False}
            )
            plan.sudo().message_post(body=body)

    # -- the buttons ---------------------------------------------------------------

    @without_defaults
    def action_submit(self):
        """Send drafts to management.

        :raise UserError: where a SMART question is open, or there is no action
        """
        self.check_access("write")
        for plan in self:
            plan._expect_state("draft")
            plan._check_ready()
        self.sudo().write({"state": "submitted", "submitted_by_id": self.env.uid})

    def _check_ready(self):
        questions = [self._fields[f"smart_{question}"] for question in SMART]
        missing = [field for field in questions if not (self[field.name] or "").strip()]
        if missing:
            raise UserError(
                self.env._(
                    "Management approves a plan that is SMART. Still to be answered: "
                    "%(questions)s.",
                    questions=", ".join(
                        f._description_string(self.env) for f in missing
                    ),
                )
            )
        if not self.action_count:
            raise UserError(self.env._("Add the actions first: there are none yet."))

    @without_defaults
    def action_approve(self):
        """Approve plans in the name of the current user, today.

        :raise AccessError: for who is not in the group of management
        :raise UserError: for who sent it himself, where somebody else can approve it
        """
        self._check_board()
        for plan in self:
            plan._expect_state("submitted")
        self._check_four_eyes()
        approval = {
            "state": "approved",
            "approved_by_id": self.env.uid,
            "approved_on": fields.Date.context_today(self),
        }
        self.sudo().write(approval)
        self._note_one_pair_of_eyes()
        self.sudo().action_ids._sync_activities()

    @without_defaults
    def action_return(self):
        """Give plans back to the coordinator, as drafts."""
        if not self.env.user.has_group(MANAGER):
            self._check_board()
        self.check_access("read")
        for plan in self:
            plan._expect_state("submitted")
        self.sudo().write({"state": "draft"})

    @without_defaults
    def action_close(self):
        """Close approved plans, and keep what came of them."""
        self.check_access("write")
        for plan in self:
            plan._expect_state("approved")
        self.sudo()._close()

    def _check_board(self):
        self.check_access("read")
        if not self.env.user.has_group(BOARD):
            raise AccessError(
                self.env._(
                    "Plans are approved by management: users with the group PSO Plans: "
                    "Approves."
                )
            )

    def _expect_state(self, state):
        if self.state != state:
            raise UserError(
                self.env._(
                    "%(plan)s has changed in the meantime: look at it again.",
                    plan=self.name,
                )
            )

    def _close(self):
        """Close plans and keep their outcome."""
        self._keep_outcome()
        self.write({"state": "closed", "closed_on": fields.Date.context_today(self)})
        self.action_ids._sync_activities()

    @api.model
    def _close_due(self):
        """Close the approved plans whose deadline is past; the nightly job."""
        today = fields.Date.context_today(self)
        due = self.search([("state", "=", "approved"), ("date_deadline", "<", today)])
        for plan in due:
            plan._close()
            self.env["ir.cron"]._commit_progress(1)


class PsoPlanAction(models.Model):
    """What a change of an action does to the approval of its plan."""

    _inherit = "pso.plan.action"
    _by_buttons = frozenset({"state", "kept_value"})

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        # Of the plans that they have: one may have come in as a default.
        actions.plan_id._reopen(words=self.env._("a new action"))
        actions._sync_activities()
        return actions

    def write(self, vals):
        self._check_by_buttons(vals)
        if "manual_value" in vals:
            self._check_not_closed()
        if not ACTION_CONTENT.isdisjoint(vals):
            self._reopen_plans(vals)
        result = super().write(vals)
        if vals.keys() & {"state", "owner_id", "date_deadline", "kind"}:
            self._sync_activities()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_reopens(self):
        self.plan_id._reopen(words=self.env._("an action was deleted"))

    def _reopen_plans(self, vals):
        plans = self.plan_id | self.env["pso.plan"].browse(vals.get("plan_id") or ())
        plans._reopen(words=self.env._("an action"))

    def _by_buttons_message(self, names):
        return self.env._("An action is done or dropped by its buttons alone.")

    def _check_not_closed(self):
        if "closed" in self.plan_id.mapped("state"):
            raise UserError(self.env._("The plan is closed and stays as it is."))

    # -- the buttons ---------------------------------------------------------------

    @without_defaults
    def action_done(self):
        """Mark actions as done; their owners may, and coordinators."""
        self._set_state("done")

    @without_defaults
    def action_drop(self):
        """Mark actions as not to be done any more."""
        self._set_state("dropped")

    @without_defaults
    def action_again(self):
        """Take back that actions are done or dropped."""
        self._set_state("open")

    def _set_state(self, state):
        self.check_access("read")
        is_owner = all(action.owner_id == self.env.user for action in self)
        if not is_owner:
            self.check_access("write")
        self._check_not_closed()
        self.sudo().write({"state": state})
