"""What HR sees in its daily work: on the employee, and on the job position."""

from common import PsoCase

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

HR = "pso_odoo.group_pso_hr"
PAGE = """
    <form>
        <field name="pso_counting_state" />
        <field name="pso_counting_note" />
        <field name="pso_status_ids" context="{'default_employee_id': id}" />
    </form>
"""


@tagged("post_install", "-at_install")
@freeze_time("2025-06-15")
class TestWhatCountsNow(PsoCase):
    """The first line of the employee's own page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = cls.user(HR)

    def assertNow(self, employee, state, *texts):
        employee = employee.with_user(self.keeper)
        self.assertEqual(employee.pso_counting_state, state)
        for text in texts:
            self.assertIn(text, employee.pso_counting_note)

    def test_for_how_much_and_until_when(self):
        person = self.employee(32)
        self.status(person, "pw", "2023-07-01", form="secondment")
        self.assertNow(
            person,
            "counts",
            "Counts now for 0.72 fte",
            "Participation Act",
            "Secondment",
            "Until 06/30/2028: end of the counting period of the group",
        )

    def test_without_an_end(self):
        person = self.employee()
        self.status(person)
        self.assertNow(person, "counts", "1.00 fte: Wajong", "As long as the status")

    def test_until_the_end_of_the_last_of_a_row(self):
        """What follows without a break is no end."""
        person = self.employee(end="2025-12-31")
        self.status(person, "wajong", "2025-01-01", "2025-07-31")
        self.status(person, "wia", "2025-08-01")
        self.assertNow(
            person, "counts", "Wajong", "Until 12/31/2025: end of the employment"
        )

    def test_not_yet(self):
        person = self.employee()
        self.status(person, "wajong", "2025-09-01")
        self.assertNow(person, "future", "Does not count yet: from 09/01/2025")

    def test_no_longer(self):
        person = self.employee()
        self.status(person, "ww", "2024-01-01", "2024-06-30")
        self.status(person, "wajong", "2024-09-01", "2025-03-31")
        self.assertNow(person, "ended", "counted until 03/31/2025 as Wajong")

    def test_what_stands_in_the_way_comes_before_what_was(self):
        person = self.employee()
        self.status(person, "wajong", "2024-09-01", "2025-03-31")
        self.status(person, "vso_pro", "2025-04-01")
        self.assertNow(person, "not", "date of the event is missing")

    def test_nobody_of_the_target_group(self):
        person = self.employee()
        self.assertNow(person, False, "No target-group status")

    def test_a_registration_is_seen_before_it_is_saved(self):
        person = self.employee(32).with_user(self.keeper)
        # The page alone: the form of core shows employees in employees.
        view = self.env["ir.ui.view"].create(
            {"model": "hr.employee", "type": "form", "arch": PAGE}
        )
        with Form(person, view) as form:
            self.assertFalse(form.pso_counting_state)
            with form.pso_status_ids.new() as status:
                status.group_id = self.ref("group_wajong")
                status.date_start = "2025-06-01"
                self.assertIn("From 06/01/2025", status.counting_note)
            self.assertIn("Counts now for 0.80 fte", form.pso_counting_note)
        self.assertEqual(person.pso_status_ids.counting_state, "counts")
        self.assertIn("Counts now for 0.80 fte", person.pso_counting_note)

    def test_as_many_queries_for_many_as_for_one(self):
        people = self.env["hr.employee"]
        for _ in range(6):
            people += self.employee()
            self.status(people[-1])
        counts = []
        for ids in (people.ids, people[:1].ids, people.ids):  # the first warms up
            some = self.env(user=self.keeper)["hr.employee"].browse(ids)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(all(some.mapped("pso_counting_note")))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_of_today_and_of_the_language(self):
        """A line of yesterday, or of another user, is not shown again."""
        person = self.employee()
        status = self.status(person, "wajong", "2025-01-01", "2025-06-15")
        self.assertNow(person, "counts", "Until 06/15/2025")
        status.date_end = "2025-06-14"
        self.assertNow(person, "ended")


@tagged("post_install", "-at_install")
class TestThePage(PsoCase):
    """Of the own page everybody sees what is for him, and nothing more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.employee(32)
        cls.status(cls.person)

    def arch(self, *groups):
        user = self.user(*groups)
        view = self.env["hr.employee"].with_user(user).get_view(view_type="form")
        return view["arch"], user

    def test_an_hr_officer_sees_no_page(self):
        """Nor the hours: who changes them could see what becomes of the score."""
        for groups in (["hr.group_hr_user"], ["hr.group_hr_manager"]):
            arch, user = self.arch(*groups, "pso_odoo.group_pso_manager")
            self.assertNotIn('name="pso', arch)
            person = self.person.with_user(user)
            for name in (
                "pso_counting_note",
                "pso_counting_state",
                "pso_status_ids",
                "pso_hours",
                "pso_counts",
            ):
                with self.subTest(name=name), self.assertRaises(AccessError):
                    person.read([name])

    def test_the_pso_hr_group_sees_the_status_first(self):
        arch, _user = self.arch(HR)
        self.assertLess(arch.index("pso_status_ids"), arch.index('"pso_hours"'))

    def test_other_employees_see_no_page(self):
        arch, _user = self.arch("base.group_user")
        self.assertNotIn('name="pso', arch)

    def test_nothing_of_it_is_noted_in_the_chatter(self):
        messages = self.person.message_ids
        self.person.with_user(self.user(HR)).write(
            {
                "pso_status_ids": [
                    Command.update(
                        self.person.pso_status_ids.id, {"date_end": "2026-01-31"}
                    )
                ]
            }
        )
        self.env.cr.precommit.run()
        self.assertEqual(self.person.message_ids, messages)

    def test_an_unsaved_status_tells_nothing_of_another_company(self):
        """Of employees one may not see, a form tells no dates of employment either."""
        other = self.create_company("Other")
        person = self.env["hr.employee"].create(
            {
                "name": "Elsewhere",
                "company_id": other.id,
                "contract_date_start": "2025-01-01",
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        status = self.env(user=self.user(HR))["pso.status"].new(
            {
                "employee_id": person.id,
                "group_id": self.ref("group_wajong").id,
                "form_id": self.ref("form_regular").id,
                "date_start": "2025-01-01",
            }
        )
        self.assertFalse(status.counting_note)
        with self.assertRaises(AccessError):
            status.employee_id = person
            self.env["pso.status.period"]._of(status)

    def test_a_status_is_named_without_the_person(self):
        """Its name travels further than the list that shows who it is."""
        self.person.name = "Somebody Special"
        status = self.person.pso_status_ids
        self.assertEqual(status.employee_name, "Somebody Special")
        self.assertNotIn("Special", status.display_name)


@tagged("post_install", "-at_install")
class TestJobPosition(PsoCase):
    """A vacancy may be open to the target group; that says nothing of a person."""

    def test_kept_by_hr_and_read_by_everybody(self):
        officer = self.user("hr.group_hr_user")
        job = self.env["hr.job"].create({"name": "Gardener"})
        job.with_user(officer).pso_is_open = True
        reader = self.user("base.group_user")
        self.assertTrue(job.with_user(reader).pso_is_open)
        with self.assertRaises(AccessError):
            job.with_user(reader).pso_is_open = False

    def test_it_changes_no_figure(self):
        job = self.env["hr.job"].create({"name": "Gardener"})
        self.employee(job_id=job.id)
        measurement = self.measurement()
        before = measurement.read(["total_fte", "direct_fte"])
        job.pso_is_open = True
        measurement.invalidate_recordset()
        self.assertEqual(measurement.read(["total_fte", "direct_fte"]), before)

    def test_it_can_be_found(self):
        jobs = self.env["hr.job"].create(
            [{"name": "Gardener", "pso_is_open": True}, {"name": "Director"}]
        )
        domain = [("id", "in", jobs.ids), ("pso_is_open", "=", True)]
        self.assertEqual(self.env["hr.job"].search(domain), jobs[0])
        for view_type in ("form", "list", "kanban", "search"):
            with self.subTest(view_type=view_type):
                arch = self.env["hr.job"].get_view(view_type=view_type)["arch"]
                self.assertIn("pso_is_open", arch)
