"""The pure formula: examples worked out by hand, and laws that always hold."""

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.pso_odoo.tools.score import (
    TOLERANCE,
    Facts,
    Ladder,
    compute,
    counted_indirect,
    exact,
    gap_fte,
    gap_indirect,
    norm_at,
    percentages,
    spend_for,
)

# The same examples every time, and on a slow machine too.
settings.register_profile("pso", deadline=None, derandomize=True, database=None)
settings.load_profile("pso")

DATA = Path(__file__).parent / "data"
STEP1 = ((2, "21.4"), (5, "12.6"), (10, "6.7"), (45, "3.4"), (50, "3.0"), (105, "1.4"))
STEP2 = ((2, "28.0"), (5, "17.0"), (10, "9.0"), (45, "4.6"), (50, "3.7"), (105, "1.9"))
STEP3 = ((2, "33.0"), (5, "22.0"), (10, "15.5"), (45, "7.4"), (50, "6.8"), (105, "3.7"))
MAX_SHARE = Fraction(4, 5)


def points(rows):
    return tuple((Fraction(size), Fraction(norm)) for size, norm in rows)


FOUR_LEVELS = Ladder(
    MAX_SHARE,
    (("step1", points(STEP1)), ("step2", points(STEP2)), ("step3", points(STEP3))),
)
FIVE_LEVELS = Ladder(MAX_SHARE, (("basic", ()), *FOUR_LEVELS.rungs))

fte = st.fractions(0, 300, max_denominator=3650)
percentage = st.fractions(0, 100, max_denominator=1000)
max_share = st.fractions(0, Fraction(99, 100), max_denominator=100)


@st.composite
def facts(draw):
    total = draw(fte)
    return Facts(total, total * draw(st.fractions(0, 1)), draw(fte))


@st.composite
def norms(draw):
    sizes = draw(
        st.lists(
            st.fractions(Fraction(1, 2), 120, max_denominator=4),
            min_size=1,
            max_size=5,
            unique=True,
        )
    )
    positive = percentage.filter(lambda norm: norm > 0)
    return tuple((size, draw(positive)) for size in sorted(sizes))


@st.composite
def ladders(draw):
    """Ladders in which no norm, some or all of them are known."""
    rungs = [(f"level {n}", draw(norms() | st.just(()))) for n in range(4)]
    return Ladder(draw(max_share), tuple(rungs))


def load(name):
    return json.loads((DATA / name).read_text())


@tagged("post_install", "-at_install")
class TestWorkedExamples(BaseCase):
    """The examples that everybody who reads the rule book can recalculate."""

    def test_example_with_dates_to_the_last_digit(self):
        example = load("worked_example_days.json")
        known = {name: Fraction(value) for name, value in example["exact"].items()}
        score = compute(
            Facts(known["total_fte"], known["direct_fte"], known["indirect_fte"]),
            FIVE_LEVELS,
        )
        self.assertEqual(score.direct, known["direct_percentage"])
        self.assertEqual(score.indirect, known["indirect_percentage"])
        self.assertEqual(score.total, known["total_percentage"])
        self.assertEqual(score.level, example["level"])
        self.assertEqual(score.next_level, example["next_level"])
        decimal = example["decimal"]
        self.assertEqual(float(score.counted), decimal["indirect_counted_percentage"])
        self.assertEqual(float(score.gap), decimal["gap_percentage"])
        for level, norm in example["norms_at_48"].items():
            self.assertEqual(score.norms[level], exact(norm))

    def test_example_with_fractions_of_the_period(self):
        example = load("worked_example.json")
        weights = {"secondment": exact(0.9), "trial": exact(0.5)}
        groups = {"ww": exact(0.75), "bbl_bol_2": exact(0.25)}
        # A sixth of the period, which no decimal number of the example can say.
        parts = {1.0: 1, 0.5: Fraction(1, 2), 0.16666666666666666: Fraction(1, 6)}
        direct = sum(
            Fraction(person["hours"], example["fulltime_hours"])
            * parts[person["fraction_of_period"]]
            * groups.get(person["group"], 1)
            * weights.get(person["contract"], 1)
            for person in example["persons"]
        )
        indirect = sum(
            Fraction(supplier["purchases"], supplier["turnover"])
            * supplier["fte"]
            * Fraction(supplier["direct_percentage"], 100)
            for supplier in example["suppliers"]
        )
        score = compute(Facts(Fraction(48), direct, indirect), FIVE_LEVELS)
        self.assertEqual(float(direct), example["direct_fte"])
        self.assertEqual(float(score.direct), example["direct_percentage"])
        self.assertEqual(float(score.indirect), example["indirect_percentage"])
        self.assertEqual(float(score.total), example["total_percentage"])
        # The example subtracted two rounded numbers.
        self.assertAlmostEqual(float(score.gap), example["gap_to_next_points"], 14)
        self.assertEqual(score.level, example["level"])


@tagged("post_install", "-at_install")
class TestPercentages(BaseCase):
    @given(percentage, percentage, max_share)
    def test_indirect_never_exceeds_its_part_of_the_total(self, direct, bought, most):
        """The rule is about the total: counted <= s x (direct + counted)."""
        counted = counted_indirect(direct, bought, most)
        self.assertLessEqual(counted, most * (direct + counted))

    @given(percentage, percentage, max_share)
    def test_indirect_is_cut_no_further_than_needed(self, direct, bought, most):
        counted = counted_indirect(direct, bought, most)
        self.assertTrue(counted == bought or counted == most * (direct + counted))

    @given(fte, fte, fte, fte)
    def test_more_target_group_never_lowers_the_total(
        self, total, direct, more, bought
    ):
        total += direct + more
        before = percentages(Facts(total, direct, bought), MAX_SHARE)
        after = percentages(Facts(total, direct + more, bought), MAX_SHARE)
        self.assertLessEqual(before[3], after[3])

    @given(facts(), fte)
    def test_more_social_purchases_never_lower_the_total(self, before, more):
        bought = before.indirect_fte + more
        after = Facts(before.total_fte, before.direct_fte, bought)
        self.assertLessEqual(
            percentages(before, MAX_SHARE)[3], percentages(after, MAX_SHARE)[3]
        )

    @given(fte, ladders())
    def test_without_own_target_group_there_is_no_level(self, total, ladder):
        """However much is bought, and even where a norm is zero."""
        score = compute(Facts(total, 0, Fraction(500)), ladder)
        self.assertEqual(score.total, 0)
        self.assertIsNone(score.level)

    def test_no_staff_at_all_is_no_error(self):
        score = compute(Facts(0, 0, 0), FIVE_LEVELS)
        self.assertEqual((score.direct, score.indirect, score.total), (0, 0, 0))


@tagged("post_install", "-at_install")
class TestNorms(BaseCase):
    def test_printed_rows_and_the_lines_between_them(self):
        rows = points(STEP1)
        self.assertEqual(norm_at(rows, 2), exact(21.4))
        self.assertEqual(norm_at(rows, 10), exact(6.7))
        self.assertEqual(norm_at(rows, 105), exact(1.4))
        self.assertEqual(norm_at(rows, 48), exact(3.16))

    def test_no_norm_below_the_smallest_size(self):
        self.assertIsNone(norm_at(points(STEP1), Fraction(1999, 1000)))

    def test_the_last_digit_of_a_binary_sum_does_not_cost_the_smallest_size(self):
        """What jobs of different full-time hours leave of one fte is no fraction."""
        rest = exact(float((1 - Fraction(24, 38)) * 36))
        size = 1 + Fraction(24, 38) + rest / 36
        self.assertLess(size, 2)
        self.assertEqual(norm_at(points(STEP1), size), exact(21.4))
        some = Facts(size, Fraction(1), 0)
        self.assertEqual(compute(some, FOUR_LEVELS).level, "step3")
        self.assertIsNone(norm_at(points(STEP1), exact(1.999999)))

    def test_the_last_norm_holds_above_the_largest_size(self):
        self.assertEqual(norm_at(points(STEP1), 5000), exact(1.4))

    def test_an_unknown_norm_stays_unknown(self):
        self.assertIsNone(norm_at((), 50))

    @given(norms(), st.fractions(0, 1))
    def test_between_two_rows_the_norm_moves_evenly(self, rows, part):
        for (left, low), (right, high) in pairwise(rows):
            size = left + part * (right - left)
            self.assertEqual(norm_at(rows, size), low + part * (high - low))


@tagged("post_install", "-at_install")
class TestLevels(BaseCase):
    def test_exactly_on_the_norm_is_enough(self):
        score = compute(Facts(10, exact(0.67), 0), FOUR_LEVELS)
        self.assertEqual(score.level, "step1")

    def test_the_last_digit_of_a_binary_sum_does_not_cost_a_level(self):
        """0.1 + 0.57 is 0.6699999999999999 in floats: the norm is reached."""
        score = compute(Facts(10.0, 0.1 + 0.57, 0.0), FOUR_LEVELS)
        self.assertLess(0.1 + 0.57, 0.67)
        self.assertEqual(score.level, "step1")

    def test_a_hair_below_the_norm_is_not_enough(self):
        score = compute(Facts(10, exact(0.66999), 0), FOUR_LEVELS)
        self.assertIsNone(score.level)
        self.assertEqual(score.next_level, "step1")

    def test_four_levels_have_no_open_one(self):
        score = compute(Facts(50, Fraction(1), 0), FOUR_LEVELS)
        self.assertEqual((score.level, score.open_levels), (None, ()))

    def test_an_unknown_norm_below_is_skipped_and_reported(self):
        """2 % is below step 1; it may be the basic step, whose norm is not public."""
        score = compute(Facts(50, Fraction(1), 0), FIVE_LEVELS)
        self.assertIsNone(score.level)
        self.assertEqual(score.open_levels, ("basic",))
        self.assertEqual(score.next_level, "step1")

    def test_an_unknown_norm_below_the_level_reached_is_not_open(self):
        score = compute(Facts(50, Fraction(2), 0), FIVE_LEVELS)
        self.assertEqual((score.level, score.open_levels), ("step2", ()))

    def test_the_highest_level_has_no_next(self):
        score = compute(Facts(50, Fraction(10), 0), FIVE_LEVELS)
        self.assertEqual(score.level, "step3")
        self.assertIsNone(score.next_level)
        self.assertIsNone(score.gap)
        self.assertIsNone(score.gap_fte)

    def test_an_unknown_top_level_stays_open(self):
        ladder = Ladder(MAX_SHARE, (("step1", points(STEP1)), ("step2", ())))
        score = compute(Facts(50, Fraction(10), 0), ladder)
        self.assertEqual((score.level, score.open_levels), ("step1", ("step2",)))
        self.assertIsNone(score.next_level)

    @given(facts(), ladders())
    def test_the_level_is_the_highest_reached(self, company, ladder):
        score = compute(company, ladder)
        names = [name for name, _rows in ladder.rungs]
        above = names[names.index(score.level) + 1 :] if score.level else names
        if score.level:
            self.assertGreaterEqual(score.total, score.norms[score.level] - exact(1e-9))
        for name in above if company.direct_fte else ():
            norm = score.norms[name]
            self.assertTrue(norm is None or score.total < norm)
        unknown = tuple(name for name in above if not dict(ladder.rungs)[name])
        self.assertEqual(score.open_levels, unknown)


@tagged("post_install", "-at_install")
class TestGap(BaseCase):
    """The fewest fte to hire: what a company plans its recruitment by."""

    def reaches(self, company, hired, rows, most):
        after = Facts(
            company.total_fte + hired, company.direct_fte + hired, company.indirect_fte
        )
        norm = norm_at(rows, after.total_fte)
        total = percentages(after, most)[3]
        return norm is not None and after.direct_fte > 0 and total >= norm

    def test_hiring_raises_the_size_too(self):
        """2 of 50 fte is 4 %; x more makes 6.8 % of a larger company."""
        company = Facts(50, 2, 0)
        rows = ((Fraction(2), exact(6.8)),)
        hired = exact(1.4) / (1 - exact(0.068))
        self.assertAlmostEqual(gap_fte(company, rows, MAX_SHARE), float(hired), 12)

    def test_nothing_is_asked_of_who_has_reached_it(self):
        self.assertEqual(gap_fte(Facts(50, 10, 0), points(STEP3), MAX_SHARE), 0)

    def test_a_company_below_the_smallest_size_grows_to_it(self):
        self.assertEqual(gap_fte(Facts(1, 1, 0), points(STEP3), MAX_SHARE), 1)

    def test_a_norm_of_hundred_percent_is_out_of_reach(self):
        rows = ((Fraction(2), Fraction(100)),)
        self.assertIsNone(gap_fte(Facts(50, 2, 0), rows, Fraction(0)))

    @given(facts(), norms(), max_share)
    def test_no_smaller_number_reaches_the_norm(self, company, rows, most):
        """Held against a scan of 200 numbers, in fractions."""
        gap = gap_fte(company, rows, most)
        if gap is None:
            scanned = [Fraction(n * n, 25) for n in range(200)]
        else:
            hair = Fraction(1, 10**6)
            nearly = tuple((size, norm - hair) for size, norm in rows)
            self.assertTrue(self.reaches(company, exact(gap) + hair, nearly, most))
            scanned = [exact(gap) * n / 200 - hair for n in range(200)]
        for hired in scanned:
            if hired >= 0:
                self.assertFalse(self.reaches(company, hired, rows, most), hired)


@tagged("post_install", "-at_install")
class TestGapInPurchases(BaseCase):
    @given(facts(), norms(), max_share)
    def test_so_many_fte_of_purchases_lie_exactly_on_the_norm(
        self, company, rows, most
    ):
        norm = norm_at(rows, company.total_fte)
        before = percentages(company, most)[3]
        gap = gap_indirect(company, rows, most)
        if gap is None:
            self.assertTrue(norm is None or before < norm)
        elif gap == 0:
            self.assertGreaterEqual(before, norm - TOLERANCE)
        else:
            self.assertLess(before, norm)
            after = Facts(
                company.total_fte, company.direct_fte, company.indirect_fte + gap
            )
            self.assertEqual(percentages(after, most)[3], norm)

    @given(facts(), norms(), max_share)
    def test_out_of_reach_means_that_no_purchases_reach_it(self, company, rows, most):
        norm = norm_at(rows, company.total_fte)
        if norm is None or gap_indirect(company, rows, most) is not None:
            return
        boundless = Facts(company.total_fte, company.direct_fte, 10**9)
        total = percentages(boundless, most)[3]
        self.assertTrue(company.direct_fte == 0 or total < norm)

    def test_an_unknown_norm_asks_nothing(self):
        self.assertIsNone(gap_indirect(Facts(10, 1, 0), (), MAX_SHARE))

    def test_the_best_offers_are_used_up_first(self):
        offers = [(Fraction(2), 5), (Fraction(1), 100)]
        self.assertEqual(spend_for(8, offers), 4)
        self.assertEqual(spend_for(10, offers), 5)
        self.assertEqual(spend_for(13, offers), 8)
        self.assertEqual(spend_for(110, offers), 105)
        self.assertIsNone(spend_for(111, offers))
        self.assertIsNone(spend_for(1, []))
