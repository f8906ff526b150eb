"""PostgreSQL scans an index backwards with NULLs first: lists by the largest rise, with NULLs last, have their own."""

from typing import Any

from django.db import migrations

COLUMNS = "(change_percent DESC NULLS LAST, id DESC)"


def create_indexes(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX book_change_percent_downwards ON books_book {COLUMNS}")
        changes = "WHERE previous_price IS NOT NULL"
        schema_editor.execute(f"CREATE INDEX change_by_percent_downwards ON books_priceobservation {COLUMNS} {changes}")


def drop_indexes(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX book_change_percent_downwards")
        schema_editor.execute("DROP INDEX change_by_percent_downwards")


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0039_provisional_sources'),
    ]

    operations = [
        migrations.RunPython(create_indexes, drop_indexes),
    ]
