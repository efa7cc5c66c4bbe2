from datetime import date, timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...tools import columns
from ..measurement.window import Window
from ..purchases.account_move import PURCHASE_TYPES
from .pso_reminder import MISSING, MONTHS_AHEAD, OF_CERTIFICATES
from .pso_reminder_mixin import LAST_DAYS, stage_of

# A company is reminded of a vendor that others share if it bought there so lately.
BOUGHT_MONTHS = 24


class PsoReminder(models.Model):
    """What there is to be reminded of."""

    _inherit = "pso.reminder"

    # -- certificates ------------------------------------------------------------

    def _due_certificates(self, company, today):
        """Return the values of the reminders of vendors' certificates that end soon."""
        users = self.env["res.users"].sudo()
        rows = self.env.execute_query(self._sql_ending(company, today))
        return [
            self._values(
                company,
                "certificate",
                today,
                end,
                company._pso_reminded("purchases", users.browse(buyer or ())),
                certificate,
            )
            for certificate, end, buyer in rows
        ]

    def _sql_ending(self, company, today):
        """Select certificates of vendors that end within 90 days, and who buys there.

        Of vendors of the company itself, and of those that all companies share, if it
        bought there, or no company did. Of vendors that stop, or go on, nobody is
        reminded.
        """
        return SQL(
            """
            WITH bought AS (
                SELECT DISTINCT commercial_partner_id AS partner_id,
                    company_id IN %(scope)s AS is_ours
                FROM account_move
                WHERE state = 'posted' AND move_type IN %(types)s
                    AND invoice_date >= %(since)s
            )
            SELECT certificate.id, certificate.date_end, partner.buyer_id
            FROM pso_certificate certificate
            JOIN res_partner partner ON partner.id = certificate.partner_id
            WHERE certificate.date_end BETWEEN %(first)s AND %(last)s
                AND certificate.renewal NOT IN ('renewed', 'stopped')
                AND partner.active
                AND (
                    partner.company_id IN %(scope)s
                    OR partner.company_id IS NULL AND (
                        partner.id IN (SELECT partner_id FROM bought WHERE is_ours)
                        OR partner.id NOT IN (SELECT partner_id FROM bought)))
                AND partner.id NOT IN (SELECT partner_id FROM res_company)
            ORDER BY certificate.date_end, certificate.id %(flush)s
            """,
            scope=tuple(company._pso_scope().ids),
            types=PURCHASE_TYPES,
            since=fields.Date.subtract(today, months=BOUGHT_MONTHS),
            first=today,
            last=today + timedelta(days=max(LAST_DAYS)),
            flush=columns.sql_flush(
                self.env,
                {
                    "pso.certificate": ("partner_id", "date_end", "renewal"),
                    "res.partner": ("active", "buyer_id", "company_id"),
                    "res.company": ("partner_id",),
                    "account.move": (
                        *("commercial_partner_id", "company_id", "invoice_date"),
                        *("move_type", "state"),
                    ),
                },
            ),
        )

    def _due_own(self, company, today):
        """Return the values of the reminder of the company's own certificate."""
        certificates = self.env["pso.certificate"].search(
            [("partner_id", "=", company.partner_id.id), ("date_end", ">=", today)]
        )
        ending = certificates.filtered(
            lambda each: (
                each.renewal not in ("renewed", "stopped")
                and stage_of(today, each.date_end, MONTHS_AHEAD)
            )
        )
        rounds = self.env["pso.certification"].search(
            [("company_id", "=", company.id), ("state", "!=", "done")], limit=1
        )
        user = company._pso_reminded("own", rounds.responsible_id)
        return [
            self._values(company, "own", today, each.date_end, user, each.id)
            for each in ending
        ]

    def _end_settled(self, partners=None):
        """End the open reminders whose matter is settled.

        A certificate is, once it is renewed or stopped, or ends on another day. What
        was missing is looked up by the nightly job alone.

        :param partners: of the certificates of these alone
        """
        domain = [("ended_on", "=", False), ("kind", "in", OF_CERTIFICATES)]
        if partners is not None:
            domain.append(("certificate_id.partner_id", "in", partners.ids))
        reminders = self.sudo().search(domain)
        open_ones = reminders.filtered("activity_ids")
        open_ones.filtered(
            lambda each: (
                each.certificate_id.renewal in ("renewed", "stopped")
                or each.certificate_id.date_end != each.date_end
            )
        )._end()
        if partners is None:
            self._end_found()
            self._end_orphans()

    def _end_found(self):
        """End the open reminders of what was missing and is there by now."""
        reminders = self.search(
            [("kind", "in", list(MISSING)), ("activity_ids", "!=", False)]
        )
        for reminder in reminders:
            today = self._today(reminder.company_id)
            code = MISSING[reminder.kind]
            end, found = self._lacks(reminder.company_id, today, {code})
            if not found or end != reminder.date_end:
                reminder._end()

    def _end_orphans(self):
        """Delete the activities of reminders that the database deleted.

        They go with their certificate, and that goes with its organisation.
        """
        activities = self.env["mail.activity"].with_context(active_test=False)
        ours = activities.search([("res_model", "=", self._name)])
        there = set(self.browse(ours.mapped("res_id")).exists()._ids)
        ours.filtered(lambda each: each.res_id not in there).unlink()

    # -- what is missing -----------------------------------------------------------

    def _due_missing(self, company, today):
        """Return the values of the reminders of what is missing of vendors."""
        end, found = self._lacks(company, today, set(MISSING.values()))
        user = company._pso_reminded("purchases")
        return [
            self._values(company, kind, today, end, user)
            for kind, code in MISSING.items()
            if found.get(code)
        ]

    def _lacks(self, company, today, codes):
        """Find what is missing in the period that ends soon.

        :param codes: of checks
        :return: its last day, and ``{code: record ids}`` of what is found; nothing is,
            as long as it does not end within 90 days
        """
        window = self._window(company, today)
        if not window or not stage_of(today, window.end):
            return None, {}
        checks = self.env["pso.check.type"].search([("code", "in", list(codes))])
        found = self.env["pso.check"]._findings(window, checks) if checks else {}
        return window.end, {code: found[code] for code in codes if found.get(code)}

    def _window(self, company, today):
        """Return the period by whose end all has to be there, or None.

        That of the live measurement of the company that ends next, else this calendar
        year.
        """
        measurement = self.env["pso.measurement"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "live"),
                ("date_start", "<=", today),
                ("date_end", ">=", today),
            ],
            order="date_end, id",
            limit=1,
        )
        if measurement:
            return measurement._window()
        edition = self.env["pso.edition"].sudo()._at(today)
        if not edition:
            return None
        first, last = date(today.year, 1, 1), date(today.year, 12, 31)
        return Window(company._pso_scope(), first, last, edition)
