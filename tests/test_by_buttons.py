"""What only buttons write comes in by no value and by no default, of any kind."""

from common import PsoCase

from odoo.exceptions import AccessError
from odoo.tests import tagged

GROUPS = ("manager", "purchase", "hr")
VALUES = {
    "char": "x",
    "text": "x",
    "html": "x",
    "integer": 7,
    "float": 7.0,
    "monetary": 7.0,
    "boolean": True,
    "json": {"total_percentage": 7},
    "date": "2025-01-01",
    "datetime": "2025-01-01 00:00:00",
}


@tagged("post_install", "-at_install")
class TestByButtons(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.user(*(f"pso_odoo.group_pso_{name}" for name in GROUPS))

    def fields(self):
        """Each field that only buttons write, and another value than a new one has."""
        for _name, model in sorted(self.env.items()):
            if model._abstract or not getattr(model, "_by_buttons", None):
                continue
            for field in (model._fields[each] for each in sorted(model._by_buttons)):
                value = VALUES.get(field.type)
                if field.type == "selection":
                    value = field.get_values(self.env)[-1]
                if field.type == "many2one":
                    value = self.env[field.comodel_name].sudo().search([], limit=1).id
                if value is not None:
                    yield (
                        model.with_user(self.one).with_company(self.company),
                        (
                            field.name,
                            value,
                        ),
                    )

    def test_there_are_some(self):
        models = {model._name for model, _pair in self.fields()}
        self.assertLessEqual({"pso.measurement", "pso.sample", "pso.plan"}, models)

    def test_no_default_of_the_user(self):
        for model, (name, value) in self.fields():
            with self.subTest(f"{model._name}.{name}"):
                field = model._fields[name]
                own = field.default(model) if field.default else None
                self.env["ir.default"].with_user(self.one).set(
                    model._name, name, value, user_id=True
                )
                for given in (model, model.with_context(**{f"default_{name}": value})):
                    made = given._add_missing_default_values({})
                    self.assertEqual(made.get(name), own)

    def test_no_value(self):
        for model, (name, value) in self.fields():
            with self.subTest(f"{model._name}.{name}"):
                for su in (False, True):
                    with self.env.cr.savepoint() as point:
                        model = model.sudo(su)
                        if su:
                            model._check_by_buttons({name: value})
                            continue
                        with self.assertRaises(AccessError):
                            model.create({name: value})
                        point.rollback()

    def test_a_measurement_is_live_whatever_its_maker_keeps(self):
        self.env["ir.default"].with_user(self.one).set(
            "pso.measurement", "state", "locked", user_id=True
        )
        made = self.env["pso.measurement"].with_user(self.one)
        made = made.with_company(self.company)
        vals = {"date_start": "2025-01-01", "date_end": "2025-12-31"}
        self.assertEqual(
            made.create({**vals, "company_id": self.company.id}).state, "live"
        )
