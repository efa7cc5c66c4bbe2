"""The databases of the benchmark, each a copy of the one before it.

``bench_empty``          core modules, a chart of accounts, departments, products
``bench_SIZE_without``   the same with employees, vendors, bills and orders
``bench_SIZE``           the same with the addon, statuses, certificates and figures

Employees and bills are there before the addon is, as in a company that installs it;
and the database without it is the twin that it is measured against. What each was made
from is kept as its comment: when the code that shapes it has changed, it is made anew.
"""

import contextlib
import json
import shutil
import tempfile
import time
from datetime import date
from functools import partial
from pathlib import Path

from _env import database, odoo, postgres, process, state
from _env.console import step
from _env.paths import ADDON, LOGS, ROOT

PREFIX = "bench_"
EMPTY = f"{PREFIX}empty"
HERE = Path(__file__).parent
# What of the addon is in a database: tables, columns, indexes, records and views.
SHAPING = ("__manifest__.py", "hooks.py", "data", "models", "security", "views")


def name_of(size, suffix=""):
    return f"{PREFIX}{f'{size:g}'.replace('.', '_')}{suffix}"


def task(module, *arguments, **environment):
    """Run a module of this package where Odoo is; return what it answers.

    :param module: its name; the full one, if it is of another package
    :param environment: changes, as of ``process.environment``
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.json")
        process.logged(
            [odoo.command()[0], "-m", "lab.bench.inside", module, *map(str, arguments)],
            f"bench-{module}",
            failure=f"The task {module} failed.",
            env=odoo.environment(**environment)
            | {"PYTHONPATH": str(ROOT), "PSO_BENCH_ANSWER": str(answer)},
        )
        return json.loads(answer.read_text())


def _made_from(name):
    """The comment of a database, None without one and without a database."""
    rows = postgres.psql(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        f" WHERE datname = '{name}'"
    )
    return rows[0] if rows else None


def copy(source, name):
    """A database like another one, with its files."""
    drop(name)
    postgres.psql(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
    if (odoo.FILESTORE / source).exists():
        shutil.copytree(odoo.FILESTORE / source, odoo.FILESTORE / name)


def drop(name):
    postgres.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    shutil.rmtree(odoo.FILESTORE / name, ignore_errors=True)


@contextlib.contextmanager
def scratch(*sources):
    """Copies that may be changed, and are dropped afterwards."""
    names = [f"{PREFIX}scratch_{n}" for n in range(len(sources))]
    try:
        for source, name in zip(sources, names, strict=True):
            copy(source, name)
        yield names
    finally:
        for name in names:
            drop(name)


def drop_all():
    for name in postgres.psql(
        f"SELECT datname FROM pg_database WHERE starts_with(datname, '{PREFIX}')"
    ):
        drop(name)


def build(size, fresh=False):
    """Have the databases of a size.

    :return: ``{step: seconds}`` of what was done now
    """
    seconds = {}
    without, filled = name_of(size, "_without"), name_of(size)

    def ensure(name, source, inputs, **steps):
        if _made_from(name) == inputs:
            return
        copy(source, f"{name}_new")
        for key, do in steps.items():
            with _timed(seconds, key, name):
                do(f"{name}_new")
        postgres.psql("VACUUM (ANALYZE)", f"{name}_new")
        postgres.psql(f"COMMENT ON DATABASE {name}_new IS '{inputs}'")
        _rename(f"{name}_new", name)

    with postgres.running():
        database.ensure_base()
        if fresh:
            drop(filled)
            drop(without)
        base, without_inputs, filled_inputs = _inputs(size)
        ensure(EMPTY, database.BASE, base, prepare=partial(task, "prepare"))
        ensure(
            without, EMPTY, without_inputs, fill=lambda name: task("fill", name, size)
        )
        ensure(
            filled,
            without,
            filled_inputs,
            install=install,
            fill_pso=lambda name: task("fill_pso", name, size),
        )
    return seconds


def _inputs(size):
    """What the three databases are made from; their dates are relative to today."""
    month = date.today().strftime("%Y-%m")
    base = _digest(_made_from(database.BASE), "prepare.py")
    without = _digest(base, "fill.py", "prototype.py", "sizes.py", month, str(size))
    return base, without, _digest(without, "fill_pso.py", *SHAPING)


def _digest(*inputs):
    """A fingerprint of texts, modules of this package and parts of the addon."""
    paths = {path.name: path for path in (*HERE.iterdir(), *ADDON.iterdir())}
    return state.digest(*(paths.get(each, each) for each in inputs))


def install(name):
    odoo.install(name, "-i", [ADDON.name], "bench-install", lambda _module: None)


def _rename(name, final):
    drop(final)
    postgres.psql(f"ALTER DATABASE {name} RENAME TO {final}")
    if (odoo.FILESTORE / name).exists():
        (odoo.FILESTORE / name).rename(odoo.FILESTORE / final)


class _timed:
    """A step that the person sees, and whose time is kept."""

    def __init__(self, seconds, key, name):
        self.seconds, self.key = seconds, key
        self.step = step(f"{name}: {key}")

    def __enter__(self):
        self.started = time.monotonic()
        self.step.__enter__()

    def __exit__(self, *exception):
        self.seconds[self.key] = time.monotonic() - self.started
        return self.step.__exit__(*exception)
