"""Purchases of random companies, made as people make them: in Odoo's own forms.

Bills and orders are typed, posted, set back, cancelled, reversed by the wizard and
copied, with taxes, in the currency of the company or another one, at a vendor or at a
contact of it. What counts is what the slow calculation makes of what was typed.

Environment: ``PSO_SEED`` the seed of the first company, ``PSO_LONG`` for more of them.
"""

import os
import random
from collections import Counter
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal

from common import PsoCase
from looks import Batch
from oracle import exact
from random_world import random_editions, random_world
from tally import tell
from test_properties import WorldWriter

from odoo.fields import Command
from odoo.tests import Form, tagged

FIRST_SEED = int(os.environ.get("PSO_SEED", 1))
COMPANIES = 60 if os.environ.get("PSO_LONG") else 9
MOST_BILLS = 5
EDITIONS = 6
BUYER = (
    "account.group_account_invoice",
    "base.group_multi_currency",
    "pso_odoo.group_pso_purchase",
    "purchase.group_purchase_user",
)


@tagged("post_install", "-at_install")
class TestRandomBills(PsoCase):
    def test_what_is_typed_is_what_counts(self):
        editions = random_editions(random.Random(FIRST_SEED), "bills", EDITIONS)
        writer = FormWriter(self.env, self.company, editions, self.user(*BUYER))
        seen = Counter()
        for seed in range(FIRST_SEED, FIRST_SEED + COMPANIES):
            with self.subTest(seed=seed), self.nothing_left():
                world = self.world(random.Random(f"bills {seed}"), editions)
                writer.rng = random.Random(f"forms {seed}")
                measurement = writer.write([world])
                batch = Batch(writer, [world], measurement)
                for look in (batch.figures, batch.suppliers, batch.purchases):
                    self.assertEqual(list(look([0])), [])
                seen["amounts"] += sum(
                    bool(line["amount"])
                    for line in batch.calculated(0)["suppliers"].values()
                )
        seen += writer.made
        tell(f"random bills: {COMPANIES} companies, {dict(sorted(seen.items()))}")
        for kind in ("amounts", "ordered", "reversed", "foreign", "set back"):
            self.assertTrue(seen[kind], f"Nothing {kind}")

    @contextmanager
    def nothing_left(self):
        """The companies are used again: a chart of accounts takes long to make."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)

    def world(self, rng, editions):
        """A random company in which something is bought, not too often."""
        while True:
            world = random_world(rng, editions, 1)
            if any(supplier.certificates for supplier in world.suppliers):
                break
        world.bills = world.bills[:MOST_BILLS]
        for bill in world.bills:
            if bill.reverses is not None:
                # A refund is in the books of the company that has the bill.
                bill.company = world.bills[bill.reverses].company
        return world


class FormWriter(WorldWriter):
    """Writes the companies and their purchases as people do; the rest by SQL."""

    def __init__(self, env, company, editions, user):
        super().__init__(env, company, editions)
        self.user = user
        self.foreign.active = True
        self.rng = None
        self.made = Counter()
        self.made_companies = self._create_companies()
        self.product = env["product.product"].create(
            {"name": "Work", "type": "service", "purchase_method": "purchase"}
        )

    def _create_companies(self):
        """Three that stand alone, and two that may be branches of the first."""
        create = PsoCase.create_company.__func__
        alone = [create(self, f"Random {number}") for number in range(3)]
        parent = alone[0].id
        branches = [
            self.env["res.company"].create(
                {"name": f"Random branch {number}", "parent_id": parent}
            )
            for number in (1, 2)
        ]
        for company in (*alone, *branches):
            self.company_partners[company.id] = company.partner_id.id
            self.user.company_ids = [Command.link(company.id)]
        return alone, [alone[0], *branches]

    def _write_companies(self, worlds):
        [world] = worlds
        alone, branches = self.made_companies
        chosen = [
            (alone if company.parent is None else branches)[number]
            for number, company in enumerate(world.companies)
        ]
        for made, company in zip(chosen, world.companies, strict=True):
            made.pso_fulltime_hours = company.fulltime_hours
            made.pso_count_without_contract = company.counts_without_contract
        self.env.flush_all()
        self.calendars.clear()
        return [[company.id for company in chosen]]

    def _write_bills(self, worlds, companies, suppliers):
        [world], [ids], [vendors] = worlds, companies, suppliers
        self.env.invalidate_all()
        made = []
        for number, bill in enumerate(world.bills):
            env = self.env(
                user=self.user,
                context={
                    **self.env.context,
                    "allowed_company_ids": [ids[bill.company]],
                },
            )
            partner = env["res.partner"].browse(vendors[bill.supplier])
            if bill.is_of_contact:
                contact = {"name": "Contact", "parent_id": partner.id}
                partner = self.env["res.partner"].create(contact).with_env(env)
            lines = [(amount, True) for amount in bill.excluded]
            lines.append((round(bill.amount - sum(bill.excluded), 2), False))
            if bill.reverses is not None:
                origin = made[bill.reverses].with_env(env)
                made.append(self._reverse(bill, world, origin, lines))
            else:
                made.append(self._make(number, bill, world, partner, lines))
        for bill, move in zip(world.bills, made, strict=True):
            self._bring(move, bill.state)
        self.env.flush_all()

    def _make(self, number, bill, world, partner, lines):
        """A bill that is typed, ordered, or copied; posted if it will be reversed."""
        is_reversed = any(other.reverses == number for other in world.bills)
        if bill.kind == "in_invoice" and self.rng.random() < 0.3:
            move = self._order(bill, partner, lines)
        else:
            move = self._type(bill, world, partner, lines)
            if self.rng.random() < 0.2:
                self.made["copied"] += 1
                copy = move.copy({"invoice_date": bill.day})
                # Draft bills are deleted or left; either way they count nothing.
                move, _left = copy, move
        if is_reversed or self.rng.random() < 0.6:
            move.action_post()
        if not is_reversed and move.state == "posted" and self.rng.random() < 0.5:
            self.made["set back"] += 1
            move.button_draft()
        return move

    def _type(self, bill, world, partner, lines):
        moves = partner.env["account.move"].with_context(default_move_type=bill.kind)
        # Of several lines in another currency core moves a cent from one to another.
        is_foreign = len(lines) == 1 and self.rng.random() < 0.5
        with Form(moves) as form:
            form.partner_id = partner
            form.invoice_date = bill.day
            if is_foreign and not self._is_reversed(bill, world):
                form.currency_id = self.foreign.with_env(partner.env)
                self.made["foreign"] += 1
                self._convert(bill, world, lines)
            for amount, is_excluded in lines:
                self._type_line(form.invoice_line_ids, amount, is_excluded, bill.kind)
        self.made["typed"] += 1
        return form.record

    def _is_reversed(self, bill, world):
        return any(
            other.reverses is not None and world.bills[other.reverses] is bill
            for other in world.bills
        )

    def _type_line(self, field, amount, is_excluded, kind="in_invoice"):
        with field.new() as line:
            line.product_id = self.product.with_env(line._record.env)
            line.price_unit = amount
            if self.rng.random() < 0.5:
                line.tax_ids.clear()
            if kind != "out_invoice":
                line.pso_excluded = is_excluded

    def _convert(self, bill, world, lines):
        """What was typed in the other currency, in cents of the company's own."""
        rate = self._rate(world, bill)
        amounts = [_cents(exact(amount) / rate) for amount, _is_excluded in lines]
        bill.amount = float(sum(amounts))
        bill.excluded = tuple(map(float, amounts[:-1]))

    def _rate(self, world, bill):
        """Of the other currency on the day of a bill: as core has it, for a company.

        Its own rates come before those of all; before the first rate the first holds.
        """
        company = world.companies[bill.company]
        root = company if company.parent is None else world.companies[company.parent]
        foreign = _rate_on(root.foreign_rates or world.rates, bill.day)
        return foreign / _rate_on(root.own_rates or [(bill.day, 1)], bill.day)

    def _order(self, bill, partner, lines):
        with Form(partner.env["purchase.order"]) as form:
            form.partner_id = partner
            for amount, is_excluded in lines:
                self._type_line(form.order_line, amount, is_excluded)
        order = form.record
        order.button_confirm()
        order.action_create_invoice()
        move = order.invoice_ids
        with Form(move) as form:
            form.invoice_date = bill.day
        self.made["ordered"] += 1
        return move

    def _reverse(self, bill, world, origin, lines):
        """A refund by the wizard, of so much of the bill as was typed afterwards."""
        wizards = origin.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=origin.ids
        )
        with Form(wizards) as form:
            form.date = bill.day
        refund = origin.browse(form.record.reverse_moves()["res_id"])
        with Form(refund) as form:
            form.invoice_date = bill.day
            while len(form.invoice_line_ids):
                form.invoice_line_ids.remove(0)
            for amount, is_excluded in lines:
                self._type_line(form.invoice_line_ids, amount, is_excluded)
        refund.action_post()
        self.made["reversed"] += 1
        return refund

    def _bring(self, move, state):
        """Into the state in which it ends, by the buttons."""
        if move.state == state:
            return
        if move.state != "draft":
            move.button_draft()
        if state == "posted":
            move.action_post()
        elif state == "cancel":
            move.button_cancel()


def _cents(amount):
    exactly = Decimal(amount.numerator) / Decimal(amount.denominator)
    return exactly.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _rate_on(rates, day):
    begun = [rate for rate in rates if rate[0] <= day]
    return exact((max(begun) if begun else min(rates))[1])
