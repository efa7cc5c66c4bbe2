from datetime import timedelta

from odoo import api, fields, models

from ..common.pso_evidence_mixin import GC_BATCH, unsaved_files

# The files of an answer in whose place another came are of use for a while.
DAYS_KEPT = 30
# A scan stays as it was sent: made smaller, its small print cannot be read.
AS_SENT = {"image_no_postprocess": True}


class PsoAnswer(models.Model):
    """The files of an answer: whose they are, and how long they are kept."""

    _inherit = "pso.answer"

    def _keep_files(self):
        """Tie the files to their answer: whoever may not read it may not read them."""
        for answer in self.with_context(**AS_SENT):
            strange = answer.attachment_ids.filtered(
                lambda file, a=answer: (file.res_model, file.res_id) != (a._name, a.id)
            )
            owner = {"res_model": self._name, "res_id": answer.id, "public": False}
            loose = strange.filtered(lambda file: not file.res_id)
            loose.write(owner)
            if others := strange - loose:
                copies = others.copy(owner)
                answer.attachment_ids = answer.attachment_ids - others + copies

    @api.ondelete(at_uninstall=False)
    def _unlink_files(self):
        """Delete the files with the answer: the database would leave them behind."""
        self.sudo().attachment_ids.unlink()

    @api.autovacuum
    def _gc_files(self):
        """Delete files of no use: of answers given anew, and uploads nobody saved."""
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
        unsaved_files(self).unlink()
