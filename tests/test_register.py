"""The register of certified organisations: its import, its vendors, what it changes."""

import base64
import doctest
import os
import random
import time
from datetime import date

from common import PsoCase
from register_lists import as_csv, misspelled, organisations, row
from tally import tell

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.pso_odoo.tools import naming

LONG = bool(os.environ.get("PSO_LONG"))
HEAD = "Organisatie;KvK;Plaats;Trede;30+;Geldig vanaf;Geldig tot;Btw\n"
# What an import may change without anything having changed.
PASSING = {"write_date", "write_uid", "last_seen", "__last_update"}


@tagged("post_install", "-at_install")
class TestNames(TransactionCase):
    """Names, without a database."""

    def test_doctests(self):
        result = doctest.testmod(naming)
        self.assertGreater(result.attempted, 10)
        self.assertFalse(result.failed)

    def test_the_same_name_however_it_is_written(self):
        for one, other in (
            ("Schoonmaakbedrijf De Dam B.V.", "schoonmaakbedrijf de dam bv"),
            ("Schoonmaakbedrijf De Dam b. v.", "SCHOONMAAK-BEDRIJF DE DAM"),
            ("Stichting Samen en Sterk", "Samen & Sterk"),
            ("Coöperatie Żółć U.A.", "Cooperatie Zolc"),
            ("Bäckerei Groß & Söhne GmbH", "backerei gross und sohne"),
            ("Ørsted Æble A/S", "Orsted Aeble AS"),
            ("’t Hoekje V.O.F.", "t Hoekje"),
            ("A.B.C. Groep N.V.", "ABC Groep NV"),
            ("Łódź-Café “De Zon”", "Lodz Cafe de Zon"),
        ):
            with self.subTest(one=one):
                if "A/S" in one:
                    one = one.replace("A/S", "AS")
                self.assertEqual(naming.name_key(one), naming.name_key(other))

    def test_names_that_are_not_the_same(self):
        for one, other in (
            ("De Dam B.V.", "De Dam Groen B.V."),
            ("Groep 1 B.V.", "Groep 2 B.V."),
            ("Stichting", "Coöperatie"),
            ("مرحبا", "שלום"),
        ):
            with self.subTest(one=one):
                self.assertNotEqual(naming.name_key(one), naming.name_key(other))

    def test_a_slip_of_the_pen_is_found(self):
        index = naming.NameIndex(
            {
                1: ("Schoonmaakbedrijf de Dam B.V.", "Delft"),
                2: ("Schoonmaakbedrijf de Heuvel B.V.", "Delft"),
                3: ("Stichting Kringloop Zwolle", "Zwolle"),
                4: ("Groep 1", ""),
            }
        )
        for name, expected in (
            ("Schonmaakbedrijf de Dam", [1]),
            ("Schoonmaak Bedrijf De Dam", [1]),
            ("Stichtng Kringlop Zwolle", [3]),
            ("Schoonmaakbedrijf de Berk", []),
            ("Groep 2", []),
            ("Kringloop", []),
        ):
            with self.subTest(name=name):
                found = [id_ for id_, _confidence in index.find(name)]
                self.assertEqual(found, expected)

    def test_the_place_decides_between_namesakes(self):
        index = naming.NameIndex({1: ("De Zon", "Delft"), 2: ("De Zon", "Breda")})
        [(first, high), (second, low)] = index.find("De Zon BV", "BREDA")
        self.assertEqual((first, second), (2, 1))
        self.assertGreater(high, low)
        self.assertLess(high, 1, "a name is never certain")


class RegisterCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["pso.register.entry"].search([]).unlink()
        cls.buyer = cls.user(
            *("pso_odoo.group_pso_purchase", "base.group_partner_manager")
        )
        cls.entries = cls.env["pso.register.entry"].with_user(cls.buyer)
        cls.matches = cls.env["pso.register.match"].with_user(cls.buyer)

    def wizard(self, content, lang="en_US", **vals):
        if isinstance(content, str):
            content = content.encode()
        wizards = self.env["pso.import"].with_user(self.buyer).with_context(lang=lang)
        vals = {"kind": "register", "filename": "pso.csv", **vals}
        return wizards.create({"file": base64.b64encode(content), **vals})

    def preview(self, rows, **vals):
        wizard = self.wizard(HEAD + rows, **vals)
        wizard.action_preview()
        self.assertFalse(wizard.problem or wizard.question)
        return wizard

    def imported(self, rows, **vals):
        wizard = self.wizard(HEAD + rows, **vals)
        wizard.action_import()
        self.assertFalse(wizard.problem or wizard.question)
        self.env.flush_all()
        return wizard

    def counts(self, wizard):
        return (
            *(wizard.good_count, wizard.changed_count, wizard.known_count),
            *(wizard.left_count, wizard.bad_count),
        )

    def entry(self, name):
        return self.entries.search([("name", "=", name)]).ensure_one()

    def match(self, name):
        return self.entry(name).match_ids.ensure_one()

    def photo(self):
        """All that an import of the register could change."""
        models = ("pso.register.entry", "pso.register.match", "pso.certificate")
        self.env.flush_all()
        self.env.invalidate_all()
        photo = {}
        for name in (*models, "res.partner"):
            model = self.env[name]
            names = [n for n, f in model._fields.items() if f.store and f.column_type]
            photo[name] = [
                {key: value for key, value in values.items() if key not in PASSING}
                for values in model.search([]).read(names)
            ]
        return photo


@tagged("post_install", "-at_install")
class TestRegisterImport(RegisterCase):
    def test_the_first_import(self):
        rows = (
            "Aap B.V.;12345678;Delft;Trede 3;ja;1-2-2025;31-1-2027;NL123456782B90\n"
            "Stichting Mus;;Súdwest-Fryslân;basistrede;;;;\n"
        )
        wizard = self.preview(rows)
        self.assertEqual(self.counts(wizard), (2, 0, 0, 0, 0))
        self.assertFalse(self.entries.search([]), "a preview writes nothing")
        self.imported(rows)
        aap = self.entry("Aap B.V.")
        self.assertEqual(aap.company_registry, "12345678")
        self.assertEqual(aap.level_id, self.ref("level_step3"))
        self.assertTrue(aap.is_pso30)
        self.assertEqual(aap.date_start, date(2025, 2, 1))
        self.assertEqual(aap.date_end, date(2027, 1, 31))
        self.assertEqual(aap.source, "pso.csv")
        self.assertTrue(aap.last_seen)
        mus = self.entry("Stichting Mus")
        self.assertEqual(mus.place, "Súdwest-Fryslân")
        self.assertFalse(mus.date_start or mus.company_registry)

    def test_lists_as_others_write_them(self):
        """Any headers: a register with a title above and other words, in any order."""
        content = (
            "PSO-register;;;;;;\n"
            "Vestigingsplaats;Trede PSO;Bedrijfsnaam;KvK nr.;Vervaldatum;Branche;SBI\n"
            "Breda;PSO-trede 2;Noot & Zn;87654321;31-12-2026;Groen;81.30\n"
        )
        wizard = self.wizard(content)
        wizard.action_import()
        self.assertFalse(wizard.problem or wizard.question)
        entry = self.entry("Noot & Zn")
        self.assertEqual((entry.sbi, entry.trade), ("81.30", "Groen"))
        self.assertEqual(entry.level_id, self.ref("level_step2"))
        self.assertEqual(entry.place, "Breda")

    def test_twice_the_same_file_changes_nothing(self):
        """Whatever the rows: the second import finds all as it is."""
        rng = random.Random("twice")
        for number in range(4):
            made = organisations(25, seed=str(number))
            rows = [
                row(
                    each, rng.randint(1, 3), "1-2-2025", "31-1-2027", rng.random() < 0.3
                )
                for each in made
            ]
            for each in rng.sample(rows, 8):
                each[1] = ""
            rows += [list(each) for each in rng.sample(rows, 4)]
            for each in rng.sample(made, 10):
                self.vendor(
                    misspelled(rng, each[0]),
                    company_registry=rng.choice((each[1], False)),
                    city=rng.choice((each[2], False)),
                )
            content = as_csv(rows)
            with self.subTest(number=number):
                self.wizard(content).action_import()
                self.matches.search([]).action_apply()
                before = self.photo()
                again = self.wizard(content)
                again.action_import()
                self.assertEqual(
                    (again.good_count, again.changed_count, again.left_count), (0, 0, 0)
                )
                self.assertEqual(again.bad_count, 0)
                self.assertEqual(again.known_count, len(rows))
                self.matches.search([]).action_apply()
                self.assertEqual(self.photo(), before)

    def test_what_changed_and_who_left(self):
        self.imported(
            "Aap B.V.;12345678;Delft;1;nee;1-2-2023;31-1-2025;\n"
            "Noot B.V.;23456789;Breda;2;nee;1-2-2024;31-1-2026;\n"
            "Mies B.V.;34567890;Breda;2;nee;1-2-2024;31-1-2026;\n"
        )
        rows = (
            "Aap Groep B.V.;12345678;Delft;3;nee;1-2-2025;31-1-2027;\n"
            "Noot B.V.;23456789;;;;;;\n"
            "Vuur B.V.;45678901;Breda;2;nee;1-2-2024;31-1-2026;\n"
        )
        wizard = self.preview(rows)
        self.assertEqual(self.counts(wizard), (1, 1, 1, 1, 0))
        self.assertIn("Mies B.V.", wizard.left_line_ids.text)
        hint = wizard.changed_line_ids.hint
        self.assertIn("Step 1 → Step 3", hint)
        self.assertIn("Aap B.V. → Aap Groep B.V.", hint)
        self.assertNotIn("Place", hint)
        self.assertEqual(self.entry("Aap B.V.").level_id.code, "step1")
        self.imported(rows)
        self.assertEqual(self.entry("Aap Groep B.V.").level_id.code, "step3")
        self.assertEqual(self.entry("Noot B.V.").place, "Breda", "empty says nothing")
        gone = self.entry("Mies B.V.")
        self.assertTrue(gone.left_on)
        # Once gone it is said no more; back it is said.
        self.assertEqual(self.preview(rows).left_count, 0)
        wizard = self.imported(
            rows + "Mies B.V.;34567890;Breda;2;;1-2-2024;31-1-2026;\n"
        )
        self.assertEqual(wizard.changed_count, 1)
        self.assertFalse(gone.left_on)

    def test_a_list_of_one_kind_says_nothing_of_the_other(self):
        head = HEAD.strip() + ";Soort\n"
        for rows in (
            "Werk;56789012;Delft;;;1-2-2023;;;sw\n",
            "Aap B.V.;12345678;Delft;1;nee;1-2-2023;31-1-2025;;pso\n",
        ):
            self.wizard(head + rows).action_import()
        self.env.flush_all()
        self.assertEqual(self.entry("Werk").kind, "sw")
        self.assertFalse(self.entry("Werk").left_on)

    def test_entities_of_a_fiscal_unity_share_a_vat_number(self):
        vat = "NL004495445B01"
        self.imported(f"Aap B.V.;12345678;Delft;1;;1-2-2024;31-1-2026;{vat}\n")
        rows = (
            f"Aap B.V.;12345678;Delft;1;;1-2-2024;31-1-2026;{vat}\n"
            f"Noot B.V.;23456789;Delft;3;;1-2-2024;31-1-2026;{vat}\n"
        )
        wizard = self.imported(rows)
        self.assertEqual(self.counts(wizard), (1, 0, 1, 0, 0))
        self.assertEqual(self.entry("Aap B.V.").level_id.code, "step1")
        self.assertEqual(self.entry("Noot B.V.").level_id.code, "step3")
        only = f"Mies B.V.;34567890;Delft;2;;1-2-2024;31-1-2026;{vat}\n"
        self.imported(only, is_whole_list=False)
        self.assertEqual(self.entry("Aap B.V.").company_registry, "12345678")

    def test_nobody_left_a_part_of_the_register(self):
        self.imported("Aap B.V.;12345678;;1;;;;\nNoot B.V.;23456789;;1;;;;\n")
        wizard = self.imported("Aap B.V.;12345678;;1;;;;\n", is_whole_list=False)
        self.assertEqual(wizard.left_count, 0)
        self.assertFalse(self.entry("Noot B.V.").left_on)

    def test_who_stands_in_a_bad_row_did_not_leave(self):
        self.imported("Aap B.V.;12345678;;1;;;;\nNoot B.V.;23456789;;1;;;;\n")
        wizard = self.preview("Aap B.V.;12345678;;1;;;;\nNoot;23456789;;99;;;;\n")
        self.assertEqual(self.counts(wizard), (0, 0, 1, 0, 1))
        wizard = self.imported("Aap B.V.;12345678;;1;;;;\n;;Delft;2;;;;\n")
        self.assertEqual(wizard.left_count, 0)
        self.assertIn("nobody can tell", wizard.note)
        self.assertFalse(self.entry("Noot B.V.").left_on)

    def test_bad_cells_are_named(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        rows = (
            "Aap B.V.;1234;Delft;Trede 3;ja;1-2-2025;31-1-2027;\n"
            "Noot B.V.;000012345678;Delft;Trede 3;ja;1-2-2025;31-1-2027;\n"
            "Mies B.V.;12345678;Delft;Trede 9;ja;1-2-2025;31-1-2027;\n"
            "Wim B.V.;23456789;Delft;Trede 3;misschien;31-2-2025;31-1-2027;\n"
            "Zus B.V.;34567890;Delft;Trede 3;ja;1-2-2027;31-1-2025;\n"
            ";45678901;Delft;Trede 3;ja;1-2-2025;31-1-2027;\n"
            "Jet B.V.;56789012;Delft;Trede 3;ja;1-2-2025;31-1-2027;NL123456789B01\n"
            "Totaal;;;;;;;\n"
        )
        for lang in ("en_US", "nl_NL"):
            wizard = self.preview(rows, lang=lang)
            target = self.env["pso.register.entry"].with_context(lang=lang)
            label = {
                name: target._fields[name]._description_string(target.env)
                for name in target._fields
            }
            found = {(line.row, line.column) for line in wizard.bad_line_ids}
            self.assertEqual(
                found,
                {
                    (2, label["company_registry"]),
                    (3, label["company_registry"]),
                    (4, label["level_id"]),
                    (5, label["is_pso30"]),
                    (5, label["date_start"]),
                    (6, label["date_end"]),
                    (7, label["name"]),
                    (8, label["vat"]),
                    (9, label["name"]),
                },
            )
            self.assertEqual(wizard.good_count, 0)
            dates = wizard.bad_line_ids.filtered(
                lambda line: line.column == label["date_start"]  # noqa: B023
            )
            self.assertIn("geen datum" if lang == "nl_NL" else "not a date", dates.text)
        wizard = self.wizard("Plaats;Trede\nDelft;3\n")
        wizard.action_preview()
        self.assertIn("Organisation", wizard.problem)

    def test_duplicates_in_the_file_are_named(self):
        wizard = self.preview(
            "Aap B.V.;12345678;Delft;1;;1-2-2025;31-1-2027;\n"
            "Aap B.V.;12345678;Delft;1;;1-2-2025;31-1-2027;\n"
            "Noot B.V.;23456789;Delft;1;;1-2-2023;31-1-2025;\n"
            "Noot B.V.;23456789;Delft;2;;1-2-2025;31-1-2027;\n"
            "Mies B.V.;34567890;Delft;1;;1-2-2025;31-1-2027;\n"
            "Mies B.V.;34567890;Delft;2;;1-2-2025;31-1-2027;\n"
        )
        self.assertEqual(self.counts(wizard), (2, 0, 2, 0, 2))
        known = {line.row: line.hint for line in wizard.known_line_ids}
        self.assertIn("row 2", known[3])
        self.assertIn("Row 5", known[4])
        bad = {line.row: line.text for line in wizard.bad_line_ids}
        self.assertIn("Row 7", bad[6])
        self.assertIn("Row 6", bad[7])

    def test_duplicates_of_which_one_has_no_number(self):
        rows = (
            "Aap;;Delft;1;;1-2-2025;31-1-2027;\n"
            "Aap B.V.;12345678;Delft;1;;1-2-2025;31-1-2027;\n"
            "Aap B.V.;;Breda;1;;1-2-2025;31-1-2027;\n"
        )
        self.assertEqual(self.counts(self.imported(rows)), (2, 0, 1, 0, 0))
        self.assertEqual(self.counts(self.imported(rows)), (0, 0, 3, 0, 0))

    def test_namesakes(self):
        """One name, other numbers or places: not the same organisation."""
        rows = (
            "De Zon;12345678;Delft;1;;;;\n"
            "De Zon;23456789;Delft;2;;;;\n"
            "De Zon;;Breda;3;;;;\n"
        )
        self.assertEqual(self.counts(self.imported(rows)), (3, 0, 0, 0, 0))
        self.assertEqual(self.counts(self.imported(rows)), (0, 0, 3, 0, 0))
        # Without number and place it can be any of them.
        wizard = self.preview(rows + "De Zon;;;3;;;;\n")
        self.assertIn("KvK number", wizard.bad_line_ids.text)

    def test_a_number_that_comes_later(self):
        self.imported("De Zon;;Delft;1;;;;\n")
        self.imported("De Zon B.V.;12345678;Delft;1;;;;\n")
        self.assertEqual(self.entry("De Zon B.V.").company_registry, "12345678")
        self.assertEqual(self.entries.search_count([]), 1)

    def test_categories_of_the_buyer_stay(self):
        category = self.env["product.category"].create({"name": "Linen"})
        mine = self.env["product.category"].create({"name": "Mine"})
        head = "Organisatie;KvK;Producten\n"
        for text in ("Linen, Soap", "Soap"):
            self.wizard(f"{head}Aap B.V.;12345678;{text}\n").action_import()
            entry = self.entry("Aap B.V.")
            if text == "Soap":
                self.assertEqual(entry.category_ids, mine)
            else:
                self.assertEqual(entry.category_ids, category)
                entry.category_ids = mine
        self.assertEqual(entry.products, "Soap")

    def test_whole_or_not_at_all(self):
        """What breaks while vendors are looked for leaves nothing of the register."""
        finding = self.registry["pso.register.entry"]

        def fail(_self):
            raise UserError("Broken off")

        self.patch(finding, "_find_vendors", fail)
        wizard = self.wizard(HEAD + "Aap B.V.;12345678;;1;;;;\n")
        with self.assertRefused("Broken off"):
            wizard.action_import()
        self.assertFalse(self.entries.search([]))

    def test_it_is_noted(self):
        self.imported("Aap B.V.;12345678;;1;;;;\n")
        domain = [("uid", "=", self.buyer.id), ("event", "=", "import")]
        line = self.env["pso.log"].search(domain)
        self.assertEqual((line.model, line.count), ("pso.register.entry", 1))


@tagged("post_install", "-at_install")
class TestRegisterMatches(RegisterCase):
    def assertMatch(self, name, vendor, kind, state):
        match = self.match(name)
        self.assertEqual(match.partner_id.id, vendor.id)
        self.assertEqual((match.kind, match.state), (kind, state))
        return match

    def test_by_number(self):
        kvk = self.vendor("Aap Facilitair", company_registry="1234.5678")
        vat = self.vendor("Noot", vat="NL123456782B90")
        branch = self.vendor("Mies", company_registry="34567890")
        self.env.cr.execute(
            "UPDATE res_partner SET company_registry = '34567890 0001' WHERE id = %s",
            [branch.id],
        )
        self.env.invalidate_all()
        self.imported(
            "Aap B.V.;12345678;;1;;;;\n"
            "Noot N.V.;23456789;;1;;;;NL123456782B90\n"
            "Mies Holding;34567890;;1;;;;\n"
        )
        self.assertMatch("Aap B.V.", kvk, "kvk", "certain")
        self.assertMatch("Noot N.V.", vat, "vat", "certain")
        self.assertMatch("Mies Holding", branch, "kvk", "certain")
        self.assertEqual(self.entry("Aap B.V.").partner_id.id, kvk.id)
        self.assertEqual(self.entry("Aap B.V.").match_state, "matched")

    def test_a_number_that_another_has(self):
        """A slip in a number leads to somebody else: that is for somebody to see."""
        vendor = self.vendor("Bakkerij Vuur", company_registry="12345678")
        self.imported("Zwem & Duik;12345678;;1;;;;\n")
        self.assertMatch("Zwem & Duik", vendor, "kvk", "proposed")
        self.assertFalse(self.entry("Zwem & Duik").partner_id)

    def test_two_vendors_with_one_number(self):
        self.vendor("Aap B.V.", company_registry="12345678")
        self.vendor("Aap", company_registry="12345678")
        self.imported("Aap B.V.;12345678;;1;;;;\n")
        matches = self.entry("Aap B.V.").match_ids
        self.assertEqual(matches.mapped("state"), ["proposed"] * 2)
        matches[1].action_confirm()
        self.imported("Aap B.V.;12345678;;1;;;;\n")
        self.assertEqual(self.entry("Aap B.V.").partner_id, matches[1].partner_id)

    def test_by_name_somebody_confirms(self):
        vendor = self.vendor("Schonmaakbedrijf de Dam", city="Delft")
        self.vendor("Schoonmaakbedrijf Heuvel", city="Delft")
        self.imported("Schoonmaakbedrijf De Dam B.V.;12345678;Delft;1;;;;\n")
        match = self.assertMatch(
            "Schoonmaakbedrijf De Dam B.V.", vendor, "name", "proposed"
        )
        self.assertTrue(70 <= match.confidence < 100)
        match.action_apply()
        self.assertFalse(vendor.pso_certificate_ids, "nobody confirmed it")
        match.action_confirm()
        self.assertEqual(match.entry_id.partner_id.id, vendor.id)

    def test_what_was_refused_is_not_proposed_again(self):
        self.vendor("De Dam")
        rows = "De Dam B.V.;12345678;;1;;;;\n"
        self.imported(rows)
        self.match("De Dam B.V.").action_refuse()
        self.imported(rows)
        self.assertEqual(self.match("De Dam B.V.").state, "refused")
        self.assertEqual(self.entry("De Dam B.V.").match_state, "none")

    def test_the_same_name_with_another_number(self):
        vendor = self.vendor("De Dam", company_registry="87654321", city="Delft")
        self.vendor("De Damm", company_registry="76543210", city="Delft")
        self.imported("De Dam B.V.;12345678;Delft;1;;;;\n")
        match = self.assertMatch("De Dam B.V.", vendor, "other", "proposed")
        self.assertLess(match.confidence, 50)

    def test_a_number_is_entered_later(self):
        vendor = self.vendor("De Dam")
        self.imported("De Dam B.V.;12345678;;1;;;;\n")
        self.assertMatch("De Dam B.V.", vendor, "name", "proposed")
        vendor.company_registry = "12345678"
        self.entry("De Dam B.V.").action_find()
        self.assertMatch("De Dam B.V.", vendor, "kvk", "certain")

    def test_private_persons_are_no_vendors(self):
        self.env["res.partner"].create(
            {"name": "Jan de Dam", "is_company": False, "supplier_rank": 1}
        )
        self.imported("Jan de Dam;;;1;;;;\n")
        self.assertFalse(self.entry("Jan de Dam").match_ids)

    def test_vendors_of_another_company(self):
        """The register is everybody's; whose vendor it is, is not."""
        other = self.create_company("Other")
        theirs = self.vendor("Aap", company_registry="12345678", company_id=other.id)
        self.imported("Aap B.V.;12345678;;1;;;;\n")
        entry = self.entry("Aap B.V.")
        self.assertFalse(entry.match_ids)
        abroad = self.user("pso_odoo.group_pso_purchase", companies=other)
        seen = entry.with_user(abroad).with_context(allowed_company_ids=other.ids)
        seen.action_find()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(entry.match_ids)
        self.assertFalse(entry.partner_id)
        self.assertEqual(entry.match_state, "none")
        self.assertFalse(self.entries.search([("match_state", "=", "matched")]))
        self.assertFalse(self.entries.search([("partner_id", "=", theirs.id)]))
        self.env.invalidate_all()  # what was read is kept for whoever reads next
        self.assertEqual(seen.partner_id.id, theirs.id)
        [match] = self.env["pso.register.match"].search(
            [("partner_id", "=", theirs.id)]
        )
        with self.assertRaises(AccessError):
            match.with_user(self.buyer).action_refuse()
        with self.assertRaises(AccessError):
            self.matches.create({"entry_id": entry.id, "partner_id": theirs.id})

    def test_who_sees_totals_reads(self):
        self.vendor("Aap", company_registry="12345678")
        self.imported("Aap B.V.;12345678;;1;;;;\n")
        reader = self.user("pso_odoo.group_pso_user")
        entry = self.entry("Aap B.V.").with_user(reader)
        self.assertEqual(entry.match_ids.outcome, "incomplete")
        self.assertTrue(entry.partner_id.name)
        for action in (
            *(entry.action_find, entry.action_make_vendor, entry.action_link),
            *(entry.match_ids.action_apply, entry.match_ids.action_take_over),
            *(entry.match_ids.action_confirm, entry.match_ids.action_refuse),
        ):
            with self.assertRaises(AccessError):
                action()


@tagged("post_install", "-at_install")
class TestRegisterOutcomes(RegisterCase):
    """What the register changes of certificates, said before and done after."""

    ROW = "Aap B.V.;12345678;Delft;2;nee;1-2-2025;31-1-2027;\n"

    def setUp(self):
        super().setUp()
        self.aap = self.vendor("Aap", company_registry="12345678")

    def outcome(self, rows=ROW):
        self.imported(rows)
        match = self.match(rows.partition(";")[0])
        found = self.matches.search([("outcome", "=", match.outcome)])
        self.assertEqual(found, match)
        return match

    def here(self, state="received", level="step2", start="2025-02-01", **vals):
        vals.setdefault("end", "2027-01-31")
        certificate = self.certificate(
            self.aap, start, level_id=self.ref(f"level_{level}").id, **vals
        )
        certificate.write({"evidence_state": "received", "proof_kind": "certificate"})
        if state == "verified":
            certificate.evidence_state = "verified"
        return certificate

    def test_a_new_certificate(self):
        match = self.outcome()
        self.assertEqual(match.outcome, "new")
        self.assertIn("Step 2", match.after)
        self.assertFalse(
            self.aap.pso_certificate_ids, "nothing before it is taken over"
        )
        match.action_apply()
        made = self.aap.pso_certificate_ids.ensure_one()
        self.assertEqual(made.evidence_state, "received", "a person verifies")
        self.assertFalse(made.verified_by_id)
        self.assertEqual(made.proof_kind, "register")
        self.assertEqual(made.origin, "register")
        self.assertEqual(made.proof_date, match.entry_id.last_seen)
        self.assertEqual(
            (made.date_start, made.date_end), (date(2025, 2, 1), date(2027, 1, 31))
        )
        self.assertEqual(match.outcome, "same")
        match.action_apply()
        self.assertEqual(self.aap.pso_certificate_ids, made)

    def test_a_last_day_that_follows(self):
        match = self.outcome("Aap B.V.;12345678;Delft;2;nee;1-2-2025;;\n")
        match.action_apply()
        self.assertEqual(self.aap.pso_certificate_ids.date_end, date(2027, 1, 31))
        self.assertEqual(match.outcome, "same")

    def test_too_little_in_the_list(self):
        match = self.outcome("Aap B.V.;12345678;Delft;2;nee;;31-1-2027;\n")
        self.assertEqual(match.outcome, "incomplete")
        match.action_apply()
        self.assertFalse(self.aap.pso_certificate_ids)

    def test_what_nobody_verified_is_changed(self):
        certificate = self.here(level="step1")
        match = self.outcome()
        self.assertEqual(match.outcome, "change")
        self.assertIn("Step 1", match.before)
        match.action_apply()
        self.assertEqual(certificate.level_id.code, "step2")
        self.assertEqual(certificate.evidence_state, "received")
        self.assertIn("Step 1", self.aap.message_ids[0].body)

    def test_what_was_verified_is_not_overwritten(self):
        certificate = self.here("verified", level="step3")
        match = self.outcome()
        self.assertEqual(match.outcome, "conflict")
        match.action_apply()
        self.env.flush_all()
        self.assertEqual(certificate.level_id.code, "step3")
        self.assertEqual(certificate.evidence_state, "verified")
        self.assertEqual(self.aap.pso_certificate_ids, certificate)
        match.action_take_over()
        self.assertEqual(certificate.level_id.code, "step2")
        self.assertEqual(certificate.evidence_state, "received")
        body = self.aap.message_ids[0].body
        self.assertIn("Step 3", body)
        self.assertIn("Step 2", body)
        self.assertEqual(self.aap.message_ids[0].author_id, self.buyer.partner_id)
        domain = [("uid", "=", self.buyer.id), ("event", "=", "withdraw")]
        self.assertTrue(self.env["pso.log"].search(domain))

    def test_other_days_than_what_was_verified(self):
        """The old certificate stays; what is taken over comes beside it."""
        certificate = self.here("verified", start="2025-03-01")
        match = self.outcome()
        self.assertEqual(match.outcome, "conflict")
        match.action_apply()
        self.assertEqual(self.aap.pso_certificate_ids, certificate)
        match.action_take_over()
        self.assertEqual(certificate.evidence_state, "verified")
        self.assertEqual(len(self.aap.pso_certificate_ids), 2)
        self.assertEqual(match.outcome, "same")
        self.assertIn("This stays", self.aap.message_ids[0].body)

    def test_an_old_list_changes_nothing_by_itself(self):
        """What is here is later than the list, verified or not."""
        self.here(start="2026-02-01", end="2028-01-31")
        match = self.outcome()
        self.assertEqual(match.outcome, "conflict")
        self.assertIn("2028", match.before)
        match.action_apply()
        self.assertEqual(len(self.aap.pso_certificate_ids), 1)

    def test_an_earlier_one_is_added(self):
        self.here("verified", start="2027-02-01", end="2029-01-31")
        match = self.outcome()
        self.assertEqual((match.outcome, match.before), ("new", False))

    def test_a_renewal_leaves_the_old_one(self):
        old = self.here("verified", start="2023-02-01", end="2025-01-31")
        match = self.outcome()
        self.assertEqual(match.outcome, "renewal")
        match.action_apply()
        self.assertEqual(old.evidence_state, "verified")
        self.assertEqual(len(self.aap.pso_certificate_ids), 2)

    def test_a_renewal_that_came_early(self):
        self.here("verified", start="2023-03-01", end="2025-02-28")
        self.assertEqual(self.outcome().outcome, "renewal")

    def test_a_renewal_that_keeps_its_number(self):
        old = self.here(start="2023-02-01", end="2025-01-31", number="PSO-7")
        content = (
            "Organisatie;KvK;Trede;Certificaatnummer;Geldig vanaf;Geldig tot\n"
            "Aap B.V.;12345678;2;PSO-7;1-2-2025;31-1-2027\n"
        )
        self.wizard(content).action_import()
        match = self.match("Aap B.V.")
        self.assertEqual(match.outcome, "renewal")
        match.action_apply()
        self.assertEqual(old.date_end, date(2025, 1, 31))
        self.assertEqual(len(self.aap.pso_certificate_ids), 2)

    def test_the_same_number_with_other_days(self):
        certificate = self.here(start="2025-03-01", number="PSO-7")
        content = (
            "Organisatie;KvK;Trede;Certificaatnummer;Geldig vanaf;Geldig tot\n"
            "Aap B.V.;12345678;2;PSO-7;1-2-2025;31-1-2027\n"
        )
        self.wizard(content).action_import()
        match = self.match("Aap B.V.")
        self.assertEqual(match.outcome, "change")
        match.action_apply()
        self.assertEqual(certificate.date_start, date(2025, 2, 1))

    def test_a_list_without_30_does_not_say_no(self):
        self.here("verified", is_pso30=True)
        self.assertEqual(self.outcome().outcome, "same")

    def test_who_left_keeps_the_certificate(self):
        certificate = self.here("verified")
        self.outcome()
        self.imported("Noot B.V.;23456789;;1;;;;\n")
        match = self.match("Aap B.V.")
        self.assertEqual(match.outcome, "left")
        match.action_apply()
        self.assertEqual(self.aap.pso_certificate_ids, certificate)

    def test_take_over_only_what_is_confirmed(self):
        self.aap.company_registry = False
        match = self.outcome("Aap B.V.;12345678;Delft;2;nee;1-2-2025;31-1-2027;\n")
        self.assertEqual(match.state, "proposed")
        with self.assertRefused("Confirm first"):
            match.action_take_over()


@tagged("post_install", "-at_install")
class TestRegisterSearch(RegisterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.linen = cls.env["product.category"].create({"name": "Linen"})
        cls.bought = cls.vendor("Aap", company_registry="12345678")
        cls.known = cls.vendor("Noot", company_registry="23456789")

    def setUp(self):
        super().setUp()
        self.imported(
            "Aap B.V.;12345678;Delft;2;nee;1-2-2025;31-1-2027;\n"
            "Noot B.V.;23456789;Breda;3;ja;1-2-2025;31-1-2027;\n"
            "Mies B.V.;34567890;Breda;3;nee;1-2-2025;31-1-2027;\n"
        )

    def test_nobody_bought_from_yet(self):
        self.bill(self.bought, 100)
        draft = self.bill(self.known, 100)
        draft.button_draft()
        found = self.entries.search([("is_bought_from", "=", False)])
        self.assertEqual(found.mapped("name"), ["Mies B.V.", "Noot B.V."])
        self.assertEqual(found.mapped("is_bought_from"), [False, False])
        found = self.entries.search([("is_bought_from", "=", True)])
        self.assertEqual(found.mapped("name"), ["Aap B.V."])
        self.assertTrue(found.is_bought_from)

    def test_what_another_company_buys_says_nothing(self):
        other = self.create_company("Other")
        self.env["account.move"].with_company(other).create(
            {
                "move_type": "in_invoice",
                "partner_id": self.bought.id,
                "invoice_date": "2025-06-01",
                "invoice_line_ids": [self.bill_line(100)],
            }
        ).action_post()
        self.assertFalse(self.entries.search([("is_bought_from", "=", True)]))

    def test_by_what_one_is_looking_for(self):
        self.entry("Mies B.V.").write(
            {"category_ids": self.linen.ids, "sbi": "96.01", "trade": "Wasserij"}
        )
        for domain, names in (
            ([("category_ids", "child_of", self.linen.id)], ["Mies B.V."]),
            ([("sbi", "=ilike", "96%")], ["Mies B.V."]),
            ([("place", "ilike", "breda")], ["Mies B.V.", "Noot B.V."]),
            ([("level_id", "=", self.ref("level_step2").id)], ["Aap B.V."]),
            ([("is_pso30", "=", True)], ["Noot B.V."]),
            ([("match_state", "=", "none")], ["Mies B.V."]),
            ([("match_state", "!=", "none")], ["Aap B.V.", "Noot B.V."]),
            ([("partner_id", "=", self.bought.id)], ["Aap B.V."]),
            ([("partner_id", "!=", False)], ["Aap B.V.", "Noot B.V."]),
            ([("partner_id", "=", False)], ["Mies B.V."]),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self.entries.search(domain).mapped("name"), names)

    def test_a_vendor_is_made(self):
        action = self.entry("Mies B.V.").action_make_vendor()
        partner = self.env["res.partner"].browse(action["res_id"])
        self.assertEqual(partner.name, "Mies B.V.")
        self.assertEqual(partner.company_registry, "34567890")
        self.assertEqual(partner.city, "Breda")
        self.assertTrue(partner.is_company and partner.supplier_rank)
        self.assertEqual(partner.pso_certificate_ids.level_id.code, "step3")
        self.assertEqual(self.entry("Mies B.V.").partner_id.id, partner.id)
        with self.assertRefused("a vendor already"):
            self.entry("Mies B.V.").action_make_vendor()

    def test_who_makes_no_contacts_is_not_offered_a_vendor(self):
        groups = ["base.group_user", "pso_odoo.group_pso_purchase"]
        for more, is_offered in (((), False), (("base.group_partner_manager",), True)):
            user = self.user(*groups, *more)
            for kind in ("form", "list"):
                with self.subTest(more=more, kind=kind):
                    view = self.entries.with_user(user).get_view(view_type=kind)
                    found = "action_make_vendor" in view["arch"]
                    self.assertEqual(found, is_offered)

    def test_a_vendor_is_linked(self):
        vendor = self.vendor("Something else")
        contact = self.vendor("Desk", parent_id=vendor.id, is_company=False)
        entry = self.entry("Mies B.V.")
        context = entry.action_link()["context"]
        match = self.matches.with_context(**context).create({"partner_id": contact.id})
        self.assertEqual(entry.partner_id.id, vendor.id)
        self.assertEqual((match.kind, match.state), ("hand", "confirmed"))
        with self.assertRefused("matched already"):
            self.matches.with_context(**context).create({"partner_id": vendor.id})


@tagged("post_install", "-at_install")
class TestTwoThousand(RegisterCase):
    """A register of 2,000 rows, with all that goes wrong.

    ``PSO_LONG=1`` holds it against 5,000 vendors, as many as large companies have.
    """

    def test_two_thousand_rows(self):
        rng = random.Random("2000")
        others = 4800 if LONG else 800
        made = organisations(1900 + others)
        listed, strangers, bad = made[:1800], made[1800:-100], made[-100:]
        partners = []
        for number, (name, kvk, place, _sbi) in enumerate(listed[:200]):
            has_number = number < 100
            partners.append(
                {
                    "name": misspelled(rng, name),
                    "company_registry": kvk if has_number else False,
                    "city": place,
                    "is_company": True,
                }
            )
        partners += [
            {"name": name, "company_registry": kvk, "city": place, "is_company": True}
            for name, kvk, place, _sbi in strangers
        ]
        vendors = self.env["res.partner"].create(partners)
        rows = [
            row(each, 1 + n % 3, "1-2-2025", "31-1-2027")
            for n, each in enumerate(listed)
        ]
        rows += [list(rows[n]) for n in range(100)]  # twice the same
        rows += [row(each, 9, "1-2-2025", "31-1-2027") for each in bad[:50]]
        rows += [row(each, 1, "31-2-2025", "x") for each in bad[50:]]
        self.assertEqual(len(rows), 2000)
        self.env.flush_all()
        wizard = self.wizard(as_csv(rows))
        start = time.monotonic()
        wizard.action_preview()
        preview = time.monotonic() - start
        self.assertEqual(self.counts(wizard), (1800, 0, 100, 0, 100))
        wizard.action_import()
        self.env.flush_all()
        took = time.monotonic() - start - preview
        self.assertEqual(self.counts(wizard), (1800, 0, 100, 0, 100))
        self.assertEqual(self.entries.search_count([]), 1800)
        matches = self.matches.search([("partner_id", "in", vendors[:200].ids)])
        certain = matches.filtered(lambda match: match.state == "certain")
        self.assertEqual(certain.partner_id, vendors[:100].with_user(self.buyer))
        pairs = zip(listed[:200], vendors[:200], strict=True)
        right = {name: vendor.id for (name, *_), vendor in pairs}
        named = [m for m in matches if right.get(m.entry_id.name) == m.partner_id.id]
        found = len(named) - 100
        self.assertGreaterEqual(found, 97, "of 100 names with a slip")
        tell(
            f"register: 2,000 rows against {len(vendors)} vendors: "
            f"preview {preview:.1f} s, import {took:.1f} s; "
            f"{found} of 100 misspelled names found"
        )
