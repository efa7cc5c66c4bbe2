"""Who does what when all work at once: a role yields one transaction after the other.

What a transaction returns is sent back to the role. Records are those of the share of
a process alone.
"""

import time
from datetime import date
from itertools import count

from odoo import SUPERUSER_ID, api
from odoo.fields import Command

SHARES = 8
LAST_YEAR = date.today().year - 1
FIGURES = ("total_percentage", "level_id", "gap_fte", "proven_total_percentage")
LISTS = {
    "bench": {
        "account.move": ("name", "partner_id", "invoice_date", "amount_untaxed_signed"),
        "purchase.order": ("name", "partner_id", "date_order", "amount_total", "state"),
        "hr.employee": ("name", "job_id", "department_id", "work_phone"),
        "res.partner": ("complete_name", "email", "country_id"),
    },
    "bench_pso": {
        "pso.status": ("employee_id", "group_id", "counting_state", "stops_on"),
        "pso.certificate": ("partner_id", "level_id", "date_end", "validity"),
        "pso.measurement": ("name", "total_percentage", "level_id"),
        "res.partner": ("complete_name", "pso_badge", "country_id"),
    },
}


def prepare(env):
    """A journal and records for each share, and a measurement that may be locked."""
    _fill_up(env)
    journals = env["account.journal"]
    for n in range(SHARES):
        if not journals.search([("code", "=", f"BT{n}")]):
            journal = journals.search([("type", "=", "purchase")], limit=1)
            journal.copy({"name": f"Bills {n}", "code": f"BT{n}"})
    if "pso.measurement" in env and not _spare_measurement(env):
        year = LAST_YEAR - 2
        env["pso.measurement"].create(
            {"date_start": f"{year}-01-01", "date_end": f"{year}-12-31"}
        )


def _fill_up(env):
    """Make what a very small company lacks, so that no two shares have one in common.

    Each share is to have a vendor, a status, and an employee without one, as ``Share``
    deals them out by their order: of three employees two may have a status.
    """
    employees, vendors = env["hr.employee"], env["res.partner"]
    lacking = 3 * SHARES - employees.search_count([])
    employees.create([{"name": f"Employee {n}"} for n in range(lacking)])
    lacking = SHARES - vendors.search_count([("supplier_rank", ">", 0)])
    vendors.create(
        [{"name": f"Vendor {n}", "supplier_rank": 1} for n in range(lacking)]
    )
    if "pso.status" not in env:
        return
    statuses = env["pso.status"]
    lacking = SHARES - statuses.search_count([])
    without = employees.search([("pso_status_ids", "=", False)], order="id desc")
    group = env["pso.target.group"].search([], limit=1)
    form = env["pso.contract.form"].search([], limit=1)
    values = {"group_id": group.id, "form_id": form.id, "date_start": "2020-01-01"}
    statuses.create(
        [{"employee_id": e.id, **values} for e in without[: max(lacking, 0)]]
    )


def _spare_measurement(env):
    domain = [("date_start", "=", f"{LAST_YEAR - 2}-01-01")]
    return env["pso.measurement"].search(domain, limit=1)


class Share:
    """The user of a role, and the ids of what one process may change."""

    def __init__(self, cr, role, number):
        env = api.Environment(cr, SUPERUSER_ID, {})
        user = env["res.users"].search([("login", "=", role.login)])
        self.uid, self.login, self.number = user.id, role.login, number
        self.context = {"lang": "en_US", "allowed_company_ids": user.company_ids.ids}
        self.employees = self._part(env["hr.employee"], [])
        self.vendors = self._part(env["res.partner"], [("supplier_rank", ">", 0)])
        products = [("default_code", "=like", "BENCH%")]
        self.products = self._part(env["product.product"], products)
        self.jobs = env["hr.job"].search([]).ids
        self.journal = env["account.journal"].search([("code", "=", f"BT{number}")]).id
        if "pso.status" in env:
            statuses = env["pso.status"].search([], order="id")
            without = set(self.employees) - set(statuses.employee_id.ids)
            self.without_status = sorted(without)
            self.statuses = self._part(env["pso.status"], [])
            self.groups = env["pso.target.group"].search([]).ids
            self.level = env["pso.level"].search([], limit=1).id
            self.measurement = _spare_measurement(env).id

    def _part(self, model, domain):
        return model.search(domain, order="id").ids[self.number :: SHARES]

    def lines(self, price):
        return [
            Command.create({"product_id": product, "price_unit": price})
            for product in self.products[:4]
        ]


def _role(login):
    def mark(role):
        role.login = login
        return role

    return mark


def _each(ids):
    """One after the other, again and again, with a number that goes on."""
    for n in count():
        yield n, ids[n % len(ids)]


# -- readers -----------------------------------------------------------------


@_role("bench_pso")
def dashboard(_share):
    while True:
        yield lambda env: env["pso.dashboard"].retrieve() and None


@_role("bench_pso")
def figures(_share):
    def read(env):
        measurement = env["pso.measurement"].search([("state", "=", "live")], limit=1)
        measurement.web_read({name: {} for name in FIGURES})

    while True:
        yield read


@_role("bench_pso")
def addon_lists(share):
    yield from _lists(share)


@_role("bench")
def core_lists(share):
    yield from _lists(share)


def _lists(share):
    lists = list(LISTS[share.login].items())
    for _n, (model, names) in _each(lists):
        spec = {name: {} for name in names}
        yield lambda env, m=model, s=spec: (
            env[m].web_search_read([], s, limit=80) and None
        )


@_role("bench")
def purchase_dashboard(_share):
    while True:
        yield lambda env: env["purchase.order"].retrieve_dashboard() and None


ADDON_READERS = [*[dashboard] * 3, *[figures] * 2, *[addon_lists] * 3]
CORE_READERS = [*[purchase_dashboard] * 3, *[core_lists] * 5]


# -- writers -----------------------------------------------------------------


@_role("bench")
def bills(share):
    """Enter a bill, and post it."""
    for n, vendor in _each(share.vendors):
        values = {
            "move_type": "in_invoice",
            "journal_id": share.journal,
            "partner_id": vendor,
            "invoice_date": date.today(),
            "ref": f"{share.number} {n} {time.time_ns()}",
            "invoice_line_ids": share.lines(10 + n % 90),
        }
        bill = yield lambda env, v=values: env["account.move"].create(v).id
        yield lambda env, b=bill: env["account.move"].browse(b).action_post() and None


@_role("bench")
def orders(share):
    """Enter an order, and confirm it."""
    for n, vendor in _each(share.vendors):
        values = {"partner_id": vendor, "order_line": share.lines(10 + n % 90)}
        order = yield lambda env, v=values: env["purchase.order"].create(v).id
        yield lambda env, o=order: (
            env["purchase.order"].browse(o).button_confirm() and None
        )


@_role("bench")
def employees(share):
    for n, employee in _each(share.employees):
        values = {"work_phone": f"+31 20 555 {n:05}", "color": n % 9}
        yield lambda env, e=employee, v=values: env["hr.employee"].browse(e).write(v)


@_role("bench")
def versions(share):
    for n, employee in _each(share.employees):
        values = {"job_id": share.jobs[n % len(share.jobs)]}
        yield lambda env, e=employee, v=values: (
            env["hr.employee"].browse(e).sudo().version_id.sudo(False).write(v)
        )


@_role("bench_pso")
def new_statuses(share):
    """Register somebody, correct it, and take it back."""
    for n, employee in _each(share.without_status):
        values = {
            "employee_id": employee,
            "group_id": share.groups[n % len(share.groups)],
            "date_start": f"{LAST_YEAR}-01-01",
        }
        status = yield lambda env, v=values: env["pso.status"].create(v).id
        end = {"date_end": f"{LAST_YEAR}-06-30"}
        yield lambda env, s=status, v=end: env["pso.status"].browse(s).write(v)
        yield lambda env, s=status: env["pso.status"].browse(s).unlink()


@_role("bench_pso")
def statuses(share):
    states = ("missing", "received", "verified")
    for n, status in _each(share.statuses):
        values = {
            "evidence_state": states[n % len(states)],
            "proof_kind": "other",
            "is_zero_hours": n % 2,
        }
        yield lambda env, s=status, v=values: env["pso.status"].browse(s).write(v)


@_role("bench_pso")
def certificates(share):
    """Enter a certificate, change how long it is valid, and take it back."""
    for n, vendor in _each(share.vendors):
        values = {
            "partner_id": vendor,
            "level_id": share.level,
            "date_start": f"2010-01-{1 + n % 28:02}",
        }
        made = yield lambda env, v=values: env["pso.certificate"].create(v).id
        end = {"date_end": "2012-01-01"}
        yield lambda env, c=made, v=end: env["pso.certificate"].browse(c).write(v)
        yield lambda env, c=made: env["pso.certificate"].browse(c).unlink()


@_role("bench_pso")
def measurements(share):
    """Lock a measurement, and unlock it."""
    for action in _turns("action_lock", "action_unlock"):
        yield lambda env, a=action: (
            getattr(env["pso.measurement"].browse(share.measurement), a)() and None
        )


def _turns(*names):
    for _n, name in _each(names):
        yield name


WRITERS = [bills, bills, orders, orders, employees, employees, versions, versions]
ADDON_WRITERS = [
    *(bills, orders, employees, versions),
    *(new_statuses, statuses, certificates, measurements),
]
