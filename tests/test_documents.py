"""Orders and bills in every state, on the company's days, and what stays left out."""

from common import PsoCase

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged


class DocumentCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.social_vendor()
        cls.hired = cls.product(pso_excluded=True)
        cls.outsider = cls.user(
            "purchase.group_purchase_user", "account.group_account_invoice"
        )
        cls.keeper = cls.user(
            "pso_odoo.group_pso_purchase",
            "purchase.group_purchase_user",
            "account.group_account_invoice",
        )

    def is_found(self, document):
        """Whether a search for social purchases finds it."""
        domain = [("id", "=", document.id), ("pso_is_social", "=", True)]
        return bool(document.search(domain))

    def assertSocial(self, document, is_social):
        document.invalidate_recordset()
        self.assertEqual(document.pso_is_social, is_social)
        self.assertEqual(bool(document.pso_certificate_id), is_social)
        self.assertEqual(bool(document.pso_amount), is_social)
        self.assertEqual(self.is_found(document), is_social)


@tagged("post_install", "-at_install")
class TestState(DocumentCase):
    """What is shown of a document is what its state says."""

    def test_an_order_set_back_is_judged_by_its_own_date(self):
        """Core keeps the approval that is void."""
        order = self.order(self.partner, 100, "2025-06-10")
        self.assertSocial(order, True)
        order.button_cancel()
        self.assertSocial(order, False)
        order.button_draft()
        self.assertTrue(order.date_approve)
        self.assertSocial(order, True)
        order.date_order = "2026-03-10 12:00:00"
        self.assertSocial(order, False)
        self.assertIn("ended on 12/31/2025", order.pso_hint)
        with freeze_time("2025-12-30 12:00:00"):
            order.button_confirm()
        self.assertSocial(order, True)

    def test_an_order_to_be_approved(self):
        order = self.order(self.partner, 100, "2025-06-10")
        order.write({"state": "to approve", "date_order": "2026-03-10 12:00:00"})
        self.assertSocial(order, False)

    def test_an_order_that_is_cancelled_says_nothing(self):
        order = self.order(self.partner, 100, "2026-06-10")
        self.assertTrue(order.pso_hint)
        order.button_cancel()
        order.invalidate_recordset()
        self.assertFalse(order.pso_hint or order.pso_hint_vendors)
        self.assertEqual((order.pso_fte, order.pso_points), (0, 0))

    def test_a_bill_in_every_state(self):
        bill = self.bill(self.partner, 100)
        self.assertSocial(bill, True)
        bill.button_draft()
        self.assertSocial(bill, True)
        bill.button_cancel()
        self.assertSocial(bill, False)
        self.assertEqual(bill.pso_fte, 0)
        bill.button_draft()
        bill.invoice_date = "2026-06-01"
        self.assertSocial(bill, False)
        bill.invoice_date = "2025-06-01"
        bill.action_post()
        self.assertSocial(bill, True)

    def test_a_refund_that_is_cancelled(self):
        refund = self.bill(self.partner, 100, type="in_refund")
        self.assertSocial(refund, True)
        refund.button_draft()
        refund.button_cancel()
        self.assertSocial(refund, False)

    def test_a_search_knows_what_is_not_written_yet(self):
        order = self.order(self.partner, 100)
        order.date_approve = "2026-01-02 12:00:00"
        self.assertFalse(self.is_found(order))


@tagged("post_install", "-at_install")
class TestDayOfTheCompany(DocumentCase):
    """23:30 UTC on 31 December is 2026 in Amsterdam already."""

    def evening(self):
        order = self.order(self.partner, 100)
        order.date_approve = "2025-12-31 23:30:00"
        return order

    def test_of_its_schedule(self):
        self.company.resource_calendar_id.tz = "Europe/Amsterdam"
        self.company.country_id = self.env.ref("base.us")
        self.assertSocial(self.evening(), False)

    def test_without_a_schedule_of_its_country(self):
        self.company.resource_calendar_id = False
        self.company.country_id = self.env.ref("base.nl")
        order = self.evening()
        self.assertSocial(order, False)
        self.company.country_id = self.env.ref("base.us")
        order.invalidate_recordset()
        self.assertTrue(order.pso_is_social)
        self.assertTrue(self.is_found(order))

    def test_in_winter_and_in_summer(self):
        self.company.resource_calendar_id = False
        self.company.country_id = self.env.ref("base.nl")
        order = self.evening()
        order.date_approve = "2025-12-31 22:59:00"
        self.assertSocial(order, True)
        self.partner.pso_certificate_ids.date_end = "2025-06-30"
        order.date_approve = "2025-06-30 22:30:00"
        self.assertSocial(order, False)

    def test_a_branch_without_either_has_that_of_its_head(self):
        self.company.resource_calendar_id = False
        self.company.country_id = self.env.ref("base.nl")
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        branch.resource_calendar_id = False
        branch.country_id = False
        self.assertEqual(branch._pso_timezone(), "Europe/Amsterdam")

    def test_where_nothing_is_known_it_is_utc(self):
        self.company.resource_calendar_id = False
        self.company.country_id = False
        self.assertSocial(self.evening(), True)


@tagged("post_install", "-at_install")
class TestZeroIsAValue(DocumentCase):
    def test_figures_of_zero_are_known(self):
        """The hint does not ask for figures that are there."""
        bill = self.bill(self.partner, 100)
        bill.button_draft()
        self.partner.pso_figure_ids.direct_percentage = 0
        self.assertIn("its direct share is zero", bill.pso_hint)
        self.partner.pso_figure_ids.write({"direct_percentage": 50, "fte": 0})
        bill.invalidate_recordset()
        self.assertIn("its fte or its direct share is zero", bill.pso_hint)
        self.partner.pso_figure_ids.unlink()
        bill.invalidate_recordset()
        self.assertIn("are not known", bill.pso_hint)
        measurement = self.measurement()
        bill.action_post()
        self.assertEqual(measurement.supplier_line_ids.reason, "no_figures")
        self.figures(self.partner, share=0)
        self.assertEqual(measurement.supplier_line_ids.reason, "counts")


@tagged("post_install", "-at_install")
class TestStaysLeftOut(DocumentCase):
    """Whatever becomes of a line that is left out by hand, by whom: it stays out."""

    REASON = "passed_on"

    def counting(self, lines):
        lines.invalidate_recordset(["pso_excluded", "pso_excluded_reason"])
        return [line._pso_counting for line in lines.sorted("id")]

    def leave_out(self, line, reason=REASON):
        line.write({"pso_excluded": True, "pso_excluded_reason": reason})

    def mixed_bill(self, **vals):
        """One line that counts, one that was left out, one taken in by hand."""
        lines = [
            self.bill_line(10, name="Counts"),
            self.bill_line(20, name="Left out"),
            self.bill_line(30, name="Taken in", product_id=self.hired.id),
        ]
        bill = self.bill(self.partner, 0, invoice_line_ids=lines, **vals)
        _counts, out, taken_in = bill.invoice_line_ids.sorted("id")
        self.leave_out(out)
        taken_in.write({"pso_excluded": False})
        self.mixed = [(False, ""), (True, self.REASON), (False, "")]
        return bill

    def both_users(self):
        return (self.outsider, self.keeper)

    def test_duplicates(self):
        bill = self.mixed_bill()
        for user in self.both_users():
            copy = bill.with_user(user).copy()
            self.assertEqual(self.counting(copy.invoice_line_ids), self.mixed)
            copy.invoice_date = "2025-06-01"
            self.assertEqual(copy.sudo().pso_amount, 40)

    def test_several_duplicates_at_once(self):
        bills = self.mixed_bill() | self.bill(self.partner, 5)
        copies = bills.with_user(self.outsider).copy()
        counting = self.counting(copies.invoice_line_ids)
        self.assertEqual(counting, [*self.mixed, (False, "")])

    def test_refunds(self):
        """Also of what was taken in: else the refund would take nothing away."""
        bill = self.mixed_bill()
        for user in self.both_users():
            refund = bill.with_user(user)._reverse_moves()
            self.assertEqual(self.counting(refund.invoice_line_ids), self.mixed)
            self.assertEqual(refund.sudo().pso_amount, -40)

    def test_a_bill_that_is_reversed_and_made_anew(self):
        bill = self.mixed_bill()
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": [Command.set(bill.ids)],
                "date": "2025-06-02",
                "journal_id": bill.journal_id.id,
            }
        )
        anew = bill.browse(wizard.modify_moves()["res_id"])
        self.assertEqual(self.counting(anew.invoice_line_ids), self.mixed)
        self.assertEqual(
            self.counting(bill.reversal_move_ids.invoice_line_ids), self.mixed
        )
        self.assertEqual(self.measurement().supplier_line_ids.amount, 0)

    def test_debit_notes(self):
        """They are copies, with the lines or without."""
        bill = self.mixed_bill().with_context(include_business_fields=True)
        note = bill.with_user(self.outsider).copy({"ref": "Debit note"})
        self.assertEqual(self.counting(note.invoice_line_ids), self.mixed)
        note = bill.with_user(self.outsider).copy({"line_ids": [Command.clear()]})
        self.assertFalse(note.invoice_line_ids)

    def test_copies_of_some_lines(self):
        """Told by what is in them."""
        bill = self.mixed_bill()
        lines = bill.invoice_line_ids.sorted("id")[1:]
        values = [Command.create(vals) for vals in lines.copy_data()]
        copy = bill.copy({"invoice_line_ids": values, "line_ids": []})
        self.assertEqual(self.counting(copy.invoice_line_ids), self.mixed[1:])

    def test_nobody_says_from_outside_what_a_line_is_a_copy_of(self):
        """Else whoever may make a bill could leave its lines out, or try others."""
        out = self.mixed_bill().invoice_line_ids.sorted("id")[1]
        Move = self.env["account.move"].with_user(self.outsider)
        bill = Move.create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "invoice_line_ids": [self.bill_line(10, pso_copy_of=out.id)],
            }
        )
        self.assertEqual(self.counting(bill.invoice_line_ids), [(False, "")])

    def test_copies_of_orders(self):
        order = self.order(
            self.partner,
            0,
            order_line=[
                self.order_line(10),
                self.order_line(20),
                self.order_line(30, product_id=self.hired.id),
            ],
        )
        _counts, out, taken_in = order.order_line.sorted("id")
        self.leave_out(out)
        taken_in.write({"pso_excluded": False})
        mixed = [(False, ""), (True, self.REASON), (False, "")]
        for user in self.both_users():
            copy = order.with_user(user).copy()
            self.assertEqual(self.counting(copy.order_line), mixed)
        line = out.with_user(self.outsider).copy({"order_id": order.id})
        self.assertEqual(self.counting(line), mixed[1:2])

    # -- orders that are merged ----------------------------------------------

    def request(self, *prices, product):
        """A request for quotation with lines of one product, the last left out."""
        lines = [self.order_line(price, product_id=product.id) for price in prices]
        order = self.env["purchase.order"].create(
            {"partner_id": self.partner.id, "order_line": lines}
        )
        order.order_line.date_planned = "2026-05-05 12:00:00"
        return order

    def test_merged_orders(self):
        product = self.product()
        one = self.request(10, 10, product=product)
        two = self.request(10, 10, product=product)
        three = self.request(10, product=product)
        for order in (one, two):
            self.leave_out(order.order_line.sorted("id")[-1:])
        self.leave_out(three.order_line, "entity")
        orders = one | two | three
        orders.with_user(self.outsider).action_merge()
        merged = orders.filtered(lambda order: order.state == "draft")
        self.assertEqual(len(merged), 1)
        found = {line._pso_counting: line.product_qty for line in merged.order_line}
        expected = {(False, ""): 2, (True, self.REASON): 2, (True, "entity"): 1}
        self.assertEqual(found, expected)
        self.assertEqual(len(merged.order_line), 3)
        self.assertEqual(
            {f"{line.date_planned:%Y-%m-%d}" for line in merged.order_line},
            {"2026-05-05"},
        )
        self.assertEqual(f"{merged.date_planned:%Y-%m-%d}", "2026-05-05")

    def test_orders_that_are_not_merged_stay_as_they_are(self):
        one, other = (
            self.request(10, product=self.product()),
            self.order(self.partner, 1),
        )
        self.leave_out(one.order_line)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            (one | other).action_merge()
        self.assertEqual(f"{one.order_line.date_planned:%Y-%m-%d}", "2026-05-05")

    # -- bills that meet orders -----------------------------------------------

    def test_a_bill_line_that_is_matched_with_an_order(self):
        order = self.order(self.partner, 100)
        self.leave_out(order.order_line)
        bill = self.bill(
            self.partner,
            0,
            invoice_line_ids=[
                self.bill_line(100, product_id=order.order_line.product_id.id)
            ],
        )
        line = bill.invoice_line_ids.with_user(self.outsider)
        line.purchase_line_id = order.order_line
        self.assertEqual(self.counting(line.sudo()), [(True, self.REASON)])

    def wizard(self, bill, order):
        lines = bill.invoice_line_ids
        return (
            self.env["bill.to.po.wizard"]
            .with_user(self.outsider)
            .with_context(active_ids=[-number for number in lines.ids])
            .create({"purchase_order_id": order.id, "partner_id": self.partner.id})
        )

    def test_a_down_payment(self):
        """Order of 1000, bill of 300 left out in advance: 700 is all that counts."""
        order = self.order(self.partner, 1000)
        order.order_line.product_id.purchase_method = "purchase"
        advance = self.bill(self.partner, 300, "2025-05-10")
        self.leave_out(advance.invoice_line_ids)
        self.wizard(advance, order).action_add_downpayment()
        order.invalidate_recordset()
        [down] = order.order_line.filtered("is_downpayment").filtered(
            lambda line: not line.display_type
        )
        self.assertEqual(down._pso_counting, (True, self.REASON))
        action = order.with_user(self.outsider).action_create_invoice()
        final = self.env["account.move"].browse(action["res_id"])
        final.invoice_date = "2025-06-10"
        negative = final.invoice_line_ids.filtered(lambda line: line.price_subtotal < 0)
        self.assertEqual(negative._pso_counting, (True, self.REASON))
        self.assertEqual(final.pso_amount, 1000)

    def test_an_order_made_of_a_bill(self):
        bill = self.bill(
            self.partner,
            0,
            invoice_line_ids=[self.bill_line(9, product_id=self.product().id)],
        )
        self.leave_out(bill.invoice_line_ids)
        wizard = self.wizard(bill, self.env["purchase.order"])
        wizard.action_add_to_po()
        line = bill.invoice_line_ids.purchase_line_id
        self.assertEqual(line._pso_counting, (True, self.REASON))

    def test_a_bill_filled_in_from_an_order(self):
        """The web client sends what its user may see of the lines."""
        order = self.order(self.partner, 100)
        self.leave_out(order.order_line)
        for user in self.both_users():
            Move = self.env["account.move"].with_user(user)
            bill = Move.new({"move_type": "in_invoice", "purchase_id": order.id})
            bill._onchange_purchase_auto_complete()
            line = bill.invoice_line_ids
            is_shown = user == self.keeper
            reason = self.REASON if is_shown else ""
            self.assertEqual(line._pso_counting, (is_shown, reason))
            values = line._convert_to_write(line._cache)
            names = ("product_id", "quantity", "price_unit", "purchase_line_id")
            names += ("pso_excluded", "pso_excluded_reason") * is_shown
            bill = Move.create(
                {
                    "move_type": "in_invoice",
                    "partner_id": self.partner.id,
                    "invoice_line_ids": [Command.create({n: values[n] for n in names})],
                }
            )
            self.assertEqual(
                self.counting(bill.sudo().invoice_line_ids), [(True, self.REASON)]
            )
