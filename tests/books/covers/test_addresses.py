"""The addresses of covers in pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from books.covers.addresses import cover_address, cover_addresses
from books.covers.lifecycle import hash_url
from books.models import Cover
from tests.support.factories import make_book

pytestmark = pytest.mark.django_db

DIGEST = "0123456789abcdef" * 4


def store_cover(url: str, *, state: str) -> None:
    Cover.objects.create(url_hash=hash_url(url), url=url, state=state, digest=DIGEST)


def test_addresses_of_many_books_take_one_query() -> None:
    books = [make_book(cover_url=f"https://shop.example/{number}.jpg") for number in range(20)]
    store_cover("https://shop.example/0.jpg", state="ready")
    store_cover("https://shop.example/1.jpg", state="failed")

    with CaptureQueriesContext(connection) as queries:
        addresses = cover_addresses({book.pk: book.cover_url for book in books}, 240)

    assert len(queries) == 1
    assert addresses[books[0].pk] == f"/covers/{books[0].pk}/240?v=0123456789ab"
    assert [addresses[book.pk] for book in books[1:]] == [f"/covers/{book.pk}/240" for book in books[1:]]


def test_book_without_cover_has_an_address() -> None:
    book = make_book()

    assert cover_address(book, 120) == f"/covers/{book.pk}/120"


def test_no_books_have_no_addresses() -> None:
    assert cover_addresses({}, 120) == {}
