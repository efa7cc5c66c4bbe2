"""Whose login it is: what opens the page about oneself, and what closes it."""

from contextlib import closing

from common import PsoCase, noted
from lxml import html

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import SQL, mute_logger

OFFICER = "hr.group_hr_user"
HR = "pso_odoo.group_pso_hr"
OUTSIDERS = (
    "base.group_user",
    "hr.group_hr_manager",
    "base.group_system",
    "pso_odoo.group_pso_user",
    "pso_odoo.group_pso_manager",
)


class ConfirmationCase(PsoCase):
    """Somebody with a status and a login, who is confirmed, and an HR officer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.user("base.group_user")
        cls.officer = cls.user(OFFICER, "base.group_partner_manager")
        cls.keeper = cls.user(HR)
        cls.person = cls.employee(
            name="Erika Secret",
            user_id=cls.owner.id,
            barcode="BADGE1",
            work_email="erika@example.com",
        )
        cls.a_status = cls.status(cls.person)
        cls.confirmation = cls.confirm(cls.person)
        cls.env.flush_all()

    def shown_to(self, user):
        """The people on the page of a user."""
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env["report.pso_odoo.report_person"].with_user(user)
        return [about["name"] for about in report._about_me()]

    def by(self, user, records):
        """Records as a user has them in the web client."""
        return records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    def assertClosed(self, why=None):
        self.assertFalse(self.shown_to(self.owner))
        if why:
            self.assertEqual(self.confirmation.closed_why, why)
            self.assertEqual(self.confirmation.state, "closed")


@tagged("post_install", "-at_install")
class TestConfirmation(ConfirmationCase):
    def test_confirmed_person_sees_what_is_stored(self):
        self.assertEqual(self.shown_to(self.owner), ["Erika Secret"])
        self.assertEqual(self.confirmation.state, "confirmed")

    def test_nobody_else_is_shown(self):
        for user in (self.officer, self.keeper):
            self.assertFalse(self.shown_to(user))

    def test_who_is_not_confirmed_sees_nothing(self):
        user = self.user("base.group_user")
        self.status(self.employee(user_id=user.id))
        self.assertFalse(self.shown_to(user))

    def test_hr_officer_who_makes_himself_the_user_sees_nothing(self):
        """And when he sets it back, the page stays closed."""
        employee = self.by(self.officer, self.person)
        employee.user_id = self.officer
        self.assertFalse(self.shown_to(self.officer))
        employee.user_id = self.owner
        self.assertClosed("hr_employee")

    def test_every_tie_closes_it_for_good(self):
        """Whatever ties the two is changed, written to the database, and set back."""
        other = self.user("base.group_user")
        elsewhere = self.create_company("Elsewhere")
        employee, resource = self.person, self.person.resource_id
        another = self.env["resource.resource"].create({"name": "Another"})
        for record, name, value, why in (
            (employee, "user_id", other.id, "hr_employee"),
            (employee, "resource_id", another.id, "hr_employee"),
            (employee, "company_id", elsewhere.id, "hr_employee"),
            (employee, "name", "Somebody else", "hr_employee"),
            (employee, "barcode", "BADGE2", "hr_employee"),
            (employee, "work_email", "mallory@example.com", None),
            (employee, "work_contact_id", other.partner_id.id, None),
            (resource, "user_id", other.id, None),
            (self.owner, "login", "another-login", "res_users"),
            (self.owner, "email", "mallory@example.com", None),
            (self.owner, "partner_id", other.partner_id.copy().id, "res_users"),
            (self.owner.partner_id, "email", "mallory@example.com", None),
        ):
            with self.subTest(model=record._name, field=name):
                self.confirmation = self.confirm(self.person)
                self.assertTrue(self.shown_to(self.owner))
                before = record[name]
                record[name] = value
                self.env.flush_all()
                record[name] = before
                self.assertClosed(why)

    def test_what_slips_past_the_triggers_is_found(self):
        """As by a restored table, or by somebody who has switched them off."""
        for table, column, value, number in (
            ("hr_employee", "name", "Somebody else", self.person.id),
            ("resource_resource", "user_id", None, self.person.resource_id.id),
            ("res_users", "login", "another-login", self.owner.id),
            ("res_partner", "email", "x@example.com", self.owner.partner_id.id),
            ("pso_person_confirmation", "user_id", self.officer.id, None),
        ):
            with self.subTest(table=table):
                self.confirmation = self.confirm(self.person)
                self.env.flush_all()
                names = [SQL.identifier(name) for name in (table, column)]
                with self.env.cr.savepoint() as savepoint:
                    self.env.cr.execute(
                        SQL("ALTER TABLE %s DISABLE TRIGGER USER", names[0])
                    )
                    self.env.cr.execute(
                        SQL(
                            "UPDATE %s SET %s = %s WHERE id = %s",
                            *(*names, value, number or self.confirmation.id),
                        )
                    )
                    self.env.invalidate_all()
                    self.assertFalse(self.shown_to(self.owner))
                    self.assertFalse(self.shown_to(self.officer))
                    self.assertEqual(self.confirmation.state, "changed")
                    savepoint.rollback()
                self.env.invalidate_all()

    def test_what_ties_nobody_closes_nothing(self):
        self.person.write({"job_title": "Gardener", "private_email": "e@example.com"})
        self.owner.partner_id.phone = "0201234567"
        self.person.active = False
        self.assertEqual(self.shown_to(self.owner), ["Erika Secret"])

    def test_status_that_an_import_finds_by_a_borrowed_name_is_not_shown(self):
        """An HR officer calls himself as the person for whom a list is to come in."""
        own = self.employee(name="Mallory", user_id=self.officer.id)
        self.confirm(own)
        own.name = "Anna to come"
        self.status(own)
        self.assertFalse(self.shown_to(self.officer))

    def test_confirmed_anew(self):
        self.person.user_id = self.officer
        self.env.flush_all()
        self.person.user_id = self.owner
        self.assertClosed()
        self.confirm(self.person)
        self.assertEqual(self.shown_to(self.owner), ["Erika Secret"])
        self.assertEqual(len(self.person.pso_confirmation_ids), 2)

    def test_withdrawn(self):
        self.by(self.keeper, self.person).action_pso_withdraw_logins()
        self.assertClosed("withdrawn")
        with self.assertRefused("does not hold any more"):
            self.by(self.keeper, self.confirmation).action_withdraw()

    def test_several_companies(self):
        """Each employee of one user is confirmed apart."""
        other = self.create_company("Other")
        self.owner.company_ids += other
        second = self.env["hr.employee"].create(
            {"name": "Erika 2", "company_id": other.id, "user_id": self.owner.id}
        )
        self.status(second, "wia")
        self.assertEqual(self.shown_to(self.owner), ["Erika Secret"])
        self.confirm(second)
        self.assertCountEqual(self.shown_to(self.owner), ["Erika Secret", "Erika 2"])

    def test_nobody_signs_for_another(self):
        made = (
            self.by(self.keeper, self.env["pso.person.confirmation"])
            .create(
                {
                    "employee_id": self.person.id,
                    "confirmed_by_id": self.owner.id,
                    "confirmed_on": "2020-01-01 00:00:00",
                    "tie": "x",
                }
            )
            .sudo()
        )
        self.assertEqual(made.confirmed_by_id, self.keeper)
        self.assertEqual(made.confirmed_on.date(), made.create_date.date())
        self.assertTrue(made._is_true())

    def test_of_whom_has_no_user(self):
        with self.assertRaises(ValidationError):
            self.confirm(self.employee())

    def test_of_another_user_than_was_meant(self):
        with self.assertRaises(ValidationError):
            self.env["pso.person.confirmation"].create(
                {"employee_id": self.person.id, "user_id": self.officer.id}
            )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_not_by_others(self):
        newcomer = self.employee(user_id=self.user("base.group_user").id)
        for group in OUTSIDERS:
            user = self.user(*dict.fromkeys(["base.group_user", group]))
            for attempt in (
                lambda u: self.by(u, newcomer).action_pso_confirm_logins(),
                lambda u: self.by(u, self.person).action_pso_withdraw_logins(),
                lambda u: self.by(u, self.confirmation).action_withdraw(),
                lambda u: self.by(u, self.confirmation).read(["employee_id"]),
                lambda u: self.by(u, self.confirmation).create(
                    {"employee_id": newcomer.id}
                ),
            ):
                with self.subTest(group=group), self.assertRaises(AccessError):
                    attempt(user)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_not_in_another_company(self):
        other = self.create_company("Other")
        stranger = self.user(HR, companies=other)
        newcomer = self.employee(user_id=self.user("base.group_user").id)
        for attempt in (
            lambda: self.by(stranger, newcomer).action_pso_confirm_logins(),
            lambda: self.by(stranger, self.confirmation).action_withdraw(),
            lambda: self.by(stranger, self.confirmation).create(
                {"employee_id": newcomer.id}
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.person.company_id = other
        self.env.flush_all()
        confirmations = self.by(stranger, self.env["pso.person.confirmation"])
        self.assertFalse(confirmations.search([("id", "=", self.confirmation.id)]))

    def test_nobody_rewrites_or_deletes_one(self):
        for attempt in (
            lambda own: own.write({"closed_on": False}),
            lambda own: own.unlink(),
        ):
            with self.assertRaises(AccessError):
                attempt(self.by(self.keeper, self.confirmation))

    def test_the_employee_says_who_and_when(self):
        employee = self.by(self.keeper, self.person)
        self.assertIn("confirmed by", employee.pso_confirmation_note)
        self.assertEqual(employee.pso_confirmation_state, "confirmed")
        self.person.user_id = self.officer
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(employee.pso_confirmation_state, "changed")
        self.assertIn("confirm anew", employee.pso_confirmation_note)

    def test_closed_ones_go_as_the_log_does(self):
        with freeze_time("2020-01-01"):
            self.confirmation._close("withdrawn")
        again = self.confirm(self.person)
        self.env["pso.person.confirmation"]._gc_closed()
        self.assertFalse(self.confirmation.exists())
        self.assertTrue(again.exists())

    def test_an_employee_may_be_deleted(self):
        self.person.unlink()
        self.assertFalse(self.confirmation.exists())


@tagged("post_install", "-at_install")
class TestLoginOfMembers(ConfirmationCase):
    """Whoever can be somebody of the PSO Target Group sees what he sees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("pso_odoo.group_pso_manager")
        cls.administrator = cls.user("base.group_system")
        cls.members = cls.keeper + cls.manager

    def test_an_hr_officer_cannot_have_their_mail(self):
        """By the work e-mail, as core writes it for whom it is; or by the contact."""
        for member in self.members:
            employee = self.employee(user_id=member.id)
            before = member.email
            for record, name in (
                (employee, "work_email"),
                (member.partner_id, "email"),
            ):
                with self.subTest(member=member, name=name):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        self.by(self.officer, record)[name] = "mallory@example.com"
                        self.env.flush_all()
                    self.env.invalidate_all(flush=False)
                    self.assertEqual(member.email, before)

    def test_not_by_making_somebody_their_employee_either(self):
        employee = self.by(self.officer, self.employee())
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            employee.user_id = self.keeper
            employee.work_email = "mallory@example.com"
            self.env.flush_all()
        self.env.invalidate_all(flush=False)

    def test_they_themselves_and_administrators_can(self):
        self.by(self.keeper, self.keeper).email = "new@example.com"
        self.by(self.administrator, self.manager).email = "newer@example.com"
        self.assertEqual(self.keeper.email, "new@example.com")
        self.assertEqual(self.manager.email, "newer@example.com")

    def test_others_are_as_core_has_them(self):
        employee = self.by(self.officer, self.person)
        employee.work_email = "erika@elsewhere.example"
        self.by(self.officer, self.vendor()).email = "vendor@example.com"
        employee = self.employee(user_id=self.keeper.id, work_phone="1")
        self.by(self.officer, employee).write(
            {"work_email": self.keeper.email, "work_phone": "2"}
        )


@tagged("post_install", "-at_install")
class TestAsking(ConfirmationCase):
    """The dialog by which many are confirmed at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newcomers = cls.env["hr.employee"].concat(
            *(
                cls.employee(name=f"New {n}", user_id=cls.user("base.group_user").id)
                for n in range(3)
            )
        )

    def ask(self, employees, user=None):
        action = self.by(user or self.keeper, employees).action_pso_confirm_logins()
        return self.by(
            user or self.keeper, self.env[action["res_model"]].browse(action["res_id"])
        )

    def test_many_at_once(self):
        """Who was changed since is not ticked: somebody is to look why."""
        changed, withdrawn = self.newcomers[1:]
        self.confirm(changed + withdrawn)
        changed.name = "Changed"
        self.env.flush_all()
        self.env.invalidate_all()
        self.by(self.keeper, withdrawn).action_pso_withdraw_logins()
        asking = self.ask(self.newcomers + self.person + self.employee())
        self.assertEqual(
            {
                line.employee_id: (line.state, line.is_chosen)
                for line in asking.line_ids
            },
            {
                self.newcomers[0]: ("new", True),
                changed: ("changed", False),
                withdrawn: ("withdrawn", False),
                self.person: ("confirmed", False),
            },
        )
        self.assertIn("1", asking.note)
        asking.action_confirm()
        self.assertEqual(
            self.newcomers.mapped("pso_confirmation_state"),
            ["confirmed", "changed", "withdrawn"],
        )

    def test_nothing_is_ticked(self):
        with self.assertRefused("Tick whose login"):
            asking = self.ask(self.newcomers)
            asking.line_ids.is_chosen = False
            asking.action_confirm()

    def test_what_changed_while_it_was_open_is_not_confirmed(self):
        """An HR officer is quicker than who confirms."""
        newcomer = self.newcomers[0]
        asking = self.ask(newcomer)
        self.by(self.officer, newcomer).user_id = self.officer
        with self.assertRaises(UserError):
            asking.action_confirm()
        self.assertFalse(newcomer.pso_confirmation_ids)

    def test_what_was_shown_cannot_be_rewritten(self):
        line = self.ask(self.newcomers[0]).line_ids
        for vals in ({"employee_id": self.person.id}, {"tie": "x"}, {"login": "x"}):
            with self.assertRaises(AccessError):
                line.write(vals)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_it_belongs_to_who_opened_it(self):
        asking = self.ask(self.newcomers)
        other = self.user(HR)
        for record in (asking, asking.line_ids):
            with self.assertRaises(AccessError):
                self.by(other, record).read()


@tagged("post_install", "-at_install")
class TestPage(HttpCase, ConfirmationCase):
    """The page itself, over HTTP."""

    def page(self, user):
        self.authenticate(user.login, user.login)
        with closing(self.url_open("/my/pso")) as response:
            tree = html.fromstring(response.text)
            [own] = tree.find_class("pso_person_report")
            text = " ".join(own.text_content().split())
            headers = {
                name: value
                for name, value in response.headers.items()
                if name not in ("Date", "Set-Cookie")
            }
            return response.status_code, text, sorted(headers)

    def test_nothing_stored_and_not_confirmed_read_the_same(self):
        """A page that is shut does not tell who is of the target group."""
        nobody = self.user("base.group_user")
        stored = self.user("base.group_user")
        self.status(self.employee(user_id=stored.id))
        empty = self.user("base.group_user")
        self.confirm(self.employee(user_id=empty.id))
        pages = [self.page(user) for user in (nobody, stored, empty, self.officer)]
        self.assertEqual(pages, [pages[0]] * 4)
        status, text, _headers = pages[0]
        self.assertEqual(status, 200)
        self.assertIn("PSO Target Group", text)
        self.assertIn("Ask", text)

    def test_of_whom_is_confirmed(self):
        _status, text, _headers = self.page(self.owner)
        self.assertIn("Erika Secret", text)
        self.assertIn(self.a_status.group_id.name, text)

    def test_every_user_who_opens_it_is_in_the_log(self):
        """Whatever is shown, and on a read-only cursor too."""
        for user in (self.owner, self.user("base.group_user")):
            self.page(user)
            [line] = noted(self.env, user, "look")
            self.assertEqual(line["model"], "report.pso_odoo.report_person")
            self.assertFalse(line["record"] or line["name"] or line["count"])
