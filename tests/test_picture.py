"""The pictures on paper: sound SVG whatever the names, and nothing over each other."""

import doctest
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.pso_odoo.reports.paper import picture, pso_measurement_report
from odoo.addons.pso_odoo.reports.paper.picture import (
    DARK,
    LINE,
    MIDDLE,
    PALE,
    Line,
    Rung,
    draw_ladder,
    draw_trend,
    spread,
    text_width,
    wrap,
)

# The same examples every time, and on a slow machine too.
settings.register_profile("pso", deadline=None, derandomize=True, database=None)
settings.load_profile("pso")

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {"score": "Score", "total": "6.44 %", "direct": "Direct", "indirect": "More"}
HOSTILE = (
    '<script>alert("x")</script>',
    'A & B\'s "best" ]]> &amp;',
    "שלום עולם",
    "\u202eright to left",
    "bell\x07 and \ud800 half",
    "",
    "日本株式会社" * 5,
)
percentages = st.floats(0, 100)


def parse(svg):
    return ElementTree.fromstring(svg)


def texts(svg):
    return [element.text or "" for element in parse(svg).iter(f"{SVG}text")]


def numbers(element, *names):
    return [float(element.get(name)) for name in names]


def days(count):
    start = date(2023, 12, 31)
    return [
        (start + timedelta(days=30 * n), f"{start + timedelta(days=30 * n):%b %Y}")
        for n in range(count)
    ]


def columns(svg):
    """``(left, top, width, height, fill)`` of the columns, without the legend."""
    return [
        (*numbers(rect, "x", "y", "width", "height"), rect.get("fill"))
        for rect in list(parse(svg).iter(f"{SVG}rect"))[2:]
    ]


@tagged("post_install", "-at_install")
class TestPicture(BaseCase):
    def test_the_examples_in_the_code(self):
        for module in (picture, pso_measurement_report):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    # -- the ladder ----------------------------------------------------------

    def ladder(self, norms, direct=4.0, indirect=2.0):
        rungs = [
            Rung(f"Step {n}", norm, f"{norm}", norm is not None and norm <= 6)
            for n, norm in enumerate(norms)
        ]
        return draw_ladder(rungs, direct, indirect, WORDS)

    def test_the_columns_are_as_high_as_their_figures(self):
        svg = self.ladder([3.0, 6.0, 12.0])
        direct, indirect, *steps = columns(svg)
        heights = [column[3] for column in (direct, indirect, *steps)]
        unit = heights[0] / 4
        for height, figure in zip(heights, (4, 2, 3, 6, 12), strict=True):
            self.assertAlmostEqual(height, figure * unit, delta=0.05)
        # The indirect part stands on the direct one.
        self.assertAlmostEqual(indirect[1] + indirect[3], direct[1], delta=0.02)
        fills = [column[4] for column in steps]
        self.assertEqual(fills[0], PALE)
        self.assertEqual(fills[0], fills[1])
        self.assertNotEqual(fills[1], fills[2])

    def test_an_unknown_norm_is_drawn_as_unknown(self):
        rung = Rung("Basic Step", None, "unknown", False)
        svg = draw_ladder([rung], 4, 2, WORDS)
        self.assertIn("unknown", texts(svg))
        dashed = [e for e in parse(svg).iter(f"{SVG}rect") if e.get("stroke-dasharray")]
        self.assertEqual(len(dashed), 1)

    def test_without_levels_and_without_a_score(self):
        for svg in (draw_ladder([], 0, 0, WORDS), self.ladder([None], 0, 0)):
            self.assertTrue(all(column[3] >= 0 for column in columns(svg)))

    @given(
        st.lists(st.one_of(st.none(), percentages), max_size=8),
        percentages,
        percentages,
    )
    def test_everything_is_within_the_picture(self, norms, direct, indirect):
        root = parse(self.ladder(norms, direct, indirect))
        width, height = numbers(root, "width", "height")
        for rect in root.iter(f"{SVG}rect"):
            left, top, wide, high = numbers(rect, "x", "y", "width", "height")
            self.assertGreaterEqual(min(left, top, wide, high), 0)
            self.assertLessEqual(left + wide, width + 0.1)
            self.assertLessEqual(top + high, height)

    @given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
    def test_names_stay_below_their_own_column(self, names):
        rungs = [Rung(name, 4.0, "4.00 %", True) for name in names]
        root = parse(draw_ladder(rungs, 4, 2, WORDS))
        boxes = []
        for element in root.iter(f"{SVG}text"):
            if element.get("text-anchor") == "middle":
                x, y = numbers(element, "x", "y")
                half = text_width(element.text or "") / 2
                boxes.append((x - half, x + half, y))
        for one, other in pairwise(sorted(boxes, key=lambda box: (box[2], box[0]))):
            if one[2] == other[2]:
                self.assertLessEqual(one[1], other[0])

    # -- the trend -----------------------------------------------------------

    def test_a_line_runs_through_its_values(self):
        line = Line("Total", (0.0, 5.0, 10.0), "strong")
        root = parse(draw_trend(days(3), [line]))
        (polyline,) = root.iter(f"{SVG}polyline")
        points = [
            tuple(map(float, point.split(",")))
            for point in polyline.get("points").split()
        ]
        (x1, y1), (x2, y2), (x3, y3) = points
        self.assertAlmostEqual(x2 - x1, x3 - x2, delta=0.05)
        self.assertAlmostEqual(y1 - y2, y2 - y3, delta=0.05)
        self.assertGreater(y1, y3)

    def test_a_missing_value_leaves_a_gap(self):
        line = Line("Step 1", (3.0, 3.1, None, 3.3, 3.4), "norm")
        root = parse(draw_trend(days(5), [line]))
        self.assertEqual(len(list(root.iter(f"{SVG}polyline"))), 2)

    def test_without_points_there_is_no_picture(self):
        self.assertEqual(draw_trend([], []), "")
        self.assertEqual(draw_trend(days(1), [Line("Total", (1.0,), "strong")]), "")

    def test_nothing_but_zeros_is_a_picture(self):
        svg = draw_trend(days(4), [Line("Total", (0, 0, 0, 0), "strong")])
        self.assertIn("0.0", texts(svg))

    @given(st.lists(percentages, min_size=1, max_size=6))
    def test_names_of_close_norms_do_not_overlap(self, norms):
        names = [f"Step {n}" for n in range(len(norms))]
        lines = [
            Line(name, (norm, norm), "norm")
            for name, norm in zip(names, norms, strict=True)
        ]
        root = parse(draw_trend(days(2), lines))
        levels = sorted(
            float(element.get("y"))
            for element in root.iter(f"{SVG}text")
            if element.text in names
        )
        self.assertEqual(len(levels), len(names))
        for one, other in pairwise(levels):
            self.assertGreaterEqual(other - one, LINE - 0.01)

    @given(st.integers(2, 60))
    def test_days_below_the_axis_do_not_overlap(self, count):
        values = tuple(range(count))
        root = parse(draw_trend(days(count), [Line("Total", values, "strong")]))
        labels = {text for _day, text in days(count)}
        written = [e for e in root.iter(f"{SVG}text") if e.text in labels]
        self.assertIn(days(count)[-1][1], [element.text for element in written])
        places = sorted(
            (float(element.get("x")), text_width(element.text)) for element in written
        )
        for (x1, width1), (x2, width2) in pairwise(places):
            self.assertLessEqual(x1 + width1 / 2, x2 - width2 / 2)

    # -- names of all kinds --------------------------------------------------

    def test_hostile_names_are_text(self):
        for name in HOSTILE:
            rungs = [Rung(name, 3.0, name, True)]
            words = dict.fromkeys(WORDS, name)
            lines = [Line(name, (1.0, 2.0), style) for style in picture.STROKES]
            for svg in (
                draw_ladder(rungs, 4, 2, words),
                draw_trend([(day, name) for day, _text in days(2)], lines),
            ):
                tags = {element.tag for element in parse(svg).iter()}
                allowed = {"svg", "rect", "line", "polyline", "text"}
                self.assertLessEqual(tags, {SVG + tag for tag in allowed})

    @given(st.text(), st.text())
    def test_any_name_makes_sound_xml(self, name, other):
        parse(draw_ladder([Rung(name, 3.0, other, True)], 4, 2, WORDS))
        parse(draw_trend(days(2), [Line(other, (1.0, 2.0), "norm")]))

    # -- measures ------------------------------------------------------------

    @given(st.lists(st.floats(-50, 150), max_size=9))
    def test_spread_keeps_order_and_distance(self, levels):
        placed = spread(sorted(levels), 10, 0, 100)
        self.assertEqual(len(placed), len(levels))
        for one, other in pairwise(placed):
            self.assertGreaterEqual(other - one, 10 - 1e-9)
        if placed:
            self.assertLessEqual(placed[-1], 100)

    @given(st.text(), st.floats(30, 200))
    def test_wrapped_text_fits(self, text, width):
        parts = wrap(text, width)
        self.assertIn(len(parts), (1, 2))
        for part in parts:
            self.assertLessEqual(text_width(part), width)

    def test_the_fills_stay_apart_in_black_and_white(self):
        greys = [
            sum(
                weight * int(colour[n : n + 2], 16)
                for n, weight in ((1, 0.299), (3, 0.587), (5, 0.114))
            )
            for colour in (DARK, MIDDLE, PALE)
        ]
        for one, other in pairwise(greys):
            self.assertGreater(other - one, 50)
