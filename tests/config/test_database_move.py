"""The documented move from SQLite to PostgreSQL: no row is lost, and the new database accepts writes."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.installation import Installation, create_postgresql_database, create_sqlite_database

CREATE_USERS = """
from django.contrib.auth.models import Group
from books.models import Book
from users.models import Token, User
ann = User.objects.create_superuser("Ann@example.org", "correct horse battery", name="Ann")
bea = User.objects.create_user("bea@example.org", name="Bea", age=28)
Group.objects.all().delete()
Group.objects.create(name="Curators").user_set.add(ann)  # with another id than in the new database
Token.objects.create(user=ann)
entry = ann.library_entries.create(book=Book.objects.first(), rating="4.5", notes="Été")
entry.readings.create(finished_on="2024-02-29")
"""
DELETE_GROUPS = "from django.contrib.auth.models import Group; Group.objects.all().delete()"
CREATE_ROWS_AFTER_THE_MOVE = """
from books.models import Book, Category
from users.models import User
assert User.objects.get_by_natural_key("ann@EXAMPLE.org").check_password("correct horse battery")
Book.objects.create(title="After the move", category=Category.objects.create(name="Removal"))
User.objects.create_user("cleo@example.org", name="Cleo")
print("created")
"""
# Not moved: rows that migrations create in each database, sessions, the cache, and counters of rate limits.
NOT_MOVED = {
    "contenttypes.ContentType", "auth.Permission", "sessions.Session", "users.Session", "config.CacheEntry",
    "config.RateCounter",
}  # fmt: skip


@pytest.mark.skipif(
    not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="DATABASE_URL is not a PostgreSQL URL"
)
def test_move_to_postgresql_keeps_all_rows(tmp_path: Path) -> None:
    dump = str(tmp_path / "colophon.jsonl")
    with (
        Installation.create(tmp_path / "old", create_sqlite_database) as old,
        Installation.create(tmp_path / "new", create_postgresql_database) as new,
    ):
        with serving(Shop(read_books()[:45])) as url:
            old.manage("scrape_books", "--url", url, "--delay", "0").check_returncode()
        old.manage("shell", "-c", CREATE_USERS).check_returncode()

        old.manage("check", "--database", "default").check_returncode()
        old.manage(
            "dumpdata", "--format", "jsonl", "--natural-foreign", "--output", dump,
            "--exclude", "contenttypes", "--exclude", "auth.permission", "--exclude", "sessions",
            "--exclude", "users.session", "--exclude", "config",
        ).check_returncode()  # fmt: skip
        new.manage("shell", "-c", DELETE_GROUPS).check_returncode()
        loaded = new.manage("loaddata", dump)

        assert loaded.returncode == 0, loaded.stderr
        for table, columns in list_tables():
            query = f"SELECT {columns} FROM {table}"
            assert sorted(map(normalize, old.query(query))) == sorted(map(normalize, new.query(query))), table
        assert "created" in new.manage("shell", "-c", CREATE_ROWS_AFTER_THE_MOVE).stdout


def list_tables() -> list[tuple[str, str]]:
    """All tables that are moved, those of many-to-many relations too, with their columns."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.label not in NOT_MOVED]
    names = [(m._meta.db_table, ", ".join(f'"{field.column}"' for field in m._meta.concrete_fields)) for m in models]
    assert {"books_book", "users_user", "users_token", "users_reading", "scraping_scraperun"} <= {
        table for table, _ in names
    }
    return names


def normalize(row: tuple[object, ...]) -> list[str]:
    """Converts the values to text that is equal for both drivers: SQLite has no booleans, decimals, times or JSON."""
    return [
        str(float(value)) if isinstance(value, bool | int | float | Decimal) else to_text(value)[:19].replace("T", " ")
        for value in row
    ]


def to_text(value: object) -> str:
    parsed = json.loads(value) if isinstance(value, str) and value.startswith(("{", "[")) else value
    return json.dumps(parsed, sort_keys=True) if isinstance(parsed, dict | list) else str(parsed)
