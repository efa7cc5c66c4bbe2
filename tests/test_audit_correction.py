"""The auditor's corrections: beside what was submitted, and never instead of it."""

import random
from contextlib import contextmanager
from io import BytesIO

from common import PsoCase
from psycopg2 import DatabaseError
from psycopg2.errors import SerializationFailure
from test_long_work import connection
from test_pdf import ReportCase
from test_workbook import BusyCompany, Workbook, recalculate

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, Form, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from odoo.addons.pso_odoo.models.audit.pso_measurement_audited import SHOWN
from odoo.addons.pso_odoo.tools.score import Facts, compute, exact

USER, PURCHASE, HR, MANAGER = (
    f"pso_odoo.group_pso_{name}" for name in ("user", "purchase", "hr", "manager")
)
LINE = {"reason": "Not shown", "source": "Finding 3", "auditor": "Auditor B.V."}
# The kinds that a live measurement can be corrected by, too.
SHARED = ("total_fte", "direct_fte")


def corrected_figures(measurement):
    """The figures as corrected, as fields have them: levels as records."""
    figures, levels = measurement._audited_figures(), measurement.env["pso.level"]
    return {
        name: levels.browse(figures.get(name) or ())
        if kind == "level"
        else figures.get(name, False)
        for name, kind in SHOWN.items()
    }


class AuditCase(PsoCase):
    """A locked measurement of 20 fte, of which 3 in the target group."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["hr.employee"].concat(*(cls.employee() for _ in range(20)))
        for person in cls.people[:3]:
            cls.status(person, evidence_state="verified")
        cls.bill(cls.social_vendor(), 100)
        cls.pso = cls.measurement()
        cls.pso.action_lock()
        cls.manager = cls.user(MANAGER)

    def correct(self, kind="direct_fte", amount=-1, measurement=None, **vals):
        measurement = measurement or self.pso
        return self.env["pso.audit.correction"].create(
            {"measurement_id": measurement.id, "kind": kind, "amount": amount}
            | LINE
            | vals
        )

    def submitted(self, measurement=None):
        measurement = measurement or self.pso
        measurement.invalidate_recordset()
        return {name: measurement[name] for name in SHOWN}

    def corrected(self, measurement=None):
        measurement = measurement or self.pso
        measurement.invalidate_recordset()
        return corrected_figures(measurement)

    def assertSameFigures(self, some, others):
        for name, value in some.items():
            if isinstance(value, float):
                self.assertAlmostEqual(value, others[name], 9, name)
            else:
                self.assertEqual(value, others[name], name)


@tagged("post_install", "-at_install")
class TestFigures(AuditCase):
    def test_by_hand(self):
        """3 of 20 fte become 2 of 25, with 0.5 fte of purchases beside them."""
        before = self.submitted()
        self.correct("direct_fte", -1)
        self.correct("total_fte", 5)
        self.correct("indirect_fte", 0.25)
        after = self.corrected()
        self.assertEqual(after["total_fte"], 25)
        self.assertEqual(after["direct_percentage"], 8)
        self.assertAlmostEqual(after["indirect_percentage"], 75 / 25.75)
        self.assertEqual(self.submitted(), before)
        self.assertEqual(self.pso.total_percentage, before["total_percentage"])

    def test_without_corrections_nothing_differs(self):
        self.assertEqual(self.submitted(), self.corrected())
        self.assertFalse(self.pso.audit_mark)

    def test_live_has_none(self):
        live = self.measurement("2024-01-01", "2024-12-31")
        self.assertFalse(any(self.corrected(live).values()))
        self.assertFalse(live.audit_table)

    def test_as_the_formula_says(self):
        """Random corrections, against the formula over the corrected facts."""
        dice = random.Random(5)
        for number in range(40):
            amounts = {
                "total_fte": dice.choice((0, 1, -3, 0.1, 85.3)),
                "direct_fte": round(dice.uniform(-3, 8), dice.randint(0, 6)),
                "indirect_fte": dice.choice((0, -0.5, 0.3, 12)),
                "pso30_fte": round(dice.uniform(0, 6), 3),
            }
            with self.subTest(number, **amounts), self.env.cr.savepoint() as savepoint:
                for kind, amount in amounts.items():
                    if amount:
                        self.correct(kind, amount)
                facts = Facts(
                    exact(20.0) + exact(amounts["total_fte"]),
                    exact(3.0) + exact(amounts["direct_fte"]),
                    exact(0.5) + exact(amounts["indirect_fte"]),
                )
                score = compute(facts, self.edition._ladder())
                total = float(facts.total_fte)
                pso30 = 100 * (3 + amounts["pso30_fte"]) / total
                is_top = score.level and not score.next_level
                expected = {
                    "total_fte": total,
                    "direct_percentage": float(score.direct),
                    "indirect_counted_percentage": float(score.counted),
                    "total_percentage": float(score.total),
                    "level_id": score.level or self.env["pso.level"],
                    "next_level_id": score.next_level or self.env["pso.level"],
                    "gap_percentage": float(score.gap or 0),
                    "gap_fte": float(score.gap_fte or 0),
                    "pso30_percentage": pso30,
                    "is_pso30": bool(is_top) and pso30 >= 30 - 1e-9,
                }
                self.assertSameFigures(expected, self.corrected())
                self.env.flush_all()
                savepoint.rollback()
                self.env.invalidate_all()

    def test_as_a_live_measurement_says(self):
        """What one corrects before the lock makes the same as what the auditor does."""
        dice = random.Random(7)
        for number in range(15):
            amounts = {"total_fte": dice.randint(0, 300), "direct_fte": dice.random()}
            twin = self.measurement()
            for kind in SHARED:
                vals = {"measurement_id": twin.id, "kind": kind}
                vals |= {"amount": amounts[kind], "reason": "Twin", "source": "Twin"}
                self.env["pso.correction"].create(vals)
                if amounts[kind]:
                    self.correct(kind, amounts[kind])
            with self.subTest(number, **amounts):
                self.assertSameFigures(self.submitted(twin), self.corrected())
            for kind in SHARED:
                if amounts[kind]:
                    self.correct(kind, -amounts[kind])
            self.assertSameFigures(self.submitted(), self.corrected())
            twin.unlink()

    def test_an_error_percentage_changes_nothing(self):
        self.correct("error_percentage", 4)
        self.correct("error_percentage", 6.5)
        self.assertEqual(self.submitted(), self.corrected())
        self.assertEqual(self.pso.audit_error_percentage, 6.5)

    def test_the_rule_book_changed_since(self):
        """Held against the norms of the lock, and not those of today."""
        self.edition.indirect_max_share = 0.01
        self.edition.norm_ids.write({"percentage": 99})
        self.edition.pso30_min_percentage = 1
        self.correct("direct_fte", -1)
        self.correct("total_fte", 30)
        after = self.corrected()
        self.assertEqual(after["level_id"], self.ref("level_step2"))
        self.assertAlmostEqual(after["indirect_percentage"], 50 / 50.5)
        self.assertEqual(
            after["indirect_counted_percentage"], after["indirect_percentage"]
        )
        norms = dict(self.pso._norms_at_size(self.pso._audited_figures()["norms"]))
        self.assertEqual(norms[self.ref("level_step2")], 3.7)

    def test_locked_before_the_rule_book_was_kept(self):
        kept = dict(self.pso.locked_figures)
        del kept["rules"]
        self.pso.sudo().locked_figures = kept
        self.correct("direct_fte", -1)
        self.correct("total_fte", 30)
        level = self.corrected()["level_id"]
        self.assertEqual(level, self.ref("level_step2"))
        self.edition.norm_ids.write({"percentage": 99})
        self.pso.invalidate_recordset()
        # All that is left of then are the norms at the submitted size.
        norms = self.pso._audited_figures()["norms"]
        self.assertEqual(norms, self.pso.locked_figures["norms"])

    def test_side_by_side(self):
        self.correct("direct_fte", -3)
        rows = {row["name"]: row for row in self.pso._audit_rows()}
        self.assertEqual(rows["direct_fte"]["submitted"], "3.00")
        self.assertEqual(rows["direct_fte"]["corrected"], "0.00")
        self.assertEqual(rows["direct_fte"]["difference"], "−3.00")
        self.assertEqual(rows["level_id"]["submitted"], "Step 3")
        self.assertEqual(rows["level_id"]["corrected"], "Below the norms")
        self.assertEqual(rows["gap_percentage"]["submitted"], "–")
        self.assertFalse(rows["total_fte"]["is_changed"])
        self.assertIn("Below the norms", self.pso.audit_table)
        self.assertEqual(self.pso.audit_mark, "Corrected: 0.00 %, no level")

    def test_a_figure_that_came_after_the_lock(self):
        """The lock of an earlier version does not know it: there is no row for it."""
        figures = dict(self.pso.locked_figures)
        del figures["gap_fte"]
        self.pso.sudo().locked_figures = figures
        names = [row["name"] for row in self.pso._audit_rows()]
        self.assertEqual(names, [name for name in SHOWN if name != "gap_fte"])
        self.assertIn("Total fte", self.pso.audit_table)

    def test_marked_in_lists(self):
        found = self.env["pso.measurement"].search([("audit_count", ">", 0)])
        self.assertNotIn(self.pso, found)
        self.correct()
        found = self.env["pso.measurement"].search([("audit_count", ">", 0)])
        self.assertIn(self.pso, found)

    def test_the_dialog_says_what_becomes_of_it(self):
        self.correct("direct_fte", -1)
        corrections = self.env["pso.audit.correction"].with_context(
            default_measurement_id=self.pso.id
        )
        with Form(corrections) as form:
            self.assertEqual(form.auditor, LINE["auditor"])
            form.kind = "direct_fte"
            form.amount = 0.5
            self.assertEqual((form.amount_before, form.amount_after), (2, 2.5))
            form.kind = "total_fte"
            self.assertEqual((form.amount_before, form.amount_after), (20, 20.5))
            form.reason = form.source = "Finding 4"
        self.assertEqual(self.corrected()["total_fte"], 20.5)


@tagged("post_install", "-at_install")
class TestBounds(AuditCase):
    """What no organisation can have is refused, and the message names the field."""

    def test_below_zero(self):
        for kind, amount, figure in (
            ("total_fte", -20.001, "Total fte would be -0.0010"),
            ("direct_fte", -3.5, "Direct fte would be -0.5000"),
            ("indirect_fte", -0.6, "Indirect fte would be -0.1000"),
            ("pso30_fte", -4, "Fte for PSO 30+ would be -1.0000"),
        ):
            with self.subTest(kind), self.assertRefused(figure):
                self.correct(kind, amount)
            with self.subTest(kind), self.assertRefused("(Amount)"):
                self.correct(kind, amount)
        self.correct("direct_fte", -3)
        self.assertEqual(self.corrected()["direct_fte"], 0)

    def test_a_part_is_no_larger_than_the_whole(self):
        with self.assertRefused("Direct fte would be 20.5000, more than Total fte"):
            self.correct("direct_fte", 17.5)
        with self.assertRefused("more than Total fte"):
            self.correct("total_fte", -18)
        with self.assertRefused("more than Fte for PSO 30+"):
            self.correct("pso30_fte", -1)
        self.correct("pso30_regular_fte", -1)
        self.correct("pso30_fte", -1)

    def test_what_was_impossible_before_can_be_mended(self):
        odd = self.measurement("2024-01-01", "2024-12-31")
        vals = {"measurement_id": odd.id, "kind": "direct_fte", "amount": 30}
        self.env["pso.correction"].create(vals | {"reason": "Odd", "source": "Odd"})
        odd.action_lock()
        self.assertGreater(odd.direct_fte, odd.total_fte)
        self.correct("direct_fte", -5, odd)
        with self.assertRefused("more than Total fte"):
            self.correct("direct_fte", 6, odd)

    def test_no_number(self):
        for amount in (float("nan"), float("inf"), -float("inf"), 1e300, 1e6 + 1, 0):
            with self.subTest(amount), self.assertRefused("at most a million (Amount)"):
                self.correct("total_fte", amount)

    def test_error_percentage(self):
        for amount in (-1, 100.5):
            with self.subTest(amount), self.assertRefused("between 0 and 100"):
                self.correct("error_percentage", amount)

    def test_an_error_percentage_of_zero(self):
        """It is stated, and not the same as none."""
        self.assertFalse(self.pso.audit_error_text)
        self.correct("error_percentage", 0)
        self.assertEqual(self.pso.audit_error_text, "0.00 %")
        self.assertEqual(self.pso.audit_error_percentage, 0)
        self.assertEqual(self.pso.audit_correction_ids.amount_text, "0.00 %")
        self.correct("error_percentage", 4)
        self.assertEqual(self.pso.audit_error_text, "4.00 %")
        self.correct("error_percentage", 0)
        self.assertEqual(self.pso.audit_error_text, "0.00 %")
        self.pso.action_unlock()
        self.assertFalse(self.pso.audit_error_text)

    def test_everything_is_asked_for(self):
        for name in LINE:
            with self.subTest(name), mute_logger("odoo.sql_db"):
                with self.assertRaises(DatabaseError), self.env.cr.savepoint():
                    self.correct(**{name: False})

    def test_without_a_measurement(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(DatabaseError):
            self.env["pso.audit.correction"].create({"amount": 1, **LINE})


@tagged("post_install", "-at_install")
class TestKept(AuditCase):
    def test_who_and_when_are_not_for_the_caller(self):
        line = self.correct(uid=1, user_name="Forged", date="2001-01-01", revision=99)
        self.assertEqual(line.uid, self.env.uid)
        self.assertEqual(line.user_name, self.env.user.name)
        self.assertGreater(line.date.year, 2001)
        self.assertEqual(line.revision, self.pso.revision)

    def test_nobody_changes_a_line(self):
        line = self.correct()
        for change in (
            lambda: line.write({"amount": -2}),
            lambda: line.sudo().write({"reason": "Other"}),
            line.unlink,
            line.sudo().unlink,
            lambda: self.pso.write({"audit_correction_ids": [(2, line.id)]}),
        ):
            with self.assertRefused("kept"):
                change()
        for change in (
            lambda line: line.write({"amount": -2}),
            lambda line: line.unlink(),
        ):
            with self.assertRaises(AccessError):
                change(line.with_user(self.manager))
        self.assertEqual((line.exists().amount, line.reason), (-1, "Not shown"))

    def test_nobody_changes_a_line_by_sql(self):
        line = self.correct()
        self.env.flush_all()
        for statement in (
            "UPDATE pso_audit_correction SET amount = 0.1 WHERE id = %s",
            "DELETE FROM pso_audit_correction WHERE id = %s",
            "TRUNCATE pso_audit_correction -- %s",
        ):
            with (
                self.subTest(statement),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(DatabaseError, "kept as they are"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, (line.id,))

    def test_a_counter_line_undoes_it(self):
        self.correct("direct_fte", -0.123456)
        self.correct("direct_fte", 0.123456)
        self.assertEqual(self.submitted(), self.corrected())
        self.assertEqual(self.pso.audit_count, 2)

    def test_not_on_a_live_measurement(self):
        live = self.measurement("2024-01-01", "2024-12-31")
        with self.assertRefused("is not locked"):
            self.correct(measurement=live)

    def test_unlock_and_lock_again(self):
        """The lines of the earlier lock stay, and do not count."""
        old = self.correct("direct_fte", -1)
        self.assertFalse(old.is_history)
        self.pso.action_unlock()
        self.assertEqual(self.pso.audit_correction_ids, old)
        self.assertTrue(old.is_history)
        self.assertFalse(self.pso.audit_mark)
        with self.assertRefused("is not locked"):
            self.correct()
        self.pso.action_lock()
        self.assertEqual(self.submitted(), self.corrected())
        new = self.correct("direct_fte", -2)
        self.assertEqual(self.corrected()["direct_fte"], 1)
        self.assertEqual(self.pso._audit_corrections(), new)
        self.assertEqual((old.is_history, new.is_history), (True, False))
        self.assertLess(old.revision, new.revision)

    def test_a_measurement_with_lines_is_kept(self):
        self.correct()
        self.pso.action_unlock()
        with self.assertRefused("cannot be deleted"):
            self.pso.unlink()

    def test_a_copy_has_none(self):
        self.correct()
        copy = self.pso.copy()
        self.assertFalse(copy.audit_correction_ids)
        self.assertFalse(copy.audit_count)

    def test_the_count_is_not_for_the_caller(self):
        with self.assertRaises(AccessError):
            self.pso.with_user(self.manager).audit_count = 3

    def test_sealed_and_noted(self):
        line = self.correct().with_user(self.manager)
        digest = self.pso._seal_digest()
        self.correct("total_fte", 1)
        self.assertNotEqual(self.pso._seal_digest(), digest)
        self.assertFalse(self.pso._verify_seal().findings)
        note = self.env["pso.log"].search(
            [("event", "=", "correct"), ("record", "=", self.pso.id)], limit=1
        )
        self.assertEqual(note.name, self.pso.name)
        self.assertNotIn(line.reason, str(note.read()))

    def test_a_forged_line_is_found(self):
        self.correct()
        self.env.cr.execute("ALTER TABLE pso_audit_correction DISABLE TRIGGER USER")
        self.env.cr.execute("UPDATE pso_audit_correction SET amount = amount + 0.5")
        self.env.cr.execute("ALTER TABLE pso_audit_correction ENABLE TRIGGER USER")
        self.assertTrue(self.pso._verify_seal().findings)


@tagged("post_install", "-at_install")
class TestAccess(AuditCase):
    def test_managers_alone_add(self):
        vals = {"measurement_id": self.pso.id, "amount": -1} | LINE
        self.correct()
        for groups, may_read in (
            ((USER,), True),
            ((HR,), True),
            ((PURCHASE,), False),
            (("base.group_user", "hr.group_hr_manager"), False),
            (("base.group_system",), False),
        ):
            user = self.user(*groups)
            lines = self.env["pso.audit.correction"].with_user(user)
            with self.subTest(groups), self.assertRaises(AccessError):
                lines.create(vals)
            self.env.invalidate_all()
            if may_read:
                figures = self.pso.with_user(user)._audited_figures()
                self.assertEqual(figures["direct_fte"], 2)
                self.assertTrue(lines.search([("measurement_id", "=", self.pso.id)]))
            else:
                with self.subTest(groups), self.assertRaises(AccessError):
                    lines.search([])
        line = self.env["pso.audit.correction"].with_user(self.manager).create(vals)
        self.assertEqual(line.user_name, self.manager.name)

    def test_a_measurement_by_default(self):
        """As one that is named: it is sealed, noted and bound to the lock."""
        lines = self.env["pso.audit.correction"].with_user(self.manager)
        line = lines.with_context(default_measurement_id=self.pso.id).create(
            LINE | {"amount": -1}
        )
        self.assertEqual(line.revision, self.pso.revision)
        self.assertEqual(self.pso.audit_count, 1)
        self.assertEqual(self.pso._verify_seal().findings, [])
        live = self.env["pso.measurement"].create({"company_id": self.company.id})
        with self.assertRaisesRegex(UserError, "locked"):
            lines.with_context(default_measurement_id=live.id).create(
                LINE | {"amount": -1}
            )

    def test_who_may_not_add_learns_nothing(self):
        """Not even the name of the measurement, by the error."""
        outsider = self.user("base.group_user")
        stranger = self.user(MANAGER, companies=self.create_company("Elsewhere"))
        for user in (outsider, stranger):
            lines = self.env(user=user, context={})["pso.audit.correction"]
            with self.assertRaises(AccessError) as caught:
                lines.create({"measurement_id": self.pso.id, "amount": 1} | LINE)
            self.assertNotIn(self.pso.name, str(caught.exception))

    def test_other_companies(self):
        self.correct()
        stranger = self.user(MANAGER, companies=self.create_company("Elsewhere"))
        lines = self.env(user=stranger, context={})["pso.audit.correction"]
        self.assertFalse(lines.search([("measurement_id", "=", self.pso.id)]))


@tagged("post_install", "-at_install")
class TestTogether(BaseCase):
    """Two managers, each with a session of his own."""

    def setUp(self):
        super().setUp()
        self.database = get_db_name()
        with connection(self.database) as env:
            period = {"date_start": "2015-01-01", "date_end": "2015-12-31"}
            measured = env["pso.measurement"].create({"name": "Together", **period})
            total = {"measurement_id": measured.id, "amount": 10}
            env["pso.correction"].create(total | {"reason": "All", "source": "All"})
            measured.action_lock()
            self.measured_id = measured.id
            env.cr.commit()
        self.addCleanup(self.remove)

    def remove(self):
        """Take away what nobody can: these tests are the owner of the tables."""
        with connection(self.database) as env:
            for table, column in (
                ("pso_audit_correction", "measurement_id"),
                ("pso_seal", "record"),
                ("pso_log", "record"),
            ):
                env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                env.cr.execute(
                    f"DELETE FROM {table} WHERE {column} = %s", (self.measured_id,)
                )
                env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            env.cr.commit()
        with connection(self.database) as env:
            measured = self.measured(env)
            measured.sudo().write({"state": "live", "locked_figures": False})
            measured.unlink()
            env.cr.commit()

    def measured(self, env):
        return env["pso.measurement"].browse(self.measured_id)

    def correct(self, env, kind="total_fte", amount=-6):
        vals = {"measurement_id": self.measured_id, "kind": kind, "amount": amount}
        return env["pso.audit.correction"].create(vals | LINE)

    @contextmanager
    def two(self):
        with connection(self.database) as one, connection(self.database) as other:
            other.cr.execute("SET lock_timeout = '100ms'")
            yield one, other

    def test_correcting_while_another_unlocks(self):
        with self.two() as (one, other):
            self.measured(one).action_unlock()
            one.flush_all()
            with self.assertRaisesRegex(UserError, "somebody else is locking"):
                self.correct(other)
            one.cr.commit()
            other.cr.rollback()
            with self.assertRaisesRegex(UserError, "is not locked"):
                self.correct(other)

    def test_unlocking_while_another_corrects(self):
        with self.two() as (one, other):
            self.correct(one)
            one.flush_all()
            with self.assertRaisesRegex(UserError, "somebody else is locking"):
                self.measured(other).action_unlock()
            one.cr.commit()
            other.cr.rollback()
            self.measured(other).action_unlock()
            self.assertTrue(self.measured(other).audit_correction_ids.is_history)

    def test_unlocked_since_the_transaction_began(self):
        with self.two() as (one, other):
            self.assertTrue(self.measured(other).is_locked)  # its snapshot
            self.measured(one).action_unlock()
            one.cr.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self.correct(other)  # upon which Odoo tries again

    def test_two_corrections_at_once(self):
        """Each alone is possible, both are not: the second is told, or tries again."""
        with self.two() as (one, other):
            self.assertTrue(self.measured(other).is_locked)
            self.correct(one)
            one.flush_all()
            with self.assertRaisesRegex(UserError, "somebody else is locking"):
                self.correct(other)
            one.cr.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self.correct(other)
            other.cr.rollback()
            other.invalidate_all()
            with self.assertRaisesRegex(UserError, "Total fte would be -2"):
                self.correct(other)
            other.cr.rollback()
            self.correct(other, amount=-4)
            audited = self.measured(other)._audited_figures()
            self.assertEqual(audited["total_fte"], 0)


@tagged("post_install", "-at_install")
class TestDashboard(AuditCase):
    def test_marked(self):
        period = f"measurement-{self.pso.id}"
        page = self.env(user=self.user(USER))["pso.dashboard"]
        self.assertFalse(page.retrieve(period)["is_corrected"])
        self.assertFalse(page.retrieve()["is_corrected"])
        before = page.retrieve(period)["figures"]
        self.correct("direct_fte", -3)
        answer = page.retrieve(period)
        self.assertTrue(answer["is_corrected"])
        self.assertEqual(answer["figures"], before)

    def test_queries(self):
        """The mark costs none."""
        context = {"lang": "en_US", "tz": "Europe/Amsterdam"}  # as the web client says
        page = self.env(user=self.user(USER, HR), context=context)["pso.dashboard"]
        before = self.queries(page)
        self.correct("direct_fte", -3)
        self.assertEqual(self.queries(page), before)

    def queries(self, page):
        for _time in range(3):  # the first ones fill the caches of rights
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            page.retrieve(f"measurement-{self.pso.id}")
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestPaper(ReportCase):
    def test_the_audit_stands_in_it(self):
        measurement = self.measurement()
        measurement.action_lock()
        heading = "//h2[normalize-space()='The Audit']"
        self.assertFalse(self.render(measurement).xpath(heading))
        vals = {"measurement_id": measurement.id, "auditor": "Auditor & Co"}
        self.env["pso.audit.correction"].create(
            [
                vals
                | {"kind": "direct_fte", "amount": -0.5, "reason": "<b>No proof</b>"}
                | {"source": "Finding 1"},
                vals
                | {"kind": "error_percentage", "amount": 4, "reason": "1 of 25"}
                | {"source": "Finding 2"},
            ]
        )
        page = self.render(measurement)
        rows = {row[0]: row[1:] for row in self.rows(page, "The Audit")}
        self.assertEqual(rows["Direct fte"], ["1.00", "0.50", "−0.50"])
        self.assertEqual(rows["Total"], ["14.76 %", "9.76 %", "−5.00"])
        self.assertEqual(rows["Level"][:2], ["Step 2", "Step 2"])
        line, stated = self.rows(page, "Corrections by the Auditor")
        self.assertEqual(
            line[:5],
            ["Direct fte", "−0.50 fte", "<b>No proof</b>", "Finding 1", "Auditor & Co"],
        )
        self.assertIn(self.env.user.name, line[5])
        self.assertEqual(stated[:2], ["Error percentage", "4.00 %"])
        text = self.words(measurement)
        self.assertIn(measurement._seal_digest(), text)
        self.assertIn("The auditor corrected it to 9.76 %", text)
        self.assertIn("stated an error percentage of 4.00 %", text)
        self.assertIn("14.76 %", text)

    def test_lines_of_an_earlier_lock_are_not_printed(self):
        measurement = self.measurement()
        measurement.action_lock()
        vals = {"measurement_id": measurement.id, "amount": -0.5} | LINE
        self.env["pso.audit.correction"].create(vals)
        measurement.action_unlock()
        measurement.action_lock()
        self.assertNotIn("The Audit", self.words(measurement))


@tagged("post_install", "-at_install")
class TestWorkbook(BusyCompany):
    """The sheet on the audit, worked out by LibreOffice as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.measured.action_lock()

    def correct(self, kind, amount, **vals):
        vals = {"measurement_id": self.measured.id, "kind": kind} | LINE | vals
        return self.env["pso.audit.correction"].create(vals | {"amount": amount})

    def assertAudited(self, workbook):
        measured = corrected_figures(self.measured)
        for name, kind in SHOWN.items():
            if kind in ("fte", "percent") and name != "gap_fte":
                value = workbook.value(f"audited_{name}")
                self.assertSame(value, measured[name], name)
        for name, value in (
            ("level", measured["level_id"].name or "no level"),
            ("next_level", measured["next_level_id"].name or "–"),
            ("pso30_reached", "yes" if measured["is_pso30"] else "no"),
        ):
            self.assertEqual(workbook.value(f"audited_{name}"), value)

    def test_when_locked_alone(self):
        names = self.workbook(self.measured).formulas.sheetnames
        self.assertEqual(names[names.index("Score") + 1], "Audit")
        digest = self.measured._seal_digest()
        self.assertIn(["Seal", digest], self.workbook(self.measured).rows("Request"))
        self.measured.action_unlock()
        self.assertNotIn("Audit", self.workbook(self.measured).formulas.sheetnames)

    def test_it_recalculates(self):
        workbooks = [self.workbook(self.measured)]
        for corrections in (
            {"total_fte": 1.25, "direct_fte": -0.5, "indirect_fte": -0.1},
            {"total_fte": 71.7, "error_percentage": 4},
            {"total_fte": -110},
            {"direct_fte": 2, "pso30_fte": 1.5, "pso30_regular_fte": 1},
        ):
            for kind, amount in corrections.items():
                self.correct(kind, amount, reason="=cmd|'/C calc'!A0")
            workbooks.append(self.workbook(self.measured))
            self.assertAudited(workbooks[-1])
        self.assertRecalculates(*workbooks)

    def test_free_rows_count(self):
        """What the auditor fills in makes what the software would make of it."""
        workbook = self.workbook(self.measured)
        sheet, area = workbook.cell("audit_figures")
        row = int(area.split("$")[2].rstrip(":"))
        book = workbook.formulas
        for number, (word, amount) in enumerate(
            (("Direct fte", -0.75), ("Total fte", 10), ("Error percentage", 5))
        ):
            book[sheet].cell(row + number, 1, word)
            book[sheet].cell(row + number, 2, amount)
        content = BytesIO()
        book.save(content)
        [fresh] = recalculate(Workbook(content.getvalue()))
        self.correct("direct_fte", -0.75)
        self.correct("total_fte", 10)
        self.measured.invalidate_recordset()
        self.assertAudited(fresh)

    def test_the_rule_book_changed_since(self):
        self.edition.norm_ids.filtered(
            lambda norm: norm.level_id == self.ref("level_step1")
        ).percentage = 0.1
        self.edition.pso30_min_percentage = 0
        self.edition.pso30_min_regular_percentage = 0
        self.edition.indirect_max_share = 0.01
        self.correct("total_fte", 20)
        self.correct("direct_fte", -0.5)
        workbook = self.workbook(self.measured)
        self.assertAudited(workbook)
        self.assertRecalculates(workbook)

    def test_earlier_locks_stand_apart(self):
        self.correct("direct_fte", -0.5, reason="Of the first lock")
        self.measured.action_unlock()
        self.measured.action_lock()
        workbook = self.workbook(self.measured)
        self.assertAudited(workbook)
        rows = workbook.rows("Audit")
        start = rows.index(["Corrections of earlier locks"])
        old = next(row for row in rows if "Of the first lock" in row)
        self.assertGreater(rows.index(old), start)
