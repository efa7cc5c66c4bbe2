"""A primary of PostgreSQL and a streaming replica of it, on loopback, for a while.

They are apart from the project's own server, which others use meanwhile and whose
settings know no replica. Each writes every statement it is given into its log: that is
how it is known where something ran.
"""

import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter, defaultdict
from pathlib import Path

from _env import odoo, postgres, process, state
from _env.console import Failure
from _env.paths import STATE, shown

FOLDER = STATE / "replica"
HOST = "127.0.0.1"
ADMIN, REPLICATOR = "postgres", "replicator"
WAIT_SECONDS = 60
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 128MB
max_wal_size = 2GB
wal_level = replica
wal_keep_size = 1GB
hot_standby = on
hot_standby_feedback = on
wal_retrieve_retry_interval = 200ms
fsync = off
log_statement = all
log_line_prefix = '@@%a %p@@ '
"""
STATEMENT = re.compile(
    r"^@@(\S*) (\d+)@@ LOG:  statement:[\s(]*(\w+)((?:.|\n(?!@@))*)", re.MULTILINE
)
# What a connection says to itself, whatever is asked.
TALK = {"ABORT", "BEGIN", "COMMIT", "RESET", "ROLLBACK", "SET", "SHOW"}
TALK |= {"DISCARD", "RELEASE", "SAVEPOINT"}
# A message to a browser, and the call to fetch it.
MESSAGE = re.compile(r'INTO "bus_bus"|"pg_notify"')
# The tables of our log and its chain, where it is noted before a read who reads.
LOG = {"pso_log", "pso_log_link", "pso_log_head"}
# What a statement reads and writes: not the row that it makes itself, by its name.
TABLE = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE)\s+"?(\w+)"?')
# Odoo's question whether a table is there.
CATALOGUE = {"pg_class"}


def free_ports(count):
    """Ports that nobody listens on just now."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]


class Server:
    """One server: its data folder, its port, and what it was told."""

    def __init__(self, name, port, password, folder=FOLDER):
        self.name, self.port, self.password = name, port, password
        self.folder = folder
        self.data = folder / name
        self.log = folder / f"{name}.log"

    def environment(self, user=ADMIN):
        """With which libpq finds it."""
        return process.environment(
            PGHOST=HOST, PGPORT=self.port, PGUSER=user, PGPASSWORD=self.password
        )

    def initialise(self, settings):
        """Make the data folder."""
        data, secret = self.data, self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        data.mkdir()
        if os.geteuid() == 0:
            os.chown(data, *postgres.unprivileged())
        process.logged(
            [*postgres.as_server(), postgres.binaries() / "initdb", "--pgdata", data]
            + [f"--username={ADMIN}", "--auth=scram-sha-256", f"--pwfile={secret}"]
            + ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            f"initdb-{self.folder.name}",
            failure=f"PostgreSQL could not make a data folder for the {self.name}.",
        )
        with (data / "postgresql.conf").open("a") as file:
            file.write(settings)

    def add_role(self, role, right):
        self.psql(f"CREATE ROLE {role} LOGIN {right} PASSWORD '{self.password}'")

    def take_over(self, database):
        """A database of the project's own server, by dump and restore: that goes on."""
        dump = self.folder / "dump"
        process.logged(
            [postgres.binaries() / "pg_dump", "--format=custom", "--compress=0"]
            + [f"--file={dump}", "--no-owner", database],
            "pg_dump",
            failure="The database could not be dumped.",
            env=process.environment(**postgres.connection()),
        )
        self.run("createdb", database, user=postgres.ROLE)
        self.run(
            *("pg_restore", "--jobs=2", "--no-owner", f"--dbname={database}"),
            *("--no-comments", dump),
            user=postgres.ROLE,
        )
        self.psql("ANALYZE", database)
        dump.unlink()

    def start(self):
        options = f"-p {self.port}"
        if self._control("start", "--wait", f"--log={self.log}", "-o", options) is None:
            raise Failure(f"The {self.name} did not start: see {shown(self.log)}")

    def is_running(self):
        return self._control("status") is not None

    def stop(self, mode="fast"):
        self._control("stop", f"--mode={mode}", "--wait")

    def kill(self):
        """As by a loss of power: no process of it says goodbye."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        for number in (postmaster, *_children(postmaster)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        _wait(lambda: not Path(f"/proc/{postmaster}").exists(), "end of the server")

    def run(self, program, *arguments, user=ADMIN):
        """A program of PostgreSQL against this server; what it prints."""
        command = [postgres.binaries() / program, *map(str, arguments)]
        output = process.output(command, env=self.environment(user))
        if output is None:
            raise Failure(f"{program} failed at the {self.name}.")
        return output

    def psql(self, sql, database="postgres", user=ADMIN):
        options = ("-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, database)
        return self.run("psql", *options, user=user).splitlines()

    def said(self):
        """The length of the log, to read on from."""
        return self.log.stat().st_size

    def statements(self, since):
        """How many statements of each kind Odoo gave it since: ``{"SELECT": 3}``.

        Without those of a message to the user on how far long work is, and of a note
        in the log of who reads: they have transactions of their own on the primary,
        wherever the work runs.
        """
        with self.log.open("rb") as file:
            file.seek(since)
            text = file.read().decode(errors="replace")
        found, open_ones = Counter(), defaultdict(list)
        for application, connection, word, rest in STATEMENT.findall(text):
            verb = word.upper()
            if not application.startswith("odoo"):
                continue
            if verb not in TALK:
                open_ones[connection].append((verb, rest))
            elif verb in ("BEGIN", "COMMIT", "ROLLBACK"):
                found.update(_without_messages(open_ones.pop(connection, [])))
        for statements in open_ones.values():
            found.update(_without_messages(statements))
        return found

    def _control(self, action, *options):
        command = [postgres.binaries() / "pg_ctl", action, "--pgdata", self.data]
        return process.output(
            [*postgres.as_server(), *command, "--silent", *options],
            env=self.environment(),
        )


def _without_messages(statements):
    """The verbs of one transaction, none if it sends a message or is but a note."""
    if any(MESSAGE.search(rest) for _verb, rest in statements):
        return []
    if _is_note(statements):
        return []
    return [verb for verb, _rest in statements]


def _is_note(statements):
    """Whether one transaction writes into the log, and looks at nothing else."""
    tables = {
        name
        for verb, rest in statements
        for name in TABLE.findall(f"{verb} {rest}")
        if name.upper() != "SET"  # ON CONFLICT DO UPDATE SET
    }
    return bool(tables & LOG) and tables <= LOG | CATALOGUE


def _children(parent):
    """The processes that a process started."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                yield int(status.parent.name)


def _wait(is_so, what, seconds=WAIT_SECONDS):
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise Failure(f"Waited in vain for the {what}.")
        time.sleep(0.05)


class Pair:
    """A primary with a copy of a database, and its replica."""

    def __init__(self, database):
        primary, replica = free_ports(2)
        password = secrets.token_urlsafe()
        self.database = database
        self.primary = Server("primary", primary, password)
        self.replica = Server("replica", replica, password)

    def make(self):
        """Start both, with a copy of the database of the project's own server."""
        self.primary.initialise(SETTINGS)
        self.primary.start()
        self.primary.add_role(postgres.ROLE, "CREATEDB")
        self.primary.add_role(REPLICATOR, "REPLICATION")
        self.primary.take_over(self.database)
        self._back_up()
        self.replica.start()
        self.catch_up()

    def _back_up(self):
        process.logged(
            [*postgres.as_server(), postgres.binaries() / "pg_basebackup"]
            + ["--pgdata", self.replica.data, "--wal-method=stream"]
            + ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"],
            "pg_basebackup",
            failure="The replica could not be made.",
            env=self.primary.environment(REPLICATOR),
        )

    def catch_up(self):
        """Wait until the replica has all that the primary has."""
        [position] = self.primary.psql("SELECT pg_current_wal_lsn()")
        sql = f"SELECT pg_last_wal_replay_lsn() >= '{position}'"
        _wait(lambda: self.replica.psql(sql) == ["t"], "replica to catch up")

    @contextlib.contextmanager
    def lagging(self):
        """The replica stays as it is now, whatever the primary does."""
        self.catch_up()
        self.replica.psql("SELECT pg_wal_replay_pause()")
        try:
            yield
        finally:
            self.replica.psql("SELECT pg_wal_replay_resume()")
            self.catch_up()

    @contextlib.contextmanager
    def reads_waiting(self, table):
        """Reads of a table at the replica wait, as the primary has it locked.

        Yields a function that returns when a read of Odoo waits, or there is none:
        it takes a function that says so.
        """
        with process.start(
            [postgres.binaries() / "psql", "-Xq", self.database],
            env=self.primary.environment(),
            stdin=subprocess.PIPE,
            text=True,
        ) as session:
            session.stdin.write(f"BEGIN; LOCK TABLE {table};\n")
            session.stdin.flush()
            held = (
                "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'"
                f" AND relation::regclass::text = '{table}'"
            )

            def is_held_there():
                # A lock alone is sent when the server has nothing else to do.
                self.primary.psql("SELECT pg_switch_wal()")
                return self.replica.psql(held, self.database) == ["1"]

            _wait(is_held_there, "lock to reach the replica")
            waiting = (
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND application_name LIKE 'odoo%'"
            )
            try:
                yield lambda is_over: _wait(
                    lambda: is_over() or self.replica.psql(waiting) != ["0"],
                    "read to begin",
                )
            finally:
                session.stdin.close()

    def remove(self):
        """Stop both and leave nothing."""
        for server in (self.replica, self.primary):
            if server.data.exists():
                server.stop("immediate")
        shutil.rmtree(FOLDER, ignore_errors=True)


@contextlib.contextmanager
def pair(database):
    """A primary with a copy of a database, and a replica; gone afterwards."""
    with state.lock("replica", "using a replica"):
        remove_leftovers()
        FOLDER.mkdir(parents=True)
        both = Pair(database)
        try:
            both.make()
            yield both
        finally:
            with undisturbed():
                both.remove()


@contextlib.contextmanager
def undisturbed():
    """Whatever asks us to end once more waits."""
    endings = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(ending, signal.SIG_IGN) for ending in endings]
    try:
        yield
    finally:
        for ending, handler in zip(endings, before, strict=True):
            signal.signal(ending, handler)


def remove_leftovers(folder=FOLDER, names=("replica", "primary")):
    """What a killed run has left: servers that still run, and their folders."""
    for name in names:
        server = Server(name, 0, "", folder)
        if (server.data / "postmaster.pid").exists():
            server.stop("immediate")
    shutil.rmtree(folder, ignore_errors=True)


def configure(folder, database, server, port, **options):
    """A configuration of Odoo over a server, with a copy of the database's files.

    :return: the environment in which Odoo finds it, and no other way to a server
    """
    config, data = folder / "odoo.conf", folder / "data"
    own = {
        "data_dir": data,
        "db_host": HOST,
        "db_port": server.port,
        "db_user": postgres.ROLE,
        "db_password": server.password,
        "max_cron_threads": 0,
        "http_port": port,
        **options,
    }
    lines = odoo.CONFIG.read_text().splitlines()
    lines = [line for line in lines if line.partition(" = ")[0] not in own]
    lines += [f"{name} = {value}" for name, value in own.items()]
    config.touch(mode=0o600)
    config.write_text("\n".join([*lines, ""]))
    files = odoo.FILESTORE / database
    if files.exists():
        target = data / "filestore" / database
        shutil.copytree(files, target, copy_function=os.link, dirs_exist_ok=True)
    nothing = dict.fromkeys(("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"))
    return {"ODOO_RC": config, **nothing}
