"""No screen of ours is one that Odoo generates, and no record has a technical name."""

import re
from ast import literal_eval

from lxml import etree
from test_access import GROUPS, AccessCase

from odoo.tests import tagged

# What a list or a card is clicked for is shown in a form, unless it says otherwise.
NO_FORM = {"list": ("editable", "no_open"), "kanban": ()}
TECHNICAL_NAME = re.compile(r"^[a-z_.]+,\s*\S+$|^\s*$|NewId")
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

    def test_no_view_is_generated(self):
        views = self.env["ir.ui.view"]
        generated = {
            asked: sorted(where)
            for asked, where in self.walk().items()
            if not views.default_view(*asked)
        }
        self.assertEqual(generated, {})

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

    def test_no_record_has_a_technical_name(self):
        for name in set(self.env.registry) - NEVER_SHOWN:
            model = self.env[name]
            if not name.startswith("pso.") or model._abstract or model._transient:
                continue
            for record in model.sudo().search([], limit=3):
                with self.subTest(record=str(record)):
                    self.assertNotRegex(record.display_name or "", TECHNICAL_NAME)

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
