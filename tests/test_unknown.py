"""Unknown means zero everywhere, and what is certain in spite of it is certain."""

import io
import math
from itertools import product

from common import PsoCase
from openpyxl import load_workbook

from odoo.tests import tagged
from odoo.tools import SQL

# What a weight may be, and whether it is said to be known.
WEIGHTS = ((0, True), (0.5, True), (0, False), (0.5, False), (1, False))


class UnknownCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.edition.group_rule_ids.filtered(
            lambda rule: rule.group_id.code == "wajong"
        )
        cls.form = cls.edition.form_rule_ids.filtered(
            lambda rule: rule.form_id.code == "regular"
        )
        cls.person = cls.employee()
        cls.a_status = cls.status(cls.person, evidence_state="verified")
        for _ in range(9):
            cls.employee()
        cls.pso = cls.measurement()

    def say(self, rule, weight, is_known):
        """As a database may have it, whatever the forms let people write."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET weight = %s, is_weight_known = %s WHERE id = %s",
                SQL.identifier(rule._table),
                weight,
                is_known,
                rule.id,
            )
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestUnknown(UnknownCase):
    def test_every_weight_known_and_unknown(self):
        """In measurement, lines, trend, breakdown and at the person."""
        for (group, knows_group), (form, knows_form) in product(WEIGHTS, WEIGHTS):
            with self.subTest(group=(group, knows_group), form=(form, knows_form)):
                self.say(self.group, group, knows_group)
                self.say(self.form, form, knows_form)
                weight = group * form if knows_group and knows_form else 0
                is_nothing = knows_group and not group or knows_form and not form
                is_known = is_nothing or knows_group and knows_form
                self.assertAlmostEqual(self.pso.direct_fte, weight)
                self.assertAlmostEqual(self.pso.proven_direct_percentage, 10 * weight)
                self.assertEqual(self.pso.is_complete, is_known)
                # Without a direct share there is certainly no level.
                if not weight:
                    self.assertEqual(self.pso.is_level_certain, is_known)
                self.assertAlmostEqual(self.pso._trend()[-1]["direct"], 10 * weight)
                line = self.pso.person_line_ids.filtered(lambda x: x.kind == "group")
                self.assertAlmostEqual(line.direct_fte, weight)
                self.assertAlmostEqual(line.group_weight * line.form_weight, weight)
                self.assertEqual(line.is_rule_known, is_known)
                reason = "counts" if weight else "no_weight"
                self.assertEqual(line.reason, reason if is_known else "weight_unknown")
                periods = self.env["pso.status.period"]._of(self.a_status)
                self.assertAlmostEqual(periods[self.a_status]["fte"] or 0, weight)

    def test_what_is_unknown_is_not_kept(self):
        rule = self.group
        rule.write({"weight": 0.15, "is_weight_known": False})
        self.assertEqual(rule.weight, 0)
        rule.write({"weight": 0.15})
        self.assertEqual(rule.weight, 0)
        rule.write({"is_period_known": False, "counting_months": 12})
        self.assertEqual(rule.counting_months, 0)
        values = {"edition_id": self.edition.id, "weight": 1, "is_weight_known": False}
        form = self.env["pso.contract.form"].create({"code": "new", "name": "New"})
        new = self.env["pso.form.rule"].create({**values, "form_id": form.id})
        self.assertEqual(new.weight, 0)

    def test_an_imported_weight_that_is_unknown_counts_nothing(self):
        files = self.env["pso.edition.file"]
        book = load_workbook(io.BytesIO(files._write_file(self.edition)))
        for name in ("group_rule_ids", "form_rule_ids"):
            header, *rows = book[name].iter_rows()
            columns = [cell.value for cell in header]
            for row in rows:
                row[columns.index("weight")].value = 0.15
                row[columns.index("is_weight_known")].value = False
        buffer = io.BytesIO()
        book.save(buffer)
        vals = files._read_file(buffer.getvalue())
        edition = self.env["pso.edition"].create({**vals, "code": "imported"})
        self.pso.edition_id = edition
        self.assertEqual(self.pso.direct_fte, 0)
        self.assertFalse(self.pso.is_complete)
        self.assertFalse(any(edition.group_rule_ids.mapped("weight")))

    def test_an_unknown_period_has_no_end(self):
        """Whatever number stands in its field."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE pso_group_rule SET counting_months = 12, "
                "is_period_known = FALSE WHERE id = %s",
                self.group.id,
            )
        )
        self.env.invalidate_all()
        line = self.pso.person_line_ids.filtered(lambda line: line.kind == "group")
        self.assertEqual((line.reason, line.is_rule_known), ("counts", False))
        self.assertEqual(self.pso.direct_fte, 1)


@tagged("post_install", "-at_install")
class TestCertainly(UnknownCase):
    """The level is certain where nothing that is unknown could make another."""

    def forget_highest_norm(self):
        norms = self.edition.norm_ids
        norms.filtered(lambda norm: norm.level_id.code == "step3").unlink()

    def test_without_a_direct_share_there_is_none(self):
        self.forget_highest_norm()
        self.assertFalse(self.pso.is_level_certain)
        self.a_status.unlink()
        self.assertFalse(self.pso.level_id)
        self.assertTrue(self.pso.is_level_certain)

    def test_purchases_of_unknown_worth_make_no_level_alone(self):
        vendor = self.vendor()
        self.certificate(vendor)
        self.bill(vendor, 100)
        self.assertFalse(self.pso.is_complete)
        self.assertFalse(self.pso.is_level_certain)
        self.a_status.unlink()
        self.assertFalse(self.pso.is_complete)
        self.assertTrue(self.pso.is_level_certain)

    def test_below_the_smallest_size_there_is_none(self):
        (self.pso.edition_id.norm_ids.filtered(lambda n: n.size_fte < 2)).unlink()
        for total, is_certain in ((-8.5, True), (-8, False), (-7.5, False)):
            with self.subTest(total=total):
                self.pso.correction_ids.unlink()
                self.env["pso.correction"].create(
                    {
                        "measurement_id": self.pso.id,
                        "kind": "total_fte",
                        "amount": total,
                        "reason": "Elsewhere",
                        "source": "Payroll",
                    }
                )
                self.say(self.group, 0, False)
                self.assertAlmostEqual(self.pso.total_fte, 10 + total)
                self.assertEqual(self.pso.is_level_certain, is_certain)

    def test_a_weight_to_come_may_make_it_large_enough(self):
        """Who is not part of the size counts in it once his weight is known."""
        small = self.create_company("Small")
        with self.subTest("by counting alone"):
            certain = self._certain_of(small, pso_counts=False)
            self.assertEqual(certain, (1.5, False))
        with self.subTest("anyway"):
            certain = self._certain_of(small, pso_counts=True)
            self.assertEqual(certain, (1.5, True))

    def _certain_of(self, company, pso_counts):
        """Total fte and certainty of 1.5 fte, with one whose weight is unknown."""
        savepoint = self.env.cr.savepoint()
        hours = (40, 20) if pso_counts else (40, 20, 40)
        people = [
            self.employee(hours=h, company_id=company.id, resource_calendar_id=False)
            for h in hours
        ]
        for person, h in zip(people, hours, strict=True):
            person.write({"pso_hours_override": True, "pso_hours_custom": h})
        people[-1].version_id.pso_counts = pso_counts
        self.status(people[-1])
        self.say(self.group, 0, False)
        measurement = self.measurement(
            company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        found = (measurement.total_fte, measurement.is_level_certain)
        self.env.invalidate_all()
        savepoint.rollback()
        savepoint.close()
        self.env.invalidate_all()
        return found

    def test_audited_figures_likewise(self):
        self.forget_highest_norm()
        self.pso.action_lock()
        self.assertFalse(self.pso._audited_figures()["is_level_certain"])
        self.env["pso.audit.correction"].create(
            {
                "measurement_id": self.pso.id,
                "kind": "direct_fte",
                "amount": -1,
                "reason": "No proof",
                "source": "File",
                "auditor": "TNO",
            }
        )
        audited = self.pso._audited_figures()
        self.assertTrue(math.isclose(audited["direct_fte"], 0))
        self.assertTrue(audited["is_level_certain"])
        self.assertFalse(self.pso.is_level_certain, "the locked one stays")
