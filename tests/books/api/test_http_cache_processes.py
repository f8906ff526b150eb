"""Answers that several processes keep: none is served after a write that was answered by any of them."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests

from tests.support.installation import Installation
from tests.support.running import running

PAIRS = 1_000  # on each database
STAFF = (
    "from users.models import User; from knox.models import get_token_model as model; "
    "from books.models import Book; Book.objects.create(title='Odes', stock=0); "
    "print(model().objects.create(user=User.objects.create_superuser(email='s@example.org', name='S'))[1])"
)


def test_no_process_answers_what_was_before_a_write(installation: Installation, tmp_path: Path) -> None:
    """Three servers on one database, read all the time; what one of them wrote the next reader of any of them sees."""
    told = installation.manage("shell", "--verbosity", "0", "--command", STAFF)
    assert told.returncode == 0, told.stderr
    signed_in = {"Authorization": f"Bearer {told.stdout.strip()}"}
    shared = {"DATABASE_URL": installation.environment["DATABASE_URL"]}
    with ExitStack() as stack:
        folders = [tmp_path / str(number) for number in range(3)]
        for folder in folders:
            folder.mkdir()
        servers = [stack.enter_context(running("serve", folder, **shared)) for folder in folders]
        for server in servers:
            server.line_with("Colophon serves on")
        over = threading.Event()
        readers = stack.enter_context(ThreadPoolExecutor())
        stack.callback(over.set)
        reading = [readers.submit(read_until, over, server.address) for server in servers]
        stale = write_and_read(servers, signed_in)
        over.set()
        assert all(reader.result() > 100 for reader in reading)

    assert stale == []


def write_and_read(servers: list[Any], signed_in: dict[str, str]) -> list[tuple[int, Any]]:
    """What a reader saw in place of what had just been written; conditional readers are told the same."""
    chance, stale = random.Random(1), []
    tags: dict[str, str] = {}
    with requests.Session() as session:
        book = session.get(f"{servers[0].address}api/books").json()["results"][0]["id"]
        for number in range(1, PAIRS + 1):
            writer, reader = chance.choice(servers), chance.choice(servers)
            written = session.patch(f"{writer.address}api/books/{book}", json={"stock": number}, headers=signed_in)
            assert written.status_code == 200, written.text
            known = {"If-None-Match": tags[reader.address]} if reader.address in tags else {}
            seen = session.get(f"{reader.address}api/books", headers=known)
            if seen.status_code != 200 or seen.json()["results"][0]["stock"] != number:
                stale.append((number, seen.status_code))
            tags[reader.address] = seen.headers["ETag"]
    return stale


def read_until(over: threading.Event, address: str) -> int:
    """How often it read: kept answers are there to be served too long."""
    count = 0
    with requests.Session() as session:
        while not over.wait(0.02):
            assert session.get(f"{address}api/books").status_code == 200
            count += 1
    return count
