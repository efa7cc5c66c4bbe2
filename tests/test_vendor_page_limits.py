"""The page of a vendor: how much it takes, of whom, and what it does not tell."""

import io

from answers import PDF, PURCHASE, picture
from lxml import html
from PIL import Image
from vendor_pages import VendorPageCase

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.pso_odoo.models.chain import pso_page_visit, pso_request_page
from odoo.addons.pso_odoo.models.chain.pso_page_visit import network
from odoo.addons.pso_odoo.models.chain.vendor_form import sniff

FIGURES = {"turnover": "1000", "fte": "10", "direct_percentage": "5"}


@tagged("post_install", "-at_install")
class TestVendorPageLimits(VendorPageCase):
    def by_hand(self, **vals):
        answer = self.answer(channel="hand", **vals)
        self.env.flush_all()
        return answer

    # -- what a vendor confirms, and reads -------------------------------------------

    def test_unchanged_is_of_what_was_shown(self):
        shown = self.asked.sudo()._page_shown()
        self.assertIn(f'name="shown" value="{shown}"', self.get().text)
        self.known_figures.turnover = 9000
        self.env.flush_all()
        response = self.post(action="unchanged", shown=shown)
        self.assertEqual(response.status_code, 422)
        self.assertIn("has changed since you opened", response.text)
        self.assertIn("9,000.00", response.text)
        self.assertEqual(self.post(action="unchanged", shown="").status_code, 422)
        self.assertFalse(self.answers())

    def test_what_purchase_notes_is_not_for_the_vendor(self):
        answer = self.by_hand(remark="Difficult people", kind="none")
        file = self.env["ir.attachment"].create({"name": "internal.pdf", "raw": PDF})
        answer.sudo().attachment_ids = file
        self.env.flush_all()
        page = self.get().text
        self.assertIn("PSO-77", page)
        for words in ("Difficult", "internal.pdf", "Your Answer Has Come In"):
            self.assertNotIn(words, page)

    def test_nothing_but_this_site_gets_the_link(self):
        rules = dict(
            rule.split(" ", 1)
            for rule in self.get().headers["Content-Security-Policy"].split("; ")
        )
        for name, sources in rules.items():
            self.assertRegex(sources, "^'(self|none)'", name)
            self.assertNotRegex(sources, r"https?:|\*", name)
        self.assertEqual(rules["frame-ancestors"], "'self'")

    # -- who it is -------------------------------------------------------------------

    def test_who_works_here_is_not_the_vendor(self):
        self.env.flush_all()
        self.authenticate(self.buyer.login, self.buyer.login)
        response = self.get()
        self.assertEqual(response.status_code, 200)
        self.assertIn("Only the vendor answers here", response.text)
        for vals in ({"action": "unchanged"}, self.filled):
            response = self.post(**vals)
            self.assertEqual(response.status_code, 403)
            self.assertIn("Only the vendor answers here", response.text)
        self.assertFalse(self.answers())
        self.assertEqual(self.asked.state, "asked")

    def test_colleagues_look_at_the_page_without_the_link(self):
        path = self.asked._look_path()
        self.env.flush_all()
        self.assertIn(self.get(path).status_code, (302, 303))
        self.authenticate(self.buyer.login, self.buyer.login)
        response = self.get(path)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertIn("PSO-77", response.text)
        self.assertIn("Only the vendor answers here", response.text)
        self.assertNotIn(self.asked._link_token(), response.text)
        buttons = html.fromstring(response.content).xpath(
            "//main//button[@type='submit']"
        )
        self.assertTrue(buttons)
        self.assertTrue(all(button.get("disabled") for button in buttons))
        self.assertEqual(self.post(path, action="unchanged").status_code, 405)
        self.assertEqual(self.asked.state, "asked")
        self.assertFalse(self.answers())
        self.assertEqual(self.get("/pso/request/0/page").status_code, 404)

    def test_who_may_not_read_the_request_sees_no_page(self):
        path = self.asked._look_path()
        self.user("base.group_user", login="employee")
        portal = self.user("base.group_portal", login="of-the-vendor")
        portal.partner_id.parent_id = self.certified
        elsewhere = self.user(PURCHASE, login="elsewhere")
        company = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere.write({"company_ids": company.ids, "company_id": company.id})
        self.env.flush_all()
        for login in ("employee", "of-the-vendor", "elsewhere"):
            with self.subTest(login=login):
                self.authenticate(login, login)
                response = self.get(path)
                self.assertEqual(response.status_code, 404)
                self.assertNotIn("Zorgvuldig", response.text)

    # -- how often -------------------------------------------------------------------

    def test_an_old_link_does_not_use_up_the_new_one(self):
        most = pso_page_visit.MOST
        self.patch(pso_page_visit, "MOST", {**most, "link": 2, "address": 3})
        old = self.url()
        self.asked._withdraw_link()
        self.env.flush_all()
        statuses = [self.get(old).status_code for _visit in range(4)]
        self.assertEqual(statuses, [410, 410, 410, 429])
        statuses = [self.get().status_code for _visit in range(3)]
        self.assertEqual(statuses, [200, 200, 429])

    def test_visits_are_counted_by_network(self):
        for one, other, is_same in (
            ("192.0.2.1", "192.0.2.1", True),
            ("192.0.2.1", "192.0.2.2", False),
            ("2001:db8::1", "2001:db8::ffff:1", True),
            ("2001:db8::1", "2001:db8:0:1::1", False),
            ("::ffff:192.0.2.1", "192.0.2.1", True),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ):
            with self.subTest(one=one, other=other):
                self.assertEqual(network(one) == network(other), is_same)
        self.assertEqual((network(None), network("x")), ("", ""))

    def test_a_link_does_not_fill_the_disk(self):
        self.patch(pso_request_page, "ANSWERS_MOST", 2)
        for _answer in range(2):
            self.assertEqual(self.post(**self.filled).status_code, 303)
        for vals in ({"action": "unchanged"}, self.filled):
            response = self.post(**vals)
            self.assertEqual(response.status_code, 422)
            self.assertIn("More was sent from this page", response.text)
        self.patch(pso_request_page, "ANSWERS_MOST", 20)
        self.patch(pso_request_page, "BYTES_MOST", len(PDF) + 1)
        paper = [("paper.pdf", PDF)]
        self.assertEqual(self.post(files=paper, **self.filled).status_code, 303)
        response = self.post(files=paper, **self.filled)
        self.assertIn("files", self.errors(response))
        self.assertEqual(len(self.answers()), 3)

    # -- files -----------------------------------------------------------------------

    def test_a_picture_stays_as_it_was_sent(self):
        stream = io.BytesIO()
        Image.new("1", (2500, 2000)).save(stream, "PNG")
        scan = stream.getvalue()
        self.post(files=[("scan.png", scan)], **self.filled)
        self.assertEqual(self.answers().attachment_ids.raw, scan)
        [kept] = self.answers().attachment_ids.mapped("checksum")
        self.post(**self.filled, kept=kept)
        answer = self.answers()[0]
        self.assertEqual(answer.attachment_ids.raw, scan)
        mine = answer.with_user(self.buyer)
        mine.proof_kind = "certificate"
        self.tick(mine)
        mine.action_verify()
        self.assertEqual(answer.certificate_id.attachment_ids.raw, scan)
        stream = io.BytesIO()
        Image.new("1", (6500, 6500)).save(stream, "PNG")
        self.assertIsNone(sniff(stream.getvalue()))

    def test_the_files_that_were_ticked_stay_and_no_others(self):
        files = [("one.pdf", PDF), ("two.png", picture())]
        self.post(files=files, **self.filled)
        digests = {f.name: f.checksum for f in self.answers().attachment_ids}
        # From another tab the second one is taken away.
        self.post(**self.filled, kept=digests["one.pdf"])
        self.post(**self.filled, kept=digests["two.png"])
        self.assertEqual(self.answers()[0].attachment_ids.mapped("name"), ["two.png"])
        self.post(**self.filled, kept="0")
        self.assertFalse(self.answers()[0].attachment_ids)

    def test_files_survive_that_the_answer_is_tried_again(self):
        requests = self.env.registry["pso.request"]
        write, tries = requests._page_write, []

        def busy(asked, *args):
            tries.append(asked.id)
            if len(tries) == 1:
                raise ConcurrencyError("Another one was first")
            return write(asked, *args)

        self.patch(requests, "_page_write", busy)
        files = [("one.pdf", PDF), ("two.pdf", PDF), ("three.png", picture())]
        self.assertEqual(self.post(files=files, **self.filled).status_code, 303)
        self.assertEqual(len(tries), 2)
        contents = {f.name: f.raw for f in self.answers().attachment_ids}
        self.assertEqual(
            contents, {"one.pdf": PDF, "two.pdf": PDF, "three.png": picture()}
        )

    def test_one_answer_waits_for_the_other(self):
        asked = self.asked_other.sudo()
        self.env.flush_all()
        query = SQL("SELECT xmax::text FROM pso_request WHERE id = %s", asked.id)
        self.assertEqual(self.env.execute_query(query), [("0",)])
        asked._page_send_unchanged("x")
        self.assertNotEqual(self.env.execute_query(query), [("0",)])

    # -- what is typed ---------------------------------------------------------------

    def test_no_formula_comes_in(self):
        for sign in ("=", "+", "-", "@", "{="):
            with self.subTest(sign=sign):
                response = self.post(
                    **{**self.filled, "number": f"{sign}1+1"},
                    entity_name_0=f" {sign}HYPERLINK(1)",
                    entity_kvk_0="12345678",
                )
                self.assertEqual({*self.errors(response)}, {"number", "entity_name_0"})
        self.post(**{**self.filled, "kind": "none"}, remark='=HYPERLINK("x")')
        self.assertEqual(self.answers().remark, '\'=HYPERLINK("x")')
        self.post(files=[("=1+1.pdf", PDF)], **self.filled)
        self.assertEqual(self.answers()[0].attachment_ids.name, "1+1.pdf")

    def test_what_the_database_would_refuse_has_its_error(self):
        for name, value in (("turnover", "0,001"), ("fte", "9" * 16)):
            with self.subTest(name=name):
                response = self.post(**self.filled, **{**FIGURES, name: value})
                self.assertEqual(response.status_code, 422)
                self.assertEqual({*self.errors(response)}, {name})
        self.post(**self.filled, **{**FIGURES, "turnover": "0,006"})
        self.assertEqual(self.answers().turnover, 0.01)
