"""The databases: a template with the core modules, and two copies with the addon.

A database is made under another name and renamed when it is whole. What it was made
from is kept as its comment, so it cannot get out of step with it.
"""

import contextlib
import os
import shutil

from . import odoo, postgres, source, state
from .console import step
from .paths import ADDON

BASE = "pso_base"
DEMO = "pso_demo"
TEST = "pso_test"
MODULES = ["hr", "purchase", "l10n_nl"]


@state.lock("databases", "making a database")
def ensure_base():
    """The template: core modules only, no demo data, Dutch loaded."""
    inputs = _base_inputs()
    if _made_from(BASE) != inputs:
        with step(f"Database {BASE}") as current, _making(BASE, inputs) as name:
            odoo.install(name, "-i", MODULES, BASE, current.progress)


def ensure_test():
    """The database of the tests: always new when the addon has changed."""
    ensure_base()
    with state.lock("databases", "making a database"):
        if _made_from(TEST) != _addon_inputs():
            _make_with_addon(TEST)


def ensure_demo(fresh=False):
    """The database of the demo company: updated, as there may be work in it."""
    ensure_base()
    with state.lock("databases", "making a database"):
        made_from = _made_from(DEMO)
        if fresh or made_from is None:
            _make_with_addon(DEMO)
        elif made_from != _addon_inputs():
            _update_demo()


def _update_demo():
    inputs = _addon_inputs()
    with step(f"Database {DEMO}") as current:
        _install_addon(DEMO, "-u", DEMO, current.progress)
    _comment(DEMO, inputs)


def _make_with_addon(database):
    inputs = _addon_inputs()
    with (
        step(f"Database {database}") as current,
        _making(database, inputs, BASE) as name,
    ):
        _install_addon(name, "-i", database, current.progress)


def _install_addon(name, option, log, show):
    odoo.install(name, option, [ADDON.name], log, show)
    show("the demo company")
    odoo.script(name, "load_demo", f"{log}-demo")


def _base_inputs():
    tree = source.ensure()
    return state.digest(*MODULES, str(tree.python_path), tree.release)


def _addon_inputs():
    return state.digest(_base_inputs(), ADDON)


def _made_from(database):
    """The inputs of a finished database, else None: its files are part of it."""
    if not (odoo.FILESTORE / database).exists():
        return None
    rows = postgres.psql(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        f" WHERE datname = '{database}'"
    )
    return rows[0] if rows else None


def _comment(database, inputs):
    postgres.psql(f"COMMENT ON DATABASE {database} IS '{inputs}'")


@contextlib.contextmanager
def _making(database, inputs, template=None):
    """Yield the name to work under; afterwards the database has its own name."""
    name = f"{database}_new"
    _drop(name)
    if template:
        postgres.psql(f"CREATE DATABASE {name} TEMPLATE {template}")
        _copy_filestore(template, name)
    yield name
    _comment(name, inputs)
    _drop(database)
    if (odoo.FILESTORE / name).exists():
        (odoo.FILESTORE / name).rename(odoo.FILESTORE / database)
    postgres.psql(f"ALTER DATABASE {name} RENAME TO {database}")


def _drop(database):
    postgres.psql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    shutil.rmtree(odoo.FILESTORE / database, ignore_errors=True)


def _copy_filestore(database, name):
    """Link the files: Odoo names them by content and never changes one."""
    folder = odoo.FILESTORE / database
    if folder.exists():
        shutil.copytree(folder, odoo.FILESTORE / name, copy_function=os.link)
