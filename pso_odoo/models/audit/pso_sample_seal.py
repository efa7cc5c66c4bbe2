from odoo import fields, models
from odoo.tools import SQL

from ...tools.sealing import Verification, sql_sha256
from .pso_sample import CLOSED_BY_DRAW, DRAWN
from .pso_sample_line import ERASABLE, JUDGED, LEFT_BY_DELETION
from .sealed_content import FORMAT, UNREADABLE

# How much of a digest stands for a value: enough that no other has the same.
VALUE_LENGTH = 32
# What the draw decides, and what only closing does.
SEALED_BY_DRAW = sorted(CLOSED_BY_DRAW | DRAWN)
SEALED_BY_CLOSING = ("name", "note", "closed_on", "closed_by_id")
FILE = ("position", "key")


class PsoSample(models.Model):
    """The content of a file review as it is sealed, and its verification.

    The draw is sealed when it is made, and the review when it is closed: until then
    the judgements are open. Everything is sealed as digests made with the secret of
    the company, because who knows the keys of the workbook could guess the rest.
    """

    _inherit = "pso.sample"

    # -- sealing -----------------------------------------------------------------

    def _seal(self, event, count=0):
        """Add a seal of these reviews to the chains of their companies.

        :param str event: ``draw``, ``close``, or ``review`` at an upgrade
        :raise UserError: at once, if somebody else is sealing one of the company
        """
        seals = self.env["pso.seal"].sudo()
        for sample in self:
            measurement = sample.measurement_id.sudo()
            seals._reserve(measurement.company_id)
            seals._append(
                measurement, event, sample._sealed_content(), sample=sample, count=count
            )

    def _sealed_content(self):
        """Return the manifest: digests of the values, and of each file."""
        return {"format": FORMAT, **self._digests_now()}

    def _digests_now(self):
        """Digest what is in the database: the review, and each file."""
        self.flush_recordset()
        self.env["pso.sample.line"].flush_model()
        [(state,)] = self.env.execute_query(
            SQL("SELECT state FROM pso_sample WHERE id = %s", self.id)
        )
        is_closed = state == "closed"
        names = (*SEALED_BY_DRAW, *SEALED_BY_CLOSING) if is_closed else SEALED_BY_DRAW
        [values] = self.env.execute_query(
            SQL(
                "SELECT %s FROM pso_sample WHERE id = %s",
                self._sql_values("pso_sample", names),
                self.id,
            )
        )
        groups = [FILE, *((name,) for name in (*ERASABLE, *LEFT_BY_DELETION))]
        if is_closed:
            groups.append(JUDGED)
        else:
            groups = [group for group in groups if group != ("remark",)]
        files = self.env.execute_query(
            SQL(
                "SELECT %s FROM pso_sample_line WHERE sample_id = %s "
                "ORDER BY position, id",
                SQL(", ").join(self._sql_digest("pso_sample_line", g) for g in groups),
                self.id,
            )
        )
        labels = [group[0] for group in groups]
        return {
            "state": state,
            "values": dict(zip(names, values, strict=True)),
            "files": [dict(zip(labels, row, strict=True)) for row in files],
        }

    def _sql_values(self, table, names):
        return SQL(", ").join(self._sql_digest(table, (name,)) for name in names)

    def _sql_digest(self, table, names):
        """Express in SQL the digest of some columns; of one that is empty, none."""
        # Looked up by the database: a statement that fails is logged with its values.
        secret = SQL(
            "(SELECT COALESCE(pso_secret, '') FROM res_company WHERE id = %s)",
            self.measurement_id.sudo().company_id.id,
        )
        columns = [SQL.identifier(table, name) for name in names]
        text = SQL(
            "%s || %s || json_build_array(%s)::text",
            secret,
            f":{names[0]}:",
            SQL(", ").join(columns),
        )
        digest = sql_sha256(text, VALUE_LENGTH)
        if len(names) > 1:
            return digest
        return SQL("CASE WHEN %s::text <> '' THEN %s END", columns[0], digest)

    # -- verifying -----------------------------------------------------------------

    def _verify_seal(self):
        """Compare a file review with its last seal, as a ``Verification``."""
        self.ensure_one()
        last = self.env["pso.seal"].sudo()._last_of_sample(self)
        now = self._digests_now()
        if not last:
            findings = []
            if now["state"] != "draft":
                findings.append(self.env._("It was drawn and has no seal."))
            return Verification(findings, [])
        try:
            return Verification(self._changes(last, now), [])
        except UNREADABLE:
            return self.measurement_id._unreadable()

    def _changes(self, last, now):
        sealed = last["manifest"]
        changed = ["state"] if now["state"] != sealed["state"] else []
        changed += [
            name
            for name, digest in sealed["values"].items()
            if now["values"].get(name, digest) != digest
        ]
        return [
            *(
                self.env._(
                    "%(field)s: changed since it was sealed.",
                    field=self._fields[name]._description_string(self.env),
                )
                for name in changed
            ),
            *self._changed_files(sealed["files"], now["files"], last),
        ]

    def _changed_files(self, sealed, present, seal):
        """Find the files that are not as sealed, by place in the draw, as texts."""
        if len(sealed) != len(present):
            yield self.env._(
                "Files: %(sealed)s when it was sealed, %(now)s now.",
                sealed=len(sealed),
                now=len(present),
            )
            return
        since = fields.Datetime.to_datetime(seal["date"].replace("T", " "))
        companies = self.measurement_id.sudo().company_ids
        erased = self.env["pso.log"]._has_erased(companies, since)
        lines = self.env["pso.sample.line"]._fields
        for number, (old, new) in enumerate(zip(sealed, present, strict=True), start=1):
            for name, digest in old.items():
                if new.get(name, digest) == digest:
                    continue
                is_emptied = name in new and new[name] is None
                if is_emptied and (
                    name in LEFT_BY_DELETION or name in ERASABLE and erased
                ):
                    continue
                yield self.env._(
                    "File %(number)s: changed since it was sealed (%(field)s).",
                    number=number,
                    field=lines[name]._description_string(self.env),
                )
