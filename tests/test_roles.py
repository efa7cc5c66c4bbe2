"""What each role comes for, done in the web client: every click and every letter."""

import shutil
import subprocess
import tempfile
from datetime import date
from pathlib import Path

import openpyxl
from browser import BrowserCase
from common import PsoCase
from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import formatLang, mute_logger

# What belongs to a person: here and nowhere else in the database.
SECRET_GROUP = "Group Zilverschoon"
SECRET_PROOF = "zilverschoon.pdf"
SECRET_START = date(2021, 3, 17)


class RoleCase(BrowserCase, PsoCase):
    """A company of ten, in which the users of the demo work from now on.

    Everybody has been there since 2020 and the periods end today, so that every figure
    is the same whenever the tests are run.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.company_registry = "12345678"
        cls.today = fields.Date.context_today(cls.company)
        cls.edition = cls.env["pso.edition"]._at(cls.today)
        cls.newcomer = cls.employee(name="Tour Newcomer")
        department = cls.env["hr.department"].create({"name": "Tour Department"})
        cls.person = cls.employee(name="Tour Person", department_id=department.id)
        for _number in range(8):
            cls.employee(name="Tour Colleague")
        cls.secret = cls.keep_secret()
        cls.score = cls.measurement(
            name="Tour Year",
            start=cls.today + relativedelta(days=1, years=-1),
            end=cls.today,
        )
        cls.certified = cls.vendor("Tour Certified")
        cls.certificate(
            cls.certified,
            cls.today - relativedelta(years=2),
            cls.today + relativedelta(years=2),
            evidence_state="verified",
        )

    @classmethod
    def keep_secret(cls):
        """The status of somebody, with its proof, in a group that is unlike others."""
        group = cls.env["pso.target.group"].create({"code": "x", "name": SECRET_GROUP})
        cls.env["pso.group.rule"].create(
            {
                "edition_id": cls.edition.id,
                "group_id": group.id,
                "weight": 1,
                "is_weight_known": True,
                "is_period_known": True,
            }
        )
        status = cls.env["pso.status"].create(
            {
                "employee_id": cls.person.id,
                "group_id": group.id,
                "form_id": cls.ref("form_regular").id,
                "date_start": SECRET_START,
                "date_end": cls.today + relativedelta(days=30),
                "evidence_state": "verified",
            }
        )
        status.attachment_ids = cls.env["ir.attachment"].create(
            {"name": SECRET_PROOF, "raw": b"%PDF"}
        )
        return status

    @classmethod
    def secrets(cls, *names):
        """For a tour: what may be seen nowhere, and the records it belongs to."""
        return {
            "secrets": [
                SECRET_GROUP,
                SECRET_PROOF,
                str(SECRET_START),
                *(SECRET_START.strftime(form) for form in ("%d-%m-%Y", "%m/%d/%Y")),
                *names,
            ],
            "employee": cls.person.id,
            "status": cls.secret.id,
            "attachment": cls.secret.attachment_ids.id,
            "measurement": cls.score.id,
        }

    @classmethod
    def hire(cls, login):
        """The user of the demo by that login, who works for this company alone."""
        user = cls.env["res.users"].search([("login", "=", login)]).ensure_one()
        companies = [Command.set(cls.company.ids)]
        user.write({"company_id": cls.company.id, "company_ids": companies})
        return user

    @classmethod
    def let_export(cls, user):
        """So that what is refused is not refused for want of that right."""
        user.group_ids += cls.env.ref("base.group_allow_export")

    @classmethod
    def know_supplier(cls):
        """From now on 100 spent at the certified vendor makes 0.005 fte."""
        for year in (cls.today.year - 1, cls.today.year):
            cls.figures(cls.certified, year=year, turnover=100000)

    @classmethod
    def recent_bill(cls):
        """A bill of 2000 passed on to others, and 3000 for the company itself."""
        lines = [
            cls.bill_line(2000, name="Passed on"),
            cls.bill_line(3000, name="For us"),
        ]
        day = cls.today - relativedelta(days=10)
        return cls.bill(cls.certified, 0, day, invoice_line_ids=lines)


@tagged("post_install", "-at_install")
class TestRoles(RoleCase):
    def test_hr_officer(self):
        self.assertEqual(self.score.direct_percentage, 10)
        self.let_export(self.hire("hr"))
        self.tour("hr_officer", "hr", **self.secrets())
        (status,) = self.newcomer.pso_status_ids
        self.assertEqual(status.group_id, self.ref("group_wajong"))
        self.assertEqual(status.date_start, fields.Date.to_date("2020-01-01"))
        self.assertEqual(status.attachment_ids.mapped("name"), ["decision.txt"])
        self.assertEqual(status.evidence_state, "received")
        self.assertEqual(self.score.direct_percentage, 20)

    def test_the_calendar_of_ends_opens_where_the_first_is(self):
        self.hire("hr")
        self.secret.date_end = self.today + relativedelta(years=1, days=1)
        url = "/odoo/action-pso_odoo.pso_status_ending_action"
        self.tour("ends_calendar", "hr", url)

    def test_buyer(self):
        self.know_supplier()
        ordinary = self.vendor("Tour Ordinary")
        product = self.product(name="Tour Glazing", purchase_method="purchase")
        for vendor in (ordinary, self.certified):
            self.env["product.supplierinfo"].create(
                {
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "partner_id": vendor.id,
                    "price": 1,
                }
            )
        self.hire("inkoop")
        self.tour("buyer", "inkoop")
        order = self.env["purchase.order"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(order.state, "purchase")
        self.assertEqual(order.partner_id, self.certified)
        self.assertEqual(order.pso_amount, 1000)
        self.assertAlmostEqual(order.pso_fte, 0.05)
        # With it 0.05 fte of purchases beside ten in own staff.
        self.assertAlmostEqual(order.pso_points, 100 * 0.05 / 10.05)

    def test_finance(self):
        self.know_supplier()
        bill = self.recent_bill()
        user = self.user(
            "account.group_account_invoice",
            "pso_odoo.group_pso_user",
            "pso_odoo.group_pso_purchase",
        )
        self.assertAlmostEqual(self.score.indirect_percentage, 100 * 0.25 / 10.25)
        self.tour("finance", user.login)
        excluded, counted = bill.invoice_line_ids
        self.assertTrue(excluded.pso_excluded)
        self.assertFalse(counted.pso_excluded)
        self.assertEqual(bill.pso_amount, 3000)
        self.assertAlmostEqual(self.score.indirect_percentage, 100 * 0.15 / 10.15)

    def test_coordinator(self):
        self.recent_bill()
        user = self.hire("pso")
        self.assertIn("no_figures", self.open_checks())
        prints = bool(shutil.which("wkhtmltopdf"))
        self.print_for_real()
        suffixes = [".xlsx", *[".pdf"] * prints]
        with tempfile.TemporaryDirectory() as folder:
            with self.downloads(folder, *suffixes):
                self.tour("coordinator", "pso", prints=prints)
            files = {path.suffix: path for path in Path(folder).iterdir()}
            self.check_workbook(files[".xlsx"])
            if prints:
                self.check_report(files[".pdf"], user.lang)
        self.assertNotIn("no_figures", self.open_checks())
        self.assertEqual(self.score.state, "locked")
        self.assertEqual(self.score.locked_by_id, user)

    def open_checks(self):
        return self.score.open_check_ids.type_id.mapped("code")

    def print_for_real(self):
        """Odoo prints HTML in tests, unless told otherwise."""
        reports = self.registry["ir.actions.report"]
        render = reports._render_qweb_pdf

        def render_for_real(self, *args, **options):
            report = self.with_context(force_report_rendering=True)
            return render(report, *args, **options)

        self.patch(reports, "_render_qweb_pdf", render_for_real)

    def check_workbook(self, file):
        book = openpyxl.load_workbook(file, data_only=True)
        cells = [cell.value for sheet in book for row in sheet.rows for cell in row]
        numbers = [cell for cell in cells if isinstance(cell, float)]
        total = self.score.total_percentage
        self.assertTrue(any(abs(number - total) < 1e-9 for number in numbers))
        self.assertNotIn(self.person.name, cells)

    def check_report(self, file, lang):
        command = ["pdftotext", "-layout", file, "-"]
        printed = subprocess.run(command, check=True, capture_output=True, text=True)
        env = self.env(context={"lang": lang})
        self.assertIn(formatLang(env, self.score.total_percentage), printed.stdout)

    def test_management(self):
        self.know_supplier()
        self.recent_bill()
        self.hire("directie")
        self.tour("management", "directie", **self.secrets(self.person.name))


@tagged("post_install", "-at_install")
class TestOutsiders(RoleCase):
    """Nobody's business: who may not know finds no trace of persons."""

    def look_around(self, user, url):
        """Start at the address of a screen with persons, and go everywhere."""
        self.let_export(user)
        # Odoo logs that somebody asks for a field that is not there for him.
        with mute_logger("odoo.http"):
            self.tour("outsider", user.login, url, **self.secrets())

    def test_employee(self):
        user = self.hire("medewerker")
        self.look_around(user, f"/odoo/m-pso.status/{self.secret.id}")

    def test_hr_officer(self):
        user = self.user("hr.group_hr_manager")
        url = "/odoo/action-pso_odoo.pso_status_ending_action"
        self.look_around(user, url)

    def test_administrator(self):
        user = self.hire("admin")
        url = "/odoo/action-pso_odoo.pso_person_line_action"
        self.look_around(user, url)
