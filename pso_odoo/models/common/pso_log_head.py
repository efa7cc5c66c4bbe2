from odoo import fields, models
from odoo.tools import SQL

from ...tools.sealing import Keys, Signature


class PsoLogHead(models.Model):
    """The end of the chain of the log of a company, so that it cannot be cut off."""

    _name = "pso.log.head"
    _description = "End of the PSO Log"
    _log_access = False

    company_id = fields.Integer(required=True, readonly=True, aggregator=None)
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    link_digest = fields.Char(required=True, readonly=True)
    key = fields.Char(readonly=True)
    signature = fields.Char(readonly=True, groups=fields.NO_ACCESS)

    _company_unique = models.UniqueIndex("(company_id)")

    def _set(self, cr, company_id, number, link_digest):
        """Keep which link of a company is the last one, signed."""
        content = _head(company_id, number, link_digest)
        _digest, signature = Keys().sign(lambda _key: content)
        values = {
            "company_id": company_id,
            "number": number,
            "link_digest": link_digest,
            "key": signature.key,
            "signature": signature.text,
        }
        cr.execute(
            SQL(
                """
                INSERT INTO pso_log_head (%(names)s) VALUES %(values)s
                ON CONFLICT (company_id) DO UPDATE SET number = EXCLUDED.number,
                    link_digest = EXCLUDED.link_digest, key = EXCLUDED.key,
                    signature = EXCLUDED.signature
                """,
                names=SQL(", ").join(map(SQL.identifier, values)),
                values=tuple(values.values()),
            )
        )
        self.invalidate_model(flush=False)

    def _findings(self, company_id, number, link_digest, had_key):
        """Check that a chain ends where its end was kept.

        :param number, link_digest: of the last link that is there
        :param had_key: whether the chain has links with a key
        :return: findings, as texts
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT number, link_digest, key, signature FROM pso_log_head "
                "WHERE company_id = %s",
                company_id,
            )
        )
        if not rows:
            return [self.env._("Log: its end was removed.")] if number else []
        [(last, last_digest, key, signature)] = rows
        if last > number:
            return [
                self.env._(
                    "Log: its last entries are missing (%(first)s to %(last)s).",
                    first=number + 1,
                    last=last,
                )
            ]
        keys = Keys()
        content = _head(company_id, last, last_digest)
        is_forged = key and not keys.has_signed(content, Signature(key, signature))
        if (last, last_digest) != (number, link_digest) or (had_key and not key):
            return [self.env._("Log: its end was changed.")]
        return [self.env._("Log: its end is forged.")] if is_forged else []


def _head(company_id, number, link_digest):
    return f"{company_id}:{number}:{link_digest}"
