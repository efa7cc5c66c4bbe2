from collections import defaultdict
from operator import itemgetter

from odoo import fields, models
from odoo.tools import SQL, format_date, formatLang

from ...tools.anniversary import sql_last_day_of_months
from ..rule_book.pso_edition_file import FORM_RULE, GROUP_RULE
from .hr_version import VERSION_FACTS
from .pso_status import STATES
from .pso_status_counting import JUDGED_BY


class PsoStatusPeriod(models.Model):
    """When a status counts under an edition, whatever the measurement (section 3).

    What the rules allow, cut to the days of employment. Of a status that counts in
    several stretches, such as seasonal contracts, it tells the one of today, else the
    next one, else the last one.
    """

    _name = "pso.status.period"
    _description = "Counting Period of a PSO Status"
    _inherit = ["pso.report.mixin", "pso.logged.read.mixin"]
    _auto = False
    _order = "status_id, edition_id"

    status_id = fields.Many2one("pso.status", readonly=True)
    edition_id = fields.Many2one("pso.edition", readonly=True)
    employee_id = fields.Many2one("hr.employee", readonly=True)
    period_start = fields.Date(
        readonly=True, help="Inflow or event: where the counting period begins."
    )
    period_end = fields.Date(readonly=True, help="Last day of the counting period.")
    form_end = fields.Date(
        readonly=True, help="Last day for which the form of contract may count."
    )
    counted_from = fields.Date(readonly=True)
    counted_until = fields.Date(readonly=True)
    run_until = fields.Date(
        readonly=True,
        help="Last day on which the person goes on counting without a break, under "
        "this status or those that follow.",
    )
    stops_on = fields.Date(
        readonly=True, help="The same, on the last status of the row alone."
    )
    state = fields.Selection(STATES, readonly=True)
    fte = fields.Float(readonly=True, help="Weighted fte of today.")
    reason = fields.Selection(
        [
            ("no_rule", "No rule"),
            ("event_missing", "Event missing"),
            ("weight_unknown", "Weight unknown"),
            ("no_weight", "Weight zero"),
            ("never", "Over before it starts"),
            ("no_contract", "No contract dates"),
            ("no_hours", "No contract hours"),
            ("not_employed", "Not employed"),
            ("period", "Limited by the group"),
            ("form", "Limited by the form of contract"),
            ("status", "Limited by the status"),
            ("employment", "Limited by the employment"),
            ("unknown", "Unknown period"),
            ("open", "No end"),
        ],
        readonly=True,
    )

    _depends = {
        "pso.status": [name for name in JUDGED_BY if name != "id"],
        "pso.edition": ["date_from"],
        "pso.group.rule": ["edition_id", *GROUP_RULE],
        "pso.form.rule": ["edition_id", *FORM_RULE],
        "hr.employee": ["active", "company_id"],
        "hr.version": sorted(VERSION_FACTS),
        "resource.calendar": ["hours_per_week"],
        "res.company": ["pso_fulltime_hours", "pso_count_without_contract"],
    }

    @property
    def _table_query(self):
        return self._sql_counting(self._sql_periods(), SQL("TRUE"))

    def _sql_today(self, edition=None, employment=None, ruled=None):
        """Select when each status counts under the edition in force today.

        :param edition: that edition, for who knows it already
        :param employment: the name under which the statement has it already
        :param ruled: likewise of the statuses with the rules of this edition
        """
        if edition is None:
            today = fields.Date.context_today(self)
            edition = self.env["pso.edition"].sudo()._at(today)
        if ruled:
            periods = SQL("SELECT * FROM %s", ruled)
        else:
            periods = self._sql_periods(editions=SQL("%s", edition.id or 0))
        return SQL(
            "%s %s",
            self._sql_counting(periods, SQL("TRUE"), employment),
            SQL(to_flush=self._table_sql.to_flush),
        )

    def _of(self, statuses):
        """Find when these statuses count under the edition in force today.

        :param statuses: saved or not: what is typed is judged as if it were saved
        :return: ``{status: row of this report}``, without those that lack an employee
            or a start
        :raise AccessError: if an unsaved one is of an employee of somebody else's
        """
        return {status: row for status, [row] in self._rows_of(statuses).items()}

    def _stretches_of(self, statuses):
        """Find all stretches in which these statuses count, the first one first.

        :return: ``{status: [row]}``, as of ``_of``; of one that does not count one row
        """
        stretches = {}
        for status, rows in self._rows_of(statuses, every=True).items():
            counting = [row for row in rows if row["counted_from"]]
            counting.sort(key=itemgetter("counted_from"))
            stretches[status] = counting or rows[:1]
        return stretches

    def _rows_of(self, statuses, every=False):
        """Find the rows of these statuses under the edition in force today.

        :param every: as of ``_sql_counting``
        """
        # Nothing but this keeps a form from asking for any employee by number.
        typed = statuses.filtered(lambda status: not status.id)
        typed.employee_id._origin.check_access("read")
        edition = self.env["pso.edition"].sudo()._at(fields.Date.context_today(self))
        employees = statuses.employee_id._origin._ids
        if not employees:
            return {}
        rows = self.env.execute_query_dict(
            SQL(
                "%s %s",
                self._sql_counting(
                    self._sql_periods(
                        self.env["pso.status"]._sql_inflow(statuses),
                        SQL("%s", edition.id or 0),
                    ),
                    SQL("employee_id IN %s", employees),
                    every=every,
                ),
                SQL(to_flush=self._table_sql.to_flush),
            )
        )
        numbered = defaultdict(list)
        for row in rows:
            numbered[row["status_id"]].append(row)
        return {
            status: numbered[number]
            for number, status in statuses._by_number().items()
            if number in numbered
        }

    def _sql_counting(self, periods, condition, employment=None, every=False):
        """Select the rows of the report, of periods that meet a condition.

        Where the rules let a status count, it is laid over the employment of the
        person; what follows without a break, also under another status, is a run.

        :param periods: SQL as of ``_sql_periods``
        :param condition: SQL over the columns of ``periods``, the same for all
            statuses of an employee
        :param employment: the name under which the statement has it already
        :param every: all stretches of a status, not the one that is nearest to today
        """
        return SQL(
            """
            WITH period AS (
                -- Until when the rules let it count, or why they do not.
                SELECT period.*, LEAST(date_end, period_end, form_end) AS rule_end,
                    CASE
                        WHEN NOT has_rule THEN 'no_rule'
                        WHEN counted_from IS NULL THEN 'event_missing'
                        WHEN NOT is_weight_known THEN 'weight_unknown'
                        WHEN weight = 0 THEN 'no_weight'
                        WHEN LEAST(date_end, period_end, form_end) < counted_from
                            THEN 'never'
                    END AS refusal
                FROM (%(periods)s) AS period WHERE %(condition)s
            ),
            -- The employment on these days, and what keeps it from counting.
            spell AS (
                SELECT period.edition_id, period.status_id, period.employee_id,
                    GREATEST(counted_from, first_day) AS day_from,
                    LEAST(rule_end, last_day, 'infinity') AS day_to,
                    weight * LEAST(hours, company.pso_fulltime_hours)::numeric
                        / company.pso_fulltime_hours::numeric AS fte,
                    CASE
                        WHEN NOT has_contract
                            AND company.pso_count_without_contract IS NOT TRUE
                            THEN 'no_contract'
                        WHEN COALESCE(hours, 0) = 0 THEN 'no_hours'
                    END AS obstacle
                FROM period
                JOIN (%(employment)s) AS employment
                    ON employment.employee_id = period.employee_id
                    AND first_day <= COALESCE(rule_end, 'infinity')
                    AND COALESCE(last_day, 'infinity')
                        >= GREATEST(counted_from, first_day)
                JOIN res_company company ON company.id = employment.company_id
                WHERE refusal IS NULL
            ),
            -- What follows without a break is a run.
            step AS (
                SELECT spell.*,
                    (LAG(day_to) OVER person >= day_from - 1) IS NOT TRUE AS is_new
                FROM spell
                WINDOW person AS (
                    PARTITION BY edition_id, employee_id, obstacle ORDER BY day_from)
            ),
            run AS (
                SELECT step.*, COUNT(*) FILTER (WHERE is_new) OVER (
                    PARTITION BY edition_id, employee_id, obstacle ORDER BY day_from
                ) AS run_number
                FROM step
            ),
            -- What of a run is of one status.
            stretch AS (
                SELECT edition_id, status_id, obstacle, MIN(day_from) AS day_from,
                    MAX(day_to) AS day_to,
                    SUM(fte) FILTER (WHERE %(today)s BETWEEN day_from AND day_to)
                        AS fte,
                    MAX(MAX(day_to)) OVER (
                        PARTITION BY edition_id, employee_id, obstacle, run_number
                    ) AS run_to
                FROM run
                GROUP BY edition_id, employee_id, status_id, obstacle, run_number
            ),
            -- Of employment that an obstacle keeps from counting no day is known.
            counted AS (
                SELECT edition_id, status_id, obstacle, kept.*
                FROM stretch
                LEFT JOIN LATERAL (SELECT day_from, day_to, run_to, fte) AS kept
                    ON obstacle IS NULL
            )
            -- One row a status and edition, nearest to today; or all stretches.
            SELECT %(one)s
                %(id)s AS id,
                status_id, edition_id, employee_id, period_start, period_end, form_end,
                day_from AS counted_from, NULLIF(day_to, 'infinity') AS counted_until,
                NULLIF(run_to, 'infinity') AS run_until,
                CASE WHEN day_to = run_to THEN NULLIF(day_to, 'infinity') END
                    AS stops_on,
                COALESCE(fte, 0)::float AS fte,
                CASE
                    WHEN day_from IS NULL THEN 'not'
                    WHEN day_from > %(today)s THEN 'future'
                    WHEN day_to < %(today)s THEN 'ended'
                    ELSE 'counts'
                END AS state,
                CASE
                    WHEN day_from IS NULL
                        THEN COALESCE(refusal, obstacle, 'not_employed')
                    WHEN day_to < COALESCE(rule_end, 'infinity') THEN 'employment'
                    WHEN rule_end IS NULL AND NOT is_period_known THEN 'unknown'
                    WHEN rule_end IS NULL THEN 'open'
                    WHEN rule_end = period_end THEN 'period'
                    WHEN rule_end = form_end THEN 'form'
                    ELSE 'status'
                END AS reason
            FROM period
            LEFT JOIN counted USING (edition_id, status_id)
            ORDER BY edition_id, status_id, day_from IS NULL, day_to < %(today)s,
                CASE WHEN day_to < %(today)s THEN %(today)s - day_to
                    ELSE day_from - %(today)s END
            """,
            one=SQL() if every else SQL("DISTINCT ON (edition_id, status_id)"),
            periods=periods,
            condition=condition,
            employment=self.env["hr.version"]._sql_pso_employment(
                SQL("SELECT employee_id FROM period"), employment
            ),
            today=SQL("%s::date", fields.Date.context_today(self)),
            id=self._sql_shuffled(SQL("status_id::bigint * 8192 + edition_id")),
        )

    def _sql_periods(self, statuses=None, editions=None):
        """Select every status under every edition, with its rules and their limits.

        What is unknown is read as unknown, whatever stands in its field: a weight as
        zero, a counting period as one without an end. The counting period of a group
        runs from inflow or event to the day before its anniversary; that of a form from
        the first day of its unbroken run. Nothing counts outside the status itself.

        :param statuses: SQL as of ``pso.status._sql_inflow``; else all of them
        :param editions: SQL of the ids of those that are asked for; else all
        """
        return SQL(
            """
            SELECT
                status.id AS status_id, status.employee_id, status.group_id,
                status.form_id, status.date_start, status.date_end,
                status.is_zero_hours, status.evidence_state, edition.id AS edition_id,
                group_rule.id IS NOT NULL AND form_rule.id IS NOT NULL AS has_rule,
                known.group_weight, known.form_weight,
                known.group_weight::numeric * known.form_weight::numeric AS weight,
                -- Nothing times something unknown is nothing.
                group_rule.id IS NULL OR form_rule.id IS NULL
                    OR group_rule.is_weight_known IS TRUE AND known.group_weight = 0
                    OR form_rule.is_weight_known IS TRUE AND known.form_weight = 0
                    OR (group_rule.is_weight_known AND form_rule.is_weight_known)
                        IS TRUE AS is_weight_known,
                group_rule.id IS NULL OR COALESCE(group_rule.is_period_known, FALSE)
                    AS is_period_known,
                COALESCE(group_rule.is_confirmed AND form_rule.is_confirmed, FALSE)
                    AS is_confirmed,
                COALESCE(form_rule.is_in_total, TRUE) AS is_in_total,
                COALESCE(form_rule.is_regular, FALSE) AS is_regular,
                COALESCE(form_rule.needs_tenure, FALSE) AS needs_tenure,
                COALESCE(group_rule.counts_for_pso30 AND form_rule.counts_for_pso30
                    AND status.is_zero_hours IS NOT TRUE, FALSE) AS counts_for_pso30,
                start.day AS period_start,
                CASE WHEN start.day IS NOT NULL
                    THEN GREATEST(status.date_start, start.day) END AS counted_from,
                CASE WHEN start.day IS NOT NULL AND group_rule.is_period_known
                    AND group_rule.counting_months > 0
                    THEN %(period_end)s END AS period_end,
                CASE WHEN form_rule.max_months > 0 THEN %(form_end)s END AS form_end
            FROM (%(statuses)s) AS status
            -- The rules of the edition for group and form, where it has any.
            JOIN pso_edition edition ON %(editions)s
            LEFT JOIN pso_group_rule group_rule ON group_rule.edition_id = edition.id
                AND group_rule.group_id = status.group_id
            LEFT JOIN pso_form_rule form_rule ON form_rule.edition_id = edition.id
                AND form_rule.form_id = status.form_id
            -- What is not known weighs nothing.
            CROSS JOIN LATERAL (SELECT
                CASE WHEN group_rule.is_weight_known
                    THEN COALESCE(group_rule.weight, 0) ELSE 0 END AS group_weight,
                CASE WHEN form_rule.is_weight_known
                    THEN COALESCE(form_rule.weight, 0) ELSE 0 END AS form_weight
            ) AS known
            -- The day on which the period of the group begins, if it is known.
            CROSS JOIN LATERAL (
                SELECT CASE group_rule.counting_from
                    WHEN 'event' THEN status.date_event ELSE status.inflow END AS day
            ) AS start
            """,
            statuses=statuses or self.env["pso.status"]._sql_inflow(),
            period_end=sql_last_day_of_months(
                SQL("start.day"), SQL("group_rule.counting_months")
            ),
            form_end=sql_last_day_of_months(
                SQL("status.run_start"), SQL("form_rule.max_months")
            ),
            editions=SQL("edition.id IN (%s)", editions) if editions else SQL("TRUE"),
        )

    # -- in words ------------------------------------------------------------

    def _why(self, reason):
        """Say why a status does not count, or why it stops: the end of a sentence."""
        return {
            "no_rule": self.env._("the edition in force has no rule for it"),
            "event_missing": self.env._("the date of the event is missing"),
            "weight_unknown": self.env._("its weight is not public"),
            "no_weight": self.env._("its weight is zero"),
            "never": self.env._("by its dates it ends before it would count"),
            "no_contract": self.env._("the employee has no contract dates in Odoo"),
            "no_hours": self.env._("the contract has no hours"),
            "not_employed": self.env._("there is no employment at that time"),
            "period": self.env._("end of the counting period of the group"),
            "form": self.env._("longest period of the form of contract"),
            "status": self.env._("end of the status"),
            "employment": self.env._("end of the employment"),
        }.get(reason)

    def _note(self, row):
        """Say from when until when a status counts, and why, for who registers it."""
        start = format_date(self.env, row["counted_from"])
        if row["state"] == "not":
            return self.env._("Does not count: %(why)s", why=self._why(row["reason"]))
        if row["reason"] == "unknown":
            return self.env._(
                "From %(start)s, as long as the status lasts: the period is not public",
                start=start,
            )
        if row["reason"] == "open":
            return self.env._(
                "From %(start)s, as long as the status lasts", start=start
            )
        return self.env._(
            "From %(start)s until %(end)s: %(why)s",
            start=start,
            end=format_date(self.env, row["counted_until"]),
            why=self._why(row["reason"]),
        )

    def _statement(self, rows):
        """Say what counts of one employee now, until when and why.

        :param rows: ``{status: row}``, as of ``_of``
        :return: ``(state, sentence)``; no state for somebody without a status
        """
        if not rows:
            return False, self.env._("No target-group status is registered.")
        today = fields.Date.context_today(self)

        def rank(status, row):
            """Put what counts now first, then what prevents it, then the rest."""
            day = status.date_start.toordinal()
            if row["state"] == "counts":
                return 0, day
            holds_today = status.date_start <= today <= (status.date_end or today)
            if row["state"] == "not" and holds_today:
                return 1, day
            return (2, day) if row["state"] == "future" else (3, -day)

        status = min(rows, key=lambda status: rank(status, rows[status]))
        return rows[status]["state"], self._sentence(status, rows)

    def _sentence(self, status, rows):
        row = rows[status]
        names = {"group": status.group_id.name or "", "form": status.form_id.name or ""}
        if row["state"] == "counts":
            return self.env._(
                "Counts now for %(fte)s fte: %(group)s, %(form)s. %(until)s.",
                fte=formatLang(self.env, row["fte"]),
                until=self._until(row, rows),
                **names,
            )
        if row["state"] == "future":
            return self.env._(
                "Does not count yet: from %(start)s as %(group)s, %(form)s.",
                start=format_date(self.env, row["counted_from"]),
                **names,
            )
        if row["state"] == "ended":
            return self.env._(
                "Does not count now: counted until %(end)s as %(group)s (%(why)s).",
                end=format_date(self.env, row["counted_until"]),
                group=names["group"],
                why=self._why(row["reason"]),
            )
        return self.env._(
            "Does not count as %(group)s: %(why)s.",
            group=names["group"],
            why=self._why(row["reason"]),
        )

    def _until(self, row, rows):
        """Say when somebody stops counting, also under the statuses that follow."""
        last = next(
            (each for each in rows.values() if each["stops_on"] == row["run_until"]),
            row,
        )
        if row["run_until"]:
            return self.env._(
                "Until %(end)s: %(why)s",
                end=format_date(self.env, row["run_until"]),
                why=self._why(last["reason"]),
            )
        if row["reason"] == "unknown":
            return self.env._("As long as the status lasts: the period is not public")
        return self.env._("As long as the status lasts")
