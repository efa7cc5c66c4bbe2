from odoo import fields, models
from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL


class PsoLineMixin(models.AbstractModel):
    """A line that makes part of a measurement's figures.

    Each kind of line is a pair of models: an SQL report that derives the lines of
    live measurements, and a table that holds those of locked ones. The report shows
    both, so that a reader need not know which is which.
    """

    _name = "pso.line.mixin"
    _description = "Line of a PSO Measurement"

    measurement_id = fields.Many2one(
        "pso.measurement", required=True, readonly=True, index=True, ondelete="cascade"
    )

    def _column_names(self):
        """List the columns that a live line and a locked one have in common."""
        mixin = self.env[self._line_mixin]
        return [
            field.name
            for field in mixin._fields.values()
            if field.store and field.column_type and field.name not in MAGIC_COLUMNS
        ]

    def _sql_kept(self):
        """Return the table of locked lines as SQL, to stand after FROM."""
        return SQL.identifier(self._table)

    def _sql_columns(self):
        return SQL(", ").join(SQL.identifier(name) for name in self._column_names())
