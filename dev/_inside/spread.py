"""A pytest plugin: the tests of one run, spread over several processes."""

import os
import shutil
from functools import partial
from unittest.mock import patch

import pytest

from odoo.tests import get_db_name
from odoo.tools import config


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
