"""What becomes of a vendor's answer: nothing, until somebody has verified it."""

import base64
from datetime import timedelta

from answers import KVK, PDF, AnswerCase
from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval


@tagged("post_install", "-at_install")
class TestAnswer(AnswerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign_company = cls.create_company("Other company")
        cls.foreigner = cls.user(
            "pso_odoo.group_pso_purchase", companies=cls.foreign_company
        )

    def by_buyer(self, answer):
        """The answer as the buyer has it on the screen."""
        self.env.flush_all()
        return answer.with_user(self.buyer)

    def verify(self, answer, **vals):
        mine = self.by_buyer(answer)
        mine.write({"proof_kind": "certificate", **vals})
        self.tick(mine)
        mine.action_verify()
        mine.env.flush_all()
        self.env.invalidate_all()

    def file(self, answer, name="paper.pdf"):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": PDF,
                "res_model": "pso.answer",
                "res_id": answer.id,
            }
        )

    # -- nothing counts before -----------------------------------------------------

    def test_nothing_is_kept_before_it_is_verified(self):
        before = self.certified.pso_certificate_ids, self.certified.pso_figure_ids
        self.with_figures()
        self.env.invalidate_all()
        after = self.certified.pso_certificate_ids, self.certified.pso_figure_ids
        self.assertEqual(before, after)
        self.assertEqual(self.asked.state, "answered")

    def test_a_later_answer_takes_the_place_of_the_former(self):
        first = self.answer()
        second = self.answer()
        self.assertEqual(first.state, "superseded")
        self.assertEqual(second.state, "to_verify")

    def test_who_has_no_certificate_has_refused(self):
        answer = self.answer(kind="working", remark="In spring")
        self.assertEqual(answer.state, "declined")
        self.assertEqual(self.asked.state, "refused")
        self.assertIn("In spring", self.asked.refusal)

    # -- the checklist -------------------------------------------------------------

    def test_the_checklist_has_what_applies(self):
        answer = self.with_figures(
            entity_ids=[Command.create({"name": "Dochter", "company_registry": "1"})]
        )
        applies = answer.check_ids.filtered("applies").mapped("kind")
        self.assertEqual(
            applies, ["entity", "level", "dates", "entities", "register", "figures"]
        )
        plain = self.answer(kind="sw", level_id=False, number=False)
        self.assertEqual(
            plain.check_ids.filtered("applies").mapped("kind"), ["entity", "dates"]
        )

    def test_the_kvk_number_is_compared(self):
        for number, words in (
            ("1234 5678", "equal"),
            ("87654321", "different"),
            (False, "unknown"),
        ):
            with self.subTest(number=number):
                answer = self.answer(company_registry=number)
                check = answer.check_ids.filtered(lambda c: c.kind == "entity")
                self.assertIn(words, check.finding)
                self.assertEqual(check.is_alarming, words == "different")

    def test_verifying_names_what_nobody_has_looked_at(self):
        mine = self.by_buyer(self.answer())
        self.tick(mine, "entity", "level")
        with self.assertRefused("First and last day of validity"):
            mine.action_verify()
        with self.assertRefused("Seen in the public register"):
            mine.action_verify()
        self.tick(mine)
        with self.assertRefused("Document Seen"):
            mine.action_verify()

    def test_a_tick_is_signed_and_nobody_signs_for_another(self):
        mine = self.by_buyer(self.answer())
        check = mine.check_ids[0]
        check.is_seen = True
        self.assertEqual(check.seen_by_id, self.buyer)
        self.assertEqual(check.seen_on, self.today)
        colleague = self.user("pso_odoo.group_pso_purchase")
        check.with_user(colleague).is_seen = True
        self.assertEqual(check.seen_by_id, self.buyer)
        with self.assertRaises(AccessError):
            check.seen_by_id = colleague
        check.is_seen = False
        self.assertFalse(check.seen_by_id or check.seen_on)

    # -- what verifying writes -----------------------------------------------------

    def test_a_new_certificate_comes_with_its_proof_and_signature(self):
        answer = self.answer()
        answer.sudo().attachment_ids = self.file(answer)
        self.verify(answer)
        certificate = answer.certificate_id
        self.assertNotEqual(certificate, self.known)
        self.assertEqual(certificate.partner_id, self.certified)
        self.assertEqual(certificate.number, "PSO-88")
        self.assertEqual(certificate.evidence_state, "verified")
        self.assertEqual(certificate.verified_by_id, self.buyer)
        self.assertEqual(certificate.proof_kind, "certificate")
        self.assertEqual(certificate.origin, "document")
        [file] = certificate.attachment_ids
        self.assertEqual(
            (file.res_model, file.res_id), (certificate._name, certificate.id)
        )
        self.assertNotEqual(file, answer.attachment_ids)
        self.assertEqual(self.known.number, "PSO-77")
        self.assertEqual(answer.decided_by_id, self.buyer)

    def test_figures_keep_where_each_value_comes_from(self):
        answer = self.with_figures()
        self.verify(answer, turnover_origin="document", fte_origin="estimate")
        figure = answer.figure_id
        self.assertEqual((figure.year, figure.turnover), (self.year, 2000))
        self.assertEqual(
            (figure.turnover_origin, figure.fte_origin, figure.direct_origin),
            ("document", "estimate", "vendor"),
        )
        self.assertTrue(figure.is_estimate)
        figure.fte = 21
        self.assertEqual(figure.fte_origin, "estimate")
        figure.turnover = 2001
        self.assertEqual(figure.turnover_origin, "hand")

    def test_what_is_overwritten_is_shown_and_ticked(self):
        self.figures(self.certified, self.year, turnover=500, fte=5, share=10)
        answer = self.with_figures(
            date_start=self.known.date_start, date_end=self.known.date_end
        )
        mine = self.by_buyer(answer)
        changes = mine.check_ids.filtered(lambda c: c.kind == "changes")
        self.assertTrue(changes.applies)
        self.assertIn("PSO-77 becomes PSO-88", changes.finding)
        self.assertIn("500.00 becomes 2,000.00", changes.finding)
        self.assertIn("PSO-77", mine.changes)
        self.tick(mine)
        changes.is_seen = False
        mine.proof_kind = "register"
        with self.assertRefused("What it changes here"):
            mine.action_verify()
        changes.is_seen = True
        mine.action_verify()
        self.assertEqual(answer.certificate_id, self.known)
        self.assertEqual(self.known.number, "PSO-88")
        self.assertEqual(self.known.origin, "register")

    def test_unchanged_overwrites_nothing(self):
        page = self.asked.sudo()
        page._page_send_unchanged(page._page_shown())
        answer = self.asked.answer_ids
        self.assertTrue(answer.is_unchanged)
        changes = answer.check_ids.filtered(lambda c: c.kind == "changes")
        self.assertFalse(changes.applies)
        self.verify(answer)
        self.assertEqual(answer.certificate_id, self.known)
        self.assertEqual(self.known.evidence_state, "verified")
        self.assertEqual(answer.figure_id.year, self.year)
        self.assertEqual(answer.figure_id.turnover, 1000)

    def test_it_is_decided_on_once(self):
        answer = self.answer()
        self.verify(answer)
        for button in (answer.action_verify, answer.action_refuse):
            with self.assertRefused("nothing to decide"):
                button()
        self.assertFalse(self.asked.sudo()._is_link_open())

    # -- refusing ------------------------------------------------------------------

    def test_refusing_mails_the_reason_and_asks_again(self):
        answer = self.answer()
        wizard = (
            self.env["pso.answer.refusal"]
            .with_user(self.buyer)
            .create({"answer_id": answer.id, "reason": "Ended <b>last</b> year"})
        )
        wizard.action_refuse()
        self.env.flush_all()
        self.assertEqual(answer.state, "refused")
        self.assertEqual(answer.decided_by_id, self.buyer)
        self.assertEqual(self.asked.state, "opened")
        mail = self.env["mail.mail"].search(
            [("model", "=", "pso.request"), ("res_id", "=", self.asked.id)]
        )
        self.assertEqual(len(mail), 1)
        self.assertIn(self.certified, mail.recipient_ids)
        self.assertIn("Ended &lt;b&gt;last&lt;/b&gt; year", mail.body_html)
        [sent] = mail._prepare_outgoing_list()
        self.assertIn(self.asked._link(), sent["body"])
        again = self.answer()
        self.assertEqual((answer.state, again.state), ("refused", "to_verify"))

    def test_refusing_needs_a_reason(self):
        with self.assertRefused("Say what is wrong"):
            self.answer()._refuse(" ")

    # -- what may change -----------------------------------------------------------

    def test_nobody_rewrites_what_a_vendor_said(self):
        mine = self.by_buyer(self.answer())
        for vals in (
            {"number": "other"},
            {"company_registry": "87654321"},
            {"state": "verified"},
            {"channel": "hand"},
            {"certificate_id": self.known.id},
            {"entity_ids": [Command.create({"name": "Other"})]},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                mine.write(vals)
        for name in ("state", "channel", "decided_by_id"):
            default = {f"default_{name}": {"state": "verified"}.get(name, "page")}
            if name == "decided_by_id":
                default = {"default_decided_by_id": self.buyer.id}
            new = (
                self.env["pso.answer"]
                .with_user(self.buyer)
                .with_context(**default)
                .create({"request_id": self.asked.id, "kind": "none"})
            )
            self.assertEqual((new.state, new.channel), ("declined", "hand"))
            self.assertFalse(new.decided_by_id)

    def test_recording_one_begins_with_what_was_said(self):
        """Not with an empty list of the answers that there are."""
        view = self.env["pso.request"].with_user(self.buyer).get_view(view_type="form")
        button = etree.fromstring(view["arch"]).find(
            ".//button[@string='Record an Answer']"
        )
        action = self.env["ir.actions.act_window"].browse(int(button.get("name")))
        self.assertEqual(action.views[0][1], "form")
        context = safe_eval(action.context, {"active_id": self.asked.id})
        answers = self.env["pso.answer"].with_user(self.buyer).with_context(**context)
        form = Form(answers)
        self.assertEqual(form.request_id, self.asked)

    def test_purchase_records_and_corrects_what_it_was_told(self):
        mine = (
            self.env["pso.answer"]
            .with_user(self.buyer)
            .create(
                {
                    "request_id": self.asked.id,
                    "kind": "sw",
                    "date_start": self.today,
                    "company_registry": KVK,
                }
            )
        )
        mine.date_start = self.today - timedelta(days=1)
        self.assertEqual(mine.channel, "hand")
        self.verify(mine, proof_kind="statement")
        with self.assertRaises(AccessError):
            mine.with_user(self.buyer).date_start = self.today

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_of_another_company_it_is_nothing(self):
        answer = self.answer()
        self.env.flush_all()
        theirs = answer.with_user(self.foreigner)
        for attempt in (
            lambda: theirs.read(["number"]),
            theirs.action_verify,
            lambda: theirs._refuse("no"),
            lambda: theirs.check_ids.read(["finding"]),
            lambda: self.env["pso.answer"]
            .with_user(self.foreigner)
            .create({"request_id": self.asked.id, "kind": "none"}),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attempt()
        self.assertEqual(answer.state, "to_verify")

    def test_its_files_are_for_its_readers(self):
        answer = self.answer()
        answer.sudo().attachment_ids = self.file(answer)
        file = answer.attachment_ids
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(file.with_user(self.buyer).datas, base64.b64encode(PDF))
        for user in (self.foreigner, self.user("base.group_system")):
            with self.assertRaises(AccessError):
                file.with_user(user).read(["datas"])

    def test_files_go_with_the_answer(self):
        answer = self.answer()
        answer.sudo().attachment_ids = self.file(answer)
        file = answer.attachment_ids
        self.campaign.sudo().state = "draft"
        self.asked.sudo().unlink()
        self.assertFalse(file.exists())

    # -- who else it may be --------------------------------------------------------

    def test_duplicate_vendors_are_named(self):
        by_name = self.vendor("ZORGVULDIG bv")
        by_number = self.vendor("Iets anders", company_registry="1234.5678")
        self.vendor("Zorgvuldig en Zonen B.V.")
        answer = self.by_buyer(self.answer())
        self.assertEqual(set(answer.duplicate_ids), {by_name, by_number})
        self.assertIn("KvK number", answer.duplicate_note)
        self.certified.vat = by_name.vat = "NL123456782B90"
        answer.invalidate_recordset()
        self.assertIn("VAT number, name", answer.duplicate_note)

    # -- where values come from ----------------------------------------------------

    def test_a_change_by_hand_says_so(self):
        self.known.write({"origin": "register"})
        self.known.number = "other"
        self.assertEqual(self.known.origin, "register")
        self.known.date_end = self.known.date_end
        self.assertEqual(self.known.origin, "register")
        self.known.level_id = self.ref("level_step1")
        self.assertEqual(self.known.origin, "hand")

    def test_estimate_and_origins_agree(self):
        figure = self.figures(self.other, is_estimate=True)
        origins = ("turnover_origin", "fte_origin", "direct_origin")
        self.assertEqual([figure[name] for name in origins], ["estimate"] * 3)
        figure.is_estimate = False
        self.assertEqual([figure[name] for name in origins], ["hand"] * 3)
        figure.fte_origin = "estimate"
        self.assertTrue(figure.is_estimate)
        figure.fte_origin = "document"
        self.assertFalse(figure.is_estimate)
