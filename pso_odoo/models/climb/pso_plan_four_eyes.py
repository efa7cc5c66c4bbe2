from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.groups import BOARD


class PsoPlan(models.Model):
    """Who sends a plan for approval does not approve it, where somebody else can."""

    _inherit = "pso.plan"

    submitted_by_id = fields.Many2one(
        "res.users",
        string="Sent By",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who sent the plan for approval. Somebody else of management approves it, "
        "unless there is nobody else.",
    )
    can_approve = fields.Boolean(
        compute="_compute_can_approve",
        help="Whether the plan waits for an approval that this user may give.",
    )
    waiting_note = fields.Char(
        string="Waits For",
        compute="_compute_can_approve",
        help="Who sent the plan, and who can approve it.",
    )

    @api.depends("state", "submitted_by_id", "company_id", "company_ids")
    @api.depends_context("uid", "lang")
    def _compute_can_approve(self):
        is_board = self.env.user.has_group(BOARD)
        for plan in self:
            waits = plan.state == "submitted"
            others = plan._other_approvers() if waits else self.env["res.users"]
            plan.can_approve = waits and is_board and plan._may_approve(others)
            plan.waiting_note = waits and plan._waiting_in_words(others)

    def _board(self):
        return self.env.ref(BOARD).sudo().all_user_ids

    def _colleagues(self):
        """Return who of management works in the plan's company, but who sent it."""
        return self._board().filtered(
            lambda user: (
                user.active
                and not user.share
                and user != self.submitted_by_id
                and self.company_id in user.company_ids
            )
        )

    def _other_approvers(self):
        """Return who of management reads the plan, without who sent it."""
        return self._colleagues().filtered(
            lambda user: (
                self.with_user(user)
                .with_context(allowed_company_ids=user.company_ids.ids)
                .has_access("read")
            )
        )

    def _may_approve(self, others):
        """Return whether the user may approve, with others who can or without.

        Who sent it chooses the scope: that colleagues of management may not read all
        of it makes him not the only one.
        """
        if self.env.user != self.submitted_by_id:
            return True
        return not others and not self._colleagues()

    def _waiting_in_words(self, others):
        names = _names(others)
        if not others and self._colleagues():
            return self._hindered_in_words()
        if not others and self.submitted_by_id not in self._board():
            return self.env._(
                "Nobody can approve this plan: an administrator gives somebody of "
                "management the group PSO Plans: Approves."
            )
        if not others:
            return self.env._(
                "Sent by %(sender)s, the only one who can approve it: the messages of "
                "the plan will say so.",
                sender=self.submitted_by_id.name,
            )
        if not self.submitted_by_id:
            return self.env._("Can be approved by %(names)s.", names=names)
        return self.env._(
            "Sent by %(sender)s, to be approved by %(names)s.",
            sender=self.submitted_by_id.name,
            names=names,
        )

    def _hindered_in_words(self):
        """Say who could approve the plan if he worked in all of its companies."""
        colleagues = self._colleagues()
        missing = self.sudo().company_ids - colleagues[:1].company_ids
        return self.env._(
            "Nobody can approve this plan yet: %(names)s may not read it, for want of "
            "%(companies)s. An administrator gives access to these companies, or who "
            "sent it chooses a measurement of fewer (Scope).",
            names=_names(colleagues),
            companies=_names(missing) or self.env._("a group"),
        )

    def _check_four_eyes(self):
        """Refuse an approval by who sent the plan, where somebody else can give it.

        :raise UserError: naming who can, or could
        """
        for plan in self:
            others = plan._other_approvers()
            if plan._may_approve(others):
                continue
            if not others:
                raise UserError(plan._hindered_in_words())
            raise UserError(
                self.env._(
                    "You sent %(plan)s for approval yourself: somebody else approves "
                    "it (%(names)s).",
                    plan=plan.name,
                    names=_names(others),
                )
            )

    def _note_one_pair_of_eyes(self):
        """Say in the open where who sent a plan has approved it."""
        for plan in self.filtered(lambda plan: plan.submitted_by_id == self.env.user):
            plan.sudo().message_post(
                body=self.env._(
                    "Approved by who sent it: nobody else of %(company)s has the group "
                    "PSO Plans: Approves.",
                    company=plan.company_id.name,
                )
            )


def _names(records):
    return ", ".join(records.sorted("name").mapped("name"))
