"""Several server processes on one database: none serves a response that is older than the latest write."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.support.installation import Installation
from tests.support.service_process import ServiceProcess, run_service

PROCESSES = 3
WRITES = 1_000
SET_UP = (
    "from users.models import User; from knox.models import get_token_model as model; "
    "from books.models import Book; Book.objects.create(title='Odes', stock=0); "
    "print(model().objects.create(user=User.objects.create_superuser(email='s@example.org', name='S'))[1])"
)


@pytest.mark.slow
def test_no_process_serves_an_outdated_response(installation: Installation, tmp_path: Path) -> None:
    finished = installation.manage("shell", "--verbosity", "0", "--command", SET_UP)
    assert finished.returncode == 0, finished.stderr
    headers = {"Authorization": f"Bearer {finished.stdout.strip()}"}
    with ExitStack() as stack:
        servers = [start_server(stack, tmp_path / str(number), installation) for number in range(PROCESSES)]
        finish = threading.Event()
        threads = stack.enter_context(ThreadPoolExecutor())
        stack.callback(finish.set)
        readers = [threads.submit(read_until, finish, server.address) for server in servers]
        outdated = write_and_read(servers, headers)
        finish.set()
        assert all(reader.result() > 100 for reader in readers)

    assert outdated == []


def start_server(stack: ExitStack, folder: Path, installation: Installation) -> ServiceProcess:
    folder.mkdir()
    database_url = installation.environment["DATABASE_URL"]
    server = stack.enter_context(run_service("serve", folder, DATABASE_URL=database_url))
    server.wait_for_line("Colophon serves on")
    return server


def write_and_read(servers: list[ServiceProcess], headers: dict[str, str]) -> list[tuple[int, int]]:
    """Writes through one process and reads through another. Returns the writes that the reader did not see."""
    chance, outdated = random.Random(1), []
    etags: dict[str, str] = {}
    with requests.Session() as session:
        book = session.get(f"{servers[0].address}api/books").json()["results"][0]["id"]
        for stock in range(1, WRITES + 1):
            writer, reader = chance.choice(servers), chance.choice(servers)
            written = session.patch(f"{writer.address}api/books/{book}", json={"stock": stock}, headers=headers)
            assert written.status_code == 200, written.text
            condition = {"If-None-Match": etags[reader.address]} if reader.address in etags else {}
            response = session.get(f"{reader.address}api/books", headers=condition)
            if response.status_code != 200 or response.json()["results"][0]["stock"] != stock:
                outdated.append((stock, response.status_code))
            etags[reader.address] = response.headers["ETag"]
    return outdated


def read_until(finish: threading.Event, address: str) -> int:
    """Reads all the time, so that the process has cached responses. Returns the number of requests."""
    count = 0
    with requests.Session() as session:
        while not finish.wait(0.02):
            assert session.get(f"{address}api/books").status_code == 200
            count += 1
    return count
