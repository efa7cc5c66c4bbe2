"""What the tests tried and lost, said at the end of the run.

A test that tries many things says how many: ``tell("fuzz: 10,000 rows, 0 lost")``.
"""

_told = []


def tell(line):
    """Show a line in the summary at the end of the run, once."""
    if line not in _told:
        _told.append(line)


def pytest_terminal_summary(terminalreporter):
    """pytest's hook: this module is a plugin too (setup.cfg)."""
    if _told:
        terminalreporter.section("what was tried")
        for line in _told:
            terminalreporter.write_line(line)
