from odoo import models


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "pso.traced.mixin"]

    _pso_facts_traced = frozenset({"hours_per_week"})
