"""What everyday writing costs with the addon, over the same in the twin without it.

Both databases are worked on by one process, in turns; every turn is rolled back.
"""

import gc
import random
import statistics
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import date
from itertools import count

from odoo.fields import Command

from .inside import environment
from .timing import WARM_UP, comparison, interleaved, medians

MOST = 1.05
# Everyday writing of people, of which the addon keeps nothing.
MOST_OF = {"write_employee": 1.03, "write_version": 1.03}
PARTNERS = 500
PARTNER_TURNS = 10


def main(filled, without, pairs):
    rows = []
    for work in (bill, order, employee, version):
        rows += _pairs(work, filled, without, int(pairs))
    with environment(filled) as env:
        rows.append(certificates(env))
    return rows


@contextmanager
def _as_user(database):
    """A user who may do it all, and has no group of the addon."""
    with environment(database) as env:
        user = env["res.users"].search([("login", "=", "bench")])
        yield env(user=user.id)


# Each piece of work yields ``(key, function)`` for each step that is timed.


def _some(env, model, domain, seed):
    """One record out of many, the same in both databases."""
    ids = env[model].sudo().search(domain, order="id", limit=5000).ids
    return env[model].browse(random.Random(seed).choice(ids))


def _lines(env, number, **values):
    domain = [("default_code", "=like", "BENCH%")]
    products = env["product.product"].search(domain, limit=number)
    return [Command.create({"product_id": each.id, **values}) for each in products]


def bill(env, seed):
    vendor = _some(env, "res.partner", [("supplier_rank", ">", 0)], seed)
    values = {
        "move_type": "in_invoice",
        "partner_id": vendor.id,
        "invoice_date": date.today(),
        "ref": f"bench {seed}",
        "invoice_line_ids": _lines(env, 4, quantity=2, price_unit=10 + seed % 90),
    }
    made = []
    yield "create_bill", lambda: made.append(env["account.move"].create(values))
    yield "post_bill", made[0].action_post


def order(env, seed):
    vendor = _some(env, "res.partner", [("supplier_rank", ">", 0)], seed)
    lines = _lines(env, 3, product_qty=3, price_unit=50)
    values = {"partner_id": vendor.id, "order_line": lines}
    made = []
    yield "create_order", lambda: made.append(env["purchase.order"].create(values))
    yield "confirm_order", made[0].button_confirm


def employee(env, seed):
    person = _some(env, "hr.employee", [], seed)
    values = {"work_phone": f"+31 20 555 {seed:04}", "color": seed % 9}
    yield "write_employee", lambda: person.write(values)


def version(env, seed):
    person = _some(env, "hr.employee", [], seed)
    version = person.sudo().version_id.sudo(False)
    job = _some(env, "hr.job", [], seed + 1)
    department = _some(env, "hr.department", [], seed + 1)
    values = {"job_id": job.id, "department_id": department.id}
    yield "write_version", lambda: version.write(values)


def _pairs(work, filled, without, pairs):
    """The rows of one piece of work, done in turns in both databases."""
    databases = {"with": filled, "without": without}
    taken = {name: defaultdict(list) for name in databases}
    for turn in range(-WARM_UP, pairs):
        if not turn:
            gc.collect()
            gc.freeze()  # else the collector looks at all of Odoo in each turn
        names = list(databases) if turn % 2 else list(databases)[::-1]
        for name in names:
            for key, *result in _once(databases[name], work, turn + WARM_UP):
                if turn >= 0:
                    taken[name][key].append(result)
    gc.unfreeze()
    return [_row(key, *(taken[name][key] for name in databases)) for key in taken[name]]


def _row(key, ours, theirs):
    """:param ours, theirs: ``[(seconds, queries)]`` of each turn"""
    seconds = {"with": [s for s, _n in ours], "without": [s for s, _n in theirs]}
    pairs = list(zip(ours, theirs, strict=True))
    more = [with_it - without_it for (_s, with_it), (_t, without_it) in pairs]
    return {
        "key": key,
        # What else the machine did then is in both halves of a pair.
        "ratio": statistics.median(o / t for (o, _n), (t, _m) in pairs),
        "most": MOST_OF.get(key, MOST),
        "seconds": medians(seconds),
        "queries": {"with": ours[-1][1], "without": theirs[-1][1]},
        "more_queries": [min(more), max(more)],
        "repetitions": len(pairs),
    }


def _once(database, work, seed):
    """Do a piece of work, up to what is flushed, and undo it.

    :return: ``[(key, seconds, queries)]`` of its steps
    """
    taken = []
    with _as_user(database) as env:
        for key, step in work(env, seed):
            env.flush_all()
            env.invalidate_all()
            gc.collect()
            before = env.cr.sql_log_count
            started = time.perf_counter()
            step()
            env.flush_all()
            seconds = time.perf_counter() - started
            taken.append((key, seconds, env.cr.sql_log_count - before))
        env.cr.rollback()
    return taken


# -- certificates ------------------------------------------------------------


def certificates(env):
    """Changing the certificates of many vendors, over writing as many partners."""
    vendors = env["res.partner"].search([("supplier_rank", ">", 0)], limit=PARTNERS)
    vendors += vendors.create(
        [{"name": f"Vendor {n}"} for n in range(PARTNERS - len(vendors))]
    )
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
    turns = count(11)

    def write(records, name, value):
        def case():
            env.invalidate_all()
            before = env.cr.sql_log_count
            started = time.perf_counter()
            records.write({name: value % next(turns)})
            env.flush_all()
            seconds = time.perf_counter() - started
            queries[records._name] = env.cr.sql_log_count - before
            return seconds

        return case

    queries = {}
    seconds = interleaved(
        {
            "certificates": write(records, "date_end", "20%02d-06-30"),
            "partners": write(vendors, "ref", "turn %d"),
        },
        PARTNER_TURNS,
    )
    env.cr.rollback()
    return comparison(
        *("certificates", seconds, "certificates", "partners", 2),
        queries=queries,
        records=len(records),
    )
