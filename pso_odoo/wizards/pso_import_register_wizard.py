from odoo import api, fields, models

from ..tools.context import without_defaults
from .pso_import import _lines


class PsoImport(models.TransientModel):
    """Show what an import of the register changes, and who left it."""

    _inherit = "pso.import"

    is_whole_list = fields.Boolean(
        string="This Is the Whole Register",
        default=True,
        help="Who is not in the file has left the register then. Leave it off for a "
        "part of the register: a region, a level.",
    )
    changed_count = fields.Integer(string="Changed", readonly=True)
    left_count = fields.Integer(string="Left", readonly=True)
    changed_line_ids = _lines("changed", "Entries to Be Changed")
    left_line_ids = _lines("left", "Left the Register")

    @api.onchange("is_whole_list")
    def _onchange_is_whole_list(self):
        """Forget what was shown of the other answer."""
        self.state = "draft"

    def _importer(self):
        importer = super()._importer()
        return importer.with_context(
            pso_register_is_whole=self.is_whole_list,
            pso_register_source=self.filename,
        )

    def _clear(self):
        result = super()._clear()
        self.write({"changed_count": 0, "left_count": 0})
        return result

    def _show(self, importer, reading, state):
        result = super()._show(importer, reading, state)
        if self.kind == "register":
            self._show_register(reading, state)
        return result

    def _show_register(self, reading, state):
        """Keep how many entries change, and who left."""
        states = [row.state for row in reading.rows]
        left = self._left(reading)
        self.write({"changed_count": states.count("changed"), "left_count": len(left)})
        if state != "done":
            self.env["pso.import.line"].create(
                [
                    {
                        "import_id": self.id,
                        "row": 0,
                        "state": "left",
                        "text": " · ".join(filter(None, (each.name, each.place))),
                    }
                    for each in left
                ]
            )

    def _left(self, reading):
        ids = reading.left if self.is_whole_list else []
        return self.env["pso.register.entry"].browse(ids)

    def _written_count(self):
        return super()._written_count() + self.changed_count

    def _note_of(self, reading):
        notes = [super()._note_of(reading)]
        if self.kind == "register" and self.is_whole_list:
            known = sum(row.subject > 0 for row in reading.rows)
            if reading.is_left_unknown:
                notes.append(
                    self.env._(
                        "Who left the register is not said: of some rows nobody can "
                        "tell whose they are."
                    )
                )
            elif len(reading.left) > known:
                notes.append(
                    self.env._(
                        "More than half of those that are known left: is this the "
                        "whole register?"
                    )
                )
        return " ".join(filter(None, notes))

    @api.readonly
    @without_defaults
    def action_open_matches(self):
        """Open the vendors that were found in the register."""
        self.ensure_one()
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "pso_odoo.pso_register_match_action"
        )
