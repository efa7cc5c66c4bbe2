from odoo.tools import SQL

ORIGINS = ("turnover_origin", "fte_origin", "direct_origin")


def migrate(cr, version):
    """Let supplier figures that are an estimate say of which values they are one.

    The columns are there before the constraint that holds them to it: of an estimate
    nobody knows which of the three it is, so that all of them are.
    """
    for name in map(SQL.identifier, ORIGINS):
        cr.execute(
            SQL(
                "ALTER TABLE pso_supplier_figure ADD COLUMN IF NOT EXISTS %s varchar",
                name,
            )
        )
        cr.execute(
            SQL(
                "UPDATE pso_supplier_figure SET %(name)s = "
                "CASE WHEN is_estimate THEN 'estimate' ELSE 'hand' END "
                "WHERE %(name)s IS NULL",
                name=name,
            )
        )
