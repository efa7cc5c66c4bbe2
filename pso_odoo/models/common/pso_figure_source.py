from odoo import models


class PsoFigureSource(models.AbstractModel):
    """What is told that something was changed that figures rest on (``sources.py``)."""

    _name = "pso.figure.source"
    _description = "Source of PSO Figures"

    def _changed(self):
        """Drop the figures that were read earlier in this transaction.

        What these are the measurement knows, which is higher up.
        """
