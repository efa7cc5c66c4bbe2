"""What an upgrade makes of the mail templates that an earlier version brought."""

import io
import json
import tarfile
from pathlib import Path

from common import PsoCase
from lxml import etree

from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.translate import PoFileReader

HERE = Path(__file__).parent
VERSION = "19.0.9.0.0"
MIGRATION = "pso_odoo/migrations/19.0.11.0.0/post-mail-templates.py"
RENEWED = ("mail_template_request", "mail_template_reminder")


def kept(path):
    """The content of a file of the version that brought the templates."""
    with tarfile.open(HERE / "data/versions.tar.xz") as archive:
        return archive.extractfile(f"{VERSION}/pso_odoo/{path}").read()


@tagged("post_install", "-at_install")
class TestMailTemplates(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tree = etree.fromstring(kept("data/mail_template.xml"))
        dutch = io.BytesIO(kept("i18n/nl.po"))
        dutch.name = "nl.po"
        cls.dutch = {
            row["imd_name"]: row["value"]
            for row in PoFileReader(dutch)
            if row["type"] == "model" and row["name"] == "mail.template,body_html"
        }
        cls.english = {name: cls.serialized(tree, name) for name in RENEWED}
        cls.templates = {name: cls.ref(name) for name in RENEWED}

    @staticmethod
    def serialized(tree, name):
        [body] = tree.xpath(f"//record[@id='{name}']/field[@name='body_html']/div")
        return etree.tostring(body, encoding="unicode")

    def bodies(self, template):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT body_html FROM mail_template WHERE id = %s", [template.id]
        )
        return self.env.cr.fetchone()[0]

    def put(self, template, bodies):
        self.env.cr.execute(
            "UPDATE mail_template SET body_html = %s WHERE id = %s",
            [json.dumps(bodies), template.id],
        )

    def migrate(self):
        """Run the migration, and return what it says in the log."""
        script = load_script(str(HERE.parent / MIGRATION), "mail_templates")
        with self.assertLogs(script._logger, "WARNING") as logs:
            script._logger.warning("begun")
            script.migrate(self.env.cr, "19.0.10.0.0")
        return "\n".join(logs.output[1:])

    def words(self, bodies):
        return {language: " ".join(body.split()) for language, body in bodies.items()}

    def test_what_nobody_changed_is_as_in_a_new_database(self):
        for name, template in self.templates.items():
            today = self.bodies(template)
            before = {"en_US": self.english[name], "nl_NL": self.dutch[name]}
            self.put(template, before)
            self.assertFalse(self.migrate())
            with self.subTest(name):
                found = self.words(self.bodies(template))
                self.assertNotEqual(self.words(before)["en_US"], found["en_US"])
                self.assertEqual(found, self.words(today) | {"nl_NL": found["nl_NL"]})
                self.assertIn("ontbreekt er niets", found["nl_NL"])
                self.assertIn("t-out", found["nl_NL"])

    def test_what_somebody_changed_stays_and_is_named(self):
        template = self.templates["mail_template_request"]
        own = self.english["mail_template_request"].replace("Dear", "Hello")
        other = self.dutch["mail_template_request"]
        self.put(template, {"en_US": own, "nl_NL": other, "de_DE": "<p>Hallo</p>"})
        said = self.migrate()
        found = self.bodies(template)
        self.assertEqual(found["en_US"], own)
        self.assertEqual(found["de_DE"], "<p>Hallo</p>")
        self.assertIn("ontbreekt er niets", found["nl_NL"])
        self.assertIn("mail_template_request (en_US)", said)
        self.assertIn("mail_template_request (de_DE)", said)
        self.assertNotIn("(nl_NL)", said)

    def test_what_is_renewed_is_left_alone(self):
        before = {name: self.bodies(each) for name, each in self.templates.items()}
        self.assertFalse(self.migrate())
        for name, template in self.templates.items():
            self.assertEqual(self.bodies(template), before[name])
