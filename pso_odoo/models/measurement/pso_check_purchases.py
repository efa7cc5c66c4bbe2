from odoo import models
from odoo.tools import SQL

from ...tools.registry import DUTCH_VAT, KVK
from ..purchases.account_move import PURCHASE_TYPES
from .pso_finding_mixin import checks

# A certificate is valid on a day of the period.
IS_VALID = SQL(
    "certificate.date_start <= measurement.date_end "
    "AND COALESCE(certificate.date_end, 'infinity') >= measurement.date_start"
)
# What cards have of a number, without what people write in and around it.
KVK_DIGITS = SQL("regexp_replace(company_registry, '[^0-9]', '', 'g')")
VAT_SIGNS = SQL("upper(regexp_replace(vat, '[^A-Za-z0-9]', '', 'g'))")


def _sql_numbers(of_all=False):
    """Select cards with their numbers, of KvK or VAT.

    Cards are of one organisation where they have a number in common.

    :param of_all: whether it is asked of all cards, and not of a few whose numbers are
        looked up. Most have none: the others are found by an index then.
    """
    return SQL(
        """
        SELECT id AS partner_id, 'kvk' || %(kvk)s AS number
        FROM res_partner WHERE commercial_partner_id = id
            AND company_registry ~ '[0-9]' %(filled_kvk)s
        UNION ALL
        SELECT id, 'vat' || %(vat)s
        FROM res_partner WHERE commercial_partner_id = id
            AND vat ~ '[A-Za-z0-9]{2}' %(filled_vat)s
        """,
        kvk=KVK_DIGITS,
        vat=VAT_SIGNS,
        filled_kvk=SQL("AND company_registry > ''") if of_all else SQL(),
        filled_vat=SQL("AND vat > ''") if of_all else SQL(),
    )


class PsoFindingMixin(models.AbstractModel):
    """The checks on vendors by whom something counts, or should."""

    _inherit = "pso.finding.mixin"

    def _checks(self):
        return {
            **super()._checks(),
            **checks(
                "supplier",
                "partner_id",
                no_figures="figure_year IS NULL AND amount > 0",
            ),
            **checks(
                "supplier",
                "shown_id",
                no_rate="reason = 'no_rate'",
                above_turnover="reason = 'above_turnover'",
                older_figures="figure_year < year AND amount > 0",
                outside="amount_outside <> 0",
                estimate="is_estimate AND indirect_fte > 0",
            ),
            **checks("certificate", certificate_no_proof="evidence_state = 'missing'"),
            **checks(self._sql_strays, stray="TRUE"),
            **checks(self._sql_twin_cards, twin_card="TRUE"),
            **checks(self._sql_own_cards, own_card="TRUE"),
            **checks(self._sql_wrong_numbers, wrong_number="TRUE"),
        }

    def _rows(self, periods):
        return super()._rows(periods) | {
            # What is of no measurement has no lines to show, but suppliers themselves.
            "supplier": SQL(
                """
                SELECT line.*, CASE WHEN measurement_id > 0 THEN id ELSE partner_id END
                    AS shown_id
                FROM (%s) AS line
                """,
                self.env["pso.supplier.line"]._sql_lines(periods),
            ),
            # The latest of a supplier by which purchases count.
            "counting": SQL("SELECT measurement_id, certificate_id FROM supplier"),
            "certificate": SQL(
                """
                SELECT measurement_id, certificate_id, certificate.*
                FROM counting
                JOIN pso_certificate certificate ON certificate.id = certificate_id
                """
            ),
        }

    def _sql_strays(self):
        """Select contacts of a company that have a certificate or figures."""
        return SQL(
            """
            SELECT kept.measurement_id, contact.id
            FROM (
                SELECT measurement.id AS measurement_id, partner_id
                FROM measurement JOIN pso_certificate certificate ON %s
                UNION
                SELECT measurement.id, partner_id
                FROM measurement JOIN pso_supplier_figure
                    ON year <= extract(year FROM date_end)
            ) AS kept
            JOIN res_partner contact ON contact.id = kept.partner_id
                AND contact.commercial_partner_id <> contact.id
            """,
            IS_VALID,
        )

    def _sql_twin_cards(self):
        """Select vendors with one number, one of them certified and one with bills."""
        return SQL(
            """
            -- Few numbers stand on several cards: those are all that is looked at.
            WITH shared AS (
                SELECT number, array_agg(partner_id) AS cards
                FROM (%(numbers)s) AS numbered
                GROUP BY number HAVING COUNT(*) > 1
            ),
            own AS (
                SELECT scope.measurement_id, company.partner_id
                FROM scope JOIN res_company company ON company.id = scope.company_id
            ),
            certified AS (
                SELECT measurement.id AS measurement_id, measurement.date_start,
                    measurement.date_end, certificate.partner_id
                FROM measurement JOIN pso_certificate certificate ON %(is_valid)s
            ),
            -- Neither is a company of the scope, and the other is not certified.
            twin AS (
                SELECT certified.*, other_id
                FROM shared
                CROSS JOIN unnest(cards) AS card (id)
                JOIN certified ON certified.partner_id = card.id
                CROSS JOIN unnest(cards) AS other (other_id)
                WHERE (measurement_id, card.id) NOT IN (TABLE own)
                    AND (measurement_id, other_id) NOT IN (TABLE own)
                    AND (measurement_id, other_id) NOT IN (
                        SELECT measurement_id, partner_id FROM certified)
            )
            SELECT twin.measurement_id, card.id
            FROM twin CROSS JOIN LATERAL (VALUES (partner_id), (other_id)) AS card (id)
            WHERE EXISTS (
                SELECT FROM account_move move
                JOIN scope ON scope.company_id = move.company_id
                WHERE scope.measurement_id = twin.measurement_id
                    AND move.commercial_partner_id = other_id
                    AND move.state = 'posted' AND move.move_type IN %(types)s
                    AND move.invoice_date BETWEEN twin.date_start AND twin.date_end)
            """,
            is_valid=IS_VALID,
            numbers=_sql_numbers(of_all=True),
            types=PURCHASE_TYPES,
        )

    def _sql_own_cards(self):
        """Select vendors that count and have the number of a company of the scope."""
        return SQL(
            """
            WITH numbered AS NOT MATERIALIZED (%s)
            SELECT supplier.measurement_id, supplier.partner_id AS id
            FROM supplier
            JOIN scope ON scope.measurement_id = supplier.measurement_id
            JOIN res_company company ON company.id = scope.company_id
            WHERE supplier.amount > 0 AND EXISTS (
                SELECT number FROM numbered WHERE partner_id = supplier.partner_id
                INTERSECT
                SELECT number FROM numbered WHERE partner_id = company.partner_id)
            """,
            _sql_numbers(),
        )

    def _sql_wrong_numbers(self):
        """SQL: companies and vendors that count with a number that cannot be right."""
        return SQL(
            """
            WITH party AS (
                SELECT scope.measurement_id, company.partner_id
                FROM scope JOIN res_company company ON company.id = scope.company_id
                UNION
                SELECT measurement_id, partner_id FROM supplier WHERE amount > 0
            )
            SELECT party.measurement_id, partner.id
            FROM party JOIN res_partner partner ON partner.id = party.partner_id
            LEFT JOIN res_country country ON country.id = partner.country_id
            WHERE COALESCE(country.code, 'NL') = 'NL'
                    AND TRIM(partner.company_registry) <> ''
                    AND partner.company_registry !~* %(kvk)s
                OR partner.vat ~* '^\\s*NL' AND partner.vat !~* %(vat)s
            """,
            kvk=KVK,
            vat=DUTCH_VAT,
        )
