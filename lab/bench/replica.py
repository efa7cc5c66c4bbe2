"""Where pages of the addon run, with a real replica: from what both servers say.

Two workers of Odoo serve a copy of the database, over a primary and a replica of it.
Every page is asked for as the web client asks for it: as things are, while the replica
lags, and while it is stopped or killed, between requests and in the midst of one. The
table says how many statements of Odoo each server found in its own log.
"""

import concurrent.futures
import contextlib
import re
import secrets
import shutil
import time
from datetime import date

from _env import odoo, process
from _env.console import Failure
from _env.paths import ROOT, shown

from . import build, cluster
from .webclient import Refused, WebClient

WORKERS = 2
RETRY_SECONDS = 2  # until Odoo tries a replica again that it could not reach
START_SECONDS = 120
SETTLE_SECONDS = 60
REQUEST = re.compile(
    r'^\S+ \S+ (\d+) INFO .* "\w+ (\S+) HTTP/1.1" (\d+) .* (ro->rw|ro|rw|-)$',
    re.MULTILINE,
)
LIGHT = "/web/session/check"
WRITES = {"INSERT", "UPDATE", "DELETE"}
REPLICA, PRIMARY = "replica", "primary"
USUAL, LAGGING = "as usual", "lagging"
# Pages that read the statuses.
MIDST = {"dashboard", "form of a measurement", "workbook with names", "report as PDF"}
# What the dashboard opens without saying which.
LINKS = ("total", "people", "purchases", "ending", "certificates", "vendors", "edition")


def measure(name):
    """:return: rows ``{when, what, servers, modes, result}``"""
    with cluster.pair(name) as pair, _odoo(pair) as site:
        parts = (_usual, _lagging, _cancelled, _dying)
        return [row for part in parts for row in part(site)]


# -- Odoo over both servers ------------------------------------------------------


class Site:
    """Odoo with a primary and a replica, and somebody who looks at pages."""

    def __init__(self, pair, port, log):
        self.pair, self.log = pair, log
        self.url = f"http://{cluster.HOST}:{port}"
        self.client = WebClient(self.url, pair.database)
        self.ids = {}

    def requests(self, since):
        """The requests that Odoo logged: ``[(worker, path, status, cursor mode)]``"""
        with self.log.open("rb") as file:
            file.seek(since)
            return REQUEST.findall(file.read().decode(errors="replace"))

    def settle(self):
        """Wait until each worker reads from the replica."""
        seen, since = set(), self.log.stat().st_size
        deadline = time.monotonic() + SETTLE_SECONDS
        while len(seen) < WORKERS:
            if time.monotonic() > deadline:
                raise Failure(f"The replica is not used: see {shown(self.log)}")
            with contextlib.suppress(Refused):
                self.client.rpc(LIGHT, {})
            seen = {
                worker
                for worker, path, _status, mode in self.requests(since)
                if path == LIGHT and mode == "ro"
            }
            time.sleep(0.05)

    def ask(self, when, what, function, expected):
        """Ask for a page, and have both servers say what that took.

        :param expected: the server that should do the work
        :return: a cell of the table
        """
        servers = {PRIMARY: self.pair.primary, REPLICA: self.pair.replica}
        marks = {name: server.said() for name, server in servers.items()}
        mark = self.log.stat().st_size
        try:
            function()
            result = "ok"
        except Refused as refused:
            result = str(refused)
        time.sleep(0.2)  # Odoo logs a request when it has been answered
        found = {
            name: server.statements(marks[name]) for name, server in servers.items()
        }
        requests = self.requests(mark)
        if not _is_as_expected(found, expected):
            result += f", expected on the {expected}"
        return {
            "key": "replica",
            "when": when,
            "what": what,
            "servers": {name: _count(each) for name, each in found.items()},
            "modes": sorted({mode for *_other, mode in requests if mode != "-"}),
            "result": result,
        }


def _count(statements):
    writes = sum(statements[verb] for verb in WRITES)
    return {"reads": statements.total() - writes, "writes": writes}


def _is_as_expected(found, expected):
    if expected == REPLICA:
        return found[REPLICA].total() > 0 and not found[PRIMARY].total()
    return found[PRIMARY].total() > 0


@contextlib.contextmanager
def _odoo(pair):
    """Odoo's workers, ready, and a user who has logged in."""
    port, gevent_port = cluster.free_ports(2)
    folder = cluster.FOLDER
    site = Site(pair, port, folder / "odoo.log")
    password = secrets.token_urlsafe()
    environment = cluster.configure(
        folder,
        pair.database,
        pair.primary,
        port,
        gevent_port=gevent_port,
        workers=WORKERS,
        db_replica_host=cluster.HOST,
        db_replica_port=pair.replica.port,
    )
    site.ids = build.task(
        "replica_users", pair.database, password, site.url, **environment
    )
    command = [odoo.command()[0], "-m", "lab.bench.serve", "server"]
    command += ["--database", pair.database, "--db-filter", f"^{pair.database}$"]
    variables = odoo.environment(
        **environment, PYTHONPATH=ROOT, PSO_BENCH_RETRY=RETRY_SECONDS
    )
    with (
        site.log.open("w") as file,
        process.start(command, stdout=file, stderr=file, env=variables) as server,
    ):
        try:
            _wait_until_ready(site, server)
            site.client.log_in(site.ids.pop("login"), password)
            _warm_up(site)
            yield site
        finally:
            server.terminate()


def _wait_until_ready(site, server):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(Refused):
            site.client.get("/web/login")
            return
        time.sleep(0.2)
    raise Failure(f"Odoo did not start: see {shown(site.log)}")


def _warm_up(site):
    """Have each worker load the registry and what it keeps in memory."""
    site.settle()
    for _turn in range(WORKERS):
        for _what, page in _pages(site):
            page()


# -- what is asked for -----------------------------------------------------------


def _pages(site):
    """The pages of the addon: ``[(what, function)]``"""
    client, ids = site.client, site.ids
    edition = ids["edition"]
    return [
        ("dashboard", client.dashboard),
        ("what is below on the dashboard", client.dashboard_details),
        (
            "dashboard of a calendar year",
            lambda: client.dashboard(f"year-{date.today().year}"),
        ),
        *_measurement_pages(site, ids["measurement"]),
        ("what the dashboard leads to", lambda: _follow_links(site)),
        ("all lists in the menu", lambda: _lists(site)),
        ("form of a certificate", lambda: _form(site, "certificate")),
        (
            "edition as a file",
            lambda: client.download("pso.edition", edition, "action_export"),
        ),
    ]


def _measurement_pages(site, measurement):
    client, model = site.client, "pso.measurement"
    key = f"measurement-{measurement}"
    pages = [
        ("dashboard of a measurement", lambda: client.dashboard(key)),
        ("what is below on it", lambda: client.dashboard_details(key)),
        ("form of a measurement", lambda: client.form(model, measurement)),
        ("its people and suppliers", lambda: _lines(site, measurement)),
        (
            "workbook",
            lambda: client.download(model, measurement, "action_export_xlsx"),
        ),
        (
            "workbook with names",
            lambda: client.download(model, measurement, "action_export_xlsx_names"),
        ),
    ]
    if shutil.which("wkhtmltopdf"):
        pages.append(("report as PDF", lambda: client.pdf(measurement)))
    return pages


def _form(site, name):
    return site.client.form(f"pso.{name}", site.ids[name])


def _follow_links(site, period=False):
    client = site.client
    for link in LINKS:
        action = client.call("pso.dashboard", "open", link, period)
        if action.get("domain"):
            client.list(action["res_model"], action["domain"])
    for check in client.dashboard_details(period)["checks"]["lines"]:
        if check["can_open"]:
            client.call(
                "pso.dashboard", "open", "check", period, False, check["type_id"]
            )


def _lists(site):
    for model in site.client.windows(site.ids["menu"]):
        site.client.list(model)


def _lines(site, measurement):
    """The lines of a measurement, by its buttons, and what its checks found."""
    client = site.client
    for button in ("action_open_people", "action_open_suppliers"):
        action = client.call("pso.measurement", button, [measurement], button=True)
        client.list(action["res_model"], [("measurement_id", "=", measurement)])
    form = client.form("pso.measurement", measurement)
    for check in form["open_check_ids"][:1]:
        client.call("pso.check", "action_open_findings", [check["id"]], button=True)


# -- as things are ---------------------------------------------------------------


def _usual(site):
    for what, page in _pages(site):
        yield site.ask(USUAL, what, page, REPLICA)
    for what, write in _writes(site):
        yield site.ask(USUAL, what, write, PRIMARY)


def _writes(site):
    """What writes: each leaves things as they were, or other pages unchanged."""
    client, ids = site.client, site.ids
    return [
        ("make a status", lambda: _make_status(site)),
        (
            "write a certificate",
            lambda: client.save(
                "pso.certificate", [ids["certificate"]], {"number": "1"}
            ),
        ),
        ("lock", lambda: _press(site, "action_lock")),
        ("unlock", lambda: _press(site, "action_unlock")),
    ]


def _make_status(site):
    values = {
        "employee_id": site.ids["employee"],
        "group_id": site.ids["group"],
        "form_id": site.ids["form"],
        "date_start": "2020-01-01",
        "date_end": "2020-12-31",
    }
    site.ids["status"] = site.client.save("pso.status", [], values)["id"]


def _press(site, button):
    ids = [site.ids["measurement"]]
    site.client.call("pso.measurement", button, ids, button=True)


# -- while the replica lags ------------------------------------------------------


def _lagging(site):
    """What is there already is read as it was; what is new, at the primary."""
    client, ids = site.client, site.ids
    with site.pair.lagging():
        _press(site, "action_lock")
        for what, page in _pages(site):
            yield site.ask(LAGGING, what, page, REPLICA)
        what = "form of what has just been locked: live as before"
        yield site.ask(LAGGING, what, lambda: _require_live(site), REPLICA)
        _press(site, "action_unlock")
        what = "make a measurement"
        yield site.ask(LAGGING, what, lambda: _make_measurement(site), PRIMARY)
        ids["copy"] = client.call("pso.edition", "copy", [ids["edition"]])[0]
        for what, page in _new_pages(site):
            yield site.ask(LAGGING, what, page, PRIMARY)
    for what, page in _new_pages(site):
        yield site.ask(USUAL, what, page, REPLICA)


def _new_pages(site):
    """The pages of what the replica does not know yet."""
    client, copy = site.client, site.ids["copy"]
    pages = [
        *_measurement_pages(site, site.ids["new"]),
        ("form of an edition", lambda: client.form("pso.edition", copy)),
        (
            "edition as a file",
            lambda: client.download("pso.edition", copy, "action_export"),
        ),
    ]
    return [(f"just made: {what}", page) for what, page in pages]


def _make_measurement(site):
    values = {"date_start": "2023-01-01", "date_end": "2023-12-31"}
    values = _defaults(site.client, values)
    site.ids["new"] = site.client.save("pso.measurement", [], values)["id"]


def _require_live(site):
    state = site.client.form("pso.measurement", site.ids["measurement"])["state"]
    if state != "live":
        raise Refused(f"it is {state}")


def _defaults(client, values):
    """The values of a new measurement, as its form proposes them."""
    spec = {"company_id": {"fields": {}}, "name": {}, "edition_id": {"fields": {}}}
    answer = client.call("pso.measurement", "onchange", [], values, [], spec)["value"]
    return values | {"company_id": answer["company_id"]["id"]}


# -- when it cancels a read to go on ------------------------------------------------


def _cancelled(site):
    """Reads that stand in the way of the primary's changes: Odoo tries again itself."""
    site.pair.replica.psql("ALTER SYSTEM SET max_standby_streaming_delay = '100ms'")
    site.pair.replica.psql("SELECT pg_reload_conf()")
    for what, page in _pages(site):
        if what in MIDST:
            yield site.ask("read cancelled", what, _cancelling(site, page), REPLICA)


def _cancelling(site, page):
    """A page that has read the measurements when the primary locks their table."""
    pair = site.pair

    def ask():
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            with pair.reads_waiting("pso_status") as wait_for_read:
                asked = pool.submit(page)
                wait_for_read(asked.done)
                with pair.reads_waiting("pso_measurement"):
                    pass
            asked.result()

    return ask


# -- while it dies ---------------------------------------------------------------


def _dying(site):
    replica = site.pair.replica
    ways = {"stopped": lambda: replica.stop("immediate"), "killed": replica.kill}
    for how, end in ways.items():
        end()
        for what, page in _pages(site):
            yield site.ask(how, what, page, PRIMARY)
        _bring_back(site)
    for how, end in ways.items():
        for what, page in _pages(site):
            if what in MIDST:
                page_that_ends_it = _ending_in_the_midst(site, page, end)
                yield site.ask(f"{how} under it", what, page_that_ends_it, PRIMARY)
                _bring_back(site)
    for what, page in _pages(site):
        yield site.ask("back", what, page, REPLICA)


def _bring_back(site):
    site.pair.replica.start()
    site.settle()


def _ending_in_the_midst(site, page, end):
    """A page for which the replica reads when it ends."""

    def ask():
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            with site.pair.reads_waiting("pso_status") as wait_for_read:
                asked = pool.submit(page)
                wait_for_read(asked.done)
                end()
            asked.result()

    return ask
