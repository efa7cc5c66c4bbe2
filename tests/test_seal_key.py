"""The key of the seals, its changes, the mail of digests, and the chain of the log."""

import os
from datetime import datetime
from threading import Thread
from unittest.mock import patch

from common import PsoCase

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ValidationError
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import config, mute_logger

from odoo.addons.pso_odoo.models.common import pso_log
from odoo.addons.pso_odoo.tools.sealing import OPTION, VARIABLE, Keys

FIRST = "the first key of this test is long"
SECOND = "the second key of this test is long"


class KeyCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.object(pso_log, "BEFORE_READING", set()))
        cls.enterClassContext(patch.dict(os.environ, {VARIABLE: ""}))
        cls.pso = cls.measurement()

    def setUp(self):
        super().setUp()
        self.use()

    def use(self, *keys):
        """The server is restarted with these keys."""
        os.environ[VARIABLE] = ",".join(keys)

    def verify(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.env["pso.log.link"]._link(self.env.cr, self.company.id, None)
        return self.env["pso.seal"]._verify(self.company.id)

    def lock_again(self):
        if self.pso.is_locked:
            self.pso.action_unlock()
        self.pso.action_lock()

    def head(self):
        return self.env["pso.seal"].search(
            [("company_id", "=", self.company.id)], limit=1
        )


@tagged("post_install", "-at_install")
class TestKey(KeyCase):
    def test_without_a_key_it_says_so(self):
        self.lock_again()
        found = self.verify()
        self.assertEqual(found.findings, [])
        self.assertIn("No key is set", found.limits[0])
        self.assertEqual(self.pso.seal_signing, "Without a key")
        action = self.pso.action_verify_seal()
        self.assertIn("No key is set", action["context"]["default_limits"])

    def test_from_the_configuration_file_and_the_environment(self):
        self.assertIsNone(Keys().current)
        self.use(FIRST)
        name = Keys().current
        self.use()
        with patch.dict(config.options, {OPTION: f"{FIRST}, {SECOND}"}):
            self.assertEqual(Keys().current, name)
            self.use(SECOND)
            self.assertEqual(Keys().current, name)
        self.assertNotEqual(Keys().current, name)

    def test_a_short_key_is_not_used(self):
        self.use("short", FIRST)
        self.assertIsNone(Keys().current)
        self.lock_again()
        found = self.verify()
        self.assertIn("shorter than 32 characters", found.limits[0])
        self.assertFalse(self.head().key)

    def test_another_key(self):
        """What the one before signed goes on verifying, while it is listed."""
        self.lock_again()
        self.use(FIRST)
        self.lock_again()
        self.assertEqual(self.pso.seal_signing, "With the key of this server")
        self.assertEqual(self.verify().findings, [])
        self.use(SECOND, FIRST)
        self.assertEqual(self.verify().findings, [])
        self.env.invalidate_all()
        self.assertEqual(self.pso.seal_signing, "With an earlier key of this server")
        self.lock_again()
        found = self.verify()
        self.assertEqual(found.findings, [])
        self.assertIn("Seals without a key: 1, the last one 1.", found.limits[0])
        self.use(SECOND)
        self.assertIn(
            "a key that this server does not know", "\n".join(self.verify().findings)
        )
        self.env.invalidate_all()
        self.use()
        self.assertEqual(
            self.pso.seal_signing, "With a key that this server does not know"
        )

    def test_a_seal_without_a_key_after_one_with(self):
        self.use(FIRST)
        self.lock_again()
        self.assertEqual(self.verify().findings, [])
        self.use()
        self.lock_again()
        self.use(FIRST)
        found = "\n".join(self.verify().findings)
        self.assertIn("Seal 2 (PSO 2025) was made without a key", found)
        self.assertIn("Log: a line", found)

    def test_the_key_is_nowhere_in_the_database(self):
        self.use(FIRST)
        self.lock_again()
        self.verify()
        for table in ("pso_seal", "pso_log", "pso_log_link", "pso_log_head"):
            self.env.cr.execute(f"SELECT t::text FROM {table} t")
            self.assertNotIn(FIRST, str(self.env.cr.fetchall()))


@tagged("post_install", "-at_install")
class TestMail(KeyCase):
    def mails(self):
        self.env.flush_all()
        return self.env["mail.mail"].search([("email_to", "=", "auditor@example.com")])

    def test_each_digest(self):
        self.lock_again()
        self.assertFalse(self.mails())
        self.company.pso_seal_email = "auditor@example.com"
        self.lock_again()
        mails = self.mails()
        self.assertEqual(len(mails), 2)
        text = "\n".join(mails.mapped("body_html"))
        self.assertIn(self.pso.seal_digest, text)
        self.assertIn(self.company.name, text)
        self.assertIn(self.pso.name, text)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})

    def test_nothing_stops_a_lock(self):
        self.company.pso_seal_email = "auditor@example.com"
        self.env.cr.execute("ALTER TABLE mail_mail RENAME TO mail_mail_away")
        with mute_logger("odoo.sql_db"), self.assertLogs("odoo.addons.pso_odoo"):
            self.lock_again()
        self.assertTrue(self.pso.is_locked)

    def test_who_sets_it(self):
        manager = self.user("pso_odoo.group_pso_manager")
        settings = self.env["pso.company.settings"].with_user(manager)
        form = settings.create({"company_id": self.company.id})
        form.pso_seal_email = "auditor@example.com"
        form.action_save()
        self.assertEqual(self.company.pso_seal_email, "auditor@example.com")

    def test_it_goes_to_an_address(self):
        for address in ("auditor", "auditor@", "a@example.com, b@example.com"):
            with self.subTest(address), self.assertRaises(ValidationError):
                self.company.pso_seal_email = address
        self.company.pso_seal_email = "Auditor <auditor@example.com>"
        self.company.pso_seal_email = False


@tagged("post_install", "-at_install")
class TestLogChain(KeyCase):
    def note(self, day, event="import"):
        return self.env["pso.log"]._insert(
            self.env.cr,
            {
                "date": datetime.fromisoformat(day),
                "uid": self.env.uid,
                "login": "somebody",
                "company_id": self.company.id,
                "event": event,
            },
        )

    def numbers(self):
        links = self.env["pso.log.link"].search([("company_id", "=", self.company.id)])
        return sorted(links.mapped("number"))

    def shorten(self):
        links = self.env["pso.log.link"]
        return links._shorten(self.company.id, datetime(2016, 1, 1), 10000)

    def test_retention_closes_its_old_end(self):
        self.use(FIRST)
        for day in ("2015-01-01", "2015-02-01", "2015-03-01", "2025-01-01"):
            self.note(day)
        self.assertEqual(self.verify().findings, [])
        self.assertEqual(self.shorten(), 3)
        self.assertEqual(self.numbers(), [4, 5])
        self.assertEqual(self.verify().findings, [])
        [closed] = self.env["pso.log.link"].search(
            [("company_id", "=", self.company.id), ("kind", "=", "shortened")]
        )
        self.assertEqual((closed.first, closed.last, closed.count), (1, 3, 3))
        self.assertEqual(self.shorten(), 0)
        self.assertEqual(self.numbers(), [4, 5])

    def test_what_was_tampered_with_is_not_closed_over(self):
        self.note("2015-01-01")
        gone = self.note("2015-02-01")
        self.note("2015-03-01")
        self.verify()
        self.env.cr.execute("DELETE FROM pso_log WHERE id = %s", [gone])
        self.assertEqual(self.shorten(), 1)
        self.assertIn("is gone", "\n".join(self.verify().findings))

    def test_an_erasure_that_went_still_counts(self):
        self.note("2015-01-01", "erase")
        self.note("2015-02-01")
        self.verify()
        self.shorten()
        log = self.env["pso.log"]
        self.assertTrue(log._has_erased(self.company, datetime(2015, 1, 15)))
        self.assertFalse(log._has_erased(self.company, datetime(2015, 6, 15)))

    def test_nobody_links_what_odoo_did_not_write(self):
        self.use(FIRST)
        self.note("2025-01-01")
        self.env.cr.execute(
            "INSERT INTO pso_log (date, uid, login, company_id, event) "
            "VALUES (now(), 1, 'x', %s, 'erase')",
            [self.company.id],
        )
        found = self.verify().findings
        self.assertEqual(self.numbers(), [1])
        self.assertEqual(len(found), 1)
        self.assertIn("added or changed behind Odoo's back", found[0])


@tagged("post_install", "-at_install")
class TestManyAtOnce(BaseCase):
    """Many users note at once, each by a connection of his own."""

    USERS, NOTES = 6, 5

    def environment(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def test_no_gap_and_nobody_waits_for_who_is_at_work(self):
        # A number that no company has, so that nothing else is in its chain.
        with db_connect(get_db_name()).cursor() as cr:
            cr.execute("SELECT nextval('res_company_id_seq')")
            [company_id] = cr.fetchone()
        with db_connect(get_db_name()).cursor() as busy:
            # Somebody notes in the middle of long work, and has not committed.
            env = self.environment(busy)
            company = env["res.company"].browse(company_id)
            env["pso.log"]._note("import", company=company)
            threads = [
                Thread(target=self.note, args=(company_id,))
                for _user in range(self.USERS)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
                self.assertFalse(thread.is_alive())
        with db_connect(get_db_name()).cursor() as cr:
            env = self.environment(cr)
            env["pso.log.link"]._link(cr, company_id, None)
            cr.execute(
                "SELECT number FROM pso_log_link WHERE company_id = %s ORDER BY 1",
                [company_id],
            )
            numbers = [number for (number,) in cr.fetchall()]
            self.assertEqual(numbers, list(range(1, self.USERS * self.NOTES + 2)))
            self.assertEqual(env["pso.log"]._verify_log(company_id).findings, [])

    def note(self, company_id):
        with db_connect(get_db_name()).cursor() as cr:
            env = self.environment(cr)
            company = env["res.company"].browse(company_id)
            for _time in range(self.NOTES):
                env["pso.log"]._note("export", company=company)
