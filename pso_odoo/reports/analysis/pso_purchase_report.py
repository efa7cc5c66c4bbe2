from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, format_date

from ...models.purchases.account_move import PURCHASE_TYPES
from ...tools import columns
from ...tools.groups import PURCHASE

# Who may know from whom was bought, also from private persons.
KNOWS_VENDORS = (
    PURCHASE,
    "purchase.group_purchase_user",
    "account.group_account_invoice",
    "account.group_account_readonly",
)
BILL_LINE = sorted(columns.READ["purchases"]["account.move.line"])


class PsoPurchaseReport(models.Model):
    """Every line that was bought and billed, and what of it is social (section 4).

    The lines add up to what a measurement counts, as far as that neither corrects nor
    cuts off: judged on the date of the bill, a refund on that of the bill it reverses.
    """

    _name = "pso.purchase.report"
    _description = "PSO Purchase Analysis"
    _inherit = ["pso.report.mixin"]
    _auto = False
    _order = "date desc, id desc"

    move_id = fields.Many2one("account.move", string="Bill", readonly=True)
    date = fields.Date(string="Bill Date", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        readonly=True,
        help="The commercial entity, whichever of its contacts sent the bill. Private "
        "persons are named to purchase and accounting alone.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Buyer",
        readonly=True,
        help="The buyer on the purchase order, else the vendor's buyer.",
    )
    year = fields.Integer(
        readonly=True,
        aggregator=None,
        help="The year by whose figures of the vendor it is converted; a refund is of "
        "the year of the bill that it reverses.",
    )
    product_id = fields.Many2one("product.product", readonly=True)
    category_id = fields.Many2one(
        "product.category", string="Product Category", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    certificate_id = fields.Many2one(
        "pso.certificate",
        string="PSO Certificate",
        readonly=True,
        help="The vendor's certificate that was valid on the date of the bill.",
    )
    level_id = fields.Many2one("pso.level", string="PSO Level", readonly=True)
    is_social = fields.Boolean(
        string="Social Purchase",
        readonly=True,
        help="The vendor had a valid certificate and the line is counted for PSO.",
    )
    is_exception = fields.Boolean(
        string="Certified Vendor Expected",
        readonly=True,
        help="A certified vendor was expected for it when the order was confirmed, and "
        "another was chosen for a reason.",
    )
    amount = fields.Monetary(
        string="Purchases",
        readonly=True,
        help="Untaxed, in the company's currency; refunds are subtracted.",
    )
    social_amount = fields.Monetary(
        string="Social Purchases",
        readonly=True,
        help="The part that was bought at vendors with a valid certificate, without "
        "the lines that are not counted for PSO.",
    )
    social_share = fields.Float(
        string="Social Share (%)",
        readonly=True,
        digits=(16, 2),
        aggregator="avg",
        help="Social purchases as a part of all purchases.",
    )
    fte = fields.Float(
        string="Social Fte",
        readonly=True,
        digits=(16, 4),
        help="The social purchases converted by the supplier's figures: their part of "
        "the turnover, times the supplier's fte and its direct share.",
    )

    _depends = {
        "account.move": [
            *("state", "move_type", "invoice_date", "company_id"),
            *("commercial_partner_id", "invoice_user_id", "reversed_entry_id"),
        ],
        "account.move.line": [*BILL_LINE, "pso_excluded"],
        "purchase.order": ["user_id"],
        "purchase.order.line": ["order_id", "pso_expected_category_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.partner": ["buyer_id", "is_company"],
        "res.company": ["currency_id", "parent_path"],
    }

    @api.depends("partner_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            parts = (line.partner_id.display_name, format_date(self.env, line.date))
            line.display_name = ", ".join(filter(None, parts))

    @property
    def _table_query(self):
        columns.require(self.env, "purchases")
        return self._sql_lines(SQL("TRUE"))

    @api.model
    def _sql_lines(self, condition):
        """Select the lines of which bill (``move``) and line keep to a condition.

        A condition around this would hold after the joins alone, one a line.
        """
        parts = self._select(), self._from(), self._where()
        return SQL("%s %s %s AND %s", *parts, condition)

    def _select(self):
        return SQL(
            """
            SELECT line.id, move.id AS move_id, move.invoice_date AS date,
                judged.year,
                %(partner)s AS partner_id,
                COALESCE(purchase.user_id, move.invoice_user_id, vendor.buyer_id)
                    AS user_id,
                line.product_id, template.categ_id AS category_id,
                move.company_id, company.currency_id,
                certificate.id AS certificate_id, certificate.level_id,
                social.share > 0 AS is_social,
                purchase_line.pso_expected_category_id IS NOT NULL AS is_exception,
                line.balance AS amount,
                line.balance * social.share AS social_amount,
                100.0 * social.share AS social_share,
                COALESCE(line.balance * social.share * figure.fte_per_unit, 0) AS fte
            """,
            partner=self._sql_partner(),
        )

    def _from(self):
        """Join each line with its vendor, product, order, certificate and figures.

        ``judged`` has the day and the year by which it is judged (section 4),
        ``social`` the ``share`` of it that counts: 1 or 0.
        """
        return SQL(
            """
            FROM account_move move
            JOIN account_move_line line ON line.move_id = move.id
            JOIN res_company company ON company.id = move.company_id
            LEFT JOIN res_partner vendor ON vendor.id = move.commercial_partner_id
            -- The day and the year by which it is judged.
            LEFT JOIN account_move reversed ON reversed.id = move.reversed_entry_id
            CROSS JOIN LATERAL (SELECT day,
                extract(year FROM CASE WHEN move.move_type = 'in_refund'
                    THEN day ELSE move.invoice_date END)::int AS year
                FROM (SELECT COALESCE(reversed.invoice_date, move.invoice_date) AS day)
                    AS bill
            ) AS judged
            -- Who bought what.
            LEFT JOIN purchase_order_line purchase_line
                ON purchase_line.id = line.purchase_line_id
            LEFT JOIN purchase_order purchase ON purchase.id = purchase_line.order_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            -- By what it counts, and for how much.
            LEFT JOIN LATERAL (%(certificate)s) AS certificate ON TRUE
            LEFT JOIN LATERAL (%(figure)s) AS figure ON TRUE
            CROSS JOIN LATERAL (SELECT
                (certificate.id IS NOT NULL AND line.pso_excluded IS NOT TRUE)::int
                AS share
            ) AS social
            """,
            certificate=self.env["account.move"]._sql_pso_certificate(
                SQL("move.commercial_partner_id"), SQL("judged.day")
            ),
            figure=self.env["pso.supplier.figure"]._sql_at(
                SQL("CASE WHEN certificate.id IS NOT NULL THEN vendor.id END"),
                SQL("judged.year"),
                SQL("company"),
            ),
        )

    def _where(self):
        """Keep the lines of posted bills that were bought, and cash rounding."""
        return SQL(
            """
            WHERE move.state = 'posted' AND move.move_type IN %(types)s
                AND (
                    line.display_type = 'product'
                    OR line.display_type = 'rounding'
                    AND line.tax_repartition_line_id IS NULL
                )
            """,
            types=PURCHASE_TYPES,
        )

    def _sql_partner(self):
        """Name the vendor in SQL; of private persons to who has to know alone.

        By the groups of the user, superuser or not: what one may see does not depend
        on who read it before. The query has the organisation as ``vendor``.
        """
        user = self.env.user
        if self.env.uid == SUPERUSER_ID or any(map(user.has_group, KNOWS_VENDORS)):
            return SQL("vendor.id")
        return SQL("CASE WHEN vendor.is_company THEN vendor.id END")

    def _read_group_select(self, aggregate_spec, query):
        """Take the share of a sum from the sums: it is no average of the lines'."""
        if aggregate_spec != "social_share:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "100 * SUM(%(social)s) / NULLIF(SUM(%(amount)s), 0)",
            social=self._field_to_sql(self._table, "social_amount", query),
            amount=self._field_to_sql(self._table, "amount", query),
        )
