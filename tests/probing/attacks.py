"""Ways around: files, chatter, activities, imports, forged contexts and values."""

import re
from pathlib import Path

from odoo.service.model import call_kw

from odoo.addons import pso_odoo

from . import paths
from .attempts import NEWEST, NOWHERE, call, reads
from .granted import may, sees
from .judge import Attempt, plain

CONTEXT_KEYS = re.compile(r"context(?:\.get\(|\[)\s*[\"'](\w+)")
# What a caller may put into any context, in the hope that somebody heeds it.
FORGED = {"su": True, "sudo": True, "uid": 1, "active_test": False, "bin_size": True}


class Attacks:
    """What one tries who knows Odoo well."""

    def __init__(self, world):
        self.world = world
        self.registry = world.env.registry
        home, abroad = world.home, world.abroad
        self.files = {
            "proof": home.status.attachment_ids,
            "loose proof": home.loose,
            "certificate": home.certificate.attachment_ids,
            "proof abroad": abroad.status.attachment_ids,
            "certificate abroad": abroad.certificate.attachment_ids,
        }

    def __iter__(self):
        yield from self.on_files()
        yield from self._stolen_files()
        yield from self._references()
        yield from self.searched_as_superuser()
        yield from self.led_as_superuser()
        yield from self._forged_contexts()
        yield from self._forged_values()
        yield from self._imports()
        yield from self._talk()

    # -- files ---------------------------------------------------------------

    def on_files(self):
        for label, file in self.files.items():
            path = f"ir.attachment {label}"
            for method, args in (
                ("read", [["name", "raw", "datas", "checksum", "index_content"]]),
                ("export_data", [["name", "res_id"]]),
                ("copy", []),
                ("generate_access_token", []),
                ("web_read", [{"name": {}, "datas": {}, "res_name": {}}]),
            ):
                yield Attempt(
                    "attachment",
                    f"{path} {method}",
                    call("ir.attachment", method, file.ids, *args),
                )
            for field in ("checksum", "name", "file_size", "index_content"):
                known = file.sudo()[field]
                yield Attempt(
                    "attachment",
                    f"{path} search by {field}",
                    call(
                        "ir.attachment",
                        "search",
                        [(field, "=", known), ("id", "!=", 0)],
                    ),
                )
            for values in (
                {"res_model": "res.partner", "res_id": self.world.home.partner.id},
                {"public": True},
                {"name": "taken"},
            ):
                yield Attempt(
                    "attachment",
                    f"{path} write {values}",
                    call("ir.attachment", "write", file.ids, values),
                    writes=True,
                )
        for domain in (
            [("res_model", "=", "pso.status")],
            [("res_model", "like", "pso."), ("res_id", ">", 0)],
            [("res_model", "like", "pso."), ("res_id", "=", 0)],
            [("res_field", "!=", False), ("res_model", "like", "pso.")],
        ):
            yield Attempt(
                "attachment",
                f"ir.attachment {domain}",
                call("ir.attachment", "search", domain),
            )
            yield Attempt(
                "attachment",
                f"ir.attachment grouped {domain}",
                call(
                    "ir.attachment",
                    "formatted_read_group",
                    domain,
                    ["res_model"],
                    ["__count"],
                ),
            )

    def _stolen_files(self):
        """Take a file to a record that one may read, and read it there."""
        home = self.world.home
        for label, file in self.files.items():
            for record, field in (
                (home.certificate, "attachment_ids"),
                (home.status, "attachment_ids"),
            ):
                yield Attempt(
                    "attachment",
                    f"{label} linked to {record._name}",
                    self._then_read(record, {field: [(4, file.id)]}, file),
                    lambda groups, model=record._name: may(groups, model, "w"),
                )
            yield Attempt(
                "chatter",
                f"{label} posted",
                self._post_with(file),
                reads("pso.measurement"),
            )

    def _then_read(self, record, values, file):
        def run(env):
            call_kw(env[record._name], "write", [record.ids, values], {})
            return env["ir.attachment"].browse(file.id).read(["name", "raw"])

        return run

    def _post_with(self, file):
        def run(env):
            measurement = env["pso.measurement"].browse(self.world.home.live.id)
            message = measurement.message_post(body="x", attachment_ids=file.ids)
            return plain(message.attachment_ids.read(["name", "raw"]))

        return run

    # -- rows that point at ours -----------------------------------------------

    def _references(self):
        """A row of core that points at a record of ours, and tells its name."""
        targets = [
            self.world.home.status,
            self.world.abroad.live,
            self.world.abroad.status,
        ]
        for model in paths.core_models(self.registry):
            fields = self.registry[model]._fields.values()
            for field in fields:
                for record in targets:
                    if field.type == "many2one_reference" and field.model_field:
                        values = self._pointing(model, field, record)
                    elif field.type == "reference":
                        values = {field.name: f"{record._name},{record.id}"}
                    else:
                        continue
                    yield Attempt(
                        "reference",
                        f"{model}.{field.name} to {record._name}",
                        self._create_and_read(model, values),
                    )

    def _pointing(self, model, field, record):
        values = {field.name: record.id}
        owner = self.registry[model]._fields[field.model_field]
        if owner.related and len(owner.related.split(".")) == 2:
            owner = self.registry[model]._fields[owner.related.split(".")[0]]
        if owner.relational:
            values[owner.name] = self.world.env["ir.model"]._get(record._name).id
        else:
            values[owner.name] = record._name
        return values

    def _create_and_read(self, model, values):
        def run(env):
            needed = {
                name: "x"
                for name, field in env[model]._fields.items()
                if field.required and field.type in ("char", "text", "html")
            }
            record = env[model].create(needed | values)
            names = [
                name
                for name, field in record.fields_get(attributes=["type"]).items()
                if field["type"] not in ("binary",)
            ]
            found = record.read(names)[0]
            hidden = set(needed) | {"id", "display_name", "name"}
            return {k: v for k, v in found.items() if k not in hidden}

        return run

    # -- what core searches as superuser ------------------------------------------

    def searched_as_superuser(self):
        """What core searches as superuser, on the way to a status and to a secret.

        Every field that is searched by a method, and files.
        """
        to_employee = {
            "hr.employee": "",
            "res.partner": "employee_ids.",
            "res.users": "employee_ids.",
            "hr.version": "employee_id.",
            "hr.department": "member_ids.",
            "resource.resource": "employee_id.",
        }
        to_company = {
            "res.company": "",
            "res.partner": "ref_company_ids.",
            "res.users": "company_id.",
        }
        to_version = {way: f"{step}version_ids." for way, step in to_employee.items()}
        to_version["hr.version"] = ""
        files = [("ir.attachment", "company_id"), ("ir.attachment", "create_uid")]
        searched = [
            (model, field.name)
            for model in paths.core_models(self.registry)
            for field in self.registry[model]._fields.values()
            if field.search
        ]
        for steps, owner, field, to_value, value in (
            (to_employee, "hr.employee", "pso_status_ids", ".group_id.code", "wajong"),
            (to_version, "hr.version", "pso_counts", "", False),
            (to_company, "res.company", "pso_secret", "", "0"),
        ):
            for model, name in searched + files:
                step = steps.get(self.registry[model]._fields[name].comodel_name)
                if step is not None:
                    way = f"{name}.{step}{field}"
                    domain = [(f"{way}{to_value}", "=", value)]
                    yield Attempt(
                        "searched as superuser",
                        f"{model}: {way}",
                        call(model, "search", domain, limit=NEWEST, order="id desc"),
                        lambda groups, owner=owner, field=field: sees(
                            groups, owner, field
                        ),
                    )

    def led_as_superuser(self):
        """What fields made by hand read, by any path: messages, activities and files.

        Of all that names a record by model and number, what names records of persons.
        """
        carrier = self.world.env["pso.carrier"]
        models = {model for model, _field, _number in carrier._pairs()}
        for model in sorted(models):
            for field in sorted(carrier._names_in(model)):
                of_persons = [(field, "in", list(carrier._personal()))]
                ids = self.world.env[model].search(of_persons).ids
                for method, args in (
                    ("search_read", [of_persons, ["display_name"]]),
                    ("search_count", [of_persons]),
                    ("formatted_read_group", [of_persons, [field], ["__count"]]),
                    ("name_search", ["", of_persons]),
                ):
                    yield Attempt(
                        "led as superuser",
                        f"{model} {method}",
                        led(model, method, *args),
                    )
                for method in ("exists", "display_name", "read"):
                    yield Attempt(
                        "led as superuser",
                        f"{model} {ids} {method}",
                        led_to(model, ids, method),
                    )

    # -- forged contexts and values ----------------------------------------------

    def _forged_contexts(self):
        home, abroad = self.world.home.company.id, self.world.abroad.company.id
        contexts = [
            {"allowed_company_ids": [home, abroad]},
            {"allowed_company_ids": [abroad]},
            {"company_id": abroad, "default_company_id": abroad},
            FORGED,
            {key: True for key in sorted(context_keys())},
        ]
        for model in paths.our_models(self.registry):
            for number, context in enumerate(contexts):
                yield Attempt(
                    "forged context",
                    f"{model} {number}",
                    call(model, "search_read", [], ["display_name"], context=context),
                    reads(model),
                )
        for model, method in (
            ("hr.employee", "search_read"),
            ("hr.version", "search_read"),
        ):
            for number, context in enumerate(contexts):
                for field in self.registry[model]._fields:
                    if field.startswith("pso_"):
                        yield Attempt(
                            "forged context",
                            f"{model}.{field} {number}",
                            call(
                                model,
                                method,
                                [],
                                [field],
                                limit=NEWEST,
                                context=context,
                            ),
                        )

    def _forged_values(self):
        """Figures over days, companies and records that one may not choose."""
        home, abroad = self.world.home, self.world.abroad
        figures = (
            "direct_fte",
            "direct_percentage",
            "ladder",
            "next_step",
            "check_ids",
        )
        known = [n for n in figures if n in self.registry["pso.measurement"]._fields]
        spec = {name: {} for name in known}
        for label, ids, values in (
            ("new", [], {"date_start": "2025-01-01", "date_end": "2025-03-31"}),
            ("new abroad", [], {"company_id": abroad.company.id}),
            ("own", home.live.ids, {"date_end": "2025-03-31"}),
            ("abroad", abroad.live.ids, {"date_end": "2025-03-31"}),
        ):
            yield Attempt(
                "onchange",
                f"pso.measurement {label}",
                call("pso.measurement", "onchange", ids, values, [*values], spec),
                reads("pso.measurement"),
            )
        for label, values in (
            ("of abroad", {"company_id": abroad.company.id}),
            (
                "over abroad",
                {"company_ids": [(6, 0, [home.company.id, abroad.company.id])]},
            ),
        ):
            yield Attempt(
                "create",
                f"pso.measurement {label}",
                self._measure(values),
                lambda groups: False,
            )
        for model in paths.our_models(self.registry):
            yield Attempt(
                "onchange",
                f"{model} new",
                call(model, "onchange", [], {}, [], {"display_name": {}}),
                None,
            )
            yield Attempt(
                "name create",
                model,
                call(model, "name_create", "x"),
                # What has no name is not made, and says so to everybody.
                (lambda groups, model=model: may(groups, model, "c"))
                if self.registry[model]._rec_name
                else None,
                writes=True,
            )
            yield Attempt(
                "copy",
                model,
                call(model, "copy", [self._any(model)]),
                lambda groups, model=model: may(groups, model, "c"),
                writes=True,
            )

    def _any(self, model):
        record = self.world.env[model].sudo().search([], limit=1, order="id desc")
        return record.id or NOWHERE

    def _measure(self, values):
        names = ["direct_fte", "total_fte"]
        case = self.world

        def run(env):
            measurement = env["pso.measurement"].create(
                {
                    "company_id": case.home.company.id
                    if env.company == case.home.company
                    else case.abroad.company.id,
                    "date_start": "2025-01-01",
                    "date_end": "2025-12-31",
                    **self._foreign(env, values),
                }
            )
            return measurement.read(names)

        return run

    def _foreign(self, env, values):
        """These values, with the company that is not the user's."""
        home, abroad = self.world.home.company.id, self.world.abroad.company.id
        if env.company.id == abroad and "company_id" in values:
            return {"company_id": home}
        return values

    # -- imports -------------------------------------------------------------

    def _imports(self):
        for model in paths.our_models(self.registry):
            yield Attempt(
                "import",
                f"{model}.load",
                call(model, "load", [".id"], [[str(self._any(model))]]),
                None,
                writes=True,
            )
            yield Attempt(
                "import",
                f"base_import {model}",
                self._base_import(model),
                None,
                writes=True,
            )

    def _base_import(self, model):
        def run(env):
            wizard = env["base_import.import"].create(
                {
                    "res_model": model,
                    "file": b"display_name,id\nx,__import__.x\n",
                    "file_type": "text/csv",
                    "file_name": "x.csv",
                }
            )
            options = {"quoting": '"', "separator": ",", "has_headers": True}
            return wizard.execute_import(["display_name", "id"], ["a", "b"], options)

        return run

    # -- chatter, activities, notifications ------------------------------------

    def _talk(self):
        world = self.world
        for label, planted in (("home", world.home), ("abroad", world.abroad)):
            for record in (planted.live, planted.locked):
                ids = record.ids
                path = f"pso.measurement {label}"
                foreign = planted is world.abroad
                granted = None if foreign else reads("pso.measurement")
                yield Attempt(
                    "chatter",
                    f"{path} message_post",
                    call("pso.measurement", "message_post", ids, body="x"),
                    granted,
                    writes=True,
                )
                yield Attempt(
                    "chatter",
                    f"{path} messages",
                    call(
                        "mail.message",
                        "search_read",
                        [("model", "=", "pso.measurement"), ("res_id", "in", ids)],
                        ["body", "record_name", "tracking_value_ids"],
                    ),
                )
                yield Attempt(
                    "chatter",
                    f"{path} followers",
                    call(
                        "mail.followers",
                        "search_read",
                        [("res_model", "=", "pso.measurement"), ("res_id", "in", ids)],
                        ["partner_id", "display_name"],
                    ),
                )
                yield Attempt(
                    "chatter",
                    f"{path} subscribe",
                    call(
                        "pso.measurement",
                        "message_subscribe",
                        ids,
                        planted.partner.ids,
                    ),
                    granted,
                    writes=True,
                )
        for model in paths.our_models(self.registry):
            yield Attempt(
                "activity",
                model,
                self._activity(model),
                lambda groups, model=model: may(groups, model, "rw"),
            )
        for channel in ("pso", "broadcast"):
            yield Attempt(
                "bus",
                channel,
                call("bus.bus", "search_read", [("channel", "like", channel)]),
            )

    def _activity(self, model):
        res_id = self._any(model)
        model_id = self.world.env["ir.model"]._get(model).id

        def run(env):
            activity = env["mail.activity"].create(
                {"res_model_id": model_id, "res_id": res_id, "summary": "x"}
            )
            return activity.read(["res_name", "summary"])[0]["res_name"]

        return run


def led(model, method, *args):
    """What core calls as superuser for a user."""
    return lambda env: getattr(env(su=True)[model], method)(*args)


def led_to(model, ids, method):
    """What core reads as superuser of records that a user has named."""

    def run(env):
        records = env(su=True)[model].browse(ids)
        if method == "display_name":
            return records.mapped("display_name")
        return getattr(records, method)()

    return run


def context_keys():
    """The keys that the addon looks for in a context."""
    found = set()
    for path in Path(pso_odoo.__path__[0]).rglob("*.py"):
        found.update(CONTEXT_KEYS.findall(path.read_text()))
    return found
