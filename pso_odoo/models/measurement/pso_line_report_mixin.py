from odoo import models
from odoo.tools import SQL

from .window import LIVE, Periods


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
        return SQL(
            "%s UNION ALL %s",
            self._sql_live_lines(LIVE),
            self._sql_locked_lines(SQL("TRUE")),
        )

    def _sql_lines(self, periods):
        """Select the lines of one period with their ids, kept ones if it is locked."""
        if periods.locked:
            return self._sql_locked_lines(SQL("measurement_id IN %s", periods.locked))
        return self._sql_live_lines(periods)

    def _sql_live_lines(self, periods):
        """Select the lines of periods with their ids, as records are now."""
        return SQL(
            "SELECT (%(id)s << 1) AS id, %(typed)s FROM (%(live)s) AS live",
            id=self._sql_live_id(),
            typed=self._sql_typed_columns(),
            live=self._sql_live(periods),
        )

    def _sql_locked_lines(self, condition):
        """Select lines of locked measurements with their ids.

        :param condition: SQL over the table of locked lines
        """
        return SQL(
            """
            SELECT ((%(id)s << 1) | 1) AS id, %(columns)s FROM %(locked)s
            WHERE %(condition)s
            """,
            id=self._sql_shuffled(SQL("id::bigint"), rounds=2),
            columns=self._sql_columns(),
            locked=self.env[self._locked_model]._sql_kept(),
            condition=condition,
        )

    def _sql_typed_columns(self):
        """List the columns of live lines, of exactly the types of the locked ones.

        Where types differ PostgreSQL derives all lines with all their columns, and only
        then looks which of them are asked for.
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

    def _sql_for(self, window, periods=None):
        """Select the lines of one window without ids, kept ones if it is locked.

        :param periods: those of the window, for who has them already
        """
        if not window.measurement.is_locked:
            return self._sql_live_of([window], periods=periods)
        return SQL(
            "SELECT %s FROM %s WHERE measurement_id = %s %s",
            self._sql_columns(),
            self.env[self._locked_model]._sql_kept(),
            window.number,
            self._sql_flush(),
        )

    def _sql_live_of(self, windows, derive=None, periods=None):
        """Select the lines of windows as records are now, with more columns than kept.

        It is no more than a union of plain joins, so that PostgreSQL derives only the
        columns that are asked for.

        :param derive: for lines of one kind, the method that derives these
        :param periods: those of the windows, for who has them already
        """
        derive = derive or self._sql_live
        periods = periods or Periods.of(windows)
        return SQL("%s %s", derive(periods), self._sql_flush())

    def _sql_flush(self):
        """Have only what the lines depend on written before it is read.

        It is found as core finds it, without making the query of the report.
        """
        fields, models = [], [self]
        while models:
            for name, names in models.pop()._depends.items():
                model = self.env[name]
                models.append(model)
                fields.extend(model._fields[field] for field in names)
        return SQL(to_flush=fields)

    def _sql_live_id(self):
        """Express in SQL a shuffled number for a line of the subquery ``live``."""
        raise NotImplementedError

    def _sql_live(self, periods):
        """Select the lines of periods as records are now.

        :param Periods periods: where they are found
        """
        raise NotImplementedError

    def _freeze(self, periods):
        """Copy the live lines of a period into the table of locked lines.

        :param periods: where they are found
        """
        locked = self.env[self._locked_model]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(columns)s) "
                "SELECT %(columns)s FROM (%(live)s) AS live",
                table=SQL.identifier(locked._table),
                columns=self._sql_columns(),
                live=self._sql_live(periods),
            )
        )
        locked.invalidate_model()

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
