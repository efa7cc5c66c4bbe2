from collections import defaultdict

from odoo import models
from odoo.exceptions import AccessError, MissingError
from odoo.tools import ormcache

from ...tools.filters import conditions_in
from ...tools.groups import HR
from ...tools.typed import ids_in

# What fields of core and of others are called that hold the name of a model.
MODEL_NAMES = {"model", "res_model", "resource", "relation", "model_id"}
OF_MODELS = {"ir.model", "ir.model.fields"}
# An action names the record that it opens, and is not of it. Of persons there are no
# external ids, which core asks for while it finds out what a user may read.
OPEN = {"ir.actions.act_window", "ir.model.data"}
# Filters that are followed by who looks, with his own rights.
BY_WHO_LOOKS = {
    *("ir.filters", "ir.rule", "ir.model.fields"),
    *("ir.actions.act_window", "ir.embedded.actions"),
}


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
        if field.type in ("many2one", "many2many"):
            return field.comodel_name in OF_MODELS
        return field.type in ("reference", "properties_definition")

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

    @ormcache("name")
    def _wholes_of(self, name):
        """List the fields by which records are a part of what names a record.

        As a mail is of its message: ``[(field, model that is led to)]``.
        """
        model = self.env[name]
        if name.startswith("pso.") or model._abstract or not model._auto:
            return ()
        return tuple(
            (field.name, field.comodel_name)
            for field in model._fields.values()
            if field.type == "many2one"
            and field.store
            and field.required
            and field.ondelete == "cascade"
            and self._names_in(field.comodel_name)
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

    def _check_wholes(self, name, vals):
        """Refuse what would be a part of a message or file that the user is not shown.

        A mail of a message would be sent with its words, to whomever.

        :param name: the model that is written, by who is not the superuser
        :raise AccessError: the same for a number that is there and one that is not
        """
        for field, comodel in self._wholes_of(name):
            number = vals.get(field)
            if isinstance(number, int) and number:
                whole = self.env[comodel].sudo().browse(number)
                if not whole.exists():
                    raise self.env["ir.rule"]._make_access_error("read", whole)

    def _check_model(self, name):
        """Refuse a model about persons that is not the user's to read.

        :raise AccessError: the same whether or not there are records
        """
        if name in self.env and self.env[name]._is_personal:
            self.env[name]._check_withheld()

    def _named_by(self, field, value):
        """Return the names of the models that a value of a field leads to."""
        if field.type == "properties_definition":
            rows = value if isinstance(value, (list, tuple)) else ()
            return [row.get("comodel") for row in rows if isinstance(row, dict)]
        if not field.relational:
            return [value.split(",")[0]] if isinstance(value, str) else []
        if field.type == "many2one" and not isinstance(value, int):
            return []
        return [
            name
            for number in ids_in(field, value)
            for name in self._named_by_its_number(field.comodel_name, number)
        ]

    def _named_by_its_number(self, comodel, number):
        try:
            return self._named_by_number(comodel, number)
        except MissingError:
            return ()

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
        of_persons = ()
        if field.model in self.env:
            if field.name in self._fields_of_persons(field.model):
                of_persons = self._personal()
        on_path = self._on_path(field.model, field.related)
        return [field.relation, *on_path, *of_persons]

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

    def _check_not_carried(self, name, path, planned=None, always=False):
        """Refuse a path on which messages, activities or files of others are met.

        Or fields for the PSO Target Group. What is kept of it is derived by whoever
        changes them, the nightly job too. What a record has of its own, as its
        activities, may be met.

        :param always: whoever asks
        :raise AccessError: for who may not read all records about persons
        """
        if not (always or self._hidden()):
            return
        for model, field in self._steps(name, path, planned):
            is_carrier = self._names_in(model) or self._wholes_of(model)
            if is_carrier and not self._is_own(field):
                raise AccessError(
                    self.env._(
                        "%(path)s leads to messages, activities or files of other "
                        "records, of persons too: somebody of the PSO Target Group "
                        "may do this.",
                        path=path,
                    )
                )
        models = [name, *self._on_path(name, path, planned)]
        for model, step in zip(models, (path or "").split("."), strict=False):
            if model in self.env and step.strip() in self._fields_of_persons(model):
                raise AccessError(
                    self.env._(
                        "%(path)s leads to what the PSO Target Group alone may read: "
                        "somebody of that group may do this.",
                        path=path,
                    )
                )

    @ormcache("name")
    def _filters_of(self, name):
        """Name the fields with filters that the nightly job, or somebody else, follows.

        As those of automation rules, which choose records of a model.
        """
        if name in BY_WHO_LOOKS or not self._fields_of(name):
            return ()
        return tuple(
            field.name
            for field in self.env[name]._fields.values()
            if field.store
            and field.type in ("char", "text")
            and field.name.endswith("domain")
        )

    def _is_followed(self, name):
        """Return whether records of a model say where others, or jobs, shall go."""
        return name == "ir.actions.server" or bool(self._filters_of(name))

    def _check_followed(self, records, always=False):
        """Refuse what the nightly job, or somebody else, would follow to persons.

        :param records: automation rules, server actions and the like
        :param always: whoever asks
        :raise AccessError: for who may not read all records about persons, where a rule
            is of what names records, or a filter or path leads to persons
        """
        filters = self._filters_of(records._name)
        is_action = records._name == "ir.actions.server"
        if not (filters or is_action) or not (always or self._hidden()):
            return
        for record in records.sudo():
            if is_action:
                self._check_not_carried(
                    record.model_id.model, record.update_path, always=True
                )
            for name in self._models_of(record) if filters else ():
                # As if that were a path, by the name that users know it by.
                step = self.env["ir.model"]._get(name).name.replace(".", " ").strip()
                self._check_not_carried("", step, {("", step): name}, always=True)
                for field in filters:
                    self._check_filter(name, record._fields[field], record[field])

    def _models_of(self, record):
        """Return the names of the models that a record is about, as a set."""
        fields = self._fields_of(record._name)
        values = [
            record[name]
            for name in fields
            if record._fields[name].type != "properties_definition"
        ]
        names = [v.mapped("model") if hasattr(v, "_name") else [v] for v in values]
        return {name for each in names for name in each if name in self.env}

    def _check_filter(self, name, field, words):
        """Refuse a filter that follows a path to persons, or that does not say which.

        :param field: the field that has the filter
        :raise AccessError: naming the path, or the field
        """
        try:
            conditions = conditions_in(words)
        except ValueError as error:
            raise AccessError(
                self.env._(
                    "%(field)s: here the names of fields are worked out, so that they "
                    "might lead to persons: %(part)s. Write them out, or somebody of "
                    "the PSO Target Group may do this.",
                    field=field._description_string(self.env),
                    part=error,
                )
            ) from None
        self._check_conditions(name, conditions)

    def _check_conditions(self, name, conditions):
        for path, nested in conditions:
            self._check_not_carried(name, path, always=True)
            if nested:
                *_way, led_to = [name, *self._on_path(name, path)]
                self._check_conditions(led_to, nested)

    def _is_own(self, field):
        """Return whether a field leads to what names its own record, of no person."""
        while field and field.related:
            field = field.related_field
        if not field or field.type != "one2many" or not field.inverse_name:
            return False
        inverse = self.env[field.comodel_name]._fields[field.inverse_name]
        is_personal = self.env[field.model_name]._is_personal
        return inverse.type == "many2one_reference" and not is_personal
