from odoo import api, models
from odoo.exceptions import UserError


class PsoLevel(models.Model):
    _inherit = "pso.level"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        """Keep the levels of locked measurements, which no foreign key holds.

        :raise UserError: naming the level
        """
        locked = self.env["pso.measurement"].sudo().search([("state", "=", "locked")])
        used = {
            int(level)
            for figures in locked
            for level in figures.locked_figures["norms"]
        }
        for level in self:
            if level.id in used:
                raise UserError(
                    self.env._(
                        "The level %(level)s is part of a locked measurement.",
                        level=level.name,
                    )
                )
