"""A pytest plugin: the tests of one run, spread over several processes."""

import os
import shutil
from collections import Counter
from functools import partial
from unittest.mock import patch

import pytest

from odoo.tests import get_db_name
from odoo.tools import config

# Classes that take minutes begin first, so that no process is left alone with one at
# the end of the run; the others follow by their number of tests, as pytest-xdist does.
LONG = (
    *("TestUpgrade", "TestProperties", "TestProbe", "TestRandomBills"),
    *("TestAccessibility", "TestDashboardClient", "TestChangeAndUndo"),
    *("TestAccessibilityOnASmallTelephone", "TestRoles", "TestTrendOfRandomCompanies"),
    *("TestAnswersComeTrue", "TestLifecycle", "TestContext", "TestMutants"),
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Order the classes: pytest's hook, of the main process and of each other."""
    classes = [item.nodeid.rsplit("::", 1)[0] for item in items]
    sizes = Counter(classes)

    def turn(pair):
        name = pair[0].rsplit("::", 1)[-1]
        return LONG.index(name) if name in LONG else len(LONG), -sizes[pair[0]]

    pairs = sorted(zip(classes, items, strict=True), key=turn)
    items[:] = [item for _class, item in pairs]


@pytest.fixture(scope="session", autouse=True)
def _own_file_store(load_registry):
    """Each process has a database of pytest-odoo, which lets them share the files.

    What one of them cleans up another would miss.
    """
    name = get_db_name()
    file_store = partial(type(config).filestore, config)
    shared, own = config.filestore(name), file_store(name)
    if own == shared:
        yield
        return
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(shared, own, copy_function=os.link)
    with patch.object(config, "filestore", file_store):
        yield
    shutil.rmtree(own, ignore_errors=True)
