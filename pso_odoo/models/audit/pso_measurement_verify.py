from odoo import models
from odoo.tools import SQL, format_date

from ...tools.labels import selection_label
from ...tools.sealing import Verification
from .pso_locked_words import PART
from .sealed_content import (
    CONTENT_EVENTS,
    FORMAT,
    HASHED,
    OLD_FORMAT,
    SEALED_PARTS,
    UNREADABLE,
    paired,
)

# More are counted and not named.
MOST_NAMED = 200
# The one thing that may happen to a row.
MERGED = "merged"


class PsoMeasurement(models.Model):
    """What is not as it was sealed, in words that name nobody (docs/audit-trail.md)."""

    _inherit = "pso.measurement"

    def _verify_seal(self):
        """Compare a measurement with its last seal, as a ``Verification``."""
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
        """Hold the present content against a manifest, as a ``Verification``."""
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
        """Find what is called otherwise than when sealed: findings and notes."""
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
        """Find rows that were sealed by one seal and are others in the next."""
        index = self.env["pso.locked.index"]
        for name, part in SEALED_PARTS.items():
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
        """Find the values that are not as they were sealed, as texts.

        :param label: what a value is called, by its name
        """
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
        """Write a sealed value to be read: of levels and editions the name too."""
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

    # -- verifying the rows of a part -------------------------------------

    def _compare_part(self, name, sealed, kept_digest):
        """Hold the rows of one part against a manifest: findings and notes.

        :param sealed: what the manifest says of it
        :param kept_digest: that of its index
        """
        part = SEALED_PARTS.get(name)
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
        """Find what can be said where the index of the rows was changed as well."""
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
        """Name the rows of which the index has other entries: findings and notes."""
        findings, notes = [], []
        for before, now in paired(part, kept, present):
            for problem, detail in self._problems(part, before, now):
                texts = notes if problem == MERGED else findings
                texts.append((problem, before or now, detail))
        return self._texts(part, findings), self._texts(part, notes)

    def _problems(self, part, before, now):
        """Say what is the matter with a row, as ``(problem, detail)``."""
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
        """Return whether a number may have been taken out since.

        Of persons and places by an erasure or the retention, which are in the log;
        certificates and figures of suppliers are deleted in the daily work.
        """
        if not part.is_secret:
            return name in ("certificate_id", "figure_id")
        return self._is_from_before() or self.env["pso.log"]._has_erased(
            self.company_ids | self.company_id, self.locked_on
        )

    def _is_from_before(self):
        """Return if it was sealed when not all that is taken out was noted."""
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

    # -- what findings are called -----------------------------------------

    def _part_label(self, part):
        return self.env["ir.model"].sudo()._get(part.model).name

    def _row_label(self, part, row):
        """Name a row in the words of the user, naming nobody."""
        namer = {
            "pso.locked.person.line": self._person_label,
            "pso.locked.supplier.line": self._supplier_label,
            "pso.locked.check": self._check_label,
            "pso.quality.answer": self._quality_label,
        }.get(part.model)
        if namer:
            return namer(row)
        return self.env._(
            "%(part)s %(number)s", part=self._part_label(part), number=row.names[0]
        )

    def _person_label(self, row):
        key, date_from, kind = row.names
        return self.env._(
            "%(kind)s line of %(key)s, %(start)s to %(end)s",
            kind=selection_label(self.env["pso.locked.person.line"], "kind", kind),
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
            name=selection_label(
                self.env["pso.quality.answer"], "criterion", row.names[0]
            ),
        )

    def _day(self, text):
        return format_date(self.env, text) if text else "–"
