import logging

from odoo import fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class PsoSnapshot(models.Model):
    """The nightly job, which keeps what the dashboard tells."""

    _inherit = "pso.snapshot"

    def _keep(self):
        """Keep the figures of today, and drop those of earlier days; the nightly job.

        A run that is killed is gone on with by the next. A second run on the same day
        finds nothing to do. The day is that of UTC, which no user sets.
        """
        progress = self.env["ir.cron"]._commit_progress
        today = fields.Date.today()
        self.env["pso.trace"]._forget(today)
        self._plan(today)
        open_rows = self._open_rows(today)
        if not progress(remaining=len(open_rows)):
            return
        for row in open_rows:
            row._attempt()
            if not progress(1):
                return
        self._drop_earlier(today)

    def _attempt(self):
        """Fill a row, or leave it for the next run: the others do not wait for it."""
        try:
            with self.env.cr.savepoint():
                self._fill()
        except Exception as error:  # pylint: disable=broad-exception-caught
            # Without its words: they may name somebody.
            _logger.error(
                "PSO: figures of company %s, period %s are not kept today: %s",
                self.company_id.id,
                self.key,
                type(error).__name__,
            )

    def _drop_earlier(self, today):
        """Drop what is of earlier days, but for periods that nothing came of today."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM pso_snapshot earlier
                WHERE date < %(today)s AND NOT EXISTS (
                    SELECT FROM pso_snapshot open
                    WHERE open.company_id = earlier.company_id
                        AND open.key = earlier.key
                        AND open.date = %(today)s AND open.values IS NULL)
                """,
                today=today,
            )
        )
        self.invalidate_model()

    def _open_rows(self, today):
        """Return the rows of a day that are not filled yet."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM pso_snapshot WHERE date = %s AND values IS NULL "
                "ORDER BY id",
                today,
                to_flush=self._fields["values"],
            )
        )
        return self.browse(row for (row,) in rows)

    def _plan(self, today):
        """Decide which rows there are today, once a day for all companies."""
        if self.search_count([("date", ">=", today)], limit=1):
            return
        keys = self.env["pso.measurement"]._period_keys(today)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO pso_snapshot (company_id, measurement_id, key, date)
                SELECT company.id, NULL, key, %(today)s
                FROM res_company company CROSS JOIN unnest(%(keys)s) AS key
                WHERE company.active
                UNION ALL
                SELECT company_id, id, 'measurement-' || id, %(today)s
                FROM pso_measurement
                """,
                today=today,
                keys=keys,
            )
        )

    def _fill(self):
        """Derive what is told of one period, as it is now."""
        self.ensure_one()
        self.values = self.env["pso.dashboard"]._to_keep(
            self.company_id, self.key, self.measurement_id
        )
        # Each once: those of a large company are not held in memory together.
        self.flush_recordset()
        self.invalidate_recordset()
