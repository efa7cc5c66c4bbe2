import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tabular import FileError

KINDS = [
    ("status", "Statuses"),
    ("certificate", "Certificates"),
    ("figure", "Supplier Figures"),
]


class PsoImport(models.TransientModel):
    """Bring in statuses, certificates or supplier figures from a file.

    The preview says of every row what becomes of it. The import reads the file anew
    and writes the good rows, all in one transaction. The file, which may say who
    belongs to the target group, is forgotten then.
    """

    _name = "pso.import"
    _description = "PSO Import"
    _inherit = ["pso.withheld.mixin"]

    kind = fields.Selection(KINDS, required=True, default="status")
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        [("draft", "File"), ("preview", "Preview"), ("done", "Imported")],
        required=True,
        default="draft",
    )
    problem = fields.Text(readonly=True, help="Why the file cannot be read at all.")
    note = fields.Text(readonly=True)
    good_count = fields.Integer(string="Good", readonly=True)
    known_count = fields.Integer(string="Already There", readonly=True)
    bad_count = fields.Integer(string="To Mend", readonly=True)
    bad_line_ids = fields.One2many(
        "pso.import.line",
        "import_id",
        string="Rows to Mend",
        domain=[("state", "=", "bad")],
        readonly=True,
    )
    good_line_ids = fields.One2many(
        "pso.import.line",
        "import_id",
        string="Rows to Be Added",
        domain=[("state", "=", "good")],
        readonly=True,
    )
    known_line_ids = fields.One2many(
        "pso.import.line",
        "import_id",
        string="Rows Already There",
        domain=[("state", "=", "known")],
        readonly=True,
    )
    rejected_file = fields.Binary(attachment=False, readonly=True)

    @api.onchange("file")
    def _onchange_file(self):
        """What was shown was of another file."""
        self.state = "draft"
        self.problem = False

    def _importer(self):
        """The model that reads such files.

        :raise AccessError: if the user may not make such records
        """
        self.ensure_one()
        importer = self.env[f"pso.import.{self.kind}"]
        importer._check_access_to_import()
        return importer

    @api.readonly
    def action_template(self):
        """Download a spreadsheet with the headers and what fits below them."""
        self._importer()
        return {
            "type": "ir.actions.act_url",
            "url": f"/pso_odoo/import/{self.kind}/template",
            "target": "download",
        }

    @api.readonly
    def action_download_rejected(self):
        """Download the rows to mend, with the reasons beside them.

        :raise AccessError: if the import is not the user's own
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/pso.import/{self.id}/rejected_file"
            f"/{self._rejected_name()}.xlsx?download=true",
            "target": "download",
        }

    def _rejected_name(self):
        return self.env._("rows_to_mend")

    def action_preview(self):
        """Say of every row what would become of it, and write nothing of it.

        :raise UserError: without a file
        """
        importer = self._importer()
        reading = self._try(importer._read)
        if reading:
            self._show(importer, reading, "preview")
        return self._reopen()

    def action_import(self):
        """Write the good rows; what is there or cannot be is left as it is.

        :raise UserError: without a file
        """
        importer = self._importer()
        reading = self._try(importer._import)
        if reading:
            self._show(importer, reading, "done")
            self.file = False
            if self.good_count:
                self.env["pso.log"]._note(
                    "import", model=importer._target, count=self.good_count
                )
        return self._reopen()

    def action_discard(self):
        """Forget the file and what was shown of it."""
        self.unlink()
        return {"type": "ir.actions.act_window_close"}

    def _try(self, read):
        """What a file holds, or None if it cannot be read; the wizard says why.

        An exception would be logged, with what somebody has typed in it.
        """
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        self._clear()
        try:
            return read(base64.b64decode(self.file, validate=True))
        except FileError as error:
            self.problem = self.env._(error.reason)
        except binascii.Error:
            self.problem = self.env._("The file was not sent as a whole: try again.")
        return None

    def _clear(self):
        self.env["pso.import.line"].search([("import_id", "=", self.id)]).unlink()
        self.write(
            {
                "state": "draft",
                "problem": False,
                "note": False,
                "rejected_file": False,
                "good_count": 0,
                "known_count": 0,
                "bad_count": 0,
            }
        )

    def _show(self, importer, reading, state):
        """Keep what is shown; of what was written, the number alone."""
        states = [row.state for row in reading.rows]
        rejected = False
        if "bad" in states:
            files = self.env["pso.import.file"]
            rejected = base64.b64encode(files._rejected(importer, reading))
        self.write(
            {
                "state": state,
                "note": self._note_of(reading),
                "good_count": states.count("good"),
                "known_count": states.count("known"),
                "bad_count": states.count("bad"),
                "rejected_file": rejected,
            }
        )
        shown = [row for row in reading.rows if row.state == "bad" or state != "done"]
        words = importer._summaries([row for row in shown if not row.problems])
        self.env["pso.import.line"].create(
            [
                {
                    "import_id": self.id,
                    "row": row.number,
                    "state": row.state,
                    "column": column,
                    "text": text,
                }
                for row in shown
                for column, text in row.problems or [(False, words[row.number])]
            ]
        )

    def _note_of(self, reading):
        """What of the file is not imported, whatever its rows say."""
        notes = []
        if reading.table.sheet:
            notes.append(
                self.env._("Read from the sheet %(sheet)s.", sheet=reading.table.sheet)
            )
        if reading.unused:
            notes.append(
                self.env._(
                    "Not used, as these columns are not known: %(columns)s.",
                    columns=", ".join(reading.unused),
                )
            )
        return " ".join(notes)

    def _reopen(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"pso_odoo.pso_import_{self.kind}_action"
        )
        return {**action, "res_id": self.id}
