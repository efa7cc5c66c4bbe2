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
                ids = self.env["pso.check"]._finding_ids(
                    check.type_id, measurement._window()
                )
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
        self.assertEqual(self.findings(), {"archived": person, "no_contract": person})

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
        self.assertEqual(
            self.findings(self.measurement("2024-01-01", "2024-12-31")), {}
        )

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


@tagged("post_install", "-at_install")
class TestTenure(EmploymentCase):
    """A secondment counts for PSO 30+ after six months of the present employment."""

    def counts(self, person, end="2025-12-31"):
        measurement = self.measurement("2025-01-01", end)
        lines = measurement.person_line_ids.filtered(
            lambda line: line.kind == "group" and line.employee_id == person
        )
        return any(line.pso30_hour_days for line in lines)

    def seconded(self, start, end=None):
        person = self.employee(start=start, end=end)
        self.status(person, start=start, form="secondment")
        return person

    def test_six_months_from_the_first_of_july(self):
        self.assertTrue(self.counts(self.seconded("2025-07-01")))
        self.assertFalse(self.counts(self.seconded("2025-07-02")))

    def test_six_months_that_end_in_february(self):
        person = self.seconded("2024-08-31")
        self.assertFalse(self.counts(person, "2025-02-27"))
        self.assertTrue(self.counts(person, "2025-02-28"))

    def test_an_earlier_employment_does_not_add_to_it(self):
        person = self.seconded("2020-01-01", "2025-06-30")
        back = self.version(
            person,
            "2025-09-01",
            40,
            contract_date_start="2025-09-01",
            contract_date_end=False,
        )
        lines = self.measurement().person_line_ids.filtered("pso30_hour_days")
        self.assertEqual(lines.version_id, person.version_ids - back)

    def test_contracts_that_follow_each_other_are_one_employment(self):
        person = self.seconded("2025-05-01", "2025-08-31")
        self.version(
            person,
            "2025-09-01",
            40,
            contract_date_start="2025-09-01",
            contract_date_end=False,
        )
        self.assertTrue(self.counts(person))

    def test_who_left_before_has_not_worked_so_long(self):
        self.assertFalse(self.counts(self.seconded("2025-01-01", "2025-05-31")))
        self.assertTrue(self.counts(self.seconded("2025-01-01", "2025-06-30")))


@tagged("post_install", "-at_install")
class TestOnePerson(EmploymentCase):
    """Jobs of one person count together for one fte a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sister = cls.create_company("PSO sister")
        companies = cls.company | cls.sister
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": companies.ids}
        )
        cls.company = cls.company.with_env(cls.env)

    def there(self, hours=24, start="2020-01-01", **vals):
        """A job at the sister company."""
        return self.employee(
            hours,
            start,
            company_id=self.sister.id,
            resource_calendar_id=self.env["resource.calendar"]
            .create(
                {"name": "There", "company_id": self.sister.id, "hours_per_week": hours}
            )
            .id,
            **vals,
        )

    def both(self, **vals):
        companies = self.company | self.sister
        return self.measurement(company_ids=companies.ids, **vals)

    def figures(self, measurement):
        self.env.flush_all()
        self.env.invalidate_all()
        names = ("total_fte", "direct_fte", "pso30_percentage")
        return [round(measurement[name], 9) for name in names]

    def test_by_user(self):
        user = self.user("base.group_user", companies=self.company | self.sister)
        here, there = self.employee(24, user_id=user.id), self.there(user_id=user.id)
        self.status(here)
        self.status(there)
        measurement = self.both()
        self.assertEqual(self.figures(measurement), [1, 1, 100])
        self.assertEqual(self.findings(measurement), {"duplicate": here | there})

    def test_by_contact_and_by_each_identification(self):
        contact = self.env["res.partner"].create({"name": "Somebody"}).id
        for name, value in (
            ("work_contact_id", contact),
            ("identification_id", "X 1"),
            ("ssnid", "1"),
            ("passport_id", "P1"),
        ):
            with self.subTest(name):
                self.employee(24, **{name: value})
                there = self.there(**{name: value})
                self.assertEqual(self.figures(self.both())[0], 1)
                there[name] = False
                self.assertEqual(self.figures(self.both())[0], 1.2)
                self.env["hr.employee"].search(
                    [("company_id", "in", (self.company | self.sister).ids)]
                ).version_ids.write({"active": True, "pso_counts": False})

    def test_by_way_of_a_third(self):
        self.employee(24, ssnid="1", passport_id="2")
        self.there(24, ssnid="1")
        self.there(24, passport_id="2")
        self.assertEqual(self.figures(self.both())[0], 1)

    def test_in_one_company(self):
        self.employee(24, ssnid="1")
        self.employee(24, ssnid="1")
        self.assertEqual(self.figures(self.measurement())[0], 1)

    def test_each_company_on_its_own_is_not_cut(self):
        self.employee(24, ssnid="1")
        self.there(24, ssnid="1")
        self.assertEqual(self.figures(self.measurement())[0], 0.6)

    def test_one_after_the_other_is_not_cut(self):
        self.employee(40, end="2025-06-30", ssnid="1")
        self.there(40, "2025-07-01", ssnid="1")
        measurement = self.both()
        self.assertEqual(self.figures(measurement)[0], 1)
        self.assertEqual(set(measurement.person_line_ids.mapped("reason")), {"counts"})

    def test_what_is_cut_is_said(self):
        """The job registered first counts first, and only on days of both."""
        self.employee(24, ssnid="1")
        self.there(24, "2025-07-02", ssnid="1", end="2025-10-31")
        lines = self.both().person_line_ids.sorted("date_from")
        self.assertEqual(
            lines.filtered(lambda line: line.company_id == self.sister).mapped(
                lambda line: (str(line.date_from), line.hours, line.reason)
            ),
            [("2025-07-02", 16, "other_job")],
        )
        self.assertEqual(sum(lines.mapped("days")), 365 + 122)

    def test_the_rest_of_one_fte_where_full_time_differs(self):
        self.sister.pso_fulltime_hours = 36
        self.employee(24, ssnid="1")
        there = self.there(24, ssnid="1")
        self.status(there)
        self.assertEqual(self.figures(self.both()), [1, 0.4, 40])

    def test_a_job_outside_the_total_takes_nothing_from_the_other(self):
        self.employee(40, ssnid="1", pso_counts=False)
        self.there(24, ssnid="1")
        self.assertEqual(self.figures(self.both())[0], 0.6)

    def test_what_many_share_cuts_nobody(self):
        people = [self.employee(40, ssnid="unknown") for _ in range(6)]
        measurement = self.measurement()
        self.assertEqual(self.figures(measurement)[0], 6)
        self.assertEqual(len(self.findings(measurement)["duplicate"]), len(people))

    def test_many_at_once_are_as_each_alone(self):
        """What another job leaves is of one period, and what counts of one edition."""
        self.status(self.employee(24, ssnid="1"))
        self.status(self.there(24, "2025-04-01", ssnid="1"))
        lighter = self.edition.copy()
        lighter.group_rule_ids.weight = 0.5
        measurements = (
            self.both(),
            self.both(start="2024-07-01", end="2025-06-30"),
            self.both(edition_id=lighter.id),
        )
        windows = [each.sudo()._window() for each in measurements]
        figures = self.env["pso.measurement"].sudo()._figures_of
        self.assertEqual(
            figures(windows), {each: figures([each])[each] for each in windows}
        )
        numbers = {
            each: values["direct_fte"] for each, values in figures(windows).items()
        }
        self.assertEqual(len(set(numbers.values())), 3)

    def test_the_trend_and_the_lines_say_the_same(self):
        self.status(self.employee(24, ssnid="1"))
        self.status(self.there(24, ssnid="1"))
        self.employee(40)
        measurement = self.both()
        self.assertEqual(self.figures(measurement)[:2], [2, 1])
        lines = measurement.person_line_ids
        self.assertAlmostEqual(sum(lines.mapped("total_fte")), 2, 12)
        self.assertAlmostEqual(sum(lines.mapped("direct_fte")), 1, 12)
        self.assertAlmostEqual(measurement._trend()[-1]["direct"], 50, 9)
        found = self.env["pso.breakdown"]._persons_by_place(measurement._window())
        total = sum(each.fte for each in (*found.stays, *found.crowds))
        self.assertEqual(total / found.unit, 2)


@tagged("post_install", "-at_install")
class TestFromTheField(EmploymentCase):
    """What HR administrators report: right since long, and to stay so."""

    def test_without_a_schedule_and_with_a_flexible_one(self):
        nobody, flexible = self.employee(), self.employee()
        nobody.version_id.resource_calendar_id = False
        schedule = self.env["resource.calendar"].create(
            {
                "name": "Flexible",
                "company_id": self.company.id,
                "schedule_type": "flexible",
                "hours_per_week": 24,
                "hours_per_day": 8,
            }
        )
        flexible.version_id.resource_calendar_id = schedule
        measurement = self.measurement()
        self.assertAlmostEqual(measurement.total_fte, 0.6, 12)
        lines = measurement.person_line_ids
        self.assertEqual(lines.filtered(lambda x: not x.total_fte).reason, "no_hours")

    def test_a_schedule_of_two_weeks(self):
        schedule = self.env["resource.calendar"].create(
            {"name": "Two weeks", "company_id": self.company.id}
        )
        schedule.switch_calendar_type()
        schedule.attendance_ids.filtered(
            lambda each: each.week_type == "1"
            and each.dayofweek in "34"
            and not each.display_type
        ).unlink()
        self.employee().version_id.resource_calendar_id = schedule
        self.assertAlmostEqual(self.measurement().total_fte, 0.8, 12)

    def test_a_departure_far_ahead(self):
        person = self.employee()
        status = self.status(person)
        self.leave(person, "2100-03-31", set_date_end=True)
        self.assertEqual(str(status.counted_until), "2100-03-31")
        self.assertEqual(self.days(), 365)

    def test_a_version_before_its_contract(self):
        person = self.employee(contract_date_start=False, start="2025-01-01")
        version = person.create_version({"date_version": "2025-06-01"})
        version.contract_date_start = "2025-06-15"
        self.assertEqual(self.days(), 200)
        # Worked here before, or not: whoever knows is asked.
        self.assertEqual(self.findings(), {"contract_gap": person})

    def test_who_changes_companies_takes_the_history_along(self):
        other = self.create_company("PSO daughter")
        person = self.employee()
        self.assertEqual(self.days(), 365)
        person.company_id = other
        self.assertEqual(self.days(), 0)

    def test_secondments_from_two_hours_a_week(self):
        for hours in (2, 1.75, 0):
            self.status(self.employee(hours), form="secondment")
        lines = self.measurement().person_line_ids.filtered("status_id")
        self.assertEqual(lines.filtered("pso30_hour_days").mapped("hours"), [2])

    def test_a_freelancer_without_contract_is_said(self):
        person = self.employee(contract_date_start=False, employee_type="freelance")
        self.assertEqual(self.findings(), {"no_contract": person})

    def test_who_may_not_see_persons_reads_a_rounded_number(self):
        self.leave(self.employee(), "2025-03-31")
        measurement = self.measurement()
        reader = self.user("pso_odoo.group_pso_user")
        checks = measurement.with_user(reader).check_ids
        check = checks.filtered(lambda each: each.type_id.code == "departure")
        self.assertEqual(check.found, "up to 5")
        with self.assertRefused("These findings are persons"):
            check.action_open_findings()
