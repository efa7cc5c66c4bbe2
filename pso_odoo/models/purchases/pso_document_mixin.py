from datetime import date
from typing import NamedTuple

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import by_sql, columns


class Purchase(NamedTuple):
    """What an order or a bill is judged by.

    :param partner: the commercial partner, none if it is not a purchase
    :param judged_on: the date on which the certificate must be valid
    :param date: the date by which it falls into a year: its own, of a refund that of
        the bill it reverses
    :param amount: untaxed, in company currency, without the lines not counted
    """

    partner: models.BaseModel
    judged_on: date | None
    date: date | None
    amount: float


class PsoDocumentMixin(models.AbstractModel):
    """An order or a bill that may be a social purchase (section 4).

    It is judged by the vendor's certificate on the date of the document, and says so
    to everybody who may read it: no figure here concerns a person.
    """

    _name = "pso.document.mixin"
    _description = "PSO Purchase Document"

    pso_certificate_id = by_sql.Many2one(
        "pso.certificate",
        string="PSO Certificate",
        compute="_compute_pso",
        compute_sudo=True,
        search="_search_pso_certificate_id",
        groups="base.group_user",
        help="The vendor's certificate that is valid on the date of this document.",
    )
    pso_level_id = by_sql.Many2one(
        "pso.level",
        string="PSO Level",
        compute="_compute_pso",
        compute_sudo=True,
        search="_search_pso_level_id",
        groups="base.group_user",
        help="The level on that certificate; a sheltered-work company has none.",
    )
    pso_is_social = by_sql.Boolean(
        string="Social Purchase",
        compute="_compute_pso",
        compute_sudo=True,
        search="_search_pso_is_social",
        groups="base.group_user",
        help="On the date of this document the vendor has a valid PSO certificate, or "
        "is a sheltered-work company.",
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
        help="The social amount as a part of the supplier's turnover of that year, "
        "times the supplier's fte and its direct share. Zero without figures of the "
        "supplier.",
    )
    company_currency_id = fields.Many2one("res.currency")

    def _pso_facts(self):
        """Return what this document is judged by, as ``Purchase``."""
        raise NotImplementedError

    def _sql_pso_facts(self, alias):
        """Express in SQL the partner of a document and the date it is judged on.

        :param alias: SQL of the table
        :return: ``(commercial partner, NULL if it is no purchase; date)``
        """
        raise NotImplementedError

    def _pso_is_in_score(self, start, end):
        """Return whether the score of a period has this document in it already."""
        return False

    def _compute_pso(self):
        judged = self._pso_judge()
        for document in self:
            purchase, certificate, level, fte_per_unit, _most = judged[document]
            document.pso_certificate_id = certificate
            document.pso_level_id = level
            document.pso_is_social = bool(certificate)
            document.pso_amount = purchase.amount if certificate else 0
            document.pso_fte = document.pso_amount * (fte_per_unit or 0)

    def _pso_judge(self):
        """Find certificate and fte per unit of money for these documents.

        :return: ``{document: (Purchase, certificate id, level id, fte per unit, the
            most fte that purchases at the vendor are worth in a year)}``
        """
        facts = {document: document._pso_facts() for document in self}
        judged = {
            document: (fact, None, None, None, None) for document, fact in facts.items()
        }
        purchases = [
            document
            for document in self
            if facts[document].partner and document._pso_is_own(facts[document].partner)
        ]
        if purchases:
            rows = self._pso_judge_purchases(
                (facts[document], document.company_id.id) for document in purchases
            )
            for document, row in zip(purchases, rows, strict=True):
                judged[document] = (facts[document], *row)
        return judged

    def _pso_is_own(self, partner):
        """Return whether the user may know of the company and of the vendor, if any.

        Record rules guard what is saved. What is typed has a company and a vendor of
        the caller's choice, and what is known of them is read as superuser.
        """
        if self.id:
            return True
        company = self.company_id._origin
        return bool(company) and all(
            record.sudo(False).has_access("read")
            for record in (company, partner._origin)
        )

    def _pso_judge_purchases(self, purchases):
        """Judge purchases that need not be documents; see ``_pso_judge``.

        :param purchases: ``(Purchase, company id)``, each with a partner
        :return: ``(certificate id, level id, fte per unit, most fte)``, in that order
        """
        facts, companies = zip(*purchases, strict=True)
        return self.env.execute_query(
            SQL(
                """
                SELECT certificate.id, certificate.level_id,
                    figure.fte_per_unit::float,
                    (figure.fte * figure.direct_percentage / 100)::float
                FROM unnest(
                    %(partners)s::int[], %(judged)s::date[], %(dates)s::date[],
                    %(companies)s::int[]
                ) WITH ORDINALITY
                    AS purchase(partner, judged_on, date, company, position)
                LEFT JOIN LATERAL (%(certificate)s) certificate ON TRUE
                LEFT JOIN res_company company ON company.id = purchase.company
                LEFT JOIN LATERAL (%(figure)s) figure ON certificate.id IS NOT NULL
                ORDER BY purchase.position
                """,
                partners=[fact.partner.id for fact in facts],
                judged=[fact.judged_on for fact in facts],
                dates=[fact.date for fact in facts],
                companies=[company or 0 for company in companies],
                certificate=self._sql_pso_certificate(
                    SQL("purchase.partner"), SQL("purchase.judged_on")
                ),
                figure=self.env["pso.supplier.figure"]._sql_at(
                    SQL("purchase.partner"),
                    SQL("extract(year FROM purchase.date)::int"),
                    SQL("company"),
                ),
            )
        )

    def _sql_pso_certificate(self, partner, date):
        """Select the certificate under the edition in force on a document's date."""
        columns.require(self.env, "purchases")
        aspirant_counts = SQL(
            """COALESCE((
                SELECT edition.aspirant_supplier_counts FROM pso_edition edition
                WHERE edition.active AND edition.is_in_use
                    AND edition.date_from <= %s
                ORDER BY edition.date_from DESC, edition.code DESC LIMIT 1
            ), FALSE)""",
            date,
        )
        certificate = self.env["pso.certificate"]._sql_at(
            partner, date, aspirant_counts
        )
        return SQL().join([certificate, *self._sql_flush_rules()])

    def _sql_flush_rules(self):
        """Have what a purchase is judged by written before it is read by SQL."""
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

    def _pso_to_sql(self, name, alias):
        """Let people search and group by what is derived from the certificates."""
        partner, date = self._sql_pso_facts(SQL.identifier(alias))
        certificate = SQL(
            "(SELECT %(column)s FROM (%(certificate)s) AS certificate)",
            column=SQL.identifier("level_id" if name == "pso_level_id" else "id"),
            certificate=self._sql_pso_certificate(partner, date),
        )
        if name == "pso_is_social":
            return SQL("(%s IS NOT NULL)", certificate)
        return certificate

    def _search_pso_certificate_id(self, operator, value):
        return self._pso_search_record("pso_certificate_id", operator, value)

    def _search_pso_level_id(self, operator, value):
        return self._pso_search_record("pso_level_id", operator, value)

    def _pso_search_record(self, fname, operator, value):
        if operator in ("any", "any!"):
            found = self.env[self._fields[fname].comodel_name]._search(value)
            return self._pso_domain(fname, SQL("IN %s", found.subselect()))
        if operator != "in":
            return NotImplemented
        ids = [number for number in value if isinstance(number, int) and number]
        return self._pso_domain(
            fname,
            SQL("IN %s", tuple(ids or [0])),
            SQL("IS NULL") if False in value else None,
        )

    def _search_pso_is_social(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._pso_domain("pso_is_social", SQL("IN %s", tuple(map(bool, value))))

    def _pso_domain(self, fname, *conditions):
        """Return a domain: the SQL of a field meets one of the conditions."""

        def to_sql(model, alias, query):
            field = model._field_to_sql(alias, fname, query)
            terms = [SQL("%s %s", field, term) for term in conditions if term]
            return SQL("(%s)", SQL(" OR ").join(terms))

        return Domain.custom(to_sql=to_sql)
