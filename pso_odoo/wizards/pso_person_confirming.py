from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.context import without_defaults


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

    def _ask(self, employees):
        """Return the action that asks about some employees.

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

    @without_defaults
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
