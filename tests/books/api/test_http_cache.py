"""Conditional reads: an answer is served again for as long as nothing was written, and never longer."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books import catalogue_version as stamp
from books.api.http_cache import Answer, bytes_of
from books.models import Author, Book, Category, PriceObservation
from core.db.versioned_cache import Kept
from tests.support.factories import make_book, make_category

READS = ["/api/books", "/books?limit=1", "/api/books/search?title=odes", "/api/authors", "/api/categories"]


# Committed: PostgreSQL stamps the catalogue at the commit. With the apps named the tables are emptied together.
committed = pytest.mark.django_db(transaction=True, available_apps=django_settings.INSTALLED_APPS)


@pytest.fixture
def book(transactional_db: None, settings: Settings) -> Book:
    settings.READ_CACHE_MB = 1
    return make_book(title="Odes", authors=["Ann"], category=make_category())


@committed
@pytest.mark.parametrize("path", READS)
def test_an_answer_is_made_once_and_told_by_its_etag(client: APIClient, book: Book, path: str) -> None:
    first = client.get(path)
    with CaptureQueriesContext(connection) as asked:
        second = client.get(path)
        unchanged = client.get(path, headers={"If-None-Match": f'"another", {first["ETag"]}'})

    assert (first.status_code, second.status_code, unchanged.status_code) == (200, 200, 304)
    assert second.content == first.content
    assert {**second.headers, "X-Request-ID": ""} == {**first.headers, "X-Request-ID": ""}
    assert (unchanged.content, unchanged["ETag"]) == (b"", first["ETag"])
    assert [each["sql"] for each in asked.captured_queries] == [stamp.READ] * 2


WRITES: dict[str, Any] = {
    "a book's field": lambda book: Book.objects.filter(pk=book.pk).update(stock=F("pk")),
    "a new book": lambda book: make_book(),
    "an author": lambda book: Author.objects.update(name="Bea"),
    "a new author": lambda book: Author.objects.create(name="Cleo"),
    "an authorship": lambda book: book.authorships.all().delete(),
    "a category": lambda book: Category.objects.update(name="Poetry"),
    "a price": lambda book: PriceObservation.objects.create(book=book, in_stock=True),
    "a deleted book": lambda book: book.delete(),
    "many": lambda book: Book.objects.bulk_create([Book(title=f"B{number}") for number in range(3)]),
}


@committed
@pytest.mark.parametrize("write", WRITES)
def test_every_write_of_the_catalogue_ends_the_answers(client: APIClient, book: Book, write: str) -> None:
    before = client.get("/api/books")
    stamped = stamp.read()

    WRITES[write](book)

    assert stamp.read() != stamped
    after = client.get("/api/books", headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, after["ETag"] == before["ETag"]) == (200, False)


@committed
def test_a_write_that_is_taken_back_ends_nothing(client: APIClient, book: Book) -> None:
    stamped = stamp.read()

    with transaction.atomic():
        make_book()
        transaction.set_rollback(True)

    assert stamp.read() == stamped


@committed
def test_what_is_no_plain_success_is_not_kept(client: APIClient, book: Book) -> None:
    for path in ("/api/books?page=9", "/api/books?max_prise=1", "/api/books/999999"):
        assert "ETag" not in client.get(path)
        assert client.get(path).status_code in {404, 422}


@committed
def test_each_form_of_an_answer_has_its_own_etag(client: APIClient, book: Book) -> None:
    answers = [
        client.get("/api/books"),
        client.get("/api/books", headers={"Accept": "application/json; indent=4"}),
        client.get("/api/books", headers={"Host": "127.0.0.1"}),
        client.get("/api/books?limit=10"),
        client.get("/books"),
    ]

    assert len({answer["ETag"] for answer in answers}) == 5
    assert "ETag" not in client.get("/api/books", headers={"Accept": "text/html"})
    assert client.get("/api/books", headers={"Accept": "image/png"}).status_code == 406


@committed
def test_queries_that_are_read_differently_are_answered_differently(client: APIClient, book: Book) -> None:
    """As it comes from a client that does not quote: the bytes of UTF-8, read as latin-1 by WSGI."""
    raw = "title=café".encode().decode("latin-1")
    make_book(title="Café")

    unquoted = client.get("/books/search", QUERY_STRING=raw).json()
    quoted = client.get("/books/search?title=caf%C3%83%C2%A9").json()

    assert (unquoted["search"], unquoted["count"]) == ("café", 1)
    assert (quoted["search"], quoted["count"]) == ("cafÃ©", 0)


@committed
def test_a_star_knows_every_answer_but_no_error(client: APIClient, book: Book) -> None:
    for _ in range(2):
        assert client.get("/api/books", headers={"If-None-Match": "*"}).status_code == 304
    assert client.get("/api/books/999999", headers={"If-None-Match": "*"}).status_code == 404


@committed
def test_without_a_stamp_the_catalogue_answers_and_a_migration_makes_one(client: APIClient, book: Book) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {stamp.TABLE}")
    answer = client.get("/api/books")
    assert (answer.status_code, "ETag" in answer) == (200, False)

    call_command("migrate", verbosity=0)

    assert "ETag" in client.get("/api/books")


@committed
def test_signed_in_callers_get_304_and_are_still_authenticated(
    client: APIClient, staff_client: APIClient, book: Book
) -> None:
    tag = staff_client.get("/api/books")["ETag"]

    unchanged = staff_client.get("/api/books", headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", tag)
    refused = client.get("/api/books", headers={"Authorization": f"Bearer {'0' * 64}", "If-None-Match": tag})
    assert refused.status_code == 401


@committed
def test_a_page_of_any_origin_reads_kept_answers_too(client: APIClient, book: Book) -> None:
    for _ in range(2):
        assert client.get("/api/books", headers={"Origin": "https://a.example"})["Access-Control-Allow-Origin"] == "*"


def test_the_memory_is_bounded() -> None:
    answers: Kept[Answer] = Kept(10_000, weight=bytes_of)
    answers.get(1, b"")
    for number in range(100):
        answers.keep(1, str(number).encode(), (b"x" * 1_000, {}))
    answers.keep(1, b"huge", (b"x" * 20_000, {}))

    assert sum(answers.get(1, str(number).encode()) is not None for number in range(100)) == 5
    assert answers.get(1, b"huge") is None


def test_an_answer_of_an_earlier_stamp_is_not_kept() -> None:
    answers: Kept[Answer] = Kept(10_000, weight=bytes_of)
    assert answers.get(1, b"a") is None
    assert answers.get(2, b"a") is None

    answers.keep(1, b"a", (b"old", {}))

    assert answers.get(2, b"a") is None


@committed
def test_a_migration_puts_the_triggers_back(client: APIClient, book: Book) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER books_book_stamp_update")
            cursor.execute("DROP TRIGGER books_book_words_update")
    call_command("migrate", verbosity=0)
    stamped = stamp.read()

    Book.objects.filter(pk=book.pk).update(title_key="painting")

    assert stamp.read() != stamped
    assert client.get("/api/books?title=paint").json()["count"] == 1
