"""README and manuals: what they lead to is there."""

import re
from itertools import chain

from storeys import ADDON, README_LINES, ROOT
from storeys_picture import PICTURE, drawn

from odoo.tests import BaseCase, tagged

MANUALS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/*.md"))]
LINK = re.compile(r"\]\(([^)#]*)#?([^)]*)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
# What stands in code, as `models/people/hr_version.py`, and is no pattern.
NAMED = re.compile(
    r"`((?:tests|dev|docs|pso_odoo|tools|models|reports|data|static|i18n|security)"
    r"/[\w./]*)`"
)
TEST = re.compile(r"`(test_\w+)`")


def anchors(text):
    """The anchors that GitHub gives the headings of a page."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(text)
    }


def dead_links(page, text):
    """The links of a page that lead nowhere."""
    for path, anchor in LINK.findall(text):
        if path.startswith("http"):
            continue
        target = (page.parent / path).resolve() if path else page
        is_dead = not target.exists() or (
            anchor and anchor not in anchors(target.read_text(encoding="utf-8"))
        )
        if is_dead:
            yield f"{page.name}: {path}#{anchor}"


def missing_files(page, text):
    """The files and tests that a page names and that are not there."""
    for path in NAMED.findall(text):
        if not (ROOT / path).exists() and not (ADDON / path).exists():
            yield f"{page.name}: {path}"
    for name in TEST.findall(text):
        if not (ROOT / f"tests/{name}.py").exists():
            yield f"{page.name}: {name}"


@tagged("post_install", "-at_install")
class TestManuals(BaseCase):
    def test_what_they_name_is_there(self):
        found = chain.from_iterable(
            [*dead_links(page, text), *missing_files(page, text)]
            for page, text in self.texts()
        )
        self.assertEqual(list(found), [])

    def test_a_dead_link_is_found(self):
        text = "[a](docs/privacy.md#small-groups) [b](docs/privacy.md#no) [c](no.md)"
        dead = list(dead_links(MANUALS[0], text))
        self.assertEqual(dead, ["README.md: docs/privacy.md#no", "README.md: no.md#"])
        missing = list(missing_files(MANUALS[0], "`models/no.py`, `test_no`, `tests/`"))
        self.assertEqual(missing, ["README.md: models/no.py", "README.md: test_no"])

    def test_every_picture_is_shown(self):
        text = "".join(text for _page, text in self.texts())
        pictures = {*ROOT.glob("docs/*.png"), *ROOT.glob("docs/*.svg")}
        self.assertTrue(pictures)
        self.assertEqual([p.name for p in pictures if p.name not in text], [])

    def test_every_manual_is_named_in_the_readme(self):
        readme = MANUALS[0].read_text(encoding="utf-8")
        manuals = {page.name for page in ROOT.glob("docs/*.md")}
        self.assertEqual([name for name in manuals if name not in readme], [])
        self.assertLessEqual(len(readme.splitlines()), README_LINES)

    def test_the_version_is_the_same_everywhere(self):
        """In the manifest, the package and at the head of the changelog."""
        found = [
            re.search(pattern, (ROOT / file).read_text(encoding="utf-8"), re.M)[1]
            for file, pattern in (
                ("pso_odoo/__manifest__.py", r'"version": "(.+)"'),
                ("setup.cfg", r"^version = (.+)$"),
                ("CHANGELOG.md", r"^## (.+)$"),
            )
        ]
        self.assertEqual(len(set(found)), 1, found)

    def test_the_storeys_are_drawn_as_they_are(self):
        """``dev/house --draw`` mends it."""
        self.assertEqual(PICTURE.read_text(encoding="utf-8"), drawn())

    def texts(self):
        return [(page, page.read_text(encoding="utf-8")) for page in MANUALS]
