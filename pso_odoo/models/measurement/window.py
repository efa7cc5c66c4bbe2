from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from odoo.models import BaseModel
from odoo.tools import SQL

PERIOD = SQL("id, company_id, edition_id, date_start, date_end")
SCOPE = SQL("period_id, company_id")


class Periods(NamedTuple):
    """Where SQL finds the periods that a query is about, and their companies.

    :param period: SQL of rows ``id, company_id, edition_id, date_start, date_end``, to
        stand after FROM; the company is the one that is certified
    :param scope: SQL of rows ``period_id, company_id``, likewise
    :param locked: the ids of measurements among them whose lines are kept

    What the statement has found already, if anything, by the name it has there (see
    ``look.py``):

    :param employment: of everybody, as ``hr.version._sql_pso_employment``
    :param members: of whoever had a status, as ``hr.version._sql_pso_tenure``
    :param bills: of these days and others, as ``pso.supplier.line._sql_bills``
    :param ruled: statuses with the rules of these editions, as
        ``pso.status.period._sql_periods``
    :param staff: the live lines of employment
    :param targeted: the live lines of statuses
    :param hours: the days of staff lines that make total fte, added up by hours
    :param suppliers: the live lines of suppliers

    What is asked as if it were so, in place of what is registered:

    :param statuses: of everybody, as ``pso.status._sql_inflow``, to stand after FROM
    :param fulltime_hours: SQL of the hours a week that make one fte
    :param vendors: SQL of the commercial partners whose purchases are looked at, else
        those that have, or had, a certificate
    """

    period: SQL
    scope: SQL
    locked: tuple = ()
    employment: SQL | None = None
    members: SQL | None = None
    bills: SQL | None = None
    ruled: SQL | None = None
    staff: SQL | None = None
    targeted: SQL | None = None
    hours: SQL | None = None
    suppliers: SQL | None = None
    statuses: SQL | None = None
    fulltime_hours: SQL | None = None
    vendors: SQL | None = None

    @classmethod
    def stored(cls, condition):
        """Return the periods of stored measurements.

        :param condition: SQL over the columns of ``pso_measurement``
        """
        # Plain subqueries, which PostgreSQL joins as the tables themselves.
        return cls(
            SQL("(SELECT %s FROM pso_measurement WHERE %s)", PERIOD, condition),
            SQL(
                "(SELECT pso_measurement_id AS period_id, res_company_id AS company_id "
                "FROM pso_measurement_res_company_rel)"
            ),
        )

    @classmethod
    def of(cls, windows):
        """Return the periods of windows, one at least, with numbers as ``numbered``."""
        numbers = numbered(windows).items()
        days = [(n, w.company.id, w.edition.id, w.start, w.end) for n, w in numbers]
        scope = [(n, company) for n, w in numbers for company in w.companies.ids]
        locked = tuple(n for n, w in numbers if w.measurement.is_locked)
        return cls(_sql_rows(days, PERIOD), _sql_rows(scope, SCOPE), locked)


LIVE = Periods.stored(SQL("state = 'live'"))
STORED = Periods.stored(SQL("TRUE"))


# By identity: records are the same in any order, and the first company is the main one.
@dataclass(frozen=True, eq=False)
class Window:
    """A period of companies, held against an edition: what a score is of (section 2).

    A measurement has one, as has what nobody stored: the year to today, a calendar
    year, all months of a trend together.

    :param companies: ``res.company``, the scope, the main company first
    :param start: the first day
    :param end: the last day
    :param edition: ``pso.edition``
    :param number: the id of the measurement whose window it is, 0 if it is of none
    """

    companies: BaseModel
    start: date
    end: date
    edition: BaseModel
    number: int = 0

    @property
    def measurement(self):
        """The measurement whose window it is, empty if it is of none."""
        return self.edition.env["pso.measurement"].browse(self.number or ())

    @property
    def company(self):
        """The company that is certified."""
        return self.companies[:1]

    def with_env(self, env):
        """Return the same window for somebody else, or in another language."""
        return replace(
            self,
            companies=self.companies.with_env(env),
            edition=self.edition.with_env(env),
        )

    @property
    def days(self):
        return (self.end - self.start).days + 1

    @property
    def small_group(self):
        """Below how many persons a number is not told: the most of the scope."""
        return max(self.companies.sudo().mapped("pso_small_group"))


def numbered(windows):
    """Return by which number a query knows each window: ``{number: window}``.

    Those of a measurement go by its id, the others by numbers that no record has.
    """
    return {
        window.number or -place: window for place, window in enumerate(windows, start=1)
    }


def _sql_rows(rows, columns):
    """Return rows of values under the names of their columns as SQL, for FROM."""
    values = SQL(", ").join(SQL("%s", row) for row in rows)
    return SQL("(SELECT * FROM (VALUES %s) AS given (%s))", values, columns)
