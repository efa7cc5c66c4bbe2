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

from .window import Periods

# No more of employment and lines than is asked for: these rows are kept.
EMPLOYMENT = SQL(
    "id, employee_id, company_id, key_salt, first_day, last_possible_day, last_day, "
    "hours, pso_counts, has_contract, department_id, work_location_id, lasts_until, "
    "is_last_left, is_mixed, is_elsewhere"
)
PEOPLE = SQL(
    "measurement_id, kind, employee_id, version_id, status_id, department_id, "
    "work_location_id, reason, is_rule_known, has_contract, fulltime_hours, fte_hours, "
    "weight, total_days, direct_days, proven_days, pso30_days, pso30_regular_days, "
    "unsure_days, employed_to, "
    "direct_days > 0 AND weight > 0 AND fte_hours > 0 AS is_direct"
)


class Shared(NamedTuple):
    """Periods whose lines are made from the same rows, and these rows.

    :param window: of the window itself
    :param hull: of the days around it
    :param rows: SQL of what is found once, by name, as ``ask`` wants it
    """

    window: Periods
    hull: Periods
    rows: dict


def share(env, window, hull):
    """Have a window, which is not locked, and one around it find their rows together.

    :param hull: a window of the same companies, say that of a trend
    """
    days = [window.start, window.end, hull.start, hull.end]
    all_days = replace(window, start=min(days), end=max(days), number=0)
    suppliers = env["pso.supplier.line"]
    own = Periods.of([window])
    rows = found_once(env, own) | {
        "bill": suppliers._sql_bills(Periods.of([all_days])),
        "bought": suppliers._sql_live(own._replace(bills=SQL("bill"))),
    }
    around = Periods.of([hull])._replace(
        employment=SQL("employment"), bills=SQL("bill")
    )
    own = own._replace(
        employment=SQL("employment"),
        people=SQL("person"),
        bills=SQL("bill"),
        suppliers=SQL("bought"),
    )
    return Shared(own, around, rows)


def found_once(env, periods):
    """Name the SQL of employment and person lines by which questions read them.

    Nothing of what the statement has found already.
    """
    rows = {}
    if not periods.employment:
        walk = env["hr.version"]._sql_pso_employment()
        rows["employment"] = SQL("SELECT %s FROM (%s) AS walk", EMPLOYMENT, walk)
    if not periods.people:
        shared = periods._replace(employment=SQL("employment"))
        lines = env["pso.person.line"]._sql_live(shared)
        rows["person"] = SQL("SELECT %s FROM (%s) AS line", PEOPLE, lines)
    return rows


def ask(env, make):
    """Answer several questions by one statement.

    Who has several jobs has to be known before the statement is made. Hardly anybody
    has: so it is made as if nobody had, asks for that too, and is made again where
    there is somebody.

    :param make: makes the questions, as SQL by their names, and the rows that they
        share, as SQL by the name under which they read them; those that come later may
        read those before
    :return: ``{name: [row]}``, numbers as exact as PostgreSQL has them and dates in
        words (see ``day``)
    """
    company = env.company.sudo()
    if company._pso_knows_persons():
        return _answers(env, *make())
    company._pso_learn_persons([])
    try:
        questions, shared = make()
        persons = env["hr.employee"]._sql_pso_marks()
        answers = _answers(env, questions | {"persons": persons}, shared)
    except BaseException:
        company.invalidate_recordset(["pso_persons"], flush=False)
        raise
    marks = [employees for (employees,) in answers.pop("persons")]
    if company._pso_learn_persons(marks):
        return _answers(env, *make())
    return answers


def _answers(env, questions, shared):
    rows = env.execute_query(
        SQL(
            "%s %s",
            _sql_kept(shared),
            SQL(" UNION ALL ").join(
                SQL("SELECT %s, json_agg(row)::text FROM (%s) AS row", name, question)
                for name, question in questions.items()
            ),
        )
    )
    return {name: _rows(text) for name, text in rows}


def day(text):
    """Read a date of an answer."""
    return text and date.fromisoformat(text)


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


def _rows(text):
    if text is None:
        return []
    return json.loads(text, parse_float=Decimal, object_pairs_hook=_values)


def _values(pairs):
    """Return the values of a row in the order of its columns, which need no names."""
    return [value for _name, value in pairs]
