def migrate(cr, version):
    """Say of the certificates there are which are renewed, in one statement.

    So that none of them is written again, and seems to have been changed today.
    """
    cr.execute("ALTER TABLE pso_certificate ADD COLUMN IF NOT EXISTS renewal varchar")
    cr.execute(
        """
        UPDATE pso_certificate SET renewal = CASE WHEN EXISTS (
            SELECT FROM pso_certificate later
            WHERE later.partner_id = pso_certificate.partner_id
                AND COALESCE(later.date_end, 'infinity') > pso_certificate.date_end
        ) THEN 'renewed' ELSE 'not_asked' END
        WHERE renewal IS NULL
        """
    )
