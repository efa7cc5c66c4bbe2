"""A campaign with vendors that are asked, for tests of what they answer."""

import io
from datetime import timedelta

from common import PsoCase
from PIL import Image

from odoo import fields

PURCHASE = "pso_odoo.group_pso_purchase"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
KVK = "12345678"


def picture(kind="PNG"):
    """A real picture of one pixel."""
    stream = io.BytesIO()
    Image.new("RGB", (1, 1)).save(stream, kind)
    return stream.getvalue()


class AnswerCase(PsoCase):
    """A certified vendor and another one, both asked in one campaign."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.user(PURCHASE, login="answer-buyer")
        cls.buyer.partner_id.email = "buyer@example.com"
        cls.today = fields.Date.context_today(cls.company)
        cls.certified = cls.vendor(
            "Zorgvuldig B.V.", company_registry=KVK, email="info@zorgvuldig.example"
        )
        cls.level = cls.ref("level_step2")
        cls.known = cls.certificate(
            cls.certified,
            cls.today - timedelta(days=100),
            cls.today + timedelta(days=300),
            level_id=cls.level.id,
            number="PSO-77",
        )
        cls.year = cls.today.year - 1
        cls.known_figures = cls.figures(
            cls.certified, cls.year - 1, turnover=1000, fte=10, share=50
        )
        cls.other = cls.vendor("Ander B.V.", email="info@ander.example")
        cls.certificate(
            cls.other,
            cls.today - timedelta(days=5),
            cls.today + timedelta(days=50),
            number="SECRET-OF-ANOTHER",
        )
        cls.campaign = cls.env["pso.campaign"].create(
            {
                "name": "Answers",
                "company_id": cls.company.id,
                "user_id": cls.buyer.id,
                "date_deadline": cls.today + timedelta(days=20),
                "year": cls.year,
            }
        )
        cls.asked, cls.asked_other = cls.env["pso.request"].create(
            [
                {"campaign_id": cls.campaign.id, "partner_id": partner.id}
                for partner in (cls.certified, cls.other)
            ]
        )
        (cls.asked | cls.asked_other).sudo().write({"state": "asked"})
        cls.campaign.sudo().state = "running"

    def answer(self, asked=None, channel="page", **vals):
        """What the page of a vendor writes."""
        asked = asked or self.asked
        values = {
            "request_id": asked.id,
            "channel": channel,
            "kind": "pso",
            "level_id": self.ref("level_step3").id,
            "number": "PSO-88",
            "date_start": self.today,
            "date_end": self.today + timedelta(days=700),
            "company_registry": KVK,
            "year": self.year,
        }
        return self.env["pso.answer"].sudo().create({**values, **vals}).sudo(False)

    def with_figures(self, **vals):
        figures = {"turnover": 2000, "fte": 20, "direct_percentage": 40}
        return self.answer(has_figures=True, **{**figures, **vals})

    def tick(self, answer, *kinds):
        """The buyer ticks these checks, or all that apply."""
        checks = answer.check_ids.filtered("applies")
        if kinds:
            checks = checks.filtered(lambda check: check.kind in kinds)
        checks.write({"is_seen": True})
