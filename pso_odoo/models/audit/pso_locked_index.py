from odoo import fields, models
from odoo.tools import SQL

from ...tools.sealing import sql_sha256


class PsoLockedIndex(models.Model):
    """Which rows a measurement had when it was sealed, so that a change can be named.

    One line of text a row: what it is called, the digest of its content, and the
    numbers it referred to. The digest of the whole text stands in the seal. It goes
    when the measurement is unlocked.
    """

    _name = "pso.locked.index"
    _description = "Index of a Locked PSO Measurement"
    _inherit = ["pso.withheld.mixin"]
    _log_access = False
    _order = "measurement_id, part"

    measurement_id = fields.Many2one(
        "pso.measurement", required=True, readonly=True, ondelete="cascade"
    )
    part = fields.Char(required=True, readonly=True)
    rows = fields.Integer(readonly=True, aggregator=None)
    # As long as the lines are many: only read where something differs.
    entries = fields.Text(readonly=True, prefetch=False)

    _part_unique = models.UniqueIndex("(measurement_id, part)")

    def _keep(self, measurement, part, entries):
        """Write an index in place of an older one; return its rows and its digest.

        :param entries: SQL of ``id``, by which they are ordered, and ``entry``
        """
        [summary] = self.env.execute_query(
            SQL(
                """
                INSERT INTO pso_locked_index AS kept
                    (measurement_id, part, rows, entries)
                SELECT %(measurement)s, %(part)s, rows, entries FROM (%(text)s) AS text
                ON CONFLICT (measurement_id, part) DO UPDATE
                    SET rows = EXCLUDED.rows, entries = EXCLUDED.entries
                RETURNING rows, %(digest)s
                """,
                measurement=measurement.id,
                part=part,
                text=self._sql_text(entries),
                digest=self._sql_digest(),
            )
        )
        self.invalidate_model(flush=False)
        return summary

    def _keep_more(self, measurement, part, entries):
        """Write an index, and leave what is kept already as it is; see ``_keep``.

        :param entries: as in ``_keep``, named by one value
        """
        return self._keep(
            measurement,
            part,
            SQL(
                """
                WITH before AS (
                    SELECT number::int AS id, entry FROM pso_locked_index,
                        unnest(string_to_array(entries, chr(10)))
                        WITH ORDINALITY AS line (entry, number)
                    WHERE measurement_id = %(measurement)s AND part = %(part)s
                )
                SELECT ROW(0, id) AS id, entry FROM before
                UNION ALL
                SELECT ROW(1, id), entry FROM (%(entries)s) AS line
                WHERE entry::json->>0 NOT IN (SELECT entry::json->>0 FROM before)
                """,
                measurement=measurement.id,
                part=part,
                entries=entries,
            ),
        )

    def _sum_up(self, entries):
        """Return number of rows and digest of the index that would be kept now."""
        [summary] = self.env.execute_query(
            SQL(
                "SELECT rows, %s FROM (%s) AS now",
                self._sql_digest(),
                self._sql_text(entries),
            )
        )
        return summary

    def _digests(self, measurement):
        """Return the digests of the indexes that are kept, by part."""
        query = "SELECT part, %s FROM pso_locked_index WHERE measurement_id = %s"
        return dict(
            self.env.execute_query(SQL(query, self._sql_digest(), measurement.id))
        )

    def _entries(self, measurement, part):
        """Return the entries that are kept of a part, in order."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT unnest(string_to_array(entries, chr(10))) FROM pso_locked_index
                WHERE measurement_id = %s AND part = %s
                """,
                measurement.id,
                part,
            )
        )
        return [entry for (entry,) in rows]

    def _digest_of_first(self, measurement, part, rows):
        """Digest the first so many rows of what is kept; None if nothing is."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT %(digest)s FROM (
                    SELECT COALESCE(array_to_string((
                        string_to_array(entries, chr(10)))[:%(rows)s], chr(10)
                    ), '') AS entries
                    FROM pso_locked_index
                    WHERE measurement_id = %(measurement)s AND part = %(part)s
                ) AS first
                """,
                digest=self._sql_digest(),
                rows=rows,
                measurement=measurement.id,
                part=part,
            )
        )
        return found[0][0] if found else None

    def _differences(self, measurement, part, entries):
        """Return the kept entries that are gone, and those that came in."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH kept AS (
                    SELECT unnest(string_to_array(entries, chr(10))) AS entry
                    FROM pso_locked_index
                    WHERE measurement_id = %(measurement)s AND part = %(part)s
                ),
                present AS MATERIALIZED (SELECT entry FROM (%(entries)s) AS line)
                SELECT TRUE, entry FROM (
                    SELECT entry FROM kept EXCEPT ALL SELECT entry FROM present
                ) AS gone
                UNION ALL
                SELECT FALSE, entry FROM (
                    SELECT entry FROM present EXCEPT ALL SELECT entry FROM kept
                ) AS come
                """,
                measurement=measurement.id,
                part=part,
                entries=entries,
            )
        )
        return (
            [entry for is_kept, entry in rows if is_kept],
            [entry for is_kept, entry in rows if not is_kept],
        )

    def _forget(self, measurements):
        """Drop the indexes of measurements that go live again."""
        query = "DELETE FROM pso_locked_index WHERE measurement_id IN %s"
        self.env.cr.execute(SQL(query, measurements._ids))
        self.invalidate_model(flush=False)

    def _sql_text(self, entries):
        """Select the number of entries, and all of them as one text, in order."""
        return SQL(
            """
            SELECT COUNT(*)::int AS rows,
                COALESCE(string_agg(entry, chr(10) ORDER BY id), '') AS entries
            FROM (%s) AS line
            """,
            entries,
        )

    def _sql_digest(self):
        """Express in SQL the digest of the text of an index."""
        return sql_sha256(SQL("entries"))
