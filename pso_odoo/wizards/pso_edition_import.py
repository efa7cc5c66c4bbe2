import base64
from contextlib import contextmanager

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools.context import without_defaults


class PsoEditionImport(models.TransientModel):
    """Bring in an edition of the rule book from a spreadsheet."""

    _name = "pso.edition.import"
    _description = "Import a PSO Edition"

    file = fields.Binary(attachment=False)
    filename = fields.Char()
    replace = fields.Boolean(
        string="Replace an Existing Edition",
        help="Replace all values of the edition with the same code. Live measurements "
        "under it change with them.",
    )

    @without_defaults
    def action_import(self):
        """Write the edition, whole or not at all, and show it.

        A file that is refused is not kept. Of one whose edition exists it is asked
        whether that is to be replaced.

        :raise ValidationError: naming sheet, row and column of everything wrong, or
            if the edition exists and is not to be replaced
        """
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        with self._forgotten_if_refused():
            vals = self.env["pso.edition.file"]._read_file(base64.b64decode(self.file))
        editions = self.env["pso.edition"].with_context(active_test=False)
        edition = editions.search([("code", "=", vals["code"])])
        if edition and not self.replace:
            raise ValidationError(
                self.env._(
                    "The edition %(code)s exists already. Tick “Replace an Existing "
                    "Edition” or give the code of the file another value.",
                    code=vals["code"],
                )
            )
        with self._forgotten_if_refused():
            if edition:
                edition.write(vals)
            else:
                edition = editions.create(vals)
        return {
            "type": "ir.actions.act_window",
            "res_model": "pso.edition",
            "res_id": edition.id,
            "view_mode": "form",
        }

    @contextmanager
    def _forgotten_if_refused(self):
        """Take the file away in a transaction of its own, where this one is undone.

        What this transaction has written itself goes with it.
        """
        try:
            yield
        except Exception:
            with self.pool.cursor() as cr:
                cr.execute(
                    SQL(
                        """
                        UPDATE pso_edition_import SET file = NULL WHERE id IN (
                            SELECT id FROM pso_edition_import WHERE id = %s
                            FOR UPDATE SKIP LOCKED)
                        """,
                        self.id,
                    )
                )
            raise
