"""The search of the world, against a small Open Library over real HTTP."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from books.models import OutsideService
from books.openlibrary import client
from books.openlibrary import lookup as catalogue
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.clients import PASSWORD, signed_in
from tests.support.factories import make_book, make_user
from tests.support.responses import open_library_status
from tests.users.conftest import Search
from users.models import LibraryEntry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/search", "/api/search", "/api/search/"])
def test_a_search_is_one_call_that_names_its_fields(client: APIClient, open_library: OpenLibrary, path: str) -> None:
    body = client.get(path, {"q": "War  and"}).json()

    assert body["query"] == "War and"
    assert body["count"] == 2  # a work that stands on a page twice is shown once
    assert [row["title"] for row in body["results"]] == ["War and Peace"]
    assert body["results"][0] == {
        "work_key": "OL10W", "title": "War and Peace", "authors": ["Leo Tolstoy"], "first_publish_year": 1869,
        "languages": ["eng", "rus"], "edition_count": 2, "isbn_13": None, "book": None, "saved": False,
        "cover_url": {
            size: f"https://covers.openlibrary.org/b/id/77-{letter}.jpg"
            for size, letter in {"small": "S", "medium": "M", "large": "L"}.items()
        },
    }  # fmt: skip
    assert open_library_status(body) == ("ok", None)
    assert sum(open_library.asked.values()) == 1
    assert open_library.queries[0]["fields"] == catalogue.FIELDS
    assert open_library.agents == {"Colophon/0.1 (+tests@example.org)"}


def test_a_repeated_search_makes_no_call(search: Search, open_library: OpenLibrary) -> None:
    first = search("war")
    again = search("WAR")

    assert again["results"] == first["results"]
    assert open_library_status(again) == ("ok", None)
    assert sum(open_library.asked.values()) == 1


def test_pages(search: Search, client: APIClient) -> None:
    first = search("war", limit=1)
    second = client.get(first["next"]).json()

    assert (first["count"], first["previous"]) == (4, None)
    assert first["next"] == "http://testserver/api/search?limit=1&page=2&q=war"
    assert second["results"][0]["title"] == "Pippi goes to war"
    assert second["previous"] == "http://testserver/api/search?limit=1&q=war"
    assert client.get("/api/search", {"q": "war", "page": "99"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({}, "q"), ({"q": ""}, "q"), ({"q": " ab "}, "q"), ({"q": "x" * 201}, "q"), ({"q": "a\0bc"}, "q"),
        ({"q": "war", "page": "0"}, "page"), ({"q": "war", "page": "10001"}, "page"),
        ({"q": "war", "limit": "101"}, "limit"),        ({"q": "war", "qq": "x"}, "qq"),
    ],
)  # fmt: skip
def test_what_is_refused(client: APIClient, query: dict[str, Any], parameter: str) -> None:
    answer = client.get("/api/search", query)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize("text", ["9780140447934", "0-14-044793-8", "978-0-14-044793-4"])
def test_an_isbn_finds_its_edition_with_the_work_beside_it(search: Search, text: str) -> None:
    (row,) = search(text)["results"]

    assert (row["title"], row["isbn_13"], row["work_key"]) == ("War and Peace (Penguin)", "9780140447934", "OL10W")
    assert (row["authors"], row["first_publish_year"], row["edition_count"]) == (["Leo Tolstoy"], 1869, 2)


def test_an_isbn_that_nobody_knows_has_no_results(search: Search) -> None:
    body = search("9780306406157")

    assert (body["count"], body["results"], open_library_status(body)) == (0, [], ("ok", None))


def test_the_catalogue_s_own_come_first_one_row_a_work(search: Search) -> None:
    own = make_book(title="A War of our own", cover_url="http://shop.example/cover.jpg")
    known = make_book(title="War and Peace", work_key="OL10W")
    make_book(title="War again", work_key="OL7W")
    make_book(title="War again, hardback", work_key="OL7W")

    rows = search("war")["results"]

    assert [(row["title"], row["book"]) for row in rows if row["book"] in {own.pk, known.pk}] == [
        ("A War of our own", own.pk), ("War and Peace", known.pk),
    ]  # fmt: skip
    assert [row["title"] for row in rows] == ["A War of our own", "War again", "War and Peace", "Pippi goes to war"]
    assert rows[0]["cover_url"]["large"] == "http://shop.example/cover.jpg"
    assert all(row["book"] is None for row in search("war", page=2, limit=1)["results"])


def test_saved_is_the_caller_s_own(open_library: OpenLibrary) -> None:
    ann, bob = make_user(password=PASSWORD), make_user(password=PASSWORD)
    LibraryEntry.objects.create(user=ann, book=make_book(title="War and Peace", work_key="OL10W"))

    saved = {
        name: [row["saved"] for row in browser.get("/api/search", {"q": "war and peace"}).json()["results"]]
        for name, browser in {"ann": signed_in(ann), "bob": signed_in(bob), "nobody": APIClient()}.items()
    }

    assert saved == {"ann": [True], "bob": [False], "nobody": [False]}


def test_a_page_of_another_origin_learns_nothing_of_the_household_s_shelf(
    client: APIClient, open_library: OpenLibrary
) -> None:
    LibraryEntry.objects.create(book=make_book(title="War and Peace", work_key="OL10W"))

    def saved(**headers: str) -> bool:
        rows = client.get("/api/search", {"q": "war and peace"}, headers=headers).json()["results"]
        return bool(rows[0]["saved"])

    assert saved()
    assert saved(origin="http://testserver")
    assert not saved(origin="https://evil.example")


def test_signs_and_capitals_are_no_grammar(search: Search, open_library: OpenLibrary) -> None:
    search('War AND -"peace" title:[* TO *]')

    assert open_library.queries[0]["q"] == "war and peace title to"


def test_too_large_an_answer_is_the_question_s_fault(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_BYTES", 10)
    for number in range(4):
        assert open_library_status(search(f"war {number}"))[0] == "unavailable"

    assert OutsideService.objects.get().failures == 0


def test_pages_of_an_isbn_and_past_the_end_of_the_catalogue(
    search: Search, open_library: OpenLibrary, client: APIClient
) -> None:
    whole = search("9780140447934", limit=1)
    assert (whole["count"], len(whole["results"]), whole["next"]) == (1, 1, None)
    open_library.fault = "html500"
    make_book(title="A War of our own")
    assert client.get("/api/search", {"q": "war of our own", "page": "2"}).status_code == 404
