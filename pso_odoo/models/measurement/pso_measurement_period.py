from datetime import date

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.score import Facts, exact
from .figures import FORMULA_FACTS
from .window import Window

# What the rolling year is called among the periods that every company has.
ROLLING = "rolling"
YEARS = 3


class PsoMeasurement(models.Model):
    """The window of a measurement, and those that every company has."""

    _inherit = "pso.measurement"

    def _window(self):
        """Return the window of one measurement as it is saved."""
        saved = self._origin
        saved.ensure_one()
        # What was measured of a company stays when that is archived. As superuser, as
        # the record rule has just asked: that takes no query more.
        scope = saved.sudo().with_context(active_test=False).company_ids
        days = saved.date_start, saved.date_end
        return Window(saved.company_id | scope, *days, saved.edition_id, saved.id)

    # -- the periods that every company has ------------------------------------

    def _period_keys(self, today):
        """List the keys of the periods of every company, the rolling year first."""
        years = range(today.year, today.year - YEARS, -1)
        return [ROLLING, *(f"year-{year}" for year in years)]

    def _days_of(self, key, today):
        """Return the first and the last day of a period that every company has."""
        if key == ROLLING:
            return self.env["pso.trend"]._year_to(today)
        year = int(key.removeprefix("year-"))
        return date(year, 1, 1), date(year, 12, 31)

    def _key_of(self, window):
        """Return the dashboard's key of a window, empty for days freely chosen."""
        if window.number:
            return f"measurement-{window.number}"
        today = fields.Date.context_today(self)
        days = window.start, window.end
        keys = self._period_keys(today)
        return next((key for key in keys if self._days_of(key, today) == days), "")

    def _window_of(self, company, key, today, editions=None):
        """Return the window of a period that every company has, by its key.

        :param editions: all editions, for who has read them already
        :raise UserError: without an edition of the rule book to measure by
        """
        if editions is None:
            editions = self.env["pso.edition"].sudo()._all()
        start, end = self._days_of(key, today)
        edition = editions._in_force(end)
        if not edition:
            raise UserError(self.env._("No edition of the rule book is in use."))
        window = Window(company._pso_scope(), start, end, edition)
        return window.with_env(self.env)

    def _rolling(self, company):
        """Return the window of the year to today."""
        return self._window_of(company, ROLLING, fields.Date.context_today(self))

    def _rolling_facts(self, company):
        """Return what the score of the year to today rests on, exactly.

        :return: ``(Facts, indirect_max_share, {(partner id, year): fte})``; the fte
            that were bought before they are cut off at the vendor's turnover
        """
        rolling = self.sudo()._rolling(company)
        figures = self._figures_now(rolling)
        facts = Facts(*(exact(figures[name]) for name in FORMULA_FACTS))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, year, amount_bills * fte_per_unit
                FROM (%s) AS line WHERE turnover > 0
                """,
                self.env["pso.supplier.line"]._sql_for(rolling),
            )
        )
        bought = {(partner, year): exact(fte) for partner, year, fte in rows}
        return facts, exact(rolling.edition.indirect_max_share), bought
