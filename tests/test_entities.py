"""Organisations that move, merge and split, two cards of one, and branches of ours."""

from datetime import timedelta

from common import PsoCase

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged


def merge(case, source, target):
    """Merge two contacts, as their list does."""
    wizard = case.env["base.partner.merge.automatic.wizard"].create(
        {
            "partner_ids": [Command.set((source | target).ids)],
            "dst_partner_id": target.id,
            "state": "selection",
        }
    )
    wizard.action_merge()
    case.env.invalidate_all()


class EntityCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee()

    def found(self, code, measurement=None):
        """The records that a check finds."""
        self.env.flush_all()
        measurement = measurement or self.measurement()
        self.env["pso.measurement"]._forget_figures()
        check = measurement.check_ids.filtered(lambda c: c.type_id.code == code)
        ids = self.env["pso.check"]._finding_ids(check.type_id, measurement._window())
        self.assertEqual(check.count, len(ids))
        return self.env[check.type_id.model].browse(ids)

    def bought(self):
        """What counts, by supplier."""
        self.env.flush_all()
        lines = self.measurement().supplier_line_ids
        return {line.partner_id: line.amount for line in lines if line.amount}


@tagged("post_install", "-at_install")
class TestVendorsThatMove(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.painter = cls.social_vendor(name="Painter")
        cls.first_bill = cls.bill(cls.painter, 100)
        cls.group = cls.vendor("Group")

    def join(self):
        self.painter.write({"is_company": False, "parent_id": self.group.id})

    def test_into_a_parent_company(self):
        """Certificate and figures go where core takes the bills, old ones and new."""
        self.join()
        self.assertEqual(self.group.pso_certificate_ids.partner_id, self.group)
        self.assertFalse(self.painter.pso_certificate_ids)
        self.assertFalse(self.painter.pso_figure_ids)
        new = self.bill(self.painter, 50, "2025-07-01")
        self.assertTrue(new.pso_is_social and self.first_bill.pso_is_social)
        self.assertEqual(self.bought(), {self.group: 150})
        self.assertEqual(self.group.pso_badge, self.painter.pso_badge)
        self.assertFalse(self.found("stray"))

    def test_whoever_moves_it(self):
        user = self.user("base.group_partner_manager", "base.group_user")
        self.painter.with_user(user).write(
            {"is_company": False, "parent_id": self.group.id}
        )
        self.assertEqual(self.bought(), {self.group: 100})

    def test_bills_of_its_own_contacts(self):
        """Which core leaves behind."""
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.painter.id}
        )
        self.bill(contact, 30)
        self.join()
        self.assertEqual(self.bought(), {self.group: 130})

    def test_by_its_kind_alone(self):
        """A company with a parent that is no company any more."""
        self.painter.parent_id = self.group
        self.assertEqual(self.bought(), {self.painter: 100})
        self.painter.is_company = False
        self.assertEqual(self.bought(), {self.group: 100})
        self.assertTrue(self.bill(self.painter, 50).pso_is_social)

    def test_what_is_proven_stays_proven(self):
        self.painter.pso_certificate_ids.evidence_state = "verified"
        self.join()
        self.assertEqual(self.group.pso_certificate_ids.evidence_state, "verified")

    def test_what_both_have_stays_apart_and_is_said(self):
        self.figures(self.group, 2025, turnover=5000)
        self.certificate(self.group)
        self.join()
        self.assertEqual(self.group.pso_figure_ids.turnover, 5000)
        self.assertEqual(self.painter.pso_figure_ids.turnover, 1000)
        self.assertEqual(self.found("stray"), self.painter)
        self.assertEqual(self.bought(), {self.group: 100})

    def test_into_another_legal_entity(self):
        """A certificate is of the entity with its number, and not of the group."""
        self.painter.company_registry = "12345678"
        self.group.company_registry = "87654321"
        self.join()
        self.assertEqual(self.painter.pso_certificate_ids.partner_id, self.painter)
        self.assertEqual(self.found("stray"), self.painter)

    def test_numbers_that_are_written_otherwise(self):
        self.painter.company_registry = "KvK 1234 5678"
        self.group.company_registry = "12345678"
        self.join()
        self.assertEqual(self.bought(), {self.group: 100})

    def test_an_archived_vendor_counts(self):
        self.painter.active = False
        self.assertEqual(self.bought(), {self.painter: 100})

    def test_a_contact_that_is_split_off(self):
        """It brings no certificate along; its number tells that it was of the same."""
        self.painter.company_registry = "12345678"
        contact = self.env["res.partner"].create(
            {"name": "Department", "parent_id": self.painter.id}
        )
        self.bill(contact, 30)
        contact.write({"is_company": True, "parent_id": False})
        self.bill(contact, 70, "2025-08-01")
        self.assertEqual(self.bought(), {self.painter: 130})
        self.assertEqual(self.found("twin_card"), self.painter | contact)

    def test_merged_into_a_contact(self):
        """Which core makes a company, as one of the two was."""
        contact = self.env["res.partner"].create(
            {"name": "Painter", "parent_id": self.group.id, "type": "invoice"}
        )
        merge(self, self.painter, contact)
        self.assertEqual(contact.commercial_partner_id, contact)
        new = self.bill(contact, 70, "2025-07-01")
        self.assertTrue(new.pso_is_social)
        self.assertEqual(self.bought(), {contact: 170})
        self.assertFalse(self.found("stray"))

    def test_a_person_merged_into_a_contact(self):
        """Who is a contact only: what was his goes to the company."""
        self.painter.is_company = False
        contact = self.env["res.partner"].create(
            {"name": "Painter", "parent_id": self.group.id}
        )
        merge(self, self.painter, contact)
        self.assertTrue(self.bill(contact, 70, "2025-07-01").pso_is_social)
        self.assertEqual(self.bought(), {self.group: 170})
        self.assertFalse(self.found("stray"))

    def test_merged_into_a_contact_of_one_with_figures(self):
        """Refused in words, as between companies."""
        self.figures(self.group, 2025)
        contact = self.env["res.partner"].create(
            {"name": "Painter", "parent_id": self.group.id}
        )
        with self.assertRaisesRegex(UserError, "figures over 2025"):
            merge(self, self.painter, contact)

    def test_locked_measurements_keep_their_supplier(self):
        measurement = self.measurement()
        measurement.action_lock()
        self.join()
        self.assertEqual(measurement.supplier_line_ids.partner_id, self.painter)
        self.assertAlmostEqual(measurement.indirect_fte, 0.5)


@tagged("post_install", "-at_install")
class TestTwoCards(EntityCase):
    def test_certificate_on_one_and_bills_on_the_other(self):
        one = self.social_vendor(name="Printer", company_registry="12345678")
        other = self.vendor("Printer (old)", company_registry=" 1234.5678")
        self.bill(other, 100)
        self.assertEqual(self.found("twin_card"), one | other)

    def test_by_the_vat_number(self):
        one = self.social_vendor(name="Printer", vat="NL123456782B90")
        other = self.vendor("Printer (old)", vat="nl 123456782 b90")
        self.bill(other, 100)
        self.assertEqual(self.found("twin_card"), one | other)

    def test_nothing_to_say(self):
        """No bills, bills that count, another number, no number, another period."""
        one = self.social_vendor(name="Printer", company_registry="12345678")
        idle = self.vendor("Idle", company_registry="12345678")
        self.bill(self.vendor("Other", company_registry="12345679"), 100)
        self.bill(self.vendor("None"), 100)
        self.bill(one, 100)
        self.bill(idle, 100, "2024-06-01")
        self.assertFalse(self.found("twin_card"))
        self.certificate(idle)
        self.bill(idle, 100)
        self.assertFalse(self.found("twin_card"))

    def test_a_second_card_of_a_company_of_the_scope(self):
        """It is no supplier, whatever it is called."""
        self.company.company_registry = "87654321"
        second = self.social_vendor(name="Us", company_registry="8765 4321")
        stranger = self.social_vendor(name="Others", company_registry="11112222")
        self.bill(second, 100)
        self.bill(stranger, 100)
        self.assertEqual(self.found("own_card"), second)
        measurement = self.measurement()
        check = measurement.check_ids.filtered(lambda c: c.type_id.code == "own_card")
        self.assertEqual(check.severity, "error")


@tagged("post_install", "-at_install")
class TestBranches(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.company_registry = "12345678"
        cls.company.pso_fulltime_hours = 36

    def branch(self, name="Branch", parent=None, **vals):
        parent = parent or self.company
        branch = self.env["res.company"].create(
            {"name": name, "parent_id": parent.id, **vals}
        )
        self.env.user.company_ids |= branch
        self.env.cr.precommit.run()
        return branch

    def bill_of(self, branch, amount):
        account = self.env["account.account"].search(
            [("company_ids", "in", self.company.ids), ("account_type", "=", "expense")],
            limit=1,
        )
        bill = (
            self.env["account.move"]
            .with_company(branch)
            .create(
                {
                    "move_type": "in_invoice",
                    "partner_id": self.partner.id,
                    "invoice_date": "2025-06-01",
                    "company_id": branch.id,
                    "invoice_line_ids": [self.bill_line(amount, account_id=account.id)],
                }
            )
        )
        bill.action_post()

    def test_a_new_measurement_takes_them_in(self):
        branch = self.branch()
        below = self.branch("Below", branch)
        entity = self.branch("Entity", company_registry="87654321")
        of_entity = self.branch("Of the Entity", entity)
        measurement = self.measurement()
        self.assertEqual(measurement.company_ids, self.company | branch | below)
        own = self.measurement(company_id=entity.id)
        self.assertEqual(own.company_ids, entity | of_entity)

    def test_people_and_purchases_of_a_branch(self):
        branch = self.branch()
        self.partner = self.social_vendor()
        self.bill(self.partner, 100)
        self.bill_of(branch, 50)
        somebody = self.employee(company_id=branch.id, hours=36)
        self.status(somebody)
        measurement = self.measurement()
        self.assertAlmostEqual(measurement.total_fte, 2)
        self.assertAlmostEqual(measurement.direct_fte, 1)
        self.assertAlmostEqual(measurement.indirect_fte, 0.75)
        self.assertFalse(self.found("branch_outside", measurement))
        self.assertFalse(self.found("no_kvk", measurement))
        # The same year, of the dashboard, and the trend of it.
        dashboard = self.env["pso.dashboard"].with_user(
            self.user("pso_odoo.group_pso_manager", companies=self.company | branch)
        )
        dashboard = dashboard.with_context(allowed_company_ids=self.company.ids)
        rolling = dashboard.env["pso.measurement"]._rolling(
            self.company.with_env(dashboard.env)
        )
        self.assertEqual(rolling.companies, self.company | branch)
        self.assertAlmostEqual(
            measurement._trend()[-1]["total"], measurement.total_percentage
        )

    def test_one_that_is_left_out_is_said(self):
        people, bills, idle = map(self.branch, ("People", "Bills", "Idle"))
        self.partner = self.vendor()
        self.bill_of(bills, 50)
        self.employee(company_id=people.id)
        entity = self.branch("Entity", company_registry="87654321")
        self.employee(company_id=entity.id)
        of_entity = self.branch("Of the Entity", entity)
        self.employee(company_id=of_entity.id)
        measurement = self.measurement(company_ids=self.company.ids)
        self.assertEqual(self.found("branch_outside", measurement), people | bills)
        measurement.company_ids |= people | bills | idle
        self.assertFalse(self.found("branch_outside", measurement))

    def test_of_those_that_one_may_work_in(self):
        branch = self.branch()
        self.employee(company_id=branch.id)
        user = self.user("pso_odoo.group_pso_manager")
        vals = {"date_start": "2025-01-01", "date_end": "2025-12-31"}
        measurement = self.env["pso.measurement"].with_user(user).create(vals)
        self.assertEqual(measurement.company_ids, self.company)
        self.assertEqual(self.found("branch_outside", measurement.sudo()), branch)

    def test_settings_are_taken_over(self):
        branch = self.branch()
        below = self.branch("Below", branch)
        own = self.branch("Own Hours", pso_fulltime_hours=38)
        self.assertEqual((branch | below).mapped("pso_fulltime_hours"), [36, 36])
        self.company.write({"pso_fulltime_hours": 32, "pso_small_group": 7})
        self.assertEqual((branch | below).mapped("pso_fulltime_hours"), [32, 32])
        self.assertEqual(own.pso_fulltime_hours, 38)
        self.assertEqual((branch | below | own).mapped("pso_small_group"), [7, 7, 7])

    def test_who_brings_a_later_certificate_renews_that_of_the_entity(self):
        entity, contact = self.vendor("Entity"), self.vendor("Contact")
        level = {"level_id": self.ref("level_step1").id}
        old = self.certificate(entity, "2023-01-01", "2024-12-31", **level)
        self.certificate(contact, "2025-01-01", "2026-12-31", **level)
        self.env.flush_all()
        self.assertEqual(old.renewal, "not_asked")
        contact.write({"parent_id": entity.id, "is_company": False})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(old.renewal, "renewed")

    def test_an_entity_of_its_own_does_not_follow(self):
        entity = self.branch("Entity", company_registry="87654321")
        self.company.pso_fulltime_hours = 32
        self.assertEqual(entity.pso_fulltime_hours, 36)


@tagged("post_install", "-at_install")
class TestMergedVendors(EntityCase):
    """What there may be once of a vendor, and what follows from what it has.

    Core merges by SQL: no unique index is asked before, and nothing is computed anew.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.user("pso_odoo.group_pso_purchase", login="merging")
        cls.buyer.partner_id.email = "merging@example.com"
        cls.today = fields.Date.context_today(cls.company)
        cls.one = cls.vendor("Printer", email="one@example.com")
        cls.other = cls.vendor("Printer B.V.", email="other@example.com")
        cls.campaign = cls.env["pso.campaign"].create(
            {
                "name": "Both",
                "company_id": cls.company.id,
                "user_id": cls.buyer.id,
                "date_deadline": cls.today + timedelta(days=20),
            }
        )

    def request(self, partner):
        return self.env["pso.request"].create(
            {"campaign_id": self.campaign.id, "partner_id": partner.id}
        )

    def answer(self, request, **vals):
        values = {"request_id": request.id, "kind": "sw", "date_start": self.today}
        return self.env["pso.answer"].sudo().create({**values, **vals}).sudo(False)

    def test_the_certificate_that_ends_is_renewed_by_that_of_the_other_card(self):
        ends = self.today + timedelta(days=50)
        ending = self.certificate(self.one, self.today - timedelta(days=9), ends)
        later = self.today + timedelta(days=700)
        self.certificate(self.other, self.today + timedelta(days=51), later)
        reminders = self.env["pso.reminder"].sudo()
        reminder = reminders.create(
            {
                "date": self.today,
                "company_id": self.company.id,
                "kind": "certificate",
                "stage": "90",
                "date_end": ends,
                "certificate_id": ending.id,
                "user_id": self.buyer.id,
            }
        )
        reminder._give(self.buyer, ends, "It ends")
        self.assertTrue(reminder.activity_ids)
        self.assertEqual(ending.renewal, "not_asked")
        merge(self, self.one, self.other)
        self.assertEqual(ending.renewal, "renewed")
        self.assertFalse(reminder.activity_ids)
        self.assertTrue(reminder.ended_on)

    def test_requests_of_one_campaign_are_one(self):
        asked, opened = self.request(self.one), self.request(self.other)
        self.campaign.with_user(self.buyer).action_send()
        opened._mark_opened()
        first, second = self.answer(asked), self.answer(opened)
        self.assertEqual({first.state, second.state}, {"to_verify"})
        subjects = (asked | opened).message_ids.filtered("subject")
        merge(self, self.one, self.other)
        request = self.campaign.request_ids
        self.assertEqual(request.partner_id, self.other)
        self.assertEqual(request.state, "answered")
        self.assertEqual(request.answer_ids, second | first)
        self.assertEqual(second.partner_id, self.other)
        self.assertEqual((first.state, second.state), ("superseded", "to_verify"))
        self.assertEqual(request.message_ids.filtered("subject"), subjects)
        self.assertEqual(len(subjects), 2)
        # What still waits in the queue opens the request that is left.
        mails = self.env["mail.mail"].search([("mail_message_id", "in", subjects.ids)])
        sent = [each for mail in mails for each in mail._prepare_outgoing_list()]
        self.assertEqual(len(sent), 2)
        for each in sent:
            self.assertIn(request._link(), each["body"])

    def test_what_colleagues_filed_with_a_request_stays(self):
        """Files of its messages and other files, and activities."""
        asked, opened = self.request(self.one), self.request(self.other)
        self.campaign.with_user(self.buyer).action_send()
        opened._mark_opened()
        message = asked.with_user(self.buyer).message_post(
            body="By mail", attachments=[("certificate.pdf", b"%PDF-1.7")]
        )
        file = self.env["ir.attachment"].create(
            {"name": "note.txt", "res_model": asked._name, "res_id": asked.id}
        )
        activity = asked.activity_schedule("mail.mail_activity_data_todo")
        merge(self, self.one, self.other)
        self.assertEqual(self.campaign.request_ids, opened)
        self.assertEqual(message.attachment_ids.name, "certificate.pdf")
        self.assertEqual(message.attachment_ids.raw, b"%PDF-1.7")
        for each in (message, file, message.attachment_ids, activity):
            with self.subTest(each._name):
                self.assertEqual(each.exists().res_id, opened.id)

    def test_a_request_that_was_opened_keeps_its_link(self):
        asked, opened = self.request(self.one), self.request(self.other)
        self.campaign.with_user(self.buyer).action_send()
        opened._mark_opened()
        link = opened._link()
        merge(self, self.other, self.one)
        self.assertEqual(self.campaign.request_ids, opened)
        self.assertFalse(asked.exists())
        self.assertEqual(opened.partner_id, self.one)
        self.assertEqual(opened._link(), link)

    def test_the_surest_match_of_each_organisation_stays(self):
        entries = self.env["pso.register.entry"].create(
            [{"name": name} for name in ("Printer", "Press")]
        )
        self.env["pso.register.match"].create(
            [
                {"entry_id": entry.id, "partner_id": partner.id, "state": state}
                for entry, partner, state in (
                    (entries[0], self.one, "confirmed"),
                    (entries[0], self.other, "proposed"),
                    (entries[1], self.other, "refused"),
                )
            ]
        )
        merge(self, self.one, self.other)
        self.assertEqual(
            [(match.partner_id, match.state) for match in entries.match_ids],
            [(self.other, "confirmed"), (self.other, "refused")],
        )
