"""What the web client asks of Odoo, without a browser."""

import http.cookiejar
import itertools
import json
import re
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT = 300
LIST_LIMIT = 80
LINES_LIMIT = 40
REPORT = "/report/pdf/pso_odoo.report_measurement/"


PDF, XLSX = b"%PDF", b"PK"


class Refused(Exception):
    """Odoo answered with an error, which is its text."""


def _file(content, start):
    if not content.startswith(start):
        raise Refused("the file is none of its kind")
    return content


class WebClient:
    """One session of a user."""

    def __init__(self, url, database):
        self.url, self.database = url, database
        self.numbers = itertools.count(1)
        self.context, self.token = {}, ""
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def log_in(self, login, password):
        user = self.rpc(
            "/web/session/authenticate",
            {"db": self.database, "login": login, "password": password},
        )
        self.context = user["user_context"]
        page = self.get("/odoo")
        self.token = re.search(rb'csrf_token: "(\w+)"', page)[1].decode()

    # -- the ways to ask -----------------------------------------------------

    def get(self, path, data=None, headers=None):
        """The body of a page or file."""
        request = urllib.request.Request(self.url + path, data, headers or {})
        try:
            with self.opener.open(request, timeout=TIMEOUT) as response:
                return response.read()
        except urllib.error.HTTPError as error:
            raise Refused(f"{error.code} {error.reason}") from error
        except OSError as error:
            raise Refused(str(error)) from error

    def rpc(self, path, params):
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self.numbers)}
        data = json.dumps(body | {"params": params}).encode()
        answer = json.loads(self.get(path, data, {"Content-Type": "application/json"}))
        if "error" in answer:
            data = answer["error"]["data"]
            raise Refused(f"{data['name']}: {data['message']}")
        return answer.get("result")

    def call(self, model, method, *args, button=False, **kwargs):
        kind = "call_button" if button else "call_kw"
        kwargs["context"] = self.context | kwargs.get("context", {})
        return self.rpc(
            f"/web/dataset/{kind}/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    # -- what a page asks for ------------------------------------------------

    def views(self, model, views=((False, "form"),)):
        options = {"toolbar": False, "load_filters": True}
        return self.call(model, "get_views", views=views, options=options)

    def form(self, model, res_id):
        """A record as its form shows it, every field of the form."""
        values = self.call(model, "web_read", [res_id], specification=self.spec(model))
        if not values:
            raise Refused(f"{model} {res_id} is not there")
        return values[0]

    def spec(self, model, view="form"):
        """What a view asks for."""
        answer = self.views(model, ((False, view),))
        fields = {name: each["fields"] for name, each in answer["models"].items()}
        return {
            name: self._field_spec(field, fields)
            for name, field in fields[model].items()
            if name != "id"
        }

    def _field_spec(self, field, fields):
        if field["type"] in ("one2many", "many2many"):
            rows = fields.get(field["relation"], {})
            simple = {
                name: self._field_spec(each, {})
                for name, each in rows.items()
                if each["type"] not in ("one2many", "many2many")
            }
            spec = simple or {"display_name": {}}
            return {"fields": spec, "limit": LINES_LIMIT}
        if field["type"] == "many2one":
            return {"fields": {"display_name": {}}}
        return {}

    def save(self, model, ids, values, view_spec=None):
        """Create or write as a form does; what it shows then."""
        spec = self.spec(model) if view_spec is None else view_spec
        return self.call(model, "web_save", ids, values, specification=spec)[0]

    def list(self, model, domain=()):
        """The first page of a list."""
        spec = self.spec(model, "list")
        return self.call(
            model,
            "web_search_read",
            specification=spec,
            domain=list(domain),
            limit=LIST_LIMIT,
            count_limit=10001,
        )

    def dashboard(self, period=False):
        return self.call("pso.dashboard", "retrieve", period=period)

    def dashboard_details(self, period=False):
        """What is below the fold."""
        return self.call("pso.dashboard", "retrieve_details", period=period)

    def download(self, model, res_id, button):
        """A file, by the button that leads to it."""
        action = self.call(model, button, [res_id], button=True)
        # The workbook comes with a client action of ours, which shows the progress.
        url = action.get("url") or action["params"]["url"]
        return _file(self.get(urllib.parse.quote(url, safe="/?=&")), XLSX)

    def pdf(self, measurement):
        form = {
            "data": json.dumps([f"{REPORT}{measurement}", "qweb-pdf"]),
            "csrf_token": self.token,
            "context": json.dumps(self.context),
        }
        content = self.get("/report/download", urllib.parse.urlencode(form).encode())
        return _file(content, PDF)

    def windows(self, root):
        """The models of the window actions below a menu, each with its domain."""
        menus = json.loads(self.get("/web/webclient/load_menus"))
        below = {f"{root}"}
        found = {}
        while below:
            menu = menus[below.pop()]
            below.update(map(str, menu["children"]))
            if menu.get("actionModel") == "ir.actions.act_window":
                action = self.rpc("/web/action/load", {"action_id": menu["actionID"]})
                if "list" in [kind for _view, kind in action["views"]]:
                    found.setdefault(action["res_model"], menu["name"])
        return found
