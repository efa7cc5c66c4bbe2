"""Reminders of what ends or is missing: to whom, when, once each, and of whom never."""

from contextlib import ExitStack, suppress
from datetime import date, timedelta
from unittest.mock import patch

from common import PsoCase

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

TODAY = date(2025, 9, 1)
HR, MANAGER, PURCHASE = (
    f"pso_odoo.group_pso_{name}" for name in ("hr", "manager", "purchase")
)


class Killed(BaseException):
    """The job is killed, which nothing may catch."""


class ReminderCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        cls.startClassPatcher(freeze_time(str(TODAY)))
        # No other company of the database is reminded of anything.
        cls.env["res.company"].search([("id", "!=", cls.company.id)]).write(
            {"pso_reminders": False}
        )
        cls.buyer, cls.hr, cls.coordinator = (
            cls.user(group) for group in (PURCHASE, HR, MANAGER)
        )
        cls.company.write(
            {
                "pso_purchase_user_id": cls.buyer.id,
                "pso_people_user_id": cls.hr.id,
                "pso_own_user_id": cls.coordinator.id,
            }
        )
        cls.reminders = cls.env["pso.reminder"]
        cls.of_people = cls.env["pso.people.reminder"]

    def remind(self, day=TODAY, killed_after=None):
        """Run the nightly job on a day; ``killed_after`` so many batches more."""

        def kill():
            raise Killed

        with ExitStack() as stack:
            stack.enter_context(freeze_time(str(day)))
            # Not by assertRaises, which would take back what is committed here.
            stack.enter_context(suppress(Killed))
            if killed_after is not None:
                stack.enter_context(self.after_commits(killed_after + 1, kill))
            env, _progress = stack.enter_context(self.as_job("cron_remind"))
            env["pso.reminder"]._remind()

    def given(self, kind="certificate"):
        """The stages and users of the reminders of this company, the first first."""
        found = self.reminders.search(
            [("company_id", "=", self.company.id), ("kind", "=", kind)], order="id"
        )
        return [(each.stage, each.user_id) for each in found]

    def open(self, user=None):
        """The open activities of a user."""
        user = user or self.buyer
        return (
            self.env["mail.activity"]
            .with_user(user)
            .search([("user_id", "=", user.id)])
        )

    def ending(self, days, **vals):
        """A certificate of a new vendor that ends so many days from today."""
        end = TODAY + timedelta(days=days)
        return self.certificate(self.vendor(**vals), "2024-01-01", str(end))


@tagged("post_install", "-at_install")
class TestCertificates(ReminderCase):
    def test_90_60_and_30_days_before_once_each(self):
        certificate = self.ending(100)
        end = certificate.date_end
        for days, stages in (
            (91, []),
            (90, ["90"]),
            (89, ["90"]),
            (61, ["90"]),
            (60, ["90", "60"]),
            (30, ["90", "60", "30"]),
            (30, ["90", "60", "30"]),
            (0, ["90", "60", "30"]),
        ):
            self.remind(end - timedelta(days=days))
            self.assertEqual([stage for stage, _user in self.given()], stages, days)
        self.remind(end + timedelta(days=1))
        self.assertEqual(len(self.given()), 3)
        # The later one took the place of the one before.
        (activity,) = self.open()
        self.assertEqual(activity.date_deadline, end - timedelta(days=16))
        self.assertEqual(activity.res_model, "pso.reminder")
        reminder = self.reminders.with_user(self.buyer).browse(activity.res_id)
        self.assertEqual(reminder.certificate_id, certificate)
        self.assertEqual(
            reminder.search([]).sorted("id").mapped("state"), ["ended", "ended", "open"]
        )

    def test_of_several_that_are_due_the_last_alone(self):
        self.ending(20)
        self.remind()
        self.assertEqual(self.given(), [("30", self.buyer)])

    def test_one_that_is_done_comes_back_at_the_next_stage(self):
        self.ending(90)
        self.remind()
        reminder = self.reminders.with_user(self.buyer).search([])
        reminder.action_done()
        self.assertEqual(reminder.state, "done")
        self.assertFalse(self.open())
        self.remind()
        self.assertFalse(self.open())
        self.remind(TODAY + timedelta(days=30))
        self.assertEqual(len(self.open()), 1)

    def test_an_end_that_moves_is_another_matter(self):
        certificate = self.ending(90)
        self.remind()
        certificate.date_end = TODAY + timedelta(days=88)
        self.assertFalse(self.open())
        self.remind()
        self.assertEqual(len(self.open()), 1)
        self.assertEqual(len(self.given()), 2)

    def test_a_job_that_is_killed_is_gone_on_with_and_gives_nothing_twice(self):
        for _number in range(3):
            self.ending(90)
        module = "odoo.addons.pso_odoo.models.chain.pso_reminder"
        with patch(f"{module}.BATCH", 1):
            # The first batch ends what is settled, the second gives the first one.
            self.remind(killed_after=2)
            self.assertEqual(len(self.open()), 2)
            self.remind()
        self.assertEqual(len(self.open()), 3)
        self.assertEqual(len(self.given()), 3)
        self.remind()
        self.assertEqual(len(self.open()), 3)

    def test_a_reminder_comes_in_with_its_activity_or_not_at_all(self):
        self.ending(90)
        self.ending(80)
        give = type(self.reminders)._give
        given = []

        def killed(reminder, *args):
            if given:
                raise Killed
            given.append(reminder)
            give(reminder, *args)

        with patch.object(type(self.reminders), "_give", killed):
            self.remind()
        self.assertEqual((self.given(), len(self.open())), ([], 0))
        self.remind()
        self.assertEqual((len(self.given()), len(self.open())), (2, 2))

    def test_the_database_takes_no_reminder_twice(self):
        self.ending(90)
        self.remind()
        reminder = self.reminders.search([])
        vals = {
            name: reminder[name] for name in ("kind", "stage", "date_end", "date")
        } | {
            "company_id": self.company.id,
            "certificate_id": reminder.certificate_id.id,
        }
        with self.assertRefused(""):
            self.reminders.create(vals)
            self.env.flush_all()

    def test_one_that_fails_holds_up_no_other(self):
        self.ending(90)
        self.status(self.employee(), end=str(TODAY + timedelta(days=90)))
        with (
            patch.object(type(self.reminders), "_give_all", side_effect=ValueError),
            mute_logger("odoo.addons.pso_odoo.models.chain.pso_reminder_mixin"),
        ):
            self.remind()
        self.assertFalse(self.open())
        self.assertEqual(len(self.open(self.hr)), 1)
        self.remind()
        self.assertEqual(len(self.open()), 1)

    def test_a_later_certificate_ends_it(self):
        certificate = self.ending(90)
        self.remind()
        self.assertEqual(certificate.renewal, "not_asked")
        later = self.certificate(certificate.partner_id, str(TODAY), "2027-08-31")
        self.assertEqual(certificate.renewal, "renewed")
        self.assertFalse(self.open())
        self.assertEqual(self.reminders.search([]).state, "ended")
        self.remind(TODAY + timedelta(days=40))
        self.assertFalse(self.open())
        later.unlink()
        self.assertEqual(certificate.renewal, "not_asked")
        self.remind(TODAY + timedelta(days=40))
        self.assertEqual(len(self.open()), 1)

    def test_one_that_is_deleted_takes_its_reminders_along(self):
        self.ending(90)
        self.ending(90)
        self.remind()
        one, other = self.reminders.search([]).certificate_id
        one.with_user(self.buyer).unlink()
        self.assertEqual(len(self.open()), 1)
        # The database deletes the certificate, and its reminder.
        other.partner_id.unlink()
        self.remind()
        self.assertFalse(self.open())

    def test_who_stops_is_not_reminded_of(self):
        certificate = self.ending(90)
        self.remind()
        certificate.with_user(self.buyer).action_renewal_stopped()
        self.assertFalse(self.open())
        self.remind(TODAY + timedelta(days=40))
        self.assertFalse(self.open())

    def test_who_is_reminded(self):
        """Whom the company names, else the buyer, if he may see it, else nobody."""
        certificate = self.ending(90)
        other, outsider = self.user(PURCHASE), self.user("base.group_user")
        certificate.partner_id.buyer_id = other
        self.company.pso_purchase_user_id = False
        certificate.partner_id.buyer_id = outsider
        self.remind()
        self.assertEqual(self.given(), [])
        certificate.partner_id.buyer_id = other
        self.remind()
        self.assertEqual(self.given(), [("90", other)])
        self.company.pso_purchase_user_id = self.buyer
        self.remind(TODAY + timedelta(days=30))
        self.assertEqual(self.given()[1:], [("60", self.buyer)])
        self.assertFalse(self.open(other))

    def test_who_lost_the_right_is_not_reminded_and_it_is_said(self):
        note = "Nobody is reminded of: vendors that have no buyer who may see them."
        self.assertFalse(self.company._pso_reminder_note())
        self.buyer.group_ids -= self.env.ref(PURCHASE)
        self.assertEqual(self.company._pso_reminder_note(), note)
        self.ending(90)
        self.remind()
        self.assertEqual(self.given(), [])
        settings = self.env["pso.company.settings"].with_user(self.coordinator)
        self.assertEqual(settings.create({}).reminder_note, note)
        self.assertEqual(
            self.env["res.config.settings"].create({}).pso_reminder_note, note
        )

    def test_only_who_may_see_it_can_be_named(self):
        for name, user in (
            ("pso_purchase_user_id", self.hr),
            ("pso_people_user_id", self.coordinator),
            ("pso_own_user_id", self.buyer),
        ):
            with self.assertRefused("may not see what the reminders are about"):
                self.company[name] = user
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        abroad = self.user(PURCHASE, companies=elsewhere)
        with self.assertRefused("works in PSO test company"):
            self.company.pso_purchase_user_id = abroad

    def test_a_coordinator_sets_it(self):
        settings = self.env["pso.company.settings"].with_user(self.coordinator)
        other = self.user(PURCHASE)
        wizard = settings.create({})
        self.assertEqual(wizard.pso_people_user_id, self.hr)
        wizard.pso_purchase_user_id = other
        wizard.action_save()
        self.assertEqual(self.company.pso_purchase_user_id, other)
        self.hr.active = False  # whoever has left stops nothing else
        settings.create({"pso_reminders": False}).action_save()
        self.ending(90)
        self.remind()
        self.assertEqual(self.given(), [])

    def test_other_companies_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.user(PURCHASE, companies=other)
        other.pso_purchase_user_id = theirs
        shared, ours = self.ending(90), self.ending(90)
        private = self.ending(90, company_id=other.id)
        self.bill(ours.partner_id, 100, "2025-03-01")
        self.remind()
        found = self.reminders.sudo().search([])
        pairs = {(each.company_id, each.certificate_id) for each in found}
        # Of whom nobody bought all are told; of the others who bought there.
        self.assertEqual(
            pairs,
            {
                (self.company, shared),
                (other, shared),
                (self.company, ours),
                (other, private),
            },
        )
        self.assertEqual(len(self.open(theirs)), 2)
        seen = self.reminders.with_user(self.buyer).search([])
        self.assertEqual(seen.company_id, self.company)

    def test_who_sees_no_plans_can_be_done_with_any_activity(self):
        employee = self.user("base.group_user")
        activity = self.env["mail.activity"].create(
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": employee.partner_id.id,
                "user_id": employee.id,
            }
        )
        activity.with_user(employee).action_feedback()
        self.assertFalse(activity.active)

    def test_nobody_writes_one_and_nobody_follows(self):
        self.ending(90)
        self.remind()
        reminder = self.reminders.search([])
        for user in (self.buyer, self.coordinator):
            with self.assertRaises(AccessError):
                reminder.with_user(user).write({"date": "2025-01-01"})
            with self.assertRaises(AccessError):
                reminder.with_user(user).unlink()
        domain = [("res_model", "=", "pso.reminder")]
        self.assertFalse(self.env["mail.followers"].search_count(domain))
        self.open().action_feedback()
        domain = [("model", "=", "pso.reminder")]
        self.assertFalse(self.env["mail.message"].search_count(domain))

    def test_what_is_long_past_goes(self):
        self.ending(90)
        self.remind()
        self.reminders._gc_past()
        self.assertTrue(self.given())
        with freeze_time("2028-01-01"):
            self.reminders._gc_past()
        self.assertFalse(self.given())
        self.assertFalse(self.open())

    # -- renewal -------------------------------------------------------------------

    def test_it_is_said_by_whom_and_logged(self):
        certificate = self.ending(90)
        certificate.with_user(self.buyer).action_renewal_asked()
        self.assertEqual(certificate.renewal, "asked")
        self.assertEqual(certificate.renewal_by_id, self.buyer)
        self.assertEqual(certificate.renewal_on, TODAY)
        certificate.with_user(self.buyer).action_renewal_promised()
        certificate.with_user(self.coordinator).renewal = "stopped"
        log = self.env["pso.log"].search(
            [("event", "=", "renew"), ("record", "=", certificate.id)], order="id"
        )
        self.assertEqual(log.mapped("reason"), ["Requested", "Promised", "Stopped"])
        self.assertEqual(
            log.mapped("uid"), [self.buyer.id, self.buyer.id, self.coordinator.id]
        )

    def test_who_said_it_cannot_be_made_up(self):
        certificate = self.ending(90).with_user(self.buyer)
        certificate.write({"renewal_by_id": self.hr.id, "renewal_on": "2020-01-01"})
        self.assertFalse(certificate.renewal_by_id)
        plain = self.env["pso.certificate"].with_user(self.buyer)
        made = plain.with_context(default_renewal_by_id=self.hr.id).create(
            {
                "partner_id": self.vendor().id,
                "level_id": self.ref("level_step1").id,
                "date_start": "2025-01-01",
                "renewal_by_id": self.hr.id,
            }
        )
        self.assertFalse(made.renewal_by_id)

    def test_asked_by_a_request_goes_no_step_back(self):
        one, other = self.ending(90), self.ending(80)
        other.renewal = "promised"
        (one | other)._renewal_asked()
        self.assertEqual((one | other).mapped("renewal"), ["asked", "promised"])

    def test_renewed_is_what_is_registered(self):
        certificate = self.ending(90)
        with self.assertRefused("Register the next certificate"):
            certificate.renewal = "renewed"
        self.certificate(certificate.partner_id, str(TODAY), "2027-08-31")
        with self.assertRefused("is registered, so this one is renewed"):
            certificate.renewal = "asked"

    def test_it_can_be_grouped_and_filtered(self):
        certificate = self.ending(90)
        certificate.renewal = "asked"
        groups = self.env["pso.certificate"]._read_group(
            [("id", "=", certificate.id)], ["renewal"], ["__count"]
        )
        self.assertEqual(groups, [("asked", 1)])


@tagged("post_install", "-at_install")
class TestMissingAndOwn(ReminderCase):
    """Figures and proof that are missing when the period ends; the own certificate."""

    def vendor_that_lacks(self):
        partner = self.vendor()
        self.certificate(partner, evidence_state="missing")
        self.bill(partner, 100)
        return partner

    def test_before_the_end_of_the_year(self):
        self.vendor_that_lacks()
        self.remind(date(2025, 10, 1))
        self.assertEqual((self.given("figures"), self.given("proof")), ([], []))
        self.remind(date(2025, 10, 2))
        expected = [("90", self.buyer)]
        self.assertEqual(self.given("figures"), expected)
        self.assertEqual(self.given("proof"), expected)
        self.remind(date(2025, 10, 3))
        self.assertEqual(self.given("figures"), expected)

    def test_before_the_end_of_the_measurement(self):
        self.vendor_that_lacks()
        self.measurement("2024-11-01", "2025-10-31")
        self.remind()
        self.assertEqual(self.given("figures"), [("60", self.buyer)])

    def test_it_ends_once_all_is_there(self):
        partner = self.vendor_that_lacks()
        self.remind(date(2025, 12, 15))
        # The certificate itself ends too.
        self.assertEqual(len(self.open()), 3)
        self.figures(partner)
        self.remind(date(2025, 12, 16))
        states = {each.kind: each.state for each in self.reminders.search([])}
        self.assertEqual(states["figures"], "ended")
        self.assertEqual(states["proof"], "open")

    def test_it_opens_what_is_missing(self):
        self.vendor_that_lacks()
        self.measurement("2024-11-01", "2025-10-31")
        self.remind()
        for reminder in self.reminders.with_user(self.buyer).search([]):
            action = reminder.action_open()
            found = self.env[action["res_model"]].with_user(self.buyer)
            self.assertEqual(len(found.search(action["domain"])), 1, reminder.kind)

    # -- the own certificate ---------------------------------------------------------

    def own(self, start="2024-07-01", end="2026-06-01"):
        return self.certificate(self.company.partner_id, start, end)

    def test_nine_months_before_and_then_as_for_others(self):
        certificate = self.own()
        self.remind(date(2025, 8, 31))
        self.assertEqual(self.given("own"), [])
        for day, count in (
            (date(2025, 9, 1), 1),
            (date(2025, 9, 2), 1),
            (date(2026, 3, 3), 2),
            (date(2026, 5, 2), 3),
        ):
            self.remind(day)
            self.assertEqual(len(self.given("own")), count, day)
        self.assertEqual(self.given("own")[0], ("9m", self.coordinator))
        self.assertEqual(len(self.open(self.coordinator)), 1)
        # No vendor of anybody's.
        self.assertEqual(self.given(), [])
        self.certificate(self.company.partner_id, "2026-06-02", "2028-06-01")
        self.assertFalse(self.open(self.coordinator))
        self.assertEqual(certificate.renewal, "renewed")

    def test_who_sees_to_the_next_one_is_reminded_where_nobody_is_named(self):
        self.company.pso_own_user_id = False
        self.own()
        self.remind()
        self.assertEqual(self.given("own"), [])
        self.env["pso.certification"].create(
            {"company_id": self.company.id, "responsible_id": self.coordinator.id}
        )
        self.remind()
        self.assertEqual(self.given("own"), [("9m", self.coordinator)])


@tagged("post_install", "-at_install")
class TestPeople(ReminderCase):
    """What the PSO Target Group is reminded of, and nobody else learns."""

    def stops(self, days=90, **vals):
        person = self.employee(name="Secret Somebody", **vals)
        self.status(person, end=str(TODAY + timedelta(days=days)))
        return person

    def days(self):
        found = self.of_people.search([("kind", "=", "ends")], order="date_end, id")
        return [(each.stage, each.date_end) for each in found]

    def test_90_60_and_30_days_before_once_each(self):
        self.stops()
        end = TODAY + timedelta(days=90)
        self.remind(TODAY - timedelta(days=1))
        self.assertEqual(self.days(), [])
        for day in (TODAY, TODAY, TODAY + timedelta(days=1)):
            self.remind(day)
            self.assertEqual(self.days(), [("90", end)])
        self.assertEqual(len(self.open(self.hr)), 1)
        self.remind(TODAY + timedelta(days=30))
        self.assertEqual(self.days(), [("90", end), ("60", end)])
        # The first is still open and says to look: that is enough.
        self.assertEqual(len(self.open(self.hr)), 1)
        self.open(self.hr).action_feedback()
        self.remind(TODAY + timedelta(days=60))
        self.assertEqual(len(self.days()), 3)
        self.assertEqual(len(self.open(self.hr)), 1)

    def test_two_who_stop_on_one_day_are_one_reminder(self):
        self.stops()
        self.stops()
        self.remind()
        self.assertEqual(len(self.days()), 1)

    def test_it_says_nothing_of_a_person(self):
        person = self.stops()
        self.remind()
        reminder = self.of_people.with_user(self.hr).search([("kind", "=", "ends")])
        (activity,) = self.open(self.hr)
        words = " ".join(
            str(value)
            for record in (reminder, activity)
            for row in record.read()
            for value in row.values()
        )
        for secret in (person.name, "Wajong", person.pso_status_ids.display_name):
            self.assertNotIn(secret, words)
        for field in reminder._fields.values():
            self.assertNotIn(field.comodel_name, ("hr.employee", "pso.status"))
        self.assertEqual(
            reminder.action_open()["res_model"], "pso.status", "the list says who"
        )

    def test_nobody_else_learns_that_there_is_one(self):
        self.stops()
        self.remind()
        reminder = self.of_people.search([], limit=1)
        (activity,) = self.open(self.hr)
        everything = self.user(
            *("base.group_system", "hr.group_hr_manager", MANAGER, PURCHASE)
        )
        for user in (everything, self.buyer, self.coordinator):
            activities = self.env["mail.activity"].with_user(user)
            domain = [("res_model", "=", "pso.people.reminder")]
            self.assertFalse(activities.search(domain))
            # As one that is not there.
            self.assertFalse(activity.with_user(user).read(["summary"]))
            self.assertFalse(activity.with_user(user).exists())
            for number in (reminder.id, reminder.id + 1000):
                with self.assertRaises(AccessError):
                    self.of_people.with_user(user).browse(number).read(["kind"])
            with self.assertRaises(AccessError):
                self.of_people.with_user(user).search([])
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        abroad = self.of_people.with_user(self.user(HR, companies=elsewhere))
        abroad = abroad.with_context(allowed_company_ids=elsewhere.ids)
        self.assertFalse(abroad.search([]))

    def test_administrators_are_not_told_how_many_there_are(self):
        self.stops()
        self.remind()
        administrator = self.user("base.group_system")
        both = self.user(HR, "base.group_erp_manager")
        for name in ("pso.people.reminder", "pso.status"):
            model = self.env["ir.model"]._get(name)
            self.assertGreater(model.with_user(both).count, 0)
            self.assertEqual(model.with_user(administrator).count, 0)

    def test_nor_how_many_activities_there_are(self):
        administrator = self.user("base.group_system")

        def counts():
            self.env.flush_all()
            self.env.invalidate_all()
            names = ("mail.activity", "mail.message", "mail.followers", "ir.attachment")
            models = self.env["ir.model"].with_user(administrator)
            return [models._get(name).count for name in names]

        before = counts()
        self.stops()
        without = counts()
        self.remind()
        self.assertEqual(len(self.open(self.hr)), 1)
        self.assertEqual(counts(), without)
        self.assertEqual(before[0], without[0])

    def test_who_is_not_reminded_any_more_keeps_none(self):
        self.stops()
        self.remind()
        (activity,) = self.open(self.hr)
        for word in (str(TODAY.year), "stop"):
            self.assertNotIn(word, activity.res_name)
        other = self.user(HR)
        self.company.pso_people_user_id = other
        self.remind()
        self.assertFalse(self.open(self.hr))
        self.assertEqual(len(self.open(other)), 1)
        self.company.pso_people_user_id = False
        self.remind()
        self.assertFalse(self.open(other))

    def test_nothing_is_mailed_and_no_number_tells_it(self):
        """A night with a reminder leaves what others can see as one without does."""

        def footprint():
            self.env.flush_all()
            # What is told by the bus is written before a commit.
            self.env.cr.precommit.run()
            self.env.cr.execute(
                """
                SELECT nextval('mail_activity_id_seq'),
                    (SELECT COUNT(*) FROM mail_message),
                    (SELECT COUNT(*) FROM mail_mail),
                    (SELECT COUNT(*) FROM mail_followers),
                    (SELECT COUNT(*) FROM bus_bus)
                """
            )
            return self.env.cr.fetchone()

        def night(day):
            before = footprint()
            self.remind(day)
            after = footprint()
            return [b - a for a, b in zip(before, after, strict=True)]

        without = night(TODAY)
        self.stops()
        self.assertEqual(night(TODAY), without)
        self.assertEqual(len(self.open(self.hr)), 1)
        self.assertEqual(night(TODAY), without)

    def test_proof_that_is_missing(self):
        self.status(self.employee(), evidence_state="missing")
        self.remind(date(2025, 10, 2))
        found = self.of_people.search([])
        self.assertEqual(found.mapped("kind"), ["proof"])
        self.assertEqual(found.date_end, date(2025, 12, 31))

    def test_nobody_of_the_target_group_is_named(self):
        self.company.pso_people_user_id = False
        self.stops()
        self.remind()
        self.assertFalse(self.of_people.search([]))
        self.assertIn("people who stop counting", self.company._pso_reminder_note())
