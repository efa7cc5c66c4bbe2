"""Installing the addon where there is much, over where there is nothing."""

import os
import time

from _env.console import step

from . import build
from .timing import comparison, interleaved

SCRATCH = f"{build.PREFIX}scratch"
TURNS = 3


def measure(size):
    """Copies of both databases, in turns; copying is not timed."""

    def installing(source):
        def install():
            build.copy(source, SCRATCH)
            os.sync()  # what the copy left to be written is not the installation's
            started = time.perf_counter()
            build.install(SCRATCH)
            return time.perf_counter() - started

        return install

    with step("Installing the addon"):
        seconds = interleaved(
            {
                "filled": installing(build.name_of(size, "_without")),
                "empty": installing(build.EMPTY),
            },
            TURNS,
            warm_up=0,
        )
        build.drop(SCRATCH)
    return comparison("install", seconds, "filled", "empty", 1.2)
