"""The trigram index: the database maintains it, and searches use it."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from books.models import Author, Book
from books.search import trigram_index
from books.search.titles import MAX_SORTED
from tests.support.factories import make_book
from tests.support.responses import titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> None:
    for title in ("The Art of War", "Art", "Martial Arts", "Zen"):
        make_book(title=title)


def search(client: APIClient, text: str) -> list[str]:
    return titles(client.get("/api/books", {"title": text}))


@pytest.mark.usefixtures("books")
def test_the_index_follows_changes(client: APIClient) -> None:
    Book.objects.filter(title="Zen").update(title="Painting", title_key="painting")
    Book.objects.filter(title="Art").delete()

    assert search(client, "paint") == ["Painting"]
    assert search(client, "zen") == []
    assert search(client, "art") == ["The Art of War", "Martial Arts"]


@pytest.mark.usefixtures("books")
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL does not replace rows")
def test_the_index_follows_replaced_rows(client: APIClient) -> None:
    columns = ", ".join(f'"{field.column}"' for field in Book._meta.concrete_fields)
    values = columns.replace('"title_key"', "'painting'")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT OR REPLACE INTO books_book ({columns}) SELECT {values} FROM books_book WHERE title = 'Zen'"
        )

    assert search(client, "zen") == []
    assert search(client, "paint") == ["Zen"]


@pytest.mark.usefixtures("books")
def test_a_rebuilt_index_is_complete_and_follows_changes(client: APIClient) -> None:
    connection.check_constraints()  # PostgreSQL creates no index while constraints wait to be checked
    trigram_index.remove(connection)
    call_command("rebuild_search")

    assert search(client, "art") == ["Art", "The Art of War", "Martial Arts"]
    Book.objects.filter(title="Zen").update(title_key="painting")
    assert search(client, "paint") == ["Zen"]


@pytest.mark.usefixtures("books")
def test_few_matches_are_returned_with_their_texts() -> None:
    expected = dict(Book.objects.filter(title_key__contains="art").values_list("pk", "title_key"))

    assert trigram_index.find_if_few("book", "art", maximum=3) == expected
    assert trigram_index.find_if_few("book", "art", maximum=2) is None
    assert trigram_index.count_matches("book", "art", maximum=10) == 3
    assert trigram_index.count_matches("book", "art", maximum=2) == 2


@pytest.fixture
def many_authors() -> None:
    Author.objects.bulk_create(Author(name=f"Name {number}") for number in range(MAX_SORTED + 1))


@pytest.mark.usefixtures("many_authors")
def test_many_names_are_found_by_a_scan(client: APIClient) -> None:
    assert client.get("/api/authors?name=name").json()["count"] == MAX_SORTED + 1
    assert client.get("/api/authors?name=name 7&limit=2").json()["results"][1]["name"] == "Name 70"


@pytest.mark.usefixtures("many_authors")
def test_names_are_found_by_the_index(client: APIClient) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/api/authors?name=ann").json()["count"] == 0

    if connection.vendor == "sqlite":
        assert "books_author_words" in str(queries.captured_queries)
        return
    search = next(query["sql"] for query in queries if "LIKE" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('books_author_words')")
        cursor.execute("ANALYZE books_author")
        cursor.execute(f"EXPLAIN {search}")
        assert "books_author_words" in str(cursor.fetchall())


@pytest.fixture
def empty_samples() -> Any:
    trigram_index.samples.clear()
    yield
    trigram_index.samples.clear()


@pytest.mark.usefixtures("empty_samples")
def test_the_rarest_trigrams_are_searched_first() -> None:
    for title in ("aaab", "aaac", "aaad", "bcde"):
        make_book(title=title)

    assert trigram_index.rarest_trigrams("book", "aaabcde") == ["abc", "aab", "bcd"]


def test_matching_trigrams_do_not_suffice(client: APIClient) -> None:
    for title in ("abcdef", "abc xdef", "def abc"):
        make_book(title=title)

    assert search(client, "abcdef") == ["abcdef"]
    assert search(client, 'a"bcdef') == []


def test_a_title_longer_than_its_key_is_found(client: APIClient) -> None:
    title = "\ufdfa" * 40  # each character folds into eighteen letters
    make_book(title=title)

    assert search(client, title) == [title]
