"""Responses of Open Library that are larger than requested, or that state impossible numbers."""

import json
from contextlib import nullcontext
from typing import Any

import pytest
from django.core.cache import caches

from books.openlibrary import cache, lookup, search_results
from books.openlibrary.cache import MAX_BYTES, MAX_NEAR_BYTES, get_or_fetch
from tests.fakes.openlibrary.app import OpenLibrary

pytestmark = pytest.mark.django_db
ISBN = "9780140447934"


def respond(service: OpenLibrary, monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    response = ("200 OK", [("Content-Type", "application/json")], json.dumps(body).encode())
    monkeypatch.setattr(service, "_respond", lambda *_: response)


def make_docs(number: int) -> list[dict[str, Any]]:
    return [{"key": f"/works/OL{index}W", "title": f"Odes {index}"} for index in range(1, number + 1)]


@pytest.mark.parametrize("limit", [1, 10, 100])
def test_results_are_cut_to_the_limit(open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    docs = [{"key": "/works/OL1W"}, *make_docs(1), *make_docs(18_000)]  # without a title, and repeated
    respond(open_library, monkeypatch, {"numFound": 10**19, "docs": docs})

    page = lookup.search("odes", page=1, limit=limit)

    assert [result.title for result in page.results] == [f"Odes {number}" for number in range(1, limit + 1)]
    assert page.count == limit
    assert lookup.search("odes", page=1, limit=limit).results == page.results
    assert open_library.requests.total() == 1


def test_results_for_an_isbn_are_cut(open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = [{**doc, "isbn": [ISBN], "editions": {"docs": []}} for doc in make_docs(18_000)]
    respond(open_library, monkeypatch, {"numFound": 10**19, "docs": docs})

    page = lookup.search_isbn(ISBN)

    assert (page.count, len(page.results)) == (lookup.ISBN_LIMIT, lookup.ISBN_LIMIT)


@pytest.mark.parametrize(
    ("counts", "count"),
    [
        ({"numFound": 7}, 7), ({"num_found": 7}, 7), ({"numFound": 2**31 - 1}, 2**31 - 1), ({"numFound": 1}, 3),
        ({"numFound": -1, "num_found": 8}, 8), ({"numFound": 2**31}, 3), ({"numFound": 10**4000}, 3),
        ({"numFound": True}, 3), ({"numFound": 7.0}, 3), ({"numFound": "7"}, 3), ({"numFound": None}, 3), ({}, 3),
        ({"numFound": [7]}, 3),
    ],
)  # fmt: skip
def test_impossible_counts_are_replaced_by_the_number_of_results(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch, counts: dict[str, Any], count: int
) -> None:
    respond(open_library, monkeypatch, {**counts, "docs": make_docs(3)})

    assert lookup.search("odes", page=1, limit=10).count == count


def test_values_of_a_result_are_limited() -> None:
    codes = [chr(97 + n // 676) + chr(97 + n // 26 % 26) + chr(97 + n % 26) for n in range(5_000)]
    doc = {"title": "x" * 10_000, "author_name": codes, "language": codes, "edition_count": -1}

    result = search_results.search_result(doc)

    assert (len(result.title), len(result.authors), len(result.languages)) == (500, 50, 100)
    assert result.edition_count is None
    assert search_results.search_result({**doc, "edition_count": 10**19}).edition_count is None


@pytest.mark.parametrize(
    ("size", "fetches"), [(MAX_NEAR_BYTES - 100, [1, 1, 1]), (MAX_NEAR_BYTES, [1, 1, 2]), (MAX_BYTES, [1, 2, 3])]
)
def test_large_values_are_not_cached(monkeypatch: pytest.MonkeyPatch, size: int, fetches: list[int]) -> None:
    """Reads a value three times, the third time from process memory alone."""
    monkeypatch.setattr(cache, "WAITING_SECONDS", 0)
    fetched: list[int] = []

    def fetch() -> str:
        fetched.append(1)
        return "x" * size

    numbers = []
    for number in range(3):
        if number == 2:
            caches["default"].clear()
        assert get_or_fetch("key", fetch, nullcontext).value == "x" * size
        numbers.append(len(fetched))

    assert numbers == fetches


def test_a_large_value_reaches_threads_that_wait_for_it() -> None:
    values = ["x" * MAX_BYTES, "fetched again"]

    assert [get_or_fetch("key", lambda: values.pop(0), nullcontext).value[0] for _ in range(2)] == ["x", "x"]
