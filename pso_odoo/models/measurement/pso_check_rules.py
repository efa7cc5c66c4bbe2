from odoo import models
from odoo.tools import SQL

from ...tools.groups import HR
from ..purchases.account_move import PURCHASE_TYPES
from .pso_finding_mixin import checks


class PsoFindingMixin(models.AbstractModel):
    """The checks on norms, companies of the scope and users who see people."""

    _inherit = "pso.finding.mixin"

    def _checks(self):
        return {
            **super()._checks(),
            **checks(self._sql_unconfirmed_norms, norm_unconfirmed="TRUE"),
            **checks(self._sql_unknown_norms, norm_unknown="TRUE"),
            **checks(
                "company",
                no_kvk="COALESCE(TRIM(company_registry), '') = '' "
                "AND is_branch IS NOT TRUE",
            ),
            **checks(self._sql_branches_outside, branch_outside="TRUE"),
            **checks(self._sql_password_alone, no_two_factor="TRUE"),
        }

    def _rows(self, periods):
        return super()._rows(periods) | {
            # A branch is certified by the number of the company it is of.
            "company": SQL(
                """
                SELECT scope.measurement_id, scope.company_id, company.id,
                    partner.company_registry,
                    (scope.measurement_id, company.parent_id) IN (
                        SELECT measurement_id, company_id FROM scope) AS is_branch
                FROM scope JOIN res_company company ON company.id = scope.company_id
                JOIN res_partner partner ON partner.id = company.partner_id
                """
            ),
        }

    def _sql_unconfirmed_norms(self):
        """Select unconfirmed norms between which the size of the company lies."""
        return SQL(
            """
            SELECT measurement.id AS measurement_id, norm.id FROM measurement
            JOIN size ON size.measurement_id = measurement.id
            JOIN LATERAL (
                SELECT norm.*,
                    LEAD(size_fte, 1, 'infinity') OVER steps > size.fte
                    AND LAG(size_fte, 1, '-infinity') OVER steps < size.fte AS is_used
                FROM pso_norm norm WHERE norm.edition_id = measurement.edition_id
                WINDOW steps AS (PARTITION BY level_id ORDER BY size_fte)
            ) AS norm ON is_used AND is_confirmed IS NOT TRUE
            """
        )

    def _sql_unknown_norms(self):
        """Select levels of the edition that have no norm."""
        return SQL(
            """
            SELECT measurement.id AS measurement_id, level.id FROM measurement
            JOIN pso_edition_pso_level_rel rel
                ON rel.pso_edition_id = measurement.edition_id
            JOIN pso_level level ON level.id = rel.pso_level_id AND level.is_computed
            WHERE NOT EXISTS (SELECT FROM pso_norm norm
                WHERE norm.edition_id = measurement.edition_id
                    AND norm.level_id = level.id)
            """
        )

    def _sql_branches_outside(self):
        """Select branches of a company of the scope that are not in the scope."""
        return SQL(
            """
            SELECT scope.measurement_id, branch.id
            FROM scope
            JOIN res_company head ON head.id = scope.company_id
            JOIN res_company branch ON branch.id <> head.id
                AND branch.parent_path LIKE head.parent_path || '%%'
            WHERE branch.id NOT IN (SELECT company_id FROM scope other
                    WHERE other.measurement_id = scope.measurement_id)
                -- Neither the branch nor any between has a number of its own.
                AND NOT EXISTS (
                    SELECT FROM res_company between_
                    JOIN res_partner own ON own.id = between_.partner_id
                    WHERE between_.id <> head.id
                        AND branch.parent_path LIKE between_.parent_path || '%%'
                        AND between_.parent_path LIKE head.parent_path || '%%'
                        AND COALESCE(own.company_registry, '') <> '')
                -- It has people, or bills of the period.
                AND (EXISTS (SELECT FROM hr_employee WHERE company_id = branch.id)
                    OR EXISTS (SELECT FROM account_move move
                        WHERE move.company_id = branch.id AND move.state = 'posted'
                            AND move.move_type IN %(types)s AND move.invoice_date
                                BETWEEN scope.date_start AND scope.date_end))
            """,
            types=PURCHASE_TYPES,
        )

    def _sql_password_alone(self):
        """Select users who see the target group and log in with a password alone.

        Where nothing in Odoo asks for more than a password, these are all of them.
        """
        groups = self.env["res.groups"]._get_group_definitions()
        target_group = groups.get_id(HR)
        has_totp = "totp_secret" in self.env["res.users"]._fields
        return SQL(
            """
            SELECT scope.measurement_id, users.id
            FROM scope
            JOIN res_company_users_rel work ON work.cid = scope.company_id
            JOIN res_users users ON users.id = work.user_id AND users.active
                AND %(lacks_it)s
            WHERE EXISTS (SELECT FROM res_groups_users_rel member
                WHERE member.uid = users.id AND member.gid = ANY(%(groups)s))
            """,
            # Of auth_totp, if it is installed; a column that no field of the ORM has.
            lacks_it=SQL(
                "COALESCE(users.totp_secret, '') = ''" if has_totp else "TRUE"
            ),
            groups=[target_group, *groups.get_subset_ids([target_group])],
        )
