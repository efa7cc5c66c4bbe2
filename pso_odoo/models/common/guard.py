"""Looks that are wrapped around what a model does, before any override of it."""

from collections.abc import Mapping
from functools import wraps

# Methods that this addon has put around others have it, as their mark.
AROUND = "_pso_around"


def is_ours(name):
    return name.startswith("pso.")


def put_around(cls, **makers):
    """Put a method around each of these of a model's class, in place of an earlier one.

    What is inherited makes each call of ``super`` in core look through more classes,
    and is itself found by such a look: too slow for what is called for each field of
    each record.

    :param makers: by name, what makes the outer method out of the inner one
    """
    for name, make in makers.items():
        if is_around(vars(cls).get(name)):
            # The classes below may be others than when it was made.
            delattr(cls, name)
        inner = getattr(cls, name)
        outer = wraps(inner)(make(inner))
        setattr(outer, AROUND, True)
        setattr(cls, name, outer)


def is_around(method):
    """Return whether a method is one that was put around another."""
    return AROUND in getattr(method, "__dict__", ())


def guard(cls):
    """Have a model look at what it is given before any override of it is called.

    Odoo puts what is common to all models below the methods of each model, where it
    comes too late: those have asked the database by then, and their answers tell of
    what the values name. So it is wrapped around them, as core's automation rules are.
    """
    put_around(cls, create=_create, write=_write, onchange=_onchange)
    if is_ours(cls._name):
        put_around(
            cls,
            default_get=_default_get,
            fetch=_look_at_ids,
            exists=_look_at_ids,
            _check_access=_look_at_ids,
        )


def _create(create):
    def guarded_create(self, vals_list):
        rows = [vals_list] if isinstance(vals_list, Mapping) else vals_list
        self.browse()._pso_check_given(rows, with_defaults=True)
        return create(self, vals_list)

    return guarded_create


def _write(write):
    def guarded_write(self, vals):
        self._pso_check_given([vals])
        result = write(self, vals)
        self._pso_check_left(vals)
        return result

    return guarded_write


def _onchange(onchange):
    def guarded_onchange(self, values, field_names, fields_spec):
        self._pso_check_shown(values, with_defaults=not self and not field_names)
        return onchange(self, values, field_names, fields_spec)

    return guarded_onchange


def _default_get(default_get):
    def guarded_default_get(self, fields):
        self._pso_check_context()
        return default_get(self, fields)

    return guarded_default_get


def _look_at_ids(method):
    def guarded(self, *args, **kwargs):
        self._pso_check_ids()
        return method(self, *args, **kwargs)

    return guarded
