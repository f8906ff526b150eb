"""PostgreSQL walks an index backwards with the nulls first: the orders downwards, nulls last, have their own."""

from typing import Any

from django.db import migrations

NULLABLE = ("price", "rating", "first_publish_year")


def make(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in NULLABLE:
            columns = f"{name} DESC NULLS LAST, id DESC"
            schema_editor.execute(f"CREATE INDEX book_{name}_downwards ON books_book ({columns})")


def remove(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in NULLABLE:
            schema_editor.execute(f"DROP INDEX book_{name}_downwards")


class Migration(migrations.Migration):
    dependencies = [("books", "0010_orders")]

    operations = [migrations.RunPython(make, remove)]
