"""The house stands in storeys: a file names what is on its own or a lower one."""

from common import PsoCase
from storeys import (
    ADDON,
    STOREYS,
    arrows,
    figures,
    folder_changes,
    largest_circle,
    sources,
    subject,
    upward,
    way,
)

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestStoreys(PsoCase):
    def test_no_file_names_a_higher_storey(self):
        self.assertFalse(upward(arrows()))

    def test_no_two_subjects_name_each_other(self):
        self.assertFalse(largest_circle(arrows()))

    def test_nothing_has_grown_beyond_its_measure(self):
        for what, (today, most, is_held) in figures().items():
            if is_held:
                with self.subTest(what):
                    self.assertLessEqual(today, most)

    def test_the_way_of_an_amount_begins_at_the_bill_and_passes_the_formula(self):
        names = [path.relative_to(ADDON).as_posix() for path in way()]
        self.assertEqual(names[0], "models/purchases/account_move_line.py")
        self.assertIn("tools/score.py", names)
        self.assertEqual(names[-1], "models/measurement/pso_measurement_figures.py")

    def test_a_detour_on_the_way_of_an_amount_is_counted(self):
        detour = ADDON / "models/audit/pso_seal.py"
        first, *rest = way()
        self.assertEqual(
            folder_changes([first, detour, *rest]), folder_changes([first, *rest]) + 1
        )

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
