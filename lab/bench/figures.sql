-- All figures of one measurement but gap_fte (a root, which is found in Python), as fast
-- as we know how to ask PostgreSQL for them. Beat it.
--
-- It is given what the measurement says, as somebody would write it who does it by hand:
-- period, edition, companies, and the measurement itself for its corrections. It knows no
-- lines, no reasons and no keys, and adds up floats.
WITH edition AS (
    SELECT * FROM pso_edition WHERE id = %(edition)s
),
company AS (
    SELECT id, pso_fulltime_hours AS fulltime,
        pso_count_without_contract IS TRUE AS counts_without
    FROM res_company WHERE id = ANY(%(companies)s)
),
-- Total fte: one pass over the versions. Who has ever left is looked up apart, as those
-- are few; nobody in this company has two jobs.
staff AS (
    SELECT SUM(hours * (1 + LEAST(last_day, left_on, %(end)s::date)
            - GREATEST(%(start)s::date, first_day)) / fulltime)
        / (%(end)s::date - %(start)s::date + 1) AS fte
    FROM (
        SELECT fulltime, last_day, first_day,
            CASE
                WHEN first_departure >= first_day THEN first_departure
                WHEN first_departure < first_day THEN (
                    SELECT COALESCE(
                        MIN(departure_date) FILTER (
                            WHERE departure_date >= first_day
                                OR other.id = version.id AND COALESCE(
                                    version.contract_date_start <= departure_date, TRUE)),
                        CASE WHEN employee.active IS NOT TRUE THEN
                            MAX(departure_date) FILTER (
                                WHERE other.date_version < version.date_version
                                    AND other.contract_date_start
                                        IS NOT DISTINCT FROM version.contract_date_start)
                        END)
                    FROM hr_version other
                    WHERE other.employee_id = version.employee_id AND other.active
                        AND departure_date IS NOT NULL)
            END AS left_on,
            LEAST(CASE WHEN pso_hours_override THEN pso_hours_custom
                ELSE hours_per_week END, fulltime) AS hours
        FROM (
            SELECT walk.*, LEAST(next_date - 1, contract_date_end) AS last_day,
                CASE WHEN NOT has_contract THEN date_version
                    WHEN is_first THEN contract_date_start
                    ELSE GREATEST(date_version, contract_date_start) END AS first_day
            FROM (
                SELECT id, employee_id, date_version, contract_date_start,
                    contract_date_end, resource_calendar_id, pso_hours_override,
                    pso_hours_custom, pso_counts,
                    LEAD(date_version) OVER person AS next_date,
                    LAG(id) OVER person IS NULL AS is_first,
                    COUNT(contract_date_start) OVER person > 0 AS has_contract,
                    MIN(departure_date) OVER person AS first_departure
                FROM (
                    -- Sorting few columns is faster than the order of an index.
                    SELECT id, employee_id, date_version, contract_date_start,
                        contract_date_end, resource_calendar_id, pso_hours_override,
                        pso_hours_custom, pso_counts, departure_date
                    FROM hr_version WHERE active AND employee_id IS NOT NULL OFFSET 0
                ) AS version
                WINDOW person AS (PARTITION BY employee_id ORDER BY date_version
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
            ) AS walk
            WHERE NOT has_contract OR contract_date_start IS NOT NULL
        ) AS version
        JOIN hr_employee employee ON employee.id = version.employee_id
        JOIN company ON company.id = employee.company_id
        LEFT JOIN resource_calendar calendar ON calendar.id = resource_calendar_id
        -- Most is left out before employees are looked up.
        WHERE pso_counts
            AND LEAST(last_day, %(end)s::date) >= GREATEST(%(start)s::date, first_day)
    ) AS stretch
    WHERE LEAST(left_on, %(end)s::date) >= GREATEST(%(start)s::date, first_day)
),
-- Direct fte: the statuses, then the versions of those people alone.
run AS (
    SELECT run.*,
        FIRST_VALUE(COALESCE(date_inflow_manual, date_start)) OVER (
            PARTITION BY employee_id, group_id, entered ORDER BY date_start) AS inflow,
        FIRST_VALUE(date_start) OVER (
            PARTITION BY employee_id, run_number ORDER BY date_start) AS run_start
    FROM (
        SELECT step.*,
            COUNT(date_inflow_manual) OVER (
                PARTITION BY employee_id, group_id ORDER BY date_start) AS entered,
            COUNT(*) FILTER (WHERE continues IS NOT TRUE) OVER (
                PARTITION BY employee_id ORDER BY date_start) AS run_number
        FROM (
            SELECT status.*, LAG(form_id) OVER person = form_id
                AND LAG(date_end) OVER person + 1 = date_start AS continues
            FROM pso_status status
            WINDOW person AS (PARTITION BY employee_id ORDER BY date_start)
        ) AS step
    ) AS run
),
status AS (
    SELECT employee_id, date_start, date_end, evidence_state = 'verified' AS is_proven,
        form_rule.needs_tenure, form_rule.is_regular, inflow_day,
        group_rule.id IS NOT NULL AND form_rule.id IS NOT NULL AS has_rule,
        COALESCE(group_rule.weight * form_rule.weight, 0) AS weight,
        COALESCE(group_rule.is_weight_known AND form_rule.is_weight_known, TRUE)
            AS is_known,
        COALESCE(form_rule.is_in_total, TRUE) AS is_in_total,
        COALESCE(group_rule.counts_for_pso30 AND form_rule.counts_for_pso30
            AND is_zero_hours IS NOT TRUE, FALSE) AS is_pso30,
        LEAST(
            -- To the day before the anniversary, which is the first of the next month
            -- where its own lacks the day.
            CASE WHEN group_rule.counting_months > 0 THEN group_end
                - (extract(day FROM group_end) >= extract(day FROM inflow_day))::int END,
            CASE WHEN form_rule.max_months > 0 THEN form_end
                - (extract(day FROM form_end) >= extract(day FROM run_start))::int END
        ) AS rule_end
    FROM run
    LEFT JOIN pso_group_rule group_rule ON group_rule.edition_id = %(edition)s
        AND group_rule.group_id = run.group_id
    LEFT JOIN pso_form_rule form_rule ON form_rule.edition_id = %(edition)s
        AND form_rule.form_id = run.form_id
    CROSS JOIN LATERAL (SELECT CASE group_rule.counting_from
        WHEN 'event' THEN date_event ELSE inflow END AS inflow_day) AS start
    CROSS JOIN LATERAL (SELECT
        (inflow_day + make_interval(months => group_rule.counting_months))::date
            AS group_end,
        (run_start + make_interval(months => form_rule.max_months))::date AS form_end
    ) AS shifted
    WHERE date_start <= %(end)s::date
        AND COALESCE(date_end, 'infinity') >= %(start)s::date
),
member AS (
    SELECT member.*, MIN(first_day) OVER run AS hired_on,
        MAX(COALESCE(last_day, 'infinity')) OVER run AS employed_until
    FROM (
        SELECT step.*, COUNT(*) FILTER (WHERE is_new) OVER (
            PARTITION BY employee_id ORDER BY first_day) AS run_number
        FROM (
            SELECT employee_id, pso_counts, fulltime, first_day, last_day,
                counts_without OR has_contract AS employed, hours,
                LEAST(COALESCE(hours, 0), fulltime) / fulltime AS fte,
                (LAG(last_day) OVER (PARTITION BY employee_id ORDER BY first_day)
                    >= first_day - 1) IS NOT TRUE AS is_new
            FROM (
                SELECT version.*, fulltime, counts_without,
                    CASE WHEN version.pso_hours_override THEN version.pso_hours_custom
                        ELSE hours_per_week END AS hours,
                    LEAST(next_date - 1, contract_date_end,
                        CASE
                            WHEN first_departure >= first_day THEN first_departure
                            WHEN first_departure < first_day THEN (
                                SELECT COALESCE(
                                    MIN(departure_date) FILTER (
                                        WHERE departure_date >= first_day
                                            OR other.id = version.id AND COALESCE(
                                                version.contract_date_start <= departure_date, TRUE)),
                                    CASE WHEN employee.active IS NOT TRUE THEN
                                        MAX(departure_date) FILTER (
                                            WHERE other.date_version < version.date_version
                                                AND other.contract_date_start
                                                    IS NOT DISTINCT FROM version.contract_date_start)
                                    END)
                                FROM hr_version other
                                WHERE other.employee_id = version.employee_id AND other.active
                                    AND departure_date IS NOT NULL)
                        END) AS last_day
                FROM (
                    SELECT walk.*,
                        CASE WHEN NOT has_contract THEN date_version
                            WHEN is_first THEN contract_date_start
                            ELSE GREATEST(date_version, contract_date_start)
                        END AS first_day
                    FROM (
                        SELECT id, employee_id, date_version, contract_date_start,
                            contract_date_end, resource_calendar_id,
                            pso_hours_override, pso_hours_custom, pso_counts,
                            LEAD(date_version) OVER person AS next_date,
                            LAG(id) OVER person IS NULL AS is_first,
                            COUNT(contract_date_start) OVER person > 0 AS has_contract,
                            MIN(departure_date) OVER person AS first_departure
                        FROM hr_version
                        WHERE active AND employee_id IN (SELECT employee_id FROM status)
                        WINDOW person AS (PARTITION BY employee_id ORDER BY date_version
                            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
                    ) AS walk
                    WHERE NOT has_contract OR contract_date_start IS NOT NULL
                ) AS version
                JOIN hr_employee employee ON employee.id = version.employee_id
                JOIN company ON company.id = employee.company_id
                LEFT JOIN resource_calendar calendar
                    ON calendar.id = version.resource_calendar_id
            ) AS version
            WHERE COALESCE(last_day, 'infinity') >= first_day
        ) AS step
    ) AS member
    WINDOW run AS (PARTITION BY employee_id, run_number)
),
target AS (
    SELECT SUM(CASE
            WHEN pso_counts AND NOT is_in_total THEN -fte * (day_to - day_from + 1)
            WHEN pso_counts IS NOT TRUE AND is_in_total AND weight > 0 THEN fte * counted
            ELSE 0 END) / period AS total,
        SUM(fte * counted * weight) / period AS direct,
        SUM(fte * counted * weight) FILTER (WHERE is_proven) / period AS proven,
        SUM(fte * counted) FILTER (WHERE is_30) / period AS pso30,
        SUM(fte * counted) FILTER (WHERE is_30 AND is_regular) / period AS pso30_regular,
        BOOL_AND(is_known OR NOT has_rule OR inflow_day IS NULL OR NOT employed OR fte = 0
            OR day_to < GREATEST(date_start, inflow_day) OR counted = 0) AS is_known
    FROM (
        SELECT *, %(end)s::date - %(start)s::date + 1 AS period,
            CASE WHEN employed AND has_rule AND inflow_day IS NOT NULL
                THEN GREATEST(0, 1 + LEAST(day_to, rule_end)
                    - GREATEST(day_from, inflow_day)) ELSE 0 END AS counted,
            is_pso30 AND weight > 0 AND (NOT needs_tenure
                OR hours >= pso30_min_hours AND tenure_end
                    - (extract(day FROM tenure_end) >= extract(day FROM hired_on))::int
                    <= LEAST(employed_until, %(end)s::date)) AS is_30
        FROM (
            SELECT status.*, fte, hours, employed, hired_on, employed_until, pso_counts,
                GREATEST(date_start, first_day, %(start)s::date) AS day_from,
                LEAST(date_end, last_day, %(end)s::date) AS day_to
            FROM status JOIN member USING (employee_id)
        ) AS overlap
        CROSS JOIN (SELECT pso30_min_hours, pso30_min_months FROM edition) AS edition
        CROSS JOIN LATERAL (SELECT (hired_on
            + make_interval(months => pso30_min_months))::date AS tenure_end) AS tenure
        WHERE day_to >= day_from
    ) AS line
    GROUP BY period
),
-- Indirect fte: a bill counts in the days that any certificate covers, and is proven in
-- those that a verified one covers. Which one it is does not matter for the figures.
cover AS (
    SELECT partner_id,
        range_agg(daterange(date_start, date_end, '[]')) FILTER (WHERE counts) AS valid,
        range_agg(daterange(date_start, date_end, '[]')) FILTER (
            WHERE counts AND evidence_state = 'verified') AS proven
    FROM pso_certificate
    LEFT JOIN pso_level level ON level.id = level_id
    CROSS JOIN LATERAL (SELECT level.code IS DISTINCT FROM 'aspirant'
        OR (SELECT aspirant_supplier_counts FROM edition) AS counts) AS counting
    WHERE partner_id NOT IN (SELECT partner_id FROM res_company
        WHERE id = ANY(%(companies)s))
    GROUP BY partner_id
),
balance AS (
    -- A refund is taken off the year of the bill it reverses, if that is measured.
    SELECT partner_id, CASE
            WHEN extract(year FROM taken_on) BETWEEN extract(year FROM %(start)s::date)
                AND extract(year FROM %(end)s::date)
            THEN extract(year FROM taken_on)
            ELSE extract(year FROM %(start)s::date) END::int AS year,
        COALESCE(SUM(amount) FILTER (WHERE judged_on <@ valid), 0) AS amount,
        COALESCE(SUM(amount) FILTER (WHERE judged_on <@ proven), 0) AS proven
    FROM (
        SELECT move.commercial_partner_id AS partner_id,
            CASE WHEN -move.amount_untaxed_signed < COALESCE(excluded.amount, 0)
                THEN COALESCE(reversed.invoice_date, move.invoice_date)
                ELSE move.invoice_date END AS taken_on,
            COALESCE(reversed.invoice_date, move.invoice_date) AS judged_on,
            -move.amount_untaxed_signed - COALESCE(excluded.amount, 0) AS amount
        FROM account_move move
        LEFT JOIN account_move reversed ON reversed.id = move.reversed_entry_id
        LEFT JOIN (
            SELECT move_id, SUM(balance) AS amount FROM account_move_line
            WHERE pso_excluded IS TRUE AND display_type = 'product' GROUP BY move_id
        ) AS excluded ON excluded.move_id = move.id
        WHERE move.state = 'posted'
            AND move.move_type IN ('in_invoice', 'in_refund', 'in_receipt')
            AND move.company_id = ANY(%(companies)s)
            AND move.invoice_date BETWEEN %(start)s AND %(end)s
            AND move.commercial_partner_id IN (SELECT partner_id FROM cover)
        UNION ALL
        SELECT partner_id, date, date, amount::numeric FROM pso_correction
        WHERE measurement_id = %(measurement)s AND kind = 'purchases'
    ) AS bill
    JOIN cover USING (partner_id)
    GROUP BY partner_id, year
    HAVING COUNT(*) FILTER (WHERE judged_on <@ valid) > 0
),
bought AS (
    -- What is below zero in one year is taken off the others, the earliest first.
    SELECT partner_id, year,
        GREATEST(amount - GREATEST(SUM(GREATEST(-amount, 0)) OVER supplier
            - SUM(GREATEST(amount, 0)) OVER years + GREATEST(amount, 0), 0), 0)
            AS amount,
        GREATEST(proven - GREATEST(SUM(GREATEST(-proven, 0)) OVER supplier
            - SUM(GREATEST(proven, 0)) OVER years + GREATEST(proven, 0), 0), 0)
            AS proven
    FROM balance
    WINDOW supplier AS (PARTITION BY partner_id),
        years AS (PARTITION BY partner_id ORDER BY year)
),
suppliers AS (
    SELECT COALESCE(SUM(LEAST(amount, turnover) * rate), 0) AS indirect,
        COALESCE(SUM(LEAST(proven, turnover) * rate), 0) AS proven,
        COALESCE(BOOL_AND(amount = 0 OR turnover IS NOT NULL), TRUE) AS is_known
    FROM bought
    JOIN res_company company ON company.id = %(company)s
    LEFT JOIN LATERAL (
        SELECT converted.turnover,
            figure.fte * figure.direct_percentage / (100 * converted.turnover)::float
                AS rate
        FROM pso_supplier_figure figure
        CROSS JOIN LATERAL (SELECT CASE
            WHEN figure.currency_id = company.currency_id THEN figure.turnover
            ELSE figure.turnover * COALESCE((
                SELECT rate FROM res_currency_rate
                WHERE currency_id = company.currency_id
                    AND name <= make_date(figure.year, 12, 31)
                    AND (company_id IS NULL OR company_id
                        = split_part(company.parent_path, '/', 1)::int)
                ORDER BY company_id, name DESC LIMIT 1
            ), 1) / (
                SELECT rate FROM res_currency_rate
                WHERE currency_id = figure.currency_id
                    AND name <= make_date(figure.year, 12, 31)
                    AND (company_id IS NULL OR company_id
                        = split_part(company.parent_path, '/', 1)::int)
                ORDER BY company_id, name DESC LIMIT 1
            ) END AS turnover
        ) AS converted
        WHERE figure.partner_id = bought.partner_id AND figure.year <= bought.year
        ORDER BY figure.year DESC LIMIT 1
    ) AS figure ON TRUE
),
-- The formula.
correction AS (
    SELECT COALESCE(SUM(amount) FILTER (WHERE kind = 'total_fte'), 0) AS total,
        COALESCE(SUM(amount) FILTER (WHERE kind = 'direct_fte'), 0) AS direct,
        COALESCE(SUM(amount) FILTER (WHERE kind = 'direct_fte' AND amount < 0), 0)
            AS proven
    FROM pso_correction WHERE measurement_id = %(measurement)s
),
fact AS (
    SELECT GREATEST(COALESCE(staff.fte, 0) + COALESCE(target.total, 0)
            + correction.total, 0) AS total_fte,
        GREATEST(COALESCE(target.direct, 0) + correction.direct, 0) AS direct_fte,
        GREATEST(COALESCE(target.proven, 0) + correction.proven, 0) AS proven_fte,
        COALESCE(target.pso30, 0) AS pso30, COALESCE(target.pso30_regular, 0) AS regular,
        suppliers.indirect AS indirect_fte, suppliers.proven AS proven_indirect_fte,
        COALESCE(target.is_known, TRUE) AND suppliers.is_known AS is_complete
    FROM staff CROSS JOIN correction CROSS JOIN suppliers LEFT JOIN target ON TRUE
),
share AS (
    SELECT fact.*, 100 * direct_fte / NULLIF(total_fte, 0) AS direct,
        100 * indirect_fte / NULLIF(total_fte + indirect_fte, 0) AS indirect,
        100 * proven_fte / NULLIF(total_fte, 0) AS proven_direct,
        100 * proven_indirect_fte / NULLIF(total_fte + proven_indirect_fte, 0)
            AS proven_indirect,
        100 * pso30 / NULLIF(total_fte, 0) AS pso30_share,
        100 * regular / NULLIF(total_fte, 0) AS regular_share
    FROM fact
),
score AS (
    SELECT share.*, edition.*,
        LEAST(indirect, indirect_max_share * direct / (1 - indirect_max_share))
            AS counted,
        direct + LEAST(indirect, indirect_max_share * direct
            / (1 - indirect_max_share)) AS total,
        proven_direct + LEAST(proven_indirect, indirect_max_share * proven_direct
            / (1 - indirect_max_share)) AS proven_total
    FROM share CROSS JOIN edition
),
ladder AS (
    SELECT level.id, level.sequence, points.n > 0 AS is_known, CASE
            WHEN score.total_fte < points.smallest THEN NULL
            WHEN above.size_fte IS NULL THEN below.percentage
            ELSE below.percentage + (above.percentage - below.percentage)
                * (score.total_fte - below.size_fte) / (above.size_fte - below.size_fte)
        END AS norm
    FROM score
    JOIN pso_edition_pso_level_rel rel ON rel.pso_edition_id = score.id
    JOIN pso_level level ON level.id = rel.pso_level_id AND level.is_computed
    CROSS JOIN LATERAL (
        SELECT COUNT(*) AS n, MIN(size_fte) AS smallest FROM pso_norm
        WHERE edition_id = score.id AND level_id = level.id
    ) AS points
    LEFT JOIN LATERAL (
        SELECT size_fte, percentage FROM pso_norm
        WHERE edition_id = score.id AND level_id = level.id
            AND size_fte <= score.total_fte
        ORDER BY size_fte DESC LIMIT 1
    ) AS below ON TRUE
    LEFT JOIN LATERAL (
        SELECT size_fte, percentage FROM pso_norm
        WHERE edition_id = score.id AND level_id = level.id
            AND size_fte > score.total_fte
        ORDER BY size_fte LIMIT 1
    ) AS above ON TRUE
),
rung AS (
    SELECT
        MAX(sequence) FILTER (WHERE norm <= total + 1e-9 AND direct > 0) AS reached,
        MAX(sequence) FILTER (WHERE norm <= proven_total + 1e-9 AND proven_direct > 0)
            AS proven,
        jsonb_object_agg(ladder.id, norm) AS norms
    FROM ladder CROSS JOIN score
)
SELECT total_fte, direct_fte, direct AS direct_percentage, indirect_fte,
    indirect AS indirect_percentage, counted AS indirect_counted_percentage,
    total AS total_percentage, reached.id AS level_id, next.id AS next_level_id,
    COALESCE(next.norm - total, 0) AS gap_percentage, pso30_share AS pso30_percentage,
    regular_share AS pso30_regular_percentage,
    reached.id IS NOT NULL AND next.id IS NULL
        AND pso30_share >= pso30_min_percentage - 1e-9
        AND regular_share >= pso30_min_regular_percentage - 1e-9 AS is_pso30,
    is_complete,
    NOT EXISTS (SELECT FROM ladder WHERE NOT is_known
        AND sequence > COALESCE(rung.reached, -1))
        AND (is_complete OR next.id IS NULL) AS is_level_certain,
    score.proven_direct AS proven_direct_percentage,
    score.proven_indirect AS proven_indirect_percentage,
    score.proven_total AS proven_total_percentage, proven.id AS proven_level_id, norms
FROM score CROSS JOIN rung
LEFT JOIN ladder reached ON reached.sequence = rung.reached
LEFT JOIN ladder proven ON proven.sequence = rung.proven
LEFT JOIN LATERAL (
    SELECT * FROM ladder WHERE is_known AND sequence > COALESCE(rung.reached, -1)
    ORDER BY sequence LIMIT 1
) AS next ON TRUE
