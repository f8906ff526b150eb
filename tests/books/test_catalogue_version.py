"""The catalogue version: every committed write changes it, a rolled-back write does not."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient

from books import catalogue_version
from books.ingest.freshness import mark_as_checked
from books.models import Author, Book, Category, HeldPrice, PriceObservation
from tests.support.apps import ALL_APPS
from tests.support.factories import make_book, make_category
from tests.support.responses import titles

# Writes must be committed, because PostgreSQL changes the version at the commit. The apps are named so that their
# tables are truncated together.
pytestmark = pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)

WRITES: dict[str, Any] = {
    "update a book": lambda book: Book.objects.filter(pk=book.pk).update(stock=F("pk")),
    "create a book": lambda book: make_book(),
    "delete a book": lambda book: book.delete(),
    "create several books": lambda book: Book.objects.bulk_create([Book(title=f"B{number}") for number in range(3)]),
    "update an author": lambda book: Author.objects.update(name="Bea"),
    "create an author": lambda book: Author.objects.create(name="Cleo"),
    "delete an authorship": lambda book: book.authorships.all().delete(),
    "update a category": lambda book: Category.objects.update(name="Poetry"),
    "create an observation": lambda book: PriceObservation.objects.create(book=book, availability="in_stock"),
    "hold a price": lambda book: HeldPrice.objects.create(book=book, price=1, currency="GBP"),
    "check a book": lambda book: mark_as_checked([book.pk], timezone.now()),
}


@pytest.fixture
def book(transactional_db: None) -> Book:
    return make_book(title="Odes", authors=["Ann"], category=make_category())


@pytest.mark.parametrize("write", WRITES)
def test_a_write_changes_the_version(book: Book, write: str) -> None:
    before = catalogue_version.read()

    WRITES[write](book)

    assert catalogue_version.read() not in {before, None}


def test_a_rollback_keeps_the_version(book: Book) -> None:
    before = catalogue_version.read()

    with transaction.atomic():
        make_book()
        transaction.set_rollback(True)

    assert catalogue_version.read() == before


def test_migrate_creates_a_missing_version(book: Book) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {catalogue_version.TABLE}")
    assert catalogue_version.read() is None

    call_command("migrate", verbosity=0)

    assert catalogue_version.read() is not None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite drops triggers with a recreated table")
def test_migrate_restores_dropped_triggers(client: APIClient, book: Book) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER books_book_stamp_update")
        cursor.execute("DROP TRIGGER books_book_words_update")
    call_command("migrate", verbosity=0)
    before = catalogue_version.read()

    Book.objects.filter(pk=book.pk).update(title_key="painting")

    assert catalogue_version.read() not in {before, None}
    assert titles(client.get("/api/books?title=paint")) == ["Odes"]
