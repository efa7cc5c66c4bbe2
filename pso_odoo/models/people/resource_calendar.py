from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    # The fields on which the employment of a person rests.
    _pso_facts_traced = frozenset({"hours_per_week"})

    def write(self, vals):
        return self.env["pso.trace"]._traced(self, vals, super().write)
