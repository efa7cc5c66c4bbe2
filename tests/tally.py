"""What the tests tried and lost, said at the end of the run.

A test that tries many things says how many: ``tell("fuzz: 10,000 rows, 0 lost")``.
"""

import pytest

_told = []


def tell(line):
    """Show a line in the summary at the end of the run, once."""
    if line not in _told:
        _told.append(line)


def pytest_sessionfinish(session):
    """pytest's hook: one of several processes hands over what it has to say."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["told"] = _told


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """pytest-xdist's hook: one of several processes has ended."""
    for line in getattr(node, "workeroutput", {}).get("told", ()):
        tell(line)


def pytest_terminal_summary(terminalreporter):
    """pytest's hook: this module is a plugin too (setup.cfg)."""
    if _told:
        terminalreporter.section("what was tried")
        for line in _told:
            terminalreporter.write_line(line)
