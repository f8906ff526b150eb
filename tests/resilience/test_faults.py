"""Failures of the database and the disk under load.

During a failure the service returns 503. It sends no wrong response, loses no acknowledged write, and recovers without
a restart.
"""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.resilience.load import SECONDS, Client, Load, count_statuses, report_figures
from tests.support.installation import Installation, create_sqlite_database
from tests.support.postgresql_server import PROGRAM_FOLDERS, run_postgresql_server
from tests.support.service_process import run_service

pytestmark = [pytest.mark.xdist_group("load"), pytest.mark.slow]

CLIENTS = 16
INTEGRITY = "from django.db import connection; print(connection.cursor().execute('PRAGMA integrity_check').fetchone())"


@pytest.mark.skipif(not PROGRAM_FOLDERS, reason="The server programs of PostgreSQL are not installed")
def test_database_outage_under_load_loses_no_writes(tmp_path: Path) -> None:
    outage, recovered = Load(), Load()
    with (
        run_postgresql_server() as database,
        run_service("serve", tmp_path, DATABASE_URL=database.url, LOG_LEVEL="CRITICAL") as service,
    ):
        service.wait_for_line("Colophon serves on")
        timers = [threading.Timer(SECONDS / 3, database.stop), threading.Timer(SECONDS * 2 / 3, database.start)]
        for timer in timers:
            timer.start()
        outage.run(service.address, CLIENTS, SECONDS)
        for timer in timers:
            timer.join()
        wait_until_ready(service.address)
        recovered.run(service.address, CLIENTS, 1)

        stored = dict(Installation({}, database.url).query("SELECT id, email FROM users_user"))
    for load in (outage, recovered):
        load.assert_correct(stored)
    statuses = count_statuses(outage.responses)
    assert statuses[503]
    assert set(count_statuses(recovered.responses)) == {200, 201}
    report_figures(
        f"PostgreSQL stopped for {SECONDS / 3:.0f} s of {SECONDS:.0f} s: {dict(statuses)}, "
        f"afterwards {dict(count_statuses(recovered.responses))}"
    )


def wait_until_ready(address: str) -> None:
    deadline = time.monotonic() + 30
    with closing(Client(address)) as client:
        while client.request("GET", "/ready")[0] != 200:
            assert time.monotonic() < deadline, "The service did not recover within 30 s."
            time.sleep(0.1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB. Mounting it requires Linux, and root or a sudo without a password."""
    folder = tmp_path / "disk"
    folder.mkdir()
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    mount = [*as_root, "mount", "-t", "tmpfs", "-o", "size=6m,mode=0777", "tmpfs", str(folder)]
    if shutil.which(mount[0]) is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("Mounting a small file system needs root.")
    yield folder
    subprocess.run([*as_root, "umount", "--lazy", str(folder)], check=True)


def test_full_disk_fails_writes_only(tmp_path: Path, small_disk: Path) -> None:
    before, full, recovered = Load(), Load(), Load()
    with Installation.create(small_disk, create_sqlite_database) as installed:
        environment = {"DATABASE_URL": installed.environment["DATABASE_URL"], "LOG_LEVEL": "ERROR"}
        with run_service("serve", tmp_path, **environment) as service:
            service.wait_for_line("Colophon serves on")
            before.run(service.address, 8, 1)
            fill_disk(small_disk / "filler")
            full.run(service.address, 4, SECONDS / 2)
            with closing(Client(service.address)) as client:
                assert client.request("GET", "/api/books")[0] == 200
                assert client.request("GET", "/ready")[0] == 200
            (small_disk / "filler").unlink()
            recovered.run(service.address, 4, 1)
        stored = dict(installed.query("SELECT id, email FROM users_user"))
        assert installed.manage("shell", "-v", "0", "-c", INTEGRITY).stdout == "('ok',)\n"
    for load in (before, full, recovered):
        load.assert_correct(stored)
    assert count_statuses(full.responses)[503]
    assert set(count_statuses(recovered.responses)) == {200, 201}
    report_figures(
        f"SQLite on a full disk: {dict(count_statuses(full.responses))}, "
        f"afterwards {dict(count_statuses(recovered.responses))}"
    )


def fill_disk(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return
