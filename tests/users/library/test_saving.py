"""Saving books: the server reads Open Library, writes a catalogue row and adds it to the library."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.models import Author, Book, ExternalService
from books.openlibrary import book_lookup
from tests.fakes.openlibrary.app import EDITIONS, WORKS, OpenLibrary
from tests.support.factories import make_book
from tests.support.library import PENGUIN_ISBN, save_book
from users.models import LibraryEntry

pytestmark = pytest.mark.django_db


def test_saving_a_work(ann_client: APIClient, open_library: OpenLibrary) -> None:
    response = save_book(ann_client, work_key="/works/OL10W", status="reading", rating="4.5", notes="Long.")

    body = response.json()
    assert response.status_code == 201, body
    assert body["book"]["title"] == "War and Peace"
    assert [author["name"] for author in body["book"]["authors"]] == ["Leo Tolstoy"]
    identity = (body["book"]["source"], body["book"]["source_key"], body["book"]["isbn_13"])
    assert identity == ("open_library", "OL10W", None)
    assert (body["status"], body["rating"], body["notes"], body["readings"]) == ("reading", "4.5", "Long.", [])
    assert Book.objects.get().description == "A novel.\n\nLong."


def test_saving_again_is_200_and_changes_nothing(ann_client: APIClient, open_library: OpenLibrary) -> None:
    first = save_book(ann_client, work_key="OL10W", notes="Mine.").json()
    requests = open_library.requests.total()

    second = save_book(ann_client, work_key="OL10W", notes="Other.", status="read")

    assert (second.status_code, second.json()) == (200, first)
    assert open_library.requests.total() == requests


def test_a_redirected_work_is_saved_as_its_target(ann_client: APIClient, open_library: OpenLibrary) -> None:
    assert save_book(ann_client, work_key="OL11W").json()["book"]["work_key"] == "OL10W"
    assert save_book(ann_client, work_key="OL10W").status_code == 200


def test_a_redirected_author_is_read_from_its_target(
    ann_client: APIClient, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WORKS["OL12W"], "authors", [{"author": {"key": "/authors/OL3A"}}])

    book = save_book(ann_client, work_key="OL12W").json()["book"]

    assert [author["name"] for author in book["authors"]] == ["Astrid Lindgren"]


@pytest.mark.parametrize("isbn", [PENGUIN_ISBN, "0-14-044793-8"])
def test_saving_an_edition_by_isbn(ann_client: APIClient, open_library: OpenLibrary, isbn: str) -> None:
    book = save_book(ann_client, isbn=isbn).json()["book"]

    assert (book["title"], book["isbn_13"], book["work_key"]) == ("War and Peace (Penguin)", PENGUIN_ISBN, "OL10W")
    assert (book["source_key"], book["first_publish_year"]) == ("OL20M", 1869)
    assert save_book(ann_client, isbn=PENGUIN_ISBN).status_code == 200


def test_an_edition_without_its_work_can_be_saved(ann_client: APIClient, open_library: OpenLibrary) -> None:
    assert save_book(ann_client, isbn="9789129657531").json()["book"]["title"] == "Pippi Långstrump"


def test_a_catalogue_book_needs_no_open_library(ann_client: APIClient, settings: Settings) -> None:
    settings.OPENLIBRARY_URL = "http://127.0.0.1:9/"
    book = make_book(title="Ours", isbn_13=PENGUIN_ISBN)

    assert save_book(ann_client, book=book.pk).json()["book"]["id"] == book.pk
    assert save_book(ann_client, isbn=PENGUIN_ISBN).status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({}, "", "exactly one of"),
        ({"work_key": "OL10W", "isbn": PENGUIN_ISBN}, "", "exactly one of"),
        ({"work_key": "OL1M"}, "/work_key", "has no such record"),
        ({"work_key": "OL1A"}, "/work_key", "Not a key of Open Library"),
        ({"work_key": "OL404W"}, "/work_key", "has no such record"),
        ({"work_key": "OL13W"}, "/work_key", "redirected more than"),
        ({"work_key": "OL15W"}, "/work_key", "the record was deleted"),
        ({"isbn": "9780140447935"}, "/isbn", "check digit"),
        ({"isbn": "9780306406157"}, "/isbn", "has no such record"),
        ({"book": 10**9}, "/book", "There is no row with the id 1000000000."),
        ({"work_key": "OL10W", "rating": 4.7}, "/rating", "in halves"),
        ({"work_key": "OL10W", "rating": 0.25}, "/rating", "in halves"),
        ({"work_key": "OL10W", "rating": True}, "/rating", "in halves"),
        (
            {"work_key": "OL10W", "status": "want"},
            "/status",
            "'want' is not a valid value. Did you mean 'want_to_read'?",
        ),
        (
            {"work_key": "OL10W", "status": "READ"},
            "/status",
            "Did you mean 'read'? The values are: want_to_read, reading",
        ),
        (
            {"work_key": "OL10W", "status": 1},
            "/status",
            "The values are: want_to_read, reading, paused, read, stopped.",
        ),
        ({"work_key": "OL10W", "title": "x"}, "/title", "No such field"),
    ],
)
def test_invalid_requests(
    ann_client: APIClient, open_library: OpenLibrary, body: dict[str, Any], pointer: str, detail: str
) -> None:
    response = save_book(ann_client, **body)

    (error,) = response.json()["errors"]
    assert response.status_code == 422
    assert (error["pointer"], detail in error["detail"]) == (pointer, True), error
    assert not LibraryEntry.objects.exists()
    assert not Book.objects.exists()


@pytest.mark.parametrize("fault", ["html500", "ratelimit", "refuse", "truncated"])
def test_without_open_library_nothing_is_saved(ann_client: APIClient, open_library: OpenLibrary, fault: str) -> None:
    open_library.fault = fault
    response = save_book(ann_client, work_key="OL10W")

    assert response.status_code == 503
    assert response.json()["detail"].startswith("Nothing was saved: Open Library")
    assert int(response["Retry-After"]) > 0
    assert not Book.objects.exists()
    open_library.fault = ""
    ExternalService.objects.update(open_until=0)
    assert save_book(ann_client, work_key="OL10W").status_code == 201


def test_paths_of_the_earlier_service(client: APIClient, open_library: OpenLibrary) -> None:
    body = {"work_key": "OL10W", "title": "A lie", "author": ["Nobody"], "cover": None}
    saved = client.post("/save", body)

    assert saved.status_code == 201
    assert saved.json()["book"]["title"] == "War and Peace"
    assert not Author.objects.filter(name="Nobody").exists()
    assert [entry["id"] for entry in client.get("/saved").json()["results"]] == [saved.json()["id"]]
    assert client.delete(f"/delete/{saved.json()['id']}").status_code == 204
    assert client.get("/saved").json()["count"] == 0
    assert Book.objects.count() == 1  # the book stays in the catalogue


@pytest.mark.parametrize(
    "location", ["http://localhost:9/x", "//evil.example/x", "http://[", "/search", "/works/OL1W?x="]
)
def test_redirects_out_of_open_library_are_not_followed(
    ann_client: APIClient, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    monkeypatch.setitem(WORKS, "OL77W", {"key": "/works/OL77W", "type": "/type/redirect", "location": location})

    response = save_book(ann_client, work_key="OL77W")

    assert response.status_code == 422
    assert "is not the path of an Open Library record" in response.json()["detail"]
    assert open_library.requests == {"/works/OL77W.json": 1}


def test_an_edition_with_two_isbns_is_one_book(
    ann_client: APIClient, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EDITIONS["OL20M"], "isbn_13", [PENGUIN_ISBN, "9780199232765"])
    first = save_book(ann_client, isbn=PENGUIN_ISBN).json()

    second = save_book(ann_client, isbn="9780199232765")

    assert (second.status_code, second.json()["id"]) == (200, first["id"])
    assert Book.objects.get().isbn_13 == PENGUIN_ISBN


def test_a_save_past_its_deadline_resumes_with_the_next_request(
    ann_client: APIClient, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_lookup, "SAVE_SECONDS", -1.0)
    response = save_book(ann_client, work_key="OL12W")
    monkeypatch.undo()

    assert response.status_code == 503
    assert "more authors than can be read at once" in response.json()["detail"]
    assert not Book.objects.exists()
    assert save_book(ann_client, work_key="OL12W").status_code == 201
    assert open_library.requests["/works/OL12W.json"] == 1  # the document was cached
