from odoo import api, models
from odoo.exceptions import ValidationError

from ..cells import LARGEST


class PsoSourceMixin(models.AbstractModel):
    """A record from which figures are derived.

    The figures are read by SQL from tables that the ORM cannot link to them, so
    within a transaction a change here must drop what has been read already.
    """

    _name = "pso.source.mixin"
    _description = "Source of PSO Figures"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_numbers(vals_list)
        records = super().create(vals_list)
        self.env["pso.measurement"]._forget_figures()
        return records

    def write(self, vals):
        self._check_numbers([vals])
        result = super().write(vals)
        self.env["pso.measurement"]._forget_figures()
        return result

    @api.model
    def _check_numbers(self, vals_list):
        """Refuse what is no figure: who calls by RPC may send NaN and infinity.

        :raise ValidationError: naming the field
        """
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields.get(name)
                is_number = field and field.type in ("float", "monetary")
                if is_number and value and not abs(float(value)) < LARGEST:
                    raise ValidationError(
                        self.env._(
                            "This number is too large to count with (%(field)s).",
                            field=field._description_string(self.env),
                        )
                    )

    def unlink(self):
        result = super().unlink()
        self.env["pso.measurement"]._forget_figures()
        return result
