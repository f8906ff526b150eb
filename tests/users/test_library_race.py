"""Many at once, over real HTTP, in a running web server with a small Open Library behind it."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.installation import Installation
from tests.openlibrary.app import OpenLibrary
from tests.running import running
from tests.shop.server import serving


@pytest.fixture
def service() -> OpenLibrary:
    return OpenLibrary()


@pytest.fixture
def address(tmp_path: Path, installation: Installation, service: OpenLibrary) -> Iterator[str]:
    database = installation.environment["DATABASE_URL"]
    with (
        serving(service) as url,
        running("serve", tmp_path, DATABASE_URL=database, OPENLIBRARY_URL=url, CONTACT="tests@example.org") as started,
    ):
        started.line_with("Colophon serves on")
        yield started.address


def test_ten_simultaneous_identical_searches_make_one_call(address: str, service: OpenLibrary) -> None:
    service.pause = 0.5
    together = threading.Barrier(10)

    def search(_: int) -> tuple[str, int]:
        together.wait()
        body = requests.get(f"{address}api/search", {"q": "war and peace"}, timeout=30).json()
        return body["sources"][0]["status"], len(body["results"])

    with ThreadPoolExecutor(10) as clients:
        found = Counter(clients.map(search, range(10)))

    assert found == {("ok", 1): 10}
    assert service.asked == {"/search.json": 1}


def test_ten_simultaneous_saves_of_one_work_make_one_book_and_one_entry(
    address: str, service: OpenLibrary, installation: Installation
) -> None:
    service.pause = 0.2
    together = threading.Barrier(10)

    def save(_: int) -> int:
        together.wait()
        return requests.post(f"{address}api/library", json={"work_key": "OL10W"}, timeout=30).status_code

    with ThreadPoolExecutor(10) as clients:
        statuses = Counter(clients.map(save, range(10)))

    assert statuses == {201: 1, 200: 9}
    for table in ("books_book", "users_libraryentry", "books_authorship"):
        assert installation.query(f"SELECT count(*) FROM {table}") == [(1,)]
    assert service.asked == {"/works/OL10W.json": 1, "/authors/OL1A.json": 1}
