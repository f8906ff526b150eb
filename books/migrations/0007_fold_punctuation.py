"""Titles and names are compared without punctuation from here on: their stored keys are made anew."""

from typing import Any

from django.db import migrations

from core.text import fold_to_key

BATCH = 1_000
KEYS = (("Book", "title", "title_key"), ("Author", "name", "name_key"), ("Category", "name", "name_key"))


def fold_anew(apps: Any, schema_editor: Any) -> None:
    for model, source, key in KEYS:
        rows = apps.get_model("books", model).objects.order_by("pk")
        last = 0
        while batch := list(rows.filter(pk__gt=last).only("pk", source, key)[:BATCH]):
            last = batch[-1].pk
            changed = [row for row in batch if getattr(row, key) != fold_to_key(getattr(row, source))]
            for row in changed:
                setattr(row, key, fold_to_key(getattr(row, source)))
            rows.bulk_update(changed, [key])


class Migration(migrations.Migration):
    dependencies = [("books", "0006_history_in_words")]

    # The keys of before need no way back: the code of before makes them anew whenever a row is saved.
    operations = [migrations.RunPython(fold_anew, migrations.RunPython.noop)]
