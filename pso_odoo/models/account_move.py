from odoo import api, fields, models
from odoo.tools import SQL

from ..context import without_defaults
from .pso_document_mixin import Purchase

# What counts as a purchase (section 4); a refund is subtracted.
PURCHASE_TYPES = ("in_invoice", "in_refund", "in_receipt")
# What a hint may still change; a refund follows its bill.
HINTED_TYPES = ("in_invoice", "in_receipt")
# What the score reads of a bill: a change of these drops figures already read.
FACTS = {"state", "invoice_date", "partner_id", "reversed_entry_id", "line_ids"}


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "pso.hint.mixin"]

    @api.depends(
        "move_type",
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
        "invoice_line_ids.product_id",
    )
    def _compute_pso_hints(self):
        return super()._compute_pso_hints()

    def _pso_facts(self):
        """By the bill's date; a refund by that of the bill it reverses."""
        if self.move_type not in PURCHASE_TYPES:
            return Purchase(self.env["res.partner"], None, None, 0)
        own = self.invoice_date or self.date or fields.Date.context_today(self)
        excluded = sum(
            line.balance for line in self.invoice_line_ids if line.pso_excluded
        )
        return Purchase(
            self.commercial_partner_id,
            self.reversed_entry_id.invoice_date or own,
            own,
            -self.amount_untaxed_signed - excluded,
        )

    @api.model
    def _sql_pso_facts(self, alias):
        partner = SQL(
            "CASE WHEN %(move)s.move_type IN %(types)s "
            "THEN %(move)s.commercial_partner_id END",
            move=alias,
            types=PURCHASE_TYPES,
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
        is_dated = self.invoice_date and start <= self.invoice_date <= end
        return bool(self.state == "posted" and is_dated)

    def _pso_is_ahead(self):
        return self.state == "draft" and self.move_type in HINTED_TYPES

    def _pso_is_open_to_vendors(self):
        return self._pso_is_ahead()

    def _pso_products(self):
        return self.invoice_line_ids.product_id

    def _pso_not_counted(self):
        return self.env._("This bill does not count for PSO.")

    def write(self, vals):
        result = super().write(vals)
        if not FACTS.isdisjoint(vals):
            self.env["pso.measurement"]._forget_figures()
        return result

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A refund leaves out what its bill left out."""
        reverses = super()._reverse_moves(default_values_list, cancel)
        for move, reverse in zip(self.sudo(), reverses.sudo(), strict=True):
            pairs = zip(
                move.invoice_line_ids.sorted("id"),
                reverse.invoice_line_ids.sorted("id"),
                strict=False,
            )
            for line, reversed_line in pairs:
                if line.pso_excluded:
                    reversed_line._copy_exclusion(line)
        return reverses

    @without_defaults
    def action_pso_exclude(self):
        """Leave the whole bill out of the social purchases."""
        self.invoice_line_ids.action_pso_exclude()

    @without_defaults
    def action_pso_include(self):
        """Count all lines of the bill again."""
        self.invoice_line_ids.action_pso_include()
