from odoo import models


class PsoLoggedReadMixin(models.AbstractModel):
    """Records that say who belongs to the target group: who looks at them is noted.

    However they are read, by list, form, group or another record, it goes through these
    methods; exports are noted as such. What the addon itself reads as superuser is no
    look.
    """

    _name = "pso.logged.read.mixin"
    _description = "PSO Record about a Person"
    _inherit = ["pso.withheld.mixin"]

    def _fetch_query(self, query, fields):
        self._note_look()
        return super()._fetch_query(query, fields)

    def _read_format(self, fnames, load="_classic_read"):
        # What the superuser has read before in the transaction is not fetched again.
        self._note_look()
        return super()._read_format(fnames, load)

    def _read_group(self, *args, **kwargs):
        self._note_look()
        return super()._read_group(*args, **kwargs)

    def _read_grouping_sets(self, *args, **kwargs):
        # What a pivot asks, which does not pass by the other.
        self._note_look()
        return super()._read_grouping_sets(*args, **kwargs)

    def _note_look(self):
        if self._shows_persons():
            self.env["pso.log"]._note_look(self._name)

    def _shows_persons(self):
        """Return whether the current user is shown whom the records are about."""
        return True
