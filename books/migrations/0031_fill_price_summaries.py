"""Derives price changes and summaries from the observations."""

from typing import Any

from django.db import migrations

from books.prices.summaries import rebuild_all_summaries
from core.db.bulk import large_write_settings


def fill_summaries(apps: Any, schema_editor: Any) -> None:
    with large_write_settings():
        rebuild_all_summaries(models=(apps.get_model("books", "Book"), apps.get_model("books", "PriceObservation")))


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0030_price_summaries'),
    ]

    operations = [
        # The reverse keeps the values: 0030 drops their columns.
        migrations.RunPython(fill_summaries, migrations.RunPython.noop),
    ]
