import secrets

from odoo import fields, models
from odoo.tools import SQL


class HrEmployee(models.Model):
    """What PSO keeps of an employee, as it is taken away."""

    _inherit = "hr.employee"

    # Of those alone who were erased: their key is another than it was.
    pso_key_salt = fields.Char(
        "PSO Key Salt", copy=False, prefetch=False, groups=fields.NO_ACCESS
    )

    def unlink(self):
        """Take along all that PSO keeps of them, which the database would forget.

        It is noted of whomever: a note of those alone who had a status would tell who
        had one.
        """
        self.check_access("unlink")
        for company, employees in self._as_addon().grouped("company_id").items():
            employees._forget_pso()
            self.env["pso.log"]._note("erase", company=company)
        return super().unlink()

    def _erase_pso(self, reason):
        """Take away all that PSO keeps of one person, who may still work here.

        Lines of a measurement that somebody is locking would come in again: whoever
        locks is waited for by the user, and whoever begins to lock starts anew.

        :param str reason: for the log, naming nobody
        :raise UserError: at once, if somebody is locking or changing a measurement
        """
        self.ensure_one()
        live = self.env["pso.measurement"].search(
            [("state", "=", "live"), ("company_ids", "in", self.company_id.ids)]
        )
        live._reserve()
        self.env.cr.execute(
            SQL("UPDATE pso_measurement SET state = state WHERE id = ANY(%s)", live.ids)
        )
        self._forget_pso()
        self._renew_pso_key()
        self.env["pso.log"]._note("erase", reason=reason, company=self.company_id)

    def _pso_records(self):
        """Return all records of PSO about one person, by model."""
        own = [("employee_id", "=", self.id)]
        return {
            model: self.env[model].search(own)
            for model in ("pso.status", "pso.locked.person.line", "pso.sample.line")
        }

    def _forget_pso(self):
        """Delete statuses and files of these people, and who kept lines are of.

        Figures and keys of locked measurements stay as they are.
        """
        self.env["pso.status"].search([("employee_id", "in", self.ids)]).unlink()
        self.env["pso.retention"]._forget_people(self)

    def _renew_pso_key(self):
        """Give these people other keys than their former lines have.

        Past the ORM, which would leave on the employee who did it, and when. If it
        fails, the server's log does not say of whom.
        """
        for employee in self:
            self.env.cr.execute(
                SQL(
                    "UPDATE hr_employee SET pso_key_salt = %s WHERE id = %s",
                    secrets.token_hex(8),
                    employee.id,
                ),
                log_exceptions=False,
            )
        self.invalidate_recordset(["pso_key_salt"], flush=False)
        self.env["pso.measurement"]._forget_figures()
