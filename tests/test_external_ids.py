"""No record about a person has an external id, a default or a favourite to read."""

import importlib.util
from pathlib import Path

from common import PsoCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

HR = "pso_odoo.group_pso_hr"
ADMIN = "base.group_system"
MIGRATION = "migrations/19.0.5.0.0/post-external-ids.py"
COLUMNS = ["id", "employee_id/.id", "group_id/id", "form_id/id", "date_start"]
ACL = "odoo.addons.base.models.ir_model"


@tagged("post_install", "-at_install")
class TestExternalIds(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = cls.user(HR, "base.group_allow_export")
        cls.both = cls.user(HR, ADMIN, "base.group_allow_export")
        cls.admin = cls.user(ADMIN)
        cls.people = [cls.employee(name=f"Person {number}") for number in range(3)]
        cls.personal = [name for name, model in cls.env.items() if model._is_personal]

    def rows(self, **changes):
        return [
            [
                f"pay.emp{number}",
                str(person.id),
                f"pso_odoo.{changes.get('group', 'group_wajong')}",
                "pso_odoo.form_regular",
                changes.get("start", "2025-01-01"),
            ]
            for number, person in enumerate(self.people)
        ]

    def load(self, rows, **context):
        statuses = self.env["pso.status"].with_user(self.keeper).with_context(**context)
        return statuses.load(COLUMNS, rows)

    def statuses(self):
        employees = [person.id for person in self.people]
        return self.env["pso.status"].search([("employee_id", "in", employees)])

    def external_ids(self):
        self.env.flush_all()
        return self.env["ir.model.data"].search_count(
            ["|", ("model", "in", self.personal), ("name", "=like", "emp%")]
        )

    def test_a_list_with_ids_is_loaded_once(self):
        before = self.external_ids()
        result = self.load(self.rows())
        self.assertEqual(len(result["ids"]), 3, result)
        self.assertIn("not kept", result["messages"][0]["message"])
        self.assertEqual(result["messages"][0]["type"], "warning")
        again = self.load(self.rows(group="group_wia"))
        self.assertEqual(again["ids"], result["ids"])
        self.assertEqual(len(self.statuses()), 3)
        self.assertEqual(self.statuses().group_id, self.ref("group_wia"))
        self.assertEqual(self.external_ids(), before)

    def test_another_start_is_another_status_and_says_what_is_in_the_way(self):
        self.load(self.rows())
        result = self.load(self.rows(start="2025-03-01"))
        self.assertFalse(result["ids"])
        self.assertIn("already has a status from", result["messages"][0]["message"])

    def test_data_of_an_addon_are_brought_once(self):
        addon = {"install_mode": True, "module": "pso_odoo", "noupdate": True}
        self.load(self.rows(), mode="init", **addon)
        statuses = self.statuses()
        statuses[0].unlink()
        result = self.load(self.rows(group="group_wia"), mode="update", **addon)
        self.assertEqual(result["messages"], [])
        self.assertEqual(self.statuses(), statuses.exists())
        self.assertEqual(self.statuses().group_id, self.ref("group_wajong"))

    def test_what_is_known_by_nothing_is_refused(self):
        with self.assertRaises(UserError):
            self.env["pso.sample.line"]._load_records(
                [{"xml_id": "pay.one", "values": {}}]
            )

    def test_nobody_makes_one(self):
        self.load(self.rows())
        number = self.statuses()[0].id
        vals = {"module": "pay", "name": "emp9", "res_id": number}
        for user in (self.admin, self.both, self.env.ref("base.user_root")):
            data = self.env["ir.model.data"].with_user(user).sudo()
            for name in self.personal:
                with self.assertRaises(UserError, msg=name):
                    data.create({**vals, "model": name})
            other = data.create({**vals, "model": "res.partner", "res_id": 1})
            with self.assertRaises(UserError):
                other.model = "pso.status"
            other.unlink()
        record = {"xml_id": "pay.emp9", "record": self.statuses()[0]}
        with self.assertRaises(UserError):
            self.env["ir.model.data"]._update_xmlids([record])

    def test_an_export_makes_none(self):
        self.load(self.rows())
        before = self.external_ids()
        statuses = self.statuses().with_user(self.keeper)
        [row, *_others] = statuses.export_data(["id", "date_start"])["datas"]
        self.assertFalse(row[0])
        self.people[0].with_user(self.keeper).export_data(["name", "pso_status_ids/id"])
        self.people[0].with_user(self.keeper).with_context(
            import_compat=True
        ).export_data(["name", "pso_status_ids"])
        self.assertEqual(self.external_ids(), before)
        self.assertFalse(any(statuses.get_external_id().values()))
        self.assertFalse(statuses.get_metadata()[0]["xmlid"])

    def test_an_upgrade_takes_away_what_there_is(self):
        self.load(self.rows())
        [number, *_others] = self.statuses().ids
        self.env.cr.execute(
            "INSERT INTO ir_model_data (module, name, model, res_id) "
            "VALUES ('pay', 'emp9', 'pso.status', %s)",
            [number],
        )
        root = Path(__file__).parents[1] / "pso_odoo"
        spec = importlib.util.spec_from_file_location("external_ids", root / MIGRATION)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.env.cr, "19.0.4.0.0")
        self.assertFalse(self.env.ref("pay.emp9", raise_if_not_found=False))
        self.assertEqual(len(self.statuses().exists()), 3)

    # -- siblings ---------------------------------------------------------------

    def test_no_default_tells(self):
        for user in (self.keeper, self.both):
            with self.assertRaises(UserError):
                self.env["ir.default"].with_user(user).set(
                    "pso.status", "employee_id", self.people[0].id, user_id=True
                )

    def test_a_favourite_is_its_owners(self):
        filters = self.env["ir.filters"].with_user(self.keeper)
        mine = filters.create(
            {
                "name": "Person 1",
                "model_id": "pso.status",
                "user_ids": self.keeper.ids,
                "domain": str([("employee_id", "=", self.people[0].id)]),
            }
        )
        shared = mine.copy({"name": "Person 2", "user_ids": False})
        self.env.flush_all()
        for user, seen in ((self.admin, 0), (self.keeper, 2), (self.both, 2)):
            found = (
                self.env["ir.filters"]
                .with_user(user)
                .search([("id", "in", (mine + shared).ids)])
            )
            self.assertEqual(len(found), seen, user.login)
        listed = self.env["ir.filters"].with_user(self.admin).get_filters("pso.status")
        self.assertEqual(listed, [])

    def test_the_rule_of_favourites_names_all_such_models(self):
        domain = self.ref("rule_pso_filters").domain_force
        for name in self.personal:
            if not self.env[name]._abstract:
                self.assertIn(f"'{name}'", domain)

    @mute_logger(ACL)
    def test_nobody_else_makes_templates_of_exports(self):
        exports = self.env["ir.exports"].with_user(self.admin)
        with self.assertRaises(AccessError):
            exports.create({"name": "x", "resource": "pso.status"})
