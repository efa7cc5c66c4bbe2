from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import columns
from ...tools.context import without_defaults


class PsoPurchaseException(models.Model):
    """What was ordered elsewhere though a certified vendor was expected, and why.

    A row is a line of a confirmed order, as it stood when a reason was given for it:
    what is expected later changes nothing of it.
    """

    _name = "pso.purchase.exception"
    _description = "PSO Exception among Purchases"
    _inherit = ["pso.report.mixin"]
    _auto = False
    _order = "date desc, id desc"

    order_id = fields.Many2one("purchase.order", readonly=True)
    date = fields.Date(string="Confirmed On", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        readonly=True,
        help="The organisation that was chosen. Private persons are named to purchase "
        "and accounting alone.",
    )
    product_id = fields.Many2one("product.product", readonly=True)
    category_id = fields.Many2one(
        "product.category",
        string="Product Category",
        readonly=True,
        help="The category for which a certified vendor was expected.",
    )
    user_id = fields.Many2one("res.users", string="Buyer", readonly=True)
    reason = fields.Char(
        readonly=True, help="Why the vendor was chosen, as the order says."
    )
    reason_user_id = fields.Many2one(
        "res.users", string="Given By", readonly=True, help="Who gave the reason."
    )
    reason_date = fields.Datetime(
        string="Given On", readonly=True, help="When the reason was given."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        readonly=True, help="Untaxed, in the company's currency, as ordered."
    )

    _depends = {
        "product.product": ["product_tmpl_id"],
        "purchase.order": [
            *("company_id", "currency_rate", "date_approve", "date_order"),
            *("partner_id", "state", "user_id", "pso_reason", "pso_reason_user_id"),
            "pso_reason_date",
        ],
        "purchase.order.line": [
            *("order_id", "price_subtotal", "product_id", "pso_expected_category_id"),
        ],
        "res.company": ["currency_id"],
        "res.partner": ["commercial_partner_id", "is_company"],
    }

    @api.depends("order_id", "product_id")
    def _compute_display_name(self):
        for row in self.sudo():
            parts = (row.order_id.name, row.product_id.display_name)
            row.display_name = ", ".join(filter(None, parts))

    @property
    def _table_query(self):
        columns.require(self.env, "purchases")
        partner, date = self.env["purchase.order"]._sql_pso_facts(SQL("purchase"))
        return SQL(
            """
            SELECT line.id, purchase.id AS order_id, judged.date,
                %(named)s AS partner_id, line.product_id,
                line.pso_expected_category_id AS category_id, purchase.user_id,
                purchase.pso_reason AS reason,
                purchase.pso_reason_user_id AS reason_user_id,
                purchase.pso_reason_date AS reason_date,
                purchase.company_id, company.currency_id,
                line.price_subtotal / COALESCE(NULLIF(purchase.currency_rate, 0), 1)
                    AS amount
            FROM purchase_order_line line
            JOIN purchase_order purchase ON purchase.id = line.order_id
            JOIN res_company company ON company.id = purchase.company_id
            -- Whose certificate was looked for, and on which day.
            CROSS JOIN LATERAL (SELECT %(partner)s AS partner, %(date)s AS date)
                AS judged
            JOIN res_partner vendor ON vendor.id = judged.partner
            WHERE line.pso_expected_category_id IS NOT NULL
                AND purchase.state = 'purchase'
            """,
            named=self.env["pso.purchase.report"]._sql_partner(),
            partner=partner,
            date=date,
        )

    @api.readonly
    @without_defaults
    def action_open_order(self):
        """Open the order, for who may read it."""
        self.ensure_one()
        self.check_access("read")
        self.order_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "purchase.order",
            "res_id": self.order_id.id,
            "views": [[False, "form"]],
        }
