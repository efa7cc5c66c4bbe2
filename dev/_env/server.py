"""Odoo's web client for the demo company."""

import http.client
import socket
import time

from . import database, odoo, process
from .console import Failure, say, step
from .paths import LOGS, shown

HOST = "127.0.0.1"
LOGINS = {
    "pso": "PSO coordinator: measurements, rule book, export",
    "hr": "HR: statuses and the persons behind the figures",
    "inkoop": "purchase: certificates, social orders and bills",
    "financien": "accountant: bills, certificates, supplier figures",
    "directie": "management: the totals",
    "medewerker": "employee: nothing of PSO",
    "admin": "administrator",
}
START_SECONDS = 120


def require_port(port):
    """Fail early: the set-up before the port is needed can take minutes."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Failure(
                f"Port {port} cannot be used ({error.strerror}):"
                " choose another with --port."
            ) from None


def serve(port):
    """Serve until Ctrl-C."""
    command = odoo.command(
        *("server", "--database", database.DEMO, "--db-filter", f"^{database.DEMO}$"),
        *("--http-port", str(port)),
    )
    log = LOGS / "server.log"
    with (
        log.open("w") as file,
        process.start(
            command, stdout=file, stderr=file, env=odoo.environment()
        ) as server,
    ):
        try:
            with step("Web client"):
                _wait_until_ready(server, port, log)
            _say_how_to_log_in(port)
            server.wait()
        except KeyboardInterrupt:
            say("\nStopping.")
        finally:
            server.terminate()


def _wait_until_ready(server, port, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        if _answers(port):
            return
        time.sleep(0.2)
    raise Failure(f"The web client did not start: see {shown(log)}")


def _answers(port):
    """Whether the login page is there; asking for it also has its styles built."""
    connection = http.client.HTTPConnection(HOST, port, timeout=START_SECONDS)
    try:
        connection.request("GET", "/web/login")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _say_how_to_log_in(port):
    say(f"\nhttp://{HOST}:{port}  (Ctrl-C stops it; the password is the login)\n")
    for login, role in LOGINS.items():
        say(f"  {login:<12}{role}")
