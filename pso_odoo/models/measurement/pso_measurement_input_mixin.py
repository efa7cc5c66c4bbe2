from odoo import api, fields, models


class PsoMeasurementInputMixin(models.AbstractModel):
    """What people add to a measurement by hand, for as long as it is live.

    Whether it is, is asked before the database is: that would wait for who is locking.
    """

    _name = "pso.measurement.input.mixin"
    _description = "PSO Input of a Measurement"

    measurement_id = fields.Many2one(
        "pso.measurement", required=True, index=True, ondelete="cascade"
    )

    @api.model_create_multi
    def create(self, vals_list):
        defaults = self.default_get(["measurement_id"])
        self._measurements(defaults | vals for vals in vals_list)._check_is_live()
        return super().create(vals_list)

    def write(self, vals):
        (self.measurement_id | self._measurements([vals]))._check_is_live()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self.measurement_id._check_is_live()

    def _measurements(self, vals_list):
        """Return the measurements that values are to be of."""
        numbers = {vals.get("measurement_id") for vals in vals_list} - {None, False}
        return self.env["pso.measurement"].browse(numbers)
