"""Books that a source no longer lists."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotFinished

import pytest
from django.db import connection, transaction

from books.ingest.missing import mark_missing
from books.models import Book
from books.prices.review import lock_books
from tests.support.apps import ALL_APPS
from tests.support.factories import make_book


def mark_all(source: str) -> int:
    try:
        return mark_missing(source, keys=set(), addresses=set())
    finally:
        connection.close()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="The test database of SQLite is in memory and does not wait.")
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_missing_books_are_locked_in_the_order_of_ingest() -> None:
    """Another order is a deadlock, such as that of the rows in the table, in which the first book is last here."""
    first, last = make_book(source="corner"), make_book(source="corner")
    Book.objects.filter(pk=first.pk).update(rating=3)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_books([first.pk])
            marking = pool.submit(mark_all, "corner")
            with pytest.raises(NotFinished):
                marking.result(timeout=1)
            lock_books([last.pk])
        assert marking.result() == 2
