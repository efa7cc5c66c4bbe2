from odoo import api, fields, models
from odoo.tools import SQL

from ..context import without_defaults
from .pso_document_mixin import Purchase

# An order of which another vendor may still be asked.
ASKING = ("draft", "sent", "to approve")


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "pso.hint.mixin"]

    @api.depends(
        "partner_id.commercial_partner_id",
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
        """By the day of approval, else of the order, in the company's time zone."""
        moment = self.date_approve or self.date_order or fields.Datetime.now()
        excluded = sum(
            line.price_subtotal for line in self.order_line if line.pso_excluded
        )
        day = self._pso_day(moment)
        amount = (self.amount_untaxed - excluded) / (self.currency_rate or 1)
        return Purchase(self.partner_id.commercial_partner_id, day, day, amount)

    def _pso_day(self, moment):
        """The day of a moment in the company's time zone."""
        timezone = self.company_id.resource_calendar_id.tz or "UTC"
        return fields.Datetime.context_timestamp(
            self.with_context(tz=timezone), moment
        ).date()

    @api.model
    def _sql_pso_facts(self, alias):
        partner = SQL(
            "(SELECT commercial_partner_id FROM res_partner WHERE id = %s.partner_id)",
            alias,
        )
        date = SQL(
            """(
                SELECT (COALESCE(%(order)s.date_approve, %(order)s.date_order)
                    AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date
                FROM res_company company
                LEFT JOIN resource_calendar calendar
                    ON calendar.id = company.resource_calendar_id
                WHERE company.id = %(order)s.company_id
            )""",
            order=alias,
        )
        return partner, date

    def _pso_is_ahead(self):
        is_billed = self.invoice_status == "invoiced"
        return self.state in ASKING or self.state == "purchase" and not is_billed

    def _pso_is_open_to_vendors(self):
        return self.state in ASKING

    def _pso_expected_on(self):
        """A bill comes with or after the goods, and counts on its own date."""
        return self.date_planned and self._pso_day(self.date_planned)

    def _pso_products(self):
        return self.order_line.product_id

    def _pso_not_counted(self):
        return self.env._("This order does not count for PSO.")

    @without_defaults
    def action_pso_exclude(self):
        """Leave the whole order out of the social purchases."""
        self.order_line.action_pso_exclude()

    @without_defaults
    def action_pso_include(self):
        """Count all lines of the order again."""
        self.order_line.action_pso_include()
