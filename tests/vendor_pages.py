"""The page of a vendor as a browser asks for it, for tests."""

from datetime import timedelta

from answers import AnswerCase
from lxml import html

from odoo.http import Request
from odoo.tests import HttpCase

FILLED = {
    "action": "answer",
    "kind": "pso",
    "level": "step3",
    "number": "PSO-99",
    "company_registry": "12345678",
}


class VendorPageCase(HttpCase, AnswerCase):
    """Somebody without an account who has a link."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.filled = {
            **FILLED,
            "date_start": str(self.today),
            "date_end": str(self.today + timedelta(days=700)),
        }

    def url(self, asked=None):
        return f"/pso/vendor/{(asked or self.asked)._link_token()}"

    def get(self, url=None, **kwargs):
        return self.url_open(url or self.url(), allow_redirects=False, **kwargs)

    def post(self, url=None, files=(), **vals):
        """Send a form of the page, as its own session."""
        data = {"csrf_token": Request.csrf_token(self), **vals}
        if vals.get("action") == "unchanged":
            data.setdefault("shown", self.asked.sudo()._page_shown())
        files = [("files", (name, content)) for name, content in files]
        return self.url_open(
            url or self.url(),
            data=data,
            files=files or None,
            allow_redirects=False,
        )

    def answers(self, asked=None):
        self.env.invalidate_all()
        return (asked or self.asked).answer_ids

    def errors(self, response):
        """The errors of a page, by the fields that they are tied to."""
        tree = html.fromstring(response.content)
        found = {}
        for error in tree.xpath("//*[contains(@class, 'invalid-feedback')]"):
            name = error.get("id").removesuffix("_error")
            found[name] = error.text_content().strip()
            tied = tree.xpath(f"//*[contains(@aria-describedby, '{name}_error')]")
            self.assertTrue(tied, f"No field says that {name} is wrong")
        return found
