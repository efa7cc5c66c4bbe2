from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.context import without_defaults


class PsoPurchaseYear(models.Model):
    """What was bought at one vendor in one calendar year, and what of it is social.

    A sum over ``pso.purchase.report``, for a vendor's form.
    """

    _name = "pso.purchase.year"
    _description = "PSO Purchases at a Vendor, by Year"
    _inherit = ["pso.report.mixin"]
    _auto = False
    _order = "year desc, company_id, id"

    partner_id = fields.Many2one("res.partner", string="Vendor", readonly=True)
    year = fields.Integer(readonly=True, aggregator=None)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        string="Purchases",
        readonly=True,
        help="Untaxed vendor bills less refunds, in the company's currency. A refund "
        "is taken off the year of the bill that it reverses.",
    )
    social_amount = fields.Monetary(
        string="Social Purchases",
        readonly=True,
        help="The part that falls within a certificate's validity, without the lines "
        "that are not counted for PSO.",
    )
    fte = fields.Float(
        string="Social Fte",
        readonly=True,
        digits=(16, 4),
        help="The social purchases converted by the vendor's figures of that year.",
    )

    _depends = {"pso.purchase.report": ["year"]}

    @api.depends("partner_id", "year")
    def _compute_display_name(self):
        for spend in self:
            spend.display_name = f"{spend.partner_id.display_name}, {spend.year}"

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT %(id)s AS id,
                partner_id, year, company_id, currency_id, SUM(amount) AS amount,
                SUM(social_amount) AS social_amount, SUM(fte) AS fte
            FROM (%(lines)s) AS line
            WHERE partner_id IS NOT NULL
            GROUP BY partner_id, year, company_id, currency_id
            """,
            id=self._sql_shuffled(
                SQL("(partner_id::bigint * 4096 + company_id) * 4096 + year")
            ),
            lines=self.env["pso.purchase.report"]._table_query,
        )

    @api.readonly
    @without_defaults
    def action_open_purchases(self):
        """Open the lines behind this sum."""
        self.ensure_one()
        action = self.partner_id.action_pso_purchases()
        action["domain"] += [
            ("company_id", "=", self.company_id.id),
            ("year", "=", self.year),
        ]
        return action
