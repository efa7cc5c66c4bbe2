"""Run a task of the benchmark where Odoo is: ``python -m lab.bench.inside TASK ARGS``.

A task is a function ``main`` in a module of this package, or of another one by its full
name. What it returns is written as JSON to the file that the environment names.
"""

import contextlib
import importlib
import json
import os
import sys
from pathlib import Path

import odoo.service.server
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

ANSWER = "PSO_BENCH_ANSWER"


@contextlib.contextmanager
def environment(database):
    """A superuser's environment in a database; nothing is committed by itself."""
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})


def main():
    task, *arguments = sys.argv[1:]
    config.parse_config(
        ["--config", os.environ["ODOO_RC"], "--no-http", "--log-level", "warn"],
        setup_logging=True,
    )
    odoo.service.server.start(preload=[], stop=True)
    module = task if "." in task else f"lab.bench.{task}"
    answer = importlib.import_module(module).main(*arguments)
    Path(os.environ[ANSWER]).write_text(json.dumps(answer))


if __name__ == "__main__":
    main()
