"""What the rule book says to be unknown has no value beside it."""


def migrate(cr, version):
    """Empty weights and counting periods that are said to be unknown.

    Locked measurements keep figures and lines of their own.
    """
    for table in ("pso_group_rule", "pso_form_rule"):
        cr.execute(
            f"UPDATE {table} SET weight = 0 WHERE is_weight_known IS NOT TRUE"  # noqa: S608
        )
    cr.execute(
        "UPDATE pso_group_rule SET counting_months = 0 "
        "WHERE is_period_known IS NOT TRUE"
    )
