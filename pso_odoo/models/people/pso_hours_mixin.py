from odoo import models

# What the PSO Target Group enters of an employment, whoever copies it.
ENTERED = ("pso_counts", "pso_hours_override", "pso_hours_custom")


class PsoHoursMixin(models.AbstractModel):
    """Employment that keeps what PSO counts of it when somebody copies it.

    Also by users who may neither read nor write that: a copy is as its original.
    """

    _name = "pso.hours.mixin"
    _description = "PSO Hours of an Employment"

    def copy_data(self, default=None):
        if self._sees_pso_hours():
            return super().copy_data(default)
        hidden = dict.fromkeys(ENTERED, False)
        return [
            vals and {name: vals[name] for name in vals if name not in hidden}
            for vals in super().copy_data({**(default or {}), **hidden})
        ]

    def copy(self, default=None):
        copies = super().copy(default)
        if not self._sees_pso_hours():
            for original, made in zip(self.sudo(), copies.sudo(), strict=True):
                made.write({name: original[name] for name in ENTERED})
        return copies

    def _sees_pso_hours(self):
        return self._has_field_access(self._fields[ENTERED[0]], "read")
