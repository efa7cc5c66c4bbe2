"""Odoo over a PostgreSQL of its own, both there to be killed."""

import contextlib
import http.client
import os
import secrets
import shutil
import time

from _env import odoo, postgres, process, state
from _env.console import Failure
from _env.paths import LOGS, STATE, shown

from lab.bench import build, cluster
from lab.bench.webclient import Refused, WebClient

FOLDER = STATE / "faults"
SERVER = "faults"
SIZE = 0.01  # of the company, as the benchmark has it
START_SECONDS = 120
# What a dead server answers; the web client would say that the connection is lost.
LOST = (Refused, Failure, http.client.HTTPException, ValueError)
# Committed is committed: what the operating system has survives the server.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 128MB
max_wal_size = 2GB
wal_level = minimal
max_wal_senders = 0
fsync = off
"""
TEMPLATE = "template_of_faults"
OF_ODOO = "application_name LIKE 'odoo%'"


class Site:
    """A PostgreSQL server, a database in it, and Odoo's server and users."""

    def __init__(self):
        port, self.port = cluster.free_ports(2)
        self.password = secrets.token_urlsafe()
        self.server = cluster.Server(SERVER, port, self.password, FOLDER)
        self.log = LOGS / "faults-odoo.log"  # it stays
        self.log.unlink(missing_ok=True)
        self.clients, self.ids = {}, {}
        self.odoo = self.busy = None  # the web server, and a command beside it

    # -- PostgreSQL ----------------------------------------------------------

    def make(self):
        self.server.initialise(SETTINGS)
        self.server.start()
        self.server.add_role(postgres.ROLE, "CREATEDB")

    def sql(self, query, database=None):
        """The rows of a query, as lines of columns separated by ``|``."""
        return self.server.psql(query, database or self.database)

    def copy(self, source, name):
        """A database like another one, with its files."""
        self.drop(name)
        # Copied by the log, a sequence would fall back when PostgreSQL is killed.
        create = f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY"
        self.server.psql(f"{create} OWNER {postgres.ROLE}")
        files = FOLDER / "data/filestore"
        if (files / source).exists():
            shutil.copytree(files / source, files / name, copy_function=os.link)

    def drop(self, name):
        self.server.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        shutil.rmtree(FOLDER / "data/filestore" / name, ignore_errors=True)

    def backends(self):
        """The processes of PostgreSQL that work for Odoo."""
        query = f"SELECT pid FROM pg_stat_activity WHERE {OF_ODOO}"
        return list(map(int, self.server.psql(query)))

    def answers(self):
        with contextlib.suppress(Failure):
            return self.server.psql("SELECT 1") == ["1"]
        return False

    # -- Odoo ----------------------------------------------------------------

    def configure(self, database):
        """Have Odoo find a database, which is here already."""
        self.database = database
        self.environment = cluster.configure(FOLDER, database, self.server, self.port)

    def task(self, module, *arguments):
        return build.task(module, *arguments, **self.environment)

    def command(self, *arguments, **options):
        """A process of Odoo, with its output in the log."""
        with self.log.open("a") as file:
            return process.start(
                odoo.command(*arguments),
                stdout=file,
                stderr=file,
                env=odoo.environment(**self.environment),
                **options,
            )

    def start_odoo(self):
        names = ("--database", self.database, "--db-filter", f"^{self.database}$")
        self.odoo = self.command("server", *names)

    def kill_odoo(self):
        if self.odoo:
            self.odoo.kill()
            self.odoo.wait()
            self.odoo = None

    def client(self, login):
        if login not in self.clients:
            client = WebClient(f"http://{cluster.HOST}:{self.port}", self.database)
            client.log_in(login, self.password)
            self.clients[login] = client
        return self.clients[login]

    def revive(self):
        """Have both there again, and nothing of before still at work."""
        self.revive_postgres()
        if self.odoo is None or self.odoo.poll() is not None:
            self.kill_odoo()
            self.wait_until_quiet()
            self.start_odoo()
        _wait(self._is_there, "Odoo", self.log)

    def revive_postgres(self):
        if not self.server.is_running():
            self.server.start()
        _wait(self.answers, "PostgreSQL", self.server.log)

    def wait_until_quiet(self):
        """A process of PostgreSQL may go on for a while when its client is dead."""
        _wait(lambda: not self.backends(), "the end of sessions", self.server.log)

    def victim(self):
        """What is killed as Odoo."""
        return self.busy or self.odoo

    def _is_there(self):
        if self.odoo.poll() is not None:
            raise Failure(f"Odoo ended: see {shown(self.log)}")
        with contextlib.suppress(*LOST):
            for login in self.clients or ["first"]:
                self.client(login).call("res.users", "context_get")
            return True
        return False

    def restore(self):
        """The database as it was when it had been prepared; Odoo connects anew."""
        self.revive_postgres()
        self.copy(TEMPLATE, self.database)
        self.revive()

    def remove(self):
        self.kill_odoo()
        if self.server.data.exists():
            self.server.stop("immediate")
        shutil.rmtree(FOLDER, ignore_errors=True)


def _wait(is_so, what, log):
    deadline = time.monotonic() + START_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise Failure(f"Waited in vain for {what}: see {shown(log)}")
        time.sleep(0.05)


@contextlib.contextmanager
def site():
    """A site that is gone afterwards; what a killed run has left goes first."""
    with state.lock("faults", "killing servers"):
        cluster.remove_leftovers(FOLDER, [SERVER])
        FOLDER.mkdir(parents=True)
        made = Site()
        try:
            made.make()
            yield made
        finally:
            with cluster.undisturbed():
                made.remove()
