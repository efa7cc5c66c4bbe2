from odoo import models
from odoo.tools import SQL

from ...tools.anniversary import sql_last_day_of_months
from ..people.hr_employee import EMPLOYEE_FACTS, sql_persons
from ..people.hr_version import VERSION_FACTS

KEY_LENGTH = 12

# Where nobody has several jobs: PostgreSQL leaves it out before it plans.
NO_SHARES = SQL(
    """
    CROSS JOIN (
        SELECT NULL::int AS id, NULL::date AS start_day, NULL::date AS end_day,
            NULL::float AS hours
    ) AS share
    """
)


class PsoPersonLine(models.Model):
    """Who counts for how much in a measurement, and why (section 3)."""

    _name = "pso.person.line"
    _description = "Person in a PSO Measurement"
    _inherit = [
        "pso.logged.read.mixin",
        "pso.line.report.mixin",
        "pso.person.line.mixin",
    ]
    _auto = False
    _line_mixin = "pso.person.line.mixin"
    _locked_model = "pso.locked.person.line"

    _depends = {
        "pso.measurement": [
            "state",
            "date_start",
            "date_end",
            "edition_id",
            "company_ids",
        ],
        "pso.locked.person.line": ["measurement_id"],
        "pso.status.period": ["status_id"],
        "hr.employee": sorted(EMPLOYEE_FACTS | {"pso_key_salt"}),
        "hr.version": sorted(VERSION_FACTS),
        "resource.calendar": ["hours_per_week"],
        "res.company": [
            "pso_fulltime_hours",
            "pso_count_without_contract",
            "pso_secret",
        ],
    }

    def _sql_live_id(self):
        """Number lines by their first day: those of one kind do not overlap.

        Each line of a list passes by here, and two rounds cost half of three. Lines
        with the same right half are of one measurement.

        Among 65,536 measurements and eight million employees in a row no two lines are
        alike. What goes beyond is hashed into the first round: then two may be, by a
        chance of one in 67 million each.
        """
        return self._sql_shuffled_halves(
            SQL(
                """((((employee_id & 8191) << 13) | ((date_from - period_start) << 1)
                    | (kind = 'group')::int)::bigint)"""
            ),
            SQL(
                """((((measurement_id & 65535) << 10) | ((employee_id >> 13) & 1023))
                    ::bigint)"""
            ),
            rounds=2,
            whole=SQL("((measurement_id::bigint << 32) | (employee_id >> 13))"),
        )

    def _sql_live(self, periods):
        return SQL(
            "%(staff)s UNION ALL %(group)s",
            staff=self._sql_staff(periods),
            group=self._sql_group(periods),
        )

    def _sql_stretches(self, periods, only=None):
        """Select employment within each period, with its measures.

        One person counts for at most one fte a day. What several jobs of a person leave
        of each other is found apart and looked up, so that the many who have one cost
        next to nothing, and PostgreSQL expects as many rows as without.

        ``is_alone``: it is the only stretch of the employee in the period.

        :param only: SQL of the ids of the employees that are wanted, with their tenure
        """
        persons = self.env["hr.employee"]._pso_persons()
        return SQL(
            """
            SELECT job.*,
                COALESCE(share.start_day, job_start) AS start_day,
                COALESCE(share.end_day, job_end) AS end_day,
                LEAST(job_hours, share.hours) AS fte_hours,
                COALESCE(share.hours < job_hours, FALSE) AS is_shared,
                share.id IS NULL AND alone_from <= period_start
                    AND alone_until >= period_end AS is_alone
            FROM (%(jobs)s) AS job %(shares)s
            """,
            jobs=self._sql_jobs(periods, only, with_tenure=bool(only)),
            shares=self._sql_shares(periods, persons) if persons else NO_SHARES,
        )

    def _sql_jobs(self, periods, only=None, with_tenure=False):
        """Select employment within each period, each job on its own.

        :param only: SQL of the ids of the employees that are wanted, else all
        :param with_tenure: whether to tell since when, of employees with a status
        """
        versions = self.env["hr.version"]
        if with_tenure and periods.members:
            # Lines are made where a status holds: without one there is none.
            employment = versions._sql_pso_employment(found=periods.members)
        else:
            employment = versions._sql_pso_employment(only, periods.employment)
            if with_tenure:
                employment = versions._sql_pso_tenure(employment)
        return SQL(
            """
            SELECT employment.*, period.id AS measurement_id,
                period.edition_id, period.date_start AS period_start,
                period.date_end AS period_end,
                period.date_end - period.date_start + 1 AS period_days,
                %(fulltime)s AS fulltime_hours,
                company.pso_count_without_contract AS without_contract,
                company.pso_secret AS secret,
                GREATEST(first_day, period.date_start) AS job_start,
                LEAST(last_day, period.date_end) AS job_end,
                LEAST(COALESCE(hours, 0), %(fulltime)s) AS job_hours
            FROM %(period)s AS period
            JOIN %(scope)s AS scope ON scope.period_id = period.id
            JOIN res_company company ON company.id = scope.company_id
            JOIN (%(employment)s) AS employment ON employment.company_id = company.id
            -- Most is left out before employees are looked up. PostgreSQL takes every
            -- condition more for a third fewer rows: so they are two, and no more.
            WHERE LEAST(last_possible_day, period.date_end)
                    >= GREATEST(first_day, period.date_start)
                AND LEAST(last_day, period.date_end)
                    >= GREATEST(first_day, period.date_start)
            """,
            period=periods.period,
            scope=periods.scope,
            employment=employment,
            fulltime=periods.fulltime_hours or SQL("company.pso_fulltime_hours"),
        )

    def _sql_shares(self, periods, persons):
        """Join jobs with what is left for them of one fte a day, stretch by stretch.

        The job that was registered first counts first, one that is not in the total fte
        last; of each that follows as many hours as are left of one fte.

        :param persons: who have several jobs: ``{employee id: number of the person}``
        """
        several = sql_persons(persons)
        ids = SQL("SELECT id FROM %s AS person (id, number)", several)
        return SQL(
            """
            LEFT JOIN (
                WITH job AS (
                    -- LEFT, or PostgreSQL expects the few once more to be few, and
                    -- compares everybody with everybody.
                    SELECT job.measurement_id, job.id, number, employee_id, job_start,
                        job_end, job_hours, fulltime_hours, pso_counts,
                        array_agg(job_start) OVER person
                            || array_agg(job_end + 1) OVER person AS borders
                    FROM (%(jobs)s) AS job
                    LEFT JOIN %(several)s AS person (id, number)
                        ON person.id = employee_id
                    WINDOW person AS (PARTITION BY measurement_id, number)
                ),
                -- Between two borders nothing changes for a person.
                piece AS (
                    SELECT job.*, day AS start_day,
                        LEAST(job_end, LEAD(day) OVER (
                            PARTITION BY measurement_id, job.id ORDER BY day) - 1
                        ) AS end_day
                    FROM job
                    CROSS JOIN LATERAL (
                        SELECT DISTINCT day FROM unnest(borders) AS border (day)
                        WHERE day BETWEEN job_start AND job_end
                    ) AS border
                )
                SELECT measurement_id, id, start_day, end_day,
                    (fulltime_hours::numeric * GREATEST(0, 1 - COALESCE(
                        SUM(job_hours::numeric / fulltime_hours::numeric) OVER (
                            PARTITION BY measurement_id, number, start_day
                            ORDER BY pso_counts IS TRUE DESC, employee_id
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                        ), 0)))::float AS hours
                FROM piece
            ) AS share ON share.id = job.id
                -- As an equation PostgreSQL may sort by it alone, and there are few.
                AND CASE WHEN share.measurement_id = job.measurement_id THEN TRUE
                    ELSE FALSE END
            """,
            jobs=self._sql_jobs(periods, ids),
            several=several,
        )

    def _sql_staff(self, periods):
        """Select a line for each stretch of employment, which makes the total fte."""
        if periods.staff:
            return SQL("SELECT * FROM %s", periods.staff)
        return SQL(
            """
            SELECT measurement_id, 'staff' AS kind, employee_id, %(key)s AS key,
                company_id, department_id, work_location_id, id AS version_id,
                NULL::int AS status_id, NULL::int AS group_id, NULL::int AS form_id,
                start_day AS date_from, end_day AS date_to, days, %(hours)s,
                fulltime_hours, NULL::date AS inflow, NULL::date AS counted_from,
                NULL::date AS counted_to, days AS counted_days,
                NULL::float AS group_weight, NULL::float AS form_weight,
                0::numeric AS weight,
                TRUE AS is_rule_known, TRUE AS is_rule_confirmed,
                NULL::boolean AS is_verified,
                CASE WHEN pso_counts IS NOT TRUE THEN 'not_in_size'
                    WHEN is_shared THEN 'other_job'
                    WHEN fte_hours = 0 THEN 'no_hours' ELSE 'counts' END AS reason,
                fte_hours::numeric * total_days AS total_hour_days,
                0::numeric AS direct_hour_days, 0::numeric AS proven_hour_days,
                0::numeric AS pso30_hour_days, 0::numeric AS pso30_regular_hour_days,
                fte_hours::numeric * total_days
                    / (fulltime_hours::numeric * period_days) AS total_fte,
                0::numeric AS direct_fte, period_start, has_contract, fte_hours,
                last_day AS employed_to, total_days, 0 AS direct_days,
                0 AS proven_days, 0 AS pso30_days, 0 AS pso30_regular_days,
                0 AS unsure_days, is_alone, is_archived
            FROM (%(stretches)s) AS stretch
            -- All its days count for the total fte, or none.
            CROSS JOIN LATERAL (SELECT end_day - start_day + 1 AS days) AS length
            CROSS JOIN LATERAL (
                SELECT CASE WHEN pso_counts THEN days ELSE 0 END AS total_days
            ) AS measure
            """,
            stretches=self._sql_stretches(periods),
            hours=self._sql_line_hours(),
            key=self._sql_key(),
        )

    def _sql_group(self, periods):
        """Select a line for each status within a stretch: it makes the direct fte.

        It adds to the total fte where the person counts but the contract does not, and
        takes from it where the form of contract is not part of it.
        """
        if periods.targeted:
            return SQL("SELECT * FROM %s", periods.targeted)
        return SQL(
            """
            SELECT measurement_id, 'group' AS kind, employee_id, %(key)s AS key,
                company_id, department_id, work_location_id, id AS version_id,
                status_id, group_id, form_id,
                day_from AS date_from, day_to AS date_to, days, %(hours)s,
                fulltime_hours, inflow,
                CASE WHEN counted_days > 0 THEN first_counted END AS counted_from,
                CASE WHEN counted_days > 0 THEN last_counted END AS counted_to,
                counted_days, group_weight, form_weight, weight,
                is_weight_known AND is_period_known AS is_rule_known,
                is_confirmed AS is_rule_confirmed,
                evidence_state = 'verified' AS is_verified,
                CASE
                    WHEN NOT has_rule THEN 'no_rule'
                    WHEN counted_from IS NULL THEN 'event_missing'
                    WHEN NOT employed THEN 'no_contract'
                    WHEN fte_hours = 0 AND is_shared THEN 'other_job'
                    WHEN fte_hours = 0 THEN 'no_hours'
                    WHEN counted_from > day_to THEN 'not_started'
                    WHEN counted_days = 0 AND form_end < day_from THEN 'form_ended'
                    WHEN counted_days = 0 THEN 'period_ended'
                    WHEN NOT is_weight_known THEN 'weight_unknown'
                    WHEN weight = 0 THEN 'no_weight'
                    WHEN is_shared THEN 'other_job'
                    WHEN counted_days < days THEN 'partly'
                    ELSE 'counts'
                END AS reason,
                fte_hours::numeric * total_days AS total_hour_days,
                fte_hours::numeric * weight * direct_days AS direct_hour_days,
                fte_hours::numeric * weight * proven_days AS proven_hour_days,
                fte_hours::numeric * pso30_days AS pso30_hour_days,
                fte_hours::numeric * pso30_regular_days AS pso30_regular_hour_days,
                fte_hours::numeric * total_days
                    / (fulltime_hours::numeric * period_days) AS total_fte,
                fte_hours::numeric * weight * direct_days
                    / (fulltime_hours::numeric * period_days) AS direct_fte,
                period_start, has_contract, fte_hours, last_day AS employed_to,
                total_days, direct_days, proven_days, pso30_days, pso30_regular_days,
                unsure_days, is_alone, is_archived
            FROM (
                SELECT stretch.*, period.status_id, period.group_id, period.form_id,
                    period.period_start AS inflow, period.group_weight,
                    period.form_weight, period.weight, period.has_rule,
                    period.is_weight_known, period.is_period_known, period.is_confirmed,
                    period.is_regular, period.evidence_state, period.counted_from,
                    period.form_end, day_from, day_to, days, employed, first_counted,
                    last_counted, counted_days,
                    CASE
                        WHEN pso_counts AND NOT is_in_total THEN -days
                        WHEN pso_counts IS NOT TRUE AND is_in_total AND weight > 0
                            THEN counted_days
                        ELSE 0
                    END AS total_days,
                    -- By how much the total may grow when the weight is published.
                    CASE WHEN pso_counts IS NOT TRUE AND is_in_total
                        AND NOT is_weight_known THEN counted_days ELSE 0
                    END AS unsure_days,
                    counted_days AS direct_days,
                    CASE WHEN evidence_state = 'verified' THEN counted_days ELSE 0 END
                        AS proven_days,
                    pso30_days,
                    CASE WHEN is_regular THEN pso30_days ELSE 0 END
                        AS pso30_regular_days
                FROM (%(stretches)s) AS stretch
                JOIN pso_edition edition ON edition.id = stretch.edition_id
                -- Inflow and runs are found once for all: person by person they cost
                -- three times as much.
                JOIN (%(status_periods)s) AS period
                    ON period.employee_id = stretch.employee_id
                    -- Of an equation PostgreSQL expects one in 200: then it compares
                    -- everybody with everybody, as if it were with one.
                    AND CASE WHEN period.edition_id = stretch.edition_id THEN TRUE
                        ELSE FALSE END
                CROSS JOIN LATERAL (SELECT
                    GREATEST(period.date_start, stretch.start_day) AS day_from,
                    LEAST(period.date_end, stretch.end_day) AS day_to,
                    has_contract OR COALESCE(without_contract, FALSE) AS employed
                ) AS overlap
                CROSS JOIN LATERAL (SELECT day_to - day_from + 1 AS days) AS length
                CROSS JOIN LATERAL (SELECT
                    CASE WHEN employed AND has_rule
                        AND counted_from IS NOT NULL
                        THEN GREATEST(counted_from, day_from) END AS first_counted,
                    LEAST(day_to, period.period_end, form_end) AS last_counted
                ) AS counted
                -- NULL is left out: without a first day none counts.
                CROSS JOIN LATERAL (SELECT
                    GREATEST(last_counted - first_counted + 1, 0) AS counted_days
                ) AS counting
                CROSS JOIN LATERAL (SELECT
                    CASE WHEN counts_for_pso30 AND weight > 0 AND (NOT needs_tenure
                        OR hours >= edition.pso30_min_hours
                        AND %(tenure_reached)s
                            <= LEAST(stretch.employed_until, stretch.period_end))
                        THEN counted_days ELSE 0 END AS pso30_days
                ) AS pso30
                WHERE day_to >= day_from
            ) AS line
            """,
            stretches=self._sql_stretches(periods, self._sql_members(periods)),
            status_periods=self._sql_status_periods(periods),
            tenure_reached=sql_last_day_of_months(
                SQL("stretch.hired_on"), SQL("edition.pso30_min_months")
            ),
            hours=self._sql_line_hours(),
            key=self._sql_key(),
        )

    def _sql_status_periods(self, periods):
        """Select everybody's statuses with their rules, or those that are assumed."""
        if periods.ruled:
            return SQL("SELECT * FROM %s", periods.ruled)
        statuses = periods.statuses and SQL("SELECT * FROM %s", periods.statuses)
        return self.env["pso.status.period"]._sql_periods(statuses)

    def _sql_members(self, periods):
        """Select the employees with a status in one of the periods."""
        return SQL(
            """
            SELECT status.employee_id FROM %(statuses)s
            JOIN %(period)s AS period
                ON LEAST(status.date_end, period.date_end)
                    >= GREATEST(status.date_start, period.date_start)
            """,
            statuses=periods.statuses or SQL("pso_status status"),
            period=periods.period,
        )

    def _sql_line_hours(self):
        """Express in SQL the hours of a line, or what another job leaves of them."""
        return SQL("CASE WHEN is_shared THEN fte_hours ELSE hours END AS hours")

    def _sql_key(self):
        """Express in SQL what stands for a person in exports, year after year.

        Who was erased and is still here, or comes back, has another one from then on.
        """
        return SQL(
            """'P-' || upper(left(encode(sha256(convert_to(
                secret || ':' || employee_id || COALESCE(':' || key_salt, ''), 'UTF8')),
                'hex'), %s))""",
            KEY_LENGTH,
        )
