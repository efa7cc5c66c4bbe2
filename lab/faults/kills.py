"""Kill something at a random moment of an operation, and see what is left."""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from _env.console import say, step

from . import photo
from .site import LOST, OF_ODOO

EARLIEST, LATEST = -0.1, 1.15  # the moment, in durations of the operation
NOTHING, PART, ALL = "did not happen", "happened in part", "happened"


class Lost(Exception):
    """Something is neither as before nor as after; the text says what."""


# -- ways to fail ------------------------------------------------------------------


def kill_odoo(site):
    victim = site.victim()
    if victim:
        victim.kill()
        victim.wait()


def end_sessions(site):
    """As an administrator or a broken network ends them."""
    site.server.psql(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OF_ODOO}"
    )


def kill_backend(site):
    """One process of PostgreSQL; it restarts all of them and recovers."""
    for number in site.backends()[-1:]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def kill_postgres(site):
    site.server.kill()


WAYS = {
    "Odoo killed": kill_odoo,
    "sessions ended": end_sessions,
    "a backend killed": kill_backend,
    "PostgreSQL killed": kill_postgres,
}


# -- one operation, many times ---------------------------------------------------------


@dataclass
class Tally:
    """What was tried with an operation, and what came of it."""

    name: str
    seconds: float = 0
    ways: Counter = field(default_factory=Counter)
    came: Counter = field(default_factory=Counter)
    left: Counter = field(default_factory=Counter)
    lost: list = field(default_factory=list)

    @property
    def attempts(self):
        return self.ways.total()


class Trial:
    """An operation that is disturbed again and again."""

    def __init__(self, site, operation, seed):
        self.site, self.operation, self.seed = site, operation, seed
        self.tally = Tally(operation.name)

    def run(self, attempts):
        with step(f"{self.operation.name}: {attempts} faults") as current:
            self._undisturbed()
            for number in range(attempts):
                label = f"{self.operation.name}, attempt {number}"
                try:
                    self._attempt(random.Random(f"{self.seed} {label}"))
                except (Lost, *LOST) as lost:
                    self.tally.lost.append(f"{label}: {lost}")
                    say(f"  {self.tally.lost[-1]}")
                    self.operation.restore()
                current.progress(f"{number + 1}/{attempts}")
        return self.tally

    def _undisturbed(self):
        """Learn what the operation leaves and how long it takes; the first warms up."""
        for _turn in range(self.operation.warm_ups + 1):
            self.operation.begin()
            self.before = self.operation.look()
            started = time.monotonic()
            self.operation.run()
            self.tally.seconds = time.monotonic() - started
            self.after = self.operation.look()
            self.operation.reset()

    def _attempt(self, chance):
        operation = self.operation
        way = chance.choice(list(WAYS))
        moment = chance.uniform(EARLIEST, LATEST) * self.tally.seconds
        operation.begin()
        now = operation.look()
        self._require(now == self.before, f"before it: {self._differs(now)}")
        untouched, (last, kept) = operation.untouched(), operation.kept()
        answered, when = self._disturbed(WAYS[way], moment)
        operation.revive()
        found = operation.look()
        left = operation.judge(found, self.before, self.after)
        self.tally.ways[way] += 1
        self.tally.came[when] += 1
        self.tally.left[left or "torn"] += 1
        what = f"{way}, {when} it"
        self._require(left, f"{what}: torn, {self._differs(found)}")
        if answered and operation.answer_means_all:
            self._require(left == ALL, f"{what}: answered, and it {left}")
        if left != ALL:
            operation.run()
            now = operation.look()
            self._require(now == self.after, f"{what}: again, {self._differs(now)}")
        self._require(operation.untouched() == untouched, f"{what}: other data changed")
        self._require(operation.kept_until(last) == kept, f"{what}: kept rows changed")
        self._require(not operation.findings(), f"{what}: {operation.findings()}")
        operation.reset()

    def _differs(self, found):
        return (
            f"not as before: {self.operation.differences(self.before, found)};"
            f" not as after: {self.operation.differences(self.after, found)}"
        )

    def _require(self, condition, text):
        if not condition:
            raise Lost(text)

    def _disturbed(self, strike, moment):
        """:return: whether it was answered, and when the fault came in regard to it"""
        answers = []

        def ask():
            with contextlib.suppress(*LOST):
                self.operation.run()
                answers.append(time.monotonic())

        asking = threading.Thread(target=ask)
        if moment < 0:
            strike(self.site)
            struck = time.monotonic()
            asking.start()
            when = "before"
        else:
            asking.start()
            asking.join(moment)
            strike(self.site)
            struck = time.monotonic()
            when = "during"
        asking.join()
        if moment >= 0 and answers and answers[0] <= struck:
            when = "after"
        return bool(answers), when


class Operation:
    """Something to disturb: what is asked, and what it leaves.

    ``look`` says what there is of it, as values that are the same each time; before and
    after it are the two that may be found when it was disturbed.
    """

    name = ""
    warm_ups = 1
    answer_means_all = True

    def __init__(self, site):
        self.site = site

    def begin(self):
        """Note what is counted from."""

    def run(self):
        raise NotImplementedError

    def look(self):
        raise NotImplementedError

    def judge(self, found, before, after):
        """What is left: one of NOTHING, PART and ALL; None if that is torn."""
        return {str(after): ALL, str(before): NOTHING}.get(str(found))

    def differences(self, expected, found):
        return f"{found} in place of {expected}"

    def reset(self):
        """Have it so that it can be asked again."""

    def revive(self):
        self.site.revive()

    def restore(self):
        self.site.restore()

    def untouched(self):
        return photo.untouched(self.site)

    def kept(self):
        return photo.kept(self.site)

    def kept_until(self, last):
        return photo.kept_until(self.site, last)

    def findings(self):
        """What the verification of the seals finds."""
        site = self.site
        action = site.client("first").call("pso.seal", "action_verify", [], button=True)
        return action["context"]["default_findings"]
