from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.groups import HR, MANAGER, PURCHASE


class Role(NamedTuple):
    """Whom reminders of one kind go to: a field of the company, and a group."""

    field: str
    group: str


ROLES = {
    "purchases": Role("pso_purchase_user_id", PURCHASE),
    "people": Role("pso_people_user_id", HR),
    "own": Role("pso_own_user_id", MANAGER),
}
REMINDER_SETTINGS = ("pso_reminders", *(role.field for role in ROLES.values()))


class ResCompany(models.Model):
    """Who is reminded of what ends, or is missing, in a company."""

    _inherit = "res.company"

    pso_reminders = fields.Boolean(
        string="PSO Reminders",
        default=True,
        prefetch="pso",
        help="Whether activities remind of what ends or is missing, 90, 60 and 30 "
        "days before, and of the own certificate nine months before.",
    )
    pso_purchase_user_id = fields.Many2one(
        "res.users",
        string="PSO Reminders: Purchases",
        ondelete="set null",
        domain=lambda self: self._pso_domain_reminded("purchases"),
        prefetch="pso",
        help="Who is reminded of certificates of vendors that end, and of figures and "
        "proof of them that are missing. Empty: the buyer of the vendor, if he may see "
        "certificates.",
    )
    pso_people_user_id = fields.Many2one(
        "res.users",
        string="PSO Reminders: People",
        ondelete="set null",
        domain=lambda self: self._pso_domain_reminded("people"),
        prefetch="pso",
        help="Who of the PSO Target Group is reminded that people stop counting, or "
        "that proof of statuses is missing. Empty: nobody.",
    )
    pso_own_user_id = fields.Many2one(
        "res.users",
        string="PSO Reminders: Own Certificate",
        ondelete="set null",
        domain=lambda self: self._pso_domain_reminded("own"),
        prefetch="pso",
        help="Which coordinator is reminded that the certificate of the company itself "
        "ends. Empty: nobody.",
    )

    def _pso_domain_reminded(self, role):
        group = self.env.ref(ROLES[role].group)
        return [("all_group_ids", "in", group.ids), ("share", "=", False)]

    @api.constrains(*(role.field for role in ROLES.values()))
    def _check_pso_reminded(self):
        for company in self:
            for role in ROLES.values():
                user = company[role.field]
                if user and not company._pso_may_be_reminded(user, role):
                    raise ValidationError(
                        self.env._(
                            "%(user)s may not see what the reminders are about "
                            "(%(field)s): choose somebody who works in %(company)s and "
                            "has the group %(group)s.",
                            user=user.sudo().name,
                            field=self._fields[role.field]._description_string(
                                self.env
                            ),
                            company=company.name,
                            group=self.env.ref(role.group).sudo().full_name,
                        )
                    )

    def _pso_may_be_reminded(self, user, role):
        """Return whether a user may see what reminders of a role are about."""
        user = user.sudo()
        works_here = self in user.company_ids
        return user.active and works_here and user.has_group(role.group)

    def _pso_reminded(self, role, instead=None):
        """Return who is reminded, with the rights that it takes today, or nobody.

        :param role: one of ``ROLES``
        :param instead: who is reminded where the company names nobody
        """
        company, role = self.sudo(), ROLES[role]
        user = company[role.field] or instead or company.env["res.users"]
        if user and company._pso_may_be_reminded(user, role):
            return user
        return company.env["res.users"]

    def _pso_reminder_note(self):
        """Say of what nobody is reminded in this company; nothing if that is right."""
        if not self.pso_reminders:
            return False
        names = {
            "purchases": self.env._("vendors that have no buyer who may see them"),
            "people": self.env._("people who stop counting"),
            "own": self.env._("the own certificate"),
        }
        missing = [names[role] for role in ROLES if not self._pso_reminded(role)]
        return bool(missing) and self.env._(
            "Nobody is reminded of: %(what)s.", what=", ".join(missing)
        )

    def _pso_heads(self):
        """Return the companies that are certified by themselves: no mere branches."""
        domain = ["|", ("parent_id", "=", False), ("company_registry", "!=", False)]
        return self.sudo().search(domain, order="id")
