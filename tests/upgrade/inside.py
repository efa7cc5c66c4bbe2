"""What both sides of the upgrade test share: Odoo on a database, and its figures.

Both run in processes of their own: ``old.py`` with an earlier version of the addon in
the addons path, ``new.py`` with this one. What they answer goes to standard output.
"""

import contextlib
import json
import os
import sys

import odoo.service.server
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

MODULE = "pso_odoo"
LINES = {
    "pso.person.line": (
        "kind",
        "key",
        "date_from",
        "days",
        "total_fte",
        "direct_fte",
        "reason",
        "is_verified",
    ),
    "pso.supplier.line": (
        "partner_id",
        "year",
        "bill_count",
        "amount",
        "amount_proven",
        "indirect_fte",
        "reason",
    ),
    "pso.check": ("type_id", "count"),
}
FIGURES = (
    "state",
    "total_fte",
    "direct_fte",
    "direct_percentage",
    "indirect_fte",
    "indirect_percentage",
    "indirect_counted_percentage",
    "total_percentage",
    "level_id",
    "next_level_id",
    "gap_percentage",
    "gap_fte",
    "pso30_percentage",
    "pso30_regular_percentage",
    "is_pso30",
    "is_complete",
    "is_level_certain",
    "proven_direct_percentage",
    "proven_indirect_percentage",
    "proven_total_percentage",
    "proven_level_id",
    "norms",
)


def start(addons_path):
    options = ["--config", os.environ["ODOO_RC"], "--addons-path", addons_path]
    config.parse_config([*options, "--no-http"], setup_logging=True)
    odoo.service.server.start(preload=[], stop=True)


@contextlib.contextmanager
def environment(registry):
    """A superuser's environment; what happens in it is kept."""
    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})


def load(database, **what):
    """A registry, after modules are installed or upgraded."""
    return Registry.new(database, update_module=True, **what)


def figures(env):
    """Every figure and line of every measurement: ``{id: {part: values}}``"""
    answer = {}
    for measurement in env["pso.measurement"].search([], order="id"):
        [values] = measurement.read(FIGURES, load=None)
        parts = {"figures": values}
        domain = [("measurement_id", "=", measurement.id)]
        for model, names in LINES.items():
            rows = env[model].search_read(domain, names, load=None)
            parts[model] = sorted([row[name] for name in names] for row in rows)
        answer[measurement.id] = parts
    return answer


def answer(**values):
    json.dump(values, sys.stdout, default=str)
