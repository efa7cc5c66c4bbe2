import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import remove_accents

from ..purchases.res_partner import digits

# What an organisation is called besides its name, which is written in many ways.
LEGAL_FORM = re.compile(
    r"\b(b\s?v|n\s?v|v\s?o\s?f|c\s?v|ltd|gmbh|stichting|holding|groep|group)\b"
)
# Letters that are few are nobody's name.
SHORTEST = 3
MOST = 200


class PsoAnswer(models.Model):
    """Other cards of the same vendor: what is verified counts for one of them alone."""

    _inherit = "pso.answer"

    duplicate_ids = fields.Many2many(
        "res.partner",
        string="Perhaps the Same Vendor",
        compute="_compute_duplicate_ids",
        help="Other organisations here with the same KvK number, VAT number or name. "
        "What is verified counts for this vendor alone: merge the cards first if they "
        "are one.",
    )
    duplicate_note = fields.Char(
        string="Duplicate Vendors", compute="_compute_duplicate_ids"
    )

    @api.depends("partner_id", "company_registry")
    def _compute_duplicate_ids(self):
        for answer in self:
            found = answer._find_duplicates() if answer.partner_id else []
            answer.duplicate_ids = self.env["res.partner"].browse(
                [partner.id for partner, _words in found]
            )
            answer.duplicate_note = "; ".join(
                f"{partner.display_name} ({words})" for partner, words in found
            )

    @api.readonly
    def action_open_duplicates(self):
        """Open the cards that may be of the same vendor, this one among them."""
        self.ensure_one()
        self.check_access("read")
        partners = self.duplicate_ids | self.partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Perhaps the Same Vendor"),
            "res_model": "res.partner",
            "views": [[False, "list"], [False, "form"]],
            "domain": [("id", "in", partners.ids)],
        }

    def _find_duplicates(self):
        """Find other cards of the vendor: ``[(partner, what is the same)]``.

        Those that the user may read, by what the answer says and what is known here.
        """
        vendor = self.partner_id
        numbers = {digits(vendor.company_registry), digits(self.company_registry)}
        numbers.discard("")
        vat = bare(vendor.vat)
        name = bare_name(vendor.name)
        found = self.env["res.partner"].search(
            self._domain_duplicates(vendor, numbers, vat, name), limit=MOST
        )
        labels = (
            (self.env._("KvK number"), lambda p: digits(p.company_registry) in numbers),
            (self.env._("VAT number"), lambda p: bool(vat) and bare(p.vat) == vat),
            (self.env._("name"), lambda p: bool(name) and bare_name(p.name) == name),
        )
        rows = [
            (partner, ", ".join(label for label, is_same in labels if is_same(partner)))
            for partner in found
        ]
        return [row for row in rows if row[1]]

    def _domain_duplicates(self, vendor, numbers, vat, name):
        """Return the domain of organisations that look alike, for a closer look."""

        def bare_sql(field, pattern):
            def to_sql(model, alias, query):
                column = model._field_to_sql(alias, field, query)
                return SQL("upper(regexp_replace(%s, %s, '', 'g'))", column, pattern)

            return to_sql

        def among(field, pattern, values):
            sql = bare_sql(field, pattern)
            return Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "COALESCE(%s, '') IN %s", sql(model, alias, query), tuple(values)
                )
            )

        ways = []
        if numbers:
            ways.append(among("company_registry", r"\D", numbers))
        if vat:
            ways.append(among("vat", r"[\W_]", {vat}))
        if name and len(name) >= SHORTEST:
            # The longest word narrows it; the whole name is compared afterwards.
            words = re.findall(r"\w+", vendor.name)
            ways.append(Domain("name", "ilike", max(words, key=len)))
        if not ways:
            return Domain.FALSE
        return (
            Domain.OR(ways)
            & Domain("id", "!=", vendor.id)
            & Domain("commercial_partner_id", "!=", vendor.id)
            & Domain("is_company", "=", True)
        )


def bare(number):
    """Return a VAT number without what people write in it."""
    return re.sub(r"[\W_]", "", number or "").upper()


def bare_name(name):
    """Return a name as it is compared: without case, accents, marks and legal form."""
    plain = re.sub(r"[^\w\s]", " ", remove_accents(name or "").lower())
    plain = re.sub(r"\b(\w) (?=\w\b)", r"\1", plain)
    return " ".join(LEGAL_FORM.sub(" ", plain).split())
