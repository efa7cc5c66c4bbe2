from odoo import api, fields, models


class PsoNorm(models.Model):
    """The percentage that a level asks of an organisation of a given size (section 2).

    Between two sizes the norm is interpolated. A level of the edition without any
    norm has an unknown norm: it is skipped, and the result says that it might be
    reached.
    """

    _name = "pso.norm"
    _description = "PSO Norm"
    _inherit = ["pso.rule.mixin"]
    _order = "edition_id, level_id, size_fte"

    level_id = fields.Many2one(
        "pso.level", required=True, index=True, ondelete="restrict"
    )
    size_fte = fields.Float(
        string="Size (fte)",
        required=True,
        help="Total fte of the organisation. Above the largest size the last norm "
        "holds; below the smallest there is no level.",
    )
    percentage = fields.Float(
        string="Norm (%)", required=True, help="The total contribution to be reached."
    )

    _size_unique = models.UniqueIndex(
        "(edition_id, level_id, size_fte)",
        "An edition has one norm for each level and size.",
    )
    _range = models.Constraint(
        "CHECK (size_fte > 0 AND percentage > 0 AND percentage <= 100)",
        "The size of a norm is above 0 fte and its percentage above 0 and up to 100.",
    )

    @api.depends("level_id", "size_fte")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for norm in self:
            norm.display_name = self.env._(
                "%(level)s, %(size)s fte",
                level=norm.level_id.name,
                size=f"{norm.size_fte:g}",
            )
