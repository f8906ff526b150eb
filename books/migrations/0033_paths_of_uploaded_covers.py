"""Stores the paths of uploaded covers instead of URLs with the host of the upload."""

from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.db import migrations


def store_paths(apps: Any, schema_editor: Any) -> None:
    """The path has the first 12 characters of the image's digest, as `books.uploaded_covers` expects."""
    alias = schema_editor.connection.alias
    books, covers = (apps.get_model("books", name).objects.using(alias) for name in ("Book", "Cover"))
    for cover in covers.filter(is_uploaded=True, state="ready", url__startswith="http"):
        url = cover.url
        cover.url = f"{urlsplit(url).path}?v={cover.digest[:12]}"
        cover.url_hash = sha256(cover.url.encode()).hexdigest()
        cover.save(update_fields=["url", "url_hash"])
        book = int(cover.url.split("/")[-2])
        books.filter(pk=book, cover_url=url).update(cover_url=cover.url)


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0032_price_change_indexes'),
    ]

    operations = [
        # Earlier versions show covers with a path as well. The host of the upload is not known any more.
        migrations.RunPython(store_paths, migrations.RunPython.noop),
    ]
