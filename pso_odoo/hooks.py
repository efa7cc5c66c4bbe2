RULE_BOOK_MODELS = (
    "pso.level",
    "pso.edition",
    "pso.norm",
    "pso.target.group",
    "pso.group.rule",
    "pso.contract.form",
    "pso.form.rule",
)


def pre_init_hook(env):
    """Make the columns on big tables, so that no existing row need be rewritten.

    A default in the column's definition fills a table at once, where the ORM would
    update every version of every employee; and a computed column that exists is not
    computed for every journal item there is.
    """
    env.cr.execute(
        """
        ALTER TABLE hr_version ADD COLUMN IF NOT EXISTS pso_counts boolean DEFAULT TRUE;
        ALTER TABLE hr_version ALTER COLUMN pso_counts DROP DEFAULT;
        ALTER TABLE account_move_line
            ADD COLUMN IF NOT EXISTS pso_excluded boolean,
            ADD COLUMN IF NOT EXISTS pso_excluded_reason varchar;
        ALTER TABLE purchase_order_line
            ADD COLUMN IF NOT EXISTS pso_excluded boolean,
            ADD COLUMN IF NOT EXISTS pso_excluded_reason varchar;
        """
    )


def post_init_hook(env):
    """Hand the shipped rule book over to its users: an upgrade leaves it alone."""
    env["ir.model.data"].search(
        [("module", "=", "pso_odoo"), ("model", "in", RULE_BOOK_MODELS)]
    ).noupdate = True


def uninstall_hook(env):
    """Take along what addons that extend ``mail.thread`` noted of our models."""
    env["ir.model.data"].search(
        [
            ("model", "=", "ir.model.inherit"),
            ("name", "=like", "model_inherit__pso_%"),
            ("module", "!=", "pso_odoo"),
        ]
    ).unlink()
