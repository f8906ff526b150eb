"""Unpublished books appear only in the libraries that contain them, for staff, and nowhere else."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.models import Book
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.facets import get_choices, get_facets
from tests.support.factories import make_curator, make_staff, make_user
from tests.support.library import save_book
from tests.users.library.publication.conftest import ISBN
from tests.web.pages import BROWSER
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db
LISTS = [
    "/api/books",
    "/api/books?cursor=",
    "/api/books?ordering=-created_at",
    "/api/books?title=zanzibar",
    "/api/books?title=za",
    "/api/books?title=zanzibar&ordering=title",
    "/api/books?author=Zelda+Quill",
    "/api/books?category=Diaries",
    f"/api/books?isbn={ISBN}",
    "/api/books?source=manual",
    "/api/books/search?title=zanzibar",
    "/api/authors",
    "/api/authors?name=zelda",
    "/books",
    "/books/search?title=zanzibar",
]
PAGES = ["/", "/catalogue", "/catalogue?title=zanzibar", "/catalogue?author=Zelda+Quill", "/catalogue?category=Diaries"]


def texts(body: Any) -> Iterator[str]:
    """All texts of a JSON body, except links, which repeat the query."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from () if name in {"next", "previous", "search", "query"} else texts(value)
    elif isinstance(body, list):
        for value in body:
            yield from texts(value)
    elif isinstance(body, str):
        yield body


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("path", LISTS)
def test_lists_leave_out_unpublished_books_and_their_authors(clients: dict[str, APIClient], path: str) -> None:
    for name, client in clients.items():
        response = client.get(path)

        assert response.status_code == 200, (name, response.content)
        shown = set(texts(response.json()))
        assert shown.isdisjoint({"Zanzibar", "Zelda Quill"}), name
        assert response.json().get("count") in {None, len(response.json()["results"])}, name


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("path", PAGES)
def test_pages_leave_out_unpublished_books(path: str) -> None:
    content = Client().get(path, headers=BROWSER).content.decode()

    assert "/zanzibar" not in content
    assert "Zelda Quill</a>" not in content


def test_pages_of_authors_and_categories_leave_out_unpublished_books(book: Book) -> None:
    assert Client().get(f"/author/{book.authors.get().pk}", headers=BROWSER).status_code == 404

    content = Client().get(f"/category/{book.category_id}", headers=BROWSER).content.decode()
    assert "Odes" in content
    assert "Zanzibar" not in content


@pytest.mark.usefixtures("book")
def test_facets_count_published_books_only() -> None:
    assert {label: choice.count.number for label, choice in get_choices("category").items()} == {"Diaries": 1}
    for query in ("title=zanzibar", "author=Zelda+Quill", f"isbn={ISBN}"):
        assert get_facets(query).total.number == 0, query


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("query", ["zanzibar", "zelda quill", ISBN, "z"])
def test_search_leaves_out_unpublished_books(
    clients: dict[str, APIClient], open_library: OpenLibrary, query: str
) -> None:
    for name, client in clients.items():
        body = client.get("/api/search", {"q": query}).json()

        assert "Zanzibar" not in set(texts(body["results"])), name
        assert all(result["book"] is None for result in body["results"]), name


@pytest.mark.parametrize(
    ("name", "status"), [("anonymous", 404), ("other", 404), ("staff", 404), ("owner", 200), ("curator", 200)]
)
def test_one_book_is_shown_to_its_owner_and_staff(
    clients: dict[str, APIClient], book: Book, name: str, status: int
) -> None:
    author = book.authors.get()
    for path in (f"/api/books/{book.pk}", f"/api/books/{book.pk}/prices", f"/api/authors/{author.pk}"):
        assert clients[name].get(path).status_code == status, path


def test_the_owner_sees_that_the_book_is_not_published_and_no_cache_stores_it(
    clients: dict[str, APIClient], book: Book
) -> None:
    response = clients["owner"].get(f"/api/books/{book.pk}")

    assert response.json()["is_published"] is False
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/covers/{}/120", "/book/{}"])
def test_covers_and_pages_are_shown_to_the_owner_and_staff(owner: User, book: Book, path: str) -> None:
    for user, status in ((None, 404), (make_user(), 404), (make_staff(), 404), (owner, 200), (make_curator(), 200)):
        browser = Client()
        if user:
            browser.force_login(user)
        response = browser.get(path.format(book.pk), headers=BROWSER)
        assert response.status_code == status, user
        assert "public" not in response.get("Cache-Control", "")


def test_pages_of_unpublished_books_are_not_stored(settings: Settings, book: Book) -> None:
    settings.SHARED_SHELF, settings.READ_CACHE_MB = True, 4
    entry, browser = LibraryEntry.objects.create(user=None, book=book), Client()
    assert browser.get(f"/book/{book.pk}", headers=BROWSER).status_code == 200

    entry.delete()
    assert browser.get(f"/book/{book.pk}", headers=BROWSER).status_code == 404


@pytest.mark.parametrize("path", ["/book/{}/library", "/book/{}/library/remove"])
def test_others_cannot_save_or_remove_the_book_on_its_page(book: Book, path: str) -> None:
    browser = Client()
    browser.force_login(make_user())

    assert browser.post(path.format(book.pk), {"status": "read"}).status_code == 404
    assert LibraryEntry.objects.count() == 1


def test_others_cannot_save_the_book_by_its_id(clients: dict[str, APIClient], book: Book) -> None:
    hidden, missing = (save_book(clients["other"], book=pk) for pk in (book.pk, book.pk + 1_000))

    assert hidden.status_code == missing.status_code == 422
    assert hidden.json()["errors"][0]["code"] == missing.json()["errors"][0]["code"] == "does_not_exist"
    assert save_book(clients["owner"], book=book.pk).status_code == 200


def test_saving_the_isbn_does_not_find_the_book_of_another_member(
    clients: dict[str, APIClient], book: Book, open_library: OpenLibrary
) -> None:
    response = save_book(clients["other"], isbn=ISBN)

    assert response.json().get("book", {}).get("id") != book.pk
    assert save_book(clients["owner"], isbn=ISBN).json()["book"]["id"] == book.pk


@pytest.mark.parametrize("text", ["zanz", "za", "zelda"])
def test_the_owner_finds_the_book_in_the_library(clients: dict[str, APIClient], book: Book, text: str) -> None:
    (entry,) = clients["owner"].get("/api/library", {"text": text}).json()["results"]

    assert (entry["book"]["id"], entry["book"]["is_published"]) == (book.pk, False)
    assert clients["other"].get("/api/library", {"text": text}).json()["count"] == 0


def test_books_in_the_shared_library_are_shown_to_those_who_may_use_it(
    settings: Settings, clients: dict[str, APIClient], book: Book
) -> None:
    LibraryEntry.objects.create(user=None, book=book)
    assert Client().get(f"/book/{book.pk}", headers=BROWSER).status_code == 404

    settings.SHARED_SHELF = True
    assert Client().get(f"/book/{book.pk}", headers=BROWSER).status_code == 200
    assert Client().get(f"/covers/{book.pk}/120").status_code == 200
    assert clients["anonymous"].get(f"/api/books/{book.pk}").status_code == 404  # other sites may read the API
