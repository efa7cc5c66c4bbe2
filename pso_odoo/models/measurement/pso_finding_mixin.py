from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL


class Check(NamedTuple):
    """Where a weakness is found."""

    rows: str | Callable  # their name in ``_rows``, or a method that gives their SQL
    record: str  # SQL of the id of what is found
    condition: str | SQL


def checks(rows, record="id", **conditions):
    """Make the checks that look at the same rows, by their codes."""
    return {code: Check(rows, record, found) for code, found in conditions.items()}


class PsoFindingMixin(models.AbstractModel):
    """Find the weaknesses of measurements, for a report that counts or lists them."""

    _name = "pso.finding.mixin"
    _description = "Weaknesses of PSO Measurements"

    def _checks(self):
        """Say where each weakness is found: ``{code: Check}``.

        Another addon adds its own, and a ``pso.check.type`` that explains it.
        """
        return {}

    def _rows(self, periods):
        """Return the rows that checks look at, each of a measurement: ``{name: SQL}``.

        Each may read those before it.

        :param Periods periods: where the periods are found
        """
        return {
            # Only what is stored has a state, and fte by payroll.
            "measurement": SQL(
                """
                SELECT period.*, state, payroll_fte FROM %s AS period
                LEFT JOIN pso_measurement stored ON stored.id = period.id
                """,
                periods.period,
            ),
            "scope": SQL(
                """
                SELECT measurement.id AS measurement_id, date_start, date_end,
                    part.company_id
                FROM measurement JOIN %s AS part ON part.period_id = measurement.id
                """,
                periods.scope,
            ),
        }

    def _sql_findings(self, periods, codes=None):
        """Select findings, each record once: ``code, measurement_id, res_id``.

        :param Periods periods: where the periods are found
        :param codes: of these checks alone
        """
        looks = defaultdict(dict)
        for code, check in self._checks().items():
            if codes is None or code in codes:
                looks[check.rows][code] = check
        return SQL(
            "WITH %s %s",
            SQL(", ").join(
                SQL("%s AS (%s)", SQL.identifier(name), rows)
                for name, rows in self._rows(periods).items()
            ),
            SQL(" UNION ALL ").join(self._sql_found(*look) for look in looks.items()),
        )

    def _sql_found(self, rows, checks):
        """Select what checks find in the same rows, which are read once.

        :param checks: those that look at these rows, by their codes
        """
        return SQL(
            """
            SELECT code, measurement_id, res_id %(more)s
            FROM %(rows)s AS seen
            CROSS JOIN LATERAL (VALUES %(checks)s) AS found (code, res_id, is_found)
            -- Most rows are left out before they are asked for each check.
            WHERE is_found AND (%(any_found)s)
            GROUP BY code, measurement_id, res_id
            """,
            more=self._sql_about(rows),
            rows=SQL("(%s)", rows()) if callable(rows) else SQL.identifier(rows),
            checks=SQL(", ").join(
                SQL("(%s, %s, %s)", code, SQL(check.record), SQL(check.condition))
                for code, check in checks.items()
            ),
            any_found=SQL(" OR ").join(
                SQL("(%s)", SQL(check.condition)) for check in checks.values()
            ),
        )

    def _sql_about(self, _rows):
        """Return more columns of a finding as SQL, each after a comma."""
        return SQL()
