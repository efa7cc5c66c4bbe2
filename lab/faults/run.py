"""The fault tests: what is tried, how often, and the table of what came of it."""

import argparse
import secrets
from collections import Counter

from _env import postgres
from _env.console import say, step

from lab.bench import build

from .kills import ALL, NOTHING, PART, Trial
from .modules import ALL_MODULES
from .operations import ALL_OPERATIONS
from .site import SIZE, TEMPLATE, site
from .together import ALL_MEETINGS

ATTEMPTS = 10
MODULE_ATTEMPTS = 3  # installing takes long
MEETINGS = 6
PREPARED = build.name_of(SIZE)


def arguments(words):
    parser = argparse.ArgumentParser(prog="dev/test --faults", description=__doc__)
    parser.add_argument("--seed", default=secrets.token_hex(4), help="to repeat a run")
    parser.add_argument("--attempts", type=int, default=ATTEMPTS, help="an operation")
    parser.add_argument(
        "--modules", type=int, default=MODULE_ATTEMPTS, help="installing, upgrading"
    )
    parser.add_argument("--meetings", type=int, default=MEETINGS, help="of two")
    parser.add_argument(
        "--only", action="append", help="the start of a name; may be repeated"
    )
    return parser.parse_args(words)


def run(words=()):
    """Try everything; return whether nothing was lost."""
    options = arguments(words)
    say(f"Faults with --seed {options.seed}")
    with postgres.running():
        build.build(SIZE)
        with site() as here:
            _prepare(here)
            meetings = [
                kind(here).run(options.meetings, options.seed)
                for kind in _wanted(ALL_MEETINGS, options)
            ]
            tallies = _kills(here, options)
    return _report(meetings, tallies)


def _wanted(kinds, options):
    starts = tuple(options.only or [""])
    return [kind for kind in kinds if kind.name.startswith(starts)]


def _prepare(here):
    with step("The company and its users"):
        here.server.take_over(PREPARED)
        here.configure(PREPARED)
        here.ids = here.task("lab.faults.prepare", PREPARED, here.password)
        here.copy(PREPARED, TEMPLATE)
        here.revive()


def _kills(here, options):
    tallies = []
    for kind in _wanted(ALL_OPERATIONS, options):
        trial = Trial(here, kind(here), options.seed)
        tallies.append(trial.run(options.attempts))
        here.restore()
    modules = _wanted(ALL_MODULES, options)
    if modules:
        here.kill_odoo()
        here.server.take_over(build.name_of(SIZE, "_without"))
    for kind in modules:
        tallies.append(Trial(here, kind(here), options.seed).run(options.modules))
    return tallies


def _report(meetings, tallies):
    """Print what was tried and what was lost; return whether that is nothing."""
    if meetings:
        say(f"\n{'at once':<34}{'times':>6}  outcomes")
    for each in meetings:
        ended = ", ".join(f"{words} {n}" for words, n in each.ended.most_common())
        say(f"{each.name:<34}{each.attempts:>6}  {ended}")
    if tallies:
        columns = ("before", "during", "after", NOTHING, PART, ALL, "lost")
        widths = [max(len(column), 5) + 2 for column in columns]
        head = "".join(f"{c:>{w}}" for c, w in zip(columns, widths, strict=True))
        say(f"\n{'disturbed':<28}{'seconds':>8}{'faults':>8}{head}")
        for each in tallies:
            numbers = [each.came[c] for c in columns[:3]]
            numbers += [each.left[c] for c in columns[3:6]] + [len(each.lost)]
            row = "".join(f"{n:>{w}}" for n, w in zip(numbers, widths, strict=True))
            say(f"{each.name:<28}{each.seconds:>8.1f}{each.attempts:>8}{row}")
        ways = sum((each.ways for each in tallies), Counter())
        say(", ".join(f"{way} {n} times" for way, n in sorted(ways.items())))
    lost = [line for each in (*meetings, *tallies) for line in each.lost]
    say(f"Lost: {len(lost) or 'nothing'}")
    for line in lost:
        say(f"  {line}")
    return not lost
