"""The house stands in storeys: a file names what is on its own or a lower one."""

from common import PsoCase
from storeys import (
    ADDON,
    STOREYS,
    arrows,
    figures,
    largest_circle,
    sources,
    subject,
    upward,
)

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestStoreys(PsoCase):
    def test_no_file_names_a_higher_storey(self):
        self.assertFalse(upward(arrows()))

    def test_no_two_subjects_name_each_other(self):
        self.assertFalse(largest_circle(arrows()))

    def test_nothing_has_grown_beyond_its_measure(self):
        for what, (today, most) in figures().items():
            if most is not None:
                with self.subTest(what):
                    self.assertLessEqual(today, most)

    def test_every_file_stands_on_a_storey(self):
        outside = {
            path.relative_to(ADDON).as_posix()
            for path in ADDON.rglob("*.py")
            if subject(path) not in STOREYS
            and "migrations" not in path.parts
            and path.name != "__init__.py"
        }
        self.assertEqual(outside, {"__manifest__.py", "hooks.py"})

    def test_a_name_of_a_higher_storey_is_found(self):
        trees = sources()
        low = ADDON / "models/common/res_company.py"
        high = ADDON / "models/measurement/pso_measurement.py"
        self.assertNotIn((low, high), arrows(trees))
        trees[low].body += trees[ADDON / "models/measurement/pso_level.py"].body
        self.assertTrue(upward(arrows(trees)))
