"""What is found by one look, in one statement, is what each question finds alone."""

import json
import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from unittest.mock import patch

from common import PsoCase
from random_world import random_editions, random_world, settle
from tally import tell
from test_properties import WorldWriter

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.pso_odoo.models.measurement.look import Shared, ask, day
from odoo.addons.pso_odoo.models.measurement.pso_measurement_figures import LINES
from odoo.addons.pso_odoo.models.measurement.window import Periods
from odoo.addons.pso_odoo.reports.dashboard import pso_dashboard
from odoo.addons.pso_odoo.reports.dashboard.pso_dashboard import DETAILS, HEAD, PARTS

COMPANIES = 15


def alone(_env, window, hull, _with_checks):
    """Share nothing: each question walks by itself."""
    return Shared(Periods.of([window]), Periods.of([hull]), {})


def in_order(rows):
    """Rows by what they say: 1.0 and 1.00 are one number, and stand for each other."""
    return sorted(repr(exactly(row)) for row in rows)


def exactly(value):
    if isinstance(value, list):
        return [exactly(each) for each in value]
    is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    return Fraction(value) if is_number else value


@tagged("post_install", "-at_install")
class TestLook(PsoCase):
    def test_sharing_changes_no_answer(self):
        """Of measurements of random companies, and of the year to some day of each."""
        editions = random_editions(random.Random(14), "look", 6)
        worlds = [
            random_world(random.Random(seed), editions, 3) for seed in range(COMPANIES)
        ]
        for world in worlds[::3]:
            settle(world)
        measurements = WorldWriter(self.env, self.company, editions).write(worlds)
        asked = found = 0
        for measurement in measurements:
            own = measurement._window()
            rolling = self.env["pso.measurement"]._window_of(
                own.company, "rolling", own.end, measurement.edition_id
            )
            for window in filter(None, (own, rolling)):
                plain = self.answers_alone(window)
                parts = {
                    parts: self.answers(window, parts)
                    for parts in (PARTS, (HEAD,), (DETAILS,))
                }
                self.assertEqual(parts[PARTS].keys(), plain.keys())
                self.assertEqual(
                    parts[HEAD,].keys() | parts[DETAILS,].keys(), plain.keys()
                )
                for part, answers in parts.items():
                    for name, rows in answers.items():
                        asked += 1
                        found += len(rows)
                        with self.subTest(window=window, part=part, question=name):
                            self.assertEqual(in_order(rows), in_order(plain[name]))
        tell(f"one look: {asked} questions, {found:,} rows, each as when asked alone")
        self.assertGreater(found, asked)

    def answers(self, window, parts=PARTS):
        dashboard = self.env["pso.dashboard"]
        self.env.invalidate_all()
        course = dashboard._course(window, window.end)
        course = course if HEAD in parts else None
        return dashboard._ask(window.company, window, course, window.edition, parts)

    def answers_alone(self, window):
        with patch.object(pso_dashboard, "share", alone):
            return self.answers(window)

    def test_a_lock_keeps_what_each_question_finds_alone(self):
        """Lines, checks and figures of random companies, and the trend before them."""
        editions = random_editions(random.Random(15), "kept", 3)
        worlds = [
            random_world(random.Random(seed), editions, 2) for seed in range(100, 104)
        ]
        found = 0
        for measurement in WorldWriter(self.env, self.company, editions).write(worlds):
            plain = self.live_rows(measurement)
            figures = measurement._live_figures()[measurement]
            figures["trend"] = measurement._trend()
            figures["gap_purchases"] = measurement._gap_purchases(figures)
            figures["rules"] = measurement._rules()
            measurement._lock()
            with self.subTest(measurement=measurement.name):
                kept = self.kept_rows(measurement)
                for model, rows in plain.items():
                    found += len(rows)
                    self.assertEqual(in_order(kept[model]), in_order(rows))
                as_kept = json.loads(json.dumps(figures))
                self.assertEqual(measurement.locked_figures, as_kept)
        self.assertGreater(found, 50)

    def live_rows(self, measurement):
        periods = Periods.of([measurement._window()])
        self.env.flush_all()
        return self.rows_of(lambda lines: lines._sql_live(periods))

    def kept_rows(self, measurement):
        condition = SQL("WHERE measurement_id = %s", measurement.id)
        return self.rows_of(
            lambda lines: SQL(
                "SELECT * FROM %s %s",
                SQL.identifier(self.env[lines._locked_model]._table),
                condition,
            )
        )

    def rows_of(self, select):
        """The rows of each kind of line, as ``{model: [row]}``."""
        rows = {}
        for model in LINES:
            lines = self.env[model]
            columns, found = lines._sql_columns(), select(lines)
            query = SQL("SELECT %s FROM (%s) AS line", columns, found)
            rows[model] = [list(row) for row in self.env.execute_query(query)]
        return rows

    def test_numbers_and_days_come_exactly(self):
        one_third = "1::numeric / 3"
        answers = ask(
            self.env,
            {
                "row": SQL(
                    f"SELECT {one_third}, 1, 'a', NULL, TRUE, DATE '2025-02-28'"
                ),
                "none": SQL("SELECT 1 WHERE FALSE"),
                "many": SQL("SELECT a FROM one ORDER BY a DESC"),
            },
            {"one": SQL("SELECT generate_series(1, 3) AS a")},
        )
        [[third, whole, word, nothing, is_so, text]] = answers["row"]
        self.env.cr.execute(f"SELECT ({one_third})::text")
        self.assertEqual(str(third), *self.env.cr.fetchone())
        self.assertEqual((whole, word, nothing, is_so), (1, "a", None, True))
        self.assertEqual(day(text), date(2025, 2, 28))
        self.assertEqual(answers["none"], [])
        self.assertEqual(answers["many"], [[3], [2], [1]])
