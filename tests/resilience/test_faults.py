"""Parts that fail under load: no wrong answer, 503 meanwhile, nothing that was answered is lost, no restart needed."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from tests.resilience.load import SECONDS, Client, GoesOn, Told, counted, say, together
from tests.support.installation import Installation, on_sqlite
from tests.support.postgresql_server import PROGRAMS, own_server
from tests.support.running import running

pytestmark = pytest.mark.xdist_group("load")

CLIENTS = 16
INTEGRITY = "from django.db import connection; print(connection.cursor().execute('PRAGMA integrity_check').fetchone())"


class Load:
    """People that are registered and read back, pages of the catalogue that are read; what came of it."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.users: dict[int, str] = {}
        self.wrong: list[Told] = []
        self.lock = threading.Lock()

    def work(self, address: str, goes_on: GoesOn) -> None:
        with closing(Client(address)) as client:
            while goes_on():
                self._register(client)
                status, page = self._ask(client, "/api/books?limit=1")
                if status == 200 and (page["count"], page["results"]) != (0, []):
                    self.wrong.append((status, page))

    def _register(self, client: Client) -> None:
        email = f"{uuid4().hex}@example.org"
        told = client.ask("POST", "/api/users", {"name": "New", "email": email, "age": 30})
        self.told.append(told)
        if told[0] != 201:
            return
        with self.lock:
            self.users[told[1]["id"]] = email
        status, user = self._ask(client, f"/api/users/{told[1]['id']}")
        if status not in {200, 503} or (status == 200 and user["email"] != email):
            self.wrong.append((status, user))

    def _ask(self, client: Client, path: str) -> Told:
        told = client.ask("GET", path)
        self.told.append(told)
        return told

    def refuse_wrong_answers(self, stored: dict[int, str]) -> None:
        assert set(counted(self.told)) <= {200, 201, 503}, counted(self.told)
        assert all(body["status"] == 503 for status, body in self.told if status == 503)
        assert not self.wrong
        assert self.users.items() <= stored.items()


@pytest.mark.skipif(not PROGRAMS, reason="PostgreSQL's server programs are not installed")
def test_the_database_goes_away_under_load_and_comes_back(tmp_path: Path) -> None:
    load, healed = Load(), Load()
    with (
        own_server() as server,
        running("serve", tmp_path, DATABASE_URL=server.url, LOG_LEVEL="CRITICAL") as started,
    ):
        started.line_with("Colophon serves on")
        timers = [threading.Timer(SECONDS / 3, server.stop), threading.Timer(SECONDS * 2 / 3, server.start)]
        for timer in timers:
            timer.start()
        together(CLIENTS, SECONDS, lambda _, goes_on: load.work(started.address, goes_on))
        for timer in timers:
            timer.join()
        wait_until_ready(started.address)
        together(CLIENTS, 1, lambda _, goes_on: healed.work(started.address, goes_on))

        stored = dict(Installation({}, server.url).query("SELECT id, email FROM users_user"))
    for each in (load, healed):
        each.refuse_wrong_answers(stored)
    statuses = counted(load.told)
    assert statuses[503]
    assert set(counted(healed.told)) == {200, 201}
    say(
        f"PostgreSQL away for {SECONDS / 3:.0f} s of {SECONDS:.0f}: {dict(statuses)}, then {dict(counted(healed.told))}"
    )


def wait_until_ready(address: str) -> None:
    deadline = time.monotonic() + 30
    with closing(Client(address)) as client:
        while client.ask("GET", "/ready")[0] != 200:
            assert time.monotonic() < deadline, "it did not heal"
            time.sleep(0.1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB, which has to be mounted: on Linux, as root or by a sudo that asks for no password."""
    folder = tmp_path / "disk"
    folder.mkdir()
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    mount = [*as_root, "mount", "-t", "tmpfs", "-o", "size=6m,mode=0777", "tmpfs", str(folder)]
    if shutil.which(mount[0]) is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here: that needs root")
    yield folder
    subprocess.run([*as_root, "umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_refuses_writes_serves_reads_and_heals(tmp_path: Path, small_disk: Path) -> None:
    before, filled, healed = Load(), Load(), Load()
    with Installation.create(small_disk, on_sqlite) as installed:
        environment = {"DATABASE_URL": installed.environment["DATABASE_URL"], "LOG_LEVEL": "ERROR"}
        with running("serve", tmp_path, **environment) as started:
            started.line_with("Colophon serves on")
            together(8, 1, lambda _, goes_on: before.work(started.address, goes_on))
            fill(small_disk / "filler")
            together(4, SECONDS / 2, lambda _, goes_on: filled.work(started.address, goes_on))
            with closing(Client(started.address)) as client:
                assert client.ask("GET", "/api/books")[0] == 200
                assert client.ask("GET", "/ready")[0] == 200
            (small_disk / "filler").unlink()
            together(4, 1, lambda _, goes_on: healed.work(started.address, goes_on))
        stored = dict(installed.query("SELECT id, email FROM users_user"))
        assert installed.manage("shell", "-v", "0", "-c", INTEGRITY).stdout == "('ok',)\n"
    for each in (before, filled, healed):
        each.refuse_wrong_answers(stored)
    assert counted(filled.told)[503]
    assert set(counted(healed.told)) == {200, 201}
    say(f"SQLite on a full disk: {dict(counted(filled.told))}, with room again {dict(counted(healed.told))}")


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return
