"""What is changed in a locked measurement behind Odoo's back is found and named."""

import hashlib
import io
import json
import os
import subprocess
import sys
from contextlib import contextmanager, redirect_stdout
from unittest.mock import patch

from common import PsoCase
from psycopg2 import errors

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from odoo.addons.pso_odoo.cli.pso_verify import PsoVerify
from odoo.addons.pso_odoo.models.audit import pso_measurement_verify
from odoo.addons.pso_odoo.models.audit.pso_seal import SEALED_NOW
from odoo.addons.pso_odoo.models.audit.sealed_content import SEALED_PARTS
from odoo.addons.pso_odoo.tools.sealing import digest_of

NAMES = ("Zwaantje Quist", "Frobnicate Works", "Yperman")
# Statements on the rows of a locked measurement, and what has to be said of each.
PERSON = "pso_locked_person_line"
SUPPLIER = "pso_locked_supplier_line"
SAMPLES = {
    "character varying": "COALESCE({0}, '') || 'x'",
    "text": "COALESCE({0}, '') || 'x'",
    "integer": "COALESCE({0}, 0) + 1",
    "numeric": "COALESCE({0}, 0) + 0.000001",
    "double precision": "COALESCE({0}, 0) + 0.000001",
    "date": "COALESCE({0}, DATE '2025-03-03') + 1",
    "boolean": "NOT COALESCE({0}, FALSE)",
    "timestamp without time zone": "COALESCE({0}, now()) + interval '1 day'",
}


class SealCase(PsoCase):
    """A locked measurement with a row of every kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user(
            "pso_odoo.group_pso_manager", "pso_odoo.group_pso_hr", "base.group_user"
        )
        cls.department = cls.env["hr.department"].create({"name": NAMES[2]})
        cls.location = cls.env["hr.work.location"].create(
            {"name": "Yard", "address_id": cls.company.partner_id.id}
        )
        cls.person = cls.employee(
            name=NAMES[0],
            department_id=cls.department.id,
            work_location_id=cls.location.id,
        )
        cls.a_status = cls.status(cls.person, evidence_state="verified")
        cls.other_person = cls.employee(hours=20)
        cls.partner = cls.social_vendor(name=NAMES[1])
        cls.bill(cls.partner, 100)
        cls.pso = cls.measurement(payroll_fte=2)
        cls.correction = cls.env["pso.correction"].create(
            {
                "measurement_id": cls.pso.id,
                "kind": "purchases",
                "partner_id": cls.partner.id,
                "date": "2025-05-05",
                "amount": 10,
                "reason": "Branch",
                "source": "Ledger",
            }
        )
        cls.pso.quality_ids[0].write({"answer": "met", "explanation": "Seen"})
        cls.pso.with_user(cls.manager).action_lock()

    def sql(self, statement, *parameters):
        """Write behind the back of Odoo."""
        self.env.flush_all()
        self.env.cr.execute(statement, parameters)
        self.env.invalidate_all()

    def findings(self):
        return self.pso._verify_seal().findings

    @contextmanager
    def tampered(self, statement, *parameters):
        """The findings after a statement, which is taken back afterwards."""
        savepoint = self.env.cr.savepoint()
        try:
            self.sql(statement, *parameters)
            yield self.findings()
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def assertNamed(self, *words):
        """One finding, with all of these words."""
        [finding] = self.findings()
        for word in words:
            self.assertIn(str(word), finding)

    def assertIntact(self):
        self.env.invalidate_all()
        self.assertEqual(self.findings(), [])
        chain = self.env["pso.seal"]._verify(self.company.id)
        self.assertEqual(chain.findings, [])

    def key(self):
        lines = self.env["pso.locked.person.line"].search(
            [("measurement_id", "=", self.pso.id), ("employee_id", "=", self.person.id)]
        )
        return lines[0].key


@tagged("post_install", "-at_install")
class TestTampering(SealCase):
    def test_intact(self):
        self.assertIntact()
        self.assertEqual(self.pso.revision, 1)
        self.assertEqual(self.pso.seal_number, 1)
        self.assertEqual(len(self.pso._seal_digest()), 64)

    def test_every_column_of_every_table(self):
        """Whatever is changed in one row is found, and no other row is named."""
        tried = set()
        for name, part in SEALED_PARTS.items():
            model = self.env[part.model]
            self.env.cr.execute(
                f"SELECT MIN(id) FROM {model._table} WHERE measurement_id = %s",
                [self.pso.id],
            )
            [row] = self.env.cr.fetchone()
            if row is None:
                continue
            columns = [*self.pso._sealed_columns(part), *part.references]
            for column in columns:
                self.env.cr.execute(
                    "SELECT data_type FROM information_schema.columns "
                    "WHERE table_name = %s AND column_name = %s",
                    (model._table, column),
                )
                [kind] = self.env.cr.fetchone()
                value = SAMPLES[kind].format(column)
                if column in part.references and name not in ("people",):
                    continue  # a foreign key: below
                if column in ("currency_id", "type_id", "group_id", "form_id"):
                    value = self.another(model, column, row)
                with (
                    self.subTest(part=name, column=column),
                    self.tampered(
                        f"UPDATE {model._table} SET {column} = {value} WHERE id = %s",
                        row,
                    ) as findings,
                ):
                    # A row that is called otherwise is missing, and another came in.
                    is_renamed = column in part.names
                    self.assertEqual(len(findings), 2 if is_renamed else 1)
                    tried.add((name, column))
        self.assertEqual({name for name, _column in tried}, {*SEALED_PARTS} - {"audit"})
        self.assertGreaterEqual(len(tried), 60)

    def another(self, model, column, row):
        """SQL: the number of another record of the same kind."""
        comodel = self.env[model._fields[column].comodel_name]
        return (
            f"(SELECT MIN(id) FROM {comodel._table} WHERE id IS DISTINCT FROM "
            f"(SELECT {column} FROM {model._table} WHERE id = {row}))"
        )

    def test_a_person_line_is_named_by_key_and_dates(self):
        self.sql(
            f"UPDATE {PERSON} SET direct_hour_days = 1 "
            "WHERE employee_id = %s AND kind = 'group'",
            self.person.id,
        )
        self.assertNamed(
            self.key(), "01/01/2025 to 12/31/2025", "Target group", "changed"
        )

    def test_another_employee_behind_a_key(self):
        self.sql(
            f"UPDATE {PERSON} SET employee_id = %s "
            "WHERE employee_id = %s AND kind = 'group'",
            self.other_person.id,
            self.person.id,
        )
        self.assertIn("(Employee)", self.findings()[0])
        self.assertEqual(len(self.findings()), 1)

    def test_swapped_keys(self):
        keys = {
            line.key
            for line in self.env["pso.locked.person.line"].search(
                [("measurement_id", "=", self.pso.id), ("kind", "=", "staff")]
            )
        }
        self.assertEqual(len(keys), 2)
        first, second = keys
        self.sql(
            f"UPDATE {PERSON} SET key = CASE key WHEN %s THEN %s ELSE %s END "
            "WHERE kind = 'staff' AND measurement_id = %s",
            first,
            second,
            first,
            self.pso.id,
        )
        found = "\n".join(self.findings())
        self.assertIn(first, found)
        self.assertIn(second, found)

    def test_a_deleted_line(self):
        key = self.key()
        self.sql(
            f"DELETE FROM {PERSON} WHERE employee_id = %s AND kind = 'staff'",
            self.person.id,
        )
        self.assertNamed(key, "Staff", "missing")

    def test_an_added_line(self):
        columns = [
            name
            for name in self.env["pso.locked.supplier.line"]._column_names()
            if name != "year"
        ]
        names = ", ".join(columns)
        self.sql(
            f"INSERT INTO {SUPPLIER} (year, {names}) SELECT 2024, {names} "
            f"FROM {SUPPLIER} WHERE measurement_id = %s",
            self.pso.id,
        )
        self.assertNamed(f"Supplier {self.partner.id} in 2024", "added")

    def test_a_copy_of_a_line(self):
        names = ", ".join(self.env["pso.locked.person.line"]._column_names())
        self.sql(
            f"INSERT INTO {PERSON} ({names}) SELECT {names} FROM {PERSON} "
            "WHERE employee_id = %s AND kind = 'group'",
            self.person.id,
        )
        self.assertNamed(self.key(), "Target group", "added")

    def test_a_supplier_line_is_named_by_year_and_number(self):
        self.sql(
            f"UPDATE {SUPPLIER} SET amount = amount + 0.01 WHERE measurement_id = %s",
            self.pso.id,
        )
        self.assertNamed(f"Supplier {self.partner.id} in 2025", "changed")

    def test_another_supplier(self):
        other = self.social_vendor()
        self.sql(
            f"UPDATE {SUPPLIER} SET partner_id = %s WHERE measurement_id = %s",
            other.id,
            self.pso.id,
        )
        self.assertNamed(f"Supplier {self.partner.id} in 2025", "(Supplier)")

    def test_another_certificate(self):
        other = self.certificate(self.vendor())
        self.sql(
            f"UPDATE {SUPPLIER} SET certificate_id = %s WHERE measurement_id = %s",
            other.id,
            self.pso.id,
        )
        self.assertNamed(f"Supplier {self.partner.id} in 2025", "(Certificate)")

    def test_figures(self):
        for path, value, word in (
            ("{total_fte}", "99.5", "99.5 now"),
            ("{level_id}", "77", "Level: "),
            ("{gap_purchases,amount}", "7", "gap_purchases"),
            ("{trend}", "[]", "trend"),
            ("{unheard_of}", "1", "unheard_of"),
        ):
            with (
                self.subTest(path=path),
                self.tampered(
                    "UPDATE pso_measurement SET locked_figures = "
                    "jsonb_set(locked_figures, %s, %s) WHERE id = %s",
                    path,
                    value,
                    self.pso.id,
                ) as findings,
            ):
                self.assertEqual(len(findings), 1)
                self.assertIn(word, findings[0])
        with self.tampered(
            "UPDATE pso_measurement SET locked_figures = locked_figures - 'direct_fte' "
            "WHERE id = %s",
            self.pso.id,
        ) as findings:
            self.assertIn("Direct Fte", findings[0])

    def test_header(self):
        edition = self.ref("edition_1_9")
        for change, word in (
            (f"edition_id = {edition.id}", f"{edition.name} ({edition.id}) now"),
            ("date_start = '2025-01-02'", "2025-01-02 now"),
            ("date_end = '2025-12-30'", "2025-12-30 now"),
            ("name = 'PSO 2026'", "PSO 2026 now"),
            ("payroll_fte = 3", "Payroll"),
            ("locked_on = locked_on - interval '1 day'", "Locked"),
            (f"locked_by_id = {SUPERUSER_ID}", "Locked"),
            (f"company_id = {self.env.ref('base.main_company').id}", "Company"),
        ):
            with (
                self.subTest(change=change),
                self.tampered(
                    f"UPDATE pso_measurement SET {change} WHERE id = %s", self.pso.id
                ) as findings,
            ):
                self.assertEqual(len(findings), 1)
                self.assertIn(word, findings[0])
        with self.tampered(
            "INSERT INTO pso_measurement_res_company_rel VALUES (%s, %s)",
            self.pso.id,
            self.env.ref("base.main_company").id,
        ) as findings:
            self.assertIn("Scope", findings[0])

    def test_state(self):
        self.sql("UPDATE pso_measurement SET state = 'live' WHERE id = %s", self.pso.id)
        self.assertNamed("is live without being unlocked")

    def test_locked_without_a_seal(self):
        other = self.measurement(end="2025-06-30")
        self.sql("UPDATE pso_measurement SET state = 'locked' WHERE id = %s", other.id)
        found = self.env["pso.seal"]._verify(self.company.id).findings
        self.assertEqual(len(found), 1)
        self.assertIn("has no seal", found[0])
        self.assertIn(other.name, found[0])

    def test_locked_again_by_hand(self):
        self.pso.action_unlock()
        self.sql(
            "UPDATE pso_measurement SET state = 'locked' WHERE id = %s", self.pso.id
        )
        self.assertNamed("has no seal")

    def test_a_measurement_that_is_gone(self):
        name = self.pso.name
        self.sql("DELETE FROM pso_measurement WHERE id = %s", self.pso.id)
        [finding] = self.env["pso.seal"]._verify(self.company.id).findings
        self.assertEqual(finding, f"{name}: it was locked, and is gone.")

    def test_the_index_too(self):
        """Who changes what names the lines as well is found, without naming them."""
        self.sql(
            f"UPDATE {PERSON} SET hours = 7 WHERE employee_id = %s", self.person.id
        )
        self.sql(
            "UPDATE pso_locked_index SET entries = replace(entries, %s, 'P-0') "
            "WHERE measurement_id = %s AND part = 'people'",
            self.key(),
            self.pso.id,
        )
        found = "\n".join(self.findings())
        self.assertIn("index", found)
        self.assertIn("rows differ from the seal (3 when it was sealed, 3 now)", found)

    def test_a_lost_index(self):
        self.sql("DELETE FROM pso_locked_index WHERE measurement_id = %s", self.pso.id)
        self.assertEqual(len(self.findings()), len(SEALED_PARTS) + 1)

    def test_many_changes(self):
        """More than anybody reads are counted."""
        self.patch(pso_measurement_verify, "MOST_NAMED", 1)
        self.sql(
            f"UPDATE {PERSON} SET hours = 7 WHERE measurement_id = %s", self.pso.id
        )
        self.assertEqual(len(self.findings()), 2)
        self.assertIn("2 more", self.findings()[1])

    def test_nobody_is_named(self):
        self.sql(f"UPDATE {PERSON} SET hours = 7, employee_id = NULL")
        self.sql(f"UPDATE {SUPPLIER} SET amount = 0")
        found = "\n".join(self.findings())
        self.assertEqual(found.count("\n"), 3)
        for name in (*NAMES, self.manager.name):
            self.assertNotIn(name, found)

    def test_what_unlocking_finds_is_sealed(self):
        self.sql(f"UPDATE {SUPPLIER} SET amount = 0")
        self.pso.action_unlock()
        seal = self.env["pso.seal"].search([("record", "=", self.pso.id)], limit=1)
        self.assertEqual(seal.event, "unlock")
        self.assertEqual(seal.manifest["findings"], 1)


@tagged("post_install", "-at_install")
class TestChain(SealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.measurement(end="2025-06-30")
        cls.second.action_lock()
        cls.pso.action_unlock()
        cls.pso.action_lock()

    def seals(self):
        return self.env["pso.seal"].search([("company_id", "=", self.company.id)])

    def forged(self, statement, *parameters):
        """The findings in the chain after a statement that its keeper let pass."""
        self.sql("ALTER TABLE pso_seal DISABLE TRIGGER USER")
        self.sql(statement, *parameters)
        self.sql("ALTER TABLE pso_seal ENABLE TRIGGER USER")
        return self.env["pso.seal"]._verify(self.company.id).findings

    def test_chain(self):
        seals = self.seals()
        self.assertEqual(seals.mapped("number"), [4, 3, 2, 1])
        self.assertEqual(seals.mapped("event"), ["lock", "unlock", "lock", "lock"])
        self.assertEqual(seals.mapped("revision"), [2, 1, 1, 1])
        self.assertEqual(
            seals.mapped("previous_digest"), [*seals.mapped("digest")[1:], False]
        )
        self.assertIntact()

    def test_other_companies_have_their_own(self):
        other = self.create_company("Other")
        measured = self.env["pso.measurement"].create({"company_id": other.id})
        measured.action_lock()
        self.assertEqual(measured.seal_number, 1)
        self.assertEqual(self.env["pso.seal"]._verify(other.id).findings, [])

    def test_nobody_changes_a_seal(self):
        seal = self.seals()[0]
        for attempt in (
            lambda: seal.write({"event": "unlock"}),
            lambda: seal.unlink(),
        ):
            with self.assertRaises(UserError):
                attempt()
        for statement in (
            "UPDATE pso_seal SET event = 'unlock'",
            "DELETE FROM pso_seal",
            "TRUNCATE pso_seal",
        ):
            with (
                self.subTest(statement=statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(errors.InsufficientPrivilege),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)

    def test_every_column_of_a_seal(self):
        seal = self.seals()[1]
        for change in (
            "record = record + 1000",
            "name = 'Other'",
            "event = 'correct'",
            "revision = revision + 1",
            "uid = uid + 1",
            "login = 'somebody'",
            "date = date - interval '1 second'",
            "manifest = manifest || '{\"findings\": 3}'",
            "previous_digest = repeat('0', 64)",
            "digest = repeat('0', 64)",
        ):
            savepoint = self.env.cr.savepoint()
            with self.subTest(change=change):
                found = self.forged(
                    f"UPDATE pso_seal SET {change} WHERE id = %s", seal.id
                )
                self.assertIn(f"Seal {seal.number}", "\n".join(found))
            savepoint.close(rollback=True)

    def test_a_row_forged_with_its_digest(self):
        """Then the next one does not follow from it."""
        seals = self.env["pso.seal"]
        row = seals._last_of(self.second) | {"login": "somebody"}
        digest = digest_of({name: row[name] for name in SEALED_NOW})
        found = self.forged(
            "UPDATE pso_seal SET login = 'somebody', digest = %s "
            "WHERE company_id = %s AND number = 2",
            digest,
            self.company.id,
        )
        self.assertEqual(found[0], "Seal 3 does not follow from the one before it.")
        self.assertIn("Seal 2 (PSO 01/01/2025 to 06/30/2025) is not in the log.", found)

    def test_a_row_removed(self):
        found = self.forged(
            "DELETE FROM pso_seal WHERE company_id = %s AND number = 3",
            self.company.id,
        )
        self.assertIn("Seal 3 is missing.", found)

    def test_rows_removed(self):
        found = self.forged(
            "DELETE FROM pso_seal WHERE company_id = %s AND number < 4",
            self.company.id,
        )
        self.assertIn("Seals 1 to 3 are missing.", found)

    def test_the_last_rows_cut_off(self):
        """The log knows of them."""
        found = self.forged(
            "DELETE FROM pso_seal WHERE company_id = %s AND number > 2",
            self.company.id,
        )
        text = "\n".join(found)
        self.assertIn("the log knows of 1 seals that are gone (Locked)", text)
        self.assertIn("the log knows of 1 seals that are gone (Unlocked)", text)

    def test_reordered(self):
        found = self.forged(
            "UPDATE pso_seal SET number = CASE number WHEN 2 THEN 13 ELSE 12 END "
            "WHERE company_id = %s AND number IN (2, 3)",
            self.company.id,
        )
        found = self.forged(
            "UPDATE pso_seal SET number = number - 10 "
            "WHERE company_id = %s AND number > 10",
            self.company.id,
        )
        text = "\n".join(found)
        self.assertIn("Seal 2 does not follow", text)
        self.assertIn("Seal 2 (PSO 2025) was changed", text)

    def test_it_stays_in_its_company(self):
        """Its seals are in the chain of the company that it was locked in."""
        other = self.create_company("Other")
        self.pso.action_unlock()
        with self.assertRaisesRegex(UserError, "PSO 2025 was locked before.*Company"):
            self.pso.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        self.pso.write({"company_id": self.company.id})
        fresh = self.env["pso.measurement"].create({})
        fresh.company_id = other
        self.assertEqual(fresh.company_id, other)

    def test_deleting(self):
        """What was locked by mistake can go; that it was there stays."""
        with self.assertRaisesRegex(UserError, "is locked"):
            self.second.unlink()
        self.second.action_unlock()
        number = self.second.id
        self.second.unlink()
        seals = self.env["pso.seal"].search([("record", "=", number)])
        self.assertEqual(seals.mapped("event"), ["delete", "unlock", "lock"])
        self.assertIntact()

    def test_what_was_never_locked_leaves_nothing(self):
        measured = self.measurement()
        number = measured.id
        measured.unlink()
        self.assertFalse(self.env["pso.seal"].search([("record", "=", number)]))

    def test_log(self):
        events = self.env["pso.log"].search(
            [("company_id", "=", self.company.id), ("record", "=", self.pso.id)],
            order="id",
        )
        self.assertEqual(events.mapped("event"), ["lock", "unlock", "lock"])

    def test_copy(self):
        copy = self.pso.copy()
        self.assertEqual((copy.revision, copy.seal_digest), (0, False))


@tagged("post_install", "-at_install")
class TestLegitimate(SealCase):
    """What may happen to the records around it leaves it valid."""

    def test_employee_deleted(self):
        self.person.unlink()
        self.assertIntact()

    def test_erased(self):
        self.env["pso.log"]._note("erase", company=self.company)
        self.sql(
            f"UPDATE {PERSON} SET employee_id = NULL, status_id = NULL, "
            "version_id = NULL, department_id = NULL, work_location_id = NULL "
            "WHERE employee_id = %s",
            self.person.id,
        )
        self.assertIntact()

    def test_erased_in_part(self):
        self.env["pso.log"]._note("erase", company=self.company)
        for column in SEALED_PARTS["people"].references:
            self.sql(
                f"UPDATE {PERSON} SET {column} = NULL WHERE employee_id = %s",
                self.person.id,
            )
            if column != "employee_id":
                self.assertIntact()
        self.assertIntact()

    def test_still_found_after_an_erasure(self):
        key = self.key()
        self.person.unlink()
        self.sql(
            f"UPDATE {PERSON} SET hours = 7 WHERE key = %s AND kind = 'group'", key
        )
        self.assertNamed(key, "changed")

    def test_vendor_merged(self):
        """Said, and no finding: the seal holds the number that it had."""
        number, other = self.partner.id, self.vendor()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([number, other.id], other)
        line = self.pso.supplier_line_ids
        self.assertEqual(line.partner_id, other)
        self.assertIntact()
        notes = self.pso._verify_seal().notes
        self.assertEqual(len(notes), 3)  # of the line, of the correction, of the name
        self.assertIn(
            f"Supplier {number} in 2025: refers to contact {other.id}", notes[0]
        )

    def test_certificate_and_figures_deleted(self):
        self.partner.pso_certificate_ids.unlink()
        self.partner.pso_figure_ids.unlink()
        self.assertIntact()

    def test_renamed(self):
        for record, name in (
            (self.ref("group_wajong"), "name"),
            (self.edition, "name"),
            (self.company, "name"),
            (self.manager, "name"),
            (self.manager, "login"),
            (self.partner, "name"),
            (self.person, "name"),
            (self.department, "name"),
            (self.ref("level_step1"), "name"),
        ):
            record[name] = "Renamed"
        self.manager.active = False
        self.assertIntact()

    def test_session(self):
        """Another session sees dates, times and numbers otherwise."""
        self.pso.action_unlock()
        self.pso.payroll_fte = 100 / 3  # fewer digits are another number
        self.pso.action_lock()
        for setting in (
            "DateStyle TO 'SQL, DMY'",
            "TimeZone TO 'Asia/Tokyo'",
            "IntervalStyle TO 'sql_standard'",
            "extra_float_digits TO 0",
            "bytea_output TO 'escape'",
        ):
            with self.subTest(setting=setting):
                # Not by the chain: the ORM itself cannot read such dates.
                self.env.cr.execute(f"SET LOCAL {setting}")
                self.assertEqual(self.findings(), [])

    def test_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.pso = self.pso.with_context(lang="nl_NL", tz="Asia/Tokyo")
        self.assertIntact()

    def test_a_column_of_a_later_version(self):
        self.sql(f"ALTER TABLE {PERSON} ADD COLUMN later integer DEFAULT 7")
        self.assertIntact()

    def test_a_field_of_a_later_version(self):
        """An older manifest says itself which columns it covers."""
        columns = type(self.env["pso.measurement"])._sealed_columns
        self.patch(
            self.registry["pso.measurement"],
            "_sealed_columns",
            lambda self, part: columns(self, part)[:-1],
        )
        self.pso.action_unlock()
        self.pso.action_lock()
        self.patch(self.registry["pso.measurement"], "_sealed_columns", columns)
        self.assertIntact()
        self.sql(f"UPDATE {SUPPLIER} SET amount = 0")
        self.assertNamed("Supplier", "changed")

    def test_note_and_chatter(self):
        self.pso.note = "Something"
        self.pso.message_post(body="Something")
        self.assertIntact()

    def test_locked_again(self):
        digest = self.pso.seal_digest
        self.pso.action_unlock()
        self.assertEqual(self.pso._seal_digest(), "")
        self.assertIntact()
        self.assertFalse(
            self.env["pso.locked.index"].search([("measurement_id", "=", self.pso.id)])
        )
        self.pso.action_lock()
        self.assertEqual(self.pso.revision, 2)
        self.assertNotEqual(self.pso.seal_digest, digest)
        self.assertIntact()


@tagged("post_install", "-at_install")
class TestContent(SealCase):
    def sealed_text(self):
        """All that is stored of what was sealed."""
        self.env.cr.execute(
            "SELECT string_agg(entries, chr(10)) FROM pso_locked_index "
            "WHERE measurement_id = %s AND part <> 'suppliers'",
            [self.pso.id],
        )
        [index] = self.env.cr.fetchone()
        seals = self.env["pso.seal"].search([("record", "=", self.pso.id)])
        return index, json.dumps(seals.mapped("manifest"))

    def test_no_identity(self):
        index, manifest = self.sealed_text()
        for name in (*NAMES, self.person.name, self.partner.name):
            self.assertNotIn(name, index + manifest)
        # Numbers of persons, as far as they can be told from other numbers.
        numbers = {
            self.person.id,
            self.person.version_id.id,
            self.a_status.id,
            self.department.id,
        }
        for entry in index.split("\n"):
            if entry.startswith('["P-'):
                self.assertTrue(
                    all(
                        value is None or isinstance(value, str)
                        for value in json.loads(entry)
                    )
                )
                self.assertTrue(numbers.isdisjoint(json.loads(entry)))

    def test_hashed_text(self):
        """What is hashed of a person line has neither name nor number of a record."""
        part = SEALED_PARTS["people"]
        columns = self.pso._sealed_columns(part)
        self.assertTrue(set(columns).isdisjoint(part.references))
        self.env.cr.execute(
            f"SELECT json_build_array({', '.join(columns)})::text FROM {PERSON} "
            "WHERE measurement_id = %s",
            [self.pso.id],
        )
        for (text,) in self.env.cr.fetchall():
            self.assertNotIn(NAMES[0], text)

    def test_by_hand(self):
        """An auditor can recalculate a digest with nothing but SHA-256."""
        self.env.cr.execute(
            "SELECT part, entries FROM pso_locked_index WHERE measurement_id = %s",
            [self.pso.id],
        )
        seal = self.env["pso.seal"].search([("record", "=", self.pso.id)])
        for part, entries in self.env.cr.fetchall():
            digest = hashlib.sha256(entries.encode()).hexdigest()
            self.assertEqual(seal.manifest["parts"][part]["digest"], digest)
        payload = {
            "company_id": self.company.id,
            "number": 1,
            "record": self.pso.id,
            "name": "PSO 2025",
            "event": "lock",
            "revision": 1,
            "uid": self.manager.id,
            "login": self.manager.login,
            "date": seal.date.isoformat(),
            "manifest": seal.manifest,
            "previous_digest": None,
            "sample": None,
            "key": None,
        }
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
        self.assertEqual(seal.digest, hashlib.sha256(text.encode()).hexdigest())

    def test_growth(self):
        """A seal of what is added later does not read anew what was sealed."""
        self.sql(f"UPDATE {SUPPLIER} SET amount = 0")
        self.env["pso.audit.correction"].create(
            {
                "measurement_id": self.pso.id,
                "kind": "total_fte",
                "amount": 1,
                "reason": "Miscounted",
                "source": "Finding 1",
                "auditor": "Auditor",
            }
        )
        self.assertEqual(self.pso.seal_number, 2)
        self.assertNamed("Supplier", "changed")

    def test_corrections_of_the_auditor(self):
        correction = self.env["pso.audit.correction"].create(
            {
                "measurement_id": self.pso.id,
                "kind": "total_fte",
                "amount": 1,
                "reason": "Miscounted",
                "source": "Finding 1",
                "auditor": "Auditor",
            }
        )
        self.assertIntact()
        self.sql("ALTER TABLE pso_audit_correction DISABLE TRIGGER USER")
        self.sql(
            "UPDATE pso_audit_correction SET amount = 2 WHERE id = %s", correction.id
        )
        self.assertNamed(correction.id, "changed")
        self.sql("DELETE FROM pso_audit_correction WHERE id = %s", correction.id)
        self.assertNamed(correction.id, "missing")


@tagged("post_install", "-at_install")
class TestUpgrade(SealCase):
    def test_locked_before(self):
        """What was locked before there were seals is sealed as found, once."""
        self.sql("ALTER TABLE pso_seal DISABLE TRIGGER USER")
        self.sql("DELETE FROM pso_seal WHERE company_id = %s", self.company.id)
        self.sql("DELETE FROM pso_locked_index WHERE measurement_id = %s", self.pso.id)
        self.sql("ALTER TABLE pso_seal ENABLE TRIGGER USER")
        self.assertIn("has no seal", self.findings()[0])
        self.pso._seal("upgrade")
        self.assertEqual((self.pso.revision, self.pso.seal_number), (1, 1))
        self.assertEqual(self.findings(), [])


@tagged("post_install", "-at_install")
class TestWhoVerifies(SealCase):
    def test_dialog(self):
        action = self.pso.with_user(self.manager).action_verify_seal()
        self.assertTrue(action["context"]["default_is_intact"])
        self.assertEqual(action["context"]["default_digest"], self.pso.seal_digest)
        self.sql(f"UPDATE {SUPPLIER} SET amount = 0")
        action = self.pso.with_user(self.manager).action_verify_seal()
        self.assertFalse(action["context"]["default_is_intact"])
        self.assertIn("in 2025", action["context"]["default_findings"])
        action = self.env["pso.seal"].with_user(self.manager).action_verify()
        self.assertIn("PSO 2025: Supplier", action["context"]["default_findings"])
        dialog = (
            self.env["pso.seal.verification"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .new()
        )
        self.assertFalse(dialog.is_intact)

    def test_not_for_totals(self):
        user = self.user("pso_odoo.group_pso_user", "base.group_user")
        measured = self.pso.with_user(user)
        self.assertEqual(len(measured.seal_digest), 64)
        for attempt in (
            measured.action_verify_seal,
            self.env["pso.seal"].with_user(user).action_verify,
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_own_companies(self):
        other = self.create_company("Other")
        stranger = self.user("pso_odoo.group_pso_manager", companies=other)
        seals = self.env(user=stranger, context={})["pso.seal"]
        self.assertFalse(seals.search([]))
        with self.assertRaises(AccessError):
            self.pso.with_env(seals.env).action_verify_seal()

    def test_content_of_companies_one_does_not_work_in(self):
        """Who may not see a measurement does not read its figures in the seal."""
        other = self.create_company("Other")
        measured = self.env["pso.measurement"].create(
            {"company_ids": [(6, 0, [self.company.id, other.id])]}
        )
        measured.action_lock()
        measured.action_unlock()
        seals = self.env["pso.seal"].search([("record", "=", measured.id)], order="id")
        both = self.user("pso_odoo.group_pso_manager", companies=self.company | other)
        for user, is_shown in ((both, True), (self.manager, False)):
            with self.subTest(is_shown=is_shown):
                self.env.invalidate_all()
                locked, unlocked = seals.with_user(user)
                self.assertEqual("total_fte" in (locked.content or ""), is_shown)
                self.assertIn("findings", unlocked.content)
                with self.assertRaises(AccessError):
                    locked.read(["manifest"])
        with patch(
            "odoo.addons.pso_odoo.models.audit.sealed_content.LONGEST_FIGURE", 1
        ):
            measured.action_lock()
        self.env.invalidate_all()
        [seal, *_] = self.env["pso.seal"].search([("record", "=", measured.id)])
        self.assertIn("total_fte", seal.with_user(both).content)
        self.assertFalse(seal.with_user(self.manager).content)

    def test_a_company_of_which_the_log_alone_knows(self):
        number = self.create_company("Gone").id
        log = self.env["pso.log"]
        company = self.env["res.company"].browse(number)
        log._note("lock", "pso.measurement", 1, "PSO 2025", company=company)
        with redirect_stdout(io.StringIO()) as told:
            PsoVerify()._verify_companies(self.env)
        self.assertIn("Gone\n  Seals    0", told.getvalue())
        self.assertIn("CHANGED", told.getvalue().partition("Gone")[2])

    def test_command(self):
        """It ends with what a script can go by."""
        database = get_db_name()
        for name, code, word in (
            ("postgres", 2, "not a database of Odoo"),
            ("pso_base", 2, "not installed"),
            ("pso_missing", 2, "does not exist"),
            (database, None, ""),
        ):
            run = subprocess.run(
                [sys.executable, "-m", "odoo", "pso_verify", "-d", name],
                capture_output=True,
                text=True,
                check=False,
                env=os.environ,
            )
            with self.subTest(database=name):
                self.assertIn(word, run.stderr)
                if code is None:
                    has_changes = "CHANGED" in run.stdout
                    self.assertEqual(run.returncode, int(has_changes), run.stderr)
                else:
                    self.assertEqual(run.returncode, code)


@tagged("post_install", "-at_install")
class TestTwoAtOnce(BaseCase):
    """Two managers lock two measurements of one company, by two connections."""

    def setUp(self):
        super().setUp()
        with self.connection() as env:
            company = env["res.company"].search([], limit=1)
            period = {"company_id": company.id, "date_start": "2025-01-01"}
            measurements = env["pso.measurement"].create(
                [
                    period | {"date_end": "2025-06-30", "name": "First"},
                    period | {"date_end": "2025-12-31", "name": "Second"},
                ]
            )
            self.company_id, self.ids = company.id, measurements.ids
            env.cr.commit()
        self.addCleanup(self.remove)

    @contextmanager
    def connection(self):
        cr = db_connect(get_db_name()).cursor()
        try:
            yield api.Environment(cr, SUPERUSER_ID, {})
        finally:
            cr.close()

    def measurements(self, env):
        return env["pso.measurement"].browse(self.ids)

    def remove(self):
        with self.connection() as env:
            measurements = self.measurements(env)
            measurements.action_unlock()
            measurements.unlink()
            env.cr.commit()

    def numbers(self, env):
        seals = env["pso.seal"].search(
            [("company_id", "=", self.company_id)], order="number"
        )
        return seals.mapped("number")

    def test_the_second_is_told_at_once(self):
        with self.connection() as env, self.connection() as other:
            first, _second = self.measurements(env)
            _first, second = self.measurements(other)
            first.action_lock()
            env.flush_all()
            other.cr.execute("SET lock_timeout = '100ms'")
            with self.assertRaisesRegex(UserError, "somebody else is locking"):
                second.action_lock()
            other.cr.rollback()
            env.cr.commit()
            second.action_lock()
            other.cr.commit()
            other.invalidate_all()
            self.assertEqual(second.seal_number, first.seal_number + 1)
            numbers = self.numbers(other)
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
            found = other["pso.seal"]._verify(self.company_id, self.measurements(other))
            self.assertEqual(found.findings, [])

    def test_a_seal_since_the_transaction_began(self):
        """It does not get a number twice: the database has Odoo try again."""
        with self.connection() as env, self.connection() as other:
            first, _second = self.measurements(env)
            _first, second = self.measurements(other)
            self.assertFalse(second.is_locked)  # its snapshot
            first.action_lock()
            env.cr.commit()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(errors.SerializationFailure),
            ):
                second.action_lock()

    def test_other_companies_do_not_wait(self):
        with self.connection() as env, self.connection() as other:
            company = other["res.company"].create({"name": "Elsewhere"})
            elsewhere = other["pso.measurement"].create({"company_id": company.id})
            self.measurements(env)[0].action_lock()
            env.flush_all()
            other.cr.execute("SET lock_timeout = '100ms'")
            elsewhere.action_lock()
            self.assertEqual(elsewhere.seal_number, 1)
            other.cr.rollback()
