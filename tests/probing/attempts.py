"""The ways to try what ``paths`` finds."""

import inspect

from odoo.exceptions import UserError
from odoo.service.model import call_kw

from . import paths
from .granted import FIELD_GROUPS, may, sees
from .judge import Attempt

AGGREGATES = {
    "integer": ("sum", "array_agg"),
    "float": ("sum", "max"),
    "monetary": ("sum",),
    "boolean": ("bool_or",),
    "many2one": ("array_agg", "count_distinct"),
    "date": ("min", "max"),
    "datetime": ("max",),
}
NOWHERE = 10**9
NEWEST = 40
# What a registry is made of is no attempt.
NOT_CALLED = {"init", "flush_model", "invalidate_model"}


def call(model, method, *args, **kwargs):
    """An RPC call, for whatever user the environment is of."""
    return lambda env: call_kw(env[model], method, list(args), dict(kwargs))


def reads(model):
    return lambda groups: may(groups, model)


def sees_field(model, field):
    return lambda groups: sees(groups, model, field)


class Attempts:
    """All attempts in a world; with ``share`` one of so many, in turns by kind of user.

    What is not tried by one user is by the next.
    """

    def __init__(self, world, turn=0, share=1):
        self.world = world
        self.registry = world.env.registry
        self.turn = turn
        self.share = share
        self.passed = 0

    def part(self, name):
        """A share of what one of the methods below finds to try."""
        return self._in_turn(getattr(self, name)())

    def _in_turn(self, attempts, share=None):
        """One of so many, other ones each time, and the same in every run."""
        share = share or self.share
        for attempt in attempts:
            self.passed += 1
            # A prime, so that it is not always the same channel.
            if (self.passed * 7919 // 31 + self.turn) % share == 0:
                yield attempt

    # -- models of ours ------------------------------------------------------

    def on_models(self):
        """Each model of ours as a whole."""
        for model in paths.our_models(self.registry):
            granted = reads(model)
            fields = self._readable(model)
            yield Attempt(
                "read",
                model,
                call(model, "search_read", [], fields),
                granted,
            )
            spec = {name: {} for name in fields}
            for channel, method, args in (
                ("search", "search", [[]]),
                ("count", "search_count", [[]]),
                ("name search", "name_search", []),
                ("web read", "web_search_read", [[], spec]),
                ("web name search", "web_name_search", ["", {"display_name": {}}]),
                ("group-by", "formatted_read_group", [[], ["create_uid"], ["__count"]]),
                ("group-by", "web_read_group", [[], ["create_uid"], ["__count"]]),
                ("export", "export_data", [self._some(model), ["id", "display_name"]]),
            ):
                if channel == "group-by" and "create_uid" not in self._names(model):
                    args = [[], [], ["__count"]]
                    if method == "web_read_group":
                        continue
                yield Attempt(
                    channel, f"{model}.{method}", call(model, method, *args), granted
                )

    def _names(self, model):
        return self.registry[model]._fields

    def _readable(self, model):
        """Fields without groups, so that one that is closed does not close the rest."""
        return [
            name
            for name, field in self._names(model).items()
            if not field.groups and field.type != "binary"
        ]

    def _some(self, model):
        """The records that there are, the newest first: those of this world."""
        newest = self.world.newest
        if model not in newest:
            records = self.world.env[model].sudo().with_context(active_test=False)
            try:
                newest[model] = records.search([], limit=NEWEST, order="id desc").ids
            except UserError:  # a model of core that is no list
                newest[model] = []
        return newest[model]

    def on_fields(self):
        """Each field of each model of ours, through each channel."""
        for model in paths.our_models(self.registry):
            for field in self._names(model).values():
                yield from self._on_field(model, field, reads(model))

    def on_fields_of_core(self):
        """Each field of ours on a model of core, through each channel."""
        for model, fields in paths.our_fields(self.registry).items():
            for field in fields:
                name = self._wanted(model, field.name)
                granted = sees_field(name, field.name) if name else None
                if granted and field.groups is None:
                    granted = None
                yield from self._on_field(model, field, granted)

    def _wanted(self, model, field):
        """The model by which the groups of a field are decided upon."""
        parents = (model, *self.registry[model]._inherits)
        return next((m for m in parents if field in FIELD_GROUPS.get(m, ())), None)

    def _on_field(self, model, field, granted):
        name = field.name
        path = f"{model}.{name}"
        newest = {"limit": NEWEST, "order": "id desc"}
        yield Attempt(
            "read", path, call(model, "search_read", [], [name], **newest), granted
        )
        yield Attempt(
            "web read",
            path,
            call(model, "web_search_read", [], {name: {}}, **newest),
            granted,
        )
        yield Attempt(
            "search",
            path,
            call(model, "search", [(name, "!=", False)], **newest),
            granted,
        )
        yield Attempt(
            "order",
            path,
            call(model, "search", [], limit=NEWEST, order=f"{name}, id"),
            granted,
        )
        yield Attempt(
            "group-by",
            path,
            call(model, "formatted_read_group", [], [name], ["__count"]),
            granted,
        )
        for aggregate in AGGREGATES.get(field.type, ("count",)):
            yield Attempt(
                "aggregate",
                f"{path}:{aggregate}",
                call(model, "formatted_read_group", [], [], [f"{name}:{aggregate}"]),
                granted,
            )
        if some := self._some(model):
            yield Attempt(
                "export", path, call(model, "export_data", some, [name]), granted
            )
        if field.type in ("many2one", "selection"):
            yield Attempt(
                "search panel",
                path,
                call(model, "search_panel_select_range", name),
                None,
            )
        if field.relational:
            dotted = f"{name}.id"
            yield Attempt(
                "dotted domain",
                path,
                call(model, "search", [(dotted, "!=", 0)], **newest),
                granted,
            )

    # -- ways from core ------------------------------------------------------

    def on_roads(self, hops):
        """Domains, groups and orders over dotted paths from models of core to ours."""
        for target, fields in paths.our_fields(self.registry).items():
            closed = [field for field in fields if field.groups]
            for origin, way in paths.roads(self.registry, target, hops):
                # Who may not pass the last step may not however he comes there.
                share = self.share * (1 if len(way) == 1 else 40 ** (len(way) - 1))
                for field in closed:
                    attempts = self._on_road(origin, way, target, field)
                    yield from self._in_turn(attempts, share)

    def _on_road(self, origin, way, target, field):
        owner = self._wanted(target, field.name)
        granted = sees_field(owner, field.name) if owner and field.groups else None
        dotted = ".".join((*way, field.name))
        if field.relational:
            dotted = f"{dotted}.id"
        path = f"{origin}: {dotted}"
        newest = {"limit": NEWEST, "order": "id desc"}
        value = 0 if field.relational else False
        yield Attempt(
            "dotted domain",
            path,
            call(origin, "search", [(dotted, "!=", value)], **newest),
            granted,
        )
        domain = [(field.name, "!=", False)]
        for step in reversed(way):
            domain = [(step, "any", domain)]
        yield Attempt(
            "any domain", path, call(origin, "search", domain, **newest), granted
        )
        dotted = ".".join((*way, field.name))
        yield Attempt(
            "dotted group-by",
            path,
            call(origin, "formatted_read_group", [], [dotted], ["__count"]),
            granted,
        )
        yield Attempt(
            "dotted order",
            path,
            call(origin, "search", [], limit=NEWEST, order=f"{dotted}, id"),
            granted,
        )
        yield Attempt(
            "dotted export",
            path,
            call(origin, "export_data", self._some(origin), [dotted.replace(".", "/")]),
            None,
        )

    # -- everything else in core ---------------------------------------------

    def on_core(self):
        """The newest records of every model, with all fields that the user may see."""
        for model in (
            *paths.core_models(self.registry),
            *paths.our_models(self.registry),
        ):
            yield Attempt("newest records", model, newest_of(model))

    # -- methods -------------------------------------------------------------

    def on_methods(self, methods=None):
        """Public methods, on records of one's own company, of another and on none."""
        for model, name, function in methods or paths.our_methods(self.registry):
            if name in NOT_CALLED:
                continue
            path = f"{model}.{name}"
            writes = not paths.is_readonly(self.registry[model], name)
            for args in self._arguments(function):
                if getattr(function, "_api_model", False):
                    attempt = call(model, name, *args)
                    yield Attempt("method", f"{path}{args}", attempt, None, writes)
                    continue
                for label, ids in self._examples(model).items():
                    yield Attempt(
                        "method",
                        f"{path}{args} on {label}",
                        call(model, name, ids, *args),
                        None,
                        writes,
                    )

    def on_all_methods(self):
        """What core's models bring to ours."""
        methods = []
        for model in paths.our_models(self.registry):
            for name, function in paths.public_methods(self.registry[model]):
                methods.append((model, name, function))
        return self.on_methods(methods)

    def _examples(self, model):
        """Records to call a method on: by what they are, as ids."""
        if model not in self.world.examples:
            self.world.examples[model] = self._look_for_examples(model)
        return self.world.examples[model]

    def _look_for_examples(self, model):
        if self.registry[model]._abstract:
            return {"nothing": []}
        world = self.world
        examples = {"nothing": [], "a missing record": [NOWHERE]}
        for label, planted in (("home", world.home), ("abroad", world.abroad)):
            records = world.env[model].sudo().with_context(active_test=False)
            for name, known in vars(planted).items():
                if getattr(known, "_name", None) == model:
                    examples[f"{label} {name}"] = known.ids
            if not any(key.startswith(label) for key in examples):
                field = next(
                    (f for f in COMPANY if f.split(".")[0] in records._fields), None
                )
                domain = [(field, "=", planted.company.id)] if field else []
                examples[label] = records.search(domain, limit=1).ids
        return examples

    def _arguments(self, function):
        """Harmless and forged arguments for what a method cannot do without."""
        wanted = paths.required(inspect.unwrap(function))
        if not wanted:
            return [()]
        known = paths.words(function)
        choices = []
        for parameter in wanted:
            choices.append(self._guesses(parameter.name, known))
        length = max(map(len, choices))
        return [
            tuple(each[number % len(each)] for each in choices)
            for number in range(length)
        ]

    def _guesses(self, name, known):
        """What an argument of that name may be."""
        home, abroad = self.world.home, self.world.abroad
        if "compan" in name:
            return [home.company.id, abroad.company.id]
        if "domain" in name or name.endswith("s") or name == "args":
            return [[], {}, [home.live.id]]
        if "val" in name or "spec" in name or name == "data":
            return [{}, [{}]]
        if name.endswith("id"):
            return [1, home.live.id, abroad.live.id, home.status.id]
        return [*dict.fromkeys(known), 1, ""] if known else ["", 1, False]


COMPANY = (
    "company_id",
    "measurement_id.company_id",
    "employee_id.company_id",
    "partner_id.company_id",
)


def newest_of(model):
    def run(env):
        fields = [
            name
            for name, field in env[model].fields_get(attributes=["type"]).items()
            if field["type"] not in ("binary",)
        ]
        return call_kw(
            env[model],
            "search_read",
            [[], fields],
            {"limit": NEWEST, "order": "id desc"},
        )

    return run
