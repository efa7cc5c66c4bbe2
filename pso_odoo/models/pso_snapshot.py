import logging

from odoo import api, fields, models
from odoo.tools import SQL, format_date

_logger = logging.getLogger(__name__)


# What is kept of the score has so many decimals.
DECIMALS = 1


def rounded(value):
    """A value with every number in it to one decimal; whole numbers stay as they are.

    >>> rounded({"total": 6.4375, "norms": {"7": None, "8": 4.06}, "level": 7})
    {'total': 6.4, 'norms': {'7': None, '8': 4.1}, 'level': 7}
    """
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    return value


class PsoSnapshot(models.Model):
    """The score as it was last night, for users who can change facts about persons.

    One row a day for each company and period of its dashboard, and for each
    measurement: what somebody is told who sees totals alone, to one decimal. Nobody has
    access to it: the addon answers from it (see ``pso.snapshot.mixin``).

    No figure comes in twice a day, whoever starts the job how often: first all rows of
    the day are planned, for all companies at once, then each is filled once. What is
    new after that waits for the next day.
    """

    _name = "pso.snapshot"
    _description = "PSO Figures of Last Night"
    _log_access = False
    _order = "date desc, id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    measurement_id = fields.Many2one(
        "pso.measurement", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    key = fields.Char(
        required=True, readonly=True, help="The period, as the dashboard calls it."
    )
    date = fields.Date(required=True, readonly=True, index=True)
    values = fields.Json(readonly=True, help="Empty until the job has come to it.")

    _once_a_day = models.UniqueIndex("(company_id, key, date)")

    # -- what was kept ---------------------------------------------------------

    @api.model
    def _read(self, keys, *path):
        """A part of what was kept last, of each period.

        :param keys: pairs of the number of a company and the key of a period
        :param path: leads to the part in the values
        :return: ``{(company id, key): (date, part)}``, without what is not kept yet
        """
        if not keys:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (company_id, key) company_id, key, date,
                    values #> %s::text[]
                FROM pso_snapshot
                WHERE (company_id, key) IN %s AND values IS NOT NULL
                ORDER BY company_id, key, date DESC
                """,
                list(path),
                tuple(keys),
                to_flush=self._fields["values"],
            )
        )
        return {(company, key): found for company, key, *found in rows}

    @api.model
    def _read_one(self, company, key, *path):
        """As ``_read``, of one period: ``(date, part)``, or ``(None, None)``."""
        return self._read([(company.id, key)], *path).get(
            (company.id, key), (None, None)
        )

    @api.model
    def _in_words(self, answers):
        """Of what was kept in each language, that of the user, or another one.

        :return: as ``pso.dashboard`` answers; nothing if nothing is kept
        """
        answers = answers or {}
        return answers.get(self.env.lang) or next(iter(answers.values()), {})

    @api.model
    def _sql_latest(self):
        """SQL: what was kept last of each measurement: ``measurement_id, values``."""
        return SQL(
            """
            SELECT DISTINCT ON (measurement_id) measurement_id, values
            FROM pso_snapshot
            WHERE measurement_id IS NOT NULL AND values IS NOT NULL
            ORDER BY measurement_id, date DESC
            """
        )

    @api.model
    def _explanation(self, date):
        """Why one sees figures of an earlier day, of which, and the way out.

        :param date: of the figures, none if nothing is kept yet
        """
        if date:
            figures = self.env._(
                "Figures of %(date)s, to one decimal.",
                date=format_date(self.env, date),
            )
        else:
            figures = self.env._(
                "There are no figures for you yet: they are kept every night, and "
                "shown from tomorrow on."
            )
        why = self.env._(
            "You can change facts about employees, so you are shown what was kept in "
            "the night: otherwise the effect of a change would tell who belongs to the "
            "target group. For figures of now, ask for access to the PSO Target Group, "
            "or give up the right to change employees, schedules or companies."
        )
        return f"{figures} {why}"

    # -- the nightly job -------------------------------------------------------

    @api.model
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

    @api.model
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

    @api.model
    def _open_rows(self, today):
        """The rows of a day that are not filled yet."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM pso_snapshot WHERE date = %s AND values IS NULL "
                "ORDER BY id",
                today,
                to_flush=self._fields["values"],
            )
        )
        return self.browse(row for (row,) in rows)

    @api.model
    def _plan(self, today):
        """Decide which rows there are today, once a day for all companies."""
        if self.search_count([("date", ">=", today)], limit=1):
            return
        keys = self.env["pso.dashboard"]._period_keys(today)
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
