from odoo import fields, models
from odoo.tools import SQL


class PsoCheck(models.Model):
    """The checks on facts of employment that contradict each other.

    What is counted where they do is said in docs/employment.md.
    """

    _inherit = "pso.check"

    def _sql_employment_findings(self):
        """SQL: employees whose facts contradict each other in the period."""
        return SQL(
            """
            %(archived)s UNION ALL %(departure)s UNION ALL %(unsaid)s
            UNION ALL %(versions)s UNION ALL %(company)s
            """,
            archived=self._sql_archived(),
            departure=self._sql_departures(),
            unsaid=self._sql_contract_over(),
            versions=self._sql_contract_days(),
            company=self._sql_other_company(),
        )

    def _today(self):
        return SQL("%s::date", fields.Date.context_today(self))

    def _sql_archived(self):
        """SQL: who is archived, and employed as far as all else says."""
        return SQL(
            """
            SELECT DISTINCT 'archived', measurement_id, employee_id
            FROM person JOIN hr_employee employee ON employee.id = employee_id
            WHERE kind = 'staff' AND employee.active IS NOT TRUE
                AND COALESCE(employed_to, 'infinity') >= %s
            """,
            self._today(),
        )

    def _sql_departures(self):
        """SQL: whose departure is not the end of the contract, or of nothing at all.

        The days between the two are in the period, or the person left and is active,
        or the departure is older than the version that it stands on.
        """
        return SQL(
            """
            SELECT DISTINCT 'departure', scope.measurement_id, employee.id
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
                    (contract_end <> day AND contract_date_start <= scope.date_end
                        AND GREATEST(contract_end, day) >= scope.date_start)
                    OR (day < date_version AND date_version <= scope.date_end
                        AND COALESCE(contract_end, 'infinity') >= scope.date_start)
                    OR (employee.active AND day < %(today)s AND NOT EXISTS (
                        SELECT FROM hr_version later
                        WHERE later.employee_id = employee.id AND later.active
                            AND GREATEST(later.date_version, later.contract_date_start)
                                > day))
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
        """SQL: who is active, though the last contract is over or there is no version.

        Either the person left, or the contract goes on and nobody has said so.
        """
        return SQL(
            """
            SELECT 'contract_over', scope.measurement_id, employee.id
            FROM hr_employee employee
            JOIN scope ON scope.company_id = employee.company_id
            WHERE employee.active
                AND NOT EXISTS (SELECT FROM hr_version version
                    WHERE version.employee_id = employee.id AND version.active
                        AND (contract_date_start IS NULL
                            OR COALESCE(contract_date_end, 'infinity')
                                >= LEAST(scope.date_end, %(today)s)))
                AND NOT EXISTS (SELECT FROM hr_version version
                    WHERE version.employee_id = employee.id AND version.active
                        AND departure_date >= ALL (
                            SELECT contract_date_start FROM hr_version other
                            WHERE other.employee_id = employee.id AND other.active))
            """,
            today=self._today(),
        )

    def _sql_contract_days(self):
        """SQL: whose versions and contracts do not fit each other in the period.

        A version without contract beside others that have one; days of a contract on
        which a version holds that is of another one, or of none; the same contract with
        two ends.
        """
        return SQL(
            """
            SELECT DISTINCT CASE WHEN contract_date_start IS NULL THEN 'contract_gap'
                ELSE 'contract_days' END, scope.measurement_id, employee.id
            FROM (
                SELECT employee_id, date_version, contract_date_start,
                    contract_date_end,
                    COALESCE(LEAD(date_version) OVER person - 1, 'infinity') AS run_end,
                    LAG(id) OVER person IS NOT NULL AS has_former,
                    LAG(contract_date_start) OVER person AS former_start,
                    LAG(COALESCE(contract_date_end, 'infinity')) OVER person
                        AS former_end
                FROM hr_version version
                -- Almost everybody has one contract at most, and is not looked at.
                WHERE active AND employee_id IN (
                    SELECT employee_id FROM hr_version
                    WHERE active AND employee_id IS NOT NULL GROUP BY employee_id
                    HAVING COUNT(contract_date_start) > 0
                        AND (COUNT(contract_date_start) < COUNT(*)
                            OR MIN(contract_date_start) < MAX(contract_date_start)
                            OR MIN(COALESCE(contract_date_end, 'infinity'))
                                < MAX(COALESCE(contract_date_end, 'infinity'))))
                WINDOW person AS (PARTITION BY employee_id ORDER BY date_version)
            ) AS version
            JOIN hr_employee employee ON employee.id = version.employee_id
            JOIN scope ON scope.company_id = employee.company_id
            CROSS JOIN LATERAL (
                -- Without a contract, until somebody left: that is said.
                SELECT date_version AS day_from, run_end AS day_to
                WHERE contract_date_start IS NULL AND NOT EXISTS (
                    SELECT FROM hr_version other
                    WHERE other.employee_id = version.employee_id AND other.active
                        AND other.departure_date < GREATEST(
                            date_version, scope.date_start)
                        AND (employee.active IS NOT TRUE
                            OR other.departure_date >= date_version))
                UNION ALL
                SELECT contract_date_start, date_version - 1
                WHERE has_former AND contract_date_start IS NOT NULL
                    AND contract_date_start IS DISTINCT FROM former_start
                UNION ALL
                SELECT date_version, LEAST(former_end, contract_date_start - 1)
                WHERE former_start <> contract_date_start
                UNION ALL
                SELECT date_version, 'infinity'
                WHERE former_start = contract_date_start
                    AND former_end <> COALESCE(contract_date_end, 'infinity')
            ) AS lost
            WHERE LEAST(day_to, scope.date_end) >= GREATEST(day_from, scope.date_start)
            """
        )

    def _sql_other_company(self):
        """SQL: whose version says another company than the employee."""
        return SQL(
            """
            SELECT DISTINCT 'other_company', scope.measurement_id, employee.id
            FROM hr_version version
            JOIN hr_employee employee ON employee.id = version.employee_id
            JOIN scope ON scope.company_id IN (employee.company_id, version.company_id)
            WHERE version.active AND version.company_id <> employee.company_id
            """
        )
