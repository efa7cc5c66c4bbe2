"""Nothing leaks: a machine-made probe of who reaches what (see ``probing``).

There are some 400,000 attempts; each run tries a share of them, the same in every run.
``PSO_LONG=1`` tries twelve times as many, and longer paths.
"""

import itertools
import logging
import os
from unittest.mock import patch

from probing.attacks import Attacks
from probing.attempts import Attempts
from probing.granted import CORE_ALONE, DEEP, KINDS
from probing.judge import Judge
from probing.web import Client, WebAttempts
from probing.world import World
from tally import tell

from odoo.exceptions import MissingError
from odoo.tests import HttpCase, tagged

from odoo.addons.pso_odoo.models.chain import pso_page_visit

_logger = logging.getLogger("odoo.addons.pso_odoo.hole")
LONG = bool(os.environ.get("PSO_LONG"))
TIMES = 12 if LONG else 1
# One of so many attempts of each part, by how much a kind of user may do.
SHARES = {
    "on_models": (9, 7, 6),
    "on_fields": (120, 90, 60),
    "on_fields_of_core": (24, 18, 12),
    "on_methods": (21, 15, 10),
    "on_all_methods": (370, 300, 180),
    "on_core": (45, 24, 12),
    "attacks": (10, 7, 5),
}
# Who reached something before it was mended.
FOUND_BY = (
    "employee",
    "HR officer",
    "system administrator",
    "accountant",
    "all but the target group",
    "another company",
)


@tagged("post_install", "-at_install")
class TestProbe(HttpCase, World):
    def setUp(self):
        super().setUp()
        self.judge = Judge(self)
        # Who tries very often is told to wait, in one of two worlds before the other.
        self.patch(pso_page_visit, "MOST", dict.fromkeys(pso_page_visit.MOST, 10**6))

    def check(self, name):
        """Say what was tried, and fail on what was reached."""
        tell(f"probe {name}: {self.judge.tally()}")
        self.assertGreater(self.judge.counts["granted"], 0)
        self.assertGreater(self.judge.counts["refused"], 0)
        leaks = "\n".join(map(str, self.judge.leaks))
        self.assertFalse(self.judge.leaks, f"\n{leaks}")

    def share(self, part, kind):
        little, some, much = SHARES[part]
        share = much if kind in DEEP else little if kind in CORE_ALONE else some
        return max(share // TIMES, 1)

    def test_by_the_orm(self):
        """Every model, field and method, by each kind of user."""
        for turn, kind in enumerate(KINDS):
            attempts = (
                Attempts(self, turn, self.share(part, kind)).part(part)
                for part in SHARES
                if part != "attacks"
            )
            self.judge.probe(kind, itertools.chain(*attempts))
        self.check("of models, fields and methods")

    def test_ways_around(self):
        """Dotted paths from all of core, and what one tries who knows Odoo well."""
        for turn, kind in enumerate(KINDS):
            share = self.share("attacks", kind)
            attacks = itertools.islice(Attacks(self), turn % share, None, share)
            self.judge.probe(kind, attacks)
        for turn, kind in enumerate(DEEP):
            roads = Attempts(self, turn, 24 // TIMES).on_roads(3 if LONG else 2)
            self.judge.probe(kind, roads)
        self.check("of ways around")

    def test_what_was_found_before(self):
        """Loose uploads, and what core searches as superuser: all of it each time."""
        for kind in FOUND_BY:
            attacks = Attacks(self)
            self.judge.probe(
                kind,
                itertools.chain(attacks.on_files(), attacks.searched_as_superuser()),
            )
        self.check("of what was found before")

    def test_what_fields_made_by_hand_read(self):
        """Messages, activities and files that name records of persons, all of them."""
        for kind in (*FOUND_BY, "coordinator", "target group"):
            self.judge.probe(kind, Attacks(self).led_as_superuser())
        self.assertGreater(self.judge.counts["granted"], 100)
        leaks = "\n".join(map(str, self.judge.leaks))
        self.assertFalse(self.judge.leaks, f"\n{leaks}")

    def test_private_persons_among_vendors(self):
        """Who sees totals alone sees what was bought, and of which organisations."""
        person = self.vendor("Private person", is_company=False)
        bill = self.bill(person, 7)
        for kind, vendor in (
            ("totals", self.env["res.partner"]),
            ("purchases", person),
            ("coordinator", person),
            ("target group", self.env["res.partner"]),
        ):
            with self.subTest(kind):
                self.env.invalidate_all()
                lines = self.env["pso.purchase.report"].with_user(self.users[kind])
                line = lines.search([("move_id", "=", bill.id)])
                self.assertEqual((line.partner_id.id, line.amount), (vendor.id, 7))
                by_vendor = lines.search([("partner_id", "=", person.id)])
                self.assertEqual(bool(by_vendor), bool(vendor))

    def test_ids_of_lines_tell_nothing(self):
        """A line that one may not see, and one that there is not, are the same."""
        line = self.home.live.sudo().person_line_ids[:1]
        env = self.env(user=self.users["another company"], su=False, context={})
        lines = env["pso.person.line"]
        errors = set()
        for number in (line.id, line.id + 2**40):
            self.env.invalidate_all()
            with self.assertRaises(MissingError) as caught:
                lines.browse(number).export_data(["group_id"])
            errors.add(str(caught.exception))
            self.assertFalse(lines.browse(number).exists())
            self.assertFalse(lines.browse(number).has_access("read"))
        self.assertEqual(len(errors), 1)

    def test_over_http(self):
        """A sample of every kind of request, by each kind of user."""
        for turn, kind in enumerate(KINDS):
            if kind == "public":
                continue
            self.judge.probe(kind, WebAttempts(self, Client(self, kind), turn))
        self.check("of requests over HTTP")


@tagged("post_install", "-at_install")
class TestProbeItself(World):
    """The probe finds holes that are made on purpose, and none where there is none."""

    def leaks(self, kind, attempts):
        judge = Judge(self)
        judge.probe(kind, attempts)
        return judge.leaks

    def attempts(self, model, *methods):
        """What the probe tries with one model, whatever it is for."""
        attempts = Attempts(self)
        made = itertools.chain(
            *(getattr(attempts, method)() for method in methods),
        )
        return [attempt for attempt in made if attempt.path.startswith(model)]

    def assertFound(self, kind, model, *methods):
        attempts = self.attempts(model, *methods)
        self.assertTrue(self.leaks(kind, attempts), f"{model} is open and not found")

    def test_without_a_hole(self):
        attempts = self.attempts("pso.status", "on_models")
        self.assertEqual(self.leaks("HR officer", attempts), [])

    def test_a_right_too_many(self):
        self.env["ir.model.access"].create(
            {
                "name": "hole",
                "model_id": self.env["ir.model"]._get("pso.status").id,
                "group_id": self.env.ref("hr.group_hr_user").id,
                "perm_read": True,
            }
        )
        self.assertFound("HR officer", "pso.status", "on_models")

    def test_a_field_without_groups(self):
        field = self.env["res.company"]._fields["pso_secret"]
        self.startPatcher(patch.object(field, "groups", None))
        self.env.registry.clear_cache()
        self.assertFound("HR officer", "res.company.pso_secret", "on_fields_of_core")

    def test_a_rule_less(self):
        self.ref("rule_pso_status_company").active = False
        self.assertFound("another company", "pso.status", "on_models")

    def test_small_numbers(self):
        """One weakness or three: who sees totals alone may not see which."""
        field = self.env["pso.check"]._fields["count"]
        self.startPatcher(patch.object(field, "groups", None))
        self.env.registry.clear_cache()
        self.assertFound("totals", "pso.check.count", "on_fields")

    def test_a_method_that_answers_as_superuser(self):
        def hole(self):
            """What somebody might write without thinking."""
            statuses = self.env["pso.status"]._as_addon().search([])
            return statuses.mapped("employee_id.name")

        model = self.env.registry["purchase.order"]
        self.startPatcher(patch.object(model, "hole", hole, create=True))
        methods = [("purchase.order", "hole", hole)]
        self.assertTrue(self.leaks("employee", Attempts(self).on_methods(methods)))

    def test_a_method_that_writes_as_superuser(self):
        def hole(self):
            self.env["pso.certificate"].sudo().search([]).write({"number": "x"})

        model = self.env.registry["purchase.order"]
        self.startPatcher(patch.object(model, "hole", hole, create=True))
        methods = [("purchase.order", "hole", hole)]
        leaks = self.leaks("employee", Attempts(self).on_methods(methods))
        self.assertIn("changed pso.certificate", {leak.why for leak in leaks})

    def test_a_log_that_names_somebody(self):
        def hole(self):
            person = self.env["pso.status"]._as_addon().search([]).employee_id[:99]
            _logger.info("%s has a status", person.mapped("name"))

        model = self.env.registry["purchase.order"]
        self.startPatcher(patch.object(model, "hole", hole, create=True))
        methods = [("purchase.order", "hole", hole)]
        leaks = self.leaks("employee", Attempts(self).on_methods(methods))
        self.assertTrue([leak for leak in leaks if leak.why.startswith("logged")])

    def test_a_file_that_everybody_reads(self):
        self.home.status.attachment_ids.public = True
        self.assertTrue(self.leaks("employee", Attacks(self).on_files()))
