from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import columns
from . import hours

# What the lines read of a version: a change of these drops figures already read.
# The company is that of the employee.
VERSION_FACTS = {*columns.READ["people"]["hr.version"], *hours.ENTERED} - {"company_id"}


def _index_of_number(column):
    return models.Index(
        f"(TRIM({column}), employee_id) INCLUDE ({column}) "
        f"WHERE active AND employee_id IS NOT NULL AND {column} IS NOT NULL"
    )


class HrVersion(models.Model):
    _inherit = "hr.version"

    _figures_rest_on = _pso_facts_traced = frozenset(VERSION_FACTS)
    _pso_look = "pso.status"

    pso_counts = fields.Boolean(
        prefetch="pso",
        string="Counts in Total Fte",
        default=True,
        groups="pso_odoo.group_pso_hr",
        help="Whether this person is part of the size of the organisation for PSO: the "
        "total fte by which every percentage is divided and the norm is chosen. "
        "Somebody who counts for the target group is part of it in any case.",
    )
    pso_hours_override = fields.Boolean(
        prefetch="pso",
        string="Other Contract Hours",
        groups="pso_odoo.group_pso_hr",
        help="Fill in the contract hours yourself, where they differ from those of the "
        "working schedule: for instance for a fully flexible one, which has none.",
    )
    pso_hours_custom = fields.Float(
        prefetch="pso",
        string="Contract Hours",
        groups="pso_odoo.group_pso_hr",
        help="Hours a week by contract. PSO counts fte by contract hours, up to full "
        "time, and not by the hours that were worked.",
    )
    pso_hours = fields.Float(
        string="PSO Hours a Week",
        compute="_compute_pso_hours",
        groups="pso_odoo.group_pso_hr",
        help="Contract hours a week by which this person counts for PSO: those of the "
        "working schedule, unless other hours are filled in. Divided by the full-time "
        "hours of the company they make fte.",
    )

    _pso_hours_custom_positive = models.Constraint(
        "CHECK (pso_hours_custom >= 0 AND pso_hours_custom <= 168)",
        "Contract hours for PSO lie between 0 and 168 a week.",
    )
    # Who has the same number as another stands beside him, whether all have one or few.
    _pso_identification = _index_of_number("identification_id")
    _pso_passport = _index_of_number("passport_id")
    _pso_ssn = _index_of_number("ssnid")
    # What few versions have is found without a look at all of them.
    _pso_departure = models.Index(
        "(employee_id) WHERE active AND departure_date IS NOT NULL"
    )

    def write(self, vals):
        return self.env["pso.trace"]._traced(self, vals, super().write)

    def copy_data(self, default=None):
        return hours.copy_data(self, super().copy_data, default)

    def copy(self, default=None):
        return hours.copy(self, super().copy, default)

    @api.depends(
        "pso_hours_override", "pso_hours_custom", "resource_calendar_id.hours_per_week"
    )
    def _compute_pso_hours(self):
        for version in self:
            if version.pso_hours_override:
                version.pso_hours = version.pso_hours_custom
            else:
                version.pso_hours = version.resource_calendar_id.hours_per_week

    # -- employment, for the SQL reports ---------------------------------------

    def _sql_pso_employment(self, only=None, found=None, days=None, with_checks=True):
        """Select the employment of each version, ``first_day`` to ``last_day``.

        Active versions with an employee, of archived employees too. A version runs to
        the day before the next one, cut to its contract dates; the first one runs from
        its contract start. Where no version of an employee has a contract, from the
        first version on; where one has, a version without does not count.

        A departure ends on that day whatever began before it, also under an open
        contract. What begins later is a return. See docs/employment.md.

        From ``alone_from`` to ``alone_until`` no other version of the employee holds.

        :param only: SQL of the ids of the employees that are wanted, else all
        :param found: the name under which the statement has it already, of everybody
        :param days: the first and the last day that are asked for; left out is what
            lies on others, unless it is of somebody who ever had a status
        :param with_checks: whether what the checks look at is left in: the last version
            of somebody, and one beside one of another contract
        """
        if found:
            wanted = SQL("employee_id IN (%s)", only) if only else SQL("TRUE")
            return SQL("SELECT * FROM %s WHERE %s", found, wanted)
        return SQL(
            """
            SELECT version.*, employee.company_id, employee.pso_key_salt AS key_salt,
                employee.active IS NOT TRUE AS is_archived,
                CASE WHEN version.pso_hours_override THEN version.pso_hours_custom
                    ELSE calendar.hours_per_week END AS hours,
                -- Only who begins after a departure is looked at for the others: as a
                -- join it would be made for everybody.
                LEAST(last_possible_day, CASE
                    WHEN first_departure >= first_day THEN first_departure
                    WHEN first_departure < first_day THEN (%(departure)s)
                END) AS last_day,
                CASE WHEN is_first THEN '-infinity' ELSE date_version END AS alone_from,
                COALESCE(next_date - 1, 'infinity') AS alone_until,
                first_company <> employee.company_id
                    OR last_company <> employee.company_id AS is_elsewhere
            -- No CTEs here: with one, PostgreSQL would join this apart from the query
            -- that it is a part of, and look up employees who are left out.
            FROM (
                -- Until the next version begins or the contract ends.
                SELECT walk.*, LEAST(next_date - 1, contract_date_end)
                        AS last_possible_day,
                    CASE
                        WHEN NOT has_contract THEN date_version
                        WHEN is_first THEN contract_date_start
                        ELSE GREATEST(date_version, contract_date_start)
                    END AS first_day
                FROM (%(walk)s) AS walk
                WHERE NOT has_contract OR contract_date_start IS NOT NULL
            ) AS version
            JOIN hr_employee employee ON employee.id = version.employee_id
            LEFT JOIN %(calendars)s AS calendar
                ON calendar.id = version.resource_calendar_id
            WHERE %(asked)s
            """,
            asked=self._sql_pso_asked(*days, with_checks) if days else SQL("TRUE"),
            calendars=columns.sql_table(
                self.env, "resource.calendar", "hours_per_week"
            ),
            walk=self._sql_pso_versions(only),
            departure=self._sql_pso_departure(),
        )

    def _sql_pso_asked(self, first, last, with_checks):
        """Express in SQL whether a version may concern some days, or the checks."""
        return SQL(
            """(
            LEAST(last_possible_day, %(last)s) >= GREATEST(first_day, %(first)s)
                OR %(checks)s
                OR version.employee_id IN (SELECT employee_id FROM pso_status))
            """,
            last=last,
            first=first,
            checks=SQL("next_date IS NULL OR is_mixed")
            if with_checks
            else SQL("FALSE"),
        )

    def _sql_pso_versions(self, only=None):
        """Select the active versions of each person in order, with what is beside them.

        What is sorted is kept small, and joined with the rest afterwards. Of all their
        versions together: whether they are of more than one contract, counting none as
        one, and the first and the last of their companies.
        """
        columns.require(self.env, "people")
        return SQL(
            """
            SELECT id, employee_id, date_version, contract_date_start,
                contract_date_end, pso_counts, department_id, work_location_id,
                pso_hours_override, pso_hours_custom, resource_calendar_id,
                LEAD(date_version) OVER person AS next_date,
                LAG(id) OVER person IS NULL AS is_first,
                COUNT(contract_date_start) OVER person > 0 AS has_contract,
                MIN(departure_date) OVER person AS first_departure,
                -- What is looked at by the checks, and costs nothing elsewhere.
                MIN(terms) OVER person < MAX(terms) OVER person AS is_mixed,
                MIN(company_id) OVER person AS first_company,
                MAX(company_id) OVER person AS last_company
            FROM (
                -- Sorting few columns is faster than the order of an index.
                SELECT id, employee_id, date_version, contract_date_start,
                    contract_date_end, departure_date, pso_counts, department_id,
                    work_location_id, pso_hours_override, pso_hours_custom,
                    resource_calendar_id, company_id,
                    -- Begin and end of a contract as one number, to compare it at once.
                    COALESCE((contract_date_start - DATE '0001-01-01')::bigint << 22
                        | (COALESCE(contract_date_end, '9999-12-31')
                            - DATE '0001-01-01'), 0) AS terms
                FROM hr_version
                WHERE active AND employee_id IS NOT NULL AND %(only)s OFFSET 0
            ) AS version
            WINDOW person AS (
                PARTITION BY employee_id ORDER BY date_version
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
            """,
            only=SQL("employee_id IN (%s)", only) if only else SQL("TRUE"),
        )

    def _sql_pso_departure(self):
        """Select the departure that ends a version, as ``left_on``.

        The first one on or after the day on which the version begins to count, or the
        version's own, unless its contract starts later still. Of an archived employee
        also an earlier one under the same contract: then nobody came back, and the
        version was planned before the departure was.
        """
        return SQL(
            """
            SELECT COALESCE(
                MIN(other.departure_date) FILTER (
                    WHERE other.departure_date >= version.first_day
                        OR other.id = version.id AND COALESCE(
                            version.contract_date_start <= other.departure_date, TRUE)),
                CASE WHEN employee.active IS NOT TRUE THEN
                    MAX(other.departure_date) FILTER (
                        WHERE other.date_version < version.date_version
                            AND other.contract_date_start
                                IS NOT DISTINCT FROM version.contract_date_start)
                END) AS left_on
            FROM hr_version other
            WHERE other.employee_id = version.employee_id AND other.active
                AND other.departure_date IS NOT NULL
            """
        )

    def _sql_pso_tenure(self, employment):
        """Select employment with the first and last day of the row it is part of.

        What follows on the next day, in whatever version or contract, goes on with it.
        """
        return SQL(
            """
            WITH step AS (
                -- Whether a row begins: nothing ends on the day before.
                SELECT employment.*, (LAG(last_day) OVER (
                    PARTITION BY employee_id ORDER BY first_day) >= first_day - 1
                ) IS NOT TRUE AS is_new
                FROM (%(employment)s) AS employment
                WHERE COALESCE(last_day, 'infinity') >= first_day
            ),
            -- The rows of each employee, numbered.
            run AS (
                SELECT step.*, COUNT(*) FILTER (WHERE is_new) OVER (
                    PARTITION BY employee_id ORDER BY first_day) AS run_number
                FROM step
            )
            SELECT run.*, MIN(first_day) OVER run AS hired_on,
                MAX(COALESCE(last_day, 'infinity')) OVER run AS employed_until
            FROM run
            WINDOW run AS (PARTITION BY employee_id, run_number)
            """,
            employment=employment,
        )
