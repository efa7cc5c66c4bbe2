from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import columns
from ...tools.context import without_defaults
from ..purchases.account_move import PURCHASE_TYPES
from .window import Periods

# How many suppliers and years the id of a line tells apart.
PARTNERS = 2**27
YEARS = 64


class Offer(NamedTuple):
    """A supplier that counts today: fte for a unit of money, and money that counts."""

    partner_id: int
    name: str
    rate: object
    room: object


def best_first(offers):
    """Sort offers: those with most fte for the money first."""
    return sorted(offers, key=lambda offer: (-offer.rate, offer.partner_id))


class PsoSupplierLine(models.Model):
    """Which supplier adds how much to a measurement, and why (section 4)."""

    _name = "pso.supplier.line"
    _description = "Supplier in a PSO Measurement"
    _inherit = ["pso.line.report.mixin", "pso.supplier.line.mixin"]
    _auto = False
    _line_mixin = "pso.supplier.line.mixin"
    _locked_model = "pso.locked.supplier.line"

    _depends = {
        "pso.measurement": [
            "state",
            "date_start",
            "date_end",
            "edition_id",
            "company_ids",
        ],
        "pso.locked.supplier.line": ["measurement_id"],
        "pso.edition": ["aspirant_supplier_counts"],
        "pso.certificate": [
            "partner_id",
            "kind",
            "level_id",
            "date_start",
            "date_end",
            "evidence_state",
        ],
        "pso.supplier.figure": [
            "partner_id",
            "year",
            "turnover",
            "currency_id",
            "fte",
            "direct_percentage",
            "is_estimate",
        ],
        "pso.correction": ["measurement_id", "kind", "amount", "partner_id", "date"],
        "account.move": [
            "state",
            "move_type",
            "invoice_date",
            "company_id",
            "commercial_partner_id",
            "amount_untaxed_signed",
            "reversed_entry_id",
        ],
        "account.move.line": ["move_id", "balance", "display_type", "pso_excluded"],
        "res.currency.rate": ["currency_id", "name", "rate", "company_id"],
        "res.company": ["currency_id", "partner_id", "parent_path"],
    }

    @api.readonly
    @without_defaults
    def action_open_bills(self):
        """Open the bills behind this line, for who may read bills."""
        self.ensure_one()
        measurement = self.measurement_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bills of %(supplier)s", supplier=self.partner_id.name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "in", measurement.company_ids.ids),
                ("move_type", "in", PURCHASE_TYPES),
                ("state", "=", "posted"),
                ("invoice_date", ">=", measurement.date_start),
                ("invoice_date", "<=", measurement.date_end),
                *self._domain_of_year("invoice_date", "reversed_entry_id.invoice_date"),
            ],
        }

    def _domain_of_year(self, own, reversed_date):
        """Return the domain of the year's bills, refunds by the bill they reverse.

        :param own: name of the field of the bill's date
        :param reversed_date: name of the field of the date of the bill it reverses
        """
        period = self.measurement_id
        years = range(period.date_start.year, period.date_end.year + 1)
        this_year = _between(reversed_date, self.year, self.year)
        if self.year == years[0]:
            this_year |= ~_between(reversed_date, years[0], years[-1])
        is_refund = Domain("move_type", "=", "in_refund")
        is_linked = is_refund & Domain(reversed_date, "!=", False)
        return (is_linked & this_year) | (
            ~is_linked & _between(own, self.year, self.year)
        )

    def _sql_live_id(self):
        return self._sql_shuffled(
            SQL(
                "(measurement_id::bigint * %s + partner_id) * %s + year_offset",
                PARTNERS,
                YEARS,
            )
        )

    def _sql_purchases(self, periods):
        """Select what was bought in each period at who has, or had, a certificate.

        Judged on the date of the bill, a refund on that of the bill it reverses, a
        correction on its own; what a refund takes away is of the year of that bill.
        """
        return SQL(
            """
            %(bills)s
            UNION ALL
            SELECT period.id, period.edition_id, NULL, correction.partner_id,
                correction.date, correction.date,
                extract(year FROM correction.date)::int, correction.amount::numeric, 0
            FROM %(period)s AS period
            JOIN pso_correction correction ON correction.measurement_id = period.id
            WHERE correction.kind = 'purchases'
            """,
            bills=self._sql_bills(periods),
            period=periods.period,
        )

    def _sql_bills(self, periods):
        """Select the bills and refunds of each period, as ``_sql_purchases``."""
        if periods.bills:
            return SQL(
                """
                SELECT period.id AS measurement_id, period.edition_id,
                    bill.move_id, bill.partner_id, bill.date, bill.judged_on, bill.year,
                    bill.amount, bill.amount_excluded
                FROM %s AS period JOIN %s AS bill
                    ON bill.date BETWEEN period.date_start AND period.date_end
                """,
                periods.period,
                periods.bills,
            )
        columns.require(self.env, "purchases")
        return SQL(
            """
            SELECT period.id AS measurement_id, period.edition_id,
                move.id AS move_id,
                move.commercial_partner_id AS partner_id, move.invoice_date AS date,
                COALESCE(reversed.invoice_date, move.invoice_date) AS judged_on,
                extract(year FROM CASE WHEN move.move_type = 'in_refund'
                    THEN COALESCE(reversed.invoice_date, move.invoice_date)
                    ELSE move.invoice_date END)::int AS year,
                counted.amount, COALESCE(excluded.amount, 0) AS amount_excluded
            FROM %(period)s AS period
            JOIN %(scope)s AS scope ON scope.period_id = period.id
            JOIN account_move move ON move.company_id = scope.company_id
            LEFT JOIN account_move reversed ON reversed.id = move.reversed_entry_id
            -- Lines that are left out are taken off the amount of the bill.
            LEFT JOIN LATERAL (
                SELECT SUM(line.balance) AS amount FROM account_move_line line
                WHERE line.move_id = move.id AND line.pso_excluded IS TRUE
                    AND line.display_type = 'product'
            ) AS excluded ON TRUE
            CROSS JOIN LATERAL (SELECT
                -move.amount_untaxed_signed - COALESCE(excluded.amount, 0) AS amount
            ) AS counted
            WHERE move.state = 'posted' AND move.move_type IN %(types)s
                AND move.invoice_date BETWEEN period.date_start AND period.date_end
                -- Of others nothing can count, and most bills are of others. IS TRUE
                -- makes it a filter before more is read of a bill than whose it is;
                -- by the join PostgreSQL knows how few are left.
                AND (move.commercial_partner_id IN (%(vendors)s)) IS TRUE
                AND move.commercial_partner_id IN (%(vendors)s)
            """,
            period=periods.period,
            scope=periods.scope,
            types=PURCHASE_TYPES,
            vendors=periods.vendors or SQL("SELECT partner_id FROM pso_certificate"),
        )

    def _sql_is_own(self, periods, period, partner):
        """Express in SQL whether a vendor is a company of the scope (section 4).

        Such vendors are left out: what companies of one measurement sell each other is
        not a purchase.

        :param periods: where the period is found
        :param period: SQL of its number
        :param partner: SQL of a commercial partner's id
        """
        return SQL(
            """EXISTS (
                SELECT FROM %s AS own
                JOIN res_company company ON company.id = own.company_id
                WHERE own.period_id = %s AND company.partner_id = %s)""",
            periods.scope,
            period,
            partner,
        )

    def _sql_judged(self, periods, purchases):
        """Select purchases, and whether each counts by a verified certificate.

        ``is_verified`` is NULL where it does not count by any.

        :param purchases: SQL, as ``_sql_purchases``
        """
        certificates = self.env["pso.certificate"]
        return SQL(
            """
            SELECT purchase.*, edition.aspirant_supplier_counts,
                %(is_verified)s AS is_verified
            FROM (%(purchases)s) AS purchase
            -- Each has an edition, and a period below. A plain join would make
            -- PostgreSQL expect one purchase, and find the days anew for each of them.
            LEFT JOIN pso_edition edition ON edition.id = purchase.edition_id
            LEFT JOIN (%(covered)s) AS covered
                ON covered.partner_id = purchase.partner_id
                AND covered.aspirant_counts = (edition.aspirant_supplier_counts IS TRUE)
            WHERE NOT %(is_own)s
            """,
            purchases=purchases,
            is_own=self._sql_is_own(
                periods, SQL("purchase.measurement_id"), SQL("purchase.partner_id")
            ),
            covered=certificates._sql_covered(),
            is_verified=certificates._sql_is_verified(
                SQL("purchase.judged_on"), "covered"
            ),
        )

    def _sql_judged_by_year(self, periods):
        """Select judged purchases, each in the year of the period it is taken with.

        A refund of a bill of a year that is not measured is taken with the first.
        """
        return SQL(
            """
            SELECT judged.measurement_id, judged.partner_id, judged.move_id,
                judged.date, judged.judged_on, judged.amount, judged.amount_excluded,
                judged.aspirant_supplier_counts, judged.is_verified,
                CASE WHEN judged.year BETWEEN first_year AND last_year
                    THEN judged.year ELSE first_year END AS year
            FROM (%(judged)s) AS judged
            LEFT JOIN %(period)s AS period ON period.id = judged.measurement_id
            CROSS JOIN LATERAL (SELECT
                extract(year FROM period.date_start)::int AS first_year,
                extract(year FROM period.date_end)::int AS last_year
            ) AS years
            """,
            period=periods.period,
            judged=self._sql_judged(periods, self._sql_purchases(periods)),
        )

    def _sql_after_refunds(self, balance):
        """Express in SQL what counts of a year's purchases: ``score.after_refunds``.

        :param balance: SQL of what was bought on balance, in rows of ``by_year``
        """
        return SQL(
            """
            GREATEST(%(balance)s - GREATEST(
                SUM(GREATEST(-%(balance)s, 0)) OVER supplier
                - SUM(GREATEST(%(balance)s, 0)) OVER years_to_this
                + GREATEST(%(balance)s, 0), 0), 0)
            """,
            balance=balance,
        )

    def _sql_live(self, periods):
        """Select what was bought by year, what counts of it, and the fte it makes."""
        if periods.suppliers:
            return SQL("SELECT * FROM %s", periods.suppliers)
        return SQL(
            """
            SELECT total.*, company.currency_id,
                (SELECT id FROM (%(certificate)s) AS certificate) AS certificate_id,
                figure.id AS figure_id,
                figure.year AS figure_year, figure.is_estimate, figure.turnover,
                figure.fte AS supplier_fte, figure.direct_percentage,
                total.year - extract(year FROM period.date_start)::int
                    AS year_offset,
                figure.fte_per_unit,
                COALESCE(LEAST(total.amount, figure.turnover) * fte_per_unit, 0)
                    AS indirect_fte,
                COALESCE(LEAST(total.amount_proven, figure.turnover) * fte_per_unit, 0)
                    AS proven_fte,
                CASE
                    WHEN last_counted IS NULL THEN 'outside'
                    WHEN total.amount = 0 THEN 'nothing'
                    WHEN figure.id IS NULL THEN 'no_figures'
                    WHEN figure.turnover IS NULL THEN 'no_rate'
                    WHEN total.amount > figure.turnover THEN 'above_turnover'
                    WHEN figure.year < total.year THEN 'older_figures'
                    ELSE 'counts'
                END AS reason
            FROM (
                -- What is left after refunds of other years.
                SELECT by_year.*, %(amount)s AS amount,
                    %(amount_proven)s AS amount_proven
                FROM (
                    -- What was bought on balance, by supplier and year.
                    SELECT measurement_id, partner_id, year, aspirant_supplier_counts,
                        MAX(judged_on) FILTER (WHERE is_verified IS NOT NULL)
                            AS last_counted,
                        COUNT(move_id) AS bill_count,
                        COALESCE(SUM(amount) FILTER (
                            WHERE is_verified IS NOT NULL AND move_id IS NOT NULL), 0)
                            AS amount_bills,
                        COALESCE(SUM(amount) FILTER (
                            WHERE is_verified IS NOT NULL AND move_id IS NULL), 0)
                            AS amount_corrections,
                        COALESCE(SUM(amount_excluded), 0) AS amount_excluded,
                        COALESCE(SUM(amount) FILTER (WHERE is_verified IS NULL), 0)
                            AS amount_outside,
                        COALESCE(SUM(amount) FILTER (WHERE is_verified IS NOT NULL), 0)
                            AS balance,
                        COALESCE(SUM(amount) FILTER (WHERE is_verified), 0)
                            AS balance_proven
                    FROM (%(judged)s) AS judged
                    GROUP BY measurement_id, partner_id, year, aspirant_supplier_counts
                ) AS by_year
                WINDOW supplier AS (PARTITION BY measurement_id, partner_id),
                    years_to_this AS (supplier ORDER BY year)
            ) AS total
            JOIN %(period)s AS period ON period.id = total.measurement_id
            JOIN res_company company ON company.id = period.company_id
            LEFT JOIN LATERAL (%(figure)s) AS figure ON TRUE
            """,
            period=periods.period,
            judged=self._sql_judged_by_year(periods),
            amount=self._sql_after_refunds(SQL("balance")),
            amount_proven=self._sql_after_refunds(SQL("balance_proven")),
            certificate=self.env["pso.certificate"]._sql_at(
                SQL("total.partner_id"),
                SQL("total.last_counted"),
                SQL("total.aspirant_supplier_counts"),
            ),
            figure=self.env["pso.supplier.figure"]._sql_at(
                SQL("total.partner_id"), SQL("total.year"), SQL("company")
            ),
        )

    # -- what is on offer ------------------------------------------------------

    def _lacks_rate(self, periods):
        """Return whether a turnover cannot be converted for lack of a rate."""
        lines = self._sql_live(periods)
        lacking = SQL(
            "SELECT FROM (%s) AS line WHERE reason = 'no_rate' LIMIT 1", lines
        )
        return bool(self.env.execute_query(SQL("%s %s", lacking, self._sql_flush())))

    def _offers(self, window, periods=None):
        """Return the suppliers that count today, the best first, as ``Offer``.

        :param periods: those of the window, for who has them already
        """
        today = fields.Date.context_today(self)
        offers = self._sql_offers(window, today, periods)
        rows = self.env.execute_query(SQL("%s %s", offers, self._sql_flush()))
        return best_first(map(Offer._make, rows))

    def _sql_offers(self, window, today, periods=None):
        """Select the suppliers that count today, as ``Offer``: fte for the money.

        What is bought above a supplier's turnover of the year counts for nothing, nor
        does what makes good refunds of more than was bought in the period.
        """
        day = max(window.start, min(today, window.end))
        periods = periods or Periods.of([window])
        return SQL(
            """
            SELECT offer.partner_id, offer.name, offer.rate,
                GREATEST(offer.turnover - COALESCE(bought.amount, 0), 0) AS room
            FROM (
                -- Who counts today, and by which figures.
                SELECT supplier.partner_id, partner.complete_name AS name,
                    figure.turnover, figure.fte_per_unit AS rate
                FROM (SELECT DISTINCT partner_id FROM pso_certificate) AS supplier
                JOIN res_partner partner ON partner.id = supplier.partner_id
                    AND COALESCE(partner.company_id IN %(scope)s, TRUE)
                CROSS JOIN %(period)s AS period
                JOIN res_company company ON company.id = period.company_id
                JOIN LATERAL (%(certificate)s) AS certificate ON TRUE
                JOIN LATERAL (%(figure)s) AS figure ON figure.turnover > 0
                WHERE NOT %(is_own)s
            ) AS offer
            -- What has been bought there already.
            LEFT JOIN (
                SELECT partner_id, SUM(amount) FILTER (WHERE year = %(year)s) AS amount,
                    SUM(amount_bills + amount_corrections) AS balance
                FROM (%(lines)s) AS line GROUP BY partner_id
            ) AS bought ON bought.partner_id = offer.partner_id
            WHERE offer.rate > 0 AND COALESCE(bought.balance, 0) >= 0
            """,
            scope=window.companies._ids,
            is_own=self._sql_is_own(
                periods, SQL("period.id"), SQL("supplier.partner_id")
            ),
            lines=self._sql_for(window, periods),
            year=day.year,
            period=periods.period,
            certificate=self.env["pso.certificate"]._sql_at(
                SQL("supplier.partner_id"),
                SQL("%s::date", day),
                SQL("%s", window.edition.aspirant_supplier_counts),
            ),
            figure=self.env["pso.supplier.figure"]._sql_at(
                SQL("supplier.partner_id"), SQL("%s", day.year), SQL("company")
            ),
        )


def _between(fname, first_year, last_year):
    """Return the domain of dates from one year to another."""
    return Domain(fname, ">=", date(first_year, 1, 1)) & Domain(
        fname, "<=", date(last_year, 12, 31)
    )
