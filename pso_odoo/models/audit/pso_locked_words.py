import json
from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ...tools.sealing import sql_sha256

PART = "words"
# How much of a digest stands for a word.
WORD_LENGTH = 32
# In the log, in place of the digest of words: there are none any more.
GONE = "gone"
# What a locked measurement shows of other records: the columns, and which records, as
# SQL with the number of the measurement and theirs. A column may follow from others.
WORDS = {
    "pso.level": ("name", "code", "sequence"),
    "pso.edition": ("name", "code", "quality_min_share"),
    "pso.target.group": ("name", "code", "sequence"),
    "pso.contract.form": ("name", "code", "sequence"),
    "pso.check.type": (
        *("name", "explanation", "severity", "sequence", "code", "model"),
        "is_personal",
    ),
    "hr.department": ("name",),
    "hr.work.location": ("name",),
    "res.partner": ("name", "complete_name", "company_registry"),
    "res.company": ("name", "partner_id", "currency_id"),
    "res.users": ("partner_id",),
    "res.currency": ("name", "symbol", "position"),
}
FOLLOWS = {
    "res.partner": {
        *("parent_id", "company_name", "is_company", "type", "vat", "country_id")
    }
}
SHOWN_RECORDS = {
    "pso.level": """
        SELECT id, jsonb_object_keys(locked_figures->'norms')::int
        FROM pso_measurement WHERE jsonb_typeof(locked_figures->'norms') = 'object'
    """,
    "pso.edition": "SELECT id, edition_id FROM pso_measurement",
    "pso.target.group": "SELECT measurement_id, group_id FROM pso_locked_person_line",
    "pso.contract.form": "SELECT measurement_id, form_id FROM pso_locked_person_line",
    "pso.check.type": "SELECT measurement_id, type_id FROM pso_locked_check",
    "hr.department": "SELECT measurement_id, department_id FROM pso_locked_person_line",
    "hr.work.location": """
        SELECT measurement_id, work_location_id FROM pso_locked_person_line
    """,
    "res.company": """
        SELECT id, company_id FROM pso_measurement
        UNION ALL
        SELECT pso_measurement_id, res_company_id
        FROM pso_measurement_res_company_rel
    """,
    "res.users": "SELECT id, locked_by_id FROM pso_measurement",
    "res.currency": """
        SELECT measurement.id, company.currency_id FROM pso_measurement measurement
        JOIN res_company company ON company.id = measurement.company_id
        UNION ALL
        SELECT measurement_id, currency_id FROM pso_locked_supplier_line
    """,
    # Suppliers, and those whose names companies and users have.
    "res.partner": """
        SELECT measurement_id, partner_id FROM pso_locked_supplier_line
        UNION ALL
        SELECT measurement_id, partner_id FROM pso_correction
        UNION ALL
        SELECT rel.pso_measurement_id, company.partner_id
        FROM pso_measurement_res_company_rel rel
        JOIN res_company company ON company.id = rel.res_company_id
        UNION ALL
        SELECT measurement.id, users.partner_id FROM pso_measurement measurement
        JOIN res_users users ON users.id = measurement.locked_by_id
    """,
}


class Change(NamedTuple):
    """A record that is called otherwise, and whether the log has it."""

    model: str
    number: int
    fields: list
    is_noted: bool


class PsoLockedWords(models.AbstractModel):
    """The words with which a locked measurement is shown, kept as digests.

    Names of suppliers or departments may be those of persons: what is kept is made
    with the secret of the company. Who renames something in Odoo is noted in the log
    with the digest of the new words, so that a name that is not noted is found.
    """

    _name = "pso.locked.words"
    _description = "Words of a Locked PSO Measurement"

    # -- sealing ---------------------------------------------------------------

    def _keep(self, measurement):
        """Keep what a measurement shows, and say what the manifest has of it."""
        entries = self._sql_entries(measurement)
        rows, digest = self.env["pso.locked.index"]._keep(measurement, PART, entries)
        return {"rows": rows, "digest": digest}

    def _sql_entries(self, measurement):
        """Select ``id`` and ``entry`` of every word, in an order that never changes."""
        words = self._sql_words(measurement.company_id)
        condition = SQL("measurement_id = %s", measurement.id)
        return SQL(
            'SELECT entry COLLATE "C" AS id, entry FROM (%s) AS word',
            SQL(" UNION ALL ").join(
                words(model, self._sql_numbers(model, condition)) for model in WORDS
            ),
        )

    def _sql_numbers(self, model, condition):
        """Select the numbers of the records of a model that measurements show."""
        return SQL(
            "SELECT number FROM (%s) AS shown (measurement_id, number) WHERE %s",
            SQL(SHOWN_RECORDS[model]),
            condition,
        )

    def _sql_words(self, company):
        """Return a function that selects an ``entry`` for each word of some records."""
        # Looked up by the database: a statement that fails is logged with its values.
        secret = SQL(
            "COALESCE((SELECT pso_secret FROM res_company WHERE id = %s), '')",
            company.id,
        )

        def words(model, numbers):
            records = self.env[model]
            records.flush_model(WORDS[model])
            return SQL(
                """
                SELECT json_build_array(%(model)s::text, record.id, word.field,
                    word.lang, %(digest)s)::text AS entry
                FROM %(table)s AS record
                CROSS JOIN LATERAL (%(fields)s) AS word (field, lang, text)
                WHERE record.id IN (%(numbers)s)
                """,
                model=model,
                digest=sql_sha256(
                    SQL(
                        "%s || json_build_array(%s::text, record.id, word.field, "
                        "word.lang, word.text)::text",
                        secret,
                        model,
                    ),
                    WORD_LENGTH,
                ),
                table=SQL.identifier(records._table),
                fields=SQL(" UNION ALL ").join(
                    self._sql_field(records._fields[name]) for name in WORDS[model]
                ),
                numbers=numbers,
            )

        return words

    def _sql_field(self, field):
        column = SQL.identifier("record", field.name)
        if field.translate:
            return SQL(
                "SELECT %s, key, value FROM jsonb_each_text(%s)", field.name, column
            )
        return SQL("SELECT %s, '', %s::text", field.name, column)

    # -- noting a change ---------------------------------------------------------

    def _shown_by(self, records):
        """Find which of some records locked measurements show: ``{company: ids}``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT measurement.company_id, array_agg(DISTINCT number)
                FROM (%(shown)s) AS shown (measurement_id, number)
                JOIN pso_measurement measurement
                    ON measurement.id = shown.measurement_id AND state = 'locked'
                WHERE number = ANY(%(numbers)s) GROUP BY 1
                """,
                shown=SQL(SHOWN_RECORDS[records._name]),
                numbers=list(records._ids),
            )
        )
        companies = self.env["res.company"].sudo()
        return {companies.browse(company): ids for company, ids in rows}

    def _digests(self, company, model, ids):
        """Digest all words of some records, as ``{id: digest}``."""
        words = self._sql_words(company)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT (entry::json->>1)::int, %s FROM (%s) AS word GROUP BY 1
                """,
                sql_sha256(
                    SQL('string_agg(entry, chr(10) ORDER BY entry COLLATE "C")')
                ),
                words(model, SQL("SELECT unnest(%s)", list(ids))),
            )
        )
        return dict(rows)

    def _photo(self, records):
        """Digest what locked measurements show of records, by company."""
        return {
            company: self._digests(company, records._name, ids)
            for company, ids in self._shown_by(records).items()
        }

    def _note_changes(self, records, before):
        """Write down which of the records are called otherwise than before."""
        for company, digests in before.items():
            now = self._digests(company, records._name, digests)
            for number, digest in digests.items():
                if now.get(number) != digest:
                    self._note(records._name, number, company, now.get(number, GONE))

    def _note(self, model, number, company, reference):
        self.env["pso.log"]._note(
            "reword", model, number, company=company, reference=reference
        )

    # -- verifying -----------------------------------------------------------------

    def _is_noted(self, company, model, number, reference=None):
        """Return whether the log has that a record got the words that it has now.

        :param reference: the digest of its words; None for a record that is gone
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT FROM pso_log WHERE event = 'reword' AND company_id = %s
                    AND model = %s AND record = %s AND reference = %s LIMIT 1
                """,
                company.id,
                model,
                number,
                reference or GONE,
            )
        )
        return bool(rows)

    def _changes(self, measurement, company):
        """List as ``Change`` what is called otherwise than when it was sealed.

        What has come in since is sealed elsewhere, by the line that refers to it; and a
        language that was not there yet is not known of.

        :param company: that of the measurement when it was sealed
        """
        kept = self.env["pso.locked.index"]._entries(measurement, PART)
        sealed = defaultdict(set)
        for entry in kept:
            model, number, *_rest = json.loads(entry)
            if model in WORDS:
                sealed[model].add(number)
        gone = set(kept) - {
            entry
            for model, numbers in sealed.items()
            for entry in self._words_now(company, model, numbers)
        }
        changed = defaultdict(set)
        for model, number, field, _lang, _digest in map(json.loads, gone):
            changed[model, number].add(field)
        return [
            self._change(company, model, number, sorted(names))
            for (model, number), names in sorted(changed.items())
        ]

    def _words_now(self, company, model, numbers):
        numbers = SQL("SELECT unnest(%s)", sorted(numbers))
        rows = self.env.execute_query(self._sql_words(company)(model, numbers))
        return [entry for (entry,) in rows]

    def _change(self, company, model, number, names):
        digest = self._digests(company, model, [number]).get(number)
        is_noted = self._is_noted(company, model, number, digest)
        return Change(model, number, names, is_noted)
