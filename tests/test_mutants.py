"""A rule that is written differently is found out by the slow calculation.

An ordinary run tries some mutants, others each day; ``PSO_SEED`` repeats those of a
run. ``PSO_LONG=1`` tries all, ``PSO_MUTANTS=_sql_group`` those of a method.
"""

import os
import random
import signal
from contextlib import ExitStack, contextmanager
from datetime import date
from time import monotonic

import psycopg2
from common import PsoCase
from looks import Batch
from mutants import mutants_of, unchanged
from random_world import random_editions, random_world, settle
from tally import tell
from test_properties import WorldWriter

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.pso_odoo.models.measurement import (
    pso_measurement_figures,
    pso_person_line,
    pso_trend,
)
from odoo.addons.pso_odoo.models.measurement.window import Window
from odoo.addons.pso_odoo.models.people import hr_employee, pso_status_period
from odoo.addons.pso_odoo.tools import score

LONG = bool(os.environ.get("PSO_LONG"))
ONLY = os.environ.get("PSO_MUTANTS")
IS_WHOLE = bool(LONG or ONLY)
SEED = int(os.environ.get("PSO_SEED", date.today().toordinal()))
# How long an ordinary run goes on trying.
SECONDS = 15
# A mutant is tried on a few companies first, and on more while it is not found out.
SHARES = (30, 90, 240)
SHARES_OF = {
    "trends": (8, 24, 80),
    "statuses": (20, 60, 120),
    "formula": (100, 300, 900),
}
EDITIONS = 12
# A join that has lost its condition may take for ever, and a loop too.
MOST_SECONDS = 10
# Where the rules of the calculation stand, and what tells that they do: the looks.
METHODS = {
    ("figures", "people"): {
        "pso.person.line": (
            "_sql_stretches",
            "_sql_whole",
            "_sql_staff",
            "_sql_group",
            "_sql_members",
            "_sql_jobs",
            "_sql_shared",
            "_sql_line_hours",
        ),
        "hr.employee": ("_pso_persons", "_sql_pso_marks"),
        "hr.version": (
            "_sql_pso_employment",
            "_sql_pso_versions",
            "_sql_pso_departure",
            "_sql_pso_tenure",
        ),
        "pso.status": ("_sql_inflow",),
        "pso.status.period": ("_sql_periods",),
        pso_person_line: ("sql_last_day_of_months",),
        hr_employee: ("_united",),
    },
    ("statuses",): {
        "pso.status.period": ("_sql_counting",),
        pso_status_period: ("sql_last_day_of_months",),
    },
    ("figures", "suppliers"): {
        "pso.supplier.line": (
            "_sql_purchases",
            "_sql_judged",
            "_sql_judged_by_year",
            "_sql_after_refunds",
            "_sql_live",
        ),
        "pso.supplier.figure": ("_sql_at", "_sql_rate"),
        "pso.certificate": ("_sql_at", "_sql_covering", "_sql_is_verified"),
    },
    ("figures", "gaps"): {
        "pso.measurement": (
            "_sums",
            "_parts",
            "_sql_staff_sums",
            "_sql_group_sums",
            "_sql_supplier_sums",
            "_sql_correction_sums",
            "_figures",
            "_is_certain",
        ),
        Window: ("days",),
        # By the module that calls them: who imports a function keeps the one imported.
        pso_measurement_figures: (
            "compute",
            "is_none_certain",
            "reaches_pso30",
            "share",
        ),
    },
    ("figures", "trends"): {"pso.edition": ("_compute_rungs", "_rules", "_ladder")},
    ("formula",): {
        score: (
            "share",
            "counted_indirect",
            "percentages",
            "norm_at",
            "gap_fte",
            "_reaches",
            "_norm_lines",
            "_conditions",
            "_value",
            "_bound",
            "_roots",
            "_halve",
        ),
    },
    ("trends",): {
        "pso.trend": (
            "_year_to",
            "_points",
            "_point",
            "_people",
            "_sql_staff_steps",
            "_sql_group_steps",
            "_purchases",
            "_supplier_fte",
            "_sql_purchases_ahead",
        ),
        pso_trend: ("after_refunds",),
        pso_trend.Running: ("__init__", "between"),
        pso_trend.Integral: ("__init__", "until", "between"),
    },
    ("purchases",): {
        "pso.purchase.report": ("_table_query",),
        "pso.purchase.year": ("_table_query",),
        "account.move": ("_sql_pso_certificate",),
    },
}
# Mutants that compute the same, each with the reason; by what they read like.
SAME = {
    mutant: reason
    for reason, mutants in {
        "More are looked at than are wanted, and left out again by what follows": (
            "_sql_members: ON LEAST(status.date_end, period.date_end)"
            "  [LEAST -> GREATEST]",
            "_sql_members: >= GREATEST(status.date_start, period.date_start)"
            "  [GREATEST -> LEAST]",
            "_sql_jobs: AND LEAST(last_possible_day, period.date_end)"
            "  [LEAST -> GREATEST]",
            "_sql_jobs: >= GREATEST(first_day, period.date_start)  [GREATEST -> LEAST]",
        ),
        "Who has one card is one person, whether looked at among several or not": (
            "_sql_pso_marks: GROUP BY user_id HAVING COUNT(user_id) > 1)  [> -> >=]",
            "_sql_pso_marks: GROUP BY work_contact_id "
            "HAVING COUNT(work_contact_id) > 1)  [> -> >=]",
            "_sql_pso_marks: GROUP BY kind, TRIM(number) "
            "HAVING MIN(employee_id) < MAX(employee_id)  [< -> <=]",
        ),
        "Any number stands for a person": ("_united: min  [-> max]",),
        "It is asked whether there is one, and not which": (
            "_sql_pso_versions: MIN(departure_date) OVER person AS first_departure"
            "  [MIN( -> MAX(]",
        ),
        "Each is before the version begins, which then is not at work at all": (
            "_sql_pso_departure: MAX(other.departure_date) FILTER (  [MAX( -> MIN(]",
        ),
        "Of all stretches that are not over the one of today is the first either way": (
            "_sql_counting: CASE WHEN day_to < %(today)s THEN %(today)s - day_to"
            "  [< -> <=]",
        ),
        "There is one at most": (
            "_sql_counting: SUM(fte) FILTER ("
            "WHERE %(today)s BETWEEN day_from AND day_to)  [SUM( -> MAX(]",
        ),
        "There is always a row, or a value": (
            "_sql_purchases: LEFT JOIN LATERAL (  [LEFT JOIN -> JOIN]",
            "_sql_live: COALESCE(SUM(amount_excluded), 0) AS amount_excluded,"
            "  [, 0) -> , 1)]",
        ),
        "It makes part of an id alone, which test_report_ids looks at": (
            "_sql_live: total.year - extract(year FROM period.date_start)::int"
            "  [ -  ->  + ]",
        ),
        "Both are of one length": (
            "_parts: True  [-> False]",
            "_purchases: True  [-> False]",
            "_supplier_fte: True  [-> False]",
        ),
        "Who has a level is above the smallest size, so that none is not certain": (
            "_is_certain: score.level or rules.get('min_fte') is None"
            "  [-> score.level and rules.get('min_fte') is None]",
        ),
        "No figure is just as far off as is allowed for": (
            "reaches_pso30: percentage >= rules['pso30_min_percentage'] - TOLERANCE"
            "  [-> percentage > rules['pso30_min_percentage'] - TOLERANCE]",
            "reaches_pso30: regular_percentage >= "
            "rules['pso30_min_regular_percentage'] - TOLERANCE"
            "  [-> regular_percentage > "
            "rules['pso30_min_regular_percentage'] - TOLERANCE]",
            "norm_at: size < points[0][0] - TOLERANCE"
            "  [-> size <= points[0][0] - TOLERANCE]",
            "_reaches: total >= norm - TOLERANCE  [-> total > norm - TOLERANCE]",
            "compute: total >= norm - TOLERANCE  [-> total > norm - TOLERANCE]",
            "is_none_certain: facts.total_fte + unsure_fte < min(sizes) - TOLERANCE"
            "  [-> facts.total_fte + unsure_fte <= min(sizes) - TOLERANCE]",
        ),
        "A size and its norm are there together": ("_compute_rungs: 0  [-> 1]",),
        "A piece of the line without a length adds nothing": (
            "_norm_lines: right > start  [-> right >= start]",
        ),
        "Times one or minus one is the same as divided by it": (
            "_sql_group_steps: SELECT fulltime_hours, fte_hours, weight, day, "
            "SUM(stretch.total * sign),  [ *  ->  / ]",
            "_sql_group_steps: SUM(stretch.direct * sign), SUM(stretch.proven * sign)"
            "  [ *  ->  / ]",
        ),
        "A turnover is above zero, as the table has it": (
            "_purchases: LEFT JOIN LATERAL (%(figure)s) AS figure "
            "ON figure.turnover > 0  [> -> >=]",
        ),
    }.items()
    for mutant in mutants
}
# Not found out yet, though they may compute something else.
UNKNOWN = {
    "_sql_group: CASE WHEN pso_counts IS NOT TRUE AND is_in_total  [AND  -> OR ]",
    "_sql_group: OR hours >= edition.pso30_min_hours  [>= -> >]",
    "compute: 0  [-> 1]",
    "compute: direct > 0  [-> direct >= 0]",
    "compute: norm - TOLERANCE  [-> norm + TOLERANCE]",
    "is_none_certain: 0  [-> 1]",
    "is_none_certain: False  [-> True]",
    "is_none_certain: min(sizes) - TOLERANCE  [-> min(sizes) + TOLERANCE]",
    "share: 0  [-> 1]",
    "_sql_group: WHEN counted_days = 0 AND form_end < day_from THEN 'form_ended'"
    "  [< -> <=]",
    "sql_last_day_of_months: - (EXTRACT(day FROM %(start)s + make_interval(months => "
    "%(months)s))  [ +  ->  - ]",
    "_sql_after_refunds: - SUM(GREATEST(%(balance)s, 0)) OVER years_to_this"
    "  [SUM( -> MAX(]",
    "_sql_live: WHEN total.amount > figure.turnover THEN 'above_turnover'  [> -> >=]",
    "_purchases: LEFT JOIN LATERAL (%(figure)s) AS figure ON figure.turnover > 0"
    "  [LEFT JOIN -> JOIN]",
    "_purchases: COALESCE(SUM(amount) FILTER (WHERE is_verified), 0) AS proven"
    "  [SUM( -> MAX(]",
    "_purchases: 0  [-> 1]",
    "_purchases: end + DAY  [-> end - DAY]",
    "_supplier_fte: first_year <= year <= last_year"
    "  [-> first_year < year <= last_year]",
}
# What takes too long for an ordinary run.
SLOW = {("trends",), ("figures", "trends"), ("formula",), ("purchases",)}
# What a mutant may end in instead of an answer.
ERRORS = (
    psycopg2.Error,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TimeoutError,
    TypeError,
    UserError,
    ValueError,
)


@contextmanager
def no_longer_than(seconds):
    """Raise TimeoutError where something takes longer."""

    def stop(_signal, _frame):
        raise TimeoutError(f"No answer in {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@tagged("post_install", "-at_install")
class TestMutants(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        editions = random_editions(random.Random(1), "mutant", EDITIONS)
        worlds = [
            random_world(random.Random(seed), editions, 15)
            for seed in range(SHARES[-1])
        ]
        for world in worlds[::3]:
            settle(world)
        writer = WorldWriter(cls.env, cls.company, editions)
        cls.batch = Batch(writer, worlds, writer.write(worlds))

    def test_every_rule_that_is_changed_is_found_out(self):
        for looks, owners in METHODS.items():
            functions = list(self._functions(owners))
            if looks in SLOW and not IS_WHOLE:
                continue
            with ExitStack() as stack:
                for owner, name in functions:
                    stack.enter_context(unchanged(owner, name).at_work())
                shares = len(SHARES) if LONG else 1
                found = functions and self._is_found_out(looks, shares)
                self.assertFalse(found, "It differs without any mutant")
        mutants = list(self._mutants())
        tried, invalid = 0, 0
        alive = set()
        until = monotonic() + SECONDS
        if not IS_WHOLE:
            random.Random(SEED).shuffle(mutants)
        for looks, mutant in mutants:
            if not IS_WHOLE and monotonic() > until:
                break
            tried += 1
            with mutant.at_work():
                found = self._is_found_out(looks)
            invalid += found is SyntaxError
            if not found:
                alive.add(str(mutant))
        new = alive - SAME.keys() - UNKNOWN
        tell(
            f"mutants: {tried:,} of {len(mutants):,} (seed {SEED}), of which {invalid} "
            f"are no SQL, {len(alive & SAME.keys())} compute the same, "
            f"{len(alive - SAME.keys())} were not found out"
        )
        self.assertFalse(new, "\n".join(["Nothing is another with", *sorted(new)]))

    def test_every_reason_is_of_a_mutant_there_is(self):
        """A line that reads otherwise by now is to be judged anew."""
        if not ONLY:
            made = {str(mutant) for _looks, mutant in self._mutants(METHODS)}
            self.assertFalse((SAME.keys() | UNKNOWN) - made)

    def _mutants(self, looked_at=None):
        if looked_at is None:
            looked_at = [each for each in METHODS if IS_WHOLE or each not in SLOW]
        for looks in looked_at:
            for owner, name in self._functions(METHODS[looks]):
                for mutant in mutants_of(owner, name):
                    yield looks, mutant

    def _functions(self, owners):
        for owner, names in owners.items():
            model = self.env.registry[owner] if isinstance(owner, str) else owner
            for name in names:
                if not ONLY or name in ONLY.split(","):
                    yield model, name

    def _is_found_out(self, looks, shares=None):
        """What of some company is not as the slow calculation has it, if anything."""
        for number in range(shares or len(SHARES)):
            for look in looks:
                first, last = (0, *SHARES_OF.get(look, SHARES))[number : number + 2]
                found = self._differs(look, range(first, last))
                if found:
                    return found
        return None

    def _differs(self, look, positions):
        """The first difference that a look finds, or the error it ends in."""
        savepoint = self.env.cr.savepoint(flush=False)
        self.env.invalidate_all(flush=False)
        try:
            with mute_logger("odoo.sql_db"):
                self.env.cr.execute(
                    SQL("SET LOCAL statement_timeout = %s", MOST_SECONDS * 1000)
                )
                with no_longer_than(4 * MOST_SECONDS):
                    return next(getattr(self.batch, look)(positions), None)
        except psycopg2.errors.SyntaxError:
            return SyntaxError
        except ERRORS as error:
            return str(error)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
