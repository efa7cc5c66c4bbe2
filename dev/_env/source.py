"""Odoo's source tree: Debian's package, unpacked, or what ODOO_HOME names.

Odoo is not published as a Python package, so it cannot be a pip requirement.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

from . import debian, state
from .console import Failure, step
from .paths import STATE

IS_SUPPORTED = re.compile(r"^version_info = \(19, 0,", re.MULTILINE)
SUITE = "sid"
# Odoo's package and what the links in it point to.
PACKAGES = [
    "odoo-19",
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
# Left out by Debian, yet named by a bundle, which then logs an error in the browser.
PLACEHOLDER = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
HINT = "set ODOO_HOME to a checkout of Odoo 19.0"


class Source(NamedTuple):
    """A source tree: what Python has to find, and where more addons are."""

    python_path: Path
    addons: list

    @property
    def release(self):
        return self.python_path / "odoo/release.py"

    def addon(self, name):
        folders = [self.python_path / "odoo/addons", *self.addons]
        return next(folder / name for folder in folders if (folder / name).exists())


def ensure():
    """The source tree, downloaded if need be."""
    home = os.environ.get("ODOO_HOME")
    return _locate(Path(home).resolve() if home else _debian())


def _debian():
    root = STATE / "odoo"
    inputs = state.digest(SUITE, *PACKAGES, PLACEHOLDER)
    if state.is_built(root, inputs):
        return root
    if not debian.is_debian():
        raise Failure(f"Odoo can be downloaded on Debian only: {HINT}.")
    with step("Odoo 19 source") as current, state.building(root, inputs):
        debian.unpack(PACKAGES, root, SUITE, current.progress)
        placeholder = _locate(root).python_path / "odoo/addons" / PLACEHOLDER
        placeholder.parent.mkdir(parents=True)
        placeholder.write_text("// Not part of Debian's package.\n")
    return root


def _locate(root):
    """Find Odoo below a checkout or a file system's root."""
    addons = [root / "addons"] if (root / "addons").is_dir() else []
    for python_path in (root, root / "usr/lib/python3/dist-packages"):
        source = Source(python_path, addons)
        if source.release.exists():
            break
    else:
        raise Failure(f"There is no Odoo in {root}: {HINT}.")
    if not IS_SUPPORTED.search(source.release.read_text()):
        raise Failure(f"The Odoo in {root} is not 19.0: {HINT}.")
    return source
