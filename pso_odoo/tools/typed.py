"""Whether a value is of the type of a field: pure functions, without a database.

Who calls by RPC may send anything. What Odoo or PostgreSQL cannot convert they log with
the whole row, so that it has to be found before.
"""

import base64
import binascii
import json
import math
from collections.abc import Mapping, Set
from datetime import date

from odoo.fields import Command, Date, Datetime
from odoo.models import BaseModel
from odoo.tools import SQL, Query
from odoo.tools.date_utils import parse_date

from .cells import LARGEST

# What PostgreSQL keeps a whole number in: four bytes.
INT4 = 2**31
NUMBERS = ("float", "monetary")
TEXTS = ("char", "text", "html")
TO_MANY = ("one2many", "many2many")
RELATIONS = ("many2one", *TO_MANY)
LISTS = (list, tuple, Set)
# Commands that name a record, and those that bring values.
NAMING = (Command.UPDATE, Command.DELETE, Command.UNLINK, Command.LINK)
FILLING = (Command.CREATE, Command.UPDATE)


def is_whole(value, limit=INT4):
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_one = isinstance(value, int) and not isinstance(value, bool)
    return is_one and -limit <= value < limit


def is_number(value):
    """Return whether it is a number, of whatever size; yes and no are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_counted(value):
    """Return whether it is a number to count with: finite, and with its cents."""
    return is_number(value) and math.isfinite(value) and abs(value) < LARGEST


def is_text(value):
    return isinstance(value, str) and "\0" not in value


def is_id(value):
    return isinstance(value, int) and is_whole(value, 2**63) and value > 0


def is_date(value):
    return isinstance(value, date) or _can(Date.to_date, value)


def is_datetime(value):
    return isinstance(value, date) or _can(Datetime.to_datetime, value)


def is_file(value):
    return isinstance(value, bytes) or is_text(value) and _can(_decode, value)


def is_json(value):
    return _can(_dump, value)


def is_command(value):
    """Return whether a value is a command on a list of records, or the id of one."""
    if is_id(value):
        return True
    if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= 3:
        return False
    code, number, content = (*value, None, None)[:3]
    if isinstance(code, bool) or code not in tuple(Command):
        return False
    if code in NAMING and not is_id(number):
        return False
    if code == Command.SET:
        return isinstance(content, (list, tuple)) and all(map(is_id, content))
    return code not in FILLING or isinstance(content, Mapping)


def fits(field, value, env):
    """Return whether a field can take a value that is written.

    Its emptiness it always can.
    """
    if value is None or value is False:
        return True
    if field.type == "selection":
        return isinstance(value, str) and value in field.get_values(env)
    if field.relational and isinstance(value, BaseModel):
        return value._name == field.comodel_name
    if field.type in TO_MANY:
        return isinstance(value, (list, tuple)) and all(map(is_command, value))
    check = WRITTEN.get(field.type)
    return check is None or check(value)


def compares(field, value, env, rest=""):
    """Return whether a field can be held against a value of a filter.

    :param rest: what of a date is meant: its month, its year
    """
    if isinstance(value, LISTS):
        return all(compares(field, each, env, rest) for each in value)
    if value is None or isinstance(value, (bool, SQL, Query)):
        return True
    if field.type in RELATIONS or field.name == "id":
        return is_whole(value, 2**63) or field.type in RELATIONS and is_text(value)
    if rest:
        return is_whole(value) or is_text(value)
    if field.type in ("date", "datetime"):
        is_day = isinstance(value, str) and _can(parse_date, value, env)
        return is_day or isinstance(value, date)
    if field.type in ("selection", *TEXTS):
        return is_text(value)
    check = COMPARED.get(field.type)
    return check is None or check(value)


def has_plain_operators(domain):
    """Return whether a domain has operators as Odoo knows them.

    Others it logs, with the values.
    """
    terms = domain if isinstance(domain, (list, tuple)) else ()
    for term in terms:
        if isinstance(term, (list, tuple)) and len(term) == 3:
            _name, operator, value = term
            if not isinstance(operator, str) or operator != operator.lower():
                return False
            if "any" in operator and not has_plain_operators(value):
                return False
    return True


def ids_in(field, value):
    """Return the ids of the records that a value of a relation names."""
    if not value:
        return []
    if isinstance(value, BaseModel):
        return value.ids
    if field.type == "many2one":
        return [value]
    found = []
    for command in value:
        if isinstance(command, int):
            found.append(command)
        elif command[0] in NAMING:
            found.append(command[1])
        elif command[0] == Command.SET:
            found += command[2]
    return found


def rows_in(field, value):
    """Yield the values within a value of a relation, as ``(id or False, values)``."""
    is_list = field.type in TO_MANY and isinstance(value, (list, tuple))
    for command in value if is_list else ():
        if isinstance(command, (list, tuple)) and command[0] in FILLING:
            yield command[0] == Command.UPDATE and command[1], command[2]


def _can(convert, *values):
    try:
        convert(*values)
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error):
        return False
    return True


def _decode(value):
    base64.b64decode(value.encode("ascii"))


def _dump(value):
    if "\\u0000" in json.dumps(value, allow_nan=False):
        raise ValueError


WRITTEN = {
    "integer": is_whole,
    "many2one_reference": is_whole,
    "boolean": lambda value: isinstance(value, int) and value in (0, 1),
    "date": is_date,
    "datetime": is_datetime,
    "binary": is_file,
    "image": is_file,
    "json": is_json,
    "many2one": is_id,
    **dict.fromkeys(NUMBERS, is_number),
    **dict.fromkeys(TEXTS, is_text),
}
COMPARED = {
    "boolean": lambda value: isinstance(value, int),
    **dict.fromkeys(("integer", "many2one_reference", *NUMBERS), is_counted),
}
