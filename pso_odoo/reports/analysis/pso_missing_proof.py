from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...models.measurement.pso_quality_answer import CRITERIA
from ...tools.context import without_defaults

# What can be missing: of what, and how bad that is. Those that are checks too have
# their codes, and are explained by them.
KINDS = {
    "event_missing": ("people", "error"),
    "no_proof": ("people", "warning"),
    "not_verified": ("people", "warning"),
    "no_file": ("people", "info"),
    "no_basis": ("people", "warning"),
    "not_informed": ("people", "warning"),
    "no_figures": ("purchases", "error"),
    "certificate_no_proof": ("purchases", "warning"),
    "certificate_not_verified": ("purchases", "warning"),
    "certificate_no_file": ("purchases", "info"),
    "certificate_no_number": ("purchases", "warning"),
    "older_figures": ("purchases", "warning"),
    "estimate": ("purchases", "info"),
    "no_source": ("purchases", "warning"),
    "quality_open": ("quality", "warning"),
    "quality_unexplained": ("quality", "warning"),
    "no_kvk": ("company", "error"),
}
# How many kinds and records the id of a row tells apart.
KIND_NUMBERS = 32
RECORDS = 2**27
# Where a row leads to.
RECORD = {
    "people": "status_id",
    "quality": "measurement_id",
    "company": "company_id",
}
HR = "pso_odoo.group_pso_hr"


class PsoMissingProof(models.Model):
    """What the auditor of a measurement would ask for and not find.

    Of what counts in the measurement. For a locked one that is what counted when it was
    locked; whether its proof is there is always said as of now. Rows about people are
    for the PSO HR group alone, by record rule: even how many there are would tell.
    """

    _name = "pso.missing.proof"
    _description = "What Is Missing for a PSO Measurement (Report)"
    _inherit = ["pso.report.mixin", "pso.logged.read.mixin"]
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
        [
            ("event_missing", "Date of the event is missing"),
            ("no_proof", "Status without proof"),
            ("not_verified", "Proof of status not verified"),
            ("no_file", "No file with the proof of status"),
            ("no_basis", "No legal basis recorded"),
            ("not_informed", "Person not informed"),
            ("no_figures", "Certified supplier without figures"),
            ("certificate_no_proof", "Certificate without proof"),
            ("certificate_not_verified", "Certificate not verified"),
            ("certificate_no_file", "No file of the certificate"),
            ("certificate_no_number", "Certificate without number"),
            ("older_figures", "Supplier figures of an earlier year"),
            ("estimate", "Supplier figures are an estimate"),
            ("no_source", "Supplier figures without source"),
            ("quality_open", "Quality criterion not answered"),
            ("quality_unexplained", "Quality criterion not met, not explained"),
            ("no_kvk", "Company without KvK number"),
        ],
        string="What Is Missing",
        readonly=True,
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
    }

    # -- the rows --------------------------------------------------------------

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT %(id)s AS id,
                missing.*, kind.sequence, kind.area, kind.severity
            FROM (%(people)s UNION ALL %(certificates)s UNION ALL %(figures)s
                UNION ALL %(quality)s UNION ALL %(companies)s) AS missing
            JOIN (VALUES %(values)s) AS kind (kind, sequence, area, severity)
                ON kind.kind = missing.kind
            """,
            id=self._sql_shuffled(
                SQL(
                    "(missing.measurement_id::bigint * %s + kind.sequence) * %s"
                    " + missing.number",
                    KIND_NUMBERS,
                    RECORDS,
                )
            ),
            people=self._sql_people(),
            certificates=self._sql_certificates(),
            figures=self._sql_figures(),
            quality=self._sql_quality(),
            companies=self._sql_companies(),
            values=SQL(", ").join(
                SQL("%s", (kind, number, *facts))
                for number, (kind, facts) in enumerate(KINDS.items())
            ),
        )

    def _sql_part(self, rows, **columns):
        """SQL: rows of one area, with the columns that all areas have.

        :param rows: SQL of what follows FROM, with ``problem.kind`` in it
        :param columns: SQL by the name of a column; the others are empty
        """
        types = {
            **{"kind": "text", "measurement_id": "int", "number": "int"},
            **{"employee_id": "int", "status_id": "int", "partner_id": "int"},
            **{"certificate_id": "int", "figure_id": "int", "criterion": "text"},
            "company_id": "int",
        }
        columns["kind"] = SQL("problem.kind")
        return SQL(
            "SELECT %s FROM %s",
            SQL(", ").join(
                SQL(
                    "%s::%s AS %s",
                    columns.get(name, SQL("NULL")),
                    SQL(column_type),
                    SQL.identifier(name),
                )
                for name, column_type in types.items()
            ),
            rows,
        )

    def _sql_problems(self, **problems):
        """SQL: a row for each kind whose condition holds, to be joined laterally."""
        return SQL(
            """(SELECT kind FROM (VALUES %s) AS problem (kind, is_found)
            WHERE is_found)""",
            SQL(", ").join(SQL("(%s, %s)", *each) for each in problems.items()),
        )

    def _sql_no_file(self, model, record):
        """SQL: a record has no proof file."""
        files = self.env[model]._fields["attachment_ids"]
        return SQL(
            "NOT EXISTS (SELECT FROM %s AS file WHERE file.%s = %s)",
            SQL.identifier(files.relation),
            SQL.identifier(files.column1),
            record,
        )

    def _sql_people(self):
        """SQL: of the statuses that count, and of those that would with their date."""
        lines = self.env["pso.person.line"]._sql_lines(
            SQL("measurement.state = 'live'"), SQL("TRUE")
        )
        return self._sql_part(
            SQL(
                """(
                    SELECT measurement_id, status_id,
                        BOOL_OR(direct_hour_days > 0) AS counts
                    FROM (%(lines)s) AS line
                    WHERE kind = 'group'
                        AND (direct_hour_days > 0 OR reason = 'event_missing')
                    GROUP BY measurement_id, status_id
                ) AS line
                JOIN pso_status status ON status.id = line.status_id
                CROSS JOIN LATERAL %(problems)s AS problem
                """,
                lines=lines,
                problems=self._sql_problems(
                    event_missing=SQL("NOT counts AND status.date_event IS NULL"),
                    no_proof=SQL("counts AND status.evidence_state = 'missing'"),
                    not_verified=SQL("counts AND status.evidence_state = 'received'"),
                    no_file=SQL(
                        "counts AND status.evidence_state <> 'missing' AND %s",
                        self._sql_no_file("pso.status", SQL("status.id")),
                    ),
                    no_basis=SQL("counts AND status.legal_basis IS NULL"),
                    not_informed=SQL("counts AND status.date_informed IS NULL"),
                ),
            ),
            measurement_id=SQL("line.measurement_id"),
            number=SQL("status.id"),
            employee_id=SQL("status.employee_id"),
            status_id=SQL("status.id"),
        )

    def _sql_certificates(self):
        """SQL: of the certificates by which purchases of the period count.

        In a locked measurement, of suppliers that counted when it was locked.
        """
        suppliers = self.env["pso.supplier.line"]
        return self._sql_part(
            SQL(
                """(
                    SELECT DISTINCT purchase.measurement_id,
                        counting.id AS certificate_id
                    FROM (%(purchases)s) AS purchase
                    JOIN pso_measurement measurement
                        ON measurement.id = purchase.measurement_id
                    JOIN pso_edition edition ON edition.id = purchase.edition_id
                    CROSS JOIN LATERAL (%(counting)s) AS counting
                    WHERE purchase.amount <> 0 AND NOT %(is_own)s
                    AND (measurement.state = 'live' OR EXISTS (
                        SELECT FROM pso_locked_supplier_line line
                        WHERE line.measurement_id = purchase.measurement_id
                            AND line.partner_id = purchase.partner_id
                            AND line.amount > 0
                    ))
                ) AS counts
                JOIN pso_certificate certificate
                    ON certificate.id = counts.certificate_id
                CROSS JOIN LATERAL %(problems)s AS problem
                """,
                purchases=suppliers._sql_purchases(SQL("TRUE")),
                is_own=suppliers._sql_is_own(
                    SQL("purchase.measurement_id"), SQL("purchase.partner_id")
                ),
                counting=self.env["pso.certificate"]._sql_at(
                    SQL("purchase.partner_id"),
                    SQL("purchase.judged_on"),
                    SQL("edition.aspirant_supplier_counts"),
                ),
                problems=self._sql_problems(
                    certificate_no_proof=SQL("certificate.evidence_state = 'missing'"),
                    certificate_not_verified=SQL(
                        "certificate.evidence_state = 'received'"
                    ),
                    certificate_no_file=SQL(
                        "certificate.evidence_state <> 'missing' AND %s",
                        self._sql_no_file("pso.certificate", SQL("certificate.id")),
                    ),
                    certificate_no_number=SQL(
                        "certificate.kind = 'pso' "
                        "AND COALESCE(TRIM(certificate.number), '') = ''"
                    ),
                ),
            ),
            measurement_id=SQL("counts.measurement_id"),
            number=SQL("certificate.id"),
            partner_id=SQL("certificate.partner_id"),
            certificate_id=SQL("certificate.id"),
        )

    def _sql_figures(self):
        """SQL: of the figures by which purchases are converted, once a supplier."""
        lines = self.env["pso.supplier.line"]._sql_lines(
            SQL("measurement.state = 'live'"), SQL("TRUE")
        )
        return self._sql_part(
            SQL(
                """(
                    SELECT measurement_id, line.partner_id, problem.kind,
                        MAX(figure.id) AS figure_id
                    FROM (%(lines)s) AS line
                    LEFT JOIN LATERAL (
                        SELECT figure.* FROM pso_supplier_figure figure
                        WHERE figure.partner_id = line.partner_id
                            AND figure.year <= line.year
                        ORDER BY figure.year DESC LIMIT 1
                    ) AS figure ON TRUE
                    CROSS JOIN LATERAL %(problems)s AS problem
                    WHERE line.amount > 0
                    GROUP BY measurement_id, line.partner_id, problem.kind
                ) AS problem
                """,
                lines=lines,
                problems=self._sql_problems(
                    no_figures=SQL("figure.id IS NULL"),
                    older_figures=SQL("figure.year < line.year"),
                    estimate=SQL("figure.is_estimate IS TRUE"),
                    no_source=SQL(
                        "figure.id IS NOT NULL "
                        "AND COALESCE(TRIM(figure.source), '') = ''"
                    ),
                ),
            ),
            measurement_id=SQL("problem.measurement_id"),
            number=SQL("problem.partner_id"),
            partner_id=SQL("problem.partner_id"),
            figure_id=SQL("problem.figure_id"),
        )

    def _sql_quality(self):
        return self._sql_part(
            SQL(
                "pso_quality_answer answer CROSS JOIN LATERAL %s AS problem",
                self._sql_problems(
                    quality_open=SQL("answer.answer = 'open'"),
                    quality_unexplained=SQL(
                        "answer.answer = 'unmet' "
                        "AND COALESCE(TRIM(answer.explanation), '') = ''"
                    ),
                ),
            ),
            measurement_id=SQL("answer.measurement_id"),
            number=SQL("answer.id"),
            criterion=SQL("answer.criterion"),
        )

    def _sql_companies(self):
        return self._sql_part(
            SQL(
                """pso_measurement_res_company_rel scope
                JOIN res_company company ON company.id = scope.res_company_id
                JOIN res_partner partner ON partner.id = company.partner_id
                CROSS JOIN LATERAL %s AS problem
                """,
                self._sql_problems(
                    no_kvk=SQL(
                        """COALESCE(TRIM(partner.company_registry), '') = ''
                        AND NOT EXISTS (
                            SELECT FROM pso_measurement_res_company_rel head
                            WHERE head.pso_measurement_id = scope.pso_measurement_id
                                AND head.res_company_id = company.parent_id)"""
                    )
                ),
            ),
            measurement_id=SQL("scope.pso_measurement_id"),
            number=SQL("company.id"),
            company_id=SQL("company.id"),
        )

    # -- in words --------------------------------------------------------------

    @api.depends("kind")
    def _compute_display_name(self):
        """Without the record: the name of a row travels further than the row."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.display_name = kinds.get(row.kind, "")

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_subject(self):
        criteria = dict(self._fields["criterion"]._description_selection(self.env))
        for row in self:
            if row.area == "people":
                row.subject = row.status_id.display_name
            elif row.area == "purchases":
                row.subject = row.certificate_id.display_name or self.env._(
                    "Figures of %(year)s", year=row._figure_year()
                )
            else:
                row.subject = criteria.get(row.criterion) or row.company_id.name

    def _figure_year(self):
        """The year of the figures; of missing ones, the year they are wanted of."""
        return self.figure_id.year or self.measurement_id.sudo().date_end.year

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_explanation(self):
        types = self.env["pso.check.type"].search([("code", "in", list(KINDS))])
        texts = {type.code: type.explanation for type in types} | self._explanations()
        for row in self:
            row.explanation = texts.get(row.kind)

    @api.model
    def _explanations(self):
        """What to do about what is not a check too."""
        return {
            "not_verified": self.env._(
                "Look at the proof and verify it: only then the person adds to the "
                "proven figures."
            ),
            "no_file": self.env._(
                "Somebody has seen the proof, but it is not here. Attach it, or know "
                "where it lies when the auditor asks for it."
            ),
            "no_basis": self.env._(
                "Record why you may keep this status, with the article of the GDPR."
            ),
            "not_informed": self.env._(
                "Tell the person what is recorded and why, and record the day."
            ),
            "certificate_not_verified": self.env._(
                "Look at the certificate and verify it: only then the purchases add to "
                "the proven figures."
            ),
            "certificate_no_file": self.env._(
                "Somebody has seen the certificate, but it is not here. Attach it, or "
                "look it up in the public register."
            ),
            "certificate_no_number": self.env._(
                "The auditor finds a certificate by its number: fill it in."
            ),
            "no_source": self.env._(
                "Say where turnover, fte and direct share come from, such as an annual "
                "report."
            ),
            "quality_open": self.env._(
                "Answer it on the page Quality of the measurement."
            ),
            "quality_unexplained": self.env._(
                "Explain on the page Quality of the measurement what is done about it."
            ),
        }

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

    @api.model
    def _latest(self):
        """The ids of the measurements that end last, one for each company.

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
        if self.area == "company" and self._may_set_company():
            action = self.env["ir.actions.actions"]._for_xml_id(
                "pso_odoo.pso_company_settings_action"
            )
            return action | {
                "name": self.env._("PSO Settings"),
                "context": {"default_company_id": self.company_id.id},
            }
        if self.kind in ("no_figures", "older_figures"):
            return self._action_figures()
        record = (
            self[RECORD[self.area]]
            if self.area in RECORD
            else self.certificate_id or self.figure_id
        )
        return self._action_form(record)

    def _action_figures(self):
        """New figures of the vendor; the vendor, for who may not add any."""
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

    @api.model
    def _action_form(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }

    def _may_set_company(self):
        return self.env.user.has_group("pso_odoo.group_pso_manager")

    def _shows_persons(self):
        return self.env.user.has_group(HR)
