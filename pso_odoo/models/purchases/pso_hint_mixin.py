from markupsafe import Markup

from odoo import fields, models
from odoo.tools import SQL, format_date

from ...tools import columns

# More names than this help nobody to choose.
SHOWN_VENDORS = 5
# What says who else sells a product.
VENDOR_FACTS = {
    "product.supplierinfo": (
        *("partner_id", "product_tmpl_id", "product_id"),
        *("date_start", "date_end", "company_id"),
    ),
    "res.partner": ("commercial_partner_id", "active", "company_id", "name"),
}
LINK = Markup('<a href="/odoo/res.partner/%s">%s</a>')


class PsoHintMixin(models.AbstractModel):
    """What the buyer may want to know before a purchase is made or a bill is posted.

    Only the form reads it: nothing here is stored, and confirming an order or posting
    a bill does not ask for it.
    """

    _name = "pso.hint.mixin"
    _inherit = ["pso.document.mixin"]
    _description = "PSO Hints on a Purchase"

    pso_hint = fields.Char(
        string="PSO Hint",
        compute="_compute_pso_hints",
        compute_sudo=True,
        groups="base.group_user",
        help="Why a purchase at an organisation with a PSO certificate does not count, "
        "may not count once it is billed, or adds nothing yet.",
    )
    pso_hint_vendors = fields.Char(
        string="PSO-Certified Alternatives",
        compute="_compute_pso_hints",
        compute_sudo=True,
        groups="base.group_user",
        help="Vendors with a valid certificate that sell the same product, by the "
        "vendors on the products; the most fte for the money first.",
    )

    pso_hint_vendor_links = fields.Html(
        string="PSO-Certified Alternatives (links)",
        compute="_compute_pso_hints",
        compute_sudo=True,
        sanitize=False,
        groups="base.group_user",
        help="The same vendors, each with a link that opens it.",
    )

    def _compute_pso_hints(self):
        for document in self:
            is_own = document._pso_is_own(document._pso_facts().partner)
            document.pso_hint = (
                is_own and document._pso_is_open() and document._pso_hint()
            )
            is_asked = (
                is_own
                and document._pso_is_open_to_vendors()
                and not document.pso_is_social
            )
            vendors = document._pso_other_vendors() if is_asked else []
            document.pso_hint_vendors = ", ".join(name for _id, name in vendors)
            document.pso_hint_vendor_links = Markup(", ").join(
                LINK % vendor for vendor in vendors
            )

    # -- what a document says about itself -----------------------------------

    def _pso_is_open(self):
        """Return whether it is still to be billed, or posted."""
        raise NotImplementedError

    def _pso_is_open_to_vendors(self):
        """Return whether something else may still be bought instead."""
        raise NotImplementedError

    def _pso_expected_on(self):
        """Return the earliest date on which it will be billed, False if not known."""
        return False

    def _pso_products(self):
        """Return the products that it is about."""
        raise NotImplementedError

    def _pso_not_counted(self):
        """Say that this document does not count, in a sentence."""
        raise NotImplementedError

    # -- the certificate of the vendor ---------------------------------------

    def _pso_hint(self):
        """Say if the vendor's certificate fails on the document's date, or will."""
        purchase = self._pso_facts()
        certificates = purchase.partner.pso_certificate_ids
        if not certificates:
            return False
        expected = self._pso_expected_on()
        is_later = bool(expected) and expected > purchase.judged_on
        counting = is_later and certificates._counting(expected)
        if not self.pso_is_social and counting:
            return self.env._(
                "The certificate of %(vendor)s is valid from %(date)s: bills from that "
                "day on count for PSO.",
                vendor=purchase.partner.name,
                date=format_date(self.env, counting[0].date_start),
            )
        if not self.pso_is_social:
            why = self._pso_why_not(certificates, purchase.judged_on)
            return f"{why} {self._pso_not_counted()}"
        if is_later and not counting:
            current = certificates._counting(purchase.judged_on)
            return self.env._(
                "The certificate of %(vendor)s ends on %(end)s, before the expected "
                "arrival on %(expected)s: the bill may not count for PSO.",
                vendor=purchase.partner.name,
                end=format_date(self.env, max(current.mapped("date_end"))),
                expected=format_date(self.env, expected),
            )
        if self.pso_amount and not self.pso_fte:
            _fact, _certificate, _level, fte_per_unit, _most = self._pso_judge()[self]
            if fte_per_unit is not None:
                return self.env._(
                    "It adds no fte: by the figures of %(vendor)s its fte or its "
                    "direct share is zero.",
                    vendor=purchase.partner.name,
                )
            return self.env._(
                "It adds no fte as long as turnover, fte and direct share of "
                "%(vendor)s are not known.",
                vendor=purchase.partner.name,
            )
        return False

    def _pso_why_not(self, certificates, date):
        """Say why no certificate counts on a date, in a sentence."""
        standing, certificate = certificates._standing(date)
        vendor = certificate.partner_id.name
        if standing == "aspirant":
            return self.env._("%(vendor)s has aspirant status.", vendor=vendor)
        if standing == "future":
            return self.env._(
                "The certificate of %(vendor)s is valid from %(date)s.",
                vendor=vendor,
                date=format_date(self.env, certificate.date_start),
            )
        return self.env._(
            "The certificate of %(vendor)s ended on %(date)s.",
            vendor=vendor,
            date=format_date(self.env, certificate.date_end),
        )

    # -- who else sells it ---------------------------------------------------

    def _pso_other_vendors(self, products=None):
        """Find the certified vendors of the same products, in one query.

        :param products: those of the document, unless others are given
        :return: ``[(id, name)]``, the most fte for the money first

        Read as superuser, so that it keeps to what the document's company may see.
        """
        purchase = self._pso_facts()
        products = products or self._pso_products()
        if not products:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT vendor.id, vendor.name
                FROM product_supplierinfo info
                JOIN res_partner contact ON contact.id = info.partner_id
                JOIN res_partner vendor ON vendor.id = contact.commercial_partner_id
                CROSS JOIN LATERAL (%(certificate)s) certificate
                LEFT JOIN res_company company ON company.id = %(company)s
                LEFT JOIN LATERAL (%(figure)s) figure ON TRUE
                -- They sell one of the products on that day,
                WHERE info.product_tmpl_id IN %(templates)s
                    AND (info.product_id IS NULL OR info.product_id IN %(products)s)
                    AND %(date)s BETWEEN COALESCE(info.date_start, '-infinity')
                        AND COALESCE(info.date_end, 'infinity')
                    -- and are not the vendor itself, or another company's alone.
                    AND vendor.active AND vendor.id <> %(own)s
                    AND COALESCE(info.company_id, %(company)s) IN %(companies)s
                    AND COALESCE(vendor.company_id, %(company)s) IN %(companies)s
                GROUP BY vendor.id, vendor.name, figure.fte_per_unit
                ORDER BY figure.fte_per_unit DESC NULLS LAST, vendor.name, vendor.id
                LIMIT %(limit)s
                %(flush)s
                """,
                certificate=self._sql_pso_certificate(
                    SQL("vendor.id"), SQL("%s::date", purchase.judged_on)
                ),
                figure=self.env["pso.supplier.figure"]._sql_at(
                    SQL("vendor.id"),
                    SQL("%s", purchase.judged_on.year),
                    SQL("company"),
                ),
                templates=tuple(products.product_tmpl_id.ids),
                products=tuple(products.ids),
                date=purchase.judged_on,
                own=purchase.partner.id or 0,
                company=self.company_id.id or 0,
                companies=tuple(self.company_id.parent_ids.ids or [0]),
                limit=SHOWN_VENDORS,
                flush=columns.sql_flush(self.env, VENDOR_FACTS),
            )
        )
        return rows
