from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools.context import without_defaults
from ...tools.groups import HR
from ...tools.suppression import up_to
from .window import Periods


class PsoCheck(models.Model):
    """How often each weakness occurs in a measurement, by the lines of its figures."""

    _name = "pso.check"
    _description = "Check of a PSO Measurement"
    _inherit = ["pso.line.report.mixin", "pso.check.mixin", "pso.finding.mixin"]
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
        "res.partner": [
            *("company_registry", "vat", "commercial_partner_id", "country_id")
        ],
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
        """Select lines of checks with the number that is shown of each."""
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

    def _to_keep(self, window):
        """Return the checks of a window as who sees totals knows them, for JSON.

        :return: ``{"checks": {type: number shown}, "findings": {type: record ids}}``,
            the findings of checks that are not personal
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT type.id, type.code, type.is_personal, line.count
                FROM (%s) AS line JOIN pso_check_type type ON type.id = line.type_id
                """,
                self._sql_for(window),
            )
        )
        found, limit = self._findings(window), window.small_group
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

    def _sql_as_of_last_night(self):
        """Select checks as they were kept, for who can change facts about persons.

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
        sees_all = self.env.user.has_group(HR)
        for check in self:
            if check.is_personal and sees_all:
                check.found = str(check.sudo().count)
            else:
                number = check.shown_count
                check.found = self._found(number, check.is_personal and number)

    def _found(self, number, is_rounded):
        """Say how many findings there are, or how many at most."""
        if is_rounded:
            return self.env._("up to %(number)s", number=number)
        return str(number)

    def _sql_live_id(self):
        return self._sql_shuffled(SQL("measurement_id::bigint * 65536 + type_id"))

    def _sql_live(self, periods):
        return SQL(
            """
            SELECT period.id AS measurement_id, type.id AS type_id, type.sequence,
                COUNT(DISTINCT finding.res_id) AS count
            FROM %(period)s AS period
            CROSS JOIN pso_check_type type
            LEFT JOIN (%(findings)s) AS finding
                ON finding.measurement_id = period.id AND finding.code = type.code
            WHERE type.code IN %(codes)s
            GROUP BY period.id, type.id, type.sequence
            """,
            codes=tuple(self._checks()),
            period=periods.period,
            findings=self._sql_findings(periods),
        )

    def _rows(self, periods):
        return super()._rows(periods) | {
            # As the total fte of the figures.
            "size": SQL(
                """
                WITH part AS (
                    SELECT measurement_id, fte_hours, fulltime_hours, total_days
                    FROM hours
                    UNION ALL
                    SELECT measurement_id, fte_hours, fulltime_hours, total_days
                    FROM targeted
                ),
                -- Divided once for each number of hours, as there are few.
                added AS (
                    SELECT measurement_id, fte_hours, fulltime_hours,
                        SUM(total_days) AS days
                    FROM part GROUP BY measurement_id, fte_hours, fulltime_hours
                )
                SELECT measurement.id AS measurement_id, measurement.*, min_fte,
                    COALESCE((
                        SELECT SUM(fte_hours::numeric * days / fulltime_hours::numeric)
                        FROM added WHERE measurement_id = measurement.id
                    ), 0) / (measurement.date_end - measurement.date_start + 1)
                    + COALESCE((
                        SELECT SUM(amount) FROM pso_correction
                        WHERE measurement_id = measurement.id AND kind = 'total_fte'
                    ), 0) AS fte
                FROM measurement
                JOIN pso_edition edition ON edition.id = measurement.edition_id
                """
            ),
        }

    def _finding_ids(self, check, window):
        """Return the ids of what a check finds today, in the model of the check.

        For who can change facts about persons they are those of last night: also which
        measurements and norms are found follows from such facts.
        """
        if self.env.user._pso_sees_kept_figures():
            measurements = self.env["pso.measurement"]
            return measurements._kept_part(window, "findings", str(check.id)) or []
        return self._findings(window, check).get(check.code, [])

    def _findings(self, window, checks=None):
        """Find what the checks find today: ``{code of the check: record ids}``.

        :param checks: of these alone
        """
        codes = self._checks().keys()
        if checks:
            codes &= set(checks.mapped("code"))
        if not codes:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT code, res_id FROM (%s) AS finding",
                self._sql_findings(Periods.of([window]), codes),
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
        return self._action_findings(self.type_id, self.measurement_id._window())

    def _action_findings(self, check, window):
        """Return the action that shows what a check finds in a window.

        :raise AccessError: if that are persons and the user is not in the PSO HR group
        """
        if check.is_personal and not self.env.user.has_group(HR):
            raise AccessError(
                self.env._(
                    "These findings are persons: only users with access to the PSO "
                    "target group see them."
                )
            )
        model, ids = check.model, self._finding_ids(check, window)
        if model == "pso.supplier.line" and not window.number:
            model = "res.partner"
        elif model == "hr.version":  # those that Odoo lists are templates
            versions = self.env["hr.version"].browse(ids)
            model, ids = "hr.employee", versions.employee_id.ids
        return {
            "type": "ir.actions.act_window",
            "name": check.name,
            "res_model": model,
            # A phone shows cards.
            "views": [[False, "list"], [False, "kanban"], [False, "form"]],
            "domain": [("id", "in", ids)],
            "context": {"active_test": False},
        }
