import secrets

from odoo import api, models
from odoo.exceptions import MissingError
from odoo.tools import SQL

# An id is made of two halves and a last bit, and stays below 2^53: the largest number
# that a browser counts to.
HALF = 26
ROUNDS = 3
MASK = SQL("%s::bigint", 2**HALF - 1)
KEY = SQL.identifier("pso_report_key")


class PsoReportMixin(models.AbstractModel):
    """An SQL report whose ids are made of what a row is about.

    So they are the same in every query, and no two rows have the same. What they are
    made of, others know: who works here, and since when. So they are shuffled with a
    key. It lies in a table that is no model's, where no user of Odoo reads it.

    Whoever has come by an id learns nothing by it either: what one may not see is not
    there.
    """

    _name = "pso.report.mixin"
    _description = "PSO Report"

    def init(self):
        """Make the key, when the addon is installed or upgraded."""
        super().init()
        if self._name != "pso.report.mixin":
            return
        seeds = [secrets.randbits(64) - 2**63 for _round in range(ROUNDS)]
        self.env.cr.execute(
            SQL(
                """
                CREATE TABLE IF NOT EXISTS %(key)s (seeds bigint[] NOT NULL);
                INSERT INTO %(key)s SELECT %(seeds)s
                WHERE NOT EXISTS (SELECT FROM %(key)s);
                """,
                key=KEY,
                seeds=seeds,
            ),
            log_exceptions=False,
        )

    def _drop_key(self):
        """Drop what Odoo does not know of, at the uninstallation."""
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", KEY))

    def _sql_shuffled(self, number, rounds=ROUNDS):
        """Express in SQL another number for a number, one to one, by the key.

        :param number: SQL of a bigint from 0 to 2^52 - 1
        :param rounds: as of ``_sql_shuffled_halves``
        """
        return self._sql_shuffled_halves(
            SQL("((%s) >> %s)", number, HALF), SQL("((%s) & %s)", number, MASK), rounds
        )

    def _sql_shuffled_halves(self, left, right, rounds=ROUNDS, whole=None):
        """Express in SQL another number of 52 bits for one whose halves are given.

        A Feistel network: in each round one half is changed by a keyed hash of the
        other. Whoever lacks the key cannot tell it from chance.

        :param left: SQL of a bigint of 26 bits
        :param right: the same
        :param rounds: two are enough where whoever may know one number that has the
            same right half may know the others too
        :param whole: SQL of a bigint, of which the right half is no more than a part
        """
        hashed = whole or right
        for position in range(1, rounds + 1):
            mixed = SQL(
                "(%(left)s # (hashint8extended(%(right)s,"
                " (SELECT seeds[%(position)s] FROM %(key)s)) & %(mask)s))",
                left=left,
                right=hashed,
                position=position,
                key=KEY,
                mask=MASK,
            )
            left, right = right, mixed
            hashed = right
        return SQL("((%s << %s) | %s)", left, HALF, right)

    def _check_access(self, operation):
        try:
            result = super()._check_access(operation)
        except MissingError:
            return self - self.exists(), self._pso_no_such_record
        if result and self and self.browse().has_access(operation):
            return result[0], self._pso_no_such_record
        return result

    @api.private
    def exists(self):
        if self.env.su:
            return super().exists()
        if not self.browse().has_access("read"):
            return self
        return self.browse(self.search([("id", "in", self.ids)])._ids)
