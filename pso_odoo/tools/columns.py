"""The columns of core that our SQL reads, and what is done where one is not kept.

Another addon may derive a field of core without storing it: its column stays, is never
written again, and says nothing. A small table is then read through the ORM; figures
that rest on any other are refused.
"""

from odoo.exceptions import UserError
from odoo.tools import SQL

READ = {
    "people": {
        "hr.employee": {
            *("active", "company_id", "name", "user_id", "work_contact_id")
        },
        "hr.version": {
            *("active", "company_id", "contract_date_end", "contract_date_start"),
            *("date_version", "department_id", "departure_date", "employee_id"),
            *("identification_id", "passport_id", "resource_calendar_id", "ssnid"),
            "work_location_id",
        },
    },
    "purchases": {
        "account.move": {
            *("amount_untaxed_signed", "commercial_partner_id", "company_id"),
            *("date", "invoice_date", "invoice_user_id", "move_type", "name"),
            *("reversed_entry_id", "state"),
        },
        "account.move.line": {
            *("balance", "display_type", "move_id", "product_id"),
            *("purchase_line_id", "tax_repartition_line_id"),
        },
        "product.product": {"product_tmpl_id"},
        "product.supplierinfo": {
            *("company_id", "date_end", "date_start", "partner_id"),
            *("product_id", "product_tmpl_id"),
        },
        "product.template": {"categ_id"},
        "purchase.order": {
            *("company_id", "currency_rate", "date_approve", "date_order"),
            *("partner_id", "state", "user_id"),
        },
        "purchase.order.line": {"order_id", "price_subtotal", "product_id"},
        "res.company": {
            *("currency_id", "parent_id", "parent_path", "partner_id"),
            "resource_calendar_id",
        },
        "res.country": {"code"},
        "res.currency.rate": {"company_id", "currency_id", "name", "rate"},
        "res.partner": {
            *("active", "buyer_id", "commercial_partner_id", "company_id"),
            *("company_registry", "complete_name", "country_id", "is_company"),
            *("name", "vat"),
        },
        "resource.calendar": {"tz"},
    },
}
# Of tables so small that they can be read through the ORM each time.
READ_BY_ORM = {"resource.calendar": {"hours_per_week"}}


def is_kept(env, model, name):
    """Return whether the column of a field says what the field says."""
    field = env[model]._fields.get(name)
    return bool(
        field and field.store and field.column_type and not field.company_dependent
    )


def unkept(env, *subjects):
    """List the fields among these whose columns cannot be read, by name.

    :param subjects: of ``READ``
    """
    return [
        f"{model}.{name}"
        for subject in subjects
        for model, names in READ[subject].items()
        for name in sorted(names)
        if not is_kept(env, model, name)
    ]


def require(env, subject):
    """Refuse figures that would rest on columns that nobody writes.

    :raise UserError: naming the fields
    """
    if not env.registry.ready:
        return  # nothing is read while the models are being set up
    if missing := unkept(env, subject):
        raise UserError(
            env._(
                "PSO cannot read %(fields)s: another app derives it without storing "
                "it, so that the figures would be wrong without a word. Ask your "
                "administrator to remove that app, or to have the field stored.",
                fields=", ".join(missing),
            )
        )


def sql_table(env, model, name):
    """Return a small table with one of its columns for SQL, as the field says.

    :param name: a field with numbers
    """
    if is_kept(env, model, name):
        return SQL.identifier(env[model]._table)
    records = env[model].sudo().with_context(active_test=False).search([])
    rows = SQL(", ").join(
        SQL("(%s, %s::float)", record.id, record[name]) for record in records
    )
    return SQL(
        "(SELECT * FROM (VALUES %s) AS kept (id, %s))",
        rows or SQL("(0, 0::float)"),
        SQL.identifier(name),
    )


def sql_flush(env, read):
    """Have fields written before SQL reads them; nothing else of the query.

    :param read: ``{model: names of fields}``
    """
    models = ((env[model]._fields, names) for model, names in read.items())
    return SQL(to_flush=[known[name] for known, names in models for name in names])


def complaints(env):
    """Yield what an administrator should know of these columns, a line each."""
    for field in unkept(env, *READ):
        yield f"{field} is not stored: figures that rest on it are refused"
    for model, names in READ_BY_ORM.items():
        for name in sorted(names):
            if not is_kept(env, model, name):
                yield f"{model}.{name} is not stored: it is read record by record"
