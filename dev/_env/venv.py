"""The Python packages, in a virtual environment."""

import re
import shutil
import sys

from . import debian, process, state
from .console import Failure, step
from .paths import CACHE, DEV, ROOT, STATE

FOLDER = STATE / "venv"
PYTHON = FOLDER / "bin/python"
NEWEST = (3, 13)  # Odoo 19 fails on a newer one
NEWEST_NAME = "python{}.{}".format(*NEWEST)
REQUIREMENTS = DEV / "requirements.txt"
# Installed without what they need themselves.
ALONE = DEV / "requirements-alone.txt"


def ensure(source, before_rebuild):
    """Have the environment there, with Odoo's source in its path.

    :param before_rebuild: called before programs that may be running are replaced
    """
    python = _interpreter()
    version = process.output([python, "-VV"]) or ""
    inputs = state.digest(REQUIREMENTS, ALONE, version, str(ROOT))
    if not state.is_built(FOLDER, inputs):
        before_rebuild()
        with step("Python packages") as current, state.building(FOLDER, inputs):
            _build(python, current.progress)
    (site_packages() / "odoo_source.pth").write_text(f"{source.python_path}\n")


def site_packages():
    return next(FOLDER.glob("lib/python*/site-packages"), FOLDER)


def _interpreter():
    """This Python, or else the newest that will do."""
    if sys.version_info[:2] <= NEWEST:
        return sys.executable
    debian.require({NEWEST_NAME: NEWEST_NAME})
    return shutil.which(NEWEST_NAME)


def _build(python, show):
    has_pip = process.output([python, "-c", "import ensurepip"]) is not None
    options = [] if has_pip else ["--without-pip"]
    process.logged([python, "-m", "venv", *options, FOLDER], "venv")
    pins = sum(each.read_text().count("==") for each in (REQUIREMENTS, ALONE))
    seen = set()

    def on_line(line):
        if match := re.match(r"Collecting (\S+)", line):
            seen.add(match[1])
            show(f"{len(seen)}/{pins} {match[1]}")
        elif line.startswith("Installing"):
            show(f"installing {len(seen)} packages")

    env = process.environment(
        PIP_CACHE_DIR=CACHE / "pip",
        PIP_DISABLE_PIP_VERSION_CHECK=1,
        PYTHONPATH=None if has_pip else _debian_pip(show),
    )
    for options in ([REQUIREMENTS], [ALONE, "--no-deps"]):
        process.logged(
            [PYTHON, "-m", "pip", "install", "--requirement", *options],
            "pip",
            on_line,
            "pip could not install the Python packages; is the network there?",
            env=env,
        )


def _debian_pip(show):
    """pip as a wheel: Debian's python3 comes without it, and without ensurepip."""
    if not debian.is_debian():
        raise Failure("This Python has no ensurepip: install the one for its venv.")
    folder = CACHE / "pip-wheel"
    debian.unpack(["python3-pip-whl"], folder, "sid", show)
    (wheel,) = folder.glob("usr/share/python-wheels/pip-*.whl")
    return wheel
