"""What the sheets of the workbook tell, read once from a measurement and its lines."""

from collections import defaultdict, namedtuple
from functools import cached_property
from math import fsum

from odoo import fields
from odoo.tools import SQL

from ...models.measurement.window import Periods
from ...tools.score import after_refunds

# Amounts that differ by less than a cent are the same.
CENT = 0.005

Staff = namedtuple(
    "Staff",
    "key company_id date_from date_to days hours fulltime_hours reason total_fte",
)
Person = namedtuple(
    "Person",
    "key company_id group_id form_id date_from date_to days hours fulltime_hours"
    " inflow counted_from counted_to counted_days group_weight form_weight"
    " is_rule_known is_rule_confirmed is_verified reason total_hour_days"
    " pso30_hour_days pso30_regular_hour_days total_fte direct_fte employee_id",
    defaults=(None,),
)
PurchaseRow = namedtuple(
    "PurchaseRow",
    "partner_id year move_id number date judged_on amount excluded certificate_id"
    " is_verified",
)


class Source:
    """A measurement, as the sheets need it.

    The caller has checked that the user may have the workbook. Persons, bills and
    vendors are read as superuser: the lines are pseudonymous, and a company of the
    scope need not be one that the user has switched on.

    :param with_names: whether employees are known by name
    """

    def __init__(self, measurement, with_names=False):
        self.measurement = measurement
        self.env = measurement.env
        self.with_names = with_names
        self.companies = measurement.sudo().company_ids
        self.days = measurement._window().days

    # -- people (rule book, section 3) ----------------------------------------

    @cached_property
    def staff(self):
        return self._people("staff", Staff)

    @cached_property
    def group(self):
        return self._people("group", Person)

    def _people(self, kind, make):
        """Read person lines of a kind, as light as 100,000 of them have to be.

        Without names not even the id of an employee leaves the database, nor does the
        order of the rows tell who was hired first: it is that of the keys.

        :param make: the tuple that a row becomes, of the fields that are read
        """
        names = [n for n in make._fields if n != "employee_id" or self.with_names]
        Line = self.env["pso.person.line"]._as_addon()
        query = Line._search(
            [("measurement_id", "=", self.measurement.id), ("kind", "=", kind)],
            order="key, date_from",
        )
        columns = [Line._field_to_sql(query.table, name, query) for name in names]
        return [make(*row) for row in self.env.execute_query(query.select(*columns))]

    @cached_property
    def adjustments(self):
        """Target-group lines that correct the total fte."""
        return [person for person in self.group if person.total_hour_days]

    @cached_property
    def employee_names(self):
        """``{employee id: name}`` of the target group; empty without names."""
        ids = {person.employee_id for person in self.group} - {None}
        return {
            employee.id: employee.name
            for employee in self.env["hr.employee"].sudo().browse(sorted(ids))
        }

    def unweighted_fte(self, person):
        """Return the fte of a person over the days that count for the target group."""
        hours = min(person.hours or 0, person.fulltime_hours)
        return hours * person.counted_days / (person.fulltime_hours * self.days)

    def corrections(self, kind):
        return self.measurement.correction_ids.filtered(lambda c: c.kind == kind)

    def corrected(self, kind):
        """Return the sum of the corrections of a kind."""
        return fsum(self.corrections(kind).mapped("amount"))

    @cached_property
    def proven_direct_fte(self):
        verified = [p.direct_fte for p in self.group if p.is_verified]
        taken = [a for a in self.corrections("direct_fte").mapped("amount") if a < 0]
        return max(fsum(verified + taken), 0)

    # -- purchases (rule book, section 4) -------------------------------------

    @cached_property
    def supplier_lines(self):
        return self.measurement.sudo().supplier_line_ids.sorted(
            lambda line: (line.partner_id.name or "", line.partner_id.id, line.year)
        )

    @cached_property
    def references(self):
        """What stands for each supplier line: ``{(partner, year): text}``."""
        return {
            (line.partner_id.id, line.year): f"S{number:03d}"
            for number, line in enumerate(self.supplier_lines, start=1)
        }

    @cached_property
    def first_references(self):
        """The reference of the first line of each supplier: ``{partner: text}``."""
        references = {}
        for (partner, _year), reference in self.references.items():
            references.setdefault(partner, reference)
        return references

    @cached_property
    def supplier_names(self):
        """``{(partner, year): name}`` of the supplier lines."""
        return {
            (line.partner_id.id, line.year): line.partner_id.name
            for line in self.supplier_lines
        }

    @cached_property
    def corrected_purchases(self):
        """The sum of the corrections of purchases, as far as they count."""
        return fsum(self.supplier_lines.mapped("amount_corrections"))

    @cached_property
    def proven_indirect_fte(self):
        return fsum(self.supplier_lines.mapped("proven_fte"))

    @cached_property
    def _purchases(self):
        """Bills and corrections as they are judged today, by supplier and year.

        A correction is a purchase without a bill.
        """
        self.env.flush_all()
        periods = Periods.of([self.measurement._window()])
        lines = self.env["pso.supplier.line"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT judged.partner_id, judged.year, judged.move_id, move.name,
                    judged.date, judged.judged_on, judged.amount,
                    judged.amount_excluded, certificate.id,
                    COALESCE(judged.is_verified, FALSE)
                FROM (%(judged)s) AS judged
                LEFT JOIN LATERAL (%(certificate)s) AS certificate ON TRUE
                LEFT JOIN account_move move ON move.id = judged.move_id
                ORDER BY judged.date, move.name, judged.move_id
                """,
                judged=lines._sql_judged_by_year(periods),
                certificate=self.env["pso.certificate"]._sql_at(
                    SQL("judged.partner_id"),
                    SQL("judged.judged_on"),
                    SQL("judged.aspirant_supplier_counts"),
                ),
            )
        )
        purchases = defaultdict(list)
        for purchase in map(PurchaseRow._make, rows):
            purchases[purchase.partner_id, purchase.year].append(purchase)
        return purchases

    def purchases(self, line):
        """Return the purchases behind a supplier's line as they are judged today."""
        return self._purchases.get((line.partner_id.id, line.year), [])

    def certificate(self, purchase):
        """Return the certificate by which a purchase counts today, or none."""
        certificates = self.env["pso.certificate"].sudo()
        return certificates.browse(purchase.certificate_id or ())

    @cached_property
    def _balances(self):
        """What was bought on balance: ``{(partner, year): (all, proven)}`` of today."""
        balances = {}
        for key, purchases in self._purchases.items():
            counted = [p for p in purchases if p.certificate_id]
            balances[key] = (
                fsum(p.amount for p in counted),
                fsum(p.amount for p in counted if p.is_verified),
            )
        return balances

    def _sums(self, lines):
        """Return what the purchases of today make of a supplier's lines, by line."""
        lines = lines.sorted("year")
        balances = [
            self._balances.get((x.partner_id.id, x.year), (0, 0)) for x in lines
        ]
        amounts, proven = (
            after_refunds([balance[n] for balance in balances]) for n in (0, 1)
        )
        sums = {}
        for line, amount, amount_proven in zip(lines, amounts, proven, strict=True):
            purchases = self._purchases.get((line.partner_id.id, line.year), ())
            counted = [p for p in purchases if p.certificate_id]
            sums[line] = {
                "amount_bills": fsum(p.amount for p in counted if p.move_id),
                "amount_corrections": fsum(p.amount for p in counted if not p.move_id),
                "amount_excluded": fsum(p.excluded for p in purchases),
                "amount_outside": fsum(
                    p.amount for p in purchases if not p.certificate_id
                ),
                "amount": amount,
                "amount_proven": amount_proven,
            }
        return sums

    @cached_property
    def untraced_lines(self):
        """The lines of suppliers whose purchases of today make other lines.

        Bills, certificates and exclusions may change after a measurement is locked, and
        the rule for refunds has; the locked amounts stand.
        """
        return self.supplier_lines.browse(
            line.id
            for lines in self.supplier_lines.grouped("partner_id").values()
            if any(
                abs(line[name] - amount) >= CENT
                for line, sums in self._sums(lines).items()
                for name, amount in sums.items()
            )
            for line in lines
        )

    def proven_balance(self, line):
        """Return what was bought on balance at verified certificates, or was locked."""
        if line in self.untraced_lines:
            return line.amount_proven
        return self._balances.get((line.partner_id.id, line.year), (0, 0))[1]

    @cached_property
    def bills(self):
        """The bills behind the supplier lines that can be traced."""
        return [p for p in self._traced_purchases if p.move_id]

    @cached_property
    def judged_corrections(self):
        """``(correction, purchase)``: corrections of purchases and how they are judged.

        A correction is judged by supplier and date alone, so these find it again; one
        of a company of the scope is no purchase, and left out as in the lines.
        """
        judged = {
            (p.partner_id, p.date): p for p in self._traced_purchases if not p.move_id
        }
        corrections = [
            (correction, judged.get((correction.partner_id.id, correction.date)))
            for correction in self.corrections("purchases").sudo()
        ]
        return [pair for pair in corrections if pair[1]]

    @cached_property
    def _traced_purchases(self):
        return [
            purchase
            for line in self.supplier_lines - self.untraced_lines
            for purchase in self._purchases[line.partner_id.id, line.year]
        ]

    @cached_property
    def certificates(self):
        """Certificates by id; one deleted since has no name."""
        ids = {p.certificate_id for p in self._traced_purchases} - {None}
        certificates = self.env["pso.certificate"].sudo().browse(sorted(ids))
        return {certificate.id: certificate for certificate in certificates}

    # -- the rule book (section 5) --------------------------------------------

    @cached_property
    def indirect_max_share(self):
        return self.measurement._indirect_max_share()

    # -- words ----------------------------------------------------------------

    def moment(self, moment):
        """Return a moment on the clock of the user; the file knows no time zones."""
        local = fields.Datetime.context_timestamp(self.measurement, moment)
        return local.replace(tzinfo=None, microsecond=0)

    def words(self, model, field):
        """Return the values of a selection field in the user's language."""
        return dict(self.env[model]._fields[field]._description_selection(self.env))

    @cached_property
    def record_names(self):
        """``{(model, id): name}`` of the groups, forms and companies of the lines."""
        ids = {
            "pso.target.group": {person.group_id for person in self.group},
            "pso.contract.form": {person.form_id for person in self.group},
            "res.company": {p.company_id for p in (*self.staff, *self.group)},
        }
        return {
            (model, record.id): record.name
            for model, numbers in ids.items()
            for record in self.env[model].sudo().browse(sorted(numbers - {None}))
        }
