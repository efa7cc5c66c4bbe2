"""Fields of core's models that nobody searches by as superuser, or unnoted.

Odoo searches some fields of core so (the followers of a record, the employee of a bank
account), and with them by whatever a dotted path of a user leads to. Who finds people
by their status has seen the status, whatever is read of them.

What is read is read of records; what is searched by, of none. What is written to a new
record is no search: core makes versions of employees as superuser.

Core asks for access to each field of each record, and mostly there is nothing to do. So
not that is looked at, but what it does with such a field afterwards.
"""

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError

from ...tools.groups import HR
from .guard import put_around


def closed_fields(model):
    """Name our fields of a model that are not for everybody."""
    return frozenset(
        name
        for name, field in model._fields.items()
        if name.startswith("pso_") and field.groups
    )


def search_as_user(model):
    """Have a model of core look who searches, sorts or groups by our fields."""
    names = closed_fields(model)
    for name in names:
        _look_before_sql(model._fields[name])
    if names:
        put_around(type(model), _determine_fields_to_fetch=_look_at_names(names))


def _look_before_sql(field):
    kind = type(field)

    def to_sql(model, alias):
        _look(model, field)
        return kind.to_sql(field, model, alias)

    def condition_to_sql(field_expr, operator, value, model, alias, query):
        _look(model, field)
        return kind.condition_to_sql(
            field, field_expr, operator, value, model, alias, query
        )

    field.to_sql, field.condition_to_sql = to_sql, condition_to_sql


def _look_at_names(names):
    def make(determine):
        def _determine_fields_to_fetch(
            self, field_names=None, ignore_when_in_cache=False
        ):
            fields = determine(self, field_names, ignore_when_in_cache)
            if not self._ids and field_names:
                for name in names.intersection(field_names):
                    _look(self, self._fields[name])
            return fields

        return _determine_fields_to_fetch

    return make


def _look(model, field):
    """Refuse to search by a field as superuser for a user, or note that he does.

    :raise AccessError: for what goes as superuser for a user
    """
    if model._ids:
        return
    env = model.env
    if env.su and env.uid != SUPERUSER_ID:
        raise AccessError(env._("Nobody can search other records by fields of PSO."))
    if field.groups == HR:
        env["pso.log"]._note_look(model._pso_look or model._name)
