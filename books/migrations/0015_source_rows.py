"""Adds a row for each source that existing books name. The built-in sources are registered after each migration."""

from typing import Any

from django.db import migrations

LABELS = {"open_library": "Open Library", "manual": "Entered by hand", "books_to_scrape": "Books to Scrape"}
NO_SHOPS = {"open_library", "manual"}


def register_sources(apps: Any, schema_editor: Any) -> None:
    book, source = apps.get_model("books", "Book"), apps.get_model("books", "Source")
    using = schema_editor.connection.alias
    named = set(book.objects.using(using).order_by().values_list("source", flat=True).distinct())
    rows = [source(name=name, label=LABELS.get(name, name), is_shop=name not in NO_SHOPS) for name in sorted(named)]
    source.objects.using(using).bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0014_source'),
    ]

    operations = [
        # Nothing to reverse: the reverse of 0014 drops the table.
        migrations.RunPython(register_sources, migrations.RunPython.noop),
    ]
