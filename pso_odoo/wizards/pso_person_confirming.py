from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..models.hr_employee import CONFIRMATION_STATES


class PsoPersonConfirming(models.TransientModel):
    """Whose login this is, asked of somebody of the PSO Target Group.

    For one employee or many, of the target group or not.
    """

    _name = "pso.person.confirming"
    _description = "Confirm PSO Logins"

    line_ids = fields.One2many(
        "pso.person.confirming.line",
        "confirming_id",
        string="Employees",
        help="Who is confirmed, with the user and login as they are now.",
    )
    note = fields.Text(readonly=True, help="Who is left out, and why.")

    @api.model
    def _ask(self, employees):
        """The action that asks about some employees.

        :raise AccessError: for others than the PSO Target Group of their companies
        """
        self.env["pso.person.confirmation"].check_access("create")
        employees.check_access("read")
        with_user = employees.sudo().filtered("user_id")
        lines = self.env["pso.person.confirming.line"]
        # Nobody makes one by hand: what is confirmed is what was shown.
        confirming = self.sudo().create(
            {
                "note": self._note(employees, with_user),
                "line_ids": [
                    Command.create(lines._vals_of(employee)) for employee in with_user
                ],
            }
        )
        if len(with_user) == 1:
            confirming.line_ids.is_chosen = True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirm Logins"),
            "res_model": self._name,
            "res_id": confirming.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    def _note(self, employees, with_user):
        left_out = len(employees) - len(with_user)
        if not left_out:
            return False
        return self.env._(
            "Without a user in Odoo, and so without a page of their own: %(count)s.",
            count=left_out,
        )

    def action_confirm(self):
        """Confirm what is ticked, as it was shown.

        :raise UserError: if nothing is ticked, or something has changed meanwhile
        """
        self.ensure_one()
        chosen = self.line_ids.filtered("is_chosen")
        if not chosen:
            raise UserError(self.env._("Tick whose login is right."))
        chosen._check_as_shown()
        self.env["pso.person.confirmation"].create(
            [
                {"employee_id": line.employee_id.id, "user_id": line.user_id.id}
                for line in chosen
            ]
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Confirmed logins: %(count)s.", count=len(chosen)
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class PsoPersonConfirmingLine(models.TransientModel):
    """One employee and his login, as they were shown to who confirms."""

    _name = "pso.person.confirming.line"
    _description = "PSO Login to Confirm"
    _order = "id"

    confirming_id = fields.Many2one(
        "pso.person.confirming",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    is_chosen = fields.Boolean(
        string="Right", help="That this login is this person's, as far as you know."
    )
    employee_id = fields.Many2one(
        "hr.employee",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The person whose login it may be.",
    )
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The user of the employee in Odoo.",
    )
    login = fields.Char(readonly=True, help="The login of that user.")
    email = fields.Char(
        readonly=True,
        help="The e-mail address of that user: who reads it can ask for a new password.",
    )
    state = fields.Selection(
        CONFIRMATION_STATES,
        string="Until Now",
        readonly=True,
        help="Changed since: user, login, e-mail address, company, name, badge or work "
        "contact are not, or were for a while not, as they were confirmed. Find out why "
        "before you confirm anew.",
    )
    # What was shown, as a digest.
    tie = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)

    def write(self, vals):
        """Let who confirms tick a line, and change nothing of what was shown.

        :raise AccessError: for anything else
        """
        if not self.env.su and vals.keys() - {"is_chosen"}:
            raise AccessError(self.env._("What was shown is confirmed, or not."))
        return super().write(vals)

    @api.model
    def _vals_of(self, employee):
        confirmations = self.env["pso.person.confirmation"].sudo()
        state = employee.pso_confirmation_state
        return {
            "employee_id": employee.id,
            "user_id": employee.user_id.id,
            "login": employee.user_id.login,
            "email": employee.user_id.email,
            "state": state,
            "is_chosen": state == "new",
            "tie": confirmations._tie(employee),
        }

    def _check_as_shown(self):
        """:raise UserError: naming who is not any more as he was shown"""
        confirmations = self.env["pso.person.confirmation"]
        for line in self:
            if confirmations._tie(line.employee_id) != line.sudo().tie:
                raise UserError(
                    self.env._(
                        "%(name)s or the user has been changed since this was opened: "
                        "close it and look again.",
                        name=line.employee_id.name,
                    )
                )
