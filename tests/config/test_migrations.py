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
