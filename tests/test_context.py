"""Whatever a button writes, it writes without the defaults of an action before it."""

import base64
import json
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

from common import PsoCase
from lxml import etree
from test_replica import WRITERS, our_methods

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

GROUPS = (
    *("pso_odoo.group_pso_hr", "pso_odoo.group_pso_manager"),
    "pso_odoo.group_pso_board",
    *("account.group_account_manager", "purchase.group_purchase_manager"),
    *("hr.group_hr_manager", "base.group_system"),
)
# Models of core that a button of ours may write.
OF_CORE = (
    *("account.move", "account.move.line", "hr.employee", "hr.version"),
    *("ir.attachment", "mail.message", "onboarding.progress.step", "res.company"),
    *("product.category", "purchase.order", "purchase.order.line"),
    *("res.partner", "res.users"),
)
RANDOM = ("pso_key_salt", "message_id", "seed")
# The chain of the log is made of the numbers of its lines, which go on.
CHAIN = ("pso.log.link", "pso.log.head")
NUMBERED = ("id", "digest", "reference", "signature")
# What core's own buttons do.
BUTTONS_OF_CORE = {
    "button_confirm",
    "action_merge",
    "action_add_to_po",
    "action_add_downpayment",
}
HOSTILE = {
    "boolean": True,
    "char": "hostile",
    "date": "1999-01-01",
    "datetime": "1999-01-01 00:00:00",
    "float": 77,
    "html": "hostile",
    "integer": 77,
    "monetary": 77,
    "selection": "hostile",
    "text": "hostile",
}
FILES = {
    "status": "Employee;Group;Start\nAnna Context;pw;2024-01-01\nNobody;pw;1-1-2024\n",
    "certificate": "KvK;Level;Valid From\n98765432;3;2024-01-01\n;3;2024-01-01\n",
    "register": "Name;KvK;Level\nGreen B.V.;98765432;3\n;;3\n",
    "figure": "KvK;Year;Turnover;Fte;Direct\n98765432;2024;10;2;5\n;2024;1;1;5\n",
}


@tagged("post_install", "-at_install")
class TestContext(PsoCase):
    """Each button is pressed twice: with a bare context, and with a hostile one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The link of a request is random, and stands in the mail.
        cls.startClassPatcher(patch("secrets.token_urlsafe", lambda _size: "random"))
        cls.presser = cls.user(*GROUPS)
        cls.anna = cls.employee(name="Anna Context")
        cls.proof = cls.status(cls.anna, start="2025-01-01", evidence_state="received")
        cls.green = cls.social_vendor(name="Green", company_registry="98765432")
        cls.green.pso_figure_ids.year = 2020
        seen = {"evidence_state": "received", "proof_kind": "other"}
        cls.proof.write(seen)
        cls.green.pso_certificate_ids.write(seen)
        cls.a_bill = cls.bill(cls.green, 100)
        cls.an_order = cls.order(cls.green, 100)
        cls.live, cls.locked = cls.measurement(), cls.measurement()
        cls.locked.action_lock()
        cls.plans = {state: cls.a_plan(state) for state in ("draft", "submitted")}
        cls.plans["approved"] = cls.a_plan("approved")
        cls.answer = cls.an_answer()
        cls.drafted, cls.drawn = cls.env["pso.sample"].create(
            [{"measurement_id": cls.live.id, "size": 1, "seed": "7"} for _ in range(2)]
        )
        cls.drawn.action_draw()
        cls.drawn.line_ids.file_state = "complete"
        cls.env.flush_all()
        cls.colleague = cls.employee(user_id=cls.user("base.group_user").id)
        cls.env.flush_all()
        ours = [
            name
            for name in cls.registry
            if name.startswith("pso.") and name not in CHAIN
        ]
        cls.written = [
            cls.env[name]
            for name in (*ours, *OF_CORE)
            if name in cls.env and cls.env[name]._auto
        ]
        cls.hostile = cls.hostile_context()

    @classmethod
    def hostile_context(cls):
        """A default for every field of every model that may be written."""
        context = {}
        for model in cls.written:
            for name, field in model._fields.items():
                if not field.store:
                    continue
                if field.type == "many2one" and cls.env[field.comodel_name]._auto:
                    value = cls.env[field.comodel_name].sudo().search([], limit=1).id
                else:
                    value = HOSTILE.get(field.type)
                if value:
                    context[f"default_{name}"] = value
        return context

    @classmethod
    def an_answer(cls):
        """An answer that was looked at, of a vendor that cannot be mailed."""
        campaign = cls.env["pso.campaign"].create(
            {"name": "Ask", "date_deadline": "2099-12-31", "year": 2024}
        )
        asked = cls.env["pso.request"].create(
            {"campaign_id": campaign.id, "partner_id": cls.green.id}
        )
        answer = cls.env["pso.answer"].create(
            {
                "request_id": asked.id,
                "kind": "sw",
                "date_start": "2026-01-01",
                "proof_kind": "other",
                "has_figures": True,
                "year": 2024,
                "turnover": 1,
                "fte": 1,
                "direct_percentage": 1,
            }
        )
        answer.check_ids.is_seen = True
        return answer

    @classmethod
    def a_plan(cls, state):
        plan = cls.env["pso.plan"].create(
            {
                "name": "To step 3",
                "target_level_id": cls.ref("level_step3").id,
                "date_start": "2025-01-01",
                "date_deadline": "2026-12-31",
                "action_ids": [Command.create({"name": "Hire", "kind": "hires"})],
                **{
                    f"smart_{name}": "Answered"
                    for name in ("specific", "measurable", "accepted", "realistic")
                },
                "smart_time_bound": "Answered",
            }
        )
        if state != "draft":
            plan.action_submit()
        if state == "approved":
            plan.with_user(cls.presser).action_approve()
        return plan

    def a_reminder(self, model="pso.reminder", kind="figures"):
        today = fields.Date.context_today(self.live)
        due = {"company_id": self.company.id, "stage": "90", "kind": kind}
        reminder = self.env[model].create({**due, "date_end": today, "date": today})
        reminder._give(self.presser, today, "Ask")
        return reminder

    def a_people_reminder(self):
        return self.a_reminder("pso.people.reminder", "ends")

    def a_plan_of_a_scenario(self):
        plan = self.a_plan("draft")
        plan.scenario_id = self.env["pso.scenario"].create(
            {
                "name": "More people",
                "measurement_id": self.live.id,
                "line_ids": [Command.create({"kind": "staff", "fte": 1})],
            }
        )
        return plan

    # -- what is pressed -----------------------------------------------------

    def scenes(self):
        """``{model.method: records to press it on, or what makes them}``."""
        imports = [partial(self.an_import, kind) for kind in FILES]
        bill_line, order_line = self.a_bill.invoice_line_ids, self.an_order.order_line
        live, locked = [self.live], [self.locked]
        return {
            **{
                f"pso.import.{method}": imports
                for method in (
                    *("action_preview", "action_import", "action_discard"),
                    *("action_template", "action_download_rejected"),
                    "action_open_matches",
                )
            },
            "pso.edition.import.action_import": [self.an_edition_import],
            **{
                f"pso.register.entry.{method}": [self.an_entry]
                for method in ("action_find", "action_make_vendor", "action_link")
            },
            **{
                f"pso.register.match.{method}": [self.a_match, self.a_conflict]
                for method in (
                    *("action_apply", "action_confirm", "action_refuse"),
                    "action_take_over",
                )
            },
            "pso.company.settings.action_save": [self.some_settings],
            "pso.erasure.action_erase": [self.an_erasure],
            "pso.edition.action_export": [self.edition],
            **{
                f"pso.evidence.mixin.{method}": [
                    self.proof,
                    self.green.pso_certificate_ids,
                ]
                for method in (
                    *("action_receive", "action_look", "action_verify"),
                    "action_withdraw",
                )
            },
            "pso.edition.use.action_apply": [self.an_edition_use],
            **{
                f"{model}.{method}": records
                for method in ("action_pso_exclude", "action_pso_include")
                for model, records in (
                    ("account.move", [self.a_bill]),
                    ("purchase.order", [self.an_order]),
                    ("pso.excludable.mixin", [bill_line, order_line]),
                )
            },
            **{
                f"pso.measurement.{method}": live
                for method in (
                    *("action_lock", "action_export_xlsx", "action_open_people"),
                    *("action_export_xlsx_names", "action_open_suppliers"),
                    "action_export_evidence",
                    *("action_open_missing", "action_open_samples", "action_next_step"),
                    *("action_what_if", "action_open_scenarios", "action_ask"),
                )
            },
            "pso.scenario.action_open_start": [self.a_scenario],
            "pso.scenario.action_ask": [self.a_scenario],
            "pso.scenario.action_show": [self.a_scenario],
            "pso.dashboard.action_ask": [self.env["pso.dashboard"]],
            "pso.scenario.action_hide": [self.a_scenario],
            "pso.scenario.question.action_ask": [self.a_question],
            "pso.scenario.question.action_take": [self.a_question],
            "pso.measurement.action_export_evidence_people": [
                self.drawn.measurement_id
            ],
            "pso.sample.action_export_evidence": [self.drawn],
            "pso.measurement.action_unlock": locked,
            "pso.measurement.action_verify_seal": locked,
            "pso.seal.action_verify": [
                self.env["pso.seal"].search([("company_id", "=", self.company.id)])
            ],
            "hr.employee.action_pso_confirm_logins": [self.colleague],
            "hr.employee.action_pso_withdraw_logins": [self.a_confirmed_colleague],
            "pso.person.confirmation.action_withdraw": [self.a_confirmation],
            "pso.person.confirming.action_confirm": [self.a_confirming],
            "pso.staff.list.action_save": [self.a_staff_list],
            "res.config.settings.action_pso_grant": [self.some_general_settings],
            "pso.answer.action_verify": [self.answer],
            "pso.answer.action_refuse": [self.answer],
            "pso.answer.action_open_duplicates": [self.answer],
            "pso.answer.refusal.action_refuse": [self.a_refusal],
            "pso.request.action_withdraw_link": [self.answer.request_id],
            "pso.plan.action_submit": [self.plans["draft"]],
            **{
                f"pso.certificate.action_renewal_{answer}": [
                    self.green.pso_certificate_ids
                ]
                for answer in ("asked", "promised", "stopped")
            },
            "pso.certification.action_open_levels": [
                self.env["pso.certification"].create({})
            ],
            "pso.reminder.mixin.action_done": [self.a_reminder],
            "pso.reminder.action_open": [self.a_reminder],
            "pso.people.reminder.action_open": [self.a_people_reminder],
            "pso.plan.action_take_scenario": [self.a_plan_of_a_scenario],
            "pso.plan.action_approve": [self.plans["submitted"]],
            "pso.plan.action_return": [self.plans["submitted"]],
            "pso.plan.action_close": [self.plans["approved"]],
            **{
                f"pso.plan.action.{method}": [self.plans["approved"].action_ids]
                for method in ("action_done", "action_drop", "action_again")
            },
            "pso.sample.action_draw": [self.drafted],
            "pso.sample.action_verify_draw": [self.drawn],
            "pso.sample.action_close": [self.drawn],
            "res.partner.action_pso_purchases": [self.green],
            **{
                f"pso.check.{method}": [self.live.check_ids[:1]]
                for method in ("action_open_findings", "action_open", "action_mend")
            },
            "pso.supplier.line.action_open_bills": [self.live.supplier_line_ids[:1]],
            "pso.purchase.year.action_open_purchases": [
                self.env["pso.purchase.year"].search(
                    [("partner_id", "=", self.green.id)], limit=1
                )
            ],
            **{
                f"{model}.action_pso_compare": [partial(self.something_sold, model)]
                for model in ("purchase.order", "product.product", "product.template")
            },
            "pso.vendor.comparison.action_choose": [self.a_comparison],
            "pso.vendor.comparison.action_open_vendor": [self.a_comparison],
            "pso.purchase.exception.action_open_order": [self.an_exception],
            "pso.vendor.prospect.action_ask": [self.a_prospect],
            "pso.certificate.action_ask": [self.green.pso_certificate_ids],
            **{
                f"pso.campaign.{method}": [self.a_campaign]
                for method in (
                    *("action_choose", "action_preview", "action_send"),
                    *("action_close", "action_reopen", "action_open_requests"),
                )
            },
            **{
                f"pso.request.{method}": [self.a_request]
                for method in (
                    *("action_answered", "action_refused", "action_send_again"),
                )
            },
            "pso.campaign.choosing.action_add": [self.a_choosing],
            "pso.campaign.preview.action_next": [self.a_preview],
            "pso.campaign.preview.action_send": [self.a_preview],
            "pso.vendor.list.mixin.action_open_vendor": [
                self.a_prospect,
                self.env["pso.certified.vendor"].search([], limit=1),
            ],
            "pso.missing.proof.action_open": [
                self.env["pso.missing.proof"].search(
                    [("company_id", "=", self.company.id)], limit=1
                )
            ],
            "onboarding.onboarding.step.action_open_pso_setup": [
                self.ref("onboarding_step_company")
            ],
        }

    def an_import(self, kind):
        content = base64.b64encode(FILES[kind].encode())
        imports = self.env["pso.import"].with_user(self.presser)
        return imports.create({"kind": kind, "file": content})

    def an_entry(self):
        return self.env["pso.register.entry"].create(
            {
                "name": "Listed",
                "company_registry": "23456789",
                "level_id": self.ref("level_step1").id,
                "date_start": "2025-01-01",
            }
        )

    def a_match(self):
        return self.env["pso.register.match"].create(
            {"entry_id": self.an_entry().id, "partner_id": self.vendor("Listed").id}
        )

    def a_conflict(self):
        """The register says another level than was verified."""
        match = self.a_match()
        match.partner_id = self.green
        proof = {"evidence_state": "verified", "proof_kind": "certificate"}
        self.green.pso_certificate_ids.write(proof)
        return match

    def a_refusal(self):
        refusals = self.env["pso.answer.refusal"].with_user(self.presser)
        return refusals.create({"answer_id": self.answer.id, "reason": "Wrong"})

    def an_edition_import(self):
        content = self.env["pso.edition.file"]._write_file(self.edition)
        return self.env["pso.edition.import"].create(
            {"file": base64.b64encode(content), "replace": True}
        )

    def a_scenario(self):
        return self.env["pso.scenario"].create(
            {"name": "What if", "measurement_id": self.live.id}
        )

    def a_question(self):
        means = {"hours": 40, "most": 9, "cost": 1, "kind": "people"}
        means["group_id"] = self.ref("group_wajong").id
        means["form_id"] = self.ref("form_regular").id
        questions = self.env["pso.scenario.question"].with_user(self.presser)
        return questions.create(
            {
                "measurement_id": self.live.id,
                "level_id": self.ref("level_step1").id,
                "means_ids": [Command.create(means)],
            }
        )

    def an_edition_use(self):
        return self.env["pso.edition.use"].create(
            {"edition_id": self.edition.copy().id}
        )

    def some_settings(self):
        return self.env["pso.company.settings"].create(
            {"company_id": self.company.id, "pso_log_months": 40}
        )

    def some_general_settings(self):
        settings = self.env["res.config.settings"].with_context(pso_group="user")
        return settings.with_user(self.presser).create({})

    def something_sold(self, model):
        """An order of a product that another vendor sells, or that product."""
        product = self.product()
        self.env["product.supplierinfo"].create(
            {"product_tmpl_id": product.product_tmpl_id.id, "partner_id": self.green.id}
        )
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor("Plain").id,
                "order_line": [self.order_line(1, product_id=product.id)],
            }
        )
        return {each._name: each for each in (order, product)}.get(
            model, product.product_tmpl_id
        )

    def a_comparison(self):
        order = self.something_sold("purchase.order").with_user(self.presser)
        rows = self.env["pso.vendor.comparison"].with_user(self.presser)
        found = rows.search(order.action_pso_compare()["domain"])
        return found.filtered(lambda row: row.partner_id == self.green)

    def an_exception(self):
        category = self.env["product.category"].create(
            {"name": "Expected", "pso_certified_vendor": "expected"}
        )
        line = self.order_line(1, product_id=self.product(categ_id=category.id).id)
        order = self.order(
            self.vendor("Plain"), 1, order_line=[line], pso_reason="Nobody else"
        )
        self.env.flush_all()
        found = [("order_id", "=", order.id)]
        return self.env["pso.purchase.exception"].search(found)

    def a_prospect(self):
        vendor = self.vendor("Plain", email="plain@example.com")
        self.bill(vendor, 100, "2026-01-15")
        return self.env["pso.vendor.prospect"].search([("partner_id", "=", vendor.id)])

    def a_campaign(self):
        vendor = self.vendor("Plain", email="plain@example.com")
        return self.env["pso.campaign"].create(
            {
                "name": "Ask them",
                "user_id": self.presser.id,
                "date_deadline": "2099-12-31",
                "request_ids": [Command.create({"partner_id": vendor.id})],
            }
        )

    def a_request(self):
        """A request that was mailed in vain."""
        campaign = self.a_campaign()
        campaign.with_user(self.presser).action_send()
        campaign.request_ids.sudo().send_error = "Nobody was there."
        return campaign.request_ids

    def a_choosing(self):
        vendor = self.vendor("Plain", email="plain@example.com")
        choosing = self.env["pso.campaign.choosing"].with_user(self.presser)
        return choosing.create(
            {"line_ids": [Command.create({"partner_id": vendor.id})]}
        )

    def a_preview(self):
        campaign = self.a_campaign().with_user(self.presser)
        action = campaign.action_preview()
        return campaign.env[action["res_model"]].browse(action["res_id"])

    def a_staff_list(self):
        staff = self.env["pso.staff.list"].with_user(self.presser)
        line = {"name": "New", "date_start": "2025-01-01", "hours": 40}
        return staff.create({"line_ids": [Command.create(line)]})

    def a_confirmation(self):
        return self.confirm(self.colleague)

    def a_confirmed_colleague(self):
        return self.confirm(self.colleague).employee_id

    def a_confirming(self):
        asking = self.env["pso.person.confirming"].with_user(self.presser)
        return asking.browse(asking._ask(self.colleague)["res_id"])

    def an_erasure(self):
        return self.env["pso.erasure"].create(
            {"employee_id": self.anna.id, "reason": "mistake", "is_sure": True}
        )

    def test_every_button_has_a_scene(self):
        """Buttons in views, and methods that are named as one, are all pressed."""
        buttons = {
            f"{view.model}.{name}"
            for view in self.env["ir.ui.view"].search([("model", "!=", False)])
            if view.xml_id.startswith("pso_odoo.")
            for name in etree.fromstring(view.arch_db).xpath(
                "//button[@type='object']/@name"
            )
        }
        found = {
            f"{model}.{name}"
            for model, name, _function in our_methods(self.registry)
            if name.startswith("action_") and name not in BUTTONS_OF_CORE
        }
        self.assertEqual(found, set(self.scenes()))
        pressed = {name.rpartition(".")[2] for name in found}
        others = {name for name in buttons if name.rpartition(".")[2] not in pressed}
        self.assertFalse(others)
        writers = {name for name in WRITERS if ".action_" not in name}
        self.assertEqual(writers, {"pso.setup.close", "pso.setup.skip"})

    # -- pressing ------------------------------------------------------------

    def test_buttons_write_without_defaults(self):
        for name, records in self.scenes().items():
            for number, record in enumerate(records):
                with self.subTest(button=name, number=number):
                    bare = self.pressed(name, record, {})
                    self.assertFalse(isinstance(bare, Exception), bare)
                    for context in self.contexts(name):
                        self.assertEqual(self.pressed(name, record, context), bare)

    def test_what_is_kept_stays_whatever_the_context_says(self):
        """Core asks nothing before it deletes, for who says that he uninstalls."""
        said = {"_force_unlink": True}
        closed = self.drawn.copy()
        closed.action_draw()
        closed.line_ids.file_state = "complete"
        closed.action_close()
        kept = [self.plans["approved"], self.locked, closed]
        for record in kept:
            own = record.with_user(self.presser).with_context(**said)
            with self.subTest(record._name):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    own.unlink()
                self.assertTrue(record.exists())

    def contexts(self, name):
        """The contexts of the actions of a model, and the hostile one."""
        model = name.rpartition(".")[0]
        actions = self.env["ir.actions.act_window"].search([("res_model", "=", model)])
        variables = {"active_id": 1, "active_ids": [1], "uid": 1, "id": 1}
        variables["allowed_company_ids"] = self.company.ids
        own = [
            context
            for action in actions
            if (context := safe_eval(action.context or "{}", variables))
        ]
        return [*own, self.hostile]

    def pressed(self, name, record, context):
        """What the button answers and what is in the database then."""
        method = name.rpartition(".")[2]
        with self.undone(), freeze_time("2026-03-01 12:00:00"):
            records = record() if callable(record) else record
            self.env.flush_all()
            before = self.photo()
            records = records.with_user(self.presser).with_context(
                allowed_company_ids=self.company.ids, **context
            )
            try:
                with self.env.cr.savepoint():
                    answer = getattr(records, method)()
                    self.env.flush_all()
            except Exception as error:  # the same one is expected twice
                return error if not context else repr(error)
            after = self.photo()
            changed = {
                table: rows for table, rows in after.items() if rows != before[table]
            }
            return json.dumps(answer, default=str, sort_keys=True), changed

    @contextmanager
    def undone(self):
        """Afterwards all is as before, also what the next numbers are."""
        sequences = self.env.execute_query(
            SQL(
                "SELECT sequencename, last_value FROM pg_sequences"
                " WHERE sequencename NOT LIKE 'pso_log%%'"
            )
        )
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.env.cr.execute(
                "SELECT setval(quote_ident(name)::regclass, COALESCE(last, 1),"
                " last IS NOT NULL) FROM unnest(%s, %s::bigint[]) AS s(name, last)",
                [[name for name, _last in sequences], [last for _, last in sequences]],
            )

    def photo(self):
        """The rows of all that may be written, without keys drawn at random."""
        return {
            model._table: self.env.execute_query(
                SQL(
                    "SELECT (to_jsonb(t) - %s::text[])::text FROM %s t ORDER BY id",
                    [*RANDOM, *(NUMBERED if model._name == "pso.log" else ())],
                    SQL.identifier(model._table),
                )
            )
            for model in self.written
        }


@tagged("post_install", "-at_install")
class TestImportInTheWebClient(PsoCase, HttpCase):
    """The requests of the web client, with the context of the menu's action."""

    def test_kinds(self):
        self.employee(name="Anna Context")
        self.vendor("Green", company_registry="98765432")
        user = self.user(*GROUPS)
        user.password = "a long password"
        self.authenticate(user.login, "a long password")
        for kind, content in FILES.items():
            with self.subTest(kind=kind):
                action = self.ref(f"pso_import_{kind}_action")
                context = {
                    **safe_eval(action.context),
                    "allowed_company_ids": self.company.ids,
                    "lang": "en_US",
                }
                self.call("get_views", [[False, "form"]], context=context)
                new = self.call("onchange", [], {}, [], {"kind": {}}, context=context)
                file = base64.b64encode(content.encode()).decode()
                values = {**new["value"], "file": file}
                self.assertEqual(values["kind"], kind)
                [saved] = self.call("web_save", [], values, {"id": {}}, context=context)
                wizard = self.env["pso.import"].browse(saved["id"])
                for button in ("action_preview", "action_import"):
                    self.call(button, [wizard.id], context=context, button=True)
                self.env.invalidate_all()
                self.assertEqual((wizard.state, wizard.good_count), ("done", 1))

    def call(self, method, *args, button=False, **kwargs):
        kind = "call_button" if button else "call_kw"
        return self.make_jsonrpc_request(
            f"/web/dataset/{kind}/pso.import/{method}",
            {"model": "pso.import", "method": method, "args": args, "kwargs": kwargs},
        )
