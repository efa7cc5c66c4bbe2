"""What the figures were measured on, and what else it did."""

import os
import platform
import time
from pathlib import Path

from _env import postgres

SETTINGS = ("shared_buffers", "work_mem", "max_parallel_workers_per_gather", "fsync")
IDLE = 0.1  # of the processors may do something else
LOOK_SECONDS = 3


def lines(busy):
    """The machine and PostgreSQL, as text.

    :param busy: what ``busy`` said before the run
    """
    settings = ", ".join(
        f"{name} {postgres.psql(f'SHOW {name}')[0]}" for name in SETTINGS
    )
    [version] = postgres.psql("SHOW server_version")
    [jit] = postgres.psql("SELECT pg_jit_available()")
    return [
        f"Processor: {_processor()}, {os.cpu_count()} cores",
        f"Memory: {_memory():.0f} GB",
        f"System: {platform.system()} {platform.release()}, Python"
        f" {platform.python_version()}",
        f"PostgreSQL: {version}, {settings}, JIT {'on' if jit == 't' else 'absent'}",
        f"Before the run the processors were {busy:.0%} busy: "
        + ("idle" if busy <= IDLE else "**not idle**, so only ratios mean anything"),
    ]


def busy():
    """Which part of the processors' time others use."""
    before = _ticks()
    time.sleep(LOOK_SECONDS)
    idle, total = (b - a for a, b in zip(before, _ticks(), strict=True))
    return 1 - idle / total


def _ticks():
    ticks = [int(n) for n in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def _processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def _memory():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
