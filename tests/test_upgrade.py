"""Every earlier version upgrades to this one, and nothing of it is lost.

``PSO_LONG=1`` tries all of them.

Each of them is kept in tests/data/versions.tar.xz, is installed into a database of its
own and worked with by its own code; then this version takes over.
"""

import concurrent.futures
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg2
from tally import tell
from upgrade import photo

from odoo.sql_db import connection_info_for, db_connect
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import config

TEMPLATE = "pso_base"  # hr, purchase and l10n_nl: what dev/ starts every database from
HERE = Path(__file__).parent
ARCHIVE = HERE / "data/versions.tar.xz"
KEPT = tuple(f"19.0.{number}.0.0" for number in range(1, 13))
# From this version on seals are such as this one makes: an upgrade adds none.
SEALS_OF_TODAY = 4
# Each takes a minute: the first, the first with seals of today, and the last.
VERSIONS = KEPT if os.environ.get("PSO_LONG") else (KEPT[0], KEPT[4], KEPT[-1])
PROBLEM = re.compile(r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) .*", re.MULTILINE)
PRECISION = 1e-9  # to which figures agree
GONE = "gone"


class Upgrade:
    """One version's database: what was in it before, and after."""

    def __init__(self, version, folder):
        self.version, self.folder = version, folder
        self.database = re.sub(r"\W", "_", f"{get_db_name()}_{version}")
        self.log = ""

    def run(self):
        """Make the database with the old version, and upgrade it."""
        self._make()
        self.before = self._odoo("old", self.folder / self.version)
        answer = self._odoo("new", HERE.parent)
        self.after, self.again, self.worked = answer["looks"]
        self.done = answer["done"]
        return self

    def _make(self):
        administer(f"CREATE DATABASE {self.database} TEMPLATE {TEMPLATE}")
        source, files = map(config.filestore, (TEMPLATE, self.database))
        if os.path.exists(source):
            shutil.copytree(source, files, copy_function=os.link)

    def drop(self):
        administer(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        shutil.rmtree(config.filestore(self.database), ignore_errors=True)

    def _odoo(self, script, addons):
        """What a script answers; its log is added to ours."""
        run = subprocess.run(
            [sys.executable, HERE / f"upgrade/{script}.py", addons, self.database],
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise AssertionError(f"{self.version}, {script}:\n{run.stderr[-4000:]}")
        self.log += run.stderr
        return json.loads(run.stdout)


def administer(statement):
    _name, info = connection_info_for("postgres")
    with closing(psycopg2.connect(**info)) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


@tagged("post_install", "-at_install")
class TestUpgrade(BaseCase):
    """The upgrade of each earlier version, two at a time."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        with tarfile.open(ARCHIVE) as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(folder)
        upgrades = [Upgrade(version, folder) for version in VERSIONS]
        for upgrade in upgrades:
            upgrade.drop()
            cls.addClassCleanup(upgrade.drop)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cls.upgrades = list(pool.map(Upgrade.run, upgrades))

    def test_all_versions_are_kept(self):
        manifests = {path.name for path in self.upgrades[0].folder.iterdir()}
        self.assertEqual(manifests, set(KEPT))

    def test_nothing_is_lost(self):
        """Every row of every table, column by column."""
        for upgrade in self.upgrades:
            with self.subTest(upgrade.version):
                before = upgrade.before["photo"]
                lost = differences(_kept(before), upgrade.after["photo"])
                self.assertEqual(lost, [])
                tables = [table for table, rows in before.items() if rows]
                self.assertIn("pso_locked_person_line", tables)
                rows = sum(map(len, before.values()))
                tell(
                    f"upgrade from {upgrade.version}: {len(tables)} tables,"
                    f" {rows} rows, {len(lost)} lost or changed"
                )

    def test_figures(self):
        """Live and locked figures and their lines are what they were."""
        for upgrade in self.upgrades:
            with self.subTest(upgrade.version):
                before, after = upgrade.before["figures"], upgrade.after["figures"]
                self.assertEqual(sum(map(is_locked, before.values())), 2)
                self.assertEqual(len(before), 4)
                after = {
                    number: each
                    if is_locked(before[number])
                    else with_known_checks(each, before[number])
                    for number, each in after.items()
                }
                self.assertEqual(differences(before, after), [])

    def test_log(self):
        for upgrade in self.upgrades:
            with self.subTest(upgrade.version):
                self.assertEqual(PROBLEM.findall(upgrade.log), [])

    def test_upgrade_over_itself(self):
        """It changes nothing, and adds nothing."""
        for upgrade in self.upgrades:
            with self.subTest(upgrade.version):
                for one, other in (
                    (upgrade.after, upgrade.again),
                    (upgrade.again, upgrade.after),
                ):
                    self.assertEqual(differences(one, other), [])
                rows = sum(map(len, upgrade.after["photo"].values()))
                tell(f"the same upgraded once more: {rows} rows, 0 changed")

    def test_work_goes_on(self):
        """Workbook and dashboard are made, and what is locked anew is as before."""
        for upgrade in self.upgrades:
            with self.subTest(upgrade.version):
                self.assertEqual(len(upgrade.done), 8)
                self.assertTrue(all(upgrade.done))
                whole = str(upgrade.before["whole"])
                before, after = (
                    each["figures"][whole] for each in (upgrade.before, upgrade.worked)
                )
                after = with_known_checks(after, before)
                self.assertEqual(differences(before, after), [])

    def test_seals(self):
        """What was locked is sealed as it was found, and all of it verifies."""
        for upgrade in self.upgrades:
            with self.subTest(upgrade.version):
                before = upgrade.before["figures"].items()
                locked = {int(number) for number, each in before if is_locked(each)}
                for look in (upgrade.after, upgrade.again, upgrade.worked):
                    self.assertEqual((look["findings"], look["notes"]), ([], []))
                    last = {seal["record"]: seal["event"] for seal in look["seals"]}
                    sealed = {
                        record
                        for record, event in last.items()
                        if event in ("lock", "upgrade")
                    }
                    self.assertEqual(sealed, locked)
                found, events = (
                    [seal["event"] for seal in look["seals"]]
                    for look in (upgrade.after, upgrade.worked)
                )
                is_of_today = KEPT.index(upgrade.version) >= SEALS_OF_TODAY
                self.assertEqual(found.count("upgrade"), 0 if is_of_today else 2)
                self.assertEqual(events, [*found, *["unlock", "lock"] * 2])

    def test_schema(self):
        """It is that of an installation from nothing."""
        with db_connect(get_db_name()).cursor() as cr:
            fresh = photo.schema(cr)
        for upgrade in self.upgrades:
            with self.subTest(upgrade.version):
                self.assertEqual(upgrade.after["schema"], fresh)


def with_known_checks(figures, before):
    """Figures without the findings of checks that there were not before."""
    known = {check for check, _count in before["pso.check"]}
    rows = [row for row in figures["pso.check"] if row[0] in known]
    return figures | {"pso.check": rows}


def is_locked(parts):
    return parts["figures"]["state"] == "locked"


def _kept(tables):
    """A photo, of our own words just which they are."""
    return tables | {
        table: dict.fromkeys(tables[table], {}) for table in photo.OUR_WORDS
    }


def differences(before, after, path=""):
    """Where something is no longer as it was: ``["path: before, now after"]``

    What has been added is no difference.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            line
            for key, value in before.items()
            for line in differences(value, after.get(key, GONE), f"{path}/{key}")
        ]
    if isinstance(before, list) and isinstance(after, list):
        if len(before) == len(after):
            pairs = enumerate(zip(before, after, strict=True))
            return [
                line
                for number, pair in pairs
                for line in differences(*pair, f"{path}/{number}")
            ]
    elif isinstance(before, float) and isinstance(after, float):
        if math.isclose(before, after, rel_tol=PRECISION, abs_tol=PRECISION):
            return []
    elif before == after:
        return []
    return [f"{path}: {before}, now {after}"]
