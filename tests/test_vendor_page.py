"""The page that a signed link opens: what it opens, and what it takes."""

import base64
import io
import json
import re
import zipfile
from datetime import timedelta

from answers import PDF, picture
from lxml import html
from vendor_pages import VendorPageCase

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.pso_odoo.models.chain import pso_page_visit
from odoo.addons.pso_odoo.models.chain.vendor_form import sniff

CLOSED = "This Page Does Not Open"


@tagged("post_install", "-at_install")
class TestVendorPage(VendorPageCase):
    # -- what a link opens, and what opens nothing ---------------------------------

    def test_it_opens_the_page_of_its_vendor(self):
        response = self.get()
        self.assertEqual(response.status_code, 200)
        for shown in ("Zorgvuldig B.V.", "PSO-77", "1,000.00", "Unchanged"):
            self.assertIn(shown, response.text)
        for hidden in ("Ander B.V.", "SECRET-OF-ANOTHER", "Answers"):
            self.assertNotIn(hidden, response.text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.env.invalidate_all()
        self.assertEqual(self.asked.state, "opened")
        self.assertEqual(self.asked_other.state, "asked")

    def test_a_mail_scanner_that_asks_for_the_head_has_not_opened_it(self):
        self.assertEqual(self.url_open(self.url(), method="HEAD").status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(self.asked.state, "asked")

    def closed(self, url, status, contact=False):
        response = self.get(url)
        self.assertEqual(response.status_code, status)
        self.assertIn(CLOSED, response.text)
        self.assertEqual("buyer@example.com" in response.text, contact)
        self.assertNotIn("Zorgvuldig", response.text)

    def test_what_was_not_signed_here_opens_nothing(self):
        good = self.asked._link_token()
        raw = bytearray(base64.urlsafe_b64decode(good + "==="))
        message = raw[41:].decode()
        number = str(self.asked.id)
        other = message.replace(number, str(self.asked_other.id), 1)
        nonce = self.asked_other.sudo().link_nonce
        forged = bytes(raw[:41]) + other.encode()
        theirs = bytes(raw[:41]) + json.dumps([self.asked_other.id, nonce]).encode()
        for token in (
            "x",
            str(self.asked.id),
            "é",
            "A" * 5000,
            good[:-2],
            good[:-3] + "AAA",
            *(base64.urlsafe_b64encode(each).decode() for each in (forged, theirs)),
        ):
            with self.subTest(token=token[:30]):
                self.closed(f"/pso/vendor/{token}", 404)

    def test_an_expired_link_says_whom_to_ask(self):
        url = self.url()
        self.campaign.date_deadline = self.today - timedelta(days=30)
        self.assertEqual(self.get(url).status_code, 200)
        self.campaign.date_deadline = self.today - timedelta(days=31)
        self.closed(url, 410, contact=True)
        self.assertEqual(self.post(url, action="unchanged").status_code, 410)
        self.assertFalse(self.answers())

    def test_a_withdrawn_link_opens_nothing_and_the_new_one_does(self):
        url = self.url()
        self.asked._withdraw_link()
        self.env.flush_all()
        self.closed(url, 410, contact=True)
        self.assertEqual(self.get().status_code, 200)

    def test_a_request_to_another_vendor_has_another_link(self):
        url = self.url()
        self.env.flush_all()
        nonces = self.env.execute_query(
            SQL("SELECT DISTINCT link_nonce FROM pso_request WHERE link_nonce > ''")
        )
        self.assertGreater(len(nonces), 1)
        self.asked.partner_id = self.vendor("Nog een B.V.")
        self.env.flush_all()
        self.closed(url, 410, contact=True)

    def test_of_a_closed_campaign_and_a_deleted_request_nothing_opens(self):
        url, other = self.url(), self.url(self.asked_other)
        self.asked_other.sudo().state = "to_send"
        self.asked_other.sudo().unlink()
        self.closed(other, 404)
        self.campaign.sudo().state = "closed"
        self.closed(url, 410, contact=True)

    def test_a_link_opens_nothing_else(self):
        token = self.asked._link_token()
        file = self.env["ir.attachment"].create(
            {"name": "x.pdf", "raw": PDF, "res_model": "pso.request"}
        )
        file.res_id = self.asked.id
        self.get()
        for url in (
            f"/web/content/{file.id}?access_token={token}",
            f"/web/content/{file.id}",
            f"/my/pso/requests?access_token={token}",
            "/my/home",
            f"/odoo/pso.request/{self.asked.id}?access_token={token}",
        ):
            with self.subTest(url=url):
                response = self.get(url)
                self.assertIn(response.status_code, (302, 303, 403, 404))
                self.assertNotIn(b"%PDF", response.content)

    def test_who_asks_very_often_waits(self):
        most = pso_page_visit.MOST
        self.patch(pso_page_visit, "MOST", {**most, "link": 3, "guess": 2})
        for _visit in range(3):
            self.assertEqual(self.get().status_code, 200)
        self.assertEqual(self.get().status_code, 429)
        self.assertEqual(self.post(action="unchanged").status_code, 429)
        self.assertFalse(self.answers())
        self.assertEqual(self.get(self.url(self.asked_other)).status_code, 200)
        statuses = [self.get("/pso/vendor/x").status_code for _visit in range(3)]
        self.assertEqual(statuses, [404, 404, 429])
        self.patch(pso_page_visit, "MOST", {**most, "sent": 1})
        other = self.url(self.asked_other)
        sent = [self.post(other, action="more").status_code for _form in range(2)]
        self.assertEqual(sent, [200, 429])
        self.patch(pso_page_visit, "MOST", {**most, "address": 2})
        self.assertEqual(self.get("/pso/vendor/y").status_code, 429)
        # Not everybody behind one address waits for who guesses there.
        self.assertEqual(self.get(self.url(self.asked_other)).status_code, 200)
        visits = self.env["pso.page.visit"].search([])
        self.assertNotIn("127.0.0.1", str(visits.mapped("key")))
        visits.moment = visits[0].moment - timedelta(hours=2)
        self.env.flush_all()
        self.patch(pso_page_visit, "MOST", most)
        self.assertEqual(self.get().status_code, 200)
        visits.moment = visits[0].moment - timedelta(days=1)
        self.env["pso.page.visit"]._gc_visits()
        self.assertFalse(visits.exists())

    def test_the_link_is_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.certified.lang = "nl_NL"
        self.assertRegex(self.asked._link(), r"^https?://[^/]+/nl/pso/vendor/")
        self.certified.lang = "en_US"
        self.assertRegex(self.asked._link(), r"^https?://[^/]+/(en/)?pso/vendor/")

    # -- what a vendor sends, right and wrong --------------------------------------

    def test_unchanged_is_one_click(self):
        response = self.post(action="unchanged")
        self.assertEqual(response.status_code, 303)
        answer = self.answers()
        self.assertTrue(answer.is_unchanged)
        self.assertEqual((answer.state, answer.channel), ("to_verify", "page"))
        self.assertEqual(answer.number, "PSO-77")
        self.assertEqual((answer.year, answer.turnover), (self.year, 1000))
        self.assertIn("Your Answer Has Come In", self.get().text)
        self.assertEqual(self.asked.state, "answered")

    def test_unchanged_needs_a_certificate_that_is_valid(self):
        self.known.date_end = self.today - timedelta(days=1)
        self.env.flush_all()
        self.assertNotIn('value="unchanged"', self.get().text)
        self.assertEqual(self.post(action="unchanged").status_code, 422)
        self.assertFalse(self.answers())

    def test_a_new_paper_comes_in_with_all_that_is_on_it(self):
        response = self.post(
            files=[("paper.pdf", PDF), ("photo.exe", picture("JPEG"))],
            **self.filled,
            is_pso30="1",
            turnover="1.250.000,50",
            fte="12,5",
            direct_percentage="33 %",
            is_estimate="1",
            entity_name_0="Dochter B.V.",
            entity_kvk_0="87654321",
            entity_name_2="Kleindochter B.V.",
            entity_kvk_2="11223344",
            remark="Dank\nu",
        )
        self.assertEqual(response.status_code, 303, self.errors(response))
        answer = self.answers()
        self.assertEqual(answer.level_id, self.ref("level_step3"))
        self.assertTrue(answer.is_pso30 and answer.is_estimate)
        self.assertEqual(answer.turnover, 1250000.5)
        self.assertEqual((answer.fte, answer.direct_percentage), (12.5, 33))
        self.assertEqual(
            answer.entity_ids.mapped("name"), ["Dochter B.V.", "Kleindochter B.V."]
        )
        files = answer.attachment_ids.sorted("name")
        self.assertEqual(files.mapped("name"), ["paper.pdf", "photo.exe.jpg"])
        self.assertEqual(files.mapped("mimetype"), ["application/pdf", "image/jpeg"])
        self.assertEqual({*files.mapped("res_id")}, {answer.id})
        self.assertEqual(files.company_id, self.company)
        self.assertFalse(any(files.mapped("public")))
        # It can be corrected, with the files that are there and one more.
        page = self.get().text
        self.assertIn("Keep paper.pdf", page)
        [kept] = files[0].mapped("checksum")
        self.assertIn("1250000.50", page)
        response = self.post(files=[("more.png", picture())], **self.filled, kept=kept)
        self.assertEqual(response.status_code, 303)
        later = self.answers()[0]
        self.assertEqual(answer.state, "superseded")
        self.assertEqual(len(later.attachment_ids), 2)
        self.assertEqual(len(answer.attachment_ids), 2)

    def test_who_has_none_says_so(self):
        for kind in ("none", "working", "declined"):
            remark = "Too much <i>work</i>"
            response = self.post(action="answer", kind=kind, remark=remark)
            self.assertEqual(response.status_code, 303)
            self.assertEqual(self.answers()[0].state, "declined")
        self.assertEqual(self.asked.state, "refused")
        self.assertIn("Too much <i>work</i>", self.asked.refusal)
        self.assertIn("Too much &lt;i&gt;work&lt;/i&gt;", self.get().text)

    def wrong(self, expected, files=(), **vals):
        """Send a form with something wrong in it: an error there, and nothing kept."""
        response = self.post(files=files, **{**self.filled, **vals})
        self.assertEqual(response.status_code, 422)
        errors = self.errors(response)
        self.assertEqual({*errors}, {*expected}, errors)
        self.assertFalse(self.answers())
        tree = html.fromstring(response.content)
        for name, value in {**self.filled, **vals}.items():
            typed = tree.xpath(f"//input[@name='{name}' and @type!='radio']/@value")
            if typed and name not in ("is_pso30", "is_estimate", "csrf_token"):
                self.assertEqual(typed, [value], name)
        return errors

    def test_each_wrong_field_has_its_error_and_nothing_is_lost(self):
        long = "x" * 300
        for name, value in (
            *(("level", each) for each in ("", "step9")),
            *(("date_start", each) for each in ("", "2025-02-30", "yesterday")),
            *(("date_end", each) for each in ("", "1999-12-31")),
            *(("company_registry", each) for each in ("", "123", long)),
            *(("number", each) for each in ("y" * 61, "\x07")),
            ("remark", "z" * 2001),
            ("kind", "step1"),
        ):
            with self.subTest(name=name, value=value[:20]):
                self.wrong({name}, **{name: value})

    def test_figures_are_complete_or_left_out(self):
        self.wrong({"fte", "direct_percentage"}, turnover="1000")
        for name, value in (
            ("turnover", "0"),
            ("turnover", "1.250"),
            ("turnover", "1e400"),
            ("turnover", "nan"),
            ("fte", "-1"),
            ("fte", "many"),
            ("direct_percentage", "101"),
        ):
            with self.subTest(name=name, value=value):
                figures = {"turnover": "1000", "fte": "10", "direct_percentage": "5"}
                self.wrong({name}, **{**figures, name: value})

    def test_entities_have_name_and_number(self):
        self.wrong(
            {"entity_kvk_0", "entity_name_1", "entity_kvk_2"},
            entity_name_0="Dochter",
            entity_kvk_0="",
            entity_name_1="",
            entity_kvk_1="12345678",
            entity_name_2="Nicht",
            entity_kvk_2="12",
        )

    def test_errors_are_in_the_language_of_the_visitor(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        url = f"/nl{self.url()}"
        self.assertIn('lang="nl-NL"', self.get(url).text)
        figures = {"turnover": "1", "fte": "veel", "direct_percentage": "5"}
        response = self.post(url, **self.filled, **figures)
        self.assertIn("“veel” is geen getal.", self.errors(response)["fte"])

    def test_more_rows_lose_nothing(self):
        before = self.get().text.count('name="entity_name_')
        response = self.post(
            **{**self.filled, "action": "more"}, entity_name_0="Dochter", fte="many"
        )
        self.assertEqual(response.text.count('name="entity_name_'), before + 3)
        self.assertIn('value="Dochter"', response.text)
        self.assertIn('value="many"', response.text)
        self.assertFalse(self.answers())

    def test_nothing_is_taken_that_is_no_pdf_and_no_picture(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("x", "y")
        page = b"<html><script>alert(1)</script></html>"
        drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
        for content in (
            *(page, drawing, stream.getvalue(), b"", b"MZ\x90\x00", b"%PDF-"),
            *(b"%PDF-1.4\n" + page, page + PDF, b"\x89PNG\r\n\x1a\n" + page),
            *(b"\xff\xd8\xff" + page, b"GIF89a" + page, picture("BMP")),
        ):
            with self.subTest(content=content[:20]):
                self.assertIsNone(sniff(content))
        self.wrong({"files"}, files=[("paper.pdf", page)])
        self.wrong({"files"}, files=[("paper.pdf", PDF)] * 6)
        large = PDF[:9] + b" " * (10 * 1024**2) + PDF[9:]
        self.wrong({"files"}, files=[("paper.pdf", large)])
        for content in (PDF, picture(), picture("JPEG")):
            self.assertTrue(sniff(content))

    def test_a_form_of_another_site_is_refused(self):
        with mute_logger("odoo.http"):
            for token in ("", "x"):
                response = self.post(action="unchanged", csrf_token=token)
                self.assertEqual(response.status_code, 400)
        self.assertFalse(self.answers())

    def test_what_is_typed_besides_is_nothing(self):
        """The fields of the form are read, and no other."""
        self.post(
            **self.filled,
            state="verified",
            request_id=str(self.asked_other.id),
            channel="hand",
            partner_id=str(self.other.id),
            certificate_id=str(self.known.id),
            kept="0",
        )
        answer = self.answers()
        self.assertEqual(answer.state, "to_verify")
        self.assertEqual(answer.partner_id, self.certified)
        self.assertFalse(answer.certificate_id or answer.attachment_ids)
        self.assertFalse(self.answers(self.asked_other))

    def test_one_click_is_offered_where_it_answers_what_is_asked(self):
        """Proof that is missing, and figures that nobody knows, are to be sent."""
        button = "//button[@value='unchanged']"
        for reason, has_figures, is_offered, words in (
            ("certificate_ends", True, True, "ends soon, or has ended"),
            ("no_figures", True, True, "we also need your turnover"),
            ("no_proof", True, False, "Our auditor asks to see it"),
            ("no_figures", False, False, "we also need your turnover"),
            ("no_proof", False, False, "Our auditor asks to see it"),
        ):
            with self.subTest(reason=reason, has_figures=has_figures):
                if not has_figures:
                    self.certified.sudo().pso_figure_ids.unlink()
                self.asked.sudo().reason = reason
                self.env.flush_all()
                page = self.get()
                tree = html.fromstring(page.content)
                self.assertEqual(bool(tree.xpath(button)), is_offered)
                self.assertIn(words, " ".join(tree.text_content().split()))

    # -- for who has an account ----------------------------------------------------

    def test_one_sees_the_requests_to_ones_own_organisation(self):
        portal = self.user("base.group_portal", login="vendor-portal")
        portal.partner_id.parent_id = self.certified
        self.env.flush_all()
        self.authenticate("vendor-portal", "vendor-portal")
        page = self.get("/my/pso/requests").text
        links = re.findall(r'href="(/pso/vendor/[^"]+)"', page)
        self.assertEqual(links, [self.url()])
        self.assertEqual(self.get(links[0]).status_code, 200)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["pso_request_count"]}
        )
        self.assertEqual(counters, {"pso_request_count": 1})
        self.assertIn("Social purchasing (PSO)", self.get("/my/home").text)

    def test_who_is_of_none_sees_none(self):
        self.user("base.group_portal", login="stranger")
        self.env.flush_all()
        self.authenticate("stranger", "stranger")
        page = self.get("/my/pso/requests").text
        self.assertNotIn("/pso/vendor/", page)
        self.assertIn("Nobody asks", page)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["pso_request_count"]}
        )
        self.assertEqual(counters, {"pso_request_count": 0})
