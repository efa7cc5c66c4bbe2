from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date


class PsoCertificate(models.Model):
    """A certificate of a vendor, or of the company itself (section 4).

    It belongs to the commercial entity: that is what the scheme certifies and what
    orders and bills are held against.
    """

    _name = "pso.certificate"
    _description = "PSO Certificate"
    _inherit = ["pso.evidence.mixin", "pso.source.mixin"]
    _order = "partner_id, date_start desc"

    _evidence_of = frozenset(
        {"partner_id", "kind", "level_id", "is_pso30", "date_start", "date_end"}
    )

    partner_id = fields.Many2one(
        "res.partner",
        string="Organisation",
        required=True,
        index=True,
        ondelete="cascade",
        help="The certified legal entity; a contact stands for its company.",
    )
    company_registry = fields.Char(
        related="partner_id.company_registry",
        help="Number at the Chamber of Commerce (KvK): a certificate covers the entity "
        "with this number, not a group of companies by its name.",
    )
    kind = fields.Selection(
        [
            ("pso", "PSO certificate"),
            ("sw", "Sheltered-work company"),
        ],
        required=True,
        default="pso",
        help="Sheltered-work companies count without a certificate.",
    )
    level_id = fields.Many2one(
        "pso.level",
        index="btree_not_null",
        ondelete="restrict",
        compute="_compute_level_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    is_pso30 = fields.Boolean(string="PSO 30+")
    number = fields.Char(string="Certificate Number")
    date_start = fields.Date(string="Valid From", required=True)
    date_end = fields.Date(
        string="Valid Until",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        help="Last day of validity. Only a sheltered-work company may have none.",
    )
    validity = fields.Selection(
        [
            ("future", "Not yet valid"),
            ("valid", "Valid"),
            ("expired", "Expired"),
        ],
        compute="_compute_validity",
        search="_search_validity",
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_end >= date_start)",
        "A certificate cannot end before it starts (Valid Until).",
    )
    _pso_is_complete = models.Constraint(
        "CHECK (kind <> 'pso' OR (level_id IS NOT NULL AND date_end IS NOT NULL))",
        "A PSO certificate needs a level and a last day (Level, Valid Until).",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_entity(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_entity(vals))

    def _with_entity(self, vals):
        """The values with the contact replaced by its commercial entity."""
        if not vals.get("partner_id"):
            return vals
        partner = self.env["res.partner"].browse(vals["partner_id"])
        return {**vals, "partner_id": partner.commercial_partner_id.id}

    @api.depends("kind", "level_id", "date_start", "partner_id")
    def _compute_display_name(self):
        sheltered = self.env._("Sheltered-work company")
        for certificate in self:
            name = certificate.level_id.name if certificate.kind == "pso" else sheltered
            if certificate.is_pso30:
                name = self.env._("%(level)s, 30+", level=name)
            if certificate.date_end:
                name = self.env._(
                    "%(level)s until %(date)s",
                    level=name,
                    date=format_date(self.env, certificate.date_end),
                )
            certificate.display_name = name

    @api.depends("kind")
    def _compute_level_id(self):
        for certificate in self:
            certificate.level_id = certificate.kind == "pso" and certificate.level_id

    @api.depends("kind", "date_start")
    def _compute_date_end(self):
        """A certificate runs as long as the edition of its start says (section 1)."""
        for certificate in self:
            if certificate.kind != "pso":
                certificate.date_end = False
            elif certificate.date_start:
                edition = self.env["pso.edition"].sudo()._at(certificate.date_start)
                months = relativedelta(months=edition.certificate_months, days=-1)
                certificate.date_end = certificate.date_start + months

    @api.depends("date_start", "date_end")
    @api.depends_context("tz")
    def _compute_validity(self):
        today = fields.Date.context_today(self)
        for certificate in self:
            if certificate.date_end and certificate.date_end < today:
                certificate.validity = "expired"
            elif certificate.date_start and certificate.date_start > today:
                certificate.validity = "future"
            else:
                certificate.validity = "valid"

    def _search_validity(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domains = {
            "expired": fields.Domain("date_end", "<", today),
            "future": fields.Domain("date_start", ">", today),
            "valid": fields.Domain("date_start", "<=", today)
            & (
                fields.Domain("date_end", "=", False)
                | fields.Domain("date_end", ">=", today)
            ),
        }
        return fields.Domain.OR(domains[key] for key in value if key in domains)

    @api.constrains("partner_id", "kind", "date_start", "date_end")
    def _check_duplicate(self):
        """Refuse the same certificate twice; overlap is a renewal that came early."""
        for certificate in self:
            twin = self.search(
                [
                    ("partner_id", "=", certificate.partner_id.id),
                    ("kind", "=", certificate.kind),
                    ("date_start", "=", certificate.date_start),
                    ("date_end", "=", certificate.date_end),
                    ("id", "!=", certificate.id),
                ],
                limit=1,
            )
            if twin:
                raise ValidationError(
                    self.env._(
                        "%(partner)s already has this certificate: %(certificate)s.",
                        partner=certificate.partner_id.display_name,
                        certificate=twin.display_name,
                    )
                )

    @api.model
    def _sql_at(self, partner, date, aspirant_counts):
        """SQL: the certificate by which a purchase counts, at most one row.

        A purchase counts once, however many certificates cover it: a verified one
        goes first, then the latest, then the lowest id.

        :param partner: SQL of a commercial partner's id
        :param date: SQL of the date on which the purchase is judged
        :param aspirant_counts: SQL, whether suppliers with aspirant status count
        """
        return SQL(
            """
            SELECT certificate.id, certificate.evidence_state
            FROM pso_certificate certificate
            LEFT JOIN pso_level level ON level.id = certificate.level_id
            WHERE certificate.partner_id = %(partner)s
                AND certificate.date_start <= %(date)s
                AND COALESCE(certificate.date_end, 'infinity') >= %(date)s
                AND (level.code IS DISTINCT FROM 'aspirant' OR %(aspirant_counts)s)
            ORDER BY certificate.evidence_state <> 'verified',
                certificate.date_start DESC, certificate.id
            LIMIT 1
            """,
            partner=partner,
            date=date,
            aspirant_counts=aspirant_counts,
        )
