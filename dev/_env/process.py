"""Other programs: started so that they end with us, and their output kept.

If we are killed, the kernel ends our children; what these have started themselves
goes on for a while and holds our locks, which it inherits, until it is done.
"""

import ctypes
import os
import signal
import subprocess
import sys

from .console import Failure
from .paths import LOGS, shown

LAST_LINES = 6
PR_SET_PDEATHSIG = 1


def _end_with_parent():
    """Have Linux end the child if we are killed: it must not go on behind our back."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command, **options):
    """A child process; a program that is not installed is a Failure."""
    options |= {"preexec_fn": _end_with_parent, "close_fds": False}
    try:
        return subprocess.Popen(command, **options)
    except FileNotFoundError:
        raise Failure(f"The program {command[0]} is not installed.") from None


def foreground(command, **options):
    """Give a command the terminal; return its exit code.

    Ctrl-C reaches the command too, which decides itself what to do with it.
    """
    with start(command, **options) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
            except BaseException:
                process.terminate()
                raise


def logged(command, log, on_line=None, failure=None, **options):
    """Run a command with its output in a log file, handing each line to on_line.

    :param failure: what to say, before the last lines of the log, if it fails
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    options = {"stdin": subprocess.DEVNULL, **options}
    options |= {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with (
        path.open("w", encoding="utf-8") as file,
        start(command, text=True, errors="replace", **options) as process,
    ):
        try:
            for line in process.stdout:
                file.write(line)
                if on_line:
                    on_line(line.rstrip())
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        lines = path.read_text(encoding="utf-8").splitlines()[-LAST_LINES:]
        raise Failure(
            "\n".join([failure or f"{command[0]} failed.", *lines, f"({shown(path)})"])
        )


def output(command, **options):
    """What a command prints; None if it fails or is not there."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, **options)
    except FileNotFoundError:
        return None
    return result.stdout if result.returncode == 0 else None


def environment(**changes):
    """Our environment with changes; a value of None removes the variable."""
    merged = {**os.environ, **changes}
    return {name: str(value) for name, value in merged.items() if value is not None}
