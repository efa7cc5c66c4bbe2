from datetime import date

from odoo import api, models
from odoo.tools import SQL

from ..models.account_move import PURCHASE_TYPES

# How many suppliers and years the id of a line tells apart.
PARTNERS = 2**27
YEARS = 64


class PsoSupplierLine(models.Model):
    """Which supplier adds how much to a measurement, and why (section 4)."""

    _name = "pso.supplier.line"
    _description = "Supplier in a PSO Measurement (Report)"
    _inherit = ["pso.line.report", "pso.supplier.line.mixin"]
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
    def action_open_bills(self):
        """The supplier's bills of this line, for who may read bills."""
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
                (
                    "invoice_date",
                    ">=",
                    max(measurement.date_start, date(self.year, 1, 1)),
                ),
                (
                    "invoice_date",
                    "<=",
                    min(measurement.date_end, date(self.year, 12, 31)),
                ),
            ],
        }

    def _sql_live_id(self):
        return self._sql_shuffled(
            SQL(
                "(measurement_id::bigint * %s + partner_id) * %s + year_offset",
                PARTNERS,
                YEARS,
            )
        )

    def _sql_purchases(self, condition):
        """SQL: what was bought in each period at who has, or had, a certificate.

        Judged on the date of the bill, a refund on that of the bill it reverses, a
        correction on its own. Suppliers that are companies of the scope are left out:
        what companies of one measurement sell each other is not a purchase.
        """
        return SQL(
            """
            SELECT measurement.id AS measurement_id, measurement.edition_id,
                move.id AS move_id,
                move.commercial_partner_id AS partner_id, move.invoice_date AS date,
                COALESCE(reversed.invoice_date, move.invoice_date) AS judged_on,
                -move.amount_untaxed_signed - COALESCE(excluded.amount, 0) AS amount,
                COALESCE(excluded.amount, 0) AS amount_excluded
            FROM pso_measurement measurement
            JOIN pso_measurement_res_company_rel scope
                ON scope.pso_measurement_id = measurement.id
            JOIN account_move move ON move.company_id = scope.res_company_id
            LEFT JOIN account_move reversed ON reversed.id = move.reversed_entry_id
            LEFT JOIN LATERAL (
                SELECT SUM(line.balance) AS amount FROM account_move_line line
                WHERE line.move_id = move.id AND line.pso_excluded IS TRUE
                    AND line.display_type = 'product'
            ) AS excluded ON TRUE
            WHERE %(condition)s AND move.state = 'posted'
                AND move.move_type IN %(types)s
                AND move.invoice_date
                    BETWEEN measurement.date_start AND measurement.date_end
                AND move.commercial_partner_id IN (
                    SELECT partner_id FROM pso_certificate)
            UNION ALL
            SELECT measurement.id, measurement.edition_id, NULL, correction.partner_id,
                correction.date, correction.date, correction.amount::numeric, 0
            FROM pso_measurement measurement
            JOIN pso_correction correction ON correction.measurement_id = measurement.id
            WHERE %(condition)s AND correction.kind = 'purchases'
            """,
            condition=condition,
            types=PURCHASE_TYPES,
        )

    def _sql_judged(self, purchases):
        """SQL: purchases, and whether each counts by a certificate that is verified.

        ``is_verified`` is NULL where it does not count by any.

        :param purchases: SQL, as ``_sql_purchases``
        """
        return SQL(
            """
            SELECT purchase.*, extract(year FROM purchase.date)::int AS year,
                edition.aspirant_supplier_counts, is_verified
            FROM (%(purchases)s) AS purchase
            JOIN pso_edition edition ON edition.id = purchase.edition_id
            CROSS JOIN LATERAL (%(certificate)s) AS certificate
            WHERE NOT EXISTS (
                SELECT FROM pso_measurement_res_company_rel scope
                JOIN res_company company ON company.id = scope.res_company_id
                WHERE scope.pso_measurement_id = purchase.measurement_id
                    AND company.partner_id = purchase.partner_id
            )
            """,
            purchases=purchases,
            certificate=self.env["pso.certificate"]._sql_is_verified(
                SQL("purchase.partner_id"),
                SQL("purchase.judged_on"),
                SQL("edition.aspirant_supplier_counts"),
            ),
        )

    def _sql_live(self, condition):
        return SQL(
            """
            SELECT total.*, company.currency_id,
                (SELECT id FROM (%(certificate)s) AS certificate) AS certificate_id,
                figure.id AS figure_id,
                figure.year AS figure_year, figure.is_estimate, figure.turnover,
                figure.fte AS supplier_fte, figure.direct_percentage,
                total.year - extract(year FROM measurement.date_start)::int
                    AS year_offset,
                COALESCE(LEAST(total.amount, figure.turnover) * fte_per_turnover, 0)
                    AS indirect_fte,
                COALESCE(
                    LEAST(total.amount_proven, figure.turnover) * fte_per_turnover, 0)
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
                    GREATEST(COALESCE(SUM(amount) FILTER (
                        WHERE is_verified IS NOT NULL), 0), 0) AS amount,
                    GREATEST(COALESCE(SUM(amount) FILTER (WHERE is_verified), 0), 0)
                        AS amount_proven
                FROM (%(judged)s) AS judged
                GROUP BY measurement_id, partner_id, year, aspirant_supplier_counts
            ) AS total
            JOIN pso_measurement measurement ON measurement.id = total.measurement_id
            JOIN res_company company ON company.id = measurement.company_id
            LEFT JOIN LATERAL (%(figure)s) AS figure ON TRUE
            CROSS JOIN LATERAL (SELECT
                figure.fte * figure.direct_percentage / (100 * figure.turnover)
                AS fte_per_turnover
            ) AS factor
            """,
            judged=self._sql_judged(self._sql_purchases(condition)),
            certificate=self.env["pso.certificate"]._sql_at(
                SQL("total.partner_id"),
                SQL("total.last_counted"),
                SQL("total.aspirant_supplier_counts"),
            ),
            figure=self.env["pso.supplier.figure"]._sql_at(
                SQL("total.partner_id"), SQL("total.year"), SQL("company")
            ),
        )
