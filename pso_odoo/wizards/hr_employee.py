from odoo import models

from ..tools.context import without_defaults


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    @without_defaults
    def action_pso_confirm_logins(self):
        """Ask whether the users of these employees are these people.

        :raise AccessError: for others than the PSO Target Group of their companies
        """
        return self.env["pso.person.confirming"]._ask(self)
