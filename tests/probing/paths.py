"""What there is to try, found in the registry: models, fields, methods and ways."""

import inspect
from collections import defaultdict

OURS = "odoo.addons.pso_odoo"


def is_ours(name):
    return name.startswith("pso.")


def our_models(registry):
    """The models of the addon that have rows."""
    return sorted(
        name
        for name, model in registry.items()
        if is_ours(name) and not model._abstract
    )


def core_models(registry):
    return sorted(
        name
        for name, model in registry.items()
        if not is_ours(name) and not model._abstract and model._auto is not None
    )


def our_fields(registry):
    """The fields of ours on models of core, as ``{model: [field]}``."""
    found = defaultdict(list)
    for name in core_models(registry):
        for field in registry[name]._fields.values():
            if field.name.startswith("pso_") or is_ours(field.comodel_name or ""):
                found[name].append(field)
    return found


def relations(registry):
    """Which fields lead from where to a model, as ``{model: [(from, field)]}``."""
    found = defaultdict(list)
    for name in core_models(registry):
        for field in registry[name]._fields.values():
            if field.relational and field.comodel_name in registry:
                found[field.comodel_name].append((name, field.name))
    return found


def roads(registry, target, hops):
    """The dotted ways from models of core to a model: ``(from, [field, …])``.

    The last steps first; no way passes the same model twice.
    """
    leading = relations(registry)
    level = [(target, (), {target})]
    for _hop in range(hops):
        following = []
        for model, way, seen in level:
            for origin, field in leading[model]:
                if origin in seen or field in ("create_uid", "write_uid") and way:
                    continue
                following.append((origin, (field, *way), seen | {origin}))
        yield from ((origin, way) for origin, way, _seen in following)
        level = following


def our_methods(registry):
    """The public methods that the addon defines, as ``(model, name, function)``.

    What it extends on every model of core is tried with the ORM.
    """
    of_all = set(registry["base"].mro())
    for name, model in registry.items():
        if model._abstract and not is_ours(name):
            continue
        ours = {
            method
            for cls in model.mro()
            if cls.__module__.startswith(OURS) and cls not in of_all
            for method, function in vars(cls).items()
            if not method.startswith("_") and inspect.isfunction(function)
        }
        for method in sorted(ours):
            yield name, method, getattr(model, method)


def public_methods(model):
    """All that can be called from outside on a model, core's methods too."""
    for name in sorted(dir(model)):
        if name.startswith("_"):
            continue
        function = getattr(model, name)
        if inspect.isfunction(function) and not any(
            getattr(vars(cls).get(name), "_api_private", False) for cls in model.mro()
        ):
            yield name, function


def is_readonly(model, method):
    """As Odoo's controllers find out."""
    for cls in model.mro():
        function = getattr(cls, method, None)
        if function is not None and hasattr(function, "_readonly"):
            return function._readonly
    return False


def words(function):
    """The words that a function knows: what it may be told."""
    code = inspect.unwrap(function).__code__
    found = []
    for constant in code.co_consts:
        for word in constant if isinstance(constant, tuple) else (constant,):
            if isinstance(word, str) and word.isidentifier():
                found.append(word)
    return found


def required(function):
    """The arguments that a method cannot do without."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return [
        parameter
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind
        in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
