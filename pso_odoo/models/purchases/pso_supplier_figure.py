from odoo import api, fields, models
from odoo.tools import SQL

from ..common.sources import ALL_FIELDS


class PsoSupplierFigure(models.Model):
    """What a supplier's purchases are worth in fte, for one year (section 4).

    Purchases are converted by turnover, fte and direct share of the supplier.
    """

    _name = "pso.supplier.figure"
    _description = "PSO Supplier Figures"
    _inherit = ["pso.commercial.partner.mixin"]
    _figures_rest_on = ALL_FIELDS
    _order = "partner_id, year desc"

    partner_id = fields.Many2one(
        "res.partner", string="Supplier", required=True, index=True, ondelete="cascade"
    )
    year = fields.Integer(
        required=True,
        default=lambda self: fields.Date.today().year - 1,
        help="Purchases of a year are converted by the figures of that year, else of "
        "the latest year before it.",
    )
    turnover = fields.Monetary(
        required=True, help="Turnover of the supplier in this year, in its currency."
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    fte = fields.Float(
        string="Total Fte",
        required=True,
        help="All fte that work at the supplier, target group or not.",
    )
    direct_percentage = fields.Float(
        string="Direct Share (%)",
        required=True,
        help="The supplier's own direct social contribution: weighted fte of the "
        "target group in its staff, as a share of its total fte.",
    )
    source = fields.Char(
        help="Where the figures come from: annual report, the supplier, …"
    )
    is_estimate = fields.Boolean(
        string="Estimate",
        help="Not taken from the supplier's own report. It counts, and is marked as an "
        "estimate in the workbook.",
    )

    _year_unique = models.UniqueIndex(
        "(partner_id, year)", "A supplier has one set of figures a year (Year)."
    )
    _range = models.Constraint(
        "CHECK (turnover > 0 AND fte >= 0 AND fte < 1e15 "
        "AND direct_percentage BETWEEN 0 AND 100 AND year BETWEEN 1900 AND 2999)",
        "Supplier figures need a turnover above zero, fte of zero or more, a "
        "direct share between 0 and 100 and a year of four digits.",
    )

    @api.depends("year", "partner_id")
    def _compute_display_name(self):
        for figure in self:
            figure.display_name = (
                f"{figure.partner_id.display_name or ''} {figure.year}"
            )

    def _sql_at(self, partner, year, company):
        """Select a supplier's figures for a year, at most one row.

        The figures of that year, else of the latest earlier one. The turnover is
        converted into the company's currency at the end of the year it is of, and
        NULL where there is no rate for that; so are the fte that a unit of money buys
        (section 4).

        :param partner: SQL of a commercial partner's id
        :param year: SQL of a year
        :param company: SQL alias of ``res_company``
        """
        return SQL(
            """
            SELECT latest.*, fte * direct_percentage / (100 * turnover) AS fte_per_unit
            FROM (
                SELECT figure.id, figure.year, figure.is_estimate,
                    figure.fte::numeric AS fte,
                    figure.direct_percentage::numeric AS direct_percentage,
                    CASE WHEN figure.currency_id = %(company)s.currency_id
                        THEN figure.turnover
                        ELSE figure.turnover * COALESCE(%(company_rate)s, 1) / %(rate)s
                    END AS turnover
                FROM pso_supplier_figure figure
                WHERE figure.partner_id = %(partner)s AND figure.year <= %(year)s
                ORDER BY figure.year DESC
                LIMIT 1
            ) AS latest
            """,
            company=company,
            rate=self._sql_rate(SQL("figure.currency_id"), company),
            company_rate=self._sql_rate(SQL("%s.currency_id", company), company),
            partner=partner,
            year=year,
        )

    def _sql_rate(self, currency, company):
        """Select the rate of a currency at the end of the figure's year, or NULL.

        Rates belong to the root of a company's branches, as in core; unlike core a
        date before the first rate has none.
        """
        return SQL(
            """(
                SELECT rate.rate FROM res_currency_rate rate
                WHERE rate.currency_id = %(currency)s
                    AND rate.name <= make_date(figure.year, 12, 31)
                    AND (rate.company_id IS NULL OR rate.company_id
                        = split_part(%(company)s.parent_path, '/', 1)::int)
                ORDER BY rate.company_id, rate.name DESC
                LIMIT 1
            )""",
            currency=currency,
            company=company,
        )
