from odoo import api, fields, models
from odoo.exceptions import UserError

from .pso_document_mixin import Purchase

EMPLOYEE = "base.group_user"
# Who gives a reason and when is noted, and not written.
AUTHOR = ("pso_reason_user_id", "pso_reason_date")


class PurchaseOrder(models.Model):
    """Why a vendor without a certificate was chosen where a certified one is expected.

    The reason is asked for when the order is confirmed, whichever way that is done. By
    then its lines keep for which category it was given.
    """

    _inherit = "purchase.order"

    pso_reason = fields.Char(
        string="Reason Without Certificate",
        copy=False,
        groups=EMPLOYEE,
        help="Why this vendor was chosen though a PSO-certified one is expected for "
        "these products. Everybody who sees purchases reads it: name nobody.",
    )
    pso_reason_user_id = fields.Many2one(
        "res.users",
        string="Reason Given By",
        readonly=True,
        copy=False,
        groups=EMPLOYEE,
        help="Who gave the reason, or changed it last.",
    )
    pso_reason_date = fields.Datetime(
        string="Reason Given On",
        readonly=True,
        copy=False,
        groups=EMPLOYEE,
        help="When the reason was given, or changed last.",
    )
    pso_expected_note = fields.Char(
        string="Certified Vendor Expected",
        compute="_compute_pso_expected_note",
        compute_sudo=True,
        groups=EMPLOYEE,
        help="For which lines a PSO-certified vendor is expected, where this vendor is "
        "none on the day of the order.",
    )

    @api.depends(
        *("partner_id.commercial_partner_id", "state", "company_id", "date_approve"),
        *("order_line.product_id.categ_id", "order_line.pso_excluded"),
    )
    @api.depends_context("lang")
    def _compute_pso_expected_note(self):
        exceptions = self._pso_exceptions()
        for order in self:
            lines = exceptions.get(order)
            order.pso_expected_note = lines and order._pso_expected_in_words(lines)

    @api.model_create_multi
    def create(self, vals_list):
        given = [self._pso_with_author(vals) for vals in vals_list]
        orders = super().create(given)
        orders._pso_keep_exceptions()
        return orders

    def write(self, vals):
        """Ask for the reason wherever an order is confirmed; see ``button_confirm``."""
        if not {"pso_reason", *AUTHOR}.isdisjoint(vals):
            vals = self._pso_with_author(vals)
        changing = self._pso_chosen_anew(vals)
        result = super().write(vals)
        changing._pso_keep_exceptions()
        return result

    def _pso_chosen_anew(self, vals):
        """Return the orders of which these values confirm or change the choice.

        What is written again as it is asks nothing: an order of before a certified
        vendor was expected stays as it was confirmed.
        """
        if {"state", "partner_id", "pso_reason", "date_approve"}.isdisjoint(vals):
            return self.browse()
        is_confirming = vals.get("state") == "purchase"
        return self.filtered(
            lambda order: (
                (is_confirming and order.state != "purchase")
                or vals.get("partner_id", order.partner_id.id) != order.partner_id.id
                or ("date_approve" in vals and order.state == "purchase")
                or ("pso_reason" in vals and not (vals["pso_reason"] or "").strip())
            )
        )

    def _pso_with_author(self, vals):
        """Return the values with who gives the reason in them, and when."""
        kept = {name: value for name, value in vals.items() if name not in AUTHOR}
        typed = self.env.context.get("default_pso_reason") if not self else None
        reason = vals.get("pso_reason", typed)
        is_new = "pso_reason" in vals and any(
            order.pso_reason != reason for order in self
        )
        if not self or is_new:
            values = (self.env.uid, fields.Datetime.now()) if reason else (False, False)
            kept |= dict(zip(AUTHOR, values, strict=True))
        return kept

    # -- where a certified vendor is expected ----------------------------------

    def _pso_exceptions(self, among=None):
        """Find the lines for which a certified vendor is expected, and is not chosen.

        The vendor is judged on the day of the approval; before that on today, as that
        is when it would be approved. Lines that are not counted for PSO are left out,
        and so are vendors that are companies of this database.

        :param among: lines of which alone it is asked
        :return: ``{order: lines}``
        """
        found = {}
        for order in self.filtered(lambda order: order.state != "cancel"):
            lines = order.sudo()._pso_lines_expecting()
            if among is not None:
                lines &= among
            partner = order.sudo().partner_id.commercial_partner_id
            if lines and partner and order._pso_is_own(partner):
                found[order] = lines
        if not found:
            return {}
        judged = self._pso_judge_purchases(
            (order.sudo()._pso_vendor_and_day(), order.sudo().company_id._origin.id)
            for order in found
        )
        return {
            order: found[order]
            for order, (certificate, *_figures) in zip(found, judged, strict=True)
            if not certificate
            and not order.sudo().partner_id.commercial_partner_id.ref_company_ids
        }

    def _pso_lines_expecting(self):
        """Return the lines of categories for which a certified vendor is expected."""
        company = self.company_id._origin
        expecting = company and self.env["product.category"]._pso_expecting(company.id)
        if not expecting:
            return self.env["purchase.order.line"]
        return self.order_line.filtered(
            lambda line: (
                not line.pso_excluded
                and line.product_id.categ_id._origin.id in expecting
            )
        )

    def _pso_vendor_and_day(self):
        """Return the vendor and the day on which its certificate has to be valid."""
        if self.state == "purchase":
            return self._pso_facts()
        today = self._pso_day(fields.Datetime.now())
        return Purchase(self.partner_id.commercial_partner_id, today, today, 0)

    # -- the reason --------------------------------------------------------------

    def button_confirm(self):
        """Ask for the reasons of all these orders at once, before one is confirmed.

        :raise UserError: if one lacks its reason, naming orders, lines and categories
        """
        asking = self.filtered(lambda order: order.state in ("draft", "sent"))
        asking._pso_ask_reasons()
        return super().button_confirm()

    def _pso_ask_reasons(self, among=None):
        """Return the lines for which the orders have a reason, as ``{order: lines}``.

        :raise UserError: if one lacks its reason, naming orders, lines and categories
        """
        exceptions = self._pso_exceptions(among)
        lacking = {
            order: lines
            for order, lines in exceptions.items()
            if not (order.sudo().pso_reason or "").strip()
        }
        if lacking:
            sentences = [order._pso_reason_asked(lacking[order]) for order in lacking]
            raise UserError("\n\n".join(sentences))
        return exceptions

    def _pso_keep_exceptions(self, among=None):
        """Keep with the lines of confirmed orders for what a reason was given.

        :param among: lines of which alone it is asked
        :raise UserError: as ``_pso_ask_reasons``
        """
        confirmed = self.filtered(lambda order: order.state == "purchase")
        categories = self.env["product.category"]
        expecting = confirmed.filtered(
            lambda order: categories._pso_expecting(order.sudo().company_id.id)
        )
        exceptions = expecting._pso_ask_reasons(among)
        for order in expecting.sudo():
            kept = exceptions.get(order, order.order_line.browse())
            for line in order.order_line if among is None else order.order_line & among:
                category = line in kept and line.product_id.categ_id
                if line.pso_expected_category_id != (category or categories):
                    line.pso_expected_category_id = category

    def _pso_reason_asked(self, lines):
        """Say what is asked, and who else sells it, of one order."""
        parts = [
            self.sudo()._pso_expected_in_words(lines),
            self.env._(
                "Fill in the reason (Reason Without Certificate), or choose a "
                "certified vendor."
            ),
        ]
        vendors = [
            name for _id, name in self.sudo()._pso_other_vendors(lines.product_id)
        ]
        if vendors:
            parts.append(
                self.env._(
                    "Certified, the most fte for the money first: %(vendors)s.",
                    # A name may end with the full stop of the sentence.
                    vendors=", ".join(vendors).removesuffix("."),
                )
            )
        return f"{self.sudo().name}: {' '.join(parts)}"

    def _pso_expected_in_words(self, lines):
        """Say for which lines a certified vendor is expected, and that it is none."""
        products = dict.fromkeys(
            f"{line.product_id.display_name} ({line.product_id.categ_id.display_name})"
            for line in lines
        )
        return self.env._(
            "A PSO-certified vendor is expected for %(products)s, and %(vendor)s has "
            "no certificate that counts on this day.",
            products=", ".join(products),
            vendor=self.partner_id.commercial_partner_id.name,
        )
