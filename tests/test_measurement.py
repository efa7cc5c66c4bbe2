"""The measurement: what it adds up, what it warns of, and what locking keeps."""

from common import PsoCase

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

FIGURES = ("total_fte", "direct_percentage", "indirect_percentage", "total_percentage")


class MeasurementCase(PsoCase):
    """Ten colleagues, one of whom is in the target group, and one social bill."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.company_registry = "12345678"
        cls.people = cls.env["hr.employee"].concat(*(cls.employee() for _ in range(10)))
        cls.a_status = cls.status(cls.people[0], evidence_state="verified")
        cls.partner = cls.social_vendor()
        cls.proof = cls.partner.pso_certificate_ids
        cls.proof.evidence_state = "verified"
        cls.figure = cls.partner.pso_figure_ids
        cls.a_bill = cls.bill(cls.partner, 100)
        cls.pso = cls.measurement()
        cls.manager = cls.user("pso_odoo.group_pso_manager")

    def correction(self, kind, amount, **vals):
        return self.env["pso.correction"].create(
            {
                "measurement_id": self.pso.id,
                "kind": kind,
                "amount": amount,
                "reason": "Branch",
                "source": "Letter",
                **vals,
            }
        )

    def figures_of(self, measurement):
        measurement.invalidate_recordset()
        return [measurement[name] for name in FIGURES]


@tagged("post_install", "-at_install")
class TestFigures(MeasurementCase):
    def test_the_figures_of_this_company(self):
        """By hand: 1 of 10 fte, and 100 of 1000 x 10 x 50 % bought."""
        self.assertEqual(self.pso.total_fte, 10)
        self.assertEqual(self.pso.direct_percentage, 10)
        self.assertEqual(self.pso.indirect_fte, 0.5)
        self.assertAlmostEqual(self.pso.indirect_percentage, 50 / 10.5)
        self.assertEqual(
            self.pso.total_percentage,
            self.pso.direct_percentage + self.pso.indirect_counted_percentage,
        )
        self.assertEqual(self.pso.level_id, self.ref("level_step2"))
        self.assertEqual(self.pso.next_level_id, self.ref("level_step3"))

    @freeze_time("2026-02-01")
    def test_the_last_full_year_by_default(self):
        self.pso.unlink()
        measurement = self.env["pso.measurement"].create({})
        self.assertEqual(str(measurement.date_start), "2025-01-01")
        self.assertEqual(str(measurement.date_end), "2025-12-31")
        self.assertEqual(measurement.name, "PSO 2025")
        self.assertEqual(measurement.company_ids, self.company)

    @freeze_time("2026-02-01")
    def test_the_year_that_runs_where_the_last_one_is_measured(self):
        self.pso.unlink()
        first = self.env["pso.measurement"].create({})
        self.assertEqual(str(first.date_end), "2025-12-31")
        second = self.env["pso.measurement"].create({})
        self.assertEqual(str(second.date_start), "2026-01-01")
        self.assertEqual(str(second.date_end), "2026-12-31")

    def test_the_end_follows_the_start_until_it_is_saved(self):
        measurements = self.env["pso.measurement"]
        for start, end in (
            ("2015-01-01", "2015-12-31"),
            ("2025-07-01", "2026-06-30"),
            ("2024-02-29", "2025-02-27"),
        ):
            with self.subTest(start=start):
                form = Form(measurements)
                form.date_start = start
                self.assertEqual(str(form.date_end), end)
                created = measurements.create({"date_start": start})
                self.assertEqual(str(created.date_end), end)
        form.date_end = "2025-03-31"
        saved = form.save()
        self.assertEqual(str(saved.date_end), "2025-03-31")
        with Form(saved) as form:
            form.date_end = "2025-04-30"
            form.date_start = "2024-03-01"
        self.assertEqual(str(saved.date_end), "2025-04-30")
        saved.date_start = "2024-04-01"
        self.assertEqual(str(saved.date_end), "2025-04-30")
        together = measurements.create(
            {"date_start": "2025-01-01", "date_end": "2025-03-31"}
        )
        self.assertEqual(str(together.date_end), "2025-03-31")

    def test_a_period_that_is_no_year_is_said(self):
        for start, end, is_year in (
            ("2025-01-01", "2025-12-31", True),
            ("2025-03-01", "2026-02-28", True),
            ("2024-02-29", "2025-02-27", True),
            ("2024-02-29", "2025-02-28", True),
            ("2025-01-29", "2026-01-29", False),
            ("2025-06-15", "2025-06-15", False),
        ):
            self.pso.write({"date_start": start, "date_end": end})
            with self.subTest(start=start, end=end):
                self.assertEqual(not self.pso.period_note, is_year)
        self.assertIn("1 days", self.pso.lock_question)

    def test_the_edition_in_force_at_the_end(self):
        for start, end, edition in (
            ("2022-04-01", "2023-03-31", "edition_1_9"),
            ("2022-04-02", "2023-04-01", "edition_2_1"),
            ("2010-01-01", "2010-12-31", "edition_1_7"),
        ):
            with self.subTest(end=end):
                measurement = self.env["pso.measurement"].create(
                    {"date_start": start, "date_end": end}
                )
                self.assertEqual(measurement.edition_id, self.ref(edition))

    def test_another_edition_on_the_same_inputs(self):
        """When the edition changes, the same data are computed anew."""
        self.status(self.people[1], "bbl_bol_4", "2025-01-01")
        other = self.measurement(edition_id=self.ref("edition_1_7").id)
        self.assertTrue(other.is_level_certain)
        self.assertFalse(self.pso.is_complete, "its weight is unknown since 1.9")
        self.assertEqual(other.total_percentage, self.pso.total_percentage)
        lines = other.person_line_ids
        self.assertIn("no_rule", lines.mapped("reason"))
        self.assertEqual(len(other.norms), 3)
        self.assertEqual(len(self.pso.norms), 4)

    def test_only_what_is_verified_is_proven(self):
        self.assertEqual(self.pso.proven_total_percentage, self.pso.total_percentage)
        self.a_status.evidence_state = "received"
        self.assertEqual(self.pso.proven_direct_percentage, 0)
        self.assertFalse(self.pso.proven_level_id)
        self.assertEqual(self.pso.direct_percentage, 10)
        self.proof.evidence_state = "received"
        self.assertEqual(self.pso.proven_indirect_percentage, 0)

    def test_pso30_asks_for_thirty_percent_and_the_highest_level(self):
        self.assertEqual(self.pso.pso30_percentage, 10)
        self.assertFalse(self.pso.is_pso30)
        for person in self.people[1:3]:
            self.status(person)
        self.assertEqual(self.pso.pso30_percentage, 30)
        self.assertEqual(self.pso.level_id, self.ref("level_step3"))
        self.assertTrue(self.pso.is_pso30)

    def test_pso30_asks_for_the_highest_level_also_where_its_norm_is_unknown(self):
        for person in self.people[1:4]:
            self.status(person)
        edition = self.edition.copy()
        edition.norm_ids.filtered(lambda n: n.level_id.code == "step3").unlink()
        measurement = self.measurement(edition_id=edition.id)
        self.assertEqual(measurement.level_id, self.ref("level_step2"))
        self.assertFalse(measurement.next_level_id)
        self.assertEqual(measurement.pso30_percentage, 40)
        self.assertFalse(measurement.is_pso30)

    def test_pso30_leaves_out_learners_trials_and_zero_hours(self):
        self.status(self.people[1], "bbl_bol_2")
        self.status(self.people[2], form="trial")
        self.status(self.people[3], is_zero_hours=True)
        self.assertEqual(self.pso.pso30_percentage, 10)

    def test_pso30_asks_tenure_of_flexible_workers(self):
        """Six months before the end of the period, and two hours a week."""
        on_time = self.employee(start="2025-06-30")
        too_late = self.employee(start="2025-07-02")
        for person in (on_time, too_late):
            self.status(person, start="2025-01-01", form="secondment")
        lines = self.pso.person_line_ids.filtered("pso30_hour_days")
        self.assertEqual(lines.employee_id, self.people[0] + on_time)

    def test_payroll_is_held_against_the_total(self):
        self.assertEqual(self.pso.payroll_difference, 0)
        self.pso.payroll_fte = 9.5
        self.assertAlmostEqual(self.pso.payroll_difference, 0.5)

    def test_the_gap_in_fte_reaches_the_next_level(self):
        """Hire them, and see."""
        before = self.pso.next_level_id
        gap = self.pso.gap_fte
        self.assertGreater(gap, 0)
        self.correction("total_fte", gap)
        self.correction("direct_fte", gap)
        self.assertEqual(self.pso.level_id, before)

    def test_a_higher_level_of_unknown_norm_makes_it_uncertain(self):
        self.assertTrue(self.pso.is_level_certain)
        norms = self.edition.norm_ids
        norms.filtered(lambda n: n.level_id.code == "step3").unlink()
        self.assertFalse(self.pso.is_level_certain)
        self.assertFalse(self.pso.next_level_id)

    def test_the_period_in_order(self):
        for period in (("2025-12-31", "2025-01-01"), ("9999-01-01", "9999-12-31")):
            with self.subTest(period[0]), self.assertRefused("on or after its start"):
                self.measurement(*period)


@tagged("post_install", "-at_install")
class TestCorrections(MeasurementCase):
    """What is not in this Odoo: each with its reason and source."""

    def test_total_fte(self):
        self.correction("total_fte", 10)
        self.assertEqual(self.pso.total_fte, 20)
        self.assertEqual(self.pso.direct_percentage, 5)

    def test_direct_fte(self):
        self.correction("direct_fte", 1)
        self.assertEqual(self.pso.direct_fte, 2)
        self.assertEqual(self.pso.total_fte, 10)
        self.assertEqual(self.pso.proven_direct_percentage, 10, "nobody verified it")

    def test_the_auditor_takes_away(self):
        self.correction("direct_fte", -0.25)
        self.assertEqual(self.pso.direct_fte, 0.75)
        self.assertEqual(self.pso.proven_direct_percentage, 7.5)

    def test_nothing_falls_below_zero(self):
        self.correction("direct_fte", -99)
        self.assertEqual(self.pso.direct_fte, 0)
        self.assertFalse(self.pso.level_id)

    def test_purchases(self):
        self.correction("purchases", 40, partner_id=self.partner.id, date="2025-12-31")
        line = self.pso.supplier_line_ids
        self.assertEqual((line.amount_bills, line.amount_corrections), (100, 40))
        self.assertAlmostEqual(self.pso.indirect_fte, 0.7)

    def test_purchases_are_judged_on_their_date(self):
        self.proof.date_end = "2025-06-30"
        self.correction("purchases", 40, partner_id=self.partner.id, date="2025-07-01")
        self.assertEqual(self.pso.indirect_fte, 0.5)
        self.assertEqual(self.pso.supplier_line_ids.amount_outside, 40)

    def test_purchases_need_a_supplier_and_a_date(self):
        with self.assertRefused("needs a supplier and a date"):
            self.correction("purchases", 40)

    def test_purchases_lie_in_the_period(self):
        with self.assertRefused("outside the measured period"):
            self.correction(
                "purchases", 40, partner_id=self.partner.id, date="2026-01-01"
            )


@tagged("post_install", "-at_install")
class TestSuppliers(MeasurementCase):
    def line(self):
        self.pso.invalidate_recordset()
        return self.pso.supplier_line_ids

    def test_each_calendar_year_by_its_own_figures(self):
        self.figures(self.partner, 2024, turnover=2000)
        self.certificate(self.partner, "2024-01-01", "2024-12-31")
        self.bill(self.partner, 100, "2024-12-31")
        measurement = self.measurement("2024-07-01", "2025-06-30")
        lines = measurement.supplier_line_ids
        self.assertEqual(lines.mapped("year"), [2024, 2025])
        self.assertEqual(lines.mapped("indirect_fte"), [0.25, 0.5])

    def test_older_figures_say_so(self):
        self.figure.year = 2023
        self.assertEqual(self.line().reason, "older_figures")
        self.assertEqual(self.pso.indirect_fte, 0.5)

    def test_later_figures_do_not_count(self):
        self.figure.year = 2026
        self.assertEqual(self.line().reason, "no_figures")
        self.assertEqual(self.pso.indirect_fte, 0)
        self.assertFalse(self.pso.is_complete)

    def test_at_most_the_turnover(self):
        self.bill(self.partner, 5000)
        self.assertEqual(self.line().reason, "above_turnover")
        self.assertEqual(self.pso.indirect_fte, 5)

    def test_more_refunds_than_bills_is_nothing(self):
        self.bill(self.partner, 300, type="in_refund")
        self.assertEqual(self.line().reason, "nothing")
        self.assertEqual(self.pso.indirect_fte, 0)

    def test_a_company_of_the_scope_is_no_supplier(self):
        sister = self.create_company("PSO sister company")
        self.certificate(sister.partner_id)
        self.figures(sister.partner_id)
        self.bill(sister.partner_id, 100)
        self.assertEqual(self.pso.indirect_fte, 1)
        self.env.user.company_ids += sister
        self.pso.company_ids += sister
        self.assertEqual(self.pso.indirect_fte, 0.5)

    def test_drafts_and_cancelled_bills_do_not_count(self):
        self.a_bill.button_draft()
        self.assertEqual(self.pso.indirect_fte, 0)
        self.a_bill.button_cancel()
        self.assertEqual(self.pso.indirect_fte, 0)


@tagged("post_install", "-at_install")
class TestChecks(MeasurementCase):
    """Each check can be made to fire, and cleared again."""

    def counts(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return {check.type_id.code: check.count for check in self.pso.check_ids}

    def test_every_check_fires_and_is_cleared(self):
        changes = self.changes()
        self.assertEqual(set(changes), set(self.counts()), "A check without a test")
        for code, (record, name, value) in changes.items():
            with self.subTest(check=code):
                before = record[name]
                quiet = self.counts()[code]
                record[name] = value
                self.assertGreater(self.counts()[code], quiet)
                record[name] = before
                self.assertEqual(self.counts()[code], quiet)

    def changes(self):
        """``record, field, value`` by check: what makes it fire; undone, it clears."""
        colleague = self.people[1]
        newcomer = self.employee(start="2025-07-01")
        returner = self.employee(start="2024-01-01", end="2024-12-31", pso_counts=False)
        newer = returner.create_version(
            {
                "date_version": "2025-07-01",
                "contract_date_start": "2025-07-01",
                "contract_date_end": False,
            }
        )
        early = self.status(newcomer, start="2025-01-01", end="2025-07-31")
        currency = self.env["res.currency"].create({"name": "XPS", "symbol": "x"})
        level = self.env["pso.level"].create({"code": "step4", "name": "Step 4"})
        group = self.env["pso.target.group"].create({"code": "new", "name": "New"})
        rules = self.edition.group_rule_ids
        wajong = rules.filtered(lambda rule: rule.group_id.code == "wajong")
        norms = self.edition.norm_ids
        norms.is_confirmed = True
        member = self.user("pso_odoo.group_pso_hr")
        member.active = False
        return {
            "too_small": (self.edition, "min_fte", 11),
            "nobody": (wajong, "weight", 0),
            "no_kvk": (self.company, "company_registry", False),
            "no_rate": (self.figure, "currency_id", currency),
            "no_figures": (self.figure, "year", 2026),
            "above_turnover": (self.figure, "turnover", 99),
            "event_missing": (self.a_status, "group_id", self.ref("group_vso_pro")),
            "weight_unknown": (self.a_status, "group_id", self.ref("group_bbl_bol_3")),
            "no_rule": (self.a_status, "group_id", group),
            "never_employed": (early, "date_end", "2025-06-30"),
            "no_proof": (self.a_status, "evidence_state", "missing"),
            "certificate_no_proof": (self.proof, "evidence_state", "missing"),
            "departure": (colleague.version_id, "departure_date", "2025-03-31"),
            "archived": (colleague, "active", False),
            "contract_over": (colleague.version_id, "contract_date_end", "2025-03-31"),
            "contract_gap": (newer, "contract_date_start", False),
            "contract_days": (newer, "date_version", "2025-08-01"),
            "other_company": (
                colleague.version_id,
                "company_id",
                self.create_company("PSO other company"),
            ),
            "no_contract": (colleague.version_id, "contract_date_start", False),
            "no_hours": (colleague.version_id, "pso_hours_override", True),
            "duplicate": (
                colleague,
                "work_contact_id",
                self.people[2].work_contact_id,
            ),
            "payroll": (self.pso, "payroll_fte", 9),
            "outside": (self.proof, "date_start", "2025-06-02"),
            "older_figures": (self.figure, "year", 2024),
            "estimate": (self.figure, "is_estimate", True),
            "period_unknown": (self.a_status, "group_id", self.ref("group_ww")),
            "norm_unconfirmed": (
                norms.filtered(lambda n: n.size_fte == 10)[0],
                "is_confirmed",
                False,
            ),
            "norm_unknown": (self.edition, "level_ids", self.edition.level_ids + level),
            "no_two_factor": (member, "active", True),
            **self.changes_of_companies(),
        }

    def changes_of_companies(self):
        """As ``changes``: of vendors with two cards, and of branches."""
        self.company.company_registry = "12345678"
        parent = self.social_vendor(name="Parent")
        contact = self.social_vendor(name="Contact", parent_id=parent.id)
        twin = self.vendor("Twin", company_registry="11112222")
        self.bill(twin, 100)
        other = self.social_vendor(name="Other", company_registry="33334444")
        self.bill(other, 100)
        branch = self.env["res.company"].create(
            {
                "name": "Branch",
                "parent_id": self.company.id,
                "company_registry": "55556666",
            }
        )
        self.employee(company_id=branch.id)
        belgium, dutch = self.env.ref("base.be"), self.env.ref("base.nl")
        abroad = {"company_registry": "0477.472.701", "country_id": belgium.id}
        foreign = self.social_vendor(name="Abroad", **abroad)
        self.bill(foreign, 100)
        return {
            "wrong_number": (foreign, "country_id", dutch),
            "stray": (contact, "is_company", False),
            "twin_card": (twin, "company_registry", "33334444"),
            "own_card": (other, "company_registry", "12345678"),
            "branch_outside": (branch, "company_registry", False),
        }

    def test_findings_are_the_records_to_look_at(self):
        self.a_status.evidence_state = "missing"
        reader = self.user("pso_odoo.group_pso_hr")
        checks = self.pso.with_user(reader).check_ids
        check = checks.filtered(lambda c: c.type_id.code == "no_proof")
        action = check.action_open_findings()
        self.assertEqual(action["res_model"], "pso.status")
        found = self.env["pso.status"].search(action["domain"])
        self.assertEqual(found, self.a_status)

    def test_open_checks_are_counted(self):
        before = self.pso.open_check_count
        self.a_status.evidence_state = "missing"
        self.env.invalidate_all()
        self.assertEqual(self.pso.open_check_count, before + 1)


@tagged("post_install", "-at_install")
class TestLock(MeasurementCase):
    """A locked year stays what it was, whatever happens to what it rests on."""

    def test_figures_lines_and_checks_stay(self):
        self.pso.action_lock()
        before = self.everything()
        self.a_status.unlink()
        self.a_bill.button_draft()
        self.a_bill.button_cancel()
        self.proof.unlink()
        self.edition.indirect_max_share = 0.1
        self.edition.norm_ids.unlink()
        self.edition.group_rule_ids.weight = 0.1
        self.people[1].version_id.contract_date_end = "2024-12-31"
        self.company.pso_fulltime_hours = 20
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.everything(), before)
        self.pso.action_unlock()
        self.assertNotEqual(self.everything(), before)

    def everything(self):
        """Figures, levels, and what the lines say, but for links to what is gone."""
        figures = self.figures_of(self.pso) + [self.pso.level_id.id, self.pso.norms]
        people = self.pso.person_line_ids.mapped(
            lambda line: (
                line.key,
                line.kind,
                line.date_from,
                line.date_to,
                line.reason,
            )
            + (line.total_fte, line.direct_fte, line.group_weight, line.group_id.id)
        )
        suppliers = self.pso.supplier_line_ids.mapped(
            lambda line: (line.partner_id.id, line.year, line.amount, line.reason)
            + (line.indirect_fte, line.turnover)
        )
        checks = self.pso.check_ids.mapped(lambda c: (c.type_id.code, c.count))
        return figures, sorted(map(str, people)), suppliers, sorted(checks)

    def test_locking_changes_nothing(self):
        self.status(self.people[1], "ww", "2025-02-01", "2025-03-31")
        before = self.everything()
        self.pso.action_lock()
        self.assertEqual(self.everything(), before)
        self.pso.action_unlock()
        self.assertEqual(self.everything(), before)

    def test_locking_is_signed(self):
        self.pso.with_user(self.manager).action_lock()
        self.assertEqual(self.pso.state, "locked")
        self.assertEqual(self.pso.locked_by_id, self.manager)

    def test_unlocking_leaves_a_trace(self):
        self.pso.action_lock()
        total = f"{self.pso.total_percentage:.2f}"
        self.pso.with_user(self.manager).action_unlock()
        self.assertEqual(self.pso.state, "live")
        messages = self.pso.message_ids.mapped("body")
        self.assertTrue(
            [text for text in messages if "Unlocked" in text and total in text]
        )

    def test_only_managers_lock_and_unlock(self):
        for group in ("pso_odoo.group_pso_user", "pso_odoo.group_pso_hr"):
            measurement = self.pso.with_user(self.user(group))
            with self.assertRaises(AccessError):
                measurement.action_lock()
            with self.assertRaises(AccessError):
                measurement.action_unlock()

    def test_nobody_writes_the_lock(self):
        """Else a figure of one's own could be put in the place of the real one."""
        measurement = self.pso.with_user(self.manager)
        for values in (
            {"state": "locked"},
            {"locked_figures": {"total_percentage": 99}},
            {"locked_by_id": self.manager.id},
        ):
            with self.assertRaises(AccessError):
                measurement.write(values)
            with self.assertRaises(AccessError):
                measurement.create({"company_id": self.company.id, **values})

    def test_what_it_rests_on_is_closed(self):
        correction = self.correction("total_fte", 1)
        self.pso.action_lock()
        for values in (
            {"date_end": "2025-06-30"},
            {"edition_id": self.ref("edition_1_9").id},
            {"payroll_fte": 3},
            {"correction_ids": [Command.clear()]},
        ):
            with self.subTest(values=values), self.assertRefused("is locked"):
                self.pso.write(values)
        with self.assertRefused("is locked"):
            correction.amount = 2
        with self.assertRefused("is locked"):
            correction.unlink()
        with self.assertRefused("is locked"):
            self.correction("total_fte", 1)

    def test_a_correction_cannot_move_into_a_locked_measurement(self):
        correction = self.env["pso.correction"].create(
            {
                "measurement_id": self.measurement("2024-01-01", "2024-12-31").id,
                "amount": 1,
                "reason": "Branch",
                "source": "Letter",
            }
        )
        self.pso.action_lock()
        with self.assertRefused("is locked"):
            correction.measurement_id = self.pso

    def test_it_cannot_be_deleted(self):
        self.pso.action_lock()
        with self.assertRefused("is locked"):
            self.pso.unlink()

    def test_a_copy_is_live(self):
        self.pso.action_lock()
        copy = self.pso.copy()
        self.assertEqual(copy.state, "live")
        self.assertFalse(copy.locked_figures)
        self.assertEqual(self.figures_of(copy), self.figures_of(self.pso))

    def test_without_a_rate_it_cannot_be_locked(self):
        currency = self.env["res.currency"].create({"name": "XPS", "symbol": "x"})
        self.figure.currency_id = currency
        with self.assertRaisesRegex(UserError, "XPS"):
            self.pso.action_lock()
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2025-12-31", "rate": 2}
        )
        self.pso.action_lock()
        self.assertEqual(self.pso.indirect_fte, 1)


@tagged("post_install", "-at_install")
class TestCompanies(MeasurementCase):
    """Totals of a company are for those who may work in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sister = cls.create_company("PSO sister company", pso_fulltime_hours=20)
        cls.env.user.company_ids += cls.sister
        cls.both = cls.company + cls.sister
        person = cls.employee(20, company_id=cls.sister.id)
        person.resource_calendar_id.company_id = False
        cls.group = cls.measurement(company_ids=[Command.set(cls.both.ids)])

    def test_each_company_by_its_own_full_time_hours(self):
        self.assertEqual(self.pso.total_fte, 10)
        self.assertEqual(self.group.total_fte, 11)

    def test_who_may_not_work_in_all_of_them_reads_nothing(self):
        groups = ("pso_odoo.group_pso_user", "pso_odoo.group_pso_manager")
        for group in groups:
            insider = self.user(group, companies=self.both)
            outsider = self.user(group)
            with self.subTest(group=group):
                self.assertEqual(self.group.with_user(insider).total_fte, 11)
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    self.group.with_user(outsider).read(["total_fte"])
                found = self.env["pso.measurement"].with_user(outsider).search([])
                self.assertNotIn(self.group, found)
                self.assertIn(self.pso, found)

    def test_the_scope_is_of_ones_own_companies(self):
        outsider = self.user("pso_odoo.group_pso_manager")
        with self.assertRaises(AccessError):
            self.pso.with_user(outsider).company_ids = [Command.link(self.sister.id)]

    def test_the_scope_contains_the_company_itself(self):
        with self.assertRaisesRegex(ValidationError, "lacks its own company"):
            self.pso.company_ids = self.sister

    def test_one_currency(self):
        currency = self.env["res.currency"].create({"name": "XPS", "symbol": "x"})
        abroad = self.env["res.company"].create(
            {"name": "PSO abroad", "currency_id": currency.id}
        )
        self.env.user.company_ids += abroad
        with self.assertRaisesRegex(ValidationError, "different currencies"):
            self.pso.company_ids += abroad
