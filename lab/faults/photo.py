"""What is in a database: digests that tell whether something was lost."""

# What an operation may change has a look of its own, and is not part of this.
ASIDE = (
    "pso_audit_correction",
    "pso_campaign",
    "pso_import",
    "pso_import_column",
    "pso_import_line",
    "pso_locked_check",
    "pso_locked_index",
    "pso_locked_person_line",
    "pso_locked_supplier_line",
    "pso_log",
    "pso_log_head",
    "pso_log_link",
    "pso_measurement",
    "pso_request",
    "pso_seal",
    "pso_status",
    "ir_attachment_pso_status_rel",
)
OF_CORE = (
    "account_move",
    "account_move_line",
    "hr_department",
    "hr_employee",
    "hr_version",
    "purchase_order",
    "purchase_order_line",
    "res_partner",
)
# Rows that are only ever added.
KEPT = ("pso_audit_correction", "pso_log", "pso_log_link", "pso_seal")
TABLES = """
    SELECT relname FROM pg_class WHERE relkind = 'r'
    AND relnamespace = 'public'::regnamespace AND relname LIKE '%pso\\_%' ORDER BY 1
"""
UNTOLD = ("id", "create_date", "write_date", "create_uid", "write_uid")
# Core writes them of who is in a group of ours, whatever changes.
STAMPS = ("write_date", "write_uid")


def digest(table, condition="TRUE", left_out=()):
    """SQL: a digest of rows, in whatever order they are."""
    names = ", ".join(f"'{name}'" for name in left_out)
    row = f"md5((to_jsonb(t) - ARRAY[{names}]::text[])::text)"
    rows = f"coalesce(md5(string_agg({row}, '' ORDER BY {row})), '')"
    return f"(SELECT count(*) || ' ' || {rows} FROM {table} t WHERE {condition})"


def untouched(site, left_out=()):
    """Everything that no operation here may change: ``{table: digest}``

    :param left_out: columns
    """
    tables = sorted({*site.sql(TABLES), *OF_CORE} - {*ASIDE})
    parts = {table: digest(table, left_out=left_out) for table in tables}
    return _digests(site, parts)


def kept(site):
    """The last row of each table that only grows, and a digest up to there."""
    last = {
        table: site.sql(f"SELECT coalesce(max(id), 0) FROM {table}")[0]
        for table in KEPT
    }
    return last, kept_until(site, last)


def kept_until(site, last):
    parts = {table: digest(table, f"id <= {number}") for table, number in last.items()}
    return _digests(site, parts)


def _digests(site, parts):
    columns = " UNION ALL ".join(
        f"SELECT '{name}', {expression}" for name, expression in parts.items()
    )
    return dict(line.split("|", 1) for line in site.sql(columns))


def schema(site, database):
    """Every table, index, constraint, trigger and view, as lines in any order."""
    dump = site.server.run("pg_dump", "--schema-only", "--no-owner", database)
    # A line's place in a table depends on when it was added; psql's keys are random.
    return sorted(
        line.rstrip(",")
        for line in dump.splitlines()
        if not line.startswith(("--", "\\restrict", "\\unrestrict"))
    )


def records(site, database):
    """What an installation brings: its records by name, and the rows of its tables."""
    found = site.sql(
        "SELECT model || ' ' || name FROM ir_model_data WHERE module = 'pso_odoo'"
        " ORDER BY 1",
        database,
    )
    for table in site.sql(TABLES, database):
        found += site.sql(f"SELECT '{table} ' || count(*) FROM {table}", database)
    state = "SELECT state || ' ' || latest_version FROM ir_module_module"
    return found + site.sql(f"{state} WHERE name = 'pso_odoo'", database)


def of_core(site, database):
    """The rows of core's tables, without what the addon adds to them."""
    ours = site.sql(
        "SELECT DISTINCT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name LIKE 'pso\\_%'",
        database,
    )
    parts = [
        f"SELECT '{table} ' || {digest(table, left_out=(*ours, *STAMPS))}"
        for table in OF_CORE
    ]
    return site.sql(" UNION ALL ".join(parts), database)
