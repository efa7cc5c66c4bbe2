"""Timing things against each other in one run, so that only ratios are told."""

import gc
import statistics
import time

WARM_UP = 2


def interleaved(cases, repetitions, warm_up=WARM_UP):
    """Time cases in turns, each turn beginning with another one.

    What else the machine does then falls on all of them alike.

    :param cases: ``{name: function}``; one that returns a number has timed itself
    :return: ``{name: [seconds]}``
    """
    names = list(cases)
    seconds = {name: [] for name in names}
    for turn in range(-warm_up, repetitions):
        start = turn % len(names)
        for name in names[start:] + names[:start]:
            took = _timed(cases[name])
            if turn >= 0:
                seconds[name].append(took)
    return seconds


def _timed(case):
    gc.collect()
    started = time.perf_counter()
    own = case()
    took = time.perf_counter() - started
    return own if isinstance(own, float) else took


def comparison(key, seconds, over, under, most, **more):
    """A line of the table: the median of one case over that of another."""
    median = medians(seconds)
    return {
        "key": key,
        "ratio": median[over] / median[under],
        "most": most,
        "seconds": median,
        "repetitions": len(seconds[over]),
        **more,
    }


def medians(seconds):
    return {name: statistics.median(values) for name, values in seconds.items()}
