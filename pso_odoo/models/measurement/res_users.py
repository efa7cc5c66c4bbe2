from odoo import models
from odoo.tools import ormcache

# Of these no more is read than which one it is: that two employees are one person.
KNOWN_BY_NUMBER = {"res.partner", "res.users"}


class ResUsers(models.Model):
    """Which facts the lines of persons rest on."""

    _inherit = "res.users"

    @ormcache()
    def _pso_fact_models(self):
        """Name the models of core on whose records the employment of persons rests.

        Those that the lines of persons are read from, what these point to, and what
        their stored fields are computed from. The cache goes with the registry.
        """
        facts = [
            self.env[model]._fields[name]
            for model, names in self.env["pso.person.line"]._depends.items()
            if not model.startswith("pso.")
            for name in names
        ]
        models = {field.model_name for field in facts}
        models.update(field.comodel_name for field in facts if field.relational)
        for field in facts:
            if field.compute:
                models.update(self._pso_models_behind(field))
        models = {model for model in models if not model.startswith("pso.")}
        return tuple(sorted(models - KNOWN_BY_NUMBER))

    def _pso_models_behind(self, field):
        """Yield the models that a computed field looks at, its own left out."""
        for path in self.env.registry.field_depends[field]:
            model = self.env[field.model_name]
            for name in path.split("."):
                step = model._fields[name]
                if not step.relational:
                    break
                model = self.env[step.comodel_name]
                yield model._name
