"""The federated search, with a fake Open Library over real HTTP."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from books.models import ExternalService
from books.openlibrary import client as openlibrary_client
from books.openlibrary.rows import FIELDS
from core import __version__
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.clients import make_client
from tests.support.factories import make_book, make_user
from tests.support.library import PENGUIN_ISBN
from tests.support.responses import open_library_status
from tests.users.conftest import Search
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/search", "/api/search", "/api/search/"])
def test_a_search_is_one_request(client: APIClient, open_library: OpenLibrary, path: str) -> None:
    body = client.get(path, {"q": "War  and"}).json()

    work = {
        "work_key": "OL10W", "title": "War and Peace", "subtitle": None, "authors": ["Leo Tolstoy"],
        "first_publish_year": 1869,
        "languages": ["eng", "rus"], "edition_count": 2, "isbn_13": None, "book": None, "saved": False,
        "cover_url": {
            "small": "https://covers.openlibrary.org/b/id/77-S.jpg",
            "medium": "https://covers.openlibrary.org/b/id/77-M.jpg",
            "large": "https://covers.openlibrary.org/b/id/77-L.jpg",
        },
    }  # fmt: skip
    sources = [
        {"name": "open_library", "status": "ok", "age_seconds": 0, "reason": None},
        {"name": "catalogue", "status": "ok", "age_seconds": 0, "reason": None},
    ]
    assert body == {
        "query": "War and",
        "count": 2,  # Open Library counts a work twice that it lists twice
        "next": None,
        "previous": None,
        "sources": sources,
        "results": [work],
    }
    assert open_library.requests.total() == 1
    assert open_library.queries[0]["fields"] == FIELDS
    assert open_library.user_agents == {f"Colophon/{__version__} (+tests@example.org)"}


def test_a_repeated_search_is_served_from_the_cache(search: Search, open_library: OpenLibrary) -> None:
    first = search("war")
    second = search("WAR")

    assert second["results"] == first["results"]
    assert open_library_status(second) == ("ok", None)
    assert open_library.requests.total() == 1


def test_pages(search: Search, client: APIClient) -> None:
    first = search("war", limit=1)
    second = client.get(first["next"]).json()

    assert (first["count"], first["previous"]) == (4, None)
    assert first["next"] == "http://testserver/api/search?limit=1&page=2&q=war"
    assert second["results"][0]["title"] == "Pippi goes to war"
    assert second["previous"] == "http://testserver/api/search?limit=1&q=war"
    assert second["next"] == "http://testserver/api/search?limit=1&page=3&q=war"
    assert client.get("/api/search", {"q": "war", "page": "99"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({}, "q"), ({"q": ""}, "q"), ({"q": "  "}, "q"), ({"q": "x" * 201}, "q"), ({"q": "a\0bc"}, "q"),
        ({"q": "war", "page": "0"}, "page"), ({"q": "war", "page": "10001"}, "page"),
        ({"q": "war", "page": "101", "limit": "100"}, "page"),
        ({"q": "war", "limit": "101"}, "limit"), ({"q": "war", "qq": "x"}, "qq"),
    ],
)  # fmt: skip
def test_invalid_parameters(client: APIClient, query: dict[str, Any], parameter: str) -> None:
    response = client.get("/api/search", query)

    assert response.status_code == 422
    assert [error["parameter"] for error in response.json()["errors"]] == [parameter]


@pytest.mark.parametrize("text", [PENGUIN_ISBN, "0-14-044793-8", "978-0-14-044793-4"])
def test_an_isbn_finds_its_edition(search: Search, text: str) -> None:
    (row,) = search(text)["results"]

    assert (row["title"], row["isbn_13"], row["work_key"]) == ("War and Peace (Penguin)", PENGUIN_ISBN, "OL10W")
    assert (row["authors"], row["first_publish_year"], row["edition_count"]) == (["Leo Tolstoy"], 1869, 2)


def test_an_unknown_isbn_has_no_results(search: Search) -> None:
    body = search("9780306406157")

    assert (body["count"], body["results"], open_library_status(body)) == (0, [], ("ok", None))


def test_catalogue_books_come_first_with_one_row_a_work(search: Search) -> None:
    own = make_book(title="A War of our own", cover_url="http://shop.example/cover.jpg")
    matched = make_book(title="War and Peace", work_key="OL10W")
    make_book(title="War again", work_key="OL7W")
    make_book(title="War again, hardback", work_key="OL7W")

    rows = search("war")["results"]

    assert [row["title"] for row in rows] == ["War again", "War and Peace", "A War of our own", "Pippi goes to war"]
    assert (rows[1]["book"], rows[2]["book"], rows[3]["book"]) == (matched.pk, own.pk, None)
    assert rows[2]["cover_url"] == dict.fromkeys(["small", "medium", "large"], "http://shop.example/cover.jpg")
    assert rows[3]["cover_url"] is None


def test_pages_continue_from_the_catalogue_to_open_library(search: Search) -> None:
    for number in range(5):
        make_book(title=f"War {number}")

    pages = [search("war", page=number, limit=2) for number in range(1, 5)]

    titles = [[row["title"] for row in page["results"]] for page in pages]
    assert titles[:3] == [["War 0", "War 1"], ["War 2", "War 3"], ["War 4", "War and Peace"]]
    assert titles[3][0] == "Pippi goes to war"
    assert {page["count"] for page in pages} == {5 + 4}
    assert [bool(page["next"]) for page in pages] == [True, True, True, True]


@pytest.mark.parametrize("text", ["It", "雪国", "C++", "π"])
def test_short_titles_are_found_in_the_catalogue(search: Search, open_library: OpenLibrary, text: str) -> None:
    book = make_book(title=text)

    body = search(text)

    assert [row["book"] for row in body["results"]] == [book.pk]
    assert (body["sources"][0]["status"], "at least 3 letters" in body["sources"][0]["reason"]) == ("unavailable", True)
    assert open_library.requests.total() == 0


def test_results_show_what_the_caller_has_saved(open_library: OpenLibrary, ann: User) -> None:
    LibraryEntry.objects.create(user=ann, book=make_book(title="War and Peace", work_key="OL10W"))
    clients = {"ann": make_client(ann), "bob": make_client(make_user()), "anonymous": APIClient()}

    saved = {
        name: [row["saved"] for row in client.get("/api/search", {"q": "war and peace"}).json()["results"]]
        for name, client in clients.items()
    }

    assert saved == {"ann": [True], "bob": [False], "anonymous": [False]}


@pytest.mark.parametrize(
    ("headers", "is_saved"),
    [({}, True), ({"origin": "http://testserver"}, True), ({"origin": "https://evil.example"}, False)],
)
def test_other_sites_do_not_see_the_shared_library(
    client: APIClient, open_library: OpenLibrary, headers: dict[str, str], is_saved: bool
) -> None:
    LibraryEntry.objects.create(book=make_book(title="War and Peace", work_key="OL10W"))

    body = client.get("/api/search", {"q": "war and peace"}, headers=headers).json()

    assert [row["saved"] for row in body["results"]] == [is_saved]


def test_query_syntax_is_removed(search: Search, open_library: OpenLibrary) -> None:
    search('War AND -"peace" title:[* TO *]')

    assert open_library.queries[0]["q"] == "war and peace title to"


def test_a_response_that_is_too_large_is_no_failure_of_open_library(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openlibrary_client, "MAX_BYTES", 10)
    for number in range(4):
        assert open_library_status(search(f"war {number}"))[0] == "unavailable"

    assert ExternalService.objects.get().failures == 0


def test_an_isbn_has_one_page(search: Search) -> None:
    body = search(PENGUIN_ISBN, limit=1)

    assert (body["count"], len(body["results"]), body["next"]) == (1, 1, None)


def test_pages_past_the_catalogue_are_404_without_open_library(client: APIClient, open_library: OpenLibrary) -> None:
    open_library.fault = "html500"
    make_book(title="A War of our own")

    assert client.get("/api/search", {"q": "war of our own"}).json()["count"] == 1
    assert client.get("/api/search", {"q": "war of our own", "page": "2"}).status_code == 404
