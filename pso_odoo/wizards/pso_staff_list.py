from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from ..tools.context import without_defaults

# Who may read and write the dates of contracts, by core.
HR_MANAGER = "hr.group_hr_manager"
MOST_LINES = 200


class PsoStaffList(models.TransientModel):
    """Name, start and hours of everybody whose contract is not in Odoo.

    Core keeps them on a page of each employee; the score needs them of all.
    """

    _name = "pso.staff.list"
    _description = "Contracts to Fill In for PSO"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
        help="Where these people work.",
    )
    line_ids = fields.One2many(
        "pso.staff.list.line",
        "list_id",
        string="Employees",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        help="Employees without contract dates, and those that you add.",
    )

    @api.depends("company_id")
    def _compute_line_ids(self):
        for staff in self:
            staff.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "employee_id": employee.id,
                            "name": employee.name,
                            "hours": employee.pso_hours
                            or employee.company_id.pso_fulltime_hours,
                        }
                    )
                    for employee in staff._employees_without_contract()
                ),
            ]

    def _employees_without_contract(self):
        """Return the employees of whom no version has a contract start."""
        if not self._may_fill_in():
            return self.env["hr.employee"]
        domain = Domain("company_id", "=", self.company_id.id) & ~Domain(
            "version_ids", "any", [("contract_date_start", "!=", False)]
        )
        return self.env["hr.employee"].search(domain, limit=MOST_LINES)

    @api.model
    def _may_fill_in(self):
        return self.env.user.has_group(HR_MANAGER)

    @without_defaults
    def action_save(self):
        """Write the contracts of those with a start, and register who is new.

        Core decides who may: nothing is written on behalf of anybody else.

        :raise UserError: for somebody new without a start
        :raise AccessError: for who may not write contract dates of employees, and for
            other companies than the user's
        """
        self.ensure_one()
        if not self._may_fill_in() or self.company_id not in self.env.user.company_ids:
            raise AccessError(
                self.env._("Contract dates are filled in by administrators of HR.")
            )
        for line in self.line_ids:
            line._save(self.company_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class PsoStaffListLine(models.TransientModel):
    """One employee whose contract is filled in."""

    _name = "pso.staff.list.line"
    _description = "Contract to Fill In for PSO"

    list_id = fields.Many2one(
        "pso.staff.list", required=True, index=True, ondelete="cascade"
    )
    employee_id = fields.Many2one(
        "hr.employee",
        ondelete="cascade",
        index=True,
        help="Who it is of; empty for somebody new.",
    )
    name = fields.Char(required=True, help="First and last name.")
    date_start = fields.Date(
        string="Contract Start",
        help="First day of the contract. Without it somebody stays as he is.",
    )
    hours = fields.Float(
        string="Hours a Week",
        default=lambda self: self.env.company.pso_fulltime_hours,
        help="Hours a week by contract.",
    )

    def _save(self, company):
        """Write this contract, and the employee if he is new."""
        if not self.date_start:
            if not self.employee_id:
                raise UserError(
                    self.env._(
                        "%(name)s: fill in the first day of the contract.",
                        name=self.name,
                    )
                )
            return
        employee = self.employee_id
        if employee:
            employee.contract_date_start = self.date_start
        else:
            employee = employee.create(
                {
                    "name": self.name,
                    "company_id": company.id,
                    "date_version": self.date_start,
                    "contract_date_start": self.date_start,
                }
            )
        if employee.pso_hours != self.hours:
            employee.write({"pso_hours_override": True, "pso_hours_custom": self.hours})
