from odoo import models


class HrWorkLocation(models.Model):
    _name = "hr.work.location"
    _inherit = ["hr.work.location", "pso.shown.mixin"]
