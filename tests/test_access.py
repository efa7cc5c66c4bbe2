"""Who may see and do what: one table, and every way around it that we know of."""

import inspect
from itertools import product

from common import PsoCase

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import SQL, mute_logger

USER, PURCHASE, HR, MANAGER = (
    f"pso_odoo.group_pso_{name}" for name in ("user", "purchase", "hr", "manager")
)
CORE_GROUPS = (
    "base.group_portal",
    "base.group_user",
    "hr.group_hr_user",
    "hr.group_hr_manager",
    "purchase.group_purchase_user",
    "account.group_account_invoice",
    "base.group_system",
)
BOARD = "pso_odoo.group_pso_board"
GROUPS = (*CORE_GROUPS, USER, PURCHASE, HR, MANAGER, BOARD)
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}

# What a group may do with a model; what is not here it may not do. No core group is
# here: whoever administers Odoo, staff or purchases sees nothing of PSO.
RULE_BOOK = {USER: "r", PURCHASE: "r", HR: "r", MANAGER: "rwcu", BOARD: "r"}
PROOF_OF_PURCHASES = {
    **{USER: "r", PURCHASE: "rwcu", HR: "r", MANAGER: "rwcu"},
    BOARD: "r",
}
TOTALS = {USER: "r", HR: "r", MANAGER: "rwcu", BOARD: "r"}
DERIVED_TOTALS = {USER: "r", HR: "r", MANAGER: "r", BOARD: "r"}
DERIVED_PURCHASES = {USER: "r", PURCHASE: "r", HR: "r", MANAGER: "r", BOARD: "r"}
PERSONS = {HR: "rwcu"}
DERIVED_PERSONS = {HR: "r"}
UPLOADS = {HR: "rwcu", PURCHASE: "rwcu", MANAGER: "rwcu"}  # their own, by rule
ACCESS = {
    "pso.level": RULE_BOOK,
    "pso.edition": RULE_BOOK,
    "pso.edition.import": {MANAGER: "rwc"},
    "pso.edition.use": {MANAGER: "rwc"},
    "pso.company.settings": {MANAGER: "rwc"},
    "pso.import": UPLOADS,
    "pso.import.column": UPLOADS,
    "pso.import.header": UPLOADS,
    "pso.import.line": UPLOADS,
    "pso.norm": RULE_BOOK,
    "pso.target.group": RULE_BOOK,
    "pso.group.rule": RULE_BOOK,
    "pso.contract.form": RULE_BOOK,
    "pso.form.rule": RULE_BOOK,
    "pso.check.type": DERIVED_TOTALS,
    "pso.certificate": PROOF_OF_PURCHASES,
    "pso.supplier.figure": PROOF_OF_PURCHASES,
    # What the register says is public; which vendor that is, goes with the vendor.
    "pso.register.entry": PROOF_OF_PURCHASES,
    "pso.register.match": PROOF_OF_PURCHASES,
    "pso.status": PERSONS,
    "pso.status.period": DERIVED_PERSONS,
    "pso.measurement": TOTALS,
    "pso.correction": TOTALS,
    "pso.quality.answer": TOTALS,
    "pso.person.line": DERIVED_PERSONS,
    "pso.supplier.line": DERIVED_TOTALS,
    "pso.purchase.report": DERIVED_PURCHASES,
    "pso.purchase.year": DERIVED_PURCHASES,
    "pso.vendor.prospect": DERIVED_PURCHASES,
    "pso.certified.vendor": DERIVED_PURCHASES,
    "pso.purchase.exception": DERIVED_PURCHASES,
    # Rows are made for who asks to compare.
    "pso.vendor.comparison": DERIVED_PURCHASES,
    "pso.check": DERIVED_TOTALS,
    # Approved by a button, which management alone may press.
    "pso.plan": TOTALS,
    "pso.plan.action": TOTALS,
    "pso.certification": TOTALS,
    # Written by the nightly job alone.
    "pso.reminder": {PURCHASE: "r", MANAGER: "r"},
    "pso.people.reminder": DERIVED_PERSONS,
    "pso.scenario": TOTALS,
    "pso.scenario.line": TOTALS,
    "pso.scenario.question": {MANAGER: "rwc"},
    "pso.scenario.means": {MANAGER: "rwcu"},
    # What people cost on average is for who plans.
    "pso.cost": {MANAGER: "rwcu"},
    "pso.campaign": {PURCHASE: "rwcu", MANAGER: "rwcu"},
    "pso.request": {PURCHASE: "rwcu", MANAGER: "rwcu"},
    # What a vendor says is refused or verified, and kept.
    "pso.answer": {PURCHASE: "rwc", MANAGER: "rwc"},
    "pso.answer.entity": {PURCHASE: "rwcu", MANAGER: "rwcu"},
    "pso.answer.check": {PURCHASE: "rw", MANAGER: "rw"},
    "pso.answer.refusal": {PURCHASE: "rwc", MANAGER: "rwc"},
    "pso.page.visit": {},
    "pso.campaign.choosing": {PURCHASE: "rwc", MANAGER: "rwc"},
    "pso.campaign.choosing.line": {PURCHASE: "rwcu", MANAGER: "rwcu"},
    "pso.campaign.preview": {PURCHASE: "rwc", MANAGER: "rwc"},
    "pso.locked.person.line": DERIVED_PERSONS,
    "pso.locked.supplier.line": DERIVED_TOTALS,
    "pso.locked.check": DERIVED_TOTALS,
    "pso.missing.proof": {PURCHASE: "r", HR: "r", MANAGER: "r"},
    "pso.sample": {HR: "rwcu", MANAGER: "r"},
    "pso.sample.line": {HR: "rw"},
    "pso.erasure": {HR: "rwc"},
    "pso.audit.correction": {USER: "r", HR: "r", MANAGER: "rc", BOARD: "r"},
    "pso.log": {HR: "r", MANAGER: "r"},
    "pso.seal": {HR: "r", MANAGER: "r"},
    "pso.seal.verification": {HR: "rc", MANAGER: "rc"},
    "pso.locked.index": DERIVED_PERSONS,
    # Whose login it is, of anybody; withdrawn by a button, and never rewritten.
    "pso.person.confirmation": {HR: "rc"},
    "pso.person.confirming": {HR: "rw"},
    "pso.person.confirming.line": {HR: "rw"},
    "pso.staff.list": {HR: "rwc"},
    "pso.staff.list.line": {HR: "rwcu"},
    "pso.snapshot": {},
    "pso.trace": {},
    "pso.log.link": DERIVED_PERSONS,
    "pso.log.head": DERIVED_PERSONS,
}

# The fields of ours on models of core, and the groups that see them.
EVERY_EMPLOYEE = "base.group_user"
PSO_USERS = f"{USER},{PURCHASE}"
FIELD_GROUPS = {
    "hr.employee": dict.fromkeys(
        (
            *("pso_status_ids", "pso_counting_state", "pso_counting_note"),
            *("pso_confirmation_ids", "pso_confirmation_state"),
            "pso_confirmation_note",
        ),
        HR,
    )
    | {"pso_key_salt": "."},
    "hr.job": dict.fromkeys(
        ("pso_carved_from_id", "pso_tasks", "pso_task_count"), f"{HR},{MANAGER}"
    )
    | {"pso_is_open": None},
    # What decides on the score is for those who may know whom it concerns.
    "hr.version": dict.fromkeys(
        ("pso_counts", "pso_hours", "pso_hours_override", "pso_hours_custom"), HR
    ),
    "res.partner": {
        **dict.fromkeys(
            ("pso_certificate_ids", "pso_figure_ids", "pso_spend_ids"), PSO_USERS
        ),
        "pso_badge": EVERY_EMPLOYEE,
        "pso_standing": EVERY_EMPLOYEE,
        "pso_plan_links": USER,
    },
    "purchase.order": {
        **dict.fromkeys(
            (
                "pso_certificate_id",
                "pso_level_id",
                "pso_is_social",
                "pso_amount",
                "pso_fte",
                "pso_hint",
                "pso_hint_vendors",
                "pso_hint_vendor_links",
            ),
            EVERY_EMPLOYEE,
        ),
        # It follows from the score, so it is for those who see something of that.
        "pso_points": PSO_USERS,
        "pso_points_note": PSO_USERS,
    },
    "purchase.order.line": {
        **dict.fromkeys(("pso_excluded", "pso_excluded_reason"), PURCHASE),
        # On its way from a line to its copy: nobody reads it, or says it from outside.
        "pso_copy_of": ".",
    },
    "res.company": {
        "pso_fulltime_hours": None,
        "pso_count_without_contract": None,
        "pso_small_group": None,
        "pso_status_months": None,
        "pso_names_months": None,
        "pso_log_months": None,
        "pso_bundle_bills": None,
        "pso_seal_email": None,
        "pso_reminders": None,
        "pso_purchase_user_id": None,
        "pso_people_user_id": None,
        "pso_own_user_id": None,
        "pso_secret": ".",
        "pso_persons": ".",
    },
    "base.module.uninstall": {"pso_note": None},
    "res.config.settings": dict.fromkeys(
        (
            "pso_fulltime_hours",
            "pso_count_without_contract",
            "pso_small_group",
            "pso_status_months",
            "pso_names_months",
            "pso_log_months",
            "pso_bundle_bills",
            "pso_seal_email",
            "pso_reminders",
            "pso_purchase_user_id",
            "pso_people_user_id",
            "pso_own_user_id",
            "pso_reminder_note",
            "pso_company_registry",
            "pso_edition_name",
            "pso_shows_setup",
            "pso_reader_warning",
            *(f"pso_{name}_count" for name in ("user", "manager", "purchase", "hr")),
            *("pso_is_manager", "pso_is_hr"),
        )
    ),
    "product.category": {
        "pso_certified_vendor": PURCHASE,
        "pso_is_certified_expected": EVERY_EMPLOYEE,
    },
    "product.template": {"pso_excluded": None},
    "product.supplierinfo": {"pso_badge": EVERY_EMPLOYEE},
    "res.users": {"pso_warning": "base.group_erp_manager"},
}
FIELD_GROUPS["account.move"] = dict(FIELD_GROUPS["purchase.order"])
FIELD_GROUPS["account.move.line"] = dict(FIELD_GROUPS["purchase.order.line"])
FIELD_GROUPS["purchase.order"] |= {
    **dict.fromkeys(
        ("pso_badge", "pso_expected_note", "pso_reason", "pso_reason_user_id"),
        EVERY_EMPLOYEE,
    ),
    "pso_reason_date": EVERY_EMPLOYEE,
    "pso_plan_links": USER,
}
FIELD_GROUPS["purchase.order.line"] |= {
    "pso_badge": EVERY_EMPLOYEE,
    "pso_expected_category_id": ".",
}


# Records that one makes oneself, and nobody else sees, by rule; and all wizards.
OWN = {"pso.import.header"}
# What core offers to its own users, and we add to.
OF_CORE = {
    *("create", "read", "load", "write", "unlink", "copy_data"),
    *("button_confirm", "action_merge", "action_add_to_po", "action_add_downpayment"),
    "mail_allowed_qweb_expressions",
}


class AccessCase(PsoCase):
    """A user for each group, and one record of every kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            group: cls.user(*dict.fromkeys(["base.group_user", group]))
            for group in GROUPS
            if group != "base.group_portal"
        }
        cls.users["base.group_portal"] = cls.user("base.group_portal")
        cls.person = cls.employee(name="Secret Person")
        cls.a_status = cls.status(cls.person, evidence_state="verified")
        cls.partner = cls.social_vendor()
        cls.a_bill = cls.bill(cls.partner, 100)
        # What is compared and asked for is of today.
        today = fields.Date.context_today(cls.company)
        cls.bill(cls.vendor("Plain"), 100, today)
        cls.certificate(cls.vendor("Today"), today, today)
        cls.an_exception()
        cls.live = cls.measurement()
        cls.locked = cls.measurement(end="2025-06-30")
        cls.locked.action_lock()
        cls.a_sample = cls.env["pso.sample"].create(
            {"measurement_id": cls.live.id, "size": 1}
        )
        cls.a_sample.action_draw()
        cls.a_plan = cls.env["pso.plan"].create(
            {
                "name": "To step 3",
                "company_id": cls.company.id,
                "target_level_id": cls.ref("level_step3").id,
                "date_start": "2025-01-01",
                "date_deadline": "2099-12-31",
            }
        )
        cls.env["pso.certification"].create({"company_id": cls.company.id})
        due = {"company_id": cls.company.id, "stage": "90", "date_end": today}
        due["date"] = today
        cls.env["pso.reminder"].create({**due, "kind": "figures"})
        cls.env["pso.people.reminder"].create({**due, "kind": "ends"})
        cls.a_scenario = cls.env["pso.scenario"].create(
            {"name": "What if", "measurement_id": cls.live.id}
        )
        cls.a_campaign = cls.env["pso.campaign"].create({"name": "Ask them"})
        # In a test nothing is committed, and so nothing linked.
        cls.env["pso.log.link"]._link(cls.env.cr, cls.company.id, None)
        cls.correction = cls.env["pso.correction"].create(
            {
                "measurement_id": cls.live.id,
                "amount": 1,
                "reason": "Branch",
                "source": "Payroll of the branch",
            }
        )

    @classmethod
    def an_exception(cls):
        """An order at a vendor without certificate, where one was expected."""
        category = cls.env["product.category"].create(
            {"name": "Expected", "pso_certified_vendor": "expected"}
        )
        cls.expected = cls.product(categ_id=category.id)
        line = cls.order_line(100, product_id=cls.expected.id)
        vals = {"pso_reason": "Nobody else", "order_line": [line]}
        return cls.order(cls.vendor("Elsewhere"), 100, **vals)


@tagged("post_install", "-at_install")
class TestAccessTable(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.employee(name="Other Person")
        with_login = cls.employee(user_id=cls.user("base.group_user").id)
        asking = cls.env["pso.person.confirming"].create({})
        choosing = cls.env["pso.campaign.choosing"].create({"name": "New"})
        cls.new = {
            "pso.person.confirmation": {"employee_id": with_login.id},
            "pso.person.confirming": {"line_ids": []},
            "pso.person.confirming.line": {
                "is_chosen": True,
                "confirming_id": asking.id,
                "employee_id": with_login.id,
                "user_id": with_login.user_id.id,
                "tie": "shown",
            },
            "pso.campaign": {"name": "New"},
            "pso.request": {
                "campaign_id": cls.a_campaign.id,
                "partner_id": cls.vendor("Asked").id,
            },
            "pso.campaign.choosing": {"name": "New"},
            "pso.campaign.choosing.line": {
                "choosing_id": choosing.id,
                "partner_id": cls.vendor("Proposed").id,
            },
            "pso.campaign.preview": {"campaign_id": cls.a_campaign.id},
            "pso.level": {"code": "new", "name": "New"},
            "pso.edition": {"code": "new", "name": "New"},
            "pso.company.settings": {"pso_small_group": 6},
            "pso.edition.import": {"filename": "new.xlsx", "file": "AAAA"},
            "pso.edition.use": {"edition_id": cls.edition.id},
            "pso.seal.verification": {"scope": "New"},
            "pso.staff.list": {},
            "pso.staff.list.line": {
                "name": "New",
                "list_id": cls.env["pso.staff.list"].create({"line_ids": []}).id,
            },
            "pso.import": {"filename": "new.csv"},
            "pso.import.column": {
                "position": 0,
                "header": "New",
                "import_id": cls.env["pso.import"].create({}).id,
            },
            "pso.import.header": {"kind": "status", "key": "new", "name": "group_id"},
            "pso.import.line": {
                "row": 2,
                "state": "bad",
                "import_id": cls.env["pso.import"].create({}).id,
            },
            "pso.norm": {
                "edition_id": cls.edition.id,
                "level_id": cls.ref("level_step1").id,
                "size_fte": 3.5,
                "percentage": 15,
            },
            "pso.target.group": {"code": "new", "name": "New"},
            "pso.group.rule": {
                "edition_id": cls.ref("edition_1_7").id,
                "group_id": cls.ref("group_ukraine").id,
            },
            "pso.contract.form": {"code": "new", "name": "New"},
            "pso.form.rule": {
                "edition_id": cls.edition.id,
                "form_id": cls.env["pso.contract.form"]
                .create({"code": "other", "name": "Other"})
                .id,
            },
            "pso.certificate": {
                "partner_id": cls.vendor("Other").id,
                "kind": "sw",
                "date_start": "2025-01-01",
            },
            "pso.supplier.figure": {
                "partner_id": cls.vendor("Other").id,
                "year": 2025,
                "turnover": 1,
                "fte": 1,
                "direct_percentage": 1,
            },
            "pso.register.entry": {"name": "New"},
            "pso.register.match": {
                "entry_id": cls.env["pso.register.entry"].create({"name": "Old"}).id,
                "partner_id": cls.vendor("Other").id,
            },
            "pso.status": {
                "employee_id": other.id,
                "group_id": cls.ref("group_wajong").id,
                "form_id": cls.ref("form_regular").id,
                "date_start": "2025-01-01",
            },
            "pso.measurement": {"company_id": cls.company.id},
            "pso.plan": {
                "name": "New",
                "company_id": cls.company.id,
                "target_level_id": cls.ref("level_step3").id,
                "date_start": "2025-01-01",
                "date_deadline": "2099-12-31",
            },
            "pso.plan.action": {"name": "New", "plan_id": cls.a_plan.id},
            "pso.certification": {"company_id": cls.company.id},
            "pso.scenario": {"name": "New", "measurement_id": cls.live.id},
            "pso.scenario.line": {
                "scenario_id": cls.a_scenario.id,
                "kind": "staff",
                "fte": 1,
            },
            "pso.cost": {"amount": 1000},
            "pso.scenario.question": {"measurement_id": cls.live.id},
            "pso.scenario.means": {
                "kind": "money",
                "question_id": cls.env["pso.scenario.question"]
                .create({"measurement_id": cls.live.id})
                .id,
            },
            "pso.correction": {
                "measurement_id": cls.live.id,
                "amount": 2,
                "reason": "New",
                "source": "New",
            },
            "pso.audit.correction": {
                "amount": 1,
                "kind": "total_fte",
                "measurement_id": cls.locked.id,
                "reason": "New",
                "source": "New",
                "auditor": "New",
            },
            "pso.sample": {"measurement_id": cls.live.id, "size": 1},
            "pso.snapshot": {
                "key": "rolling",
                "company_id": cls.company.id,
                "date": "2020-01-01",
            },
            "pso.trace": {
                "subject": "new",
                "value": "new",
                "date": "2020-01-01",
                "uid": 1,
            },
            "pso.erasure": {"reason": "mistake", "employee_id": other.id},
            "pso.vendor.comparison": {
                "company_id": cls.company.id,
                "product_id": cls.expected.id,
                "partner_id": cls.partner.id,
            },
            "pso.quality.answer": {
                "measurement_id": cls.env["pso.measurement"]
                .create({"company_id": cls.company.id, "quality_ids": []})
                .id,
                "criterion": "work",
            },
            **cls.new_answers(),
        }

    @classmethod
    def new_answers(cls):
        """What a vendor says, and what is kept with it."""
        asked, another = cls.env["pso.request"].create(
            [
                {"campaign_id": cls.a_campaign.id, "partner_id": cls.vendor(name).id}
                for name in ("Asked", "Asked Too")
            ]
        )
        answer = cls.env["pso.answer"].create({"kind": "sw", **cls.said(asked)})
        answer.check_ids[0].unlink()
        return {
            "pso.answer": {"proof_date": "2025-01-01", **cls.said(another)},
            "pso.answer.entity": {"name": "New", "answer_id": answer.id},
            "pso.answer.check": {
                "note": "New",
                "answer_id": answer.id,
                "kind": "entity",
            },
            "pso.answer.refusal": {"reason": "New", "answer_id": answer.id},
            "pso.page.visit": {"key": "new", "moment": "2025-01-01"},
        }

    @classmethod
    def said(cls, asked):
        return {"request_id": asked.id, "kind": "sw", "date_start": "2025-01-01"}

    def test_the_table_has_every_model(self):
        """A new model is open to nobody until somebody has thought about it."""
        models = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("pso.") and not model._abstract
        }
        self.assertEqual(models, set(ACCESS))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_every_model_group_and_operation(self):
        for model, group, letter in product(ACCESS, GROUPS, OPERATIONS):
            operation = OPERATIONS[letter]
            expected = letter in ACCESS[model].get(group, "")
            with self.subTest(model=model, group=group, operation=operation):
                self.assertEqual(self.is_allowed(model, group, operation), expected)

    def is_allowed(self, model, group, operation):
        """Try it on a real record, and take it back."""
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            record = self.record(model)
            self.env.flush_all()
            if model in OWN or record._transient:  # one sees one's own
                self.hand_over(record, self.users[group])
                for name in {
                    "import_id",
                    "question_id",
                    "choosing_id",
                } & record._fields.keys():
                    self.hand_over(record[name], self.users[group])
            # A full cache may keep access rights from being checked.
            self.env.invalidate_all()
            getattr(self, f"try_{operation}")(record.with_user(self.users[group]))
            self.env.flush_all()
        except AccessError:
            return False
        else:
            return True
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)

    def hand_over(self, record, user):
        table, ids = SQL.identifier(record._table), record._ids
        self.env.cr.execute(
            SQL("UPDATE %s SET create_uid = %s WHERE id IN %s", table, user.id, ids)
        )

    def record(self, model):
        """A record of this company, a new one where there can be: it may be deleted."""
        if model in self.new:
            return self.env[model].create(self.new[model])
        fields = self.env[model]._fields
        owners = [name for name in ("measurement_id", "employee_id") if name in fields]
        domain = [(f"{name}.company_id", "=", self.company.id) for name in owners[:1]]
        if "company_id" in fields:
            domain.append(("company_id", "=", self.company.id))
        if model == "pso.missing.proof":  # the others: see test_missing.py
            domain = [("area", "=", "purchases"), *domain[:1]]
        return self.env[model].sudo().search(domain, limit=1).ensure_one()

    def try_read(self, record):
        self.assertTrue(record.read())

    def try_write(self, record):
        values = self.new.get(record._name) or {"id": record.id}
        name = next(iter(values))
        record.write({name: values[name]})

    def try_create(self, record):
        values = self.new.get(record._name, {})
        if values and record._name != "pso.audit.correction":  # which is kept
            record.sudo().unlink()
        record.create(values)

    def try_unlink(self, record):
        record.unlink()


@tagged("post_install", "-at_install")
class TestFieldGroups(PsoCase):
    def test_fields_on_models_of_core(self):
        """All of them, with just the groups that were decided upon."""
        found = {
            name: {
                field.name: field.groups
                for field in model._fields.values()
                if field.name.startswith("pso_") and not field.inherited
            }
            for name, model in self.env.registry.items()
            if not name.startswith("pso.") and not model._abstract
        }
        self.assertEqual({k: v for k, v in found.items() if v}, FIELD_GROUPS)

    def test_no_closed_field_is_searched_as_superuser(self):
        """Core searches some ways as superuser, by whatever a dotted path leads to."""
        led = self.env(user=self.user(HR), su=True)
        for name, groups in FIELD_GROUPS.items():
            for closed in (each for each, group in groups.items() if group):
                field = self.env[name]._fields[closed]
                with self.subTest(field=str(field)):
                    self.assertIn("to_sql", vars(field))
                    self.assertIn("condition_to_sql", vars(field))
                    if field.store and field.column_type:
                        with self.assertRaises(AccessError):
                            led[name].search([(closed, "!=", False)])
                        with self.assertRaises(AccessError):
                            led[name].search([], order=closed)
                    with self.assertRaises(AccessError):
                        led[name].search_fetch([], [closed], limit=1)

    def test_everybody_can_still_read_the_models_of_core(self):
        """One field without groups makes hr.employee unreadable for ordinary users."""
        employee = self.employee()
        bill = self.bill(self.social_vendor(), 100)
        user = self.user(
            "base.group_user",
            "purchase.group_purchase_user",
            "account.group_account_invoice",
        )
        order = self.env["purchase.order"].create({"partner_id": bill.partner_id.id})
        for record in (employee, bill, order, self.company):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(model=record._name):
                values = record.with_user(user).read()[0]
                self.assertEqual(values["id"], record.id)
                self.assertNotIn("pso_status_ids", values)
                self.assertNotIn("pso_secret", values)
        partner = bill.partner_id.with_user(user)
        ours = {name for name in partner.fields_get() if "pso" in name}
        self.assertEqual(ours, {"pso_badge", "pso_standing"})

    def test_portal_users_can_still_read_their_documents(self):
        """The portal shows orders and bills: fields of ours must not break it."""
        portal = self.user("base.group_portal")
        order = self.env["purchase.order"].create({"partner_id": portal.partner_id.id})
        bill = self.bill(portal.partner_id, 100)
        for record in (bill, order):
            record.message_subscribe(portal.partner_id.ids)
        self.env.flush_all()
        self.env.invalidate_all()
        for record in (bill, order):
            with self.subTest(model=record._name):
                fields = record.with_user(portal).fields_get()
                self.assertFalse([name for name in fields if name.startswith("pso_")])
                self.assertTrue(
                    record.with_user(portal).read(["name", "amount_untaxed"])
                )


@tagged("post_install", "-at_install")
class TestPersonsStayHidden(AccessCase):
    """Health data: no detour shows who belongs to the target group."""

    def for_outsiders(self, attempt):
        """Let everybody but the PSO HR group try, and see to it that they fail."""
        for group, user in self.users.items():
            if group == HR:
                continue
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(group=group):
                try:
                    attempt(self.env(user=user, su=False))
                # Who sees the public view of employees has no such field.
                except (AccessError, ValueError):
                    continue
                self.fail("That was answered")

    def test_not_by_searching_employees(self):
        """A domain over a hidden field would tell it by its answer."""
        detours = {
            "hr.employee": "pso_status_ids",
            "hr.version": "employee_id.pso_status_ids",
            "hr.department": "member_ids.pso_status_ids",
            "res.users": "employee_ids.pso_status_ids",
            "resource.resource": "employee_id.pso_status_ids",
        }
        for model, path in detours.items():
            self.for_outsiders(
                lambda env, model=model, path=path: env[model].search(
                    [(f"{path}.group_id.code", "=", "wajong")]
                )
            )

    def test_not_by_grouping_employees(self):
        self.for_outsiders(
            lambda env: env["hr.employee"]._read_group([], ["pso_status_ids"])
        )

    def test_not_by_name_search(self):
        for model in ("pso.status", "pso.status.period", "pso.person.line"):
            self.for_outsiders(lambda env, model=model: env[model].name_search(""))

    def test_not_through_a_measurement(self):
        self.for_outsiders(
            lambda env: env["pso.measurement"].search(
                [("person_line_ids.employee_id.name", "=", self.person.name)]
            )
        )
        self.for_outsiders(
            lambda env: env["pso.measurement"].browse(self.live.id).person_line_ids.ids
        )

    def test_not_through_a_check(self):
        """A check says how many; who they are is for the PSO HR group."""
        self.a_status.evidence_state = "missing"
        domain = [
            ("measurement_id", "=", self.live.id),
            ("type_id.code", "=", "no_proof"),
        ]
        self.assertEqual(self.env["pso.check"].search(domain).count, 1)
        self.for_outsiders(
            lambda env: env["pso.check"].search(domain).action_open_findings()
        )

    def test_not_through_the_proof(self):
        """Files belong to the status: for an administrator too they are not there."""
        file = self.env["ir.attachment"].create({"name": "decision.pdf", "raw": b"x"})
        self.a_status.attachment_ids = file
        fields = ["name", "res_id", "datas"]

        def read(env):
            found = env["ir.attachment"].browse(file.id)
            if not found.exists() and not found.read(fields):
                raise AccessError(file.name)

        self.for_outsiders(read)
        mine = file.with_user(self.users[HR])
        self.assertEqual(mine.read(["name"])[0]["name"], "decision.pdf")

    def test_not_by_what_makes_the_keys(self):
        """Who knows the secret can work out whose key is whose."""
        for group, user in self.users.items():
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.company.with_user(user).read(["pso_secret"])

    def test_not_by_the_name_of_a_record(self):
        """The name of a record travels further than the record."""
        line = self.live.person_line_ids.filtered(lambda line: line.kind == "group")
        for record in (self.a_status, line):
            self.assertNotIn(self.person.name, record.display_name)

    def test_the_chatter_of_a_measurement_names_nobody(self):
        body = " ".join(self.locked.message_ids.mapped("body"))
        self.assertIn("Locked", body)
        self.assertNotIn(self.person.name, body)
        self.assertNotIn(self.a_status.group_id.name, body)

    def test_the_pso_hr_group_sees_them(self):
        """The reverse: what is hidden above is there."""
        env = self.env(user=self.users[HR], su=False)
        found = env["hr.employee"].search([("pso_status_ids", "!=", False)])
        self.assertIn(self.person.id, found.ids)
        lines = env["pso.measurement"].browse(self.live.id).person_line_ids
        self.assertIn(self.person.id, lines.employee_id.ids)

    def test_managers_see_totals_of_people_they_may_not_see(self):
        live = self.live.with_user(self.users[MANAGER])
        self.assertEqual(live.direct_fte, 1)
        self.assertEqual(self.live.with_user(self.users[USER]).direct_fte, 1)


@tagged("post_install", "-at_install")
class TestRpc(HttpCase, AccessCase):
    """Every public method of ours, called from outside by those it is not for."""

    CALLERS = (
        "base.group_portal",
        "base.group_user",
        "purchase.group_purchase_user",
        "base.group_system",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.env["purchase.order"].create(
            {
                "partner_id": cls.partner.id,
                "order_line": [cls.order_line(1)],
            }
        )
        cls.examples = {
            "pso.measurement": cls.live,
            "pso.status": cls.a_status,
            "pso.correction": cls.correction,
            "purchase.order": cls.order,
            "purchase.order.line": cls.order.order_line,
            "account.move": cls.a_bill,
            "account.move.line": cls.a_bill.invoice_line_ids,
        }

    def public_methods(self):
        """``(model, method)`` of everything RPC can reach in the addon's classes."""
        for name, model in self.env.registry.items():
            if model._abstract:
                continue
            ours = {
                method
                for cls in model.mro()
                if cls.__module__.startswith("odoo.addons.pso_odoo")
                for method, function in inspect.getmembers(cls, inspect.isfunction)
                if not method.startswith("_") and method in cls.__dict__
                if not getattr(function, "_api_private", False)
            }
            for method in sorted(ours - OF_CORE):
                yield name, method

    def call(self, model, method, *args):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": {}},
        )

    def test_public_methods_refuse_outsiders(self):
        """An AccessError each time: no answer, and no other error that tells more."""
        methods = list(self.public_methods())
        self.assertIn(("pso.measurement", "action_lock"), methods)
        for group in self.CALLERS:
            login = self.users[group].login
            self.authenticate(login, login)
            for model, method in methods:
                record = self.examples.get(model) or self.env[model].sudo().search(
                    [], limit=1
                )
                with self.subTest(group=group, model=model, method=method):
                    with (
                        mute_logger("odoo.http"),
                        self.assertRaises(JsonRpcException) as caught,
                    ):
                        self.call(model, method, record.ids or [1])
                    self.assertIn("AccessError", str(caught.exception))

    def test_orm_methods_refuse_outsiders(self):
        """Reading, searching and grouping what a person is in."""
        reads = {
            "read": [[1], ["display_name"]],
            "search_read": [[], ["display_name"]],
            "search_count": [[]],
            "name_search": [""],
            "web_search_read": [[], {"display_name": {}}],
            "formatted_read_group": [[], ["group_id"], ["__count"]],
        }
        models = [name for name, access in ACCESS.items() if access.keys() == {HR}]
        self.assertEqual(len(models), 15)
        for group in (*self.CALLERS, MANAGER):
            login = self.users[group].login
            self.authenticate(login, login)
            for model, (method, args) in product(models, reads.items()):
                with (
                    self.subTest(group=group, model=model, method=method),
                    mute_logger("odoo.http"),
                    self.assertRaises(JsonRpcException) as caught,
                ):
                    self.call(model, method, *args)
                self.assertIn("AccessError", str(caught.exception))

    def test_private_methods_are_out_of_reach(self):
        login = self.users[HR].login
        self.authenticate(login, login)
        for method in ("_live_figures", "_forget_figures", "_lock"):
            with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                self.call("pso.measurement", method, self.live.ids)
