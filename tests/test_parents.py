"""What is of another company answers as if it were not there, wherever it is named.

Made by machine: every relation of every model of ours that somebody may write, and
every relation of ours on a model of core, by every kind of user of another company.
"""

from contextlib import contextmanager
from itertools import chain

from common import PsoCase
from tally import tell
from test_access import ACCESS, HR, MANAGER, PURCHASE

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

KINDS = {
    "target group": (HR,),
    "coordinator": (MANAGER,),
    "purchases": (PURCHASE, "base.group_partner_manager"),
    "everything": (HR, MANAGER, PURCHASE, "base.group_system", "hr.group_hr_manager"),
}
CORE = {
    "hr.employee": ("pso_status_ids",),
    "res.partner": ("pso_certificate_ids", "pso_figure_ids"),
}
RELATIONS = ("many2one", "one2many", "many2many")


class ParentsCase(PsoCase):
    """A company with secrets, and users of another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.create_company("Other company")
        cls.users = {
            kind: cls.user("base.group_user", *groups, companies=cls.other)
            for kind, groups in KINDS.items()
        }
        cls.theirs = cls._records(cls.company)
        cls.ours = cls._records(cls.other)

    @classmethod
    def _records(cls, company):
        """A company's records by model: with something secret, and without."""
        before, cls.company = cls.company, company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": company.ids}
        )
        member, colleague = cls.employee(), cls.employee()
        status = cls.status(member)
        partner = cls.social_vendor(company_id=company.id)
        plain = cls.vendor(company_id=company.id)
        live = cls.measurement(company_ids=[Command.set(company.ids)])
        empty = cls.measurement(
            "2001-01-01", "2001-12-31", company_ids=[Command.set(company.ids)]
        )
        locked = cls.measurement(
            end="2025-06-30", company_ids=[Command.set(company.ids)]
        )
        locked.action_lock()
        correction = cls.env["pso.correction"].create(cls._correction(live))
        plan = cls.env["pso.plan"].create(cls._plan(company))
        action = cls.env["pso.plan.action"].create({"name": "Do", "plan_id": plan.id})
        campaign = cls.env["pso.campaign"].create({"name": "Ask them"})
        request = cls.env["pso.request"].create(
            {"campaign_id": campaign.id, "partner_id": partner.id}
        )
        choosing = cls.env["pso.campaign.choosing"].create({})
        answer = cls.env["pso.answer"].create(
            {
                **cls._answer(request),
                "entity_ids": [Command.create({"name": "Branch"})],
            }
        )
        sample = cls.env["pso.sample"].create({"measurement_id": live.id, "size": 1})
        sample.action_draw()
        # Only an upload of the same user would be his own.
        file = cls.env["ir.attachment"].create(
            {"name": "proof", "res_model": "pso.status", "res_id": status.id}
        )
        job = cls.env["pso.import"].create({})
        entry = cls.env["pso.register.entry"].create({"name": company.name})
        match = cls.env["pso.register.match"].create(
            {"entry_id": entry.id, "partner_id": partner.id}
        )
        records = {
            "hr.employee": [member, colleague],
            "res.partner": [partner, plain],
            "res.company": [company],
            "pso.measurement": [live, empty, locked],
            "pso.status": [status],
            "pso.certificate": [partner.pso_certificate_ids],
            "pso.supplier.figure": [partner.pso_figure_ids],
            # The organisation in the register is of no company.
            "pso.register.match": [match],
            "pso.correction": [correction],
            "pso.quality.answer": [live.quality_ids[0]],
            "pso.plan": [plan],
            "pso.plan.action": [action],
            "pso.certification": [
                cls.env["pso.certification"].create({"company_id": company.id})
            ],
            "pso.answer": [answer],
            "pso.answer.entity": [answer.entity_ids],
            "pso.answer.check": [answer.check_ids[0]],
            "pso.campaign": [campaign],
            "pso.request": [request],
            "pso.campaign.choosing": [choosing],
            "pso.sample": [sample],
            "pso.sample.line": [sample.line_ids],
            "pso.import": [job],
            "pso.import.line": [
                cls.env["pso.import.line"].create(
                    {"row": 2, "state": "bad", "import_id": job.id}
                )
            ],
            "pso.company.settings": [
                cls.env["pso.company.settings"].create({"company_id": company.id})
            ],
            "pso.erasure": [
                cls.env["pso.erasure"].create(
                    {"employee_id": colleague.id, "reason": "mistake"}
                )
            ],
            "ir.attachment": [file],
            "res.users": [cls.user("base.group_user", companies=company)],
        }
        cls.company = before
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": before.ids}
        )
        cls.env.flush_all()
        return records

    @classmethod
    def _plan(cls, company):
        return {
            "name": "To step 3",
            "company_id": company.id,
            "target_level_id": cls.ref("level_step3").id,
            "date_start": "2025-01-01",
            "date_deadline": "2099-12-31",
        }

    @classmethod
    def _answer(cls, asked):
        return {"request_id": asked.id, "kind": "sw", "date_start": "2025-01-01"}

    @classmethod
    def _correction(cls, measurement):
        return {
            "measurement_id": measurement.id,
            "amount": 1,
            "reason": "Branch",
            "source": "Payroll",
        }

    def new(self, model):
        """The values of a new record of the other company."""
        ours = {name: records[0] for name, records in self.ours.items()}
        live, person = ours["pso.measurement"], self.ours["hr.employee"][1]
        return {
            "pso.status": {
                "employee_id": person.id,
                "group_id": self.ref("group_wajong").id,
                "date_start": "2025-01-01",
            },
            "pso.certificate": {
                "partner_id": self.ours["res.partner"][1].id,
                "kind": "sw",
                "date_start": "2025-01-01",
            },
            "pso.supplier.figure": {
                "partner_id": self.ours["res.partner"][1].id,
                "year": 2025,
                "turnover": 1,
                "fte": 1,
                "direct_percentage": 1,
            },
            "pso.register.match": {
                "entry_id": ours["pso.register.match"].entry_id.id,
                "partner_id": self.ours["res.partner"][1].id,
            },
            "pso.correction": self._correction(live),
            "pso.audit.correction": {
                **self._correction(self.ours["pso.measurement"][2]),
                "kind": "total_fte",
                "auditor": "Auditor",
            },
            "pso.measurement": {"company_id": self.other.id},
            "pso.plan": self._plan(self.other),
            "pso.plan.action": {"name": "New", "plan_id": ours["pso.plan"].id},
            "pso.certification": {"company_id": self.other.id},
            "pso.answer": self._answer(ours["pso.request"]),
            "pso.answer.entity": {"name": "New", "answer_id": ours["pso.answer"].id},
            "pso.answer.refusal": {"reason": "New", "answer_id": ours["pso.answer"].id},
            "pso.campaign": {"name": "New", "company_id": self.other.id},
            "pso.request": {
                "campaign_id": ours["pso.campaign"].id,
                "partner_id": self.ours["res.partner"][1].id,
            },
            "pso.campaign.choosing": {"company_id": self.other.id},
            "pso.campaign.choosing.line": {
                "choosing_id": ours["pso.campaign.choosing"].id,
                "partner_id": self.ours["res.partner"][1].id,
            },
            "pso.campaign.preview": {"campaign_id": ours["pso.campaign"].id},
            "pso.quality.answer": {
                "measurement_id": self.ours["pso.measurement"][1].id,
                "criterion": "work",
            },
            "pso.sample": {"measurement_id": live.id, "size": 1},
            "pso.erasure": {"employee_id": person.id, "reason": "mistake"},
            "pso.company.settings": {"company_id": self.other.id},
            "pso.import.line": {
                "row": 3,
                "state": "bad",
                "import_id": ours["pso.import"].id,
            },
        }.get(model, {})

    def relations(self, model):
        """The relations of a model that a user may write: of core those of ours."""
        for name, field in sorted(self.env[model]._fields.items()):
            if field.type not in RELATIONS or name in ("create_uid", "write_uid"):
                continue
            is_derived = field.compute and not field.store or field.related
            if not is_derived and (model in ACCESS or name in CORE[model]):
                yield field

    def values(self, field, number):
        """The ways in which a field may name a record."""
        if field.type == "many2one":
            return [number]
        return [[Command.link(number)], [Command.set([number])]]

    def operations(self, model, field, value):
        """The ways to have a value written, or computed with."""
        own = self.ours.get(model, [self.env[model]])[0]
        new = self.new(model)
        records = self.env[model]
        spec = {field.name: {}}
        yield (
            "create",
            lambda env: records.with_env(env).create({**new, field.name: value}),
        )
        rest = {name: v for name, v in new.items() if name != field.name}
        default = {f"default_{field.name}": value}
        yield (
            "default",
            lambda env: records.with_env(env).with_context(**default).create(rest),
        )
        yield (
            "onchange",
            lambda env: records.with_env(env).onchange(
                {**new, field.name: value}, [field.name], spec
            ),
        )
        if own:
            own = own[:1]
            yield "write", lambda env: own.with_env(env).write({field.name: value})
            yield (
                "edit",
                lambda env: own.with_env(env).onchange(
                    {field.name: value}, [field.name], spec
                ),
            )
            yield "copy", lambda env: own.with_env(env).copy({field.name: value})

    @contextmanager
    def taken_back(self):
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            yield
        finally:
            self.env.transaction.clear()
            savepoint.close(rollback=True)

    def answer(self, user, operation):
        """What a user is told who tries something: an error's kind and words."""
        with self.taken_back():
            self.hand_over(user)
            env = self.env(
                user=user,
                su=False,
                context={"allowed_company_ids": self.other.ids, "lang": "en_US"},
            )
            try:
                operation(env)
                env.flush_all()
            except Exception as error:  # noqa: BLE001 -- it is what is looked at
                return type(error).__name__, str(error)
            return None

    def hand_over(self, user):
        """The wizards of the other company are the user's: one sees one's own."""
        for records in self.ours.values():
            if records[0]._transient:
                for record in records:
                    self.env.cr.execute(
                        SQL(
                            "UPDATE %s SET create_uid = %s WHERE id = %s",
                            SQL.identifier(record._table),
                            user.id,
                            record.id,
                        )
                    )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestParents(ParentsCase):
    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_every_relation_by_every_kind_of_user(self):
        """A record of another company is as none, with members and without."""
        tried = moved = 0
        for model in chain(ACCESS, CORE):
            for field in self.relations(model):
                missing = (
                    self.env[field.comodel_name]
                    .sudo()
                    .search([], order="id desc", limit=1)
                    .id
                    + 10**5
                )
                parents = self.theirs.get(field.comodel_name, [])
                numbers = [parent.id for parent in parents]
                for kind, user in self.users.items():
                    if not self.may_write(model, user):
                        continue
                    answers = {}
                    for number in (missing, *numbers):
                        for n, value in enumerate(self.values(field, number)):
                            ways = self.operations(model, field, value)
                            for way, operation in ways:
                                answer = self.answer(user, operation)
                                answers.setdefault((way, n), []).append(answer)
                                tried += 1
                    for (way, n), found in answers.items():
                        with self.subTest(field=str(field), kind=kind, way=way, n=n):
                            # Some ways do not take the value, whatever it is.
                            moved += found[0] is not None
                            self.assertEqual(len(set(found)), 1, found)
                            is_read_only = way in ("onchange", "edit", "copy")
                            if not is_read_only:
                                self.assertIsNotNone(found[0])
        tell(f"parents moved: {tried} attempts, {moved} ways refused alike")
        self.assertGreater(moved, 150)

    def may_write(self, model, user):
        env = self.env(user=user, su=False)
        return any(env[model].has_access(each) for each in ("create", "write"))

    def test_ones_own_are_taken(self):
        """The same attempts with what is one's own: the refusals are of the parent."""
        for model, kind in (
            ("pso.status", "target group"),
            ("pso.erasure", "target group"),
            ("pso.correction", "coordinator"),
            ("pso.audit.correction", "coordinator"),
            ("pso.plan", "coordinator"),
            ("pso.plan.action", "coordinator"),
            ("pso.certification", "coordinator"),
            ("pso.company.settings", "coordinator"),
            ("pso.certificate", "purchases"),
            ("pso.supplier.figure", "purchases"),
            ("pso.register.match", "purchases"),
            ("pso.answer", "purchases"),
            ("pso.answer.entity", "purchases"),
            ("pso.answer.refusal", "purchases"),
        ):
            with self.subTest(model):
                new = self.new(model)
                self.assertIsNone(
                    self.answer(
                        self.users[kind],
                        lambda env, model=model, new=new: env[model].create(new),
                    )
                )

    def test_a_line_is_shown_with_the_record_that_it_belongs_to(self):
        """As the web client does, with what is typed there."""
        user, spec = self.users["coordinator"], {"reason": {}, "measurement_id": {}}
        for typed, reason in (
            ({"name": "typed"}, None),
            ({"company_id": self.other.id}, None),
            ({"company_id": self.company.id}, "Company: choose"),
            ({"company_ids": [Command.link(self.company.id)]}, "Scope: choose"),
            ({"no_such_field": 1}, "no field of that name"),
        ):
            for own in (self.ours["pso.measurement"][0].id, False):
                owner = {"id": own, **typed}
                with self.subTest(owner=owner):
                    answer = self.shown(user, owner, spec)
                    self.assertIn(reason or "", str(answer))
                    self.assertEqual(answer is None, reason is None)
        theirs = self.theirs["pso.measurement"]
        missing = theirs[-1].id + 10**5
        answers = [
            self.shown(user, {"id": number, "name": "typed"}, spec)
            for number in (missing, *(parent.id for parent in theirs))
        ]
        self.assertEqual(len(set(answers)), 1)
        self.assertIn("Measurement: choose", answers[0][1])

    def shown(self, user, owner, spec):
        vals = {"reason": "x", "measurement_id": owner}
        return self.answer(
            user, lambda env: env["pso.correction"].onchange(vals, ["reason"], spec)
        )

    def test_a_contact_of_an_entity_of_another_company(self):
        """Figures of that entity, which there are, are not spoken of."""
        contact = self.env["res.partner"].create({"name": "Shared", "type": "contact"})
        vals = self.new("pso.supplier.figure") | {"partner_id": contact.id}
        user, answers = self.users["purchases"], []
        for parent in self.theirs["res.partner"]:
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET parent_id = %s, commercial_partner_id = %s "
                    "WHERE id = %s",
                    *(parent.id, parent.id, contact.id),
                )
            )
            answers.append(
                self.answer(user, lambda env: env["pso.supplier.figure"].create(vals))
            )
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0][0], "AccessError")

    def test_an_import_tells_no_more(self):
        """By database id, external id and name."""
        person = self.theirs["hr.employee"][0]
        self.env["ir.model.data"].create(
            {
                "module": "pay",
                "name": "emp1",
                "model": "hr.employee",
                "res_id": person.id,
            }
        )
        user = self.users["target group"]
        columns = ["group_id/id", "date_start"]
        values = ["pso_odoo.group_wajong", "2025-01-01"]
        for column, there, missing in (
            ("employee_id/.id", str(person.id), str(person.id + 10**5)),
            ("employee_id/id", "pay.emp1", "pay.emp2"),
        ):
            with self.subTest(column):
                said = [
                    self.loaded(user, [*columns, column], [*values, value])
                    for value in (there, missing)
                ]
                self.assertEqual(
                    said[0].replace(there, "…"), said[1].replace(missing, "…")
                )

    def loaded(self, user, columns, values):
        with self.taken_back():
            env = self.env(
                user=user, su=False, context={"allowed_company_ids": self.other.ids}
            )
            result = env["pso.status"].load(columns, [values])
            self.assertFalse(result["ids"])
            return str([message["message"] for message in result["messages"]])

    def test_a_status_follows_its_employee(self):
        """Its company is none that somebody writes."""
        user = self.users["target group"]
        user.company_ids += self.company
        both = (self.company + self.other).ids
        env = self.env(user=user, su=False, context={"allowed_company_ids": both})
        status = self.ours["pso.status"][0].with_env(env)
        with self.assertRefused("company of its employee"):
            status.company_id = self.company.id
            env.flush_all()

    def test_settings_of_another_are_out_of_reach(self):
        coordinator = self.users["coordinator"]
        theirs = self.theirs["pso.company.settings"][0].with_user(coordinator)
        for attempt in (theirs.read, lambda: theirs.write({"pso_small_group": 9})):
            with self.assertRaises(AccessError):
                attempt()
