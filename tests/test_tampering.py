"""Ways to tamper with a locked year by SQL, made by machine: each is found.

The forger has the database and the code, and switches constraints and triggers off; the
key he does not have. What is not found stands in NOT_PROMISED, and with its reason in
docs/audit-trail.md.
"""

import json
import os
import re
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from common import PsoCase, whole_page
from tally import tell

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.pso_odoo.models.audit.pso_locked_words import WORDS
from odoo.addons.pso_odoo.models.audit.pso_seal import SEALED_NOW
from odoo.addons.pso_odoo.models.common import pso_log
from odoo.addons.pso_odoo.tools import sealing
from odoo.addons.pso_odoo.tools.sealing import VARIABLE, Keys, digest_of

KEY = "the key of this test is long enough"
DOCS = Path(__file__).parent.parent / "docs/audit-trail.md"
STAMPS = ("create_uid", "create_date", "write_uid", "write_date")
# (table, column): what is not found, by the heading of docs/audit-trail.md.
STAMP = "Stamps of Odoo"
NUMBER = "Numbers of rows"
NOTE = "Note and messages"
OPEN = "An open file review"
NOT_PROMISED = {
    ("pso_measurement", "note"): NOTE,
    ("pso_locked_index", "rows"): NUMBER,
    **{
        (table, "id"): NUMBER
        for table in (
            "pso_locked_person_line",
            "pso_locked_check",
            "pso_locked_index",
            "pso_quality_answer",
            "pso_sample_line",
            "pso_seal",
            "pso_log_link",
            "pso_log_head",
        )
    },
}
OTHER = {
    "character varying": "COALESCE({0}, '') || 'x'",
    "text": "COALESCE({0}, '') || 'x'",
    "integer": "COALESCE({0}, 0) + 1000003",
    "numeric": "COALESCE({0}, 0) * 0.5 + 0.1",
    "double precision": "COALESCE({0}, 0) * 0.5 + 0.1",
    "date": "COALESCE({0}, DATE '2025-03-03') + 1",
    "boolean": "NOT COALESCE({0}, FALSE)",
    "timestamp without time zone": "COALESCE({0}, now()) + interval '1 day'",
    "jsonb": 'COALESCE({0}, \'{{}}\') || \'{{"forged": "x", "en_US": "Forged"}}\'',
}
# What a locked year, the log and a file review show, and which row is tried.
OWN = {
    "pso_measurement": "id = %(measurement)s",
    "pso_measurement_res_company_rel": "pso_measurement_id = %(measurement)s",
    "pso_locked_person_line": "measurement_id = %(measurement)s AND kind = 'group'",
    "pso_locked_supplier_line": "measurement_id = %(measurement)s",
    "pso_locked_check": "measurement_id = %(measurement)s",
    "pso_locked_index": "measurement_id = %(measurement)s AND part = 'people'",
    "pso_correction": "measurement_id = %(measurement)s",
    "pso_quality_answer": "measurement_id = %(measurement)s",
    "pso_audit_correction": "measurement_id = %(measurement)s",
    "pso_seal": "company_id = %(company)s AND number = 2",
    "pso_log": "company_id = %(company)s AND event = 'import'",
    "pso_log_link": "company_id = %(company)s AND number = 2",
    "pso_log_head": "company_id = %(company)s",
    "pso_sample": "id = %(sample)s",
    "pso_sample_line": "sample_id = %(sample)s",
}
# Of core, and of the rule book: what WORDS has of them.
WORD_ROWS = {
    "pso.level": "id = %(level)s",
    "pso.edition": "id = %(edition)s",
    "pso.target.group": "id = %(group)s",
    "pso.contract.form": "id = %(form)s",
    "pso.check.type": "id = (SELECT MIN(type_id) FROM pso_locked_check "
    "WHERE measurement_id = %(measurement)s)",
    "hr.department": "id = %(department)s",
    "hr.work.location": "id = %(location)s",
    "res.partner": "id = %(partner)s",
    "res.company": "id = %(company)s",
    "res.users": "id = %(user)s",
    "res.currency": "id = %(currency)s",
}
MOVE = "UPDATE {table} SET company_id = %(elsewhere)s WHERE {column} = %(measurement)s"
KEPT = ("pso_seal", "pso_log", "pso_log_link", "pso_audit_correction")


class Taken(Exception):
    """Takes back what a way has done."""


@tagged("post_install", "-at_install")
class TestTampering(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.dict(os.environ, {VARIABLE: KEY}))
        # All is noted in this transaction, which sees no other.
        cls.enterClassContext(patch.object(pso_log, "BEFORE_READING", set()))
        cls.manager = cls.user(
            "pso_odoo.group_pso_manager", "pso_odoo.group_pso_hr", "base.group_user"
        )
        cls.department = cls.env["hr.department"].create({"name": "Yard"})
        cls.location = cls.env["hr.work.location"].create(
            {"name": "Dock", "address_id": cls.company.partner_id.id}
        )
        for hours in (40, 32, 20):
            cls.status(
                cls.employee(
                    hours,
                    department_id=cls.department.id,
                    work_location_id=cls.location.id,
                ),
                evidence_state="verified",
            )
        cls.partner = cls.social_vendor(name="Frobnicate Works")
        cls.bill(cls.partner, 100)
        cls.pso, cls.other = cls.year(), cls.year("2025-06-30")
        cls.sample = cls.review(cls.pso)
        cls.open_sample = cls.review(cls.other, closes=False)
        log = cls.env["pso.log"]
        log._note("import", "pso.status", count=3, company=cls.company)
        log._note("export", "pso.measurement", cls.pso.id, company=cls.company)
        cls.link()
        cls.elsewhere = cls.create_company("Elsewhere")
        cls.values = {
            "measurement": cls.pso.id,
            "other": cls.other.id,
            "company": cls.company.id,
            "elsewhere": cls.elsewhere.id,
            "sample": cls.sample.id,
            "level": cls.ref("level_step1").id,
            "edition": cls.edition.id,
            "group": cls.ref("group_wajong").id,
            "form": cls.ref("form_regular").id,
            "department": cls.department.id,
            "location": cls.location.id,
            "partner": cls.partner.id,
            "user": cls.manager.id,
            "currency": cls.company.currency_id.id,
        }
        cls.lift_constraints()

    @classmethod
    def lift_constraints(cls):
        """As the owner of the tables can: nothing refers to anything any more."""
        cls.env.flush_all()
        tables = [*OWN, *(cls.env[model]._table for model in WORDS)]
        cls.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cls.env.cr.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint "
            "WHERE contype = 'f' AND (conrelid::regclass::text = ANY(%s) "
            "OR confrelid::regclass::text = ANY(%s))",
            (tables, tables),
        )
        for table, name in cls.env.cr.fetchall():
            cls.env.cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')

    def keepers(self, state):
        for table in KEPT:
            self.sql(f"ALTER TABLE {table} {state} TRIGGER USER")

    @classmethod
    def year(cls, end="2025-12-31"):
        """A locked measurement with a row of every kind, corrected by the auditor."""
        measured = cls.measurement(end=end, payroll_fte=2)
        cls.env["pso.correction"].create(
            {
                "measurement_id": measured.id,
                "kind": "purchases",
                "partner_id": cls.partner.id,
                "date": "2025-05-05",
                "amount": 10,
                "reason": "Branch",
                "source": "Ledger",
            }
        )
        measured.quality_ids[0].write({"answer": "met", "explanation": "Seen"})
        measured.with_user(cls.manager).action_lock()
        for amount in (1, -0.5):
            cls.env["pso.audit.correction"].with_user(cls.manager).create(
                {
                    "measurement_id": measured.id,
                    "kind": "total_fte",
                    "amount": amount,
                    "reason": "Miscounted",
                    "source": "Finding 1",
                    "auditor": "Auditor",
                }
            )
        return measured

    @classmethod
    def review(cls, measured, closes=True):
        sample = cls.env["pso.sample"].create(
            {"measurement_id": measured.id, "size": 2, "seed": "the auditor's seed"}
        )
        sample.action_draw()
        sample.line_ids.sudo().write({"file_state": "complete", "remark": "Seen"})
        if closes:
            sample.action_close()
        return sample

    @classmethod
    def link(cls):
        """What is done after each commit, of which a test has none."""
        cls.env.flush_all()
        cls.env["pso.log.link"]._link(cls.env.cr, cls.company.id, None)

    # -- trying -------------------------------------------------------------------

    def findings(self, company=None):
        self.env.invalidate_all()
        return self.env["pso.seal"]._verify((company or self.company).id).findings

    @contextmanager
    def taken_back(self):
        with self.assertRaises(Taken), self.env.cr.savepoint():
            yield
            raise Taken
        self.env.invalidate_all()

    def sql(self, statement, **values):
        self.env.cr.execute(statement, self.values | values)

    def tamper(self, *statements, company=None, **values):
        """The findings after statements, of which the last changes something."""
        with self.taken_back():
            self.keepers("DISABLE")
            for statement in statements:
                self.sql(statement, **values)
            if not statement.startswith("TRUNCATE"):
                self.assertGreater(self.env.cr.rowcount, 0, statement)
            self.keepers("ENABLE")
            found = self.findings(company)
        return found

    def assertFound(self, kind, *statements, **values):
        self.tally[kind] += 1
        with self.subTest(kind=kind, statements=statements):
            self.assertTrue(self.tamper(*statements, **values))

    def setUp(self):
        super().setUp()
        self.tally = Counter()

    def tearDown(self):
        if self.tally:
            tell(
                f"tampering, {self._testMethodName}: {sum(self.tally.values())} ways"
                f" ({', '.join(f'{k} {n}' for k, n in sorted(self.tally.items()))})"
            )
        super().tearDown()

    def columns(self, table):
        self.sql(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = %(table)s ORDER BY 1",
            table=table,
        )
        return self.env.cr.fetchall()

    def row(self, table, condition):
        """SQL: one row of a table."""
        return (
            f"ctid = (SELECT ctid FROM {table} WHERE {condition} ORDER BY ctid LIMIT 1)"
        )

    # -- the ways -----------------------------------------------------------------

    def test_untouched(self):
        self.assertEqual(self.findings(), [])
        self.assertEqual(self.findings(self.elsewhere), [])
        found = self.env["pso.seal"]._verify(self.company.id)
        self.assertEqual((found.notes, list(found.limits)), ([], []))

    def test_every_column(self):
        """Of every row that is shown: to another value."""
        tried = set()
        for table, condition in OWN.items():
            row = self.row(table, condition)
            for column, kind in self.columns(table):
                if column in STAMPS or (table, column) in NOT_PROMISED:
                    continue
                value = OTHER[kind].format(column)
                with self.subTest(table=table, column=column):
                    self.assertFound(
                        "column", f"UPDATE {table} SET {column} = {value} WHERE {row}"
                    )
                tried.add((table, column))
        self.assertGreaterEqual(len(tried), 150)

    def test_what_is_not_promised(self):
        """It stands in the docs, with its reason; and it is not found indeed."""
        text = DOCS.read_text()
        headings = {STAMP, *NOT_PROMISED.values(), OPEN}
        for heading in headings:
            self.assertIn(f"| {heading} |", text)
        for table, column in NOT_PROMISED:
            kinds = dict(self.columns(table))
            value = OTHER[kinds[column]].format(column)
            row = self.row(table, OWN[table])
            with self.subTest(table=table, column=column):
                self.assertEqual(
                    self.tamper(f"UPDATE {table} SET {column} = {value} WHERE {row}"),
                    [],
                )
        # Who reviews goes on until it is closed.
        self.assertEqual(
            self.tamper(
                "UPDATE pso_sample_line SET file_state = 'incomplete' "
                "WHERE sample_id = %(open)s",
                open=self.open_sample.id,
            ),
            [],
        )

    def test_every_word(self):
        """Names, order and severity of what is shown with it."""
        self.assertEqual(set(WORD_ROWS), set(WORDS))
        for model, condition in WORD_ROWS.items():
            table = self.env[model]._table
            kinds = dict(self.columns(table))
            for column in WORDS[model]:
                value = OTHER[kinds[column]].format(column)
                self.assertFound(
                    "word", f"UPDATE {table} SET {column} = {value} WHERE {condition}"
                )
            self.assertFound("gone", f"DELETE FROM {table} WHERE {condition}")

    def test_rows(self):
        """Deleted, all deleted, doubled, and moved to another measurement."""
        for table, condition in OWN.items():
            row = self.row(table, condition)
            self.assertFound("row deleted", f"DELETE FROM {table} WHERE {row}")
            self.assertFound("all deleted", f"DELETE FROM {table} WHERE {condition}")
            if table not in ("pso_measurement", "pso_sample"):
                self.assertFound("truncated", f"TRUNCATE {table}")
            columns = [column for column, _kind in self.columns(table)]
            names = ", ".join(column for column in columns if column != "id")
            if "id" in columns and table not in (
                "pso_measurement",
                "pso_locked_index",
                "pso_log_head",
                "pso_log_link",
                "pso_seal",
                "pso_quality_answer",
                "pso_sample",
                "pso_sample_line",
            ):
                self.assertFound(
                    "row doubled",
                    f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} "
                    f"WHERE {row}",
                )
            if "measurement_id" in columns and table not in (
                # Each measurement has one of a kind, or a number of its own.
                "pso_locked_index",
                "pso_locked_check",
                "pso_quality_answer",
                "pso_sample",
            ):
                self.assertFound(
                    "row moved",
                    f"UPDATE {table} SET measurement_id = %(other)s WHERE {row}",
                )

    def test_figures(self):
        """Each key of the locked figures: another value, and none."""
        self.sql(
            "SELECT jsonb_object_keys(locked_figures) FROM pso_measurement "
            "WHERE id = %(measurement)s"
        )
        keys = [key for (key,) in self.env.cr.fetchall()]
        self.assertGreater(len(keys), 20)
        change = (
            "UPDATE pso_measurement SET locked_figures = {0} WHERE id = %(measurement)s"
        )
        for key in keys:
            self.assertFound(
                "figure changed",
                change.format("jsonb_set(locked_figures, ARRAY[%(key)s], '[77.5]')"),
                key=key,
            )
            self.assertFound(
                "figure removed", change.format("locked_figures - %(key)s"), key=key
            )
        self.assertFound("figure changed", change.format("NULL"))

    def test_keepers(self):
        """Triggers that are off, dropped or bent."""
        for table in KEPT:
            for statement in (
                f"ALTER TABLE {table} DISABLE TRIGGER USER",
                f"ALTER TABLE {table} DISABLE TRIGGER {table}_kept",
                f"ALTER TABLE {table} ENABLE REPLICA TRIGGER {table}_kept_all",
                f"DROP TRIGGER {table}_kept ON {table}",
                f"DROP FUNCTION {table}_is_kept CASCADE",
                f"CREATE OR REPLACE FUNCTION {table}_is_kept() RETURNS trigger "
                "LANGUAGE plpgsql AS $$ BEGIN RETURN COALESCE(NEW, OLD); END $$",
                f"CREATE OR REPLACE TRIGGER {table}_kept BEFORE UPDATE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_is_kept()",
                f"CREATE RULE quiet AS ON INSERT TO {table} DO INSTEAD NOTHING",
            ):
                self.tally["trigger"] += 1
                with self.subTest(statement=statement), self.taken_back():
                    self.sql(statement)
                    self.assertTrue(self.findings())

    # -- the forger who knows the code ------------------------------------------

    def test_with_the_whole_code_and_another_key(self):
        """He unlocks and locks by Odoo's own code: all agrees but the signatures."""
        real = Keys().current
        for kind, key, name in (
            ("no key", "", None),
            ("a key of his own", "the key of a forger is as long as that", None),
            ("the name of the key", "the key of a forger is as long as that", real),
        ):
            self.assertForged(kind, lambda k=key, n=name: self.lock_anew(k, n))

    def lock_anew(self, key, name):
        named = {"return_value": name} if name else {"side_effect": sealing._name}
        with (
            patch.dict(os.environ, {VARIABLE: key}),
            patch.object(sealing, "_name", **named),
        ):
            self.pso.action_unlock()
            self.pso.payroll_fte = 3
            self.pso.action_lock()
            self.link()

    def seals(self):
        return self.env["pso.seal"]._read_seals(
            SQL("company_id = %s", self.company.id)
        )[::-1]

    def write_anew(self, seals):
        """Write seals in place of those there are, with digests that follow."""
        self.sql("DELETE FROM pso_seal WHERE company_id = %(company)s")
        previous = None
        for seal in seals:
            values = {name: seal[name] for name in SEALED_NOW}
            values["previous_digest"] = previous
            previous = digest_of(values)
            self.insert(seal | values | {"digest": previous})

    def insert(self, seal):
        values = seal | {"manifest": json.dumps(seal["manifest"])}
        self.env.cr.execute(
            SQL(
                "INSERT INTO pso_seal (%s) VALUES %s",
                SQL(", ").join(map(SQL.identifier, values)),
                tuple(values.values()),
            )
        )

    def assertForged(self, kind, change, company=None):
        """What a function does without the key is found."""
        self.tally[kind] += 1
        with self.subTest(kind=kind), self.taken_back():
            self.keepers("DISABLE")
            change()
            self.keepers("ENABLE")
            self.assertTrue(self.findings(company))

    def test_resealed(self):
        """Figures changed, and each seal that could say so forged for it."""
        for event in ("lock", "upgrade", "correct", "unlock", "delete"):
            for key in ("theirs", None, "0123456789abcdef"):
                for with_log in (False, True):
                    self.assertForged(
                        f"{event} appended",
                        lambda e=event, k=key, w=with_log: self.append(e, k, w),
                    )

    def append(self, event, key, with_log):
        self.sql(
            "UPDATE pso_measurement SET locked_figures = jsonb_set(locked_figures, "
            "'{total_fte}', '99') WHERE id = %(measurement)s"
        )
        seals = self.seals()
        own = [s for s in seals if s["record"] == self.pso.id and not s["sample"]][-1]
        manifest = json.loads(json.dumps(own["manifest"]))
        manifest["figures"]["total_fte"] = "99"
        seal = own | {
            "event": event,
            "number": seals[-1]["number"] + 1,
            "revision": own["revision"] + (event == "lock"),
            "previous_digest": seals[-1]["digest"],
            "manifest": manifest,
            "key": own["key"] if key == "theirs" else key,
            "signature": own["signature"] if key else None,
        }
        seal["digest"] = digest_of({name: seal[name] for name in SEALED_NOW})
        self.insert(seal)
        if with_log:
            self.note(event, seal["digest"])

    def note(self, event, digest):
        """A line of the log, as far as one can make one without the key."""
        with patch.dict(os.environ, {VARIABLE: ""}):
            self.env["pso.log"]._note(
                event,
                "pso.measurement",
                self.pso.id,
                self.pso.name,
                company=self.company,
                reference=digest,
            )
            self.link()

    def test_every_value_of_every_seal(self):
        """Changed, and the whole chain written anew with digests that follow."""
        for number in range(len(self.seals())):
            for name in SEALED_NOW:
                if name not in ("previous_digest", "company_id", "number"):
                    self.assertForged(
                        "chain written anew",
                        lambda n=number, c=name: self.rewrite(n, c),
                    )

    def rewrite(self, number, name):
        seals = self.seals()
        value = seals[number][name]
        other = {"manifest": {"format": 2}, "date": "2025-01-01T00:00:00"}.get(name)
        if other is None:
            other = (value or 0) + 1 if isinstance(value, int | None) else f"{value}x"
        seals[number][name] = "0123456789abcdef" if name == "key" else other
        self.write_anew(seals)

    def test_the_form_of_an_earlier_version(self):
        """A chain without keys, as an earlier version made them."""

        def downgrade():
            seals = self.seals()
            for seal in seals[-2:]:
                seal["manifest"]["format"] = 1
                seal |= {"key": None, "signature": None}
            self.write_anew(seals)

        self.assertForged("downgraded", downgrade)

        def unsigned():
            seals = self.seals()
            for seal in seals[-1:]:
                seal |= {"key": None, "signature": None}
            self.write_anew(seals)

        self.assertForged("unsigned", unsigned)

    def test_cut_off(self):
        """The last seals, with their lines in the log, its links, or all of it."""
        log = (
            "DELETE FROM pso_log WHERE company_id = %(company)s AND reference IN ("
            "SELECT digest FROM pso_seal WHERE company_id = %(company)s "
            "AND number > %(number)s)"
        )
        links = (
            "DELETE FROM pso_log_link WHERE company_id = %(company)s AND line NOT IN ("
            "SELECT id FROM pso_log)"
        )
        head = "DELETE FROM pso_log_head WHERE company_id = %(company)s"
        seals = (
            "DELETE FROM pso_seal WHERE company_id = %(company)s "
            "AND number > %(number)s"
        )
        last = len(self.seals())
        for number in range(last - 1, 0, -1):
            for statements in (
                (seals,),
                (log, seals),
                (log, links, seals),
                (log, links, head, seals),
            ):
                self.assertFound("cut off", *statements, number=number)

    def test_the_log(self):
        """Cut short, with what holds it; lines put in; looks that were never noted."""
        cut = (
            "DELETE FROM pso_log WHERE company_id = %(company)s AND id > ("
            "SELECT MIN(id) FROM pso_log WHERE company_id = %(company)s) + %(more)s"
        )
        links = (
            "DELETE FROM pso_log_link WHERE company_id = %(company)s AND line NOT IN ("
            "SELECT id FROM pso_log)"
        )
        back = (
            "UPDATE pso_log_head SET number = (SELECT MAX(number) FROM pso_log_link "
            "WHERE company_id = %(company)s), link_digest = (SELECT digest FROM "
            "pso_log_link WHERE company_id = %(company)s ORDER BY number DESC LIMIT 1) "
            "WHERE company_id = %(company)s"
        )
        head = "DELETE FROM pso_log_head WHERE company_id = %(company)s"
        for more in range(4):
            for statements in ((cut,), (cut, links), (cut, links, back), (cut, head)):
                self.assertFound("log cut", *statements, more=more)
        oldest = (
            "DELETE FROM pso_log WHERE id = (SELECT MIN(id) FROM pso_log "
            "WHERE company_id = %(company)s)"
        )
        self.assertFound("log shortened", oldest)
        self.assertFound("log shortened", oldest, links)
        for event in ("look", "erase", "anonymise", "reword", "lock", "draw"):
            self.assertFound(
                "line put in",
                "INSERT INTO pso_log (date, uid, login, company_id, event) VALUES "
                f"(now(), 1, 'x', %(company)s, '{event}')",
            )
            self.assertForged("line put in", lambda e=event: self.note(e, "x"))
        self.assertFound(
            "lines swapped",
            "UPDATE pso_log SET login = 'x' || login WHERE company_id = %(company)s",
        )
        self.assertFound(
            "line moved to another company",
            "UPDATE pso_log SET company_id = %(elsewhere)s WHERE event = 'import' "
            "AND company_id = %(company)s",
        )

    def test_moved(self):
        """A measurement in another company, whichever of the two is verified."""
        move = MOVE.format(table="pso_measurement", column="id")
        live = "UPDATE pso_measurement SET state = 'live' WHERE id = %(measurement)s"
        seals = MOVE.format(table="pso_seal", column="record")
        log = MOVE.format(table="pso_log", column="record")
        for company in (self.company, self.elsewhere):
            for statements in ((move,), (move, live), (seals,), (seals, log)):
                self.assertFound("moved", *statements, company=company)
        self.assertFound("moved", move, seals, log)
        self.assertFound("moved", move, seals, log, company=self.elsewhere)

    def test_moved_after_unlocking(self):
        """What is live is not sealed, but it stays where its seals are."""
        self.pso.action_unlock()
        self.link()
        self.assertEqual(self.findings(), [])
        move = MOVE.format(table="pso_measurement", column="id")
        for company in (self.company, self.elsewhere):
            self.assertFound("moved live", move, company=company)
        self.assertFound(
            "live gone", "DELETE FROM pso_measurement WHERE id = %(measurement)s"
        )
        self.assertFound(
            "locked again",
            "UPDATE pso_measurement SET state = 'locked' WHERE id = %(measurement)s",
        )

    def test_file_reviews(self):
        for statements in (
            ("DELETE FROM pso_sample WHERE id = %(sample)s",),
            (
                "DELETE FROM pso_sample_line WHERE sample_id = %(sample)s",
                "DELETE FROM pso_sample WHERE id = %(sample)s",
            ),
            ("UPDATE pso_sample SET state = 'drawn' WHERE id = %(sample)s",),
            ("UPDATE pso_sample SET state = 'draft' WHERE id = %(sample)s",),
            (
                "UPDATE pso_sample SET measurement_id = %(other)s, number = 9 "
                "WHERE id = %(sample)s",
            ),
            ("UPDATE pso_sample SET seed = 'y' WHERE measurement_id = %(other)s",),
            (
                "UPDATE pso_sample SET state = 'closed' "
                "WHERE measurement_id = %(other)s",
            ),
            (
                "UPDATE pso_sample_line SET key = 'P-000000000000' WHERE sample_id IN "
                "(SELECT id FROM pso_sample WHERE measurement_id = %(other)s) "
                "AND position = 1",
            ),
            (
                "UPDATE pso_sample_line SET position = 3 - position "
                "WHERE sample_id = %(sample)s",
            ),
            ("UPDATE pso_sample_line SET remark = NULL WHERE sample_id = %(sample)s",),
            (
                "UPDATE pso_sample_line SET employee_id = NULL "
                "WHERE sample_id = %(sample)s",
            ),
        ):
            self.assertFound("file review", *statements)

    def test_emptied(self):
        """Numbers of persons and places go with an erasure in the log alone."""
        for column in (
            "employee_id",
            "version_id",
            "status_id",
            "department_id",
            "work_location_id",
        ):
            self.assertFound(
                "emptied",
                f"UPDATE pso_locked_person_line SET {column} = NULL "
                "WHERE measurement_id = %(measurement)s",
            )

    def test_erasing_and_renaming(self):
        """What is done in Odoo is in the log, and leaves all of it valid."""
        people = self.env["hr.employee"].search(
            [("company_id", "=", self.company.id), ("pso_status_ids", "!=", False)]
        )
        people[0]._erase_pso("Consent withdrawn")
        people[1].unlink()
        for record, values in (
            (self.partner, {"name": "Renamed"}),
            (self.department, {"name": "Renamed"}),
            (self.location, {"name": "Renamed"}),
            (self.company, {"name": "Renamed"}),
            (self.manager, {"name": "Renamed"}),
            (self.edition, {"name": "Renamed"}),
            (self.ref("level_step1"), {"name": "Renamed", "sequence": 99}),
            (self.ref("group_wajong"), {"name": "Renamed"}),
            (self.ref("form_regular"), {"name": "Renamed"}),
            (self.pso.check_ids.type_id[0], {"severity": "info", "name": "Renamed"}),
            (self.company.currency_id, {"symbol": "?"}),
        ):
            record.write(values)
        self.link()
        found = self.env["pso.seal"]._verify(self.company.id)
        self.assertEqual(found.findings, [])
        self.assertGreaterEqual(len(found.notes), 11)
        self.department.unlink()
        self.env.flush_all()
        self.link()
        self.assertEqual(self.findings(), [])

    def test_what_the_outputs_read(self):
        """Every table that workbook, report and dashboard of a locked year read is
        sealed, or it is said why it need not be."""
        read = set()
        execute = type(self.env.cr).execute

        def listen(cursor, query, *args, **kwargs):
            code = query.code if isinstance(query, SQL) else str(query)
            read.update(re.findall(r'(?:FROM|JOIN)\s+"?([a-z_]+)"?', code))
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        measured = self.pso.with_user(self.manager)
        with patch.object(type(self.env.cr), "execute", listen):
            measured._workbook()
            self.env["ir.actions.report"]._render_qweb_html(
                "pso_odoo.report_measurement", self.pso.ids
            )
            dashboard = self.env["pso.dashboard"].with_user(self.manager)
            whole_page(dashboard, f"measurement-{self.pso.id}")
        tables = {
            model._table
            for model in self.env.values()
            if model._auto and not model._abstract
        }
        sealed = {*OWN, *(self.env[model]._table for model in WORDS)}
        text = DOCS.read_text()
        rest = sorted((read & tables) - sealed)
        rest = [
            table for table in rest if not table.startswith(("ir_", "mail_", "bus_"))
        ]
        unsaid = [table for table in rest if f"`{table}`" not in text]
        self.assertEqual(unsaid, [])
        self.assertTrue({"pso_measurement", "pso_locked_supplier_line"} <= read)
        tell(f"tampering: {len(read & tables)} tables read, {len(rest)} not sealed")
