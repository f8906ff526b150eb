"""Migrations to an earlier version and back: what stays, and what stops them."""

import json

import pytest

from tests.config.test_migrations import run_script
from tests.support.installation import Installation

INGEST_FROM_A_SHOP = """
from decimal import Decimal
from books.ingest import ingest
from books.records import AuthorRecord, BookRecord
author = AuthorRecord("auteur-3", "Zola")
book = BookRecord(source="woo", source_key="1", title="Nana", price=Decimal(5), currency="GBP", authors=(author,))
ingest([book])
ingest([book])
"""
PRINT_BOOK_OF_SHOP = """
from books.models import Book
book = Book.objects.get()
observation = book.observations.get()
print(book.title, book.source, book.authors.get(), observation.price, observation.in_stock)
"""
SAVE_TRANSLATIONS = """
from django.contrib.admin.models import CHANGE, LogEntry
from books.ingest import ingest
from books.models import Author
from books.records import AuthorRecord, BookRecord
from users.models import User
for key, name in (("1", "Зола"), ("2", "Zola"), ("3", "Sand")):
    author = AuthorRecord("sand" if name == "Sand" else "zola", name)
    ingest([BookRecord(source="woo", source_key=key, title=f"Book {key}", authors=(author,))])
curator = User.objects.create_user(email="clerk@example.org", name="Clerk")
Author.objects.filter(name="Sand").update(name="George Sand")
LogEntry.objects.log_actions(curator.pk, Author.objects.filter(name="George Sand"), CHANGE)
"""
PRINT_AUTHORS = """
from books.models import Author, Authorship
print(sorted(Author.objects.values_list("name", "stated_name")))
print([(each.shown_name, each.name_key) for each in Authorship.objects.order_by("book__source_key")])
"""
WITHDRAW_BOOK, PUBLISH_BOOK = (
    f"from books.models import Book\nBook.objects.update(is_published={value})" for value in (False, True)
)
SEARCH_BOOK = """
from books.models import Book
from books.search.trigram_index import find_if_few
found = [find_if_few("book", "nana", maximum=1)]
Book.objects.update(is_published=False)
found.append(find_if_few("book", "nana", maximum=1))
print([list(texts.values()) for texts in found])
"""


@pytest.mark.slow
def test_rows_of_a_second_shop_survive_the_way_back(installation: Installation) -> None:
    """At 0013, an availability that the source does not state is stored as false."""
    run_script(installation, INGEST_FROM_A_SHOP)

    installation.manage("migrate", "books", "0013", "--verbosity", "0").check_returncode()
    installation.manage("migrate", "--verbosity", "0").check_returncode()

    assert run_script(installation, PRINT_BOOK_OF_SHOP) == "Nana woo Zola 5.00 False\n"


@pytest.mark.slow
def test_authors_renamed_by_a_person_keep_their_names_after_the_way_back(installation: Installation) -> None:
    """At 0023, books have no names of authors. The way back therefore loses them until the next ingest."""
    run_script(installation, SAVE_TRANSLATIONS)
    before = run_script(installation, PRINT_AUTHORS)

    installation.manage("migrate", "books", "0023", "--verbosity", "0").check_returncode()
    installation.manage("migrate", "--verbosity", "0").check_returncode()

    assert before == (
        "[('George Sand', 'Sand'), ('Зола', 'Зола')]\n[('Зола', None), ('Zola', 'zola'), ('George Sand', None)]\n"
    )
    assert run_script(installation, PRINT_AUTHORS) == (
        "[('George Sand', None), ('Зола', 'Зола')]\n[('Зола', None), ('Зола', None), ('George Sand', None)]\n"
    )


@pytest.mark.slow
def test_unpublished_books_stop_the_way_back_until_they_are_published(installation: Installation) -> None:
    run_script(installation, INGEST_FROM_A_SHOP + WITHDRAW_BOOK)
    (book,) = installation.query("SELECT id, is_published FROM books_book")

    refused = installation.manage("migrate", "books", "0027", "--verbosity", "0")

    assert refused.returncode == 1
    assert f"Unpublished rows of Book: {book[0]}. The earlier version would show them" in refused.stderr
    assert installation.query("SELECT id, is_published FROM books_book") == [book]

    run_script(installation, PUBLISH_BOOK)
    installation.manage("migrate", "books", "0027", "--verbosity", "0").check_returncode()
    installation.manage("migrate", "--verbosity", "0").check_returncode()
    assert run_script(installation, SEARCH_BOOK) == "[['nana'], []]\n"


UPLOAD_COVER = """
from books.covers.lifecycle import hash_url
from books.models import Cover

url = "http://books.example/covers/1/440"
Cover.objects.create(url=url, url_hash=hash_url(url), is_uploaded=True)
"""


@pytest.mark.slow
def test_uploaded_covers_stop_the_way_back_until_they_are_deleted(installation: Installation) -> None:
    run_script(installation, UPLOAD_COVER)

    refused = installation.manage("migrate", "books", "0028", "--verbosity", "0")

    assert refused.returncode == 1
    assert "Uploaded covers: http://books.example/covers/1/440. The earlier version would lose them" in refused.stderr
    assert installation.query("SELECT is_uploaded FROM books_cover")[0]

    run_script(installation, "from books.models import Cover; Cover.objects.all().delete()")
    installation.manage("migrate", "books", "0028", "--verbosity", "0").check_returncode()
    installation.manage("migrate", "--verbosity", "0").check_returncode()


SAVE_AVAILABILITIES = """
from books.ingest import ingest
from books.models import Book, CuratedField
from books.records import BookRecord
from books.availability import Availability
ingest([BookRecord(source="woo", source_key=each, title=each, availability=each) for each in Availability])
CuratedField.objects.create(book=Book.objects.get(title="preorder"), field="availability", source_value="in_stock")
"""
AVAILABILITIES = "SELECT title, availability FROM books_book ORDER BY title"
OBSERVED_AVAILABILITIES = "SELECT availability FROM books_priceobservation ORDER BY id"


@pytest.mark.slow
def test_the_way_back_keeps_whether_a_book_is_in_stock(installation: Installation) -> None:
    run_script(installation, SAVE_AVAILABILITIES)
    observed = installation.query(OBSERVED_AVAILABILITIES)

    installation.manage("migrate", "books", "0035", "--verbosity", "0").check_returncode()
    rows = installation.query("SELECT title, in_stock FROM books_book ORDER BY title")
    assert [(title, None if value is None else bool(value)) for title, value in rows] == [
        ("backorder", False), ("in_stock", True), ("out_of_stock", False), ("preorder", False), ("unknown", None)
    ]  # fmt: skip
    installation.manage("migrate", "--verbosity", "0").check_returncode()

    assert installation.query(AVAILABILITIES) == [
        ("backorder", "out_of_stock"), ("in_stock", "in_stock"), ("out_of_stock", "out_of_stock"),
        ("preorder", "out_of_stock"), ("unknown", "unknown"),
    ]  # fmt: skip
    assert len(installation.query(OBSERVED_AVAILABILITIES)) == len(observed) == 4  # nothing was stated of one book
    curated = installation.query("SELECT field, source_value FROM books_curatedfield")
    assert [(field, str(value).strip('"')) for field, value in curated] == [("availability", "in_stock")]


SAVE_RECORDS = """
from scraping.models import PageState, ScrapeRun
from scraping.record_json import record_to_json
from books.availability import Availability
from books.records import BookRecord
for each in Availability:
    record = record_to_json(BookRecord(source="woo", source_key=each, title=each, availability=each))
    PageState.objects.create(site="woo", url=f"https://woo.example/{each}", source_key=each, record=record)
ScrapeRun.objects.create(site="woo", fill={"title": 1.0, "availability": 0.8})
"""
PRINT_RECORDS = """
from scraping.models import PageState, ScrapeRun
from scraping.record_json import record_from_json
print([record_from_json(page.record).availability.value for page in PageState.objects.order_by("source_key")])
print(ScrapeRun.objects.get().fill)
"""


@pytest.mark.slow
def test_stored_records_and_figures_of_runs_follow_the_availability(installation: Installation) -> None:
    run_script(installation, SAVE_RECORDS)

    installation.manage("migrate", "scraping", "0012", "--verbosity", "0").check_returncode()
    stored = [json.loads(row) for (row,) in installation.query("SELECT CAST(record AS text) FROM scraping_pagestate")]
    assert {record["title"]: record.get("in_stock") for record in stored} == {
        "backorder": False, "in_stock": True, "out_of_stock": False, "preorder": False, "unknown": None
    }  # fmt: skip
    assert not any("availability" in record for record in stored)
    installation.manage("migrate", "--verbosity", "0").check_returncode()

    assert run_script(installation, PRINT_RECORDS).splitlines() == [
        "['out_of_stock', 'in_stock', 'out_of_stock', 'out_of_stock', 'unknown']",
        "{'title': 1.0, 'availability': 0.8}",
    ]
