from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..models.people.hr_employee import CONFIRMATION_STATES


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
        help="The e-mail address of that user: who reads its mail can ask for a new "
        "password.",
    )
    state = fields.Selection(
        CONFIRMATION_STATES,
        string="Until Now",
        readonly=True,
        help="Changed since: user, login, e-mail address, company, name, badge or work "
        "contact are not, or were for a while not, as they were confirmed. Find out "
        "why before you confirm anew.",
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
        """Refuse to confirm what is not any more as it was shown.

        :raise UserError: naming the employee
        """
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
