from odoo import fields, models
from odoo.tools import SQL

# What a line refers to that users delete in their daily work.
DELETABLE = (
    "employee_id",
    "department_id",
    "work_location_id",
    "version_id",
    "status_id",
)


class PsoLockedPersonLine(models.Model):
    """The person lines of locked measurements, as they were when it was locked.

    What they refer to is kept as numbers. A foreign key would hold every employee of a
    measurement until it is locked, so that who deletes one waits for that; and it would
    take as long again. What has been deleted is left out when the lines are read.
    Companies are held by the scope of the measurement. ``pso.retention`` takes the
    numbers out again.
    """

    _name = "pso.locked.person.line"
    _description = "Person in a Locked PSO Measurement"
    _inherit = ["pso.logged.read.mixin", "pso.person.line.mixin"]
    _line_mixin = "pso.person.line.mixin"

    employee_id = fields.Integer(readonly=True, index="btree_not_null", aggregator=None)
    company_id = fields.Integer(readonly=True, aggregator=None)
    department_id = fields.Integer(readonly=True, aggregator=None)
    work_location_id = fields.Integer(readonly=True, aggregator=None)
    version_id = fields.Integer(readonly=True, aggregator=None)
    status_id = fields.Integer(readonly=True, aggregator=None)

    def _sql_kept(self):
        """Return the table as SQL, without references to what is gone by now."""
        columns, joins = [SQL("line.id")], []
        for name in self._column_names():
            if name not in DELETABLE:
                columns.append(SQL.identifier("line", name))
                continue
            target = self.env[self._line_mixin]._fields[name].comodel_name
            alias = SQL.identifier(name)
            columns.append(SQL("%s.id AS %s", alias, alias))
            joins.append(
                SQL(
                    "LEFT JOIN %s AS %s ON %s.id = line.%s",
                    SQL.identifier(self.env[target]._table),
                    alias,
                    alias,
                    alias,
                )
            )
        return SQL(
            "(SELECT %s FROM %s AS line %s) AS kept",
            SQL(", ").join(columns),
            SQL.identifier(self._table),
            SQL(" ").join(joins),
        )


class PsoLockedSupplierLine(models.Model):
    """The supplier lines of locked measurements."""

    _name = "pso.locked.supplier.line"
    _description = "Supplier in a Locked PSO Measurement"
    _inherit = ["pso.supplier.line.mixin"]
    _line_mixin = "pso.supplier.line.mixin"


class PsoLockedCheck(models.Model):
    """The outcome of the checks of locked measurements."""

    _name = "pso.locked.check"
    _description = "Check of a Locked PSO Measurement"
    _inherit = ["pso.check.mixin"]
    _line_mixin = "pso.check.mixin"
