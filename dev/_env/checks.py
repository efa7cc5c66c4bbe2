"""Everything that is checked before a change is good.

A check prints the command it runs and what that says, and returns whether all is well.
"""

import functools
import re
import shlex
from pathlib import Path

from . import database, odoo, process, report, source, venv
from .console import Failure, say
from .paths import ADDON, CACHE, INSIDE, LOGS, ROOT, shown

# Program: Debian package. For the browser tests, the PDF, and the workbook.
PROGRAMS = {
    "chromium": "chromium",
    "pdftotext": "poppler-utils",
    "soffice": "libreoffice-calc-nogui",
    "wkhtmltopdf": "wkhtmltopdf",
}
# Those of core's lint tests that look at an addon. The others test the linters
# themselves, look at core alone, need eslint, repeat pylint-odoo (pylint), or read all
# of the folder that the addon is in, .dev/ included (markers).
CORE_LINT = [
    "dunderinit",
    "i18n",
    "index",
    "jstranslate",
    "manifests",
    "naming",
    "onchange_domains",
    "override_signatures",
    "pofile",
    "routes",
]
# These fail if a field of an addon betrays what hr hides from an ordinary user.
CORE_ACCESS = ["self_user_access", "payroll_fields_access"]
# Of account, what concerns rights: other users, portal, branches, attachments, locks.
ACCOUNT_ACCESS = [
    "account_account",
    "account_lock_exception",
    "account_move_attachment",
    "account_partner",
    "account_to_check",
    "audit_trail",
    "company_branch",
    "download_docs",
    "duplicate_res_partner_bank",
    "mail_tracking_value",
    "portal_attachment",
    "portal_invoice",
    "product",
    "res_partner_merge",
]
# Without our addon it fails as well, with the libraries that Debian has.
FAILS_ANYWAY = "test_01_portal_attachment"
# The heart of it, of which none needs a browser or tries each of many ways: pure
# functions first, then the score and the records that it is made from.
QUICK_TESTS = [
    *("picture", "score", "suppression", "storeys"),
    *("anniversary", "certificate", "columns", "daily_hr", "edition_file"),
    *("hr", "integrity", "measurement", "purchase", "refunds"),
    *("report_ids", "rule_book", "status", "trace", "two_factor"),
]
# These try more when PSO_LONG is set.
LONG_TESTS = [
    *("fuzz_import", "mutants", "probe", "properties", "random_bills", "upgrade"),
]
# Each needs half a gigabyte, and a browser now and then.
MOST_AT_ONCE = 4
LOG_PROBLEM = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")


def _passes(*command, **variables):
    words = [shown(word) if isinstance(word, Path) else word for word in command]
    settings = [f"{name}={value}" for name, value in variables.items()]
    say(f"\n$ {shlex.join([*settings, *words])}")
    environment = odoo.environment(**variables)
    return not process.foreground(command, cwd=ROOT, env=environment)


def pytest(*arguments, **variables):
    return _passes(venv.PYTHON, "-m", "pytest", *arguments, **variables)


def tests(*files, **variables):
    """Tests, class by class over the processors, each with a copy of the database."""
    spread = ["--numprocesses=auto", f"--maxprocesses={MOST_AT_ONCE}"]
    by_class = ["--dist=loadscope", "--no-loadscope-reorder"]
    return pytest(*spread, *by_class, *files, **variables)


def _files(names):
    return [ROOT / f"tests/test_{name}.py" for name in names]


def quick_tests():
    return tests(*_files(QUICK_TESTS))


def installation():
    """Odoo warns in its log where others would fail: unknown fields, bad views."""
    logs = [LOGS / f"{database.TEST}{part}.log" for part in ("", "-demo")]
    say(f"\n$ look for warnings in {' '.join(map(shown, logs))}")
    problems = [
        line
        for log in logs
        for line in log.read_text(encoding="utf-8").splitlines()
        if LOG_PROBLEM.match(line)
    ]
    for line in problems:
        say(line)
    return not problems


def translations(action="check"):
    """Compare the translation files with the terms that Odoo finds in the addon."""
    exported = CACHE / "exported.pot"
    process.logged(
        odoo.command("i18n", "export", "--database", database.TEST)
        + ["--languages", "pot", "--output", exported, ADDON.name],
        "i18n",
        env=odoo.environment(),
    )
    return _passes(
        venv.PYTHON, INSIDE / "translations.py", action, exported, ADDON / "i18n"
    )


def score():
    """What dev/run shows: the score and the workbook of the demo company."""
    say(f"\n$ the score of the demo company in {database.TEST}")
    try:
        report.show(database.TEST, "nl_NL")
    except Failure as failure:
        say(failure)
        return False
    return True


def core_checks():
    tree = source.ensure()
    files = [
        *(tree.addon("test_lint") / f"tests/test_{name}.py" for name in CORE_LINT),
        *(tree.addon("hr") / f"tests/test_{name}.py" for name in CORE_ACCESS),
    ]
    return pytest("--quiet", *files)


def core_suites():
    tree = source.ensure()
    account = tree.addon("account") / "tests"
    suites = [
        *(tree.addon(name) / "tests" for name in ("hr", "purchase")),
        *(account / f"test_{name}.py" for name in ACCOUNT_ACCESS),
    ]
    others = f"not {FAILS_ANYWAY}"
    return pytest("--quiet", "-p", "no:strict", "-k", others, *suites)


def long_tests():
    """The tests that try more where they may take long."""
    return tests(*_files(LONG_TESTS), PSO_LONG=1)


def _command(*command):
    return functools.partial(_passes, *command)


# Checks of the OCA's module layout, and of a style that core's own files do not have.
_NOT_OURS = [
    "prefer-readme-rst",
    "weblate-component-too-long",
    "xml-field-numeric-without-eval",
    "xml-header-missing",
    "xml-header-wrong",
]
_CODE = ["pso_odoo", "tests", "dev", "lab"]
LINTERS = {
    "ruff check": _command("ruff", "check", *_CODE),
    "ruff format": _command("ruff", "format", "--check", *_CODE),
    "pylint": _command("pylint", "pso_odoo"),
    "oca-checks-odoo-module": _command(
        "oca-checks-odoo-module", f"--disable={','.join(_NOT_OURS)}", "pso_odoo"
    ),
    "oca-checks-po": _command(
        "oca-checks-po", "--disable=po-pretty-format", "pso_odoo/i18n/nl.po"
    ),
}
QUICK = {**LINTERS, "quick tests": quick_tests}
EVERYTHING = {
    **LINTERS,
    "installation": installation,
    "translations": translations,
    "score": score,
    "core's checks": core_checks,
    "tests": tests,
}
CORE_SUITES = {"core's suites": core_suites}
LONG = {"long tests": long_tests}
