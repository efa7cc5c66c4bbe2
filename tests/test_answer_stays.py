"""What a vendor gave and what was decided on it stay as they were seen."""

from datetime import timedelta

from answers import PDF, AnswerCase

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

OTHER = PDF.replace(b"1 0", b"2 0")


@tagged("post_install", "-at_install")
class TestAnswerStays(AnswerCase):
    def setUp(self):
        super().setUp()
        self.colleague = self.user("pso_odoo.group_pso_purchase")

    def mine(self, answer):
        self.env.flush_all()
        return answer.with_user(self.buyer)

    def by_hand(self, **vals):
        """An answer that the buyer records himself."""
        values = {"kind": "sw", "date_start": self.today, "request_id": self.asked.id}
        answers = self.env["pso.answer"].with_user(self.buyer)
        return answers.create({**values, **vals})

    def verify(self, answer, user=None, **vals):
        mine = answer.with_user(user or self.buyer)
        mine.write({"proof_kind": "certificate", **vals})
        self.tick(mine)
        mine.action_verify()
        self.env.invalidate_all()

    def seen_by_colleague(self):
        known = self.known.with_user(self.colleague)
        known.action_verify()
        self.assertEqual(known.verified_by_id, self.colleague)

    def file(self, answer):
        file = self.env["ir.attachment"].create({"name": "paper.pdf", "raw": PDF})
        answer.sudo().attachment_ids += file
        return answer.attachment_ids

    def refused(self, *attempts, error=AccessError):
        for number, attempt in enumerate(attempts):
            with (
                self.subTest(attempt=number),
                self.assertRaises(error),
                self.env.cr.savepoint(),
            ):
                attempt()

    # -- the answer itself -----------------------------------------------------------

    def test_no_entity_is_put_into_what_a_vendor_gave(self):
        answer = self.mine(self.answer())
        hand = self.by_hand(
            request_id=self.asked_other.id, entity_ids=[Command.create({"name": "A"})]
        )
        self.refused(
            lambda: answer.entity_ids.create({"answer_id": answer.id, "name": "B"}),
            lambda: hand.entity_ids.write({"answer_id": answer.id}),
        )
        self.assertFalse(answer.entity_ids)

    def test_files_of_a_vendor_stay(self):
        answer = self.answer()
        file = self.file(answer).with_user(self.buyer)
        mine = self.mine(answer)
        attempts = (
            lambda: file.write({"raw": OTHER}),
            lambda: file.write({"res_id": 0, "res_model": False}),
            lambda: file.unlink(),
            lambda: mine.write({"attachment_ids": [Command.clear()]}),
            lambda: mine.write({"attachment_ids": [Command.create({"name": "x"})]}),
        )
        self.refused(*attempts)
        self.verify(answer)
        self.refused(*attempts)
        self.assertEqual(answer.attachment_ids.raw, PDF)
        hand = self.by_hand(request_id=self.asked_other.id)
        other = self.file(hand).with_user(self.buyer)
        other.write({"raw": OTHER})
        self.verify(hand)
        self.refused(other.unlink, lambda: other.write({"raw": PDF}))

    def test_what_was_seen_stays_once_it_is_decided(self):
        answer = self.mine(self.with_figures())
        answer.proof_date = self.today
        self.verify(answer)
        self.refused(
            lambda: answer.write({"proof_kind": "register"}),
            lambda: answer.write({"proof_date": False}),
            lambda: answer.write({"fte_origin": "document"}),
        )

    def test_what_was_answered_is_not_deleted(self):
        self.answer()
        asked = self.asked.with_user(self.buyer)
        admin = self.user("base.group_partner_manager,pso_odoo.group_pso_manager")
        vendor = self.certified.with_user(admin)
        campaign = self.campaign.with_user(admin)
        self.campaign.sudo().state = "draft"
        self.env.flush_all()
        self.refused(asked.unlink, campaign.unlink, vendor.unlink, error=UserError)
        self.assertTrue(self.asked.answer_ids)
        self.asked_other.with_user(self.buyer).unlink()

    # -- the ticks -------------------------------------------------------------------

    def test_a_tick_falls_with_what_it_was_set_at(self):
        hand = self.by_hand(company_registry="12345678")
        self.tick(hand)
        theirs = hand.with_user(self.colleague)
        theirs.write({"date_start": self.today - timedelta(days=9), "remark": "x"})
        seen = hand.check_ids.filtered("applies").filtered("is_seen")
        self.assertEqual(seen.mapped("kind"), ["entity"])
        self.assertEqual(seen.seen_by_id, self.buyer)
        theirs.proof_kind = "statement"
        with self.assertRefused("Still to do: First and last day"):
            theirs.action_verify()

    def test_a_tick_does_not_stand_for_what_changed_here(self):
        self.figures(self.certified, self.year, turnover=500, fte=5, share=10)
        answer = self.mine(self.with_figures())
        answer.proof_kind = "certificate"
        self.tick(answer)
        self.certified.company_registry = "87654321"
        figure = self.certified.pso_figure_ids.filtered(lambda f: f.year == self.year)
        figure.turnover = 600
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRefused("Changed since it was looked at: The organisation"):
            answer.action_verify()
        with self.assertRefused("What it changes here"):
            answer.action_verify()
        checks = answer.check_ids.filtered("applies")
        checks.write({"is_seen": False})
        # In whatever language somebody looks.
        self.env["res.lang"]._activate_lang("nl_NL")
        self.tick(answer.with_context(lang="nl_NL"))
        answer.action_verify()
        self.assertEqual(figure.turnover, 2000)

    # -- what was verified before ------------------------------------------------------

    def test_unchanged_leaves_proof_and_signature_of_another(self):
        self.known.write(
            {
                "evidence_state": "received",
                "proof_kind": "register",
                "proof_date": self.today - timedelta(days=8),
                "origin": "register",
            }
        )
        self.seen_by_colleague()
        self.known.verified_on = self.today - timedelta(days=7)
        self.known_figures.write(
            {"turnover_origin": "document", "fte_origin": "document", "source": "Site"}
        )
        names = ("verified_by_id", "verified_on", "proof_kind", "proof_date", "origin")
        of_figure = ("source", "turnover_origin", "fte_origin", "direct_origin")
        before = [self.known[name] for name in names]
        figures = [self.known_figures[name] for name in of_figure]
        self.campaign.sudo().year = self.known_figures.year
        page = self.asked.sudo()
        page._page_send_unchanged(page._page_shown())
        answer = self.asked.answer_ids
        self.verify(answer)
        self.assertEqual(answer.certificate_id, self.known)
        self.assertEqual([self.known[name] for name in names], before)
        self.assertEqual(answer.figure_id, self.known_figures)
        self.assertEqual([self.known_figures[name] for name in of_figure], figures)

    def test_what_changes_is_told_with_its_proof(self):
        self.known.write({"evidence_state": "received", "proof_kind": "register"})
        self.seen_by_colleague()
        self.known_figures.write(
            {"turnover_origin": "document", "fte_origin": "document"}
        )
        answer = self.mine(
            self.with_figures(
                date_start=self.known.date_start,
                year=self.known_figures.year,
                turnover=1500,
                fte=10,
                direct_percentage=50,
            )
        )
        answer.proof_kind = "certificate"
        told = answer.check_ids.filtered(lambda c: c.kind == "changes").finding
        for words in (
            f"{self.colleague.name} becomes {self.buyer.name}",
            "PSO-77 becomes PSO-88",
            "Turnover from: ",
        ):
            self.assertIn(words, told)
        self.assertNotIn("Fte from", told)
        self.verify(answer)
        self.assertEqual(self.known.verified_by_id, self.buyer)
        self.assertEqual(self.known.proof_kind, "certificate")
        self.assertEqual(self.known_figures.turnover_origin, "vendor")
        self.assertEqual(self.known_figures.fte_origin, "document")

    # -- refusing ----------------------------------------------------------------------

    def test_nobody_is_mailed_a_page_that_does_not_open(self):
        answer = self.answer()
        self.campaign.sudo().state = "closed"
        with self.assertRefused("reopen the campaign"):
            answer._refuse("Wrong")
        self.campaign.sudo().state = "running"
        self.campaign.date_deadline = self.today - timedelta(days=99)
        with self.assertRefused("reopen the campaign"):
            answer._refuse("Wrong")
        self.assertEqual(answer.state, "to_verify")
        self.campaign.date_deadline = self.today
        answer._refuse("Wrong")
        mail = self.asked.sudo().mail_id
        self.assertIn("Wrong", mail.body)
        another = self.answer()
        self.verify(self.answer())
        another.sudo().state = "to_verify"
        another._refuse("Too late")
        self.assertEqual(self.asked.sudo().mail_id, mail)
        self.assertEqual(self.asked.state, "answered")

    # -- files of no use ---------------------------------------------------------------

    def test_files_of_no_use_are_deleted(self):
        first = self.answer()
        gone = self.file(first)
        kept = self.file(self.answer())
        loose = self.env["ir.attachment"].create(
            {"name": "x", "raw": PDF, "res_model": "pso.answer"}
        )
        answers = self.env["pso.answer"]
        answers._gc_files()
        answers._gc_unsaved_files()
        self.assertTrue(gone.exists() and loose.exists())
        self.env.flush_all()
        old = SQL("now() AT TIME ZONE 'UTC' - interval '31 days'")
        for table, record in (("pso_answer", first), ("ir_attachment", loose)):
            column = "write_date" if table == "pso_answer" else "create_date"
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    old,
                    record.id,
                )
            )
        self.env.invalidate_all()
        answers._gc_files()
        answers._gc_unsaved_files()
        self.assertFalse(gone.exists() or loose.exists())
        self.assertTrue(kept.exists())
