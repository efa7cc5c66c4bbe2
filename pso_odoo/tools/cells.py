"""What a cell of an uploaded table says: a date, a number, a truth value or a text.

No ORM. Dutch and ISO notation are understood. What can be read in two ways is refused
with a reason: a figure that is a thousand times too large is worse than none.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import get_month_names

from odoo.tools.translate import LazyTranslate

from .table import WINDOWS_EPOCH, Broken, Percent

_lt = LazyTranslate(__name__)

YES = {"1", "ja", "j", "yes", "y", "true", "waar", "x"}
NO = {"0", "nee", "n", "no", "false", "onwaar"}
YEARS = range(1900, 2101)
LONGEST = 250  # characters
LARGEST = 1e15  # beyond it a number has no cents any more
# As Dutch and English write them, in full and short.
MONTH = {
    name.lower().rstrip("."): number
    for lang in ("nl", "en")
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, locale=lang).items()
} | {"sept": 9}
DAY_FIRST = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})")
YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
COMPACT = re.compile(r"([12][0-9]{3})([0-9]{2})([0-9]{2})")
IN_WORDS = re.compile(r"([0-9]{1,2})[- ]([a-z]+)\.?[- ]([0-9]{4})")
MIDNIGHT = re.compile(r"[T ]0?0:00(:00(\.0+)?)?Z?$")
SPACES = re.compile(r"[\s\u00a0\u202f]+")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
CURRENCY = re.compile(r"^(-?)\s*(?:€|EUR)\s*|\s*(?:€|EUR)$")
# Numbers as Dutch and as English write them, by decimal mark: 0.125 has no thousands.
FORMS = {
    mark: re.compile(
        rf"-?(?=.*[0-9])(?!0[0-9]*[{group}][0-9]{{3}}$)"
        rf"(?:[0-9]*|[0-9]{{1,3}}([{group}' ])[0-9]{{3}}(?:\1[0-9]{{3}})*)"
        rf"(?:[{mark}][0-9]+)?"
    )
    for mark, group in ((",", "."), (".", ","))
}
# No cents, as the Dutch write it: 1.250,- and 1.250,-- and 1.250,=
NO_CENTS = re.compile(r",(?:[-–—]{1,2}|=)$")
UNIT = re.compile(
    r"[-0-9.,]+ ?(?:m|mln|mio|miljoen|million|mrd|miljard|billion|k|dzd|duizend"
    r"|thousand|x ?1[.,]?000(?:[.,]?000)?)\.?",
    re.IGNORECASE,
)


class CellError(Exception):
    """Why a cell says nothing, as a lazy translation."""

    @property
    def reason(self):
        return self.args[0]


@dataclass(frozen=True)
class Notation:
    """How the numbers and dates of a file are written.

    :param decimal: the decimal mark of its numbers, None where none of them shows it
    :param is_month_first: 03/04/2025 may be meant as 4 March
    :param epoch: day zero of dates that are given as numbers
    """

    decimal: str | None = None
    is_month_first: bool = False
    epoch: datetime = WINDOWS_EPOCH


def fold(text):
    """Write a text as it is compared: without case, invisible characters, spaces."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", str(text)))
    return SPACES.sub(" ", text).strip().casefold()


def as_text(value, _notation):
    """Read the text of a cell; a whole number as its digits.

    :raise CellError: if it cannot be meant as a text
    """
    is_broken = isinstance(value, float) and not value.is_integer()
    is_large = isinstance(value, int | float) and abs(value) >= LARGEST
    if isinstance(value, bool | Percent | date) or is_broken or is_large:
        raise CellError(_lt("“%(value)s” is no text: format it as text", value=value))
    if isinstance(value, float):
        value = int(value)
    text = SPACES.sub(" ", unicodedata.normalize("NFC", str(value))).strip()
    if FORBIDDEN.search(text):
        raise CellError(_lt("there are characters in it that cannot be shown"))
    if len(text) > LONGEST:
        raise CellError(_lt("it is longer than %(count)s characters", count=LONGEST))
    return text


def as_flag(value, notation):
    """:raise CellError: if it is neither yes nor no"""
    text = fold(int(value)) if value in (0, 1) else fold(as_text(value, notation))
    if text in YES:
        return True
    if text in NO:
        return False
    raise CellError(_lt("“%(value)s” is not yes or no", value=value))


# -- dates -------------------------------------------------------------------


def as_date(value, notation):
    """Read a day: a date cell, its number in Excel, or a date in words or figures.

    :raise CellError: if it is no date, could be two, or is far off
    """
    if isinstance(value, str):
        day = _date_of_text(MIDNIGHT.sub("", value), notation)
    elif isinstance(value, bool | Percent):
        day = None
    elif isinstance(value, int | float):
        day = _date_of_number(value, notation)
    elif isinstance(value, datetime):
        raise CellError(
            _lt("“%(value)s” has a time of day: a date is expected", value=value)
        )
    else:
        day = value if isinstance(value, date) else None
    if day is None:
        raise CellError(
            _lt(
                "“%(value)s” is not a date: write 31-12-2025 or 2025-12-31", value=value
            )
        )
    if day.year not in YEARS:
        raise CellError(
            _lt(
                "“%(value)s” is not between %(first)s and %(last)s; leave it empty if "
                "there is no date",
                value=value,
                first=YEARS[0],
                last=YEARS[-1],
            )
        )
    return day


def _date_of_text(text, notation):
    text = SPACES.sub(" ", text).strip().lower()
    if found := DAY_FIRST.fullmatch(text):
        day, separator, month, year = found.groups()
        is_open = separator == "/" and day != month and max(int(day), int(month)) <= 12
        if notation.is_month_first and is_open:
            raise CellError(
                _lt(
                    "“%(value)s” could be two dates: write it as year-month-day",
                    value=text,
                )
            )
        return _date(year, month, day)
    if found := YEAR_FIRST.fullmatch(text):
        year, _separator, month, day = found.groups()
        return _date(year, month, day)
    if found := COMPACT.fullmatch(text):
        return _date(*found.groups())
    if (found := IN_WORDS.fullmatch(text)) and found[2] in MONTH:
        return _date(found[3], MONTH[found[2]], found[1])
    if re.fullmatch("[0-9]{5}", text):
        return _date_of_number(int(text), notation)
    return None


def _date(year, month, day):
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _date_of_number(value, notation):
    """A day by its number in Excel, or written as one number: 20251231.

    A year alone is no day, though it is the number of one before 1906.
    """
    if value != value or abs(value) >= LARGEST or value != int(value):
        return None
    number = int(value)
    if compact := COMPACT.fullmatch(str(number)):
        return _date(*compact.groups())
    if not 10_000 <= number <= 80_000:
        return None
    return (notation.epoch + timedelta(days=number)).date()


# -- numbers -----------------------------------------------------------------


def decimal_mark(texts):
    """Find the decimal mark of numbers written as text; None unless they show one."""
    readings = [_readings(_bare(text)) for text in texts]
    marks = {mark for each in readings if len(each) == 1 for mark in each}
    return marks.pop() if len(marks) == 1 else None


def _bare(text):
    """Write a number without currency, percent sign and spaces around it."""
    text = SPACES.sub(" ", str(text)).replace("\u2212", "-").strip()
    text = CURRENCY.sub(r"\1", text.removesuffix("%").strip()).strip()
    return NO_CENTS.sub(",00", text)


def _readings(text):
    """Read a number in each way in which it can be: ``{decimal mark: number}``."""
    return {
        mark: float(re.sub(rf"[^-0-9{mark}]", "", text).replace(",", "."))
        for mark, form in FORMS.items()
        if form.fullmatch(text)
    }


def as_number(value, notation):
    """:raise CellError: if it is no number, could be two, or is too large"""
    if isinstance(value, Percent) or (isinstance(value, str) and "%" in value):
        raise CellError(_lt("“%(value)s” is a percentage, not a number", value=value))
    return _number(value, notation)


def as_whole(value, notation):
    """:raise CellError: if it is no whole number"""
    number = as_number(value, notation)
    if number != int(number):
        raise CellError(_lt("“%(value)s” is not a whole number", value=value))
    return int(number)


def fractions(values, notation):
    """Find the percentages of a column that may be meant as fractions: 0.3 for 30%.

    A number up to one without a percent sign can be either, unless another one above
    one shows that the column holds percentages.

    :param values: the cells of the column
    :return: their indexes
    """
    plain, is_marked = {}, False
    for index, value in enumerate(values):
        if isinstance(value, Percent) or (isinstance(value, str) and "%" in value):
            is_marked = True
            continue
        try:
            plain[index] = abs(_number(value, notation))
        except CellError:
            continue
    if any(number > 1 for number in plain.values()):
        return set()
    found = {index for index, number in plain.items() if number}
    is_fraction = any(number < 1 for number in map(plain.get, found))
    return found if is_fraction or is_marked else set()


def _number(value, notation):
    if isinstance(value, str):
        number = _number_of_text(value, notation)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    else:
        number = None
    if number is None or number != number:
        raise CellError(_lt("“%(value)s” is not a number", value=value))
    if abs(number) >= LARGEST:
        raise CellError(_lt("“%(value)s” is too large", value=value))
    return number


def _number_of_text(value, notation):
    text = _bare(value)
    if UNIT.fullmatch(text):
        raise CellError(
            _lt("“%(value)s” has a unit: write the number in full", value=value)
        )
    readings = _readings(text)
    numbers = {*readings.values()}
    if len(numbers) < 2:
        return numbers.pop() if numbers else None
    if notation.decimal is None:
        raise CellError(
            _lt(
                "“%(value)s” can be read in two ways: write it without a separator "
                "of thousands",
                value=value,
            )
        )
    return readings[notation.decimal]


READERS = {
    "text": as_text,
    "flag": as_flag,
    "date": as_date,
    "number": as_number,
    "percentage": _number,  # 12.5 for 12.5%, with or without the sign
    "whole": as_whole,
}


def parse_cell(kind, value, notation):
    """Read what a cell says.

    :param kind: one of ``READERS``
    :raise CellError: if it does not say that
    """
    if isinstance(value, Broken):
        raise CellError(value.reason)
    return READERS[kind](value, notation)
