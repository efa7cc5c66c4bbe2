"""The demo company: its 2025 is the worked example, to the last digit."""

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path

from odoo.fields import Date
from odoo.tests import TransactionCase, tagged

WORKED_EXAMPLE = Path(__file__).parent / "data" / "worked_example_days.json"
PSO_GROUPS = (
    "group_pso_user",
    "group_pso_purchase",
    "group_pso_hr",
    "group_pso_manager",
    "group_pso_board",
)
# Each login with the groups it is given, and the PSO groups it then has.
USERS = {
    "hr": (
        {"base.group_user", "hr.group_hr_manager", "pso_odoo.group_pso_hr"},
        {"group_pso_user", "group_pso_hr"},
    ),
    "inkoop": (
        {
            "base.group_user",
            "base.group_partner_manager",
            "purchase.group_purchase_user",
            "account.group_account_invoice",
            "pso_odoo.group_pso_purchase",
        },
        {"group_pso_purchase"},
    ),
    "financien": (
        {
            "base.group_user",
            "account.group_account_invoice",
            "pso_odoo.group_pso_purchase",
        },
        {"group_pso_purchase"},
    ),
    "pso": (
        {"base.group_user", "pso_odoo.group_pso_manager"},
        {"group_pso_user", "group_pso_purchase", "group_pso_manager"},
    ),
    "directie": (
        {"base.group_user", "pso_odoo.group_pso_board"},
        {"group_pso_user", "group_pso_board"},
    ),
    "medewerker": ({"base.group_user"}, set()),
}


class DemoCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.ref("company")

    @classmethod
    def ref(cls, name):
        """A record of the demo data by its short name: ``vendor_blinkhof``."""
        return cls.env.ref(f"pso_odoo.demo_{name}")

    def open_checks(self, measurement):
        """How often each check finds something, by its code."""
        return {
            check.type_id.code: check.count
            for check in measurement.check_ids
            if check.count
        }

    def bills(self, *domain):
        return self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("move_type", "in", ("in_invoice", "in_refund")),
                *domain,
            ]
        )


@tagged("post_install", "-at_install")
class TestDemo2025(DemoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.example = json.loads(WORKED_EXAMPLE.read_text())
        cls.measurement = cls.ref("measurement_2025")

    def test_figures_are_the_worked_example(self):
        figures = {
            name: self.measurement[name]
            for name in ("total_fte", *self.example["decimal"])
        }
        total = float(Fraction(self.example["exact"]["total_fte"]))
        self.assertEqual(figures, {"total_fte": total, **self.example["decimal"]})

    def test_level_is_the_worked_example(self):
        norms = {
            level.code: norm
            for level, norm in self.measurement._norms_at_size()
            if norm is not None
        }
        self.assertEqual(norms, self.example["norms_at_48"])
        self.assertEqual(self.measurement.level_id.code, self.example["level"])
        self.assertEqual(
            self.measurement.next_level_id.code, self.example["next_level"]
        )
        self.assertTrue(self.measurement.is_complete)
        self.assertEqual(self.measurement.state, "live")

    def test_people_are_the_worked_example(self):
        lines = self.measurement.person_line_ids
        group = Counter(
            (
                line.group_id.code,
                line.form_id.code,
                line.hours,
                str(line.inflow),
                line.days,
            )
            for line in lines
            if line.kind == "group"
        )
        expected = Counter(
            (each["group"], each["form"], each["hours"], each["inflow"], each["days"])
            for each in self.example["target_group"]
        )
        self.assertEqual(group, expected)
        others = lines.employee_id - lines.filtered("group_id").employee_id
        self.assertEqual(
            len(others), sum(each["count"] for each in self.example["others"])
        )

    def test_suppliers_are_the_worked_example(self):
        lines = self.measurement.supplier_line_ids.filtered("indirect_fte")
        suppliers = {
            line.certificate_id.kind: (line.amount, Fraction(str(line.indirect_fte)))
            for line in lines
        }
        expected = {
            each["kind"]: (each["bills_untaxed"], Fraction(each["converted_fte"]))
            for each in self.example["suppliers"]
        }
        self.assertEqual(suppliers, expected)

    def test_lines_add_up(self):
        people = self.measurement.person_line_ids
        suppliers = self.measurement.supplier_line_ids
        for field, lines in (
            ("total_fte", people),
            ("direct_fte", people),
            ("indirect_fte", suppliers),
        ):
            with self.subTest(field):
                self.assertAlmostEqual(
                    sum(lines.mapped(field)), self.measurement[field], places=12
                )

    def test_bills_show_what_happens_in_a_year(self):
        """Of the first and the last day, a refund, and a line that does not count."""
        bills = self.bills(
            ("partner_id", "=", self.ref("vendor_blinkhof").id),
            ("invoice_date", ">=", "2025-01-01"),
            ("invoice_date", "<=", "2025-12-31"),
        )
        self.assertEqual(set(bills.mapped("state")), {"posted"})
        dates = bills.mapped("invoice_date")
        self.assertEqual(str(min(dates)), "2025-01-01")
        self.assertEqual(str(max(dates)), "2025-12-31")
        refund = bills.filtered(lambda bill: bill.move_type == "in_refund")
        self.assertTrue(refund.reversed_entry_id)
        self.assertLess(refund.pso_amount, 0)
        excluded = bills.invoice_line_ids.filtered("pso_excluded")
        self.assertEqual(excluded.pso_excluded_reason, "passed_on")
        self.assertTrue(bills.invoice_line_ids.purchase_order_id)
        self.assertAlmostEqual(sum(bills.mapped("pso_amount")), 150000)

    def test_open_checks(self):
        """Ready for the audit, but for what the scheme keeps to itself."""
        self.assertEqual(
            self.open_checks(self.measurement),
            {
                "outside": 1,
                "period_unknown": 1,
                "norm_unconfirmed": 6,
                "norm_unknown": 1,
                "no_two_factor": 1,
            },
        )


@tagged("post_install", "-at_install")
class TestDemo2026(DemoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.measurement = cls.ref("measurement_2026")

    def test_nearly_at_the_highest_level(self):
        before = self.ref("measurement_2025")
        self.assertGreater(self.measurement.total_fte, before.total_fte)
        self.assertGreater(self.measurement.direct_percentage, before.direct_percentage)
        self.assertGreater(self.measurement.total_percentage, before.total_percentage)
        self.assertEqual(self.measurement.level_id.code, "step2")
        self.assertEqual(self.measurement.next_level_id.code, "step3")
        self.assertLess(self.measurement.gap_fte, 0.25)

    def test_clearing_one_check_reaches_it(self):
        """The date of leaving school that somebody still has to fill in."""
        self.ref("employee_akkerman").pso_status_ids.date_event = "2026-07-10"
        self.assertEqual(self.measurement.level_id.code, "step3")

    def test_open_checks(self):
        """Every kind of work that a PSO coordinator has during a year."""
        self.assertEqual(
            self.open_checks(self.measurement),
            {
                "no_figures": 1,
                "event_missing": 1,
                "weight_unknown": 1,
                "no_proof": 1,
                "certificate_no_proof": 1,
                "outside": 3,
                "older_figures": 4,
                "estimate": 1,
                "period_unknown": 1,
                "norm_unconfirmed": 6,
                "norm_unknown": 1,
                "no_two_factor": 1,
            },
        )

    def test_counting_ends_soon(self):
        """Somebody whose period ends, and a placement near its three years."""
        for name in ("benali", "berhane"):
            with self.subTest(name):
                status = self.ref(f"employee_{name}").pso_status_ids
                self.assertEqual(status.counted_until, Date.to_date("2027-01-14"))

    def test_foreign_turnover_is_converted(self):
        line = self.measurement.supplier_line_ids.filtered(
            lambda each: each.partner_id == self.ref("vendor_northmere")
        )
        self.assertAlmostEqual(line.turnover, 9400000 / 1.175, places=2)


@tagged("post_install", "-at_install")
class TestDemoLanguage(DemoCase):
    """Who reads it works in Dutch; core loads files without a language."""

    def test_a_note_that_it_was_made_is_dutch(self):
        for name in ("demo_measurement_2025", "demo_vendor_blinkhof"):
            record = self.env.ref(f"pso_odoo.{name}")
            with self.subTest(name):
                notes = "".join(record.message_ids.mapped("body"))
                self.assertIn("aangemaakt", notes)
                self.assertNotIn("created", notes)

    def test_vendors_are_written_to_in_their_language(self):
        vendors = self.env["ir.model.data"].search(
            [("module", "=", "pso_odoo"), ("name", "like", "demo_vendor_")]
        )
        partners = self.env["res.partner"].browse(vendors.mapped("res_id"))
        for country, vendors in partners.grouped("country_code").items():
            with self.subTest(country):
                language = {"nl_NL"} if country == "NL" else {"en_US"}
                self.assertEqual(set(vendors.mapped("lang")), language)


@tagged("post_install", "-at_install")
class TestDemoCompany(DemoCase):
    def test_users_have_the_groups_of_their_role(self):
        for login, (groups, pso_groups) in USERS.items():
            with self.subTest(login):
                user = self.ref(f"user_{login}")
                self.assertEqual(user.login, login)
                self.assertEqual(set(user.group_ids.get_external_id().values()), groups)
                has = {
                    name for name in PSO_GROUPS if user.has_group(f"pso_odoo.{name}")
                }
                self.assertEqual(has, pso_groups)
                self.assertEqual(user.company_ids, self.company)
                self.assertEqual(user.has_group("hr.group_hr_user"), login == "hr")

    def test_users_are_employees(self):
        for login in USERS:
            with self.subTest(login):
                user = self.ref(f"user_{login}")
                employee = self.env["hr.employee"].search([("user_id", "=", user.id)])
                self.assertEqual(employee.company_id, self.company)
                self.assertEqual(employee.name, user.name)

    def test_administrator_sees_the_company_but_not_the_people(self):
        admin = self.env.ref("base.user_admin")
        self.assertIn(self.company, admin.company_ids)
        for name in PSO_GROUPS:
            with self.subTest(name):
                self.assertFalse(admin.has_group(f"pso_odoo.{name}"))

    def test_nothing_is_in_another_company(self):
        names = self.env["ir.model.data"].search(
            [("module", "=", "pso_odoo"), ("name", "=like", r"demo\_%")]
        )
        self.assertTrue(names)
        for model, each in names.grouped("model").items():
            if "company_id" not in self.env[model] or model == "res.partner":
                continue  # in core, too, a contact may belong to no company
            with self.subTest(model):
                records = self.env[model].browse(each.mapped("res_id"))
                self.assertEqual(
                    {record.company_id for record in records}, {self.company}
                )

    def test_schedules_have_the_hours_of_their_name(self):
        for hours in (40, 36, 32, 24, 16):
            with self.subTest(hours):
                self.assertEqual(self.ref(f"calendar_{hours}").hours_per_week, hours)

    def test_people_who_left_are_archived(self):
        employees = self.env["hr.employee"].with_context(active_test=False)
        left = employees.search(
            [("company_id", "=", self.company.id), ("active", "=", False)]
        )
        self.assertEqual(len(left), 6)
        for employee in left:
            self.assertEqual(employee.departure_date, employee.contract_date_end)
        present = employees.search(
            [("company_id", "=", self.company.id), ("active", "=", True)]
        )
        self.assertFalse(any(present.mapped("departure_date")))

    def test_only_the_latest_bill_is_a_draft(self):
        draft = self.bills(("state", "=", "draft"))
        self.assertEqual(draft, self.ref("bill_blinkhof_25"))
