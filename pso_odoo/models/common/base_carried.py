"""What names a record about persons is found by who may read such records."""

from odoo import api
from odoo.fields import Domain

from .joins import guard_joins


class Carried:
    """What every model has of this (see ``base.py``): what names persons is left out.

    Core and fields made by hand read messages, activities and files as superuser, by a
    path or a number that anybody gives. So whoever may not read the records that these
    name does not find them either, superuser or not: they are as if not there.
    """

    __slots__ = ()

    def _register_hook(self):
        super()._register_hook()
        guard_joins()

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        if shown := self._pso_shown(kwargs.get("bypass_access")):
            domain = Domain(domain) & shown
        return super()._search(domain, offset, limit, order, **kwargs)

    def _fetch_query(self, query, fields):
        # Core asks for columns by a search, which has left them out by now.
        if not any(field.column_type for field in fields):
            if shown := self._pso_shown():
                shown = shown.optimize_full(self)
                query.add_where(shown._to_sql(self, query.table, query))
        return super()._fetch_query(query, fields)

    @api.private
    def exists(self):
        if not self.ids or not self._pso_shown():
            return super().exists()
        records = self.sudo().with_context(active_test=False)
        seen = set(records._search([("id", "in", self.ids)]))
        return self.filtered(lambda record: not record.id or record.id in seen)

    def _check_access(self, operation):
        """Refuse also what is a part of a message or file that one is not shown."""
        result = super()._check_access(operation)
        if result or not self.ids or self.env.su:
            return result
        if not self.env["pso.carrier"]._wholes_of(self._name):
            return result
        hidden = self - self.exists()
        rules = self.env["ir.rule"]
        return hidden and (
            hidden,
            lambda: rules._make_access_error(operation, hidden),
        )

    def _pso_shown(self, bypass=False):
        """Return the filter of what names no persons whom the user may not read of.

        :param bypass: whether core leaves out what it asks of all but the superuser
        :return: None if there is nothing to leave out
        """
        carrier = self.env["pso.carrier"]
        names, wholes = carrier._names_in(self._name), carrier._wholes_of(self._name)
        if not (names or wholes) or self._is_addon():
            return None
        hidden = carrier._hidden()
        parts = [Domain(name, "not in", hidden) for name in names if hidden]
        # Nobody but the superuser is shown by core what is of records of others.
        if (self.env.su or bypass) and not carrier._hides_all_or_none(hidden):
            parts += self._pso_of_his_companies(names)
        for field, comodel in wholes:
            if shown := self.env[comodel]._pso_shown(bypass=True):
                # What is not joined has no number, and might pass without this.
                is_joined = Domain("id", ">", 0)
                parts.append(Domain(field, "any!", is_joined & shown))
        return Domain.AND(parts) if parts else None

    def _pso_of_his_companies(self, names):
        """List the filters of what names no persons of companies that he is not in.

        What was uploaded for such a record, and not saved with it yet, is his who did.
        """
        carrier = self.env["pso.carrier"]
        unseen = carrier._unseen()
        own = Domain.FALSE
        if self._log_access:
            own = Domain("create_uid", "=", self.env.uid)
        for model, name, number in carrier._pairs():
            if model == self._name and name in names:
                unsaved = Domain(number, "in", [False, 0])
                # PostgreSQL looks at the first alone of almost all rows.
                yield Domain.OR(
                    [
                        Domain(name, "not in", list(unseen)),
                        own & unsaved,
                        ~unsaved
                        & Domain.AND(
                            Domain(name, "!=", other) | Domain(number, "not in", query)
                            for other, query in unseen.items()
                        ),
                    ]
                )
