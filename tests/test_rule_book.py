"""The rule book is data: complete, sourced, editable, and obeyed."""

from common import PsoCase

from odoo.tests import tagged

RULES = ("norm_ids", "group_rule_ids", "form_rule_ids")


@tagged("post_install", "-at_install")
class TestShippedEditions(PsoCase):
    def editions(self):
        return self.env["pso.edition"].search([("code", "in", ["1.7", "1.9", "2.1"])])

    def test_every_value_says_where_it_comes_from(self):
        for edition in self.editions():
            self.assertTrue(edition.source)
            for rules in RULES:
                self.assertTrue(edition[rules])
                self.assertFalse(edition[rules].filtered(lambda rule: not rule.source))

    def test_what_is_not_public_is_unknown(self):
        """Never guessed: the weight of two groups and one counting period."""
        rules = self.edition.group_rule_ids
        unknown = rules.filtered(lambda rule: not rule.is_weight_known)
        self.assertEqual(
            set(unknown.group_id.mapped("code")), {"bbl_bol_3", "bbl_bol_4"}
        )
        unknown = rules.filtered(lambda rule: not rule.is_period_known)
        self.assertEqual(unknown.group_id.mapped("code"), ["ww"])

    def test_only_one_norm_of_edition_2_1_is_confirmed(self):
        confirmed = self.edition.norm_ids.filtered("is_confirmed")
        self.assertEqual(confirmed.level_id.code, "step3")
        self.assertEqual((confirmed.size_fte, confirmed.percentage), (105, 3.7))

    def test_the_printed_norms(self):
        """Spot checks of the table: a misplaced column would show."""
        for edition in self.editions():
            norms = {
                (norm.level_id.code, norm.size_fte): norm.percentage
                for norm in edition.norm_ids
            }
            self.assertEqual(len(norms), 17 * 3)
            self.assertEqual(norms["step1", 2], 21.4)
            self.assertEqual(norms["step2", 50], 3.7)
            self.assertEqual(norms["step3", 45], 7.4)

    def test_aspirant_is_never_computed(self):
        ladder = [level.code for level, _norms in self.edition._ladder().rungs]
        self.assertEqual(ladder, ["basic", "step1", "step2", "step3"])

    def test_older_editions_have_four_levels(self):
        for name in ("edition_1_7", "edition_1_9"):
            ladder = self.ref(name)._ladder()
            codes = [level.code for level, _norms in ladder.rungs]
            self.assertEqual(codes, ["step1", "step2", "step3"])


@tagged("post_install", "-at_install")
class TestEditing(PsoCase):
    def test_a_copy_has_all_the_rules_and_is_unconfirmed(self):
        copy = self.edition.copy()
        self.assertNotEqual(copy.code, self.edition.code)
        self.assertFalse(copy.is_confirmed)
        for rules in RULES:
            self.assertEqual(len(copy[rules]), len(self.edition[rules]))
        self.assertEqual(copy.level_ids, self.edition.level_ids)

    def test_editions_can_be_copied_again_and_together(self):
        first = self.edition.copy()
        second = self.edition.copy()
        self.assertNotEqual(first.code, second.code)
        copies = (first + second).copy()
        self.assertEqual(len(set(copies.mapped("code"))), 2)

    def test_a_copy_does_not_follow_its_original(self):
        copy = self.edition.copy()
        copy.group_rule_ids.weight = 0.5
        self.employee()
        self.status(self.employee())
        self.assertEqual(self.measurement().direct_fte, 1)
        self.assertEqual(self.measurement(edition_id=copy.id).direct_fte, 0.5)

    def test_a_filled_in_norm_makes_the_level(self):
        """The norm of the basic step is not public: whoever knows it fills it in."""
        self.status(self.employee())
        for _ in range(99):
            self.employee()
        measurement = self.measurement()
        self.assertFalse(measurement.level_id)
        self.assertFalse(measurement.is_level_certain)
        self.env["pso.norm"].create(
            {
                "edition_id": self.edition.id,
                "level_id": self.ref("level_basic").id,
                "size_fte": 2,
                "percentage": 1,
            }
        )
        self.assertEqual(measurement.level_id, self.ref("level_basic"))
        self.assertTrue(measurement.is_level_certain)

    def test_a_filled_in_weight_counts(self):
        self.status(self.employee(), "bbl_bol_3")
        measurement = self.measurement()
        self.assertEqual(measurement.direct_fte, 0)
        self.assertFalse(measurement.is_complete)
        rule = self.edition.group_rule_ids.filtered(
            lambda rule: rule.group_id.code == "bbl_bol_3"
        )
        rule.write({"is_weight_known": True, "weight": 0.2})
        self.assertAlmostEqual(measurement.direct_fte, 0.2)
        self.assertTrue(measurement.is_complete)

    def test_an_unknown_weight_is_zero(self):
        """Whatever stood there before: a stale value must not come back unseen."""
        rule = self.edition.group_rule_ids[0]
        rule.weight = 0.8
        rule.is_weight_known = False
        self.assertEqual(rule.weight, 0)

    def test_values_out_of_range(self):
        rules = self.edition.group_rule_ids
        with self.assertRefused("between 0 and 1"):
            rules[0].weight = 1.5
        with self.assertRefused("between 0 and 1"):
            self.edition.form_rule_ids[0].weight = -0.1
        for percentage in (0, 101):
            with self.assertRefused("above 0 and up to 100"):
                self.edition.norm_ids[0].percentage = percentage
        with self.assertRefused("between 0 and 1"):
            self.edition.indirect_max_share = 1

    def test_one_rule_for_each_group(self):
        rule = self.edition.group_rule_ids[0]
        with self.assertRefused("one rule for each target group"):
            rule.copy()

    def test_an_edition_in_use_stays(self):
        measurement = self.measurement()
        with self.assertRefused(""):
            measurement.edition_id.unlink()
