"""Addons that keep what happens to records elsewhere get nothing about persons.

Tried with the ways of auditlog and tracking_manager (OCA): a method is put in front of
one of core's, and reads as superuser; what is to be kept is chosen by a record.
"""

from unittest.mock import patch

from common import PsoCase
from probing import carriers

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

HR = "pso_odoo.group_pso_hr"
ADMIN = "base.group_system"
ACL = "odoo.addons.base.models.ir_model"


@tagged("post_install", "-at_install")
class TestMirrors(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.employee(name="Erika")
        cls.kept = cls.status(cls.person)
        cls.env.flush_all()
        cls.admin = cls.user(ADMIN, "hr.group_hr_manager")
        cls.keeper = cls.user(HR, "hr.group_hr_manager", "base.group_allow_export")
        cls.personal = [
            name
            for name, model in cls.env.items()
            if model._is_personal and not model._abstract
        ]

    def mirrored(self, model, method, call):
        """What a method in front of one of a model reads as superuser, meanwhile."""
        seen = []
        model_class = type(self.env[model])
        origin = getattr(model_class, method)

        def in_front(records, *args, **kwargs):
            self.env.flush_all()
            self.env.invalidate_all()
            if not records.env.su:
                seen.extend(records.sudo().read())
            result = origin(records, *args, **kwargs)
            if method == "create" and not records.env.su:
                seen.extend(result.sudo().read())
            return result

        with patch.object(model_class, method, in_front):
            call()
        return seen

    def test_what_is_put_in_front_of_methods_reads_nothing(self):
        kept = self.kept.with_user(self.keeper)
        calls = {
            "write": lambda: kept.write({"group_id": self.ref("group_wia").id}),
            "read": lambda: kept.read(["group_id"]),
            "web_read": lambda: kept.web_read({"group_id": {}}),
            "export_data": lambda: kept.export_data(["date_start"]),
            "copy": lambda: kept.copy(
                {"date_start": "2019-01-01", "date_end": "2019-06-30"}
            ),
            "create": lambda: kept.copy(
                {"date_start": "2018-01-01", "date_end": "2018-06-30"}
            ),
            "unlink": lambda: kept.unlink(),  # noqa: PLW0108
        }
        for method, call in calls.items():
            with self.subTest(method), self.env.cr.savepoint():
                seen = self.mirrored("pso.status", method, call)
                self.assertTrue(seen)
                for row in seen:
                    row.pop("id")
                    self.assertFalse(any(row.values()), row)

    def test_nor_do_those_in_front_of_an_employee(self):
        for user in (self.admin, self.keeper):
            person = self.person.with_user(user)
            seen = self.mirrored(
                "hr.employee", "write", lambda p=person: p.write({"barcode": "1"})
            )
            [row] = seen
            self.assertEqual(row["name"], "Erika")
            for name in ("pso_status_ids", "pso_counting_state", "pso_counting_note"):
                self.assertFalse(row[name])

    @mute_logger(ACL, "odoo.sql_db")
    def test_nobody_else_has_records_of_persons_kept(self):
        """By any record that names a model: rules, actions, templates, tracking."""
        refused = 0
        admin = self.env(user=self.admin)
        for model in sorted(self.env.registry):
            names = self.env["pso.carrier"]._fields_of(model)
            fields = [self.env[model]._fields[name] for name in names]
            # A field made by hand has a test of its own.
            if self.env[model]._abstract or model == "ir.model.fields":
                continue
            for field in fields:
                if not field.store or field.compute or field.related:
                    continue
                for name in self.personal:
                    if admin[name].has_access("read"):
                        continue
                    vals = carriers.values(self.env, model, ([field], []), name, 1)
                    if field.type == "many2one" and field.comodel_name != "ir.model":
                        vals[field.name] = (
                            self.env["ir.model.fields"]._get(name, "id").id
                        )
                    for records in (admin[model], admin[model].sudo()):
                        with self.assertRaises(Exception) as caught:
                            with self.env.cr.savepoint():
                                records.create(vals)
                        refused += isinstance(caught.exception, AccessError)
        self.assertGreater(refused, 300)

    @mute_logger(ACL)
    def test_nobody_else_switches_something_on(self):
        models = self.env["ir.model"].with_user(self.admin)
        for name in self.personal:
            if not self.env[name].with_user(self.admin).has_access("read"):
                with self.assertRaises(AccessError):
                    models._get(name).name = "x"
        fields = self.env["ir.model.fields"].with_user(self.admin)
        leading = fields._get("hr.employee", "pso_status_ids")
        for write in (leading.write, leading._write):
            with self.assertRaises(AccessError):
                write({"index": True})
        leading._write({"index": False})

    @mute_logger(ACL)
    def test_nobody_else_makes_a_field_that_leads_to_them(self):
        vals = {
            "name": "x_mirror",
            "model_id": self.env["ir.model"]._get_id("hr.employee"),
            "ttype": "char",
        }
        fields = self.env["ir.model.fields"].with_user(self.admin)
        for path in (
            "pso_status_ids.group_id.name",
            "user_id.employee_id.pso_status_ids.group_id.name",
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                fields.create({**vals, "related": path})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            fields.create({**vals, "ttype": "many2many", "relation": "pso.status"})

    def test_what_names_a_deleted_status_goes_with_it(self):
        message = self.env["mail.message"].create(
            {"model": "pso.status", "res_id": self.kept.id, "body": "of Erika"}
        )
        other = message.copy({"res_id": self.kept.id + 1000})
        self.kept.with_user(self.keeper).unlink()
        self.assertFalse(message.exists())
        self.assertTrue(other.exists())
