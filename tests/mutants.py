"""Mutants: methods of the addon with one small thing in a rule written differently.

What is changed is found in the source: a comparison that leaves out its edge, a day
more or less, the least for the greatest, a condition that is turned around. A test of
the rules that passes with a mutant does not know that rule.
"""

import ast
import inspect
import re
import textwrap
from dataclasses import dataclass
from unittest.mock import patch

# In SQL: what is found, and what is put in its place.
SWAPS = (
    (r">=", ">"),
    (r"<=", "<"),
    (r"(?<![<>=-])>(?![>=])", ">="),
    (r"(?<![<>=])<(?![<>=])", "<="),
    (r"\+ 1\b", ""),
    (r"- 1\b", ""),
    (r"\bLEAST\b", "GREATEST"),
    (r"\bGREATEST\b", "LEAST"),
    (r"\bMIN\(", "MAX("),
    (r"\bMAX\(", "MIN("),
    (r"\bTRUE\b", "FALSE"),
    (r"\bFALSE\b", "TRUE"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"\bIS NULL\b", "IS NOT NULL"),
    (r"\bIS NOT TRUE\b", "IS TRUE"),
    (r"\bAND NOT\b", "AND"),
    (r"\bWHEN NOT\b", "WHEN"),
    (r"\bDESC\b", "ASC"),
    (r" / ", " * "),
    (r"(?<=[\w)]) - (?=[a-zA-Z(])", " + "),
    (r"(?<=[\w)]) \+ (?=[a-zA-Z(])", " - "),
    (r"\bELSE 0\b", "ELSE 1"),
    (r", 0\)", ", 1)"),
)
COMPARED = {
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ADDED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Div: ast.Mult}
NAMED = {"min": "max", "max": "min", "all": "any", "any": "all"}
COMMENT = re.compile(r"--[^\n]*")


@dataclass(frozen=True)
class Mutant:
    """One change in one function, by where it is and what it reads like afterwards."""

    owner: object
    name: str
    line: str
    change: str
    function: object

    def __str__(self):
        return f"{self.name}: {self.line.strip()}  [{self.change}]"

    def at_work(self):
        """Have the addon do as the mutant does, for a with statement."""
        return patch.object(self.owner, self.name, self.function)


def mutants_of(owner, name):
    """Yield every mutant of a method of a model, or of a function of a module."""
    function = inspect.unwrap(inspect.getattr_static(owner, name))
    source = textwrap.dedent(inspect.getsource(function))
    tree = ast.parse(source)
    count = sum(1 for _ in ast.walk(tree))
    for position in range(count):
        for number in range(_changes(_node(ast.parse(source), position))):
            changed = ast.parse(source)
            node = _node(changed, position)
            line, change = _apply(changed, node, number)
            yield Mutant(owner, name, line, change, _compiled(changed, function, name))


def _node(tree, position):
    return next(
        node for number, node in enumerate(ast.walk(tree)) if number == position
    )


def _changes(node):
    """How many changes there are to make in a node itself."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return len(_swaps(node.value))
    if isinstance(node, ast.Compare):
        return sum(type(op) in COMPARED for op in node.ops)
    if isinstance(node, ast.BinOp):
        return type(node.op) in ADDED
    if isinstance(node, ast.Name):
        return node.id in NAMED
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    return 0


def _apply(tree, node, number):
    """Make one change of a node; return the line it is in, and what is changed."""
    if isinstance(node, ast.Constant):
        start, end, new = _swaps(node.value)[number]
        text = node.value
        node.value = f"{text[:start]}{new}{text[end:]}"
        line = text[text.rfind("\n", 0, start) + 1 :].split("\n")[0]
        return line, f"{text[start:end]} -> {new}"
    line = ast.unparse(node)
    if isinstance(node, ast.Compare):
        places = [p for p, op in enumerate(node.ops) if type(op) in COMPARED]
        node.ops[places[number]] = COMPARED[type(node.ops[places[number]])]()
    elif isinstance(node, ast.BinOp):
        node.op = ADDED[type(node.op)]()
    elif isinstance(node, ast.Name):
        node.id = NAMED[node.id]
    elif isinstance(node, ast.UnaryOp):
        node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
    return line, f"-> {ast.unparse(node)}"


def _swaps(text):
    """The changes of a text that is SQL, as ``(start, end, new)``."""
    if not re.search(r"\b(SELECT|CASE|COALESCE|FROM|WHERE|LEAST)\b", text):
        return []
    comments = [match.span() for match in COMMENT.finditer(text)]
    return [
        (*match.span(), new)
        for old, new in SWAPS
        for match in re.finditer(old, text)
        if not any(start <= match.start() < end for start, end in comments)
    ]


def _compiled(tree, function, name):
    """The function that a changed source makes, in the place of the one it is of."""
    definition = tree.body[0]
    definition.decorator_list = []
    if ast.get_docstring(definition):
        definition.body = definition.body[1:] or [ast.Pass()]
    ast.fix_missing_locations(tree)
    space = {}
    exec(compile(tree, f"<mutant of {name}>", "exec"), function.__globals__, space)
    return space[name]
