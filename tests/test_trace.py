"""Who sees something of the score and changes facts back on a later day is noted."""

from common import PsoCase

from odoo.fields import Command
from odoo.tests import Form, tagged

HR_OFFICER, TOTALS = "hr.group_hr_user", "pso_odoo.group_pso_user"


@tagged("post_install", "-at_install")
class TestTrace(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.employee(name="Zeisig")
        cls.both = cls.user("base.group_user", HR_OFFICER, TOTALS)
        cls.officer = cls.user("base.group_user", HR_OFFICER)
        cls.target_group = cls.user("base.group_user", "pso_odoo.group_pso_hr")

    def set_hours(self, user, hours):
        person = self.person.with_user(user)
        person.resource_calendar_id = self.calendar(hours)
        self.env.flush_all()

    def a_day_later(self, days=1):
        self.env.flush_all()
        self.env.cr.execute("UPDATE pso_trace SET date = date - %s", [days])
        self.env.invalidate_all()

    def undone(self):
        domain = [("event", "=", "undo"), ("company_id", "=", self.company.id)]
        return self.env["pso.log"].search(domain)

    def test_a_change_back_on_a_later_day_is_noted(self):
        self.set_hours(self.both, 20)
        self.assertFalse(self.undone())
        self.a_day_later()
        self.set_hours(self.both, 40)
        line = self.undone().ensure_one()
        self.assertEqual(line.login, self.both.login)
        # Nothing of whom, of what, or of the values.
        told = str(line.read())
        for word in ("Zeisig", "hr.version", "hours"):
            self.assertNotIn(word, told)
        self.assertFalse(line.record)

    def test_each_kind_of_fact(self):
        south = self.env["hr.department"].create({"name": "South"})
        other = self.create_company("Other")
        self.both.company_ids += other
        companies = {"allowed_company_ids": (self.company | other).ids}
        person = self.person.with_user(self.both).with_context(**companies)
        calendar = self.calendar(24).with_user(self.both)
        before = {
            (person, "department_id"): (south.id, False),
            (person, "departure_date"): ("2026-01-31", False),
            (calendar, "hours_per_week"): (30, 24),
        }
        for number, ((record, name), (new, old)) in enumerate(before.items(), start=1):
            with self.subTest(name):
                record.write({name: new})
                self.a_day_later()
                record.write({name: old})
                self.assertEqual(len(self.undone()), number)

    def test_not_on_the_same_day_nor_after_a_month(self):
        self.set_hours(self.both, 20)
        self.set_hours(self.both, 40)
        self.set_hours(self.both, 20)
        self.assertFalse(self.undone())
        self.a_day_later(32)
        self.set_hours(self.both, 40)
        self.assertFalse(self.undone())

    def test_another_value_is_none_back(self):
        self.set_hours(self.both, 20)
        self.a_day_later()
        self.set_hours(self.both, 30)
        self.assertFalse(self.undone())

    def test_of_others_nothing_is_kept(self):
        for user in (self.officer, self.target_group, self.env.user):
            self.set_hours(user, 20)
            self.set_hours(user, 40)
        self.assertFalse(self.env["pso.trace"].search([]))

    def test_neither_who_nor_what_is_kept(self):
        self.set_hours(self.both, 20)
        row = self.env["pso.trace"].search([]).ensure_one().read()[0]
        self.assertEqual(
            set(row), {"id", "display_name", "date", "uid", "subject", "value"}
        )
        for name in ("subject", "value"):
            self.assertRegex(row[name], r"^[0-9a-f]{64}$")

    def test_it_goes_after_a_month(self):
        self.set_hours(self.both, 20)
        today = self.env["pso.trace"].search([]).date
        self.env["pso.trace"]._forget(today)
        self.assertTrue(self.env["pso.trace"].search([]))
        self.a_day_later(32)
        self.env["pso.trace"]._forget(today)
        self.assertFalse(self.env["pso.trace"].search([]))


@tagged("post_install", "-at_install")
class TestWarnings(PsoCase):
    def test_the_form_of_a_user_warns_while_groups_are_chosen(self):
        administrator = self.env.ref("base.user_admin")
        user = self.user("base.group_user", HR_OFFICER)
        totals = self.env.ref(TOTALS)
        self.assertFalse(user.pso_warning)
        edited = user.with_user(administrator).new(
            {"group_ids": [Command.link(totals.id)]}, origin=user
        )
        self.assertIn("PSO score", edited.pso_warning)
        user.group_ids += totals
        self.assertIn("PSO score", user.pso_warning)
        user.group_ids += self.env.ref("pso_odoo.group_pso_hr")
        self.assertFalse(user.pso_warning)

    def test_the_settings_count_them(self):
        settings = self.env["res.config.settings"].create({})
        known = self.env["res.users"]._pso_readers_of_kept_figures()
        user = self.user("base.group_user", HR_OFFICER, TOTALS)
        self.env.invalidate_all()
        with Form(settings) as form:
            self.assertIn(str(len(known) + 1), form.pso_reader_warning)
            self.assertIn(user.login, form.pso_reader_warning)
