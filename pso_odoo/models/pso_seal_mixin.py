import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from odoo import api, fields, models
from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL, format_date

from .pso_locked_words import PART

# The manifests that this version makes, and those of before 19.0.5.
FORMAT = 2
OLD_FORMAT = 1
# What stands for a row, of 128 bits, and for the number of somebody or of his place.
ROW_LENGTH = 32
REFERENCE_LENGTH = 12
# A figure of more characters is sealed as its digest.
LONGEST_FIGURE = 40
HASHED = "sha256:"
# More are counted and not named.
MOST_NAMED = 200
# Whoever writes into the database can write anything where a manifest or figures were.
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
# The one thing that may happen to a row.
MERGED = "merged"
# The seals that say what a locked measurement holds, and those that begin a revision.
CONTENT_EVENTS = ("lock", "upgrade", "correct")
LOCK_EVENTS = ("lock", "upgrade")
SEAL_FIELDS = ("revision", "seal_number", "seal_digest")
HEADER = (
    "name",
    "company_id",
    "date_start",
    "date_end",
    "edition_id",
    "payroll_fte",
    "locked_by_id",
    "locked_on",
)


class Row(NamedTuple):
    """An entry of the index: how a row is called and what stands for its content."""

    names: tuple
    shown: dict
    digest: str
    references: dict


@dataclass(frozen=True)
class Part:
    """The rows of one table that belong to a measurement, as they are sealed.

    ``names`` tell the rows apart, ``shown`` is named with them. ``references`` are
    numbers of records that may be deleted or merged since: they may have become empty.
    Those of persons are kept as a digest made with the secret of the company.
    """

    model: str
    names: tuple
    shown: tuple = ()
    references: tuple = ()
    is_secret: bool = False
    # Rows come in after the lock, by an event of their own.
    grows: bool = False

    def row(self, entry):
        """The row that an entry of the index stands for."""
        values = json.loads(entry)
        first, second = len(self.names), len(self.names) + len(self.shown)
        return Row(
            names=tuple(values[:first]),
            shown=dict(zip(self.shown, values[first:second], strict=True)),
            digest=values[second],
            references=dict(zip(self.references, values[second + 1 :], strict=True)),
        )


PARTS = {
    "people": Part(
        model="pso.locked.person.line",
        names=("key", "date_from", "kind"),
        shown=("date_to",),
        references=(
            "employee_id",
            "version_id",
            "status_id",
            "department_id",
            "work_location_id",
        ),
        is_secret=True,
    ),
    "suppliers": Part(
        model="pso.locked.supplier.line",
        names=("id",),
        shown=("year",),
        references=("partner_id", "certificate_id", "figure_id"),
    ),
    "checks": Part(model="pso.locked.check", names=("type_id",), shown=("count",)),
    "corrections": Part(
        model="pso.correction", names=("id",), references=("partner_id",)
    ),
    "quality": Part(
        model="pso.quality.answer", names=("criterion",), shown=("answer",)
    ),
    "audit": Part(model="pso.audit.correction", names=("id",), grows=True),
}


class Verification(NamedTuple):
    """What was changed, what changed as it may, and what cannot be promised.

    Texts that name nobody.
    """

    findings: list
    notes: list
    limits: list = ()

    def __add__(self, other):
        return Verification(
            [*self.findings, *other.findings],
            [*self.notes, *other.notes],
            [*dict.fromkeys([*self.limits, *other.limits])],
        )

    def about(self, name):
        """The same, with the name of what it is about."""
        return Verification(
            [f"{name}: {text}" for text in self.findings],
            [f"{name}: {text}" for text in self.notes],
            self.limits,
        )


def digest_of(value):
    """SHA-256 of a value of lists, texts, whole numbers and the like, as JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class PsoSealMixin(models.AbstractModel):
    """The content of a locked measurement as it is sealed, and its verification.

    The manifest of a seal holds the header and the figures as texts, and of every
    kind of rows their number and the digest of an index of them. There is no identity
    in it: people are keys, others numbers. Whatever refers to a person may become empty
    afterwards, if an erasure is in the log, so that leaves the seal valid. The names
    with which all this is shown are sealed as digests (``pso.locked.words``).
    """

    _name = "pso.seal.mixin"
    _description = "Sealed PSO Content"

    revision = fields.Integer(
        compute="_compute_seal",
        help="How many times it has been locked.",
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
        for measurement in self:
            seal = (
                self.env["pso.seal"]
                .sudo()
                .search(
                    [
                        ("record", "=", measurement._origin.id),
                        ("company_id", "=", measurement.company_id._origin.id),
                        ("number", "=", measurement.seal_number),
                    ]
                )
            )
            measurement.seal_signing = seal.signing

    @api.depends("state")
    def _compute_seal(self):
        """Of the last seal."""
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
        """The digest to print on what is handed out, empty while it is live."""
        self.ensure_one()
        return self.seal_digest if self.is_locked else ""

    # -- sealing -------------------------------------------------------------

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
        """What is sealed at an event: always a format, and what else there is."""
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
        """The manifest of a measurement that has just been locked."""
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
        """The manifest of an earlier version, with what this one seals as well.

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
        """The manifest with the rows that have been added since.

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
        """What is known of a measurement when it is unlocked: whether it was whole."""
        findings = self._verify_seal().findings
        return {"format": FORMAT, "findings": len(findings)}

    @api.model
    def _parts_present(self):
        return {name: part for name, part in PARTS.items() if part.model in self.env}

    def _keep_part(self, name, part):
        """Keep the index of a part, and say what the manifest has of it."""
        self.env[part.model].flush_model()
        columns = self._sealed_columns(part)
        index = self.env["pso.locked.index"]
        keep = index._keep_more if part.grows else index._keep
        rows, digest = keep(self, name, self._sql_entries(part, columns))
        return {"columns": columns, "rows": rows, "digest": digest}

    @api.model
    def _sealed_columns(self, part):
        """The columns whose content is sealed: all but the references."""
        left_out = {*MAGIC_COLUMNS, "measurement_id", *part.references}
        return [
            field.name
            for field in self.env[part.model]._fields.values()
            if field.store and field.column_type and field.name not in left_out
        ]

    def _write_floats_whole(self):
        """JSON writes dates and numbers alike in every session, but for floats.

        Of those it shall have the digits that tell them apart.
        """
        self.env.cr.execute("SET LOCAL extra_float_digits = 1")

    def _sql_entries(self, part, columns):
        """SQL: ``id`` and ``entry`` of every row of a part."""
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
                    SQL(
                        "left(encode(sha256(convert_to(json_build_array(%s)::text, "
                        "'UTF8')), 'hex'), %s)",
                        SQL(", ").join(row),
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

    @api.model
    def _sql_reference(self, name, is_secret):
        column = SQL.identifier("line", name)
        if not is_secret:
            return column
        return SQL(
            "left(encode(sha256(convert_to(company.pso_secret || %s || %s, 'UTF8')), "
            "'hex'), %s)",
            f":{name}:",
            column,
            REFERENCE_LENGTH,
        )

    def _header_and_figures(self):
        """Header and figures as texts, from the database and not from a cache."""
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
            {name: _as_text(value) for name, value in json.loads(header).items()},
            {
                name: _as_text(value)
                for name, value in _without_names(json.loads(figures or "{}")).items()
            },
        )

    # -- verifying -----------------------------------------------------------

    def _verify_seal(self):
        """Compare a measurement with its last seal.

        :return: a ``Verification``, in the user's language
        """
        self.ensure_one()
        last = self.env["pso.seal"].sudo()._last_of(self)
        [(state, corrected)] = self.env.execute_query(
            SQL(
                "SELECT state, COALESCE(audit_count, 0) FROM pso_measurement "
                "WHERE id = %s %s",
                self.id,
                SQL(to_flush=[self._fields[n] for n in ("state", "audit_count")]),
            )
        )
        is_sealed = bool(last) and last["event"] in CONTENT_EVENTS
        if state != "locked":
            findings = []
            if is_sealed:
                findings.append(
                    self.env._("It was locked, and is live without being unlocked.")
                )
            elif corrected:
                findings.append(self._wrong_mark(0, corrected))
            return Verification(findings, [])
        if not is_sealed:
            return Verification([self.env._("It is locked and has no seal.")], [])
        manifest = last["manifest"]
        if manifest.get("format") not in (OLD_FORMAT, FORMAT):
            unknown = self.env._(
                "Its seal is of a format that this version does not know (%(format)s).",
                format=manifest.get("format"),
            )
            return Verification([unknown], [])
        try:
            found = self._compare(manifest)
        except UNREADABLE:
            return self._unreadable()
        counted = len(self._audit_corrections())
        if not found.findings and corrected != counted:
            found.findings.append(self._wrong_mark(counted, corrected))
        return found

    def _unreadable(self):
        return Verification(
            [self.env._("What it shows, or its seal, cannot be read any more.")], []
        )

    def _wrong_mark(self, counted, shown):
        return self.env._(
            "Corrections by the auditor: there are %(counted)s, and its mark says "
            "%(shown)s.",
            counted=counted,
            shown=shown,
        )

    def _compare(self, manifest):
        """Hold the present content against a manifest."""
        header, figures = self._header_and_figures()
        findings = [
            *self._changed_values(manifest["header"], header, self._header_label),
            *self._changed_values(manifest["figures"], figures, self._figure_label),
        ]
        notes = []
        kept = self.env["pso.locked.index"]._digests(self)
        for name, sealed in manifest["parts"].items():
            found, noted = self._compare_part(name, sealed, kept.get(name))
            findings += found
            notes += noted
        if PART in manifest:
            found, noted = self._compare_words(manifest, kept.get(PART))
            findings += found
            notes += noted
        if not findings:
            findings += self._rewritten_growth(kept)
        return Verification(findings, notes)

    def _compare_words(self, manifest, kept_digest):
        """Findings and notes of what is called otherwise than when it was sealed."""
        if kept_digest != manifest[PART]["digest"]:
            lost = self.env._(
                "What it is shown with: the index by which changes are named was "
                "changed."
            )
            return [lost], []
        findings, notes = [], []
        company = self.env["res.company"].browse(int(manifest["header"]["company_id"]))
        for change in self.env["pso.locked.words"]._changes(self, company):
            texts = notes if change.is_noted else findings
            texts.append(self._words_text(change))
        return findings, notes

    def _words_text(self, change):
        record = self.env[change.model].sudo().browse(change.number)
        words = {
            "kind": self.env["ir.model"].sudo()._get(change.model).name,
            "number": change.number,
            "fields": ", ".join(
                record._fields[name]._description_string(self.env)
                for name in change.fields
            ),
        }
        if not record.exists():
            if change.is_noted:
                return self.env._(
                    "%(kind)s %(number)s: deleted in Odoo since it was sealed.", **words
                )
            return self.env._(
                "%(kind)s %(number)s: gone since it was sealed, and the log does not "
                "have it.",
                **words,
            )
        if change.is_noted:
            return self.env._(
                "%(kind)s %(number)s: renamed in Odoo since it was sealed "
                "(%(fields)s).",
                **words,
            )
        return self.env._(
            "%(kind)s %(number)s: other words than when it was sealed, and the log "
            "does not have it (%(fields)s).",
            **words,
        )

    def _rewritten_growth(self, kept):
        """Findings of rows that were sealed by one seal and are others in the next."""
        index = self.env["pso.locked.index"]
        for name, part in PARTS.items():
            if not part.grows:
                continue
            for number, sealed in self.env["pso.seal"]._sealed_parts(self, name):
                if (
                    index._digest_of_first(self, name, sealed["rows"])
                    != sealed["digest"]
                ):
                    yield self.env._(
                        "%(part)s: not what seal %(number)s has of them.",
                        part=self._part_label(part),
                        number=number,
                    )

    def _changed_values(self, sealed, present, label):
        """Findings of values by name that are not as they were sealed."""
        for name in sorted(sealed.keys() | present.keys()):
            old, new = sealed.get(name), present.get(name)
            if old == new:
                continue
            if (old or "").startswith(HASHED) or (new or "").startswith(HASHED):
                yield self.env._(
                    "%(name)s: changed since it was sealed.", name=label(name)
                )
            else:
                yield self.env._(
                    "%(name)s: %(old)s when it was sealed, %(new)s now.",
                    name=label(name),
                    old=self._value_text(name, old),
                    new=self._value_text(name, new),
                )

    def _value_text(self, name, text):
        """A sealed value to be read: of levels and editions the name too."""
        field = self._fields.get(name)
        if text in (None, "null", ""):
            return "–"
        if field is None or field.comodel_name not in ("pso.level", "pso.edition"):
            return text
        record = self.env[field.comodel_name].browse(
            int(text) if text.isdigit() else ()
        )
        return f"{record.name} ({text})" if record.exists() else "–"

    def _header_label(self, name):
        return self._fields[name]._description_string(self.env)

    def _figure_label(self, name):
        field = self._fields.get(name)
        label = field._description_string(self.env) if field else name
        return self.env._("Figure %(name)s", name=label)

    # -- verifying the rows of a part ----------------------------------------

    def _compare_part(self, name, sealed, kept_digest):
        """Findings and notes of the rows of one part.

        :param sealed: what the manifest says of it
        :param kept_digest: that of its index
        """
        part = PARTS.get(name)
        if part is None or not self._has_columns(part, sealed["columns"]):
            unknown = self.env._(
                "%(part)s: cannot be read any more as it was sealed.", part=name
            )
            return [unknown], []
        entries = self._sql_entries(part, sealed["columns"])
        index = self.env["pso.locked.index"]
        rows, digest = index._sum_up(entries)
        if kept_digest != sealed["digest"]:
            return self._without_index(part, sealed, rows, digest), []
        if digest == sealed["digest"]:
            return [], []
        return self._name_differences(part, *index._differences(self, name, entries))

    def _has_columns(self, part, columns):
        if part.model not in self.env:
            return False
        fields_ = self.env[part.model]._fields
        return all(name in fields_ and fields_[name].store for name in columns)

    def _without_index(self, part, sealed, rows, digest):
        """Findings where the index of the rows was changed as well."""
        findings = [
            self.env._(
                "%(part)s: the index by which changes are named was changed.",
                part=self._part_label(part),
            )
        ]
        if digest != sealed["digest"]:
            findings.append(
                self.env._(
                    "%(part)s: rows differ from the seal (%(sealed)s when it was "
                    "sealed, %(rows)s now).",
                    part=self._part_label(part),
                    sealed=sealed["rows"],
                    rows=rows,
                )
            )
        return findings

    def _name_differences(self, part, kept, present):
        """Findings and notes from entries of the index that do not occur now."""
        findings, notes = [], []
        for before, now in _paired(part, kept, present):
            for problem, detail in self._problems(part, before, now):
                texts = notes if problem == MERGED else findings
                texts.append((problem, before or now, detail))
        return self._texts(part, findings), self._texts(part, notes)

    def _problems(self, part, before, now):
        """What is the matter with a row, as ``(problem, detail)``."""
        if now is None or before is None:
            yield "missing" if now is None else "added", None
            return
        if now.digest != before.digest:
            yield "changed", None
        for name, number in now.references.items():
            sealed = before.references[name]
            if number == sealed:
                continue
            if number is None:
                is_else_whole = now.digest == before.digest
                if is_else_whole and not self._may_be_empty(part, name):
                    yield "emptied", name
            # Contacts are merged by pointing at the one that is left.
            elif name == "partner_id" and sealed and self._was_merged(sealed):
                yield MERGED, number
            else:
                yield "reference", name

    def _may_be_empty(self, part, name):
        """Whether a number may have been taken out since.

        Of persons and places by an erasure or the retention, which are in the log;
        certificates and figures of suppliers are deleted in the daily work.
        """
        if not part.is_secret:
            return name in ("certificate_id", "figure_id")
        return self._is_from_before() or self.env["pso.log"]._has_erased(
            self.company_ids | self.company_id, self.locked_on
        )

    def _is_from_before(self):
        """Whether it was sealed when not everything that is taken out was noted."""
        manifest = self.env["pso.seal"].sudo()._last_of(self)["manifest"]
        return OLD_FORMAT in (manifest["format"], manifest.get("was"))

    def _was_merged(self, number):
        words = self.env["pso.locked.words"]
        exists = self.env["res.partner"].sudo().browse(number).exists()
        return not exists and words._is_noted(self.company_id, "res.partner", number)

    def _texts(self, part, problems):
        texts = [
            self._problem_text(part, problem, self._row_label(part, row), detail)
            for problem, row, detail in problems[:MOST_NAMED]
        ]
        if len(problems) > MOST_NAMED:
            texts.append(
                self.env._(
                    "%(part)s: %(count)s more.",
                    part=self._part_label(part),
                    count=len(problems) - MOST_NAMED,
                )
            )
        return texts

    def _problem_text(self, part, problem, row, detail):
        if problem == "missing":
            return self.env._("%(row)s: missing.", row=row)
        if problem == "added":
            return self.env._("%(row)s: added after it was sealed.", row=row)
        if problem == "changed":
            return self.env._("%(row)s: changed since it was sealed.", row=row)
        if problem == "emptied":
            return self.env._(
                "%(row)s: refers to nothing any more, and no erasure is in the log "
                "(%(field)s).",
                row=row,
                field=self._reference_field(part, detail)._description_string(self.env),
            )
        if problem == MERGED:
            return self.env._(
                "%(row)s: refers to contact %(number)s now, with which that supplier "
                "was merged.",
                row=row,
                number=detail,
            )
        return self.env._(
            "%(row)s: refers to another record than when it was sealed (%(field)s).",
            row=row,
            field=self._reference_field(part, detail)._description_string(self.env),
        )

    def _reference_field(self, part, name):
        return self.env[part.model]._fields[name]

    # -- what findings are called --------------------------------------------

    @api.model
    def _part_label(self, part):
        return self.env["ir.model"].sudo()._get(part.model).name

    def _row_label(self, part, row):
        """A row in the words of the user, naming nobody."""
        namer = {
            "pso.locked.person.line": self._person_label,
            "pso.locked.supplier.line": self._supplier_label,
            "pso.locked.check": self._check_label,
            "pso.quality.answer": self._quality_label,
        }.get(part.model)
        if namer:
            return namer(row)
        return self.env._(
            "%(part)s %(number)s",
            part=self._part_label(part),
            number=row.names[0],
        )

    def _person_label(self, row):
        key, date_from, kind = row.names
        return self.env._(
            "%(kind)s line of %(key)s, %(start)s to %(end)s",
            kind=self._selection("pso.locked.person.line", "kind", kind),
            key=key,
            start=self._day(date_from),
            end=self._day(row.shown["date_to"]),
        )

    def _supplier_label(self, row):
        return self.env._(
            "Supplier %(number)s in %(year)s",
            number=row.references["partner_id"],
            year=row.shown["year"],
        )

    def _check_label(self, row):
        check = self.env["pso.check.type"].sudo().browse(row.names).exists()
        return self.env._("Check “%(name)s”", name=check.name or row.names[0])

    def _quality_label(self, row):
        return self.env._(
            "Quality criterion “%(name)s”",
            name=self._selection("pso.quality.answer", "criterion", row.names[0]),
        )

    def _selection(self, model, name, value):
        options = self.env[model]._fields[name]._description_selection(self.env)
        return dict(options).get(value, value)

    def _day(self, text):
        return format_date(self.env, text) if text else "–"


def _as_text(value):
    """A value as it is sealed: as text, a long one as its digest."""
    if isinstance(value, str):
        text = value
    else:
        text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= LONGEST_FIGURE else f"{HASHED}{digest_of(value)}"


def _without_names(figures):
    """Locked figures without the names of suppliers."""
    purchases = figures.get("gap_purchases") or {}
    if purchases.get("suppliers"):
        suppliers = [
            {name: value for name, value in supplier.items() if name != "name"}
            for supplier in purchases["suppliers"]
        ]
        figures["gap_purchases"] = purchases | {"suppliers": suppliers}
    return figures


def _paired(part, kept, present):
    """Rows as they were and as they are, by what they are called, in order."""
    before, now = _by_names(part, kept), _by_names(part, present)
    for names in sorted({*before, *now}, key=str):
        yield from zip_longest(before[names], now[names])


def _by_names(part, entries):
    rows = defaultdict(list)
    for entry in sorted(entries):
        row = part.row(entry)
        rows[row.names].append(row)
    return rows
