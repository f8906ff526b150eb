"""Sixty-four clients that write at once: nobody is told 5xx, and what was answered is there, also after `kill -9`.

SECONDS_OF_LOAD=60 is the long run (`make reliability`); the suite writes for a few seconds.
"""

import json
import signal
import threading
import time
from contextlib import closing
from itertools import cycle
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from tests.resilience.load import SECONDS, Client, GoesOn, Told, counted, say, together
from tests.support.installation import Installation
from tests.support.running import Running, running

pytestmark = pytest.mark.xdist_group("load")

CLIENTS = 64
BOOKS = 2_000
MAKE = f"""
import json
from books.models import Book
from users.models import Token, User
books = [book.pk for book in Book.objects.bulk_create(Book(title=f"Odes {{n}}") for n in range({BOOKS}))]
people = [User.objects.create_user(f"writer{{n}}@example.org", name="Writer") for n in range({CLIENTS})]
print(json.dumps([books, [Token.objects.create(user=user)[1] for user in people]]))
"""


class Writers:
    """Each registers people, and saves books of the catalogue to a shelf of its own, as fast as it is answered."""

    def __init__(self, installed: Installation) -> None:
        self.installed = installed
        self.books, self.tokens = json.loads(installed.manage("shell", "-v", "0", "-c", MAKE).stdout)
        self.lock = threading.Lock()
        self.told: list[Told] = []
        self.users: dict[int, str] = {}  # what they were registered with
        self.entries: dict[int, str] = {}  # with the token of whose they are

    def write(self, address: str) -> None:
        def work(number: int, goes_on: GoesOn) -> None:
            with closing(Client(address)) as client:
                self._work(client, self.tokens[number], goes_on)

        together(CLIENTS, SECONDS, work)

    def _work(self, client: Client, token: str, goes_on: GoesOn) -> None:
        for book in cycle(self.books):
            if not goes_on():
                return
            email = f"{uuid4().hex}@example.org"
            user = client.ask("POST", "/api/users", {"name": "New", "email": email, "age": 30})
            entry = client.ask("POST", "/api/library", {"book": book}, token)
            with self.lock:
                self.told += [user, entry]
                if user[0] == 201:
                    self.users[user[1]["id"]] = email
                if entry[0] == 201:
                    self.entries[entry[1]["id"]] = token
            if not user[0]:
                time.sleep(0.05)  # the server is away

    def refuse_lost_writes(self, address: str) -> None:
        """By the API, a part of them; and all in the database, past it."""
        with closing(Client(address)) as client:
            for pk, email in list(self.users.items())[:: max(1, len(self.users) // 200)]:
                assert client.ask("GET", f"/api/users/{pk}")[1]["email"] == email
            for pk, token in list(self.entries.items())[:: max(1, len(self.entries) // 200)]:
                assert client.ask("GET", f"/api/library/{pk}", token=token)[0] == 200
        stored = dict(self.installed.query("SELECT id, email FROM users_user"))
        assert self.users.items() <= stored.items()
        assert set(self.entries) <= {row[0] for row in self.installed.query("SELECT id FROM users_libraryentry")}
        assert self.users
        assert self.entries


@pytest.fixture
def environment(installation: Installation) -> dict[str, str]:
    return {"DATABASE_URL": installation.environment["DATABASE_URL"], "LOG_LEVEL": "WARNING"}


def test_nobody_is_told_5xx_and_nothing_is_lost(
    installation: Installation, tmp_path: Path, environment: dict[str, str]
) -> None:
    writers = Writers(installation)
    with running("serve", tmp_path, **environment) as started:
        started.line_with("Colophon serves on")
        writers.write(started.address)

        assert set(counted(writers.told)) <= {200, 201}, counted(writers.told)
        writers.refuse_lost_writes(started.address)
    say(f"{CLIENTS} writers, {SECONDS:.0f} s: {len(writers.users)} users and {len(writers.entries)} entries, all there")


def test_what_was_answered_outlives_kill_9(
    installation: Installation, tmp_path: Path, environment: dict[str, str]
) -> None:
    writers = Writers(installation)
    with running("serve", tmp_path, **environment) as started:
        started.line_with("Colophon serves on")
        killer = threading.Timer(SECONDS / 2, kill_server, [started])
        killer.start()
        writers.write(started.address)
        killer.join()

        statuses = counted(writers.told)
        assert set(statuses) <= {0, 200, 201}, statuses
        assert statuses[0]

    with running("serve", tmp_path, **environment) as again:
        again.line_with("Colophon serves on")
        writers.refuse_lost_writes(again.address)
    say(f"killed after {SECONDS / 2:.0f} s: {len(writers.users)} users and {len(writers.entries)} entries, all there")


def kill_server(started: Running) -> None:
    """The web server alone, its worker process too."""
    for process in psutil.Process(started.process.pid).children(recursive=True):
        if "config.rsgi:application" in process.cmdline():
            process.send_signal(signal.SIGKILL)
