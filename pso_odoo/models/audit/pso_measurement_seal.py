import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL

from ...tools.sealing import sql_sha256
from .pso_locked_words import PART
from .sealed_content import CONTENT_EVENTS, FORMAT, SEALED_PARTS, as_text, without_names

# What stands for a row, of 128 bits, and for the number of somebody or of his place.
ROW_LENGTH = 32
REFERENCE_LENGTH = 12
LOCK_EVENTS = ("lock", "upgrade")
SEAL_FIELDS = ("revision", "seal_number", "seal_digest")
HEADER = (
    *("name", "company_id", "date_start", "date_end", "edition_id", "payroll_fte"),
    *("locked_by_id", "locked_on"),
)


class PsoMeasurement(models.Model):
    """The content of a locked measurement as it is sealed.

    The manifest of a seal holds the header and the figures as texts, and of every
    kind of rows their number and the digest of an index of them. There is no identity
    in it: people are keys, others numbers. Whatever refers to a person may become empty
    afterwards, if an erasure is in the log, so that leaves the seal valid. The names
    with which all this is shown are sealed as digests (``pso.locked.words``).
    """

    _inherit = "pso.measurement"

    revision = fields.Integer(
        compute="_compute_seal", help="How many times it has been locked."
    )
    seal_number = fields.Integer(
        compute="_compute_seal",
        help="The number of its last seal in the chain of the company.",
    )
    seal_digest = fields.Char(
        string="Seal",
        compute="_compute_seal",
        help="SHA-256 of the sealed content and of the seal before it. Write it down "
        "elsewhere: as long as it verifies, nothing has been changed since.",
    )
    seal_signing = fields.Char(
        string="Signed",
        compute="_compute_seal_signing",
        help="Whether its last seal was signed with a key outside the database.",
    )

    @api.depends("seal_number")
    @api.depends_context("lang")
    def _compute_seal_signing(self):
        seals = self.env["pso.seal"].sudo()
        for measurement in self:
            own = [
                ("record", "=", measurement._origin.id),
                ("company_id", "=", measurement.company_id._origin.id),
                ("number", "=", measurement.seal_number),
            ]
            measurement.seal_signing = seals.search(own).signing

    @api.depends("state")
    def _compute_seal(self):
        """Show revision, number and digest of the last seal of each measurement."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (record) record, revision, number, digest
                FROM pso_seal WHERE record = ANY(%s) AND sample IS NULL
                ORDER BY record, number DESC
                """,
                self._origin.ids,
            )
        )
        last = {record: values for record, *values in rows}
        for measurement in self:
            values = last.get(measurement._origin.id, (0, 0, False))
            measurement.revision, measurement.seal_number, measurement.seal_digest = (
                values
            )

    def _seal_digest(self):
        """Return the digest to print on what is handed out, empty while it is live."""
        self.ensure_one()
        return self.seal_digest if self.is_locked else ""

    # -- what may change --------------------------------------------------

    def _check_may_change(self, vals):
        """Keep a measurement with seals at the company that they are of.

        :raise UserError: if it would leave that, or is locked
        """
        result = super()._check_may_change(vals)
        for measurement in self:
            company = measurement.company_id
            if (
                measurement.revision
                and vals.get("company_id", company.id) != company.id
            ):
                raise UserError(
                    self.env._(
                        "%(measurement)s was locked before, and its seals are those of "
                        "%(company)s: make a new measurement for another company "
                        "(Company).",
                        measurement=measurement.name,
                        company=company.name,
                    )
                )
        return result

    def unlink(self):
        """Seal that a measurement is gone that was locked before: its seals stay."""
        self.check_access("unlink")
        sealed = self.filtered("revision").sudo()
        sealed._check_is_live()
        sealed._seal("delete")
        return super().unlink()

    # -- locking -------------------------------------------------------------

    def _lock(self):
        """Lock and seal, for as long as nobody else seals something of the company.

        :raise UserError: at once, if somebody does
        """
        self.env["pso.seal"]._reserve(self.company_id)
        return super()._lock()

    def _freeze(self, progress):
        result = super()._freeze(progress)
        progress.tell(self.env._("Seal"), 0.95)
        self._seal("lock")
        return result

    def _unlock(self):
        """Unlock, with a seal that says so.

        :raise UserError: at once, if somebody else seals something of the company
        """
        self.env["pso.seal"]._reserve(self.company_id)
        return super()._unlock()

    def _thaw(self):
        self._seal("unlock")
        self.env["pso.locked.index"]._forget(self)
        return super()._thaw()

    # -- sealing ----------------------------------------------------------

    def _seal(self, event):
        """Add a seal of these measurements to the chains of their companies.

        :param str event: ``lock``, ``upgrade``, ``correct``, ``unlock`` or ``delete``
        :raise UserError: at once, if somebody else is sealing one of the company
        """
        seals = self.env["pso.seal"].sudo()
        for measurement in self:
            seals._reserve(measurement.company_id)
            seals._append(measurement, event, measurement._manifest(event))
        self.invalidate_recordset(SEAL_FIELDS)
        self.modified(SEAL_FIELDS)

    def _manifest(self, event):
        """Return what is sealed at an event: a format always, and more by event."""
        last = self.env["pso.seal"].sudo()._last_of(self)
        is_sealed = bool(last) and last["event"] in CONTENT_EVENTS
        if event == "upgrade" and is_sealed:
            return self._sealed_again(last["manifest"])
        if event in LOCK_EVENTS:
            return self._sealed_content()
        if event == "correct":
            return self._sealed_growth(last["manifest"])
        if event == "unlock":
            return self._sealed_end()
        return {"format": FORMAT}

    def _sealed_content(self):
        """Return the manifest of a measurement that has just been locked."""
        header, figures = self._header_and_figures()
        parts = self._parts_present()
        return {
            "format": FORMAT,
            "header": header,
            "figures": figures,
            "parts": {name: self._keep_part(name, parts[name]) for name in parts},
            PART: self._keep_words(),
        }

    def _sealed_again(self, sealed):
        """Return the manifest of an earlier version, with what this one seals as well.

        What was sealed is not read again, or a change of it would be approved of.
        """
        return sealed | {
            "format": FORMAT,
            "was": sealed["format"],
            PART: self._keep_words(),
        }

    def _keep_words(self):
        return self.env["pso.locked.words"]._keep(self)

    def _sealed_growth(self, sealed):
        """Return the manifest with the rows that have been added since.

        What was sealed is not read again, or a change of it would be approved of.
        """
        kept = self.env["pso.locked.index"]._digests(self)
        parts = dict(sealed["parts"])
        for name, part in self._parts_present().items():
            is_whole = name not in parts or parts[name]["digest"] == kept.get(name)
            if part.grows and is_whole:
                parts[name] = self._keep_part(name, part)
        return sealed | {"format": FORMAT, "parts": parts}

    def _sealed_end(self):
        """Return what is known of a measurement that is unlocked: if it was whole."""
        findings = self._verify_seal().findings
        return {"format": FORMAT, "findings": len(findings)}

    def _parts_present(self):
        return {
            name: part for name, part in SEALED_PARTS.items() if part.model in self.env
        }

    def _keep_part(self, name, part):
        """Keep the index of a part, and say what the manifest has of it."""
        self.env[part.model].flush_model()
        columns = self._sealed_columns(part)
        index = self.env["pso.locked.index"]
        keep = index._keep_more if part.grows else index._keep
        rows, digest = keep(self, name, self._sql_entries(part, columns))
        return {"columns": columns, "rows": rows, "digest": digest}

    def _sealed_columns(self, part):
        """Return the columns whose content is sealed: all but the references."""
        left_out = {*MAGIC_COLUMNS, "measurement_id", *part.references}
        return [
            field.name
            for field in self.env[part.model]._fields.values()
            if field.store and field.column_type and field.name not in left_out
        ]

    def _write_floats_whole(self):
        """Have JSON write of floats the digits that tell them apart.

        Dates and other numbers it writes alike in every session.
        """
        self.env.cr.execute("SET LOCAL extra_float_digits = 1")

    def _sql_entries(self, part, columns):
        """Select ``id`` and ``entry`` of every row of a part."""
        self._write_floats_whole()
        line = SQL.identifier("line")
        row = [SQL("%s.%s", line, SQL.identifier(name)) for name in columns]
        named = [
            SQL("%s.%s", line, SQL.identifier(name))
            for name in (*part.names, *part.shown)
        ]
        references = [
            self._sql_reference(name, part.is_secret) for name in part.references
        ]
        return SQL(
            """
            SELECT line.id, json_build_array(%(entry)s)::text AS entry
            FROM %(table)s AS line %(secret)s
            WHERE line.measurement_id = %(measurement)s
            """,
            entry=SQL(", ").join(
                [
                    *named,
                    sql_sha256(
                        SQL("json_build_array(%s)::text", SQL(", ").join(row)),
                        ROW_LENGTH,
                    ),
                    *references,
                ]
            ),
            table=SQL.identifier(self.env[part.model]._table),
            secret=SQL("LEFT JOIN res_company company ON company.id = line.company_id")
            if part.is_secret
            else SQL(),
            measurement=self.id,
        )

    def _sql_reference(self, name, is_secret):
        column = SQL.identifier("line", name)
        if not is_secret:
            return column
        text = SQL("company.pso_secret || %s || %s", f":{name}:", column)
        return sql_sha256(text, REFERENCE_LENGTH)

    def _header_and_figures(self):
        """Read header and figures as texts, from the database and not from a cache."""
        self.flush_model()
        self._write_floats_whole()
        [(header, figures)] = self.env.execute_query(
            SQL(
                """
                SELECT row_to_json(header)::text, locked_figures::text
                FROM pso_measurement
                CROSS JOIN LATERAL (
                    SELECT %(columns)s, ARRAY(
                        SELECT res_company_id FROM pso_measurement_res_company_rel
                        WHERE pso_measurement_id = pso_measurement.id ORDER BY 1
                    ) AS company_ids
                ) AS header
                WHERE id = %(measurement)s
                """,
                columns=SQL(", ").join(map(SQL.identifier, HEADER)),
                measurement=self.id,
            )
        )
        return (
            {name: as_text(value) for name, value in json.loads(header).items()},
            {
                name: as_text(value)
                for name, value in without_names(json.loads(figures or "{}")).items()
            },
        )
