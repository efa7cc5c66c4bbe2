"""What the commands tell the person who runs them.

Everything goes to standard error, so that the output of `dev/odoo` can be piped.
"""

import contextlib
import os
import signal
import sys
import time

SECONDS_LIVE = 0.1  # between two progress lines on a terminal, which are overwritten
SECONDS_LOGGED = 10  # and elsewhere


class Failure(Exception):
    """Something the person can mend; the message says how."""


def say(message):
    print(message, file=sys.stderr, flush=True)


class Step:
    """One long step: its title, how far it is, and how long it has taken."""

    def __init__(self, title):
        self.title = title
        self.started = self.shown = time.monotonic()
        self.live = sys.stderr.isatty()
        self._write(f"  .. {title}", end="" if self.live else "\n")

    def progress(self, detail):
        """Show how far the step is, now and then."""
        now = time.monotonic()
        if now - self.shown < (SECONDS_LIVE if self.live else SECONDS_LOGGED):
            return
        self.shown = now
        width = os.get_terminal_size(sys.stderr.fileno()).columns if self.live else 200
        line = f"  .. {self.title}: {detail} ({self._elapsed()})"
        self._write(line[: width - 1], end="" if self.live else "\n")

    def done(self):
        self._write(f"  ok {self.title} ({self._elapsed()})")

    def failed(self):
        self._write(f"  !! {self.title} ({self._elapsed()})")

    def _elapsed(self):
        seconds = int(time.monotonic() - self.started)
        return f"{seconds // 60}:{seconds % 60:02d}"

    def _write(self, line, end="\n"):
        prefix = "\r\033[K" if self.live else ""
        print(prefix + line, end=end, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(title):
    """Announce a long step, and say how it ended."""
    current = Step(title)
    try:
        yield current
    except BaseException:
        current.failed()
        raise
    current.done()


def command(main):
    """Run a command's main function: one line instead of a traceback for the person."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, frame: sys.exit(128 + number))
    try:
        code = main()
    except Failure as failure:
        say(f"\n{failure}")
        code = 1
    except KeyboardInterrupt:
        say("\nInterrupted; the next run goes on from here.")
        code = 130
    sys.exit(code)
