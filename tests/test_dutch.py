"""The Dutch that users read: the words of the field, and no others."""

import re
from ast import literal_eval
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import polib
from lxml import etree

from odoo.modules import get_resource_from_path
from odoo.orm import models
from odoo.service import model as service
from odoo.tests import BaseCase, TransactionCase, tagged

ADDON = Path(__file__).parents[1] / "pso_odoo"
MIGRATION = "migrations/19.0.8.0.0/post-dutch.py"
# What is not said, by what is said in its place.
SAID = {
    "Voorvertoning": r"\bVoorbeeld\b",
    "procentpunt": r"(?<!procent)\bpunten\b",
    "Hoogste niveau gehaald": r"\b[Aa]an de top\b",
    "Einde meetellen": r"\b[Ll]aatste teldag(en)?\b",
    "Steekproef trekken": r"\bDossiers trekken\b",
    "Personen in de populatie": r"\b[Mm]ensen om uit te trekken\b",
    "max.": r"\b[Hh]ooguit\b",
    "factuurdatum": r"\b[Pp]eildatum\b",
    "sociaal ontwikkelbedrijf (SW)": r"\bSW-bedrij(f|ven)\b",
    "het regelboek": r"\b[Rr]egeling\b",
    "creditfactuur": r"\b[Cc]reditnota",
    "loonadministratie": r"\b[Ss]alarisadministratie\b",
    "contractdata": r"\b[Cc]ontractdatums\b",
    "werknemers": r"(?<!-)\b[Mm]edewerkers\b",
    "reikwijdte": r"\b[Ss]cope\b",
    "voortschrijdende score": r"\b[Dd]oorlopende score\b",
    "Waarde (in fte)": r"\(Bedrag\)",
}
# Suppliers are written to politely, users are not.
POLITE = re.compile(r"\b([Uu]|[Uu]w)\b")
LETTERS = ("mail", "pso_request_words", "vendor_page", "vendor_form")
LETTERS += ("pso_request_page", "controllers/vendor", "portal_")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd%]|<[^>]+>")
QUOTED = re.compile(r"""(?:title|alt|string|placeholder|class|name|href)="[^"]*\"""")


def terms():
    return polib.pofile(str(ADDON / "i18n" / "nl.po"))


@tagged("post_install", "-at_install")
class TestDutch(BaseCase):
    def test_the_words_of_the_field(self):
        for better, worse in SAID.items():
            with self.subTest(better):
                found = [e.msgstr for e in terms() if re.search(worse, e.msgstr)]
                self.assertFalse(found)

    def test_no_dutch_that_is_not_a_term(self):
        """A word written straight into a view or a script would stay what it is."""
        for path in ADDON.rglob("*"):
            if path.suffix not in (".xml", ".js") or "i18n" in path.parts:
                continue
            text = path.read_text()
            for better, worse in SAID.items():
                if better not in ("reikwijdte",):
                    self.assertNotRegex(text, worse, path)

    def test_users_are_not_addressed_as_strangers(self):
        polite = [term for term in terms() if POLITE.search(term.msgstr)]
        self.assertTrue(polite)
        for term in polite:
            places = " ".join(place for place, _line in term.occurrences)
            self.assertTrue(any(name in places for name in LETTERS), term.msgstr)

    def test_a_translation_keeps_what_is_filled_in(self):
        for term in terms():
            kept = [
                sorted(PLACEHOLDER.findall(QUOTED.sub("", text)))
                for text in (term.msgid, term.msgstr)
            ]
            self.assertEqual(*kept, term.msgid)
            self.assertFalse(term.fuzzy, term.msgid)


@tagged("post_install", "-at_install")
class TestAmounts(TransactionCase):
    def test_messages_of_odoo_are_in_dutch_too(self):
        """What lies below the addons path has the terms of an addon."""
        for module in (service, models):
            self.assertIsNone(get_resource_from_path(module.__file__))

    def test_fte_are_no_amount_of_money(self):
        words = {term.msgid: term.msgstr for term in terms()}
        for name in ("pso.correction", "pso.audit.correction"):
            label = self.env[name]._fields["amount"].string
            self.assertNotIn("edrag", words[label], name)


@tagged("post_install", "-at_install")
class TestDates(TransactionCase):
    def test_dates_of_a_screen_are_written_alike(self):
        """Ours stand in sentences too, written with numbers as the language does."""
        views = self.env["ir.ui.view"].search([("type", "in", ("form", "list"))])
        count = 0
        for view in views.filtered(lambda view: view.xml_id.startswith("pso_odoo.")):
            for node in etree.fromstring(view.arch_db).iter("field"):
                if not self.is_a_day(view, node) or node.get("position"):
                    continue
                hidden = node.get("column_invisible"), node.get("invisible")
                if "True" not in hidden and "1" not in hidden:
                    options = literal_eval(node.get("options") or "{}")
                    said = view.xml_id, node.get("name")
                    self.assertTrue(options.get("numeric"), said)
                    count += 1
        self.assertGreater(count, 50)

    def is_a_day(self, view, node):
        path = [
            parent.get("name")
            for parent in node.iterancestors("field")
            if parent.get("name")
        ]
        model = self.env.get(view.model)
        for name in reversed(path):
            if model is None or name not in model._fields:
                return False
            model = self.env.get(model._fields[name].comodel_name)
        field = None if model is None else model._fields.get(node.get("name"))
        return field is not None and field.type in ("date", "datetime")


@tagged("post_install", "-at_install")
class TestUpgrade(TransactionCase):
    def test_an_upgrade_brings_the_new_words_and_keeps_the_names(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        env = self.env(context={"lang": "nl_NL"})
        label = env["ir.model.fields"]._get("pso.correction", "amount")
        label.field_description = "Bedrag"
        named = env.ref("pso_odoo.level_step1"), env["pso.check.type"].search([])[0]
        for record in named:
            record.name = "Onze naam"
        self.env.flush_all()
        spec = spec_from_file_location("pso_dutch", ADDON / MIGRATION)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.7.0.0")
        self.env.invalidate_all()
        self.assertEqual(label.field_description, "Waarde")
        self.assertEqual([record.name for record in named], ["Onze naam"] * 2)
