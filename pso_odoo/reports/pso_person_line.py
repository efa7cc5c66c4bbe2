from odoo import models
from odoo.tools import SQL

from ..models.hr_version import FACTS as VERSION_FACTS

KEY_LENGTH = 12


class PsoPersonLine(models.Model):
    """Who counts for how much in a measurement, and why (section 3)."""

    _name = "pso.person.line"
    _description = "Person in a PSO Measurement (Report)"
    _inherit = ["pso.line.report", "pso.person.line.mixin"]
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
        "hr.employee": ["company_id", "current_version_id"],
        "hr.version": sorted(VERSION_FACTS),
        "resource.calendar": ["hours_per_week"],
        "res.company": [
            "pso_fulltime_hours",
            "pso_count_without_contract",
            "pso_secret",
        ],
    }

    def _sql_live_id(self):
        """Lines of one kind do not overlap: the first day tells them apart."""
        return SQL(
            """(((measurement_id::bigint * 8388608 + employee_id) * 4096
                + (date_from - period_start)) * 2 + (kind = 'group')::int)"""
        )

    def _sql_live(self, condition):
        return SQL(
            "%(staff)s UNION ALL %(group)s",
            staff=self._sql_staff(condition),
            group=self._sql_group(condition),
        )

    def _sql_employment(self, only):
        """SQL: the employment of each version, from ``first_day`` to ``last_day``.

        Active versions with an employee, of archived employees too. A version runs to
        the day before the next one, cut to its contract dates; the first one runs from
        its contract start. Where no version of an employee has a contract, from the
        first version to the departure.

        :param only: SQL condition on ``version`` that leaves whole employees out
        """
        return SQL(
            """
            SELECT version.*,
                CASE
                    WHEN has_contract AND is_first THEN contract_date_start
                    WHEN has_contract THEN GREATEST(date_version, contract_date_start)
                    ELSE date_version
                END AS first_day,
                LEAST(next_date - 1,
                    CASE WHEN has_contract THEN contract_date_end ELSE departure END
                ) AS last_day,
                MIN(CASE
                    WHEN has_contract THEN contract_date_start ELSE date_version
                END) OVER (PARTITION BY employee_id) AS hired_on
            FROM (
                SELECT version.id, version.employee_id, version.date_version,
                    version.contract_date_start, version.contract_date_end,
                    version.pso_counts, version.department_id,
                    version.work_location_id, employee.company_id,
                    current.departure_date AS departure,
                    CASE WHEN version.pso_hours_override THEN version.pso_hours_custom
                        ELSE calendar.hours_per_week END AS hours,
                    LEAD(version.date_version) OVER person AS next_date,
                    LAG(version.id) OVER person IS NULL AS is_first,
                    COUNT(version.contract_date_start) OVER (
                        PARTITION BY version.employee_id) > 0 AS has_contract
                FROM hr_version version
                JOIN hr_employee employee ON employee.id = version.employee_id
                LEFT JOIN hr_version current ON current.id = employee.current_version_id
                LEFT JOIN resource_calendar calendar
                    ON calendar.id = version.resource_calendar_id
                WHERE version.active AND %(only)s
                WINDOW person AS (
                    PARTITION BY version.employee_id ORDER BY version.date_version)
            ) AS version
            WHERE NOT has_contract OR contract_date_start IS NOT NULL
            """,
            only=only,
        )

    def _sql_stretches(self, condition, only):
        """SQL: employment within the period of each measurement, with its measures."""
        return SQL(
            """
            SELECT employment.*, measurement.id AS measurement_id,
                measurement.edition_id, measurement.date_start AS period_start,
                measurement.date_end AS period_end,
                measurement.date_end - measurement.date_start + 1 AS period_days,
                company.pso_fulltime_hours::numeric AS fulltime_hours,
                company.pso_count_without_contract AS without_contract,
                company.pso_secret AS secret,
                GREATEST(first_day, measurement.date_start) AS start_day,
                LEAST(last_day, measurement.date_end) AS end_day,
                LEAST(COALESCE(hours, 0), company.pso_fulltime_hours)::numeric
                    AS fte_hours
            FROM pso_measurement measurement
            JOIN pso_measurement_res_company_rel scope
                ON scope.pso_measurement_id = measurement.id
            JOIN res_company company ON company.id = scope.res_company_id
            JOIN (%(employment)s) AS employment ON employment.company_id = company.id
            WHERE %(condition)s AND first_day <= measurement.date_end
                AND COALESCE(last_day, 'infinity') >= measurement.date_start
                AND COALESCE(last_day, 'infinity') >= first_day
            """,
            employment=self._sql_employment(only),
            condition=condition,
        )

    def _sql_staff(self, condition):
        """SQL: a line for each stretch of employment, which makes the total fte."""
        return SQL(
            """
            SELECT measurement_id, 'staff' AS kind, employee_id, %(key)s AS key,
                company_id, department_id, work_location_id, id AS version_id,
                NULL::int AS status_id, NULL::int AS group_id, NULL::int AS form_id,
                start_day AS date_from, end_day AS date_to, days, hours, fulltime_hours,
                NULL::date AS inflow, NULL::date AS counted_from,
                NULL::date AS counted_to, days AS counted_days,
                NULL::float AS group_weight, NULL::float AS form_weight,
                TRUE AS is_rule_known, TRUE AS is_rule_confirmed,
                NULL::boolean AS is_verified,
                CASE WHEN pso_counts IS NOT TRUE THEN 'not_in_size'
                    WHEN fte_hours = 0 THEN 'no_hours' ELSE 'counts' END AS reason,
                total_hour_days, 0::numeric AS direct_hour_days,
                0::numeric AS proven_hour_days, 0::numeric AS pso30_hour_days,
                0::numeric AS pso30_regular_hour_days,
                total_hour_days / (fulltime_hours * period_days) AS total_fte,
                0::numeric AS direct_fte, period_start
            FROM (%(stretches)s) AS stretch
            CROSS JOIN LATERAL (SELECT end_day - start_day + 1 AS days) AS length
            CROSS JOIN LATERAL (SELECT
                CASE WHEN pso_counts THEN fte_hours * days ELSE 0 END AS total_hour_days
            ) AS measure
            """,
            stretches=self._sql_stretches(condition, SQL("TRUE")),
            key=self._sql_key(),
        )

    def _sql_group(self, condition):
        """SQL: a line for each status within a stretch, which makes the direct fte.

        It adds to the total fte where the person counts but the contract does not, and
        takes from it where the form of contract is not part of it.
        """
        return SQL(
            """
            SELECT measurement_id, 'group' AS kind, employee_id, %(key)s AS key,
                company_id, department_id, work_location_id, id AS version_id,
                status_id, group_id, form_id,
                day_from AS date_from, day_to AS date_to, day_to - day_from + 1 AS days,
                hours, fulltime_hours, inflow,
                CASE WHEN counted_days > 0 THEN first_counted END AS counted_from,
                CASE WHEN counted_days > 0 THEN last_counted END AS counted_to,
                counted_days, group_weight, form_weight,
                is_weight_known AND is_period_known AS is_rule_known,
                is_confirmed AS is_rule_confirmed,
                evidence_state = 'verified' AS is_verified,
                CASE
                    WHEN NOT has_rule THEN 'no_rule'
                    WHEN counted_from IS NULL THEN 'event_missing'
                    WHEN NOT employed THEN 'no_contract'
                    WHEN fte_hours = 0 THEN 'no_hours'
                    WHEN counted_from > day_to THEN 'not_started'
                    WHEN counted_days = 0 AND form_end < day_from THEN 'form_ended'
                    WHEN counted_days = 0 THEN 'period_ended'
                    WHEN NOT is_weight_known THEN 'weight_unknown'
                    WHEN weight = 0 THEN 'no_weight'
                    WHEN counted_days < day_to - day_from + 1 THEN 'partly'
                    ELSE 'counts'
                END AS reason,
                total_hour_days, direct_hour_days,
                CASE WHEN evidence_state = 'verified' THEN direct_hour_days ELSE 0 END
                    AS proven_hour_days,
                pso30_hour_days,
                CASE WHEN is_regular THEN pso30_hour_days ELSE 0 END
                    AS pso30_regular_hour_days,
                total_hour_days / (fulltime_hours * period_days) AS total_fte,
                direct_hour_days / (fulltime_hours * period_days) AS direct_fte,
                period_start
            FROM (
                SELECT stretch.*, period.status_id, period.group_id, period.form_id,
                    period.period_start AS inflow, period.group_weight,
                    period.form_weight, period.weight, period.has_rule,
                    period.is_weight_known, period.is_period_known, period.is_confirmed,
                    period.is_regular, period.evidence_state, period.counted_from,
                    period.form_end, day_from, day_to, employed, first_counted,
                    last_counted, counted_days,
                    CASE
                        WHEN pso_counts AND NOT is_in_total
                            THEN -fte_hours * (day_to - day_from + 1)
                        WHEN pso_counts IS NOT TRUE AND is_in_total AND weight > 0
                            THEN fte_hours * counted_days
                        ELSE 0
                    END AS total_hour_days,
                    fte_hours * counted_days * weight AS direct_hour_days,
                    CASE WHEN counts_for_pso30 AND weight > 0 AND (NOT needs_tenure
                        OR hours >= edition.pso30_min_hours
                        AND hired_on <= stretch.period_end
                            - make_interval(months => edition.pso30_min_months))
                        THEN fte_hours * counted_days ELSE 0 END AS pso30_hour_days
                FROM (%(stretches)s) AS stretch
                JOIN pso_edition edition ON edition.id = stretch.edition_id
                JOIN (%(periods)s) AS period
                    ON period.employee_id = stretch.employee_id
                    AND period.edition_id = stretch.edition_id
                    AND period.date_start <= stretch.end_day
                    AND COALESCE(period.date_end, 'infinity') >= stretch.start_day
                CROSS JOIN LATERAL (SELECT
                    GREATEST(period.date_start, stretch.start_day) AS day_from,
                    LEAST(period.date_end, stretch.end_day) AS day_to,
                    has_contract OR COALESCE(without_contract, FALSE) AS employed
                ) AS overlap
                CROSS JOIN LATERAL (SELECT
                    CASE WHEN employed AND has_rule
                        AND counted_from IS NOT NULL
                        THEN GREATEST(counted_from, day_from) END AS first_counted,
                    LEAST(day_to, period.period_end, form_end) AS last_counted
                ) AS counted
                CROSS JOIN LATERAL (SELECT COALESCE(
                    GREATEST(last_counted - first_counted + 1, 0), 0) AS counted_days
                ) AS counting
            ) AS line
            """,
            stretches=self._sql_stretches(
                condition, SQL("employee.id IN (SELECT employee_id FROM pso_status)")
            ),
            periods=self.env["pso.status.period"]._sql_periods(),
            key=self._sql_key(),
        )

    def _sql_key(self):
        """SQL: what stands for a person in exports, the same from year to year."""
        return SQL(
            """'P-' || upper(left(encode(sha256(convert_to(
                secret || ':' || employee_id, 'UTF8')), 'hex'), %s))""",
            KEY_LENGTH,
        )
