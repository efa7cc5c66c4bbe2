from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .base_carried import Carried
from .base_values import Values
from .guard import is_ours, put_around
from .joins import guard_joins
from .searched import search_as_user
from .sources import dropping_figures


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


def with_methods_of(*parts):
    """Give a class the methods of others, which it does not inherit from.

    All models inherit from ``base``, and each call of ``super`` in core that gets so
    far looks through a class more for each of these.
    """

    def decorate(cls):
        for part in parts:
            for name, value in vars(part).items():
                if not name.startswith("__"):
                    setattr(cls, name, value)
        return cls

    return decorate


@with_methods_of(Values, Carried)
class Base(models.AbstractModel):
    _inherit = "base"

    # Whether records say of a person that, or whether, somebody is of the target group:
    # ``pso.withheld.mixin`` sets it. This is the one way to ask for it.
    _is_personal = False
    # Whether numbers are looked at whoever writes them, though no figure rests on them.
    _has_counted_numbers = False
    # The fields that figures rest on: see ``sources.py``.
    _figures_rest_on = ()
    # What it is a look at to search by what the PSO Target Group alone may see.
    _pso_look = None
    # What follows from the fields of a model is found out once, as they are set up.
    _is_pso = False
    _pso_given = frozenset()  # our relations that one may fill in
    _pso_named = frozenset()  # the fields that name models
    _pso_names = frozenset()  # those that say of what model its numbers are
    _pso_wholes = ()  # those by which it is a part of what has such, and its model
    _pso_carries = False  # whether there are any of the last two
    _pso_led_by = frozenset()  # the fields of models about persons that lead to it

    def _post_model_setup__(self):
        """Find out what there is to look at, of this model with the fields of now.

        Fields made by hand set all models up anew, in each worker.
        """
        super()._post_model_setup__()
        if self._abstract:
            return
        carrier, cls = self.env["pso.carrier"], type(self)
        cls._is_pso = is_ours(self._name)
        cls._pso_named = carrier._fields_of(self._name)
        cls._pso_names = carrier._names_in(self._name)
        cls._pso_wholes = carrier._wholes_of(self._name)
        cls._pso_carries = bool(cls._pso_names or cls._pso_wholes)
        cls._pso_led_by = carrier._leading_to(self._name)
        if self._figures_rest_on:
            put_around(cls, modified=dropping_figures)
        if not self._is_pso:
            search_as_user(self)
        if cls._pso_wholes:
            put_around(cls, _check_access=_with_the_whole)
        if carrier._is_followed(self._name):
            put_around(cls, _validate_fields=_leading_to_nobody)
        if self._name == "base.automation":
            put_around(cls, _update_registry=_guarding_again)
        self._pso_guard()

    def _register_hook(self):
        """Look before automation rules do, which come around methods by this hook.

        Some models of core do not call this one.
        """
        super()._register_hook()
        guard_joins()
        self._pso_guard()

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
        if self._pso_named:
            for vals in result:
                self.env["pso.carrier"]._check_named(self._name, vals)
        if self._pso_wholes and not self.env.su:
            for vals in result:
                self.env["pso.carrier"]._check_wholes(self._name, vals)
        return result

    def write(self, vals):
        if self._pso_named:
            self.env["pso.carrier"]._check_named(self._name, vals)
        if self._pso_wholes and not self.env.su:
            self.env["pso.carrier"]._check_wholes(self._name, vals)
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
        if self._pso_led_by and not self._pso_led_by.isdisjoint(tree):
            self = self._as_addon()  # noqa: PLW0642
        return super()._modified_triggers(tree, create)

    # -- what is asked (see ``Values``), and what is left out (see ``Carried``) ------

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        if self._pso_carries:
            if shown := self._pso_shown(kwargs.get("bypass_access")):
                domain = Domain(domain) & shown
        elif self._is_pso and not self.env.su:
            if not kwargs.get("bypass_access"):
                self.browse().check_access("read")
            self._pso_check_filter_values(domain)
            self._pso_check_page(offset, limit, order)
        return super()._search(domain, offset, limit, order, **kwargs)

    def _fetch_query(self, query, fields):
        # Core asks for columns by a search, which has left them out by now.
        if self._pso_carries and not any(field.column_type for field in fields):
            if shown := self._pso_shown():
                shown = shown.optimize_full(self)
                query.add_where(shown._to_sql(self, query.table, query))
        return super()._fetch_query(query, fields)

    @api.private
    def exists(self):
        if not self._pso_carries or not self.ids or not self._pso_shown():
            return super().exists()
        records = self.sudo().with_context(active_test=False)
        seen = set(records._search([("id", "in", self.ids)]))
        return self.filtered(lambda record: not record.id or record.id in seen)

    @api.model
    def _read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        if self._is_pso and not self.env.su:
            self._pso_check_asked(domain, offset, limit, order, [*groupby, *aggregates])
        return super()._read_group(
            domain, groupby, aggregates, having, offset, limit, order
        )

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        if self._is_pso and not self.env.su:
            specs = [*(s for each in grouping_sets for s in each), *aggregates]
            self._pso_check_asked(domain, order=order, specs=specs)
        return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Note who exports fields of PSO, from whatever model one gets to them."""
        if _is_toplevel_call:
            self.env["pso.log"]._note_export(self, ["/".join(path) for path in fields])
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)


def _leading_to_nobody(validate_fields):
    def _validate_fields(self, field_names, excluded_names=()):
        """Refuse rules and actions that would follow a path to persons for others.

        :raise AccessError: the same, whether or not there is anything to tell
        """
        validate_fields(self, field_names, excluded_names)
        self.env["pso.carrier"]._check_followed(self)

    return _validate_fields


def _with_the_whole(check_access):
    def _check_access(self, operation):
        """Refuse also what is a part of a message or file that one is not shown."""
        result = check_access(self, operation)
        if result or not self.ids or self.env.su:
            return result
        hidden = self - self.exists()
        rules = self.env["ir.rule"]
        return hidden and (
            hidden,
            lambda: rules._make_access_error(operation, hidden),
        )

    return _check_access


def _guarding_again(update_registry):
    def _update_registry(self):
        """Guard models again: that addon takes all off that is put around methods."""
        update_registry(self)
        for model in self.env.values():
            model._pso_guard()

    return _update_registry
