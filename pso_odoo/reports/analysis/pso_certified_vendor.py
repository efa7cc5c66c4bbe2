from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.date_utils import end_of, start_of

from ...tools import columns


class PsoCertifiedVendor(models.Model):
    """The vendors at whom purchases count today, to compare them.

    What a purchase is worth in fte follows from the vendor's figures of this year, else
    of the latest earlier one; above its turnover of a year nothing counts (section 4).
    """

    _name = "pso.certified.vendor"
    _description = "PSO-Certified Vendor"
    _inherit = ["pso.vendor.list.mixin"]
    _auto = False
    _order = "fte_rate desc, id"

    certificate_id = fields.Many2one("pso.certificate", readonly=True)
    kind = fields.Selection(related="certificate_id.kind")
    level_id = fields.Many2one("pso.level", readonly=True)
    date_end = fields.Date(
        string="Until", readonly=True, help="Last day of the certificate of today."
    )
    fte_rate = fields.Float(
        string="Fte per 10,000",
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Fte for 10,000 spent, in the company's currency: the vendor's fte and "
        "direct share by its turnover. Empty as long as its figures are not known.",
    )
    figure_year = fields.Integer(string="Figures of", readonly=True, aggregator=None)
    amount = fields.Monetary(
        string="Bought This Year",
        readonly=True,
        help="Untaxed bills of this calendar year less refunds.",
    )
    room = fields.Monetary(
        string="Room to Turnover",
        readonly=True,
        help="What still counts this year: the vendor's turnover less what was bought "
        "and counts. Empty as long as its turnover is not known.",
    )
    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Product",
        compute="_compute_product_tmpl_id",
        search="_search_product_tmpl_id",
        help="To search by what a vendor sells, by the vendors on the products.",
    )

    _depends = {
        "pso.certificate": ["partner_id", "level_id", "date_start", "date_end", "kind"],
        "pso.purchase.report": ["partner_id", "amount", "social_amount", "year"],
        "pso.supplier.figure": ["partner_id", "year", "turnover", "fte"],
        "res.company": ["currency_id", "partner_id"],
        "res.partner": ["company_id"],
    }

    def _compute_product_tmpl_id(self):
        self.product_tmpl_id = False

    @api.model
    def _search_product_tmpl_id(self, operator, value):
        if operator not in ("in", "ilike", "any"):
            return NotImplemented
        sellers = self.env["product.supplierinfo"].search(
            Domain("product_tmpl_id", operator, value)
        )
        vendors = sellers.partner_id.commercial_partner_id
        return Domain("partner_id", "in", vendors.ids)

    @property
    def _table_query(self):
        columns.require(self.env, "purchases")
        today = fields.Date.context_today(self)
        edition = self.env["pso.edition"].sudo()._at(today)
        return SQL(
            """
            WITH bought AS (
                SELECT partner_id, company_id, SUM(amount) AS amount,
                    SUM(social_amount) AS social_amount
                FROM (%(purchases)s) AS line
                GROUP BY partner_id, company_id
            )
            SELECT %(id)s AS id, supplier.partner_id, company.id AS company_id,
                company.currency_id, counting.id AS certificate_id,
                certificate.level_id, certificate.date_end,
                COALESCE(figure.fte_per_unit, 0) * 10000 AS fte_rate,
                figure.year AS figure_year, COALESCE(bought.amount, 0) AS amount,
                GREATEST(figure.turnover - COALESCE(bought.social_amount, 0), 0)
                    AS room
            FROM (SELECT DISTINCT partner_id FROM pso_certificate) AS supplier
            JOIN res_partner partner ON partner.id = supplier.partner_id
            JOIN res_company company ON company.id IN %(companies)s
                AND COALESCE(partner.company_id, company.id) = company.id
                AND company.partner_id <> partner.id
            JOIN LATERAL (%(certificate)s) AS counting ON TRUE
            JOIN pso_certificate certificate ON certificate.id = counting.id
            LEFT JOIN LATERAL (%(figure)s) AS figure ON TRUE
            LEFT JOIN bought ON bought.partner_id = partner.id
                AND bought.company_id = company.id
            """,
            id=self._sql_vendor_id(SQL("supplier.partner_id"), SQL("company.id")),
            purchases=self._sql_bought(start_of(today, "year"), end_of(today, "year")),
            companies=self.env.companies._ids or (0,),
            certificate=self.env["pso.certificate"]._sql_at(
                SQL("supplier.partner_id"),
                SQL("%s::date", today),
                SQL("%s", edition.aspirant_supplier_counts),
            ),
            figure=self.env["pso.supplier.figure"]._sql_at(
                SQL("supplier.partner_id"), SQL("%s", today.year), SQL("company")
            ),
        )

    @api.model
    def _sql_bought(self, start, end):
        """Select what was bought between two days from who ever had a certificate."""
        return self.env["pso.purchase.report"]._sql_lines(
            SQL(
                "move.invoice_date BETWEEN %s AND %s AND move.commercial_partner_id IN "
                "(SELECT partner_id FROM pso_certificate)",
                start,
                end,
            )
        )
