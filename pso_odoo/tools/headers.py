"""The headers of an uploaded table: where they stand, and what is the same header.

No ORM, and nothing of what a column means.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from .cells import fold
from .table import HEAD_ROWS, Broken

# What a header may add to say in what its numbers are.
UNITS = re.compile(r"(?:in)?(?:euros?|eur|procent|percentages?|perc|ftes?)$")


def header_text(cell):
    """Write a header as it is shown, on one line."""
    text = cell.text if isinstance(cell, Broken) else cell
    return " ".join(str("" if text is None else text).split())


def header_key(cell):
    """Write a header as it is compared: letters and digits, no accents, no case."""
    text = unicodedata.normalize("NFKD", fold(header_text(cell)))
    return re.sub(r"[\W_]+", "", text)


def header_keys(cell):
    """Return the keys that a header is looked up by: as it is, without its unit."""
    key = header_key(cell)
    plain = UNITS.sub("", key)
    return [key, plain] if plain and plain != key else [key]


@dataclass
class Head:
    """Where the headers of a table stand.

    :param headers: their texts by position, empty where there is none
    :param start: the index of their first row among the rows of the table
    :param height: how many rows they take
    """

    headers: list
    start: int = 0
    height: int = 1

    @property
    def end(self):
        return self.start + self.height


def find_head(rows, is_known):
    """Find the row, or the two rows, among the first ones that hold the headers.

    :param rows: rows of cells
    :param is_known: whether a text is a header that is known
    :return: ``(Head, how many of its headers are known)``; the first row, if no row
        has a known one
    """
    first = rows[:HEAD_ROWS]
    heads = [
        Head([header_text(cell) for cell in cells], start)
        for start, cells in enumerate(first)
    ]
    heads += [
        Head(_joined(upper, lower, is_known), start, 2)
        for start, (upper, lower) in enumerate(pairwise(first))
    ]
    best, most = heads[0], 0
    for head in heads:
        count = sum(map(is_known, head.headers))
        # A word of a row of data may happen to be a header.
        if count > most and (count > 1 or head is heads[0]):
            best, most = head, count
    return best, most


def _joined(upper, lower, is_known):
    """Join headers of two rows: a group, which may be merged, and what is below it.

    :return: none, if the lower row looks like one of data
    """
    texts = [header_text(cell) for cell in lower]
    filled = [cell for cell in lower if cell is not None]
    if not all(isinstance(cell, str | Broken) for cell in filled):
        return []
    headers, group, below = [], "", 0
    for position in range(max(len(upper), len(lower))):
        own = header_text(upper[position]) if position < len(upper) else ""
        under = texts[position] if position < len(texts) else ""
        group = own or group
        options = [f"{group} {under}".strip(), under, own] if under else [own]
        header = next(filter(is_known, options), options[0])
        below += bool(under) and header != own and is_known(header)
        headers.append(header)
    return headers if 2 * below >= len(filled) else []
