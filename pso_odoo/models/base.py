from odoo import models

from .base_values import Values


class Base(Values, models.AbstractModel):
    _inherit = "base"

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Note who exports our fields, from whatever model one gets to them."""
        if _is_toplevel_call:
            self.env["pso.log"]._note_export(self, ["/".join(path) for path in fields])
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
