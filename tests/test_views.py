"""No screen of ours is one that Odoo generates, and no record has a technical name."""

import ast
import re
from ast import literal_eval
from itertools import product

from lxml import etree
from test_access import BOARD, GROUPS, HR, MANAGER, PURCHASE, USER, AccessCase

from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

# What a list or a card is clicked for is shown in a form, unless it says otherwise.
NO_FORM = {"list": ("editable", "no_open"), "kanban": ()}
TECHNICAL_NAME = re.compile(r"^[a-z_.]+,\s*\S+$|^\s*$|NewId")
# Pixels for ten millions with cents and a currency sign.
LEAST_FOR_MONEY = 120
SHOWING = ("list", "kanban", "form")
# Characters in a field 350 pixels wide.
MOST_ON_A_LINE = 44
FIGURES = [
    *("total_fte", "direct_percentage", "indirect_counted_percentage"),
    *("total_percentage", "proven_total_percentage", "gap_percentage", "gap_fte"),
]
# The next step, and three beside it; what is used less is under the cog.
MOST_BUTTONS = 4
ROLES = ((USER,), (PURCHASE,), (HR,), (MANAGER,), (BOARD, USER), (MANAGER, HR, BOARD))
COG_FORMS = {"pso_cog_form", "pso_measurement_form"}
# What may be unknown, and what a screen asks before it shows a number of it.
UNKNOWN = {
    "pso.supplier.line": dict.fromkeys(
        ("turnover", "supplier_fte", "direct_percentage"), "figure_year"
    ),
    "pso.certified.vendor": dict.fromkeys(("fte_rate", "room"), "figure_year"),
    "pso.vendor.comparison.line": dict.fromkeys(("fte_rate", "room"), "figure_year")
    | dict.fromkeys(("price_unit", "amount"), "price_source"),
    "pso.group.rule": {
        "weight": "is_weight_known",
        "counting_months": "is_period_known",
    },
    "pso.form.rule": {"weight": "is_weight_known"},
    "pso.scenario.line": {"cost": "is_free"},
    "pso.scenario.means": {"cost": "is_free", "extra_price": "is_free"},
    "pso.cost": {"amount": "kind", "percentage": "kind"},
    "pso.scenario": {
        **dict.fromkeys(("total_percentage", "change_percentage"), "has_figures"),
        "cost": "cost_note",
        "gap_fte": "gap_fte",
    },
    "pso.measurement": {
        "audited_total_percentage": "audit_mark",
        **dict.fromkeys(FIGURES, "pso_figure"),
    },
}
# Not shown to anybody as a record: read by SQL, by reports or by wizards alone.
NEVER_SHOWN = {
    *("pso.snapshot", "pso.trace", "pso.log.link", "pso.log.head"),
    *("pso.locked.person.line", "pso.locked.supplier.line", "pso.locked.check"),
    *("pso.locked.index", "pso.status.period", "pso.import.header"),
}


@tagged("post_install", "-at_install")
class TestViews(AccessCase):
    """What a user can come to is walked from the actions, through the views."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everything = cls.user(*GROUPS[2:], login="pso-test-everything")
        cls.shown = cls.env(user=everything)

    def walk(self):
        """Return who asks for which view: ``{(model, type): {where}}``."""
        asked = {}
        for action in self.ours("ir.actions.act_window"):
            for _view_id, kind in action.views:
                self.ask(asked, action.res_model, kind, action.name)
            if action.res_model.startswith("pso."):
                self.ask_search(asked, action)
        for view in self.ours("ir.ui.view"):
            if view.model and view.type in ("form", "list", "kanban"):
                self.walk_view(asked, view)
        return asked

    def ours(self, model):
        """Return the records of this addon in a model of Odoo's."""
        data = self.env["ir.model.data"].search(
            [("module", "=", "pso_odoo"), ("model", "=", model)]
        )
        return self.env[model].browse(data.mapped("res_id"))

    def ask(self, asked, model, kind, where):
        asked.setdefault((model, kind), set()).add(where)

    def ask_search(self, asked, action):
        if not self.env[action.res_model]._transient and action.view_mode != "form":
            self.ask(asked, action.res_model, "search", action.name)

    def walk_view(self, asked, view):
        model = self.shown[view.model]
        root = view if view.mode == "primary" else view.inherit_id
        arch = etree.fromstring(model.get_view(root.id, root.type)["arch"])
        for node in arch.iter("field"):
            path = [each.get("name") for each in node.iterancestors("field")][::-1]
            owner = model
            for name in path:
                owner = owner[name]
            field = owner._fields.get(node.get("name"))
            comodel = field and field.comodel_name or ""
            is_hidden = node.get("invisible") in ("1", "True")
            if not comodel.startswith("pso.") or is_hidden:
                continue
            self.walk_field(asked, node, field, view)

    def walk_field(self, asked, node, field, view):
        where = f"{view.name}: {field.name}"
        options = literal_eval(node.get("options") or "{}")
        kind = node.getroottree().getroot().tag
        if field.type == "many2one":
            if kind == "form" and not options.get("no_open") and not node.get("widget"):
                self.ask(asked, field.comodel_name, "form", where)
            return
        if (node.get("widget") or "one2many") != "one2many" and not len(node):
            return
        inline = {child.tag: child for child in node}
        opens = False
        for shown in ("list", "kanban"):  # a phone shows cards
            child = inline.get(shown)
            if child is None:
                self.ask(asked, field.comodel_name, shown, where)
                arch = self.shown[field.comodel_name].get_view(view_type=shown)["arch"]
                child = etree.fromstring(arch)
            opens |= child.get("can_open") != "0" and not any(
                child.get(name) for name in NO_FORM[shown]
            )
        if opens and "form" not in inline and node.get("widget") != "pso_checks":
            self.ask(asked, field.comodel_name, "form", where)

    def test_a_screen_of_the_menu_has_a_readable_address(self):
        """An address with the number of an action means nothing after a new install."""
        for menu in self.ours("ir.ui.menu"):
            if menu.action and getattr(menu.action, "target", "") != "new":
                with self.subTest(menu=menu.complete_name):
                    self.assertRegex(menu.action.path or "", r"^pso(-[a-z]+)*$")

    def test_no_view_is_generated(self):
        views = self.env["ir.ui.view"]
        generated = {
            asked: sorted(where)
            for asked, where in self.walk().items()
            if not views.default_view(*asked)
        }
        self.assertEqual(generated, {})

    def test_what_is_ticked_in_a_list_is_ticked_on_its_card(self):
        """On a telephone the card stands for the row."""
        switches = "field[@widget='boolean_toggle'][not(@readonly='1')]"
        for view in self.ours("ir.ui.view").filtered(lambda view: view.type == "form"):
            arch = etree.fromstring(view.arch)
            for both in arch.xpath("//field[list][kanban]"):
                for switch in both.xpath(f"list/{switches}"):
                    name = switch.get("name")
                    with self.subTest(view=view.name, field=name):
                        self.assertIn(
                            name, both.xpath(f"kanban/templates//{switches}/@name")
                        )

    def test_what_opens_as_a_list_opens_as_cards_on_a_phone(self):
        for action in self.ours("ir.actions.act_window"):
            kinds = action.view_mode.split(",")
            with self.subTest(action=action.name):
                if (action.res_model or "").startswith("pso.") and "form" in kinds:
                    self.assertEqual("list" in kinds, "kanban" in kinds)

    def test_a_moment_has_seconds_only_where_an_auditor_may_ask_for_them(self):
        """Written in numbers Odoo shows them, whatever ``show_seconds`` says."""
        to_the_second = {"pso.log", "pso.seal", "pso.measurement", "pso.sample"}
        asked = 0
        for view in self.ours("ir.ui.view").filtered(
            lambda view: view.model in self.env
        ):
            for model, field, options in self.shown_fields(view):
                if field.type == "datetime" and options.get("numeric"):
                    asked += 1
                    with self.subTest(view=view.name, field=field.name):
                        hides = options.get("show_time") is False
                        self.assertTrue(hides or model in to_the_second)
        self.assertGreater(asked, 10)

    def shown_fields(self, view):
        """The fields with options of a view and of the lists in it."""
        nodes = [(view.model, etree.fromstring(view.arch))]
        while nodes:
            model, node = nodes.pop()
            fields = self.env[model]._fields if model else {}
            field = node.tag == "field" and fields.get(node.get("name"))
            if field and node.get("options"):
                yield (
                    model,
                    field,
                    safe_eval(node.get("options"), {"true": True, "false": False}),
                )
            inner = field.comodel_name if field and len(node) else model
            nodes += [(inner, child) for child in node.iterchildren("*")]

    def test_a_switch_takes_no_more_room_on_a_card_than_it_needs(self):
        """A widget is as wide as it may be, and pushes the words beside it away."""
        switches = (
            "//templates//*[contains(@class, 'd-flex')]/field[@widget='boolean_toggle']"
        )
        asked = 0
        for view in self.ours("ir.ui.view").filtered(lambda view: view.model):
            for switch in etree.fromstring(view.arch).xpath(switches):
                asked += 1
                with self.subTest(view=view.name, field=switch.get("name")):
                    self.assertIn("w-auto", (switch.get("class") or "").split())
        self.assertGreater(asked, 3)

    def test_an_example_in_a_field_of_one_line_is_read_whole_on_a_phone(self):
        asked = 0
        for view in self.ours("ir.ui.view").filtered(lambda view: view.model):
            for node in etree.fromstring(view.arch).xpath("//field[@placeholder]"):
                field = self.env[view.model]._fields.get(node.get("name"))
                if field and field.type == "char" and not node.get("widget"):
                    asked += 1
                    with self.subTest(view=view.name, field=field.name):
                        self.assertLessEqual(
                            len(node.get("placeholder")), MOST_ON_A_LINE
                        )
        self.assertGreater(asked, 5)

    def test_what_opens_by_default_does_not_hang_on_a_name(self):
        """Odoo takes the view of the least priority; of several the first by name."""
        views = self.ours("ir.ui.view").filtered(
            lambda v: v.mode == "primary" and (v.model or "").startswith("pso.")
        )
        for (model, kind), some in views.grouped(lambda v: (v.model, v.type)).items():
            with self.subTest(model=model, kind=kind):
                least = min(some.mapped("priority"))
                firsts = some.filtered(lambda view, least=least: view.priority == least)
                self.assertEqual(len(firsts), 1, firsts.mapped("name"))

    def test_what_cannot_be_there_twice_is_not_offered_to_be_duplicated(self):
        for view in self.ours("ir.ui.view").filtered(
            lambda view: view.type in ("form", "list") and view.mode == "primary"
        ):
            if not (view.model or "").startswith("pso."):
                continue
            model = self.env[view.model].sudo()
            root = etree.fromstring(model.get_view(view.id, view.type)["arch"])
            record = model.search([], limit=1)
            if model._transient or "0" in (root.get("create"), root.get("duplicate")):
                continue
            with self.subTest(view=view.name), mute_logger("odoo.sql_db"):
                self.assertTrue(not record or record.copy())

    def test_the_walk_comes_everywhere(self):
        """A walk that finds nothing could not fail."""
        walked = self.walk()
        for asked in (
            ("pso.measurement", "form"),
            ("pso.correction", "kanban"),
            ("pso.group.rule", "form"),
            ("pso.supplier.figure", "kanban"),
        ):
            self.assertIn(asked, walked)

    def test_what_a_check_finds_opens_in_views_that_somebody_made(self):
        views = self.env["ir.ui.view"]
        window = self.live._window()
        for check in self.env["pso.check.type"].search([]):
            with self.subTest(check=check.code):
                action = self.shown["pso.check"]._action_findings(check, window)
                for view_id, kind in action.get("views", []):
                    self.assertTrue(
                        view_id or views.default_view(action["res_model"], kind),
                        (action["res_model"], kind),
                    )

    def test_a_phone_sends_of_new_lines_what_a_list_sends(self):
        """What a card leaves out is lost: somebody known would be registered anew."""
        compared = 0
        for view in self.env["ir.ui.view"].search(
            [("model_data_id.module", "=", "pso_odoo"), ("type", "=", "form")]
        ):
            for node in etree.fromstring(view.arch).iterfind(".//field[list][kanban]"):
                field = self.env[view.model]._fields.get(node.get("name"))
                if not field or not field.compute or field.readonly:
                    continue  # its lines are in the database already
                known = self.env[field.comodel_name]._fields
                sent, shown = (
                    {
                        each.get("name")
                        for each in node.find(kind).iter("field")
                        if known[each.get("name")].store
                        and not known[each.get("name")].readonly
                    }
                    for kind in ("list", "kanban")
                )
                compared += 1
                with self.subTest(view=view.name, field=field.name):
                    self.assertLessEqual(sent, shown)
        self.assertTrue(compared)

    def test_a_question_is_answered_by_what_it_does(self):
        """Core's *Ok* does not say what comes of it."""
        asking = 0
        ours = self.env["ir.ui.view"].search(
            [
                ("model_data_id.module", "=", "pso_odoo"),
                ("arch_db", "like", "confirm="),
            ]
        )
        for view in ours:
            for node in etree.fromstring(view.arch).iterfind(".//*[@confirm]"):
                asking += 1
                with self.subTest(view=view.name, button=node.get("name")):
                    self.assertTrue(node.get("confirm-label"))
        self.assertGreater(asking, 10)

    def test_no_record_has_a_technical_name(self):
        for name in set(self.env.registry) - NEVER_SHOWN:
            model = self.env[name]
            if not name.startswith("pso.") or model._abstract or model._transient:
                continue
            for record in model.sudo().search([], limit=3):
                with self.subTest(record=str(record)):
                    self.assertNotRegex(record.display_name or "", TECHNICAL_NAME)

    # -- what is not known ---------------------------------------------------

    def test_what_is_not_known_is_not_shown_as_zero(self):
        found = set()
        for view in self.ours("ir.ui.view"):
            if view.model and view.type in ("form", "list", "kanban"):
                root = view if view.mode == "primary" else view.inherit_id
                model = self.shown[view.model]
                arch = etree.fromstring(model.get_view(root.id, root.type)["arch"])
                for node in arch.iter("field"):
                    found |= self.zeros(model, node, view)
        self.assertFalse(found)

    def zeros(self, model, node, view):
        """Return the place of a field that is shown whether it is known or not."""
        for parent in [*node.iterancestors("field")][::-1]:
            model = model[parent.get("name")]
        unknown = UNKNOWN.get(model._name, {})
        asked = unknown.get(node.get("name"))
        kinds = [parent.tag for parent in node.iterancestors() if parent.tag in SHOWING]
        is_typed = kinds[0] == "form" and model._name != "pso.supplier.line"
        is_hidden = node.get("column_invisible") == "1" or node.get("invisible") == "1"
        if not asked or is_typed or is_hidden or node.get("widget") == asked:
            return set()
        around = [each.get("invisible") or "" for each in (node, *node.iterancestors())]
        if any(asked in rule for rule in around):
            return set()
        return {f"{view.name}: {node.get('name')}"}

    # -- lists ---------------------------------------------------------------

    def test_what_a_list_says_is_not_cut_off(self):
        """A heading takes a second line, and an amount of ten millions has room."""
        for view in self.ours("ir.ui.view").filtered("arch_db"):
            arch = etree.fromstring(view.with_context(lang=None).arch)
            for node in arch.iter("list"):
                if node.get("position"):
                    continue
                with self.subTest(view=view.name):
                    self.assertIn("o_pso_list", (node.get("class") or "").split())

    def test_amounts_have_room(self):
        narrow = set()
        for view in self.ours("ir.ui.view"):
            if view.model and view.type in ("form", "list"):
                root = view if view.mode == "primary" else view.inherit_id
                model = self.shown[view.model]
                arch = etree.fromstring(model.get_view(root.id, root.type)["arch"])
                for node in arch.xpath("//list[contains(@class, 'o_pso_list')]/field"):
                    owner = model
                    for parent in [*node.iterancestors("field")][::-1]:
                        owner = owner[parent.get("name")]
                    width = int((node.get("width") or "0").removesuffix("px"))
                    is_money = owner._fields[node.get("name")].type == "monetary"
                    if is_money and width < LEAST_FOR_MONEY:
                        narrow.add(f"{view.name}: {node.get('name')}")
        self.assertFalse(narrow)

    def test_a_day_does_not_break_on_a_card(self):
        """A phone would break it at its hyphen, as if it were two numbers."""
        breaking, days = set(), 0
        for view in self.ours("ir.ui.view").filtered("model"):
            for node in etree.fromstring(view.arch).iterfind(".//templates//field"):
                owner = self.shown[view.model]
                for parent in [*node.iterancestors("field")][::-1]:
                    if not parent.get("position"):
                        owner = owner[parent.get("name")]
                if owner._fields[node.get("name")].type in ("date", "datetime"):
                    days += 1
                    around = [node, *node.iterancestors("span", "div")]
                    if not any("text-nowrap" in e.get("class", "") for e in around):
                        breaking.add(f"{view.name}: {node.get('name')}")
        self.assertFalse(breaking)
        self.assertGreater(days, 20)

    def test_whoever_looks_for_a_vendor_finds_vendors_first(self):
        """A phone shows all contacts, colleagues among them, in the order of names."""
        unsorted = set()
        for view in self.ours("ir.ui.view").filtered("model"):
            root = etree.fromstring(view.arch)
            if root.tag != "form" and not root.get("editable"):
                continue
            for node in root.xpath("//field[@name='partner_id'][not(ancestor::field)]"):
                field = self.shown[view.model]._fields["partner_id"]
                is_shown = node.get("readonly") or node.get("invisible") == "1"
                if field.readonly or is_shown or node.get("widget"):
                    continue
                if "'supplier'" not in node.get("context", ""):
                    unsorted.add(view.name)
        self.assertFalse(unsorted)

    # -- the header ----------------------------------------------------------

    def test_a_header_has_few_buttons(self):
        too_many = {}
        for number, groups in enumerate(ROLES):
            user = self.user(*groups, login=f"pso-test-header-{number}")
            for view in self.ours("ir.ui.view"):
                model = view.model and self.env[view.model].with_user(user)
                if view.type != "form" or view.mode != "primary" or model is None:
                    continue
                if view.model.startswith("pso.") and model.has_access("read"):
                    arch = etree.fromstring(model.get_view(view.id, "form")["arch"])
                    shown = self.most_buttons(model, arch)
                    if len(shown) > MOST_BUTTONS:
                        too_many[view.name, groups] = shown
        self.assertFalse(too_many)

    def most_buttons(self, model, arch):
        """Return the buttons of the header, in the state that shows most of them."""
        buttons = [
            button
            for button in arch.xpath("./header/button")
            if "o_pso_in_menu" not in (button.get("class") or "").split()
        ]
        rules = [button.get("invisible") or "False" for button in buttons]
        names = sorted({name for rule in rules for name in names_in(rule)})
        values = product(*(possible_values(model, name) for name in names))
        states = [dict(zip(names, each, strict=True)) for each in values]
        shown = [
            [
                button.get("name")
                for button, rule in zip(buttons, rules, strict=True)
                if not safe_eval(rule, dict(state))
            ]
            for state in states
        ]
        return max(shown, key=len)

    def test_what_is_under_the_cog_is_in_a_form_that_puts_it_there(self):
        for view in self.ours("ir.ui.view").filtered("arch_db"):
            arch = etree.fromstring(view.with_context(lang=None).arch)
            in_menu = arch.xpath("./header/button[@class='o_pso_in_menu']")
            if arch.tag == "form" and in_menu:
                self.assertIn(arch.get("js_class"), COG_FORMS, view.name)


def names_in(rule):
    """Return the fields that an expression of a view names."""
    nodes = ast.walk(ast.parse(rule.strip(), mode="eval"))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def possible_values(model, name):
    """Return one value of each kind that a field may have in a form."""
    field = model._fields.get(name)
    if field is not None and field.type == "selection":
        return [False, *field.get_values(model.env)]
    return [0, 1]

    def test_what_is_to_be_done_comes_first(self):
        """A phone shows the first button of a form, and puts the others into a menu."""
        for view in self.ours("ir.ui.view").filtered(lambda v: v.type == "form"):
            header = etree.fromstring(view.arch).find("header")
            primary, plain = set(), set()
            for button in () if header is None else header.findall("button"):
                name = button.get("name")
                if "btn-primary" not in (button.get("class") or ""):
                    plain.add(name)
                    continue
                primary.add(name)
                # Of one action there may be two buttons, of which one is shown.
                self.assertLessEqual(plain, primary, f"{view.name}: {name}")
