"""The screens of every role open in a real browser, without an error in its console."""

import json

from odoo.tests import HttpCase, tagged

RUN = "(async () => { %s })().catch((error) => console.error(error.message));"
# Opens one screen after the other in one browser: starting it is what takes time.
OPEN_SCREENS = """
const action = odoo.__WOWL_DEBUG__.root.env.services.action;
for (const [request, selector] of %s) {
    await action.doAction(request, { clearBreadcrumbs: true });
    const end = Date.now() + 20000;
    while (!document.querySelector(selector)) {
        if (Date.now() > end) {
            throw new Error(`no ${selector} in ${JSON.stringify(request)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
console.log("test successful");
"""
FIND_MENU = """
const menus = await (await fetch("/web/webclient/load_menus")).text();
if (menus.includes("pso_odoo.menu_root")) {
    throw new Error("PSO is in the menu");
}
console.log("test successful");
"""
READY = "!!document.querySelector('.o_main_navbar')"
LIST = ".o_list_view"
FORM = ".o_form_view"


def form(record, selector):
    """A request for the form of a record, and what must be on it."""
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "views": [[False, "form"]],
    }, selector


@tagged("post_install", "-at_install")
class TestWebClient(HttpCase):
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
            RUN % (OPEN_SCREENS % json.dumps(screens)),
            ready=READY,
            login=login,
            timeout=240,
        )

    def test_coordinator(self):
        self._open(
            "pso",
            ("pso_odoo.pso_measurement_action", LIST),
            form(self.measurement, "[name=action_lock]"),
            form(self.env["pso.measurement"], FORM),
            ("pso_odoo.pso_supplier_line_action", LIST),
            ("pso_odoo.pso_certificate_action", LIST),
            ("pso_odoo.pso_supplier_figure_action", LIST),
            ("pso_odoo.pso_edition_action", LIST),
            form(self.env.ref("pso_odoo.edition_2_1"), "[name=action_export]"),
            ("pso_odoo.pso_target_group_action", LIST),
            ("pso_odoo.pso_contract_form_action", LIST),
            ("pso_odoo.pso_level_action", LIST),
            ("pso_odoo.pso_edition_import_action", ".modal [name=action_import]"),
        )

    def test_hr(self):
        self._open(
            "hr",
            ("pso_odoo.pso_status_action", LIST),
            form(self.env["pso.status"], FORM),
            form(self.status, "[name=counting_note]"),
            form(self.status.employee_id, ".nav-link[name=pso]"),
            ("pso_odoo.pso_person_line_action", LIST),
        )

    def test_buyer(self):
        self._open(
            "inkoop",
            form(self.bill, "[name=action_pso_exclude], [name=action_pso_include]"),
            form(self.order, "[name=pso_certificate_id]"),
            form(self.bill.commercial_partner_id, ".nav-link[name=pso]"),
            form(self.bill.pso_certificate_id, "[name=date_end]"),
        )

    def test_management(self):
        self._open(
            "directie",
            form(self.measurement, "[name=level_id]"),
            ("pso_odoo.pso_supplier_line_action", LIST),
        )

    def test_nothing_of_pso_for_an_employee(self):
        """Without a group of ours there is no PSO in the menu."""
        self.browser_js(
            "/odoo",
            RUN % FIND_MENU,
            ready=READY,
            login="medewerker",
        )
