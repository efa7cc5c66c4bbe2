"""Change a fact about a person, look at the score, change it back: nothing is learned.

By each kind of user who can change such facts and sees something of the score; each
writable field of each model of core that employment rests on, found by machine, and
each way to make, end and delete records of them.
"""

import os
from collections import Counter
from contextlib import contextmanager
from unittest.mock import patch

from kept import RESTRICTED, KeptCase
from tally import tell

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

# So many fields are changed between two looks; each on its own in the long run.
TOGETHER = 1 if os.environ.get("PSO_LONG") else 100
# What is left out: a file for each picture, and what only says who wrote when.
NO_FACTS = {"binary", "properties", "properties_definition", "json", "reference"}
# Who leaves a company is told nothing of it any more.
OWN_ACCESS = ("res.company", "user_ids")
OTHER = {
    "char": lambda value: f"{value or ''}x",
    "text": lambda value: f"{value or ''}x",
    "html": lambda value: f"{value or ''}x",
    "boolean": lambda value: not value,
    "integer": lambda value: value + 1,
    "float": lambda value: value - 1 if value > 1 else value + 1,
    "monetary": lambda value: value + 1,
    "date": lambda value: "2025-03-01",
    "datetime": lambda value: "2025-03-01 12:00:00",
}


class ChangeCase(KeptCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counts = Counter()
        calendar = cls.one.sudo().resource_calendar_id
        cls.records = {
            "hr.employee": cls.one,
            "hr.version": cls.one.sudo().version_id,
            "resource.resource": cls.one.resource_id,
            "resource.calendar": calendar,
            "resource.calendar.attendance": calendar.attendance_ids[:1],
            "hr.department": cls.departments[0],
            "hr.work.location": cls.places[0],
            "res.company": cls.company,
        }
        cls.spare = cls.create_spare()
        cls.env.flush_all()

    @classmethod
    def create_spare(cls):
        """Others to point to instead."""
        return {
            "resource.calendar": cls.calendar(20),
            "hr.department": cls.departments[1],
            "hr.work.location": cls.places[1],
            "hr.employee": cls.people[-1],
        }

    @contextmanager
    def undone(self):
        """What is changed within is changed back."""
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            yield
        finally:
            self.env.transaction.clear()
            savepoint.close(rollback=True)
            self.env.registry.clear_cache()

    # -- the fields ------------------------------------------------------------

    def writable(self, kind, model):
        """The names of the fields that a user can write, of every kind but files.

        Those last that keep others from being written: of whom it is, and whether.
        """
        records = self.env[model].with_user(self.users[kind]).sudo(False)
        if not records.has_access("write"):
            self.counts["models refused"] += 1
            return []
        fields = records.fields_get(attributes=["readonly", "type"])
        names = [
            name
            for name, field in fields.items()
            if not field["readonly"]
            and field["type"] not in NO_FACTS
            and (model, name) != OWN_ACCESS
        ]
        return sorted(
            names, key=lambda name: name in ("active", "company_id", "user_id")
        )

    def another(self, record, name):
        """Another value of a field than it has."""
        field, value = record._fields[name], record[name]
        if field.type in OTHER:
            return OTHER[field.type](value)
        if field.type == "selection":
            return next((v for v in field.get_values(self.env) if v != value), False)
        found = self.spare.get(field.comodel_name)
        if found is None or found == value:
            domain = [("id", "not in", value.ids)]
            found = self.env[field.comodel_name].sudo().search(domain, limit=1)
        if field.type == "many2one":
            return found.id
        return (
            [Command.set(found.ids)] if field.type == "many2many" else [Command.clear()]
        )

    def change(self, kind, model, name):
        """Write another value as a user; whether he may."""
        record = self.records[model]
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                values = {name: self.another(record.sudo(), name)}
                context = {"allowed_company_ids": self.company.ids}
                user = self.users[kind]
                record.with_user(user).with_context(**context).write(values)
                self.env.flush_all()
        except Exception:  # pylint: disable=broad-exception-caught
            # Refused in one of many ways; of what comes through it is looked at.
            self.env.transaction.clear()
            self.counts["refused"] += 1
            return False
        self.counts["changed"] += 1
        return True

    def assertSilent(self, kind, before, *what):
        after = self.answers(kind)
        self.counts["looks"] += 1
        self.counts["answers"] += len(after)
        self.assertEqual(after.keys(), before.keys())
        told = [name for name in before if str(before[name]) != str(after[name])]
        self.assertFalse(told, f"{kind} changed {what}")

    def told_by_fields(self, kind, model):
        """Change all fields of a model, some at a time, and look each time."""
        names = self.writable(kind, model)
        before = names and self.answers(kind)
        for start in range(0, len(names), TOGETHER):
            with self.undone():
                some = names[start : start + TOGETHER]
                done = [name for name in some if self.change(kind, model, name)]
                if done:
                    self.assertSilent(kind, before, model, done)
        if names:
            self.assertSilent(kind, before, model, "and changed it back")

    # -- the records -----------------------------------------------------------

    def ways(self):
        """What can be done with records as a whole, as ``{name: what is done}``."""
        member, colleague = self.one, self.people[-1]

        def archive(env):
            member.with_env(env).action_archive()

        def delete(env):
            member.with_env(env).unlink()

        def hire(env):
            env["hr.employee"].create(
                {
                    "name": "New",
                    "company_id": self.company.id,
                    "date_version": "2020-01-01",
                    "contract_date_start": "2020-01-01",
                    "resource_calendar_id": self.calendar(40).id,
                    "department_id": self.departments[0].id,
                }
            )

        def leave(env):
            wizard = env["hr.departure.wizard"].create(
                {
                    "employee_ids": [Command.set(member.ids)],
                    "departure_date": "2025-03-01",
                    "departure_reason_id": self.env["hr.departure.reason"]
                    .search([], limit=1)
                    .id,
                }
            )
            wizard.action_register_departure()

        def new_version(env):
            member.with_env(env).create_version(
                {"date_version": "2025-03-01", "contract_date_end": "2025-04-30"}
            )

        def copy(env):
            version = colleague.sudo().version_id.with_env(env)
            version.copy({"date_version": "2025-03-01"})

        def delete_department(env):
            self.departments[0].with_env(env).unlink()

        def delete_place(env):
            self.people.sudo().version_id.work_location_id = self.places[1]
            self.places[0].with_env(env).unlink()

        def other_attendances(env):
            calendar = member.sudo().resource_calendar_id.with_env(env)
            calendar.attendance_ids[:3].unlink()

        def new_company(env):
            env["res.company"].create({"name": "New"})

        return {
            function.__name__: function
            for function in (
                *(archive, delete, hire, leave, new_version, copy),
                *(delete_department, delete_place, other_attendances, new_company),
            )
        }

    def do(self, kind, way):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                context = {"allowed_company_ids": self.company.ids}
                way(self.env(user=self.users[kind], su=False, context=context))
                self.env.flush_all()
        except Exception:  # pylint: disable=broad-exception-caught
            self.env.transaction.clear()
            self.counts["refused"] += 1
            return False
        self.counts["done"] += 1
        return True


@tagged("post_install", "-at_install")
class TestChangeAndUndo(ChangeCase):
    def test_no_field_tells(self):
        for kind in RESTRICTED:
            for model in self.env["res.users"]._pso_fact_models():
                with self.subTest(kind=kind, model=model):
                    self.told_by_fields(kind, model)
        tell(f"change and undo, fields: {dict(self.counts)}")
        self.assertGreater(self.counts["changed"], 300)
        self.assertGreater(self.counts["models refused"], 3)

    def test_no_record_tells(self):
        done = Counter()
        for kind in RESTRICTED:
            before = self.answers(kind)
            for name, way in self.ways().items():
                with self.subTest(kind=kind, way=name), self.undone():
                    if self.do(kind, way):
                        done[name] += 1
                        self.assertSilent(kind, before, name)
        tell(f"change and undo, records: {dict(self.counts)}")
        self.assertEqual(set(done), set(self.ways()))


@tagged("post_install", "-at_install")
class TestChangeAndUndoItself(ChangeCase):
    """Without the rule the same steps find who counts."""

    def assertTold(self, kind, *changes):
        users = type(self.env["res.users"])
        never = patch.object(users, "_pso_sees_kept_figures", lambda _user: False)
        self.startPatcher(never)
        before = self.answers(kind)
        for change in changes:
            with self.subTest(kind=kind, change=change), self.undone():
                self.assertTrue(self.change(kind, *change))
                with self.assertRaises(AssertionError):
                    self.assertSilent(kind, before, change)

    def test_by_totals(self):
        self.assertTold(
            "HR officer with totals",
            ("hr.employee", "resource_calendar_id"),
            ("hr.version", "resource_calendar_id"),
            ("hr.version", "department_id"),
            ("resource.calendar", "hours_per_week"),
            ("hr.department", "name"),
        )

    def test_by_points(self):
        self.assertTold(
            "HR officer with purchases",
            ("hr.version", "resource_calendar_id"),
            ("resource.calendar", "hours_per_week"),
        )

    def test_by_company(self):
        self.assertTold(
            "administrator who coordinates",
            ("res.company", "pso_fulltime_hours"),
            ("res.company", "pso_small_group"),
        )
