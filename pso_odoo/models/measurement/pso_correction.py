from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..common.sources import ALL_FIELDS


class PsoCorrection(models.Model):
    """Something that counts but is not in this Odoo, or counts otherwise.

    Staff on a payroll elsewhere, purchases of a branch, what the auditor corrected:
    each with its reason and source, and shown apart in every output.
    """

    _name = "pso.correction"
    _description = "PSO Correction"
    _inherit = [
        "pso.measurement.input.mixin",
        "pso.commercial.partner.mixin",
    ]
    _order = "measurement_id, kind, id"
    _figures_rest_on = ALL_FIELDS
    _rec_name = "reason"

    kind = fields.Selection(
        [
            ("total_fte", "Total fte"),
            ("direct_fte", "Direct fte"),
            ("purchases", "Purchases"),
        ],
        required=True,
        default="total_fte",
        help="What is corrected: the size of the organisation, the target group in own "
        "staff, or the purchases at a certified supplier.",
    )
    amount = fields.Float(
        required=True,
        help="In fte averaged over the period, weighted where it is direct; purchases "
        "in the currency of the company. Negative to take away.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        index="btree_not_null",
        ondelete="restrict",
        help="At whom was bought; only for purchases.",
    )
    date = fields.Date(
        string="Date of Purchase",
        help="A purchase is judged by the supplier's certificate on this date.",
    )
    reason = fields.Char(
        required=True, help="Why it counts though it is not in this Odoo."
    )
    source = fields.Char(
        required=True,
        help="Where the amount can be found: a payroll, a ledger, a letter.",
    )

    _purchase_is_complete = models.Constraint(
        "CHECK (kind <> 'purchases' OR (partner_id IS NOT NULL AND date IS NOT NULL))",
        "A correction of purchases needs a supplier and a date (Supplier, Date of "
        "Purchase).",
    )

    @api.constrains("measurement_id", "kind", "date")
    def _check_date_in_period(self):
        for correction in self.filtered(lambda c: c.kind == "purchases"):
            measurement = correction.measurement_id
            if not measurement.date_start <= correction.date <= measurement.date_end:
                raise ValidationError(
                    self.env._(
                        "The correction “%(reason)s” has a date outside the measured "
                        "period (Date of Purchase).",
                        reason=correction.reason,
                    )
                )
