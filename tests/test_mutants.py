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
    look as one_look,
)
from odoo.addons.pso_odoo.models.measurement import (
    pso_measurement_figures,
    pso_person_line,
    pso_trend,
    pso_trend_purchases,
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
SHARES = (30, 90, 300)
SHARES_OF = {
    "trends": (8, 24, 300),
    "shared": (8, 24, 80),
    "statuses": (20, 60, 120),
    "formula": (100, 300, 1500),
    "roots": (100, 300, 1500),
}
EDITIONS = 12
# A join that has lost its condition may take for ever, and a loop too.
MOST_SECONDS = 10
MOST_SECONDS_OF = {"formula": 15}
# Where the rules of the calculation stand, and what tells that they do: the looks.
METHODS = {
    ("figures", "people", "shared"): {
        "pso.person.line": (
            "_sql_stretches",
            "_sql_staff",
            "_sql_group",
            "_sql_members",
            "_sql_jobs",
            "_sql_shares",
            "_sql_line_hours",
        ),
        "hr.employee": ("_pso_persons", "_sql_pso_marks", "_sql_pso_sharing"),
        "hr.version": (
            "_sql_pso_employment",
            "_sql_pso_versions",
            "_sql_pso_departure",
            "_sql_pso_tenure",
        ),
        "pso.status": ("_sql_inflow",),
        "pso.status.period": ("_sql_periods",),
        pso_person_line: ("sql_last_day_of_months",),
        hr_employee: ("_united", "_lowest"),
    },
    ("statuses",): {
        "pso.status.period": ("_sql_counting",),
        pso_status_period: ("sql_last_day_of_months",),
    },
    ("shared",): {one_look: ("share", "found_once")},
    ("figures", "suppliers", "shared"): {
        "pso.supplier.line": (
            "_sql_purchases",
            "_sql_bills",
            "_sql_is_own",
            "_sql_judged",
            "_sql_judged_by_year",
            "_sql_after_refunds",
            "_sql_live",
        ),
        "pso.supplier.figure": ("_sql_at", "_sql_rate"),
        "pso.certificate": (
            "_sql_at",
            "_sql_covering",
            "_sql_is_verified",
            "_sql_may_count",
        ),
    },
    ("figures", "shared", "gaps"): {
        "pso.measurement": (
            "_sums_of",
            "_parts",
            "_sql_staff_sums",
            "_sql_group_sums",
            "_sql_supplier_sums",
            "_sql_correction_sums",
        ),
        Window: ("days",),
    },
    ("figures", "trends"): {"pso.edition": ("_compute_rungs", "_rules", "_ladder")},
    ("formula",): {
        "pso.measurement": ("_figures", "_is_certain"),
        # By the module that calls them: who imports a function keeps the one imported.
        pso_measurement_figures: (
            "compute",
            "is_none_certain",
            "reaches_pso30",
            "share",
        ),
        score: (
            "share",
            "counted_indirect",
            "percentages",
            "after_refunds",
            "norm_at",
            "gap_fte",
            "gap_indirect",
            "spend_for",
            "_reaches",
        ),
    },
    ("roots", "formula"): {
        score: (
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
            "_points_of",
            "_point",
            "_points_by",
            "_people",
            "_people_sums",
            "_sql_steps",
            "_sql_staff_steps",
            "_sql_group_steps",
            "_purchases",
            "_sql_buckets",
            "_figure",
            "_sql_purchases_ahead",
        ),
        pso_trend.Course: ("borders", "places"),
        pso_trend_purchases: ("fte_bought", "_taken_off"),
        pso_trend_purchases.Figures: ("__missing__",),
        pso_trend_purchases.Spans: ("__init__", "touching", "sums"),
        pso_trend_purchases.Bought: (
            "__init__",
            "add_fte",
            "within",
            "bent",
            "_bent_by",
            "year_in",
        ),
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
            "pso.person.line._sql_members: ON LEAST(status.date_end, period.date_end)"
            "  [LEAST -> GREATEST]",
            "pso.person.line._sql_members: "
            ">= GREATEST(status.date_start, period.date_start)  [GREATEST -> LEAST]",
            "pso.person.line._sql_jobs: WHERE LEAST(last_possible_day, period.date_end)"
            "  [LEAST -> GREATEST]",
            "pso.person.line._sql_jobs: >= GREATEST(first_day, period.date_start)"
            "  [GREATEST -> LEAST]",
        ),
        "Who has one card is one person, whether looked at among several or not": (
            "hr.employee._sql_pso_marks: WHERE user_id IS NOT NULL "
            "GROUP BY user_id HAVING COUNT(user_id) > 1)  [> -> >=]",
            "hr.employee._sql_pso_marks: GROUP BY work_contact_id "
            "HAVING COUNT(work_contact_id) > 1)  [> -> >=]",
            "hr.employee._sql_pso_sharing: GROUP BY TRIM(%(number)s) "
            "HAVING MIN(employee_id) < MAX(employee_id)  [< -> <=]",
        ),
        "Any number stands for a person": (
            "hr_employee._united: min(ends)  [min -> max]",
        ),
        "Where both are the same day the line before it has decided": (
            "hr.version._sql_pso_employment: WHEN first_departure < first_day THEN "
            "(%(departure)s)  [< -> <=]",
        ),
        "No figure rests on it, but a check, of which there is no slow calculation": (
            "hr.version._sql_pso_employment: OR last_company <> "
            "employee.company_id AS is_elsewhere  [<> -> =]",
            "hr.version._sql_pso_employment: OR last_company <> "
            "employee.company_id AS is_elsewhere  [OR -> AND]",
            "hr.version._sql_pso_employment: first_company <> employee.company_id  "
            "[<> -> =]",
            "hr.version._sql_pso_employment: employee.active IS NOT TRUE AS "
            "is_archived,  [IS NOT TRUE -> IS TRUE]",
            "hr.version._sql_pso_employment: employee.active IS NOT TRUE AS "
            "is_archived,  [TRUE -> FALSE]",
            "hr.version._sql_pso_versions: - DATE '0001-01-01'), 0) AS terms  "
            "[, 0) -> , 1)]",
            "hr.version._sql_pso_versions: MIN(terms) OVER person < MAX(terms) OVER "
            "person AS is_mixed,  [< -> <=]",
            "hr.version._sql_pso_versions: MIN(terms) OVER person < MAX(terms) OVER "
            "person AS is_mixed,  [MAX( -> MIN(]",
            "hr.version._sql_pso_versions: MIN(terms) OVER person < MAX(terms) OVER "
            "person AS is_mixed,  [MIN( -> MAX(]",
            "hr.version._sql_pso_versions: MAX(company_id) OVER person AS "
            "last_company  [MAX( -> MIN(]",
            "hr.version._sql_pso_versions: MIN(company_id) OVER person AS "
            "first_company,  [MIN( -> MAX(]",
        ),
        "Each is before the version begins, which then is not at work at all": (
            "hr.version._sql_pso_departure: "
            "MAX(other.departure_date) FILTER (  [MAX( -> MIN(]",
        ),
        "Of all stretches that are not over the one of today is the first either way": (
            "pso.status.period._sql_counting: "
            "CASE WHEN day_to < %(today)s THEN %(today)s - day_to  [< -> <=]",
        ),
        "There is one at most": (
            "pso.status.period._sql_counting: SUM(fte) FILTER ("
            "WHERE %(today)s BETWEEN day_from AND day_to)  [SUM( -> MAX(]",
        ),
        "The breakdown alone asks, to know fewer by themselves: test_breakdown": (
            "pso.person.line._sql_stretches: AND alone_until >= period_end AS is_alone"
            "  [>= -> >]",
            "pso.person.line._sql_stretches: AND alone_until >= period_end AS is_alone"
            "  [AND  -> OR ]",
            "pso.person.line._sql_stretches: share.id IS NULL AND "
            "alone_from <= period_start  [<= -> <]",
            "pso.person.line._sql_stretches: share.id IS NULL AND "
            "alone_from <= period_start  [AND  -> OR ]",
            "pso.person.line._sql_stretches: share.id IS NULL AND "
            "alone_from <= period_start  [IS NULL -> IS NOT NULL]",
        ),
        "Of the same people one period is asked for at a time: test_employment": (
            "pso.person.line._sql_shares: ELSE FALSE END  [FALSE -> TRUE]",
        ),
        "There is always a row, or a value": (
            "pso.person.line._sql_shares: LEFT JOIN %(several)s AS person (id, number)"
            "  [LEFT JOIN -> JOIN]",
            "pso.supplier.line._sql_bills: LEFT JOIN LATERAL (  [LEFT JOIN -> JOIN]",
            "pso.supplier.line._sql_judged: LEFT JOIN pso_edition edition ON "
            "edition.id = purchase.edition_id  [LEFT JOIN -> JOIN]",
            "pso.supplier.line._sql_judged_by_year: LEFT JOIN %(period)s AS period ON "
            "period.id = judged.measurement_id  [LEFT JOIN -> JOIN]",
            "pso.supplier.line._sql_live: "
            "COALESCE(SUM(amount_excluded), 0) AS amount_excluded,  [, 0) -> , 1)]",
        ),
        "It makes part of an id alone, which test_report_ids looks at": (
            "pso.supplier.line._sql_live: "
            "total.year - extract(year FROM period.date_start)::int  [ -  ->  + ]",
        ),
        "Who has a level is above the smallest size, so that none is not certain": (
            "pso.measurement._is_certain: "
            "score.level or rules.get('min_fte') is None"
            "  [-> score.level and rules.get('min_fte') is None]",
        ),
        "No figure is just as far off as is allowed for, to the last binary digit": (
            "pso_measurement_figures.reaches_pso30: "
            "percentage >= rules['pso30_min_percentage'] - TOLERANCE"
            "  [-> percentage > rules['pso30_min_percentage'] - TOLERANCE]",
            "pso_measurement_figures.reaches_pso30: regular_percentage >= "
            "rules['pso30_min_regular_percentage'] - TOLERANCE"
            "  [-> regular_percentage > "
            "rules['pso30_min_regular_percentage'] - TOLERANCE]",
            "score.norm_at: size < points[0][0] - TOLERANCE"
            "  [-> size <= points[0][0] - TOLERANCE]",
            "score._reaches: total >= norm - TOLERANCE  [-> total > norm - TOLERANCE]",
            "score.gap_indirect: total >= norm - TOLERANCE"
            "  [-> total > norm - TOLERANCE]",
            "pso_measurement_figures.compute: total >= norm - TOLERANCE"
            "  [-> total > norm - TOLERANCE]",
            "pso_measurement_figures.is_none_certain: "
            "facts.total_fte + unsure_fte < min(sizes) - TOLERANCE"
            "  [-> facts.total_fte + unsure_fte <= min(sizes) - TOLERANCE]",
        ),
        "Without a direct share none of the indirect one counts, and no norm is zero": (
            "score._reaches: after.direct_fte > 0  [-> after.direct_fte >= 0]",
            "score.gap_indirect: direct <= 0  [-> direct < 0]",
        ),
        "A norm is 100 at most, as the table has it, and there is a direct share": (
            "score.gap_indirect: needed >= 100  [-> needed > 100]",
            "score.gap_indirect: needed >= 100  [100 -> 101]",
        ),
        "Nothing times or through something is nothing, and adds nothing": (
            "score.gap_indirect: 0 * direct  [-> 0 / direct]",
            "score.after_refunds: balance < 0  [-> balance <= 0]",
            "Spans.__init__: len(course.borders) + 1  [1 -> 2]",
            "Bought.__init__: turnover or 0  [0 -> 1]",
            "pso.trend._figure: (0, 0)  [0 -> 1]",
            "pso.trend._figure: (0, 0)  [0 -> 1, number 2]",
        ),
        "A day in another place, which test_breakdown looks at": (
            "hr.version._sql_pso_employment: COALESCE(next_date - 1, 'infinity') AS "
            "alone_until,  [- 1 -> ]",
        ),
        "What changes by nothing changes nothing": (
            "pso.trend._sql_group_steps: WHERE total_days < 0 OR counted_days > 0 "
            "OFFSET 0  [< -> <=]",
            "pso.trend._sql_group_steps: WHERE total_days < 0 OR counted_days > 0 "
            "OFFSET 0  [> -> >=]",
        ),
        "It only saves a look: a piece of nothing adds nothing": (
            "Bought.within: end <= self.numbers[0]  [-> end < self.numbers[0]]",
            "Bought.within: end <= self.numbers[0] or self.numbers[-1] < begin  "
            "[-> end <= self.numbers[0] and self.numbers[-1] < begin]",
        ),
        "What is of the first year of a window is of that year either way": (
            "Bought.year_in: first_year <= self.year <= last_year  "
            "[-> first_year < self.year <= last_year]",
        ),
        "Differences of running sums are the same wherever these begin": (
            "Spans.sums: initial=0  [0 -> 1]",
        ),
        "Of what is bought nothing is taken off where nothing is below zero": (
            "pso_trend_purchases.fte_bought: min(balances, default=0) < 0  "
            "[-> min(balances, default=0) <= 0]",
            "pso_trend_purchases.fte_bought: min(balances, default=0) < 0  [0 -> 1]",
        ),
        "One edition is in use from a day: another from that day makes way": (
            "account.move._sql_pso_certificate: ORDER BY edition.date_from DESC, "
            "edition.code DESC LIMIT 1  [DESC -> ASC, number 2]",
        ),
        "A size and its norm are there together": (
            "pso.edition._compute_rungs: point[0]  [0 -> 1]",
        ),
        "A piece of the line without a length adds nothing": (
            "score._norm_lines: right > start  [-> right >= start]",
        ),
        "Roots are looked for in a larger interval than need be": (
            "score._bound: 1 + max((abs(c / poly[-1]) for c in poly[:-1]))  [1 -> 2]",
            "score._bound: left + 1  [1 -> 2]",
        ),
        "Where nothing is cut off the second condition is zero below any size": (
            "score._conditions: max_share >= 1  [-> max_share > 1]",
            "score._conditions: max_share >= 1  [1 -> 2]",
        ),
        "A turnover is above zero, as the table has it": (
            "pso.trend._sql_buckets: LEFT JOIN LATERAL (%(figure)s) AS figure "
            "ON figure.turnover > 0  [> -> >=]",
            "pso.trend._figure: "
            "WHERE company.id = %(company)s AND figure.turnover > 0  [> -> >=]",
        ),
        "Bills of all days are found for no measurement, whatever its number": (
            "look.share: number=0  [0 -> 1]",
        ),
    }.items()
    for mutant in mutants
}
# What takes too long for an ordinary run.
SLOW = {("trends",), ("figures", "trends")}
# What a mutant may end in instead of an answer.
ERRORS = (
    psycopg2.Error,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
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
        for world in worlds[::2]:
            settle(world)
        writer = WorldWriter(cls.env, cls.company, editions)
        cls.batch = Batch(writer, worlds, writer.write(worlds))
        # How long each look took without any mutant, which a busy machine makes longer.
        cls.took = {}

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
        if not IS_WHOLE:
            mutants = [each for each in mutants if str(each[1]) not in SAME]
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
        new = alive - SAME.keys()
        tell(
            f"mutants: {tried:,} of {len(mutants):,} (seed {SEED}), of which {invalid} "
            f"are no SQL, {len(alive & SAME.keys())} compute the same, "
            f"{len(new)} were not found out"
        )
        self.assertFalse(new, "\n".join(["Nothing is another with", *sorted(new)]))
        judged = {str(mutant) for _looks, mutant in mutants} & SAME.keys()
        self.assertFalse(IS_WHOLE and judged - alive, "These are found out by now")

    def test_every_reason_is_of_a_mutant_there_is(self):
        """A line that reads otherwise by now is to be judged anew."""
        if not ONLY:
            made = {str(mutant) for _looks, mutant in self._mutants(METHODS)}
            self.assertFalse(SAME.keys() - made)

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
        least = MOST_SECONDS_OF.get(look, 4 * MOST_SECONDS)
        seconds = max(least, 4 * self.took.get((look, positions), least))
        began = monotonic()
        try:
            with mute_logger("odoo.sql_db"):
                self.env.cr.execute(
                    SQL("SET LOCAL statement_timeout = %s", seconds * 1000 // 4)
                )
                with no_longer_than(seconds):
                    found = next(getattr(self.batch, look)(positions), None)
                if not found:
                    self.took.setdefault((look, positions), monotonic() - began)
                return found
        except psycopg2.errors.SyntaxError:
            return SyntaxError
        except ERRORS as error:
            return str(error) or type(error).__name__
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
