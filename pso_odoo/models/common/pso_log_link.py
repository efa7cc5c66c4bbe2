import logging

import psycopg2

from odoo import fields, models
from odoo.sql_db import db_connect
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from ...tools.sealing import Keys, Signature, sql_sha256

_logger = logging.getLogger(__name__)

# The first of the two numbers of an advisory lock: ours among those of others.
LINK_LOCK = 0x50534C
# Nobody waits longer for who is adding to the chain; what is not linked then is later.
LONGEST_WAIT = "1s"
# What the digest of a link is made of.
LINKED = (
    *("company_id", "number", "kind", "line", "content", "date", "first", "last"),
    *("count", "until", "has_erased", "previous_digest", "key"),
)


def column_types(model, names):
    """Return the types in SQL of some columns of a model, in this order."""
    return {name: model._fields[name].column_type[0] for name in names}


def sql_digest(table, names):
    """Express the digest of a row in SQL, over some of its columns."""
    values = SQL(", ").join(SQL.identifier(table, name) for name in names)
    return sql_sha256(SQL("json_build_array(%s)::text", values))


def sql_row(types, vals):
    """Select a row with the columns of a table, those that are not given empty."""
    return SQL(
        "SELECT %s",
        SQL(", ").join(
            SQL("%s::%s AS %s", vals.get(name), SQL(kind), SQL.identifier(name))
            for name, kind in types.items()
        ),
    )


def sign_row(cr, table, types, vals):
    """Sign a row by the digest that the database makes of it.

    :param types: the columns of the digest, each with its type in SQL
    :param vals: those that are not empty, without the key
    :return: the values with ``key``, ``digest`` and ``signature``
    """

    def digest_with(key):
        digest, row = sql_digest(table, types), sql_row(types, vals | {"key": key})
        name = SQL.identifier(table)
        cr.execute(SQL("SELECT %s FROM (%s) AS %s", digest, row, name))
        return cr.fetchone()[0]

    digest, signature = Keys().sign(digest_with)
    return vals | {"key": signature.key, "digest": digest, "signature": signature.text}


def is_signed(keys, content, digest, signature, had_key):
    """Return whether a line is as Odoo wrote it, as far as its key tells.

    :param had_key: whether the chain has links with a key: then each line has one
    """
    if not digest or content != digest:
        return False
    if not signature.key:
        return not had_key
    return keys.has_signed(digest, signature)


class PsoLogLink(models.Model):
    """The chain of the log of a company: a link for each line, in order.

    Many users note at once, each in a transaction of his own that may take long and may
    come to nothing: a line is signed when it is written, and linked as soon as it is
    committed, in a transaction of some milliseconds. So nobody waits for the work of
    another, and no line that came to nothing leaves a gap.

    When lines are deleted after their period, so are their links; a link of its own
    says which ones went, and holds the digest of the last of them.
    """

    _name = "pso.log.link"
    _description = "Link of the PSO Log"
    _inherit = ["pso.append.only.mixin"]
    _order = "company_id, number desc"

    _deletable = "OLD.date < now() AT TIME ZONE 'UTC' - interval '1 year'"

    company_id = fields.Integer(required=True, readonly=True, aggregator=None)
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    kind = fields.Selection(
        [
            ("line", "Line"),
            ("found", "Line as found at the upgrade"),
            ("shortened", "Lines deleted after their period"),
        ],
        required=True,
        readonly=True,
    )
    line = fields.Integer(readonly=True, index=True, aggregator=None)
    content = fields.Char(readonly=True, help="The digest of the line.")
    date = fields.Datetime(required=True, readonly=True, help="That of the line.")
    first = fields.Integer(readonly=True, aggregator=None)
    last = fields.Integer(readonly=True, aggregator=None)
    count = fields.Integer(readonly=True, aggregator=None)
    until = fields.Datetime(readonly=True)
    has_erased = fields.Boolean(readonly=True)
    previous_digest = fields.Char(readonly=True)
    key = fields.Char(readonly=True)
    digest = fields.Char(required=True, readonly=True)
    signature = fields.Char(readonly=True, groups=fields.NO_ACCESS)

    _number_unique = models.UniqueIndex("(company_id, number)")

    # -- adding ------------------------------------------------------------------

    def _link_apart(self, company_id, lines):
        """Link lines that are committed, in a transaction of their own.

        If it fails, the daily job does it: what was noted stands.
        """
        try:
            with db_connect(self.env.cr.dbname).cursor() as cr:
                # The chain goes on from its end as it is when it is our turn.
                cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
                cr.execute(SQL("SET LOCAL lock_timeout = %s", LONGEST_WAIT))
                # What was noted while the addon was uninstalled went with the chain.
                if not table_exists(cr, self._table):
                    return
                self._link(cr, company_id, lines)
        except psycopg2.Error as error:
            _logger.warning("PSO log: linked later (%s)", type(error).__name__)

    def _link(self, cr, company_id, lines, kind="line"):
        """Add links for lines of a company, those that are not linked yet.

        A line that nobody signed is none of ours, and is not linked.
        """
        turn = SQL("SELECT pg_advisory_xact_lock(%s, %s)", LINK_LOCK, company_id)
        cr.execute(turn, log_exceptions=False)
        number, previous = self._end(cr, company_id)
        keys, had_key = Keys(), self._has_key(cr, company_id)
        for line, date, content, digest, key, signature in self._unlinked(
            cr, company_id, lines
        ):
            signed = Signature(key, signature)
            if kind == "line" and not is_signed(keys, content, digest, signed, had_key):
                continue
            number += 1
            previous = self._insert_link(
                cr,
                {
                    "company_id": company_id,
                    "number": number,
                    "kind": kind,
                    "line": line,
                    "content": content,
                    "date": date,
                    "previous_digest": previous,
                },
            )
        if previous:
            self.env["pso.log.head"]._set(cr, company_id, number, previous)

    def _unlinked(self, cr, company_id, lines):
        """Return the lines of a company without a link, of some lines or (None) of all.

        :return: ``[(id, date, digest of what is there, digest, key, signature)]``
        """
        log = self.env["pso.log"]
        cr.execute(
            SQL(
                """
                SELECT id, date, %(content)s, digest, key, signature FROM pso_log
                WHERE company_id = %(company)s AND %(condition)s AND NOT EXISTS (
                    SELECT FROM pso_log_link WHERE line = pso_log.id
                        AND company_id = pso_log.company_id)
                ORDER BY id
                """,
                content=log._sql_digest(),
                company=company_id,
                condition=SQL("TRUE")
                if lines is None
                else SQL("id = ANY(%s)", list(lines)),
            )
        )
        return cr.fetchall()

    def _has_key(self, cr, company_id):
        """Return whether there are links of a company that were signed with a key."""
        cr.execute(
            SQL(
                "SELECT EXISTS (SELECT FROM pso_log_link WHERE company_id = %s "
                "AND key IS NOT NULL)",
                company_id,
            )
        )
        return cr.fetchone()[0]

    def _end(self, cr, company_id):
        """Return number and digest of the last link; 0 and None without any."""
        cr.execute(
            SQL(
                "SELECT number, digest FROM pso_log_link WHERE company_id = %s "
                "ORDER BY number DESC LIMIT 1",
                company_id,
            )
        )
        return cr.fetchone() or (0, None)

    def _insert_link(self, cr, vals):
        """Add a link, and return its digest."""
        values = sign_row(cr, "link", column_types(self, LINKED), vals)
        cr.execute(
            SQL(
                "INSERT INTO pso_log_link (%s) VALUES %s",
                SQL(", ").join(map(SQL.identifier, values)),
                tuple(values.values()),
            )
        )
        return values["digest"]

    # -- shortening ----------------------------------------------------------------

    def _shorten(self, company_id, limit_date, most):
        """Delete the oldest lines of a company, and seal that they went.

        :param limit_date: lines of before that go
        :param int most: how many at once
        :return: how many went
        """
        cr = self.env.cr
        self._link(cr, company_id, None)
        links = self._past(company_id, limit_date, most)
        if all(kind == "shortened" for _number, kind, *_rest in links):
            return 0
        first, last = links[0][0], links[-1][0]
        number, previous = self._end(cr, company_id)
        digest = self._insert_link(
            cr,
            {
                "company_id": company_id,
                "number": number + 1,
                "kind": "shortened",
                "content": links[-1][2],
                "date": fields.Datetime.now(),
                "first": first,
                "last": last,
                "count": len(links),
                "until": max(until for *_rest, until, _has_erased in links),
                "has_erased": any(has_erased for *_rest, has_erased in links),
                "previous_digest": previous,
            },
        )
        cr.execute(
            SQL(
                """
                DELETE FROM pso_log WHERE company_id = %(company)s AND id IN (
                    SELECT line FROM pso_log_link WHERE company_id = %(company)s
                        AND number <= %(last)s)
                """,
                company=company_id,
                last=last,
            )
        )
        count = cr.rowcount
        cr.execute(
            SQL(
                "DELETE FROM pso_log_link WHERE company_id = %s AND number <= %s",
                company_id,
                last,
            )
        )
        self.env["pso.log.head"]._set(cr, company_id, number + 1, digest)
        self.invalidate_model(flush=False)
        return count

    def _past(self, company_id, limit_date, most):
        """Return the oldest links of a company, up to the first whose line stays.

        A line stays while it is not past its period, and if it is not what it was.

        :return: ``[(number, kind, digest, until, has_erased)]``
        """
        log = self.env["pso.log"]
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                WITH oldest AS (
                    SELECT * FROM pso_log_link WHERE company_id = %(company)s
                    ORDER BY number LIMIT %(most)s
                ),
                -- With their lines: past its period, and as it was written.
                present AS (
                    SELECT oldest.number, kind, oldest.digest,
                        COALESCE(until, oldest.date) AS until,
                        COALESCE(has_erased, event IN ('erase', 'anonymise'), FALSE)
                            AS has_erased,
                        oldest.date < %(limit)s AND (kind = 'shortened'
                            OR oldest.content = %(content)s) AS is_past
                    FROM oldest LEFT JOIN pso_log ON pso_log.id = line
                        AND pso_log.company_id = %(company)s
                ),
                -- Up to the first that stays.
                link AS (
                    SELECT *, BOOL_AND(COALESCE(is_past, FALSE)) OVER (
                        ORDER BY number) AS goes
                    FROM present
                )
                SELECT number, kind, digest, until, has_erased FROM link
                WHERE goes ORDER BY number
                """,
                company=company_id,
                limit=limit_date,
                most=most,
                content=log._sql_digest(),
            )
        )
        return cr.fetchall()

    def _shortened(self, company_id):
        """Return until when deleted lines went, or None, and if with erasures."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT until, has_erased FROM pso_log_link
                WHERE company_id = %s AND kind = 'shortened'
                ORDER BY number DESC LIMIT 1
                """,
                company_id,
            )
        )
        return rows[0] if rows else (None, False)
