"""Reads run on a replica, and one that lags or dies does not break the page.

``dev/bench --only replica`` shows the same with two servers. Here a second connection
stands in for the replica: it sees what was committed, and nothing of the test.
"""

import inspect
import json
from contextlib import contextmanager
from functools import wraps
from unittest.mock import patch

from common import PsoCase
from probing.paths import is_readonly

from odoo import fields, http
from odoo.fields import NO_ACCESS
from odoo.http import request
from odoo.sql_db import db_connect
from odoo.tests import HttpCase, TransactionCase, get_db_name, tagged
from odoo.tools import mute_logger

OURS = "odoo.addons.pso_odoo"
# Public methods that write, or are part of writing. All others only read, say so by
# @api.readonly, and are called below.
WRITERS = {
    "account.move.action_pso_exclude",
    "account.move.action_pso_include",
    "hr.employee.action_pso_confirm_logins",
    "pso.answer.action_verify",
    "pso.answer.refusal.action_refuse",
    "hr.employee.action_pso_withdraw_logins",
    "pso.certificate.action_renewal_asked",
    "pso.certificate.action_renewal_promised",
    "pso.certificate.action_renewal_stopped",
    "pso.campaign.action_choose",
    "pso.campaign.action_close",
    "pso.campaign.action_preview",
    "pso.campaign.action_reopen",
    "pso.campaign.action_send",
    "pso.campaign.choosing.action_add",
    "pso.campaign.preview.action_next",
    "pso.campaign.preview.action_send",
    "pso.certificate.action_ask",
    "pso.company.settings.action_save",
    "pso.edition.import.action_import",
    "pso.edition.use.action_apply",
    "pso.erasure.action_erase",
    "pso.evidence.mixin.action_receive",
    "pso.evidence.mixin.action_verify",
    "pso.evidence.mixin.action_withdraw",
    "pso.excludable.mixin.action_pso_exclude",
    "pso.excludable.mixin.action_pso_include",
    "pso.import.action_discard",
    "pso.import.action_import",
    "pso.import.action_preview",
    "pso.measurement.action_lock",
    "pso.measurement.action_unlock",
    "pso.measurement.action_ask",
    "pso.measurement.action_what_if",
    "pso.dashboard.action_ask",
    "pso.scenario.action_ask",
    "pso.scenario.action_hide",
    "pso.scenario.action_show",
    "pso.scenario.question.action_ask",
    "pso.scenario.question.action_take",
    "pso.person.confirmation.action_withdraw",
    "pso.person.confirming.action_confirm",
    "pso.plan.action.action_again",
    "pso.plan.action.action_done",
    "pso.plan.action.action_drop",
    "pso.plan.action_approve",
    "pso.plan.action_close",
    "pso.plan.action_return",
    "pso.plan.action_submit",
    "pso.plan.action_take_scenario",
    "pso.reminder.mixin.action_done",
    "pso.register.entry.action_find",
    "pso.register.entry.action_make_vendor",
    "pso.register.match.action_apply",
    "pso.register.match.action_confirm",
    "pso.register.match.action_refuse",
    "pso.register.match.action_take_over",
    "pso.request.action_answered",
    "pso.request.action_refused",
    "pso.request.action_send_again",
    "pso.request.action_withdraw_link",
    "pso.sample.action_close",
    "pso.sample.action_draw",
    "pso.setup.close",
    "pso.setup.skip",
    "pso.staff.list.action_save",
    "product.product.action_pso_compare",
    "product.template.action_pso_compare",
    "pso.vendor.comparison.action_choose",
    "purchase.order.action_pso_compare",
    "pso.vendor.prospect.action_ask",
    "purchase.order.action_pso_exclude",
    "purchase.order.action_pso_include",
    "res.config.settings.action_pso_grant",
}
ORM = {
    *("create", "write", "unlink", "search_fetch", "default_get", "init"),
    *("exists", "load", "copy", "copy_data", "lock_for_update"),
    *("try_lock_for_update", "db_id_for", "modified"),
    # What core calls where it makes an activity, or marks one as done.
    *("message_subscribe", "message_post_with_source"),
    # What core's own buttons do to orders.
    *("button_confirm", "action_merge", "action_add_to_po", "action_add_downpayment"),
}
WINDOW = {"account.move", "hr.employee", "purchase.order", "res.partner"}


def our_methods(registry):
    """The public methods that the addon defines, as ``(model, name, function)``."""
    for name, model in registry.items():
        if name == "base":  # what it extends is core's, on every model
            continue
        for cls in model.mro():
            if cls.__module__.startswith(OURS) and vars(cls).get("_name") == name:
                for method, function in vars(cls).items():
                    if not method.startswith("_") and callable(function):
                        yield name, method, getattr(model, method)


@tagged("post_install", "-at_install")
class TestDeclared(TransactionCase):
    """What does not write says so: Odoo asks the primary otherwise."""

    def test_methods(self):
        found = {
            f"{model}.{name}"
            for model, name, function in our_methods(self.registry)
            if inspect.isfunction(function)
            and name not in ORM
            and not is_readonly(self.registry[model], name)
        }
        self.assertEqual(found, WRITERS)

    def test_routes(self):
        modules = self.registry._init_modules
        routes = {
            url: endpoint.routing["readonly"]
            for url, endpoint in http._generate_routing_rules(modules, False)
            if any(
                cls.__module__.startswith(OURS) and endpoint.func.__name__ in vars(cls)
                for cls in type(endpoint.func.__self__).mro()
            )
        }
        self.assertIn("/pso_odoo/workbook/<int:measurement_id>", routes)
        self.assertIn("/report/download", routes)
        # What opens a page is noted, and who opens it very often waits.
        self.assertFalse(routes.pop("/pso/vendor/<string:token>"))
        self.assertIn("/pso/request/<int:request_id>/page", routes)
        self.assertTrue(all(routes.values()), routes)


class ReplicaCase(HttpCase):
    """Requests, and on which cursors they ran."""

    def setUp(self):
        super().setUp()
        self.modes = []
        ir_http = type(self.env["ir.http"])
        dispatch = ir_http._dispatch

        def recorded(_cls, endpoint):
            self.modes.append("ro" if request.env.cr.readonly else "rw")
            return dispatch(endpoint)

        self.startPatcher(patch.object(ir_http, "_dispatch", classmethod(recorded)))

    @contextmanager
    def on(self, *modes):
        """The requests made here run in these modes, each of them in all."""
        self.modes.clear()
        yield
        self.assertEqual(set(self.modes), set(modes))

    def call(self, model, method, *args, button=False, **kwargs):
        kind = "call_button" if button else "call_kw"
        return self.make_jsonrpc_request(
            f"/web/dataset/{kind}/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def read_all(self, record, names=None):
        """Every field of a record, as a form reads it."""
        fields = record._fields
        names = names or [name for name in fields if fields[name].groups != NO_ACCESS]
        specification = {name: {} for name in names if name != "id"}
        return self.call(
            record._name, "web_read", record.ids, specification=specification
        )

    def page(self, path):
        response = self.url_open(path)
        response.raise_for_status()
        return response.content

    def report(self, url):
        """A report as the web client downloads it, as text: PDF needs a program."""
        response = self.url_open(
            "/report/download",
            data={
                "data": json.dumps([url, "qweb-text"]),
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        response.raise_for_status()
        return response.content


@tagged("post_install", "-at_install")
class TestReads(ReplicaCase, PsoCase):
    """Each read of the addon runs on a read-only cursor, and writes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = [
            f"pso_odoo.group_pso_{name}" for name in ("manager", "hr", "purchase")
        ]
        core = ("hr.group_hr_user", "purchase.group_purchase_user")
        groups += [*core, "account.group_account_invoice"]
        cls.reader = cls.user(*groups)
        cls.reader.password = "replica-reader"
        person = cls.employee()
        a_status = cls.status(person)
        vendor = cls.social_vendor()
        cls.a_bill = cls.bill(vendor, 100)
        plain = cls.vendor("Plain", email="plain@example.com")
        cls.bill(plain, 100, fields.Date.context_today(plain))
        cls.measured = cls.measurement()
        a_sample = cls.env["pso.sample"].create(
            {"measurement_id": cls.measured.id, "size": 1}
        )
        a_sample.action_draw()
        a_plan = cls.env["pso.plan"].create(
            {
                "name": "To step 3",
                "target_level_id": cls.ref("level_step3").id,
                "date_deadline": "2099-12-31",
            }
        )
        an_action = cls.env["pso.plan.action"].create(
            {"name": "Hire", "kind": "hires", "plan_id": a_plan.id}
        )
        today = fields.Date.context_today(plain)
        due = {"stage": "90", "date_end": today, "date": today}
        due["company_id"] = cls.company.id
        a_reminder = cls.env["pso.reminder"].create({**due, "kind": "figures"})
        of_people = cls.env["pso.people.reminder"].create({**due, "kind": "ends"})
        an_import = cls.env["pso.import"].with_user(cls.reader).create({})
        category = cls.env["product.category"].create(
            {"name": "Expected", "pso_certified_vendor": "expected"}
        )
        line = cls.order_line(1, product_id=cls.product(categ_id=category.id).id)
        cls.order(plain, 1, order_line=[line], pso_reason="Nobody else")
        comparison = cls.env["pso.vendor.comparison"].with_user(cls.reader).sudo()
        an_entry = cls.env["pso.register.entry"].create({"name": "Listed"})
        a_match = cls.env["pso.register.match"].create(
            {"entry_id": an_entry.id, "partner_id": plain.id}
        )
        a_campaign = cls.env["pso.campaign"].create({"name": "Ask them"})
        a_request = cls.env["pso.request"].create(
            {"campaign_id": a_campaign.id, "partner_id": plain.id}
        )
        an_answer = cls.env["pso.answer"].create(
            {"request_id": a_request.id, "kind": "sw", "date_start": "2025-01-01"}
        )
        cls.examples = {
            "pso.answer": an_answer,
            "pso.vendor.comparison": comparison.create(
                {"company_id": cls.company.id, "partner_id": plain.id}
            ),
            "account.move": cls.a_bill,
            "hr.employee": person,
            "pso.campaign": a_campaign,
            "pso.request": a_request,
            "pso.import": an_import,
            "pso.plan": a_plan,
            "pso.plan.action": an_action,
            "pso.certification": cls.env["pso.certification"].create({}),
            "pso.people.reminder": of_people,
            "pso.reminder": a_reminder,
            "pso.register.entry": an_entry,
            "pso.register.match": a_match,
            "pso.sample": a_sample,
            "pso.scenario": cls.env["pso.scenario"].create(
                {"name": "What if", "measurement_id": a_sample.measurement_id.id}
            ),
            "pso.status": a_status,
            "res.partner": vendor,
        }
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.authenticate(self.reader.login, "replica-reader")

    def example(self, model):
        """A record of a model that the reader sees, if there is one."""
        return self.examples.get(model) or self.env[model].with_user(
            self.reader
        ).search([], limit=1, order="id desc")

    def test_methods(self):
        """Every public method that says it only reads."""
        company = self.company.id
        arguments = {
            "pso.dashboard.retrieve": [False, company],
            "pso.dashboard.retrieve_details": [False, company],
            "pso.dashboard.open": ["total", False, company],
            "pso.dashboard.elsewhere": [],
            "pso.request.mail_allowed_qweb_expressions": [],
            "pso.dashboard.scenario_ahead": [company],
            "pso.dashboard.next_best_step": [False, company],
        }
        called = set()
        for model, name, _function in our_methods(self.registry):
            full_name = f"{model}.{name}"
            if not is_readonly(self.registry[model], name) or full_name in called:
                continue
            args = arguments.get(full_name)
            if args is None and self.env[model]._abstract:
                continue  # it is called on each model that inherits it
            if args is None:
                args = [self.reading_example(model).ids]
            with (
                self.subTest(method=full_name),
                self.on("ro"),
                self.assertNoLogs("odoo.http", "WARNING"),
            ):
                self.call(model, name, *args, button=full_name not in arguments)
                called.add(full_name)
        self.assertIn("pso.measurement.action_export_xlsx", called)
        self.assertIn("pso.check.action_open_findings", called)
        self.assertIn("pso.supplier.line.action_open_bills", called)

    def reading_example(self, model):
        if model == "onboarding.onboarding.step":
            return self.ref("onboarding_step_edition")
        return self.measured if model == "pso.measurement" else self.example(model)

    def test_dashboard(self):
        """Every period, and all that it leads to."""
        company = self.company.id
        with self.on("ro"), self.assertNoLogs("odoo.http", "WARNING"):
            data = self.call("pso.dashboard", "retrieve", False, company)
            for period in data["periods"]:
                for part in ("retrieve", "retrieve_details"):
                    self.call("pso.dashboard", part, period["key"], company)
            for period in (False, f"measurement-{self.measured.id}"):
                for what in ("people", "purchases", "ending", "vendors", "edition"):
                    self.call("pso.dashboard", "open", what, period, company)
            details = self.call("pso.dashboard", "retrieve_details", False, company)
            for check in details["checks"]["lines"]:
                if check["can_open"]:
                    args = ("check", False, company, check["type_id"])
                    self.call("pso.dashboard", "open", *args)

    def test_lists_and_forms(self):
        """Every field of a record of every model of ours, and each of its views."""
        models = [
            name
            for name, model in self.registry.items()
            if name.startswith("pso.") and not model._abstract and not model._transient
        ]
        self.assertIn("pso.person.line", models)
        for name in models:
            if not self.env[name].with_user(self.reader).has_access("read"):
                continue
            with (
                self.subTest(model=name),
                self.on("ro"),
                self.assertNoLogs("odoo.http", "WARNING"),
            ):
                views = [(False, kind) for kind in ("form", "list", "search")]
                self.call(name, "get_views", views=views)
                self.call(
                    name, "web_search_read", domain=[], specification={}, limit=80
                )
                self.read_all(self.example(name))

    def test_fields_on_other_models(self):
        for name in WINDOW:
            record = self.example(name)
            fields = [
                name
                for name, field in record._fields.items()
                if name.startswith("pso_") and field.groups != NO_ACCESS
            ]
            with (
                self.subTest(model=name),
                self.on("ro"),
                self.assertNoLogs("odoo.http", "WARNING"),
            ):
                self.assertTrue(fields)
                self.read_all(record, fields)

    def test_files(self):
        number = self.measured.id
        with self.on("ro"), self.assertNoLogs("odoo.http", "WARNING"):
            self.page(f"/pso_odoo/workbook/{number}")
            self.page(f"/pso_odoo/workbook/{number}?names=1")
            self.page(f"/pso_odoo/bundle/{number}")
            self.page(f"/web/content/pso.edition/{self.edition.id}/export_file")
            self.page(f"/report/html/pso_odoo.report_measurement/{number}")
            self.report(f"/report/text/pso_odoo.report_measurement/{number}")

    def test_other_reports_stay_as_they_are(self):
        order = self.env["purchase.order"].create({"partner_id": self.vendor().id})
        with self.on("rw"):
            self.report(f"/report/text/purchase.report_purchasequotation/{order.id}")


@tagged("post_install", "-at_install")
class TestReplica(ReplicaCase):
    """A replica that lags behind, or is gone in the midst of a request.

    The users of the demo look, because the replica knows them.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls.env["pso.measurement"].search([], limit=1)
        cls.new = cls.known.copy({"name": "Just made"})
        cls.new_edition = cls.known.edition_id.copy({"name": "Just made"})
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        cursor = self.registry.cursor

        def with_replica(readonly=False):
            if readonly:
                return db_connect(get_db_name(), readonly=True).cursor()
            return cursor()

        self.authenticate("pso", "pso")
        self.startPatcher(patch.object(self.registry, "cursor", with_replica))

    @contextmanager
    def asked_again(self):
        """The replica cannot answer, the primary can."""
        with self.assertLogs("odoo.http", "WARNING") as logs, self.on("ro", "rw"):
            yield
        self.assertIn("retrying with a read/write cursor", logs.output[-1])

    def test_what_it_knows_is_read_as_it_was(self):
        name = self.known.name
        self.known.name = "Changed"
        self.env.flush_all()
        with self.on("ro"), self.assertNoLogs("odoo.http", "WARNING"):
            [values] = self.read_all(self.known, ["name"])
        self.assertEqual(values["name"], name)

    def test_form_of_a_new_record(self):
        with self.asked_again():
            [values] = self.read_all(self.new, ["name", "total_fte"])
        self.assertEqual(values["name"], "Just made")

    def test_dashboard_of_a_new_measurement(self):
        period = f"measurement-{self.new.id}"
        with self.asked_again():
            data = self.call("pso.dashboard", "retrieve", period)
        self.assertEqual(data["measurement_id"], self.new.id)
        with self.asked_again():
            action = self.call("pso.dashboard", "open", "total", period)
        self.assertEqual(action["res_id"], self.new.id)

    def test_buttons_of_a_new_record(self):
        for button in ("action_open_suppliers", "action_export_xlsx"):
            with self.subTest(button=button), self.asked_again():
                self.call("pso.measurement", button, self.new.ids, button=True)

    def test_files_of_a_new_record(self):
        with self.asked_again():
            self.page(f"/pso_odoo/workbook/{self.new.id}")
        with self.asked_again():
            self.page(f"/pso_odoo/bundle/{self.new.id}")
        with self.asked_again():
            self.page(f"/web/content/pso.edition/{self.new_edition.id}/export_file")
        with self.asked_again(), mute_logger("odoo.addons.web.controllers.report"):
            self.report(f"/report/text/pso_odoo.report_measurement/{self.new.id}")

    def test_what_is_nowhere(self):
        number = self.new.id
        self.new.unlink()
        self.env.flush_all()
        with self.asked_again():
            response = self.url_open(f"/pso_odoo/workbook/{number}")
        self.assertEqual(response.status_code, 404)
        with self.asked_again():
            self.assertEqual(self.read_all(self.new, ["name"]), [])

    def test_records_of_others_are_not_our_business(self):
        partner = self.env["res.partner"].create({"name": "Just made"})
        self.env.flush_all()
        with self.on("ro"), self.assertNoLogs("odoo.http", "WARNING"):
            self.assertEqual(self.read_all(partner, ["name"]), [])

    def end_in(self, model, method):
        """Have the connection to the replica end when a method is called."""
        original = getattr(type(self.env[model]), method)

        @wraps(original)
        def ending(records, *args, **kwargs):
            cr = records.env.cr
            if cr.readonly:
                number = cr.connection.get_backend_pid()
                self.env.cr.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
            return original(records, *args, **kwargs)

        self.startPatcher(patch.object(type(self.env[model]), method, ending))

    @mute_logger("odoo.sql_db")
    def test_gone_under_the_dashboard(self):
        self.end_in("pso.dashboard", "_measurements")
        with self.asked_again():
            data = self.call("pso.dashboard", "retrieve")
        self.assertTrue(data["figures"]["total_fte"])

    @mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_http")
    def test_gone_before_the_user_is_known(self):
        self.end_in("res.users", "_compute_session_token")
        with self.assertLogs("odoo.http", "WARNING"), self.on("rw"):
            self.call("pso.dashboard", "retrieve")

    def test_who_closes_the_cursor_himself_is_not_asked_again(self):
        """As core's XML-RPC and JSON-RPC do: what fails there fails once."""
        self.modes.clear()
        with mute_logger("odoo.http", "odoo.addons.rpc.controllers.jsonrpc"):
            self.url_open(
                "/jsonrpc",
                json={
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {"service": "common", "method": "no such", "args": []},
                },
            )
        self.assertEqual(len(self.modes), 1)

    @mute_logger("odoo.sql_db")
    def test_gone_under_a_form(self):
        self.end_in("pso.measurement", "_live_figures")
        with self.asked_again():
            [values] = self.read_all(self.known, ["total_fte"])
        self.assertTrue(values["total_fte"])

    @mute_logger("odoo.sql_db", "odoo.addons.web.controllers.report")
    def test_gone_under_a_report(self):
        self.end_in("report.pso_odoo.report_measurement", "_report")
        with self.asked_again():
            self.report(f"/report/text/pso_odoo.report_measurement/{self.known.id}")

    @mute_logger("odoo.sql_db")
    def test_gone_under_a_page_of_core(self):
        self.end_in("res.partner", "web_search_read")
        with self.asked_again():
            self.call(
                *("res.partner", "web_search_read"),
                domain=[],
                specification={"name": {}},
                limit=1,
            )
