from odoo import SUPERUSER_ID, api, models
from odoo.tools import ormcache

HR = "pso_odoo.group_pso_hr"
# Any of these changes a fact.
CHANGES = ("write", "create", "unlink")


class ResUsers(models.Model):
    _inherit = "res.users"

    def _pso_sees_kept_figures(self):
        """Whether this user is told figures of last night, and none of now.

        Who can change facts about persons and read the score could change a fact of
        one person, look what becomes of the score, and change it back: then he would
        know who counts. The PSO Target Group may know that, and the superuser is no
        person. Whatever gives somebody such a right, it is asked by access rights.
        """
        self.ensure_one()
        if self.id == SUPERUSER_ID or self.has_group(HR):
            return False
        return self._pso_changes_facts()

    def _pso_changes_facts(self):
        """Whether access rights let this user change a fact about a person."""
        access = self.env["ir.model.access"]
        groups = self._get_group_ids()
        return any(
            access._get_access_groups(model, change).matches(groups)
            for model in self._pso_fact_models()
            for change in CHANGES
        )

    @api.model
    @ormcache()
    def _pso_fact_models(self):
        """The models of core on whose records the employment of persons rests.

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
        return tuple(sorted(model for model in models if not model.startswith("pso.")))

    @api.model
    def _pso_models_behind(self, field):
        """The models that a computed field looks at, its own left out."""
        for path in self.env.registry.field_depends[field]:
            model = self.env[field.model_name]
            for name in path.split("."):
                step = model._fields[name]
                if not step.relational:
                    break
                model = self.env[step.comodel_name]
                yield model._name
