from odoo import SUPERUSER_ID, models
from odoo.exceptions import AccessError

from ...tools.groups import HR


class PsoNoSudoSearchMixin(models.AbstractModel):
    """Records that nobody searches by our fields as superuser, or unnoted.

    Odoo searches some fields of core so (the followers of a record, the employee of a
    bank account), and with them by whatever a dotted path of a user leads to. Who finds
    people by their status has seen the status, whatever is read of them.
    """

    _name = "pso.no.sudo.search.mixin"
    _description = "PSO Record That Is Searched as Its User"

    # What it is a look at to search by what the PSO Target Group alone may see.
    _pso_look = None

    def _check_field_access(self, field, operation):
        """Refuse to search, sort or group by our fields as superuser for a user.

        What is read is read of records; what is searched by, of none. What is written
        to a new record is no search: core makes versions of employees as superuser.
        """
        # Core asks this of each field of each record: mostly there is nothing to do.
        if not field.groups or self or operation != "read":
            return super()._check_field_access(field, operation)
        is_ours = field.name.startswith("pso_")
        if is_ours and self.env.su and self.env.uid != SUPERUSER_ID:
            raise AccessError(
                self.env._("Nobody can search other records by fields of PSO.")
            )
        result = super()._check_field_access(field, operation)
        if is_ours and field.groups == HR:
            self.env["pso.log"]._note_look(self._pso_look or self._name)
        return result
