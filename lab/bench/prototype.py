"""Rows in SQL that are like rows which Odoo made.

A prototype is a record that the ORM creates with everything that belongs to it. Its
row is kept and the record rolled back; then one statement inserts as many rows as
wanted, which differ in the columns that are given and are the same in all others. So
whatever an addon or a new version of Odoo stores is there without being named here.
"""

import contextlib

from psycopg2.extras import Json

CHANCE = """
    CREATE OR REPLACE FUNCTION pg_temp.chance(n bigint, salt int) RETURNS float8
    LANGUAGE SQL IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(n, salt) & 1073741823)::float8 / 1073741824
"""


def allow_chance(cr):
    """Make ``pg_temp.chance(n, salt)``: a number in [0, 1), the same in every run."""
    cr.execute(CHANCE)


@contextlib.contextmanager
def rolled_back(env):
    """Undo what is done with the ORM in this block."""
    env.flush_all()
    env.cr.execute("SAVEPOINT prototype")
    try:
        yield
    finally:
        env.transaction.clear()
        env.cr.execute("ROLLBACK TO SAVEPOINT prototype")


def row(record):
    """The row of a record, to be used once the record is rolled back."""
    record.env.flush_all()
    record.env.cr.execute(f'SELECT * FROM "{record._table}" WHERE id = %s', [record.id])
    return record.env.cr.dictfetchone()


def keep(cr, table, rows):
    """Keep rows of prototypes in a temporary table ``proto_TABLE``."""
    cr.execute(f"CREATE TEMP TABLE proto_{table} (LIKE {table}) ON COMMIT DROP")
    for values in rows:
        columns = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("%s" for _name in values)
        cr.execute(
            f"INSERT INTO proto_{table} ({columns}) VALUES ({marks})",
            [Json(v) if isinstance(v, dict | list) else v for v in values.values()],
        )


@contextlib.contextmanager
def unguarded(cr, tables):
    """Have tables without indexes and foreign keys in this block.

    Made anew once for all rows, both cost far less than row by row.
    """
    cr.execute(
        """
        SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass,
                conname),
            format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass,
                conname, pg_get_constraintdef(oid))
        FROM pg_constraint
        WHERE contype = 'f' AND conrelid = ANY(%(tables)s::regclass[])
        UNION ALL
        SELECT format('DROP INDEX %%s', indexrelid::regclass),
            pg_get_indexdef(indexrelid)
        FROM pg_index
        WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT EXISTS (
            SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
        """,
        {"tables": list(tables)},
    )
    commands = cr.fetchall()
    for drop, _create in commands:
        cr.execute(drop)
    yield
    cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _drop, create in reversed(commands):
        cr.execute(create)


def plan(cr, name, query):
    """Keep what is to be inserted in a temporary table, known to the planner."""
    cr.execute(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}")
    cr.execute(f"ANALYZE {name}")


def next_id(cr, table):
    """What to add to 1, 2, 3... to get ids that are free."""
    cr.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
    return cr.fetchone()[0]


def insert_like(cr, table, source, **columns):
    """Insert a row for each row of a query, and move the sequence of the ids on.

    :param source: SQL with the columns ``id``, ``proto`` (the id of the prototype,
        which is in ``proto_TABLE``) and what ``columns`` ask for
    :param columns: SQL over the alias ``new``, for columns unlike the prototype
    """
    cr.execute(
        """
        SELECT column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
        ORDER BY ordinal_position
        """,
        [table],
    )
    names = [name for (name,) in cr.fetchall()]
    if unknown := columns.keys() - set(names):
        raise ValueError(f"{table} has no columns {unknown}")
    columns["id"] = "new.id"
    cr.execute(
        f"""
        INSERT INTO {table} ({", ".join(f'"{name}"' for name in names)})
        SELECT {", ".join(columns.get(name, f'proto."{name}"') for name in names)}
        FROM ({source}) AS new JOIN proto_{table} AS proto ON proto.id = new.proto
        ORDER BY new.id
        """
    )
    cr.execute(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}"
    )
