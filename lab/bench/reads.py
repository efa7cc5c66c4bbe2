"""What reading costs: figures, trend, a loop over the ORM, and the dashboard."""

import random
import statistics
import time
from dataclasses import replace
from pathlib import Path

from dateutil.relativedelta import relativedelta

from odoo import fields

from odoo.addons.pso_odoo.models.measurement.figures import FORMULA_FACTS
from odoo.addons.pso_odoo.models.measurement.window import Window
from odoo.addons.pso_odoo.tools.score import Facts, exact
from odoo.addons.pso_odoo.tools.solver import Money, People, Won, cheapest

from . import loop
from .inside import environment
from .timing import comparison, interleaved

FIGURES = Path(__file__).with_name("figures.sql").read_text()
REPETITIONS = 15
# One in so many has a second job, as in care and cleaning.
HAS_TWO_JOBS = 100
TOLERANCE = 1e-9  # of the figure; a sum of 50,000 floats is no more precise
LOOP_TOLERANCE = 1e-9


def main(database):
    rows = []
    for measure in (figures, answer, trend, orm_loop):
        with environment(database) as env:
            rows.append(measure(env))
    return rows + dashboard(database) + several_jobs(database)


def _measurement(env):
    """The last full year, under its edition."""
    return env["pso.measurement"].search([("state", "=", "live")], limit=1)


def _cold(env, function):
    """A reading without what an earlier one left in the cache of records."""

    def read():
        env.invalidate_all()
        return function() and None

    return read


# -- a measurement -----------------------------------------------------------


def _parameters(measurement):
    return {
        "measurement": measurement.id,
        "start": measurement.date_start,
        "end": measurement.date_end,
        "edition": measurement.edition_id.id,
        "company": measurement.company_id.id,
        "companies": measurement.company_ids.ids,
    }


def by_hand(env, parameters):
    """The figures as the SQL in ``figures.sql`` has them."""
    env.cr.execute(FIGURES, parameters)
    return env.cr.dictfetchone()


def figures(env):
    """All figures of a measurement, over the best SQL for exactly these."""
    measurement = _measurement(env)
    parameters = _parameters(measurement)
    _require_same(measurement._live_figures()[measurement], by_hand(env, parameters))
    seconds = interleaved(
        {
            "addon": _cold(env, measurement._live_figures),
            "hand": _cold(env, lambda: by_hand(env, parameters)),
        },
        REPETITIONS,
    )
    return comparison("figures", seconds, "addon", "hand", 1.15)


def _require_same(ours, theirs):
    """:raise AssertionError: if the two calculations differ in any figure"""
    for name, value in theirs.items():
        if name == "norms":
            _require_same(ours["norms"], value)
        else:
            _require_close(name, ours[name], value, TOLERANCE)


def _require_close(name, ours, theirs, tolerance):
    if isinstance(theirs, bool) or not theirs:
        same = (ours or None) == (theirs or None)
    else:
        same = abs(ours - float(theirs)) <= tolerance * max(abs(ours), 1)
    if not same:
        raise AssertionError(f"{name}: {ours} in the addon, {theirs} by the other way")


# -- the cheapest way to a level ----------------------------------------------


def answer(env):
    """What the highest level costs least, over reading the score."""
    measurement = _measurement(env)
    ladder = measurement.edition_id._ladder()
    level = [level for level, points in ladder.rungs if points][-1]
    figures = measurement._live_figures()[measurement]
    facts = Facts(*(exact(figures[name]) for name in FORMULA_FACTS))
    means = _means(facts)
    found = cheapest(facts, ladder, level, means)
    seconds = interleaved(
        {
            "answer": lambda: cheapest(facts, ladder, level, means) and None,
            "score": _cold(env, measurement._live_figures),
        },
        REPETITIONS,
    )
    return comparison(
        "answer", seconds, "answer", "score", 1.5, found=type(found).__name__
    )


def _means(facts):
    """Return ten kinds of means and 300 vendors, for a company of any size."""
    draw = random.Random(1)
    most = 50 + int(facts.total_fte) // 100
    people = [
        People(
            ("people", hours),
            exact(hours / 40),
            exact(hours / 40),
            0,
            most,
            draw.randint(500, 1100) * hours,
        )
        for hours in (8, 16, 24, 28, 32, 40)
    ]
    won = [Won(("won", n), exact(0.05 * n), 2000 * n) for n in range(1, 5)]
    money = [
        Money(
            ("vendor", n),
            exact(draw.randint(10, 900) / 10**8),
            draw.randint(1000, 50000),
            exact(draw.randint(20, 100) / 1000),
            draw.choice((None, None, *(one.key for one in won))),
        )
        for n in range(300)
    ]
    return [*people, *won, *money]


# -- the trend ---------------------------------------------------------------


def trend(env):
    """37 windows, over one score of the 48 months of facts that they read."""
    measurement = _measurement(env)
    company, edition = measurement.company_id, measurement.edition_id
    today = fields.Date.today()
    rolling = env["pso.trend"]
    points = rolling._rolling(company, edition, today)
    start = fields.Date.to_date(points[0]["date"]) - relativedelta(years=1)
    start += relativedelta(days=1)
    end = fields.Date.to_date(points[-1]["date"])

    def score():
        window = Window(company, start, end, edition)
        return env["pso.measurement"]._figures_now(window)

    seconds = interleaved(
        {
            "trend": _cold(env, lambda: rolling._rolling(company, edition, today)),
            "score": _cold(env, score),
        },
        REPETITIONS,
    )
    return comparison("trend", seconds, "trend", "score", 1.3, points=len(points))


# -- a loop ------------------------------------------------------------------


def orm_loop(env):
    """The figures, over a loop that gets total, direct and indirect fte by the ORM."""
    measurement = _measurement(env)
    env.invalidate_all()
    started = time.perf_counter()
    theirs = loop.figures(env, measurement)
    took = time.perf_counter() - started
    env.invalidate_all()
    plain = replace(measurement._window(), number=0)
    ours = env["pso.measurement"]._figures_now(plain)
    for name, value in theirs.items():
        _require_close(name, ours[name], value, LOOP_TOLERANCE)
    seconds = interleaved({"addon": _cold(env, measurement._live_figures)}, REPETITIONS)
    seconds["loop"] = [took]
    return comparison("loop", seconds, "addon", "loop", 0.02)


# -- the dashboard -----------------------------------------------------------


def dashboard(database):
    """The dashboard over the best SQL for the figures alone, and how it asks for it.

    It is opened with where the company stands and is going; what is below that is asked
    for when somebody scrolls to it. Who looks at all of it waits for both.
    """
    with environment(database) as env:
        parameters = _parameters(_measurement(env))
        counts = []
        seconds = interleaved(
            {
                "dashboard": lambda: counts.append(_open_dashboard(env)),
                "below": lambda: _open_dashboard(env, "retrieve_details") and None,
                "hand": lambda: by_hand(env, parameters) and None,
            },
            REPETITIONS,
        )
    queries = {
        "key": "queries",
        "queries": counts[-1],
        "most": 12,
        "seconds": {"dashboard": statistics.median(seconds["dashboard"])},
        "repetitions": REPETITIONS,
    }
    return [
        comparison("dashboard", seconds, "dashboard", "hand", 3),
        comparison("below", seconds, "below", "hand", 3),
        queries,
    ]


def _open_dashboard(env, part="retrieve"):
    """Ask for a part of it as a request does, which knows nothing yet.

    :return: how many queries that takes
    """
    with environment(env.cr.dbname) as fresh:
        page = _dashboard(fresh)
        before = fresh.cr.sql_log_count
        getattr(page, part)()
        return fresh.cr.sql_log_count - before


# -- who has several jobs ------------------------------------------------------


def several_jobs(database):
    """Figures and dashboard where some people have two jobs, over where nobody has."""
    with environment(database) as env, environment(database) as other:
        persons = _give_two_jobs(other)
        sides = {"one": _pages(env), "two jobs": _pages(other)}
        rows = []
        for page in sides["one"]:
            cases = {side: pages[page] for side, pages in sides.items()}
            seconds = interleaved(cases, REPETITIONS)
            rows.append(
                comparison(
                    *(f"jobs_{page}", seconds, "two jobs", "one", 1.5), persons=persons
                )
            )
        other.cr.rollback()
    return rows


def _pages(env):
    measurement = _measurement(env)
    return {
        "figures": _cold(env, measurement._live_figures),
        "dashboard": lambda: _dashboard(env).retrieve() and None,
        "below": lambda: _dashboard(env).retrieve_details() and None,
    }


def _give_two_jobs(env):
    """Have every so many employees be the one before them, by their number.

    :return: how many persons have two jobs then
    """
    env.cr.execute(
        """
        UPDATE hr_version SET ssnid = other.ssnid
        FROM hr_version other
        WHERE other.employee_id = hr_version.employee_id - 1
            AND hr_version.employee_id %% %s = 0
        """,
        [HAS_TWO_JOBS],
    )
    env.cr.execute("ANALYZE hr_version")
    env.invalidate_all()
    return len(env["hr.employee"]._pso_marks())


def _dashboard(env):
    """The dashboard of somebody who may see it all, in this transaction."""
    env.invalidate_all()
    user = env["res.users"].search([("login", "=", "bench_pso")])
    return (
        env["pso.dashboard"]
        .with_user(user)
        .with_context(
            allowed_company_ids=user.company_ids.ids,
            lang=user.lang,
            tz="Europe/Amsterdam",
        )
    )
