from odoo import fields, models


class PsoImportLine(models.TransientModel):
    """What becomes of a row of the file, or why nothing does."""

    _name = "pso.import.line"
    _description = "Row of a PSO Import"
    _inherit = ["pso.withheld.mixin"]
    _order = "row, id"

    import_id = fields.Many2one(
        "pso.import", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("bad", "To Mend"),
            ("known", "Already There"),
            ("good", "To Be Added"),
            ("changed", "To Be Changed"),
            ("left", "Left the Register"),
        ],
        required=True,
    )
    row = fields.Integer(required=True, help="As your spreadsheet numbers it.")
    column = fields.Char()
    text = fields.Char(string="Reason")
    hint = fields.Char(
        string="Look at This",
        help="What the file says otherwise than Odoo, though it is clear who is meant.",
    )
