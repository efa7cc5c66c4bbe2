from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

BODY = """
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF DELETABLE THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '%: rows are kept as they are', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END """
# What PostgreSQL calls these kinds of triggers (pg_trigger.tgtype).
BEFORE_ROW = 1 | 2 | 8 | 16
BEFORE_TRUNCATE = 2 | 32


class PsoAppendOnlyMixin(models.AbstractModel):
    """Rows that are written once and kept as they are: what an audit rests on.

    Nobody changes or deletes them, the superuser no more than others; a trigger says
    the same to who writes SQL. Such a model refers to others by plain numbers and
    names as they were: a foreign key would have it follow what happens to them.
    """

    _name = "pso.append.only.mixin"
    _description = "PSO Record That Is Kept"
    _log_access = False

    # SQL condition on a row (OLD) that may be deleted again.
    _deletable = "FALSE"

    def init(self):
        super().init()
        if self._abstract or not self._auto:
            return
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION %(function)s() RETURNS trigger
                LANGUAGE plpgsql AS %(body)s;
                CREATE OR REPLACE TRIGGER %(trigger)s
                BEFORE UPDATE OR DELETE ON %(table)s
                FOR EACH ROW EXECUTE FUNCTION %(function)s();
                CREATE OR REPLACE TRIGGER %(trigger_all)s
                BEFORE TRUNCATE ON %(table)s
                FOR EACH STATEMENT EXECUTE FUNCTION %(function)s();
                """,
                function=SQL.identifier(f"{self._table}_is_kept"),
                body=self._keeper_body(),
                trigger=SQL.identifier(f"{self._table}_kept"),
                trigger_all=SQL.identifier(f"{self._table}_kept_all"),
                table=SQL.identifier(self._table),
            )
        )

    def _keeper_body(self):
        """Return the body of the function behind the triggers, in PL/pgSQL."""
        return BODY.replace("DELETABLE", self._deletable)

    def _keeper_problem(self):
        """Say what is wrong with the triggers of this table; None if nothing is."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT tgname, tgenabled, tgtype, tgqual IS NULL, prosrc, proname
                FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
                WHERE tgrelid = %(table)s::regclass AND NOT tgisinternal
                UNION ALL
                SELECT rulename, '', 0, FALSE, '', '' FROM pg_rewrite
                WHERE ev_class = %(table)s::regclass
                """,
                table=self._table,
            )
        )
        function, body = f"{self._table}_is_kept", self._keeper_body()
        expected = {
            (f"{self._table}_kept", "O", BEFORE_ROW, True, body, function),
            (f"{self._table}_kept_all", "O", BEFORE_TRUNCATE, True, body, function),
        }
        if set(rows) == expected:
            return None
        return self.env._(
            "%(model)s: the triggers that keep these records are not as they should be "
            "(%(names)s).",
            model=self.env["ir.model"].sudo()._get(self._name).name,
            names=", ".join(sorted({row[0] for row in expected ^ set(rows)})),
        )

    def _drop_keeper(self):
        """Drop what Odoo would leave when it drops the table at the uninstallation."""
        function = SQL.identifier(f"{self._table}_is_kept")
        self.env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s CASCADE", function))

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse to change what is kept as it was written.

        :raise UserError: always
        :raise AccessError: for who may not even try
        """
        raise self._refusal()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        raise self._refusal()

    def _refusal(self):
        self.check_access("write")
        return UserError(
            self.env._(
                "%(model)s: these records are kept as they are. Nobody can change or "
                "delete them.",
                model=self.env["ir.model"]._get(self._name).name,
            )
        )
