"""Every screen of ours, as axe-core and the width of a small telephone judge it."""

import json
import re
from importlib.resources import files
from pathlib import Path

from browser import TIMEOUT, BrowserCase
from test_access import GROUPS

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

READY = "!!document.querySelector('.o_main_navbar')"
LOOK = Path(__file__).with_name("accessibility.js")
AXE = files("axe_playwright_python").joinpath("axe.min.js")
# Screens without anything of ours: what they break is core's, wherever it stands. In
# them are a search with a filter and a group, optional columns, badges, tags, dates.
CORE_ACTIONS = {
    "base.action_country": ("list",),
    "base.action_res_users": ("list", "kanban"),
    "base_setup.action_general_configuration": ("form",),
    "purchase.purchase_form_action": ("list", "kanban", "calendar", "graph", "pivot"),
    "purchase.action_purchase_order_report_all": ("graph", "pivot"),
    "hr.open_view_employee_list_my": ("kanban", "list"),
}
# A search with a group beside its filter.
CORE_GROUPED = ("purchase.purchase_form_action", {"search_default_vendor": 1})
# What core draws for any model, and no screen of core itself has at hand: why.
EXCUSED = [
    # A year of the calendar and a list in a small window scroll within themselves, and
    # are no stop of the Tab key where nothing in them is.
    ("scrollable-region-focusable", ".o_calendar_widget, .o_list_renderer"),
    # White on core's green and on its blue.
    ("color-contrast", ".o_field_badge .text-bg-success"),
    ("color-contrast", ".o_field_badge .text-bg-info"),
    # The button of the optional columns, and the arrow between two days, have no name.
    ("button-name", ".o_optional_columns_dropdown button"),
    ("aria-prohibited-attr", ".o_field_daterange .fa-long-arrow-right"),
    # A bar of progress says how far it is, and has no role to say it of.
    ("aria-allowed-attr", ".o_progressbar [aria-valuemin]"),
    # The button that copies a value has a tooltip only.
    ("button-name", ".o_clipboard_button"),
]
# The messages about a record: nothing of ours is in them, and they come when they come,
# so that what they break on a screen of core would be found or not.
APART = [".o-mail-Chatter"]
BROKEN = "Broken:"
RUN = """
fetch("%(look)s").then((answer) => answer.text()).then(async (script) => {
    (0, eval)(script);
    const found = await psoLookAt(%(plan)s);
    if (!found.length) {
        console.log("test successful");
    } else {
        console.error(`%(broken)s ${JSON.stringify(found)}`);
    }
}).catch((error) => console.error(error.message));
"""


class AccessibilityCase(BrowserCase):
    """Screens are found by what the addon brings, and none is named by hand."""

    lang = "en_US"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("pso_odoo.demo_measurement_2025").company_id
        scripts = {"axe": AXE.read_bytes(), "look": LOOK.read_bytes()}
        cls.scripts = {
            name: f"/web/content/{attachment.id}"
            for name, attachment in zip(
                scripts,
                cls.env["ir.attachment"].create(
                    [
                        {"name": name, "raw": raw, "public": True}
                        for name, raw in scripts.items()
                    ]
                ),
                strict=True,
            )
        }
        # Who may do everything sees everything that there is.
        cls.everybody = new_test_user(
            cls.env,
            login="pso-test-everybody",
            groups=",".join(GROUPS[1:]),
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            lang=cls.lang,
        )

        # A greeting would cover the screen.
        cls.env["res.users"].search([]).odoobot_state = "disabled"

    def setUp(self):
        super().setUp()
        self.shown = self.seen_by(self.everybody)

    def seen_by(self, user):
        return self.env(user=user, context={"allowed_company_ids": self.company.ids})

    def look_at(self, login, screens, core=()):
        """Open screens in a browser, and fail with what is broken on them."""
        plan = {"axe": self.scripts["axe"], "excused": EXCUSED, "apart": APART}
        plan |= {"ours": screens, "core": list(core)}
        values = {"look": self.scripts["look"], "broken": BROKEN}
        code = RUN % (values | {"plan": json.dumps(plan)})
        self.browser_js("/odoo", code, ready=READY, login=login, timeout=TIMEOUT)

    # -- screens ---------------------------------------------------------------

    def screen(self, name, request, selector, **options):
        values = {"name": name, "request": request, "selector": selector, "model": ""}
        return values | options

    def form(self, record):
        return self.screen(
            f"{record._name} form{'' if record else ', new'}",
            {
                "type": "ir.actions.act_window",
                "res_model": record._name,
                "res_id": record.id,
                "views": [[False, "form"]],
            },
            ".o_form_view .o_form_renderer",
            model=record._name,
        )

    def records_of_ours(self, model):
        data = self.env["ir.model.data"].search(
            [("module", "=", "pso_odoo"), ("model", "=", model)]
        )
        return self.env[model].browse(data.mapped("res_id")).exists()

    def dashboards(self):
        return [
            self.screen(
                f"dashboard {action.name}",
                action.get_external_id()[action.id],
                ".o_pso_dashboard h2",
            )
            for action in self.records_of_ours("ir.actions.client")
            if action.tag == "pso_odoo.dashboard"
        ]

    def windows(self, is_small):
        """Yield the actions in each of their views, on a telephone in what it shows."""
        for action in self.records_of_ours("ir.actions.act_window"):
            is_wizard = action.target == "new"
            views = [view for _id, view in action.views if view != "form"]
            for view in views[:1] if is_small else views or ["form"]:
                yield self.window(action, None if is_small else view, is_wizard)

    def window(self, action, view, is_wizard):
        kind = f".o_{view}_view" if view else ".o_action .o_content, .o_form_view"
        return self.screen(
            f"{action.get_external_id()[action.id]} {view or ''}",
            action.get_external_id()[action.id],
            ".modal .o_form_view" if is_wizard else kind,
            viewType=view,
            context=self.active(action),
            model=action.res_model,
        )

    def active(self, action):
        """Say of which record an action is that is opened from another one."""
        default = re.search(r"'default_(\w+)': active_id", action.context or "")
        model = action.binding_model_id.model
        if default:
            model = self.env[action.res_model]._fields[default[1]].comodel_name
        if not model:
            return {}
        record = self.shown[model].search([], limit=1)
        ids = {"active_id": record.id, "active_ids": record.ids}
        return ids | {"active_model": model}

    def forms(self):
        """Yield the form of a record of each model that we show, and of a new one."""
        for name in self.models_with_forms():
            model = self.shown[name]
            record = self.an_example(model)
            if record:
                yield self.form(record)
            arch = model.get_view(view_type="form")["arch"]
            is_ours = name.startswith("pso.") and 'create="0"' not in arch.split(">")[0]
            if is_ours and model.has_access("create"):
                yield self.form(model)

    def models_with_forms(self):
        views = self.records_of_ours("ir.ui.view").filtered(lambda v: v.type == "form")
        names = sorted(set(views.mapped("model")))
        return [name for name in names if not self.shown[name]._transient]

    def an_example(self, model):
        """Return a record on which something of ours is to be seen, if there is one."""
        domain = []
        if "pso_is_social" in model._fields:
            domain = [
                ("pso_is_social", "=", True),
                ("company_id", "=", self.company.id),
            ]
        if "pso_status_ids" in model._fields:
            domain = [("pso_status_ids", "!=", False)]
        if "pso_certificate_ids" in model._fields:
            domain = [("pso_certificate_ids", "!=", False)]
        return model.search(domain, limit=1)

    def core_for_all(self):
        """Return a screen of core that everybody has."""
        return [self.form(self.env.ref("base.user_admin").partner_id)]

    def core(self, is_small):
        """Return screens of core; of forms that we add to, what is not ours."""
        forms = [
            self.form(self.an_example(self.shown[name])) | {"isCore": True}
            for name in self.models_with_forms()
            if not name.startswith("pso.")
        ]
        return forms + [
            self.screen(
                f"{action} {view}",
                action,
                ".o_action .o_content" if is_small else f".o_{view}_view",
                viewType=None if is_small else view,
                context=context,
            )
            for action, views, context in [
                *((action, views, {}) for action, views in CORE_ACTIONS.items()),
                (CORE_GROUPED[0], ("list", "kanban"), CORE_GROUPED[1]),
            ]
            for view in (views[:1] if is_small else views)
        ]


@tagged("post_install", "-at_install")
class TestAccessibility(AccessibilityCase):
    browser_size = "1400x900"
    lang = "nl_NL"  # whose headings are longer

    def test_every_screen(self):
        screens = [*self.dashboards(), *self.windows(False), *self.forms()]
        self.look_at(self.everybody.login, screens, self.core(is_small=False))


@tagged("post_install", "-at_install")
class TestAccessibilityOnASmallTelephone(AccessibilityCase):
    browser_size = "320x640"
    touch_enabled = True
    lang = "nl_NL"  # whose words are longer

    def test_every_screen(self):
        screens = [*self.dashboards(), *self.windows(True), *self.forms()]
        self.look_at(self.everybody.login, screens, self.core(is_small=True))


@tagged("post_install", "-at_install")
class TestAccessibilityByRole(AccessibilityCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_the_dashboard_of_each_role(self):
        for login in ("pso", "hr", "directie", "inkoop", "financien", "admin"):
            with self.subTest(login=login):
                self.look_at(login, self.dashboards(), self.core_for_all())
