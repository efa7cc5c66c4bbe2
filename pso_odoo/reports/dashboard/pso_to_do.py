from collections import defaultdict
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

from ...models.measurement.look import ask, day
from ...models.measurement.pso_supplier_line import Offer, best_first
from ...models.purchases.pso_certificate import SOON_DAYS

TOP = 5
# As far as the outlook goes: to the end of the month a year from now.
AHEAD_DAYS = 366 + 30
PARTS = ("ending", "certificate", "vendor", "offer")


class ToDo(NamedTuple):
    """A row of what is to be done; what the columns say depends on the part."""

    id: int
    partner_id: int | None
    name: str
    label: str | None
    date: object
    amount: object
    room: object


class PsoToDo(models.AbstractModel):
    """What somebody should look at soon.

    ``ending``
        A status with which somebody stops counting: the employee, the target group
        and the last day that counts.
    ``certificate``
        A certificate of a vendor that ends soon, or ended lately, without a next one:
        its level, its last day, and what was bought in the period.
    ``vendor``
        An organisation that most was bought from in the period and that never had a
        certificate: worth asking to get one. Nobody whose expenses were paid back.
    ``offer``
        A vendor that counts today: fte per unit of money, and the money that still
        counts.
    """

    _name = "pso.to.do"
    _description = "What Is to Be Done for PSO"

    def _head_questions(self, company, window, edition, periods):
        """Say what where a company stands and is going needs of it, as SQL.

        Who stops counting is not looked up for users who can change whether somebody
        does (see ``pso.snapshot``).

        :param edition: the edition in force today
        :param periods: those of the window
        """
        questions, today = {}, fields.Date.context_today(self)
        if not self.env.user._pso_sees_kept_figures():
            # Statuses are found with the rules of the window's edition alone.
            found = periods
            if edition != window.edition:
                found = periods._replace(ruled=None)
            questions["ending"] = self._sql_ending(
                company, edition, today, found, AHEAD_DAYS
            )
        if not window.measurement.is_locked:
            questions["offer"] = self._sql_offers(window, today, periods)
        return questions

    def _details_questions(self, company, window, periods):
        """Say what is asked of certificates and vendors, as SQL.

        :param periods: those of the window
        """
        today = fields.Date.context_today(self)
        return {
            "certificate": self._sql_certificates(company, window, today, periods),
            "vendor": self._sql_vendors(window),
        }

    def _found(self, answers):
        """Sort what is to be done, from the answers to some of these questions.

        :return: ``{part: [ToDo]}``, of offers ``[Offer]``; the first come first
        """
        found = defaultdict(list)
        for part in PARTS:
            rows = map(ToDo._make, answers.get(part, ()))
            found[part] = [row._replace(date=day(row.date)) for row in rows]
        found["ending"].sort(key=lambda row: (row.date, row.id))
        found["certificate"].sort(key=lambda row: (-row.amount, row.date, row.id))
        found["vendor"].sort(key=lambda row: (-row.amount, row.id))
        found["offer"] = best_first(
            Offer(row.partner_id, row.name, row.amount, row.room)
            for row in found["offer"]
        )
        return found

    def _ask(self, questions):
        """Ask for some parts alone: as ``_found``.

        :param questions: SQL by part
        """
        return self._found(ask(self.env, questions))

    def _sql_ending(self, company, edition, today, found=None, days=SOON_DAYS):
        """Select with which statuses somebody stops counting.

        :param Periods found: what the statement has found already, if anything
        """
        return SQL(
            """
            SELECT status.id, NULL, employee.name, %(group)s, stops_on, NULL, NULL
            FROM (%(periods)s) AS period
            JOIN pso_status status ON status.id = period.status_id
            JOIN hr_employee employee ON employee.id = status.employee_id
            JOIN pso_target_group target_group ON target_group.id = status.group_id
            WHERE status.company_id IN %(companies)s
                AND stops_on BETWEEN %(first)s AND %(last)s
            """,
            group=self.env["pso.target.group"]._field_to_sql("target_group", "name"),
            periods=self.env["pso.status.period"]._sql_today(
                edition, found and found.members, found and found.ruled
            ),
            companies=tuple(company._pso_scope().ids),
            first=today,
            last=fields.Date.add(today, days=days),
        )

    def _sql_certificates(self, company, window, today, periods=None):
        days = relativedelta(days=SOON_DAYS)
        return SQL(
            """
            SELECT certificate.id, partner.id, partner.complete_name, %(level)s,
                certificate.date_end, COALESCE(bought.amount, 0), NULL
            FROM pso_certificate certificate
            JOIN res_partner partner ON partner.id = certificate.partner_id
            LEFT JOIN pso_level level ON level.id = certificate.level_id
            -- What was bought there in the period, whether it counts or not.
            LEFT JOIN (
                SELECT partner_id, SUM(amount_bills + amount_outside) AS amount
                FROM (%(lines)s) AS line GROUP BY partner_id
            ) AS bought ON bought.partner_id = certificate.partner_id
            -- It ends, and no other goes on.
            WHERE certificate.date_end BETWEEN %(first)s AND %(last)s
                AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
                AND NOT EXISTS (
                    SELECT FROM res_company WHERE partner_id = certificate.partner_id)
                AND NOT EXISTS (
                    SELECT FROM pso_certificate next
                    WHERE next.partner_id = certificate.partner_id
                        AND COALESCE(next.date_end, 'infinity') > certificate.date_end)
            """,
            level=self.env["pso.level"]._field_to_sql("level", "name"),
            lines=self.env["pso.supplier.line"]._sql_for(window, periods),
            first=today - days,
            last=today + days,
            company=company.id,
        )

    def _sql_offers(self, window, today, periods=None):
        return SQL(
            "SELECT partner_id, partner_id, name, NULL, NULL, rate, room "
            "FROM (%s) AS offer",
            self.env["pso.supplier.line"]._sql_offers(window, today, periods),
        )

    def _sql_vendors(self, window):
        return SQL(
            """
            SELECT partner.id, partner.id, partner.complete_name, NULL, NULL, amount,
                NULL
            FROM (
                -- Names are looked up of the few who come first.
                SELECT partner_id, SUM(amount) AS amount FROM (%(vendors)s) AS vendor
                WHERE company_id IN %(companies)s
                GROUP BY partner_id ORDER BY amount DESC, partner_id LIMIT %(top)s
            ) AS vendor
            JOIN res_partner partner ON partner.id = vendor.partner_id
            %(flush)s
            """,
            vendors=self.env["pso.vendor.prospect"]._sql_between(
                window.start, window.end, [window.companies]
            ),
            companies=window.companies._ids,
            top=TOP,
            flush=self.env["pso.supplier.line"]._sql_flush(),
        )
