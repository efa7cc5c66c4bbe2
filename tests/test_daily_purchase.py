"""What buyers and finance see of PSO in their daily work, and where it comes from."""

from datetime import date

from common import PsoCase
from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

TODAY = "2025-06-30"
BUYER = ("purchase.group_purchase_user", "account.group_account_invoice")


class DailyCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.user(*BUYER)
        cls.keeper = cls.user(*BUYER, "pso_odoo.group_pso_purchase")
        cls.portal = cls.user("base.group_portal")

    def seller(self, name, products, **vals):
        """A certified vendor of products."""
        vendor = self.vendor(name)
        self.certificate(vendor, **vals)
        self.sell(vendor, products)
        return vendor

    def sell(self, vendor, products, **vals):
        self.env["product.supplierinfo"].create(
            [
                {
                    "partner_id": vendor.id,
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "company_id": self.company.id,
                    **vals,
                }
                for product in products
            ]
        )

    def request(self, vendor, product, day="2025-06-01", planned=None, **vals):
        """A request for quotation."""
        return self.env["purchase.order"].create(
            {
                "partner_id": vendor.id,
                "date_order": f"{day} 12:00:00",
                "order_line": [
                    self.order_line(
                        100,
                        product_id=product.id,
                        date_planned=f"{planned or day} 12:00:00",
                    )
                ],
                **vals,
            }
        )

    def draft(self, vendor, day="2025-06-01", product=None, type="in_invoice"):
        line = self.bill_line(100, product_id=product and product.id)
        return self.env["account.move"].create(
            {
                "move_type": type,
                "partner_id": vendor.id,
                "invoice_date": day,
                "invoice_line_ids": [line],
            }
        )


@tagged("post_install", "-at_install")
class TestStanding(DailyCase):
    """How a vendor stands today, for everybody who may see the vendor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendors = {
            name: cls.vendor(name)
            for name in (
                "valid",
                "ending",
                "renewed",
                "aspirant",
                "future",
                "ended",
                "none",
                "sheltered",
            )
        }
        dates = {
            "valid": ("2025-01-01", "2025-09-28"),
            "ending": ("2025-01-01", "2025-09-27"),
            "renewed": ("2025-01-01", "2025-07-31"),
            "future": ("2025-07-01", "2026-06-30"),
            "ended": ("2024-01-01", "2025-06-29"),
        }
        for name, (start, end) in dates.items():
            cls.certificate(cls.vendors[name], start, end)
        cls.certificate(cls.vendors["renewed"], "2025-08-01", "2026-07-31")
        aspirant = cls.ref("level_aspirant").id
        cls.certificate(cls.vendors["aspirant"], level_id=aspirant)
        cls.certificate(cls.vendors["sheltered"], end=False, kind="sw")

    STANDINGS = {
        "valid": "valid",
        "ending": "ending",
        "renewed": "valid",
        "aspirant": "aspirant",
        "future": "future",
        "ended": "ended",
        "none": False,
        "sheltered": "valid",
    }

    @freeze_time(TODAY)
    def test_each_vendor(self):
        for name, standing in self.STANDINGS.items():
            vendor = self.vendors[name].with_user(self.buyer)
            with self.subTest(name):
                self.assertEqual(vendor.pso_standing, standing)
                self.assertEqual(bool(vendor.pso_badge), bool(standing))

    @freeze_time(TODAY)
    def test_search_finds_what_is_shown(self):
        partners = self.env["res.partner"].with_user(self.buyer)
        mine = [("id", "in", [vendor.id for vendor in self.vendors.values()])]
        for standing in set(self.STANDINGS.values()):
            for operator, is_in in (("=", True), ("!=", False)):
                with self.subTest(standing=standing, operator=operator):
                    found = partners.search(
                        [*mine, ("pso_standing", operator, standing)]
                    )
                    expected = {
                        name
                        for name, own in self.STANDINGS.items()
                        if (own == standing) == is_in
                    }
                    self.assertEqual(set(found.mapped("name")), expected)

    @freeze_time(TODAY)
    def test_an_aspirant_counts_where_the_edition_says_so(self):
        self.edition.aspirant_supplier_counts = True
        aspirant = self.vendors["aspirant"]
        self.assertEqual(aspirant.pso_standing, "valid")
        found = self.env["res.partner"].search([("pso_standing", "=", "valid")])
        self.assertIn(aspirant, found)

    @freeze_time(TODAY)
    def test_the_badge_says_level_and_validity(self):
        badges = {
            "valid": "PSO Step 3 until 09/28/2025",
            "aspirant": "PSO Aspirant until 12/31/2025",
            "future": "PSO Step 3 from 07/01/2025",
            "ended": "PSO Step 3, ended on 06/29/2025",
            "sheltered": "Sheltered-work company",
        }
        for name, badge in badges.items():
            self.assertEqual(self.vendors[name].pso_badge, badge)

    @freeze_time(TODAY)
    def test_the_badge_shows_what_a_bill_would_count_by(self):
        """Of several valid ones the verified one, then the latest, as in the score."""
        vendor = self.vendors["valid"]
        latest = self.certificate(vendor, "2025-02-01", "2026-12-31")
        self.assertIn("12/31/2026", vendor.pso_badge)
        self.assertEqual(self.bill(vendor, 1, TODAY).pso_certificate_id, latest)
        older = vendor.pso_certificate_ids - latest
        older.evidence_state = "verified"
        self.assertIn("09/28/2025", vendor.pso_badge)
        self.assertEqual(self.bill(vendor, 1, TODAY).pso_certificate_id, older)

    @freeze_time(TODAY)
    def test_a_contact_stands_as_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.vendors["ending"].id}
        )
        self.assertEqual(contact.pso_standing, "ending")
        found = self.env["res.partner"].search([("pso_standing", "=", "ending")])
        self.assertIn(contact, found)

    def test_not_for_portal_users(self):
        partner = self.portal.partner_id.with_user(self.portal)
        self.assertNotIn("pso_badge", partner.fields_get())
        with self.assertRaises(AccessError):
            partner.read(["pso_badge"])

    @freeze_time(TODAY)
    def test_a_list_reads_all_badges_at_once(self):
        aspirants = [self.vendors["aspirant"], self.vendor("Second")]
        level = self.ref("level_aspirant").id
        self.certificate(aspirants[1], level_id=level)
        few = self.env["res.partner"].union(*aspirants[:1], self.vendors["valid"])
        all_of_them = few.union(*aspirants, *self.vendors.values())
        counts = []
        for vendors in (few, few, all_of_them):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            vendors.mapped("pso_badge")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    @freeze_time(TODAY)
    def test_certificates_that_end_soon(self):
        certificates = self.env["pso.certificate"]
        mine = [
            ("partner_id", "in", [vendor.id for vendor in self.vendors.values()]),
        ]
        expected = self.vendors["ending"].pso_certificate_ids
        found = certificates.search([*mine, ("ends_soon", "=", True)])
        self.assertEqual(found, expected)
        self.assertEqual(certificates.search(mine).filtered("ends_soon"), expected)
        others = certificates.search([*mine, ("ends_soon", "=", False)])
        self.assertEqual(others, certificates.search(mine) - expected)


@tagged("post_install", "-at_install")
class TestHints(DailyCase):
    """A quiet word on the order and the draft bill, before it is too late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.thing = cls.product(name="Thing")
        cls.ordinary = cls.vendor("Ordinary")
        cls.social = cls.social_vendor(name="Social")

    def test_nothing_to_say(self):
        for vendor in (self.ordinary, self.social):
            for document in (
                self.request(vendor, self.thing),
                self.draft(vendor, product=self.thing),
            ):
                with self.subTest(vendor=vendor.name, model=document._name):
                    self.assertFalse(document.pso_hint)
                    self.assertFalse(document.pso_hint_vendors)

    def test_the_certificate_ended(self):
        bill = self.draft(self.social, "2026-02-01")
        ended = "The certificate of Social ended on 12/31/2025."
        self.assertEqual(bill.pso_hint, f"{ended} This bill does not count for PSO.")
        order = self.request(self.social, self.thing, "2026-02-01")
        self.assertEqual(order.pso_hint, f"{ended} This order does not count for PSO.")

    def test_the_certificate_is_not_valid_yet(self):
        bill = self.draft(self.social, "2024-12-31")
        self.assertIn("is valid from 01/01/2025", bill.pso_hint)

    def test_the_vendor_is_an_aspirant(self):
        vendor = self.vendor("Hopeful")
        self.certificate(vendor, level_id=self.ref("level_aspirant").id)
        self.assertIn("Hopeful has aspirant status.", self.draft(vendor).pso_hint)

    def test_the_certificate_ends_before_the_goods_come(self):
        order = self.request(self.social, self.thing, "2025-12-01", "2026-01-15")
        self.assertTrue(order.pso_is_social)
        self.assertIn("ends on 12/31/2025", order.pso_hint)
        self.assertIn("arrival on 01/15/2026", order.pso_hint)
        order.button_confirm()
        order.date_approve = "2025-12-01 12:00:00"
        self.assertIn("the bill may not count", order.pso_hint)
        self.certificate(self.social, "2026-01-01", "2026-12-31")
        order.invalidate_recordset()
        self.assertFalse(order.pso_hint)

    def test_bills_will_count_though_the_order_does_not(self):
        order = self.request(self.social, self.thing, "2024-12-01", "2025-01-15")
        self.assertFalse(order.pso_is_social)
        self.assertIn("from 01/01/2025: bills from that day on", order.pso_hint)

    def test_figures_are_missing(self):
        self.social.pso_figure_ids.unlink()
        self.assertIn("adds no fte", self.draft(self.social).pso_hint)

    def test_only_what_can_still_be_changed(self):
        bill = self.bill(self.social, 100, "2026-02-01")
        self.assertFalse(bill.pso_hint)
        refund = self.draft(self.social, "2026-02-01", type="in_refund")
        self.assertFalse(refund.pso_hint)
        sale = self.draft(self.social, "2026-02-01", type="out_invoice")
        self.assertFalse(sale.pso_hint)
        order = self.request(self.social, self.thing, "2026-02-01")
        order.button_cancel()
        self.assertFalse(order.pso_hint)

    def test_a_cancelled_order_counts_nothing(self):
        order = self.request(self.social, self.thing)
        for is_hidden in (False, True):
            if is_hidden:
                order.button_cancel()
            form = Form(order.with_user(self.buyer))
            hidden = form._get_modifier("pso_certificate_id", "invisible")
            self.assertEqual(bool(hidden), is_hidden)
            adds = form._view["tree"].xpath("//div[@name='pso_adds']")[0]
            self.assertIn("state == 'cancel'", adds.get("invisible"))

    def test_who_else_sells_it(self):
        self.seller("Certified B", self.thing)
        self.seller("Certified A", self.thing)
        self.seller("Ended", self.thing, end="2025-05-31")
        self.seller("Hopeful", self.thing, level_id=self.ref("level_aspirant").id)
        self.sell(self.vendor("Uncertified"), self.thing)
        self.sell(self.ordinary, self.thing)
        self.seller("Other Thing", self.product())
        archived = self.seller("Archived", self.thing)
        archived.active = False
        for document in (
            self.request(self.ordinary, self.thing),
            self.draft(self.ordinary, product=self.thing),
        ):
            seen = document.with_user(self.buyer)
            self.assertEqual(seen.pso_hint_vendors, "Certified A, Certified B")
        confirmed = self.request(self.ordinary, self.thing)
        confirmed.button_confirm()
        self.assertFalse(confirmed.pso_hint_vendors)

    def test_not_from_another_company(self):
        """Prices and vendors of a company are its own affair."""
        other = self.create_company("Elsewhere")
        vendor = self.vendor("Theirs", company_id=other.id)
        self.certificate(vendor)
        self.sell(vendor, self.thing, company_id=False)
        shared = self.vendor("Shared")
        self.certificate(shared)
        self.sell(shared, self.thing, company_id=other.id)
        order = self.request(self.ordinary, self.thing)
        self.assertFalse(order.pso_hint_vendors)
        self.sell(shared, self.thing, company_id=False)
        order.invalidate_recordset()
        self.assertEqual(order.pso_hint_vendors, "Shared")

    def test_a_vendor_of_another_variant_is_no_alternative(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": n}) for n in "SL"]}
        )
        values = [Command.set(attribute.value_ids.ids)]
        line = {"attribute_id": attribute.id, "value_ids": values}
        template = self.env["product.template"].create(
            {"name": "Coat", "attribute_line_ids": [Command.create(line)]}
        )
        small, large = template.product_variant_ids
        vendor = self.vendor("Large Only")
        self.certificate(vendor)
        self.sell(vendor, large, product_id=large.id)
        self.assertFalse(self.request(self.ordinary, small).pso_hint_vendors)
        order = self.request(self.ordinary, large)
        self.assertEqual(order.pso_hint_vendors, "Large Only")

    @freeze_time(TODAY)
    def test_in_a_form_that_is_being_filled_in(self):
        """Without a vendor, without lines, and as the buyer who knows no PSO."""
        self.seller("Certified", self.thing)
        orders = self.env["purchase.order"].with_user(self.buyer)
        with Form(orders) as form:
            self.assertFalse(form.pso_hint)
            form.partner_id = self.ordinary.with_user(self.buyer)
            self.assertFalse(form.pso_hint_vendors)
            with form.order_line.new() as line:
                line.product_id = self.thing.with_user(self.buyer)
            self.assertEqual(form.pso_hint_vendors, "Certified")
            form.partner_id = self.social.with_user(self.buyer)
            self.assertFalse(form.pso_hint_vendors)
        bills = self.env["account.move"].with_context(default_move_type="in_invoice")
        with Form(bills.with_user(self.buyer)) as form:
            self.assertFalse(form.pso_hint)
            form.invoice_date = date(2026, 2, 1)
            form.partner_id = self.social.with_user(self.buyer)
            self.assertIn("ended on 12/31/2025", form.pso_hint)

    def test_confirming_and_posting_do_not_ask_for_them(self):
        """What only the form shows costs nothing elsewhere."""
        self.seller("Certified", self.thing)
        order = self.request(self.ordinary, self.thing)
        bill = self.draft(self.ordinary, product=self.thing)
        Order, Bill = type(order), type(bill)
        asked = []
        for model in (Order, Bill):
            self.patch(
                model, "_compute_pso_hints", lambda documents: asked.append(documents)
            )
            self.patch(
                model, "_compute_pso_points", lambda documents: asked.append(documents)
            )
        order.button_confirm()
        bill.action_post()
        self.env.flush_all()
        self.assertFalse(asked)


@tagged("post_install", "-at_install")
class TestNoNoise(DailyCase):
    """What adds nothing shows no zeros."""

    NUMBERS = ("pso_amount", "pso_fte")

    def shown(self, record):
        arch = etree.fromstring(record.get_view(view_type="form")["arch"])
        facts = {
            name: record[name] for name in record._fields if name.startswith("pso_")
        } | {"state": record.state}

        def is_shown(node):
            hidden = [each.get("invisible") for each in node.iterancestors()]
            return not any(
                safe_eval(expression, facts)
                for expression in (node.get("invisible"), *hidden)
                if expression
            )

        return {
            node.get("name")
            for node in arch.iter("field")
            if node.get("name") in {*self.NUMBERS, "pso_hint"}
            and not any(each.tag == "list" for each in node.iterancestors())
            and is_shown(node)
        }

    def test_documents_that_add_nothing(self):
        certified = self.social_vendor(name="Certified")
        plain = self.vendor("Plain")
        unknown = self.vendor("Without figures")
        self.certificate(unknown)
        ended = self.vendor("Ended")
        self.certificate(ended, "2023-01-01", "2024-12-31")
        cancelled = self.order(ended, 100)
        cancelled.button_cancel()
        large = self.vendor("Large")
        self.certificate(large)
        self.figures(large, turnover=1_000_000_000)
        for document, shown in (
            (self.order(plain, 100), set()),
            (self.bill(plain, 100), set()),
            (self.order(certified, 0), set()),
            (self.bill(certified, 0), set()),
            (cancelled, set()),
            (self.order(unknown, 100), {"pso_amount", "pso_hint"}),
            (self.bill(unknown, 100), {"pso_amount"}),
            (self.order(certified, 100), set(self.NUMBERS)),
            (self.bill(certified, 100), set(self.NUMBERS)),
            # 0.0000 fte says nothing either.
            (self.order(large, 100), {"pso_amount"}),
            (self.bill(large, 100, type="in_refund"), {"pso_amount"}),
        ):
            with self.subTest(document=document, vendor=document.partner_id.name):
                self.assertEqual(self.shown(document), shown)


@tagged("post_install", "-at_install")
class TestPoints(DailyCase):
    """What a purchase adds to the score of the last 12 months."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.thing = cls.product()
        cls.social = cls.social_vendor(name="Social")
        for number in range(9):
            cls.employee(name=f"Colleague {number}")
        cls.status(cls.employee())

    def rolling(self):
        measurements = self.env["pso.measurement"]
        return measurements._figures_now(measurements._rolling(self.company))

    @freeze_time(TODAY)
    def test_an_order_is_put_in(self):
        """10 fte, 0.5 fte bought: 100 x 0.5 / 10.5 points, and 0.5 more on top."""
        order = self.request(self.social, self.thing)
        self.assertAlmostEqual(order.pso_points, 100 * 0.5 / 10.5)
        self.bill(self.social, 100, "2025-06-01")
        order.invalidate_recordset()
        self.assertAlmostEqual(order.pso_points, 100 / 11 - 100 * 0.5 / 10.5)

    @freeze_time(TODAY)
    def test_a_posted_bill_is_taken_out(self):
        bill = self.bill(self.social, 100, "2025-06-01")
        self.bill(self.social, 100, "2025-06-02")
        self.assertAlmostEqual(bill.pso_points, 100 / 11 - 100 * 0.5 / 10.5)

    @freeze_time(TODAY)
    def test_they_are_what_the_score_moves_by(self):
        bill = self.draft(self.social, "2025-06-01")
        before = self.rolling()["total_percentage"]
        promised = bill.pso_points
        bill.action_post()
        after = self.rolling()["total_percentage"]
        self.assertGreater(promised, 0)
        self.assertAlmostEqual(after - before, promised)
        bill.invalidate_recordset()
        self.assertAlmostEqual(bill.pso_points, promised)

    @freeze_time(TODAY)
    def test_a_bill_outside_the_period_is_put_in(self):
        self.certificate(self.social, "2024-01-01", "2024-12-31")
        self.figures(self.social, 2024)
        bill = self.bill(self.social, 100, "2024-06-30")
        self.assertEqual(self.rolling()["indirect_fte"], 0)
        self.assertAlmostEqual(bill.pso_points, 100 * 0.5 / 10.5)

    @freeze_time(TODAY)
    def test_a_refund_takes_away(self):
        bill = self.bill(self.social, 100, "2025-06-01")
        refund = bill._reverse_moves([{"invoice_date": "2025-06-02"}])
        refund.action_post()
        self.assertAlmostEqual(refund.pso_points, -100 * 0.5 / 10.5)

    @freeze_time(TODAY)
    def test_no_more_than_the_cap(self):
        """Indirect is at most 80 % of the total: with 10 % direct, 40 points."""
        order = self.request(self.social, self.thing)
        self.social.pso_figure_ids.fte = 10_000
        self.assertAlmostEqual(order.pso_points, 40)
        self.env["pso.status"].search([("company_id", "=", self.company.id)]).unlink()
        order.invalidate_recordset()
        self.assertEqual(order.pso_points, 0)

    @freeze_time(TODAY)
    def test_no_more_than_the_turnover_of_the_vendor(self):
        """Of 1,200 bought at a turnover of 1,000 the last 200 are worth nothing."""
        bill, _other = (
            self.bill(self.social, 600, f"2025-06-0{day}") for day in (1, 2)
        )
        both = self.rolling()["total_percentage"]
        self.assertEqual(self.request(self.social, self.thing).pso_points, 0)
        bill.button_draft()
        promised = bill.pso_points
        self.assertGreater(promised, 0)
        self.assertAlmostEqual(promised, both - self.rolling()["total_percentage"], 9)
        bill.action_post()
        bill.invalidate_recordset()
        self.assertAlmostEqual(bill.pso_points, promised, 9)

    @freeze_time(TODAY)
    def test_without_an_edition(self):
        """The form opens all the same."""
        order = self.request(self.social, self.thing)
        self.env["pso.edition"].search([]).is_in_use = False
        self.assertEqual(order.pso_points, 0)

    @freeze_time(TODAY)
    def test_not_of_companies_of_others(self):
        """Of what is typed a caller chooses company and vendor."""
        other = self.create_company("Elsewhere")
        theirs = self.social_vendor(name="Theirs", company_id=other.id)
        names = ("pso_points", "pso_fte", "pso_amount", "pso_hint", "pso_hint_vendors")

        def ask(user, company, vendor):
            values = {
                "company_id": company.id,
                "partner_id": vendor.id,
                "date_order": "2025-06-01 12:00:00",
                "amount_untaxed": 100,
                "currency_rate": 1,
            }
            orders = self.env["purchase.order"].with_user(user)
            spec = dict.fromkeys((*names, *values), {})
            answer = orders.onchange(values, ["amount_untaxed"], spec)["value"]
            return {name for name in names if answer.get(name)}

        self.assertIn("pso_points", ask(self.keeper, self.company, self.social))
        for company, vendor in (
            (other, self.social),
            (other, theirs),
            (self.company, theirs),
        ):
            with self.subTest(company=company.name, vendor=vendor.name):
                self.assertEqual(ask(self.keeper, company, vendor), set())

    @freeze_time(TODAY)
    def test_for_who_sees_something_of_the_score(self):
        """They follow from it, so that an outsider could work it out."""
        order = self.request(self.social, self.thing)
        self.assertGreater(order.with_user(self.keeper).pso_points, 0)
        with self.assertRaises(AccessError):
            order.with_user(self.buyer).read(["pso_points"])

    @freeze_time(TODAY)
    def test_ordinary_documents_do_not_ask_for_the_score(self):
        documents = (
            self.request(self.vendor(), self.thing),
            self.draft(self.vendor()),
            self.draft(self.social, type="out_invoice"),
        )
        self.patch(
            type(self.env["pso.measurement"]),
            "_rolling_facts",
            lambda *_args: self.fail("The score was read"),
        )
        for document in documents:
            self.assertEqual(document.pso_points, 0)


@tagged("post_install", "-at_install")
class TestAnalysis(DailyCase):
    """The lines of the analysis add up to what a measurement counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee()
        cls.social = cls.social_vendor(name="Social")
        cls.ordinary = cls.vendor("Ordinary", buyer_id=cls.keeper.id)
        cls.green, cls.grey = (
            cls.product(categ_id=cls.env["product.category"].create({"name": name}).id)
            for name in ("Green", "Grey")
        )

    def lines(self, *domain):
        self.env.invalidate_all()
        return self.env["pso.purchase.report"].search(
            [("company_id", "=", self.company.id), *domain]
        )

    def bought(self, vendor, amount, day="2025-06-01", product=None, **vals):
        line = self.bill_line(amount, product_id=(product or self.green).id)
        return self.bill(vendor, 0, day, invoice_line_ids=[line], **vals)

    def totals(self, *groupby, domain=()):
        groups = self.env["pso.purchase.report"]._read_group(
            [("company_id", "=", self.company.id), *domain],
            list(groupby),
            ["amount:sum", "social_amount:sum", "fte:sum", "social_share:avg"],
        )
        return {group[0]: group[1:] for group in groups} if groupby else groups[0]

    def test_a_line_a_bill_line(self):
        bill = self.bought(self.social, 100)
        line = self.lines()
        self.assertEqual(line.id, bill.invoice_line_ids.id)
        self.assertEqual(line.move_id, bill)
        self.assertEqual(line.partner_id, self.social)
        self.assertEqual(line.category_id, self.green.categ_id)
        self.assertEqual(line.certificate_id, self.social.pso_certificate_ids)
        self.assertEqual(line.level_id, self.ref("level_step3"))
        self.assertEqual(line.currency_id, self.company.currency_id)
        figures = (line.amount, line.social_amount, line.social_share, line.fte)
        self.assertEqual(figures, (100, 100, 100, 0.5))

    def test_only_what_was_bought_and_posted(self):
        self.draft(self.social)
        sale = self.draft(self.social, type="out_invoice")
        sale.action_post()
        self.assertFalse(self.lines())
        self.bill(self.social, 100, type="in_receipt")
        self.assertEqual(self.lines().amount, 100)

    def test_another_addon_adds_a_condition(self):
        report = type(self.env["pso.purchase.report"])
        where = report._where

        def of_some_size(report):
            return SQL("%s AND line.balance >= %s", where(report), 500)

        self.patch(report, "_where", of_some_size)
        self.bought(self.social, 100)
        large = self.bought(self.social, 500)
        self.assertEqual(self.lines().move_id, large)

    def test_without_tax(self):
        tax = self.env["account.tax"].search(
            [("type_tax_use", "=", "purchase"), ("company_id", "=", self.company.id)],
            limit=1,
        )
        line = self.bill_line(100, tax_ids=[Command.set(tax.ids)])
        self.bill(self.social, 0, invoice_line_ids=[line])
        self.assertEqual(self.lines().amount, 100)

    def test_contacts_are_added_to_their_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.social.id}
        )
        self.bought(contact, 100)
        self.assertEqual(self.lines().partner_id, self.social)
        self.assertEqual(self.lines().social_amount, 100)

    def test_a_refund_takes_the_validity_of_its_bill(self):
        bill = self.bought(self.social, 100, "2025-12-31")
        refund = bill._reverse_moves([{"invoice_date": "2026-01-15"}])
        refund.action_post()
        loose = self.bought(self.social, 40, "2026-01-15", type="in_refund")
        line = self.lines(("move_id", "=", refund.id))
        self.assertEqual((line.amount, line.social_amount), (-100, -100))
        line = self.lines(("move_id", "=", loose.id))
        self.assertEqual((line.amount, line.social_amount), (-40, 0))

    def test_a_line_that_is_not_counted(self):
        bill = self.bought(self.social, 100)
        bill.with_user(self.keeper).action_pso_exclude()
        line = self.lines()
        self.assertFalse(line.is_social)
        self.assertTrue(line.certificate_id)
        self.assertEqual((line.amount, line.social_amount, line.fte), (100, 0, 0))

    def test_the_share_is_weighted(self):
        """Not the average of the lines' own shares, in no grouping."""
        self.bought(self.social, 100, product=self.green)
        self.bought(self.ordinary, 200, product=self.green)
        self.bought(self.ordinary, 100, "2025-07-01", product=self.grey)
        self.assertEqual(self.totals(), (400, 100, 0.5, 25))
        by_category = self.totals("category_id")
        share = by_category[self.green.categ_id][-1]
        self.assertAlmostEqual(share, 100 / 3)
        self.assertEqual(by_category[self.grey.categ_id][-1], 0)
        by_month = self.totals("date:month")
        self.assertEqual(by_month[date(2025, 7, 1)][-1], 0)
        by_vendor = self.totals("partner_id")
        self.assertEqual(by_vendor[self.social][-1], 100)

    def test_a_share_of_nothing(self):
        bill = self.bought(self.social, 100)
        bill._reverse_moves([{"invoice_date": "2025-06-02"}]).action_post()
        self.assertFalse(self.totals()[-1])

    def test_the_buyer(self):
        """Of the order where there is one, else of the vendor."""
        self.bought(self.ordinary, 100)
        self.assertEqual(self.lines().user_id, self.keeper)
        order = self.order(self.ordinary, 100)
        order.user_id = self.buyer
        order.order_line.qty_received = 1
        bill = self.env["account.move"].browse(order.action_create_invoice()["res_id"])
        bill.invoice_date = "2025-06-01"
        bill.action_post()
        line = self.lines(("move_id", "=", bill.id))
        self.assertEqual(line.user_id, self.buyer)

    def test_in_the_currency_of_the_company(self):
        foreign = self.env["res.currency"].create({"name": "XPS", "symbol": "x"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "name": "2025-01-01",
                "rate": 4,
            }
        )
        self.bought(self.social, 400, currency_id=foreign.id)
        self.assertAlmostEqual(self.lines().social_amount, 100)
        self.assertAlmostEqual(self.lines().fte, 0.5)

    def test_it_adds_up_to_the_measurement(self):
        """Over the same period, where nothing is corrected or cut off."""
        self.certificate(self.social, "2024-01-01", "2024-12-31")
        second = self.vendor("Second")
        self.certificate(second, "2025-03-01", "2025-09-30", evidence_state="verified")
        self.figures(second, 2024, turnover=5000, fte=20, share=30)
        sheltered = self.vendor("Sheltered")
        self.certificate(sheltered, "2020-01-01", False, kind="sw")
        for vendor in (self.social, second, sheltered, self.ordinary):
            for day in ("2024-12-31", "2025-01-01", "2025-05-05", "2025-12-31"):
                self.bought(vendor, 40.4, day)
        bill = self.bill(
            self.social,
            0,
            invoice_line_ids=[self.bill_line(60), self.bill_line(0.07)],
        )
        bill.invoice_line_ids[0].with_user(self.keeper).action_pso_exclude()
        before = self.bought(second, 30, "2025-09-30")
        before._reverse_moves([{"invoice_date": "2025-11-11"}]).action_post()
        for period in (("2025-01-01", "2025-12-31"), ("2024-07-01", "2025-06-30")):
            with self.subTest(period=period):
                lines = self.measurement(*period).supplier_line_ids
                _amount, social, fte, _share = self.totals(
                    domain=[("date", ">=", period[0]), ("date", "<=", period[1])]
                )
                self.assertGreater(social, 0)
                self.assertAlmostEqual(social, sum(lines.mapped("amount")))
                self.assertAlmostEqual(fte, sum(lines.mapped("indirect_fte")))

    def test_and_to_what_the_bills_say(self):
        bill = self.bought(self.social, 100)
        refund = bill._reverse_moves([{"invoice_date": "2026-01-15"}])
        refund.action_post()
        self.figures(self.social, 2026, turnover=2000)
        for document in (bill, refund):
            document.invalidate_recordset()
            line = self.lines(("move_id", "=", document.id))
            self.assertEqual(document.pso_amount, line.social_amount)
            self.assertAlmostEqual(document.pso_fte, line.fte)
        self.assertAlmostEqual(refund.pso_fte, -0.5)  # by the figures of its bill

    def test_own_companies_alone(self):
        self.bought(self.social, 100)
        other = self.create_company("Elsewhere")
        stranger = self.user("pso_odoo.group_pso_user", companies=other)
        for model in ("pso.purchase.report", "pso.purchase.year"):
            lines = self.env[model].with_user(stranger)
            lines = lines.with_context(allowed_company_ids=other.ids)
            self.assertFalse(lines.search([]))
            self.assertFalse(lines._read_group([], [], ["amount:sum"])[0][0])

    def test_for_totals_users_too(self):
        """They see suppliers of a measurement, and need no accounting for this."""
        self.bought(self.social, 100)
        reader = self.user("pso_odoo.group_pso_user")
        line = self.lines().with_user(reader)
        self.assertEqual(line.read(["amount", "display_name"])[0]["amount"], 100)
        with self.assertRaises(AccessError):
            self.lines().with_user(self.buyer).read(["amount"])


@tagged("post_install", "-at_install")
class TestSpendPerYear(DailyCase):
    def test_by_calendar_year(self):
        vendor = self.social_vendor()
        self.bill(vendor, 70, "2024-12-31")
        self.bill(vendor, 100, "2025-01-01")
        self.bill(vendor, 30, "2025-12-31")
        self.env.invalidate_all()
        seen = vendor.with_user(self.keeper).pso_spend_ids
        self.assertEqual(seen.mapped("year"), [2025, 2024])
        self.assertEqual(seen.mapped("amount"), [130, 70])
        self.assertEqual(seen.mapped("social_amount"), [130, 0])
        self.assertEqual([round(each.fte, 9) for each in seen], [0.65, 0])

    def test_to_the_lines_behind_it(self):
        vendor = self.social_vendor()
        self.bill(vendor, 70, "2024-12-31")
        inside = self.bill(vendor, 100, "2025-01-01")
        self.bill(self.social_vendor(), 100, "2025-01-01")
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": vendor.id}
        )
        self.env.invalidate_all()
        year = vendor.pso_spend_ids[0].with_user(self.keeper)
        lines = self.env["pso.purchase.report"].with_user(self.keeper)
        found = lines.search(year.action_open_purchases()["domain"])
        self.assertEqual(found.ids, inside.invoice_line_ids.ids)
        action = contact.with_user(self.keeper).action_pso_purchases()
        self.assertEqual(len(lines.search(action["domain"])), 2)

    def test_not_for_outsiders(self):
        vendor = self.social_vendor()
        self.bill(vendor, 100)
        self.env.invalidate_all()
        year = vendor.pso_spend_ids.with_user(self.buyer)
        vendor = vendor.with_user(self.buyer)
        for open_purchases in (vendor.action_pso_purchases, year.action_open_purchases):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                open_purchases()
        with self.assertRaises(AccessError):
            vendor.read(["pso_spend_ids"])
