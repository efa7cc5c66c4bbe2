"""What names a record by model and number, found by machine, and what it answers.

An attempt is made with a number that is there and with one that is not. If the answers
differ in the class or the words of an error, in what comes back or in what the log
says, the carrier tells whether there is such a record.
"""

import inspect
import logging
import re
from contextlib import contextmanager

from odoo.models import BaseModel
from odoo.service.model import get_public_method
from odoo.tools import mute_logger

MODEL_LIKE = re.compile(r"model(_name)?$|^resource$|^relation$")
NUMBER_LIKE = re.compile(
    r"(^|_)(res|record|thread|resource|doc|document|active)_?ids?$|^ids?$|^docids$"
)
TYPED = {
    "char": "x",
    "text": "x",
    "html": "x",
    "integer": 1,
    "float": 1,
    "monetary": 1,
    "boolean": False,
    "date": "2025-01-01",
    "datetime": "2025-01-01 00:00:00",
    "json": {},
    "binary": b"eA==",
}
# Ends the process, or waits for something outside.
NOT_CALLED = {"base.module.update", "ir.module.module", "base.module.upgrade"}


class Heard(logging.Handler):
    """What the log says, from INFO on, without the numbers asked for."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.levelname} {record.name} {record.getMessage()}")


@contextmanager
def heard():
    handler, root = Heard(), logging.getLogger("odoo")
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield handler.lines
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def field_pairs(env):
    """``(model, values by (name of a model, number))`` of every model of core."""
    for name, model in sorted(env.items()):
        if model._abstract or not model._auto or name.startswith("pso."):
            continue
        fields = model._fields.values()
        numbers = [
            field
            for field in fields
            if field.type == "many2one_reference"
            or (field.name != "id" and NUMBER_LIKE.search(field.name))
        ]
        models = [
            field
            for field in fields
            if (field.type in ("char", "selection") and MODEL_LIKE.search(field.name))
            or (field.type == "many2one" and field.comodel_name == "ir.model")
        ]
        if numbers and models:
            yield name, (models, numbers)
        references = [field for field in fields if field.type == "reference"]
        if references:
            yield name, (references, [])


def values(env, model, pair, name, number):
    """Values that name a record, by all fields that can, and what is required."""
    models, numbers = pair
    vals = {}
    for field in env[model]._fields.values():
        if field.required and field.store and not field.compute and not field.related:
            vals[field.name] = _some(env, field)
    for field in models:
        if field.type == "reference":
            vals[field.name] = f"{name},{number}"
        elif field.type == "many2one":
            vals[field.name] = env["ir.model"]._get_id(name)
        else:
            vals[field.name] = name
    for field in numbers:
        is_number = field.type in ("integer", "many2one_reference")
        vals[field.name] = number if is_number else str([number])
    return {key: value for key, value in vals.items() if value is not None}


def _some(env, field):
    if field.type == "selection":
        options = field.get_values(env)
        return options[0] if options else None
    if field.type == "many2one":
        return env[field.comodel_name].sudo().search([], limit=1).id or None
    return TYPED.get(field.type)


def methods(env):
    """``(model, method, its parameters)`` of what takes a model and a number."""
    seen = set()
    for name, model in sorted(env.items()):
        if name.startswith("pso.") or name in NOT_CALLED:
            continue
        for method, parameters in _public(model):
            function = getattr(type(model), method)
            origin = getattr(function, "__qualname__", method)
            takes_model = any(MODEL_LIKE.search(each) for each in parameters)
            takes_number = any(NUMBER_LIKE.search(each) for each in parameters)
            if takes_model and takes_number and (origin, tuple(parameters)) not in seen:
                seen.add((origin, tuple(parameters)))
                yield name, method, parameters


def own_methods(model):
    """The public methods of a model, all of which can be called on a number."""
    for method, parameters in _public(model):
        if method not in ("create", "load", "init"):
            yield method, parameters


def _public(model):
    for method in dir(type(model)):
        if method.startswith("_"):
            continue
        try:
            get_public_method(model, method)
            signature = inspect.signature(getattr(type(model), method))
        except Exception:  # noqa: BLE001, S112
            continue
        parameters = list(signature.parameters.values())[1:]
        yield method, {p.name: p for p in parameters if p.kind not in (2, 4)}


def arguments(parameters, name, number):
    """Something for each parameter that has to be given, or names a record."""
    given = {}
    for key, parameter in parameters.items():
        if MODEL_LIKE.search(key):
            given[key] = name
        elif NUMBER_LIKE.search(key):
            given[key] = [number] if key.endswith("s") else number
        elif parameter.default is inspect.Parameter.empty:
            given[key] = _argument(key)
    return given


def _argument(key):
    if re.search(r"domain|fnames|fields|names|groupby|aggregates|commands|ids", key):
        return []
    if re.search(r"vals|values|spec|data|options|context", key):
        return {}
    return "read" if key == "operation" else "x"


def make(owner, records, pair, name, number):
    """Make a record that names another, and read what it says of it."""
    record = records.create(values(owner, records._name, pair, name, number))
    return record.read()[0].get("display_name")


def find(owner, records, pair, name, number):
    """Count the records that name another."""
    [first, *_others], numbers = pair
    if first.type == "reference":
        return records.search_count([(first.name, "=", f"{name},{number}")])
    path = f"{first.name}.model" if first.type == "many2one" else first.name
    domain = [(path, "=", name), *((each.name, "=", number) for each in numbers[:1])]
    return records.search_count(domain)


def change(owner, records, pair, name, number):
    """Have an existing record name another, and read what it says of it."""
    vals = values(owner, records._name, pair, name, number)
    named = {field.name for fields in pair for field in fields}
    record = records.sudo().search([], limit=1).sudo(records.env.su)
    record.write({key: value for key, value in vals.items() if key in named})
    return record.mapped("display_name")


def call(records, method, parameters, name, number):
    """Call a method that takes a model and a number."""
    return getattr(records, method)(**arguments(parameters, name, number))


def call_on(records, method, parameters, name, number):
    """Call a method on a record."""
    given = arguments(parameters, name, number)
    return getattr(records.browse(number), method)(**given)


def answer(env, call, number):
    """What a call comes to: its result or refusal, and the log."""
    env.invalidate_all(flush=False)
    with heard() as lines, mute_logger("odoo.sql_db"):
        try:
            with env.cr.savepoint(flush=False):
                result = call(number)
                if isinstance(result, BaseModel):
                    result = (result._name, len(result))
                env.cr.flush()
                raise _Undone(result)
        except _Undone as undone:
            said = ("result", str(undone.result))
        except Exception as error:  # noqa: BLE001
            said = (type(error).__name__, str(error))
        env.transaction.clear()
    return f"{said} {lines}"


NOISE = re.compile(
    r"<[\d.]+@|0x[0-9a-f]+|\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?"
    r"|\bids?: \[?\d+|'id': \d+|\(\d+,\)|[0-9a-f]{32,}(o\d+)?"
)


def are_alike(answers):
    """Whether answers, by the number that was asked for, differ in that number alone.

    What stands where is compared: a number that happens to be in a text that is always
    there, say in a style sheet, is the same in both, and not the one asked for.
    """
    (asked, first), (other, second) = (
        (str(number), re.split(r"(\d+)", NOISE.sub("~", text)))
        for number, text in answers.items()
    )
    return len(first) == len(second) and all(
        here == there or (here, there) == (asked, other)
        for here, there in zip(first, second, strict=True)
    )


class _Undone(Exception):
    """Ends an attempt that went through, which is undone too."""

    def __init__(self, result):
        super().__init__()
        self.result = result
