"""Records with whose names locked measurements are shown: each notes a change."""

from odoo import models


class PsoLevel(models.Model):
    _name = "pso.level"
    _inherit = ["pso.level", "pso.shown.mixin"]


class PsoEdition(models.Model):
    _name = "pso.edition"
    _inherit = ["pso.edition", "pso.shown.mixin"]


class PsoTargetGroup(models.Model):
    _name = "pso.target.group"
    _inherit = ["pso.target.group", "pso.shown.mixin"]


class PsoContractForm(models.Model):
    _name = "pso.contract.form"
    _inherit = ["pso.contract.form", "pso.shown.mixin"]


class PsoCheckType(models.Model):
    _name = "pso.check.type"
    _inherit = ["pso.check.type", "pso.shown.mixin"]


class HrDepartment(models.Model):
    _name = "hr.department"
    _inherit = ["hr.department", "pso.shown.mixin"]


class HrWorkLocation(models.Model):
    _name = "hr.work.location"
    _inherit = ["hr.work.location", "pso.shown.mixin"]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "pso.shown.mixin"]

    def _called_alike(self):
        """Return the contacts under these, and the companies, that bear their names."""
        contacts = self.sudo().with_context(active_test=False)
        companies = contacts.env["res.company"]
        return [
            contacts.search([("id", "child_of", self.ids)]),
            companies.search([("partner_id", "in", self.ids)]),
        ]


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "pso.shown.mixin"]


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "pso.shown.mixin"]


class ResCurrency(models.Model):
    _name = "res.currency"
    _inherit = ["res.currency", "pso.shown.mixin"]
