"""What is done already, and that two runs do not do it at the same time."""

import contextlib
import fcntl
import hashlib
import os
import shutil

from .console import Failure, say
from .paths import STATE

STAMP = ".stamp"
NEEDED_GB = 4  # source 1.3, Python packages 0.4, databases and file stores 1


def digest(*inputs):
    """A short fingerprint of texts, files and folders (their paths and contents)."""
    result = hashlib.sha256()
    for item in inputs:
        if isinstance(item, str):
            result.update(item.encode() + b"\0")
            continue
        for path in sorted(item.rglob("*")) if item.is_dir() else [item]:
            if path.is_file() and "__pycache__" not in path.parts:
                result.update(f"{path.relative_to(item)}\0".encode())
                result.update(hashlib.sha256(path.read_bytes()).digest())
    return result.hexdigest()[:16]


def is_built(folder, inputs):
    stamp = folder / STAMP
    return stamp.exists() and stamp.read_text() == inputs


@contextlib.contextmanager
def building(folder, inputs):
    """Make a folder from scratch; only the stamp, written last, makes it count."""
    _require_space()
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    yield
    (folder / STAMP).write_text(inputs)


def _require_space():
    free = shutil.disk_usage(STATE).free / 1e9
    if free < NEEDED_GB:
        raise Failure(
            f"The set-up needs {NEEDED_GB} GB of disk space and {free:.1f} GB are free."
        )


@contextlib.contextmanager
def lock(name, activity):
    """Hold a lock; the kernel frees it when we and our children have ended."""
    STATE.mkdir(exist_ok=True)
    with (STATE / f"{name}.lock").open("a+") as file:
        os.set_inheritable(file.fileno(), True)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read() or "?"
            say(f"Another command (process {holder}) is {activity}: waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
