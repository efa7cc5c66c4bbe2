import re

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.account.models.account_move import BYPASS_LOCK_CHECK

from ...tools.groups import HR, MANAGER, PURCHASE, USER
from .pso_certificate import STANDINGS

GROUPS = f"{USER},{PURCHASE}"
# Who sees persons, by name or by key.
GUARDED_GROUPS = (HR, MANAGER)


class ResPartner(models.Model):
    _inherit = "res.partner"

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

    @api.depends_context("res_partner_search_mode")
    def _compute_display_name(self):
        """Show in a drop-down of vendors who is certified, and until when.

        Odoo asks there for names with marks in them: what stands between backquotes
        becomes a badge.
        """
        super()._compute_display_name()
        context = self.env.context
        is_choice = (
            context.get("formatted_display_name") and self.env.user._is_internal()
        )
        if not is_choice or context.get("res_partner_search_mode") != "supplier":
            return
        for partner in self.filtered("pso_badge"):
            badge = partner.pso_badge.replace("`", "'")
            partner.display_name = f"{partner.display_name} \t `{badge}`"

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

    def write(self, vals):
        """Move certificates and figures along with the bills of an organisation.

        :raise AccessError: who changes the e-mail address by which another PSO user
            logs in, and is no administrator
        """
        if "email" in vals:
            self._check_login_email(vals["email"])
        if {"parent_id", "is_company"}.isdisjoint(vals):
            return super().write(vals)
        numbers = {partner: partner.company_registry for partner in self}
        result = super().write(vals)
        for partner, number in numbers.items():
            partner._pso_follow(number)
        return result

    # -- what is kept for an organisation follows it ---------------------------

    def _pso_follow(self, number):
        """Give what is kept for a contact to the organisation that it is of by now.

        What that has already stays with the contact, and so does all of it where the
        number says that it is another legal entity: a check names the contact.

        :param number: the KvK number that it had as an organisation
        """
        entity = self.sudo().commercial_partner_id
        known = {digits(number), digits(entity.company_registry)} - {""}
        if entity == self or len(known) > 1:
            return
        self.env.flush_all()
        kept = self.env.execute_query(
            SQL(
                """
                WITH certificates AS (
                    -- But for those that the entity has already.
                    UPDATE pso_certificate SET partner_id = %(entity)s
                    WHERE partner_id = %(contact)s AND NOT EXISTS (
                        SELECT FROM pso_certificate twin
                        WHERE twin.partner_id = %(entity)s
                            AND twin.kind = pso_certificate.kind
                            AND twin.date_start = pso_certificate.date_start
                            AND twin.date_end
                                IS NOT DISTINCT FROM pso_certificate.date_end)
                    RETURNING id
                ), figures AS (
                    -- But for years of which the entity has some.
                    UPDATE pso_supplier_figure SET partner_id = %(entity)s
                    WHERE partner_id = %(contact)s AND year NOT IN (
                        SELECT year FROM pso_supplier_figure
                        WHERE partner_id = %(entity)s)
                    RETURNING id
                )
                SELECT id FROM certificates UNION ALL SELECT id FROM figures
                """,
                entity=entity.id,
                contact=self.id,
            )
        )
        if not kept:
            return
        # Core does this for the bills of the contact itself, where its parent changes.
        bills = self.env["account.move"].sudo().with_context(active_test=False)
        bills.search([("commercial_partner_id", "=", self.id)]).with_context(
            bypass_lock_check=BYPASS_LOCK_CHECK
        ).commercial_partner_id = entity
        self.env["pso.certificate"].invalidate_model()
        self.env["pso.supplier.figure"].invalidate_model()
        (self | entity).invalidate_recordset()
        self.env["pso.figure.source"]._changed()

    def unlink(self):
        """Take the certificates along, and their proof files."""
        self.check_access("unlink")
        self.sudo().pso_certificate_ids.unlink()
        return super().unlink()

    # -- who logs in as somebody else -----------------------------------------

    def _check_login_email(self, email):
        """Keep to themselves the e-mail addresses by which PSO users log in.

        Who receives the mail of a user can ask for a new password and be that user.
        Core lets HR officers write it, by the work e-mail of an employee.

        :raise AccessError: for others than the user himself and administrators
        """
        if self.env.uid == SUPERUSER_ID:
            return
        # Core writes the same again with whatever else it writes of an employee.
        changed = self.sudo().filtered(lambda partner: partner.email != email)
        if not changed.ids:
            return
        users = self.env["res.users"].sudo().with_context(active_test=False)
        others = users.search(
            [("partner_id", "in", changed.ids), ("id", "!=", self.env.uid)]
        )
        if not any(
            user.has_group(group) for user in others for group in GUARDED_GROUPS
        ):
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


def digits(number):
    """Return a KvK number without what people write in and around it."""
    return re.sub(r"\D", "", number or "")
