from odoo import SUPERUSER_ID, models
from odoo.exceptions import AccessError


class PsoGuardedMixin(models.AbstractModel):
    """Records that nobody searches by our fields as superuser.

    Odoo searches some fields of core so (the followers of a record, the employee of a
    bank account), and with them by whatever a dotted path of a user leads to.
    """

    _name = "pso.guarded.mixin"
    _description = "PSO Record That Is Searched as Its User"

    def _check_field_access(self, field, operation):
        """:raise AccessError: in a domain, an order or a group of a user as superuser

        What is read is read of records; what is searched by, of none.
        """
        is_ours = field.groups and field.name.startswith("pso_")
        if is_ours and not self and self.env.su and self.env.uid != SUPERUSER_ID:
            raise AccessError(
                self.env._("Nobody can search other records by fields of PSO.")
            )
        return super()._check_field_access(field, operation)
