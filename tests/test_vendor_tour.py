"""From a signed link to a score that has moved, in a browser, by who does it."""

from datetime import timedelta
from importlib.resources import files

from answers import AnswerCase
from browser import BrowserCase

from odoo.tests import tagged
from odoo.tools import format_date

AXE = files("axe_playwright_python").joinpath("axe.min.js")


@tagged("post_install", "-at_install")
class TestVendorTour(BrowserCase, AnswerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newcomer = cls.vendor(
            "Nieuwkomer B.V.", company_registry="87654321", email="n@example.com"
        )
        cls.asked_newcomer = cls.env["pso.request"].create(
            {"campaign_id": cls.campaign.id, "partner_id": cls.newcomer.id}
        )
        cls.asked_newcomer.sudo().state = "asked"
        cls.env["ir.attachment"].create(
            {
                "name": "axe.js",
                "url": "/pso_test/axe.js",
                "raw": AXE.read_bytes(),
                "mimetype": "text/javascript",
                "public": True,
            }
        )
        cls.employee()
        start = cls.today - timedelta(days=364)
        cls.score = cls.measurement(start=start, end=cls.today)
        cls.bill(cls.newcomer, 100, cls.today)

    def verify(self, vendor):
        self.env.flush_all()
        answer = self.env["pso.answer"].search(
            [("partner_id", "=", vendor.id), ("state", "=", "to_verify")]
        )
        self.tour(
            "answer_verify",
            self.buyer.login,
            "/odoo/action-pso_odoo.pso_answer_action",
            vendor=vendor.name,
            checks=len(answer.check_ids.filtered("applies")),
            day=format_date(self.env, self.today, date_format="MM/dd/yyyy"),
        )
        self.env.invalidate_all()
        return answer

    def test_from_a_link_to_a_score_that_has_moved(self):
        self.env.flush_all()
        page = f"/pso/vendor/{self.asked._link_token()}"
        self.tour("vendor_unchanged", None, page)
        page = f"/pso/vendor/{self.asked_newcomer._link_token()}"
        self.tour(
            "vendor_paper",
            None,
            page,
            start=str(self.today),
            end=str(self.today + timedelta(days=700)),
        )
        self.env.invalidate_all()
        self.assertEqual(self.asked_newcomer.state, "answered")
        before = self.score.indirect_percentage
        self.assertTrue(self.verify(self.certified).is_unchanged)
        answer = self.verify(self.newcomer)
        self.assertEqual(answer.decided_by_id, self.buyer)
        self.assertEqual(
            answer.certificate_id.attachment_ids.mapped("name"), ["paper.pdf"]
        )
        self.assertGreater(self.score.indirect_percentage, before)
