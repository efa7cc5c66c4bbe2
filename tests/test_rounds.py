"""Those who ask the same at once get one answer, newer than each question."""

import gc
import time
import weakref
from contextlib import contextmanager
from threading import Event, Thread
from unittest.mock import patch

from common import PsoCase

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import SQL

from odoo.addons.pso_odoo.models.measurement import look
from odoo.addons.pso_odoo.tools import rounds
from odoo.addons.pso_odoo.tools.rounds import Rounds

LONG = 20  # seconds in which everything here is over
GATE = 20261128  # a lock of PostgreSQL: looks end when it is given up


class Answer:
    """Something that nobody keeps, as can be seen."""


class Asker(Thread):
    """Somebody who asks, and what he got or what went wrong."""

    def __init__(self, ask):
        super().__init__(daemon=True)
        self.ask, self.answer, self.error = ask, None, None
        self.start()

    def run(self):
        try:
            self.answer = self.ask()
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.error = error

    def ended(self):
        self.join(LONG)
        assert not self.is_alive(), "it hangs"
        return self


def wait_until(is_so):
    until = time.monotonic() + LONG
    while not is_so():
        assert time.monotonic() < until, "it does not come to that"
        time.sleep(0.005)


@tagged("post_install", "-at_install")
class TestRounds(BaseCase):
    """Of the threads alone: who finds, who waits, who is left."""

    def setUp(self):
        super().setUp()
        self.rounds, self.found, self.gate = Rounds(), [], Event()

    def ask(self, find, question="what", may_share=True):
        return self.rounds.ask(
            question,
            lambda: find("alone"),
            lambda: find("for all"),
            lambda: may_share,
        )

    def find(self, how):
        self.found.append(how)
        self.gate.wait(LONG)
        return Answer()

    def first(self, find=None):
        asker = Asker(lambda: self.ask(find or self.find))
        wait_until(lambda: self.found)
        return asker

    def others(self, count, find=None):
        askers = [Asker(lambda: self.ask(find or self.find)) for _n in range(count)]
        wait_until(lambda: self.waiting() == count)
        return askers

    def waiting(self):
        return sum(each.members for each in self.rounds._waiting.values())

    def assert_nothing_is_left(self):
        self.assertFalse(self.rounds._busy)
        self.assertFalse(self.rounds._waiting)

    def test_who_comes_meanwhile_gets_one_that_is_newer(self):
        first, others = self.first(), self.others(4)
        self.assertEqual(self.found, ["alone"])
        self.gate.set()
        answers = [asker.ended().answer for asker in others]
        self.assertEqual(self.found, ["alone", "for all"])
        self.assertIsInstance(answers[0], Answer)
        self.assertEqual(len(set(answers)), 1)
        self.assertNotIn(first.ended().answer, answers)
        self.assert_nothing_is_left()

    def test_who_comes_while_one_is_found_for_all_waits_for_the_next(self):
        begun, gates = [], [Event(), Event(), Event()]

        def find(_how):
            begun.append(1)
            number = len(begun)
            gates[number - 1].wait(LONG)
            return number

        askers = [Asker(lambda: self.ask(find))]
        wait_until(lambda: begun)
        for number, gate in enumerate(gates[:2], 1):
            askers += self.others(2, find)
            gate.set()
            wait_until(lambda number=number: len(begun) == number + 1)
        gates[2].set()
        self.assertEqual([a.ended().answer for a in askers], [1, 2, 2, 3, 3])
        self.assert_nothing_is_left()

    def test_who_waits_alone_finds_his_own(self):
        first, [second] = self.first(), self.others(1)
        self.gate.set()
        first.ended(), second.ended()
        self.assertEqual(self.found, ["alone", "alone"])
        self.assertNotEqual(first.answer, second.answer)

    def test_another_question_waits_for_nobody(self):
        first = self.first()
        other = Asker(lambda: self.ask(lambda how: how, "another"))
        self.assertEqual(other.ended().answer, "alone")
        self.gate.set()
        first.ended()
        self.assert_nothing_is_left()

    def test_who_may_not_share_waits_for_nobody_and_answers_nobody(self):
        first, others = self.first(), self.others(2)
        apart = Asker(lambda: self.ask(lambda how: how, may_share=False))
        self.assertEqual(apart.ended().answer, "alone")
        self.assertEqual(self.waiting(), 2)
        self.gate.set()
        first.ended()
        for asker in others:
            self.assertIsInstance(asker.ended().answer, Answer)

    def test_where_it_cannot_be_found_for_all_each_finds_his_own(self):
        def find(how):
            self.find(how)
            if how == "for all":
                raise ValueError
            return how

        askers = [self.first(find), *self.others(3, find)]
        self.gate.set()
        self.assertEqual([a.ended().answer for a in askers], ["alone"] * 4)
        self.assertEqual(self.found.count("for all"), 1)
        self.assert_nothing_is_left()

    def test_where_the_first_fails_who_waits_is_not_held_up(self):
        def fail(how):
            self.find(how)
            raise ValueError

        first, others = self.first(fail), self.others(2)
        self.gate.set()
        self.assertIsInstance(first.ended().error, ValueError)
        for asker in others:
            self.assertIsInstance(asker.ended().answer, Answer)

    def test_nobody_waits_without_end(self):
        with patch.object(rounds, "PATIENCE", 0.2):
            first = self.first()
            others = [Asker(lambda: self.ask(lambda how: how)) for _n in range(2)]
            for asker in others:
                self.assertEqual(asker.ended().answer, "alone")
        self.assertFalse(self.rounds._waiting)
        self.gate.set()
        first.ended()
        self.assert_nothing_is_left()

    def test_an_answer_is_gone_when_all_have_it(self):
        first, others = self.first(), self.others(3)
        self.gate.set()
        left = [weakref.ref(asker.ended().answer) for asker in (first, *others)]
        del first, others
        gc.collect()
        self.assertFalse([each for each in left if each() is not None])

    def test_many_at_random_get_no_answer_older_than_their_question(self):
        clock, late = iter(range(10**9)), []

        def work():
            for _turn in range(200):
                asked = next(clock)
                begun = self.ask(lambda _how: next(clock))
                late.append(begun < asked)

        for asker in [Asker(work) for _n in range(8)]:
            self.assertIsNone(asker.ended().error)
        self.assertEqual(late, [False] * 1600)
        self.assert_nothing_is_left()


@tagged("post_install", "-at_install")
class TestOneLookForAll(BaseCase):
    """Of transactions: whose look answers whom."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.holder = self.registry.cursor()
        self.addCleanup(self.holder.close)  # opens, also where a test fails
        self.holder.execute("SELECT pg_advisory_xact_lock(%s)", [GATE])

    def open(self):
        self.holder.rollback()

    def query(self, what="same"):
        """Ask from where and as of when it is answered, once the gate is open."""
        return SQL(
            """
            SELECT %s, pg_backend_pid(), pg_current_snapshot()::text
            FROM (SELECT pg_advisory_lock_shared(%s), pg_advisory_unlock_shared(%s))
                AS gate
            """,
            *(what, GATE, GATE),
        )

    @contextmanager
    def transaction(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def reader(self, what="same", before=None):
        """Somebody whose transaction reads, and then asks."""

        def ask():
            with self.transaction() as env:
                env.cr.execute(before or "SELECT 1")
                pid = env.cr._cnx.get_backend_pid()
                [[_what, *answer]] = look._rows_for_all(env, self.query(what))
                return pid, *answer

        return Asker(ask)

    def at_the_gate(self):
        """How many statements wait there."""
        self.holder.execute(
            "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' "
            "AND objid = %s AND NOT granted",
            [GATE],
        )
        return self.holder.fetchone()[0]

    def waiting(self):
        return sum(each.members for each in look.ROUNDS._waiting.values())

    def first(self):
        asker = self.reader()
        wait_until(lambda: self.at_the_gate() == 1)
        return asker

    def commit_something(self):
        """Return the number of a transaction that is over."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT pg_current_xact_id()::text")
            return cr.fetchone()[0]

    def is_seen(self, number, snapshot):
        self.holder.execute(
            "SELECT pg_visible_in_snapshot(%s::xid8, %s::pg_snapshot)",
            [number, snapshot],
        )
        return self.holder.fetchone()[0]

    def test_one_look_answers_all_who_wait_and_sees_what_was_before_they_asked(self):
        first = self.first()
        number = self.commit_something()
        readers = [self.reader() for _n in range(4)]
        wait_until(lambda: self.waiting() == 4)
        self.open()
        own, pid, snapshot = first.ended().answer
        self.assertEqual(pid, own)
        self.assertFalse(self.is_seen(number, snapshot))
        answers = [reader.ended().answer for reader in readers]
        [(pid, snapshot)] = {tuple(answer[1:]) for answer in answers}
        self.assertNotIn(pid, [own for own, *_answer in answers])
        self.assertTrue(self.is_seen(number, snapshot))
        self.assertFalse(look.ROUNDS._busy | look.ROUNDS._waiting.keys())

    def test_who_waits_longest_gets_what_is_newer_than_the_last_question(self):
        first, early = self.first(), self.reader()
        wait_until(lambda: self.waiting() == 1)
        number = self.commit_something()
        late = self.reader()
        wait_until(lambda: self.waiting() == 2)
        self.open()
        first.ended()
        for reader in (early, late):
            _own, _pid, snapshot = reader.ended().answer
            self.assertTrue(self.is_seen(number, snapshot))

    def test_who_has_written_sees_what_he_wrote_and_waits_for_nobody(self):
        first = self.first()
        writer = self.reader(before="SELECT pg_current_xact_id()")
        wait_until(lambda: self.at_the_gate() == 2)
        self.assertFalse(self.waiting())
        self.open()
        own, pid, _snapshot = writer.ended().answer
        self.assertEqual(pid, own)
        first.ended()

    def test_who_asks_anything_else_is_answered_apart(self):
        first, other = self.first(), self.reader("other")
        wait_until(lambda: self.at_the_gate() == 2)
        self.open()
        for reader in (first, other):
            own, pid, _snapshot = reader.ended().answer
            self.assertEqual(pid, own)


@tagged("post_install", "-at_install")
class TestWhoAsksTogether(PsoCase):
    """The dashboard alone, each question with all that its answer depends on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("nl_NL")
        cls.person = cls.employee()
        cls.status(cls.person)
        cls.other = cls.create_company("Another company")
        cls.measurement = cls.env["pso.measurement"].create(
            {"date_start": "2025-01-01", "date_end": "2025-12-31"}
        )
        cls.hr = cls.user("pso_odoo.group_pso_hr", companies=cls.company + cls.other)
        cls.manager = cls.user("pso_odoo.group_pso_manager")

    @contextmanager
    def asked_together(self):
        """Yield the questions that others may be answered with in this block."""
        asked = []

        def record(question, alone, for_all, may_share):
            asked.append(question)
            return alone()

        self.env.invalidate_all()
        with patch.object(look.ROUNDS, "ask", record):
            yield asked

    def question(self, user, company=None, period=False, part="retrieve", **context):
        company = company or self.company
        page = self.env["pso.dashboard"].with_user(user)
        context = {"allowed_company_ids": company.ids, **context}
        with self.asked_together() as asked:
            getattr(page.with_context(**context), part)(period)
        [question] = asked
        return question

    def test_the_same_is_one_question(self):
        self.assertEqual(self.question(self.hr), self.question(self.hr))

    def test_rights_company_period_and_language_make_another_question(self):
        period = f"measurement-{self.measurement.id}"
        questions = [
            self.question(self.hr),
            self.question(self.hr, self.other),
            self.question(self.hr, period=period),
            self.question(self.hr, lang="nl_NL"),
            self.question(self.hr, part="retrieve_details"),
        ]
        self.assertEqual(len(set(questions)), len(questions))

    def test_what_has_to_be_of_one_moment_is_asked_apart(self):
        """Figures of a form, a lock with its lines, and what the night keeps."""
        with self.asked_together() as asked:
            self.measurement.with_user(self.manager).read(["total_percentage"])
            self.env["pso.dashboard"]._to_keep(
                self.company, "rolling", self.env["pso.measurement"]
            )
            self.measurement.with_user(self.manager).action_lock()
        self.assertFalse(asked)

    def test_what_is_not_written_yet_is_written_before_it_is_asked(self):
        """So that a transaction which has something to write shares nothing."""
        partner = self.env["res.partner"].create({"name": "Before"})
        self.env.flush_all()
        partner.name = "After"
        name = partner._fields["name"]
        query = SQL(
            "SELECT name FROM res_partner WHERE id = %s", partner.id, to_flush=name
        )
        [[written]] = look._rows_for_all(self.env, query)
        self.assertEqual(written, "After")
