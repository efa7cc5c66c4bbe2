def migrate(cr, version):
    """Give branches the full-time hours of the company that they are a branch of.

    Those that have no KvK number of their own, and still the value that every company
    starts with. From here on branches take over what is set. Locked measurements keep
    the hours that they were locked with.
    """
    cr.execute(
        """
        WITH RECURSIVE head AS (
            SELECT id, pso_fulltime_hours, pso_count_without_contract FROM res_company
            WHERE parent_id IS NULL
            UNION ALL
            SELECT branch.id,
                CASE WHEN is_own OR branch.pso_fulltime_hours <> 40
                    THEN branch.pso_fulltime_hours ELSE head.pso_fulltime_hours END,
                CASE WHEN is_own OR branch.pso_count_without_contract
                    THEN branch.pso_count_without_contract
                    ELSE head.pso_count_without_contract END
            FROM head
            JOIN res_company branch ON branch.parent_id = head.id
            JOIN res_partner partner ON partner.id = branch.partner_id
            CROSS JOIN LATERAL (
                SELECT COALESCE(partner.company_registry, '') <> '' AS is_own
            ) AS number
        )
        UPDATE res_company company
        SET pso_fulltime_hours = head.pso_fulltime_hours,
            pso_count_without_contract = head.pso_count_without_contract
        FROM head WHERE head.id = company.id AND company.parent_id IS NOT NULL
        """
    )
