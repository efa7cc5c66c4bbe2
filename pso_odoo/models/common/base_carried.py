"""What names a record about persons is found by who may read such records."""

from odoo import api
from odoo.fields import Domain


class Carried:
    """What every model has of this (see ``base.py``): what names persons is left out.

    Core and fields made by hand read messages, activities and files as superuser, by a
    path or a number that anybody gives. So whoever may not read the records that these
    name does not find them either, superuser or not: they are as if not there.
    """

    __slots__ = ()

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        if shown := self._pso_shown():
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

    def _pso_shown(self):
        """Return the filter of what names no persons whom the user may not read of.

        :return: None if there is nothing to leave out
        """
        carrier = self.env["pso.carrier"]
        names = carrier._names_in(self._name)
        hidden = names and not self._is_addon() and carrier._hidden()
        if not hidden:
            return None
        return Domain.AND(Domain(name, "not in", hidden) for name in names)
