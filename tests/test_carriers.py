"""Through nothing that takes a model and a number does one learn what there is.

Models, methods and routes are found by machine (``probing/carriers.py``).
"""

import functools
import inspect
import json
import re
import threading
from collections import Counter
from itertools import permutations
from unittest.mock import patch

from common import PsoCase
from probing import carriers
from probing.granted import ABROAD, KINDS, groups_of
from tally import tell

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

HR = "pso_odoo.group_pso_hr"
READERS = ("target group",)
# Of these every carrier is tried by every kind of user; of the others a share.
DEEP = ("pso.status", "pso.person.line")
SHARE = 15
# For these core goes as superuser where they lead it.
LED = ("portal", "HR officer", "all but the target group")
OVER_HTTP = ("public", "portal", "all but the target group")


class CarrierCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.employee(name="Erika")
        cls.kept = cls.status(cls.person, evidence_state="missing")
        cls.live = cls.measurement()
        locked = cls.measurement(start="2024-01-01", end="2024-12-31")
        locked.action_lock()
        sample = cls.env["pso.sample"].create({"measurement_id": cls.live.id})
        sample.action_draw()
        cls.env["pso.erasure"].create(
            {"employee_id": cls.person.id, "reason": "mistake"}
        )
        importer = cls.env["pso.import"].create({"kind": "status"})
        cls.env["pso.import.line"].create(
            {"import_id": importer.id, "state": "good", "row": 1}
        )
        cls.env["pso.import.column"].create(
            {"import_id": importer.id, "position": 1, "header": "Name"}
        )
        due = {"company_id": cls.company.id, "kind": "ends", "stage": "90"}
        due |= {"date_end": "2025-12-31", "date": "2025-10-02"}
        cls.env["pso.people.reminder"].create(due)
        cls.abroad = cls.create_company("Abroad")
        cls.users = {kind: cls._user(kind) for kind in KINDS if kind not in READERS}
        cls.env.flush_all()
        cls.numbers = dict(cls._numbers())

    @classmethod
    def _user(cls, kind):
        company = cls.abroad if kind == ABROAD else cls.company
        login = f"carrier-{kind.replace(' ', '-')}"
        return cls.user(*groups_of(kind), companies=company, login=login)

    @classmethod
    def _numbers(cls):
        """Of each model about persons a number that is there, and one that is not."""
        for name, model in cls.env.items():
            if model._is_personal and not model._abstract:
                domain = []
                if name == "pso.missing.proof":
                    domain = [("area", "=", "people")]
                [there] = model.search(domain, limit=1, order="id desc").ids
                missing = there + 1000
                assert not model.browse(missing).exists()
                yield name, (there, missing)

    def as_user(self, kind):
        user = self.users[kind]
        context = {"allowed_company_ids": user.company_id.ids}
        return self.env(user=user, su=False, context=context)

    def hidden_from(self, env):
        """The models about persons of which this user may read no record."""
        return [
            name
            for name in self.numbers
            if env.user == self.users[ABROAD] or not env[name].has_access("read")
        ]

    def compare(self, env, call, name, *what):
        self.tried[what[0]] += 2
        self.see(
            {
                number: carriers.answer(env, call, number)
                for number in self.numbers[name]
            },
            (*what, name, env.user.login),
        )

    def see(self, answers, what):
        if not carriers.are_alike(answers):
            words = [set(answer.split()) for answer in answers.values()]
            self.told.append((*what, *(a - b for a, b in permutations(words))))

    def setUp(self):
        super().setUp()
        self.tried, self.told, self.found = Counter(), [], Counter()

    def check(self, part):
        counts = ", ".join(
            f"{self.tried[each]:,} attempts at {number} {each}"
            for each, number in sorted(self.found.items())
        )
        tell(f"carriers {part}: {counts}, {len(self.told)} told")
        self.assertTrue(all(self.tried.values()))
        shown = "\n".join(map(repr, self.told[:20]))
        self.assertFalse(self.told, f"\n{len(self.told)}:\n{shown}")

    def in_turn(self, wanted):
        """Of some models all, of the others one in so many attempts."""
        for position, each in enumerate(wanted):
            for place, name in enumerate(self.numbers):
                if name in DEEP or (position + place) % SHARE == 0:
                    yield each, name


@tagged("post_install", "-at_install")
class TestCarriers(CarrierCase):
    def test_every_kind_of_record_is_there_to_be_asked_for(self):
        self.assertGreaterEqual(len(self.numbers), 10)

    def test_answers_that_differ_are_told_apart(self):
        style = "var(--400) %2F400 ids: [7]"
        for first, second, alike in (
            (f"No record 400 {style}", f"No record 1400 {style}", True),
            (f"No record 400 {style}", f"No access to 1400 {style}", False),
            (f"There are 2 {style}", f"There are 3 {style}", False),
            (style, f"{style} 1400", False),
            (style, style.replace("400", "1400"), True),
        ):
            with self.subTest(first=first, second=second):
                answers = {400: first, 1400: second}
                self.assertEqual(carriers.are_alike(answers), alike)

    def test_fields(self):
        """Records of every model that names a record: made, changed and searched."""
        pairs = list(carriers.field_pairs(self.env))
        self.assertGreater(len(pairs), 20)
        self.found["models"] = len(pairs)
        for kind in self.users:
            env = self.as_user(kind)
            hidden = self.hidden_from(env)
            for (model, pair), name in self.in_turn(pairs):
                # A foreigner in the group may read the model: of his way to records
                # of others the methods of the records themselves say enough.
                if name not in hidden or kind == ABROAD:
                    continue
                for su in (False, True)[: 1 + (kind in LED)]:
                    records = env(su=su)[model]
                    for way in (carriers.make, carriers.find, carriers.change):
                        call = functools.partial(way, self.env, records, pair, name)
                        self.compare(env, call, name, "models", model, way.__name__, su)
        self.check("fields")

    def test_methods(self):
        """Public methods of every model of core that take a model and a number."""
        found = list(carriers.methods(self.env))
        self.assertGreater(len(found), 5)
        self.found["methods"] = len(found)
        for kind in self.users:
            env = self.as_user(kind)
            hidden = self.hidden_from(env)
            for (model, method, parameters), name in self.in_turn(found):
                if name in hidden:
                    call = functools.partial(
                        carriers.call, env[model], method, parameters, name
                    )
                    self.compare(env, call, name, "methods", model, method)
        self.check("methods")

    def test_own_methods(self):
        """Every public method of the records themselves."""
        for kind in self.users:
            env = self.as_user(kind)
            for name in self.hidden_from(env):
                own = list(carriers.own_methods(env[name]))
                self.found["own methods"] = max(self.found["own methods"], len(own))
                for position, (method, parameters) in enumerate(own):
                    if name in DEEP or position % SHARE == 0:
                        call = functools.partial(
                            carriers.call_on, env[name], method, parameters, name
                        )
                        self.compare(env, call, name, "own methods", method)
        self.check("own methods")


@tagged("post_install", "-at_install")
class TestLedInAnotherCompany(PsoCase):
    """What core reads as superuser for members of the target group of two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept = cls.status(cls.employee(name="Erika"))
        cls.abroad = cls.create_company("Abroad")
        cls.here = cls.user(HR)
        cls.there = cls.user(HR, companies=cls.abroad)
        # With the other company's alone there would be nothing to leave out.
        foreign = cls.env["hr.employee"].with_company(cls.abroad)
        other = foreign.create({"name": "Abroad", "company_id": cls.abroad.id})
        cls.status(other)

    def file(self, user, number):
        values = {"name": "Decision", "res_model": "pso.status", "res_id": number}
        return self.env["ir.attachment"].with_user(user).sudo().create(values)

    def found(self, user, file):
        """Whether it is found, is there, and is read."""
        self.env.invalidate_all()
        files = self.env["ir.attachment"].with_user(user).sudo()
        return (
            files.search([("id", "=", file.id)]).ids == file.ids,
            files.browse(file.id).exists().ids == file.ids,
        )

    def test_files_of_a_company_are_for_who_is_in_it(self):
        file = self.file(self.here, self.kept.id)
        self.assertEqual(self.found(self.here, file), (True, True))
        self.assertEqual(self.found(self.there, file), (False, False))

    def test_a_company_that_is_not_switched_on_is_no_obstacle(self):
        file = self.file(self.here, self.kept.id)
        self.there.sudo().company_ids |= self.company
        self.assertEqual(self.found(self.there, file), (True, True))

    def test_what_is_uploaded_and_not_saved_is_his_who_did(self):
        for number in (False, 0):
            file = self.file(self.there, number)
            with self.subTest(number=number):
                self.assertEqual(self.found(self.there, file), (True, True))
                self.assertEqual(self.found(self.here, file), (False, False))


@tagged("post_install", "-at_install")
class TestRoutes(HttpCase, CarrierCase):
    def routes(self):
        """``(url, kind, parameters)`` of each route that takes a model and a number."""
        thread = threading.current_thread()
        with patch.object(thread, "dbname", self.env.cr.dbname, create=True):
            routing = self.env["ir.http"].routing_map()
        for rule in routing.iter_rules():
            endpoint = rule.endpoint
            names = set(inspect.signature(endpoint.original_endpoint).parameters)
            names = (names | rule.arguments) - {"self"}
            takes_model = any(carriers.MODEL_LIKE.search(name) for name in names)
            takes_number = any(carriers.NUMBER_LIKE.search(name) for name in names)
            if takes_model and takes_number:
                yield rule, endpoint.routing["type"], names

    def url_and_data(self, rule, names, name, number):
        data = {}
        for each in names:
            if carriers.MODEL_LIKE.search(each):
                data[each] = name
            elif carriers.NUMBER_LIKE.search(each):
                data[each] = [number] if each.endswith("s") else number
        url = rule.rule
        for argument in rule.arguments:
            value = data.pop(argument, None)
            if isinstance(value, list):
                value = value[0]
            default = {"field": "create_uid", "filename": "x", "converter": "html"}
            value = value if value is not None else default.get(argument, "x")
            url = re.sub(rf"<[^<>]*\b{argument}>", str(value), url)
        return url, data

    def ask(self, rule, kind, names, name, number):
        url, data = self.url_and_data(rule, names, name, number)
        data.update(self.more(names))
        if kind == "jsonrpc":
            body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": data}
            response = self.url_open(
                url, data=json.dumps(body), headers={"Content-Type": "application/json"}
            )
            text = response.text
            if "json" in response.headers.get("Content-Type", ""):
                error = response.json().get("error", {}).get("data", {})
                text = str(error.get("message") or response.json().get("result"))
        else:
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            data["csrf_token"] = http.Request.csrf_token(self)
            response = self.opener.request(
                method,
                self.base_url() + url,
                timeout=60,
                allow_redirects=False,
                **({"params": data} if method == "GET" else {"data": data}),
            )
            text = re.sub(
                r"csrf_token[^,;>]*|unique=\w+|[0-9a-f]{40}o\d+", "", response.text
            )
        location = response.headers.get("Location", "")
        return f"{response.status_code} {location} {text}"

    def more(self, names):
        """What some routes want beside."""
        more = {
            "post_data": {"body": "x"},
            "request_list": ["messages", "followers", "attachments"],
            "method": "read",
            "args": [[]],
            "kwargs": {},
            "content": "x",
        }
        return {name: value for name, value in more.items() if name in names}

    @mute_logger("odoo.http")
    def test_routes(self):
        routes = list(self.routes())
        self.assertGreater(len(routes), 10)
        self.found["routes"] = len(routes)
        for kind in OVER_HTTP:
            user = self.users[kind]
            login = None if kind == "public" else user.login
            self.authenticate(login, login)
            hidden = self.hidden_from(self.as_user(kind))
            for position, (rule, type_, names) in enumerate(routes):
                for place, name in enumerate(self.numbers):
                    if name not in hidden or (
                        name != "pso.status" and (position + place) % (2 * SHARE)
                    ):
                        continue
                    self.tried["routes"] += 2
                    said = {
                        number: self.ask(rule, type_, names, name, number)
                        for number in self.numbers[name]
                    }
                    self.see(said, (rule.rule, name, kind))
        self.check("routes")

    @mute_logger("odoo.http")
    def test_calls_of_the_client(self):
        """What the web client and its URLs ask of a record."""
        calls = (
            *("read", "web_read", "exists", "check_access", "has_access"),
            *("get_metadata", "get_formview_action", "get_formview_id", "copy"),
            *("unlink", "onchange", "read_progress_bar", "name_search", "export_data"),
        )
        given = {
            "read": [["display_name"]],
            "web_read": [{"display_name": {}}],
            "check_access": ["read"],
            "has_access": ["read"],
            "onchange": [{}, [], {"display_name": {}}],
            "export_data": [["display_name"]],
        }
        self.found["calls"] = len(calls)
        for kind in OVER_HTTP[1:]:
            user = self.users[kind]
            self.authenticate(user.login, user.login)
            for name in DEEP:
                for method in calls:
                    self.tried["calls"] += 2
                    said = {
                        number: self.make_call(
                            name, method, [[number], *given.get(method, [])]
                        )
                        for number in self.numbers[name]
                    }
                    self.see(said, (method, name, kind))
        self.check("calls")

    def make_call(self, model, method, args):
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "id": 1, "params": params}),
            headers={"Content-Type": "application/json"},
        )
        answer = response.json()
        error = answer.get("error", {}).get("data", {})
        return f"{error.get('name')} {error.get('message')} {answer.get('result')}"
