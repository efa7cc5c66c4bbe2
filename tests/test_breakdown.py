"""The breakdown of the direct share, from records to what a reader of totals sees."""

from common import PsoCase

from odoo.fields import Date
from odoo.tests import tagged

from odoo.addons.pso_odoo.models.measurement.window import Window

USER, HR = "pso_odoo.group_pso_user", "pso_odoo.group_pso_hr"


class BreakdownCase(PsoCase):
    """Two departments and two locations, of four people who differ in hours.

    Groups of at least two: in each place two people count and two do not.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.pso_small_group = 2
        cls.green, cls.office = (cls.department(name) for name in ("Green", "Office"))
        cls.north, cls.south = (cls.location(name) for name in ("North", "South"))
        for department in (cls.green, cls.office):
            for location in (cls.north, cls.south):
                cls.team(department, location, 2, 2)
        cls.live = cls.measurement()

    @classmethod
    def department(cls, name, **vals):
        return cls.env["hr.department"].create(
            {"name": name, "company_id": cls.company.id, **vals}
        )

    @classmethod
    def location(cls, name):
        return cls.env["hr.work.location"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "address_id": cls.company.partner_id.id,
            }
        )

    @classmethod
    def team(cls, department, location, target, others, hours=40):
        """Employees of a place, so many of them of the target group."""
        people = cls.env["hr.employee"]
        for number in range(target + others):
            people |= cls.employee(
                hours, department_id=department.id, work_location_id=location.id
            )
            if number < target:
                cls.status(people[-1])
        return people

    def load(self, window=None, **context):
        """``{key: [(name, persons, fte, share, is_rest)]}``"""
        breakdown = self.env["pso.breakdown"].with_context(**context)
        loaded = breakdown._load(window or self.live._window())
        return {
            by["key"]: [
                (row["name"], row["persons"], row["fte"], row["share"], row["is_rest"])
                for row in by["rows"]
            ]
            for by in loaded["by"]
        }


@tagged("post_install", "-at_install")
class TestBreakdown(BreakdownCase):
    def test_departments_and_locations(self):
        self.team(self.office, self.north, 0, 2, hours=36)
        self.assertEqual(
            self.load(),
            {
                "department": [
                    ("Office", 10, 9.8, 41, False),
                    ("Green", 8, 8, 50, False),
                ],
                "location": [
                    ("North", 10, 9.8, 41, False),
                    ("South", 8, 8, 50, False),
                ],
            },
        )

    def test_what_it_is_by(self):
        loaded = self.env["pso.breakdown"]._load(self.live._window())
        self.assertEqual(loaded["limit"], 2)
        self.assertEqual(
            [(by["key"], by["name"]) for by in loaded["by"]],
            [("department", "Department"), ("location", "Work Location")],
        )

    def test_small_departments_are_put_together(self):
        """Also people who have no department."""
        nowhere = self.env["hr.department"]
        self.team(self.department("Canteen"), self.north, 1, 2)
        self.team(nowhere, self.north, 1, 1)
        self.assertEqual(
            self.load()["department"],
            [
                ("Green", 8, 8, 50, False),
                ("Office", 8, 8, 50, False),
                ("Other Departments", 5, 5, 40, True),
            ],
        )

    def test_people_without_department_or_location(self):
        self.team(self.env["hr.department"], self.env["hr.work.location"], 2, 3)
        loaded = self.load()
        self.assertIn(("No Department", 5, 5, 40, False), loaded["department"])
        self.assertIn(("No Work Location", 5, 5, 40, False), loaded["location"])

    def test_locations_that_would_betray_a_department(self):
        """In the south, one person of the canteen: a row less a row would be hers."""
        canteen = self.department("Canteen")
        self.team(canteen, self.north, 2, 2)
        self.team(canteen, self.south, 0, 1)
        loaded = self.load()
        self.assertIn(("Canteen", 5, 5, 40, False), loaded["department"])
        self.assertEqual(loaded["location"], [])

    def test_nothing_of_a_small_company(self):
        self.company.pso_small_group = 9
        self.assertEqual(self.load(), {"department": [], "location": []})

    def test_the_largest_limit_of_the_scope(self):
        other = self.create_company("Other company", pso_small_group=7)
        both = self.measurement(company_ids=(self.company | other).ids)
        self.assertEqual(self.env["pso.breakdown"]._load(both._window())["limit"], 7)

    def test_nothing_of_less_than_a_year(self):
        """A day less would be what one person began on that day."""
        self.assertTrue(
            self.load(self.measurement("2024-03-01", "2025-02-28")._window())[
                "location"
            ]
        )
        self.assertEqual(
            self.load(self.measurement("2025-01-02")._window()),
            {"department": [], "location": []},
        )

    def test_a_limit_of_one_is_refused(self):
        self.assertEqual(self.env["res.company"].new().pso_small_group, 5)
        with self.assertRefused("at least 2"):
            self.company.pso_small_group = 1
            self.company.flush_recordset()

    def test_of_a_measurement_that_nobody_made(self):
        year = Window(
            self.company,
            Date.to_date("2025-01-01"),
            Date.to_date("2025-12-31"),
            self.edition,
        )
        self.assertEqual(self.load(year), self.load())
        self.assertTrue(self.load()["location"])
        self.company.pso_small_group = 9
        self.assertEqual(self.load(year)["department"], [])

    def test_who_moves_counts_where_he_was(self):
        """And stays one person in all."""
        mover = self.team(self.green, self.north, 0, 1)
        self.version(mover, "2025-07-02", 40, department_id=self.office.id)
        self.assertEqual(
            self.load()["department"],
            [("Green", 9, 8.5, 47, False), ("Office", 9, 8.5, 47, False)],
        )

    def test_a_day_in_another_place_is_in_another_place(self):
        [person] = self.team(self.green, self.north, 0, 1)
        last_day = self.live.date_end
        values = {"date_version": last_day, "department_id": self.office.id}
        person.create_version(values)
        found = self.env["pso.breakdown"]._persons_by_place(self.live._window())
        moved = [each for each in found.stays if each.person == person.id]
        self.assertEqual(
            {each.department for each in moved}, {self.green.id, self.office.id}
        )
        days = sorted(each.fte / 40 for each in moved)
        self.assertEqual(days, [1, self.live._window().days - 1])

    def test_whose_hours_another_job_cuts_is_one_person(self):
        """In as many stretches as the other job has: it would hide how few they are."""
        place = {"department_id": self.green.id, "work_location_id": self.north.id}
        for n in range(2):
            self.employee(24, ssnid=f"{n}", start="2025-04-01", end="2025-09-30")
            self.employee(24, ssnid=f"{n}", **place)
        found = self.env["pso.breakdown"]._persons_by_place(self.live._window())
        green = [each for each in found.crowds if each.department == self.green.id]
        stays = [each for each in found.stays if each.department == self.green.id]
        persons = sum(each.persons for each in green) + len({e.person for e in stays})
        self.assertEqual(persons, 10)
        self.assertIn(("Green", 10, 9, 44, False), self.load()["department"])

    def test_other_hours_of_full_time_are_one_fte_too(self):
        """Of several companies everything is said in the same unit."""
        other = self.company.create({"name": "Other", "pso_fulltime_hours": 36})
        self.env.user.company_ids += other
        self.live.company_ids += other
        half = self.employee(18, company_id=other.id)
        found = self.env["pso.breakdown"]._persons_by_place(self.live._window())
        [crowd] = [each for each in found.crowds if not each.department]
        self.assertEqual(crowd.fte * 2, found.unit)
        self.assertEqual(half.company_id, other)
        everybody = (*found.stays, *found.crowds)
        self.assertEqual(sum(each.fte for each in everybody) / found.unit, 16.5)

    def test_a_locked_measurement_stays_as_it_was(self):
        before = self.load()
        self.live.action_lock()
        people = self.live.person_line_ids.employee_id
        people.version_ids.department_id = self.green
        people.filtered("pso_status_ids")[:1].unlink()
        self.assertEqual(self.load(), before)
        self.live.action_unlock()
        self.assertEqual(self.load()["department"], [])

    def test_lines_locked_before_they_had_departments(self):
        self.live.action_lock()
        lines = self.env["pso.locked.person.line"].search(
            [("measurement_id", "=", self.live.id)]
        )
        lines.write({"department_id": False, "work_location_id": False})
        lines.flush_recordset()
        self.assertEqual(self.load(), {"department": [], "location": []})

    def test_the_hours_of_others_do_not_depend_on_a_status(self):
        """Who is not part of the total because of his status is still staff."""
        before = self.load()["department"]
        person = self.team(self.green, self.north, 0, 1)
        self.status(person, form="seconded_out")
        self.assertEqual(self.live.total_fte, 16)
        name, persons, fte, _share, _is_rest = before[0]
        self.assertEqual(self.load()["department"][0][:3], (name, persons + 1, fte + 1))

    def test_who_is_not_part_of_the_size_is_not_shown(self):
        before = self.load()["department"]
        director = self.team(self.green, self.north, 0, 1)
        director.version_id.pso_counts = False
        self.assertEqual(self.load()["department"], before)

    def test_departments_of_the_same_name(self):
        self.green.parent_id = self.department("Region")
        self.office.name = "Green"
        self.assertEqual(
            {row[0] for row in self.load()["department"]}, {"Green", "Region / Green"}
        )

    def test_names_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.green.with_context(lang="nl_NL").name = "Groen"
        names = {row[0] for row in self.load(lang="nl_NL")["department"]}
        self.assertEqual(names, {"Groen", "Office"})

    def test_users_of_totals_see_it(self):
        """Whatever they may see of staff."""
        user = self.user(USER)
        breakdown = self.env["pso.breakdown"].with_user(user)
        loaded = breakdown._load(self.live.with_user(user)._window())
        self.assertEqual(len(loaded["by"][0]["rows"]), 2)

    def test_it_is_read_in_one_go(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.live.read(["date_start", "date_end", "company_ids"])
        # The company, the lines, and the names of departments and locations.
        with self.assertQueryCount(4):
            self.load()


@tagged("post_install", "-at_install")
class TestPersonLines(BreakdownCase):
    def test_the_department_is_that_of_the_days(self):
        """On lines of staff and of the target group, for the PSO HR group."""
        person = self.team(self.green, self.north, 1, 0)
        moved = {"department_id": self.office.id, "work_location_id": False}
        version = self.version(person, "2025-07-02", 40, **moved)
        lines = self.live.with_user(self.user(HR)).person_line_ids
        found = [
            (line.kind, line.department_id, line.work_location_id)
            for line in lines.filtered(lambda line: line.employee_id == person)
        ]
        nowhere = self.env["hr.work.location"]
        self.assertCountEqual(
            found,
            [
                ("staff", self.green, self.north),
                ("group", self.green, self.north),
                ("staff", self.office, nowhere),
                ("group", self.office, nowhere),
            ],
        )
        version.department_id = self.green
        lines = self.live.person_line_ids.filtered(lambda ln: ln.employee_id == person)
        self.assertEqual(lines.department_id, self.green)

    def test_direct_fte_by_department(self):
        """What the PSO HR group analyses freely, live and locked."""
        lines = self.env["pso.person.line"].with_user(self.user(HR))
        for _state in ("live", "locked"):
            groups = lines._read_group(
                [("measurement_id", "=", self.live.id), ("kind", "=", "group")],
                ["department_id", "work_location_id"],
                ["direct_fte:sum"],
            )
            self.assertEqual(len(groups), 4)
            self.assertEqual({fte for *_place, fte in groups}, {2})
            self.live.action_lock()
