"""Looks that are wrapped around what a model does, before any override of it."""

from collections.abc import Mapping
from functools import wraps


def is_ours(name):
    return name.startswith("pso.")


def guard(cls):
    """Have a model look at what it is given before any override of it is called.

    Odoo puts what is common to all models below the methods of each model, where it
    comes too late: those have asked the database by then, and their answers tell of
    what the values name. So it is wrapped around them, as core's automation rules are.
    """
    if "_pso_guarded" in vars(cls):
        return
    cls._pso_guarded = True
    create, write, onchange = cls.create, cls.write, cls.onchange

    @wraps(create)
    def guarded_create(self, vals_list):
        rows = [vals_list] if isinstance(vals_list, Mapping) else vals_list
        self.browse()._pso_check_given(rows, with_defaults=True)
        return create(self, vals_list)

    @wraps(write)
    def guarded_write(self, vals):
        self._pso_check_given([vals])
        result = write(self, vals)
        self._pso_check_left(vals)
        return result

    @wraps(onchange)
    def guarded_onchange(self, values, field_names, fields_spec):
        self._pso_check_shown(values, with_defaults=not self and not field_names)
        return onchange(self, values, field_names, fields_spec)

    cls.create, cls.write, cls.onchange = (
        guarded_create,
        guarded_write,
        guarded_onchange,
    )
    if is_ours(cls._name):
        _guard_reading(cls)


def _guard_reading(cls):
    default_get, fetch, exists = cls.default_get, cls.fetch, cls.exists

    @wraps(default_get)
    def guarded_default_get(self, fields):
        self._pso_check_context()
        return default_get(self, fields)

    @wraps(fetch)
    def guarded_fetch(self, field_names=None):
        self._pso_check_ids()
        return fetch(self, field_names)

    @wraps(exists)
    def guarded_exists(self):
        self._pso_check_ids()
        return exists(self)

    cls.default_get, cls.fetch, cls.exists = (
        guarded_default_get,
        guarded_fetch,
        guarded_exists,
    )
