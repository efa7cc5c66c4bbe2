from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...models.measurement.pso_finding_mixin import checks
from ...models.measurement.pso_quality_answer import CRITERIA
from ...models.measurement.window import STORED
from ...tools.context import without_defaults
from ...tools.groups import HR, MANAGER
from ...tools.labels import selection_label

# What can be missing, the worst of each area first.
KINDS = {
    "event_missing": "Date of the event is missing",
    "no_proof": "Status without proof",
    "not_verified": "Proof of status not verified",
    "no_file": "No file with the proof of status",
    "no_basis": "No legal basis recorded",
    "not_informed": "Person not informed",
    "no_figures": "Certified supplier without figures",
    "certificate_no_proof": "Certificate without proof",
    "certificate_not_verified": "Certificate not verified",
    "certificate_no_file": "No file of the certificate",
    "certificate_no_number": "Certificate without number",
    "older_figures": "Supplier figures of an earlier year",
    "estimate": "Supplier figures are an estimate",
    "no_source": "Supplier figures without source",
    "quality_open": "Quality criterion not answered",
    "quality_unexplained": "Quality criterion not met, not explained",
    "no_kvk": "Company without KvK number",
}
# How many kinds and records the id of a row tells apart.
KIND_NUMBERS = 32
RECORDS = 2**27
# What a row may be about.
COLUMNS = (
    *("employee_id", "status_id", "partner_id", "certificate_id", "figure_id"),
    *("criterion", "company_id"),
)
# The area of the rows that checks look at, and what a row is about there.
PARTS = {
    "status": ("people", "employee_id", "status_id"),
    "certificate": ("purchases", "partner_id", "certificate_id"),
    "supplier": ("purchases", "partner_id", "figure_id"),
    "pso_quality_answer": ("quality", "criterion"),
    "company": ("company", "company_id"),
}


class PsoMissingProof(models.Model):
    """What the auditor of a measurement would ask for and not find.

    Of what counts in the measurement. For a locked one that is what counted when it was
    locked; whether its proof is there is always said as of now. Rows about people are
    for the PSO HR group alone, by record rule: even how many there are would tell.
    """

    _name = "pso.missing.proof"
    _description = "Missing Proof of a PSO Measurement"
    _inherit = ["pso.report.mixin", "pso.logged.read.mixin", "pso.finding.mixin"]
    _auto = False
    _order = "measurement_id desc, sequence, id"

    measurement_id = fields.Many2one("pso.measurement", readonly=True)
    is_latest = fields.Boolean(
        string="Latest Measurement",
        compute="_compute_is_latest",
        search="_search_is_latest",
        help="Of the measurement of each company that ends last.",
    )
    area = fields.Selection(
        [
            ("people", "People"),
            ("purchases", "Purchases"),
            ("quality", "Quality"),
            ("company", "Company"),
        ],
        readonly=True,
    )
    kind = fields.Selection(
        list(KINDS.items()), string="What Is Missing", readonly=True
    )
    severity = fields.Selection(
        [("error", "Error"), ("warning", "Warning"), ("info", "For information")],
        readonly=True,
    )
    # By its aggregate groups are sorted: what is worst of each area comes first.
    sequence = fields.Integer(readonly=True, aggregator="min")
    employee_id = fields.Many2one("hr.employee", readonly=True, groups=HR)
    status_id = fields.Many2one("pso.status", readonly=True, groups=HR)
    partner_id = fields.Many2one("res.partner", string="Supplier", readonly=True)
    certificate_id = fields.Many2one("pso.certificate", readonly=True)
    figure_id = fields.Many2one("pso.supplier.figure", readonly=True)
    criterion = fields.Selection(CRITERIA, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    subject = fields.Char(
        string="Of What",
        compute="_compute_subject",
        help="The status, certificate, figures, criterion or company. A status is said "
        "without the person.",
    )
    explanation = fields.Text(
        string="What to Do", compute="_compute_explanation", compute_sudo=True
    )

    _depends = {
        "pso.measurement": ["state", "company_ids"],
        "pso.person.line": ["measurement_id"],
        "pso.supplier.line": ["measurement_id"],
        "pso.status": [
            "employee_id",
            "evidence_state",
            "date_event",
            "legal_basis",
            "date_informed",
        ],
        "pso.certificate": ["partner_id", "kind", "number", "evidence_state"],
        "pso.supplier.figure": ["partner_id", "year", "source", "is_estimate"],
        "pso.quality.answer": ["measurement_id", "criterion", "answer", "explanation"],
        "res.company": ["partner_id", "parent_id"],
        "res.partner": ["company_registry"],
        "pso.check.type": ["code", "severity"],
    }

    # -- the rows --------------------------------------------------------------

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT %(id)s AS id, code AS kind, finding.*, kind.sequence, type.severity
            FROM (%(findings)s) AS finding
            JOIN (VALUES %(kinds)s) AS kind (code, sequence) USING (code)
            LEFT JOIN pso_check_type type USING (code)
            """,
            id=self._sql_shuffled(
                SQL(
                    "(measurement_id::bigint * %s + kind.sequence) * %s + res_id",
                    KIND_NUMBERS,
                    RECORDS,
                )
            ),
            findings=self._sql_findings(STORED),
            kinds=SQL(", ").join(
                SQL("(%s, %s)", kind, number) for number, kind in enumerate(KINDS)
            ),
        )

    def _checks(self):
        """Say where checks about proof are found, and what else the auditor asks for.

        Of a status that does not count, nothing is asked but the date of its event.
        """
        found = {
            **super()._checks(),
            **checks(
                "status",
                no_proof="is_direct AND evidence_state = 'missing'",
                not_verified="is_direct AND evidence_state = 'received'",
                no_file=SQL("is_direct AND %s", self._sql_no_file("pso.status")),
                no_basis="is_direct AND legal_basis IS NULL",
                not_informed="is_direct AND date_informed IS NULL",
            ),
            **checks(
                "supplier",
                "partner_id",
                older_figures="figure_year < year",
                estimate="is_estimate",
                no_source="figure_id IS NOT NULL AND COALESCE(TRIM(source), '') = ''",
            ),
            **checks(
                "certificate",
                certificate_not_verified="evidence_state = 'received'",
                certificate_no_file=self._sql_no_file("pso.certificate"),
                certificate_no_number="kind = 'pso' "
                "AND COALESCE(TRIM(number), '') = ''",
            ),
            **checks(
                "pso_quality_answer",
                quality_open="answer = 'open'",
                quality_unexplained="answer = 'unmet' "
                "AND COALESCE(TRIM(explanation), '') = ''",
            ),
        }
        return {kind: found[kind] for kind in KINDS}

    def _rows(self, periods):
        """Look at what counts, or counted when it was locked, and its proof of now.

        Of rows that are named once PostgreSQL derives no more than is asked for.
        """
        return super()._rows(periods) | {
            "targeted": SQL(
                """
                SELECT measurement_id, status_id, reason, is_rule_known,
                    direct_hour_days > 0 AS is_direct
                FROM (%s) AS line WHERE kind = 'group'
                """,
                self.env["pso.person.line"]._table_query,
            ),
            "supplier": SQL(
                """
                SELECT line.measurement_id, line.partner_id, line.year, line.amount,
                    figure.id AS figure_id, figure.year AS figure_year,
                    figure.is_estimate, figure.source
                FROM (%s) AS line
                LEFT JOIN LATERAL (
                    SELECT * FROM pso_supplier_figure figure
                    WHERE partner_id = line.partner_id AND figure.year <= line.year
                    ORDER BY figure.year DESC LIMIT 1
                ) AS figure ON TRUE
                WHERE line.amount > 0
                """,
                self.env["pso.supplier.line"]._table_query,
            ),
            "counting": self._sql_counting(periods),
        }

    def _sql_about(self, rows):
        """Return the area of a finding as SQL, and the columns that all areas have."""
        area, *shown = PARTS[rows]
        columns = (
            SQL(
                "%s::%s AS %s",
                SQL("MAX(%s)", SQL.identifier(name)) if name in shown else None,
                SQL(self._fields[name].column_type[0]),
                SQL.identifier(name),
            )
            for name in COLUMNS
        )
        return SQL(", %s AS area, %s", area, SQL(", ").join(columns))

    def _sql_no_file(self, model):
        """Express in SQL that there is proof of a record, and no file."""
        files = self.env[model]._fields["attachment_ids"]
        return SQL(
            "evidence_state <> 'missing' AND id NOT IN (SELECT %s FROM %s)",
            SQL.identifier(files.column1),
            SQL.identifier(files.relation),
        )

    def _sql_counting(self, periods):
        """Select all certificates by which purchases of the period count.

        In a locked measurement, of suppliers that counted when it was locked.
        """
        lines = self.env["pso.supplier.line"]
        return SQL(
            """
            SELECT DISTINCT judged.measurement_id, certificate.id AS certificate_id
            FROM (%(judged)s) AS judged
            JOIN measurement ON measurement.id = judged.measurement_id
            CROSS JOIN LATERAL (%(certificate)s) AS certificate
            WHERE judged.amount <> 0 AND (measurement.state = 'live' OR EXISTS (
                SELECT FROM pso_locked_supplier_line line
                WHERE line.measurement_id = judged.measurement_id
                    AND line.partner_id = judged.partner_id AND line.amount > 0))
            """,
            judged=lines._sql_judged(periods, lines._sql_purchases(periods)),
            certificate=self.env["pso.certificate"]._sql_at(
                SQL("judged.partner_id"),
                SQL("judged.judged_on"),
                SQL("judged.aspirant_supplier_counts"),
            ),
        )

    # -- in words --------------------------------------------------------------

    @api.depends("kind")
    def _compute_display_name(self):
        """Name a row without its record: the name travels further than the row."""
        for row in self:
            row.display_name = selection_label(row, "kind")

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_subject(self):
        for row in self:
            if row.area == "people":
                row.subject = row.status_id.display_name
            elif row.area == "purchases":
                row.subject = row.certificate_id.display_name or self.env._(
                    "Figures of %(year)s", year=row._figure_year()
                )
            else:
                row.subject = selection_label(row, "criterion") or row.company_id.name

    def _figure_year(self):
        """Return the year of the figures; of missing ones, that they are wanted of."""
        return self.figure_id.year or self.measurement_id.sudo().date_end.year

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_explanation(self):
        types = self.env["pso.check.type"].search([("code", "in", self.mapped("kind"))])
        texts = {type.code: type.explanation for type in types}
        for row in self:
            row.explanation = texts.get(row.kind)

    # -- which measurement -----------------------------------------------------

    def _compute_is_latest(self):
        latest = self._latest()
        for row in self:
            row.is_latest = row.measurement_id.id in latest

    def _search_is_latest(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("measurement_id", "in", self._latest())
        if set(map(bool, value)) == {True, False}:
            return Domain.TRUE
        return domain if True in value else ~domain

    def _latest(self):
        """Return the ids of the measurements that end last, one for each company.

        Of those that the record rules let the user see: of others there are no rows.
        """
        # As superuser: those who keep certificates may not read measurements.
        measurements = self.env["pso.measurement"].sudo()
        seen = self.env["ir.rule"]._compute_domain(measurements._name)
        found = measurements.search(
            seen & Domain("company_id", "in", self.env.companies.ids),
            order="date_end, id",
        )
        return list({each.company_id: each.id for each in found}.values())

    # -- the record behind a row -------------------------------------------------

    @api.readonly
    @without_defaults
    def action_open(self):
        """Open the record in which what is missing can be filled in."""
        self.ensure_one()
        self.check_access("read")
        is_manager = self.env.user.has_group(MANAGER)
        if self.area == "company" and is_manager:
            action = self.env["ir.actions.actions"]._for_xml_id(
                "pso_odoo.pso_company_settings_action"
            )
            return action | {
                "name": self.env._("PSO Settings"),
                "context": {"default_company_id": self.company_id.id},
            }
        if self.kind in ("no_figures", "older_figures"):
            return self._action_figures()
        if self.area == "people":
            return self._action_form(self.status_id)
        record = self.certificate_id or self.figure_id or self.company_id
        return self._action_form(record or self.measurement_id)

    def _action_figures(self):
        """Return the form of new figures; the vendor's, for who may not add any."""
        if not self.env["pso.supplier.figure"].has_access("create"):
            return self._action_form(self.partner_id)
        return {
            **self._action_form(self.env["pso.supplier.figure"]),
            "name": self.env._("Supplier Figures"),
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_year": self._figure_year(),
            },
        }

    def _action_form(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }

    def _shows_persons(self):
        return self.env.user.has_group(HR)
