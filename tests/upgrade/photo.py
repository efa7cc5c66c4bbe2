"""All that the addon keeps in a database, row by row, as PostgreSQL has it."""

# Tables of the addon; and of core, what belongs to our records or is in our columns.
OWN = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE '%pso\\_%'
    AND relnamespace = 'public'::regnamespace ORDER BY 1
"""
COLUMNS = """
    SELECT table_name, array_agg(column_name::text ORDER BY 1)
    FROM information_schema.columns JOIN pg_class ON relname = table_name
        AND relkind = 'r' AND relnamespace = 'public'::regnamespace
    WHERE table_schema = 'public' AND table_name NOT LIKE '%pso\\_%'
        AND column_name LIKE 'pso\\_%' GROUP BY 1 ORDER BY 1
"""
OF_OURS = {
    "mail_message": "model LIKE 'pso.%'",
    "mail_followers": "res_model LIKE 'pso.%'",
    "ir_attachment": "res_model LIKE 'pso.%'",
    "res_groups_users_rel": """
        gid IN (SELECT res_id FROM ir_model_data
            WHERE model = 'res.groups' AND module = 'pso_odoo')
    """,
}
# Texts of the addon itself: each upgrade writes them again, and may say them better.
OUR_WORDS = {"pso_check_type"}
STAMPS = ("write_date", "write_uid")
SCHEMA = """
    SELECT 'column', table_name, column_name, data_type, is_nullable
        FROM information_schema.columns WHERE table_schema = 'public'
        AND (table_name LIKE '%pso\\_%' OR column_name LIKE 'pso\\_%')
    UNION ALL SELECT 'constraint', conrelid::regclass::text, conname,
        pg_get_constraintdef(oid), '' FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
        AND conrelid::regclass::text LIKE '%pso\\_%'
    UNION ALL SELECT 'index', tablename, indexname, indexdef, '' FROM pg_indexes
        WHERE schemaname = 'public' AND indexname LIKE '%pso\\_%'
    UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname,
        pg_get_triggerdef(oid), '' FROM pg_trigger
        WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE '%pso\\_%'
    ORDER BY 1, 2, 3
"""


def take(cr):
    """``{table: {key: {column: value}}}``: the key is the id, else the row itself"""
    cr.execute(OWN)
    parts = [(table, "TRUE", None) for (table,) in cr.fetchall()]
    parts += [(table, condition, None) for table, condition in OF_OURS.items()]
    cr.execute(COLUMNS)
    parts += [
        # A boolean that was never written is as good as one that is off.
        (table, " OR ".join(f"{c}::text <> 'false'" for c in columns), columns)
        for table, columns in cr.fetchall()
    ]
    return {table: _rows(cr, table, *rest) for table, *rest in parts}


def _rows(cr, table, condition, columns):
    cr.execute(f'SELECT to_jsonb(t) FROM "{table}" t WHERE {condition}')
    rows = {}
    for (row,) in cr.fetchall():
        if columns:
            row = {name: row[name] for name in ("id", *columns)}
        if table in OUR_WORDS:
            row = {name: value for name, value in row.items() if name not in STAMPS}
        key = row["id"] if "id" in row else sorted(row.items())
        rows[str(key)] = row
    return rows


def schema(cr):
    """Columns, constraints, indexes and triggers of the addon."""
    cr.execute(SCHEMA)
    return [list(row) for row in cr.fetchall()]
