from odoo import api, fields, models
from odoo.tools import SQL


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "pso.document.mixin"]

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

    def _pso_facts(self):
        """By the day of approval, else of the order, in the company's time zone."""
        moment = self.date_approve or self.date_order or fields.Datetime.now()
        timezone = self.company_id.resource_calendar_id.tz or "UTC"
        date = fields.Datetime.context_timestamp(self.with_context(tz=timezone), moment)
        excluded = sum(
            line.price_subtotal for line in self.order_line if line.pso_excluded
        )
        amount = (self.amount_untaxed - excluded) / (self.currency_rate or 1)
        return self.partner_id.commercial_partner_id, date.date(), amount

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

    def action_pso_exclude(self):
        """Leave the whole order out of the social purchases."""
        self.order_line.action_pso_exclude()

    def action_pso_include(self):
        """Count all lines of the order again."""
        self.order_line.action_pso_include()
