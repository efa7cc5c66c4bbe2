from odoo import fields, models
from odoo.tools import SQL, format_date


class PsoStatusPeriod(models.Model):
    """When a status counts under an edition, whatever the measurement (section 3)."""

    _name = "pso.status.period"
    _description = "Counting Period of a PSO Status"
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
    reason = fields.Selection(
        [
            ("no_rule", "No rule"),
            ("event_missing", "Event missing"),
            ("weight_unknown", "Weight unknown"),
            ("no_weight", "Weight zero"),
            ("never", "Over before it starts"),
            ("period", "Limited by the group"),
            ("form", "Limited by the form of contract"),
            ("status", "Limited by the status"),
            ("unknown", "Unknown period"),
            ("open", "No end"),
        ],
        readonly=True,
    )

    _depends = {
        "pso.status": [
            "employee_id",
            "group_id",
            "form_id",
            "date_start",
            "date_end",
            "date_inflow_manual",
            "date_event",
            "is_zero_hours",
            "evidence_state",
        ],
        "pso.edition": ["date_from"],
        "pso.group.rule": [
            "edition_id",
            "group_id",
            "weight",
            "is_weight_known",
            "counting_months",
            "is_period_known",
            "counting_from",
            "counts_for_pso30",
            "is_confirmed",
        ],
        "pso.form.rule": [
            "edition_id",
            "form_id",
            "weight",
            "is_weight_known",
            "max_months",
            "is_in_total",
            "is_regular",
            "needs_tenure",
            "counts_for_pso30",
            "is_confirmed",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT status_id::bigint * 8192 + edition_id AS id,
                status_id, edition_id, employee_id, period_start, period_end, form_end,
                counted_from, LEAST(date_end, period_end, form_end) AS counted_until,
                CASE
                    WHEN NOT has_rule THEN 'no_rule'
                    WHEN counted_from IS NULL THEN 'event_missing'
                    WHEN NOT is_weight_known THEN 'weight_unknown'
                    WHEN weight = 0 THEN 'no_weight'
                    WHEN LEAST(date_end, period_end, form_end) < counted_from
                        THEN 'never'
                    WHEN LEAST(period_end, form_end) IS NULL AND NOT is_period_known
                        THEN 'unknown'
                    WHEN period_end <= LEAST(date_end, form_end, 'infinity')
                        THEN 'period'
                    WHEN form_end <= COALESCE(date_end, 'infinity') THEN 'form'
                    WHEN date_end IS NOT NULL THEN 'status'
                    ELSE 'open'
                END AS reason
            FROM (%s) AS period
            """,
            self._sql_periods(),
        )

    def _sql_periods(self):
        """SQL: every status under every edition, with its rules and their limits.

        The counting period of a group runs from inflow or event to start + n months
        - 1 day; that of a form from the first day of its unbroken run. Nothing counts
        outside the status itself.
        """
        return SQL(
            """
            SELECT
                status.id AS status_id, status.employee_id, status.group_id,
                status.form_id, status.date_start, status.date_end,
                status.is_zero_hours, status.evidence_state, edition.id AS edition_id,
                group_rule.id IS NOT NULL AND form_rule.id IS NOT NULL AS has_rule,
                COALESCE(group_rule.weight, 0) AS group_weight,
                COALESCE(form_rule.weight, 0) AS form_weight,
                COALESCE(group_rule.weight::numeric * form_rule.weight::numeric, 0)
                    AS weight,
                COALESCE(group_rule.is_weight_known AND form_rule.is_weight_known, TRUE)
                    AS is_weight_known,
                COALESCE(group_rule.is_period_known, TRUE) AS is_period_known,
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
                CASE WHEN group_rule.counting_months > 0 THEN (start.day
                    + make_interval(months => group_rule.counting_months))::date - 1
                END AS period_end,
                CASE WHEN form_rule.max_months > 0 THEN (status.run_start
                    + make_interval(months => form_rule.max_months))::date - 1
                END AS form_end
            FROM (%(statuses)s) AS status
            CROSS JOIN pso_edition edition
            LEFT JOIN pso_group_rule group_rule ON group_rule.edition_id = edition.id
                AND group_rule.group_id = status.group_id
            LEFT JOIN pso_form_rule form_rule ON form_rule.edition_id = edition.id
                AND form_rule.form_id = status.form_id
            CROSS JOIN LATERAL (
                SELECT CASE group_rule.counting_from
                    WHEN 'event' THEN status.date_event ELSE status.inflow END AS day
            ) AS start
            """,
            statuses=self.env["pso.status"]._sql_inflow(),
        )

    def _explanation(self):
        """In words, for the person who registers the status: until when, and why."""
        self.ensure_one()
        start = format_date(self.env, self.counted_from)
        end = format_date(self.env, self.counted_until)
        edition = self.edition_id.display_name
        texts = {
            "no_rule": self.env._(
                "Does not count: %(edition)s does not know it", edition=edition
            ),
            "event_missing": self.env._(
                "Does not count: the date of the event is missing"
            ),
            "weight_unknown": self.env._("Counts for zero: the weight is not public"),
            "no_weight": self.env._("Counts for zero under this form of contract"),
            "never": self.env._(
                "Does not count: the period was over on %(end)s", end=end
            ),
            "period": self.env._(
                "From %(start)s until %(end)s: end of the counting period of the group",
                start=start,
                end=end,
            ),
            "form": self.env._(
                "From %(start)s until %(end)s: longest period of the form of contract",
                start=start,
                end=end,
            ),
            "status": self.env._(
                "From %(start)s until %(end)s: end of the status", start=start, end=end
            ),
            "unknown": self.env._(
                "From %(start)s, as long as the status lasts: the period is not public",
                start=start,
            ),
            "open": self.env._(
                "From %(start)s, as long as the status lasts", start=start
            ),
        }
        return texts[self.reason]
