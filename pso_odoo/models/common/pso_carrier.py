import re
from collections import defaultdict

from odoo import models
from odoo.exceptions import AccessError, MissingError
from odoo.tools import ormcache

from ...tools.groups import HR

# What fields of core and of others are called that hold the name of a model.
MODEL_NAMES = {"model", "res_model", "resource", "relation", "model_id"}
OF_MODELS = {"ir.model", "ir.model.fields"}
# An action names the record that it opens, and is not of it. Of persons there are no
# external ids, which core asks for while it finds out what a user may read.
OPEN = {"ir.actions.act_window", "ir.model.data"}
# A filter of an automation rule is code, with the paths in quotes.
QUOTED = re.compile(r"""["']([\w.]+)["']""")


class PsoCarrier(models.AbstractModel):
    """Which fields of other models name a model, or a record of a model, of ours.

    Messages, activities, attachments and favourites name a record by model and number;
    rules that copy records elsewhere, server actions and fields made by hand name a
    model. They are found by what they are, so that those of other addons are too.
    """

    _name = "pso.carrier"
    _description = "PSO: What Names Records by Model and Number"

    @ormcache("name")
    def _fields_of(self, name):
        """Return the fields of a model that name models, as a set of their names."""
        if name.startswith("pso."):
            return frozenset()
        fields = self.env[name]._fields
        return frozenset(
            {each.name for each in fields.values() if self._is_carrier(each)}
            | {
                each.model_field
                for each in fields.values()
                if each.type == "many2one_reference" and each.model_field
            }
        )

    @ormcache("name")
    def _fields_of_persons(self, name):
        """Name a model's fields that lead to records about persons, or show some."""
        return frozenset(
            field.name
            for field in self.env[name]._fields.values()
            if HR in (field.groups or "")
            or (field.relational and self.env[field.comodel_name]._is_personal)
        )

    def _is_carrier(self, field):
        if field.type in ("char", "selection"):
            return field.name in MODEL_NAMES
        is_of_models = field.type == "many2one" and field.comodel_name in OF_MODELS
        return field.type == "reference" or is_of_models

    @ormcache()
    def _pairs(self):
        """List the stored pairs of model and number: ``(model, its field, field)``."""
        pairs = []
        for name, model in self.env.items():
            if model._abstract or not model._auto:
                continue
            for field in model._fields.values():
                names = [getattr(field, "model_field", None)]
                if field.name == "res_id" and field.type == "integer":
                    names = self._fields_of(name)
                pairs += [
                    (name, each, field.name)
                    for each in names
                    if each and field.store and model._fields[each].store
                ]
        return pairs

    @ormcache("name")
    def _names_in(self, name):
        """Return the fields of a model that say of what model its numbers are."""
        if name in OPEN:
            return frozenset()
        fields = self.env[name]._fields
        return frozenset(
            each
            for model, each, _number in self._pairs()
            if model == name and fields[each].type in ("char", "selection")
        )

    @ormcache()
    def _personal(self):
        """Return the names of the models about persons."""
        return tuple(
            name
            for name, model in self.env.items()
            if model._is_personal and not model._abstract
        )

    @ormcache()
    def _leading(self):
        """Map names of models to the fields of models about persons that lead there."""
        leading = defaultdict(set)
        for model in self._personal():
            for field in self.env[model]._fields.values():
                if field.relational or field.type == "many2one_reference":
                    leading[field.comodel_name].add(field)
        return leading

    def _leading_to(self, name):
        """Return the fields of models about persons that lead to a model, or may."""
        leading = self._leading()
        # By the number of a record and the name of its model one gets anywhere.
        return frozenset(leading.get(name, ())).union(leading.get(None, ()))

    @ormcache("self.env.uid")
    def _hidden(self):
        """Return the names of the models about persons that the user may not read.

        It is kept where core keeps the groups of users and what these may read, and
        dropped with them.
        """
        models = (self.env[name].sudo(False) for name in self._personal())
        return tuple(model._name for model in models if not model.has_access("read"))

    def _hides_all_or_none(self, hidden):
        """Return whether rules leave out nothing more than models that are hidden.

        So it is in most databases: they have one company.
        """
        if len(hidden) == len(self._personal()):
            return True
        user = self.env.user.sudo().with_context(active_test=False)
        return len(user.company_ids) == self._company_count()

    @ormcache()
    def _company_count(self):
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return companies.search_count([])

    def _unseen(self):
        """Return the records about persons that the user may not read in any company.

        :return: ``{model: query of numbers}``, of models that he may read and that have
            a table
        """
        context = {"allowed_company_ids": self.env.user.company_ids.ids}
        his = self.sudo(False).with_context(**context, active_test=False)
        unseen = {}
        for model in (his.env[name] for name in self._personal()):
            if model._auto and model.has_access("read"):
                others = [("id", "not in", model._search([]))]
                unseen[model._name] = model._as_addon()._search(others)
        return unseen

    def _forget(self, model, numbers):
        """Delete what other addons keep of deleted records, by their number."""
        for name, model_field, field in self._pairs():
            is_record = self.env[name]._fields[model_field].type == "many2one"
            path = f"{model_field}.model" if is_record else model_field
            copies = self.env[name].sudo().with_context(active_test=False)
            copies.search([(path, "=", model), (field, "in", numbers)]).unlink()

    # -- what may be named -------------------------------------------------------

    def _check_named(self, name, vals):
        """Refuse to name to others records which the user may not read himself.

        :param name: the model that is written
        :raise AccessError: the same for each record, there or not
        """
        for field in self._fields_of(name) & vals.keys():
            for model in self._named_by(self.env[name]._fields[field], vals[field]):
                self._check_model(model)

    def _check_model(self, name):
        """Refuse a model about persons that is not the user's to read.

        :raise AccessError: the same whether or not there are records
        """
        if name in self.env and self.env[name]._is_personal:
            self.env[name]._check_withheld()

    def _named_by(self, field, value):
        """Return the names of the models that a value of a field leads to."""
        if field.type != "many2one":
            return [value.split(",")[0]] if isinstance(value, str) else []
        if not isinstance(value, int) or not value:
            return []
        try:
            return self._named_by_number(field.comodel_name, value)
        except MissingError:
            return []

    @ormcache("comodel", "number")
    def _named_by_number(self, comodel, number):
        """Return the models that a record of core names: a model, or a field.

        Core writes such a number with each value that it tracks, so it is kept, as long
        as the registry, which is made anew when models and fields change.

        :raise MissingError: if there is none, which is not kept
        """
        record = self.env[comodel].sudo().browse(number)
        return (record.model, *self._reached_by(record))

    def _reached_by(self, field):
        """Return the models that a field leads to; none of another record."""
        if field._name != "ir.model.fields":
            return []
        return [field.relation, *self._on_path(field.model, field.related)]

    def _on_path(self, name, path, planned=None):
        """Return the names of the models on a dotted path from a model."""
        return [model for model, _field in self._steps(name, path, planned)]

    def _steps(self, name, path, planned=None):
        """Follow a dotted path from a model: ``(model that is led to, field)`` a step.

        :param planned: ``{(model, field): model that is led to}`` of fields to be made
        """
        for step in (path or "").split("."):
            field = name in self.env and self.env[name]._fields.get(step.strip())
            if field and field.relational:
                name = field.comodel_name
            else:
                name = (planned or {}).get((name, step.strip()))
                field = None
            if not name:
                return
            yield name, field

    def _check_not_carried(self, name, path, planned=None):
        """Refuse a path on which messages, activities or files of others are met.

        What is kept of it is derived by whoever changes them, the nightly job too. What
        a record has of its own, as its activities, may be met.

        :raise AccessError: for who may not read all records about persons
        """
        for model, field in self._steps(name, path, planned):
            if self._names_in(model) and not self._is_own(field) and self._hidden():
                raise AccessError(
                    self.env._(
                        "%(path)s leads to messages, activities or files of other "
                        "records, of persons too: somebody of the PSO Target Group "
                        "may do this.",
                        path=path,
                    )
                )

    def _check_automations(self, automations):
        """Refuse rules that the nightly job would follow too, and what they tell by it.

        :raise AccessError: for who may not read all records about persons, where a rule
            watches what names records, or tells by a path to it
        """
        for rule in automations.sudo():
            watched = {("", "rule"): rule.model_id.model}
            self._check_not_carried("", "rule", watched)
            for words in (rule.filter_pre_domain, rule.filter_domain):
                for path in QUOTED.findall(words or ""):
                    self._check_not_carried(rule.model_id.model, path)

    def _is_own(self, field):
        """Return whether a field leads to what names its own record, of no person."""
        while field and field.related:
            field = field.related_field
        if not field or field.type != "one2many" or not field.inverse_name:
            return False
        inverse = self.env[field.comodel_name]._fields[field.inverse_name]
        is_personal = self.env[field.model_name]._is_personal
        return inverse.type == "many2one_reference" and not is_personal
