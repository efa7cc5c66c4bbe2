"""Long work: the workbook over writing its cells with xlsxwriter, and the lock."""

import gc
import time
from collections import defaultdict
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from odoo.modules.registry import Registry
from odoo.tools import SQL

from .inside import environment
from .timing import comparison, interleaved, medians

WRITERS = ("blank", "boolean", "datetime", "formula", "number", "string", "url")
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}
TURNS = 3
# What users write and delete all day.
TABLES = (
    "hr_employee",
    "hr_version",
    "hr_department",
    "hr_work_location",
    "pso_status",
)


def main(database):
    with environment(database) as env:
        user = env["res.users"].search([("login", "=", "bench_pso")])
        measurement = (
            env["pso.measurement"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .search([("state", "=", "live")], limit=1)
        )
        return [_lock(env, measurement), _workbook(env, measurement)]


def _lock(env, measurement):
    """The whole lock, and how many rows others wait for until it is committed."""
    seconds, held = {"lock": [], "unlock": []}, set()
    for _turn in range(TURNS):
        started = time.perf_counter()
        with _peak() as memory:
            measurement.action_lock()
            env.flush_all()
        seconds["lock"].append(time.perf_counter() - started)
        held.add(_held(env.cr.dbname))
        started = time.perf_counter()
        measurement.action_unlock()
        env.flush_all()
        seconds["unlock"].append(time.perf_counter() - started)
        env.cr.rollback()
        env.invalidate_all()
    return {
        "key": "lock",
        "more": max(held),
        "most": 0,
        "seconds": medians(seconds),
        "extra_mb": memory["extra_mb"],
        "repetitions": TURNS,
    }


def _held(database):
    """How many rows of employees and what they have another session cannot delete."""
    held = 0
    with Registry(database).cursor() as cr:
        for table in map(SQL.identifier, TABLES):
            cr.execute(SQL("SELECT COUNT(*) FROM %s", table))
            [count] = cr.fetchone()
            cr.execute(SQL("SELECT FROM %s FOR UPDATE SKIP LOCKED", table))
            held += count - cr.rowcount
        cr.rollback()
    return held


def _workbook(env, measurement):
    def export():
        env.invalidate_all()
        measurement._workbook()

    # The first of this process, which has no memory to use again.
    with _peak() as memory:
        export()
    sheets, formats = _recorded(measurement)
    # What was recorded is no burden to either of them.
    gc.freeze()
    seconds = interleaved(
        {"addon": export, "bare": lambda: _replay(sheets, formats)}, TURNS, warm_up=0
    )
    cells = sum(map(len, sheets.values()))
    return comparison("workbook", seconds, "addon", "bare", 1.25, cells=cells, **memory)


def _recorded(measurement):
    """The cells of the workbook in the order in which they are written."""
    sheets, formats = defaultdict(list), {}
    with _recording(sheets, formats):
        measurement._workbook()
    return dict(sheets), [properties for _number, properties in formats.values()]


@contextmanager
def _recording(sheets, formats):
    original = {name: getattr(Worksheet, f"write_{name}") for name in WRITERS}
    add_format = xlsxwriter.Workbook.add_format

    def add(workbook, properties=None):
        made = add_format(workbook, properties)
        formats[id(made)] = len(formats), dict(properties or {})
        return made

    def write(name):
        def record(sheet, row, col, *arguments):
            plain = [formats[id(a)][:1] if id(a) in formats else a for a in arguments]
            sheets[sheet.index].append((name, row, col, plain))
            return original[name](sheet, row, col, *arguments)

        return record

    with (
        patch.multiple(Worksheet, **{f"write_{name}": write(name) for name in WRITERS}),
        patch.object(xlsxwriter.Workbook, "add_format", add),
    ):
        yield


def _replay(sheets, formats):
    workbook = xlsxwriter.Workbook(BytesIO(), OPTIONS)
    # Those with a number of their own are the library's, which has them already.
    made = [
        None if "xf_index" in properties else workbook.add_format(properties)
        for properties in formats
    ]
    pages = {index: workbook.add_worksheet() for index in sorted(sheets)}
    calls = [
        (
            getattr(pages[index], f"write_{name}"),
            row,
            col,
            [made[a[0]] if isinstance(a, tuple) else a for a in arguments],
        )
        for index, cells in sheets.items()
        for name, row, col, arguments in cells
    ]
    gc.freeze()
    started = time.perf_counter()
    for call, row, col, arguments in calls:
        call(row, col, *arguments)
    workbook.close()
    return time.perf_counter() - started


@contextmanager
def _peak():
    """By how many MB the process grows at most, as the kernel sees it."""
    memory = {}
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    yield memory
    memory["extra_mb"] = (_status("VmHWM") - before) / 1024


def _status(name):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise LookupError(name)
