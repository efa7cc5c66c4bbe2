"""Checks and next steps lead to where this user mends them, or say who can."""

from test_access import HR, MANAGER, PURCHASE, USER, AccessCase

from odoo.exceptions import AccessError
from odoo.tests import tagged

ROLES = (USER, PURCHASE, HR, MANAGER)


@tagged("post_install", "-at_install")
class TestMending(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.window = cls.live._window()
        cls.both = cls.user(HR, MANAGER)

    def check(self, code):
        return self.env["pso.check.type"].search([("code", "=", code)])

    def opened(self, user, code):
        checks = self.env["pso.check"].with_user(user)
        return checks._action_open(self.check(code).with_user(user), self.window)

    def test_every_check_leads_somewhere_or_says_who_can(self):
        for role in (USER, HR, MANAGER):
            live = self.live.with_user(self.users[role])
            for check in live.check_ids:
                with self.subTest(role=role, check=check.type_id.code):
                    leads = check.is_seen or check.is_mended_elsewhere
                    self.assertTrue(leads or check.mended_by)
                    if leads:
                        action = check.action_open()
                        model = live.env[action["res_model"]]
                        self.assertTrue(model.has_access("read"))

    def test_who_cannot_mend_it_is_told_who_can(self):
        live = self.live.with_user(self.users[USER])
        self.assertTrue(all(check.mended_by for check in live.check_ids))
        for role in (HR, MANAGER):
            checks = self.live.with_user(self.users[role]).check_ids
            told = {bool(check.mended_by) for check in checks}
            self.assertEqual(told, {True, False}, role)

    def test_a_weight_is_mended_in_the_edition(self):
        """By the coordinator, who sees all rules without one and not who is found."""
        self.edition.group_rule_ids[0].is_weight_known = False
        action = self.opened(self.users[MANAGER], "weight_unknown")
        self.assertEqual(action["res_model"], "pso.group.rule")
        rules = self.env["pso.group.rule"].search(action["domain"])
        unknown = self.edition.group_rule_ids.filtered(lambda r: not r.is_weight_known)
        self.assertEqual(rules, unknown)
        action = self.opened(self.users[HR], "weight_unknown")
        self.assertEqual(action["res_model"], "pso.status")
        # Who may do both looks first, and has a button that mends.
        action = self.opened(self.both, "weight_unknown")
        self.assertEqual(action["res_model"], "pso.status")
        check = self.live.with_user(self.both).check_ids.filtered(
            lambda c: c.type_id.code == "weight_unknown"
        )
        self.assertEqual(check.action_mend()["res_model"], "pso.group.rule")

    def test_a_norm_is_filled_in_where_all_norms_of_the_edition_stand(self):
        level = self.ref("level_step3")
        self.edition.norm_ids.filtered(lambda n: n.level_id == level).unlink()
        mend = self.env["pso.check"].with_user(self.users[MANAGER])
        action = mend._action_elsewhere(self.check("norm_unknown"), self.window)
        self.assertEqual(action["res_model"], "pso.edition")
        self.assertEqual(action["res_id"], self.edition.id)

    def test_a_company_without_number_is_mended_in_the_settings(self):
        self.company.company_registry = False
        mend = self.env["pso.check"].with_user(self.users[MANAGER])
        action = mend._action_elsewhere(self.check("no_kvk"), self.window)
        self.assertEqual(action["res_model"], "pso.company.settings")
        self.assertEqual(action["context"]["default_company_id"], self.company.id)

    def test_nobody_at_work_leads_to_the_statuses(self):
        action = self.opened(self.users[HR], "nobody")
        self.assertEqual(action["res_model"], "pso.status")

    def test_people_without_hours_open_as_employees(self):
        """Odoo's own list of versions is one of templates."""
        idle = self.employee(hours=0)
        action = self.opened(self.users[HR], "no_hours")
        self.assertEqual(action["res_model"], "hr.employee")
        self.assertEqual(self.env["hr.employee"].search(action["domain"]), idle)

    def test_people_stay_closed(self):
        for role in (USER, MANAGER):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.opened(self.users[role], "no_proof")

    def test_checks_of_the_dashboard_lead_there_too(self):
        for role in (USER, HR, MANAGER):
            dashboard = self.env(user=self.users[role])["pso.dashboard"]
            lines = dashboard.retrieve_details()["checks"]["lines"]
            self.assertTrue(lines)
            for line in lines:
                with self.subTest(role=role, check=line["name"]):
                    self.assertTrue(line["can_open"] or line["mended_by"])
                    if line["can_open"]:
                        dashboard.open("check", "rolling", False, line["type_id"])

    # -- the next step -------------------------------------------------------

    def test_the_next_step_is_a_link_for_who_can_take_it(self):
        self.company.company_registry = False
        for role in (USER, HR, MANAGER):
            live = self.live.with_user(self.users[role])
            self.assertEqual(live.next_step_kind, "errors", role)
            self.assertTrue(live.is_next_step_open)
            self.assertTrue(live.action_next_step()["res_model"])

    def test_who_mends_none_of_the_checks_is_told_where_it_says_who_does(self):
        self.company.company_registry = False
        for role, is_told in ((USER, True), (MANAGER, False)):
            step = self.live.with_user(self.users[role]).next_step
            self.assertEqual("Each says who solves it." in step, is_told, role)

    def test_who_cannot_take_the_next_step_is_told_who_can(self):
        for role, is_told in ((USER, True), (HR, True), (MANAGER, False)):
            locked = self.locked.with_user(self.users[role])
            self.assertEqual(locked.next_step_kind, "workbook")
            self.assertEqual("coordinator" in locked.next_step, is_told, role)
            with self.assertRaises(AccessError):
                locked.action_next_step()

    def test_locking_names_what_is_open(self):
        live = self.live.with_user(self.users[MANAGER])
        serious = live.open_check_ids.filtered(lambda check: check.severity != "info")
        self.assertTrue(serious)
        for check in serious:
            self.assertIn(check.name, live.lock_question)
        self.assertFalse(self.locked.with_user(self.users[MANAGER]).lock_question)
