"""A field that an administrator makes by hand leads to nothing about persons.

Related and computed fields are read as superuser, so messages, activities and files are
reached that say of which record they are.
"""

from pathlib import Path

from common import PsoCase

from odoo.exceptions import AccessError
from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools import mute_logger

HERE = Path(__file__).parent
MIGRATION = "pso_odoo/migrations/19.0.11.0.0/post-made-fields.py"
HR = "pso_odoo.group_pso_hr"
ADMIN = "base.group_system"
PROOF = b"Zeisig proof"
COUNT = (
    "for r in self: r['x_pso_count'] = r.env['mail.activity'].sudo().search_count({})"
)
OF_PEOPLE = "[('res_model', '=', 'pso.people.reminder')]"


@tagged("post_install", "-at_install")
class TestMadeFields(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept = cls.status(cls.employee(name="Erika"))
        cls.file = cls.env["ir.attachment"].create(
            {"name": "Zeisig.txt", "raw": PROOF, "res_model": "pso.status"}
            | {"res_id": cls.kept.id}
        )
        cls.admin = cls.user(ADMIN, "hr.group_hr_manager")
        cls.keeper = cls.user(HR, "hr.group_hr_manager", ADMIN)
        due = {"company_id": cls.company.id, "kind": "ends", "stage": "90"}
        due |= {"date_end": "2025-12-31", "date": "2025-10-02"}
        cls.reminder = cls.env["pso.people.reminder"].create(due)
        cls.reminder._give(cls.keeper, "2025-12-31", "Zeisig")
        cls.activity = cls.reminder.activity_ids
        cls.env.flush_all()

    def vals(self, name, **vals):
        return {
            "model_id": self.env["ir.model"]._get_id("res.users"),
            "state": "manual",
            "name": f"x_pso_{name}",
            "field_description": name,
            **vals,
        }

    def led(self):
        """Fields that lead to what names a record: activities, and a file."""
        return [
            self.vals(
                "acts",
                ttype="one2many",
                relation="mail.activity",
                relation_field="user_id",
                domain=OF_PEOPLE,
            ),
            self.vals("act", ttype="many2one", relation="mail.activity"),
            self.vals("file", ttype="many2one", relation="ir.attachment"),
        ]

    def shown(self):
        """Fields that show something of it."""
        related = {
            "name": ("char", "x_pso_acts.res_name"),
            "summary": ("char", "x_pso_act.summary"),
            "label": ("char", "x_pso_file.name"),
            "raw": ("binary", "x_pso_file.datas"),
            "all": ("one2many", "x_pso_acts"),
        }
        fields = [
            self.vals(name, ttype=ttype, related=path, store=False, readonly=True)
            for name, (ttype, path) in related.items()
        ]
        fields[-1]["relation"] = "mail.activity"
        code = COUNT.format(OF_PEOPLE)
        counts = {"ttype": "integer", "compute": code, "store": False}
        return [*fields, self.vals("count", **counts)]

    def as_admin(self):
        return self.env["ir.model.fields"].with_user(self.admin)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.registry")
    def test_nothing_is_read_by_them(self):
        """Even by those that somebody else made, or that are there from before."""
        self.env["ir.model.fields"].create([*self.led(), *self.shown()])
        names = [vals["name"] for vals in (*self.led(), *self.shown())]
        admin, keeper = (
            self.keeper.with_user(user).with_context(lang="en_US")
            for user in (self.admin, self.keeper)
        )
        admin.write({"x_pso_act": self.activity.id, "x_pso_file": self.file.id})
        self.env.flush_all()
        for reader, knows in ((keeper, True), (admin, False)):
            self.env.invalidate_all()
            for name in names:
                # What leads nowhere has its record left out, as what is deleted has.
                row = dict(*reader.read([name]))
                with self.subTest(name, knows=knows):
                    self.assertEqual(bool(row.get(name)), knows, row)
            for path in ("x_pso_name", "x_pso_acts.summary", "x_pso_file.name"):
                domain = [(path, "ilike", "e"), ("id", "=", reader.id)]
                with self.subTest(path, knows=knows):
                    self.assertEqual(reader.search_count(domain), knows)
            exported = reader.export_data(["x_pso_acts/summary", "x_pso_name"])
            self.assertEqual(any(map(any, exported["datas"])), knows)
        self.assertEqual(keeper.x_pso_raw and keeper.x_pso_file.raw, PROOF)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.registry")
    def test_nothing_is_found_or_grouped_by_them(self):
        """Core joins the tables of what is led to, and searches none of them."""
        vals = {"store": False, "readonly": True, "ttype": "date"}
        day = self.vals("day", related="x_pso_act.date_deadline", **vals)
        self.env["ir.model.fields"].create([*self.led(), *self.shown(), day])
        keeper = self.keeper.with_user(self.keeper)
        keeper.write({"x_pso_act": self.activity.id, "x_pso_file": self.file.id})
        self.env.flush_all()
        own = [("id", "=", keeper.id)]
        for reader, knows in ((self.keeper, True), (self.admin, False)):
            users = self.env["res.users"].with_user(reader)
            for name, value in (
                ("x_pso_summary", "Zeisig"),
                ("x_pso_label", "Zeisig.txt"),
                ("x_pso_day", "2025-12-31"),
            ):
                with self.subTest(name, knows=knows):
                    found = users.search_count([(name, "=", value), *own])
                    self.assertEqual(found, knows)
                    spec = f"{name}:month" if name == "x_pso_day" else name
                    [[group]] = users._read_group(own, [spec])
                    self.assertEqual(bool(group), knows)
                    [[most]] = users._read_group(own, [], [f"{name}:max"])
                    self.assertEqual(bool(most), knows)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.registry")
    def test_what_was_kept_by_them_before_is_not_kept_any_more(self):
        """An upgrade has each of them worked out for who reads it."""
        vals = {"ttype": "char", "store": True, "readonly": True}
        own = self.vals("own", related="activity_summary", **vals)
        kept = self.vals("kept", related="x_pso_act.summary", **vals)
        fields = self.env["ir.model.fields"].create([self.led()[1], own, kept])
        keeper = self.keeper.with_user(self.keeper)
        keeper.x_pso_act = self.activity
        self.env.flush_all()
        domain = [("x_pso_kept", "=", "Zeisig")]
        admin = self.env["res.users"].with_user(self.admin)
        self.assertTrue(admin.search_count(domain))
        script = load_script(str(HERE.parent / MIGRATION), "made_fields")
        with self.assertLogs(script._logger, "WARNING") as logs:
            script.migrate(self.env.cr, "19.0.10.0.0")
        self.assertIn("x_pso_kept of res.users", "".join(logs.output))
        self.env.invalidate_all()
        self.assertEqual(fields.mapped("store"), [True, True, False])
        self.assertFalse(admin.search_count(domain))
        self.assertTrue(keeper.search_count(domain))
        self.assertEqual(keeper.x_pso_kept, "Zeisig")

    def test_what_is_a_part_of_a_message_is_found_by_who_may_read_that(self):
        """A mail is of its message: one finds it by what that says, and counts it."""
        message = self.env["mail.message"].create(
            {"model": "pso.status", "res_id": self.kept.id, "subject": "Zeisig"}
        )
        for model, vals in (
            ("mail.mail", {}),
            ("mail.notification", {"res_partner_id": self.admin.partner_id.id}),
        ):
            self.env[model].create({"mail_message_id": message.id, **vals})
            self.env.flush_all()
            filters = [
                [("mail_message_id", "=", message.id)],
                [("mail_message_id.subject", "=", "Zeisig")],
            ]
            if model == "mail.mail":
                filters += [
                    [("model", "=", "pso.status")],
                    [("subject", "=", "Zeisig")],
                ]
            for domain in filters:
                for user, knows in ((self.keeper, True), (self.admin, False)):
                    with self.subTest(model, domain=domain, knows=knows):
                        found = self.env[model].with_user(user).sudo()
                        self.assertEqual(bool(found.search_count(domain)), knows)

    def test_nobody_makes_a_part_of_what_he_is_not_shown(self):
        """A mail of a message would be sent, with what that says, to whomever."""
        message = self.env["mail.message"].create(
            {"model": "pso.status", "res_id": self.kept.id, "body": "Zeisig"}
        )
        mail = self.env["mail.mail"].create({"mail_message_id": message.id})
        self.env.flush_all()
        mails = self.env["mail.mail"].with_user(self.admin)
        notes = self.env["mail.notification"].with_user(self.admin)
        partner = {"res_partner_id": self.admin.partner_id.id}
        for number in (message.id, message.id + 10**6):
            own = {"mail_message_id": number}
            for make, vals in (
                (mails.create, {**own, "email_to": "me@example.com"}),
                (mails.create({}).write, own),
                (notes.create, {**own, **partner}),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    make(vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mails.browse(mail.id).write({"email_to": "me@example.com"})
        count = self.env["ir.model"].with_user(self.admin)._get("mail.mail").count
        self.assertEqual(count, mails.search_count([]))

    def test_no_property_says_which_numbers_of_persons_there_are(self):
        """Core groups by it, and looks which of the numbers there are."""
        company = self.company.with_user(self.admin).sudo()
        row = {"name": "aa", "type": "many2one", "string": "Who"}
        company.employee_properties_definition = [{**row, "comodel": "res.partner"}]
        with self.assertRaises(AccessError):
            company.employee_properties_definition = [{**row, "comodel": "pso.status"}]

    def test_a_document_of_a_product_shows_no_file_of_others(self):
        """Whoever names a file by its number would find by what is written in it."""
        seller = self.user("product.group_product_manager", "base.group_system")
        document = self.env["product.document"].create({"name": "x", "raw": b"x"})
        document.flush_recordset()
        self.env.cr.execute(
            "UPDATE product_document SET ir_attachment_id = %s WHERE id = %s",
            (self.file.id, document.id),
        )
        for user, knows in ((self.keeper, True), (seller, False)):
            documents = self.env["product.document"].with_user(user).sudo()
            with self.subTest(knows=knows):
                found = documents.search_count([("name", "=", "Zeisig.txt")])
                self.assertEqual(bool(found), knows)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.registry")
    def test_one_that_is_there_and_one_that_is_not_are_alike(self):
        answers = set()
        for number in (self.activity.id, self.activity.id + 10**6):
            found = self.env["mail.activity"].with_user(self.admin).sudo()
            self.env.invalidate_all()
            record = found.browse(number)
            said = [record.exists().ids, found.search_count([("id", "=", number)])]
            try:
                record.summary  # noqa: B018
            except Exception as error:  # noqa: BLE001
                said.append((type(error).__name__, str(error)))
            answers.add(str(said).replace(f"({number},)", "N"))
        self.assertEqual(len(answers), 1, answers)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.registry")
    def test_nobody_else_makes_one_that_shows_them(self):
        """The nightly job would keep what it shows, as Odoo itself."""
        # The activity that is named by its number is refused itself.
        shown = [v for v in self.shown()[:-1] if "act." not in v["related"]]
        counted = self.vals(
            "count", ttype="integer", depends="x_pso_acts.state", compute="pass"
        )
        people = [
            self.vals("people", ttype="many2many", relation="hr.employee"),
            self.vals("group", ttype="char", related="x_pso_people.pso_status_ids.key"),
        ]
        of_status = self.vals(
            "n", ttype="integer", depends="employee_ids.pso_status_ids", compute="pass"
        )
        led = self.led()
        attempts = [[*led[::2], vals] for vals in (*shown, counted)]
        attempts += [[led[1]], [{**led[1], "ttype": "many2many"}]]
        for vals_list in (*attempts, people, [of_status]):
            with (
                self.subTest(vals_list[-1]["name"]),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                self.as_admin().create(vals_list)

    @mute_logger("odoo.registry")
    def test_of_its_own_a_record_may_show_what_it_has(self):
        own = self.vals("own", ttype="char", related="activity_ids.summary")
        named = self.as_admin().create(self.led()[::2])
        self.assertEqual(len(named.exists()), 2)
        [field] = self.as_admin().create([own | {"store": False, "readonly": True}])
        self.assertTrue(field.exists())

    @mute_logger("odoo.registry")
    def test_nor_what_such_a_message_has(self):
        """Lists are read without a search of their own."""
        message = self.env["mail.message"].create(
            {"model": "pso.status", "res_id": self.kept.id, "body": "x"}
            | {"attachment_ids": self.env["ir.attachment"].create({"name": "y"}).ids}
        )
        other = message.copy({"model": "res.users", "res_id": self.keeper.id})
        self.env.flush_all()
        self.env.invalidate_all()
        as_admin = self.env(user=self.admin, su=True)["mail.message"]
        shown = as_admin.browse((message.id, other.id))
        shown.fetch(["attachment_ids"])
        field = shown._fields["attachment_ids"]
        self.assertEqual(list(field._get_cache(shown.env)), other.ids)
