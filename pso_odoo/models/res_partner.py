from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from ..context import without_defaults
from .pso_certificate import STANDINGS

GROUPS = "pso_odoo.group_pso_user,pso_odoo.group_pso_purchase"
# Who sees persons, by name or by key.
GUARDED_GROUPS = ("pso_odoo.group_pso_hr", "pso_odoo.group_pso_manager")


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "pso.guarded.mixin"]

    pso_certificate_ids = fields.One2many(
        "pso.certificate",
        "partner_id",
        string="PSO Certificates",
        groups=GROUPS,
        help="Bills dated within the validity of one of these are social purchases.",
    )
    pso_figure_ids = fields.One2many(
        "pso.supplier.figure",
        "partner_id",
        string="PSO Supplier Figures",
        groups=GROUPS,
        help="What purchases at this supplier are worth in fte, year by year.",
    )
    pso_spend_ids = fields.One2many(
        "pso.purchase.year",
        "partner_id",
        string="PSO Spend per Year",
        readonly=True,
        groups=GROUPS,
        help="What was bought here in each calendar year, and what of it counts.",
    )
    # That a vendor is certified is no secret: the scheme publishes it.
    pso_badge = fields.Char(
        string="PSO",
        compute="_compute_pso_standing",
        compute_sudo=True,
        groups="base.group_user",
        help="Level and validity of the organisation's PSO certificate, as of today. "
        "Purchases within its validity count for the PSO score.",
    )
    pso_standing = fields.Selection(
        STANDINGS,
        string="PSO Certification",
        compute="_compute_pso_standing",
        compute_sudo=True,
        search="_search_pso_standing",
        groups="base.group_user",
        help="How the organisation stands today. A certificate that ends within 90 "
        "days is not renewed yet.",
    )

    @api.depends(
        "commercial_partner_id.pso_certificate_ids.kind",
        "commercial_partner_id.pso_certificate_ids.level_id",
        "commercial_partner_id.pso_certificate_ids.is_pso30",
        "commercial_partner_id.pso_certificate_ids.date_start",
        "commercial_partner_id.pso_certificate_ids.date_end",
        "commercial_partner_id.pso_certificate_ids.evidence_state",
    )
    @api.depends_context("lang", "tz")
    def _compute_pso_standing(self):
        today = fields.Date.context_today(self)
        everybody = self.commercial_partner_id
        aspirants = everybody.pso_certificate_ids._aspirants(today)
        for partner in self:
            certificates = partner.commercial_partner_id.pso_certificate_ids
            standing, certificate = certificates._standing(today, aspirants)
            partner.pso_standing = standing
            partner.pso_badge = standing and certificate._badge(standing)

    def _search_pso_standing(self, operator, value):
        # Of a field that is not stored Odoo does not ask who may search by it.
        self._check_field_access(self._fields["pso_standing"], "read")
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        known = {False, *dict(STANDINGS)}
        return fields.Domain.OR(
            self.env["pso.certificate"]._domain_of_standing(standing, today)
            for standing in known.intersection(value)
        )

    @api.readonly
    @without_defaults
    def action_pso_purchases(self):
        """What was bought at these vendors, line by line, for PSO users."""
        self.env["pso.purchase.report"].check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "pso_odoo.pso_purchase_report_action"
        )
        partners = self.commercial_partner_id
        action["domain"] = [("partner_id", "in", partners.ids)]
        action["context"] = {"graph_measure": "amount"}
        action["views"].sort(key=lambda view: view[1] != "list")
        if len(partners) == 1:
            action["display_name"] = self.env._(
                "Purchases at %(vendor)s", vendor=partners.display_name
            )
        return action

    def unlink(self):
        """Take the certificates along, and their proof files."""
        self.check_access("unlink")
        self.sudo().pso_certificate_ids.unlink()
        return super().unlink()

    # -- who logs in as somebody else -----------------------------------------

    def write(self, vals):
        """Keep to themselves the e-mail addresses by which PSO users log in.

        Who receives the mail of a user can ask for a new password and be that user.
        Core lets HR officers write it, by the work e-mail of an employee.

        :raise AccessError: for others than the user himself and administrators
        """
        if "email" in vals:
            self._check_login_email(vals["email"])
        return super().write(vals)

    def _check_login_email(self, email):
        if self.env.uid == SUPERUSER_ID or not self.ids:
            return
        users = self.env["res.users"].sudo().with_context(active_test=False)
        others = users.search(
            [("partner_id", "in", self.ids), ("id", "!=", self.env.uid)]
        )
        if not any(user.email != email and _sees_persons(user) for user in others):
            return
        if self.env.user.has_group("base.group_erp_manager"):
            return
        raise AccessError(
            self.env._(
                "This is the e-mail address of a user with access to PSO: who receives "
                "its mail can log in as this user. Only the user and an administrator "
                "can change it."
            )
        )


def _sees_persons(user):
    return any(map(user.has_group, GUARDED_GROUPS))
