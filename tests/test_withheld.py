"""Whether there is a record about a person is known to its readers alone."""

from common import PsoCase

from odoo.exceptions import AccessError, MissingError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

HR = "pso_odoo.group_pso_hr"
OUTSIDERS = {
    "portal": "base.group_portal",
    "employee": "base.group_user",
    "officer": "base.group_user,hr.group_hr_manager",
    "admin": "base.group_user,base.group_system",
    "coordinator": "base.group_user,pso_odoo.group_pso_manager",
}


class WithheldCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.employee(name="Erika")
        cls.kept = cls.status(cls.person)
        cls.live = cls.measurement()
        cls.env.flush_all()
        cls.line = cls.live.person_line_ids.filtered(lambda line: line.kind == "group")
        cls.outsiders = {
            kind: new_test_user(
                cls.env,
                login=f"withheld-{kind}",
                groups=groups,
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for kind, groups in OUTSIDERS.items()
        }
        cls.reader = cls.user(HR)

    def answer(self, call, *args):
        """What comes back, or how it is refused, without the number asked for."""
        number = args[-1].id if hasattr(args[-1], "id") else args[-1]
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                result = call(*args)
        except Exception as error:  # noqa: BLE001
            result = (type(error).__name__, str(error))
        return str(result).replace(str(number), "N")


@tagged("post_install", "-at_install")
class TestWithheld(WithheldCase):
    def pairs(self):
        """A record of each model that is there, and one that is not."""
        return [
            (self.kept, self.kept.browse(self.kept.id + 100000)),
            (self.line, self.line.browse(self.line.id ^ 4)),
        ]

    WAYS = {
        "exists": lambda record: len(record.exists()),
        "read": lambda record: record.read(["display_name"]),
        "value": lambda record: record.create_date or record.display_name,
        "search": lambda record: record.search_count([("id", "=", record.id)]),
        "group": lambda record: record._read_group([("id", "=", record.id)], ["id"]),
        "access": lambda record: record.check_access("read"),
        "may": lambda record: record.has_access("write"),
        "lock": lambda record: record.try_lock_for_update(),
        "write": lambda record: record.write({"create_uid": 1}),
        "unlink": lambda record: record.unlink(),
        "copy": lambda record: record.copy(),
        "metadata": lambda record: record.get_metadata(),
    }

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_there_or_not_is_alike_for_superusers_too(self):
        for kind, user in self.outsiders.items():
            for there, missing in self.pairs():
                for name, way in self.WAYS.items():
                    for su in (False, True):
                        with self.subTest(
                            kind=kind, way=name, su=su, model=there._name
                        ):
                            answers = {
                                self.answer(way, record.with_user(user).sudo(su))
                                for record in (there, missing)
                            }
                            self.assertEqual(len(answers), 1, answers)

    def test_the_addon_itself_reads(self):
        user = self.outsiders["employee"]
        status = self.kept.with_user(user)
        self.env.invalidate_all()
        with (
            self.assertRaises(AccessError),
            mute_logger("odoo.addons.base.models.ir_model"),
        ):
            status.sudo().employee_id  # noqa: B018
        self.assertEqual(status._as_addon().employee_id, self.person)
        self.assertEqual(status._as_addon().env.user, user)

    def test_nobody_passes_for_the_addon(self):
        user = self.outsiders["admin"]
        status = self.kept.with_user(user)
        status._as_addon().read(["group_id"])
        for forged in ("pso_odoo", True, 1, {"a": 1}):
            forger = status.with_context(pso_as_addon=forged).sudo()
            self.assertFalse(forger._is_addon(), forged)
            with (
                self.assertRaises(AccessError),
                mute_logger("odoo.addons.base.models.ir_model"),
            ):
                forger.search([])

    def test_what_depends_on_others_is_derived_whoever_changes_it(self):
        abroad = self.create_company("Abroad")
        officer = self.outsiders["officer"]
        officer.company_ids |= abroad
        person = self.person.with_user(officer).with_context(
            allowed_company_ids=[self.company.id, abroad.id]
        )
        person.company_id = abroad
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.kept.company_id, abroad)

    def test_an_officer_deletes_who_has_a_status(self):
        person = self.person.with_user(self.outsiders["officer"])
        person.unlink()
        self.assertFalse(self.kept.exists())

    def test_of_another_company_there_is_nothing(self):
        abroad = self.create_company("Abroad")
        stranger = new_test_user(
            self.env,
            login="withheld-abroad",
            groups=f"base.group_user,{HR}",
            company_id=abroad.id,
            company_ids=[(6, 0, abroad.ids)],
        )
        for record in self.pairs()[0]:
            own = record.with_user(stranger).with_context(
                allowed_company_ids=abroad.ids
            )
            with self.assertRaises(MissingError):
                own.check_access("read")
            self.assertFalse(own.exists())

    def test_who_reads_for_others_gets_nothing_to_copy(self):
        reader = self.kept.with_user(self.reader)
        [row] = reader.sudo().read(["group_id", "date_start"])
        self.assertEqual(
            row, {"id": self.kept.id, "group_id": False, "date_start": False}
        )
        self.assertTrue(reader.read(["group_id"])[0]["group_id"])
