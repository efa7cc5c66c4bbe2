"""What an evidence bundle holds of persons: the proof of the files that were drawn."""

from functools import cached_property

from odoo.tools import format_date

from ...tools.labels import selection_label
from .files import File, Gap, extension_of, proof_files, read


class PeoplePart:
    """The proof of the files of a sample, by the keys that stand for persons.

    It is for the PSO Target Group, and read as the user. Neither a folder nor the table
    of contents says more of somebody than the workbook does: what is in the files does.

    :param sample: ``pso.sample``, drawn
    """

    def __init__(self, sample):
        self.sample = sample
        self.env = sample.env
        self.gaps = []
        self._root = self.env._("files of draw %s", sample.number)

    @property
    def lines(self):
        return self.sample.line_ids

    def files(self, line):
        """Yield the proof of one person."""
        folder = f"{self._root}/{line.key}"
        statuses = self._statuses(line)
        if not statuses:
            self._miss(folder, line, self.env._("The status has been deleted."))
        kind = self.env._("proof")
        has_proof = False
        for status in statuses:
            for attachment in proof_files(status):
                pieces = read(attachment)
                if pieces is None:
                    text = self.env._("A file of the proof cannot be read any more.")
                    self._miss(folder, line, text)
                    continue
                has_proof = True
                extension = extension_of(attachment)
                yield File(folder, kind, extension, line.key, pieces)
        if statuses and not has_proof:
            self._miss(folder, line, self._seen_elsewhere(statuses))

    def _miss(self, folder, line, text):
        self.gaps.append(Gap(folder, line.key, text))

    def _statuses(self, line):
        """Find the statuses by which a person counts, in whatever company."""
        statuses = self._statuses_by_key.get(line.key, line.status_id)
        readable = statuses._filtered_access("read")
        return readable.sorted(lambda status: (status.date_start, status.id))

    @cached_property
    def _statuses_by_key(self):
        rows = self.env["pso.person.line"]._read_group(
            [
                ("measurement_id", "=", self.sample.measurement_id.id),
                ("kind", "=", "group"),
                ("status_id", "!=", False),
            ],
            ["key"],
            ["status_id:recordset"],
        )
        return dict(rows)

    def _seen_elsewhere(self, statuses):
        """Say what is known of proof of which there is no file here.

        Not where it is kept: what somebody wrote there may name the person.
        """
        verified = statuses.filtered(lambda s: s.evidence_state == "verified")
        if not verified:
            return self.env._("No file, and nobody verified the proof.")
        status = verified[-1]
        return self.env._(
            "No file. Verified on %(date)s, seen was: %(document)s.",
            date=format_date(self.env, status.verified_on),
            document=selection_label(status, "proof_kind") or "–",
        )
