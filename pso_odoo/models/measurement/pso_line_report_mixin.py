from odoo import api, models
from odoo.tools import SQL


class PsoLineReportMixin(models.AbstractModel):
    """An SQL report of lines: derived for live measurements, kept for locked ones.

    Ids are made of what identifies a line: even for live lines, odd for locked ones.
    """

    _name = "pso.line.report.mixin"
    _description = "Lines of PSO Measurements"
    _inherit = ["pso.report.mixin"]

    _locked_model = None

    @property
    def _table_query(self):
        return self._sql_lines(SQL("measurement.state = 'live'"), SQL("TRUE"))

    @api.model
    def _sql_lines(self, is_live, is_locked):
        """SQL: the lines of live and of locked measurements, with their ids.

        :param is_live: SQL condition over ``measurement`` for the live ones
        :param is_locked: SQL condition over the table of locked lines
        """
        return SQL(
            """
            SELECT (%(live_id)s << 1) AS id, %(typed)s FROM (%(live)s) AS live
            UNION ALL
            SELECT ((%(locked_id)s << 1) | 1) AS id, %(columns)s FROM %(locked)s
            WHERE %(is_locked)s
            """,
            live_id=self._sql_live_id(),
            locked_id=self._sql_shuffled(SQL("id::bigint"), rounds=2),
            columns=self._sql_columns(),
            typed=self._sql_typed_columns(),
            live=self._sql_live(is_live),
            locked=self.env[self._locked_model]._sql_kept(),
            is_locked=is_locked,
        )

    @api.model
    def _sql_typed_columns(self):
        """SQL: the columns of live lines, of exactly the types of the locked ones.

        Where types differ PostgreSQL derives all lines with all their columns, and
        only then looks which of them are asked for.
        """
        fields = self.env[self._line_mixin]._fields
        return SQL(", ").join(
            SQL(
                "%(name)s::%(type)s AS %(name)s",
                name=SQL.identifier(name),
                type=SQL(fields[name].column_type[0]),
            )
            for name in self._column_names()
        )

    @api.model
    def _sql_for(self, measurement):
        """SQL: the lines of one measurement, virtual or not, without their ids.

        It goes into a query that begins with the measurement's ``_sql_tables``.
        """
        if not measurement.is_locked:
            return self._sql_live_of(measurement)
        return SQL(
            "SELECT %s FROM %s WHERE measurement_id = %s %s",
            self._sql_columns(),
            self.env[self._locked_model]._sql_kept(),
            measurement._origin.id,
            self._sql_flush(),
        )

    @api.model
    def _sql_live_of(self, measurements, derive=None):
        """SQL: the lines of live measurements, with more columns than are kept.

        It is no more than a union of plain joins, so that PostgreSQL derives only
        the columns that are asked for.

        :param derive: for lines of one kind, the method that derives these
        """
        derive = derive or self._sql_live
        numbers = tuple(measurement._number() for measurement in measurements)
        return SQL(
            "%s %s",
            derive(SQL("measurement.id IN %s", numbers)),
            self._sql_flush(),
        )

    @api.model
    def _sql_flush(self):
        """Nothing but what the lines depend on, to be written before it is read.

        As core finds it for a report, without making the query of the report.
        """
        fields, models = [], [self]
        while models:
            for name, names in models.pop()._depends.items():
                model = self.env[name]
                models.append(model)
                fields.extend(model._fields[field] for field in names)
        return SQL(to_flush=fields)

    @api.model
    def _sql_live_id(self):
        """SQL: a shuffled number for a line of the subquery ``live``."""
        raise NotImplementedError

    @api.model
    def _sql_live(self, condition):
        """SQL: the lines of the measurements that meet a condition.

        :param condition: SQL over the alias ``measurement``
        """
        raise NotImplementedError

    @api.model
    def _freeze(self, measurement):
        """Copy the live lines of one measurement into the table of locked lines."""
        self.env.flush_all()
        locked = self.env[self._locked_model]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(columns)s) "
                "SELECT %(columns)s FROM (%(live)s) AS live",
                table=SQL.identifier(locked._table),
                columns=self._sql_columns(),
                live=self._sql_live(SQL("measurement.id = %s", measurement.id)),
            )
        )
        locked.invalidate_model()

    @api.model
    def _thaw(self, measurement):
        """Drop the locked lines of a measurement that goes live again."""
        locked = self.env[self._locked_model]
        # There are many, and nothing hangs on them.
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE measurement_id = %s",
                SQL.identifier(locked._table),
                measurement.id,
            )
        )
        locked.invalidate_model()
