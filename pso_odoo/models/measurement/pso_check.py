from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools.context import without_defaults
from ...tools.suppression import up_to
from ..purchases.account_move import PURCHASE_TYPES

# Fte by payroll and by Odoo are the same to the hundredth, or somebody should look.
PAYROLL_TOLERANCE = 0.005


class PsoCheck(models.Model):
    """How often each weakness occurs in a measurement.

    A check is a query for its findings, over the very lines that make the figures.
    """

    _name = "pso.check"
    _description = "Check of a PSO Measurement (Report)"
    _inherit = ["pso.line.report.mixin", "pso.check.mixin"]
    _auto = False
    _line_mixin = "pso.check.mixin"
    _locked_model = "pso.locked.check"

    name = fields.Char(related="type_id.name")
    severity = fields.Selection(related="type_id.severity")
    explanation = fields.Text(related="type_id.explanation")
    is_personal = fields.Boolean(related="type_id.is_personal")
    shown_count = fields.Integer(
        string="Found (at most)",
        readonly=True,
        aggregator=None,
        help="How many there are; of persons the next multiple of a small group.",
    )
    found = fields.Char(
        compute="_compute_found",
        help="How many there are. Without access to the target group the number of "
        "persons is rounded up, so that a small number tells nobody who they are.",
    )

    _depends = {
        "pso.locked.check": ["measurement_id"],
        "pso.snapshot": ["measurement_id", "values"],
        "pso.person.line": ["measurement_id"],
        "pso.supplier.line": ["measurement_id"],
        "pso.measurement": ["payroll_fte"],
        "pso.norm": ["edition_id", "level_id", "size_fte", "is_confirmed"],
        "pso.edition": ["min_fte", "level_ids"],
        "hr.version": ["company_id"],
        "res.partner": ["company_registry", "vat", "commercial_partner_id"],
        "pso.check.type": ["is_personal"],
        "res.company": ["pso_small_group", "user_ids", "parent_id", "parent_path"],
        "res.users": ["active", "group_ids"],
    }

    @property
    def _table_query(self):
        if self.env.user._pso_sees_kept_figures():
            return self._sql_as_of_last_night()
        return self._sql_shown(super()._table_query)

    def _sql_shown(self, lines):
        """SQL: lines with the number that is shown of each."""
        return SQL(
            """
            SELECT line.*, CASE
                WHEN type.is_personal THEN CEIL(line.count::numeric / (%(limit)s))::int
                    * (%(limit)s)
                ELSE line.count
                END AS shown_count
            FROM (%(lines)s) AS line
            JOIN pso_check_type type ON type.id = line.type_id
            """,
            lines=lines,
            limit=SQL(
                """
                SELECT MAX(company.pso_small_group)
                FROM pso_measurement_res_company_rel rel
                JOIN res_company company ON company.id = rel.res_company_id
                WHERE rel.pso_measurement_id = line.measurement_id
                """
            ),
        )

    # -- as of last night ----------------------------------------------------

    @api.model
    def _to_keep(self, measurement):
        """What is kept of a measurement, virtual or not, as who sees totals knows it.

        :return: ``{"checks": {type: number shown}, "findings": {type: record ids}}``,
            findings of checks that are not personal; values for JSON
        """
        limit = max(measurement.company_ids._origin.mapped("pso_small_group"))
        rows = self.env.execute_query(
            SQL(
                """
                %s
                SELECT type.id, type.code, type.is_personal, line.count
                FROM (%s) AS line JOIN pso_check_type type ON type.id = line.type_id
                """,
                measurement._sql_tables(),
                self._sql_for(measurement),
            )
        )
        found = self._findings(measurement)
        return {
            "checks": {
                str(number): up_to(count, limit) if is_personal else count
                for number, _code, is_personal, count in rows
            },
            "findings": {
                str(number): found.get(code, [])
                for number, code, is_personal, _count in rows
                if not is_personal
            },
        }

    @api.model
    def _sql_as_of_last_night(self):
        """SQL: the checks as they were kept, for who can change facts about persons.

        Of a locked measurement of which nothing is kept yet, those that are frozen.
        """
        locked = self.env[self._locked_model]._sql_kept()
        return SQL(
            """
            WITH kept AS (%(latest)s)
            SELECT (kept.measurement_id::bigint * 65536 + type.id) * 2 AS id,
                kept.measurement_id, type.id AS type_id, type.sequence,
                found.number::int AS count, found.number::int AS shown_count
            FROM kept
            CROSS JOIN jsonb_each_text(kept.values -> 'checks') AS found (type, number)
            JOIN pso_check_type type ON type.id = found.type::int
            UNION ALL
            SELECT id, measurement_id, type_id, sequence, shown_count, shown_count
            FROM (%(locked)s) AS locked
            """,
            latest=self.env["pso.snapshot"]._sql_latest(),
            locked=self._sql_shown(
                SQL(
                    """
                    SELECT id::bigint * 2 + 1 AS id, %s FROM %s WHERE measurement_id
                        NOT IN (SELECT measurement_id FROM kept)
                    """,
                    self._sql_columns(),
                    locked,
                )
            ),
        )

    @api.depends("shown_count")
    @api.depends_context("uid", "lang")
    def _compute_found(self):
        sees_all = self.env.user.has_group("pso_odoo.group_pso_hr")
        for check in self:
            if check.is_personal and sees_all:
                check.found = str(check.sudo().count)
            else:
                number = check.shown_count
                check.found = self._found(number, check.is_personal and number)

    @api.model
    def _found(self, number, is_rounded):
        """A number of findings in words."""
        if is_rounded:
            return self.env._("up to %(number)s", number=number)
        return str(number)

    def _sql_live_id(self):
        return self._sql_shuffled(SQL("measurement_id::bigint * 65536 + type_id"))

    def _sql_live(self, condition):
        return SQL(
            """
            SELECT measurement.id AS measurement_id, type.id AS type_id, type.sequence,
                COUNT(DISTINCT finding.res_id) AS count
            FROM pso_measurement measurement
            CROSS JOIN pso_check_type type
            LEFT JOIN (%(findings)s) AS finding
                ON finding.measurement_id = measurement.id AND finding.code = type.code
            WHERE %(condition)s
            GROUP BY measurement.id, type.id, type.sequence
            """,
            findings=self._sql_findings(condition),
            condition=condition,
        )

    @api.model
    def _sql_findings(self, condition):
        """SQL: every finding of every check: ``code, measurement_id, res_id``.

        A virtual measurement has no lines to show: of a check on supplier lines it has
        the suppliers themselves.

        A check of another addon adds its ``SELECT`` here and a ``pso.check.type``.
        """
        People = self.env["pso.person.line"]
        Suppliers = self.env["pso.supplier.line"]
        measurements = SQL(
            "SELECT measurement.* FROM pso_measurement measurement WHERE %s", condition
        )
        return SQL(
            """
            WITH measurement AS (%(measurements)s),
            person AS (
                -- No more columns than the checks look at: these rows are kept.
                SELECT measurement_id, kind, employee_id, version_id, status_id, reason,
                    is_rule_known, has_contract, fulltime_hours, fte_hours, total_days,
                    employed_to,
                    direct_hour_days > 0 AS is_direct
                FROM (%(people)s) AS line
            ),
            supplier AS (%(suppliers)s),
            scope AS (
                SELECT measurement.id AS measurement_id,
                    rel.res_company_id AS company_id,
                    measurement.date_start, measurement.date_end
                FROM measurement JOIN pso_measurement_res_company_rel rel
                    ON rel.pso_measurement_id = measurement.id
            ),
            size AS (
                SELECT measurement.id AS measurement_id, COALESCE(staff.fte, 0)
                    + COALESCE((SELECT SUM(amount) FROM pso_correction
                        WHERE measurement_id = measurement.id
                            AND kind = 'total_fte'), 0)
                    AS fte
                FROM measurement
                LEFT JOIN LATERAL (
                    SELECT SUM(fte_hours::numeric * days / fulltime_hours::numeric)
                        / (measurement.date_end - measurement.date_start + 1) AS fte
                    FROM (
                        SELECT fte_hours, fulltime_hours, SUM(total_days) AS days
                        FROM person WHERE measurement_id = measurement.id
                        GROUP BY fte_hours, fulltime_hours
                    ) AS person
                ) AS staff ON TRUE
            )
            %(staff)s UNION ALL %(employment)s UNION ALL %(statuses)s
            UNION ALL %(purchases)s UNION ALL %(cards)s UNION ALL %(rules)s
            UNION ALL %(branches)s UNION ALL %(access)s
            """,
            measurements=measurements,
            people=People._sql_live(condition),
            suppliers=Suppliers._sql_lines(
                SQL("%s AND measurement.state = 'live'", condition),
                SQL("measurement_id IN (SELECT id FROM measurement)"),
            ),
            staff=self._sql_staff_findings(),
            employment=self._sql_employment_findings(),
            statuses=self._sql_status_findings(),
            purchases=self._sql_purchase_findings(),
            cards=self._sql_card_findings(),
            branches=self._sql_branch_findings(),
            rules=self._sql_rule_findings(),
            access=self._sql_access_findings(),
        )

    def _sql_staff_findings(self):
        return SQL(
            """
            SELECT DISTINCT 'no_contract' AS code, measurement_id, employee_id AS res_id
            FROM person WHERE kind = 'staff' AND NOT has_contract
            UNION ALL
            SELECT 'no_hours', measurement_id, version_id
            FROM person WHERE kind = 'staff' AND reason = 'no_hours'
            UNION ALL
            SELECT 'duplicate', measurement_id, employee_id
            FROM (
                SELECT measurement_id, employee_id,
                    COUNT(*) OVER (PARTITION BY measurement_id, number) AS cards
                FROM (
                    SELECT DISTINCT measurement_id, employee_id, number
                    FROM person JOIN (%(namesakes)s) AS namesake (id, number)
                        ON namesake.id = employee_id
                    WHERE kind = 'staff'
                ) AS card
            ) AS namesake
            WHERE cards > 1
            UNION ALL
            SELECT 'payroll', id, id FROM measurement JOIN size ON measurement_id = id
            WHERE payroll_fte > 0 AND ABS(payroll_fte - size.fte) >= %(tolerance)s
            UNION ALL
            SELECT 'too_small', measurement.id, measurement.id FROM measurement
            JOIN size ON size.measurement_id = measurement.id
            JOIN pso_edition edition ON edition.id = measurement.edition_id
            WHERE size.fte < edition.min_fte
            """,
            tolerance=PAYROLL_TOLERANCE,
            namesakes=self._sql_namesakes(),
        )

    def _sql_namesakes(self):
        """SQL: employees who are one person, by whatever they share, and which one."""
        namesakes = self.env["hr.employee"]._pso_namesakes()
        if not namesakes:
            return SQL("SELECT 0, 0 WHERE FALSE")
        rows = (SQL("%s", row) for row in namesakes.items())
        return SQL("VALUES %s", SQL(", ").join(rows))

    def _sql_status_findings(self):
        return SQL(
            """
            SELECT DISTINCT 'no_proof', measurement_id, status_id FROM person
            JOIN pso_status status ON status.id = status_id
            WHERE status.evidence_state = 'missing'
            UNION ALL
            SELECT DISTINCT reason, measurement_id, status_id FROM person
            WHERE reason IN ('weight_unknown', 'event_missing', 'no_rule')
            UNION ALL
            SELECT DISTINCT 'period_unknown', measurement_id, status_id FROM person
            WHERE kind = 'group' AND NOT is_rule_known AND reason <> 'weight_unknown'
            UNION ALL
            SELECT 'never_employed', scope.measurement_id, status.id
            FROM pso_status status
            JOIN hr_employee employee ON employee.id = status.employee_id
            JOIN scope ON scope.company_id = employee.company_id
            WHERE status.date_start <= scope.date_end
                AND COALESCE(status.date_end, 'infinity') >= scope.date_start
                AND NOT EXISTS (
                    SELECT FROM (%(employment)s) AS employment
                    WHERE employment.employee_id = status.employee_id
                        AND first_day <= COALESCE(status.date_end, 'infinity')
                        AND COALESCE(last_day, 'infinity')
                            >= GREATEST(status.date_start, first_day)
                )
            UNION ALL
            SELECT 'nobody', measurement.id, measurement.id FROM measurement
            WHERE NOT EXISTS (
                SELECT FROM person WHERE person.measurement_id = measurement.id
                    AND is_direct)
            """,
            employment=self.env["hr.version"]._sql_pso_employment(
                SQL("SELECT employee_id FROM pso_status")
            ),
        )

    def _sql_purchase_findings(self):
        return SQL(
            """
            SELECT 'no_figures', measurement_id, partner_id FROM supplier
            WHERE reason = 'no_figures'
            UNION ALL
            SELECT reason, measurement_id, %(shown)s FROM supplier
            WHERE reason IN ('no_rate', 'above_turnover')
            UNION ALL
            SELECT 'older_figures', measurement_id, %(shown)s FROM supplier
            WHERE figure_year < year AND amount > 0
            UNION ALL
            SELECT 'outside', measurement_id, %(shown)s FROM supplier
            WHERE amount_outside <> 0
            UNION ALL
            SELECT 'estimate', measurement_id, %(shown)s FROM supplier
            WHERE is_estimate AND indirect_fte > 0
            UNION ALL
            SELECT DISTINCT 'certificate_no_proof', measurement_id, certificate_id
            FROM supplier
            JOIN pso_certificate certificate ON certificate.id = certificate_id
            WHERE certificate.evidence_state = 'missing'
            """,
            shown=SQL("CASE WHEN measurement_id > 0 THEN id ELSE partner_id END"),
        )

    def _sql_rule_findings(self):
        return SQL(
            """
            SELECT 'norm_unconfirmed', measurement.id, norm.id FROM measurement
            JOIN size ON size.measurement_id = measurement.id
            JOIN LATERAL (
                SELECT norm.*,
                    LEAD(size_fte, 1, 'infinity') OVER steps > size.fte
                    AND LAG(size_fte, 1, '-infinity') OVER steps < size.fte AS is_used
                FROM pso_norm norm WHERE norm.edition_id = measurement.edition_id
                WINDOW steps AS (PARTITION BY level_id ORDER BY size_fte)
            ) AS norm ON is_used AND is_confirmed IS NOT TRUE
            UNION ALL
            SELECT 'norm_unknown', measurement.id, level.id FROM measurement
            JOIN pso_edition_pso_level_rel rel
                ON rel.pso_edition_id = measurement.edition_id
            JOIN pso_level level ON level.id = rel.pso_level_id AND level.is_computed
            WHERE NOT EXISTS (SELECT FROM pso_norm norm
                WHERE norm.edition_id = measurement.edition_id
                    AND norm.level_id = level.id)
            UNION ALL
            SELECT 'no_kvk', scope.measurement_id, company.id FROM scope
            JOIN res_company company ON company.id = scope.company_id
            JOIN res_partner partner ON partner.id = company.partner_id
            WHERE COALESCE(partner.company_registry, '') = '' AND NOT EXISTS (
                -- A branch is certified by the number of the company it is of.
                SELECT FROM scope head WHERE head.measurement_id = scope.measurement_id
                    AND head.company_id = company.parent_id)
            """
        )

    def _sql_access_findings(self):
        """SQL: users who see the target group and log in with a password alone.

        Where nothing in Odoo asks for more than a password, these are all of them.
        """
        groups = self.env["res.groups"]._get_group_definitions()
        target_group = groups.get_id("pso_odoo.group_pso_hr")
        has_totp = "totp_secret" in self.env["res.users"]._fields
        return SQL(
            """
            SELECT 'no_two_factor', scope.measurement_id, users.id
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

    def _sql_card_findings(self):
        """SQL: vendors by whom something does not count that should, or the reverse.

        Cards are of one organisation where they have a number in common: of KvK or VAT,
        without what people write in and around it.
        """
        return SQL(
            """
            SELECT 'stray', measurement.id, contact.id FROM measurement
            JOIN pso_certificate certificate ON %(is_valid)s
            JOIN res_partner contact ON contact.id = certificate.partner_id
                AND contact.commercial_partner_id <> contact.id
            UNION ALL
            SELECT 'stray', measurement.id, contact.id FROM measurement
            JOIN pso_supplier_figure figure
                ON figure.year <= extract(year FROM measurement.date_end)
            JOIN res_partner contact ON contact.id = figure.partner_id
                AND contact.commercial_partner_id <> contact.id
            UNION ALL
            SELECT 'twin_card', twin.measurement_id, card.id FROM (
                WITH numbered AS (%(numbers)s),
                certified AS (
                    SELECT measurement.id AS measurement_id, measurement.date_start,
                        measurement.date_end, certificate.partner_id
                    FROM measurement JOIN pso_certificate certificate ON %(is_valid)s
                ),
                own AS (
                    SELECT scope.measurement_id, company.partner_id FROM scope
                    JOIN res_company company ON company.id = scope.company_id
                )
                SELECT certified.measurement_id, certified.partner_id,
                    other.partner_id AS other_id
                FROM certified
                JOIN numbered ON numbered.partner_id = certified.partner_id
                JOIN numbered other ON other.number = numbered.number
                    AND other.partner_id <> certified.partner_id
                WHERE (certified.measurement_id, other.partner_id) NOT IN (
                        SELECT measurement_id, partner_id FROM certified)
                    AND (certified.measurement_id, other.partner_id) NOT IN (
                        SELECT measurement_id, partner_id FROM own)
                    AND (certified.measurement_id, certified.partner_id) NOT IN (
                        SELECT measurement_id, partner_id FROM own)
                    AND EXISTS (
                        SELECT FROM account_move move JOIN scope
                            ON scope.company_id = move.company_id
                        WHERE scope.measurement_id = certified.measurement_id
                            AND move.commercial_partner_id = other.partner_id
                            AND move.state = 'posted' AND move.move_type IN %(types)s
                            AND move.invoice_date
                                BETWEEN certified.date_start AND certified.date_end)
            ) AS twin
            CROSS JOIN LATERAL (VALUES (partner_id), (other_id)) AS card (id)
            UNION ALL
            SELECT 'own_card', supplier.measurement_id, supplier.partner_id
            FROM supplier
            JOIN scope ON scope.measurement_id = supplier.measurement_id
            JOIN res_company company ON company.id = scope.company_id
            WHERE supplier.amount > 0 AND EXISTS (
                SELECT number FROM (%(numbers)s) AS numbered
                WHERE partner_id = supplier.partner_id
                INTERSECT
                SELECT number FROM (%(numbers)s) AS numbered
                WHERE partner_id = company.partner_id)
            """,
            is_valid=SQL(
                "certificate.date_start <= measurement.date_end AND COALESCE("
                "certificate.date_end, 'infinity') >= measurement.date_start"
            ),
            numbers=SQL(
                """
                SELECT id AS partner_id,
                    'kvk' || regexp_replace(company_registry, '[^0-9]', '', 'g')
                    AS number
                FROM res_partner
                WHERE commercial_partner_id = id AND company_registry ~ '[0-9]'
                UNION ALL
                SELECT id, 'vat' || upper(regexp_replace(vat, '[^A-Za-z0-9]', '', 'g'))
                FROM res_partner
                WHERE commercial_partner_id = id AND vat ~ '[A-Za-z0-9]{2}'
                """
            ),
            types=PURCHASE_TYPES,
        )

    def _sql_branch_findings(self):
        """SQL: branches that belong to a company of the scope, and are not in it."""
        return SQL(
            """
            SELECT DISTINCT 'branch_outside', scope.measurement_id, branch.id
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
                AND (EXISTS (SELECT FROM hr_employee WHERE company_id = branch.id)
                    OR EXISTS (SELECT FROM account_move move
                        WHERE move.company_id = branch.id AND move.state = 'posted'
                            AND move.move_type IN %(types)s AND move.invoice_date
                                BETWEEN scope.date_start AND scope.date_end))
            """,
            types=PURCHASE_TYPES,
        )

    @api.model
    def _finding_ids(self, check, measurement):
        """The ids of the findings as they are today, in the model of the check.

        Also which measurements and norms are found follows from facts about persons.
        """
        if measurement._sees_kept():
            return measurement._kept_part("findings", str(check.id)) or []
        return self._findings(measurement, check).get(check.code, [])

    @api.model
    def _findings(self, measurement, checks=None):
        """The ids of the findings as they are today, by the code of the check.

        :param checks: of these alone
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "%s SELECT DISTINCT code, res_id FROM (%s) AS finding WHERE %s",
                measurement._sql_tables(),
                self._sql_findings(SQL("measurement.id = %s", measurement._number())),
                SQL("code IN %s", tuple(checks.mapped("code")))
                if checks
                else SQL("TRUE"),
            )
        )
        found = defaultdict(list)
        for code, res_id in rows:
            found[code].append(res_id)
        return found

    @api.readonly
    @without_defaults
    def action_open_findings(self):
        """Show the records that a check found.

        :raise AccessError: if they are persons and the user is not in the PSO HR group
        """
        self.ensure_one()
        self.check_access("read")
        return self._action_findings(self.type_id, self.measurement_id)

    @api.model
    def _action_findings(self, check, measurement):
        """As ``action_open_findings``, for a measurement that may be virtual."""
        if check.is_personal and not self.env.user.has_group("pso_odoo.group_pso_hr"):
            raise AccessError(
                self.env._(
                    "These findings are persons: only users with access to the PSO "
                    "target group see them."
                )
            )
        model, ids = check.model, self._finding_ids(check, measurement)
        if model == "pso.supplier.line" and not measurement._origin:
            model = "res.partner"
        return {
            "type": "ir.actions.act_window",
            "name": check.name,
            "res_model": model,
            "views": [[False, "list"], [False, "form"]],
            "domain": [("id", "in", ids)],
            "context": {"active_test": False},
        }
