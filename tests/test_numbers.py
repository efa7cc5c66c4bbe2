"""KvK and VAT numbers are looked at where they are entered, whoever enters them."""

import doctest

from common import PsoCase

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.pso_odoo.tools import registry

WRONG = ("123", "1234567", "123456789", "1234567a", "KvK", "12345678 and 9", "RSIN 12")
RIGHT = (
    "12345678",
    "01234567",
    "1234 5678",
    "12.34.56.78",
    "KvK 12345678",
    " 12345678 ",
)


@tagged("post_install", "-at_install")
class TestNumbers(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dutch = {"country_id": cls.env.ref("base.nl").id}
        cls.company.write(cls.dutch)

    def test_the_examples(self):
        result = doctest.testmod(registry)
        self.assertGreater(result.attempted, 0)
        self.assertFalse(result.failed)

    def test_sql_and_python_look_alike(self):
        for number in (*WRONG, *RIGHT):
            [(is_kvk,)] = self.env.execute_query(
                SQL("SELECT %s::text ~* %s::text", number, registry.KVK)
            )
            with self.subTest(number):
                self.assertEqual(is_kvk, registry.is_kvk(number))
                self.assertEqual(is_kvk, number in RIGHT)

    def test_kvk_numbers_of_vendors_and_companies(self):
        vendor = self.vendor()
        self.abroad = self.create_company("Elsewhere")
        for number in WRONG:
            for make in (
                lambda n=number: vendor.write({"company_registry": n}),
                lambda n=number: self.company.write({"company_registry": n}),
                lambda n=number: self.vendor(company_registry=n),
                lambda n=number: self.env["res.company"].create(
                    {"name": "New", "company_registry": n, **self.dutch}
                ),
                lambda n=number: self.env["res.config.settings"].create(
                    {"pso_company_registry": n, "company_id": self.abroad.id}
                ),
            ):
                with (
                    self.subTest(number),
                    self.assertRaisesRegex(ValidationError, "no KvK number"),
                    self.env.cr.savepoint(),
                ):
                    make()
        for number in RIGHT:
            vendor.company_registry = self.company.company_registry = number
        vendor.company_registry = self.company.company_registry = False

    def test_a_list_that_is_imported_is_looked_at(self):
        result = self.env["res.partner"].load(
            ["name", "company_registry"], [["Listed", "123"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("no KvK number", result["messages"][0]["message"])

    def test_numbers_of_other_countries_are_none_of_kvk(self):
        self.vendor(
            company_registry="0477.472.701", country_id=self.env.ref("base.be").id
        )

    def test_vat_numbers(self):
        """Where no module of Odoo looks at them; that says the same of these."""
        vendor = self.vendor(**self.dutch)
        for number in ("NL123456789B01", "NL123", "123456789B01", "BE0477472700"):
            with self.subTest(number):
                with self.assertRaisesRegex(ValidationError, "no VAT number"):
                    vendor._pso_check_vat(number, "NL")
                with (
                    self.assertRaisesRegex(ValidationError, "VAT number"),
                    self.env.cr.savepoint(),
                ):
                    vendor.vat = number
        for number in ("NL123456782B90", "123456782B90", "BE0477472701", "/", False):
            vendor._pso_check_vat(number, "NL")
            vendor.vat = number

    def test_a_wrong_number_that_is_there_stops_nothing_else(self):
        vendor = self.social_vendor(name="Old")
        contact = self.env["res.partner"].create({"name": "C", "parent_id": vendor.id})
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET company_registry = '123', vat = 'NL1' "
                "WHERE id IN %s",
                (vendor + contact + self.company.partner_id)._ids,
            )
        )
        self.env.invalidate_all()
        vendor.write({"name": "Older", "street": "Dam 1", "company_registry": "123"})
        vendor.write({"vat": "NL1", "ref": "Elder"})
        self.env["res.partner"].create({"name": "Another", "parent_id": vendor.id})
        self.company.write({"name": "Renamed", "pso_fulltime_hours": 38})
        self.bill(vendor, 100)
        found = self.measurement().check_ids.filtered(
            lambda check: check.type_id.code == "wrong_number" and check.count
        )
        action = found.action_open_findings()
        self.assertEqual(
            self.env["res.partner"].search(action["domain"]),
            vendor + self.company.partner_id,
        )

    def test_a_wrong_number_ticks_no_step_and_can_be_mended(self):
        coordinator = self.user("base.group_user", "pso_odoo.group_pso_manager")
        settings = self.env["pso.company.settings"].with_user(coordinator)
        with (
            self.assertRaisesRegex(ValidationError, "no KvK number"),
            self.env.cr.savepoint(),
        ):
            settings.create({"company_registry": "123"}).action_save()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET company_registry = '123' WHERE id = %s",
                self.company.partner_id.id,
            )
        )
        self.env.invalidate_all()
        settings.create({"pso_fulltime_hours": 38}).action_save()
        self.assertNotIn("company", self.done())
        opened = settings.create({})
        self.assertFalse(opened.has_registry)
        opened.company_registry = "12345678"
        opened.action_save()
        self.assertIn("company", self.done())

    def done(self):
        return self.env["pso.setup"]._facts(self.company, None)[1]
