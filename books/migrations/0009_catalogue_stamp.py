"""The stamp that every write of the catalogue changes."""

from typing import Any

from django.db import migrations

from books import catalogue_version


def install(apps: Any, schema_editor: Any) -> None:
    catalogue_version.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    catalogue_version.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("books", "0008_words")]

    operations = [migrations.RunPython(install, remove)]
