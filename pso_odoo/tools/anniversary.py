"""Periods of a number of months, in Python and in SQL.

A period that starts on the 10th ends on the 9th, the day before its anniversary. Where
the month of the anniversary lacks the day, the anniversary is the first of the next
month: what starts on 29 February ends on 28 February, or on the 29th of a leap year.
"""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL


def last_day_of_months(start, months):
    """Return the last day of a period of so many months, at most Python's last one.

    :param date start: the first day of the period
    """
    try:
        shifted = start + relativedelta(months=months)
    except (OverflowError, ValueError):
        return date.max
    if shifted.day < start.day:  # the month is too short, and so was cut
        return shifted
    return shifted - timedelta(days=1)


def sql_last_day_of_months(start, months):
    """Express in SQL what ``last_day_of_months`` returns."""
    return SQL(
        """LEAST((%(start)s + make_interval(months => %(months)s))::date
            - (EXTRACT(day FROM %(start)s + make_interval(months => %(months)s))
                >= EXTRACT(day FROM %(start)s))::int, %(last)s)""",
        start=start,
        months=months,
        last=date.max,
    )
