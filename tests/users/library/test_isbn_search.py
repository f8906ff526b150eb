"""The search for an ISBN finds the edition that has it, and no other."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.fakes.openlibrary.app import OpenLibrary

pytestmark = pytest.mark.django_db
ISBN = "9780306406157"
OTHER_ISBN = "9780199232765"
WORK = {
    "key": "/works/OL800W", "title": "The Gate", "language": ["eng", "ger", "fre"], "isbn": [ISBN, OTHER_ISBN],
    "first_publish_year": 1937, "edition_count": 3,
}  # fmt: skip
EDITION = {
    "key": "/books/OL800M", "title": "Das Tor", "isbn_13": [ISBN], "languages": [{"key": "/languages/ger"}],
    "works": [{"key": "/works/OL800W"}],
}  # fmt: skip


def search(client: APIClient, text: str = ISBN) -> list[dict[str, Any]]:
    body = client.get("/api/search", {"q": text}).json()
    assert body["sources"][0]["status"] == "ok"
    rows: list[dict[str, Any]] = body["results"]
    return rows


@pytest.mark.parametrize(
    "editions",
    [
        None,
        {"numFound": 0},
        {"numFound": 0, "docs": []},
        {"docs": [{"title": "La Porte", "isbn": [OTHER_ISBN], "language": ["fre"]}]},
        {"docs": [None, {"title": "x"}]},
    ],
)
def test_work_without_the_edition_is_completed_by_the_edition(
    client: APIClient, open_library: OpenLibrary, editions: Any
) -> None:
    open_library.docs = [{**WORK, "editions": editions}]
    open_library.documents = {f"/isbn/{ISBN}.json": "/books/OL800M.json", "/books/OL800M.json": EDITION}

    (row,) = search(client)

    assert (row["title"], row["languages"], row["isbn_13"]) == ("Das Tor", ["ger"], ISBN)
    assert (row["work_key"], row["first_publish_year"]) == ("OL800W", 1937)


def test_edition_in_the_response_needs_no_further_request(client: APIClient, open_library: OpenLibrary) -> None:
    edition = {"title": "Das Tor", "isbn": [ISBN], "language": ["ger"]}
    open_library.docs = [{**WORK, "editions": {"docs": [edition]}}]

    (row,) = search(client)

    assert (row["title"], row["isbn_13"], open_library.requests.total()) == ("Das Tor", ISBN, 1)


def test_work_alone_does_not_have_the_isbn(client: APIClient, open_library: OpenLibrary) -> None:
    open_library.docs = [WORK]

    (row,) = search(client)

    assert (row["title"], row["isbn_13"]) == ("The Gate", None)


def test_rows_that_nobody_could_save_are_left_out(client: APIClient, open_library: OpenLibrary) -> None:
    open_library.docs = [
        {"key": "/works/OL801M", "title": "Orphan Almanac", "isbn": [ISBN], "edition_count": 1},
        {"key": "/works/OL802M", "title": "Orphan Almanac"},
        {"key": "/books/OL803M", "title": "Orphan Almanac", "isbn": [ISBN, OTHER_ISBN]},
    ]

    (row,) = search(client, "orphan almanac")

    assert (row["work_key"], row["isbn_13"]) == (None, ISBN)
