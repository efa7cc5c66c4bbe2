"""Values of fields as the user reads them."""

from odoo.tools import float_round, format_amount

# Below this an amount is written to the cent: half of it could be cents.
WHOLE_FROM = 100


def short_amount(env, amount, currency):
    """Write an amount with cents only where it has any."""
    # Of a currency without cents Odoo would cut off the zeros of the thousands.
    has_zeros = not currency.decimal_places or amount % 1 != 0
    return format_amount(env, amount, currency, trailing_zeroes=has_zeros)


def reckoned_amount(env, amount, currency):
    """Write an amount that was reckoned, where cents would pretend to be exact.

    :param amount: in units of the currency, a number of any kind
    :return: in whole units from ``WHOLE_FROM`` on
    """
    amount = float(amount)
    if abs(amount) >= WHOLE_FROM:
        amount = float_round(amount, precision_digits=0)
    return short_amount(env, amount, currency)


def selection_label(records, name, value=None):
    """Return what a value of a selection field is called in the user's language.

    :param records: one record; any number of the same model where a value is given
    :param value: the technical value; else that of the record
    :return: empty without a value; of one that the field does not have, itself
    """
    if value is None:
        value = records[name]
    return records._fields[name].convert_to_export(value, records)
