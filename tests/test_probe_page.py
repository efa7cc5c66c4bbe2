"""Nobody makes himself somebody to see his page (see ``probing/own_page.py``)."""

from itertools import islice

from probing.granted import KINDS
from probing.own_page import PAGE, Trespasser, ties
from probing.world import World
from tally import tell

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

# Who may write most of employees, users and contacts.
THOROUGH = ("HR officer", "all of core", "another company")


@tagged("post_install", "-at_install")
class TestProbePage(HttpCase, World):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.user("base.group_user")
        cls.victim = cls.home.twins[0]
        cls.victim.user_id = cls.owner
        cls.confirm(cls.victim)
        cls.env.flush_all()

    @mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule", "odoo.http")
    def test_by_changing_what_ties_a_person_to_a_login(self):
        """Every field by every kind of user: written, looked, and set back."""
        fields = list(ties(self.env))
        self.assertIn(("hr.employee", "user_id"), fields)
        self.assertIn(("resource.resource", "user_id"), fields)
        self.assertIn(("res.users", "partner_id"), fields)
        self.assertIn(("hr.employee", "work_email"), fields)
        tried = written = 0
        seen = []
        for kind in KINDS:
            if kind == "public":
                continue
            trespasser = Trespasser(self, kind, self.victim, self.owner)
            share = 1 if kind in THOROUGH else 5
            for record, name, value in islice(trespasser.tries(), 0, None, share):
                tried += 1
                with trespasser.changed(record, name, value) as is_written:
                    if not is_written:
                        continue
                    written += 1
                    text = trespasser.page(over_http=written % 8 == 0)
                    if self.victim.name in text or self.home.word("status") in text:
                        seen.append(f"{kind}: {record._name}.{name}")
        tell(
            f"probe of the own page: {len(fields)} fields, {tried} attempts, "
            f"{written} written and looked, {len(seen)} shown"
        )
        self.assertGreater(written, 50)
        self.assertFalse(seen)

    def test_the_page_is_there_for_who_is_confirmed(self):
        """What the probe looks for is what the owner sees."""
        self.authenticate(self.owner.login, self.owner.login)
        text = self.url_open(PAGE).text
        self.assertIn(self.victim.name, text)
        self.assertIn(self.home.word("status"), text)
