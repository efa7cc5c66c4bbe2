"""That what was made in SQL is what Odoo would have made."""

import math
import random
from decimal import Decimal

from odoo.fields import Command
from odoo.tools import SQL

from .inside import environment

MODELS = (
    "res.partner",
    "resource.resource",
    "hr.employee",
    "hr.version",
    "account.move",
    "account.move.line",
    "purchase.order",
    "purchase.order.line",
    "pso.status",
    "pso.certificate",
    "pso.supplier.figure",
)
SAMPLE = 200
# Of posted entries Odoo derives no more than this anew.
DERIVED = {
    "account.move": {
        *("amount_untaxed", "amount_tax", "amount_total", "amount_residual"),
        *("amount_untaxed_signed", "amount_tax_signed", "amount_total_signed"),
        *("amount_residual_signed", "amount_total_in_currency_signed"),
        *("commercial_partner_id", "payment_state", "sequence_prefix"),
        *("sequence_number", "invoice_partner_display_name"),
    },
    "account.move.line": {
        *("amount_residual", "amount_residual_currency", "reconciled", "debit"),
        *("credit", "price_subtotal", "price_total"),
    },
}


def main(database):
    """:return: what is wrong, one line each: nothing"""
    with environment(database) as env:
        wrong = [line for model in MODELS for line in _recomputed(env, model)]
        wrong += _entries(env)
        _goes_on(env)
        env.cr.rollback()
    if wrong:
        raise AssertionError("\n".join(wrong))
    return wrong


def _sample(env, model):
    ids = env[model].with_context(active_test=False)._search([])
    env.cr.execute(ids.select())
    found = sorted(row[0] for row in env.cr.fetchall())
    chosen = random.Random(model).sample(found, min(SAMPLE, len(found)))
    # A sample of the lines is no whole entry.
    context = {"check_move_validity": False, "skip_invoice_sync": True}
    return env[model].with_context(**context).browse(sorted(chosen))


def _recomputed(env, model):
    """Read every field of a sample, derive the stored ones anew, and compare."""
    records = _sample(env, model)
    records.read()
    names = sorted(
        field.name
        for field in records._fields.values()
        if field.compute
        and field.store
        and field.column_type
        and field.name in DERIVED.get(model, {field.name} if field.readonly else ())
    )
    if not names:
        return
    before = _rows(env, records, names)
    for name in names:
        env.add_to_compute(records._fields[name], records)
    records.env.flush_all()
    after = _rows(env, records, names)
    for name in names:
        different = [
            (number, before[number][name], after[number][name])
            for number in before
            if not _same(before[number][name], after[number][name])
        ]
        if different:
            yield f"{model}.{name}: {len(different)} differ, as {different[0]}"


def _same(value, other):
    if isinstance(value, float | Decimal) and isinstance(other, float | Decimal):
        return math.isclose(value, other, abs_tol=1e-9)
    return (value or None) == (other or None)


def _rows(env, records, names):
    env.invalidate_all()
    rows = env.execute_query_dict(
        SQL(
            "SELECT id, %s FROM %s WHERE id IN %s",
            SQL(", ").join(map(SQL.identifier, names)),
            SQL.identifier(records._table),
            records._ids,
        )
    )
    return {row["id"]: row for row in rows}


def _entries(env):
    """What must hold for all rows."""
    for problem, query in {
        "bills that do not balance": """
            SELECT move_id FROM account_move_line GROUP BY move_id
            HAVING SUM(balance) <> 0""",
        "bills unlike their lines": """
            SELECT move.id FROM account_move move JOIN account_move_line line
                ON line.move_id = move.id AND line.display_type = 'product'
            GROUP BY move.id HAVING SUM(line.balance) <> -move.amount_untaxed_signed""",
        "employees whose version is of another": """
            SELECT FROM hr_employee employee JOIN hr_version version
                ON version.id = current_version_id
            WHERE version.employee_id <> employee.id""",
        "versions after the present one": """
            SELECT FROM hr_version version JOIN hr_employee employee
                ON employee.id = employee_id
            JOIN hr_version current ON current.id = current_version_id
            WHERE version.date_version > current.date_version""",
    }.items():
        env.cr.execute(query)
        if env.cr.rowcount:
            yield f"{env.cr.rowcount} {problem}"


def _goes_on(env):
    """Work with it: a bill, an order, an employee's version."""
    vendor = env["res.partner"].search([("supplier_rank", ">", 0)], limit=1)
    product = env["product.product"].search([("default_code", "=", "BENCH01")])
    bill = env["account.move"].create(
        {
            "move_type": "in_invoice",
            "partner_id": vendor.id,
            "invoice_date": env["account.move"].search([], limit=1).invoice_date,
            "invoice_line_ids": [Command.create({"product_id": product.id})],
        }
    )
    bill.action_post()
    order = env["purchase.order"].create(
        {
            "partner_id": vendor.id,
            "order_line": [Command.create({"product_id": product.id})],
        }
    )
    order.button_confirm()
    employee = env["hr.employee"].search([], limit=1)
    version = employee.create_version({"date_version": "2030-01-01"})
    assert version.employee_id == employee
    env.flush_all()
