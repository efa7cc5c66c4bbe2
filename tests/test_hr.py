"""Who is employed when, for how many hours, and who is part of the size."""

from common import PsoCase

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestHours(PsoCase):
    def test_the_hours_of_the_schedule(self):
        self.assertEqual(self.employee(32).version_id.pso_hours, 32)

    def test_other_hours_where_they_differ(self):
        version = self.employee(32).version_id
        version.write({"pso_hours_override": True, "pso_hours_custom": 28})
        self.assertEqual(version.pso_hours, 28)
        self.assertEqual(self.measurement().total_fte, 28 / 40)

    def test_a_changed_schedule_changes_everybody_under_it(self):
        """A stored copy would go stale: this one is read."""
        person = self.employee(32)
        measurement = self.measurement()
        self.assertEqual(measurement.total_fte, 0.8)
        self.calendar(32).hours_per_week = 36
        measurement.invalidate_recordset()
        self.assertEqual(person.version_id.pso_hours, 36)
        self.assertEqual(measurement.total_fte, 0.9)

    def test_a_new_version_does_not_take_hours_from_the_old_one(self):
        person = self.employee(40)
        self.version(person, "2025-07-02", 20)
        self.assertAlmostEqual(self.measurement().total_fte, (182 + 183 / 2) / 365, 12)

    def test_one_person_is_at_most_one_fte(self):
        self.employee(48)
        self.assertEqual(self.measurement().total_fte, 1)

    def test_full_time_by_collective_agreement(self):
        self.company.pso_fulltime_hours = 36
        self.employee(36)
        self.assertEqual(self.measurement().total_fte, 1)

    def test_no_negative_hours(self):
        version = self.employee().version_id
        with self.assertRefused("between 0 and 168"):
            version.pso_hours_custom = -1


@tagged("post_install", "-at_install")
class TestEmployment(PsoCase):
    def total_days(self):
        return round(self.measurement().total_fte * 365, 6)

    def test_both_days_of_a_contract_count(self):
        self.employee(start="2025-03-01", end="2025-03-31")
        self.assertEqual(self.total_days(), 31)

    def test_the_edges_of_the_period(self):
        self.employee(start="2024-01-01", end="2025-01-01")
        self.employee(start="2025-12-31")
        self.employee(start="2026-01-01")
        self.employee(start="2020-01-01", end="2024-12-31")
        self.assertEqual(self.total_days(), 2)

    def test_who_left_and_was_archived_still_counts(self):
        person = self.employee(end="2025-03-31")
        person.active = False
        self.assertEqual(self.total_days(), 90)

    def test_without_contract_until_the_departure(self):
        """Payroll lives elsewhere: in the size, but not in the target group."""
        person = self.employee(start="2025-01-01", contract_date_start=False)
        person.version_id.departure_date = "2025-03-31"
        self.status(person)
        measurement = self.measurement()
        self.assertEqual(self.total_days(), 90)
        self.assertEqual(measurement.direct_fte, 0)
        line = measurement.person_line_ids.filtered(lambda line: line.kind == "group")
        self.assertEqual(line.reason, "no_contract")

    def test_without_contract_in_the_target_group_if_the_company_says_so(self):
        self.status(self.employee(contract_date_start=False))
        measurement = self.measurement()
        self.assertEqual(measurement.direct_fte, 0)
        self.company.pso_count_without_contract = True
        self.assertEqual(measurement.direct_fte, 1)

    def test_a_template_is_nobody(self):
        self.env["hr.version"].create(
            {
                "name": "Template",
                "company_id": self.company.id,
                "contract_date_start": "2025-01-01",
                "date_version": "2025-01-01",
            }
        )
        self.assertEqual(self.total_days(), 0)


@tagged("post_install", "-at_install")
class TestSize(PsoCase):
    """Who is in the size of the organisation, though not on its payroll."""

    def test_left_out_of_the_size(self):
        self.employee(pso_counts=False)
        self.assertEqual(self.measurement().total_fte, 0)

    def test_who_counts_is_part_of_the_size_on_those_days(self):
        person = self.employee(pso_counts=False)
        self.status(person, start="2025-01-01", end="2025-03-14")
        measurement = self.measurement()
        self.assertAlmostEqual(measurement.total_fte, 73 / 365, 12)
        self.assertAlmostEqual(measurement.direct_fte, 73 / 365, 12)

    def test_sheltered_workers_seconded_out_are_left_out(self):
        person = self.employee()
        self.status(person, "wsw", "2025-10-20", form="seconded_out")
        measurement = self.measurement()
        self.assertAlmostEqual(measurement.total_fte, 292 / 365, 12)
        self.assertEqual(measurement.direct_fte, 0)

    def test_new_people_count(self):
        """Nobody has to think of PSO when somebody is hired."""
        self.assertTrue(self.employee().version_id.pso_counts)
