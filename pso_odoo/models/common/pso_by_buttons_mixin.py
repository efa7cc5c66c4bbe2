from odoo import api, models
from odoo.exceptions import AccessError


class PsoByButtonsMixin(models.AbstractModel):
    """Records with fields that only their buttons and jobs write.

    Those write as superuser. Nobody else does: not by a value, and not by a default,
    which a caller can put into the context, or keep as his own for all that he makes.
    """

    _name = "pso.by.buttons.mixin"
    _description = "PSO Record with Fields That Buttons Write"

    # The names of these fields.
    _by_buttons = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_by_buttons(vals)
        defaults = {f"default_{name}" for name in self._by_buttons}
        context = {k: v for k, v in self.env.context.items() if k not in defaults}
        plain = self.with_env(self.env(context=context))
        return super(PsoByButtonsMixin, plain).create(vals_list).with_env(self.env)

    def _add_missing_default_values(self, values):
        """Take no default of these fields but what the model itself has."""
        result = super()._add_missing_default_values(values)
        for name in self._by_buttons - values.keys():
            result.pop(name, None)
            if default := self._fields[name].default:
                result[name] = default(self)
        return result

    def write(self, vals):
        self._check_by_buttons(vals)
        return super().write(vals)

    def _check_by_buttons(self, vals):
        """Refuse values that only the buttons write.

        :raise AccessError: naming the way to do it
        """
        names = self._by_buttons.intersection(vals)
        if names and not self.env.su:
            raise AccessError(self._by_buttons_message(names))

    def _by_buttons_message(self, names):
        """Say how such fields are changed.

        :param names: of those that somebody wanted to write
        """
        return self.env._("This is changed by the buttons of the form alone.")
