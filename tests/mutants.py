"""Mutants: methods of the addon with one small thing in a rule written differently.

What is changed is found in the source: a comparison that leaves out its edge, a day
more or less, the least for the greatest, a condition that is turned around. A test of
the rules that passes with a mutant does not know that rule.
"""

import ast
import inspect
import re
import textwrap
from collections import Counter
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
    (r"(?<![<>!=:])=(?![=>])", "<>"),
    (r"<>", "="),
    (r"\bAND (?!NOT\b)", "OR "),
    (r"\bOR\b", "AND"),
    (r"\bNOT IN\b", "IN"),
    (r"(?<!NOT )\bIN\b", "NOT IN"),
    (r"\bNOT EXISTS\b", "EXISTS"),
    (r"(?<!ROWS )\bBETWEEN\b", "NOT BETWEEN"),
    (r"\bLEFT JOIN\b", "JOIN"),
    (r"(?<=[\w)]) \* (?=[\w(%])", " / "),
    (r"\bSUM\(", "MAX("),
    (r"\bLAG\(", "LEAD("),
    (r"\bLEAD\(", "LAG("),
    (r"\b100\b", "101"),
)
# What tells that a text is SQL.
SQL_WORDS = re.compile(
    r"\b(SELECT|CASE|COALESCE|FROM|WHERE|LEAST|GREATEST|SUM|BETWEEN|AND|IN)\b"
)
COMPARED = {
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ADDED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Div: ast.Mult,
    ast.Mult: ast.Div,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
JOINED = {ast.And: ast.Or, ast.Or: ast.And}
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
        return f"{self.place}.{self.name}: {self.line.strip()}  [{self.change}]"

    @property
    def place(self):
        """The name of the model, class or module that the function is of."""
        is_module = inspect.ismodule(self.owner)
        name = self.owner.__name__
        return name.split(".")[-1] if is_module else getattr(self.owner, "_name", name)

    def at_work(self):
        """Have the addon do as the mutant does, for a with statement."""
        is_property = isinstance(
            inspect.getattr_static(self.owner, self.name), property
        )
        function = property(self.function) if is_property else self.function
        return patch.object(self.owner, self.name, function)


def mutants_of(owner, name):
    """Yield every mutant of a method or property, or of a function of a module.

    Those that read alike are numbered, so that what is said of one is said of no other.
    """
    function, source = _source(owner, name)
    alike = Counter()
    for position, node in enumerate(ast.walk(_parsed(source))):
        for number in range(_changes(node)):
            changed = _parsed(source)
            node, around = _node_and_parent(changed, position)
            line, change = _apply(node, around, number)
            alike[line, change] += 1
            if alike[line, change] > 1:
                change += f", number {alike[line, change]}"
            yield Mutant(owner, name, line, change, _compiled(changed, function, name))


def unchanged(owner, name):
    """A mutant with no change: what it does differently is due to how it is made."""
    function, source = _source(owner, name)
    compiled = _compiled(_parsed(source), function, name)
    return Mutant(owner, name, "", "unchanged", compiled)


def _source(owner, name):
    function = inspect.getattr_static(owner, name)
    if isinstance(function, property):
        function = function.fget
    function = inspect.unwrap(function)
    return function, textwrap.dedent(inspect.getsource(function))


def _parsed(source):
    """The tree of a function, without its docstring and decorators.

    And without ``strict``, which is no rule: lists that are of one length are so
    whether that is asked or not.
    """
    tree = ast.parse(source)
    [definition] = tree.body
    definition.decorator_list = []
    if ast.get_docstring(definition):
        definition.body = definition.body[1:] or [ast.Pass()]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.keywords = [word for word in node.keywords if word.arg != "strict"]
    return tree


def _node_and_parent(tree, position):
    """The node at a position of ``ast.walk``, and the one that it is part of."""
    nodes = list(ast.walk(tree))
    parent = next(
        node for node in nodes if nodes[position] in ast.iter_child_nodes(node)
    )
    return nodes[position], parent


def _changes(node):
    """How many changes there are to make in a node itself."""
    if isinstance(node, ast.Constant):
        return _changes_of_constant(node.value)
    if isinstance(node, ast.Compare):
        return sum(type(op) in COMPARED for op in node.ops)
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        return type(node.op) in ADDED
    if isinstance(node, ast.BoolOp):
        return 1
    if isinstance(node, ast.Name):
        return node.id in NAMED
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, (ast.If, ast.IfExp)):
        return 1
    return 0


def _changes_of_constant(value):
    if isinstance(value, str):
        return len(_swaps(value))
    return isinstance(value, (bool, int, float))


def _apply(node, around, number):
    """Make one change of a node; return the line it is in, and what is changed.

    :param around: the node that it is part of, which tells of which number it is
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        start, end, new = _swaps(node.value)[number]
        text = node.value
        node.value = f"{text[:start]}{new}{text[end:]}"
        line = text[text.rfind("\n", 0, start) + 1 :].split("\n")[0]
        return line, f"{text[start:end]} -> {new}"
    is_word = isinstance(node, (ast.Constant, ast.Name))
    line = ast.unparse(around if is_word else node).split("\n")[0]
    old = f"{ast.unparse(node)} " if is_word else ""
    if isinstance(node, ast.Constant):
        value = node.value
        node.value = not value if isinstance(value, bool) else value + 1
    elif isinstance(node, ast.Compare):
        places = [p for p, op in enumerate(node.ops) if type(op) in COMPARED]
        node.ops[places[number]] = COMPARED[type(node.ops[places[number]])]()
    elif isinstance(node, (ast.BinOp, ast.AugAssign)):
        node.op = ADDED[type(node.op)]()
    elif isinstance(node, ast.BoolOp):
        node.op = JOINED[type(node.op)]()
    elif isinstance(node, ast.Name):
        node.id = NAMED[node.id]
    elif isinstance(node, ast.UnaryOp):
        node.operand = ast.UnaryOp(ast.Not(), node.operand)
    else:
        node.test = ast.UnaryOp(ast.Not(), node.test)
    return line, f"{old}-> {ast.unparse(node)}".split("\n")[0]


def _swaps(text):
    """The changes of a text that is SQL, as ``(start, end, new)``."""
    if not SQL_WORDS.search(text):
        return []
    comments = [match.span() for match in COMMENT.finditer(text)]
    return [
        (*match.span(), new)
        for old, new in SWAPS
        for match in re.finditer(old, text)
        if not any(start <= match.start() < end for start, end in comments)
    ]


def _compiled(tree, function, name):
    """The function that a changed tree makes, in the place of the one it is of."""
    ast.fix_missing_locations(tree)
    space = {}
    exec(compile(tree, f"<mutant of {name}>", "exec"), function.__globals__, space)
    return space[name]
