from odoo import fields, models
from odoo.tools import SQL

from ..people.hr_employee import sql_persons
from .look import found_once
from .pso_finding_mixin import checks

# Fte by payroll and by Odoo are the same to the hundredth, or somebody should look.
PAYROLL_TOLERANCE = 0.005


class PsoFindingMixin(models.AbstractModel):
    """The checks on staff, statuses, employment and how many people there are.

    What is counted where facts of employment contradict each other is said in
    docs/employment.md.
    """

    _inherit = "pso.finding.mixin"

    def _checks(self):
        return {
            **super()._checks(),
            **checks(
                "staff",
                "employee_id",
                no_contract="NOT has_contract",
                # Employed as far as all else says.
                archived=SQL(
                    "is_archived AND COALESCE(employed_to, 'infinity') >= %s",
                    self._today(),
                ),
            ),
            **checks("staff", "version_id", no_hours="reason = 'no_hours'"),
            **checks(self._sql_duplicates, duplicate="TRUE"),
            **checks(
                "size",
                payroll="payroll_fte > 0 AND "
                f"ABS(payroll_fte - fte) >= {PAYROLL_TOLERANCE}",
                too_small="fte < min_fte",
                nobody="id NOT IN "
                "(SELECT measurement_id FROM targeted WHERE is_direct)",
            ),
            **checks(
                "status",
                no_proof="evidence_state = 'missing'",
                event_missing="reason = 'event_missing' AND date_event IS NULL",
                weight_unknown="reason = 'weight_unknown'",
                no_rule="reason = 'no_rule'",
                period_unknown="NOT is_rule_known AND reason <> 'weight_unknown'",
            ),
            **checks(self._sql_never_employed, never_employed="TRUE"),
            **checks(self._sql_departures, departure="TRUE"),
            **checks(self._sql_contract_over, contract_over="TRUE"),
            **checks(
                self._sql_contract_days,
                contract_gap="NOT has_contract",
                contract_days="has_contract",
            ),
            **checks(self._sql_other_company, other_company="TRUE"),
        }

    def _rows(self, periods):
        return super()._rows(periods) | {
            **found_once(self.env, periods),
            # The few of whom more is asked.
            "odd": SQL(
                """
                SELECT * FROM (
                    SELECT employee_id, company_id, has_contract, is_archived, is_mixed,
                        is_elsewhere, NOT is_archived AND alone_until = 'infinity'
                            AND last_possible_day < %s AS is_over
                    FROM employment
                ) AS employment
                WHERE is_mixed OR is_elsewhere OR is_over
                """,
                self._today(),
            ),
            "status": SQL(
                """
                SELECT measurement_id, reason, is_rule_known, is_direct, status_id,
                    status.*
                FROM targeted JOIN pso_status status ON status.id = status_id
                """
            ),
        }

    def _sql_duplicates(self):
        """Select employees who are one person, by whatever they share."""
        namesakes = self.env["hr.employee"]._pso_namesakes()
        if not namesakes:
            return SQL("SELECT 0 AS measurement_id, 0 AS id WHERE FALSE")
        return SQL(
            """
            SELECT measurement_id, unnest(array_agg(DISTINCT employee_id)) AS id
            FROM staff JOIN %s AS card (id, number) ON card.id = employee_id
            GROUP BY measurement_id, number HAVING COUNT(DISTINCT employee_id) > 1
            """,
            sql_persons(namesakes),
        )

    def _sql_never_employed(self):
        """Select statuses of the period on whose days the person is not employed."""
        return SQL(
            """
            SELECT scope.measurement_id, status.id
            FROM pso_status status
            JOIN hr_employee employee ON employee.id = status.employee_id
            JOIN scope ON scope.company_id = employee.company_id
            WHERE status.date_start <= scope.date_end
                AND COALESCE(status.date_end, 'infinity') >= scope.date_start
                AND NOT EXISTS (
                    SELECT FROM member
                    WHERE member.employee_id = status.employee_id
                        AND first_day <= COALESCE(status.date_end, 'infinity')
                        AND COALESCE(last_day, 'infinity')
                            >= GREATEST(status.date_start, first_day)
                )
            """
        )

    def _today(self):
        return SQL("%s::date", fields.Date.context_today(self))

    def _sql_departures(self):
        """Select whose departure is not the end of the contract, or of nothing."""
        return SQL(
            """
            SELECT scope.measurement_id, employee.id
            FROM hr_version version
            JOIN hr_employee employee ON employee.id = version.employee_id
            JOIN scope ON scope.company_id = employee.company_id
            CROSS JOIN LATERAL (SELECT departure_date AS day, CASE
                WHEN contract_date_start IS NOT NULL
                    THEN COALESCE(contract_date_end, 'infinity') END AS contract_end
            ) AS departure
            WHERE version.active AND departure_date IS NOT NULL
                AND LEAST(day, contract_end) < scope.date_end
                AND (
                    -- The days between the two are in the period.
                    (contract_end <> day AND contract_date_start <= scope.date_end
                        AND GREATEST(contract_end, day) >= scope.date_start)
                    -- It is older than the version that it stands on.
                    OR (day < date_version AND date_version <= scope.date_end
                        AND COALESCE(contract_end, 'infinity') >= scope.date_start)
                    -- The person left, did not come back, and is active.
                    OR (employee.active AND day < %(today)s AND NOT EXISTS (
                        SELECT FROM hr_version later
                        WHERE later.employee_id = employee.id AND later.active
                            AND GREATEST(later.date_version, later.contract_date_start)
                                > day))
                    -- The same contract goes on under a later version.
                    OR (employee.active IS NOT TRUE AND EXISTS (
                        SELECT FROM hr_version later
                        WHERE later.employee_id = employee.id AND later.active
                            AND later.departure_date IS NULL
                            AND later.contract_date_start
                                IS NOT DISTINCT FROM version.contract_date_start
                            AND later.date_version > GREATEST(day, version.date_version)
                            AND later.date_version <= scope.date_end
                            AND COALESCE(later.contract_date_end, 'infinity')
                                >= GREATEST(later.date_version, scope.date_start)))
                )
            """,
            today=self._today(),
        )

    def _sql_contract_over(self):
        """Select who is active though the last contract is over, or without a version.

        Either the person left, or the contract goes on and nobody has said so.
        """
        return SQL(
            """
            -- No contract goes on, and nobody said that the person left the last.
            SELECT scope.measurement_id, odd.employee_id AS id
            FROM odd JOIN scope ON scope.company_id = odd.company_id
            CROSS JOIN LATERAL (
                SELECT MAX(departure_date) >= MAX(contract_date_start) AS is_left,
                    CASE WHEN COUNT(*) = COUNT(contract_date_start)
                        THEN MAX(COALESCE(contract_date_end, 'infinity'))
                    END AS last_day
                FROM hr_version
                WHERE hr_version.employee_id = odd.employee_id AND active
            ) AS contracts
            WHERE is_over AND is_left IS NOT TRUE
                AND last_day < LEAST(scope.date_end, %(today)s)
            UNION ALL
            SELECT scope.measurement_id, employee.id
            FROM hr_employee employee
            JOIN scope ON scope.company_id = employee.company_id
            WHERE employee.active AND NOT EXISTS (
                    SELECT FROM hr_version WHERE employee_id = employee.id AND active)
                -- Nobody is looked at where as many have a last version as there are.
                AND (SELECT COUNT(*) FROM hr_employee) > (
                    SELECT COUNT(*) FROM employment WHERE alone_until = 'infinity')
            """,
            today=self._today(),
        )

    def _sql_contract_days(self):
        """Select whose versions and contracts do not fit each other in the period.

        A version without contract beside others that have one; days of a contract on
        which a version holds that is of another one, or of none; the same contract with
        two ends.
        """
        return SQL(
            """
            SELECT scope.measurement_id, employee_id AS id,
                contract_date_start IS NOT NULL AS has_contract
            FROM (
                SELECT employee_id, person.company_id, is_archived, date_version,
                    contract_date_start, contract_date_end,
                    COALESCE(LEAD(date_version) OVER person - 1, 'infinity') AS run_end,
                    LAG(id) OVER person IS NOT NULL AS has_former,
                    LAG(contract_date_start) OVER person AS former_start,
                    LAG(COALESCE(contract_date_end, 'infinity')) OVER person
                        AS former_end
                FROM hr_version version
                -- Almost everybody has one contract at most, and is not looked at.
                JOIN (
                    SELECT DISTINCT employee_id, company_id, is_archived
                    FROM odd WHERE has_contract AND is_mixed
                ) AS person USING (employee_id)
                WHERE active
                WINDOW person AS (PARTITION BY employee_id ORDER BY date_version)
            ) AS version
            JOIN scope ON scope.company_id = version.company_id
            CROSS JOIN LATERAL (
                -- Without a contract, until somebody left: that is said.
                SELECT date_version AS day_from, run_end AS day_to
                WHERE contract_date_start IS NULL AND NOT EXISTS (
                    SELECT FROM hr_version other
                    WHERE other.employee_id = version.employee_id AND other.active
                        AND other.departure_date < GREATEST(
                            date_version, scope.date_start)
                        AND (version.is_archived
                            OR other.departure_date >= date_version))
                UNION ALL
                -- Days of the contract before this version, or of the former after it.
                SELECT contract_date_start, date_version - 1
                WHERE has_former AND contract_date_start IS NOT NULL
                    AND contract_date_start IS DISTINCT FROM former_start
                UNION ALL
                SELECT date_version, LEAST(former_end, contract_date_start - 1)
                WHERE former_start <> contract_date_start
                UNION ALL
                -- One contract with two ends.
                SELECT date_version, 'infinity'
                WHERE former_start = contract_date_start
                    AND former_end <> COALESCE(contract_date_end, 'infinity')
            ) AS lost
            WHERE LEAST(day_to, scope.date_end) >= GREATEST(day_from, scope.date_start)
            """
        )

    def _sql_other_company(self):
        """Select whose version says another company than the employee."""
        return SQL(
            """
            SELECT scope.measurement_id, odd.employee_id AS id
            FROM odd
            JOIN hr_version version ON version.employee_id = odd.employee_id
                AND version.active AND version.company_id <> odd.company_id
            JOIN scope ON scope.company_id IN (odd.company_id, version.company_id)
            WHERE is_elsewhere
            """
        )
