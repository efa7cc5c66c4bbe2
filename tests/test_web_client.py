"""The screens of every role open in a real browser, without an error in its console.

What each role does on them is in ``test_roles.py``.
"""

import json

from browser import TIMEOUT, BrowserCase
from common import PsoCase

from odoo.tests import tagged

# Opens one screen after the other in one browser: starting it is what takes time.
OPEN_SCREENS = """
(async () => {
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    for (const [request, selector, viewType] of %s) {
        await action.doAction(request, { clearBreadcrumbs: true, viewType });
        const end = Date.now() + 60000;
        while (!document.querySelector(selector)) {
            if (Date.now() > end) {
                throw new Error(`no ${selector} in ${JSON.stringify(request)}`);
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
# What is below a dialog, and how the page is called.
SEE_BELOW = """
if (document.title === "Odoo" || !document.querySelector(".o_pso_dashboard")) {
    console.error(`Nothing below the dialog; the page is called ${document.title}`);
} else {
    console.log("test successful");
}
"""
READY = "!!document.querySelector('.o_main_navbar')"
DASHBOARD = ("pso_odoo.pso_dashboard_action", ".o_pso_standing")


def views(action, *types):
    """A request for each of these views of an action, and what must be on it."""
    return [
        (f"pso_odoo.{action}", f".o_{view_type}_view", view_type) for view_type in types
    ]


def form(record, selector):
    """A request for the form of a record, and what must be on it."""
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "views": [[False, "form"]],
    }, selector


@tagged("post_install", "-at_install")
class TestWebClient(BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.measurement = cls.env.ref("pso_odoo.demo_measurement_2025")
        company = cls.measurement.company_id
        social = [("company_id", "=", company.id), ("pso_is_social", "=", True)]
        cls.status = cls.env["pso.status"].search(
            [("company_id", "=", company.id)], limit=1
        )
        cls.bill = cls.env["account.move"].search(
            [*social, ("state", "=", "posted")], order="invoice_date", limit=1
        )
        cls.order = cls.env["purchase.order"].search(social, limit=1)

    def _open(self, login, *screens):
        self.browser_js(
            "/odoo",
            OPEN_SCREENS % json.dumps(screens),
            ready=READY,
            login=login,
            timeout=TIMEOUT,
        )

    def test_coordinator(self):
        self._open(
            "pso",
            DASHBOARD,
            *views("pso_measurement_action", "list", "kanban"),
            form(self.measurement, "[name=action_lock]"),
            form(self.env["pso.measurement"], ".o_form_view"),
            *views("pso_supplier_line_action", "list", "kanban"),
            *views("pso_purchase_report_action", "graph", "pivot", "list", "kanban"),
            *views("pso_purchase_report_prospect_action", "graph", "pivot", "list"),
            *views("pso_certificate_action", "list", "kanban"),
            *views("pso_supplier_figure_action", "list"),
            *views("pso_edition_action", "list"),
            form(self.env.ref("pso_odoo.edition_2_1"), "[name=action_export]"),
            *views("pso_target_group_action", "list"),
            *views("pso_contract_form_action", "list"),
            *views("pso_level_action", "list"),
            ("pso_odoo.pso_company_settings_action", "[name=pso_small_group]"),
            ("pso_odoo.pso_edition_import_action", ".modal [name=action_import]"),
        )

    def test_hr(self):
        self._open(
            "hr",
            DASHBOARD,
            *views("pso_status_action", "list", "kanban", "calendar"),
            *views("pso_status_ending_action", "calendar", "list", "kanban"),
            form(self.env["pso.status"], ".o_form_view"),
            form(self.status, "[name=counting_note]"),
            form(self.status.employee_id, ".nav-link[name=pso]"),
            form(self.env.ref("pso_odoo.demo_job_magazijn"), "[name=pso_is_open]"),
            *views("pso_person_line_action", "list", "kanban", "pivot"),
        )

    def test_a_dialog_in_a_tab_of_its_own(self):
        self.browser_js(
            "/odoo/action-pso_odoo.pso_import_status_action",
            SEE_BELOW,
            ready="!!document.querySelector('.modal .o_form_view')",
            login="hr",
            timeout=TIMEOUT,
        )

    def test_buyer(self):
        self._open(
            "inkoop",
            form(self.bill, "[name=action_pso_exclude], [name=action_pso_include]"),
            form(self.order, "[name=pso_certificate_id]"),
            form(self.bill.commercial_partner_id, ".nav-link[name=pso]"),
            form(self.bill.pso_certificate_id, "[name=date_end]"),
            *views("pso_purchase_report_action", "graph", "pivot", "list"),
        )

    def test_accountant(self):
        """Who pays the bills may order nothing."""
        self._open(
            "financien",
            form(self.bill, "[name=action_pso_exclude], [name=action_pso_include]"),
            form(self.bill.commercial_partner_id, ".nav-link[name=pso]"),
            form(self.bill.pso_certificate_id, "[name=date_end]"),
            *views("pso_supplier_figure_action", "list", "kanban"),
            *views("pso_purchase_report_action", "graph", "pivot", "list"),
            *views("pso_missing_proof_action", "list"),
        )

    def test_management(self):
        self._open(
            "directie",
            DASHBOARD,
            form(self.measurement, "[name=level_id]"),
            *views("pso_supplier_line_action", "list"),
            *views("pso_purchase_report_action", "graph"),
        )

    def test_administrator(self):
        """The settings, and nothing else of PSO."""
        self._open(
            "admin",
            ("pso_odoo.res_config_settings_action", "[name=pso_fulltime_hours]"),
            ("pso_odoo.pso_dashboard_action", ".o_pso_dashboard .alert"),
        )


@tagged("post_install", "-at_install")
class TestTitles(PsoCase):
    def test_a_title_waits_for_saving(self):
        """With a new title in the answer, the field of a typed date stays as it was."""
        status = self.status(self.employee())
        for record, field in (
            (self.measurement(), "date_start"),
            (self.social_vendor().pso_certificate_ids, "date_end"),
            (status, "date_start"),
        ):
            with self.subTest(model=record._name):
                spec = {field: {}, "display_name": {}}
                values = {field: "2025-06-15"}
                before = record.display_name
                for each in (record, record.browse()):
                    answer = each.onchange(values, [field], spec)["value"]
                    self.assertNotIn("display_name", answer)
                record.write(values)
                self.assertTrue(record.display_name)
                if record._name != "pso.measurement":
                    self.assertNotEqual(record.display_name, before)
