from odoo.tools import SQL


def pre_init_hook(env):
    """Make the one column with a default on a big table, so that no row is rewritten.

    With the default in its definition PostgreSQL has it filled at once, where the ORM
    would update every version of every employee.
    """
    env.cr.execute(
        """
        ALTER TABLE hr_version ADD COLUMN IF NOT EXISTS pso_counts boolean DEFAULT TRUE;
        ALTER TABLE hr_version ALTER COLUMN pso_counts DROP DEFAULT;
        """
    )


def uninstall_hook(env):
    """Take along what Odoo would leave.

    What addons that extend ``mail.thread`` noted of our models, and core of the choices
    of ``mail.activity.mixin`` in them, the functions behind the triggers of what is
    kept, and the key of the reports.
    """
    env.cr.precommit.add(lambda: _forget_foreign_keys(env.cr))
    env["ir.model.data"].search(
        [
            ("model", "=", "ir.model.fields.selection"),
            ("name", "=like", "selection__pso_%"),
            ("module", "!=", "pso_odoo"),
        ]
    ).unlink()
    env["ir.model.data"].search(
        [
            ("model", "=", "ir.model.inherit"),
            ("name", "=like", "model_inherit__pso_%"),
            ("module", "!=", "pso_odoo"),
        ]
    ).unlink()
    for model in env.values():
        if hasattr(model, "_drop_keeper") and not model._abstract:
            model._drop_keeper()
    env["pso.report.mixin"]._drop_key()
    _release(env.cr)


def _release(cr):
    """Let core delete what this addon brought, though what people made names it.

    Core deletes what came as data before it drops our tables: mail templates that
    campaigns have, editions that measurements have. What restricts that would leave
    traces, and errors in the log.
    """
    cr.execute(
        """
        SELECT conrelid::regclass::text, conname FROM pg_constraint
        WHERE contype = 'f' AND confdeltype IN ('a', 'r')
            AND starts_with(conrelid::regclass::text, 'pso_')
        """
    )
    for table, name in cr.fetchall():
        statement = "ALTER TABLE %s DROP CONSTRAINT %s"
        cr.execute(SQL(statement, SQL.identifier(table), SQL.identifier(name)))


def _forget_foreign_keys(cr):
    """Forget the foreign keys on tables of core, which go with their columns.

    They are dropped before the columns are, made anew for the models that are set up in
    between, and go unnoted after that: what is noted of them would stay.
    """
    cr.execute(
        """
        DELETE FROM ir_model_constraint
        WHERE type = 'f'
            AND module IN (SELECT id FROM ir_module_module WHERE name = 'pso_odoo')
        """
    )
