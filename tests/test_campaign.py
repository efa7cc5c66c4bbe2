"""Campaigns: who is asked, in which words, once; who is reminded, and when not."""

from contextlib import contextmanager, suppress
from datetime import timedelta
from unittest.mock import patch

from common import PsoCase

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.modules.migration import load_script
from odoo.tests import freeze_time, tagged
from odoo.tools import file_path, mute_logger

USER, PURCHASE, HR, MANAGER = (
    f"pso_odoo.group_pso_{name}" for name in ("user", "purchase", "hr", "manager")
)
MIGRATION = "19.0.10.0.0/post-links.py"
NOON = "2026-03-02 11:00:00"
# The days of the first mail, of both reminders and of the call.
ASKED, FIRST, SECOND, CALL = "2026-03-02", "2026-03-16", "2026-03-30", "2026-04-06"


class CampaignCase(PsoCase):
    """A buyer with a campaign, and the vendors of the year to 2 March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "company@example.com"
        cls.buyer = cls.user(PURCHASE, "base.group_user", login="campaign-buyer")
        cls.buyer.write({"email": "buyer@example.com", "name": "Bea Buyer"})
        cls.campaign = cls.make_campaign()

    @classmethod
    def make_campaign(cls, **vals):
        return cls.env["pso.campaign"].create(
            {
                "name": "Ask them",
                "company_id": cls.company.id,
                "user_id": cls.buyer.id,
                "date_deadline": "2026-04-30",
                "year": 2025,
                **vals,
            }
        )

    @classmethod
    def request(cls, vendor=None, campaign=None, **vals):
        vendor = vendor or cls.vendor("Asked", email="asked@example.com")
        campaign = campaign or cls.campaign
        return cls.env["pso.request"].create(
            {"campaign_id": campaign.id, "partner_id": vendor.id, **vals}
        )

    @classmethod
    def vendors(cls, count):
        return [
            cls.vendor(f"Vendor {n}", email=f"vendor{n}@example.com")
            for n in range(count)
        ]

    def send(self, campaign=None, day=ASKED):
        campaign = (campaign or self.campaign).with_user(self.buyer)
        with freeze_time(f"{day} 11:00:00"):
            campaign.action_send()

    def work(self, day):
        """The daily job on a day, as Odoo's scheduler runs it."""
        at_eleven = freeze_time(f"{day} 11:00:00")
        with at_eleven, self.as_job("cron_request") as (env, _progress):
            env["pso.request"]._work()

    def mails(self, request):
        """The rows of Odoo's mail queue for a vendor."""
        mails = self.env["mail.mail"].sudo()
        return mails.search(
            [("model", "=", "pso.request"), ("res_id", "=", request.id)], order="id"
        )


@tagged("post_install", "-at_install")
class TestChoosing(CampaignCase):
    """500 + 300 + 100 + 100 = 1,000 bought without a certificate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOON))
        cls.big, cls.middle, cls.small, cls.smaller = cls.vendors(4)
        for vendor, amount in (
            (cls.big, 500),
            (cls.middle, 400),
            (cls.small, 100),
            (cls.smaller, 100),
        ):
            cls.bill(vendor, amount, "2026-01-15")
        cls.bill(cls.middle, 100, "2026-01-20", type="in_refund")
        # Nobody is asked who is a person, or a company of one's own.
        cls.bill(cls.vendor("Person", is_company=False), 900, "2026-01-15")
        cls.company.partner_id.is_company = True
        cls.bill(cls.company.partner_id, 900, "2026-01-15")
        # Certified ones, of whom something ends or is missing.
        cls.ending = cls.certified("Ending", end="2026-11-30")
        cls.figures(cls.ending)
        cls.lasting = cls.certified("Lasting", end="2027-11-30")
        cls.figures(cls.lasting)
        cls.unproven = cls.certified("Unproven", state="missing", end="2027-11-30")
        cls.figures(cls.unproven)
        cls.unknown = cls.certified("Unknown", end="2027-11-30")
        cls.figures(cls.unknown, year=2024)
        renewed = cls.certified("Renewed", start="2024-06-01", end="2026-05-31")
        cls.certificate(renewed, "2026-06-01", "2028-05-31", evidence_state="received")
        cls.figures(renewed)
        cls.env.flush_all()

    @classmethod
    def certified(cls, name, state="received", start="2025-01-01", end="2027-01-01"):
        vendor = cls.vendor(name, email=f"{name}@example.com")
        cls.certificate(vendor, start, end, evidence_state=state)
        cls.bill(vendor, 50, "2026-01-15")
        return vendor

    def choose(self, user=None, **vals):
        choosing = self.env(user=user or self.buyer)["pso.campaign.choosing"]
        return choosing.create({"campaign_id": self.campaign.id, **vals})

    def prospects(self, choosing):
        lines = choosing.line_ids.filtered(lambda line: line.reason == "no_certificate")
        return {line.partner_id: line.amount for line in lines}

    def test_the_fewest_that_make_up_a_share(self):
        for share, expected in (
            (50, [self.big]),
            (51, [self.big, self.middle]),
            (80, [self.big, self.middle]),
            (81, [self.big, self.middle, self.small]),
            (100, [self.big, self.middle, self.small, self.smaller]),
            (0, []),
        ):
            with self.subTest(share=share):
                found = self.prospects(self.choose(share=share))
                self.assertEqual(list(found), expected)
        self.assertEqual(found, {})
        self.assertEqual(
            self.prospects(self.choose(share=80)), {self.big: 500, self.middle: 300}
        )

    def test_it_says_how_much_they_cover(self):
        choosing = self.choose(share=80)
        for word in ("2 vendors", "80.0 %", "800", "1,000"):
            self.assertIn(word, choosing.sentence)
        lines = choosing.line_ids.filtered("covered")
        self.assertEqual(lines.mapped("covered"), [50, 80])

    def test_what_ends_or_is_missing(self):
        choosing = self.choose(has_prospects=False, date_until="2026-12-31")
        found = {line.partner_id: line.reason for line in choosing.line_ids}
        self.assertEqual(
            found,
            {
                self.ending: "certificate_ends",
                self.unproven: "no_proof",
                self.unknown: "no_figures",
            },
        )
        choosing.date_until = "2026-11-29"
        self.assertNotIn(self.ending, choosing.line_ids.partner_id)
        choosing.write({"has_missing_proof": False, "has_missing_figures": False})
        self.assertFalse(choosing.line_ids)

    def test_who_is_asked_already_is_not_asked_again(self):
        other = self.make_campaign(name="Other")
        self.request(self.big, other)
        self.request(self.unknown, other)
        choosing = self.choose(share=80)
        self.assertEqual(list(self.prospects(choosing)), [self.middle])
        self.assertNotIn(self.unknown, choosing.line_ids.partner_id)
        self.assertIn("1 of them", choosing.sentence)
        other.action_close()
        self.assertIn(self.big, self.prospects(self.choose(share=80)))

    def test_they_are_added_to_the_campaign(self):
        choosing = self.choose(share=80, has_missing_proof=False)
        action = choosing.action_add()
        self.assertEqual(action["res_id"], self.campaign.id)
        reasons = {r.partner_id: r.reason for r in self.campaign.request_ids}
        self.assertEqual(
            reasons,
            {
                self.big: "no_certificate",
                self.middle: "no_certificate",
                self.ending: "certificate_ends",
                self.unknown: "no_figures",
            },
        )
        self.assertEqual(set(self.campaign.request_ids.mapped("state")), {"to_send"})
        with self.assertRaises(UserError):
            self.choose(
                share=80,
                has_ending=False,
                has_missing_figures=False,
                has_missing_proof=False,
            ).action_add()

    def test_from_the_list_of_vendors_without_certificate(self):
        prospects = self.env(user=self.buyer)["pso.vendor.prospect"]
        picked = prospects.search([("partner_id", "in", (self.small | self.big).ids)])
        action = picked.action_ask()
        choosing = self.env(user=self.buyer)[action["res_model"]].browse(
            action["res_id"]
        )
        self.assertEqual(choosing.campaign_id, self.campaign)
        self.assertEqual(choosing.line_ids.partner_id, self.big | self.small)
        choosing.campaign_id = False
        made = self.env["pso.campaign"].browse(choosing.action_add()["res_id"])
        self.assertNotEqual(made, self.campaign)
        self.assertEqual(made.user_id, self.buyer)
        # The next one who wants to ask them reads that they are asked.
        again = choosing.browse(picked.action_ask()["res_id"])
        self.assertFalse(again.line_ids)
        self.assertIn("Vendor 0", again.sentence)

    def test_from_certificates_that_end(self):
        certificates = self.ending.pso_certificate_ids.with_user(self.buyer)
        action = certificates.action_ask()
        choosing = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(choosing.line_ids.partner_id, self.ending)
        self.assertEqual(choosing.line_ids.reason, "certificate_ends")

    def test_by_who_keeps_certificates(self):
        reader = self.user(USER)
        prospects = self.env(user=reader)["pso.vendor.prospect"].search([])
        with self.assertRaises(AccessError):
            prospects.action_ask()
        with self.assertRaises(AccessError):
            self.choose(user=reader)

    def test_a_company_of_the_scope_is_refused(self):
        with self.assertRefused("own scope"):
            self.request(self.company.partner_id)


@tagged("post_install", "-at_install")
class TestSending(CampaignCase):
    def test_a_mail_is_queued_once_and_noted(self):
        request = self.request()
        # Else core would have the answer come to the alias of the company.
        aliases = self.env["mail.alias.domain"]
        self.company.alias_domain_id = aliases.create({"name": "alias.example.org"})
        self.send()
        self.assertEqual(request.state, "asked")
        self.assertEqual(fields.Date.to_string(request.date_asked), ASKED)
        self.assertEqual(self.campaign.state, "running")
        mail = self.mails(request)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, request.partner_id)
        self.assertEqual(mail.reply_to, self.buyer.email_formatted)
        self.assertEqual(mail.email_from, self.buyer.email_formatted)
        self.work(ASKED)
        with self.assertRaises(UserError):
            self.send()
        self.assertEqual(self.mails(request), mail)

    def test_the_certificate_knows_that_its_next_one_was_asked_for(self):
        vendor = self.vendor("Entity", email="entity@example.com")
        dates = {"date_start": "2024-05-01", "date_end": "2026-04-30"}
        level = self.ref("level_step1").id
        certificate = self.env["pso.certificate"].create(
            {"partner_id": vendor.id, "level_id": level, **dates}
        )
        self.request(vendor)
        self.assertEqual(certificate.renewal, "not_asked")
        self.send()
        self.assertEqual(certificate.renewal, "asked")

    def test_the_company_is_asked_not_its_contact(self):
        vendor = self.vendor("Entity", email="entity@example.com")
        contact = self.env["res.partner"].create(
            {"name": "Somebody", "parent_id": vendor.id}
        )
        self.assertEqual(self.request(contact).partner_id, vendor)
        with self.assertRefused("asked once"):
            self.request(vendor)

    def test_an_address_that_moved_to_another_organisation_is_not_mailed(self):
        vendor = self.vendor("Entity", email="entity@example.com")
        rival = self.vendor("Rival", email="rival@example.com")
        contact = self.env["res.partner"].create(
            {"name": "Kees", "parent_id": vendor.id, "email": "kees@example.com"}
        )
        request = self.request(vendor, contact_id=contact.id)
        contact.write({"parent_id": rival.id, "email": "kees@rival.example"})
        self.send()
        self.assertFalse(self.mails(request))
        self.assertEqual(request.state, "to_send")
        self.assertIn("Kees", request.problem)

    def test_another_address_has_another_link(self):
        vendor = self.vendor("Entity", email="entity@example.com")
        contact = self.env["res.partner"].create(
            {"name": "Kees", "parent_id": vendor.id, "email": "kees@example.com"}
        )
        request = self.request(vendor)
        before = request._link_token()
        request.contact_id = contact
        self.assertNotEqual(request._link_token(), before)

    def outgoing(self, mail):
        """What leaves the server: ``{recipient: [HTML, text]}``."""
        return {
            each["partner_id"]: [each["body"], each["body_alternative"]]
            for each in mail._prepare_outgoing_list()
        }

    def test_only_what_leaves_the_server_has_the_link(self):
        """Purchase reads the log, administrators the queue: neither is the vendor."""
        request = self.request()
        colleague = self.user("base.group_user", login="follows")
        colleague.write({"email": "follows@example.com", "notification_type": "email"})
        request.message_subscribe(
            colleague.partner_id.ids, self.env["mail.message.subtype"].search([]).ids
        )
        self.send()
        self.work(FIRST)
        mails = self.mails(request)
        vendor = request.partner_id
        to_vendor = mails.filtered(lambda mail: vendor in mail.recipient_ids)
        self.assertEqual(len(to_vendor), 2)
        messages = request.message_ids.filtered("subject")
        self.assertEqual(len(messages), 2)
        buyer = request.with_user(self.buyer)
        for stored in (
            *messages.mapped("body"),
            *mails.mapped("body_html"),
            buyer.read(["mail_button"])[0]["mail_button"],
        ):
            self.assertNotIn("/pso/vendor/", stored)
            self.assertIn(f"/pso/request/{request.id}/page", stored)
        for mail in to_vendor:
            for text in self.outgoing(mail)[vendor]:
                self.assertIn(request._link(), text)
                self.assertNotIn("/pso/request/", text)
        for mail in mails:
            for text in self.outgoing(mail).get(colleague.partner_id, []):
                self.assertNotIn("/pso/vendor/", text)

    def test_what_is_sent_again_has_the_link_of_today(self):
        request = self.request()
        self.send()
        mail = self.mails(request)
        mail.write({"state": "exception", "failure_reason": "The server was away."})
        gone = request._link()
        request._withdraw_link()
        mail.action_retry()
        for text in self.outgoing(mail)[request.partner_id]:
            self.assertIn(request._link(), text)
            self.assertNotIn(gone, text)
        # What waits for an address that is not asked any more leads it nowhere.
        other = self.env["res.partner"].create(
            {"name": "Kees", "parent_id": request.partner_id.id}
        )
        request.contact_id = other
        for text in self.outgoing(mail)[request.partner_id]:
            self.assertNotIn("/pso/vendor/", text)

    def test_links_that_were_stored_before_are_taken_out(self):
        request = self.request()
        self.send()
        mail, link = self.mails(request), request._link()
        old = f'<p><a href="{link}" style="x">Open</a> and <a href="/x">x</a></p>'
        mail.write({"body_html": old, "body": old})
        self.env.flush_all()
        path = file_path(f"pso_odoo/migrations/{MIGRATION}")
        load_script(path, "links").migrate(self.cr, "19.0.9.0.0")
        self.env.invalidate_all()
        for text in (mail.body_html, mail.mail_message_id.body):
            self.assertNotIn("/pso/vendor/", text)
            self.assertIn(f'href="/pso/request/{request.id}/page"', text)
            self.assertIn('href="/x"', text)
        self.assertIn(link, self.outgoing(mail)[request.partner_id][0])

    def test_a_template_of_other_records_is_refused(self):
        template = self.env["mail.template"].create(
            {
                "name": "Elsewhere",
                "model_id": self.env["ir.model"]._get_id("hr.employee"),
                "subject": "Hello",
            }
        )
        for name in ("template_id", "reminder_template_id"):
            with self.assertRaisesRegex(ValidationError, "Elsewhere"):
                self.campaign[name] = template
        template = self.campaign.template_id
        request = self.request()
        template.model_id = self.env["ir.model"]._get_id("hr.employee")
        self.send()
        self.assertFalse(self.mails(request))
        self.assertIn(template.name, request.problem)

    def test_a_buyer_writes_in_his_own_name(self):
        colleague = self.user(PURCHASE, "base.group_user", login="colleague")
        coordinator = self.user(MANAGER, "base.group_user", login="coordinator")
        own = self.campaign.with_user(self.buyer)
        with self.assertRaisesRegex(AccessError, "own name"):
            own.user_id = colleague
        with self.assertRaisesRegex(AccessError, "own name"):
            own.copy({"name": "Another", "user_id": colleague.id})
        with self.assertRaisesRegex(AccessError, "own name"):
            own.with_context(default_user_id=colleague.id).create({"name": "Another"})
        self.campaign.with_user(coordinator).user_id = colleague
        self.assertEqual(self.campaign.user_id, colleague)
        with self.assertRaisesRegex(ValidationError, "cannot ask vendors"):
            self.campaign.with_user(coordinator).user_id = self.user(USER)

    def test_the_address_of_a_role(self):
        vendor = self.vendor("Entity", email="entity@example.com")
        by_type = {
            kind: self.env["res.partner"].create(
                {
                    "name": kind,
                    "parent_id": vendor.id,
                    "type": kind,
                    "email": f"{kind}@example.com",
                }
            )
            for kind in ("invoice", "other", "contact")
        }
        request = self.request(vendor)
        self.assertEqual(request.contact_id, vendor)
        for kind, address in by_type.items():
            self.campaign.contact_type = kind
            self.assertEqual(request.contact_id, address, kind)
        by_type["contact"].email = False
        self.campaign.contact_type = "company"
        self.campaign.contact_type = "contact"
        self.assertEqual(request.contact_id, vendor)
        with self.assertRefused("no address of"):
            request.contact_id = self.vendor("Stranger")

    def test_who_has_no_address_is_said_and_found(self):
        silent = self.request(self.vendor("Silent"))
        broken = self.request(self.vendor("Broken", email="no address"))
        fine = self.request()
        self.assertEqual(self.campaign.no_email_count, 2)
        found = self.env["pso.request"].search([("has_email", "=", False)])
        self.assertEqual(found & self.campaign.request_ids, silent | broken)
        with freeze_time(NOON):
            action = self.campaign.with_user(self.buyer).action_preview()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("Silent", preview.summary)
        self.send()
        self.assertEqual(silent.state, "to_send")
        self.assertEqual(fine.state, "asked")
        silent.partner_id.email = "silent@example.com"
        self.send()
        self.assertEqual(silent.state, "asked")
        self.assertEqual(len(self.mails(fine)), 1)

    def test_in_the_language_of_the_vendor(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        template = self.campaign.template_id
        template.with_context(
            lang="nl_NL"
        ).subject = "PSO: een vraag van {{ object.company_id.name }}"
        dutch = self.request(self.vendor("D", email="d@example.com", lang="nl_NL"))
        english = self.request(self.vendor("E", email="e@example.com", lang="en_US"))
        self.send()
        self.assertIn("een vraag van", self.mails(dutch).subject)
        self.assertIn("a question from", self.mails(english).subject)

    def test_a_preview_is_what_is_sent_and_sends_nothing(self):
        self.campaign.note = "We <b>count</b>\non you."
        requests = [self.request(vendor) for vendor in self.vendors(2)]
        with freeze_time(NOON):
            action = self.campaign.with_user(self.buyer).action_preview()
            preview = self.env(user=self.buyer)[action["res_model"]].browse(
                action["res_id"]
            )
            self.assertEqual(preview.request_id, requests[0])
            self.assertEqual(preview.count, 2)
            self.assertIn("vendor0@example.com", preview.email_to)
            self.assertIn("Vendor 0", preview.body)
            self.assertIn("We &lt;b&gt;count&lt;/b&gt;<br/>on you.", preview.body)
            self.assertNotIn("/pso/vendor/", preview.body)
            shown = preview.body
            preview.action_next()
            self.assertEqual(preview.request_id, requests[1])
            preview.action_next()
            self.assertEqual(preview.request_id, requests[0])
        self.assertFalse(any(map(self.mails, requests)))
        self.assertEqual(self.campaign.state, "draft")
        with freeze_time(NOON):
            preview.action_send()
        self.assertEqual({r.state for r in requests}, {"asked"})
        sent = requests[0].message_ids.filtered("subject").body
        words = "Answering takes about five minutes"
        self.assertIn(words, shown)
        self.assertIn(words, sent)
        self.assertIn("/pso/request/", sent)

    def test_a_template_holds_no_code(self):
        """Who may change a template must not read by it what the sender may read."""
        request = self.request()
        template = self.campaign.template_id
        good = template.body_html
        for name, text in (
            ("body_html", "<t t-out=\"object.env['res.users'].search([])\" />"),
            ("body_html", '<t t-out="object.partner_id.vat" />'),
            ("subject", "{{ object.env.user.login }}"),
        ):
            with self.subTest(text=text), self.cr.savepoint():
                template.write({"body_html": good, "subject": "PSO", name: text})
                self.send()
                self.assertEqual(request.state, "to_send")
                self.assertIn("code", request.send_error)
                self.assertFalse(self.mails(request))
                self.campaign.request_ids.invalidate_recordset()

    def test_one_that_fails_does_not_keep_the_others(self):
        bad, good = (self.request(vendor) for vendor in self.vendors(2))
        post = type(bad)._post_mail

        def failing(request, template):
            if request == bad:
                raise UserError("The template is broken.")
            return post(request, template)

        with patch.object(type(bad), "_post_mail", failing):
            self.send()
        self.assertEqual((bad.state, good.state), ("to_send", "asked"))
        self.assertIn("The template is broken.", bad.problem)
        found = self.env["pso.request"].search([("has_problem", "=", True)])
        self.assertEqual(found & self.campaign.request_ids, bad)
        with freeze_time(NOON):
            bad.with_user(self.buyer).action_send_again()
        self.assertEqual(bad.state, "asked")
        self.assertFalse(bad.problem)

    def test_a_mail_that_bounces_is_shown_and_sent_again(self):
        request, other = (self.request(vendor) for vendor in self.vendors(2))
        self.send()
        with self.assertRaises(UserError):
            request.with_user(self.buyer).action_send_again()
        notification = self.mails(request).mail_message_id.notification_ids
        notification.write({"notification_status": "bounce"})
        self.assertTrue(request.with_user(self.buyer).has_problem)
        self.assertIn("vendor0@example.com", request.problem)
        found = self.env["pso.request"].search([("has_problem", "=", True)])
        self.assertEqual(found & self.campaign.request_ids, request)
        self.assertEqual(self.campaign.problem_count, 1)
        request.partner_id.email = "right@example.com"
        with freeze_time(f"{FIRST} 11:00:00"):
            request.with_user(self.buyer).action_send_again()
        self.assertFalse(request.has_problem)
        self.assertEqual(len(self.mails(request)), 2)
        self.assertEqual(len(self.mails(other)), 1)

    def test_who_has_answered_is_not_mailed_again(self):
        request = self.request()
        self.send()
        notification = self.mails(request).mail_message_id.notification_ids
        notification.write({"notification_status": "bounce"})
        request.sudo().is_queued = True
        request.with_user(self.buyer).action_answered()
        self.assertFalse(request.has_problem)
        found = self.env["pso.request"].search([("has_problem", "=", True)])
        self.assertNotIn(request, found)
        with self.assertRaises(UserError):
            request.with_user(self.buyer).action_send_again()
        request.sudo().is_queued = True
        self.work(ASKED)
        self.assertEqual(request.state, "answered")
        self.assertEqual(len(self.mails(request)), 1)

    def test_closing_takes_back_what_waits(self):
        request = self.request()
        self.campaign.sudo()._start()
        request.sudo().is_queued = True
        self.campaign.with_user(self.buyer).action_close()
        self.campaign.with_user(self.buyer).action_reopen()
        self.assertEqual(self.campaign.state, "running")
        self.work(ASKED)
        self.assertFalse(self.mails(request))

    def test_the_sender_needs_an_address_and_the_right(self):
        request = self.request()
        self.buyer.partner_id.email = False
        self.send()
        self.assertIn("Bea Buyer", request.problem)
        self.buyer.partner_id.email = "buyer@example.com"
        self.buyer.group_ids = [Command.unlink(self.ref("group_pso_purchase").id)]
        with (
            freeze_time(NOON),
            mute_logger("odoo.addons.base.models.ir_model"),
        ):
            request.sudo()._release()
        self.assertEqual(request.state, "to_send")
        self.assertTrue(request.send_error)

    def test_nothing_is_sent_of_a_campaign_that_is_closed_or_past(self):
        request = self.request()
        self.campaign.date_deadline = "2026-03-01"
        with self.assertRefused("last day for answers is past"):
            self.send()
        self.campaign.date_deadline = "2026-04-30"
        self.campaign.action_close()
        with self.assertRefused("is closed"):
            self.send()
        self.assertFalse(self.mails(request))
        self.campaign.action_reopen()
        self.assertEqual(self.campaign.state, "draft")

    def test_what_was_asked_stays(self):
        request = self.request()
        self.send()
        for wrong in (
            lambda: request.with_user(self.buyer).unlink(),
            lambda: self.campaign.with_user(self.buyer).unlink(),
            lambda: request.write({"partner_id": self.vendor("Another").id}),
        ):
            with self.assertRaises(UserError):
                wrong()

    def test_a_vendor_goes_with_what_he_was_asked(self):
        request = self.request()
        self.send()
        messages = request.message_ids
        request.partner_id.unlink()
        self.assertFalse(request.exists() or messages.exists())


@tagged("post_install", "-at_install")
class TestKilled(CampaignCase):
    """The job is killed in the middle: nobody is mailed twice, nobody forgotten.

    What the job commits is a savepoint here, and who kills it goes back to the last
    one: as PostgreSQL does, whose transaction is gone with the process.
    """

    def setUp(self):
        super().setUp()
        self.requests = self.env["pso.request"].union(
            *(self.request(vendor) for vendor in self.vendors(8))
        )
        self.campaign.sudo()._start()
        self.requests.sudo().is_queued = True
        self.env.flush_all()

    @contextmanager
    def killed_at(self, number):
        """Kill the job right after it has posted so many mails."""
        posted, post = [], type(self.requests)._post_mail

        def counted(request, template):
            message = post(request, template)
            posted.append(request)
            if len(posted) == number:
                raise Killed
            return message

        with (
            patch.object(type(self.requests), "_post_mail", counted),
            patch("odoo.addons.pso_odoo.models.chain.pso_request_job.BATCH", 3),
            suppress(Killed),
        ):
            yield

    def counts(self):
        return [len(self.mails(request)) for request in self.requests]

    def test_wherever_it_is_killed(self):
        for number in range(1, 9):
            with self.subTest(killed_at=number), self.undone():
                with self.killed_at(number):
                    self.work(ASKED)
                done = (number - 1) // 3 * 3
                self.assertEqual(self.counts(), [1] * done + [0] * (8 - done))
                states = self.requests.mapped("state")
                self.assertEqual(states, ["asked"] * done + ["to_send"] * (8 - done))
                self.work(ASKED)
                self.work(ASKED)
                self.assertEqual(self.counts(), [1] * 8)
                self.assertEqual(set(self.requests.mapped("state")), {"asked"})

    @contextmanager
    def undone(self):
        savepoint = self.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def test_what_another_has_at_hand_is_left_to_him(self):
        with patch.object(
            type(self.requests), "try_lock_for_update", lambda self: self[1:]
        ):
            self.work(ASKED)
        self.assertEqual(self.counts(), [0, 1, 1, 1, 1, 1, 1, 1])
        self.work(ASKED)
        self.assertEqual(self.counts(), [1] * 8)

    def test_more_than_a_batch_goes_on_in_the_job(self):
        self.requests.sudo().is_queued = False
        with patch("odoo.addons.pso_odoo.models.chain.pso_request_job.BATCH", 3):
            self.send()
            self.assertEqual(sum(self.counts()), 3)
            self.assertEqual(sum(self.requests.mapped("is_queued")), 5)
            self.work(ASKED)
        self.assertEqual(self.counts(), [1] * 8)


class Killed(BaseException):
    """What no handler of errors holds up."""


@tagged("post_install", "-at_install")
class TestReminders(CampaignCase):
    def setUp(self):
        super().setUp()
        self.asked = self.request()
        self.send()

    def test_twice_and_then_a_call_once_each(self):
        seen = []
        for day in (ASKED, "2026-03-15", FIRST, FIRST, "2026-03-17", "2026-03-29"):
            self.work(day)
            seen.append(len(self.mails(self.asked)))
        self.assertEqual(seen, [1, 1, 2, 2, 2, 2])
        self.work(SECOND)
        self.work(SECOND)
        self.work("2026-04-05")
        self.assertEqual(len(self.mails(self.asked)), 3)
        self.assertEqual(self.asked.reminder_count, 2)
        self.assertEqual(fields.Date.to_string(self.asked.date_reminded), SECOND)
        self.assertEqual(self.asked.state, "asked")
        self.asked.partner_id.phone = "+31 20 123 45 67"
        self.work(CALL)
        self.work("2026-04-07")
        self.assertEqual(self.asked.state, "no_answer")
        call = self.asked.activity_ids
        self.assertEqual(len(call), 1)
        self.assertEqual(call.user_id, self.buyer)
        self.assertIn("+31 20 123 45 67", call.summary)
        self.assertEqual(len(self.mails(self.asked)), 3)
        self.assertIn("Reminder", self.mails(self.asked)[1].subject)

    def test_a_job_that_was_down_catches_up_with_one_mail(self):
        self.work("2026-04-01")
        self.assertEqual(len(self.mails(self.asked)), 2)
        self.assertEqual(self.asked.reminder_count, 2)
        self.work("2026-04-02")
        self.assertEqual(len(self.mails(self.asked)), 2)

    def test_who_answers_hears_nothing_more(self):
        for mark, state in (
            (lambda r: r._mark_answered(), "answered"),
            (lambda r: r._mark_refused("No time"), "refused"),
        ):
            with self.subTest(state=state):
                request = self.request(self.vendor(state, email="a@example.com"))
                self.send()
                mark(request.sudo())
                self.work(FIRST)
                self.work("2026-06-01")
                self.assertEqual(request.state, state)
                self.assertEqual(len(self.mails(request)), 1)
                self.assertFalse(request.activity_ids)

    def test_who_has_opened_the_page_is_reminded(self):
        self.asked.sudo()._mark_opened()
        self.assertEqual(self.asked.state, "opened")
        opened = self.asked.date_opened
        self.work(FIRST)
        self.asked.sudo()._mark_opened()
        self.assertEqual(self.asked.date_opened, opened)
        self.assertEqual(len(self.mails(self.asked)), 2)

    def test_nobody_is_reminded_after_the_last_day_but_called(self):
        self.campaign.date_deadline = "2026-03-10"
        self.work("2026-03-10")
        self.assertEqual(self.asked.state, "asked")
        self.work("2026-03-11")
        self.assertEqual(self.asked.state, "no_answer")
        self.assertEqual(len(self.mails(self.asked)), 1)

    def test_nobody_is_reminded_of_a_closed_campaign(self):
        self.work(CALL)
        self.assertTrue(self.asked.activity_ids)
        other = self.request(self.vendor("Late", email="late@example.com"))
        self.send(day=CALL)
        self.campaign.with_user(self.buyer).action_close()
        self.assertFalse(self.asked.activity_ids)
        self.work("2026-04-29")
        self.assertEqual(len(self.mails(other)), 1)
        self.assertEqual(other.state, "asked")

    def test_days_can_be_set(self):
        self.campaign.write(
            {"first_reminder_days": 2, "second_reminder_days": 0, "call_days": 5}
        )
        self.work("2026-03-04")
        self.work("2026-03-06")
        self.assertEqual(len(self.mails(self.asked)), 2)
        self.work("2026-03-07")
        self.assertEqual(self.asked.state, "no_answer")
        for days in ((5, 3, 9), (0, 3, 9), (2, 4, 4), (-1, 0, 5)):
            with self.subTest(days=days), self.assertRefused("First comes the first"):
                names = ("first_reminder_days", "second_reminder_days", "call_days")
                self.campaign.write(dict(zip(names, days, strict=True)))
                self.env.flush_all()

    def test_an_answer_ends_the_call(self):
        self.work(CALL)
        self.asked.with_user(self.buyer).action_answered()
        self.assertEqual(self.asked.state, "answered")
        self.assertFalse(self.asked.activity_ids)


@tagged("post_install", "-at_install")
class TestFigures(CampaignCase):
    """100 of a turnover of 1,000, at 10 fte and 50 %, are 0.5 fte."""

    def test_counts_and_points(self):
        self.startPatcher(freeze_time("2026-03-20 11:00:00"))
        for _ in range(10):
            self.employee()
        member = self.employee()
        self.status(member)
        for _ in range(9):
            self.status(self.employee())
        won, opened, silent, figured = self.vendors(4)
        old = self.certificate(figured, "2025-01-01", "2027-12-31")
        self.bill(won, 100, "2026-03-01")
        requests = {
            vendor: self.request(vendor) for vendor in (won, opened, silent, figured)
        }
        requests[figured].reason = "no_figures"
        self.request(self.vendor("Not Mailed"))
        self.send(day="2026-03-02")
        reader = self.user(USER, PURCHASE)
        campaign = self.campaign.with_user(reader)
        self.assertEqual((campaign.won_count, campaign.points), (0, 0))
        requests[opened].sudo()._mark_opened()
        requests[won].sudo()._mark_opened()
        requests[won].sudo()._mark_answered()
        self.certificate(
            won,
            "2026-01-01",
            "2027-12-31",
            evidence_state="verified",
            proof_kind="certificate",
        )
        self.figures(won, 2025)
        self.figures(figured, 2025)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(campaign.request_count, 5)
        self.assertEqual(campaign.asked_count, 4)
        self.assertEqual(campaign.opened_count, 2)
        self.assertEqual(campaign.answered_count, 1)
        self.assertEqual(campaign.won_count, 2)
        self.assertTrue(requests[figured].is_won and old)
        found = self.env["pso.request"].search([("is_won", "=", True)])
        self.assertEqual(
            found & self.campaign.request_ids, requests[won] | requests[figured]
        )
        # 20 fte in all and 0.5 bought: 0.5 / (20 + 0.5), far from what is cut off.
        self.assertAlmostEqual(campaign.points, 50 / 20.5, 2)
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.buyer).read(["points"])

    def test_a_certificate_of_before_is_not_won(self):
        vendor = self.vendor("Old", email="old@example.com")
        self.certificate(
            vendor,
            "2025-01-01",
            "2026-12-31",
            evidence_state="verified",
            proof_kind="certificate",
            verified_on="2025-06-01",
        )
        request = self.request(vendor, reason="certificate_ends")
        self.assertFalse(request.is_won)
        self.send()
        self.assertFalse(request.is_won)


@tagged("post_install", "-at_install")
class TestCampaignRights(CampaignCase):
    def test_how_far_it_is_nobody_writes(self):
        request = self.request().with_user(self.buyer)
        campaign = self.campaign.with_user(self.buyer)
        for record, vals in (
            (request, {"state": "answered"}),
            (request, {"date_asked": NOON}),
            (request, {"reminder_count": 1}),
            (request, {"is_queued": True}),
            (campaign, {"state": "running"}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                record.write(vals)
        vendor = self.vendor("By Default")
        made = request.with_context(default_state="answered").create(
            {"campaign_id": campaign.id, "partner_id": vendor.id}
        )
        self.assertEqual(made.state, "to_send")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_of_another_company_nothing(self):
        request = self.request()
        abroad = self.create_company("Abroad")
        stranger = self.user(MANAGER, "base.group_user", companies=abroad)
        env = self.env(
            user=stranger, context={"allowed_company_ids": abroad.ids, "lang": "en_US"}
        )
        theirs = env["pso.campaign"].create({"name": "Theirs"})
        for wrong in (
            lambda: request.with_env(env).read(["state"]),
            lambda: self.campaign.with_env(env).action_close(),
            lambda: self.campaign.with_env(env).action_choose(),
            lambda: request.with_env(env).action_answered(),
            lambda: theirs.write({"company_id": self.company.id}),
            lambda: env["pso.campaign.choosing"]
            .create({"campaign_id": self.campaign.id})
            .line_ids,
        ):
            with self.assertRaises(UserError):
                wrong()
        self.assertFalse(env["pso.request"].search([("id", "=", request.id)]))
        vendor = self.vendor("Ours", company_id=self.company.id)
        with self.assertRaises(UserError):
            env["pso.request"].create(
                {"campaign_id": theirs.id, "partner_id": vendor.id}
            )

    def test_days_of_the_defaults(self):
        campaign = self.env(user=self.buyer)["pso.campaign"].create({"name": "New"})
        today = fields.Date.context_today(campaign)
        self.assertEqual(campaign.user_id, self.buyer)
        self.assertEqual(campaign.year, today.year - 1)
        self.assertEqual(campaign.date_deadline, today + timedelta(days=42))
