"""What counts where the facts of employment contradict each other, and who says so."""

from common import PsoCase

from odoo.tests import tagged

CHECKS = (
    *("archived", "contract_days", "contract_gap", "contract_over"),
    *("departure", "duplicate", "no_contract", "other_company"),
)


class EmploymentCase(PsoCase):
    def days(self, measurement=None, name="total_fte"):
        """Days of one fte in 2025."""
        measurement = measurement or self.measurement()
        self.env.flush_all()
        self.env.invalidate_all()
        return round(measurement[name] * 365, 6)

    def findings(self, measurement=None):
        """The employees behind each check that fires."""
        self.env.flush_all()
        self.env.invalidate_all()
        measurement = measurement or self.measurement()
        found = {}
        for check in measurement.check_ids:
            if check.type_id.code in CHECKS and check.count:
                ids = self.env["pso.check"]._finding_ids(check.type_id, measurement)
                found[check.type_id.code] = self.env["hr.employee"].browse(sorted(ids))
        return found

    def leave(self, person, day, set_date_end=False):
        """Register a departure as HR does."""
        wizard = self.env["hr.departure.wizard"].with_context(
            active_ids=person.ids, employee_termination=True
        )
        wizard.create(
            {
                "employee_ids": person.ids,
                "departure_date": day,
                "set_date_end": set_date_end,
            }
        ).action_register_departure()


@tagged("post_install", "-at_install")
class TestDeparture(EmploymentCase):
    def test_a_departure_ends_an_open_contract(self):
        person = self.employee()
        status = self.status(person)
        self.leave(person, "2025-03-31")
        self.assertEqual(self.days(), 90)
        self.assertEqual(self.days(name="direct_fte"), 90)
        self.assertEqual(str(status.counted_until), "2025-03-31")
        self.assertIn("end of the employment", status.counting_note)
        self.assertEqual(self.findings(), {"departure": person})

    def test_a_departure_that_ends_the_contract_is_no_contradiction(self):
        person = self.employee()
        self.leave(person, "2025-03-31", set_date_end=True)
        self.assertEqual(self.days(), 90)
        self.assertEqual(self.findings(), {})

    def test_it_ends_the_years_after_too(self):
        person = self.employee()
        self.leave(person, "2024-03-31")
        self.assertEqual(self.days(), 0)
        self.assertEqual(self.findings(), {"departure": person})

    def test_a_departure_to_come_ends_the_version_of_then(self):
        """It stands on the version of today; a later one had begun by that day."""
        person = self.employee()
        person.version_id.departure_date = "2025-09-30"
        self.version(person, "2025-07-01", 20)
        self.assertAlmostEqual(self.days(), 181 + 92 / 2)

    def test_back_under_the_open_contract(self):
        """The gap that a departure opened does not count."""
        person = self.employee()
        person.version_id.departure_date = "2025-02-28"
        self.version(person, "2025-09-01", 40)
        self.assertEqual(self.days(), 59 + 122)
        self.assertEqual(self.findings(), {"departure": person})

    def test_back_under_a_new_contract(self):
        person = self.employee(end="2025-02-28")
        person.version_id.departure_date = "2025-02-28"
        self.version(
            person,
            "2025-09-01",
            40,
            contract_date_start="2025-09-01",
            contract_date_end=False,
        )
        self.assertEqual(self.days(), 59 + 122)
        self.assertEqual(self.findings(), {})

    def test_back_without_any_contracts(self):
        person = self.employee(start="2022-01-01", contract_date_start=False)
        person.version_id.departure_date = "2025-02-28"
        self.version(person, "2025-09-01", 40)
        self.assertEqual(self.days(), 59 + 122)
        self.assertEqual(self.findings(), {"no_contract": person})

    def test_an_archived_person_did_not_come_back(self):
        """A version planned before somebody left is no return."""
        person = self.employee()
        self.version(person, "2025-09-01", 40)
        first = person.version_ids.sorted("date_version")[0]
        first.departure_date = "2025-02-28"
        person.active = False
        self.assertEqual(self.days(), 59)
        self.assertEqual(self.findings(), {"departure": person})

    def test_a_departure_older_than_its_version(self):
        person = self.employee()
        version = self.version(person, "2025-04-01", 20)
        version.departure_date = "2025-03-31"
        self.assertEqual(self.days(), 90)
        self.assertEqual(self.findings(), {"departure": person})

    def test_a_departure_before_the_contract_is_of_an_earlier_employment(self):
        person = self.employee(start="2025-03-01")
        person.version_id.departure_date = "2025-01-31"
        self.assertEqual(self.days(), 306)
        self.assertEqual(self.findings(), {"departure": person})

    def test_a_departure_after_the_end_of_the_contract(self):
        person = self.employee(end="2025-03-31")
        person.version_id.departure_date = "2025-06-30"
        person.active = False
        self.assertEqual(self.days(), 90)
        self.assertEqual(self.findings(), {"departure": person})

    def test_who_left_and_is_active(self):
        person = self.employee(end="2025-03-31")
        person.version_id.departure_date = "2025-03-31"
        self.assertEqual(self.days(), 90)
        self.assertEqual(self.findings(), {"departure": person})

    def test_the_status_is_kept_from_the_departure_on(self):
        person = self.employee()
        status = self.status(person)
        self.leave(person, "2025-03-31")
        self.assertEqual(str(status.kept_until), "2028-03-31")


@tagged("post_install", "-at_install")
class TestContradictions(EmploymentCase):
    def test_archived_with_an_open_contract(self):
        person = self.employee()
        self.status(person)
        person.with_context(no_wizard=True).action_archive()
        self.assertEqual(self.days(), 365)
        self.assertEqual(self.findings(), {"archived": person})

    def test_archived_with_a_contract_to_come_to_its_end(self):
        person = self.employee(end="2100-12-31")
        person.active = False
        self.assertEqual(self.findings(), {"archived": person})

    def test_archived_without_any_contract(self):
        person = self.employee(contract_date_start=False)
        person.active = False
        self.assertEqual(
            self.findings(), {"archived": person, "no_contract": person}
        )

    def test_back_by_a_version_without_contract_dates(self):
        person = self.employee(start="2022-01-01", end="2024-12-31")
        self.status(person)
        version = person.create_version({"date_version": "2025-04-01"})
        self.assertFalse(version.contract_date_start)
        self.assertEqual(self.days(), 0)
        self.assertEqual(self.findings(), {"contract_gap": person})
        version.write({"contract_date_start": "2025-04-01"})
        self.assertEqual(self.days(), 275)
        self.assertEqual(self.findings(), {})

    def test_a_version_typed_after_somebody_left(self):
        person = self.employee(end="2024-12-31")
        self.leave(person, "2024-12-31")
        person.create_version({"date_version": "2025-04-01"})
        self.assertEqual(self.findings(), {})

    def test_a_version_that_takes_effect_after_its_contract(self):
        person = self.employee(start="2022-01-01", end="2024-06-30")
        person.create_version(
            {
                "date_version": "2025-03-20",
                "contract_date_start": "2025-03-01",
                "contract_date_end": False,
            }
        )
        self.assertEqual(self.days(), 287)
        self.assertEqual(self.findings(), {"contract_days": person})

    def test_a_version_that_takes_effect_before_the_last_contract_ends(self):
        person = self.employee(end="2025-06-14")
        self.version(
            person,
            "2025-06-01",
            40,
            contract_date_start="2025-06-15",
            contract_date_end=False,
        )
        self.assertEqual(self.days(), 365 - 14)
        self.assertEqual(self.findings(), {"contract_days": person})

    def test_one_contract_with_two_ends(self):
        person = self.employee()
        version = self.version(person, "2025-06-01", 40)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE hr_version SET contract_date_end = '2025-08-31' WHERE id = %s",
            [version.id],
        )
        self.assertEqual(self.days(), 243)
        self.assertEqual(self.findings(), {"contract_days": person})

    def test_a_change_within_one_contract_is_no_contradiction(self):
        person = self.employee()
        self.version(person, "2025-06-01", 20)
        self.assertEqual(self.findings(), {})

    def test_active_after_the_last_contract(self):
        person = self.employee(end="2025-03-31")
        self.assertEqual(self.days(), 90)
        self.assertEqual(self.findings(), {"contract_over": person})
        person.active = False
        self.assertEqual(self.findings(), {})

    def test_active_without_any_version(self):
        person = self.employee()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE hr_version SET active = FALSE WHERE employee_id = %s", [person.id]
        )
        self.assertEqual(self.days(), 0)
        self.assertEqual(self.findings(), {"contract_over": person})

    def test_a_contract_to_come_is_no_contradiction(self):
        self.employee(start="2025-06-01")
        self.assertEqual(self.findings(self.measurement("2024-01-01", "2024-12-31")), {})

    def test_the_version_of_another_company(self):
        person = self.employee()
        other = self.create_company("Sister")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE hr_version SET company_id = %s WHERE employee_id = %s",
            [other.id, person.id],
        )
        self.assertEqual(self.days(), 365)
        self.assertEqual(self.findings(), {"other_company": person})
