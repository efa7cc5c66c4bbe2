"""The norms of an edition as a table, and back."""

from common import PsoCase

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged


@tagged("post_install", "-at_install")
class TestNormTable(PsoCase):
    def setUp(self):
        super().setUp()
        self.step1, self.step2 = self.ref("level_step1"), self.ref("level_step2")

    def table(self):
        self.env.invalidate_all()
        return self.edition.norm_table

    def norms(self):
        return {
            (norm.level_id.code, norm.size_fte): norm for norm in self.edition.norm_ids
        }

    def test_it_says_what_the_norms_say(self):
        levels = [level["name"] for level in self.edition.norm_levels]
        self.assertEqual(levels, ["Basic Step", "Step 1", "Step 2", "Step 3"])
        table = self.table()
        sizes = [row["size"] for row in table]
        self.assertEqual(sizes, sorted(set(self.edition.norm_ids.mapped("size_fte"))))
        found = {
            (int(level), row["size"]): cell
            for row in table
            for level, cell in row["cells"].items()
        }
        self.assertEqual(len(found), len(self.edition.norm_ids))
        for norm in self.edition.norm_ids:
            cell = found[norm.level_id.id, norm.size_fte]
            self.assertEqual(cell["percentage"], norm.percentage)
            self.assertEqual(cell["is_confirmed"], norm.is_confirmed)
            self.assertEqual(cell["source"], norm.source)

    def test_what_is_not_changed_stays_the_same_records(self):
        before = self.edition.norm_ids
        self.edition.norm_table = self.table()
        self.assertEqual(self.edition.norm_ids, before)

    def test_cells_are_changed_added_and_emptied(self):
        """Through the form, as the table sends them."""
        table = self.table()
        row, step1, step2 = table[0], str(self.step1.id), str(self.step2.id)
        size = row["size"]
        row["cells"][step1].update(percentage=12.5, is_confirmed=True)
        del row["cells"][step2]
        cell = {"percentage": 3, "is_confirmed": False, "source": "Portal"}
        table.append({"size": 7.5, "cells": {step1: cell}})
        table.append({"size": 0, "cells": {}})
        others = len(self.edition.norm_ids) - 1
        manager = self.user("base.group_user", "pso_odoo.group_pso_manager")
        form = Form(self.edition.with_user(manager))
        form.norm_table = table
        form.save()
        norms = self.norms()
        self.assertEqual(norms["step1", size].percentage, 12.5)
        self.assertTrue(norms["step1", size].is_confirmed)
        self.assertNotIn(("step2", size), norms)
        self.assertEqual(norms["step1", 7.5].source, "Portal")
        self.assertEqual(len(norms), others + 1)
        self.assertIn(7.5, [each["size"] for each in self.table()])

    def test_norms_of_a_level_that_is_not_shown_stay(self):
        kept = self.edition.norm_ids.filtered(lambda n: n.level_id == self.step2)
        self.edition.level_ids -= self.step2
        self.edition.norm_table = []
        self.assertEqual(self.edition.norm_ids, kept)

    def test_what_is_no_table_is_refused(self):
        cell = {"percentage": 3}
        step1 = str(self.step1.id)
        for table, error, words in (
            ("text", UserError, "as a whole"),
            ([7], UserError, "as a whole"),
            ([{"size": 5}], UserError, "as a whole"),
            ([{"size": "x", "cells": {}}], UserError, "as a whole"),
            ([{"size": 5, "cells": {"x": cell}}], UserError, "as a whole"),
            ([{"size": 5, "cells": {step1: 3}}], UserError, "as a whole"),
            ([{"size": 5, "cells": {"0": cell}}], UserError, "a level"),
            ([{"size": 0, "cells": {step1: cell}}], ValidationError, "no size"),
            ([{"size": 5, "cells": {step1: cell}}] * 2, ValidationError, "same size"),
        ):
            with (
                self.subTest(table),
                self.assertRaisesRegex(error, words),
                self.env.cr.savepoint(),
            ):
                self.edition.norm_table = table

    def test_who_may_not_write_the_rule_book_writes_no_table(self):
        reader = self.user("base.group_user", "pso_odoo.group_pso_user")
        with self.assertRaises(AccessError):
            self.edition.with_user(reader).norm_table = []
