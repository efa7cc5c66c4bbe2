from odoo import api, models
from odoo.exceptions import MissingError


class PsoReportMixin(models.AbstractModel):
    """An SQL report whose ids are made of what a row is about.

    Whoever knows how could ask for the row of a colleague by its id, and learn from
    "no access" that there is one. So what one may not see is not there.
    """

    _name = "pso.report.mixin"
    _description = "PSO Report"

    def _check_access(self, operation):
        try:
            result = super()._check_access(operation)
        except MissingError:
            return self - self.exists(), self._no_such_record
        if result and self and self.browse().has_access(operation):
            return result[0], self._no_such_record
        return result

    def _no_such_record(self):
        return MissingError(
            self.env._("There is no such record, or you have no access to it.")
        )

    @api.private
    def exists(self):
        if self.env.su:
            return super().exists()
        return self.browse(self.search([("id", "in", self.ids)])._ids)
