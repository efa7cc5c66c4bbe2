from odoo import SUPERUSER_ID, models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .base_carried import Carried
from .base_values import Values


class _Pass(str):
    """What shows that the addon itself reads: equal to nothing but itself.

    A context travels from the client to whatever core does as superuser. So it is no
    value that somebody could send, which would be equal to it.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other):
        return self is other

    def __ne__(self, other):
        return self is not other


ADDON = _Pass("pso_odoo")


class Base(Values, Carried, models.AbstractModel):
    _inherit = "base"

    # Whether records say of a person that, or whether, somebody is of the target group:
    # ``pso.withheld.mixin`` sets it. This is the one way to ask for it.
    _is_personal = False
    # Whether numbers are looked at whoever writes them, as what figures rest on.
    _has_counted_numbers = False

    def _as_addon(self):
        """Return these records as this addon reads them, to derive facts of persons.

        As superuser alone nobody gets anything of a personal model that the user
        himself may not read: core goes as superuser where others lead it. User,
        company and language stay as they are.
        """
        return self.sudo().with_context(pso_as_addon=ADDON)

    def _is_addon(self):
        """Return whether this addon, or Odoo itself, reads, and no user."""
        env = self.env
        return env.su and (
            env.uid == SUPERUSER_ID or env.context.get("pso_as_addon") is ADDON
        )

    def _prepare_create_values(self, vals_list):
        """Refuse values that name records about persons which the user may not read.

        :raise AccessError: the same for each such record, there or not
        """
        result = super()._prepare_create_values(vals_list)
        carrier = self.env["pso.carrier"]
        if carrier._fields_of(self._name):
            for vals in result:
                carrier._check_named(self._name, vals)
        if not self.env.su and carrier._wholes_of(self._name):
            for vals in result:
                carrier._check_wholes(self._name, vals)
        return result

    def write(self, vals):
        carrier = self.env["pso.carrier"]
        if carrier._fields_of(self._name):
            carrier._check_named(self._name, vals)
        if not self.env.su:
            carrier._check_wholes(self._name, vals)
        return super().write(vals)

    def unlink(self):
        """Delete by what keeps records of ours too, whatever context a client sends.

        Core asks nothing of that where the context says that a module is uninstalled,
        which it is by Odoo itself alone.
        """
        is_said = self.env.context.get(MODULE_UNINSTALL_FLAG)
        if is_said and self.env.uid != SUPERUSER_ID and self._pso_keeps():
            self = self.with_context(**{MODULE_UNINSTALL_FLAG: False})  # noqa: PLW0642
        return super().unlink()

    def _pso_keeps(self):
        """Return whether this addon refuses to delete records of this model."""
        here = __name__.rpartition(".models.")[0]
        return any(each.__module__.startswith(here) for each in self._ondelete_methods)

    # pylint: disable-next=missing-return
    def _validate_fields(self, field_names, excluded_names=()):
        """Refuse rules and actions that would follow a path to persons for others.

        :raise AccessError: the same, whether or not there is anything to tell
        """
        super()._validate_fields(field_names, excluded_names)
        self.env["pso.carrier"]._check_followed(self)

    def read(self, fields=None, load="_classic_read"):
        """Give nothing of persons to who reads for others, to keep it elsewhere."""
        if not self.env.su or self._is_addon():
            return super().read(fields, load)
        hidden = self.env["pso.carrier"]._fields_of_persons(self._name)
        if not hidden or not hidden.intersection(fields or hidden):
            return super().read(fields, load)
        names = list(self._fields if fields is None else fields)
        # Asked for no field, Odoo reads all of them.
        known = [name for name in names if name not in hidden] or ["id"]
        rows = super().read(known, load)
        nothing = {name: False for name in names if name in hidden}
        return [{**row, **nothing} for row in rows]

    def _modified_triggers(self, tree, create=False):
        """Find all that depends on a change, whoever made the change."""
        pool = self.pool
        if any(pool[field.model_name]._is_personal for field in tree):
            self = self._as_addon()  # noqa: PLW0642
        return super()._modified_triggers(tree, create)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Note who exports fields of PSO, from whatever model one gets to them."""
        if _is_toplevel_call:
            self.env["pso.log"]._note_export(self, ["/".join(path) for path in fields])
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
