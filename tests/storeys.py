"""Which file of the addon names which other: by the names of models, and by imports.

Run as a script it prints how the house stands (``dev/house``).
"""

import ast
import sys
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
ADDON = ROOT / "pso_odoo"
# A file names files of its own storey or of a lower one.
STOREYS = {
    "tools": 0,
    "models/common": 1,
    "models/rule_book": 2,
    "models/people": 3,
    "models/purchases": 3,
    "models/measurement": 4,
    "models/audit": 5,
    "models/privacy": 5,
    "models/climb": 5,
    "models/chain": 5,
    "reports/analysis": 6,
    "reports/dashboard": 6,
    "reports/paper": 6,
    "reports/workbook": 6,
    "wizards": 7,
    "controllers": 8,
    "cli": 8,
}
# What stands in the house, and at most how much of it.
READ_OUTS = {"indirect_counted_percentage": 10, "pso30_percentage": 8}
LARGEST_FILE = 500
README_LINES = 220
FOLDER_CHANGES = 3
LONG_SQL = 15
# What the addon of 19.0.6 was to be at most. A feature that comes in adds to it, so
# that it is printed and no test holds it: of each file the size is held.
PYTHON_LINES = 27_760
# The two ends of the way of an amount.
LINE = "account.move.line"
FIELD = "indirect_counted_percentage"


class Measure(NamedTuple):
    """How much there is of something, and at most how much there should be."""

    today: int
    most: int
    is_held: bool = True


def subject(path):
    """The folder that a file of the addon is in."""
    return path.relative_to(ADDON).parent.as_posix()


def sources():
    """The parsed Python files that stand on a storey."""
    return {
        path: ast.parse(path.read_text())
        for path in sorted(ADDON.rglob("*.py"))
        if subject(path) in STOREYS and path.name != "__init__.py"
    }


def arrows(trees=None):
    """Every pair of files of which the first names the second, with what it names."""
    trees = trees or sources()
    homes = {name: path for path, tree in trees.items() for name in models_made(tree)}
    found = {}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            for other, name in _named(node, path, homes):
                if other in trees and other != path:
                    found.setdefault((path, other), name)
    return found


def upward(found):
    """The arrows to a higher storey, as texts."""
    return [
        f"{path.relative_to(ADDON)} names {name} of {other.relative_to(ADDON)}"
        for (path, other), name in found.items()
        if STOREYS[subject(other)] > STOREYS[subject(path)]
    ]


def largest_circle(found):
    """The most files that name each other round, of more than one subject."""
    reached = {}
    for path, other in found:
        reached.setdefault(path, set()).add(other)
    grows = True
    while grows:
        grows = False
        for path, others in reached.items():
            wider = others.union(*(reached.get(other, ()) for other in others))
            grows |= wider != others
            reached[path] = wider
    circles = (
        {other for other in others if path in reached.get(other, ())}
        for path, others in reached.items()
    )
    return max(
        (circle for circle in circles if len(set(map(subject, circle))) > 1),
        key=len,
        default=set(),
    )


def models_made(tree):
    """The names of the models that a file makes, and does not just extend."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from {*_values(node, "_name")} - {*_values(node, "_inherit")}


def _values(tree, name):
    """The texts that are assigned to a name in the classes of a tree, or of a class."""
    for node in ast.walk(tree):
        for statement in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(statement, ast.Assign):
                if getattr(statement.targets[0], "id", None) == name:
                    texts = ast.walk(statement.value)
                    yield from (n.value for n in texts if isinstance(n, ast.Constant))


def _named(node, path, homes):
    """The files that a node names, with the words it does it by."""
    if isinstance(node, ast.Constant) and node.value in homes:
        yield homes[node.value], node.value
    if isinstance(node, ast.ImportFrom) and node.level:
        folder = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
        for alias in node.names:
            for module in (folder / alias.name, folder):
                yield module.with_suffix(".py"), f"import {alias.name}"


# -- from a bill line to the field -------------------------------------------


def way(trees=None):
    """The files that an amount passes from the line of a bill to the field, in order.

    Found from its end: the function of ``models/`` that gives the field its value, by
    the shortest chain of files of which each names the next by a model or an import, to
    the file that extends the line. The modules of ``tools/`` that this function calls
    are passed on the way, out and back. What is looked up beside it (a certificate, the
    figures of a supplier) is not on its way.
    """
    trees = trees or sources()
    last, function = next(
        (path, node)
        for path, tree in trees.items()
        if subject(path).startswith("models/")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and FIELD in _keys(node)
    )
    formulas = _called(function, trees[last], last)
    chain_ = _shortest(last, _ends(trees), _named_models(trees))
    return [*reversed(chain_), *(path for each in formulas for path in (each, last))]


def folder_changes(files):
    """How often the folder changes between files in a row."""
    return sum(subject(one) != subject(other) for one, other in pairwise(files))


def _keys(node):
    """The keys of all dictionaries within a node."""
    dicts = (each for each in ast.walk(node) if isinstance(each, ast.Dict))
    return {getattr(key, "value", None) for each in dicts for key in each.keys}


def _called(function, tree, path):
    """The modules of ``tools/`` of which a function uses something."""
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    found = {
        other
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and used & {n.name for n in node.names}
        for other, _name in _named(node, path, {})
        if other.exists() and subject(other) == "tools"
    }
    return sorted(found)


def _ends(trees):
    """The files that extend the line of a bill."""
    return {
        path for path, tree in trees.items() if LINE in {*_values(tree, "_inherit")}
    }


def _named_models(trees):
    """Which files of ``models/`` each file of it names, the line of a bill too."""
    beside = {end: LINE for end in _ends(trees)}
    named = {}
    for one, other in arrows(trees):
        named.setdefault(one, set()).add(other)
    for path, tree in trees.items():
        words = {getattr(node, "value", None) for node in ast.walk(tree)}
        named.setdefault(path, set()).update(
            end for end, model in beside.items() if model in words and end != path
        )
    return {
        path: {other for other in others if subject(other).startswith("models/")}
        for path, others in named.items()
    }


def _shortest(start, ends, named):
    """The shortest chain of files from one to any of some others."""
    chains, seen = [[start]], {start}
    for chain_ in chains:
        if chain_[-1] in ends:
            return chain_
        following = sorted(named.get(chain_[-1], set()) - seen)
        seen.update(following)
        chains += [[*chain_, other] for other in following]
    return []


# -- long SQL -------------------------------------------------------------------


def unnamed_sql(trees):
    """Where SQL of more than 15 lines has neither named steps nor a comment."""
    return [
        f"{path.relative_to(ADDON)}:{node.lineno}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SQL"
        for text in (getattr(argument, "value", None) for argument in node.args[:1])
        if isinstance(text, str) and len(text.strip().splitlines()) > LONG_SQL
        if "WITH " not in text and "--" not in text
    ]


# -- the whole table ------------------------------------------------------------


def _lines(path):
    return len(path.read_text().splitlines())


def figures():
    """How the house stands: ``{what: Measure}``"""
    trees = sources()
    found = arrows(trees)
    python = [path for path in ADDON.rglob("*.py") if "migrations" not in path.parts]
    written = [
        path
        for path in ADDON.rglob("*")
        if path.suffix in (".py", ".js", ".xml") and "i18n" not in path.parts
    ]
    texts = {path: path.read_text() for path in written}
    return {
        "files in the largest circle across subjects": Measure(
            len(largest_circle(found)), 0
        ),
        "upward arrows": Measure(len(upward(found)), 0),
        "lines of the largest Python file": Measure(
            max(map(_lines, python)), LARGEST_FILE
        ),
        "lines of Python in the addon": Measure(
            sum(map(_lines, python)), PYTHON_LINES, is_held=False
        ),
        **{
            f"files that name {name}": Measure(
                sum(name in text for text in texts.values()), most
            )
            for name, most in READ_OUTS.items()
        },
        "folders changed from a bill line to the field": Measure(
            folder_changes(way(trees)), FOLDER_CHANGES
        ),
        "long statements of SQL without named steps": Measure(
            len(unnamed_sql(trees)), 0
        ),
        "lines of README": Measure(_lines(ROOT / "README.md"), README_LINES),
    }


def main():
    rows = figures()
    width = max(map(len, rows))
    print(f"{'':{width}}  today  at most")
    for what, (today, most, is_held) in rows.items():
        print(f"{what:{width}}  {today:5}  {most:7}{'' if is_held else '  not held'}")
    print(*chain(["", "Upward:"], upward(arrows()) or ["none"]), sep="\n")
    print(f"\nFrom a line of {LINE} to {FIELD}:")
    print(*(path.relative_to(ADDON) for path in way()), sep="\n")
    print("\nLong SQL without named steps:", *unnamed_sql(sources()), sep="\n")
    print("\nHow fast it is: dev/bench")
    return any(today > most for today, most, is_held in rows.values() if is_held)


if __name__ == "__main__":
    sys.exit(main())
