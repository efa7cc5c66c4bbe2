"""Installing and upgrading the addon, disturbed.

Odoo commits a module in steps, so what is left of a disturbed one may be a part. What
matters: core's rows are as they were, and running it again leaves what an undisturbed
one leaves.
"""

import tarfile

from _env import database, odoo, process
from _env.console import Failure, step
from _env.paths import ADDON, ROOT

from lab.bench import build

from . import photo
from .kills import ALL, NOTHING, PART, Operation
from .site import FOLDER, SIZE

VERSIONS = ROOT / "tests/data/versions.tar.xz"
OLD = "19.0.3.0.0"
SCRATCH = "faults_scratch"
MOST_SHOWN = 5


class Module(Operation):
    """A run of Odoo's command line on a copy of a database."""

    warm_ups = 0
    option = source = None

    def begin(self):
        self.site.kill_odoo()
        self.site.copy(self.source, SCRATCH)

    def run(self):
        options = ("--stop-after-init", "--no-http")
        self._odoo("--database", SCRATCH, self.option, ADDON.name, *options)

    def _odoo(self, *arguments):
        self.site.busy = self.site.command(*arguments)
        try:
            if self.site.busy.wait():
                raise Failure(f"odoo {' '.join(arguments)} failed.")
        finally:
            self.site.busy = None

    def look(self):
        """The schema, the addon's records, and core's rows."""
        parts = (photo.schema, photo.records, photo.of_core)
        return [part(self.site, SCRATCH) for part in parts]

    def judge(self, found, before, after):
        if found == before:
            return NOTHING
        if found == after:
            return ALL
        return PART if found[-1] == before[-1] else None

    def differences(self, expected, found):
        pairs = zip(expected, found, strict=True)
        lines = [line for one, other in pairs for line in {*one} ^ {*other}]
        return f"{len(lines)} lines, as {sorted(lines)[:MOST_SHOWN]}"

    def revive(self):
        self.site.revive_postgres()
        self.site.wait_until_quiet()

    def restore(self):
        """``begin`` copies the database anew."""

    def untouched(self):
        return None

    def kept(self):
        return None, None

    def kept_until(self, last):
        return None

    def findings(self):
        self._odoo("pso_verify", "--database", SCRATCH)


class Install(Module):
    """Into a company with employees and bills."""

    name = "installation"
    option = "--init"
    source = build.name_of(SIZE, "_without")


class Upgrade(Module):
    """From an earlier version, with locked measurements."""

    name = f"upgrade from {OLD}"
    option = "--update"
    source = "faults_old"

    def __init__(self, site):
        super().__init__(site)
        with step(f"Database with {OLD}") as current:
            site.server.take_over(database.BASE)
            site.configure(database.BASE)
            site.copy(database.BASE, self.source)
            with tarfile.open(VERSIONS) as archive:
                archive.extraction_filter = getattr(tarfile, "data_filter", None)
                archive.extractall(FOLDER / "versions")
            script = ROOT / "tests/upgrade/old.py"
            process.logged(
                [odoo.command()[0], script, FOLDER / "versions" / OLD, self.source],
                "faults-old",
                lambda _line: current.progress("working with it"),
                env=odoo.environment(**site.environment),
            )


ALL_MODULES = (Install, Upgrade)
