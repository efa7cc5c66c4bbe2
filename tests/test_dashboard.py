"""What the dashboard is told: the same figures as everywhere, and names for few."""

import json

from common import PsoCase, whole_page
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.json import json_default

USER, PURCHASE, HR, MANAGER = (
    f"pso_odoo.group_pso_{name}" for name in ("user", "purchase", "hr", "manager")
)
PARTS = (
    "total",
    "purchases",
    "missing",
    "organisation",
    "ending",
    "certificates",
    "vendors",
    "edition",
    "new_measurement",
)


@freeze_time("2025-12-31")
@tagged("post_install", "-at_install")
class TestDashboard(PsoCase):
    """On the last day of the year, when the rolling year is the calendar year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.persons = [cls.employee(name=f"Person {n}") for n in range(20)]
        cls.a_status = cls.status(cls.persons[0], end="2026-02-28")
        cls.certified = cls.social_vendor(name="Certified")
        cls.bill(cls.certified, 100)
        cls.uncertified = cls.vendor("Without certificate")
        cls.bill(cls.uncertified, 5000)
        cls.bill(cls.uncertified, 300, date="2024-12-31")
        cls.record = cls.measurement()

    def load(self, group=USER, period=False, company=None):
        env = self.env(user=self.user(*group.split(",")))
        return whole_page(env["pso.dashboard"], period, company and company.id)

    def as_sent(self, action):
        """An action as the browser gets it, and sends it back."""
        return json.loads(json.dumps(action, default=json_default))

    def correct(self):
        self.env["pso.correction"].create(
            {
                "measurement_id": self.record.id,
                "kind": "direct_fte",
                "amount": 1,
                "reason": "Branch",
                "source": "Payroll",
            }
        )

    def key(self, measurement):
        return f"measurement-{measurement.id}"

    # -- what it costs -------------------------------------------------------

    def queries(self, page, period):
        numbers = []
        for ask in (page.retrieve, page.retrieve_details):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            ask(period)
            numbers.append(self.env.cr.sql_log_count - before)
        return numbers

    def grow(self):
        for number in range(15):
            department = self.env["hr.department"].create({"name": f"Dep. {number}"})
            person = self.employee(name="More", department_id=department.id)
            self.status(person, end="2026-01-31")
            vendor = self.social_vendor(name=f"More {number}")
            self.bill(vendor, 10)
            self.bill(self.vendor(f"Other {number}"), 10)

    def test_eight_queries_a_part_at_most_at_any_size(self):
        user = self.user(USER, HR)
        context = {"lang": "en_US", "tz": "Europe/Amsterdam"}  # as the web client says
        page = self.env(user=user, context=context)["pso.dashboard"]
        locked = self.measurement(date_start="2024-01-01", date_end="2024-12-31")
        locked.action_lock()
        self.measurement(date_start="2023-01-01", date_end="2023-12-31")
        periods = ["rolling", "year-2024", self.key(self.record), self.key(locked)]
        for period in periods:
            self.queries(page, period)  # fills the caches of rights
        small = [self.queries(page, period) for period in periods]
        self.grow()
        large = [self.queries(page, period) for period in periods]
        self.assertEqual(small, large)
        self.assertLessEqual(max(map(max, small)), 8)

    # -- what older data and other rule books lack -----------------------------

    def test_locked_before_corrections_were_counted(self):
        self.correct()
        self.record.action_lock()
        kept = dict(self.record.locked_figures)
        del kept["has_corrections"]
        self.record.sudo().locked_figures = kept
        self.assertTrue(self.load(period=self.key(self.record))["has_corrections"])

    def test_what_is_not_proven_leads_to_those_who_keep_it(self):
        for group, what, unproven in (
            (HR, "unproven_people", self.a_status),
            (MANAGER, "unproven_purchases", self.certified.pso_certificate_ids),
        ):
            env = self.env(user=self.user(*group.split(",")))
            action = env["pso.dashboard"].open(what, self.key(self.record))
            self.assertTrue(action["context"]["search_default_not_verified"])
            found = env[action["res_model"]].search(action["domain"])
            self.assertIn(unproven, found)

    def test_edition_without_levels(self):
        edition = self.env["pso.edition"].create(
            {"code": "77", "name": "Next", "date_from": "2025-06-01", "is_in_use": True}
        )
        answer = self.load()
        self.assertEqual(answer["edition"]["id"], edition.id)
        self.assertEqual(answer["ladder"]["rows"], [])
        self.record.edition_id = edition
        self.assertFalse(self.record.level_id)
        self.assertGreater(self.record.total_fte, 0)

    def test_a_level_without_a_norm_here_is_none_of_an_unknown_norm(self):
        """What the ladder says of them is in the data, not in how they are written."""
        self.edition.norm_ids.filtered(lambda norm: norm.size_fte < 30).unlink()
        rows = self.load(period=self.key(self.record))["ladder"]["rows"]
        self.assertEqual({row["percentage"] for row in rows}, {None})
        with_norms = set(self.edition.norm_ids.level_id.mapped("code"))
        expected = {row["code"]: row["code"] in with_norms for row in rows}
        self.assertEqual(set(expected.values()), {True, False})
        self.assertEqual({r["code"]: r["has_norms"] for r in rows}, expected)

    def test_no_edition_filled_in(self):
        with Form(self.record) as form:
            edition = form.edition_id
            form.edition_id = self.env["pso.edition"]
            form.edition_id = edition

    def test_how_many_stop_counting_ahead_is_told_to_who_may_know(self):
        """As far as the outlook goes, while the list is of the coming 90 days."""
        self.status(self.persons[1], end="2026-10-31")
        ending = self.load(f"{USER},{HR}")["ending"]
        self.assertEqual(ending["ahead"], ["2026-02-28", "2026-10-31"])
        self.assertEqual(len(ending["people"]), 1)
        self.assertEqual(ending["found"], "1")
        for group in (USER, MANAGER, f"{USER},{PURCHASE}"):
            self.assertIsNone(self.load(group)["ending"]["ahead"])

    def test_sister_companies_are_worth_asking(self):
        sister = self.create_company("Sister").partner_id
        sister.is_company = True
        self.bill(sister, 9000)
        names = [row["name"] for row in self.load()["vendors"]]
        self.assertIn("Sister", names)
        self.bill(self.company.partner_id, 9000)
        names = [row["name"] for row in self.load()["vendors"]]
        self.assertNotIn(self.company.name, names)

    # -- figures -------------------------------------------------------------

    def test_every_period_says_the_same_of_the_same_days(self):
        """Rolling year, calendar year and measurement are one and the same here."""
        rolling, year, record = (
            self.load(period=period)
            for period in ("rolling", "year-2025", self.key(self.record))
        )
        for name in ("figures", "ladder", "gap", "vendors", "certificates"):
            with self.subTest(name):
                self.assertEqual(rolling[name], year[name])
                self.assertEqual(rolling[name], record[name])
        figures = rolling["figures"]
        self.assertGreater(figures["indirect_fte"], 0)
        self.assertEqual(figures["total_fte"], self.record.total_fte)
        self.assertEqual(figures["total_percentage"], self.record.total_percentage)
        self.assertEqual(figures["level"]["id"], self.record.level_id.id)
        self.assertEqual(rolling["trend"][24]["total"], figures["total_percentage"])
        self.assertEqual(record["measurement_id"], self.record.id)
        self.assertFalse(rolling["measurement_id"])

    def test_checks_are_those_of_a_measurement(self):
        self.employee(hours=0)
        rolling = self.load()["checks"]
        record = self.load(period=self.key(self.record))["checks"]
        found = {line["name"]: line["found"] for line in rolling["lines"]}
        self.assertEqual(
            found, {line["name"]: line["found"] for line in record["lines"]}
        )
        self.assertEqual(
            found,
            {check.name: check.found for check in self.record.open_check_ids},
        )
        self.assertEqual(rolling["open"], len(found))

    def test_corrections_belong_to_their_measurement(self):
        self.correct()
        record = self.load(period=self.key(self.record))["figures"]
        self.assertEqual(record["direct_fte"], self.record.direct_fte)
        self.assertAlmostEqual(self.load()["figures"]["direct_fte"] + 1, 2)

    def test_locked_measurement_stays(self):
        self.record.action_lock()
        before = self.load(period=self.key(self.record))
        self.status(self.persons[1])
        self.bill(self.certified, 700)
        after = self.load(period=self.key(self.record))
        for name in ("figures", "ladder", "gap", "trend", "breakdown", "checks"):
            with self.subTest(name):
                self.assertEqual(after[name], before[name])
        self.assertTrue(after["is_locked"])

    def test_gap_in_money_is_what_reaches_the_next_level(self):
        """Bought at the supplier it names, for just that: the level is reached."""
        self.figures(self.certified, year=2026)
        gap = self.load(period="year-2025")["gap"]
        self.assertEqual(gap["suppliers"][0]["id"], self.certified.id)
        before = self.record.next_level_id
        self.assertTrue(before)
        self.assertGreater(gap["amount"], 1)
        self.assertEqual(gap["amount"], gap["suppliers"][0]["amount"])
        self.assertAlmostEqual(self.record.gap_amount, gap["amount"], 2)
        self.bill(self.certified, gap["amount"] - 1)
        self.assertEqual(self.record.next_level_id, before)
        self.bill(self.certified, 2)
        self.assertEqual(self.record.level_id, before)

    def test_gap_in_money_is_of_what_is_saved(self):
        """As the other figures, while the form is being edited."""
        self.figures(self.certified, year=2026)
        empty = self.env["pso.edition"].create({"code": "none", "name": "None"})
        edited = self.record.new({"edition_id": empty.id}, origin=self.record)
        self.assertEqual(edited.gap_percentage, self.record.gap_percentage)
        self.assertTrue(edited.gap_amount)
        self.assertEqual(edited.gap_amount, self.record.gap_amount)

    def test_gap_in_money_where_no_supplier_suffices(self):
        """Purchases above a supplier's turnover count for nothing."""
        self.certified.pso_figure_ids.write({"turnover": 101, "fte": 0.01})
        gap = self.load()["gap"]
        self.assertIsNone(gap["amount"])
        self.assertIsNone(gap["suppliers"][0]["amount"])

    def test_company_without_anything(self):
        empty = self.create_company("Nothing yet")
        user = self.user(MANAGER, companies=empty)
        env = self.env(user=user, context={"allowed_company_ids": empty.ids})
        dashboard = whole_page(env["pso.dashboard"])
        self.assertFalse(dashboard["has_staff"])
        self.assertEqual(dashboard["figures"]["total_percentage"], 0)
        self.assertEqual(dashboard["vendors"], [])
        self.assertFalse(dashboard["figures"]["level"])
        self.assertTrue(dashboard["setup"]["steps"])

    def test_without_an_edition(self):
        """Nothing to measure by is said, and is no score of zero."""
        self.env["pso.edition"].search([]).is_in_use = False
        with self.assertRaisesRegex(UserError, "edition"):
            self.load()

    def test_first_use_until_there_is_an_organisation_to_measure(self):
        """One person is no organisation, until the list of steps is put away."""
        small = self.create_company("Just begun")
        self.env["hr.employee"].create({"name": "First", "company_id": small.id})
        user = self.user(MANAGER, companies=small)
        env = self.env(user=user, context={"allowed_company_ids": small.ids})
        self.assertFalse(env["pso.dashboard"].retrieve()["has_staff"])
        env["pso.setup"].close(small.id)
        self.assertTrue(env["pso.dashboard"].retrieve()["has_staff"])

    # -- what to do ----------------------------------------------------------

    def test_vendors_worth_asking(self):
        vendors = self.load()["vendors"]
        self.assertEqual(
            vendors,
            [
                {
                    "id": self.uncertified.id,
                    "name": "Without certificate",
                    "amount": 5000,
                }
            ],
        )

    def test_persons_are_no_vendors_worth_asking(self):
        """Their expenses are paid back by a receipt in their own name."""
        contact = self.persons[0].work_contact_id
        self.bill(contact, 9000, type="in_receipt")
        self.assertEqual(
            [vendor["id"] for vendor in self.load()["vendors"]], self.uncertified.ids
        )

    def test_certificates_that_end(self):
        self.assertEqual(
            [line["partner"] for line in self.load()["certificates"]], ["Certified"]
        )
        ended = self.certificate(self.uncertified, "2025-01-01", "2025-12-01")
        shown = self.load()["certificates"]
        action = self.env(user=self.user(MANAGER))["pso.dashboard"].open("certificates")
        self.assertEqual(
            self.env["pso.certificate"].search(action["domain"]).ids,
            self.env["pso.certificate"]
            .browse(line["id"] for line in shown)
            .sorted()
            .ids,
        )
        self.assertIn(ended.id, [line["id"] for line in shown])
        ended.unlink()
        self.certificate(self.certified, "2026-01-01", "2027-12-31")
        self.assertEqual(self.load()["certificates"], [])

    def test_names_are_for_the_hr_group_alone(self):
        for group in (
            USER,
            PURCHASE + "," + USER,
            MANAGER,
        ):
            with self.subTest(group):
                dashboard = self.load(group)
                self.assertNotIn("Person", json.dumps(dashboard))
                self.assertEqual(dashboard["ending"]["found"], "up to 5")
                self.assertFalse(dashboard["ending"]["is_none"])
                self.assertIsNone(dashboard["ending"]["people"])
        # Who can change companies is shown what was kept, and nothing is kept yet.
        dashboard = self.load("base.group_system," + USER)
        self.assertNotIn("Person", json.dumps(dashboard))
        self.assertIsNone(dashboard["figures"])
        dashboard = self.load(HR)
        self.assertEqual(
            [(p["name"], p["until"]) for p in dashboard["ending"]["people"]],
            [("Person 0", "2026-02-28")],
        )

    def test_that_nobody_stops_counting_is_no_word(self):
        self.a_status.date_end = False
        for group in (USER, HR):
            with self.subTest(group):
                ending = self.load(group)["ending"]
                self.assertTrue(ending["is_none"])
                self.assertEqual(ending["found"], "0")

    def test_who_stops_counting_opens_of_the_company_that_is_shown(self):
        other = self.create_company("Second")
        stranger = self.employee(company_id=other.id, resource_calendar_id=False)
        self.status(stranger, end="2026-02-28")
        both = self.company + other
        env = self.env(
            user=self.user(HR, companies=both),
            context={"allowed_company_ids": both.ids},
        )
        action = env["pso.dashboard"].open("ending", "rolling", self.company.id)
        found = env["pso.status"].search(action["domain"])
        self.assertEqual(found, self.a_status)

    # -- who may ask what ----------------------------------------------------

    def test_who_has_no_business_here(self):
        for group in ("base.group_user", "base.group_system", "hr.group_hr_manager"):
            with self.subTest(group), self.assertRaises(AccessError):
                self.load(group)
        other = self.create_company("Somebody else's")
        with self.assertRaises(AccessError):
            self.load(company=other)

    def test_periods_are_those_on_offer(self):
        """Freely chosen days would betray persons."""
        other = self.create_company("Somebody else's")
        foreign = self.measurement(
            company_id=other.id, company_ids=[Command.set(other.ids)]
        )
        for period in (
            "year-1999",
            "2025-01-01",
            "measurement-0",
            "measurement-x",
            self.key(foreign),
        ):
            with self.subTest(period), self.assertRaises(UserError):
                self.load(period=period)

    def test_every_part_opens(self):
        """For those it is for; what it shows is decided by the records."""
        user = self.user(HR, MANAGER, "account.group_account_invoice")
        Dashboard = self.env(user=user)["pso.dashboard"]
        for period in ("rolling", self.key(self.record)):
            for part in (*PARTS, "people"):
                with self.subTest(part, period=period):
                    action = self.as_sent(Dashboard.open(part, period))
                    model = Dashboard.env[action["res_model"]]
                    domain = action.get("domain") or []
                    if isinstance(domain, list):
                        model.search(domain).mapped("display_name")
        for nothing in (("nothing",), ("check", "rolling", False, 0)):
            with self.assertRaises(UserError):
                Dashboard.open(*nothing)

    def test_purchases_open_for_who_may_read_no_bills(self):
        """What is behind a figure adds up to it."""
        Dashboard = self.env(user=self.user(USER))["pso.dashboard"]
        for part, field, expected in (
            ("vendors", "amount", [5000]),
            ("purchases", "social_amount", [100]),
        ):
            with self.subTest(part):
                action = self.as_sent(Dashboard.open(part, "year-2025"))
                lines = Dashboard.env[action["res_model"]].search(action["domain"])
                self.assertEqual(lines.mapped(field), expected)

    def test_corrections_are_said(self):
        self.assertFalse(self.load(period=self.key(self.record))["has_corrections"])
        self.correct()
        self.assertTrue(self.load(period=self.key(self.record))["has_corrections"])
        self.assertFalse(self.load()["has_corrections"])

    def test_supplier_checks_of_a_period_open_the_suppliers(self):
        """A period that nobody measured has no lines to show."""
        self.bill(self.certified, 100, date="2024-12-31")
        self.certified.pso_certificate_ids.date_start = "2025-06-02"
        Dashboard = self.env(user=self.user(MANAGER))["pso.dashboard"]
        check = self.env.ref("pso_odoo.check_outside")
        action = Dashboard.open("check", "rolling", False, check.id)
        self.assertEqual(action["res_model"], "res.partner")
        self.assertEqual(
            self.env["res.partner"].search(action["domain"]), self.certified
        )

    def test_a_supplier_of_two_years_is_found_once(self):
        """The rolling year counts what its list shows, a measurement its lines."""
        self.bill(self.certified, 100, date="2026-03-31")
        no_figures = self.vendor("Nothing known")
        self.certificate(no_figures, end="2026-12-31")
        for day in ("2025-10-01", "2026-03-31"):
            self.bill(no_figures, 100, date=day)
        with freeze_time("2026-06-30"):
            measurement = self.measurement(
                date_start="2025-07-01", date_end="2026-06-30"
            )
            Dashboard = self.env(user=self.user(MANAGER))["pso.dashboard"]
            self.certified.pso_certificate_ids.date_end = "2025-07-01"
            self.bill(self.certified, 100, date="2025-10-01")
            for name, in_lines in (("outside", 2), ("no_figures", 1)):
                check = self.env.ref(f"pso_odoo.check_{name}")
                for period, number in (
                    ("rolling", 1),
                    (self.key(measurement), in_lines),
                ):
                    lines = Dashboard.retrieve_details(period)["checks"]["lines"]
                    [line] = [row for row in lines if row["type_id"] == check.id]
                    action = Dashboard.open("check", period, False, check.id)
                    model = self.env[action["res_model"]]
                    self.assertEqual(line["found"], str(number), (name, period))
                    self.assertEqual(model.search_count(action["domain"]), number)

    def test_the_list_of_a_check_shows_what_it_is_about(self):
        view = self.env["pso.supplier.line"].get_view(view_type="list")
        (column,) = etree.fromstring(view["arch"]).xpath(
            "//field[@name='amount_outside']"
        )
        self.assertEqual(column.get("optional"), "show")

    def test_checks_open_for_who_may_see_them(self):
        self.employee(hours=0)
        for group, can_open in ((MANAGER, False), (HR, True)):
            dashboard = self.load(group)
            line = next(
                line for line in dashboard["checks"]["lines"] if "hours" in line["name"]
            )
            self.assertEqual(line["can_open"], can_open)
        Dashboard = self.env(user=self.user(HR))["pso.dashboard"]
        action = Dashboard.open("check", "rolling", False, line["type_id"])
        found = Dashboard.env[action["res_model"]].search(action["domain"])
        self.assertEqual(len(found), 1)
        Dashboard = self.env(user=self.user(MANAGER))["pso.dashboard"]
        with self.assertRaises(AccessError):
            Dashboard.open("check", "rolling", False, line["type_id"])
