"""Pictures for paper, as SVG: the ladder of norms and the rolling score.

No ORM and no words of its own: numbers come as floats (percentages 0-100), and every
text as it is to be printed. The elements are those that the old browser engine behind
PDF reports draws as lines and letters, and the greys stay apart in black and white.
Lengths are CSS pixels.
"""

import re
import unicodedata
from dataclasses import dataclass
from math import ceil, log10
from xml.etree import ElementTree

INK = "#1F2937"
GREY = "#6B7280"
RULE = "#D5D8DD"
DARK = "#5E3D56"
MIDDLE = "#A5849B"
PALE = "#EEE9ED"
WHITE = "#FFFFFF"

FONT = 13
LINE = 16
WIDEST = 110
# An axis does not go into smaller percentages.
SMALLEST = 0.01
# Letters are this wide on average, as a part of the size of the font.
LETTER = 0.56
ELLIPSIS = "…"
# What XML 1.0 has no place for, not even escaped.
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Rung:
    """A level on the ladder.

    :param text: the norm in words; it is drawn also where there is no ``norm``
    """

    name: str
    norm: float | None
    text: str
    is_reached: bool


@dataclass(frozen=True)
class Line:
    """A line over time.

    :param values: one for each date; None leaves a gap
    :param style: ``strong``, ``thin`` or ``dashed``; ``norm`` for what is drawn behind
        the others and named at its right end instead of in the legend
    """

    name: str
    values: tuple
    style: str


# -- the ladder of norms -------------------------------------------------------


def draw_ladder(rungs, direct, indirect, words, width=450, height=250):
    """Draw the score as a column, and the norms as steps beside it, from low to high.

    Names stand below their own column, so that close norms do not run together.

    :param rungs: list of :class:`Rung`, from the lowest level up
    :param direct: direct contribution
    :param indirect: indirect contribution as far as it counts
    :param words: what to call ``score``, ``total`` (the figure), ``direct`` and
        ``indirect``
    """
    total = direct + indirect
    picture = Picture(width, height, f"{words['score']}: {words['total']}")
    picture.legend([(words["direct"], DARK), (words["indirect"], MIDDLE)])
    top, bottom = 2.6 * LINE, height - 3.4 * LINE
    highest = max([total, *(rung.norm or 0 for rung in rungs)]) or 1
    column = min(width / (len(rungs) + 1.4), WIDEST)

    def level_of(value):
        return bottom - (bottom - top) * value / highest

    own, steps = 1.2 * column, 1.4 * column
    picture.column(0, own, level_of(direct), bottom, DARK)
    picture.column(0, own, level_of(total), level_of(direct), MIDDLE)
    picture.caption(own / 2, bottom, own, words["score"], "", bold=True)
    for position, rung in enumerate(rungs):
        left = steps + position * column
        if rung.norm is None:
            blank = {"fill": WHITE, "stroke": GREY, "dash": "3,3"}
            picture.column(left, column, bottom - LINE, bottom, **blank)
        else:
            fill = PALE if rung.is_reached else WHITE
            picture.column(left, column, level_of(rung.norm), bottom, fill, stroke=GREY)
        picture.caption(
            left + column / 2, bottom, column, rung.name, rung.text, rung.is_reached
        )
    right = steps + len(rungs) * column
    picture.line(0, bottom, right, bottom, stroke=INK)
    picture.line(0, level_of(total), right, level_of(total), stroke=INK, dash="5,3")
    picture.text(
        own / 2, level_of(total) - 5, words["total"], anchor="middle", bold=True
    )
    return picture.svg()


# -- the rolling score ---------------------------------------------------------


def draw_trend(dates, lines, number=str, width=910, height=250):
    """Draw percentages over time, with the norms as they were behind them.

    :param dates: the days of the points in ascending order, each with the text for the
        axis: ``[(day, text)]``
    :param lines: list of :class:`Line`
    :param number: what writes a figure of the axis
    :return: the picture, or the empty string if there are not two points to connect
    """
    if len(dates) < 2:
        return ""
    picture = Picture(width, height, ", ".join(line.name for line in lines))
    norms = [line for line in lines if line.style == "norm"]
    scores = [line for line in lines if line.style != "norm"]
    picture.line_legend([(line.name, STROKES[line.style]) for line in scores])
    left, right = 3.2 * FONT, width - 8.5 * FONT
    top, bottom = 2.2 * LINE, height - 1.8 * LINE
    values = [value for line in lines for value in line.values if value is not None]
    ticks = axis_ticks(max(values, default=0))
    first, last = (dates[n][0].toordinal() for n in (0, -1))
    xs = [
        left + (right - left) * (day.toordinal() - first) / max(last - first, 1)
        for day, _text in dates
    ]

    def level_of(value):
        return bottom - (bottom - top) * value / ticks[-1]

    for tick in ticks:
        level = level_of(tick)
        picture.line(left, level, right, level, stroke=RULE)
        picture.text(left - 6, level + 4, number(tick), anchor="end", fill=GREY)
    _draw_days(picture, xs, [text for _day, text in dates], bottom)
    for line in norms + scores:
        for points in _stretches(xs, line.values, level_of):
            picture.polyline(points, **STROKES[line.style])
    _name_norms(picture, norms, level_of, right + 6, top, bottom + 4)
    return picture.svg()


STROKES = {
    "strong": {"stroke": DARK, "thickness": 3},
    "thin": {"stroke": MIDDLE, "thickness": 1.8},
    "dashed": {"stroke": INK, "thickness": 1.4, "dash": "6,4"},
    "norm": {"stroke": GREY, "thickness": 1, "dash": "2,3"},
}


def _draw_days(picture, xs, texts, bottom):
    """Write as many days below the axis as fit, the last one always."""
    room = max(text_width(text) for text in texts) + 1.5 * FONT
    free = float("inf")
    for x, text in reversed(list(zip(xs, texts, strict=True))):
        if x <= free:
            picture.line(x, bottom, x, bottom + 4, stroke=GREY)
            picture.text(x, bottom + 4 + LINE, text, anchor="middle", fill=GREY)
            free = x - room


def _stretches(xs, values, level_of):
    """Cut the points of a line where a value is missing."""
    stretch = []
    for x, value in [*zip(xs, values, strict=True), (None, None)]:
        if value is not None:
            stretch.append((x, level_of(value)))
        elif stretch:
            yield stretch
            stretch = []


def _name_norms(picture, norms, level_of, left, top, bottom):
    """Write the names at the right end of their lines, pushed apart where close."""
    named = [line for line in norms if line.values[-1] is not None]
    named.sort(key=lambda line: line.values[-1], reverse=True)
    levels = [level_of(line.values[-1]) + 4 for line in named]
    room = picture.width - left
    for line, level in zip(named, spread(levels, LINE, top, bottom), strict=True):
        picture.text(left, level, fit(line.name, room), fill=GREY)


# -- measures ------------------------------------------------------------------


def axis_ticks(highest):
    """Choose round figures from 0 up to at least the highest value, three to six.

    >>> axis_ticks(7.04)
    [0, 2, 4, 6, 8]
    >>> axis_ticks(0.3)
    [0.0, 0.1, 0.2, 0.3]
    >>> axis_ticks(0)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    highest = highest if highest > SMALLEST else 1
    power = 10 ** (ceil(log10(highest)) - 1)
    step = next(power * n for n in (0.2, 0.5, 1, 2) if highest / (power * n) <= 5)
    step = int(step) if step >= 1 else step
    count = ceil(round(highest / step, 9))
    return [round(step * n, 9) for n in range(count + 1)]


def spread(levels, gap, low, high):
    """Push ascending levels apart to a gap, between low and high as far as they fit.

    >>> spread([10, 12, 50], 8, 0, 60)
    [10, 18, 50]
    >>> spread([50, 55, 58], 8, 0, 60)
    [44, 52, 60]
    """
    pushed = []
    for level in levels:
        pushed.append(max(level, pushed[-1] + gap if pushed else low))
    limit = high
    for position in range(len(pushed) - 1, -1, -1):
        pushed[position] = min(pushed[position], limit)
        limit = pushed[position] - gap
    return pushed


def text_width(text, size=FONT):
    """Guess how wide a text is drawn: the font is known to the printer alone."""
    return sum(
        size if unicodedata.east_asian_width(letter) in "WF" else size * LETTER
        for letter in text
        if not unicodedata.combining(letter)
    )


def fit(text, width, size=FONT):
    """Cut a text to a width.

    >>> fit("Step 3", 60), fit("A very long level", 60)
    ('Step 3', 'A very…')
    """
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + ELLIPSIS, size) > width:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def wrap(text, width, size=FONT):
    """Set a text on one line or two, cut to a width.

    >>> wrap("Prestatieladder stap drie", 120)
    ['Prestatieladder', 'stap drie']
    """
    words = text.split()
    for count in range(len(words), 0, -1):
        start = " ".join(words[:count])
        if text_width(start, size) <= width or count == 1:
            rest = " ".join(words[count:])
            return [fit(part, width, size) for part in (start, rest) if part]
    return [""]


# -- drawing -------------------------------------------------------------------


class Picture:
    """An SVG picture in the making.

    :param label: what the picture says, for who cannot see it
    """

    def __init__(self, width, height, label):
        self.width = width
        # The size in pixels, too: the old engine takes it from nowhere else.
        self._root = ElementTree.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "width": _length(width),
                "height": _length(height),
                "viewBox": f"0 0 {_length(width)} {_length(height)}",
                "role": "img",
                "aria-label": _printable(label),
                "direction": "ltr",
            },
        )

    def _add(self, tag, **attributes):
        names = {
            name.replace("_", "-"): value if isinstance(value, str) else _length(value)
            for name, value in attributes.items()
            if value is not None
        }
        return ElementTree.SubElement(self._root, tag, names)

    def line(self, x1, y1, x2, y2, stroke, dash=None, thickness=1):
        look = {"stroke": stroke, "stroke_width": thickness, "stroke_dasharray": dash}
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, **look)

    def polyline(self, points, stroke, thickness, dash=None):
        look = {"stroke": stroke, "stroke_width": thickness, "stroke_dasharray": dash}
        pairs = " ".join(f"{_length(x)},{_length(y)}" for x, y in points)
        self._add("polyline", points=pairs, fill="none", **look)

    def column(self, left, width, top, bottom, fill, stroke=None, dash=None):
        height = max(bottom - top, 0)
        look = {"fill": fill, "stroke": stroke, "stroke_dasharray": dash}
        self._add("rect", x=left, y=top, width=width, height=height, **look)

    def text(self, x, y, text, anchor="start", fill=INK, bold=False):
        element = self._add(
            "text",
            x=x,
            y=y,
            fill=fill,
            font_size=FONT,
            font_weight="bold" if bold else None,
            text_anchor=anchor,
        )
        element.text = _printable(text)

    def caption(self, middle, bottom, width, name, text, bold=False):
        """Write a name below a column, on two lines at most, and a figure below it."""
        names = wrap(name, width - 4)
        for number, part in enumerate([*names, text], start=1):
            is_figure = number > len(names)
            self.text(
                middle,
                bottom + 2 + number * LINE,
                fit(part, width - 2),
                anchor="middle",
                fill=GREY if is_figure and not bold else INK,
                bold=bold,
            )

    def legend(self, entries):
        """Explain fills: ``[(text, fill)]``."""
        x = 0
        for text, fill in entries:
            self._add("rect", x=x, y=2, width=FONT, height=FONT, fill=fill)
            x = self._legend_text(x + FONT, text)

    def line_legend(self, entries):
        """Explain lines: ``[(text, stroke of a line)]``."""
        x = 0
        for text, stroke in entries:
            self.line(x, 9, x + 2 * FONT, 9, **stroke)
            x = self._legend_text(x + 2 * FONT, text)

    def _legend_text(self, x, text):
        self.text(x + 6, FONT, text)
        return x + 6 + text_width(text) + 1.5 * FONT

    def svg(self):
        return ElementTree.tostring(self._root, encoding="unicode")


def _length(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _printable(text):
    return UNPRINTABLE.sub("", text)
