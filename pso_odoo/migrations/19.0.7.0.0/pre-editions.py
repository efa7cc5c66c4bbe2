from odoo.tools import SQL


def migrate(cr, version):
    """Leave every edition that could be in force in use: no figure changes."""
    cr.execute(
        SQL("ALTER TABLE pso_edition ADD COLUMN IF NOT EXISTS is_in_use boolean")
    )
    cr.execute(SQL("UPDATE pso_edition SET is_in_use = active IS TRUE"))
