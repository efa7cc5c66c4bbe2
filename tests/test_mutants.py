"""A rule that is written differently is found out by the slow calculation.

Trying mutants takes long, and not all that is found has been judged yet: an ordinary
run makes none. ``PSO_MUTANTS=_sql_group`` tries those of a method, ``PSO_LONG=1`` all.
"""

import math
import os
import random

import psycopg2
from common import PsoCase
from mutants import mutants_of
from oracle import calculate
from random_world import random_editions, random_world
from tally import tell
from test_properties import FIGURES, FLAGS, LEVELS, WorldWriter

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.pso_odoo.models.measurement import pso_measurement_figures
from odoo.addons.pso_odoo.tools import score

LONG = bool(os.environ.get("PSO_LONG"))
ONLY = os.environ.get("PSO_MUTANTS")
WORLDS = 500
EDITIONS = 12
# A join that has lost its condition may take for ever.
TIMEOUT = "20s"
# Where the rules of the calculation stand.
METHODS = {
    "pso.person.line": (
        "_sql_stretches",
        "_sql_staff",
        "_sql_group",
        "_sql_members",
        "_sql_jobs",
        "_sql_shared",
    ),
    "hr.version": (
        "_sql_pso_employment",
        "_sql_pso_versions",
        "_sql_pso_departure",
        "_sql_pso_tenure",
    ),
    "pso.status": ("_sql_inflow",),
    "pso.status.period": ("_sql_periods",),
    "pso.supplier.line": (
        "_sql_purchases",
        "_sql_judged",
        "_sql_judged_by_year",
        "_sql_after_refunds",
        "_sql_live",
    ),
    "pso.supplier.figure": ("_sql_at", "_sql_rate"),
    "pso.certificate": ("_sql_covering", "_sql_is_verified"),
    "pso.measurement": (
        "_sql_staff_sums",
        "_sql_group_sums",
        "_sql_supplier_sums",
        "_sql_correction_sums",
        "_figures",
        "_is_certain",
        "_is_pso30",
        "_parts",
    ),
}
# By the module that calls them: who imports a function keeps the one imported.
FORMULA = {
    score: ("share", "counted_indirect", "percentages", "norm_at"),
    pso_measurement_figures: ("compute", "is_none_certain"),
}
# Mutants that compute the same, each with the reason; by what they read like.
SAME = {}


@tagged("post_install", "-at_install")
class TestMutants(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rng = random.Random(1)
        editions = random_editions(rng, "mutant", EDITIONS)
        cls.worlds = [
            random_world(random.Random(seed), editions, 15) for seed in range(WORLDS)
        ]
        writer = WorldWriter(cls.env, cls.company, editions)
        cls.measurements = writer.write(cls.worlds)
        cls.expected = [calculate(world) for world in cls.worlds]

    def test_every_rule_that_is_changed_is_found_out(self):
        self.assertFalse(self._is_found_out(), "It differs without any mutant")
        mutants = list(self._mutants()) if LONG or ONLY else []
        alive = []
        for mutant in mutants:
            with mutant.at_work():
                if not self._is_found_out():
                    alive.append(str(mutant))
        tell(f"mutants: {len(mutants)}, alive {len(alive)}")
        unknown = [name for name in alive if name not in SAME]
        self.assertFalse(unknown, "\n".join(["No figure is another with", *unknown]))

    def _mutants(self):
        for model, names in METHODS.items():
            for name in names:
                if ONLY in (None, name):
                    yield from mutants_of(self.env.registry[model], name)
        for module, names in FORMULA.items():
            for name in names:
                if ONLY in (None, name):
                    yield from mutants_of(module, name)

    def _is_found_out(self):
        """Whether a figure of some company is not as the slow calculation has it."""
        savepoint = self.env.cr.savepoint(flush=False)
        self.env.invalidate_all(flush=False)
        try:
            with mute_logger("odoo.sql_db"):
                self.env.cr.execute(f"SET LOCAL statement_timeout = '{TIMEOUT}'")
                return any(map(self._differs, self._figures(), self.expected))
        except (psycopg2.Error, ArithmeticError, TypeError, KeyError, ValueError):
            return True
        finally:
            savepoint.close(rollback=True)

    def _figures(self):
        figures = self.measurements.sudo()._live_figures()
        return [figures[measurement] for measurement in self.measurements]

    def _differs(self, found, expected):
        return (
            any(
                not math.isclose(
                    found[name], expected[name], rel_tol=1e-9, abs_tol=1e-12
                )
                for name in FIGURES
            )
            or any(
                (self.codes.get(found[field]) or None) != expected[name]
                for name, field in LEVELS.items()
            )
            or any(found[name] != expected[name] for name in FLAGS)
        )

    @property
    def codes(self):
        return {level.id: level.code for level in self.env["pso.level"].search([])}
