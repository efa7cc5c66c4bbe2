import hashlib
import hmac

from odoo import fields, models
from odoo.tools import SQL

# For so long it is noted if somebody changes a fact back.
DAYS = 31


class PsoTrace(models.Model):
    """What facts about persons were, for as long as a change back is noted.

    Of users alone who can change such facts and see something of the score: they are
    told the score of last night (see ``pso.snapshot``), so that one change a day is
    left to learn from. A row has neither the record nor the value, but a digest of
    each, made with the secret of the database. Nobody has access to it.
    """

    _name = "pso.trace"
    _description = "PSO Trace of Changed Facts"
    _log_access = False

    date = fields.Date(required=True, readonly=True, index=True)
    uid = fields.Integer(required=True, readonly=True)
    subject = fields.Char(required=True, readonly=True, index=True)
    value = fields.Char(required=True, readonly=True)

    def _traced(self, records, vals, write):
        """Write facts about persons; who sees something of the score is noted.

        But for users who can do both it costs nothing.

        :param write: the method that writes the values to the records
        """
        names = records._pso_facts_traced.intersection(vals)
        if not names or not self.env.user._pso_is_traced():
            return write(vals)
        before = self._state(records, names)
        result = write(vals)
        self._note(before, self._state(records, names))
        return result

    def _state(self, records, names):
        """Digest fields of records as they are now: ``{subject: (record, digest)}``."""
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")

        def digest(*parts):
            text = repr(parts).encode()
            return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()

        state = {}
        for record in records.sudo():
            for name in names:
                subject = digest(record._name, record.id, name)
                value = record[name]
                value = value.ids if record._fields[name].relational else value
                state[subject] = (record, digest(subject, value))
        return state

    def _note(self, before, after):
        """Keep what was changed, and note in the log who changed it back.

        :param before, after: the same records, as ``_state`` has them
        """
        today = fields.Date.today()
        changed = [subject for subject in before if before[subject] != after[subject]]
        undone = {
            after[subject][0]
            for subject in changed
            if self._was(subject, after[subject][1], today)
        }
        for company in {record.company_id for record in undone}:
            self.env["pso.log"]._note("undo", company=company or self.env.company)
        self.sudo().create(
            [
                {
                    "date": today,
                    "uid": self.env.uid,
                    "subject": subject,
                    "value": before[subject][1],
                }
                for subject in changed
            ]
        )

    def _was(self, subject, value, today):
        """Return whether the current user took a value away on an earlier day."""
        return self.sudo().search_count(
            [
                ("uid", "=", self.env.uid),
                ("subject", "=", subject),
                ("value", "=", value),
                ("date", "<", today),
                ("date", ">=", fields.Date.subtract(today, days=DAYS)),
            ],
            limit=1,
        )

    def _forget(self, today):
        """Drop the traces of more than ``DAYS`` ago; a part of the nightly job."""
        last = fields.Date.subtract(today, days=DAYS)
        self.flush_model()
        self.env.cr.execute(SQL("DELETE FROM pso_trace WHERE date < %s", last))
        self.invalidate_model()
