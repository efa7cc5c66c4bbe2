from odoo import models


class PsoPersonalMixin(models.AbstractModel):
    """Records that say who belongs to the target group: who looks at them is noted.

    However they are read, by list, form, group or another record, it goes through these
    methods; exports are noted as such. What the addon itself reads as superuser is no
    look.
    """

    _name = "pso.personal.mixin"
    _description = "PSO Record about a Person"

    _is_about_persons = True

    def _fetch_query(self, query, fields):
        self.env["pso.log"]._note_look(self._name)
        return super()._fetch_query(query, fields)

    def _read_format(self, fnames, load="_classic_read"):
        # What the superuser has read before in the transaction is not fetched again.
        self.env["pso.log"]._note_look(self._name)
        return super()._read_format(fnames, load)

    def _read_group(self, *args, **kwargs):
        self.env["pso.log"]._note_look(self._name)
        return super()._read_group(*args, **kwargs)
