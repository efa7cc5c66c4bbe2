"""Two people at once, on a real server: each time one of the defined outcomes."""

import itertools
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from _env.console import say, step

from lab.bench.webclient import Refused

from .kills import Lost
from .operations import Import, Lock
from .site import LOST

# Odoo tries a conflict again by itself; what a user reads when it gave up.
BUSY = ("somebody else", "Try again", "could not serialize", "already executing")
OK, REFUSED = "done", "told to try again"
PRECISION = 1e-6


@dataclass
class Meetings:
    """How often people met, and how it ended."""

    name: str
    ended: Counter = field(default_factory=Counter)
    lost: list = field(default_factory=list)

    @property
    def attempts(self):
        return self.ended.total() + len(self.lost)


def at_once(*calls):
    """Start all at the same moment; what came of each.

    :raise Lost: upon an answer that tells nobody what to do
    """
    barrier = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def ask(number, call):
        barrier.wait()
        try:
            call()
            answers[number] = OK
        except Refused as refused:
            text = str(refused)
            answers[number] = REFUSED if any(b in text for b in BUSY) else text

    threads = [threading.Thread(target=ask, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        if answer not in (OK, REFUSED):
            raise Lost(answer)
    return answers


class Meeting:
    """Something that people do at once."""

    name = ""

    def __init__(self, site):
        self.site = site
        self.lock = Lock(site)
        self.live = self.lock.look()
        self.lock.run()
        self.locked = self.lock.look()
        self.lock.reset()

    def run(self, times, seed):
        meetings = Meetings(self.name)
        with step(f"{self.name}: {times} times") as current:
            for number in range(times):
                chance = random.Random(f"{seed} {self.name} {number}")
                try:
                    meetings.ended[self.meet(chance)] += 1
                    self.require(not self.lock.findings(), self.lock.findings())
                    self.tidy()
                except (Lost, *LOST) as lost:
                    meetings.lost.append(f"{self.name}, {number}: {lost}")
                    say(f"  {meetings.lost[-1]}")
                    self.site.restore()
                current.progress(f"{number + 1}/{times}")
        return meetings

    def meet(self, chance):
        """:return: the outcome in words"""
        raise NotImplementedError

    def tidy(self):
        for measurement in ("last", "before"):
            self.press("first", "action_unlock", measurement)

    def press(self, login, button, measurement="last"):
        ids = [self.site.ids[measurement]]
        self.site.client(login).call("pso.measurement", button, ids, button=True)

    def require(self, condition, text):
        if not condition:
            raise Lost(text)

    def require_whole(self):
        """:return: whether it is locked"""
        found = self.lock.look()
        self.require(found in (self.live, self.locked), f"torn: {found}")
        return found == self.locked

    def seals(self):
        return int(self.site.sql("SELECT count(*) FROM pso_seal")[0])

    def wait(self, chance, seconds):
        time.sleep(chance.uniform(0, seconds))


class SameMeasurement(Meeting):
    name = "two managers lock the same"

    def meet(self, chance):
        seals = self.seals()

        def late():
            self.wait(chance, 0.1)
            self.press("second", "action_lock")

        answers = at_once(lambda: self.press("first", "action_lock"), late)
        self.require(OK in answers, f"nobody could lock: {answers}")
        self.require(self.require_whole(), "it is not locked")
        self.require(self.seals() == seals + 1, "it was sealed more than once")
        return "locked once, " + (
            "the other found it locked" if answers == [OK, OK] else "the other refused"
        )


class Crossing(Meeting):
    name = "one locks, one unlocks"

    def meet(self, chance):
        if was_locked := chance.random() < 0.5:
            self.press("first", "action_lock")

        def late():
            self.wait(chance, 0.5)
            self.press("second", "action_unlock")

        at_once(lambda: self.press("first", "action_lock"), late)
        end = "locked" if self.require_whole() else "live"
        return f"{'locked' if was_locked else 'live'}, then {end}"


class TwoMeasurements(Meeting):
    """The chain of seals is the company's: one after the other, without a gap."""

    name = "two measurements of a company"

    def meet(self, chance):
        seals = self.seals()
        both = {"last": "first", "before": "second"}
        calls = [
            lambda m=measurement, user=login: self.press(user, "action_lock", m)
            for measurement, login in both.items()
        ]
        answers = at_once(*calls)
        for measurement, answer in zip(both, answers, strict=True):
            [state] = self.site.sql(
                "SELECT state FROM pso_measurement"
                f" WHERE id = {self.site.ids[measurement]}"
            )
            self.require(
                (state == "locked") == (answer == OK), f"{answer}, and it is {state}"
            )
        refused = answers.count(REFUSED)
        for measurement, answer in zip(both, answers, strict=True):
            if answer == REFUSED:
                self.press("first", "action_lock", measurement)
        self.require(self.seals() == seals + 2, "there are not two seals more")
        return "both locked" if not refused else "one after the other, when told to"


class Officer(Meeting):
    """The figures are those of one moment, which the lines show."""

    name = "HR edits while a manager locks"

    def meet(self, chance):
        moments, stop = [self.statuses()], threading.Event()
        mine = []

        def edit():
            free = itertools.cycle(self.site.ids["free"])
            client = self.site.client("officer")
            while not stop.is_set():
                if len(mine) > 3:
                    client.call("pso.status", "unlink", [mine.pop(0)])
                else:
                    mine.append(self.register(client, next(free)))
                moments.append(self.statuses())

        def lock():
            self.wait(chance, 0.5)
            try:
                self.press("first", "action_lock")
            finally:
                time.sleep(0.1)
                stop.set()

        [answer, _edited] = at_once(lock, edit)
        try:
            self.require(answer == OK, "editing kept the manager from locking")
            return self.judge(moments)
        finally:
            self.press("first", "action_unlock")
            self.site.client("officer").call("pso.status", "unlink", mine)

    def register(self, client, employee):
        values = {"employee_id": employee, "date_start": "2020-01-01"}
        values |= {name: self.site.ids[name[:-3]] for name in ("group_id", "form_id")}
        return client.save("pso.status", [], values, {})["id"]

    def statuses(self):
        return set(self.site.sql("SELECT id FROM pso_status WHERE date_end IS NULL"))

    def judge(self, moments):
        number = self.site.ids["last"]
        of = f"FROM pso_locked_person_line WHERE measurement_id = {number}"
        lines = set(
            self.site.sql(
                f"SELECT DISTINCT status_id {of} AND status_id NOT IN"
                " (SELECT id FROM pso_status WHERE date_end IS NOT NULL)"
                " AND kind = 'group'"
            )
        )
        kept = [moment & self.counted(moments, lines) for moment in moments]
        self.require(lines in kept, f"lines of no moment: {lines}")
        [row] = self.site.sql(
            f"SELECT (SELECT sum(direct_fte) {of}) + (SELECT sum(amount)"
            f" FROM pso_correction WHERE kind = 'direct_fte' AND measurement_id ="
            f" {number}), (SELECT locked_figures->>'direct_fte' FROM pso_measurement"
            f" WHERE id = {number})"
        )
        sums, figure = map(float, row.split("|"))
        self.require(abs(sums - figure) < PRECISION, f"lines {sums}, figure {figure}")
        return "locked as at one moment of it"

    def counted(self, moments, lines):
        """Those of the period, as there are lines of them or they came later."""
        return set().union(*moments) - (moments[0] - lines)


class Erasure(Meeting):
    """Nobody who was erased stands in what was being locked."""

    name = "erasure while a manager locks"

    def meet(self, chance):
        officer = Officer(self.site)
        client = self.site.client("officer")
        employee = chance.choice(self.site.ids["free"])
        officer.register(client, employee)

        def erase():
            self.wait(chance, 0.5)
            values = {"employee_id": employee, "reason": "mistake", "is_sure": True}
            wizard = client.save("pso.erasure", [], values, {})["id"]
            client.call("pso.erasure", "action_erase", [wizard], button=True)

        answers = at_once(lambda: self.press("first", "action_lock"), erase)
        lines = self.count("pso_locked_person_line", employee)
        statuses = self.count("pso_status", employee)
        if answers[1] == OK:
            self.require(not lines, "an erased person stands in locked lines")
            self.require(not statuses, "an erased person has a status")
            return "erased, " + ("locked" if answers[0] == OK else "lock refused")
        self.require(statuses == 1, "what was not erased is gone")
        self.press("first", "action_unlock")
        erase()
        self.require(not self.count("pso_status", employee), "not erased again")
        return "locked, erased when told to"

    def count(self, table, employee):
        query = f"SELECT count(*) FROM {table} WHERE employee_id = {employee}"
        return int(self.site.sql(query)[0])


class ImportMeanwhile(Meeting):
    name = "import while a manager locks"

    def meet(self, chance):
        importing = Import(self.site)
        importing.begin()

        def late():
            self.wait(chance, 0.5)
            self.press("first", "action_lock")

        answers = at_once(importing.run, late)
        self.require(answers == [OK, OK], f"in each other's way: {answers}")
        number = self.site.ids["last"]
        mine = ", ".join(row.split(",")[0] for row in importing.file_rows())
        lines = self.site.sql(
            "SELECT count(DISTINCT employee_id) FROM pso_locked_person_line"
            f" WHERE measurement_id = {number} AND kind = 'group'"
            f" AND employee_id IN ({mine})"
        )
        people = len(set(mine.split(", ")))
        self.require(int(lines[0]) in (0, people), f"{lines[0]} of {people} are in")
        self.press("first", "action_unlock")
        importing.reset()
        return "locked with the import" if int(lines[0]) else "locked without it"


class TwoImports(Meeting):
    name = "the same import twice at once"

    def meet(self, chance):
        importing = Import(self.site)
        importing.begin()
        twice = {login: Import(self.site) for login in ("officer", "first")}
        for login, each in twice.items():
            each.login = login
        answers = at_once(*(each.run for each in twice.values()))
        rows, people = importing.look()[:2]
        expected = len(importing.file_rows())
        importing.reset()
        self.require(rows == people == expected, f"{rows} rows of {expected}")
        return "written once" + ("" if REFUSED not in answers else ", one refused")


class TwoJobs(Meeting):
    name = "the retention job twice at once"

    def meet(self, chance):
        self.site.restore()
        cron = [self.site.ids["cron"]]
        total = "SELECT count(*) FROM pso_status"
        gone = (
            "SELECT coalesce(sum(count), 0) FROM pso_log"
            " WHERE event = 'anonymise' AND model = 'pso.status'"
        )
        [before] = self.site.sql(total)

        def job():
            self.site.client("admin").call("ir.cron", "method_direct_trigger", cron)

        answers = at_once(job, job)
        [after], [told] = self.site.sql(total), self.site.sql(gone)
        self.require(int(before) - int(after) == int(told) > 0, f"{told} told")
        return "once" if REFUSED in answers else "one after the other"


ALL_MEETINGS = (
    SameMeasurement,
    Crossing,
    TwoMeasurements,
    Officer,
    Erasure,
    ImportMeanwhile,
    TwoImports,
    TwoJobs,
)
