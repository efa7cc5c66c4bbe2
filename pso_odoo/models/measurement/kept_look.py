"""One look at people and purchases that serves several statements of a transaction.

``look.py`` keeps what is found for the time of one statement. Who writes it down asks
by several, so it is kept in tables of the transaction, which nobody else sees.
"""

from contextlib import contextmanager

from odoo.tools import SQL

from .look import IS_DIRECT, share


@contextmanager
def kept(env, window, hull):
    """Keep the lines of a window, which is not locked, and what makes those around it.

    Employment is looked through once, and so are bills.

    :param hull: a window of the same companies, as that of a trend
    :return: a context that gives the periods of both, as ``Periods``
    """
    env.flush_all()
    shared = share(env, window, hull)
    # With all their columns, to be copied.
    lines = env["pso.person.line"]
    bare = shared.window._replace(staff=None, targeted=None)
    whole = {"staff": lines._sql_staff(bare), "targeted": lines._sql_group(bare)}
    rows = shared.rows | {
        name: SQL("SELECT *, %s FROM (%s) AS line", IS_DIRECT, sql)
        for name, sql in whole.items()
    }
    tables = {name: SQL.identifier("pg_temp", name) for name in rows}
    for name, table in tables.items():
        # Where an error was caught in the same transaction it is still there.
        env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        make = SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS", SQL.identifier(name))
        env.cr.execute(SQL("%s %s", make, rows[name]))
        env.cr.execute(SQL("ANALYZE %s", table))
    yield shared.window, shared.hull
    env.cr.execute(SQL("DROP TABLE %s", SQL(", ").join(tables.values())))
