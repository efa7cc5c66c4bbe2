from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class PsoDocumentMixin(models.AbstractModel):
    """An order or a bill that may be a social purchase (section 4).

    It is judged by the vendor's certificate on the date of the document, and says so
    to everybody who may read it: no figure here concerns a person.
    """

    _name = "pso.document.mixin"
    _description = "PSO Purchase Document"

    pso_certificate_id = fields.Many2one(
        "pso.certificate",
        string="PSO Certificate",
        compute="_compute_pso",
        compute_sudo=True,
        search="_search_pso_certificate_id",
        groups="base.group_user",
        help="The vendor's certificate that is valid on the date of this document.",
    )
    pso_is_social = fields.Boolean(
        string="Social Purchase",
        compute="_compute_pso",
        compute_sudo=True,
        search="_search_pso_is_social",
        groups="base.group_user",
        help="The vendor has a valid PSO certificate or is a sheltered-work company.",
    )
    pso_amount = fields.Monetary(
        string="Social Amount",
        compute="_compute_pso",
        compute_sudo=True,
        currency_field="company_currency_id",
        groups="base.group_user",
        help="Untaxed, in the company's currency, without the lines that are not "
        "counted for PSO.",
    )
    pso_fte = fields.Float(
        string="Social Fte",
        compute="_compute_pso",
        compute_sudo=True,
        groups="base.group_user",
        help="The social amount converted by the supplier's figures of that year.",
    )
    company_currency_id = fields.Many2one("res.currency")

    def _pso_facts(self):
        """What this document is judged by.

        :return: ``(commercial partner, date, untaxed amount in company currency)``;
            without a partner it is not a purchase
        """
        raise NotImplementedError

    @api.model
    def _sql_pso_facts(self, alias):
        """SQL of the commercial partner and the date of a document, as above."""
        raise NotImplementedError

    def _compute_pso(self):
        facts = [document._pso_facts() for document in self]
        rows = self._pso_judge(
            [
                (partner.id or 0, date, document.company_id.id or 0)
                for document, (partner, date, _amount) in zip(self, facts, strict=True)
            ]
        )
        for document, fact, row in zip(self, facts, rows, strict=True):
            certificate, fte_per_unit = row
            document.pso_certificate_id = certificate
            document.pso_is_social = bool(certificate)
            document.pso_amount = fact[2] if certificate else 0
            document.pso_fte = document.pso_amount * (fte_per_unit or 0)

    @api.model
    def _pso_judge(self, purchases):
        """Certificate and fte per unit of money for purchases.

        :param purchases: ``(commercial partner id, date, company id)``
        :return: ``(certificate id or None, fte per unit or None)``, in that order
        """
        if not purchases:
            return []
        partners, dates, companies = zip(*purchases, strict=True)
        return self.env.execute_query(
            SQL(
                """
                SELECT certificate.id,
                    (figure.fte * figure.direct_percentage
                        / 100 / figure.turnover)::float
                FROM unnest(
                    %(partners)s::int[], %(dates)s::date[], %(companies)s::int[]
                ) WITH ORDINALITY AS purchase(partner, date, company, position)
                LEFT JOIN LATERAL (%(certificate)s) certificate ON TRUE
                LEFT JOIN res_company company ON company.id = purchase.company
                LEFT JOIN LATERAL (%(figure)s) figure ON certificate.id IS NOT NULL
                ORDER BY purchase.position
                """,
                partners=list(partners),
                dates=list(dates),
                companies=list(companies),
                certificate=self._sql_pso_certificate(
                    SQL("purchase.partner"), SQL("purchase.date")
                ),
                figure=self.env["pso.supplier.figure"]._sql_at(
                    SQL("purchase.partner"),
                    SQL("extract(year FROM purchase.date)::int"),
                    SQL("company"),
                ),
            )
        )

    @api.model
    def _sql_pso_certificate(self, partner, date):
        """SQL: the certificate under the edition in force on the document's date."""
        aspirant_counts = SQL(
            """COALESCE((
                SELECT edition.aspirant_supplier_counts FROM pso_edition edition
                WHERE edition.active AND edition.date_from <= %s
                ORDER BY edition.date_from DESC LIMIT 1
            ), FALSE)""",
            date,
        )
        certificate = self.env["pso.certificate"]._sql_at(
            partner, date, aspirant_counts
        )
        return SQL().join([certificate, *self._sql_flush_rules()])

    @api.model
    def _sql_flush_rules(self):
        """What a purchase is judged by, to be written before it is read by SQL."""
        models = (
            "pso.certificate",
            "pso.edition",
            "pso.level",
            "pso.supplier.figure",
            "res.currency.rate",
        )
        return [
            SQL(to_flush=field)
            for model in models
            for field in self.env[model]._fields.values()
            if field.store and field.column_type
        ]

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let people search and group by what is derived from the certificates."""
        if field_expr not in ("pso_certificate_id", "pso_is_social"):
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        partner, date = self._sql_pso_facts(SQL.identifier(alias))
        certificate = SQL(
            "(SELECT id FROM (%s) AS certificate)",
            self._sql_pso_certificate(partner, date),
        )
        if field_expr == "pso_is_social":
            return SQL("(%s IS NOT NULL)", certificate)
        return certificate

    def _search_pso_certificate_id(self, operator, value):
        if operator in ("any", "any!"):
            found = self.env["pso.certificate"]._search(value)
            return self._pso_domain(
                "pso_certificate_id", SQL("IN %s", found.subselect())
            )
        if operator != "in":
            return NotImplemented
        ids = [number for number in value if isinstance(number, int) and number]
        return self._pso_domain(
            "pso_certificate_id",
            SQL("IN %s", tuple(ids or [0])),
            SQL("IS NULL") if False in value else None,
        )

    def _search_pso_is_social(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._pso_domain("pso_is_social", SQL("IN %s", tuple(map(bool, value))))

    def _pso_domain(self, fname, *conditions):
        """A domain: the SQL of a field meets one of the conditions."""

        def to_sql(model, alias, query):
            field = model._field_to_sql(alias, fname, query)
            terms = [SQL("%s %s", field, term) for term in conditions if term]
            return SQL("(%s)", SQL(" OR ").join(terms))

        return Domain.custom(to_sql=to_sql)
