"""The README's way from the embedded database to a server: nothing lost, and life goes on."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.installation import Installation, on_postgresql, on_sqlite

MAKE_PEOPLE = """
from books.models import Book
from users.models import Token, User
ann = User.objects.create_superuser("Ann@example.org", "correct horse battery", name="Ann")
bea = User.objects.create_user("bea@example.org", name="Bea", age=28)
Token.objects.create(user=ann)
entry = ann.library_entries.create(book=Book.objects.first(), rating="4.5", notes="Été")
entry.readings.create(finished_on="2024-02-29")
"""
NEW_ROWS = """
from books.models import Book, Category
from users.models import User
assert User.objects.get_by_natural_key("ann@EXAMPLE.org").check_password("correct horse battery")
Book.objects.create(title="After the move", category=Category.objects.create(name="Removal"))
User.objects.create_user("cleo@example.org", name="Cleo")
print("grew")
"""
# Made anew by each database's migrations, and the browsers' sign-ins, which are not taken along.
LEFT_BEHIND = {"contenttypes.ContentType", "auth.Permission", "sessions.Session", "config.CacheEntry"}


@pytest.mark.skipif(
    not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="DATABASE_URL names no PostgreSQL"
)
def test_moving_to_postgresql_loses_nothing(tmp_path: Path) -> None:
    dump = str(tmp_path / "colophon.jsonl")
    with (
        Installation.create(tmp_path / "old", on_sqlite) as old,
        Installation.create(tmp_path / "new", on_postgresql) as new,
    ):
        with serving(Shop(read_books()[:45])) as url:
            old.manage("scrape_books", "--url", url, "--delay", "0").check_returncode()
        old.manage("shell", "-c", MAKE_PEOPLE).check_returncode()

        old.manage(
            "dumpdata", "--format", "jsonl", "--natural-foreign", "--output", dump,
            "--exclude", "contenttypes", "--exclude", "auth.permission", "--exclude", "sessions", "--exclude", "config",
        ).check_returncode()  # fmt: skip
        loaded = new.manage("loaddata", dump)

        assert loaded.returncode == 0, loaded.stderr
        for table, columns in tables():
            query = f"SELECT {columns} FROM {table}"
            assert sorted(map(plain, old.query(query))) == sorted(map(plain, new.query(query))), table
        assert "grew" in new.manage("shell", "-c", NEW_ROWS).stdout


def tables() -> list[tuple[str, str]]:
    """Every table that is taken along, with its columns: those of relations too."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.label not in LEFT_BEHIND]
    names = [(m._meta.db_table, ", ".join(f.column for f in m._meta.concrete_fields)) for m in models]
    assert {"books_book", "users_user", "users_token", "users_reading", "scraping_scraperun"} <= {
        table for table, _ in names
    }
    return names


def plain(row: tuple[object, ...]) -> list[str]:
    """A row in a form that both databases' drivers agree on: SQLite knows no booleans, decimals, times or JSON."""
    return [
        str(float(value)) if isinstance(value, bool | int | float | Decimal) else text(value)[:19].replace("T", " ")
        for value in row
    ]


def text(value: object) -> str:
    parsed = json.loads(value) if isinstance(value, str) and value.startswith(("{", "[")) else value
    return json.dumps(parsed, sort_keys=True) if isinstance(parsed, dict | list) else str(parsed)
