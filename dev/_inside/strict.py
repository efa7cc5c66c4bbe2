"""A pytest plugin: what Odoo's own runner fails on, and pytest would let pass."""

import logging

import pytest

OPTIONAL = "optional: "  # begins the reason of a skip that is meant
LINT = "odoo.addons.test_lint"  # warns where it should fail


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _without_silent_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _without_silent_skip((yield))


def _without_silent_skip(report):
    """Fail on a skip: most often something that the test needs is missing."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not reason.startswith(OPTIONAL):
            report.outcome = "failed"
            report.longrepr = f'skipped without "{OPTIONAL}": {reason}'
    return report


@pytest.fixture(autouse=True)
def _no_errors_in_the_log(caplog):
    """Fail on an error that is logged and not expected (assertLogs, mute_logger)."""
    yield
    errors = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.ERROR
        or record.levelno == logging.WARNING
        and record.name.startswith(LINT)
    ]
    if errors:
        pytest.fail("\n".join(["logged:", *errors]), pytrace=False)
