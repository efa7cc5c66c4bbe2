"""Refunds: of which year they are, and what they take away (section 4)."""

from common import PsoCase
from test_workbook import WorkbookCase

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.pso_odoo.tools.score import after_refunds

SEASON = ("2025-07-01", "2026-06-30")


class RefundCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee()
        cls.partner = cls.vendor("Turn of the Year")
        cls.certificate(cls.partner, "2024-01-01", "2027-12-31")
        # 100 spent is 0.5 fte in 2025, and 0.25 fte in 2026.
        cls.figures(cls.partner, 2024)
        cls.figures(cls.partner, 2025)
        cls.figures(cls.partner, 2026, turnover=2000)

    @classmethod
    def refund(cls, bill, amount, day):
        """A refund of a part of a bill, by the wizard."""
        wizard = cls.env["account.move.reversal"].create(
            {
                "move_ids": [Command.set(bill.ids)],
                "date": day,
                "journal_id": bill.journal_id.id,
            }
        )
        refund = bill.browse(wizard.reverse_moves()["res_id"])
        refund.invoice_line_ids.price_unit = amount
        refund.invoice_date = day
        refund.action_post()
        return refund

    def season(self):
        return self.measurement(*SEASON)

    def amounts(self, measurement):
        lines = measurement.supplier_line_ids.sorted("year")
        return {line.year: line.amount for line in lines}


@tagged("post_install", "-at_install")
class TestYearOfARefund(RefundCase):
    def test_of_the_year_of_its_bill(self):
        bill = self.bill(self.partner, 500, "2025-12-20")
        self.refund(bill, 150, "2026-01-10")
        season = self.season()
        self.assertEqual(self.amounts(season), {2025: 350})
        self.assertAlmostEqual(season.indirect_fte, 1.75)

    def test_beside_purchases_of_the_new_year(self):
        bill = self.bill(self.partner, 500, "2025-12-20")
        self.bill(self.partner, 400, "2026-02-20")
        self.refund(bill, 150, "2026-03-10")
        season = self.season()
        self.assertEqual(self.amounts(season), {2025: 350, 2026: 400})
        self.assertAlmostEqual(season.indirect_fte, 1.75 + 1)

    def test_a_loose_one_is_of_its_own_year(self):
        self.bill(self.partner, 500, "2025-12-20")
        self.bill(self.partner, 400, "2026-02-20")
        self.bill(self.partner, 150, "2026-03-10", type="in_refund")
        season = self.season()
        self.assertEqual(self.amounts(season), {2025: 500, 2026: 250})
        self.assertAlmostEqual(season.indirect_fte, 2.5 + 0.625)

    def test_a_charge_on_a_refund_of_a_bill_of_before_is_of_the_first_year(self):
        """As in the trend, though nothing else is bought there in that year."""
        self.status(self.employee())
        before = self.bill(self.partner, 500, "2024-03-01")
        lines = self.bill_line(100, pso_excluded=True), self.bill_line(-40)
        values = {"reversed_entry_id": before.id, "invoice_line_ids": list(lines)}
        self.bill(self.partner, 0, "2025-08-10", type="in_refund", **values)
        season = self.season()
        self.assertEqual(self.amounts(season), {2025: 40})
        self.assertAlmostEqual(season.indirect_fte, 0.2)
        last = season._trend()[-1]
        self.assertAlmostEqual(last["indirect"], season.indirect_counted_percentage)
        self.assertGreater(last["indirect"], 0)

    def test_what_is_left_is_taken_off_the_other_year(self):
        """A loose refund in a year without bills."""
        self.bill(self.partner, 500, "2025-12-20")
        self.bill(self.partner, 150, "2026-01-10", type="in_refund")
        season = self.season()
        self.assertEqual(self.amounts(season), {2025: 350, 2026: 0})
        self.assertAlmostEqual(season.indirect_fte, 1.75)
        lines = season.supplier_line_ids.sorted("year")
        self.assertEqual(lines.mapped("amount_bills"), [500, -150])
        self.assertEqual(lines.mapped("reason"), ["counts", "nothing"])

    def test_what_is_left_is_taken_off_the_year_after(self):
        self.bill(self.partner, 100, "2025-08-20")
        self.bill(self.partner, 400, "2025-09-20", type="in_refund")
        self.bill(self.partner, 1000, "2026-02-20")
        self.assertEqual(self.amounts(self.season()), {2025: 0, 2026: 700})

    def test_only_the_sum_is_cut_off_at_zero(self):
        self.bill(self.partner, 100, "2025-12-20")
        self.bill(self.partner, 300, "2026-01-10", type="in_refund")
        season = self.season()
        self.assertEqual(self.amounts(season), {2025: 0, 2026: 0})
        self.assertEqual(season.indirect_fte, 0)

    def test_of_a_bill_before_the_period(self):
        """It is taken off the first year that is measured."""
        before = self.bill(self.partner, 500, "2024-12-20")
        self.bill(self.partner, 400, "2025-08-20")
        self.bill(self.partner, 400, "2026-02-20")
        self.refund(before, 150, "2026-01-10")
        season = self.season()
        self.assertEqual(self.amounts(season), {2025: 250, 2026: 400})
        line = season.supplier_line_ids.filtered(lambda line: line.year == 2025)
        domain = line.action_open_bills()["domain"]
        self.assertEqual(len(self.env["account.move"].search(domain)), 2)

    def test_the_bills_of_a_line_are_those_it_adds_up(self):
        bill = self.bill(self.partner, 500, "2025-12-20")
        refund = self.refund(bill, 150, "2026-01-10")
        loose = self.bill(self.partner, 10, "2026-03-10", type="in_refund")
        new = self.bill(self.partner, 400, "2026-02-20")
        expected = {2025: bill | refund, 2026: loose | new}
        for line in self.season().supplier_line_ids:
            found = self.env["account.move"].search(line.action_open_bills()["domain"])
            self.assertEqual(set(found), set(expected[line.year]), line.year)

    def test_the_turnover_is_the_most_of_each_year(self):
        """After the refunds: what they take away is taken off what was bought."""
        self.bill(self.partner, 1500, "2025-12-20")
        self.bill(self.partner, 200, "2026-01-10", type="in_refund")
        season = self.season()
        self.assertEqual(self.amounts(season), {2025: 1300, 2026: 0})
        self.assertAlmostEqual(season.indirect_fte, 5)

    def test_a_correction_is_of_its_own_year(self):
        self.bill(self.partner, 500, "2025-12-20")
        season = self.season()
        correction = {"kind": "purchases", "partner_id": self.partner.id}
        correction |= {"amount": -200, "date": "2026-02-01"}
        season.correction_ids = [
            Command.create({**correction, "reason": "Bonus", "source": "Letter"})
        ]
        self.assertEqual(self.amounts(season), {2025: 300, 2026: 0})

    def test_proven_by_the_same_rule(self):
        """What is verified is balanced by itself."""
        self.partner.pso_certificate_ids.write({"evidence_state": "verified"})
        bill = self.bill(self.partner, 500, "2025-12-20")
        self.refund(bill, 150, "2026-01-10")
        self.bill(self.partner, 50, "2026-03-10", type="in_refund")
        season = self.season()
        lines = season.supplier_line_ids.sorted("year")
        self.assertEqual(lines.mapped("amount_proven"), [300, 0])
        self.assertEqual(season.proven_indirect_percentage, season.indirect_percentage)

    def test_suppliers_are_apart(self):
        other = self.social_vendor(name="Other")
        self.bill(self.partner, 500, "2025-12-20")
        self.bill(other, 150, "2025-12-20", type="in_refund")
        self.assertAlmostEqual(self.season().indirect_fte, 2.5)

    def test_left_out_lines_of_a_refund_are_of_the_year_of_its_bill(self):
        """Also where nothing is left of the refund, or more than nothing."""
        bill = self.bill(self.partner, 500, "2025-12-20")
        refund = self.refund(bill, 150, "2026-01-10")
        for left, year_2025 in ((150, 500), (180, 530)):
            refund.button_draft()
            refund.invoice_line_ids = [
                Command.clear(),
                self.bill_line(left, pso_excluded=True),
                *([self.bill_line(150 - left)] if left != 150 else []),
            ]
            refund.action_post()
            with self.subTest(left=left):
                line = self.season().supplier_line_ids
                self.assertEqual(line.year, 2025)
                self.assertEqual(line.amount, year_2025)
                self.assertEqual(line.amount_excluded, -left)
                self.assertIn(refund.id, self.bills_of(line))

    def bills_of(self, line):
        domain = line.action_open_bills()["domain"]
        return self.env["account.move"].search(domain).ids

    def test_left_out_lines_take_nothing_away(self):
        bill = self.bill(self.partner, 500, "2025-12-20")
        refund = self.refund(bill, 150, "2026-01-10")
        refund.invoice_line_ids.pso_excluded = True
        season = self.season()
        self.assertEqual(sum(self.amounts(season).values()), 500)
        self.assertAlmostEqual(season.indirect_fte, 2.5)

    def test_locked_figures_stay(self):
        self.bill(self.partner, 500, "2025-12-20")
        season = self.season()
        season.action_lock()
        self.bill(self.partner, 150, "2026-01-10", type="in_refund")
        self.assertAlmostEqual(season.indirect_fte, 2.5)
        self.assertEqual(self.amounts(season), {2025: 500})

    def test_the_formula(self):
        for balances, amounts in (
            ([], []),
            ([500, -150], [350, 0]),
            ([-150, 500], [0, 350]),
            ([100, -500, 700], [0, 0, 300]),
            ([100, 200, -50], [50, 200, 0]),
            ([-1, -2], [0, 0]),
        ):
            with self.subTest(balances):
                self.assertEqual(after_refunds(balances), amounts)


@tagged("post_install", "-at_install")
class TestWhereElseItShows(RefundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.december = cls.bill(cls.partner, 500, "2025-12-20")
        cls.reversal = cls.refund(cls.december, 150, "2026-01-10")
        cls.loose = cls.bill(cls.partner, 40, "2026-03-10", type="in_refund")

    def test_trend(self):
        season = self.season()
        self.assertAlmostEqual(season.indirect_fte, (350 - 40) / 1000 * 10 * 0.5)
        last = season._trend()[-1]
        self.assertAlmostEqual(last["total"], season.total_percentage)
        self.assertAlmostEqual(last["indirect"], season.indirect_counted_percentage)

    def test_on_the_refund(self):
        """By the figures of the year of its bill; a loose one by those of its own."""
        self.assertAlmostEqual(self.reversal.pso_fte, -0.75)
        self.assertAlmostEqual(self.loose.pso_fte, -0.1)

    def test_analysis_and_the_years_of_a_vendor(self):
        lines = self.env["pso.purchase.report"].search(
            [("move_id", "in", (self.december | self.reversal | self.loose).ids)]
        )
        years = {line.move_id: (line.year, line.fte) for line in lines}
        self.assertEqual(years[self.reversal][0], 2025)
        self.assertAlmostEqual(years[self.reversal][1], -0.75)
        self.assertEqual(years[self.loose][0], 2026)
        spend = {year.year: year for year in self.partner.pso_spend_ids}
        self.assertEqual(spend[2025].social_amount, 350)
        self.assertEqual(spend[2026].social_amount, -40)
        domain = spend[2025].action_open_purchases()["domain"]
        found = self.env["pso.purchase.report"].search(domain)
        self.assertEqual(found.move_id, self.december | self.reversal)

    def test_a_supplier_that_owes_money_is_no_offer(self):
        """What is bought there first makes good what was sent back."""
        self.bill(self.partner, 1000, "2026-03-11", type="in_refund")
        with freeze_time("2026-06-30"):
            offers = self.env["pso.supplier.line"]._offers(self.season()._window())
            self.assertNotIn(self.partner.id, [offer.partner_id for offer in offers])
            self.bill(self.partner, 2000, "2026-04-01")
            self.env.flush_all()
            offers = self.env["pso.supplier.line"]._offers(self.season()._window())
        [offer] = [o for o in offers if o.partner_id == self.partner.id]
        self.assertGreater(offer.room, 0)


@tagged("post_install", "-at_install")
class TestWorkbookOfRefunds(WorkbookCase, RefundCase):
    """The sheet on purchases takes refunds off the years as the score does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.status(cls.employee())
        december = cls.bill(cls.partner, 500, "2025-12-20")
        cls.refund(december, 150, "2026-01-10")
        cls.loose = cls.bill(cls.partner, 40, "2026-03-10", type="in_refund")
        verified = cls.vendor("Turn of the Year")  # of the same name
        cls.certificate(verified, "2025-01-01", "2026-12-31", evidence_state="verified")
        cls.figures(verified, 2025)
        cls.bill(verified, 30, "2025-08-20", type="in_refund")
        cls.bill(verified, 100, "2026-03-20")

    def test_recalculated(self):
        season = self.season()
        live = self.workbook(season)
        self.assertEqual(live.column("supplier_balance"), [350, -40, -30, 100])
        self.assertEqual(live.column("supplier_balance_proven"), [0, 0, -30, 100])
        season.action_lock()
        locked = self.workbook(season)
        # Bills that change afterwards: the locked amounts stand, of all years.
        self.loose.button_draft()
        self.loose.button_cancel()
        changed = self.workbook(season)
        for workbook in (live, locked, changed):
            self.assertTells(workbook, season)
        self.assertRecalculates(live, locked, changed)
