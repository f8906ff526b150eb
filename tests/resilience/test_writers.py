"""Concurrent writers: no 5xx response, and no acknowledged write is lost, even after `kill -9` of the server.

`make reliability` runs them for SECONDS_OF_LOAD=60.
"""

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import cycle
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from tests.resilience.load import SECONDS, Client, Response, ShouldContinue, count_statuses, report_figures, run_clients
from tests.support.installation import Installation
from tests.support.service_process import ServiceProcess, run_service

pytestmark = [pytest.mark.xdist_group("load"), pytest.mark.slow]

CLIENTS = 64
BOOKS = 2_000
CREATE_ROWS = f"""
import json
from books.models import Book
from users.models import Token, User
books = [book.pk for book in Book.objects.bulk_create(Book(title=f"Odes {{n}}") for n in range({BOOKS}))]
users = [User.objects.create_user(f"writer{{n}}@example.org", name="Writer") for n in range({CLIENTS})]
print(json.dumps([books, [Token.objects.create(user=user)[1] for user in users]]))
"""


class Writers:
    """Clients that register users, and save books to a library of their own, without a pause between requests."""

    def __init__(self, installed: Installation) -> None:
        self.installed = installed
        self.books, self.tokens = json.loads(installed.manage("shell", "-v", "0", "-c", CREATE_ROWS).stdout)
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.responses: list[Response] = []
        self.users: dict[int, str] = {}  # e-mail address by id, of acknowledged registrations
        self.entries: dict[int, str] = {}  # token of the owner by id, of acknowledged library entries

    def run(self, address: str, clients: int, seconds: float) -> None:
        def work(number: int, should_continue: ShouldContinue) -> None:
            with closing(Client(address)) as client:
                self._write(client, self.tokens[number], should_continue)

        run_clients(clients, seconds, work)

    def _write(self, client: Client, token: str, should_continue: ShouldContinue) -> None:
        for book in cycle(self.books):
            if self.stop.is_set() or not should_continue():
                return
            email = f"{uuid4().hex}@example.org"
            user = client.request("POST", "/api/users", {"name": "New", "email": email, "age": 30})
            entry = client.request("POST", "/api/library", {"book": book}, token)
            with self.lock:
                self.responses += [user, entry]
                if user[0] == 201:
                    self.users[user[1]["id"]] = email
                if entry[0] == 201:
                    self.entries[entry[1]["id"]] = token
            if not user[0]:
                time.sleep(0.05)  # the server is down

    def assert_nothing_lost(self, address: str) -> None:
        """Checks about 200 rows of each kind through the API, and all rows in the database."""
        with closing(Client(address)) as client:
            for pk, email in list(self.users.items())[:: max(1, len(self.users) // 200)]:
                assert client.request("GET", f"/api/users/{pk}")[1]["email"] == email
            for pk, token in list(self.entries.items())[:: max(1, len(self.entries) // 200)]:
                assert client.request("GET", f"/api/library/{pk}", token=token)[0] == 200
        stored = dict(self.installed.query("SELECT id, email FROM users_user"))
        assert self.users.items() <= stored.items()
        assert set(self.entries) <= {row[0] for row in self.installed.query("SELECT id FROM users_libraryentry")}
        assert self.users
        assert self.entries

    def __str__(self) -> str:
        return f"{len(self.users)} users and {len(self.entries)} entries, all stored"


@contextmanager
def serve(installation: Installation, folder: Path) -> Iterator[ServiceProcess]:
    database_url = installation.environment["DATABASE_URL"]
    with run_service("serve", folder, DATABASE_URL=database_url, LOG_LEVEL="WARNING") as service:
        service.wait_for_line("Colophon serves on")
        yield service


def test_concurrent_writes_all_succeed(installation: Installation, tmp_path: Path) -> None:
    writers = Writers(installation)
    with serve(installation, tmp_path) as service:
        writers.run(service.address, CLIENTS, SECONDS)

        statuses = count_statuses(writers.responses)
        assert set(statuses) <= {200, 201}, statuses
        writers.assert_nothing_lost(service.address)
    report_figures(f"{CLIENTS} writers, {SECONDS:.0f} s: {writers}")


def test_acknowledged_writes_survive_kill_9(installation: Installation, tmp_path: Path) -> None:
    writers = Writers(installation)
    with serve(installation, tmp_path) as service:
        killer = threading.Thread(target=kill_during_writes, args=(service, writers))
        killer.start()
        writers.run(service.address, CLIENTS, SECONDS + 30)
        killer.join()

        statuses = count_statuses(writers.responses)
        assert set(statuses) <= {0, 200, 201}, statuses
        assert statuses[0]

    with serve(installation, tmp_path) as restarted:
        writers.assert_nothing_lost(restarted.address)
    report_figures(f"killed after {SECONDS / 2:.0f} s of writes: {writers}")


def kill_during_writes(service: ServiceProcess, writers: Writers) -> None:
    """Kills the server SECONDS / 2 after the first acknowledged writes, then stops the writers."""
    while not (writers.users and writers.entries):
        time.sleep(0.02)
    time.sleep(SECONDS / 2)
    kill_server(service)
    time.sleep(0.3)  # the writers notice that the connection failed
    writers.stop.set()


def kill_server(service: ServiceProcess) -> None:
    """Kills the web server and its worker process; scripts/run.py and the background worker stay alive."""
    for process in psutil.Process(service.process.pid).children(recursive=True):
        if "config.rsgi:application" in process.cmdline():
            process.send_signal(signal.SIGKILL)
