"""What everyday writing costs with the addon, over the same in the twin without it.

Both databases are worked on by one process, in turns; every turn is rolled back.
"""

import gc
import random
import time
from contextlib import contextmanager

from odoo.fields import Command

from .inside import environment
from .timing import WARM_UP, medians

MOST = 1.05
PAIRS = 200
PARTNERS = 500
PARTNER_TURNS = 10


def main(filled, without, pairs=PAIRS):
    rows = [
        _pairs(key, make, filled, without, int(pairs)) for key, make in WORK.items()
    ]
    with environment(filled) as env:
        rows.append(certificates(env))
    return rows


@contextmanager
def _as_user(database):
    """A user who may do it all, and has no group of the addon."""
    with environment(database) as env:
        user = env["res.users"].search([("login", "=", "bench")])
        yield env(user=user.id)


# Each makes what is worked on and gives back what is timed.


def _some(env, model, domain, seed):
    """One record out of many, the same in both databases."""
    ids = env[model].sudo().search(domain, order="id", limit=5000).ids
    return env[model].browse(random.Random(seed).choice(ids))


def _bill_values(env, seed):
    vendor = _some(env, "res.partner", [("supplier_rank", ">", 0)], seed)
    products = env["product.product"].search([("default_code", "=like", "BENCH%")])
    return {
        "move_type": "in_invoice",
        "partner_id": vendor.id,
        "invoice_date": "2026-01-15",
        "ref": f"bench {seed}",
        "invoice_line_ids": [
            Command.create(
                {"product_id": product.id, "quantity": 2, "price_unit": 10 + seed % 90}
            )
            for product in products[:4]
        ],
    }


def create_bill(env, seed):
    values = _bill_values(env, seed)
    return lambda: env["account.move"].create(values)


def post_bill(env, seed):
    bill = env["account.move"].create(_bill_values(env, seed))
    return bill.action_post


def confirm_order(env, seed):
    vendor = _some(env, "res.partner", [("supplier_rank", ">", 0)], seed)
    products = env["product.product"].search([("default_code", "=like", "BENCH%")])
    order = env["purchase.order"].create(
        {
            "partner_id": vendor.id,
            "order_line": [
                Command.create({"product_id": p.id, "product_qty": 3, "price_unit": 50})
                for p in products[:3]
            ],
        }
    )
    return order.button_confirm


def write_employee(env, seed):
    employee = _some(env, "hr.employee", [], seed)
    return lambda: employee.write({"work_phone": "+31 20 555 01 01", "color": seed % 9})


def write_version(env, seed):
    version = _some(env, "hr.employee", [], seed).sudo().version_id.sudo(False)
    job = _some(env, "hr.job", [], seed + 1)
    department = _some(env, "hr.department", [], seed + 1)
    return lambda: version.write({"job_id": job.id, "department_id": department.id})


WORK = {
    "create_bill": create_bill,
    "post_bill": post_bill,
    "confirm_order": confirm_order,
    "write_employee": write_employee,
    "write_version": write_version,
}


def _pairs(key, make, filled, without, pairs):
    databases = {"with": filled, "without": without}
    seconds = {name: [] for name in databases}
    queries = {name: [] for name in databases}
    for turn in range(-WARM_UP, pairs):
        names = list(databases) if turn % 2 else list(databases)[::-1]
        for name in names:
            took, count = _once(databases[name], make, turn + WARM_UP)
            if turn >= 0:
                seconds[name].append(took)
                queries[name].append(count)
    median = medians(seconds)
    more = [w - wo for w, wo in zip(queries["with"], queries["without"], strict=True)]
    return {
        "key": key,
        "ratio": median["with"] / median["without"],
        "most": MOST,
        "seconds": median,
        "queries": {name: sum(q) / len(q) for name, q in queries.items()},
        "more_queries": [min(more), max(more)],
        "repetitions": pairs,
    }


def _once(database, make, seed):
    """Seconds and queries of one piece of work, up to what is flushed."""
    with _as_user(database) as env:
        work = make(env, seed)
        env.flush_all()
        env.invalidate_all()
        gc.collect()
        before = env.cr.sql_log_count
        started = time.perf_counter()
        work()
        env.flush_all()
        took = time.perf_counter() - started
        queries = env.cr.sql_log_count - before
        env.cr.rollback()
    return took, queries


# -- certificates ------------------------------------------------------------


def certificates(env):
    """Changing the certificates of many vendors, over writing as many partners."""
    vendors = env["res.partner"].search([("supplier_rank", ">", 0)], limit=PARTNERS)
    level = env["pso.level"].search([], limit=1)
    records = env["pso.certificate"].create(
        [
            {
                "partner_id": vendor.id,
                "level_id": level.id,
                "date_start": "2010-01-01",
            }
            for vendor in vendors
        ]
    )
    env.flush_all()
    seconds = {"certificates": [], "partners": []}
    for turn in range(-WARM_UP, PARTNER_TURNS):
        for name, model, values in (
            (
                "certificates",
                records,
                {"date_end": f"2012-01-{turn + WARM_UP + 1:02d}"},
            ),
            ("partners", vendors, {"ref": f"turn {turn}"}),
        ):
            env.invalidate_all()
            gc.collect()
            started = time.perf_counter()
            model.write(values)
            env.flush_all()
            if turn >= 0:
                seconds[name].append(time.perf_counter() - started)
    env.cr.rollback()
    median = medians(seconds)
    return {
        "key": "certificates",
        "ratio": median["certificates"] / median["partners"],
        "most": 2,
        "seconds": median,
        "records": len(records),
        "repetitions": PARTNER_TURNS,
    }
