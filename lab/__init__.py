"""Experiments with the addon: what it costs (bench) and what it survives (faults).

``dev/bench`` and ``dev/test --faults`` run them, with what ``dev/_env`` sets up.
"""
