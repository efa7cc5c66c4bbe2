from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.context import without_defaults
from .pso_document_mixin import Purchase

# An order of which another vendor may still be asked.
ASKING = ("draft", "sent", "to approve")
# How far lines of different kinds are kept apart while orders are merged, in days.
APART = 36525


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "pso.hint.mixin", "pso.badge.mixin"]

    _pso_badge_optional = "hide"

    # Of today, unlike the certificate of a document: this is for who chooses.
    pso_badge = fields.Char(
        string="PSO Vendor",
        related="partner_id.pso_badge",
        groups="base.group_user",
        help="Level and validity of the vendor's PSO certificate, as of today.",
    )

    @api.depends(
        "partner_id.commercial_partner_id",
        "state",
        "date_approve",
        "date_order",
        "company_id",
        "amount_untaxed",
        "currency_rate",
        "order_line.pso_excluded",
    )
    def _compute_pso(self):
        return super()._compute_pso()

    @api.depends(
        "pso_is_social",
        "pso_fte",
        "partner_id.commercial_partner_id",
        "state",
        "invoice_status",
        "date_planned",
        "order_line.product_id",
    )
    def _compute_pso_hints(self):
        return super()._compute_pso_hints()

    def _pso_facts(self):
        """Judge an order by its day of approval, else of the order, in local time.

        Core keeps the approval of an order that is set back to draft: it is void. What
        is cancelled is no purchase.
        """
        if self.state == "cancel":
            return Purchase(self.env["res.partner"], None, None, 0)
        approved = self.state == "purchase" and self.date_approve
        moment = approved or self.date_order or fields.Datetime.now()
        excluded = sum(
            line.price_subtotal for line in self.order_line if line.pso_excluded
        )
        day = self._pso_day(moment)
        amount = (self.amount_untaxed - excluded) / (self.currency_rate or 1)
        return Purchase(self.partner_id.commercial_partner_id, day, day, amount)

    def _pso_day(self, moment):
        """Return the day of a moment in the company's time zone."""
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self.company_id._pso_timezone()), moment
        ).date()

    def _sql_pso_facts(self, alias):
        """Express in SQL the partner of an order and the day it is judged on."""
        fields_read = (
            "partner_id",
            "state",
            "date_approve",
            "date_order",
            "company_id",
        )
        partner = SQL(
            "(SELECT commercial_partner_id FROM res_partner WHERE id = "
            "%(order)s.partner_id AND %(order)s.state <> 'cancel') %(flush)s",
            order=alias,
            flush=SQL(to_flush=[self._fields[name] for name in fields_read]),
        )
        date = SQL(
            """(
                SELECT (COALESCE(
                    CASE WHEN %(order)s.state = 'purchase'
                        THEN %(order)s.date_approve END,
                    %(order)s.date_order
                ) AT TIME ZONE 'UTC' AT TIME ZONE company.timezone)::date
                FROM (VALUES %(timezones)s) AS company (id, timezone)
                WHERE company.id = %(order)s.company_id
            )""",
            order=alias,
            timezones=self.env["res.company"]._sql_pso_timezones(),
        )
        return partner, date

    def _pso_is_open(self):
        """Return whether it may still be billed."""
        is_billed = self.invoice_status == "invoiced"
        return self.state in ASKING or self.state == "purchase" and not is_billed

    def _pso_is_open_to_vendors(self):
        """Return whether another vendor may still be asked."""
        return self.state in ASKING

    def _pso_expected_on(self):
        """Expect the bill with the goods: it counts on its own date, and not before."""
        return self.date_planned and self._pso_day(self.date_planned)

    def _pso_products(self):
        return self.order_line.product_id

    def _pso_not_counted(self):
        return self.env._("This order does not count for PSO.")

    def action_merge(self):
        """Merge orders, and never lines that count with lines that do not.

        Core merges lines of which product and expected day are the same: as long as it
        does, those that do not count are expected in another century.
        """
        self.check_access("write")
        kinds = self.order_line.filtered("product_id").grouped(
            lambda line: line._pso_counting
        )
        shifts = {
            kind: timedelta(days=APART * number)
            for number, kind in enumerate(sorted(kinds))
        }
        for kind, lines in kinds.items():
            lines.sudo()._pso_move_expected(shifts[kind])
        action = super().action_merge()
        for kind, lines in kinds.items():
            lines.exists().sudo()._pso_move_expected(-shifts[kind])
        return action

    @without_defaults
    def action_pso_exclude(self):
        """Leave the whole order out of the social purchases."""
        self.order_line.action_pso_exclude()

    @without_defaults
    def action_pso_include(self):
        """Count all lines of the order again."""
        self.order_line.action_pso_include()
