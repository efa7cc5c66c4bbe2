"""The databases of the benchmark, each a copy of the one before it.

``bench_empty``          core modules, a chart of accounts, departments, products
``bench_SIZE_without``   the same with employees, vendors, bills and orders
``bench_SIZE``           the same with the addon, statuses, certificates and figures

Employees and bills are there before the addon is, as in a company that installs it;
and the database without it is the twin that it is measured against.
"""

import json
import shutil
import tempfile
import time
from pathlib import Path

from _env import database, odoo, postgres, process
from _env.console import step
from _env.paths import ADDON, DEV, LOGS

PREFIX = "bench_"
EMPTY = f"{PREFIX}empty"


def name_of(size, suffix=""):
    return f"{PREFIX}{f'{size:g}'.replace('.', '_')}{suffix}"


def task(module, *arguments):
    """Run a module of this package where Odoo is; return what it answers."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.json")
        process.logged(
            [odoo.command()[0], "-m", "_bench.inside", module, *map(str, arguments)],
            f"bench-{module}",
            failure=f"dev/_bench/{module}.py failed.",
            env=odoo.environment()
            | {"PYTHONPATH": str(DEV), "PSO_BENCH_ANSWER": str(answer)},
        )
        return json.loads(answer.read_text())


def exists(name):
    return bool(postgres.psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def copy(source, name):
    """A database like another one, with its files."""
    drop(name)
    postgres.psql(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
    if (odoo.FILESTORE / source).exists():
        shutil.copytree(odoo.FILESTORE / source, odoo.FILESTORE / name)


def drop(name):
    postgres.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    shutil.rmtree(odoo.FILESTORE / name, ignore_errors=True)


def drop_all():
    for name in postgres.psql(
        f"SELECT datname FROM pg_database WHERE starts_with(datname, '{PREFIX}')"
    ):
        drop(name)


def _analyze(name):
    postgres.psql("VACUUM (ANALYZE)", name)


def build(size, fresh=False):
    """Have the databases of a size.

    :return: ``{step: seconds}`` of what was done now
    """
    seconds = {}
    without, filled = name_of(size, "_without"), name_of(size)
    with postgres.running():
        database.ensure_base()
        if fresh:
            drop(filled)
            drop(without)
        if not exists(EMPTY):
            with _timed(seconds, "prepare", EMPTY):
                copy(database.BASE, f"{EMPTY}_new")
                task("prepare", f"{EMPTY}_new")
                _rename(f"{EMPTY}_new", EMPTY)
        if not exists(without):
            with _timed(seconds, "fill", without):
                copy(EMPTY, f"{without}_new")
                task("fill", f"{without}_new", size)
                _analyze(f"{without}_new")
                _rename(f"{without}_new", without)
        if not exists(filled):
            with _timed(seconds, "install", filled):
                copy(without, f"{filled}_new")
                install(f"{filled}_new")
            with _timed(seconds, "fill_pso", filled):
                task("fill_pso", f"{filled}_new", size)
                _analyze(f"{filled}_new")
                _rename(f"{filled}_new", filled)
    return seconds


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
