"""Running Odoo: its configuration, its environment, and its progress."""

import os
import re

from . import postgres, process, source, state, venv
from .paths import ADDON, CACHE, DEV, INSIDE, STATE

CONFIG = STATE / "odoo.conf"
DATA = STATE / "data"
# A folder with nothing but the addon. Below the root Odoo lies too, and would take its
# own code for that of an addon, and leave its messages in English.
ADDONS = STATE / "addons"
FILESTORE = DATA / "filestore"
CACHES = {
    "HYPOTHESIS_STORAGE_DIRECTORY": "hypothesis",
    "PYLINTHOME": "pylint",
    "PYTHONPYCACHEPREFIX": "pyc",
    "RUFF_CACHE_DIR": "ruff",
}
LOADING = re.compile(r"Loading module (\w+) \((\d+/\d+)\)")


def ensure():
    """Have Odoo ready to run: its source, its Python packages, its configuration."""
    with state.lock("setup", "setting up"):
        tree = source.ensure()
        venv.ensure(tree, before_rebuild=postgres.stop)
        _configure(tree)


def _configure(tree):
    ADDONS.mkdir(exist_ok=True)
    link = ADDONS / ADDON.name
    if link.resolve() != ADDON:
        link.unlink(missing_ok=True)
        link.symlink_to(ADDON)
    names = {"db_host": "PGHOST", "db_port": "PGPORT", "db_user": "PGUSER"}
    variables = process.environment(**postgres.connection())
    options = {
        "addons_path": ",".join(map(str, [*tree.addons, ADDONS])),
        "data_dir": DATA,
        **{o: variables[name] for o, name in names.items() if name in variables},
        "http_interface": "127.0.0.1",
        "list_db": False,
    }
    lines = [f"{option} = {value}" for option, value in options.items()]
    CONFIG.write_text("\n".join(["[options]", *lines, ""]))


def environment(**changes):
    """What Odoo and the tests find in their environment, with changes to it."""
    folders = [DEV / "_env/bin", venv.FOLDER / "bin", postgres.binaries()]
    variables = {
        **postgres.connection(),
        "ODOO_RC": CONFIG,
        "PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]]),
        "PYTEST_DB_USE_ENV_VARS": None,  # pytest-odoo 2.3.0 crashes on it
        **{name: CACHE / folder for name, folder in CACHES.items()},
    }
    return process.environment(**variables | changes)


def command(*arguments):
    return [venv.PYTHON, "-m", "odoo", *arguments]


def foreground(*arguments):
    return process.foreground(command(*arguments), env=environment())


def install(database, option, modules, log, show):
    """Install or update modules (option -i or -u), showing which one it is at."""

    def on_line(line):
        if match := LOADING.search(line):
            show(f"{match[2]} {match[1]}")

    process.logged(
        command("--database", database, option, ",".join(modules))
        + ["--load-language", "en_US,nl_NL", "--stop-after-init", "--no-http"],
        log,
        on_line,
        "Odoo could not install the modules.",
        env=environment(),
    )


def script(database, name, log, *options, on_line=None, **variables):
    """Run a script of ours in Odoo's shell, where `env` is."""
    with (INSIDE / f"{name}.py").open() as file:
        process.logged(
            command("shell", "--database", database, "--no-http", *options),
            log,
            on_line,
            f"dev/_inside/{name}.py failed.",
            stdin=file,
            env=environment() | variables,
        )
