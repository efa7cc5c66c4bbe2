"""Values of a wrong type are refused in words, and stay out of the log.

Made by machine: every field of every model of ours, by writing and by asking.
"""

import json
import logging
from contextlib import contextmanager

from tally import tell
from test_access import ACCESS, AccessCase

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged

WORD = "Zeisig"
HUGE = 2**70
LISTS = ([WORD], {"name": WORD}, ({WORD: 1},))
NUMBERS = (WORD, "12", float("nan"), *LISTS)
DATES = (WORD, "2025-13-45", 5, 2.5, *LISTS)
COMMANDS = (
    WORD,
    5,
    {"id": 1},
    [[WORD]],
    [[Command.CREATE, 0, WORD]],
    [[Command.CREATE, 0, {WORD: 1}]],
    [[Command.LINK, WORD]],
    [[Command.SET, 0, WORD]],
    [[Command.SET, 0, [WORD]]],
    [[9, 0, 0]],
)
TEXTS = (5, 2.5, True, f"{WORD}\0", *LISTS)
# What no field of a type takes.
WRONG = {
    "integer": (*NUMBERS, 1.5, HUGE, 2**40),
    "float": (*NUMBERS, float("inf"), 1e300),
    "monetary": (*NUMBERS, float("-inf"), 1e300),
    "boolean": (WORD, 7, 1.5, *LISTS),
    "date": DATES,
    "datetime": DATES,
    "char": TEXTS,
    "text": TEXTS,
    "html": TEXTS,
    "selection": (WORD, 5, f"{WORD}\0", *LISTS),
    "many2one": (WORD, -1, 1.5, True, HUGE, *LISTS),
    "one2many": COMMANDS,
    "many2many": COMMANDS,
    "binary": (5, f"{WORD}\0", *LISTS),
}
# What no field of a type can be held against.
ODD = {
    "integer": (WORD, [WORD], {"a": WORD}, float("nan")),
    "float": (WORD, [WORD], {"a": WORD}, float("inf")),
    "monetary": (WORD, [WORD], {"a": WORD}),
    "boolean": (WORD, [WORD], {"a": WORD}),
    "date": (WORD, [WORD], {"a": WORD}, 5, "2025-13-45"),
    "datetime": (WORD, [WORD], {"a": WORD}, 5),
    "char": (f"{WORD}\0", {"a": WORD}, 5),
    "text": (f"{WORD}\0", {"a": WORD}),
    "selection": (5, {"a": WORD}, f"{WORD}\0"),
    "many2one": ({"a": WORD}, 1.5, f"{WORD}\0"),
}
DOMAINS = (
    WORD,
    5,
    [WORD],
    [5],
    [[WORD]],
    [[WORD, "=", 1]],
    [["id", WORD, 1]],
    ["&"],
    ["&", ["id", "=", 1]],
    {"a": WORD},
    [["id", "=", WORD]],
    [["id", "in", WORD]],
    [["id", "in", [WORD]]],
)


class Heard(logging.Handler):
    """What is logged at INFO or above, with whatever it is logged with."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record):
        self.lines.append(self.format(record))


@contextmanager
def heard():
    handler, root = Heard(), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("odoo", "odoo.sql_db")}
    disabled = logging.root.manager.disable
    logging.disable(logging.NOTSET)
    root.addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.INFO)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        logging.disable(disabled)


class TypesCase(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = ["base.group_user", "base.group_system", "hr.group_hr_manager"]
        ours = [f"pso_odoo.group_pso_{name}" for name in ("hr", "manager", "purchase")]
        cls.everything = new_test_user(
            cls.env,
            login="pso-types",
            groups=",".join([*groups, *ours]),
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.tried = 0

    def assertInWords(self, attempt):
        """Refused by an error for users, that has nothing of the values in it."""
        self.tried += 1
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            with heard() as lines:
                attempt()
                self.env.flush_all()
        except UserError as error:
            self.assertNotIn(WORD, str(error))
        except Exception as error:  # noqa: BLE001 -- it is what is looked for
            self.fail(f"{type(error).__name__}: {error}")
        else:
            self.fail("That was taken")
        finally:
            self.env.transaction.clear()
            savepoint.close(rollback=True)
        self.assertNotIn(WORD, "\n".join(lines))


@tagged("post_install", "-at_install")
class TestTypes(TypesCase):
    def test_what_is_written(self):
        """Every field of every model that somebody writes, by every way of writing."""
        for model in ACCESS:
            records = self.env[model].with_user(self.everything)
            ways = [op for op in ("create", "write") if records.has_access(op)]
            record = records.sudo(False).search([], limit=1) if ways else records
            for field in records._fields.values():
                if field.name in ("id", "create_uid", "write_uid"):
                    continue
                for value in WRONG.get(field.type, ()):
                    with self.subTest(field=str(field), value=repr(value)):
                        self.try_value(records, record, ways, {field.name: value})
        tell(f"wrong types: {self.tried} values written, none logged")
        self.assertGreater(self.tried, 5000)

    def try_value(self, records, record, ways, vals):
        [(name, value)] = vals.items()
        if "create" in ways:
            self.assertInWords(lambda: records.create(vals))
        if "create" in ways and isinstance(value, (str, int)):
            self.assertInWords(lambda: records.create([{}, vals]))
            # A form shows a line with the record that it belongs to.
            if not (isinstance(value, dict) and records._fields[name].relational):
                self.assertInWords(lambda: records.onchange(vals, [name], {name: {}}))
            default = records.with_context(**{f"default_{name}": value})
            self.assertInWords(lambda: default.create({}))
            self.assertInWords(lambda: default.default_get([name]))
        if "write" in ways and record:
            self.assertInWords(lambda: record.write(vals))
        if "write" in ways and record and isinstance(value, (str, int)):
            self.assertInWords(lambda: record.web_save(vals, {}))

    def test_fields_that_are_not_there(self):
        for model in ACCESS:
            records = self.env[model].with_user(self.everything)
            if records.has_access("create"):
                for values in ({WORD: WORD}, WORD, 5, [WORD], [[WORD]]):
                    with self.subTest(model=model, values=values):
                        self.assertInWords(lambda r=records, v=values: r.create(v))

    def test_what_is_asked(self):
        """Filters on every field, and filters, pages and groups that are none."""
        for model in ACCESS:
            records = self.env[model].with_user(self.everything)
            if not records.has_access("read"):
                continue
            for domain in DOMAINS:
                with self.subTest(model=model, domain=repr(domain)):
                    self.try_domain(records, domain)
            for field in records._fields.values():
                for value in (
                    ODD.get(field.type, ()) if field._description_searchable else ()
                ):
                    for operator in ("=", "!=", "in", "<"):
                        if operator == "in" and not isinstance(value, list):
                            value = [value]
                        with self.subTest(field=str(field), op=operator, v=repr(value)):
                            self.try_domain(records, [(field.name, operator, value)])
            with self.subTest(model):
                self.try_pages(records)
        tell(f"wrong types: {self.tried} questions, none logged")
        self.assertGreater(self.tried, 5000)

    def try_domain(self, records, domain):
        self.assertInWords(lambda: records.search(domain))
        if domain in DOMAINS:
            self.assertInWords(lambda: records.search_count(domain))
            self.assertInWords(
                lambda: records.formatted_read_group(domain, [], ["__count"])
            )

    def try_pages(self, records):
        for options in (
            {"limit": WORD},
            {"limit": -1},
            {"limit": [1]},
            {"limit": HUGE},
            {"offset": WORD},
            {"offset": -1},
            {"order": f"{WORD} desc"},
            {"order": f"id {WORD}"},
            {"order": 5},
            {"order": [WORD]},
        ):
            self.assertInWords(lambda o=options: records.search([], **o))
        for groupby, aggregates in (([WORD], []), ([5], []), ([], [f"{WORD}:sum"])):
            self.assertInWords(
                lambda g=groupby, a=aggregates: records._read_group([], g, a)
            )
        for ids in ([WORD], WORD, [1.5], [None, WORD], [True], [[1]], [{"a": 1}]):
            self.assertInWords(lambda i=ids: records.browse(i).read(["display_name"]))

    def test_the_right_ones_are_taken(self):
        """The refusals are of the values: each has a neighbour that is taken."""
        status = self.a_status.with_user(self.everything)
        for vals in (
            {"date_start": "2024-01-01"},
            {"date_end": False},
            {"is_zero_hours": True},
            {"group_id": self.ref("group_wia").id},
            {"attachment_ids": [[Command.CLEAR, 0, 0]]},
            {"legal_basis": "consent"},
        ):
            with self.subTest(vals):
                self.assertTrue(status.write(vals))
        for domain in (
            [("date_start", ">", "today -1y")],
            [("date_start", "=", "2024-01-01")],
            [("date_start.month_number", "=", 1)],
            [("employee_id", "ilike", "secret")],
            [("employee_id.name", "=", "Secret Person")],
            [("company_id", "any", [("id", "=", self.company.id)])],
            [("id", "in", status.ids)],
        ):
            with self.subTest(domain):
                self.assertTrue(status.search_count(domain) >= 0)

    def test_methods_of_ours(self):
        """Those that are told something: periods, parts, companies."""
        dashboard = self.env["pso.dashboard"].with_user(self.everything)
        setup = self.env["pso.setup"].with_user(self.everything)
        for value in (WORD, [WORD], {"a": WORD}, 1.5, HUGE, f"{WORD}\0"):
            with self.subTest(repr(value)):
                for ask in (dashboard.retrieve, dashboard.retrieve_details):
                    self.assertInWords(lambda v=value, ask=ask: ask(v))
                    self.assertInWords(lambda v=value, ask=ask: ask(False, v))
                self.assertInWords(lambda v=value: dashboard.open(v))
                self.assertInWords(lambda v=value: dashboard.open("total", v))
                self.assertInWords(lambda v=value: dashboard.open("setup", False, 0, v))
                if value != HUGE:
                    self.assertInWords(
                        lambda v=value: dashboard.open("check", False, False, v)
                    )
                self.assertInWords(lambda v=value: setup.close(v))


@tagged("post_install", "-at_install")
class TestTypesOverHttp(TypesCase, HttpCase):
    def test_a_sample_by_rpc(self):
        """By the web client's route and by JSON-2: never an error of the server."""
        self.authenticate("pso-types", "pso-types")
        calls = (
            ("pso.status", "create", [[{"employee_id": WORD}]], {}),
            ("pso.status", "write", [self.a_status.ids, {"employee_id": WORD}], {}),
            ("pso.status", "write", [self.a_status.ids, {"date_start": WORD}], {}),
            ("pso.status", "write", [[WORD], {"date_start": False}], {}),
            ("pso.status", "read", [[WORD], ["display_name"]], {}),
            (
                "pso.check",
                "search_read",
                [[["count", "=", WORD]], ["display_name"]],
                {},
            ),
            ("pso.check", "search_count", [[["shown_count", ">", WORD]]], {}),
            ("pso.check", "formatted_read_group", [[], [f"{WORD}:{WORD}"], []], {}),
            (
                "pso.status",
                "formatted_read_group",
                [[], [f"date_start:{WORD}"], []],
                {},
            ),
            ("pso.status", "web_search_read", [[]], {"specification": WORD}),
            ("pso.status", "fields_get", [5], {"attributes": 5}),
            ("pso.dashboard", "retrieve", [[WORD]], {}),
            ("pso.dashboard", "retrieve_details", [[WORD]], {}),
            ("pso.dashboard", "retrieve", [], {"unknown": WORD}),
        )
        for model, method, args, kwargs in calls:
            with self.subTest(model=model, method=method, args=str(args)):
                with heard() as lines, self.assertRaises(JsonRpcException) as caught:
                    self.make_jsonrpc_request(
                        f"/web/dataset/call_kw/{model}/{method}",
                        {
                            "model": model,
                            "method": method,
                            "args": args,
                            "kwargs": kwargs,
                        },
                    )
                self.assertIn("odoo.exceptions", str(caught.exception))
                self.assertNotIn(WORD, "\n".join(lines))

    def test_a_sample_by_json2(self):
        key = self.env["res.users.apikeys"].with_user(self.everything)
        token = key._generate("rpc", "test", None)
        for model, method, values in (
            ("pso.status", "create", {"vals_list": [{"employee_id": WORD}]}),
            ("pso.check", "search_count", {"domain": [["shown_count", "=", WORD]]}),
            ("pso.dashboard", "retrieve", {"period": [WORD]}),
        ):
            with self.subTest(model=model, method=method), heard() as lines:
                answer = self.url_open(
                    f"/json/2/{model}/{method}",
                    data=json.dumps(values),
                    headers={
                        "Authorization": f"Bearer {token}",
                        "Content-Type": "application/json",
                    },
                )
                self.assertNotEqual(answer.status_code, 500)
                self.assertGreaterEqual(answer.status_code, 400)
                self.assertNotIn(WORD, answer.text)
                self.assertNotIn(WORD, "\n".join(lines))
