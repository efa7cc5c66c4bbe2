"""The check on who sees health data and logs in with a password alone."""

from common import PsoCase

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

HR = "pso_odoo.group_pso_hr"


@tagged("post_install", "-at_install")
class TestTwoFactor(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.members = cls.user(HR) + cls.user(HR)
        cls.totals = cls.user("pso_odoo.group_pso_user")
        cls.pso = cls.measurement()

    def check(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        checks = self.env["pso.check"].with_user(user or self.members[0])
        return checks.search(
            [
                ("measurement_id", "=", self.pso.id),
                ("type_id.code", "=", "no_two_factor"),
            ]
        )

    def turn_on(self, users):
        """As auth_totp keeps it, which is installed with every web client."""
        self.env.cr.execute(
            SQL(
                "UPDATE res_users SET totp_secret = 'JBSWY3DPEHPK3PXP' WHERE id IN %s",
                users._ids,
            )
        )

    def test_members_are_counted(self):
        self.assertIn("totp_secret", self.env["res.users"]._fields)
        self.assertEqual(self.check().count, 2)
        self.turn_on(self.members[0])
        self.assertEqual(self.check().count, 1)
        self.turn_on(self.members[1])
        self.assertEqual(self.check().count, 0)

    def test_by_whatever_group_they_are_members(self):
        group = self.env["res.groups"].create(
            {"name": "More", "implied_ids": self.env.ref(HR).ids}
        )
        self.totals.group_ids += group
        self.assertEqual(self.check().count, 3)

    def test_archived_and_other_companies_do_not_count(self):
        self.user(HR, companies=self.create_company("Elsewhere"))
        self.members[1].active = False
        self.assertEqual(self.check().count, 1)

    def test_who_they_are_is_for_members_alone(self):
        action = self.check().action_open_findings()
        self.assertEqual(action["res_model"], "res.users")
        found = self.env["res.users"].with_user(self.members[0])
        self.assertEqual(found.search(action["domain"]), self.members)
        check = self.check(self.totals)
        self.assertEqual(check.found, "up to 5")
        with self.assertRaises(AccessError):
            check.action_open_findings()
        with self.assertRaises(AccessError):
            check.read(["count"])

    def test_it_stands_in_nobodys_way(self):
        """No error and no warning: neither the next step nor a lock asks for it."""
        self.assertEqual(self.check().severity, "info")
        self.pso.action_lock()
        self.assertTrue(self.pso.is_locked)

    def test_locked_measurement_keeps_its_checks(self):
        self.pso.action_lock()
        self.turn_on(self.members)
        self.assertEqual(self.check().count, 2)
