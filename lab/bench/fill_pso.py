"""Statuses, certificates, figures and measurements, in the same way."""

from datetime import date

from odoo.fields import Command

from .inside import environment
from .prototype import allow_chance, insert_like, keep, next_id, plan, rolled_back, row
from .sizes import YEARS, Size

TODAY = f"DATE '{date.today()}'"
FULLTIME_HOURS = 36
TWICE = 10  # one in so many people has a second status after the first
CERTIFICATES = 3  # one after the other, of two years


def main(database, factor):
    size = Size(float(factor))
    with environment(database) as env:
        allow_chance(env.cr)
        set_up(env)
        fill_statuses(env, size)
        fill_certificates(env, size)
        leave_lines_out(env)
        env.cr.commit()
        env.transaction.clear()
        make_measurements(env)
        env.cr.commit()


def set_up(env):
    env.company.pso_fulltime_hours = FULLTIME_HOURS
    env.company.company_registry = "87654321"
    groups = ("user", "manager", "purchase", "hr")
    env["res.users"].create(
        {
            "name": "Bench PSO",
            "login": "bench_pso",
            "group_ids": [
                Command.link(env.ref("base.group_user").id),
                *(Command.link(env.ref(f"pso_odoo.group_pso_{g}").id) for g in groups),
            ],
        }
    )
    env["res.currency"].search(
        [("name", "=", "USD"), ("active", "in", [True, False])]
    ).active = True
    usd = env.ref("base.USD")
    env["res.currency.rate"].create(
        [
            {"currency_id": usd.id, "name": f"{year}-01-01", "rate": 1.1}
            for year in range(date.today().year - YEARS - 1, date.today().year + 1)
        ]
    )


def _ids(records):
    return f"ARRAY[{', '.join(map(str, records.ids))}]::int[]"


def fill_statuses(env, size):
    """One person in nine hundred parts of the staff, some with two statuses."""
    cr = env.cr
    groups = env["pso.target.group"].search([])
    forms = env["pso.contract.form"].search([])
    with rolled_back(env):
        status = env["pso.status"].create(
            {
                "employee_id": env["hr.employee"].search([], limit=1).id,
                "group_id": groups[0].id,
                "form_id": forms[0].id,
                "date_start": "2020-01-01",
                "evidence_state": "received",
            }
        )
        proto = row(status)
    keep(cr, "pso_status", [proto])
    people = max(size.statuses * TWICE // (TWICE + 1), 1)
    insert_like(
        cr,
        "pso_status",
        f"""
        SELECT {next_id(cr, "pso_status")} + row_number() OVER (ORDER BY n, part) AS id,
            {proto["id"]} AS proto, plan.*
        FROM (
            SELECT person.n, part, employee_id,
                CASE part WHEN 1 THEN began ELSE changed END AS day_from,
                CASE WHEN part = 1 AND twice THEN changed - 1 ELSE ended END AS day_to
            FROM (
                SELECT (row_number() OVER (ORDER BY employee.id))::int AS n,
                    employee.id AS employee_id, hired
                FROM hr_employee employee
                JOIN (SELECT employee_id, MIN(date_version) AS hired FROM hr_version
                    GROUP BY employee_id) AS version ON employee_id = employee.id
                WHERE (employee.id * {people}::bigint) % {size.employees} < {people}
            ) AS person
            CROSS JOIN LATERAL (SELECT
                GREATEST(hired, {TODAY} - 2200)
                    + floor(pg_temp.chance(n, 40) * 60)::int AS began,
                n % {TWICE} = 0 AS twice
            ) AS start
            CROSS JOIN LATERAL (SELECT
                began + 30 + floor(pg_temp.chance(n, 41)
                    * GREATEST({TODAY} - began, 60))::int AS changed,
                CASE WHEN n % {TWICE} <> 0 AND pg_temp.chance(n, 42) < 0.3
                    THEN began + 60 + floor(pg_temp.chance(n, 43) * 2400)::int END
                    AS ended
            ) AS change
            CROSS JOIN LATERAL generate_series(1, CASE WHEN twice THEN 2 ELSE 1 END)
                AS part
        ) AS plan
        """,
        employee_id="new.employee_id",
        date_start="new.day_from",
        date_end="new.day_to",
        date_inflow_manual="CASE WHEN pg_temp.chance(new.n, 44) < 0.1"
        " THEN new.day_from - 90 END",
        date_event="CASE WHEN pg_temp.chance(new.n, 45) < 0.8"
        " THEN new.day_from - 200 END",
        group_id=f"({_ids(groups)})[1 + floor(power(pg_temp.chance(new.n, 46), 2)"
        f" * {len(groups)})::int]",
        form_id=f"({_ids(forms)})[1 + floor(power(pg_temp.chance("
        f"new.n * 2 + new.part, 47), 3) * {len(forms)})::int]",
        is_zero_hours="pg_temp.chance(new.n, 48) < 0.05",
        **_evidence(env, "new.n"),
    )


def _evidence(env, number):
    """Seven in ten are verified, two in ten received."""
    chance = f"pg_temp.chance({number}, 49)"
    return {
        "evidence_state": f"CASE WHEN {chance} < 0.7 THEN 'verified'"
        f" WHEN {chance} < 0.9 THEN 'received' ELSE 'missing' END",
        "verified_by_id": f"CASE WHEN {chance} < 0.7 THEN {env.uid} END",
        "verified_on": f"CASE WHEN {chance} < 0.7 THEN {TODAY} - 100 END",
    }


def fill_certificates(env, size):
    """Certificates one after the other, some left out, and figures of each year."""
    cr = env.cr
    levels = env["pso.level"].search([])
    with rolled_back(env):
        vendor = env["res.partner"].search([("supplier_rank", ">", 0)], limit=1)
        certificate = env["pso.certificate"].create(
            {
                "partner_id": vendor.id,
                "level_id": levels[-1].id,
                "date_start": "2020-01-01",
                "evidence_state": "received",
            }
        )
        figure = env["pso.supplier.figure"].create(
            {
                "partner_id": vendor.id,
                "year": 2020,
                "turnover": 1,
                "fte": 1,
                "direct_percentage": 1,
            }
        )
        protos = row(certificate), row(figure)
    for table, proto in zip(
        ("pso_certificate", "pso_supplier_figure"), protos, strict=True
    ):
        keep(cr, table, [proto])
    plan(
        cr,
        "certified",
        f"""
        SELECT id AS partner_id, n FROM (
            SELECT id, (row_number() OVER (ORDER BY id))::int AS n,
                COUNT(*) OVER () AS total
            FROM res_partner WHERE supplier_rank > 0
        ) AS vendor
        WHERE (n * {size.certified}::bigint) % total < {size.certified}
        """,
    )
    insert_like(
        cr,
        "pso_certificate",
        f"""
        SELECT {next_id(cr, "pso_certificate")} + row_number() OVER (ORDER BY n, part)
            AS id, {protos[0]["id"]} AS proto, *
        FROM certified
        CROSS JOIN generate_series(0, {CERTIFICATES - 1}) AS part
        CROSS JOIN LATERAL (SELECT {TODAY} - {YEARS} * 365
            - floor(pg_temp.chance(n, 60) * 600)::int + part * 731
            - floor(pg_temp.chance(n * 4 + part, 61) * 40)::int AS day_from) AS start
        CROSS JOIN LATERAL (SELECT pg_temp.chance(n, 63) < 0.05 AS is_sw) AS kind
        WHERE part = 0 OR NOT is_sw AND pg_temp.chance(n * 4 + part, 62) < 0.85
        """,
        partner_id="new.partner_id",
        kind="CASE WHEN new.is_sw THEN 'sw' ELSE 'pso' END",
        level_id=f"CASE WHEN NOT new.is_sw THEN ({_ids(levels)})[1 + floor("
        f"sqrt(pg_temp.chance(new.n * 4 + new.part, 64)) * {len(levels)})::int] END",
        date_start="new.day_from",
        date_end="CASE WHEN NOT new.is_sw"
        " THEN (new.day_from + interval '2 years')::date - 1 END",
        **_evidence(env, "new.n * 4 + new.part"),
    )
    usd = env.ref("base.USD").id
    insert_like(
        cr,
        "pso_supplier_figure",
        f"""
        SELECT {next_id(cr, "pso_supplier_figure")}
            + row_number() OVER (ORDER BY year, n) AS id, {protos[1]["id"]} AS proto, *
        FROM certified
        CROSS JOIN generate_series(extract(year FROM {TODAY})::int - {YEARS},
            extract(year FROM {TODAY})::int - 1) AS year
        WHERE pg_temp.chance(n, 70) >= 0.03
        """,
        partner_id="new.partner_id",
        year="new.year",
        turnover="round((100000 + 20000000 * power("
        "pg_temp.chance(new.n * 8 + new.year, 71), 3))::numeric, 2)",
        fte="round((2 + 300 * power(pg_temp.chance(new.n, 72), 3))::numeric, 1)",
        direct_percentage="round((2 + 60 * power("
        "pg_temp.chance(new.n * 8 + new.year, 73), 2))::numeric, 2)",
        is_estimate="pg_temp.chance(new.n, 74) < 0.2",
        turnover_origin="CASE WHEN pg_temp.chance(new.n, 74) < 0.2"
        " THEN 'estimate' ELSE 'hand' END",
        currency_id=f"CASE WHEN pg_temp.chance(new.n, 75) < 0.03 THEN {usd}"
        " ELSE proto.currency_id END",
    )


def leave_lines_out(env):
    """One line in two hundred of the certified vendors' bills does not count."""
    env.cr.execute(
        """
        UPDATE account_move_line line SET pso_excluded = TRUE,
            pso_excluded_reason = 'elsewhere'
        FROM account_move move
        WHERE move.id = line.move_id AND line.display_type = 'product'
            AND move.commercial_partner_id IN (SELECT partner_id FROM certified)
            AND pg_temp.chance(line.id, 80) < 0.005
        """
    )


def make_measurements(env):
    """The last two full years, one with corrections."""
    year = date.today().year - 1
    last, _before = env["pso.measurement"].create(
        [
            {"date_start": f"{y}-01-01", "date_end": f"{y}-12-31"}
            for y in (year, year - 1)
        ]
    )
    last.correction_ids = [
        Command.create(
            {
                "kind": "total_fte",
                "amount": 12.5,
                "reason": "Agency staff",
                "source": "Payroll",
            }
        ),
        Command.create(
            {
                "kind": "direct_fte",
                "amount": 1.5,
                "reason": "Agency staff",
                "source": "Payroll",
            }
        ),
    ]
