"""The index of the words in titles and names."""

from typing import Any

from django.db import migrations

from books.search import trigram_index


def install(apps: Any, schema_editor: Any) -> None:
    trigram_index.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    trigram_index.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("books", "0007_fold_punctuation")]

    operations = [migrations.RunPython(install, remove)]
