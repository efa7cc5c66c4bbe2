"""One look at people, and one at purchases, from which many questions are answered.

What several of them need is found once, kept by PostgreSQL for the time of the
statement, and read by its name: ``Periods`` says which.
"""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ...tools.rounds import Rounds
from .window import Periods

ROUNDS = Rounds()
# No more of employment and lines than is asked for: these rows are kept. What is asked
# of each row comes first, as PostgreSQL reads a row up to the last that is asked for.
EMPLOYMENT = SQL(
    "company_id, first_day, alone_until, is_archived, is_mixed, is_elsewhere, "
    "employee_id, pso_counts, has_contract, alone_from, id, last_possible_day, "
    "last_day, hours, department_id, work_location_id, key_salt"
)
IS_DIRECT = SQL("direct_days > 0 AND weight > 0 AND fte_hours > 0 AS is_direct")
PERSON = SQL(
    "measurement_id, employee_id, total_days, fulltime_hours, fte_hours, is_alone, "
    "has_contract, department_id, work_location_id"
)
STAFF = SQL("%s, is_archived, version_id, employed_to, reason", PERSON)
TARGETED = SQL(
    "%s, status_id, reason, is_rule_known, weight, direct_days, proven_days, "
    "pso30_days, pso30_regular_days, unsure_days, %s",
    PERSON,
    IS_DIRECT,
)


class Lists(NamedTuple):
    """A question whose rows come as lists already: there are thousands of them.

    :param sql: with one column ``list``, made by ``json_build_array``
    """

    sql: SQL


class Shared(NamedTuple):
    """Periods whose lines are made from the same rows, and these rows.

    :param window: of the window itself
    :param hull: of the days around it
    :param rows: SQL of what is found once, by name, as ``ask`` wants it
    """

    window: Periods
    hull: Periods
    rows: dict


def share(env, window, hull, with_checks=True):
    """Have a window, which is not locked, and one around it find their rows together.

    :param hull: one of the same companies and edition, say that of a trend
    :param with_checks: whether checks are made of these rows too
    """
    days = [window.start, window.end, hull.start, hull.end]
    all_days = replace(window, start=min(days), end=max(days), number=0)
    suppliers = env["pso.supplier.line"]
    own = Periods.of([window])
    days = (all_days.start, all_days.end)
    rows = found_once(env, own, days, with_checks) | {
        "bill": suppliers._sql_bills(Periods.of([all_days])),
        "bought": suppliers._sql_live(own._replace(bills=SQL("bill"))),
    }
    around = Periods.of([hull])._replace(
        employment=SQL("employment"),
        members=SQL("member"),
        ruled=SQL("ruled"),
        bills=SQL("bill"),
    )
    own = own._replace(
        employment=SQL("employment"),
        members=SQL("member"),
        ruled=SQL("ruled"),
        staff=SQL("staff"),
        targeted=SQL("targeted"),
        hours=SQL("hours"),
        bills=SQL("bill"),
        suppliers=SQL("bought"),
    )
    return Shared(own, around, rows)


def found_once(env, periods, days=None, with_checks=True):
    """Name the SQL of employment and person lines by which questions read them.

    What the few who ever had a status have stands apart: it is asked for most often.
    Nothing of what the statement has found already.

    :param days: the first and the last of those that are asked for, else all
    :param with_checks: whether the checks look at what is on other days
    """
    rows, versions = {}, env["hr.version"]
    if not periods.employment:
        walk = versions._sql_pso_employment(days=days, with_checks=with_checks)
        rows["employment"] = SQL("SELECT %s FROM (%s) AS walk", EMPLOYMENT, walk)
        members = SQL("SELECT employee_id FROM pso_status")
        rows["member"] = versions._sql_pso_tenure(
            versions._sql_pso_employment(members, SQL("employment"))
        )
    if not periods.staff:
        editions = SQL("SELECT edition_id FROM %s AS period", periods.period)
        rows["ruled"] = env["pso.status.period"]._sql_periods(editions=editions)
        shared = periods._replace(
            employment=SQL("employment"), members=SQL("member"), ruled=SQL("ruled")
        )
        lines = env["pso.person.line"]
        staff, targeted = lines._sql_staff(shared), lines._sql_group(shared)
        rows["staff"] = SQL("SELECT %s FROM (%s) AS line", STAFF, staff)
        rows["targeted"] = SQL("SELECT %s FROM (%s) AS line", TARGETED, targeted)
        rows["hours"] = env["pso.measurement"]._sql_hours(SQL("SELECT * FROM staff"))
    return rows


def ask(env, questions, shared=None, together=False):
    """Answer several questions by one statement.

    :param questions: SQL or ``Lists`` by their names
    :param shared: the rows that they share, as SQL by the name under which they read
        them; those that come later may read those before
    :param together: whether those who ask the same at the same moment may be answered
        by one look, which may be newer than what else they read (see ``_rows_for_all``)
    :return: ``{name: [row]}``, numbers as exact as PostgreSQL has them and dates in
        words (see ``day``)
    """
    if not questions:
        return {}
    query = _sql_asking(questions, shared)
    return _in_values(
        _rows_for_all(env, query) if together else env.execute_query(query)
    )


def _rows_for_all(env, query):
    """Execute a query once for all who execute just that at this moment.

    It is the whole question: rights, companies, language and days are in the text that
    PostgreSQL gets, so that nobody gets a row that he would not have read himself. Who
    has written reads what nobody else sees yet: he is not answered by another, and by
    his own transaction answers nobody else. The look for all begins, in a transaction
    of its own, when the last of them has asked. Who has several jobs is in the text
    too: that is as each of them has found it a moment before.
    """
    env.flush_query(query)
    cr = env.cr

    def alone():
        cr.execute(query)
        return cr.fetchall()

    def for_all():
        with env.registry.cursor(readonly=cr.readonly) as fresh:
            fresh.execute(query)
            return fresh.fetchall()

    def has_written_nothing():
        cr.execute("SELECT pg_current_xact_id_if_assigned() IS NULL")
        return cr.fetchone()[0]

    text = cr.mogrify(query.code, query.params)
    question = cr.dbname, cr.readonly, text
    return ROUNDS.ask(question, alone, for_all, has_written_nothing)


def day(text):
    """Read a date of an answer."""
    return text and date.fromisoformat(text)


def _sql_asking(questions, shared):
    return SQL(
        "%s %s",
        _sql_kept(shared),
        SQL(" UNION ALL ").join(
            _sql_answer(name, question) for name, question in questions.items()
        ),
    )


def _sql_answer(name, question):
    if isinstance(question, Lists):
        rows, question = SQL("row.list"), question.sql
    else:
        rows = SQL("row")
    return SQL("SELECT %s, json_agg(%s)::text FROM (%s) AS row", name, rows, question)


def _sql_kept(shared):
    if not shared:
        return SQL()
    return SQL(
        "WITH %s",
        SQL(", ").join(
            SQL("%s AS MATERIALIZED (%s)", SQL.identifier(name), rows)
            for name, rows in shared.items()
        ),
    )


def _in_values(rows):
    return {name: _rows(text) for name, text in rows}


def _rows(text):
    if text is None:
        return []
    return json.loads(text, parse_float=Decimal, object_pairs_hook=_values)


def _values(pairs):
    """Return the values of a row in the order of its columns, which need no names."""
    return [value for _name, value in pairs]
