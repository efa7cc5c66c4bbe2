from odoo import api, fields, models


class PsoSupplierLineMixin(models.AbstractModel):
    """What one supplier adds in one calendar year of the period (section 4)."""

    _name = "pso.supplier.line.mixin"
    _description = "Supplier in a PSO Measurement"
    _inherit = ["pso.line.mixin"]
    _order = "measurement_id, year, partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Supplier", readonly=True, index=True, ondelete="restrict"
    )
    year = fields.Integer(readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    certificate_id = fields.Many2one(
        "pso.certificate",
        readonly=True,
        ondelete="set null",
        help="The latest certificate by which purchases count.",
    )
    bill_count = fields.Integer(string="Bills", readonly=True)
    amount_bills = fields.Monetary(
        string="Bills Counted",
        readonly=True,
        help="Untaxed bills less refunds within the validity of a certificate, without "
        "the lines that are not counted.",
    )
    amount_corrections = fields.Monetary(string="Corrections", readonly=True)
    amount_excluded = fields.Monetary(string="Lines Not Counted", readonly=True)
    amount_outside = fields.Monetary(string="Outside Validity", readonly=True)
    amount = fields.Monetary(
        string="Purchases",
        readonly=True,
        help="Bills counted and corrections, without what refunds left below zero in "
        "the other years of the period, and not below zero.",
    )
    amount_proven = fields.Monetary(
        string="Purchases, Certificate Verified", readonly=True
    )
    figure_id = fields.Many2one(
        "pso.supplier.figure", readonly=True, ondelete="set null"
    )
    figure_year = fields.Integer(string="Figures of", readonly=True, aggregator=None)
    is_estimate = fields.Boolean(string="Estimate", readonly=True)
    turnover = fields.Monetary(readonly=True, aggregator=None)
    supplier_fte = fields.Float(
        string="Fte of Supplier", readonly=True, aggregator=None
    )
    direct_percentage = fields.Float(
        string="Direct Share (%)", readonly=True, aggregator=None
    )
    # NUMERIC columns, which SQL adds up without rounding.
    indirect_fte = fields.Float(digits=0, readonly=True)
    proven_fte = fields.Float(digits=0, readonly=True)
    reason = fields.Selection(
        [
            ("counts", "Counts"),
            ("outside", "No certificate that counts on the date"),
            ("no_figures", "No figures of the supplier"),
            ("no_rate", "No exchange rate for the turnover"),
            ("older_figures", "Counts, by figures of an earlier year"),
            ("above_turnover", "Counts, up to the turnover of the supplier"),
            ("nothing", "Nothing bought on balance"),
        ],
        string="Why",
        readonly=True,
    )

    @api.depends("partner_id", "year")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.partner_id.display_name}, {line.year}"
