"""Numbers by which organisations are registered: of KvK, and of the tax office."""

import re

from stdnum.util import get_cc_module

# Eight digits, with what people write before and between them; the same to PostgreSQL.
KVK = r"^\s*(kvk)?[\s:.-]*([0-9][\s.-]*){8}$"
# As SQL can look at a Dutch one, which has a check digit besides.
DUTCH_VAT = r"^\s*NL[\s.-]*([0-9][\s.-]*){9}B[\s.-]*[0-9]{2}\s*$"


def is_kvk(number):
    """Return whether a text is a number of the Chamber of Commerce (KvK).

    >>> [is_kvk(text) for text in ("12345678", "KvK 1234.5678", "123", "0123456789")]
    [True, True, False, False]
    """
    return bool(re.search(KVK, number, re.IGNORECASE))


def is_vat(number, country=""):
    """Return whether a text can be a VAT number, as far as its country is known.

    :param number: with or without the code of its country in front
    :param country: code of the country of the organisation, if known

    >>> [is_vat(text) for text in ("NL123456782B90", "NL123456789B01", "12")]
    [True, False, True]
    >>> is_vat("123456782B90", "NL"), is_vat("123", "NL")
    (True, False)
    """
    prefix = number.strip()[:2]
    codes = {code.lower() for code in (prefix, country) if code.isalpha()}
    # A prefix that is no country, and a country that stdnum does not know, say nothing.
    known = [module for code in codes if (module := get_cc_module(code, "vat"))]
    stripped = number.strip()
    rest = stripped[2:] if prefix.isalpha() else stripped
    return not known or any(
        module.is_valid(text) for module in known for text in (stripped, rest)
    )
