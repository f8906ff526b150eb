"""Unpublished books and authors. On SQLite, triggers of the search index read the new column of books."""

from typing import Any

from django.core.management.base import CommandError
from django.db import migrations, models

from books.search import trigram_index


def remove_search_index(apps: Any, schema_editor: Any) -> None:
    """SQLite drops no column that a trigger reads."""
    if schema_editor.connection.vendor == "sqlite":
        trigram_index.remove(schema_editor.connection)


def install_search_index(apps: Any, schema_editor: Any) -> None:
    """SQLite's index contains the published books, and all books if the column does not exist."""
    if schema_editor.connection.vendor == "sqlite":
        trigram_index.install(schema_editor.connection)


def reject_unpublished_rows(apps: Any, schema_editor: Any) -> None:
    """Without the column, private rows would be in all lists, and the next `migrate` would publish them."""
    for name in ("Book", "Author"):
        rows = apps.get_model("books", name).objects.using(schema_editor.connection.alias)
        if ids := list(rows.filter(is_published=False).order_by("pk").values_list("pk", flat=True)):
            raise CommandError(
                f"Unpublished rows of {name}: {', '.join(map(str, ids))}. The earlier version would show them to "
                "everybody. Publish the books in the admin, or delete the rows, then migrate again."
            )


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0027_cover'),
    ]

    operations = [
        migrations.RunPython(remove_search_index, install_search_index),
        migrations.RemoveIndex(
            model_name='author',
            name='author_name_order',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_title_key',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_price',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_rating',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_first_publish_year',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_created_at',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_source',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_category',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_in_stock',
        ),
        migrations.AddField(
            model_name='author',
            name='is_published',
            field=models.BooleanField(db_default=True, default=True, editable=False, help_text='Lists contain published rows only; other books are only in the libraries that contain them.', verbose_name='published'),
        ),
        migrations.AddField(
            model_name='book',
            name='is_published',
            field=models.BooleanField(db_default=True, default=True, editable=False, help_text='Lists contain published rows only; other books are only in the libraries that contain them.', verbose_name='published'),
        ),
        migrations.AddField(
            model_name='historicalbook',
            name='is_published',
            field=models.BooleanField(db_default=True, default=True, editable=False, help_text='Lists contain published rows only; other books are only in the libraries that contain them.', verbose_name='published'),
        ),
        migrations.AddIndex(
            model_name='author',
            index=models.Index(fields=['name_key', 'id', 'is_published'], name='author_by_name_key'),
        ),
        migrations.AddIndex(
            model_name='author',
            index=models.Index(condition=models.Q(('is_published', False)), fields=['id'], name='author_unpublished'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['title_key', 'id', 'price', 'rating', 'source', 'category', 'in_stock', 'is_published', 'missing_since'], name='book_by_title_key'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['price', 'id', 'rating', 'source', 'category', 'in_stock', 'is_published', 'missing_since'], name='book_by_price'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['rating', 'id', 'price', 'source', 'category', 'in_stock', 'is_published', 'missing_since'], name='book_by_rating'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['first_publish_year', 'id', 'price', 'rating', 'source', 'category', 'in_stock', 'is_published', 'missing_since'], name='book_by_first_publish_year'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['created_at', 'id', 'price', 'rating', 'source', 'category', 'in_stock', 'is_published', 'missing_since'], name='book_by_created_at'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['source', 'id', 'price', 'rating', 'category', 'in_stock', 'is_published', 'missing_since'], name='book_by_source'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['category', 'id', 'price', 'rating', 'source', 'in_stock', 'is_published', 'missing_since'], name='book_by_category'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['in_stock', 'id', 'price', 'rating', 'source', 'category', 'is_published', 'missing_since'], name='book_by_in_stock'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(condition=models.Q(('is_published', False)), fields=['id'], name='book_unpublished'),
        ),
        migrations.RunPython(install_search_index, remove_search_index),
        migrations.RunPython(migrations.RunPython.noop, reject_unpublished_rows),
    ]
