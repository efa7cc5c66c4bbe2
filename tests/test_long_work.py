"""Long work: what the user sees of it, and what others must not notice of it."""

import json
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from browser import BrowserCase
from common import PsoCase
from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tests.common import get_db_name
from odoo.tools import SQL, mute_logger

from odoo.addons.pso_odoo.tools import progress

SLOW = 3  # seconds: long enough to be shown
ADDRESS = "/odoo/action-pso_odoo.pso_measurement_action/"


@contextmanager
def connection(database):
    """Another session: what it does not commit is rolled back."""
    cr = db_connect(database).cursor()
    try:
        yield api.Environment(cr, SUPERUSER_ID, {})
    finally:
        cr.close()


class Messages:
    """What was sent on the bus since; taken off it again in the end."""

    def __init__(self, case):
        self._database = case.env.cr.dbname
        self._last = self._query("SELECT COALESCE(MAX(id), 0) FROM bus_bus")[0][0]
        case.addCleanup(self._forget)

    def _query(self, query, *parameters):
        with connection(self._database) as env:
            env.cr.execute(query, parameters)
            return env.cr.fetchall()

    def received(self):
        """``(channel, payload)`` of the messages on progress."""
        rows = self._query(
            "SELECT channel, message FROM bus_bus WHERE id > %s ORDER BY id", self._last
        )
        messages = [(json.loads(channel), json.loads(text)) for channel, text in rows]
        return [
            (channel, message["payload"])
            for channel, message in messages
            if message["type"] == progress.MESSAGE
        ]

    def _forget(self):
        with connection(self._database) as env:
            env.cr.execute(
                "DELETE FROM bus_bus WHERE id > %s AND message LIKE %s",
                (self._last, f"%{progress.MESSAGE}%"),
            )
            env.cr.commit()


@tagged("post_install", "-at_install")
class TestProgress(PsoCase):
    """Messages leave at once, by a connection of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("pso_odoo.group_pso_manager", "pso_odoo.group_pso_hr")
        cls.employee(name="Zwaantje Quist")
        cls.measured = cls.measurement().with_user(cls.manager)

    def setUp(self):
        super().setUp()
        self.messages = Messages(self)

    def test_to_the_user_alone(self):
        with patch.object(progress, "INTERVAL", 0):
            progress.Progress(self.measured).tell("People", 0.25)
        [(channel, payload)] = self.messages.received()
        partner = self.manager.partner_id
        self.assertEqual(channel[1:], ["res.partner", partner.id])
        expected = {
            "measurement_id": self.measured.id,
            "label": "People",
            "share": 0.25,
        }
        self.assertEqual(payload, expected)

    def test_nothing_of_short_work(self):
        self.measured._workbook()
        self.measured.action_lock()
        self.assertEqual(self.messages.received(), [])

    def test_once_a_second(self):
        told = progress.Progress(self.measured)
        time.sleep(progress.INTERVAL)
        for share in (0.1, 0.2, 0.3):
            told.tell("People", share)
        told.tell("Suppliers", 0.9)
        told_of = [payload["label"] for _channel, payload in self.messages.received()]
        self.assertEqual(told_of, ["People", "Suppliers"])

    def test_workbook(self):
        """It rises up to the end, and says nothing of a person."""
        with patch.object(progress, "INTERVAL", 0):
            self.measured._workbook(with_names=True)
        payloads = [payload for _channel, payload in self.messages.received()]
        shares = [payload["share"] for payload in payloads]
        self.assertEqual(shares, sorted(shares))
        self.assertEqual((shares[0], shares[-1]), (0, 0.9))
        self.assertIn("Writing Size", [payload["label"] for payload in payloads])
        self.assertNotIn("Zwaantje", str(payloads))

    def test_lock(self):
        with patch.object(progress, "INTERVAL", 0):
            self.measured.action_lock()
        labels = [payload["label"] for _channel, payload in self.messages.received()]
        read, *kept = labels
        self.assertEqual(read, "People and purchases")
        self.assertEqual(kept, ["Trend", "Checks", "People", "Suppliers", "Seal"])

    def test_work_goes_on_without(self):
        """A primary that cannot be reached costs the messages and not the work."""
        attempts = []

        def connect_elsewhere(name):
            attempts.append(name)
            return db_connect("missing")

        with (
            patch.object(progress, "INTERVAL", 0),
            patch.object(progress, "db_connect", connect_elsewhere),
        ):
            self.assertTrue(self.measured._workbook()[1])
        self.assertEqual(len(attempts), 1, "It does not try again")
        self.assertEqual(self.messages.received(), [])


@tagged("post_install", "-at_install")
class TestWebClient(BrowserCase):
    """What the user sees while he waits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "pso_odoo.group_pso_manager,base.group_user"
        cls.manager = new_test_user(cls.env, "pso-patient", groups)
        cls.measured = cls.env["pso.measurement"].create(
            {"date_start": "2025-01-01", "date_end": "2025-12-31"}
        )

    def slow(self, model, method, then=None):
        """Make a method take its time, and then do its work or something else."""
        registered = self.registry[model]
        original = getattr(registered, method)

        def slowly(self, *args, **options):
            time.sleep(SLOW)
            return (then or original)(self, *args, **options)

        self.patch(registered, method, slowly)

    def run_tour(self, name, *suffixes, **parameters):
        with (
            tempfile.TemporaryDirectory() as folder,
            self.downloads(folder, *suffixes),
        ):
            self.tour(name, "pso-patient", f"{ADDRESS}{self.measured.id}", **parameters)
            self.assertEqual([p.suffix for p in Path(folder).iterdir()], [*suffixes])

    def test_long(self):
        messages = Messages(self)
        self.slow("pso.workbook", "_count_rows")
        self.slow("pso.trend", "_points_of")
        self.run_tour("long_work", ".xlsx")
        self.assertEqual(self.measured.state, "locked")
        received = messages.received()
        self.assertIn("Reading people", {payload["label"] for _, payload in received})
        self.assertIn("Suppliers", {payload["label"] for _, payload in received})
        channels = {tuple(channel[1:]) for channel, _payload in received}
        self.assertEqual(channels, {("res.partner", self.manager.partner_id.id)})

    def test_refused(self):
        Messages(self)
        message = "There is no exchange rate."

        def refuse(*_args, **_options):
            raise UserError(message)

        self.slow("pso.workbook", "_build", refuse)
        self.run_tour("long_work_refused", message=message)

    def test_short(self):
        self.run_tour("short_work", ".xlsx")


@tagged("post_install", "-at_install")
class TestOthers(BaseCase):
    """What other sessions notice of a lock that is not committed yet.

    The records are really there, so that other sessions find them.
    """

    def setUp(self):
        super().setUp()
        self.database = get_db_name()
        with connection(self.database) as env:
            employee = env["hr.employee"].create({"name": "Long Work"})
            since = {"date_version": "2020-01-01", "contract_date_start": "2020-01-01"}
            employee.version_id.write(since)
            vals = {"employee_id": employee.id, "date_start": "2020-01-01"}
            vals["group_id"] = env.ref("pso_odoo.group_wajong").id
            vals["form_id"] = env.ref("pso_odoo.form_regular").id
            env["pso.status"].create(vals)
            period = {"date_start": "2025-01-01", "date_end": "2025-12-31"}
            measured = env["pso.measurement"].create({"name": "Long Work", **period})
            self.employee_id, self.measured_id = employee.id, measured.id
            env.cr.commit()
        self.addCleanup(self.remove)

    def remove(self):
        with connection(self.database) as env:
            measured = self.measured(env)
            measured.action_unlock()
            measured.unlink()
            employee = env["hr.employee"].browse(self.employee_id)
            contact = employee.work_contact_id
            employee.unlink()
            contact.unlink()
            env.cr.commit()

    def measured(self, env):
        return env["pso.measurement"].browse(self.measured_id)

    @contextmanager
    def locking(self):
        """Another session, while one has locked the measurement and not committed."""
        with connection(self.database) as env:
            self.measured(env).action_lock()
            env.flush_all()
            lines = env["pso.locked.person.line"].search(
                [("measurement_id", "=", self.measured_id)]
            )
            self.assertIn(self.employee_id, lines.mapped("employee_id"))
            with connection(self.database) as other:
                other.cr.execute("SET lock_timeout = '100ms'")
                yield env, other

    def test_employees_are_free(self):
        """They can even be deleted, which waits for whatever refers to them."""
        tables = (
            "hr_employee",
            "hr_version",
            "hr_department",
            "hr_work_location",
            "pso_status",
            "account_move",
            "purchase_order",
        )
        with self.locking() as (_env, other):
            for table in tables:
                with self.subTest(table=table):
                    other.cr.execute(
                        SQL("SELECT FROM %s FOR UPDATE", SQL.identifier(table))
                    )

    def test_everything_can_be_written(self):
        tables = ("res_partner", "res_company", "res_users", "pso_certificate")
        with self.locking() as (_env, other):
            for table in (*tables, "pso_supplier_figure", "pso_edition"):
                with self.subTest(table=table):
                    other.cr.execute(
                        SQL("SELECT FROM %s FOR NO KEY UPDATE", SQL.identifier(table))
                    )

    def test_employee_is_written_and_deleted(self):
        with self.locking() as (_env, other):
            employee = other["hr.employee"].browse(self.employee_id)
            employee.name = "Written meanwhile"
            other.flush_all()
            employee.unlink()
            other.flush_all()

    def test_two_managers(self):
        """The second is told at once who is first; later there is nothing to do."""
        refused = "Long Work: somebody else is locking"
        correction = {"measurement_id": self.measured_id, "amount": 1, "reason": "Late"}
        correction["source"] = "Payroll"
        with self.locking() as (env, other):
            measured = self.measured(other)
            for act in (
                measured.action_lock,
                measured.action_unlock,
                lambda: measured.write({"payroll_fte": 1}),
                lambda: other["pso.correction"].create(correction),
            ):
                with self.assertRaisesRegex(UserError, refused):
                    act()
            other.cr.rollback()
            env.cr.commit()
            locked_on = measured.locked_on
            measured.action_lock()
            self.assertEqual(
                (measured.state, measured.locked_on), ("locked", locked_on)
            )

    def test_change_meanwhile(self):
        """Who locks what somebody is changing is refused, and finds it later."""
        with connection(self.database) as env, connection(self.database) as other:
            self.measured(env).payroll_fte = 7.5
            env.flush_all()
            with self.assertRaisesRegex(UserError, "somebody else"):
                self.measured(other).action_lock()
            other.cr.rollback()
            env.cr.commit()
            measured = self.measured(other)
            measured.action_lock()
            check = measured.check_ids.filtered(lambda c: c.type_id.code == "payroll")
            self.assertTrue(check.count)

    def test_changes_follow_each_other(self):
        """Of two who answer or correct, Odoo tries the second again."""
        correction = {"measurement_id": self.measured_id, "amount": 1, "reason": "A"}
        correction["source"] = "Payroll"
        with connection(self.database) as env, connection(self.database) as other:
            other.cr.execute("SET lock_timeout = '100ms'")
            other.cr.commit()
            env["pso.correction"].create(correction)
            with mute_logger("odoo.sql_db"), self.assertRaises(LockNotAvailable):
                other["pso.correction"].create(correction)
            env.cr.commit()
            other.cr.rollback()
            other["pso.correction"].create(correction)
            other.cr.commit()
            env.invalidate_all()
            self.assertEqual(len(self.measured(env).correction_ids), 2)

    def test_change_since_the_transaction_began(self):
        """Who has not seen a change yet does not lock without it."""
        correction = {"measurement_id": self.measured_id, "amount": 1, "reason": "A"}
        correction["source"] = "Payroll"
        with connection(self.database) as env, connection(self.database) as other:
            for change in (
                lambda: env["pso.correction"].create(correction),
                lambda: self.measured(env).correction_ids.write({"amount": 2}),
                lambda: self.measured(env).correction_ids.unlink(),
                lambda: self.measured(env).quality_ids[0].write({"answer": "met"}),
            ):
                self.assertFalse(self.measured(other).is_locked)  # its snapshot
                change()
                env.cr.commit()
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(SerializationFailure),
                ):
                    self.measured(other).action_lock()
                other.cr.rollback()

    def test_lock_since_the_transaction_began(self):
        """Who has not seen a lock yet does not add to what is locked."""
        correction = {"measurement_id": self.measured_id, "amount": 1, "reason": "A"}
        correction["source"] = "Payroll"
        with connection(self.database) as env, connection(self.database) as other:
            self.assertFalse(self.measured(other).is_locked)  # its snapshot
            self.measured(env).action_lock()
            env.cr.commit()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(SerializationFailure),  # upon which Odoo tries again
            ):
                other["pso.correction"].create(correction)

    def test_hr_edits_since_the_transaction_began(self):
        """Figures and lines are those of one moment: the one that the lock began in."""
        with connection(self.database) as env, connection(self.database) as other:
            measured = self.measured(env)
            before = measured.direct_fte
            employee = other["hr.employee"].browse(self.employee_id)
            employee.pso_status_ids.date_end = "2025-06-30"
            other.cr.commit()
            measured.action_lock()
            env.cr.commit()
            lines = env["pso.locked.person.line"].search(
                [("measurement_id", "=", self.measured_id), ("kind", "=", "group")]
            )
            self.assertAlmostEqual(measured.direct_fte, before)
            self.assertAlmostEqual(sum(lines.mapped("direct_fte")), before)
            measured.action_unlock()
            env.cr.commit()
            self.assertLess(measured.direct_fte, before)

    def test_deleted_since(self):
        """A line stays, and no longer refers to who has been deleted."""
        with connection(self.database) as env:
            measured = self.measured(env)
            measured.action_lock()
            employee = env["hr.employee"].browse(self.employee_id)
            domain = [("measurement_id", "=", measured.id)]
            mine = Domain(domain) & Domain("employee_id", "=", employee.id)
            lines = env["pso.person.line"].search(mine)
            self.assertEqual(set(lines.mapped("kind")), {"staff", "group"})
            employee.unlink()
            env.invalidate_all()
            self.assertFalse(lines.employee_id)
            self.assertFalse(lines.status_id)
            self.assertTrue(all(lines.mapped("key")))
            self.assertFalse(env["pso.person.line"].search(mine))
            kept = env["pso.locked.person.line"].search(domain)
            self.assertNotIn(self.employee_id, kept.mapped("employee_id"))
