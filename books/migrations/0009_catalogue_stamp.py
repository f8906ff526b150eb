"""The stamp that every write of the catalogue changes."""

from typing import Any

from django.db import migrations

from books import catalogue_version as stamp


def install(apps: Any, schema_editor: Any) -> None:
    stamp.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    stamp.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("books", "0008_words")]

    operations = [migrations.RunPython(install, remove)]
