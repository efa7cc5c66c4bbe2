"""How a sheet fits on paper, in words and in numbers: no ORM, and nothing of PSO."""

import re
from math import ceil
from textwrap import wrap

from .styles import BASE

LETTERS_PER_DIGIT = 1.08
FONT_SIZE = BASE["font_size"]
# A header is bold, its font not always there, and a button to filter stands in it.
HEADER_LETTERS_PER_DIGIT = 0.9
HEADER_EDGE = 1
# A column is so many pixels wide a character, and some more.
PIXELS, PIXELS_MORE = 7, 5
# What is left of A4 landscape between the margins, in pixels.
PAPER_WIDTH = 1040
# Smaller than this part of its size nobody reads 10 points on paper.
SMALLEST_SCALE = 0.7
# What Excel takes for a footer.
LONGEST_FOOTER = 255
ISO_DATE = "yyyy-mm-dd"
# How a language writes a date, and the same as a number format.
DATE_PARTS = {
    **{"%Y": "yyyy", "%y": "yy", "%m": "mm", "%-m": "m", "%d": "dd", "%-d": "d"},
    **{"%b": "mmm", "%B": "mmmm", "%a": "ddd", "%A": "dddd"},
}
DATE_PART = re.compile("%-?[a-zA-Z]")


def wrap_header(label, width):
    """Return the lines that a header takes in a column of a width, in characters."""
    letters = int((width - HEADER_EDGE) * HEADER_LETTERS_PER_DIGIT)
    return wrap(label, max(letters, 1), break_long_words=False)


def widest_word(label):
    """Return how wide a column is that breaks no word of its header, in characters."""
    longest = max(map(len, re.split(r"[\s-]", label)), default=0)
    return ceil(longest / HEADER_LETTERS_PER_DIGIT) + HEADER_EDGE


def footer_code(lines):
    """Return what Excel makes of lines at the left, the sheet and the page number."""
    # The space keeps a number that begins a line apart from the size of the font.
    rest = "&C&8&A&R&8 &P / &N"
    own = "\n".join(f"&8 {line.replace('&', '&&')}" for line in lines if line)
    if len(own) + len(rest) + 2 > LONGEST_FOOTER:
        first, *others = [line for line in lines if line]
        room = len(first) - (len(own) + len(rest) + 3 - LONGEST_FOOTER)
        return footer_code([f"{first[:room].replace('&', '+')}…", *others])
    return f"&L{own}{rest}"


def pages_across(widths, fixed):
    """Say on how many pages beside each other columns are readable.

    :param widths: of the columns, in characters
    :param fixed: how many of the first ones stand on every page

    >>> pages_across([30] * 4, 1), pages_across([30] * 8, 1), pages_across([], 0)
    (1, 2, 1)
    """
    pixels = [PIXELS * width + PIXELS_MORE for width in widths]
    every = sum(pixels[:fixed])
    pages, used = 1, every
    for width in pixels[fixed:]:
        if used > every and used + width > PAPER_WIDTH / SMALLEST_SCALE:
            pages, used = pages + 1, every
        used += width
    return pages


def number_format_of(date_format):
    """Return the number format of a date as a language writes it.

    Other marks than those of :data:`DATE_PARTS` mean the international one.

    >>> number_format_of("%d-%m-%Y"), number_format_of("%d %b, %Y")
    ('dd-mm-yyyy', 'dd mmm\\\\, yyyy')
    >>> number_format_of("%j")
    'yyyy-mm-dd'
    """
    parts = DATE_PART.findall(date_format)
    if not parts or not set(parts) <= DATE_PARTS.keys():
        return ISO_DATE
    between = [
        "".join(f"\\{sign}" if sign not in "- " else sign for sign in text)
        for text in DATE_PART.split(date_format)
    ]
    return "".join(
        sign + DATE_PARTS.get(part, "")
        for sign, part in zip(between, [*parts, ""], strict=True)
    )


def width_of(text, size=FONT_SIZE):
    """Return how wide a column is in which a text stands on one line."""
    return ceil(len(text) * size / FONT_SIZE / LETTERS_PER_DIGIT)


def lines_in(text, width):
    """Count the lines that a text takes: letters are narrower than digits."""
    per_line = int(width * LETTERS_PER_DIGIT)
    return sum(1 + len(line) // per_line for line in text.split("\n"))
