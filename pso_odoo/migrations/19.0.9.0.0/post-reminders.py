"""Favourites on reminders of people are for who may see them, as on all about persons.

The rules belong to the administrator once they are installed: the name is added where
the rule still has the one before it.
"""

BEFORE = "'pso.import.column',"
ADDED = "'pso.people.reminder',"


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE ir_rule SET domain_force = replace(domain_force, %s, %s)
        WHERE position(%s IN domain_force) = 0 AND id = (
            SELECT res_id FROM ir_model_data
            WHERE module = 'pso_odoo' AND name = 'rule_pso_filters')
        """,
        (BEFORE, f"{BEFORE} {ADDED}", ADDED),
    )
