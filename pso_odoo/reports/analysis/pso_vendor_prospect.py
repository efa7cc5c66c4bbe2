from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from ...models.purchases.account_move import PURCHASE_TYPES
from ...tools import columns


class PsoVendorProspect(models.Model):
    """The vendors without certificate, and what was bought from each.

    That is: organisations, measured apart from the company that bought, that never had
    a certificate and from whom more was bought than returned. Who ever had one stands
    among the certificates that end, or have ended.

    The days are those of the context (``pso_days``), else the twelve months to today.
    """

    _name = "pso.vendor.prospect"
    _description = "Vendor without PSO Certificate"
    _inherit = ["pso.vendor.list.mixin"]
    _auto = False
    _order = "amount desc, id"

    email = fields.Char(related="partner_id.email")
    amount = fields.Monetary(
        string="Bought",
        readonly=True,
        help="Untaxed bills less refunds of the period, in the company's currency: "
        "what would count if the vendor had a certificate.",
    )
    bill_count = fields.Integer(string="Bills", readonly=True)
    last_date = fields.Date(string="Last Bill", readonly=True)

    _depends = {
        "account.move": [
            *("state", "move_type", "invoice_date", "company_id"),
            *("commercial_partner_id", "amount_untaxed_signed"),
        ],
        "pso.certificate": ["partner_id"],
        "res.company": ["currency_id", "partner_id"],
        "res.partner": ["is_company"],
    }

    @property
    def _table_query(self):
        columns.require(self.env, "purchases")
        scopes = [company._pso_scope() for company in self.env.companies]
        return self._sql_between(*self._asked_days(), scopes)

    @api.model
    def _asked_days(self):
        """Return the first and the last day that are looked at."""
        asked = self.env.context.get("pso_days")
        try:
            start, end = map(fields.Date.to_date, asked)
        except (TypeError, ValueError):
            start = end = None
        if isinstance(start, date) and isinstance(end, date):
            return start, end
        return self.env["pso.trend"]._year_to(fields.Date.context_today(self))

    @api.model
    def _sql_between(self, start, end, scopes):
        """Select the vendors without certificate, by company, between two days.

        :param scopes: companies that are measured together, each with the others: what
            these buy from each other is no purchase
        """
        together = [
            SQL("(%s, %s)", number, company)
            for number, companies in enumerate(scopes)
            for company in companies._ids
        ]
        return SQL(
            """
            WITH scope (number, company_id) AS (VALUES %(together)s),
            own AS (
                SELECT scope.company_id, company.partner_id
                FROM scope JOIN scope other ON other.number = scope.number
                JOIN res_company company ON company.id = other.company_id
            ),
            -- Added up first: many bills are of few vendors.
            bought AS (
                SELECT commercial_partner_id AS partner_id, company_id,
                    -SUM(amount_untaxed_signed) AS amount, COUNT(*)::int AS bill_count,
                    MAX(invoice_date) AS last_date
                FROM account_move
                WHERE state = 'posted' AND move_type IN %(types)s
                    AND invoice_date BETWEEN %(start)s AND %(end)s
                GROUP BY commercial_partner_id, company_id
                HAVING SUM(amount_untaxed_signed) < 0
            )
            SELECT %(id)s AS id, bought.partner_id, bought.company_id,
                company.currency_id, amount, bill_count, last_date
            FROM bought
            JOIN res_company company ON company.id = bought.company_id
            JOIN res_partner vendor ON vendor.id = bought.partner_id
            WHERE vendor.is_company
                AND vendor.id NOT IN (SELECT partner_id FROM pso_certificate)
                AND (bought.company_id, vendor.id) NOT IN (TABLE own)
            """,
            id=self._sql_vendor_id(SQL("bought.partner_id"), SQL("bought.company_id")),
            together=SQL(", ").join(together),
            types=PURCHASE_TYPES,
            start=start,
            end=end,
        )

    @api.model
    def _action(self, companies=None, days=None):
        """Open the list, of the companies of the user and a year unless said."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "pso_odoo.pso_purchase_report_prospect_action"
        )
        if companies is not None:
            action["domain"] = [("company_id", "in", companies.ids)]
        if days:
            action["context"] = {"pso_days": [fields.Date.to_string(d) for d in days]}
        return action
