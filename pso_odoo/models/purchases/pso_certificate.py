from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools.anniversary import last_day_of_months
from ..common.sources import ALL_FIELDS

# How an organisation stands on a day, as those see it who buy there.
STANDINGS = [
    ("valid", "PSO certified"),
    ("ending", "Certificate ends within 90 days"),
    ("aspirant", "Aspirant, does not count"),
    ("future", "Certificate not yet valid"),
    ("ended", "Certificate ended"),
]
SOON_DAYS = 90
SOON = relativedelta(days=SOON_DAYS)


class PsoCertificate(models.Model):
    """A certificate of a vendor, or of the company itself (section 4).

    It belongs to the commercial entity: that is what the scheme certifies and what
    orders and bills are held against.
    """

    _name = "pso.certificate"
    _description = "PSO Certificate"
    _inherit = [
        "pso.commercial.partner.mixin",
        "pso.evidence.mixin",
    ]
    _figures_rest_on = ALL_FIELDS
    _order = "partner_id, date_start desc"
    _rec_names_search = ["partner_id.name", "number", "level_id.name"]

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
        [("pso", "PSO certificate"), ("sw", "Sheltered-work company")],
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
        help="The level on the certificate. It does not change how much a purchase "
        "counts: the supplier's own figures do. Purchases at suppliers in aspirant "
        "status do not count, unless the edition of the rule book says so.",
    )
    is_pso30 = fields.Boolean(
        string="PSO 30+",
        help="At least 30% of the supplier's staff belongs to the target group, so "
        "that contracts may be reserved for it.",
    )
    number = fields.Char(
        string="Certificate Number", help="As printed on it, for the auditor."
    )
    date_start = fields.Date(
        string="Valid From",
        required=True,
        help="First day of validity: bills dated from this day on count.",
    )
    date_end = fields.Date(
        string="Valid Until",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        help="Last day of validity: two years, unless you enter another date. Only a "
        "sheltered-work company may have none.",
    )
    validity = fields.Selection(
        [("future", "Not yet valid"), ("valid", "Valid"), ("expired", "Expired")],
        compute="_compute_validity",
        search="_search_validity",
        help="As of today. Each bill is held against its own date.",
    )
    ends_soon = fields.Boolean(
        compute="_compute_ends_soon",
        search="_search_ends_soon",
        help="Ends within 90 days and is not followed by a later certificate.",
    )

    proof_kind = fields.Selection(
        selection_add=[
            ("certificate", "The certificate itself"),
            ("register", "The public register of PSO"),
            ("statement", "Statement of the municipality or the company"),
            ("list",),
            ("other",),
        ]
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
        return super().create(self._with_ends(vals_list))

    def _with_ends(self, vals_list):
        """Return the values with the last day, where it follows from the first.

        What is stored with a new row is computed for one record after the other, which
        would read the editions again for each.
        """
        defaults = self.default_get(["kind", "date_end"])
        derived = [
            vals
            for vals in vals_list
            if vals.get("date_start")
            and vals.get("kind", defaults["kind"]) == "pso"
            and "date_end" not in {**defaults, **vals}
        ]
        ends = self._usual_ends({vals["date_start"] for vals in derived})
        for vals in derived:
            vals["date_end"] = ends[vals["date_start"]]
        return vals_list

    @api.depends("kind", "level_id", "is_pso30", "date_end")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Name a certificate by what is saved: what is typed is not yet its name."""
        for certificate in self:
            saved = certificate._origin
            certificate.display_name = saved._label() if saved else False

    def _label(self):
        """Say what it certifies, and until when."""
        if not self.date_end:
            return self._title()
        return self.env._(
            "%(level)s until %(date)s",
            level=self._title(),
            date=format_date(self.env, self.date_end),
        )

    def _title(self):
        """Say what it certifies, without its dates."""
        if self.kind == "sw":
            return self.env._("Sheltered-work company")
        if self.is_pso30 and self.level_id:
            return self.env._("%(level)s, 30+", level=self.level_id.name)
        return self.level_id.name or ""

    @api.depends("kind")
    def _compute_level_id(self):
        for certificate in self:
            certificate.level_id = certificate.kind == "pso" and certificate.level_id

    @api.depends("kind", "date_start")
    def _compute_date_end(self):
        dated = self.filtered(lambda c: c.kind == "pso" and c.date_start)
        ends = self._usual_ends(set(dated.mapped("date_start")))
        for certificate in self:
            if certificate.kind != "pso":
                certificate.date_end = False
            elif certificate.date_start:
                certificate.date_end = ends[certificate.date_start]

    def _usual_ends(self, starts):
        """Find last days by the edition in force (section 1): ``{first day: last
        day}``.
        """
        editions = self.env["pso.edition"].sudo()._all() if starts else ()
        return {
            start: last_day_of_months(
                fields.Date.to_date(start), editions._in_force(start).certificate_months
            )
            for start in starts
        }

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
            "expired": Domain("date_end", "<", today),
            "future": Domain("date_start", ">", today),
            "valid": Domain("date_start", "<=", today)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", today)),
        }
        return Domain.OR(domains[key] for key in value if key in domains)

    # -- how an organisation stands on a day ---------------------------------

    def _covering(self, date):
        """Return those of these certificates that are valid on a date."""
        return self.filtered(
            lambda c: c.date_start
            and c.date_start <= date
            and (not c.date_end or c.date_end >= date)
        )

    def _aspirants(self, date):
        """Return those that are an aspirant status which does not count on a date."""
        aspirants = self.filtered(lambda c: c.level_id.code == "aspirant")
        if aspirants and self.env["pso.edition"].sudo()._aspirants_count(date):
            return self.browse()
        return aspirants

    def _counting(self, date, aspirants=None):
        """Return those by which a purchase counts, the one it counts by first.

        The same as ``_sql_at``, for certificates that have been read already.

        :param aspirants: what ``_aspirants`` says, for who asks of many organisations
        """
        if aspirants is None:
            aspirants = self._aspirants(date)
        by_id = (self._covering(date) - aspirants).sorted(lambda c: c._origin.id)
        latest = by_id.sorted("date_start", reverse=True)
        return latest.sorted(lambda c: c.evidence_state != "verified")

    def _standing(self, date, aspirants=None):
        """Say how the organisation that has these certificates stands on a date.

        :param aspirants: as for ``_counting``
        :return: ``(standing, certificate)``: one of ``STANDINGS`` and the certificate
            that makes it so, or False and none without certificates
        """
        if counting := self._counting(date, aspirants):
            lasting = self._counting(date + SOON, aspirants)
            return ("valid" if lasting else "ending"), counting[:1]
        if covering := self._covering(date):
            return "aspirant", covering[:1]
        dated = self.filtered("date_start").sorted("date_start")
        if future := dated.filtered(lambda c: c.date_start > date):
            return "future", future[:1]
        return (bool(dated) and "ended"), dated.sorted("date_end")[-1:]

    def _domain_of_standing(self, standing, date):
        """Return the domain of partners that stand so on a date, as ``_standing``."""

        def having(domain):
            found = self.sudo()._search(domain)
            return Domain("commercial_partner_id", "in", found.subselect("partner_id"))

        def covering(date):
            lasting = Domain("date_end", "=", False) | Domain("date_end", ">=", date)
            return Domain("date_start", "<=", date) & lasting

        def counting(date):
            if self.env["pso.edition"].sudo()._aspirants_count(date):
                return covering(date)
            return covering(date) & ~Domain("level_id.code", "=", "aspirant")

        counts, covered = having(counting(date)), having(covering(date))
        later = having(Domain("date_start", ">", date))
        lasts = having(counting(date + SOON))
        return {
            "valid": counts & lasts,
            "ending": counts & ~lasts,
            "aspirant": covered & ~counts,
            "future": later & ~covered,
            "ended": having(Domain.TRUE) & ~covered & ~later,
            False: ~having(Domain.TRUE),
        }[standing]

    def _badge(self, standing):
        """Say it in a few words, for whom PSO is not the subject at hand."""
        self.ensure_one()
        if standing == "future":
            text = self.env._(
                "%(level)s from %(date)s",
                level=self._title(),
                date=format_date(self.env, self.date_start),
            )
        elif standing == "ended":
            text = self.env._(
                "%(level)s, ended on %(date)s",
                level=self._title(),
                date=format_date(self.env, self.date_end),
            )
        else:
            text = self._label()
        return text if self.kind == "sw" else f"PSO {text}"

    @api.depends("date_end", "partner_id.pso_certificate_ids.date_end")
    @api.depends_context("tz")
    def _compute_ends_soon(self):
        today = fields.Date.context_today(self)
        for certificate in self.sudo():
            end = certificate.date_end
            ends_soon = bool(end) and today <= end < today + SOON
            certificate.ends_soon = ends_soon and not any(
                not other.date_end or other.date_end > end
                for other in certificate.partner_id.pso_certificate_ids
            )

    def _search_ends_soon(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)

        def to_sql(model, alias, query):
            return SQL(
                """COALESCE(
                    %(end)s >= %(today)s AND %(end)s < %(soon)s AND NOT EXISTS (
                        SELECT FROM pso_certificate later
                        WHERE later.partner_id = %(partner)s
                            AND COALESCE(later.date_end, 'infinity') > %(end)s
                    ), FALSE) IN %(values)s""",
                end=model._field_to_sql(alias, "date_end", query),
                partner=model._field_to_sql(alias, "partner_id", query),
                today=today,
                soon=today + SOON,
                values=tuple(map(bool, value)),
            )

        return Domain.custom(to_sql=to_sql)

    @api.constrains("partner_id", "kind", "date_start", "date_end")
    def _check_duplicate(self):
        """Refuse the same certificate twice; overlap is a renewal that came early."""
        names = ("partner_id", "kind", "date_start", "date_end")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT twin.id
                FROM pso_certificate certificate
                JOIN pso_certificate twin ON twin.partner_id = certificate.partner_id
                    AND twin.kind = certificate.kind
                    AND twin.date_start = certificate.date_start
                    AND twin.date_end IS NOT DISTINCT FROM certificate.date_end
                    AND twin.id <> certificate.id
                WHERE certificate.id = ANY(%(ids)s)
                ORDER BY twin.id
                LIMIT 1
                """,
                ids=self.ids,
                to_flush=[self._fields[name] for name in names],
            )
        )
        if rows:
            twin = self.browse(rows[0])
            raise ValidationError(
                self.env._(
                    "%(partner)s already has this certificate: %(certificate)s.",
                    partner=twin.partner_id.display_name,
                    certificate=twin.display_name,
                )
            )

    def _sql_at(self, partner, date, aspirant_counts):
        """Select the certificate by which a purchase counts, at most one row.

        A purchase counts once, however many certificates cover it: a verified one
        goes first, then the latest, then the lowest id.

        :param partner: SQL of a commercial partner's id
        :param date: SQL of the date on which the purchase is judged
        :param aspirant_counts: SQL, whether suppliers with aspirant status count
        """
        return SQL(
            """
            SELECT certificate.id, certificate.level_id, certificate.evidence_state
            %s
            ORDER BY certificate.evidence_state <> 'verified',
                certificate.date_start DESC, certificate.id
            LIMIT 1
            """,
            self._sql_covering(partner, date, aspirant_counts),
        )

    def _sql_covered(self):
        """Select on which days purchases at each vendor count: what ``_sql_at`` finds.

        For who need not know which certificate it is: asked for each bill anew, they
        are looked up as often as there are bills.

        :return: SQL of rows ``partner_id, aspirant_counts, valid, proven``, one for who
            counts suppliers with aspirant status and one for who does not: the days
            that a certificate covers, and those that a verified one covers
        """
        return SQL(
            """
            SELECT certificate.partner_id, aspirant_counts, range_agg(days) AS valid,
                range_agg(days) FILTER (WHERE certificate.evidence_state = 'verified')
                    AS proven
            FROM pso_certificate certificate
            CROSS JOIN (VALUES (TRUE), (FALSE)) AS asked (aspirant_counts)
            CROSS JOIN LATERAL (SELECT
                daterange(certificate.date_start, certificate.date_end, '[]') AS days
            ) AS range
            WHERE %s
            GROUP BY certificate.partner_id, aspirant_counts
            """,
            self._sql_may_count(SQL("aspirant_counts")),
        )

    def _sql_is_verified(self, date, covered):
        """Express in SQL whether a purchase counts by a verified certificate.

        NULL if it counts by none.

        :param date: SQL of the date on which the purchase is judged
        :param covered: the name of a row as of ``_sql_covered``, or of none
        """
        return SQL(
            "CASE WHEN %(date)s <@ %(proven)s THEN TRUE "
            "WHEN %(date)s <@ %(valid)s THEN FALSE END",
            date=date,
            proven=SQL.identifier(covered, "proven"),
            valid=SQL.identifier(covered, "valid"),
        )

    def _sql_covering(self, partner, date, aspirant_counts):
        """Restrict certificates to those by which a purchase on a date may count."""
        return SQL(
            """
            FROM pso_certificate certificate
            WHERE certificate.partner_id = %(partner)s
                AND certificate.date_start <= %(date)s
                AND COALESCE(certificate.date_end, 'infinity') >= %(date)s
                AND %(may_count)s
            """,
            partner=partner,
            date=date,
            may_count=self._sql_may_count(aspirant_counts),
        )

    def _sql_may_count(self, aspirant_counts):
        """Express in SQL whether purchases may count by a certificate of this level."""
        return SQL(
            """
            (%s OR certificate.level_id IS NULL OR certificate.level_id NOT IN (
                SELECT id FROM pso_level WHERE code = 'aspirant'))
            """,
            aspirant_counts,
        )
