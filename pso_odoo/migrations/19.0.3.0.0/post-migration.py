def migrate(cr, version):
    """Locked lines keep numbers: drop the foreign keys that held what they are of."""
    for name in (
        "company_id",
        "department_id",
        "employee_id",
        "status_id",
        "version_id",
        "work_location_id",
    ):
        cr.execute(
            f"""
            ALTER TABLE pso_locked_person_line
            DROP CONSTRAINT IF EXISTS pso_locked_person_line_{name}_fkey
            """
        )
