"""The file review: who is drawn, what its shares are, and who sees what of it."""

import math
from ast import literal_eval
from collections import Counter
from hashlib import sha256
from unittest.mock import patch

from common import PsoCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.errors import SerializationFailure
from test_long_work import TestOthers as OthersCase
from test_long_work import connection

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from odoo.addons.pso_odoo.tools.sampling import (
    draw,
    new_seed,
    population_digest,
    proposed_size,
)

HR = "pso_odoo.group_pso_hr"
MANAGER = "pso_odoo.group_pso_manager"
KEYS = st.sets(st.from_regex(r"P-[0-9A-F]{12}", fullmatch=True), max_size=40)
SEEDS = st.text(min_size=1, max_size=20)
# The machine may be busy: neither time nor slow data fails a test.
tried = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def drawn_by_hand(seed, keys, size):
    """What an auditor does with a pocket tool: digest, sort, take the first."""
    digests = {}
    for key in keys:
        digest = sha256()
        digest.update(seed.encode("utf-8"))
        digest.update(b":")
        digest.update(key.encode("utf-8"))
        digests[digest.hexdigest()] = key
    return [digests[each] for each in sorted(digests)[:size]]


@tagged("post_install", "-at_install")
class TestDraw(TransactionCase):
    def test_fixed_vector(self):
        """printf '%s' 'seed:P-…' | sha256sum, sorted: it never changes."""
        keys = [f"P-00000000000{number}" for number in range(1, 6)]
        self.assertEqual(
            draw("PSO 2025", keys, 3),
            ["P-000000000004", "P-000000000002", "P-000000000005"],
        )
        self.assertEqual(
            population_digest(keys),
            "859359e56cd4429fc0f0a7dfe8788406aebfa53449b1db01b6601fc1de833e1f",
        )

    @tried
    @given(SEEDS, KEYS, st.integers(1, 50))
    def test_it_is_what_a_pocket_tool_draws(self, seed, keys, size):
        self.assertEqual(draw(seed, keys, size), drawn_by_hand(seed, keys, size))

    @tried
    @given(SEEDS, KEYS, st.integers(1, 50), st.randoms())
    def test_neither_order_nor_repetition_decides(self, seed, keys, size, random):
        shuffled = [*keys, *keys]
        random.shuffle(shuffled)
        self.assertEqual(draw(seed, shuffled, size), draw(seed, sorted(keys), size))
        self.assertEqual(population_digest(shuffled), population_digest(keys))

    @tried
    @given(SEEDS, KEYS, st.integers(1, 50))
    def test_as_many_different_people_as_asked_for(self, seed, keys, size):
        found = draw(seed, keys, size)
        self.assertEqual(len(found), min(size, len(keys)))
        self.assertEqual(len(set(found)), len(found))
        self.assertLessEqual(set(found), keys)

    @tried
    @given(SEEDS, KEYS, st.integers(1, 49))
    def test_a_larger_sample_holds_the_smaller_one(self, seed, keys, size):
        self.assertEqual(draw(seed, keys, size + 1)[:size], draw(seed, keys, size))

    @tried
    @given(KEYS, KEYS)
    def test_the_digest_tells_populations_apart(self, one, other):
        same = population_digest(one) == population_digest(other)
        self.assertEqual(same, one == other)

    def test_everybody_is_as_likely(self):
        """Over 4,000 seeds: within five standard deviations, and in every place."""
        people, size, seeds = [f"P-{n:012X}" for n in range(20)], 5, 4000
        drawn, first = Counter(), Counter()
        for seed in range(seeds):
            found = draw(str(seed), people, size)
            drawn.update(found)
            first[found[0]] += 1
        for counts, share in ((drawn, size / len(people)), (first, 1 / len(people))):
            expected = seeds * share
            tolerance = 5 * math.sqrt(expected * (1 - share))
            for person in people:
                self.assertAlmostEqual(counts[person], expected, delta=tolerance)

    def test_seeds_of_our_own_differ(self):
        self.assertEqual(len({new_seed() for _ in range(100)}), 100)
        self.assertRegex(new_seed(), r"\A[0-9a-f]{16}\Z")

    def test_proposed_size(self):
        sizes = {0: 1, 1: 1, 4: 4, 5: 5, 25: 5, 26: 6, 36: 6, 100: 10, 3000: 55}
        self.assertEqual({n: proposed_size(n) for n in sizes}, sizes)


class SampleCase(PsoCase):
    PEOPLE = 7

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["hr.employee"].concat(
            *(cls.employee(name=f"Person {n}") for n in range(cls.PEOPLE))
        )
        for person in cls.people:
            cls.status(person, evidence_state="verified")
        cls.employee(name="Nobody of the target group")
        cls.pso = cls.measurement()
        cls.hr = cls.user(HR)
        cls.manager = cls.user(MANAGER)

    def sample(self, **vals):
        """A sample of the HR group."""
        values = {"measurement_id": self.pso.id, "size": 3, **vals}
        return self.env["pso.sample"].with_user(self.hr).create(values)

    def drawn(self, **vals):
        sample = self.sample(**vals)
        sample.action_draw()
        return sample

    def keys(self):
        """The keys of those who count, by hand."""
        secret = self.company.sudo().pso_secret
        return {
            "P-"
            + sha256(f"{secret}:{person.id}".encode()).hexdigest()[:12].upper(): person
            for person in self.people
        }


@tagged("post_install", "-at_install")
class TestSample(SampleCase):
    def test_drawn_from_those_who_count(self):
        """People drawn, their keys and their order, by an independent computation."""
        late = self.employee()
        self.status(late, start="2026-01-01")  # after the period
        keys = self.keys()
        sample = self.drawn(seed="2025-A")
        expected = drawn_by_hand("2025-A", keys, 3)
        self.assertEqual(sample.line_ids.mapped("key"), expected)
        self.assertEqual(
            sample.line_ids.mapped("employee_id.id"), [keys[k].id for k in expected]
        )
        self.assertEqual(sample.line_ids.mapped("position"), [1, 2, 3])
        self.assertEqual(sample.population, self.PEOPLE)
        text = "".join(f"{key}\n" for key in sorted(keys))
        self.assertEqual(sample.population_digest, sha256(text.encode()).hexdigest())
        self.assertFalse(sample.is_seed_drawn)
        self.assertEqual(sample.drawn_by_id, self.hr)

    def test_somebody_with_two_statuses_is_one_person(self):
        person = self.people[0]
        person.pso_status_ids.date_end = "2025-06-30"
        second = self.status(person, group="wia", start="2025-07-01")
        sample = self.drawn(size=50)
        self.assertEqual(len(sample.line_ids), self.PEOPLE)
        line = sample.line_ids.filtered(lambda line: line.employee_id == person)
        self.assertEqual(line.status_id, second)

    def test_a_locked_measurement_gives_the_same_sample(self):
        live = self.drawn(seed="same")
        self.pso.action_lock()
        locked = self.drawn(seed="same")
        self.assertEqual(locked.line_ids.mapped("key"), live.line_ids.mapped("key"))
        self.assertEqual(locked.population_digest, live.population_digest)

    def test_a_seed_is_drawn_where_none_is_named(self):
        one, other = self.drawn(), self.drawn(seed="  ")
        self.assertTrue(one.is_seed_drawn and other.is_seed_drawn)
        self.assertRegex(one.seed, r"\A[0-9a-f]{16}\Z")
        self.assertNotEqual(one.seed, other.seed)

    def test_more_than_there_are_takes_all(self):
        sample = self.drawn(size=500)
        self.assertEqual(len(sample.line_ids), self.PEOPLE)

    def test_the_proposal(self):
        sample = (
            self.env["pso.sample"]
            .with_user(self.hr)
            .create({"measurement_id": self.pso.id})
        )
        self.assertEqual(sample.size, 5)

    def test_nobody_to_draw(self):
        empty = self.measurement("2010-01-01", "2010-12-31")
        with self.assertRaisesRegex(UserError, "Nobody of the target group counts"):
            self.sample(measurement_id=empty.id).action_draw()

    def test_at_least_one_file(self):
        with self.assertRefused("at least one file"):
            self.sample(size=0)

    def test_each_draw_is_kept_and_counted(self):
        sample, other = self.drawn(), self.drawn()
        self.assertEqual((sample.number, other.number), (1, 2))
        self.assertIn("measurement: 2.", sample.draw_note)
        with self.assertRaisesRegex(UserError, "has been drawn"):
            sample.action_draw()
        with self.assertRaisesRegex(UserError, "has been drawn"):
            sample.unlink()
        for change in ({"seed": "b"}, {"size": 2}):
            with self.assertRaisesRegex(UserError, "has been drawn"):
                sample.write(change)
        draft = self.sample()
        draft.unlink()
        self.assertFalse(draft.exists())
        copy = sample.copy()
        self.assertEqual((copy.state, copy.seed, copy.number), ("draft", False, 0))

    def test_its_measurement_stays(self):
        """Also for who may not read the review; and both are named."""
        self.pso.name = "Year 2025"
        pso = self.pso.with_user(self.manager)
        draft = self.sample(name="Second Look")
        with self.assertRaisesRegex(UserError, "Year 2025 .*: Second Look. Some"):
            pso.unlink()
        self.drawn(name="First Look")
        with self.assertRaisesRegex(UserError, r"Year 2025 .*First Look \(draw 1\)"):
            pso.unlink()
        other = self.measurement("2024-01-01", "2024-12-31")
        draft.measurement_id = other
        draft.unlink()
        other.with_user(self.manager).unlink()
        self.assertFalse(other.exists())

    def test_the_draw_is_noted(self):
        sample = self.drawn()
        self.env.flush_all()
        note = self.env["pso.log"].search([("event", "=", "draw")], limit=1)
        self.assertEqual(
            (note.uid, note.record, note.count), (self.hr.id, sample.id, 3)
        )

    def test_verified(self):
        sample = self.drawn()
        self.assertEqual(sample._verify_draw()[0], "success")
        params = sample.action_verify_draw()["params"]
        self.assertIn("same 3 files", params["message"])

    def test_people_came_after_the_draw(self):
        sample = self.drawn()
        self.status(self.employee())
        kind, message = sample._verify_draw()
        self.assertEqual(kind, "warning")
        self.assertIn("7 then, 8 now", message)

    def test_the_draw_was_tampered_with(self):
        # One in some draws the same people by chance, as keys are other ones each time.
        keys = self.keys()
        same = set(drawn_by_hand("one", keys, 3))
        seeds = (f"other {number}" for number in range(100))
        seed = next(s for s in seeds if set(drawn_by_hand(s, keys, 3)) != same)
        for change in (
            f"UPDATE pso_sample SET seed = '{seed}'",
            "UPDATE pso_sample SET size = 4",
            "UPDATE pso_sample_line SET key = 'P-0' WHERE position = 1",
        ):
            sample = self.drawn(seed="one")
            self.env.flush_all()
            with self.subTest(change=change), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(change)
                sample.invalidate_recordset()
                sample.line_ids.invalidate_recordset()
                self.assertEqual(sample._verify_draw()[0], "danger")
                savepoint.rollback()


@tagged("post_install", "-at_install")
class TestReview(SampleCase):
    def fill(self, sample, **columns):
        """Judge the files one after the other: a list of values for each field."""
        for name, values in columns.items():
            for line, value in zip(sample.line_ids, values, strict=True):
                line[name] = value

    def test_shares(self):
        sample = self.drawn(size=5)
        self.fill(
            sample,
            file_state=["complete", "incomplete", "complete", "complete", False],
            has_appraisal=[1, 1, 1, 1, 0],
            has_development=[1, 1, 1, 0, 1],
            work=["met", "met", "unmet", "open", "open"],
            integration=["met", "met", "met", "met", "met"],
        )
        self.assertEqual(sample.line_count, 5)
        self.assertEqual(sample.open_count, 1)
        self.assertEqual(sample.error_percentage, 20)  # 1 of 5
        self.assertEqual(sample.appraisal_percentage, 80)
        self.assertEqual(sample.development_percentage, 80)
        self.assertEqual(sample.talks_percentage, 60)  # both in 3 of 5
        self.assertEqual(sample.asked_percentage, 80)
        self.assertFalse(sample.is_enough)
        self.assertEqual(sample.work_result, "66.7 % (2 of 3)")
        self.assertEqual(sample.integration_result, "100.0 % (5 of 5)")
        self.assertEqual(sample.guidance_result, "Not judged")

    def test_exactly_the_share_asked_for_is_enough(self):
        sample = self.drawn(size=5)
        both = [1, 1, 1, 1, 0]
        self.fill(sample, has_appraisal=both, has_development=both)
        self.assertEqual(sample.talks_percentage, 80)
        self.assertTrue(sample.is_enough)

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.lists(st.tuples(*[st.booleans()] * 3), min_size=7, max_size=7))
    def test_shares_by_hand(self, files):
        sample = self.drawn(size=7)
        self.fill(
            sample,
            has_appraisal=[a for a, _d, _c in files],
            has_development=[d for _a, d, _c in files],
            file_state=["complete" if c else "incomplete" for _a, _d, c in files],
        )
        both = sum(a and d for a, d, _c in files)
        wrong = sum(not c for _a, _d, c in files)
        self.assertAlmostEqual(sample.talks_percentage, both / 7 * 100)
        self.assertAlmostEqual(sample.error_percentage, wrong / 7 * 100)
        self.assertEqual(sample.is_enough, both >= 6)  # 80 % of 7 is 5.6

    def test_a_date_says_that_the_talk_was_shown(self):
        line = self.drawn().line_ids[0].new(origin=self.drawn().line_ids[0])
        line.appraisal_date = "2025-03-01"
        line._onchange_appraisal_date()
        self.assertTrue(line.has_appraisal)
        self.assertFalse(line.has_development)

    def test_no_talk_of_tomorrow(self):
        with self.assertRaisesRegex(ValidationError, "still to be held"):
            self.drawn().line_ids[0].appraisal_date = "2999-01-01"

    def test_closing_freezes(self):
        sample = self.drawn()
        with self.assertRaisesRegex(UserError, "Of 3 files is not yet said"):
            sample.action_close()
        self.fill(sample, file_state=["complete"] * 3)
        sample.action_close()
        self.assertEqual((sample.state, sample.closed_by_id), ("closed", self.hr))
        with self.assertRaisesRegex(UserError, "is closed"):
            sample.line_ids[0].work = "met"
        for name in ("note", "name"):
            with self.subTest(field=name):
                with self.assertRaisesRegex(UserError, "File Review .* is closed"):
                    sample[name] = "Something else"
                self.assertNotEqual(sample[name], "Something else")
        with self.assertRaisesRegex(UserError, "is not being reviewed"):
            sample.action_close()

    def test_a_draft_cannot_be_closed(self):
        with self.assertRaisesRegex(UserError, "is not being reviewed"):
            self.sample().action_close()

    def test_erasure_keeps_the_review(self):
        sample = self.drawn(size=7)
        self.fill(sample, file_state=["incomplete"] + ["complete"] * 6)
        line = sample.line_ids[0]
        line.remark = "Something about the person"
        line.has_appraisal = line.has_development = True
        key, number = line.key, line.employee_id.id
        sample.action_close()
        before = (sample.error_percentage, sample.talks_percentage, sample.line_count)
        self.env["hr.employee"].browse(number).unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(line.key, key)
        self.assertFalse(line.employee_id or line.status_id or line.remark)
        after = (sample.error_percentage, sample.talks_percentage, sample.line_count)
        self.assertEqual(after, before)

    def test_a_deleted_status_leaves_the_line(self):
        line = self.drawn().line_ids[0]
        line.status_id.sudo().unlink()
        self.env.invalidate_all()
        self.assertTrue(line.exists())
        self.assertFalse(line.status_id)
        self.assertTrue(line.employee_id)


@tagged("post_install", "-at_install")
class TestSampleAccess(SampleCase):
    def test_what_was_drawn_is_nobodys_to_write(self):
        line = self.drawn().line_ids[0]
        for name, value in {
            "key": "P-1",
            "position": 9,
            "employee_id": self.people[0].id,
            "status_id": False,
            "sample_id": self.sample().id,
        }.items():
            with self.subTest(field=name), self.assertRaises(AccessError):
                line.write({name: value})
        with self.assertRaises(AccessError):
            line.unlink()
        with self.assertRaises(AccessError):
            line.create({"sample_id": line.sample_id.id, "position": 9, "key": "P-1"})

    def test_no_forged_draw(self):
        samples = self.env["pso.sample"].with_user(self.hr)
        values = {"measurement_id": self.pso.id, "size": 1}
        with self.assertRaisesRegex(AccessError, "buttons alone"):
            samples.create({**values, "state": "drawn"})
        with self.assertRaisesRegex(AccessError, "buttons alone"):
            self.sample().write({"population": 9})
        forged = {"default_state": "closed", "default_number": 4}
        sample = samples.with_context(**forged).create(values)
        self.assertEqual((sample.state, sample.number), ("draft", 0))

    def test_managers_verify_what_they_see_no_people_of(self):
        """Verifying looks at the files as well, for who may not read them."""
        self.drawn()
        self.env.invalidate_all()
        for action in (
            self.pso.with_user(self.manager).action_verify_seal,
            self.env["pso.seal"].with_user(self.manager).action_verify,
        ):
            with self.subTest(action=action.__name__):
                self.assertTrue(action()["context"]["default_is_intact"])

    def test_managers_see_shares_and_no_people(self):
        sample = self.drawn(size=7)
        sample.line_ids.write({"file_state": "complete", "work": "met"})
        seen = sample.with_user(self.manager)
        self.env.invalidate_all()
        self.assertFalse(seen.is_suppressed)
        self.assertEqual(seen.error_percentage, 0)
        self.assertEqual(seen.line_count, 7)
        self.assertEqual(seen.work_result, "100.0 % (7 of 7)")
        for name in ("line_ids", "seed", "population", "population_digest"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                seen.read([name])
        self.assertNotIn("line_ids", seen.read()[0])
        with self.assertRaises(AccessError):
            sample.line_ids.with_user(self.manager).read(["key"])
        with self.assertRaises(AccessError):
            self.env["pso.sample"].with_user(self.manager).search(
                [("line_ids.employee_id", "=", self.people[0].id)]
            )
        for method in ("action_draw", "action_close", "action_verify_draw"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(seen, method)()

    def test_few_files_are_about_persons(self):
        """Less than the smallest group shown, of which the default is five."""
        sample = self.drawn(size=4)
        sample.line_ids.write({"file_state": "incomplete", "work": "unmet"})
        seen = sample.with_user(self.manager)
        self.env.invalidate_all()
        self.assertTrue(seen.is_suppressed)
        self.assertEqual(seen.error_percentage, 0)
        self.assertEqual(seen.work_result, "Not judged")
        self.assertEqual(sample.error_percentage, 100)
        self.assertEqual(sample.work_result, "0.0 % (0 of 4)")

    def test_a_criterion_judged_of_few_files(self):
        sample = self.drawn(size=7)
        sample.line_ids[:4].write({"guidance": "unmet"})
        self.env.invalidate_all()
        seen = sample.with_user(self.manager)
        self.assertEqual(seen.guidance_result, "Too few files to show")
        self.assertEqual(sample.guidance_result, "0.0 % (0 of 4)")

    def test_another_company(self):
        other = self.create_company("Other")
        sample = self.drawn()
        for group in (HR, MANAGER):
            user = self.user(group, companies=other)
            seen = sample.with_user(user).with_context(allowed_company_ids=other.ids)
            self.env.invalidate_all()
            with self.subTest(group=group), self.assertRaises(AccessError):
                seen.read(["name"])
        stranger = self.env["pso.sample"].with_user(self.user(HR, companies=other))
        with self.assertRaises(AccessError):
            stranger.new({"measurement_id": self.pso.id})._population()

    def test_the_form_on_paper(self):
        """With names, for those who see them; and not before there is a draw."""
        sample = self.drawn(size=2)
        report = self.env["ir.actions.report"]
        name = "pso_odoo.report_sample"
        with patch.object(type(self.env["pso.log"]), "_note") as note:
            page = report.with_user(self.hr)._render_qweb_html(name, sample.ids)[0]
        self.assertEqual(note.call_args.args[:2], ("export_names", "pso.sample"))
        page = page.decode()
        for line in sample.line_ids:
            self.assertIn(line.key, page)
            self.assertIn(line.employee_id.name, page)
        self.assertIn(sample.seed, page)
        with self.assertRaises(AccessError):
            report.with_user(self.manager)._render_qweb_html(name, sample.ids)
        action = self.ref("action_report_sample")
        self.assertEqual(action.group_ids, self.ref("group_pso_hr"))
        self.assertFalse(self.sample().filtered_domain(literal_eval(action.domain)))


@tagged("post_install", "-at_install")
class TestDrawnAtOnce(OthersCase):
    """What others do while somebody draws."""

    def setUp(self):
        super().setUp()
        with connection(self.database) as env:
            vals = {"measurement_id": self.measured_id, "size": 1}
            self.sample_id = env["pso.sample"].create(vals).id
            env.cr.commit()
        self.addCleanup(self.remove_sample)

    def remove_sample(self):
        with connection(self.database) as env:
            env.cr.execute("DELETE FROM pso_sample WHERE id = %s", [self.sample_id])
            env.cr.commit()

    def sample(self, env):
        return env["pso.sample"].browse(self.sample_id)

    def test_the_second_is_told(self):
        with connection(self.database) as env, connection(self.database) as other:
            other.cr.execute("SET lock_timeout = '100ms'")
            self.sample(env).action_draw()
            with self.assertRaisesRegex(UserError, "File Review: somebody else"):
                self.sample(other).action_draw()
            other.cr.rollback()
            env.cr.commit()
            with self.assertRaisesRegex(UserError, "has been drawn"):
                self.sample(other).action_draw()
            self.assertEqual(len(self.sample(other).line_ids), 1)

    def test_the_server_does_not_log_who_is_drawn(self):
        """Though a status is deleted meanwhile, to which the draw refers."""
        with connection(self.database) as env, connection(self.database) as other:
            other.cr.execute("SELECT FROM pso_status")  # its snapshot
            own = [("employee_id", "=", self.employee_id)]
            env["pso.status"].search(own).unlink()
            env.cr.commit()
            with (
                self.assertNoLogs("odoo.sql_db", "ERROR"),
                self.assertRaises(SerializationFailure),
            ):
                self.sample(other).action_draw()
