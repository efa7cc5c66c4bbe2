from odoo import api, fields, models
from odoo.tools import SQL

# How many files are deleted in one go.
GC_BATCH = 1000
# A scan stays as it was sent: made smaller, its small print cannot be read.
AS_SENT = {"image_no_postprocess": True}


class PsoFilesMixin(models.AbstractModel):
    """A record with files: whoever may not read it may not read them."""

    _name = "pso.files.mixin"
    _description = "PSO Record with Files"

    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        copy=False,
        help="Only who may read this record may read its files.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.filtered("attachment_ids")._keep_files()
        return records

    def write(self, vals):
        files = "attachment_ids" in vals and self.attachment_ids
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._keep_files()
            self._delete_taken(files)
        return result

    def _keep_files(self):
        """Tie the files to their record.

        An upload that belongs to no record is open to every administrator. A file of
        another record is copied, so that it does not go when that record goes.
        """
        for record in self.with_context(**AS_SENT):
            loose = record.attachment_ids.filtered(lambda file: not file.res_id)
            loose.write(record._file_owner())
            strange = record.attachment_ids.filtered(
                lambda file, record=record: not record._owns(file)
            )
            if strange:
                copies = strange.copy(record._file_owner())
                record.attachment_ids = record.attachment_ids - strange + copies

    def _delete_taken(self, files):
        """Delete files taken away: nobody would see that they are still there.

        :param files: those that were there before
        """
        taken = (files - self.attachment_ids).exists()
        taken.filtered(lambda file: any(r._owns(file) for r in self)).unlink()

    def _file_owner(self):
        return {"res_model": self._name, "res_id": self.id, "public": False}

    def _owns(self, file):
        return (file.res_model, file.res_id) == (self._name, self.id)

    @api.autovacuum
    def _gc_unsaved_files(self):
        """Delete what was uploaded for a record and not saved with it, a day later."""
        if self._abstract:
            return
        files = self._fields["attachment_ids"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT file.id FROM ir_attachment file
                WHERE file.res_model = %(model)s AND file.res_field IS NULL
                    AND file.create_date < now() AT TIME ZONE 'UTC' - interval '1 day'
                    AND NOT EXISTS (
                        SELECT FROM %(relation)s AS kept WHERE kept.%(file)s = file.id)
                ORDER BY file.id LIMIT %(batch)s
                """,
                model=self._name,
                relation=SQL.identifier(files.relation),
                file=SQL.identifier(files.column2),
                batch=GC_BATCH,
            )
        )
        self.env["ir.attachment"].browse(file for (file,) in rows).unlink()
