"""Each page has a fixed number of queries, with few and with many rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from books.facets import counted_options
from books.models import Book, PriceObservation
from books.prices.summaries import rebuild_summaries
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.factories import make_book, make_category, make_user
from tests.web.pages import BROWSER
from users.models import LibraryEntry, PriceWatch, User

pytestmark = pytest.mark.django_db

# Path, whether the reader is signed in, queries with 2 and with 32 books. If another page follows, books are counted.
PAGES = {
    "home": ("/", False, 9, 9),
    "home of a reader": ("/", True, 21, 21),
    "catalogue": ("/catalogue", False, 10, 11),
    "catalogue of a reader": ("/catalogue", True, 13, 14),
    "catalogue, filtered": ("/catalogue?rating=4&max_price=40&in_stock=true", False, 11, 12),
    "catalogue, by author": ("/catalogue?author=Ann", False, 11, 12),
    "counts of facets": ("/catalogue/facets", False, 10, 11),
    "price changes": ("/price-changes", False, 8, 9),
    "book": ("/book/{pk}", False, 14, 14),  # with the shared entry
    "book of a reader": ("/book/{pk}", True, 28, 28),
    "watches": ("/watches", True, 13, 13),
    "search form": ("/find", False, 0, 0),
    "registration": ("/register", False, 0, 0),
    "sign-in": ("/sign-in", False, 0, 0),
    "account": ("/account", True, 3, 3),
}


@pytest.fixture
def reader() -> User:
    return make_user(name="Ann")


def add_books(number: int, reader: User) -> Book:
    """Books of one work with authors, categories, prices and entries in the library. Returns the first."""
    now = timezone.now()
    books = [
        make_book(
            title=f"Odes {index}", authors=["Ann", f"Author {index}"], category=make_category(f"Category {index}"),
            rating=4, price=index + 1, currency="GBP", in_stock=True, work_key="OL1W",
            cover_url=f"https://shop.example/{index}.jpg",
        )
        for index in range(number)
    ]  # fmt: skip
    for index, book in enumerate(books):
        PriceWatch.objects.create(user=reader, book=book, rule="lowest", scope=("work", "book")[index % 2])
        LibraryEntry.objects.create(user=reader, book=book, status=("want_to_read", "reading")[index % 2])
        for days in range(number):
            PriceObservation.objects.create(
                book=book, price=days + 1, currency="GBP", observed_at=now - timedelta(number - days)
            )  # fmt: skip
    rebuild_summaries([book.pk for book in books])
    return books[0]


def count_queries(path: str, client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers=BROWSER)
    assert response.status_code == 200, path
    return len(queries)


@pytest.mark.parametrize("name", PAGES)
def test_number_of_queries_is_fixed(name: str, reader: User) -> None:
    path, is_signed_in, with_few, with_many = PAGES[name]
    client = Client()
    if is_signed_in:
        client.force_login(reader)

    few = count_queries(path.format(pk=add_books(2, reader).pk), client)
    many = count_queries(path.format(pk=add_books(30, reader).pk), client)

    assert (few, many) == (with_few, with_many)


def test_queries_of_a_search_do_not_grow(reader: User, open_library: OpenLibrary) -> None:
    """The first search fills the caches of Open Library's replies and of the frequencies of trigrams."""
    add_books(2, reader)
    client = Client()
    count_queries("/find?q=odes", client)

    few = count_queries("/find?q=odes", client)
    add_books(15, reader)

    assert count_queries("/find?q=odes", client) <= few


def test_a_large_catalogue_needs_no_more_queries(monkeypatch: pytest.MonkeyPatch, reader: User) -> None:
    monkeypatch.setattr(counted_options, "SMALL", 1)
    add_books(30, reader)

    assert count_queries("/catalogue", Client()) == 9
