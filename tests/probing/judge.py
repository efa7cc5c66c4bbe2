"""Who tried what, what came of it, and what of that is not granted."""

import io
import json
import logging
import re
import zipfile
from collections import Counter, defaultdict
from contextlib import contextmanager
from typing import NamedTuple

import psycopg2

from odoo.exceptions import AccessDenied, AccessError, MissingError
from odoo.models import BaseModel
from odoo.tools import SQL

from .granted import TELLS, may_change

# What differs from one answer to the next and says nothing.
NOISE = (
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?"), "<time>"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<uuid>"),
    # A moment in a workbook, as a number of days.
    (re.compile(r"<v>4\d{4}\.\d{6,}</v>"), "<v><time></v>"),
    (re.compile(r"<Newid_\w+>|NewId_0x\w+|0x[0-9a-f]{8,}", re.I), "<new>"),
)
# Of files that bear the moment at which they were made.
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
SUMS = "SHA256SUMS.txt"
# Of no rows there are no groups: Odoo does not ask what they would be grouped by.
NO_GROUPS = ("dotted group-by", "[]")
NUMBERS = re.compile(r"\d+")
REFUSALS = (AccessError, AccessDenied, MissingError)


class Attempt(NamedTuple):
    """One way to something: ``run(env)`` as the user, for the answer."""

    channel: str
    path: str
    run: object
    # What must be granted for an answer, if that is known: ``granted(groups)``.
    granted: object = None
    # What it makes has other numbers each time.
    writes: bool = False
    # Secrets that the answer is there to tell, to whom it is granted.
    tells: frozenset = frozenset()


class Outcome(NamedTuple):
    """What came of an attempt: answered, refused or failed, and with which words."""

    result: str
    text: str
    logged: str = ""
    written: frozenset = frozenset()


class Leak(NamedTuple):
    kind: str
    channel: str
    path: str
    why: str

    def __str__(self):
        return f"{self.kind}: {self.channel}: {self.path}: {self.why}"


def plain(answer):
    """An answer in words, also what is packed into a workbook or a bundle of them."""
    if isinstance(answer, bytes):
        if answer.startswith(b"PK"):
            return unpacked(answer)
        answer = answer.decode(errors="backslashreplace")
    elif isinstance(answer, BaseModel):
        answer = f"{answer._name}{answer.ids}"
    if not isinstance(answer, str):
        answer = json.dumps(answer, default=plain_part, sort_keys=True)
    for pattern, word in NOISE:
        answer = pattern.sub(word, answer)
    return answer


def unpacked(answer):
    """What is packed, under its names, in words."""
    with zipfile.ZipFile(io.BytesIO(answer)) as file:
        names = file.namelist()
        parts = [f"{name}\n{plain(file.read(name))}" for name in names]
    text = "\n".join(parts)
    return DIGEST.sub("<digest>", text) if SUMS in names else text


def plain_part(value):
    return plain(value) if isinstance(value, bytes | BaseModel) else str(value)


class Listener(logging.Handler):
    """What is logged meanwhile: nothing secret may be in it."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())

    def heard(self):
        lines, self.lines = self.lines, []
        return "\n".join(lines)


@contextmanager
def listening():
    """All that Odoo logs goes to a listener, and nowhere else."""
    listener, logger = Listener(), logging.getLogger("odoo")
    before = logger.level, logger.propagate
    disabled = logging.root.manager.disable
    logger.addHandler(listener)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logging.disable(logging.NOTSET)
    try:
        yield listener
    finally:
        logging.disable(disabled)
        logger.removeHandler(listener)
        logger.setLevel(before[0])
        logger.propagate = before[1]


class Judge:
    """Tries attempts as a kind of user, and keeps count of what came of it."""

    def __init__(self, world):
        self.world = world
        self.env = world.env
        self.counts = Counter()
        self.channels = Counter()
        self.leaks = []
        self.state_before = None
        self.tables = {
            name: model
            for name, model in world.env.registry.items()
            if name.startswith("pso.") and model._auto and not model._abstract
        }

    # -- trying --------------------------------------------------------------

    def probe(self, kind, attempts):
        """Try all of it twice, in the world as it is and with other secrets."""
        apart = defaultdict(list)
        for attempt in attempts:
            method = attempt.path.partition("(")[0]
            apart[frozenset(TELLS.get(method, attempt.tells))].append(attempt)
        for tells, some in apart.items():
            hidden = {
                (planted, secret)
                for planted, secret in self.world.hidden_from(kind)
                if secret not in tells
            }
            self._probe(kind, some, hidden)

    def _probe(self, kind, attempts, hidden):
        with listening() as listener:
            self.state_before = self._state()
            first = [self._try(kind, attempt, listener) for attempt in attempts]
            with self.world.with_other_secrets(hidden):
                self.state_before = self._state()
                second = [
                    one
                    if self._is_closed(kind, attempt, one)
                    else self._try(kind, attempt, listener)
                    for attempt, one in zip(attempts, first, strict=True)
                ]
            self.state_before = self._state()
            for attempt, one, two in zip(attempts, first, second, strict=True):
                if self._differ(attempt, one, two):
                    # What differs by itself, as sample figures do, says nothing.
                    again = self._try(kind, attempt, listener)
                    if self._differ(attempt, one, again):
                        self.counts["unsteady"] += 1
                        two = one
                self._judge(kind, attempt, one, two)

    def _is_closed(self, kind, attempt, outcome):
        """Whether it was refused for who asks, not for what there is."""
        return (
            outcome.result == "refused"
            and attempt.granted is not None
            and not attempt.granted(self.world.groups[kind])
        )

    def _try(self, kind, attempt, listener):
        user = self.world.users[kind]
        savepoint = self.env.cr.savepoint(flush=False)
        written = frozenset()
        outcome = ("failed", "")
        try:
            env = self.env(user=user.id, su=False, context={"lang": "en_US"})
            answer = plain(attempt.run(env))
            if attempt.writes:
                self.env.flush_all()
                # Every attempt is undone: each finds what the first one found.
                before, after = self.state_before, self._state()
                written = frozenset(
                    name for name in after if after[name] != before[name]
                )
            outcome = "answered", answer
        except REFUSALS as error:
            outcome = "refused", plain(str(error))
        except psycopg2.Error as error:
            outcome = "failed", plain(f"{type(error).__name__}: {error}")
        except Exception as error:
            outcome = "failed", plain(f"{type(error).__name__}: {error}")
        finally:
            # What a rule looked at would be there for whoever asks next.
            self.env.transaction.clear()
            savepoint.close(rollback=True)
        return Outcome(*outcome, plain(listener.heard()), written)

    def _state(self):
        """What is in the tables of ours, as one number for each."""
        self.env.flush_all()
        parts = (
            SQL(
                "SELECT %s, COALESCE(SUM(hashtext(line::text)::bigint), 0), COUNT(*) "
                "FROM %s AS line",
                name,
                SQL.identifier(model._table),
            )
            for name, model in self.tables.items()
        )
        rows = self.env.execute_query(SQL(" UNION ALL ").join(parts))
        return {name: numbers for name, *numbers in rows}

    # -- judging -------------------------------------------------------------

    def _judge(self, kind, attempt, one, two):
        self.channels[attempt.channel] += 1
        leaks = list(self._leaks(kind, attempt, one, two))
        if leaks:
            self.counts["leaked"] += 1
            self.leaks += [
                Leak(kind, attempt.channel, attempt.path, why) for why in leaks
            ]
        else:
            self.counts["granted" if one.result == "answered" else one.result] += 1

    def _leaks(self, kind, attempt, one, two):
        groups = self.world.groups[kind]
        hidden = self.world.words_hidden_from(kind)
        if (
            "answered" in (one.result, two.result)
            and attempt.granted is not None
            and not attempt.granted(groups)
            and (attempt.channel, one.text) != NO_GROUPS
        ):
            yield f"answered: {one.text[:200]}"
        if self._differ(attempt, one, two):
            yield f"differs: {difference(one.text, two.text)}"
        for word in self.world.words_for_no_log() | hidden:
            if word in one.logged:
                yield f"logged: {around(one.logged, word)}"
        for word in hidden:
            for text in {one.text, two.text}:
                if word in text:
                    yield f"told: {around(text, word)}"
        for model in one.written:
            if not self._may_change(groups, model, attempt):
                yield f"changed {model}"

    def _differ(self, attempt, one, two):
        return self._comparable(attempt, one) != self._comparable(attempt, two)

    def _comparable(self, attempt, outcome):
        if attempt.writes:
            return outcome.result, NUMBERS.sub("<n>", outcome.text)
        return outcome.result, outcome.text

    def _may_change(self, groups, model, attempt):
        """Whether this attempt may have changed the rows of a model of ours."""
        if hasattr(self.tables[model], "_drop_keeper"):
            return True  # a row of the log, of a seal: what is kept is added to
        called = attempt.path.partition("(")[0].rpartition(".")[0]
        return may_change(groups, model, called)

    # -- telling -------------------------------------------------------------

    def tally(self):
        counts = self.counts
        return (
            f"{len(self.world.users)} users, {len(self.channels)} channels, "
            f"{sum(self.channels.values()):,} paths: {counts['granted']:,} granted, "
            f"{counts['refused']:,} refused, {counts['failed']:,} failed, "
            f"leaked: {counts['leaked']}"
        )


def difference(one, two):
    """Where two texts begin to differ."""
    at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)
    start = max(at - 60, 0)
    return f"{one[start : at + 60]!r} / {two[start : at + 60]!r}"


def around(text, word):
    at = text.find(word)
    return text[max(at - 60, 0) : at + 80]
