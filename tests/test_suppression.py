"""What is shown of small groups betrays nobody: worked out by hand, and attacked."""

import random
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import product
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.pso_odoo.tools.suppression import (
    Breakdown,
    BreakdownRow,
    Stay,
    break_down,
)

# The same examples every time, and on a slow machine too.
settings.register_profile("pso", deadline=None, derandomize=True, database=None)
settings.load_profile("pso")

UNIT = 400  # hours of the random people come in fortieths, weights in hundredths
WORLDS = 400


def team(department, location, target, others, fte=1):
    """Stays of so many people of the target group and so many others."""
    return [
        Stay(
            f"{department}-{location}-{number}",
            department,
            location,
            Fraction(fte),
            Fraction(fte) if number < target else 0,
        )
        for number in range(target + others)
    ]


def shown(rows):
    """``{department or location, or several of them: (persons, fte, direct)}``."""
    return {
        "+".join(sorted(row.keys)): (row.persons, row.fte, row.direct) for row in rows
    }


@tagged("post_install", "-at_install")
class TestExamples(BaseCase):
    """Worked out by hand, with groups of at least five unless said otherwise."""

    def break_down(self, *teams, limit=5):
        return break_down([stay for team in teams for stay in team], limit)

    def test_large_departments_are_shown(self):
        found = self.break_down(team("a", "x", 5, 5), team("b", "x", 6, 14))
        self.assertEqual(shown(found.departments), {"a": (10, 10, 5), "b": (20, 20, 6)})
        self.assertEqual(found.locations, [])

    def test_the_largest_comes_first_and_the_rest_last(self):
        found = self.break_down(
            team("a", "x", 5, 5),
            team("b", "x", 5, 6),
            team("c", "x", 4, 50),
            team("d", "x", 4, 50),
        )
        self.assertEqual(
            [(row.keys, row.is_rest) for row in found.departments],
            [(("b",), False), (("a",), False), (("c", "d"), True)],
        )

    def test_nothing_is_shown_of_a_company_with_few_of_the_target_group(self):
        found = self.break_down(team("a", "x", 2, 50), team("b", "x", 2, 50))
        self.assertEqual(found, Breakdown([], []))

    def test_nothing_is_shown_of_a_company_with_few_others(self):
        found = self.break_down(team("a", "x", 50, 2), team("b", "x", 50, 2))
        self.assertEqual(found, Breakdown([], []))

    def test_nothing_is_shown_of_nobody(self):
        self.assertEqual(self.break_down(), Breakdown([], []))

    def test_small_departments_are_put_together(self):
        found = self.break_down(
            team("a", "x", 5, 5), team("b", "x", 3, 3), team("c", "x", 2, 9)
        )
        self.assertEqual(
            shown(found.departments), {"a": (10, 10, 5), "b+c": (17, 17, 5)}
        )

    def test_the_smallest_large_one_joins_a_rest_that_is_small(self):
        """Else the rest would be the total less the others."""
        found = self.break_down(
            team("a", "x", 5, 25),
            team("b", "x", 5, 5),
            team("c", "x", 5, 15),
            team("d", "x", 1, 2),
        )
        self.assertEqual(set(shown(found.departments)), {"a", "c", "b+d"})

    def test_a_department_of_only_the_target_group_is_small(self):
        found = self.break_down(
            team("a", "x", 40, 4), team("b", "x", 5, 5), team("c", "x", 5, 6)
        )
        self.assertEqual(set(shown(found.departments)), {"c", "a+b"})

    def test_the_whole_alone_is_no_breakdown(self):
        found = self.break_down(team("a", "x", 9, 9), team("b", "x", 2, 2))
        self.assertEqual(found.departments, [])

    def test_locations_are_shown_where_every_overlap_is_large(self):
        found = self.break_down(
            team("a", "x", 5, 5),
            team("a", "y", 5, 5),
            team("b", "x", 5, 9),
            team("b", "y", 5, 9),
        )
        self.assertEqual(set(shown(found.departments)), {"a", "b"})
        self.assertEqual(shown(found.locations), {"x": (24, 24, 10), "y": (24, 24, 10)})

    def test_locations_are_put_together_where_an_overlap_is_small(self):
        """Location y is large, but who of it is of department b are two."""
        found = self.break_down(
            team("a", "x", 5, 5),
            team("a", "y", 9, 9),
            team("a", "z", 5, 5),
            team("b", "x", 5, 5),
            team("b", "y", 1, 1),
            team("b", "z", 9, 9),
        )
        self.assertEqual(set(shown(found.departments)), {"a", "b"})
        self.assertEqual(set(shown(found.locations)), {"x+y", "z"})

    def test_a_location_that_cannot_help_is_not_put_together(self):
        """Location z is the smallest, but nobody of department b is there."""
        found = self.break_down(
            team("a", "x", 9, 9),
            team("a", "y", 9, 9),
            team("a", "z", 5, 5),
            team("b", "x", 9, 9),
            team("b", "y", 1, 1),
        )
        self.assertEqual(set(shown(found.locations)), {"x+y", "z"})

    def test_who_moves_is_one_person(self):
        """Four people in two departments do not become eight in the rest."""
        movers = [
            Stay(f"mover-{number}", department, "x", Fraction(1, 2), Fraction(1, 2))
            for number in range(4)
            for department in ("b", "c")
        ]
        found = self.break_down(
            team("a", "x", 5, 9),
            team("d", "x", 5, 6),
            team("b", "x", 0, 5),
            team("c", "x", 0, 5),
            movers,
        )
        self.assertEqual(
            shown(found.departments), {"a": (14, 14, 5), "b+c+d": (25, 25, 9)}
        )

    def test_who_counted_elsewhere_is_no_other(self):
        """Of department b everybody counts, if not all of them there."""
        came_from_a = [
            Stay(f"mover-{number}", department, "x", Fraction(1, 2), direct)
            for number in range(5)
            for department, direct in (("a", Fraction(1, 2)), ("b", 0))
        ]
        found = self.break_down(
            team("a", "x", 5, 9),
            team("b", "x", 5, 0),
            team("c", "x", 5, 5),
            came_from_a,
        )
        self.assertEqual(set(shown(found.departments)), {"a", "b+c"})

    def test_who_moves_is_as_large_as_all_of_it(self):
        """Together b and c have 1.5 direct fte: not without the one full-timer."""
        mover = [Stay("mover", d, "x", Fraction(1, 2), Fraction(1, 2)) for d in "bc"]
        found = self.break_down(
            team("a", "x", 5, 5),
            team("b", "x", 3, 2, fte="0.1"),
            team("c", "x", 2, 3, fte="0.1"),
            team("d", "x", 5, 6),
            mover,
        )
        self.assertEqual(set(shown(found.departments)), {"d", "a+b+c"})

    def test_who_is_not_in_the_size_is_as_large_as_what_counts(self):
        """Interns count without being staff; five colleagues of 0.02 hide nobody."""
        interns = [stay._replace(fte=0) for stay in team("a", "x", 5, 0)]
        found = self.break_down(
            interns,
            team("a", "y", 0, 5, fte="0.02"),
            team("b", "x", 5, 5),
            team("c", "x", 5, 6),
        )
        self.assertEqual(set(shown(found.departments)), {"c", "a+b"})

    def test_small_jobs_do_not_hide_large_ones(self):
        """Ten people; five of them make 5.0 of 5.5 fte: it must be those five."""
        found = self.break_down(
            team("a", "x", 5, 0),
            team("a", "y", 0, 5, fte="0.1"),
            team("b", "x", 5, 5),
            team("c", "x", 5, 6),
        )
        self.assertEqual(set(shown(found.departments)), {"c", "a+b"})

    def test_who_has_no_hours_hides_nobody(self):
        found = self.break_down(
            team("a", "x", 5, 0),
            team("a", "y", 0, 9, fte=0),
            team("b", "x", 5, 5),
            team("c", "x", 5, 6),
        )
        self.assertEqual(
            shown(found.departments), {"c": (11, 11, 5), "a+b": (15, 15, 10)}
        )

    def test_direct_fte_are_whole(self):
        found = self.break_down(
            team("a", "x", 5, 5, fte="0.7"), team("b", "x", 5, 5, fte="0.9")
        )
        self.assertEqual(shown(found.departments)["a"], (10, 7, 4))
        self.assertEqual(shown(found.departments)["b"], (10, 9, 5))

    def test_the_limit_is_what_it_is_set_to(self):
        teams = team("a", "x", 2, 2), team("b", "x", 2, 3)
        self.assertEqual(len(self.break_down(*teams, limit=2).departments), 2)
        self.assertEqual(len(self.break_down(*teams, limit=3).departments), 0)


# -- random companies, and somebody who tries to find out ---------------------------


def random_company(seed):
    """``(stays, limit)``: people over departments and locations, some of whom move."""
    rng = random.Random(seed)
    departments = "abcd"[: rng.randint(1, 4)]
    locations = "xyz"[: rng.randint(1, 3)]
    # Some departments have few people, some places nobody.
    places = rng.sample(
        list(product(departments, locations)),
        rng.randint(1, len(departments) * len(locations)),
    )
    sizes = [rng.choice((1, 5, 20, 20)) for _ in places]
    share = rng.choice((0.1, 0.3, 0.3, 0.5, 0.8))
    everybody_whole = rng.random() < 0.3
    stays = []
    for person in range(rng.choice((0, 8, 20, 40, 40, 70, 70))):
        fte = Fraction(rng.choice((40, 40, 36, 24, 4, 0)), 40)
        counted = Fraction(rng.choice((100, 100, 50, 25)), 100)
        if everybody_whole:
            fte = counted = Fraction(1)
        if rng.random() > share:
            counted = 0
        is_in_size = not counted or rng.random() < 0.9
        stays += [
            Stay(person, *place, fte * part * is_in_size, fte * part * counted_there)
            for place, part, counted_there in _where(rng, places, sizes, counted)
        ]
    return stays, rng.randint(2, 3)


def _where(rng, places, sizes, counted):
    """One place, or for who moves two; somebody may stop counting on the way."""
    first, second = rng.choices(places, sizes, k=2)
    if first == second or rng.random() < 0.9:
        return [(first, 1, counted)]
    half = Fraction(1, 2)
    return [(first, half, counted), (second, half, rng.choice((counted, 0)))]


seeds = st.integers(0, 10**9)


class Attacker:
    """Knows everybody's place and hours, and combines all that is published.

    :param published: for each figure the set of places it is about
    """

    def __init__(self, stays, limit):
        self.stays = [stay for stay in stays if stay.fte or stay.direct]
        self.limit = limit
        self.places = sorted({(s.department, s.location) for s in self.stays})
        self.counting = {stay.person for stay in self.stays if stay.direct}

    def published(self, breakdown):
        """The places of each row, and of the total, which everybody knows."""
        return [
            set(self.places),
            *(
                {p for p in self.places if p[0] in r.keys}
                for r in breakdown.departments
            ),
            *({p for p in self.places if p[1] in r.keys} for r in breakdown.locations),
        ]

    def combinations(self, published):
        """Every sum and difference that gives each place -1, 0 or 1 times."""
        rows = [tuple(int(p in places) for p in self.places) for places in published]
        found = {(0,) * len(self.places)}
        todo = list(found)
        while todo:
            combination = todo.pop()
            for row, sign in product(rows, (1, -1)):
                other = tuple(
                    a + sign * b for a, b in zip(combination, row, strict=True)
                )
                if other not in found and max(map(abs, other)) <= 1:
                    found.add(other)
                    todo.append(other)
        return found

    def finds_few(self, breakdown):
        """People about whom a combination tells, and who are too few on one side."""
        for combination in self.combinations(self.published(breakdown)):
            for times in (-1, 0, 1):
                places = {
                    place
                    for place, count in zip(self.places, combination, strict=True)
                    if count == times
                }
                if places and self.are_few(places):
                    return places
        return None

    def are_few(self, places):
        here = [s for s in self.stays if (s.department, s.location) in places]
        target = {stay.person for stay in here if stay.direct}
        others = {stay.person for stay in here if stay.fte} - self.counting
        return len(target) < self.limit or len(others) < self.limit

    def overlaps(self, breakdown):
        """``{rows: stays}`` of what the rows have in common."""
        published = self.published(breakdown)
        overlaps = defaultdict(list)
        for stay in self.stays:
            place = stay.department, stay.location
            overlaps[tuple(place in places for places in published)].append(stay)
        return overlaps

    def finds_one(self, breakdown, step=1):
        """Somebody who counts, or does not, however the direct fte came about.

        Even if the direct fte of each overlap were known, in steps of so many fte.
        """
        for stays in self.overlaps(breakdown).values():
            if person := self._certain(stays, step):
                return person
        return None

    def direct(self, stays, step=1):
        """Direct fte in steps, halves up."""
        return floor(sum(stay.direct for stay in stays) / step + Fraction(1, 2)) * step

    def _certain(self, stays, step):
        """Somebody who is in all, or in none, of the sets that fit a sum of fte."""
        parts = Counter()
        for stay in stays:
            parts[stay.person] += int((stay.direct or stay.fte) * UNIT)
        width = int(step * UNIT)
        lowest = int(self.direct(stays, step) * UNIT) - width // 2
        highest = max(lowest + width, 0)
        fitting = (1 << highest) - (1 << max(lowest, 0))
        for person, part in parts.items():
            sums = 1
            for other, size in parts.items():
                if other != person:
                    sums |= sums << size
            if not sums & fitting or not (sums << part) & fitting:
                return f"person {person}"
        return None


@tagged("post_install", "-at_install")
class TestAttacks(BaseCase):
    def test_nobody_can_be_deduced(self):
        seen = Counter()

        @settings(max_examples=WORLDS)
        @given(seeds)
        def attack(seed):
            stays, limit = random_company(seed)
            breakdown = break_down(stays, limit)
            attacker = Attacker(stays, limit)
            seen["departments"] += bool(breakdown.departments)
            seen["locations"] += bool(breakdown.locations)
            seen["both"] += bool(breakdown.departments and breakdown.locations)
            seen["rest"] += any(row.is_rest for row in breakdown.departments)
            if breakdown.departments or breakdown.locations:
                self.assertIsNone(attacker.finds_few(breakdown))
                self.assertIsNone(attacker.finds_one(breakdown))
                self.check_direct(attacker, breakdown)

        attack()
        print(f"\nOf {WORLDS} random companies, with something to show:", dict(seen))
        rare = [name for name, count in seen.items() if count < WORLDS // 40]
        self.assertFalse(rare, "The random companies hardly ever show these")

    def check_direct(self, attacker, breakdown):
        """Figures tell no more than the overlaps in whole fte, which were attacked."""
        overlaps = attacker.overlaps(breakdown)
        for index, row in enumerate((*breakdown.departments, *breakdown.locations), 1):
            whole = [attacker.direct(overlaps[key]) for key in overlaps if key[index]]
            self.assertEqual(row.direct, sum(whole))

    @settings(max_examples=WORLDS)
    @given(seeds)
    def test_what_is_shown_adds_up(self, seed):
        stays, limit = random_company(seed)
        breakdown = break_down(stays, limit)
        for rows, key in zip(breakdown, ("department", "location"), strict=True):
            if not rows:
                continue
            parts = [part for row in rows for part in row.keys]
            self.assertEqual(len(parts), len(set(parts)))
            self.assertEqual(
                set(parts), {getattr(s, key) for s in stays if s.fte or s.direct}
            )
            for row in rows:
                here = [s for s in stays if getattr(s, key) in row.keys and s.fte]
                self.assertEqual(row.fte, sum(stay.fte for stay in here))
                self.assertEqual(row.persons, len({stay.person for stay in here}))
        if all(breakdown):
            departments, locations = (
                sum(row.direct for row in rows) for rows in breakdown
            )
            self.assertEqual(departments, locations)

    @settings(max_examples=WORLDS)
    @given(seeds)
    def test_nothing_is_put_together_without_need(self, seed):
        """Where every overlap is large, all of them are shown."""
        stays, limit = random_company(seed)
        # Full-time people: nobody is larger than what two others make together.
        stays = [
            stay._replace(fte=Fraction(1), direct=Fraction(stay.direct > 0))
            for stay in stays
        ]
        attacker = Attacker(stays, limit)
        if not any(attacker.are_few({place}) for place in attacker.places):
            for rows in break_down(stays, limit):
                self.assertFalse([row for row in rows if row.is_rest])

    # -- the attacks are dangerous: breakdowns that take less care fall for them -----

    def assertFallsFor(self, attack, careless):
        """Some company is betrayed by a careless breakdown, and not by ours."""

        for seed in range(WORLDS):
            stays, limit = random_company(seed)
            attacker = Attacker(stays, limit)
            if attacker.are_few(attacker.places):
                continue
            if getattr(attacker, attack)(careless(stays, limit)):
                ours = break_down(stays, limit)
                self.assertIsNone(getattr(attacker, attack)(ours))
                return
        self.fail("No company is betrayed")

    def rows(self, parts):
        return [BreakdownRow((part,), 0, 0, 0, False) for part in sorted(parts)]

    def test_without_suppression(self):
        def careless(stays, _limit):
            return Breakdown(self.rows({stay.department for stay in stays}), [])

        self.assertFallsFor("finds_few", careless)

    def test_by_difference_with_the_total(self):
        """Small departments are left out, and are the total less the others."""

        def careless(stays, limit):
            attacker = Attacker(stays, limit)
            large = {
                department
                for department in {stay.department for stay in stays}
                if not attacker.are_few(
                    {place for place in attacker.places if place[0] == department}
                )
            }
            return Breakdown(self.rows(large), [])

        self.assertFallsFor("finds_few", careless)

    def test_by_difference_of_departments_and_locations(self):
        """Each of them is fine by itself."""

        def careless(stays, limit):
            by_department = [stay._replace(location=None) for stay in stays]
            by_location = [stay._replace(department=None) for stay in stays]
            return Breakdown(
                break_down(by_department, limit).departments,
                break_down(by_location, limit).locations,
            )

        self.assertFallsFor("finds_few", careless)

    def test_by_exact_hours(self):
        """A tenth of an fte more or less tells whose hours fit."""
        stays = team("a", "x", 5, 5) + team("b", "x", 5, 5)
        stays[0] = stays[0]._replace(fte=Fraction(4, 5), direct=Fraction(4, 5))
        attacker = Attacker(stays, 5)
        breakdown = break_down(stays, 5)
        self.assertEqual(len(breakdown.departments), 2)
        self.assertEqual(
            attacker.finds_one(breakdown, step=Fraction(1, 10)), "person a-x-0"
        )
        self.assertIsNone(attacker.finds_one(breakdown))
