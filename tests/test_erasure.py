"""Erasing a person, and what the person is told: all of it, and of nobody else."""

import base64
import hashlib
from contextlib import closing

from common import PsoCase
from lxml import html
from psycopg2.errors import SerializationFailure
from test_long_work import TestOthers as OthersCase
from test_long_work import connection
from test_retention import RetentionCase, frozen

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import SQL, mute_logger

HR = "pso_odoo.group_pso_hr"
MANAGER = "pso_odoo.group_pso_manager"
OUTSIDERS = (
    "base.group_user",
    "hr.group_hr_manager",
    "base.group_system",
    "pso_odoo.group_pso_user",
    MANAGER,
)
REPORT = "pso_odoo.report_person"


class ErasureCase(RetentionCase):
    """Somebody with statuses, a file, a locked and a live measurement, and others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.others = [cls.employee(name=f"Other {number}") for number in range(4)]
        cls.status(cls.others[0])
        cls.person = cls.employee(name="Erika Secret")
        cls.first = cls.status(
            cls.person, "ww", "2023-01-01", "2024-12-31", legal_basis="interest"
        )
        cls.second = cls.status(
            cls.person,
            start="2025-01-01",
            evidence_state="verified",
            legal_basis="consent",
            date_informed="2024-12-20",
        )
        cls.file = cls.env["ir.attachment"].create(
            {"name": "decision.pdf", "datas": base64.b64encode(b"of Erika alone")}
        )
        cls.second.attachment_ids = cls.file
        cls.bill(cls.social_vendor(), 100)
        cls.locked = cls.measurement()
        cls.locked.action_lock()
        cls.live = cls.measurement(start="2024-01-01", end="2024-12-31")
        cls.keeper = cls.user(HR)

    def erasure(self, user=None, **vals):
        erasures = self.env["pso.erasure"].with_user(user or self.keeper)
        erasures = erasures.with_context(
            active_id=self.person.id, allowed_company_ids=self.company.ids
        )
        return erasures.create({"reason": "withdrawn", "is_sure": True, **vals})

    def erase(self):
        self.erasure().action_erase()
        self.env.flush_all()
        self.env.invalidate_all()

    def keys(self, measurement):
        lines = measurement.person_line_ids
        return {line.employee_id: line.key for line in lines}


@tagged("post_install", "-at_install")
class TestErasure(ErasureCase):
    def test_all_of_it_goes(self):
        fname = self.file.store_fname
        self.erase()
        self.assertFalse((self.first + self.second).exists())
        self.assertFalse(self.file.exists())
        files = self.env["ir.attachment"].sudo()
        self.assertFalse(files.search_count([("store_fname", "=", fname)]))
        self.assertFalse(self.locked.person_line_ids.filtered(self.is_of_the_person))
        self.assertTrue(self.person.exists())

    def is_of_the_person(self, line):
        return line.employee_id == self.person

    def test_no_table_of_ours_refers_to_the_person(self):
        """Whatever columns there will be: who adds one has to think of this."""
        self.erase()
        numbers = {
            "hr.employee": self.person.ids,
            "hr.version": self.person.version_ids.ids,
        }
        lines = {
            "employee_id": numbers["hr.employee"],
            "version_id": numbers["hr.version"],
        }
        for name, model in self.env.registry.items():
            if not name.startswith("pso.") or model._abstract or not model._auto:
                continue
            for field in model._fields.values():
                if not field.store or not field.column_type:
                    continue
                ids = numbers.get(field.comodel_name, lines.get(field.name))
                column = SQL.identifier(field.name)
                if ids and field.column_type[0] == "int4":
                    condition = SQL("%s = ANY(%s)", column, ids)
                elif field.column_type[0] in ("varchar", "text", "jsonb"):
                    condition = SQL("%s::text LIKE '%%Erika%%'", column)
                else:
                    continue
                [(count,)] = self.env.execute_query(
                    SQL(
                        "SELECT COUNT(*) FROM %s WHERE %s",
                        SQL.identifier(model._table),
                        condition,
                    )
                )
                with self.subTest(model=name, field=field.name):
                    self.assertFalse(count)

    def test_what_is_locked_stays_to_the_byte(self):
        before = frozen(self, self.locked)
        figures = self.locked.read()
        shown = self.env["pso.breakdown"]._load(self.locked._window())
        dashboard = self.locked._trend()
        self.erase()
        self.assertEqual(frozen(self, self.locked), before)
        self.assertEqual(self.locked.read(), figures)
        self.assertEqual(self.env["pso.breakdown"]._load(self.locked._window()), shown)
        self.assertEqual(self.locked._trend(), dashboard)
        lines = self.env["pso.locked.person.line"].search(
            [("measurement_id", "=", self.locked.id), ("employee_id", "=", False)]
        )
        self.assertEqual(set(lines.mapped("kind")), {"staff", "group"})
        self.assertFalse(any(lines.mapped("version_id") + lines.mapped("status_id")))

    def test_the_seal_stays_valid(self):
        self.erase()
        self.assertFalse(self.locked._verify_seal().findings)

    def test_what_is_live_follows(self):
        before = self.live.direct_fte
        self.assertGreater(before, 0)
        self.erase()
        self.assertLess(self.live.direct_fte, before)

    def test_another_key_from_then_on(self):
        """Or the next list would tell whose the former lines are."""
        before = self.keys(self.live)
        kept = self.keys(self.locked)
        self.assertEqual(before, kept)
        self.erase()
        after = self.keys(self.live)
        self.assertNotEqual(after.pop(self.person), before.pop(self.person))
        self.assertEqual(after, before)
        lines = self.locked.person_line_ids
        self.assertIn(kept[self.person], lines.mapped("key"))

    def test_the_key_of_others_is_what_it_always_was(self):
        self.erase()
        other = self.others[0]
        text = f"{self.company.sudo().pso_secret}:{other.id}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.assertEqual(self.keys(self.live)[other], "P-" + digest[:12].upper())

    def test_every_erasure_gives_another(self):
        keys = set()
        for _ in range(3):
            keys.add(self.keys(self.live)[self.person])
            self.erase()
        self.assertEqual(len(keys), 3)

    def test_it_is_noted_without_the_person(self):
        numbers = {
            *self.person.ids,
            *self.person.version_ids.ids,
            *self.first.ids,
            *self.second.ids,
        }
        keys = set(self.keys(self.live).values())
        self.erase()
        [line] = self.noted("erase")
        self.assertEqual(line.login, self.keeper.login)
        self.assertEqual(line.reason, "Consent withdrawn")
        self.assertFalse(line.record or line.count or line.name)
        texts = " ".join(str(value) for value in line.read()[0].values())
        self.assertNotIn("Erika", texts)
        self.assertFalse([key for key in keys if key in texts])
        self.assertFalse(line.record in numbers and line.record)

    def test_nothing_on_the_employee_tells_of_it(self):
        self.env.cr.execute(
            "UPDATE hr_employee SET write_uid = 1, write_date = '2025-01-01' "
            "WHERE id = %s",
            self.person.ids,
        )
        messages = self.person.message_ids
        self.env.invalidate_all()
        self.erase()
        self.assertEqual(str(self.person.write_date), "2025-01-01 00:00:00")
        self.assertEqual(self.person.write_uid.id, 1)
        self.assertEqual(self.person.message_ids, messages)

    def test_of_somebody_archived(self):
        self.person.active = False
        self.erase()
        self.assertFalse(self.second.exists())
        lines = self.env["pso.locked.person.line"]
        self.assertFalse(lines.search([("employee_id", "=", self.person.id)]))

    def test_of_somebody_without_anything(self):
        person = self.employee(name="Nobody")
        erasure = self.erasure(employee_id=person.id)
        self.assertEqual(erasure.status_count + erasure.measurement_count, 0)
        erasure.action_erase()

    def test_somebody_can_come_back(self):
        self.erase()
        again = self.status(self.person, start="2025-01-01")
        self.assertTrue(again.counted_from)

    def test_deleting_the_employee_does_the_same(self):
        before = frozen(self, self.locked)
        with freeze_time("2025-06-15"):
            self.person.with_user(self.user("hr.group_hr_manager")).unlink()
        self.env.flush_all()
        self.assertFalse((self.first + self.second).exists())
        self.assertFalse(self.file.exists())
        self.assertEqual(frozen(self, self.locked), before)
        self.assertEqual(len(self.noted("erase")), 1)
        lines = self.env["pso.locked.person.line"].search(
            [("measurement_id", "=", self.locked.id), ("employee_id", "=", 0)]
        )
        self.assertFalse(any(lines.mapped("version_id")))

    def test_deleting_anybody_is_noted_alike(self):
        """A note of some alone would tell who belonged to the target group."""
        self.employee(name="Unknown").unlink()
        self.assertEqual(len(self.noted("erase")), 1)


@tagged("post_install", "-at_install")
class TestWizard(ErasureCase):
    def test_it_says_what_goes(self):
        erasure = self.erasure()
        self.assertEqual(erasure.employee_id, self.person)
        self.assertEqual(
            (erasure.status_count, erasure.file_count, erasure.measurement_count),
            (2, 1, 1),
        )
        with freeze_time("2025-06-15"):
            self.env.invalidate_all()
            self.assertTrue(erasure.counts_now)

    def test_it_has_to_be_confirmed(self):
        with self.assertRaisesRegex(UserError, "I know that this cannot be undone"):
            self.erasure(is_sure=False).action_erase()
        self.assertTrue(self.second.exists())

    def test_it_leaves_no_trace(self):
        erasure = self.erasure()
        answer = erasure.action_erase()
        self.assertFalse(erasure.exists())
        self.assertNotIn("Erika", str(answer))

    def test_for_the_pso_hr_group_alone(self):
        for group in OUTSIDERS:
            user = self.user(*dict.fromkeys(["base.group_user", group]))
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.erasure(user)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_for_their_own_company_alone(self):
        other = self.create_company("Another company")
        stranger = self.user(HR, companies=other)
        erasures = self.env["pso.erasure"].with_user(stranger)
        erasures = erasures.with_context(
            active_id=self.person.id, allowed_company_ids=other.ids
        )
        with self.assertRaises(AccessError):
            erasures.create({"reason": "mistake", "is_sure": True}).action_erase()
        self.assertTrue(self.second.exists())

    def test_the_menu_is_for_the_pso_hr_group_alone(self):
        """On the employee: the action and the printout."""
        names = {"Erase PSO Data", "What PSO Stores about This Person"}
        for group, expected in ((HR, names), ("hr.group_hr_manager", set())):
            user = self.user(group)
            with self.subTest(group=group):
                bindings = self.env["ir.actions.actions"].with_user(user)
                found = {
                    action["name"]
                    for actions in bindings.get_bindings("hr.employee").values()
                    for action in actions
                }
                self.assertEqual(found & names, expected)


@tagged("post_install", "-at_install")
class TestWhileLocking(OthersCase):
    """Lines of somebody who is erased do not come in again by a lock at that time."""

    def erase(self, env):
        env["hr.employee"].browse(self.employee_id)._erase_pso("")

    def test_refused_while_somebody_locks(self):
        with (
            self.locking() as (_env, other),
            self.assertRaisesRegex(UserError, "Long Work: somebody else is locking"),
        ):
            self.erase(other)

    def test_who_locks_afterwards_sees_it(self):
        """Though the transaction began before: Odoo tries it again."""
        with connection(self.database) as env, connection(self.database) as other:
            self.assertFalse(self.measured(other).is_locked)  # its snapshot
            self.erase(env)
            env.cr.commit()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(Exception, "could not serialize"),
            ):
                self.measured(other).action_lock()
            other.cr.rollback()
            self.measured(other).action_lock()
            lines = other["pso.locked.person.line"].search(
                [("measurement_id", "=", self.measured_id), ("kind", "=", "group")]
            )
            self.assertFalse(
                lines.filtered(lambda line: line.employee_id == self.employee_id)
            )
            other.cr.commit()

    def test_the_server_does_not_log_who_is_erased(self):
        """Though somebody else changes the employee, and Odoo tries again."""

        def edit(env):
            env["hr.employee"].browse(self.employee_id).barcode = "1234"

        self.assertConflict(edit, self.erase)

    def test_the_server_does_not_log_whose_lines_are_emptied(self):
        def forget(env):
            person = env["hr.employee"].browse(self.employee_id)
            env["pso.retention"]._forget_people(person)

        with connection(self.database) as env:
            self.measured(env).action_lock()
            env.cr.commit()
        self.assertConflict(forget, forget)

    def assertConflict(self, first, second):
        """Two at once: the second is refused, and the log does not show its query."""
        with connection(self.database) as env, connection(self.database) as other:
            other.cr.execute("SELECT FROM hr_employee")  # its snapshot
            first(env)
            env.flush_all()
            env.cr.commit()
            with (
                self.assertNoLogs("odoo.sql_db", "ERROR"),
                self.assertRaises(SerializationFailure),
            ):
                second(other)


@tagged("post_install", "-at_install")
class TestWhatIsStored(ErasureCase):
    """The printout of the PSO HR group."""

    def page(self, employee=None, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.keeper)
        reports = reports.with_context(allowed_company_ids=self.company.ids)
        person = employee or self.person
        content, _kind = reports._render_qweb_html(REPORT, person.ids)
        return " ".join(html.fromstring(content).text_content().split())

    def test_all_of_it(self):
        self.env["pso.log"]._note(
            "lock", "pso.measurement", self.locked.id, "x", company=self.company
        )
        text = self.page()
        key = self.keys(self.locked)[self.person]
        for expected in (
            "Erika Secret",
            self.first.group_id.name,
            self.second.group_id.name,
            "Explicit Consent (9.2a)",
            "12/20/2024",
            "decision.pdf",
            "Verified",
            self.locked.name,
            key,
            "Staff",
            self.keeper.name,
            "12/31/2027",
            "12/31/2028",
        ):
            with self.subTest(expected=expected):
                self.assertIn(expected, text)
        for other in self.others:
            self.assertNotIn(other.name, text)
            self.assertNotIn(self.keys(self.locked)[other], text)

    def test_who_sees_it(self):
        """The members of the group who may work in the company, and nobody else."""
        other = self.create_company("Another company")
        stranger = self.user(HR, companies=other)
        manager = self.user(MANAGER)
        stranger.name, manager.name = "Strange Keeper", "A Manager"
        text = self.page()
        self.assertIn(self.keeper.name, text)
        self.assertNotIn("Strange Keeper", text)
        self.assertNotIn("A Manager", text)

    def test_of_somebody_without_anything(self):
        self.assertIn("Nothing is stored", self.page(self.employee(name="New")))

    def test_after_erasure(self):
        self.assertIn("Wajong", self.page())
        self.erase()
        text = self.page()
        self.assertIn("Nothing is stored", text)
        self.assertNotIn("Wajong", text)

    def test_in_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.person.lang = "nl_NL"
        self.assertIn("31-12-2027", self.page())
        self.person.user_id = self.user("base.group_user")
        self.assertIn("12/31/2027", self.page())

    def test_for_the_pso_hr_group_alone(self):
        for group in OUTSIDERS:
            user = self.user(*dict.fromkeys(["base.group_user", group]))
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.page(user=user)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_for_their_own_company_alone(self):
        other = self.create_company("Another company")
        stranger = self.user(HR, companies=other)
        reports = self.env["ir.actions.report"].with_user(stranger)
        reports = reports.with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            reports._render_qweb_html(REPORT, self.person.ids)

    def test_the_file_has_no_name(self):
        report = self.ref("action_report_person")
        self.assertEqual(report.print_report_name, "'PSO'")
        self.assertEqual(report.group_ids, self.env.ref(HR))
        self.assertFalse(report.attachment)


@tagged("post_install", "-at_install")
class TestAboutMe(HttpCase, ErasureCase):
    """The page of one's own, which everybody has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.user("base.group_user")
        cls.person.user_id = cls.owner
        cls.colleague = cls.user("base.group_user")
        cls.others[1].user_id = cls.colleague
        cls.newcomer = cls.user("base.group_user")
        hired = cls.employee(name="Newcomer", user_id=cls.newcomer.id)
        cls.confirm(cls.person + cls.others[1] + hired)

    def page(self, user, path="/my/pso"):
        self.authenticate(user.login, user.login)
        with closing(self.url_open(path)) as response:
            text = html.fromstring(response.text).text_content()
            return response.status_code, " ".join(text.split())

    def test_about_oneself(self):
        _status, text = self.page(self.owner)
        self.assertIn("decision.pdf", text)
        self.assertIn(self.second.group_id.name, text)

    def test_about_nobody_else(self):
        secrets = ("decision.pdf", self.second.group_id.name, "Erika")
        for path in (
            "/my/pso",
            f"/my/pso?employee_id={self.person.id}",
            f"/my/pso?id={self.person.id}&user_id={self.owner.id}",
            f"/my/pso/{self.person.id}",
            f"/report/html/{REPORT}/{self.person.id}",
        ):
            for user in (self.colleague, self.newcomer):
                with self.subTest(path=path, user=user), mute_logger("odoo.http"):
                    _status, text = self.page(user, path)
                    for secret in secrets:
                        self.assertNotIn(secret, text)

    def test_of_whom_nothing_is_stored(self):
        """The same for who is no employee, or has only just come."""
        nobody = self.user("base.group_user")
        texts = []
        for user in (nobody, self.newcomer):
            status, text = self.page(user)
            self.assertEqual(status, 200)
            self.assertIn("Nothing is stored about you", text)
            texts.append(text.rpartition("What PSO Stores")[2])
        self.assertEqual(*texts)

    def test_of_an_archived_employee(self):
        self.person.active = False
        self.assertIn("decision.pdf", self.page(self.owner)[1])

    def test_not_without_logging_in(self):
        with closing(self.url_open("/my/pso", allow_redirects=False)) as response:
            self.assertIn(response.status_code, (302, 303))
            self.assertIn("/web/login", response.headers["Location"])

    def test_it_is_not_kept_by_the_browser(self):
        self.authenticate(self.owner.login, self.owner.login)
        with closing(self.url_open("/my/pso")) as response:
            self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_everybody_has_the_link(self):
        """In their own preferences, whatever is stored."""
        for user in (self.owner, self.newcomer, self.user("base.group_user")):
            users = self.env["res.users"].with_user(user)
            view_id, _kind = users.action_get()["views"][0]
            arch = users.get_view(view_id, "form")["arch"]
            with self.subTest(user=user):
                self.assertIn("/my/pso", arch)

    def test_in_several_companies(self):
        other = self.create_company("Another company")
        self.owner.company_ids = [Command.link(other.id)]
        second = self.env["hr.employee"].create(
            {"name": "Erika", "company_id": other.id, "user_id": self.owner.id}
        )
        self.status(second, "wia", "2025-01-01")
        self.confirm(second)
        _status, text = self.page(self.owner)
        self.assertIn(self.ref("group_wia").name, text)
        self.assertIn(self.second.group_id.name, text)


@tagged("post_install", "-at_install")
class TestSamples(ErasureCase, PsoCase):
    """The file of a person in a review."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sample = cls.env["pso.sample"].create(
            {"measurement_id": cls.locked.id, "size": 99}
        )
        cls.sample.action_draw()

    def test_the_file_stays_and_names_nobody(self):
        line = self.sample.line_ids.filtered(
            lambda line: line.employee_id == self.person
        )
        line.sudo().remark = "Erika was ill"
        key = line.key
        self.erase()
        self.assertTrue(line.exists())
        self.assertEqual(line.key, key)
        self.assertFalse(line.employee_id or line.status_id or line.remark)
        others = self.sample.line_ids - line
        self.assertTrue(all(other.employee_id for other in others))

    def test_the_names_go_with_those_of_the_measurement(self):
        with freeze_time("2029-01-01"):
            self.run_job()
        self.assertFalse(self.sample.line_ids.employee_id)

    def test_the_names_of_a_live_measurement_go_after_the_same_time(self):
        sample = self.env["pso.sample"].create(
            {"measurement_id": self.live.id, "size": 99}
        )
        sample.action_draw()
        lines = sample.line_ids
        keys = lines.mapped("key")
        lines[0].remark = "Erika was ill"
        with freeze_time("2027-12-31"):
            self.run_job()
        self.assertTrue(all(line.employee_id for line in lines))
        with freeze_time("2028-01-01"):
            self.run_job()
        for line in lines:
            self.assertFalse(line.employee_id or line.status_id or line.remark)
        self.assertEqual(lines.mapped("key"), keys)
        self.assertTrue(self.sample.line_ids.employee_id)
        notes = self.noted().filtered(lambda note: note.record == self.live.id)
        self.assertEqual(notes.mapped("count"), [len(lines)])
