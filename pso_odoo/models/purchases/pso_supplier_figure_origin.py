from odoo import api, fields, models

from .origin import BY_HAND, ESTIMATE, OF_FIGURE

# The values that each have an origin, and the fields that keep it.
ORIGIN_OF = {
    "turnover": "turnover_origin",
    "fte": "fte_origin",
    "direct_percentage": "direct_origin",
}


class PsoSupplierFigure(models.Model):
    """Where turnover, fte and direct share come from, each by itself.

    They are an estimate as a whole where one of the three is.
    """

    _inherit = "pso.supplier.figure"

    turnover_origin = fields.Selection(
        OF_FIGURE,
        string="Turnover from",
        required=True,
        default=BY_HAND,
        copy=False,
        help="Where the turnover comes from.",
    )
    fte_origin = fields.Selection(
        OF_FIGURE,
        string="Fte from",
        required=True,
        default=BY_HAND,
        copy=False,
        help="Where the fte come from.",
    )
    direct_origin = fields.Selection(
        OF_FIGURE,
        string="Direct Share from",
        required=True,
        default=BY_HAND,
        copy=False,
        help="Where the direct share comes from.",
    )

    _estimate_is_of_a_value = models.Constraint(
        "CHECK (is_estimate = (turnover_origin = 'estimate' OR fte_origin = 'estimate' "
        "OR direct_origin = 'estimate'))",
        "Figures are an estimate where turnover, fte or direct share is one.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["is_estimate"]).get("is_estimate")
        empty = self.new({})
        return super().create(
            [
                {**vals, **empty._origins({"is_estimate": default, **vals})}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        """Keep the origins with the values, whichever of them is written."""
        if not vals.keys() & {"is_estimate", *ORIGIN_OF, *ORIGIN_OF.values()}:
            return super().write(vals)
        for figure in self:
            super(PsoSupplierFigure, figure).write({**vals, **figure._origins(vals)})
        return True

    def _origins(self, vals):
        """Return what origins and estimate become with these values.

        What is said wins; a value that changes without a word is by hand, unless it
        was an estimate, which it stays until somebody says otherwise.
        """
        origins = {}
        for value, name in ORIGIN_OF.items():
            now = self[name] or BY_HAND
            if vals.get(name):
                now = vals[name]
            elif value in vals and vals[value] != self[value] and now != ESTIMATE:
                now = BY_HAND
            origins[name] = now
        is_said = bool(vals.keys() & {*ORIGIN_OF.values()})
        if "is_estimate" in vals and not is_said:
            origins = self._estimated(origins, vals["is_estimate"])
        return {**origins, "is_estimate": ESTIMATE in origins.values()}

    def _estimated(self, origins, is_estimate):
        """Return the origins where somebody says whether it is an estimate."""
        if not is_estimate:
            return {n: BY_HAND if o == ESTIMATE else o for n, o in origins.items()}
        if ESTIMATE in origins.values():
            return origins
        return dict.fromkeys(origins, ESTIMATE)
