"""A look that is wrapped around how core joins the records that a field leads to."""

from functools import wraps

from odoo.fields import Many2one
from odoo.tools import SQL


def guard_joins():
    """Have a join lead to no more than a search would find.

    Whoever filters, groups or orders by a field that is taken from another record has
    core join that record's table: no method of the record's model is asked, so that
    what it leaves out of each search would be met.
    """
    join = Many2one.join
    if hasattr(join, "_pso_guarded"):
        return

    @wraps(join)
    def guarded_join(self, model, alias, query):
        comodel = model.env[self.comodel_name]
        # Databases without this addon may be served by the same process.
        carries = getattr(comodel, "_pso_carries", False)
        shown = carries and comodel._pso_shown(bypass=True)
        if not shown:
            return join(self, model, alias, query)
        coalias = query.make_alias(alias, self.name)
        condition = SQL(
            "%s = %s AND %s",
            model._field_to_sql(alias, self.name, query),
            SQL.identifier(coalias, "id"),
            shown.optimize_full(comodel)._to_sql(comodel, coalias, query),
        )
        query.add_join("LEFT JOIN", coalias, comodel._table, condition)
        return comodel, coalias

    guarded_join._pso_guarded = True
    Many2one.join = guarded_join
