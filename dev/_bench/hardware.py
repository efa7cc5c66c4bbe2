"""What the figures were measured on."""

import os
import platform
from pathlib import Path

from _env import postgres

SETTINGS = ("shared_buffers", "work_mem", "max_parallel_workers_per_gather", "fsync")


def lines():
    """The machine and PostgreSQL, as text."""
    load = os.getloadavg()[1]
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
        f"Load of the last five minutes: {load:.1f}",
    ]


def _processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def _memory():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
