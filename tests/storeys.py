"""Which file of the addon names which other: by the names of models, and by imports.

Run as a script it prints how the house stands (``dev/house``).
"""

import ast
import sys
from itertools import chain
from pathlib import Path

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
            values = {
                statement.targets[0].id: statement.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                and isinstance(statement.targets[0], ast.Name)
            }
            name = getattr(values.get("_name"), "value", None)
            inherited = ast.walk(values["_inherit"]) if "_inherit" in values else ()
            if name and name not in {getattr(n, "value", None) for n in inherited}:
                yield name


def _named(node, path, homes):
    """The files that a node names, with the words it does it by."""
    if isinstance(node, ast.Constant) and node.value in homes:
        yield homes[node.value], node.value
    if isinstance(node, ast.ImportFrom) and node.level:
        folder = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
        for alias in node.names:
            for module in (folder / alias.name, folder):
                yield module.with_suffix(".py"), f"import {alias.name}"


def _lines(path):
    return len(path.read_text().splitlines())


def figures():
    """How the house stands: ``{what: (today, at most)}``"""
    found = arrows()
    python = [path for path in ADDON.rglob("*.py") if "migrations" not in path.parts]
    written = [
        path
        for path in ADDON.rglob("*")
        if path.suffix in (".py", ".js", ".xml") and "i18n" not in path.parts
    ]
    texts = {path: path.read_text() for path in written}
    return {
        "files in the largest circle across subjects": (len(largest_circle(found)), 0),
        "upward arrows": (len(upward(found)), 0),
        "lines of the largest Python file": (max(map(_lines, python)), LARGEST_FILE),
        "lines of Python in the addon": (sum(map(_lines, python)), None),
        **{
            f"files that name {name}": (
                sum(name in text for text in texts.values()),
                most,
            )
            for name, most in READ_OUTS.items()
        },
        "lines of README": (_lines(ROOT / "README.md"), README_LINES),
    }


def main():
    rows = figures()
    width = max(map(len, rows))
    print(f"{'':{width}}  today  at most")
    for what, (today, most) in rows.items():
        print(f"{what:{width}}  {today:5}  {'' if most is None else most:>7}")
    print(*chain(["", "Upward:"], upward(arrows()) or ["none"]), sep="\n")
    return any(most is not None and today > most for today, most in rows.values())


if __name__ == "__main__":
    sys.exit(main())
