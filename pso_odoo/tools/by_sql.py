"""Fields without a column that one searches and groups by: the model has their SQL."""

from odoo import fields


class _BySql:
    def to_sql(self, model, alias):
        return model._pso_to_sql(self.name, alias)


class Boolean(_BySql, fields.Boolean):
    pass


class Many2one(_BySql, fields.Many2one):
    pass
