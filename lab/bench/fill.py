"""Employees, vendors, bills and orders: in SQL, like prototypes that the ORM made.

Everything is chance, but the same in every run; dates are relative to today. Rows of a
table are in the order of time, as they would be in a database that has grown.
"""

from datetime import date

from odoo.fields import Command

from .inside import environment
from .prepare import JOBS, LOCATIONS, PRODUCTS
from .prototype import (
    allow_chance,
    insert_like,
    keep,
    next_id,
    plan,
    rolled_back,
    row,
    unguarded,
)
from .sizes import YEARS, Size

TODAY = f"DATE '{date.today()}'"
FILLED = (
    "account_account_tag_account_move_line_rel",
    "account_move",
    "account_move_line",
    "account_move_line_account_tax_rel",
    "hr_employee",
    "hr_version",
    "purchase_order",
    "purchase_order_line",
    "res_partner",
    "resource_resource",
)
BILL_TYPES = ("in_invoice", "in_refund", "in_receipt")


def main(database, factor):
    size = Size(float(factor))
    with environment(database) as env:
        allow_chance(env.cr)
        with unguarded(env.cr, FILLED):
            fill_staff(env, size)
            fill_vendors(env, size)
            fill_bills(env, size)
            fill_orders(env, size)
        env.cr.commit()


def _ids(records):
    return f"ARRAY[{', '.join(map(str, records.ids))}]::int[]"


def _named(env, model, name):
    return env[model].search([("name", "=like", f"{name} %")], order="id")


# -- staff -------------------------------------------------------------------


def fill_staff(env, size):
    """Employees of twelve years back to last month, and their versions."""
    cr = env.cr
    with rolled_back(env):
        employee = env["hr.employee"].create(
            {
                "name": "Prototype",
                "contract_date_start": "2020-01-01",
                "date_version": "2020-01-01",
                "job_id": _named(env, "hr.job", "Job")[0].id,
            }
        )
        protos = {
            "res_partner": row(employee.work_contact_id),
            "resource_resource": row(employee.resource_id),
            "hr_employee": row(employee),
            "hr_version": row(employee.version_id),
        }
    for table, values in protos.items():
        keep(cr, table, [values])
    ids = {table: next_id(cr, table) for table in protos}
    _plan_staff(env, size, ids)
    _insert_staff(cr, protos)
    _insert_versions(env, protos)
    cr.execute("DROP TABLE proto_res_partner")


def _plan_staff(env, size, ids):
    """Who is hired when, until when, and how often the terms change.

    One in seven has left, one in fourteen will leave on a day that is known, one in
    fifty has no contract dates.
    """
    plan(
        env.cr,
        "staff",
        f"""
        SELECT n, 'Employee ' || n AS name, hired, until, left_on,
            pg_temp.chance(n, 4) >= 0.02 AS has_contract,
            left_on IS NOT NULL AND pg_temp.chance(n, 5) < 0.8 AS is_archived,
            1 + n % 3 AS versions,
            n + {ids["res_partner"]} AS contact_id,
            n + {ids["resource_resource"]} AS resource_id,
            n + {ids["hr_employee"]} AS employee_id
        FROM generate_series(1, {size.employees}) AS n
        CROSS JOIN LATERAL (SELECT
            {TODAY} - 120 - floor(pg_temp.chance(n, 1) * 4260)::int AS hired
        ) AS hiring
        CROSS JOIN LATERAL (SELECT CASE
            WHEN pg_temp.chance(n, 2) < 0.15 THEN hired + 60 + floor(
                pg_temp.chance(n, 3) * ({TODAY} - hired - 60))::int
            WHEN pg_temp.chance(n, 2) < 0.22
                THEN {TODAY} + floor(pg_temp.chance(n, 3) * 400)::int
        END AS until) AS ending
        CROSS JOIN LATERAL (
            SELECT CASE WHEN until < {TODAY} THEN until END AS left_on
        ) AS leaving
        """,
    )
    plan(
        env.cr,
        "terms",
        f"""
        SELECT *, {ids["hr_version"]} + row_number() OVER (ORDER BY since, n, v) AS id
        FROM (
            SELECT staff.*, v, v = versions AS is_current,
                hired + floor(
                    (LEAST(until, {TODAY}) - hired)
                    * (v - 1 + CASE WHEN v > 1
                        THEN pg_temp.chance(n * 8 + v, 6) / 2 ELSE 0 END)
                    / versions)::int AS since
            FROM staff CROSS JOIN generate_series(1, versions) AS v
        ) AS terms
        """,
    )


def _insert_staff(cr, protos):
    insert_like(
        cr,
        "res_partner",
        f"SELECT *, contact_id AS id, {protos['res_partner']['id']} AS proto"
        " FROM staff",
        name="new.name",
        complete_name="new.name",
        commercial_partner_id="new.id",
    )
    insert_like(
        cr,
        "resource_resource",
        f"""
        SELECT *, resource_id AS id, {protos["resource_resource"]["id"]} AS proto
        FROM staff
        """,
        name="new.name",
        active="NOT new.is_archived",
    )
    # Version and employee point at each other.
    insert_like(
        cr,
        "hr_employee",
        f"""
        SELECT *, employee_id AS id, {protos["hr_employee"]["id"]} AS proto FROM staff
        """,
        name="new.name",
        legal_name="new.name",
        resource_id="new.resource_id",
        work_contact_id="new.contact_id",
        current_version_id="NULL",
        active="NOT new.is_archived",
    )


def _insert_versions(env, protos):
    calendars = _ids(_named(env, "resource.calendar", "Bench"))
    departments = _ids(_named(env, "hr.department", "Department"))
    locations = _ids(_named(env, "hr.work.location", "Location"))
    jobs = _ids(_named(env, "hr.job", "Job"))
    insert_like(
        env.cr,
        "hr_version",
        f"""
        SELECT *, {protos["hr_version"]["id"]} AS proto,
            1 + floor(pg_temp.chance(n, 9) * {JOBS})::int AS job
        FROM terms
        """,
        employee_id="new.employee_id",
        date_version="new.since",
        contract_date_start="CASE WHEN new.has_contract THEN new.hired END",
        contract_date_end="CASE WHEN new.has_contract THEN new.until END",
        departure_date="CASE WHEN new.is_archived AND new.is_current"
        " THEN new.left_on END",
        # Half of the staff work full time; the rest is spread over all calendars.
        resource_calendar_id=f"""({calendars})[CASE
            WHEN pg_temp.chance(new.n, 7) < 0.4 THEN 1
            ELSE 1 + floor(pg_temp.chance(new.n * 8 + new.v, 8) * 6)::int END]""",
        department_id=f"({departments})[1 + floor(power(pg_temp.chance("
        "new.n * 8 + new.v / 2, 10), 1.5) * 20)::int]",
        work_location_id=f"({locations})[1 + floor(power(pg_temp.chance("
        f"new.n, 11), 1.5) * {LOCATIONS})::int]",
        # As payroll asks for: nearly everybody has one, and it is nobody else's.
        ssnid="CASE WHEN pg_temp.chance(new.n, 12) < 0.98"
        " THEN lpad((100000000 + new.n * 7919::bigint)::text, 9, '0') END",
        job_id=f"({jobs})[new.job]",
        job_title="'Job ' || new.job",
    )
    env.cr.execute(
        """
        UPDATE hr_employee SET current_version_id = terms.id
        FROM terms WHERE hr_employee.id = terms.employee_id AND terms.is_current
        """
    )
    env.cr.execute(
        """
        UPDATE resource_resource SET calendar_id = hr_version.resource_calendar_id
        FROM terms JOIN hr_version USING (id)
        WHERE resource_resource.id = terms.resource_id AND terms.is_current
        """
    )


# -- vendors -----------------------------------------------------------------


def fill_vendors(env, size):
    cr = env.cr
    with rolled_back(env):
        vendor = env["res.partner"].create(
            {
                "name": "Prototype",
                "is_company": True,
                "supplier_rank": 1,
                "country_id": env.ref("base.nl").id,
            }
        )
        proto = row(vendor)
    keep(cr, "res_partner", [proto])
    base = next_id(cr, "res_partner")
    plan(
        cr,
        "vendor",
        f"""
        SELECT n, n + {base} AS id, {proto["id"]} AS proto, 'Vendor ' || n AS name
        FROM generate_series(1, {size.vendors}) AS n
        """,
    )
    insert_like(
        cr,
        "res_partner",
        "SELECT * FROM vendor",
        name="new.name",
        complete_name="new.name",
        commercial_company_name="new.name",
        commercial_partner_id="new.id",
        company_registry="lpad((10000000 + new.n)::text, 8, '0')",
    )


def _product(env):
    return _named(env, "product.product", "Product")[0]


def _vendor(env):
    return env["res.partner"].search([("supplier_rank", ">", 0)], limit=1)


# -- bills -------------------------------------------------------------------


def fill_bills(env, size):
    """Bills, refunds and receipts of the last years, posted but for some of late."""
    cr = env.cr
    with rolled_back(env):
        moves, items = _bill_prototypes(env)
        tax, rates = _rel(env, "account_move_line_account_tax_rel", items)
        tag, tags = _rel(env, "account_account_tag_account_move_line_rel", items)
    keep(cr, "account_move", moves)
    keep(cr, "account_move_line", items)
    _plan_bills(env, size)
    _insert_bills(cr)
    _insert_items(cr)
    for table, rows in ((tax, rates), (tag, tags)):
        _insert_rel(cr, table, rows)


def _bill_prototypes(env):
    """A posted bill of each type, and a draft; with one line, its tax and its total."""
    bills = env["account.move"].create(
        [
            {
                "move_type": move_type,
                "partner_id": _vendor(env).id,
                "invoice_date": f"{date.today().year - YEARS - 2}-01-31",
                "ref": f"{move_type}{number}",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": _product(env).id,
                            "price_unit": 100,
                        }
                    )
                ],
            }
            for number, move_type in enumerate((*BILL_TYPES, "in_invoice"))
        ]
    )
    bills[:-1].action_post()
    return [row(bill) for bill in bills], [row(line) for line in bills.line_ids]


def _rel(env, table, items):
    """What the prototypes' lines are related to."""
    env.cr.execute(
        f"SELECT * FROM {table} WHERE account_move_line_id IN %s",
        [tuple(item["id"] for item in items)],
    )
    return table, env.cr.dictfetchall()


def _plan_bills(env, size):
    products = _ids(_named(env, "product.product", "Product"))
    plan(
        env.cr,
        "bill",
        f"""
        SELECT bill.*, proto.id AS proto, vendor.id AS partner_id, vendor.name AS vendor
        FROM (
            SELECT n, n + {next_id(env.cr, "account_move")} AS id, day,
                1 + floor(power(pg_temp.chance(n, 20), 2) * {size.vendors})::int
                    AS vendor_number,
                CASE WHEN pg_temp.chance(n, 21) < 0.04 THEN 'in_refund'
                    WHEN pg_temp.chance(n, 21) < 0.05 THEN 'in_receipt'
                    ELSE 'in_invoice' END AS move_type,
                CASE WHEN pg_temp.chance(n, 21) >= 0.05 AND day > {TODAY} - 20
                    AND pg_temp.chance(n, 22) < 0.3 THEN 'draft' ELSE 'posted' END
                    AS state,
                2 + n % 5 AS lines
            FROM generate_series(1, {size.bills}) AS n
            CROSS JOIN LATERAL (SELECT
                {TODAY} - {YEARS} * 365
                + (n::bigint * {YEARS} * 365 / {size.bills})::int AS day) AS dated
        ) AS bill
        JOIN vendor ON vendor.n = bill.vendor_number
        JOIN proto_account_move proto USING (move_type, state)
        """,
    )
    plan(
        env.cr,
        "item",
        f"""
        SELECT bill.n, bill.id AS move_id, proto.id AS proto, proto.display_type,
            number, ({products})[product] AS product_id,
            'Product ' || product AS product, chance.quantity, price,
            (chance.quantity * price)::numeric AS subtotal,
            {next_id(env.cr, "account_move_line")} + row_number() OVER (
                ORDER BY bill.n, proto.sequence, number) AS id
        FROM bill
        JOIN proto_account_move_line proto ON proto.move_id = bill.proto
        CROSS JOIN LATERAL generate_series(1, CASE proto.display_type
            WHEN 'product' THEN lines ELSE 1 END) AS number
        CROSS JOIN LATERAL (SELECT
            1 + floor(pg_temp.chance(bill.n * 8 + number, 23) * {PRODUCTS})::int
                AS product,
            1 + floor(pg_temp.chance(bill.n * 8 + number, 24) * 5)::int AS quantity,
            5 + floor(pg_temp.chance(bill.n * 8 + number, 25) * 400)::int AS price
        ) AS chance
        """,
    )


def _insert_bills(cr):
    """Totals are sums over the lines; 21 % of whole euros needs no rounding."""
    signs = {
        "amount_untaxed": "untaxed",
        "amount_tax": "tax",
        "amount_total": "total",
    }
    columns = {name: f"new.{value}" for name, value in signs.items()}
    for name, value in signs.items():
        columns[f"{name}_signed"] = f"-new.sign * new.{value}"
    insert_like(
        cr,
        "account_move",
        """
        SELECT bill.*, sums.*, prefix, untaxed * 0.21 AS tax, untaxed * 1.21 AS total,
            CASE move_type WHEN 'in_refund' THEN -1 ELSE 1 END AS sign,
            CASE move_type WHEN 'in_refund' THEN max(CASE
                WHEN move_type = 'in_invoice' AND state = 'posted'
                    AND pg_temp.chance(n, 26) < 0.8 THEN id END) OVER earlier
            END AS reversed_id,
            row_number() OVER (PARTITION BY prefix, state ORDER BY n) AS number
        FROM bill
        JOIN (
            SELECT move_id, SUM(subtotal) FILTER (WHERE display_type = 'product')
                AS untaxed
            FROM item GROUP BY move_id
        ) AS sums ON sums.move_id = bill.id
        CROSS JOIN LATERAL (SELECT
            CASE move_type WHEN 'in_refund' THEN 'RBILL' ELSE 'BILL' END
            || to_char(day, '/YYYY/MM/') AS prefix) AS named
        WINDOW earlier AS (PARTITION BY partner_id ORDER BY n
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        """,
        **columns,
        partner_id="new.partner_id",
        commercial_partner_id="new.partner_id",
        partner_shipping_id="new.partner_id",
        invoice_partner_display_name="new.vendor",
        ref="'F' || new.n",
        date="new.day",
        invoice_date="new.day",
        invoice_date_due="new.day + 30",
        create_date="new.day",
        write_date="new.day",
        reversed_entry_id="new.reversed_id",
        name="CASE WHEN new.state = 'posted'"
        " THEN new.prefix || lpad(new.number::text, 5, '0') END",
        sequence_prefix="CASE WHEN new.state = 'posted' THEN new.prefix ELSE '' END",
        sequence_number="CASE WHEN new.state = 'posted' THEN new.number ELSE 0 END",
        amount_residual="new.total",
        amount_residual_signed="-new.sign * new.total",
        amount_untaxed_in_currency_signed="-new.sign * new.untaxed",
        amount_total_in_currency_signed="-new.sign * new.total",
    )


def _insert_items(cr):
    insert_like(
        cr,
        "account_move_line",
        """
        SELECT item.*, move.name AS move_name, move.ref, move.date, move.partner_id,
            move.invoice_date_due, move.amount_untaxed, move.amount_total,
            move.move_type,
            CASE move_type WHEN 'in_refund' THEN -1 ELSE 1 END * CASE display_type
                WHEN 'product' THEN subtotal
                WHEN 'tax' THEN move.amount_tax
                ELSE -move.amount_total END AS balance,
            display_type = 'product' AS is_product,
            display_type = 'payment_term' AS is_total
        FROM item JOIN account_move move ON move.id = item.move_id
        """,
        move_id="new.move_id",
        move_name="new.move_name",
        ref="new.ref",
        name="""CASE
            WHEN new.is_product THEN new.product
            WHEN new.is_total AND new.move_type = 'in_receipt' THEN proto.name
            WHEN new.is_total THEN new.ref
            ELSE proto.name END""",
        date="new.date",
        invoice_date="new.date",
        date_maturity="CASE WHEN new.is_total THEN new.invoice_date_due END",
        create_date="new.date",
        write_date="new.date",
        partner_id="new.partner_id",
        sequence="proto.sequence + CASE WHEN new.is_product THEN new.number - 1"
        " ELSE 0 END",
        product_id="CASE WHEN new.is_product THEN new.product_id END",
        quantity="CASE WHEN new.is_product THEN new.quantity ELSE 0 END",
        price_unit="CASE WHEN new.is_product THEN new.price ELSE 0 END",
        price_subtotal="CASE WHEN new.is_product THEN new.subtotal ELSE 0 END",
        price_total="CASE WHEN new.is_product THEN new.subtotal * 1.21 ELSE 0 END",
        balance="new.balance",
        amount_currency="new.balance",
        debit="GREATEST(new.balance, 0)",
        credit="GREATEST(-new.balance, 0)",
        tax_base_amount="CASE WHEN new.display_type = 'tax'"
        " THEN sign(new.balance) * new.amount_untaxed"
        " ELSE proto.tax_base_amount END",
        amount_residual="CASE WHEN new.is_total THEN new.balance ELSE 0 END",
        amount_residual_currency="CASE WHEN new.is_total THEN new.balance ELSE 0 END",
    )


def _insert_rel(cr, table, rows):
    """Relate every line to what its prototype was related to."""
    for values in rows:
        line = values.pop("account_move_line_id")
        [(column, other)] = values.items()
        cr.execute(
            f"""
            INSERT INTO {table} (account_move_line_id, {column})
            SELECT id, %s FROM item WHERE proto = %s
            """,
            [other, line],
        )
        values["account_move_line_id"] = line


# -- orders ------------------------------------------------------------------


def fill_orders(env, size):
    """Confirmed orders of the last years, not yet billed."""
    cr = env.cr
    with rolled_back(env):
        order = env["purchase.order"].create(
            {
                "partner_id": _vendor(env).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": _product(env).id,
                            "price_unit": 100,
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        protos = [row(order)], [row(order.order_line)]
        cr.execute("SELECT * FROM account_tax_purchase_order_line_rel")
        taxes = cr.dictfetchall()
    for table, rows in zip(
        ("purchase_order", "purchase_order_line"), protos, strict=True
    ):
        keep(cr, table, rows)
    _plan_orders(env, size)
    _insert_orders(cr, *(rows[0]["id"] for rows in protos))
    for values in taxes:
        cr.execute(
            """
            INSERT INTO account_tax_purchase_order_line_rel
                (purchase_order_line_id, account_tax_id)
            SELECT id, %s FROM order_item
            """,
            [values["account_tax_id"]],
        )
    env["ir.sequence"].search([("code", "=", "purchase.order")]).number_next = (
        size.orders + 1
    )


def _plan_orders(env, size):
    products = _ids(_named(env, "product.product", "Product"))
    plan(
        env.cr,
        "ordered",
        f"""
        SELECT n, n + {next_id(env.cr, "purchase_order")} AS id,
            vendor.id AS partner_id,
            {TODAY}::timestamp - interval '1 day' * {YEARS} * 365
                + interval '1 day' * (n::bigint * {YEARS} * 365 / {size.orders})
                - interval '14 hours' AS moment
        FROM generate_series(1, {size.orders}) AS n
        JOIN vendor USING (n)
        """,
    )
    plan(
        env.cr,
        "order_item",
        f"""
        SELECT ordered.n, ordered.id AS order_id, partner_id, moment, number,
            ({products})[product] AS product_id, product, quantity, price,
            (quantity * price)::numeric AS subtotal,
            {next_id(env.cr, "purchase_order_line")} + row_number() OVER (
                ORDER BY n, number) AS id
        FROM ordered
        CROSS JOIN LATERAL generate_series(1, 2 + n % 3) AS number
        CROSS JOIN LATERAL (SELECT
            1 + floor(pg_temp.chance(n * 8 + number, 30) * {PRODUCTS})::int AS product,
            1 + floor(pg_temp.chance(n * 8 + number, 31) * 5)::int AS quantity,
            5 + floor(pg_temp.chance(n * 8 + number, 32) * 400)::int AS price
        ) AS chance
        """,
    )


def _insert_orders(cr, order, line):
    insert_like(
        cr,
        "purchase_order",
        f"""
        SELECT *, {order} AS proto FROM ordered
        JOIN (SELECT order_id, SUM(subtotal) AS untaxed FROM order_item
            GROUP BY order_id) AS sums ON sums.order_id = ordered.id
        """,
        name="'P' || lpad(new.n::text, 5, '0')",
        partner_id="new.partner_id",
        amount_untaxed="new.untaxed",
        amount_tax="new.untaxed * 0.21",
        amount_total="new.untaxed * 1.21",
        amount_total_cc="new.untaxed * 1.21",
        invoice_status="'to invoice'",
        **dict.fromkeys(
            (
                "date_order",
                "date_approve",
                "date_planned",
                "date_calendar_start",
                "create_date",
                "write_date",
            ),
            "new.moment",
        ),
    )
    insert_like(
        cr,
        "purchase_order_line",
        f"SELECT *, {line} AS proto FROM order_item",
        order_id="new.order_id",
        partner_id="new.partner_id",
        product_id="new.product_id",
        name="'[BENCH' || lpad(new.product::text, 2, '0') || '] Product '"
        " || new.product",
        product_qty="new.quantity",
        product_uom_qty="new.quantity",
        qty_to_invoice="new.quantity",
        price_unit="new.price",
        technical_price_unit="new.price",
        price_subtotal="new.subtotal",
        price_tax="new.subtotal * 0.21",
        price_total="new.subtotal * 1.21",
        **dict.fromkeys(("date_planned", "create_date", "write_date"), "new.moment"),
    )
