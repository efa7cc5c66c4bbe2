import itertools
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ...tools.score import Facts, exact
from .figures import FORMULA_FACTS

VIRTUAL_NUMBERS = itertools.count(1)
# What the rolling year is called among the periods that every company has.
ROLLING = "rolling"
YEARS = 3


class PsoMeasurement(models.Model):
    """Measurements of periods that nobody made, and what every company has of these."""

    _inherit = "pso.measurement"

    @api.model
    def _virtual(self, companies, start, end, edition):
        """A measurement in memory alone: its figures are derived as those of others.

        :param companies: the scope, the main company first
        """
        return self.new(
            {
                "name": "",
                "company_id": companies[:1].id,
                "company_ids": [Command.set(companies.ids)],
                "date_start": start,
                "date_end": end,
                "edition_id": edition.id,
                "state": "live",
                "payroll_fte": 0,
                "correction_ids": [],
            },
            # Two new records with the same reference would be one and the same.
            ref=next(VIRTUAL_NUMBERS),
        )

    def _number(self):
        """What stands for this measurement in SQL: below zero for a virtual one."""
        self.ensure_one()
        return self._origin.id or -self.id.ref

    def _by_number(self):
        return {measurement._number(): measurement for measurement in self}

    def _sql_tables(self):
        """SQL: what a query over the lines of these measurements begins with.

        A virtual measurement is in no table: common table expressions of the same
        names stand in for the tables, so that the very same SQL derives its lines.
        """
        if not self or self._origin:
            return SQL()
        measurements = [
            SQL(
                "(%s, %s, %s, %s, %s, 'live', 0.0::float)",
                measurement._number(),
                measurement.company_id._origin.id,
                measurement.edition_id._origin.id,
                measurement.date_start,
                measurement.date_end,
            )
            for measurement in self
        ]
        scope = [
            SQL("(%s, %s)", measurement._number(), company._origin.id)
            for measurement in self
            for company in measurement.company_ids
        ]
        return SQL(
            """
            WITH pso_measurement (
                id, company_id, edition_id, date_start, date_end, state, payroll_fte
            ) AS (VALUES %(measurements)s),
            pso_measurement_res_company_rel (pso_measurement_id, res_company_id)
                AS (VALUES %(scope)s)
            """,
            measurements=SQL(", ").join(measurements),
            scope=SQL(", ").join(scope),
        )

    def _days(self):
        return (self.date_end - self.date_start).days + 1

    # -- the periods that every company has ------------------------------------

    @api.model
    def _period_keys(self, today):
        """The keys of the periods that every company has, the rolling year first."""
        years = range(today.year, today.year - YEARS, -1)
        return [ROLLING, *(f"year-{year}" for year in years)]

    @api.model
    def _days_of(self, key, today):
        """The first and the last day of a period that every company has."""
        if key == ROLLING:
            return self.env["pso.trend"]._year_to(today)
        year = int(key.removeprefix("year-"))
        return date(year, 1, 1), date(year, 12, 31)

    @api.model
    def _key_of_days(self, start, end):
        """The key of the period of these days, none if every company has no such."""
        today = fields.Date.context_today(self)
        keys = self._period_keys(today)
        return next((k for k in keys if self._days_of(k, today) == (start, end)), "")

    @api.model
    def _of_days(self, company, start, end, editions=None):
        """:raise UserError: without an edition of the rule book to measure by"""
        if editions is None:
            editions = self.env["pso.edition"].sudo()._all()
        edition = editions._in_force(end)
        if not edition:
            raise UserError(self.env._("No edition of the rule book is active."))
        scope = company._pso_scope()
        return self._virtual(scope, start, end, edition)

    @api.model
    def _of_period(self, company, key, today, editions=None):
        """The measurement of a period that every company has, by its key."""
        return self._of_days(company, *self._days_of(key, today), editions)

    @api.model
    def _rolling(self, company, editions=None):
        """The measurement of the year to today, which nobody made."""
        today = fields.Date.context_today(self)
        year = self.env["pso.trend"]._year_to(today)
        return self._of_days(company, *year, editions)

    @api.model
    def _rolling_facts(self, company):
        """What the score of the year to today rests on, and its cap.

        :return: ``(Facts, indirect_max_share, {(partner id, year): fte})``, exact; the
            fte that were bought before they are cut off at the vendor's turnover
        """
        rolling = self.sudo()._rolling(company)
        figures = rolling._figures_now()
        facts = Facts(*(exact(figures[name]) for name in FORMULA_FACTS))
        rows = self.env.execute_query(
            SQL(
                """
                %s
                SELECT partner_id, year, amount_bills * fte_per_unit
                FROM (%s) AS line WHERE turnover > 0
                """,
                rolling._sql_tables(),
                self.env["pso.supplier.line"]._sql_for(rolling),
            )
        )
        bought = {(partner, year): exact(fte) for partner, year, fte in rows}
        return facts, exact(rolling.edition_id.indirect_max_share), bought
