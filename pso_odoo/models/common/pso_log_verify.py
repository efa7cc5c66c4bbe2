from collections import namedtuple

from odoo import fields, models
from odoo.tools import SQL

from ...tools.sealing import Keys, Signature
from .pso_log_link import LINKED, sql_digest

# A link as it is, with what its digest and that of its line should be.
Link = namedtuple(
    "Link",
    "number kind date content last previous_digest key digest signature expected"
    " present line_digest line_key line_signature",
)


class PsoLogLink(models.Model):
    """Whether the chain of the log of a company is whole, and each of its lines."""

    _inherit = "pso.log.link"

    def _findings(self, company_id):
        """Check the chain of a log from its first link to its end, as texts."""
        keys = Keys()
        number, digest, had_key = 0, None, False
        rows = self._rows(company_id)
        if rows:
            number, digest = self._begin(rows)
        for row in rows:
            number += 1
            if row.number != number:
                yield self.env._(
                    "Log: %(count)s entries are missing (%(first)s to %(last)s).",
                    count=row.number - number,
                    first=number,
                    last=row.number - 1,
                )
            elif row.previous_digest != digest:
                yield self.env._(
                    "Log: entry %(number)s does not follow from the one before it.",
                    number=number,
                )
            number, digest = row.number, row.digest
            problem = self._problem(keys, row, had_key)
            if problem:
                yield problem
            had_key |= bool(row.key)
        yield from self.env["pso.log.head"]._findings(
            company_id, number, digest, had_key
        )

    def _begin(self, rows):
        """Return number and digest that the first link that is left follows."""
        shortened = [row for row in rows if row.kind == "shortened"]
        if not shortened:
            return 0, None
        return shortened[-1].last, shortened[-1].content

    def _problem(self, keys, row, had_key):
        """Say what is the matter with a link or its line; nothing if it is whole."""
        if row.digest != row.expected:
            return self.env._("Log: entry %(number)s was changed.", number=row.number)
        if row.kind != "shortened" and row.present is None:
            return self.env._(
                "Log: the line of entry %(number)s (%(date)s) is gone.",
                number=row.number,
                date=fields.Datetime.to_string(row.date),
            )
        if row.kind != "shortened" and not self._is_whole(keys, row):
            return self.env._(
                "Log: the line of entry %(number)s (%(date)s) was changed.",
                number=row.number,
                date=fields.Datetime.to_string(row.date),
            )
        if not row.key:
            return had_key and self.env._(
                "Log: entry %(number)s was made without a key, and earlier ones with "
                "one.",
                number=row.number,
            )
        if not keys.knows(row.key):
            return self.env._(
                "Log: entry %(number)s was made with a key that this server does not "
                "know (%(key)s).",
                number=row.number,
                key=row.key,
            )
        if not keys.has_signed(row.digest, Signature(row.key, row.signature)):
            return self.env._(
                "Log: entry %(number)s is forged: it was not signed with the key that "
                "it names.",
                number=row.number,
            )
        return None

    def _is_whole(self, keys, row):
        """Return whether the line of a link is as it was, with its own signature.

        Lines of before an upgrade have none.
        """
        if row.present != row.content:
            return False
        if row.kind == "found" and not row.line_digest:
            return True
        if row.line_digest != row.content:
            return False
        signature = Signature(row.line_key, row.line_signature)
        if not row.line_key or not keys.knows(row.line_key):
            # That a key is not known is said of the link.
            return bool(row.line_key) or not row.line_signature
        return keys.has_signed(row.line_digest, signature)

    def _rows(self, company_id):
        """Return the links of a company with the digests of their lines, in order."""
        log = self.env["pso.log"]
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                SELECT link.number, kind, link.date, link.content, last,
                    previous_digest, link.key, link.digest, link.signature,
                    %(expected)s AS expected,
                    log.*
                FROM pso_log_link AS link
                LEFT JOIN LATERAL (
                    SELECT %(content)s, digest, key, signature FROM pso_log
                    WHERE pso_log.id = link.line
                        AND pso_log.company_id = link.company_id
                ) AS log ON TRUE
                WHERE link.company_id = %(company)s ORDER BY link.number
                """,
                expected=sql_digest("link", LINKED),
                content=log._sql_digest(),
                company=company_id,
            )
        )
        return [Link(*row) for row in cr.fetchall()]
