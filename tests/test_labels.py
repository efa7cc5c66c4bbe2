"""What a value of a selection field is called, in the user's language."""

from common import PsoCase

from odoo.tests import tagged

from odoo.addons.pso_odoo.tools.labels import selection_label


@tagged("post_install", "-at_install")
class TestLabels(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("nl_NL")
        cls.pso = cls.measurement()
        field = cls.env["ir.model.fields"]._get("pso.measurement", "state")
        live = field.selection_ids.filtered(lambda option: option.value == "live")
        live.with_context(lang="nl_NL").name = "Levend"

    def test_it_is_that_of_the_record(self):
        self.assertEqual(selection_label(self.pso, "state"), "Live")

    def test_it_is_in_the_language_of_the_user(self):
        dutch = self.pso.with_context(lang="nl_NL")
        self.assertEqual(selection_label(dutch, "state"), "Levend")

    def test_a_value_needs_no_record(self):
        nothing = self.env["pso.measurement"]
        self.assertEqual(selection_label(nothing, "state", "locked"), "Locked")

    def test_a_value_of_many_records_is_that_value(self):
        several = self.pso | self.measurement("2001-01-01", "2001-12-31")
        self.assertEqual(selection_label(several, "state", "locked"), "Locked")

    def test_nothing_is_called_nothing(self):
        employee = self.employee()
        self.assertEqual(selection_label(employee, "pso_counting_state"), "")

    def test_a_value_that_is_no_more_is_itself(self):
        self.assertEqual(selection_label(self.pso, "state", "frozen"), "frozen")
