"""Check or update an addon's translation files.

translations.py check|update EXPORTED.pot FOLDER
"""

import sys
from pathlib import Path

import polib

ADVICE = "dev/i18n updates the files."


def terms(file):
    """What makes a file's content, without dates and the order of the source."""
    return {
        (entry.msgctxt, entry.msgid): (entry.comment, sorted(entry.occurrences))
        for entry in file
        if not entry.obsolete
    }


def without_demo(file):
    """A file without the records of the demo company: they are in one language."""
    for entry in list(file):
        entry.occurrences = [o for o in entry.occurrences if ".demo_" not in o[0]]
        if not entry.occurrences:
            file.remove(entry)
    return file


def check(exported, template, dutch):
    """Yield what is wrong, line by line."""
    if terms(exported) != terms(template):
        yield f"{template.fpath} is not what Odoo exports. {ADVICE}"
    if terms(exported) != terms(dutch):
        yield f"{dutch.fpath} has other terms than Odoo exports. {ADVICE}"
    for problem, entries in {
        "not translated": dutch.untranslated_entries(),
        "fuzzy": dutch.fuzzy_entries(),
        "obsolete": dutch.obsolete_entries(),
    }.items():
        for entry in entries:
            yield f"{dutch.fpath}:{entry.linenum}: {problem}: {entry.msgid}"


def update(exported, template, dutch):
    """Write both files; an unchanged template keeps its dates."""
    if terms(exported) != terms(template):
        exported.save(template.fpath)
    dutch.metadata = dutch.metadata or {**exported.metadata, "Language": "nl"}
    dutch.merge(exported)
    for entry in dutch.obsolete_entries():
        dutch.remove(entry)
    dutch.save()
    missing = len(dutch.untranslated_entries())
    yield from [f"{dutch.fpath}: {missing} terms to translate"] if missing else []


def opened(path):
    """The file, or an empty one to be."""
    if path.exists():
        return polib.pofile(str(path))
    file = polib.POFile()
    file.fpath = str(path)
    return file


def main(action, exported, folder):
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    template = opened(folder / f"{folder.resolve().parent.name}.pot")
    exported = without_demo(polib.pofile(exported))
    files = exported, template, opened(folder / "nl.po")
    problems = list({"check": check, "update": update}[action](*files))
    for problem in problems:
        print(problem)
    return 1 if problems and action == "check" else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
