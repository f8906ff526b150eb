"""All keys of authors are Open Library's so far."""

from typing import Any

from django.db import migrations


def set_source(apps: Any, schema_editor: Any) -> None:
    authors = apps.get_model("books", "Author").objects.using(schema_editor.connection.alias)
    authors.exclude(source_key=None).update(source="open_library")


def remove_other_keys(apps: Any, schema_editor: Any) -> None:
    """The earlier column is for keys of Open Library. The authors stay."""
    authors = apps.get_model("books", "Author").objects.using(schema_editor.connection.alias)
    authors.exclude(source="open_library").update(source=None, source_key=None)


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0019_author_source_key'),
    ]

    operations = [
        migrations.RunPython(set_source, remove_other_keys),
    ]
