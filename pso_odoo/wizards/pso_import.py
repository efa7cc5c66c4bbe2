import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.archive import FileError
from ..tools.context import without_defaults
from ..tools.importing import HeaderError

KINDS = [
    ("status", "Statuses"),
    ("certificate", "Certificates"),
    ("figure", "Supplier Figures"),
    ("register", "PSO Register"),
]


def _lines(state, label):
    """Make the field of the rows of a file in a state."""
    domain = [("state", "=", state)]
    return fields.One2many(
        "pso.import.line", "import_id", string=label, domain=domain, readonly=True
    )


class PsoImport(models.TransientModel):
    """Bring in statuses, certificates or supplier figures from a file.

    The preview says of every row what becomes of it, and of every column which field
    it is; while there is one of which nobody knows, nothing is imported. The import
    reads the file anew and writes the good rows, all in one transaction. The file,
    which may say who belongs to the target group, is forgotten then.
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
    question = fields.Text(
        readonly=True, help="Which columns nobody knows, so that nothing is imported."
    )
    note = fields.Text(readonly=True)
    column_ids = fields.One2many(
        "pso.import.column", "import_id", string="Columns of the File"
    )
    column_count = fields.Integer(string="Columns", readonly=True)
    good_count = fields.Integer(string="Good", readonly=True)
    known_count = fields.Integer(string="Already There", readonly=True)
    bad_count = fields.Integer(string="To Mend", readonly=True)
    bad_line_ids = _lines("bad", "Rows to Mend")
    good_line_ids = _lines("good", "Rows to Be Added")
    known_line_ids = _lines("known", "Rows Already There")
    rejected_file = fields.Binary(attachment=False, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        defaults = self.default_get(["kind"])
        for vals in vals_list:
            self._check_upload(vals, (defaults | vals)["kind"])
        return super().create(vals_list)

    def write(self, vals):
        for kind in {vals.get("kind", each.kind) for each in self}:
            self._check_upload(vals, kind)
        return super().write(vals)

    def _check_upload(self, vals, kind):
        """Keep nothing of an upload that is going to be refused.

        :raise AccessError: if the user may not make such records
        """
        if vals.get("file") and kind in dict(KINDS):
            self.env[f"pso.import.{kind}"]._check_access_to_import()

    @api.onchange("file")
    def _onchange_file(self):
        """Forget what was shown of another file."""
        self.state = "draft"
        self.problem = self.question = False
        self.column_ids = False
        self.column_count = 0

    @api.onchange("column_ids")
    def _onchange_column_ids(self):
        """Forget what was shown of other columns."""
        self.state = "draft"

    def _importer(self):
        """Return the model that reads such files.

        :raise AccessError: if the user may not make such records
        """
        self.ensure_one()
        importer = self.env[f"pso.import.{self.kind}"]
        importer._check_access_to_import()
        return importer

    @api.readonly
    @without_defaults
    def action_template(self):
        """Download a spreadsheet with the headers and what fits below them."""
        self._importer()
        return {
            "type": "ir.actions.act_url",
            "url": f"/pso_odoo/import/{self.kind}/template",
            "target": "download",
        }

    @api.readonly
    @without_defaults
    def action_download_rejected(self):
        """Download the rows to mend, with the reasons beside them.

        :raise AccessError: if the import is not the user's own
        """
        self.ensure_one()
        self.check_access("read")
        name = self.env._("rows_to_mend")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/pso.import/{self.id}/rejected_file"
            f"/{name}.xlsx?download=true",
            "target": "download",
        }

    @without_defaults
    def action_preview(self):
        """Say of every row what would become of it, and write nothing of it.

        :raise UserError: without a file
        """
        importer = self._importer()
        reading = self._try(importer._read)
        if reading:
            self._show(importer, reading, "preview")
        return self._reopen()

    @without_defaults
    def action_import(self):
        """Write the good rows; what is there or cannot be is left as it is.

        :raise UserError: without a file
        """
        importer = self._importer()
        reading = self._try(importer._import)
        if reading and reading.open_columns:
            self._show(importer, reading, "preview")
            self.problem = self.question
        elif reading:
            self._show(importer, reading, "done")
            self.file = False
            if count := self._written_count():
                self.env["pso.log"]._note("import", model=importer._target, count=count)
        return self._reopen()

    def _written_count(self):
        """Return how many records the import wrote."""
        return self.good_count

    @without_defaults
    def action_discard(self):
        """Forget the file and what was shown of it."""
        self.unlink()
        return {"type": "ir.actions.act_window_close"}

    def _try(self, read):
        """Read a file, or say in the wizard why it cannot be read and return None.

        An exception would be logged, with what somebody has typed in it. A file that is
        refused is not kept.
        """
        if not self.file:
            if self.problem:  # which still holds, and the file is gone
                return None
            raise UserError(self.env._("Choose a file first."))
        decisions = self.column_ids._decisions()
        self.env["pso.import.header"]._remember(
            self.kind, self.column_ids._new_decisions()
        )
        self._clear()
        try:
            return read(base64.b64decode(self.file, validate=True), decisions)
        except HeaderError as error:
            self.problem = self.env._(error.reason)
            if any(column.samples for column in error.columns):
                self._show_columns(error.columns)
                return None  # the file is kept: the user may say what they are
        except FileError as error:
            self.problem = self.env._(error.reason)
        except binascii.Error:
            self.problem = self.env._("The file was not sent as a whole: try again.")
        self.write({"file": False, "filename": False})
        return None

    def _clear(self):
        self.env["pso.import.line"].search([("import_id", "=", self.id)]).unlink()
        self.column_ids.unlink()
        texts = ("problem", "question", "note", "rejected_file")
        counts = ("column_count", "good_count", "known_count", "bad_count")
        nothing = dict.fromkeys(texts, False) | dict.fromkeys(counts, 0)
        self.write({"state": "draft", **nothing})

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
                "question": self._question_of(reading),
                "good_count": states.count("good"),
                "known_count": states.count("known"),
                "bad_count": states.count("bad"),
                "rejected_file": rejected,
            }
        )
        if state != "done":
            self._show_columns(reading.columns)
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
                    "hint": " ".join(row.hints),
                }
                for row in shown
                for column, text in row.problems or [(False, words[row.number])]
            ]
        )

    def _show_columns(self, columns):
        """Say of each column which field it is, for the user to say otherwise."""
        self.column_count = len(columns)
        self.env["pso.import.column"].create(
            [
                {
                    "import_id": self.id,
                    "position": column.position,
                    "header": column.header,
                    "samples": ", ".join(column.shown),
                    "note": self._note_of_column(column),
                    "is_open": column.is_open,
                    "proposed": column.name,
                    f"{self.kind}_field": column.name,
                }
                # Those that are asked about come first.
                for column in sorted(columns, key=lambda column: not column.is_open)
            ]
        )

    def _note_of_column(self, column):
        notes = []
        if column.is_open:
            notes.append(self.env._("Not understood."))
        elif column.is_remembered:
            notes.append(self.env._("As you said before."))
        elif not column.known:
            notes.append(self.env._("No part of this import."))
        if column.is_hidden:
            notes.append(self.env._("Hidden in your spreadsheet."))
        return " ".join(notes)

    def _question_of(self, reading):
        if not reading.open_columns:
            return False
        return self.env._(
            "Not understood: %(columns)s. Say under Columns which field each of them "
            "is, or that it is to be left out. Until then nothing is imported.",
            columns=", ".join(f"“{column.header}”" for column in reading.open_columns),
        )

    def _note_of(self, reading):
        """Say what of the file is not imported, whatever its rows say."""
        sheet, above = reading.table.sheet, reading.above
        others = ", ".join(reading.table.others)
        left_out = ", ".join(
            column.header
            for column in reading.columns
            if not column.known and column.samples and not column.is_open
        )
        unknown = ", ".join(column.header for column in reading.open_columns)
        notes = (
            sheet and self.env._("Read from the sheet %(sheet)s.", sheet=sheet),
            others and self.env._("Not read: the sheets %(sheets)s.", sheets=others),
            above
            and self.env._("Rows above the headers, not read: %(count)s.", count=above),
            left_out and self.env._("Left out: %(columns)s.", columns=left_out),
            unknown and self.env._("Not understood: %(columns)s.", columns=unknown),
        )
        return " ".join(filter(None, notes))

    def _reopen(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"pso_odoo.pso_import_{self.kind}_action"
        )
        return {**action, "res_id": self.id}
