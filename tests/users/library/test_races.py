"""Many at once, over real HTTP, in a running web server with a small Open Library behind it."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import serving
from tests.support.installation import Installation
from tests.support.running import running


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


def test_changes_of_one_reading_at_the_same_time_are_both_kept(address: str) -> None:
    entry = requests.post(f"{address}save", json={"work_key": "OL10W"}, timeout=30).json()
    readings = f"{address}api/library/{entry['id']}/readings"
    together = threading.Barrier(2)

    def change(reading: int, field: str) -> int:
        together.wait()
        return requests.patch(f"{readings}/{reading}", json={field: "2024-05-05"}, timeout=30).status_code

    for _ in range(15):
        reading = requests.post(readings, json={}, timeout=30).json()["id"]
        with ThreadPoolExecutor(2) as clients:
            asked = [clients.submit(change, reading, field) for field in ("started_on", "finished_on")]
            assert [each.result() for each in asked] == [200, 200]
    kept = requests.get(f"{address}api/library/{entry['id']}", timeout=30).json()["readings"]
    assert all(reading["started_on"] == reading["finished_on"] == "2024-05-05" for reading in kept)


def test_a_record_that_is_not_there_is_the_same_answer_for_all_who_ask_at_once(
    address: str, service: OpenLibrary
) -> None:
    service.pause = 0.3
    together = threading.Barrier(8)

    def save(_: int) -> int:
        together.wait()
        return requests.post(f"{address}save", json={"work_key": "OL404W"}, timeout=30).status_code

    with ThreadPoolExecutor(8) as clients:
        assert set(clients.map(save, range(8))) == {422}


def test_while_open_library_hangs_everything_else_is_answered(address: str, service: OpenLibrary) -> None:
    service.fault = "hang"
    with ThreadPoolExecutor(40) as clients:
        searches = [
            clients.submit(requests.get, f"{address}search", params={"q": f"hanging {number}"}, timeout=60)
            for number in range(40)
        ]
        answers = [requests.get(f"{address}books", timeout=5).status_code for _ in range(20)]
        service.closing.set()
        statuses = {each.result().json()["sources"][0]["status"] for each in searches}

    assert answers == [200] * 20
    assert statuses <= {"ok", "unavailable", "rate_limited"}
