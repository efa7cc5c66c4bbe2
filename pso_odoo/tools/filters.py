"""Filters that are written as Python, read without being run."""

import ast

# Operators whose value is a filter on the records that a field leads to.
NESTING = ("any", "not any", "any!", "not any!")


def conditions_in(words):
    """List the conditions of a filter: ``[(path, conditions on what it leads to)]``.

    Values may be whatever is worked out as the filter is used; paths are not.

    >>> conditions_in("['|', ('name', '=', uid), ('user_id', 'any', [('id', '>', 1)])]")
    [('name', []), ('user_id', [('id', [])])]
    >>> conditions_in("[('na' + 'me', '=', 1)]")
    Traceback (most recent call last):
    ValueError: ('na' + 'me', '=', 1)

    :raise ValueError: where the filter, or a path in it, is not written out
    """
    try:
        tree = ast.parse((words or "[]").strip(), mode="eval")
    except SyntaxError as error:
        raise ValueError(words) from error
    return _conditions(tree.body)


def _conditions(node):
    if not isinstance(node, (ast.List, ast.Tuple)):
        raise ValueError(ast.unparse(node))
    # What joins conditions, as "|", is a constant between them.
    parts = [part for part in node.elts if not isinstance(part, ast.Constant)]
    return [_condition(part) for part in parts]


def _condition(node):
    match getattr(node, "elts", None):
        case [ast.Constant(value=path), ast.Constant(value=operator), value]:
            nested = _conditions(value) if operator in NESTING else []
            return str(path), nested
    raise ValueError(ast.unparse(node))
