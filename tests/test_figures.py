"""The table of figures, and fields that nobody is shown."""

import ast
import re
from collections import Counter

import storeys
from lxml import etree

from odoo.tests import BaseCase, tagged
from odoo.tools.translate import code_translations

from odoo.addons.pso_odoo.models.measurement.figures import FIGURES
from odoo.addons.pso_odoo.reports.workbook.formulas import ROWS


def idle_fields(addon):
    """The fields that no view, no script and no other line of Python names.

    :param addon: path of the addon
    :return: ``{name of the field: path of the file}``
    """
    texts = {
        path: path.read_text()
        for path in addon.rglob("*.*")
        if path.suffix in (".py", ".js", ".xml", ".csv")
        and not {"i18n", "migrations"} & set(path.parts)
    }
    named = Counter(
        word for text in texts.values() for word in re.findall(r"\w+", text)
    )
    return {
        name: path
        for path, text in texts.items()
        if path.suffix == ".py"
        for name, own in _fields_made(text)
        if named[name] == len(re.findall(rf"\b{name}\b", own))
    }


def _fields_made(text):
    """Each field that is assigned in a class, with the statement that makes it."""
    for node in ast.walk(ast.parse(text)):
        for statement in node.body if isinstance(node, ast.ClassDef) else ():
            if (
                isinstance(statement, ast.Assign)
                and isinstance(statement.value, ast.Call)
                and ast.unparse(statement.value.func).startswith("fields.")
            ):
                yield statement.targets[0].id, ast.get_source_segment(text, statement)


@tagged("post_install", "-at_install")
class TestFigures(BaseCase):
    def test_no_field_is_idle(self):
        self.assertEqual(idle_fields(storeys.ADDON), {})

    def test_each_number_can_be_a_dash(self):
        """The screens show a figure by the widget that knows which were not kept."""
        views = etree.parse(storeys.ADDON / "views/pso_measurement_views.xml")
        numbers = {
            name
            for name, figure in FIGURES.items()
            if figure.kind in ("fte", "percent", "points")
        }
        shown = [
            field
            for field in views.iter("field")
            if field.get("name") in numbers and not field.get("invisible") == "1"
        ]
        self.assertGreater(len(shown), 15)
        for field in shown:
            self.assertEqual(field.get("widget"), "pso_figure", field.attrib)

    def test_what_the_auditor_corrects_recalculates(self):
        """Each percentage of the table of the audit has its formula in the workbook."""
        percentages = {
            name
            for name, figure in FIGURES.items()
            if figure.row and figure.kind == "percent"
        }
        self.assertLessEqual(percentages, ROWS.keys())

    def test_in_dutch(self):
        dutch = code_translations.get_python_translations("pso_odoo", "nl_NL")
        for name, figure in FIGURES.items():
            for words in filter(None, (figure.row, figure.cell)):
                with self.subTest(name):
                    self.assertIn(words._source, dutch)
