"""A new edition is a draft: nothing follows it before somebody puts it into use."""

from common import PsoCase
from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

MANAGER = "pso_odoo.group_pso_manager"


@tagged("post_install", "-at_install")
class TestEditionUse(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.status(cls.employee())
        for _ in range(9):
            cls.employee()
        cls.coordinator = cls.user("base.group_user", MANAGER)

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time("2025-07-01"))
        self.copy = self.edition.copy()
        self.copy.group_rule_ids.weight = 0.5

    def total(self):
        dashboard = self.env["pso.dashboard"].with_user(self.coordinator)
        return dashboard.retrieve()["figures"]["total_percentage"]

    def use(self, edition, user=None):
        uses = self.env["pso.edition.use"].with_user(user or self.coordinator)
        return Form(uses.with_context(default_edition_id=edition.id)).save()

    def test_a_copy_changes_nothing(self):
        """Whatever it says, and from whichever day."""
        self.copy.date_from = "2025-01-01"
        self.assertAlmostEqual(self.total(), 10)
        for day in ("2020-01-01", "2025-07-01", "2099-01-01"):
            self.assertNotEqual(self.env["pso.edition"]._at(day), self.copy)
        self.assertEqual(self.measurement().edition_id, self.edition)
        self.assertEqual(
            (self.copy.standing, self.edition.standing), ("draft", "in_force")
        )
        self.assertIn("PSO 2.1", self.copy.standing_note)

    def test_so_does_a_new_one_and_an_imported_one(self):
        edition = self.env["pso.edition"]
        typed = Form(edition)
        typed.code, typed.name, typed.date_from = "9", "Typed", "2025-01-01"
        file = self.copy.export_file
        self.copy.code = "else"
        wizard = self.env["pso.edition.import"].create({"file": file})
        written = edition.browse(wizard.action_import()["res_id"])
        for new in (typed.save(), written):
            self.assertFalse(new.is_in_use)
        self.assertAlmostEqual(self.total(), 10)

    def test_what_is_restored_is_a_draft(self):
        self.copy._put_into_use()
        self.copy._take_out_of_use()
        self.copy.action_archive()
        self.copy.action_unarchive()
        self.assertEqual(self.copy.standing, "draft")

    def test_what_is_in_use_goes_by_the_button_that_shows_what_it_changes(self):
        """Archived by core's menu, an older edition was in force without a word."""
        self.copy._put_into_use()
        edition = self.copy.with_user(self.coordinator)
        total = self.total()
        for drop in (edition.action_archive, edition.unlink):
            with self.subTest(drop.__name__):
                with self.assertRaisesRegex(UserError, "Take it out of use first"):
                    drop()
                self.assertEqual(self.copy.standing, "in_force")
                self.assertEqual(self.total(), total)
        self.use(self.copy).action_apply()
        edition.action_archive()
        edition.unlink()

    def test_a_draft_decides_on_no_aspirant(self):
        vendor = self.vendor()
        self.certificate(vendor, level_id=self.ref("level_aspirant").id)
        self.figures(vendor)
        bill = self.bill(vendor, 100)
        self.copy.aspirant_supplier_counts = True
        self.assertFalse(bill.pso_is_social)
        self.copy._put_into_use()
        self.env.invalidate_all()
        self.assertTrue(bill.pso_is_social)

    def test_the_dialog_says_what_it_changes_and_does_it(self):
        live = self.measurement(end="2025-06-30")
        chosen = self.measurement(end="2025-06-29", edition_id=self.copy.copy().id)
        locked = self.measurement(end="2025-05-31")
        locked.action_lock()
        use = self.use(self.copy)
        self.assertEqual(use.candidate_ids, live + chosen)
        self.assertEqual(use.measurement_ids, live)
        for text in (
            "Last 12 months",
            live.name,
            "10.00&nbsp;%",
            "5.00&nbsp;%",
            "PSO 2.1 (copy)",
        ):
            self.assertIn(text, use.effects)
        self.assertIn("PSO 2.1", use.note)
        self.assertAlmostEqual(self.total(), 10)
        use.action_apply()
        self.assertAlmostEqual(self.total(), 5)
        self.assertEqual(self.copy.standing, "in_force")
        self.assertEqual(self.edition.standing, "draft")
        self.assertAlmostEqual(live.total_percentage, 5)
        self.assertNotEqual(chosen.edition_id, self.copy)
        self.assertEqual(locked.edition_id, self.edition)

    def test_a_measurement_that_is_not_ticked_keeps_its_edition(self):
        live = self.measurement(end="2025-06-30")
        use = self.use(self.copy)
        use.measurement_ids = False
        use.action_apply()
        self.assertEqual(live.edition_id, self.edition)

    def test_it_is_taken_out_of_use_again(self):
        self.copy.date_from = "2025-01-01"
        live = self.measurement(end="2025-06-30")
        self.use(self.copy).action_apply()
        self.assertEqual(live.edition_id, self.copy)
        self.assertEqual(self.edition.standing, "earlier")
        out = self.use(self.copy)
        self.assertFalse(out.note)
        out.action_apply()
        self.assertEqual(live.edition_id, self.edition)
        self.assertAlmostEqual(self.total(), 10)

    def test_one_edition_stays_in_use(self):
        (self.env["pso.edition"]._all() - self.edition).is_in_use = False
        with self.assertRaisesRegex(UserError, "another edition"):
            self.use(self.edition).action_apply()

    def test_who_sees_no_figures_of_now_is_told_none(self):
        """It would tell what a change of his made of them."""
        both = self.user("base.group_user", MANAGER, "hr.group_hr_user")
        use = self.use(self.copy, both)
        self.assertNotIn("%", use.effects)
        self.assertIn("You can change facts about employees", use.effects)

    def test_figures_of_another_company_are_not_told(self):
        other = self.create_company("Elsewhere")
        abroad = self.user("base.group_user", MANAGER, companies=other)
        live = self.measurement(end="2025-06-30")
        uses = self.env(user=abroad, context={"allowed_company_ids": other.ids})
        use = uses["pso.edition.use"].create({"edition_id": self.copy.id})
        self.assertFalse(uses["pso.edition.use"].new({}).candidate_ids)
        self.assertFalse(use.candidate_ids)
        self.assertNotIn(live.name, use.effects)
        self.assertNotIn("10.00", use.effects)
