"""The same over the wire: JSON-2, the old RPC, the web client's own, and downloads."""

import json
import re
import xmlrpc.client
from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.tests import get_db_name

from . import paths
from .attempts import NOWHERE, reads
from .granted import HR, MANAGER, WORKBOOK, sees
from .judge import Attempt

# What differs from one page to the next and says nothing.
PAGE_NOISE = re.compile(
    r"csrf_token: \"[^\"]+\"|name=\"csrf_token\" value=\"[^\"]+\"|[0-9a-f]{40}o\d+"
    r"|/web/assets/[^\"']+|unique=[^\"'&]+|\"id\": null"
)
REFUSED = (401, 403, 404)
# By which the same address gives more, to who may see names.
QUERIES = {"workbook": ("", "?names=1"), "bundle": ("", "?people=1")}


class Client:
    """A kind of user with a session, a password and a key."""

    def __init__(self, case, kind):
        self.case = case
        self.user = case.users[kind]
        self.login = self.user.login
        self.key = self._make_key()
        case.authenticate(self.login, self.login)

    def _make_key(self):
        """A key for JSON-2, for who may have one."""
        env = self.case.env(user=self.user)
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        try:
            keys = env["res.users.apikeys"]
            return keys._generate("rpc", "probe", tomorrow)
        except AccessError:
            return "none"

    # -- RPC -----------------------------------------------------------------

    def json2(self, model, method, **kwargs):
        return self._answer(
            self.case.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(kwargs),
                headers={
                    "Authorization": f"Bearer {self.key}",
                    "Content-Type": "application/json",
                },
                timeout=60,
            )
        )

    def web(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", params)

    def jsonrpc(self, model, method, *args, **kwargs):
        args = [get_db_name(), self.user.id, self.login, model, method, args, kwargs]
        params = {"service": "object", "method": "execute_kw", "args": args}
        return self.rpc("/jsonrpc", params)

    def rpc(self, url, params):
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        response = self.case.url_open(
            url,
            data=json.dumps(body),
            headers={"Content-Type": "application/json"},
            timeout=60,
        )
        answer = response.json()
        if "error" in answer:
            # Tracebacks name lines of code; what a user reads is the message.
            self._refuse(answer["error"].get("data", answer["error"]).get("message"))
        return answer.get("result")

    def xmlrpc(self, model, method, *args, **kwargs):
        args = (get_db_name(), self.user.id, self.login, model, method, args, kwargs)
        response = self.case.url_open(
            "/xmlrpc/2/object",
            data=xmlrpc.client.dumps(args, "execute_kw", allow_none=True),
            headers={"Content-Type": "text/xml"},
            timeout=60,
        )
        try:
            return xmlrpc.client.loads(response.content)[0]
        except xmlrpc.client.Fault as fault:
            self._refuse(fault.faultString)

    # -- pages -----------------------------------------------------------------

    def get(self, url):
        return self._answer(self.case.url_open(url, timeout=60, allow_redirects=False))

    def post(self, url, **data):
        data["csrf_token"] = http.Request.csrf_token(self.case)
        return self._answer(self.case.url_open(url, data=data, timeout=60))

    def _answer(self, response):
        content = response.content
        if not content.startswith(b"PK"):
            content = PAGE_NOISE.sub("", response.text)
        if response.status_code >= 300:
            self._refuse(f"{response.status_code} {message(content)}")
        return content

    def _refuse(self, text):
        raise AccessError(text or "refused")


def message(content):
    """What an error says, without its traceback."""
    if isinstance(content, bytes):
        return ""
    try:
        return json.loads(content).get("message", "")
    except ValueError:
        return content


class WebAttempts:
    """A sample of every kind, really over HTTP."""

    def __init__(self, case, client, turn):
        self.case = case
        self.client = client
        self.turn = turn
        self.registry = case.env.registry

    def __iter__(self):
        yield from self._models()
        yield from self._dotted()
        yield from self._files()
        yield from self._routes()
        yield from self._exports()
        yield from self._reports()
        yield from self._chatter()
        yield from self._debug()

    def _models(self):
        """Every other model by one of the protocols; for the next user the others."""
        client = self.client
        protocols = (
            (
                "JSON-2",
                lambda model: client.json2(
                    model, "search_read", domain=[], fields=["display_name"]
                ),
            ),
            (
                "web",
                lambda model: client.web(
                    model, "web_search_read", [], {"display_name": {}}
                ),
            ),
            (
                "JSON-RPC",
                lambda model: client.jsonrpc(
                    model, "search_read", [], ["display_name"]
                ),
            ),
            ("XML-RPC", lambda model: client.xmlrpc(model, "search_count", [])),
        )
        for number, model in enumerate(paths.our_models(self.registry)):
            if (number + self.turn) % 2:
                continue
            name, ask = protocols[(number // 2 + self.turn) % len(protocols)]
            yield Attempt(name, model, lambda _env, a=ask, m=model: a(m), reads(model))

    def _dotted(self):
        client = self.client
        domain = [("pso_status_ids.group_id.code", "=", "wajong")]

        def granted(groups):
            return sees(groups, "hr.employee", "pso_status_ids")

        for name, ask in (
            ("JSON-2", lambda: client.json2("hr.employee", "search", domain=domain)),
            ("web", lambda: client.web("hr.employee", "search", domain)),
            ("JSON-RPC", lambda: client.jsonrpc("hr.employee", "search", domain)),
            ("XML-RPC", lambda: client.xmlrpc("hr.employee", "search", domain)),
        ):
            yield Attempt(
                name, "hr.employee by status", lambda _env, a=ask: a(), granted
            )

    def _get(self, channel, url, granted=None, tells=frozenset()):
        return Attempt(
            channel,
            url,
            lambda _env: self.client.get(url),
            granted,
            tells=frozenset(tells),
        )

    def _files(self):
        for planted in (self.case.home, self.case.abroad):
            status = planted.status
            for file in (
                *status.attachment_ids,
                planted.loose,
                *planted.certificate.attachment_ids,
                *planted.answer.attachment_ids,
            ):
                yield self._get("download", f"/web/content/{file.id}")
                yield self._get("download", f"/web/content/{file.id}?access_token=x")
                yield self._get("download", f"/web/image/{file.id}")
                yield self._get(
                    "download",
                    f"/web/content?model=ir.attachment&id={file.id}&field=datas",
                )
                yield self._get("download", f"/mail/attachment/zip?file_ids={file.id}")
            yield self._get(
                "download", f"/web/content/pso.status/{status.id}/attachment_ids"
            )
            yield self._get(
                "download", f"/web/image/pso.status/{status.id}/display_name"
            )

    def _routes(self):
        """Each route of the addon, on what there is in both companies."""
        for url, names in our_routes(self.registry):
            for number in self._numbers(names, url):
                filled = re.sub(r"<int:\w+>", str(number), url)
                filled = re.sub(r"<string:\w+>|<\w+>", "status", filled)
                is_workbook = "workbook" in url
                queries = (q for name, q in QUERIES.items() if f"/{name}/" in url)
                for query in next(queries, ("",)):
                    tells = (
                        WORKBOOK if is_workbook and MANAGER in self._groups() else ()
                    )
                    if HR in self._groups():
                        tells = {*tells, "key"}
                    is_personal = query or "sample" in url
                    granted = sees_names if is_personal else None
                    yield self._get("route", filled + query, granted, tells)

    def _groups(self):
        return next(
            self.case.groups[kind]
            for kind, user in self.case.users.items()
            if user == self.client.user
        )

    def _numbers(self, has_numbers, url):
        if not has_numbers:
            return [0]
        home, abroad = self.case.home, self.case.abroad
        if "sample" in url:
            return [home.sample.id, abroad.sample.id, NOWHERE]
        if "/request/" in url:
            requests = home.campaign.request_ids | abroad.campaign.request_ids
            return [*requests.ids, NOWHERE]
        return [home.live.id, home.locked.id, abroad.live.id, NOWHERE]

    def _exports(self):
        for model, names in (
            ("pso.status", ["employee_id/name", "group_id/name"]),
            ("hr.employee", ["name", "pso_status_ids/group_id/name"]),
            ("res.partner", ["name", "pso_certificate_ids/number"]),
        ):
            data = {
                "model": model,
                "fields": [{"name": name, "label": name} for name in names],
                "ids": False,
                "domain": [],
                "import_compat": False,
                "groupby": [],
            }
            for kind in ("csv", "xlsx"):
                yield Attempt(
                    "export",
                    f"/web/export/{kind} {model}",
                    lambda _env, k=kind, d=data: self.client.post(
                        f"/web/export/{k}", data=json.dumps(d)
                    ),
                )

    def _reports(self):
        reports = self.case.env["ir.actions.report"].sudo().search([])
        for report in reports.filtered(lambda r: r.model.startswith("pso.")):
            records = (
                self.case.env[report.model].sudo().search([], limit=4, order="id desc")
            )
            for record in records:
                yield self._get(
                    "report",
                    f"/report/html/{report.report_name}/{record.id}",
                    reads(report.model),
                    {"key"},
                )

    def _chatter(self):
        client = self.client
        for planted in (self.case.home, self.case.abroad):
            for record in (planted.live, planted.status, planted.twins[0]):
                params = {"thread_model": record._name, "thread_id": record.id}
                yield Attempt(
                    "chatter",
                    f"/mail/thread/messages {record._name} {planted.name}",
                    lambda _env, p=params: client.rpc("/mail/thread/messages", p),
                )
                yield Attempt(
                    "chatter",
                    f"/mail/data {record._name} {planted.name}",
                    lambda _env, p=params: client.rpc(
                        "/mail/thread/recipients", p | {"message_id": 0}
                    ),
                )
        channels = [f"pso.measurement_{self.case.home.live.id}", "pso", "broadcast"]
        yield Attempt(
            "bus",
            "/websocket/peek_notifications",
            lambda _env: client.rpc(
                "/websocket/peek_notifications",
                {"channels": channels, "last": 0, "is_first_poll": True},
            ),
        )

    def _debug(self):
        """Errors say more to who works in debug mode."""
        client = self.client
        yield self._get("debug", "/odoo?debug=1")
        for planted in (self.case.home, self.case.abroad):
            for record in (planted.live, planted.status, planted.certificate):
                yield Attempt(
                    "debug",
                    f"{record._name} {planted.name}",
                    lambda _env, r=record: client.web(
                        r._name, "read", r.ids, ["display_name"]
                    ),
                )


def sees_names(groups):
    return HR in groups


def our_routes(registry):
    """The addresses of the addon, and whether there are numbers in them."""
    for url, endpoint in http._generate_routing_rules(registry._init_modules, False):
        modules = {cls.__module__ for cls in type(endpoint.func.__self__).mro()}
        ours = {name for name in modules if name.startswith(paths.OURS)}
        if ours and ("pso" in url):
            yield url, "<int:" in url
