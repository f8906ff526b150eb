"""Saving: what Open Library knows of a book comes into the catalogue and onto the shelf."""

from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.models import Author, Book
from books.openlibrary import lookup as catalogue
from tests.fakes.openlibrary.app import EDITIONS, WORKS, OpenLibrary
from tests.support.factories import make_book
from tests.support.library import PENGUIN, save
from users.models import LibraryEntry

pytestmark = pytest.mark.django_db


def test_a_work_is_fetched_and_kept_by_the_server(ann: APIClient, open_library: OpenLibrary) -> None:
    answer = save(ann, work_key="/works/OL10W", status="reading", rating="4.5", notes="Long.")

    body = answer.json()
    assert answer.status_code == 201, body
    assert body["book"]["title"] == "War and Peace"
    assert [author["name"] for author in body["book"]["authors"]] == ["Leo Tolstoy"]
    assert (body["book"]["source"], body["book"]["source_key"], body["book"]["isbn_13"]) == (
        "open_library",
        "OL10W",
        None,
    )
    assert (body["status"], body["rating"], body["notes"], body["readings"]) == ("reading", "4.5", "Long.", [])
    assert Book.objects.get().description == "A novel.\n\nLong."


def test_saving_again_is_200_and_changes_nothing(ann: APIClient, open_library: OpenLibrary) -> None:
    first = save(ann, work_key="OL10W", notes="Mine.").json()
    asked = sum(open_library.asked.values())

    again = save(ann, work_key="OL10W", notes="Other.", status="read")

    assert (again.status_code, again.json()) == (200, first)
    assert sum(open_library.asked.values()) == asked


def test_a_redirected_work_is_its_target(ann: APIClient, open_library: OpenLibrary) -> None:
    assert save(ann, work_key="OL11W").json()["book"]["work_key"] == "OL10W"
    assert save(ann, work_key="OL10W").status_code == 200


def test_an_author_who_was_redirected_is_named_once(ann: APIClient, open_library: OpenLibrary) -> None:
    book = save(ann, work_key="OL12W").json()["book"]

    assert {author["name"] for author in book["authors"]} == {"Astrid Lindgren"}


@pytest.mark.parametrize("isbn", [PENGUIN, "0-14-044793-8"])
def test_an_isbn_is_its_very_edition(ann: APIClient, open_library: OpenLibrary, isbn: str) -> None:
    book = save(ann, isbn=isbn).json()["book"]

    assert (book["title"], book["isbn_13"], book["work_key"]) == ("War and Peace (Penguin)", PENGUIN, "OL10W")
    assert (book["source_key"], book["first_publish_year"]) == ("OL20M", 1869)
    assert save(ann, isbn=PENGUIN).status_code == 200


def test_an_edition_whose_work_is_gone_is_kept_all_the_same(ann: APIClient, open_library: OpenLibrary) -> None:
    assert save(ann, isbn="9789129657531").json()["book"]["title"] == "Pippi Långstrump"


def test_a_book_of_the_catalogue_needs_no_open_library(ann: APIClient, settings: Settings) -> None:
    settings.OPENLIBRARY_URL = "http://127.0.0.1:9/"
    book = make_book(title="Ours", isbn_13=PENGUIN)

    assert save(ann, book=book.pk).json()["book"]["id"] == book.pk
    assert save(ann, isbn=PENGUIN).status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({}, "", "Exactly one of"),
        ({"work_key": "OL10W", "isbn": PENGUIN}, "", "Exactly one of"),
        ({"work_key": "OL1M"}, "/work_key", "Not the key of a work"),
        ({"work_key": "OL404W"}, "/work_key", "has no such record"),
        ({"work_key": "OL13W"}, "/work_key", "redirected more than"),
        ({"work_key": "OL15W"}, "/work_key", "title: is missing"),
        ({"isbn": "9780140447935"}, "/isbn", "check digit"),
        ({"isbn": "9780306406157"}, "/isbn", "has no such record"),
        ({"book": 10**9}, "/book", "does not exist"),
        ({"work_key": "OL10W", "rating": 4.7}, "/rating", "in halves"),
        ({"work_key": "OL10W", "rating": 0.5}, "/rating", "in halves"),
        ({"work_key": "OL10W", "rating": True}, "/rating", "in halves"),
        ({"work_key": "OL10W", "status": "lent"}, "/status", "not a valid choice"),
        ({"work_key": "OL10W", "title": "x"}, "/title", "No such field"),
    ],
)
def test_what_cannot_be_saved(
    ann: APIClient, open_library: OpenLibrary, body: dict[str, Any], pointer: str, words: str
) -> None:
    answer = save(ann, **body)

    (error,) = answer.json()["errors"]
    assert answer.status_code == 422
    assert (error["pointer"], words in error["detail"]) == (pointer, True), error
    assert not LibraryEntry.objects.exists()
    assert not Book.objects.exists()


@pytest.mark.parametrize("fault", ["html500", "ratelimit", "refuse", "truncated"])
def test_without_open_library_nothing_is_saved_and_later_it_works(
    ann: APIClient, open_library: OpenLibrary, fault: str
) -> None:
    open_library.fault = fault
    answer = save(ann, work_key="OL10W")

    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("Nothing was saved: Open Library")
    assert int(answer["Retry-After"]) > 0
    assert not Book.objects.exists()
    open_library.fault = ""
    call_command(
        "shell", "-v0", "-c", "from books.models import OutsideService as O; O.objects.update(resting_until=0)"
    )
    assert save(ann, work_key="OL10W").status_code == 201


def test_the_earlier_clients_paths(client: APIClient, open_library: OpenLibrary) -> None:
    body = {"work_key": "OL10W", "title": "A lie", "author": ["Nobody"], "cover": None}
    saved = client.post("/save", body)

    assert saved.status_code == 201
    assert saved.json()["book"]["title"] == "War and Peace"
    assert not Author.objects.filter(name="Nobody").exists()
    assert [entry["id"] for entry in client.get("/saved").json()["results"]] == [saved.json()["id"]]
    assert client.delete(f"/delete/{saved.json()['id']}").status_code == 204
    assert client.get("/saved").json()["count"] == 0
    assert Book.objects.count() == 1  # the catalogue keeps it


@pytest.mark.parametrize(
    "location", ["http://localhost:9/x", "//evil.example/x", "http://[", "/search", "/works/OL1W?x="]
)
def test_a_redirect_out_of_open_library_is_not_followed(
    ann: APIClient, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    monkeypatch.setitem(WORKS, "OL77W", {"key": "/works/OL77W", "type": "/type/redirect", "location": location})

    answer = save(ann, work_key="OL77W")

    assert answer.status_code == 422
    assert "no record of Open Library" in answer.json()["detail"]


def test_an_edition_of_two_isbns_is_one_book_whose_isbn_stays(
    ann: APIClient, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EDITIONS["OL20M"], "isbn_13", [PENGUIN, "9780199232765"])
    first = save(ann, isbn=PENGUIN).json()

    again = save(ann, isbn="9780199232765")

    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert Book.objects.get().isbn_13 == PENGUIN


def test_a_save_that_takes_too_long_is_given_up_and_goes_on_next_time(
    ann: APIClient, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SAVE_SECONDS", -1.0)
    given_up = save(ann, work_key="OL10W")
    monkeypatch.undo()

    assert given_up.status_code == 503
    assert "so many authors" in given_up.json()["detail"]
    assert not Book.objects.exists()
    assert save(ann, work_key="OL10W").status_code == 201
    assert open_library.asked["/works/OL10W.json"] == 1  # what had been read was kept
