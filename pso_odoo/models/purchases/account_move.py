from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.context import without_defaults
from .pso_document_mixin import Purchase
from .pso_excludable_mixin import CopyOf

# What counts as a purchase (section 4); a refund is subtracted.
PURCHASE_TYPES = ("in_invoice", "in_refund", "in_receipt")
# What a hint may still change; a refund follows its bill.
HINTED_TYPES = ("in_invoice", "in_receipt")
# What the score reads of a bill: a change of these drops figures already read.
BILL_FACTS = {"state", "invoice_date", "partner_id", "reversed_entry_id", "line_ids"}


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "pso.hint.mixin"]

    _figures_rest_on = BILL_FACTS

    @api.depends(
        "move_type",
        "state",
        "commercial_partner_id",
        "invoice_date",
        "date",
        "reversed_entry_id.invoice_date",
        "company_id",
        "amount_untaxed_signed",
        "invoice_line_ids.pso_excluded",
    )
    def _compute_pso(self):
        return super()._compute_pso()

    @api.depends(
        "pso_is_social",
        "pso_fte",
        "move_type",
        "state",
        "commercial_partner_id",
        "invoice_date",
        "invoice_line_ids.product_id.categ_id",
        "invoice_line_ids.purchase_line_id",
    )
    def _compute_pso_hints(self):
        return super()._compute_pso_hints()

    def _pso_facts(self):
        """Judge a bill by its date; a refund, with its year, by that of its bill.

        What is cancelled is no purchase.
        """
        if self.move_type not in PURCHASE_TYPES or self.state == "cancel":
            return Purchase(self.env["res.partner"], None, None, 0)
        own = self.invoice_date or self.date or fields.Date.context_today(self)
        judged_on = self.reversed_entry_id.invoice_date or own
        excluded = sum(
            line.balance for line in self.invoice_line_ids if line.pso_excluded
        )
        amount = -self.amount_untaxed_signed - excluded
        return Purchase(
            self.commercial_partner_id,
            judged_on,
            judged_on if self.move_type == "in_refund" else own,
            amount,
        )

    def _sql_pso_facts(self, alias):
        """Express in SQL the partner of a bill and the date it is judged on."""
        fields_read = (
            *("move_type", "state", "commercial_partner_id"),
            *("reversed_entry_id", "invoice_date", "date"),
        )
        partner = SQL(
            "CASE WHEN %(move)s.move_type IN %(types)s AND %(move)s.state <> 'cancel' "
            "THEN %(move)s.commercial_partner_id END %(flush)s",
            move=alias,
            types=PURCHASE_TYPES,
            flush=SQL(to_flush=[self._fields[name] for name in fields_read]),
        )
        date = SQL(
            """COALESCE((
                SELECT reversed.invoice_date FROM account_move reversed
                WHERE reversed.id = %(move)s.reversed_entry_id
            ), %(move)s.invoice_date, %(move)s.date)""",
            move=alias,
        )
        return partner, date

    def _pso_is_in_score(self, start, end):
        """Return whether it is posted, and dated in the period."""
        is_dated = self.invoice_date and start <= self.invoice_date <= end
        return bool(self.state == "posted" and is_dated)

    def _pso_is_open(self):
        """Return whether it is a draft of what a hint may still change."""
        return self.state == "draft" and self.move_type in HINTED_TYPES

    def _pso_is_open_to_vendors(self):
        return self._pso_is_open()

    def _pso_hint(self):
        """Say too that a certified vendor is expected, where no order says why not.

        A bill comes after the choice: it is not held up.
        """
        hints = [super()._pso_hint(), self._pso_expected_hint()]
        return " ".join(filter(None, hints)) or False

    def _pso_expected_hint(self):
        company = self.company_id._origin
        expecting = company and self.env["product.category"]._pso_expecting(company.id)
        if not expecting or self.pso_is_social or not self.partner_id:
            return False
        categories = self.invoice_line_ids.filtered(
            lambda line: not line.purchase_line_id and not line.pso_excluded
        ).product_id.categ_id._origin.filtered(lambda each: each.id in expecting)
        if not categories:
            return False
        return self.env._(
            "A PSO-certified vendor is expected for %(categories)s, and no order says "
            "why it is not one.",
            categories=", ".join(categories.mapped("display_name")),
        )

    def _pso_products(self):
        return self.invoice_line_ids.product_id

    def _pso_not_counted(self):
        return self.env._("This bill does not count for PSO.")

    # -- bills merged by account_invoice_merge of OCA, where that is installed ------

    @api.model
    def _get_invoice_line_key_cols(self):
        """Keep lines that count and lines that do not from being merged into one."""
        return [*super()._get_invoice_line_key_cols(), "_pso_counting"]

    @api.model
    def _get_invoice_line_vals(self, line):
        """Have a merged line count, or not, as those that it is made of."""
        return super()._get_invoice_line_vals(line) | {"pso_copy_of": CopyOf(line.id)}

    @without_defaults
    def action_pso_exclude(self):
        """Leave whole bills out of the social purchases.

        :raise UserError: where none of the documents is a purchase
        """
        self._pso_purchase_lines().action_pso_exclude()

    @without_defaults
    def action_pso_include(self):
        """Count all lines of bills again.

        :raise UserError: where none of the documents is a purchase
        """
        self._pso_purchase_lines().action_pso_include()

    def _pso_purchase_lines(self):
        """Return the lines of the purchases among these documents.

        Odoo offers an action on every kind of document or on none.
        """
        purchases = self.filtered(lambda move: move.move_type in PURCHASE_TYPES)
        if not purchases:
            raise UserError(
                self.env._(
                    "Only what is bought counts for PSO: choose vendor bills, refunds "
                    "or receipts."
                )
            )
        return purchases.invoice_line_ids
