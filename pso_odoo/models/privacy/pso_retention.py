import logging
from datetime import date

from odoo import fields, models
from odoo.tools import SQL, split_every

from ...tools import columns
from ..audit.pso_sample_line import ERASABLE, LEFT_BY_DELETION

_logger = logging.getLogger(__name__)

# What tells who kept lines are of; it is emptied, and keys and figures stay. So do
# departments and locations: the breakdown of a locked year must not change, which
# would betray who was erased.
PERSONAL_FIELDS = {
    "pso.locked.person.line": ("employee_id", "version_id", "status_id"),
    "pso.sample.line": (*ERASABLE, *LEFT_BY_DELETION),
}
STATUSES_AT_ONCE = 100
# Of batches made by SQL: the numbers as an array are looked up once, where a planner
# may repeat what stands after IN with each row, and so go past the limit.
LINES_AT_ONCE = 10000
DEFAULT_MONTHS = 36


class PsoRetention(models.AbstractModel):
    """What PSO keeps of persons, until when, and how it goes.

    A status goes with its files when its company's period after it stopped counting
    is over; the names behind the lines of a locked measurement, and of a file review
    of any, when the period after its last day is over; the log by its age. No figure
    of a locked measurement changes.
    """

    _name = "pso.retention"
    _description = "Retention of PSO Data"

    # -- until when ----------------------------------------------------------

    def _sql_kept_until(self, employees=None):
        """Select the last day on which each status is kept, where that is known.

        The period runs from the last day on which the status counts under any edition,
        so that no change of the rule book alone ends it; of one that never counts, from
        its own end, that of its counting period or that of the employment. A status is
        kept as long as a later one that takes over its inflow, or the unbroken run of a
        form that counts for so long at most.

        :param employees: of these alone
        """
        periods = self.env["pso.status.period"]
        statuses = self.env["pso.status"]
        condition = SQL("TRUE")
        if employees is not None:
            condition = SQL("employee_id IN %s", employees._ids)
        return SQL(
            """
            WITH counting AS (
                -- Until when each status counts, and might by the rules.
                SELECT status_id,
                    MAX(COALESCE(counted_until, 'infinity'))
                        FILTER (WHERE state <> 'not') AS counted_until,
                    MAX(COALESCE(LEAST(period_end, form_end), 'infinity'))
                        FILTER (WHERE reason <> 'no_rule') AS rules_until
                FROM (%(counting)s) AS counting GROUP BY status_id
            ),
            -- Until when each person is employed.
            employment AS (
                SELECT employee_id, MAX(COALESCE(last_day, 'infinity'))
                    AS employed_until
                FROM (%(employment)s) AS employment GROUP BY employee_id
            ),
            -- Until each status counts, or could.
            own AS (
                SELECT status.*, COALESCE(counted_until, GREATEST(date_start,
                    LEAST(date_end, rules_until,
                        COALESCE(employed_until, date_start)))) AS last_day
                FROM (
                    SELECT * FROM (%(statuses)s) AS status WHERE %(condition)s
                ) AS status
                LEFT JOIN counting ON counting.status_id = status.id
                LEFT JOIN employment ON employment.employee_id = status.employee_id
            ),
            -- As long as those that rest on it.
            needed AS (
                SELECT id AS status_id, company_id, GREATEST(
                    MAX(last_day) OVER (
                        PARTITION BY employee_id, group_id ORDER BY date_start DESC),
                    CASE WHEN form_id IN (
                        SELECT form_id FROM pso_form_rule WHERE max_months > 0
                    ) THEN MAX(last_day) OVER (
                        PARTITION BY employee_id, run_number ORDER BY date_start DESC)
                    END
                ) AS last_day
                FROM own
            )
            SELECT status_id, company_id, LEAST((last_day
                + make_interval(months => pso_status_months))::date, %(last_day)s)
                AS kept_until
            FROM needed
            JOIN res_company company ON company.id = needed.company_id
            WHERE last_day < 'infinity' %(flush)s
            """,
            statuses=statuses._sql_inflow(),
            counting=periods._sql_counting(periods._sql_periods(), condition),
            employment=self.env["hr.version"]._sql_pso_employment(
                SQL("SELECT employee_id FROM pso_status WHERE %s", condition)
            ),
            condition=condition,
            last_day=date.max,
            flush=SQL(
                to_flush=[
                    *periods._table_sql.to_flush,
                    statuses._fields["company_id"],
                    self.env["res.company"]._fields["pso_status_months"],
                ]
            ),
        )

    def _kept_until(self, statuses):
        """Return the last day on which statuses are kept, where known: ``{status:
        day}``.
        """
        saved = statuses._origin
        if not saved:
            return {}
        rows = self.env.execute_query(self._sql_kept_until(saved.employee_id))
        days = {status: kept_until for status, _company, kept_until in rows}
        return {status: days[status.id] for status in saved if status.id in days}

    def _names_until(self, measurement):
        """Return the last day on which a locked measurement shows names."""
        months = measurement.company_id.pso_names_months
        return fields.Date.add(measurement.date_end, months=months)

    # -- the daily job -------------------------------------------------------

    def _anonymise_past(self):
        """Take away what is past its period, batch by batch; the daily job.

        Each batch is committed, and what is past is looked up anew by every run: one
        that is killed is gone on with by the next. Two at once skip each other's rows.
        """
        progress = self.env["ir.cron"]._commit_progress
        today = fields.Date.context_today(self)
        for _batch in self._batches(today):
            # The batches to come are not counted: there are some, until there are none.
            if not progress(1, remaining=1):
                return
        progress(remaining=0)

    def _batches(self, today):
        """Do the work, and pause after each part that can be committed."""
        for numbers in split_every(STATUSES_AT_ONCE, self._past_statuses(today)):
            batch = self.env["pso.status"].browse(numbers)
            self._attempt(batch, self._delete_statuses, today)
            yield
        for measurement in self._past_measurements(today):
            while self._attempt(measurement, self._drop_names):
                yield
        self._attempt(self.env["pso.locked.person.line"], self._drop_deleted)
        yield
        while self._attempt(self.env["pso.log"], self._shorten_log):
            yield

    def _attempt(self, records, work, *args):
        """Do some work on records; if it fails, the others are done all the same.

        :return: what the work returns; None if it failed, and is tried again tomorrow
        """
        try:
            with self.env.cr.savepoint():
                return work(records, *args)
        except Exception as error:  # noqa: BLE001
            # Not what it says: that might name somebody.
            kind = type(error).__name__
            _logger.error("PSO retention: %s: %s", records, kind)

    def _past_statuses(self, today):
        """Return the ids of the statuses whose period is over, the longest first."""
        rows = self.env.execute_query(
            SQL(
                "SELECT status_id FROM (%s) AS status WHERE kept_until < %s "
                "ORDER BY kept_until, status_id",
                self._sql_kept_until(),
                today,
            )
        )
        return [number for (number,) in rows]

    def _delete_statuses(self, statuses, today):
        """Delete statuses with their files, each on its own, and note how many.

        Those that somebody has prolonged since they were looked up stay.
        """
        free = statuses.try_lock_for_update()
        days = self._kept_until(free)
        past = free.filtered(lambda each: each in days and days[each] < today)
        for company, own in past.grouped("company_id").items():
            done = sum(bool(self._attempt(each, self._delete_status)) for each in own)
            failed = ""
            if done < len(own):
                failed = self.env._(
                    "%(count)s could not be deleted and are tried again tomorrow.",
                    count=len(own) - done,
                )
            self.env["pso.log"]._note(
                "anonymise", "pso.status", count=done, reason=failed, company=company
            )

    def _delete_status(self, status):
        """Delete a status with its files; who has none left gets a new key.

        So the next list does not lead back to lines that have lost their names.
        """
        employee = status.employee_id
        status.unlink()
        own = [("employee_id", "=", employee.id)]
        if not self.env["pso.status"].search_count(own, limit=1):
            employee._renew_pso_key()
        return True

    def _past_measurements(self, today):
        """Find the measurements past their period whose kept lines may show names.

        Of a live one these are the lines of its file reviews alone.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT measurement.id FROM pso_measurement measurement
                JOIN res_company company ON company.id = measurement.company_id
                WHERE (measurement.date_end
                    + make_interval(months => company.pso_names_months))::date < %(day)s
                    AND (measurement.state = 'locked' OR EXISTS (SELECT FROM pso_sample
                        WHERE measurement_id = measurement.id))
                ORDER BY measurement.date_end, measurement.id %(flush)s
                """,
                day=today,
                flush=columns.sql_flush(
                    self.env,
                    {
                        "pso.measurement": ("state", "date_end", "company_id"),
                        "res.company": ("pso_names_months",),
                        "pso.sample": ("measurement_id",),
                    },
                ),
            )
        )
        return self.env["pso.measurement"].browse(number for (number,) in rows)

    def _drop_names(self, measurement):
        """Take the numbers out of some lines of a measurement; return of how many."""
        count = 0
        for model, names in PERSONAL_FIELDS.items():
            condition = SQL(
                """
                id = ANY(ARRAY(
                    SELECT id FROM %(table)s WHERE %(is_of)s AND (%(tells)s)
                    LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
                """,
                table=SQL.identifier(self.env[model]._table),
                is_of=self._sql_is_of(model, measurement),
                tells=SQL(" OR ").join(
                    SQL("%s IS NOT NULL", SQL.identifier(name)) for name in names
                ),
                limit=LINES_AT_ONCE,
            )
            count += self._clear(model, names, condition)
        if count:
            self._note_anonymised(measurement, count)
        return count

    def _note_anonymised(self, measurement, count):
        """Write down of how many lines of a measurement the numbers went."""
        self.env["pso.log"]._note(
            "anonymise",
            measurement._name,
            measurement.id,
            measurement.name,
            count=count,
            company=measurement.company_id,
        )

    def _sql_is_of(self, model, measurement):
        """Express in SQL that a kept line is of a measurement."""
        if model == "pso.sample.line":
            return SQL(
                "sample_id IN (SELECT id FROM pso_sample WHERE measurement_id = %s)",
                measurement.id,
            )
        return SQL("measurement_id = %s", measurement.id)

    def _drop_deleted(self, lines):
        """Take out the numbers of what was deleted, also while it was being locked."""
        line = lines._name
        for name in PERSONAL_FIELDS[line]:
            target = self.env["pso.person.line"]._fields[name].comodel_name
            condition = SQL(
                "%(name)s IS NOT NULL AND NOT EXISTS ("
                "SELECT FROM %(target)s AS target WHERE target.id = %(name)s)",
                name=SQL.identifier(self.env[line]._table, name),
                target=SQL.identifier(self.env[target]._table),
            )
            self._note_emptied(line, condition)
            names = PERSONAL_FIELDS[line] if name == "employee_id" else (name,)
            self._clear(line, names, condition)

    def _note_emptied(self, model, condition):
        """Write down in how many kept lines of which measurement numbers go."""
        rows = self.env.execute_query(
            SQL(
                "SELECT measurement_id, COUNT(*) FROM %s WHERE %s "
                "GROUP BY 1 ORDER BY 1",
                SQL.identifier(self.env[model]._table),
                condition,
            )
        )
        for number, count in rows:
            self._note_anonymised(self.env["pso.measurement"].browse(number), count)

    def _forget_people(self, employees):
        """Take out of all kept lines of some people who they are of."""
        for model, names in PERSONAL_FIELDS.items():
            self._clear(model, names, SQL("employee_id IN %s", employees._ids))

    def _clear(self, model, names, condition):
        """Empty columns of kept lines, which the ORM lets nobody write.

        If it fails, the server's log does not say of whom.

        :return: in how many rows
        """
        self.env[model].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE %s",
                SQL.identifier(self.env[model]._table),
                SQL(", ").join(SQL("%s = NULL", SQL.identifier(n)) for n in names),
                condition,
            ),
            log_exceptions=False,
        )
        count = self.env.cr.rowcount
        self.env[model].invalidate_model(names, flush=False)
        self.env["pso.person.line"].invalidate_model(flush=False)
        return count

    def _shorten_log(self, log):
        """Delete some of the log that is older than its company wants it.

        The chain of each company is closed at its old end, and lines that are not yet
        part of it come in.

        :return: how many lines went
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.company_id, now() AT TIME ZONE 'UTC' - make_interval(
                    months => COALESCE(company.pso_log_months, %(months)s))
                FROM (SELECT DISTINCT company_id FROM pso_log) AS line
                LEFT JOIN res_company company ON company.id = line.company_id
                ORDER BY line.company_id %(flush)s
                """,
                months=DEFAULT_MONTHS,
                flush=SQL(to_flush=self.env["res.company"]._fields["pso_log_months"]),
            )
        )
        links = self.env["pso.log.link"]
        count = sum(
            links._shorten(company_id, limit, LINES_AT_ONCE)
            for company_id, limit in rows
        )
        log.invalidate_model(flush=False)
        return count
