from . import (
    common,
    rule_book,
    people,
    purchases,
    measurement,
    audit,
    privacy,
    climb,
    chain,
)
