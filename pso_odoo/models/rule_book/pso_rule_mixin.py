from odoo import fields, models

from ..common.sources import ALL_FIELDS


class PsoRuleMixin(models.AbstractModel):
    """One value of an edition, with where it comes from and whether that is certain."""

    _name = "pso.rule.mixin"
    _description = "Rule of a PSO Edition"
    _figures_rest_on = ALL_FIELDS

    edition_id = fields.Many2one(
        "pso.edition", required=True, index=True, ondelete="cascade"
    )
    is_confirmed = fields.Boolean(
        string="Confirmed", help="Confirmed by the scheme for this edition."
    )
    source = fields.Char(translate=True, help="Where the value can be read.")
