"""Readers and writers at once, each in a process of its own, for a while.

The processes are forked from one that has loaded Odoo, as its workers are; those who
open the dashboard at once are threads of one, as in Odoo without workers. Each piece of
work is a transaction that is committed, in Odoo's isolation and with Odoo's way of
trying again. No two writers have a record, vendor, product or journal in common, so
who fails or waits for a lock does so for what the code makes them share.
"""

import gc
import random
import statistics
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from os import getpid
from threading import BrokenBarrierError

from psycopg2 import OperationalError, errorcodes

from odoo import api
from odoo.exceptions import LockError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.sql_db import close_all, db_connect

from . import roles
from .inside import environment

FORK = get_context("fork")
PATIENCE = 300  # seconds in which every process must have begun
SAMPLE = 0.003  # seconds between two looks at who waits
# PostgreSQL makes a file longer: no record is concerned, nor anybody's code.
PHYSICAL = {"extend"}


def main(filled, without, seconds):
    """Return the same work in both twins, the addon's own work, and what it costs."""
    plain = {
        "with": _together(filled, roles.ADDON_READERS, roles.WRITERS, seconds),
        "without": _together(without, roles.CORE_READERS, roles.WRITERS, seconds),
    }
    own = _together(filled, roles.ADDON_READERS, roles.ADDON_WRITERS, seconds)
    dashboards = [roles.dashboard] * roles.SHARES
    threads = _together(filled, [], roles.WRITERS, seconds, crowd=dashboards)
    workers = _together(filled, dashboards, roles.WRITERS, seconds)
    one = _together(filled, dashboards[:1], roles.WRITERS, seconds)
    alone = _alone(filled)
    return [
        _row("together", plain),
        _row("together_pso", {**plain, "with": own}),
        *_shares(threads, plain["without"], alone),
        _read("together_workers", workers, alone),
        _read("together_one", one, alone),
    ]


def _shares(busy, without, alone):
    """What eight open dashboards cost those who write, and each other."""
    write, plain = busy["seconds"]["write"], without["seconds"]["write"]
    return [
        {
            "key": "together_write",
            "ratio": write["median"] / plain["median"],
            "most": 1.2,
            "seconds": {"with": write["median"], "without": plain["median"]},
            "repetitions": write["n"],
        },
        _read("together_read", busy, alone),
    ]


def _read(key, busy, alone):
    """What it takes to open the dashboard while others do, and write."""
    read = busy["seconds"]["read"]
    return {
        "key": key,
        "ratio": read["p95"] / alone,
        "most": 3,
        "seconds": {"95 %": read["p95"], "alone": alone},
        "repetitions": read["n"],
    }


def _alone(database):
    """Seconds of a dashboard that nobody else waits for."""
    took = []
    for _turn in range(5):
        with environment(database) as env:
            share = roles.Share(env.cr, roles.dashboard, 0)
            page = api.Environment(env.cr, share.uid, share.context)["pso.dashboard"]
            started = time.perf_counter()
            page.retrieve()
            took.append(time.perf_counter() - started)
    return statistics.median(took)


def _row(key, twins):
    trouble = {name: _trouble(twin) for name, twin in twins.items()}
    return {
        "key": key,
        "more": trouble["with"] - trouble["without"],
        "most": 0,
        "trouble": trouble,
        "seconds": {
            f"{kind} {name}": twin["seconds"][kind]["median"]
            for kind in ("read", "write")
            for name, twin in twins.items()
        },
        "twins": twins,
        "repetitions": sum(twin["transactions"] for twin in twins.values()),
    }


def _trouble(twin):
    """How often something failed or waited for another; a statement counts once."""
    waits = sum(n for event, n in twin["waits"].items() if event not in PHYSICAL)
    return sum(twin["failures"].values()) + waits + twin["deadlocks"]


def _together(database, readers, writers, seconds, crowd=()):
    """Have them all work for some seconds, and add up what happened.

    :param crowd: readers who are threads of one process
    """
    with environment(database) as env:
        roles.prepare(env)
        env.cr.commit()
    deadlocks = _deadlocks(database)
    jobs = [(role, n, True) for n, role in enumerate(readers)]
    jobs += [(role, n, False) for n, role in enumerate(writers)]
    with _forking(len(jobs) + bool(crowd) + 1) as start:
        futures = [start(_work, database, float(seconds), *job) for job in jobs]
        if crowd:
            futures.append(start(_crowd, database, float(seconds), crowd))
        sampling = start(_sample, database, float(seconds))
    errors = [each.exception() for each in [*futures, sampling] if each.exception()]
    for error in sorted(errors, key=lambda e: isinstance(e, BrokenBarrierError)):
        raise error
    time.sleep(1)  # until PostgreSQL has added up what its processes counted
    return {
        **_summary([each.result() for each in futures]),
        **sampling.result(),
        "deadlocks": _deadlocks(database) - deadlocks,
    }


@contextmanager
def _forking(count):
    """Processes that begin at the same moment, when all of them are ready."""
    global GATE  # what a process is forked with need not be sent to it
    GATE = FORK.Barrier(count)
    close_all()  # connections are not shared
    gc.collect()
    gc.freeze()  # else each process copies what its collector touches
    with ProcessPoolExecutor(count, FORK) as pool:
        yield partial(pool.submit, _at_the_gate)
    gc.unfreeze()


def _at_the_gate(function, *arguments):
    """Run in one of the processes; when one fails to start, none waits for it."""
    random.seed(getpid())
    try:
        return function(*arguments)
    except Exception:
        GATE.abort()
        raise


def _work(database, seconds, role, number, is_reader):
    """Do the transactions of one role, one after the other, until the time is over."""
    work = _ready(database, role, number, is_reader)
    GATE.wait(PATIENCE)
    return work(time.monotonic() + seconds)


def _crowd(database, seconds, readers):
    """Do the same in a thread for each reader, and add up what came of it."""
    works = [_ready(database, role, n, True) for n, role in enumerate(readers)]
    with ThreadPoolExecutor(len(works)) as pool:
        GATE.wait(PATIENCE)
        until = time.monotonic() + seconds
        done = list(pool.map(lambda work: work(until), works))
    return {
        "role": "crowd",
        "kind": "read",
        "seconds": [each for one in done for each in one["seconds"]],
        "failures": sum((one["failures"] for one in done), Counter()),
    }


def _ready(database, role, number, is_reader):
    """Have the first transaction done; return what does the others until a time."""
    registry = Registry(database)
    with registry.cursor() as cr:
        share = roles.Share(cr, role, number)
    failures = Counter()
    run = partial(_transaction, registry, share, is_reader, failures)
    steps = role(share)
    result = run(next(steps))  # not timed: it fills the caches
    return partial(_go_on, role, share, steps, result, run, failures, is_reader)


def _go_on(role, share, steps, result, run, failures, is_reader, until):
    took = []
    while time.monotonic() < until:
        step = steps.send(result)
        started = time.perf_counter()
        try:
            result = run(step)
        except (OperationalError, LockError) as error:
            failures[f"given up: {type(error).__name__}"] += 1
            steps, result = role(share), None
        took.append(time.perf_counter() - started)
    kind = "read" if is_reader else "write"
    return {"role": role.__name__, "kind": kind, "seconds": took, "failures": failures}


def _transaction(registry, share, is_reader, failures, step):
    """Committed, or tried again by Odoo; every failed try is counted."""
    with registry.cursor(readonly=is_reader) as cr:
        env = api.Environment(cr, share.uid, share.context)

        def attempt():
            try:
                result = step(env)
                cr.flush()
            except OperationalError as error:
                failures[errorcodes.lookup(error.pgcode)] += 1
                raise
            return result

        return retrying(attempt, env)


def _sample(database, seconds):
    """Look again and again which statements wait for a lock."""
    seen = {}
    with db_connect("postgres").cursor() as cr:
        GATE.wait(PATIENCE)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            cr.execute(
                """
                SELECT pid, query_start::text, wait_event, left(query, 120)
                FROM pg_stat_activity
                WHERE datname = %s AND wait_event_type = 'Lock'
                """,
                [database],
            )
            for pid, since, event, query in cr.fetchall():
                seen[pid, since] = event, " ".join(query.split())
            cr.rollback()  # else the next look is at the same picture
            time.sleep(SAMPLE)
    return {
        "waits": Counter(event for event, _query in seen.values()),
        "waiting": Counter(f"{event}: {query}" for event, query in seen.values()),
    }


def _deadlocks(database):
    with db_connect("postgres").cursor() as cr:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = %s"
        cr.execute(query, [database])
        return cr.fetchone()[0]


def _summary(answers):
    failures, seconds, by_role = Counter(), defaultdict(list), defaultdict(list)
    for answer in answers:
        failures += answer["failures"]
        seconds[answer["kind"]] += answer["seconds"]
        by_role[answer["role"]] += answer["seconds"]
    return {
        "failures": failures,
        "transactions": sum(map(len, seconds.values())),
        "seconds": {kind: _quantiles(took) for kind, took in seconds.items()},
        "roles": {role: _quantiles(took) for role, took in by_role.items()},
    }


def _quantiles(seconds):
    median = statistics.median(seconds)
    p95 = statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else median
    return {"n": len(seconds), "median": median, "p95": p95}
