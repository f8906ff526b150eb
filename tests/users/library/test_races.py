"""Simultaneous requests over real HTTP to a running web server and a fake Open Library."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import serving
from tests.support.installation import Installation
from tests.support.service_process import run_service


@pytest.fixture
def open_library_service() -> OpenLibrary:
    return OpenLibrary()


@pytest.fixture
def address(tmp_path: Path, installation: Installation, open_library_service: OpenLibrary) -> Iterator[str]:
    database = installation.environment["DATABASE_URL"]
    with (
        serving(open_library_service) as url,
        run_service(
            "serve", tmp_path, DATABASE_URL=database, OPENLIBRARY_URL=url, CONTACT="tests@example.org"
        ) as service,
    ):
        service.wait_for_line("Colophon serves on")
        yield service.address


def run_together(count: int, function: Callable[[int], Any]) -> list[Any]:
    """Calls the function with 0, 1, … in threads that start at the same time."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        return function(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def test_simultaneous_equal_searches_send_one_request(address: str, open_library_service: OpenLibrary) -> None:
    open_library_service.delay = 0.5

    def search(_: int) -> tuple[str, int]:
        body = requests.get(f"{address}api/search", {"q": "war and peace"}, timeout=30).json()
        return body["sources"][0]["status"], len(body["results"])

    assert run_together(10, search) == [("ok", 1)] * 10
    assert open_library_service.requests == {"/search.json": 1}


def test_simultaneous_saves_of_one_work_create_one_entry(
    address: str, open_library_service: OpenLibrary, installation: Installation
) -> None:
    open_library_service.delay = 0.2

    def save(_: int) -> int:
        return requests.post(f"{address}api/library", json={"work_key": "OL10W"}, timeout=30).status_code

    assert Counter(run_together(10, save)) == {201: 1, 200: 9}
    for table in ("books_book", "users_libraryentry", "books_authorship"):
        assert installation.query(f"SELECT count(*) FROM {table}") == [(1,)]
    assert open_library_service.requests == {"/works/OL10W.json": 1, "/search.json": 1}


def test_simultaneous_changes_of_one_reading_are_both_stored(address: str) -> None:
    entry = requests.post(f"{address}save", json={"work_key": "OL10W"}, timeout=30).json()
    readings_url = f"{address}api/library/{entry['id']}/readings"

    for _ in range(15):
        reading = requests.post(readings_url, json={}, timeout=30).json()["id"]

        def change(number: int, url: str = f"{readings_url}/{reading}") -> int:
            field = ("started_on", "finished_on")[number]
            return requests.patch(url, json={field: "2024-05-05"}, timeout=30).status_code

        assert run_together(2, change) == [200, 200]
    readings = requests.get(f"{address}api/library/{entry['id']}", timeout=30).json()["readings"]
    assert len(readings) == 15
    assert all(reading["started_on"] == reading["finished_on"] == "2024-05-05" for reading in readings)


def test_simultaneous_saves_of_a_missing_work_are_all_422(address: str, open_library_service: OpenLibrary) -> None:
    open_library_service.delay = 0.3

    def save(_: int) -> int:
        return requests.post(f"{address}save", json={"work_key": "OL404W"}, timeout=30).status_code

    assert run_together(8, save) == [422] * 8


def test_a_hanging_open_library_does_not_block_other_requests(address: str, open_library_service: OpenLibrary) -> None:
    open_library_service.fault = "hang"
    with ThreadPoolExecutor(40) as threads:
        searches = [
            threads.submit(requests.get, f"{address}search", params={"q": f"hanging {number}"}, timeout=60)
            for number in range(40)
        ]
        statuses = [requests.get(f"{address}books", timeout=5).status_code for _ in range(20)]
        open_library_service.closing.set()
        search_statuses = [search.result().status_code for search in searches]

    assert statuses == [200] * 20
    assert search_statuses == [200] * 40
