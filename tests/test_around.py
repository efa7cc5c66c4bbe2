"""What the addon puts around methods of core: little, in place, after what it is of.

What is counted is calls and classes, and no time.
"""

import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from common import PsoCase
from probing.granted import KINDS, groups_of

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.base_automation.models.base_automation import BaseAutomation
from odoo.addons.pso_odoo.models.common import base, guard

ADDON = str(Path(guard.__file__).parents[2])
HR = "pso_odoo.group_pso_hr"
# Of these nothing is about PSO.
ORDINARY = ("res.country", "uom.uom", "res.currency")
# Models of core with fields of ours, and how many classes of ours they inherit from:
# ``base``, their own, and mixins that have fields.
CLASSES = {
    "account.move": 7,
    "account.move.line": 4,
    "hr.employee": 4,
    "hr.version": 2,
    "mail.message": 1,
    "purchase.order": 13,
    "res.partner": 10,
    "uom.uom": 1,
}


class AroundCase(PsoCase):
    @contextmanager
    def entered(self):
        """Yield how often which function of the addon is entered meanwhile."""
        calls = Counter()

        def note(frame, event, _argument):
            if event == "call" and frame.f_code.co_filename.startswith(ADDON):
                calls[frame.f_code.co_name] += 1

        sys.setprofile(note)
        try:
            yield calls
        finally:
            sys.setprofile(None)


@tagged("post_install", "-at_install")
class TestCost(AroundCase):
    def test_an_ordinary_model_enters_no_more_than_the_look_whether_it_is_one(self):
        user = self.user("base.group_user")
        for name in ORDINARY:
            records = self.env[name].with_user(user)
            with self.subTest(name):
                records.search([], limit=1).mapped("display_name")
                self.env.invalidate_all()
                with self.entered() as calls:
                    records.search_fetch([], ["name"], limit=1)
                # Of a join no more than whether it leads to what names records.
                calls.pop("guarded_join", None)
                self.assertEqual(calls, {"_search": 1, "_fetch_query": 1})

    def test_a_field_that_is_not_ours_is_not_looked_at(self):
        """Core asks for access to each field of each record."""
        people = self.employee() + self.employee()
        people.mapped("version_id.job_id")
        self.env.invalidate_all()
        with self.entered() as calls:
            people.mapped("name")
            people.mapped("version_id.contract_date_start")
        entered = {"_search", "_fetch_query", "_determine_fields_to_fetch"}
        self.assertLessEqual(set(calls), entered)
        self.assertLess(calls.total(), 20)

    def test_writing_enters_nothing_for_each_field(self):
        person = self.employee()
        job = self.env["hr.job"].create({"name": "Job"})
        user = self.user("hr.group_hr_manager")
        person = person.with_user(user)
        for color in (1, 2):  # at first it fills caches
            self.env.flush_all()
            self.env.invalidate_all()
            with self.entered() as calls:
                person.write({"work_phone": "1", "color": color})
                self.env.flush_all()
        self.assertLess(calls.total(), 150, calls)
        version = person.sudo().version_id.sudo(False)
        for job_id in (False, job.id):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.entered() as calls:
                version.write({"job_id": job_id})
                self.env.flush_all()
        self.assertLess(calls.total(), 60, calls)

    def test_core_looks_through_few_classes_of_ours(self):
        """Each is looked through by each call of ``super`` in core."""
        for name, most in CLASSES.items():
            mro = type(self.env[name]).__mro__
            ours = [
                cls
                for cls in mro
                if cls.__module__.startswith("odoo.addons.pso_odoo")
                or (getattr(cls, "_name", None) or "").startswith("pso.")
            ]
            with self.subTest(name):
                self.assertLessEqual(len(ours), most, ours)


@tagged("post_install", "-at_install")
class TestInPlace(AroundCase):
    """Automation rules take off what is put around ``create`` and ``write``."""

    def guarded(self):
        return {
            (name, method): guard.is_around(vars(type(model)).get(method))
            for name, model in self.env.items()
            if not model._abstract and (model._is_pso or model._pso_given)
            for method in ("create", "write", "onchange")
        }

    def test_they_are_guarded(self):
        self.assertIn(("pso.status", "write"), self.guarded())
        self.assertTrue(all(self.guarded().values()))

    def test_they_are_after_a_rule_was_changed(self):
        update = base._guarding_again(BaseAutomation._unregister_hook)
        BaseAutomation._unregister_hook(self.env["pso.status"])
        self.assertFalse(all(self.guarded().values()))
        update(self.env["pso.status"])
        self.assertTrue(all(self.guarded().values()))

    def test_they_are_after_models_are_set_up_anew(self):
        BaseAutomation._unregister_hook(self.env["pso.status"])
        self.assertFalse(all(self.guarded().values()))
        self.env.registry._setup_models__(self.env.cr, [])
        self.assertTrue(all(self.guarded().values()))

    def test_they_are_guarded_once(self):
        for _turn in range(2):
            self.env["pso.status"]._pso_guard()
            self.env["pso.status"]._post_model_setup__()
        write = type(self.env["pso.status"]).write
        self.assertTrue(guard.is_around(write))
        self.assertFalse(guard.is_around(write.__closure__[0].cell_contents))

    def test_a_field_made_by_hand_is_looked_at_at_once(self):
        self.status(self.employee())
        admin = self.user("base.group_system")
        partner = self.env["res.partner"].create({"name": "Partner"})
        self.assertFalse(partner._pso_named)
        self.env["ir.model.fields"].create(
            {
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "name": "x_pso_of",
                "field_description": "Of",
                "ttype": "reference",
                "selection": "[('pso.status', 'Status')]",
            }
        )
        partner = self.env["res.partner"].browse(partner.id).with_user(admin).sudo()
        self.assertEqual(partner._pso_named, {"x_pso_of"})
        with self.assertRaises(AccessError):
            partner.write({"x_pso_of": "pso.status,1"})


@tagged("post_install", "-at_install")
class TestHidden(AroundCase):
    """What is kept of rights follows them at once."""

    def hidden(self, user):
        return set(self.env["pso.carrier"].with_user(user)._hidden())

    def asked(self, user):
        return {
            name
            for name in self.env["pso.carrier"]._personal()
            if not self.env[name].with_user(user).has_access("read")
        }

    def test_it_is_what_the_models_themselves_say(self):
        for kind in list(KINDS)[::3]:  # each takes a second
            user = self.user(*groups_of(kind))
            with self.subTest(kind):
                self.assertEqual(self.hidden(user), self.asked(user))

    def test_it_follows_groups(self):
        """In one session: given, taken away, and by a group that implies it."""
        user = self.user("base.group_user")
        self.assertIn("pso.status", self.hidden(user))
        group = self.env.ref(HR)
        user.write({"group_ids": [Command.link(group.id)]})
        self.assertNotIn("pso.status", self.hidden(user))
        user.write({"group_ids": [Command.unlink(group.id)]})
        self.assertIn("pso.status", self.hidden(user))
        other = self.env["res.groups"].create(
            {"name": "Other", "user_ids": [Command.link(user.id)]}
        )
        other.implied_ids = group
        self.assertNotIn("pso.status", self.hidden(user))
        other.implied_ids = False
        self.assertIn("pso.status", self.hidden(user))

    def test_it_follows_access_rights(self):
        user = self.user(HR)
        self.assertNotIn("pso.status", self.hidden(user))
        rights = self.env["ir.model.access"].search([("model_id", "=", "pso.status")])
        rights.write({"active": False})
        self.assertIn("pso.status", self.hidden(user))
        rights.write({"active": True})
        self.assertNotIn("pso.status", self.hidden(user))

    def test_messages_follow_them(self):
        """Found, and read by number, as superuser for a user."""
        status = self.status(self.employee())
        message = self.env["mail.message"].create(
            {"model": "pso.status", "res_id": status.id, "body": "Zeisig"}
        )
        user = self.user("base.group_user")
        led = self.env["mail.message"].with_user(user).sudo()
        found = [("id", "=", message.id)]
        self.assertFalse(led.search(found))
        user.write({"group_ids": [Command.link(self.env.ref(HR).id)]})
        self.assertTrue(led.search(found))
        user.write({"group_ids": [Command.unlink(self.env.ref(HR).id)]})
        self.assertFalse(led.search(found))
        self.assertFalse(led.browse(message.id).exists())
