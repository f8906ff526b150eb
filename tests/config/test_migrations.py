"""Databases of earlier states migrate without loss, and the squashed migrations create the same schema."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation, suite_database_factory

CREATE_OLD_DATABASE = Path(__file__).with_name("old_database.py").read_text(encoding="utf-8")
PRINT_ROWS = """
from books.models import Book, ExternalService, Source
from scraping.models import ScrapeRun
from users.models import User
book = Book.objects.get()
entry = User.objects.get(email="ann@example.org").library_entries.get()
service = ExternalService.objects.get()
print(book.title, book.price, book.category, [each.author.name for each in book.authorships.all()])
print([(str(each.price), each.observed_at.year) for each in book.observations.all()])
print([(str(each.price), each.state) for each in book.held_prices.all()])
print([each.field for each in book.curated_fields.all()])
author = book.authors.get()
print(author.source, author.source_key, author.stated_name, Source.objects.get(pk=book.source))
print(entry.rating, entry.notes, [str(each.finished_on) for each in entry.readings.all()])
clerk = User.objects.get(email="clerk@example.org")
print([group.name for group in clerk.groups.all()], clerk.has_perms(["books.change_book", "scraping.add_scraperun"]))
print(service.next_request_at, service.failures, service.open_until, ScrapeRun.objects.get().state)
"""
EXPECTED_ROWS = """\
L’Œuvre 12.34 Poetry ['Émile Zola']
[('12.34', 2025)]
[('99.00', 'held')]
['title']
open_library OL1A Émile Zola Books to Scrape
4.5 Good ['2024-02-29']
['Curators'] True
5.0 2 7.0 succeeded
"""
USE_SERVICE = """
from django.conf import settings
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
from books.ingest import ingest
from books.records import BookRecord
client = Client()
etag = client.get("/api/books")["ETag"]
ingest([BookRecord(source="books_to_scrape", source_key="upc-2", title="Germinal")])
response = client.get("/api/books/search?title=germ", headers={"If-None-Match": etag})
print(client.get("/api/books")["ETag"] != etag, [book["title"] for book in response.json()["results"]])
"""
SHARE_ADDRESS = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(
        "INSERT INTO users_user (password, is_superuser, email, name, is_staff, is_active, date_joined)"
        " SELECT password, is_superuser, %s, 'Ben', is_staff, is_active, date_joined FROM users_user"
        " WHERE name = 'Ann'",
        ["ann@ｍail.test"],
    )
    cursor.execute("UPDATE users_user SET email = 'ann@mail.test' WHERE name = 'Ann'")
"""
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
PRINT_SCHEMA = """
from django.db import connection
with connection.cursor() as cursor:
    for table in sorted(connection.introspection.table_names(cursor)):
        description = connection.introspection.get_table_description(cursor, table)
        columns = [(column.name, column.type_code, column.null_ok) for column in description]
        constraints = connection.introspection.get_constraints(cursor, table).values()
        print(table, sorted(map(str, columns)), sorted(str(sorted(map(str, each.items()))) for each in constraints))
"""


@pytest.fixture
def old_installation(tmp_path: Path) -> Iterator[Installation]:
    """A database in the state before the squash, with rows."""
    with Installation.create(tmp_path / "old", suite_database_factory(), migrate=False) as installed:
        result = installed.manage("shell", "--verbosity", "0", "--command", CREATE_OLD_DATABASE)
        assert result.returncode == 0, result.stderr
        yield installed


def run_script(installed: Installation, script: str) -> str:
    result = installed.manage("shell", "--verbosity", "0", "--command", script)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_existing_database_keeps_its_rows_and_works(old_installation: Installation) -> None:
    migrated = old_installation.manage("migrate", "--verbosity", "1")

    assert migrated.returncode == 0, migrated.stderr
    assert "books.0013_external_service_and_texts" in migrated.stdout
    assert run_script(old_installation, PRINT_ROWS) == EXPECTED_ROWS
    assert run_script(old_installation, USE_SERVICE) == "True ['Germinal']\n"


@pytest.mark.slow
def test_squashed_migrations_create_the_same_schema(old_installation: Installation, installation: Installation) -> None:
    old_installation.manage("migrate", "--verbosity", "0").check_returncode()

    new_schema = run_script(installation, PRINT_SCHEMA)
    assert "books_book" in new_schema
    assert run_script(old_installation, PRINT_SCHEMA).splitlines() == new_schema.splitlines()
    assert installation.query("SELECT count(*) FROM django_migrations WHERE name = '0001_squashed_0013'") == [(1,)]


@pytest.mark.slow
def test_accounts_that_share_an_address_are_named_before_anything_changes(old_installation: Installation) -> None:
    run_script(old_installation, SHARE_ADDRESS)
    accounts, migrations = "SELECT * FROM users_user ORDER BY id", "SELECT name FROM django_migrations ORDER BY id"
    (ann,), (ben,) = old_installation.query("SELECT id FROM users_user WHERE name IN ('Ann', 'Ben') ORDER BY name")
    before = [old_installation.query(query) for query in (accounts, migrations)]

    for command in (["check", "--database", "default"], ["migrate", "--verbosity", "0"]):
        refused = old_installation.manage(*command)
        assert refused.returncode == 1
        assert (
            f"account {ann} ann@mail.test ('ann@mail.test'), account {ben} ann@ｍail.test ('ann@\\uff4dail.test')"
            in refused.stderr
        )
        assert "manage.py change_email ACCOUNT ADDRESS" in refused.stderr
    assert [old_installation.query(query) for query in (accounts, migrations)] == before

    old_installation.manage("change_email", str(ben), "ben@mail.test").check_returncode()
    old_installation.manage("migrate", "--verbosity", "0").check_returncode()
    keys = "SELECT email, email_key FROM users_user WHERE name IN ('Ann', 'Ben') ORDER BY name"
    assert old_installation.query(keys) == [("ann@mail.test", "ann@mail.test"), ("ben@mail.test", "ben@mail.test")]

    old_installation.manage("migrate", "users", "0007", "--verbosity", "0").check_returncode()
    old_installation.manage("migrate", "--verbosity", "0").check_returncode()
    assert old_installation.query(keys) == [("ann@mail.test", "ann@mail.test"), ("ben@mail.test", "ben@mail.test")]


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
