"""The picture of the storeys, drawn from the code: ``docs/storeys.svg``."""

from html import escape
from itertools import groupby
from textwrap import wrap

from storeys import ROOT, STOREYS, models_made, sources, subject

PICTURE = ROOT / "docs/storeys.svg"
WHAT = {
    "tools": "pure functions, no ORM: the formula, dates, cells of files, digests",
    "models/common": "log, what is kept, evidence, privacy guards, company",
    "models/rule_book": "editions: weights, norms, counting periods",
    "models/people": "statuses, who is employed when",
    "models/purchases": "certificates, supplier figures, orders, bills",
    "models/measurement": "lines, checks, figures, level, trend, lock",
    "models/audit": "seals, corrections by the auditor, file reviews",
    "models/privacy": "retention, erasure",
    "models/climb": "scenarios, costs",
    "models/chain": "vendors asked",
    "reports/analysis": "purchases, missing proof",
    "reports/dashboard": "tiles, to-do, set-up, settings",
    "reports/paper": "PDF reports and their pictures",
    "reports/workbook": "the yearly XLSX, a sheet a file",
    "wizards": "imports, confirming logins, erasure, verification",
    "controllers": "routes: workbook, report, template, own page",
    "cli": "odoo pso_verify",
}
WIDTH, MARGIN, GAP, LINE = 980, 16, 10, 15
# How many characters of the small text stand beside each other, for a pixel.
CHARACTERS = 0.145


def drawn():
    """:return: the picture, as the text of an SVG file"""
    names = _models()
    floors = sorted(STOREYS.items(), key=lambda item: -item[1])
    y, parts = MARGIN, []
    for number, subjects in groupby(floors, key=lambda item: item[1]):
        height, floor = _floor(y, number, [name for name, _ in subjects], names)
        parts += floor
        y += height + GAP
    return _svg(parts, y + LINE)


def _models():
    """The models that each folder makes, without mixins, as ``{folder: [name]}``."""
    found = {}
    for path, tree in sources().items():
        made = models_made(tree)
        found.setdefault(subject(path), []).extend(
            name.removeprefix("report.pso_odoo.")
            for name in made
            if "mixin" not in name
        )
    return found


def _floor(y, number, subjects, names):
    """One storey: a box for each of its subjects.

    :return: its height, and its parts as texts
    """
    left = MARGIN + 30
    width = (WIDTH - MARGIN - left - GAP * (len(subjects) - 1)) / len(subjects)
    texts = [
        (
            wrap(WHAT.get(name, ""), int(width * CHARACTERS)),
            wrap(", ".join(sorted(names.get(name, []))), int(width * CHARACTERS)),
        )
        for name in subjects
    ]
    height = 32 + LINE * max(len(what) + len(models) for what, models in texts)
    parts = [f'<text x="{MARGIN}" y="{y + 22}" class="number">{number}</text>']
    x = left - width - GAP
    for name, (what, models) in zip(subjects, texts, strict=True):
        x += width + GAP
        parts.append(
            f'<rect x="{x:.0f}" y="{y}" width="{width:.0f}" height="{height}" rx="4"/>'
        )
        lines = [(name + "/", "subject"), *((line, "what") for line in what)]
        lines += [(line, "models") for line in models]
        for row, (line, kind) in enumerate(lines):
            parts.append(
                f'<text x="{x + 10:.0f}" y="{y + 20 + row * LINE}" class="{kind}">'
                f"{escape(line)}</text>"
            )
    return height, parts


def _svg(parts, height):
    foot = (
        f'<text x="{MARGIN}" y="{height - LINE / 2:.0f}" class="what">A file names '
        "models and modules of its own storey or of a lower one. Not shown: views/, "
        "data/, security/, static/, i18n/.</text>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="11.5">\n'
        "<title>The storeys of pso_odoo</title>\n"
        "<style>rect{fill:#f6f4f8;stroke:#71639e}.number{font-size:18px;fill:#71639e}"
        ".subject{font-weight:bold;font-size:13px;fill:#3c3358}.what{fill:#222}"
        ".models{fill:#666;font-family:monospace;font-size:10.5px}</style>\n"
        f'<rect width="{WIDTH}" height="{height:.0f}" '
        'style="fill:#fff;stroke:none"/>\n' + "\n".join([*parts, foot]) + "\n</svg>\n"
    )
