from odoo import fields, models

from ..tools.importing import LEFT_OUT


def _field_of(kind, label):
    """Make the choice of what a column of a file of one kind is."""
    return fields.Selection(selection=lambda self: self._choices_of(kind), string=label)


class PsoImportColumn(models.TransientModel):
    """A column of the file, and the field that it is."""

    _name = "pso.import.column"
    _description = "Column of a PSO Import"
    _inherit = ["pso.withheld.mixin"]
    _order = "is_open desc, position"

    import_id = fields.Many2one(
        "pso.import", required=True, index=True, ondelete="cascade"
    )
    position = fields.Integer(required=True, readonly=True)
    header = fields.Char(required=True, readonly=True)
    samples = fields.Char(
        string="For Example",
        readonly=True,
        help="The first cells below the header; of a column that is left out, none.",
    )
    note = fields.Char(readonly=True)
    is_open = fields.Boolean(
        readonly=True,
        help="Holds something, and nobody knows what: say so, or leave it out.",
    )
    proposed = fields.Char(
        readonly=True, help="The field that was proposed, by its technical name."
    )
    # One of them is shown: what a column may be depends on the kind of import.
    status_field = _field_of("status", "Field of a Status")
    certificate_field = _field_of("certificate", "Field of a Certificate")
    figure_field = _field_of("figure", "Field of Supplier Figures")
    register_field = _field_of("register", "Field of the Register")

    def _choices_of(self, kind):
        importer = self.env[f"pso.import.{kind}"]
        choices = [(each.name, importer._label(each)) for each in importer._columns()]
        return [(LEFT_OUT, self.env._("Leave Out")), *choices]

    def _meant(self):
        """Return what the column is: the name of a field, ``LEFT_OUT`` or nothing."""
        return self[f"{self.import_id.kind}_field"] or ""

    def _decisions(self):
        """Return what these columns are: ``{position: (header, name)}``."""
        return {
            column.position: (column.header, column._meant())
            for column in self
            if column._meant()
        }

    def _new_decisions(self):
        """Return what the user has said otherwise than proposed: ``{header: name}``.

        Without headers that are there twice: of these none is known by its text.
        """
        headers = self.mapped("header")
        return {
            column.header: column._meant()
            for column in self
            if column._meant() not in ("", column.proposed)
            and headers.count(column.header) == 1
        }
