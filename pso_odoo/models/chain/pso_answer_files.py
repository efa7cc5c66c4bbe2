from datetime import timedelta

from odoo import api, fields, models

from ..common.pso_files_mixin import GC_BATCH

# The files of an answer in whose place another came are of use for a while.
DAYS_KEPT = 30


class PsoAnswer(models.Model):
    """How long the files of an answer are kept."""

    _inherit = "pso.answer"

    @api.autovacuum
    def _gc_files(self):
        """Delete files of no use: of answers given anew."""
        before = fields.Datetime.now() - timedelta(days=DAYS_KEPT)
        answers = self.search(
            [
                ("state", "=", "superseded"),
                ("attachment_ids", "!=", False),
                ("write_date", "<", before),
            ],
            limit=GC_BATCH,
        )
        answers.attachment_ids.unlink()
