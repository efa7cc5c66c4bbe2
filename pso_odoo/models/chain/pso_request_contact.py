from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

# Which address of a vendor is asked: the types that core gives to addresses.
CONTACT_TYPES = [
    ("company", "The organisation's own address"),
    ("invoice", "Invoice address"),
    ("other", "Other address"),
    ("contact", "Contact"),
]


class PsoCampaign(models.Model):
    _inherit = "pso.campaign"

    contact_type = fields.Selection(
        CONTACT_TYPES,
        string="Mailed Address",
        required=True,
        default="company",
        help="Which address of a vendor is mailed. The organisation's own where a "
        "vendor has none of this type with an e-mail address.",
    )


class PsoRequest(models.Model):
    """At which address a vendor is asked."""

    _inherit = "pso.request"

    contact_id = fields.Many2one(
        "res.partner",
        string="Mailed To",
        index="btree_not_null",
        ondelete="set null",
        compute="_compute_contact_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="The address of the vendor that the mail goes to: of the type that the "
        "campaign says, unless you choose another.",
    )
    email = fields.Char(related="contact_id.email", string="E-Mail")
    phone = fields.Char(
        compute="_compute_phone", help="Of the address, else of the vendor."
    )
    has_email = fields.Boolean(
        string="Can Be Mailed",
        compute="_compute_has_email",
        search="_search_has_email",
        help="Whether the address has an e-mail address that can be right.",
    )

    @api.depends("partner_id", "campaign_id.contact_type")
    def _compute_contact_id(self):
        """Choose the address; what was asked, was asked where it was."""
        for request in self:
            if request.date_asked:
                request.contact_id = request.contact_id
                continue
            kind = request.campaign_id.contact_type
            addresses = request.partner_id.child_ids.filtered(
                lambda child, kind=kind: child.type == kind and child.email
            )
            request.contact_id = addresses.sorted("id")[:1] or request.partner_id

    @api.depends("contact_id.phone", "partner_id.phone")
    def _compute_phone(self):
        for request in self:
            request.phone = request.contact_id.phone or request.partner_id.phone

    @api.depends("contact_id.email")
    def _compute_has_email(self):
        for request in self:
            request.has_email = bool(email_normalize(request.contact_id.email))

    def _search_has_email(self, operator, value):
        if operator != "in":
            return NotImplemented
        # As core normalises it when the address is saved.
        mailable = Domain("contact_id.email_normalized", "not in", (False, ""))
        found = {True: mailable, False: ~mailable}
        return Domain.OR(found[bool(each)] for each in value)

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        for request in self.sudo():
            contact = request.contact_id
            if contact and contact.commercial_partner_id != request.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no address of %(vendor)s (Mailed To).",
                        contact=contact.display_name,
                        vendor=request.partner_id.display_name,
                    )
                )
