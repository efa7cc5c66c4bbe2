"""The dashboard and the ladder in a real browser, as each role sees them."""

import json
from datetime import timedelta

from common import whole_page

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import formatLang

READY = "!!document.querySelector('.o_main_navbar')"
# What the checks in the browser have in common.
HELPERS = """
const { action, menu, orm } = odoo.__WOWL_DEBUG__.root.env.services;
const find = (selector) => document.querySelector(selector);
const text = () => find(".o_action_manager").innerText.replaceAll("\\u00a0", " ");
async function until(condition, what) {
    const end = Date.now() + 20000;
    while (!condition()) {
        if (Date.now() > end) {
            throw new Error(`no ${what}: ${text()}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
async function click(selector) {
    await until(() => find(selector), selector);
    find(selector).click();
}
async function openDashboard() {
    const app = menu.getApps().find(({ xmlid }) => xmlid === "pso_odoo.menu_root");
    await menu.selectMenu(app);
    await until(() => find(".o_pso_standing"), "dashboard");
}
async function scrollToTheEnd() {
    find(".o_pso_to_do").scrollIntoView();
    await until(() => find(".o_pso_breakdown"), "breakdown");
}
"""
SHOWS = """
await openDashboard();
await scrollToTheEnd();
for (const expected of %(expected)s) {
    await until(() => text().includes(expected), expected);
}
for (const secret of %(secret)s) {
    if (document.body.innerHTML.includes(secret)) {
        throw new Error(`${secret} is shown`);
    }
}
const chart = Chart.getChart(find(".o_pso_trend_chart canvas"));
if (chart.data.labels.length !== %(points)s) {
    throw new Error(`${chart.data.labels.length} points in the chart`);
}
"""
OPENS_CHECK = """
await openDashboard();
const period = () => find("button[name=period]").innerText.trim();
await click("button[name=period]");
await click("[data-period='%(key)s']");
await until(() => period() === %(period)s, "period");
await scrollToTheEnd();
await click("[data-check='%(check)s']");
await until(() => find(".o_list_view .o_data_row"), "records");
if (!find(".o_breadcrumb").innerText.includes(%(name)s)) {
    throw new Error(find(".o_breadcrumb").innerText);
}
await click(".o_breadcrumb .o_back_button, .o_breadcrumb a");
await until(() => find("[data-check='%(check)s']"), "what was looked at before");
if (period() !== %(period)s) {
    throw new Error("the period is forgotten");
}
"""
RECOVERS = """
await openDashboard();
await click("button[name=period]");
await click("[data-period='measurement-%(id)s']");
await until(() => find("button[name=period]").innerText.includes("%(name)s"), "period");
await scrollToTheEnd();
await action.doAction({
    type: "ir.actions.act_window",
    res_model: "pso.measurement",
    res_id: %(id)s,
    views: [[false, "form"]],
});
await until(() => find(".o_form_view"), "form");
await orm.unlink("pso.measurement", [%(id)s]);
await click(".o_breadcrumb .o_back_button, .o_breadcrumb a");
await click(".o_pso_dashboard .alert-warning button");
await until(() => find(".o_pso_standing"), "dashboard");
await scrollToTheEnd();
"""
PRINTS_ALL = """
await openDashboard();
await until(() => find(".o_pso_trend_chart canvas"), "chart");
if (find(".o_pso_breakdown")) {
    throw new Error("asked for before anybody got there");
}
let printed = 0;
window.print = () => {
    printed += find(".o_pso_breakdown") ? 1 : 100;
};
find(".o_control_panel .fa-print").closest("button").click();
find(".o_pso_to_do").scrollIntoView(); // who scrolls meanwhile asks for the same
await until(() => printed, "print");
if (printed !== 1) {
    throw new Error("printed without what is below");
}
"""
FITS_A_TELEPHONE = """
await openDashboard();
await until(() => find(".o_pso_trend_chart"), "chart");
const parts = ["total", "course", "gap", "tiles", "to_do"];
const order = parts.map((name) => `.o_pso_${name}`);
const tops = order.map((selector) => find(selector).getBoundingClientRect().top);
if (tops.some((top, index) => top < tops[index - 1])) {
    throw new Error(`not in this order: ${order}: ${tops}`);
}
await scrollToTheEnd();
const isSeen = (selector) => find(selector).checkVisibility();
if (isSeen(".o_pso_check_list")) {
    throw new Error("the checks are not folded");
}
await click(".o_pso_checks summary");
await until(() => isSeen(".o_pso_check_list"), "checks");
if (find(".o_pso_check details").open) {
    throw new Error("explained before it is asked");
}
"""
SHOWS_LADDER = """
await action.doAction(%(action)s);
await until(() => find(".o_field_pso_ladder .o_pso_ladder"), "ladder");
for (const expected of %(expected)s) {
    await until(() => text().includes(expected), expected);
}
"""


class DashboardCase(HttpCase):
    def _run(self, login, code, **values):
        script = f"(async () => {{ {HELPERS} {code % values} }})()"
        done = ".then(() => console.log('test successful'), (error) => "
        self.browser_js(
            "/odoo",
            f"{script}{done}console.error(error.message));",
            ready=READY,
            login=login,
            timeout=120,
        )


@tagged("post_install", "-at_install")
class TestDashboardOnATelephone(DashboardCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_standing_outlook_and_next_step_come_first(self):
        """The checks are folded, and explained when asked."""
        self._run("pso", FITS_A_TELEPHONE)


@tagged("post_install", "-at_install")
class TestDashboardClient(DashboardCase):
    """Expected is what the server answers: the figures themselves have other tests."""

    SECRET = "Yvonne Nimmerdor"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.measurement = cls.env.ref("pso_odoo.demo_measurement_2025")
        cls.company = cls.measurement.company_id
        today = fields.Date.context_today(cls.measurement)
        employee = cls.env["hr.employee"].create(
            {
                "name": cls.SECRET,
                "company_id": cls.company.id,
                "date_version": today - timedelta(days=400),
                "contract_date_start": today - timedelta(days=400),
            }
        )
        cls.env["pso.status"].create(
            {
                "employee_id": employee.id,
                "group_id": cls.env.ref("pso_odoo.group_wajong").id,
                "form_id": cls.env.ref("pso_odoo.form_regular").id,
                "date_start": today - timedelta(days=300),
                "date_end": today + timedelta(days=30),
            }
        )

    def _as(self, login):
        user = self.env["res.users"].search([("login", "=", login)])
        context = {"lang": user.lang, "allowed_company_ids": self.company.ids}
        return self.env(user=user.id, su=False, context=context)

    def _figures(self, env, payload):
        """The figures of an answer of the server, in the words of the user."""
        figures = payload["figures"]
        names = (
            "total_percentage",
            "direct_percentage",
            "indirect_counted_percentage",
            "proven_total_percentage",
        )
        return [
            *(f"{formatLang(env, figures[name])} %" for name in names),
            f"{formatLang(env, figures['total_fte'])} fte",
            *(row["name"] for row in payload["ladder"]["rows"]),
        ]

    def _check_shown(self, login, secret=()):
        env = self._as(login)
        payload = whole_page(env["pso.dashboard"])
        ending = payload["ending"]
        self.assertNotEqual(ending["found"], "0", "somebody stops counting")
        checks = payload["checks"]["lines"]
        names = [check["name"] for check in checks]
        if any(payload["can"].values()):
            names += [check["found"] for check in checks]
        else:  # who can mend nothing is told how many there are, and who can
            secret = [*secret, *names, "See the checks", "Zie de controles"]
            names = [str(payload["checks"]["open"])]
            names += {check["mended_by"] for check in checks}
        expected = [
            *self._figures(env, payload),
            *names,
            *(vendor["name"] for vendor in payload["vendors"]),
            *(certificate["partner"] for certificate in payload["certificates"]),
            *(supplier["name"] for supplier in payload["gap"]["suppliers"]),
            *(person["name"] for person in ending["people"] or []),
        ]
        self._run(
            login,
            SHOWS,
            expected=json.dumps(expected),
            secret=json.dumps(secret),
            points=len(payload["trend"]),
        )
        return expected

    def test_coordinator(self):
        """The app opens on the dashboard: figures and checks, and no names."""
        self._check_shown("pso", secret=[self.SECRET])

    def test_management(self):
        self._check_shown("directie", secret=[self.SECRET])

    def test_hr(self):
        """The PSO HR group alone reads who stops counting."""
        self.assertIn(self.SECRET, self._check_shown("hr"))

    def test_check(self):
        """A check leads to its records, and back to the same period."""
        key = f"measurement-{self.measurement.id}"
        payload = self._as("pso")["pso.dashboard"].retrieve_details(
            key, self.company.id
        )
        check = next(line for line in payload["checks"]["lines"] if line["can_open"])
        self._run(
            "pso",
            OPENS_CHECK,
            key=key,
            period=json.dumps(self.measurement.name),
            check=check["type_id"],
            name=json.dumps(check["name"]),
        )

    def test_print_is_of_all_of_it(self):
        """What is below the fold is asked for by who scrolls there, or prints."""
        self._run("pso", PRINTS_ALL)

    def test_a_measurement_that_is_gone(self):
        """The way back leads to the rolling year."""
        measurement = self.measurement.copy({"name": "Short-lived"})
        self._run("pso", RECOVERS, id=measurement.id, name=measurement.name)

    def test_ladder_in_form(self):
        """The form of a measurement shows the ladder of its figures."""
        env = self._as("directie")
        measurement = self.measurement.with_env(env)
        self._run(
            "directie",
            SHOWS_LADDER,
            action=json.dumps(
                {
                    "type": "ir.actions.act_window",
                    "res_model": measurement._name,
                    "res_id": measurement.id,
                    "views": [[False, "form"]],
                }
            ),
            expected=json.dumps(
                [
                    f"{formatLang(env, measurement.total_percentage)} %",
                    *(row["name"] for row in measurement.ladder["rows"]),
                    measurement.next_step,
                ]
            ),
        )
